-- case: eighth: what was revoked is revoked again · additive
revoke delete on table "public"."mould_costs" from "anon";
revoke all on public.mould_costs from anon, authenticated;
-- case: eighth: a function that nobody may call is closed again · additive
revoke execute on function public.count_moulds() from public, anon;
-- case: eighth: nobody calls the function of a trigger · additive
revoke execute on function public.stamp_mould() from public, anon, authenticated;
-- case: eighth: a right that is there is taken away · destructive
revoke delete on public.moulds from authenticated;
-- case: eighth: a right that was given back on all tables is taken away · destructive
grant select on all tables in schema public to anon;
revoke select on public.mould_costs from anon;
-- case: eighth: a right that may have been given back is taken away · destructive
do $$ begin if now() > '2026-01-01' then grant select on public.mould_costs to anon; end if; end $$;
revoke select on public.mould_costs from anon;
-- case: eighth: a function is closed for whoever may call it · destructive
revoke execute on function public.is_maker(integer) from authenticated;
-- case: eighth: a view is made again with its rights · additive
drop view public.mould_labels;
create view public.mould_labels with (security_invoker = true) as select id, label from public.moulds;
revoke all on public.mould_labels from anon, authenticated;
grant select on public.mould_labels to authenticated;
-- case: eighth: a view is made again, and its reader is forgotten · destructive
drop view public.mould_labels;
create view public.mould_labels with (security_invoker = true) as select id, label from public.moulds;
revoke all on public.mould_labels from anon, authenticated;
grant select on public.mould_labels to service_role;
-- case: eighth: a view is made again for more people · person
drop view public.mould_labels;
create view public.mould_labels with (security_invoker = true) as select id, label from public.moulds;
grant select on public.mould_labels to authenticated;
-- case: eighth: one policy for each command that say the same together · additive
drop policy moulds_of_makers on public.moulds;
drop policy moulds_of_shops on public.moulds;
create policy moulds_read on public.moulds for select to authenticated
    using (maker = (select auth.uid()) or shop_id in (select s.id from public.shops s where s.owner_id = (select auth.uid())));
create policy moulds_add on public.moulds for insert to authenticated with check (maker = (select auth.uid()));
create policy moulds_change on public.moulds for update to authenticated using (maker = auth.uid()) with check (maker = auth.uid());
create policy moulds_drop on public.moulds for delete to authenticated using (maker = auth.uid());
-- case: eighth: one policy for each command, one of which lets in more · destructive
drop policy moulds_of_makers on public.moulds;
drop policy moulds_of_shops on public.moulds;
create policy moulds_read on public.moulds for select to authenticated
    using (maker = auth.uid() or shop_id in (select s.id from public.shops s where s.owner_id = auth.uid()));
create policy moulds_add on public.moulds for insert to authenticated with check (maker = auth.uid());
create policy moulds_change on public.moulds for update to authenticated
    using (maker = auth.uid() or shop_id in (select s.id from public.shops s where s.owner_id = auth.uid())) with check (maker = auth.uid());
create policy moulds_drop on public.moulds for delete to authenticated using (maker = auth.uid());
-- case: eighth: one policy for each command but for one · destructive
drop policy moulds_of_makers on public.moulds;
create policy moulds_read on public.moulds for select to authenticated using (maker = auth.uid());
create policy moulds_add on public.moulds for insert to authenticated with check (maker = auth.uid());
create policy moulds_change on public.moulds for update to authenticated using (maker = auth.uid()) with check (maker = auth.uid());
-- case: eighth: a check refuses what a function writes · destructive
alter table public.moulds add constraint moulds_kinds check (kind in ('steel', 'clay')) not valid;
-- case: eighth: a check admits what a function writes · additive
alter table public.moulds add constraint moulds_kinds check (kind in ('steel', 'wood', 'clay')) not valid;
-- case: eighth: a check may refuse what a function takes off · person
alter table public.moulds add constraint moulds_stock check (stock >= 0) not valid;
-- case: eighth: a view has the column whose type changes · destructive
alter table public.moulds alter column label type varchar(40);
-- case: eighth: a policy has the column whose type changes · destructive
alter table public.moulds alter column shop_id type uuid;
-- case: eighth: a column that nobody reads becomes wider · additive
alter table public.mould_costs alter column label type varchar(40);
-- case: eighth: a trigger of an extension that nobody creates · person
create trigger moulds_moddatetime before update on public.moulds for each row execute function moddatetime(touched_at);
-- case: eighth: a trigger of an extension that the file creates · additive
create extension if not exists moddatetime schema extensions;
create trigger moulds_moddatetime before update on public.moulds for each row execute function extensions.moddatetime(touched_at);
-- case: eighth: a trigger is replaced by itself · additive
create or replace trigger moulds_stamped before update on public.moulds for each row execute function public.stamp_mould();
-- case: eighth: a trigger is replaced by one that runs later · person
create or replace trigger moulds_stamped after update on public.moulds for each row execute function public.stamp_mould();
-- case: eighth: an existence is asked for in another way · additive
create or replace function public.is_maker(m integer) returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select 1 from public.moulds x where x.id = m and x.maker = (select auth.uid())) $$;
-- case: eighth: an existence that is always there · person
create or replace function public.is_maker(m integer) returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select count(*) from public.moulds x where x.id = m and x.maker = (select auth.uid())) $$;
-- case: eighth: a conflict changes nothing · additive
insert into public.moulds as m (id, shop_id, stock) values (1, gen_random_uuid(), 5) on conflict (id) do update set stock = m.stock;
-- case: eighth: a conflict changes a column by another · destructive
insert into public.moulds as m (id, shop_id, stock) values (1, gen_random_uuid(), 5) on conflict (id) do update set label = m.kind;
-- case: eighth: row-level security where nobody has a right · additive
alter table public.stamps enable row level security;
create policy stamps_read on public.stamps for all using (true) with check (true);
create table public.vault_of_moulds (id integer primary key);
revoke all on public.vault_of_moulds from anon, authenticated;
alter table public.vault_of_moulds enable row level security;
-- case: eighth: a function with other parameters that never was · additive
drop function if exists public.is_maker(text, text);
-- case: eighth: a function with these parameters is dropped · destructive
drop function if exists public.is_maker(integer);
-- case: eighth: only what is empty is filled in a column that may be there · blocking
alter table public.moulds add column if not exists spelling text;
update public.moulds set spelling = kind where spelling is null;
-- case: eighth: a column that may be there is overwritten · destructive
alter table public.moulds add column if not exists spelling text;
update public.moulds set spelling = kind where kind = 'steel';
