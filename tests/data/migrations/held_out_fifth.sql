-- case: fifth: drop and create of a function with the same signature · additive
drop function if exists public.shop_count();
create function public.shop_count() returns bigint language sql stable as $$ select count(*) from public.shops $$;
-- case: fifth: drop and create of a function whose body reads other rows · person
drop function public.shop_count();
create function public.shop_count() returns bigint language sql stable as $$ select count(*) from public.shops where plan = 'paid' $$;
-- case: fifth: drop and create of a function with another result · destructive
drop function public.shop_count();
create function public.shop_count() returns text language sql stable as $$ select count(*)::text from public.shops $$;
-- case: fifth: drop and create of a view with one more column · additive
drop view if exists public.open_orders;
create view public.open_orders with (security_invoker = true) as select id, shop_id, number, total from public.orders where status = 'new';
grant select on public.open_orders to anon, authenticated, service_role;
-- case: fifth: drop and create of a view that loses a column · destructive
drop view public.open_orders;
create view public.open_orders with (security_invoker = true) as select id, number from public.orders where status = 'new';
-- case: fifth: drop and create of the same policy · additive
drop policy if exists notes_own on public.notes;
create policy notes_own on public.notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
-- case: fifth: drop and create of a policy with the subselect that Supabase advises · additive
drop policy notes_own on public.notes;
create policy notes_own on public.notes for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
-- case: fifth: drop and create of a policy that lets everybody in · destructive
drop policy notes_own on public.notes;
create policy notes_own on public.notes for all to authenticated using (true) with check (true);
-- case: fifth: drop and create of the same trigger · additive
drop trigger if exists notes_touch on public.notes;
create trigger notes_touch before update on public.notes for each row execute function public.touch_note();
-- case: fifth: search path of a function is fixed · additive
alter function public.shop_count() set search_path = public;
-- case: fifth: search path of a function is emptied that names its tables by schema · additive
alter function public.purge_notes() set search_path = '';
-- case: fifth: function becomes security definer · person
alter function public.purge_notes() security definer;
-- case: fifth: statement timeout of a role · additive
alter role reporting set statement_timeout = '30s';
-- case: fifth: comment on a function and a schema · additive
comment on function public.shop_count() is 'how many shops there are';
comment on schema public is 'the application';
-- case: fifth: savepoint released · additive
begin;
savepoint one;
alter table public.orders add column gift boolean;
release savepoint one;
commit;
-- case: fifth: whole transaction rolled back · additive
begin;
drop table public.audit_log;
rollback;
-- case: fifth: rolled back to a savepoint · additive
begin;
savepoint one;
delete from public.notes;
rollback to savepoint one;
alter table public.orders add column gift boolean;
commit;
-- case: fifth: rolled back to a savepoint that is set after the loss · destructive
begin;
delete from public.notes;
savepoint one;
alter table public.orders add column gift boolean;
rollback to savepoint one;
commit;
-- case: fifth: rollback after a commit · destructive
begin;
delete from public.notes where pinned;
commit;
rollback;
-- case: fifth: commit and chain before the rollback · destructive
begin;
truncate public.audit_log;
commit and chain;
rollback;
-- case: fifth: function replaced by a reformatted one · additive
create or replace function public.purge_notes() returns void language sql as $f$
    -- only what nobody pinned
    DELETE FROM public.notes WHERE NOT pinned
$f$;
-- case: fifth: trigger function replaced with comments · additive
create or replace function public.touch_note() returns trigger
language plpgsql as $$
begin
    -- people paste spaces
    new.body := trim(new.body);

    return new;
end;
$$;
-- case: fifth: trigger function replaced by one that refuses · person
create or replace function public.touch_note() returns trigger language plpgsql as $$
begin
    if length(new.body) > 500 then raise exception 'too long'; end if;
    return new;
end;
$$;
-- case: fifth: function gets a volatile mark less · additive
create or replace function public.shop_count() returns bigint language sql stable parallel safe as $$ select count(*) from public.shops $$;
-- case: fifth: default parameter in a new overload · additive
create function public.shop_count(plan_wanted text) returns bigint language sql stable as $$ select count(*) from public.shops where plan = plan_wanted $$;
-- case: fifth: unique index is replaced by a wider one · destructive
drop index public.shops_name_idx;
create index shops_name_idx on public.shops (name, plan);
-- case: fifth: index replaced concurrently by a better one · additive
create index concurrently if not exists orders_placed_shop on public.orders (placed_at, shop_id);
-- case: fifth: index is dropped · destructive
drop index if exists public.orders_placed;
-- case: fifth: backfill of a new column that stays small · additive
alter table public.notes add column kind text not null default 'plain';
-- case: fifth: grant on a new table only · additive
create table public.tags (id bigint generated always as identity primary key, name text not null);
alter table public.tags enable row level security;
create policy tags_read on public.tags for select to authenticated using (true);
grant select on public.tags to authenticated;
revoke all on public.tags from anon;
-- case: fifth: revoke on a live table from anon · destructive
revoke select on public.orders from anon, authenticated;
-- case: fifth: do block with exception handler adds a constraint · blocking
do $$ begin
    alter table public.orders add constraint orders_total_positive check (total >= 0);
exception when duplicate_object then null;
end $$;
-- case: fifth: do block that only raises a notice · additive
do $$ begin raise notice 'hello'; end $$;
-- case: fifth: do block that drops by name · destructive
do $$ declare t text; begin
    for t in select tablename from pg_tables where schemaname = 'public' and tablename like 'audit%' loop
        execute format('drop table %I', t);
    end loop;
end $$;
-- case: fifth: column type widened within varchar · additive
alter table public.orders alter column courier type varchar(64);
-- case: fifth: varchar narrowed · destructive
alter table public.orders alter column courier type varchar(16);
-- case: fifth: foreign key not valid and then validated · additive
alter table public.notes add column shop_id uuid;
alter table public.notes add constraint notes_shop foreign key (shop_id) references public.shops (id) not valid;
-- case: fifth: on conflict do update of a seed of this file · additive
create table public.plans (id text primary key, price integer not null);
alter table public.plans enable row level security;
insert into public.plans values ('free', 0), ('pro', 9) on conflict (id) do update set price = excluded.price;
-- case: fifth: on conflict do update of a live table · destructive
insert into public.shops (id, name, owner_id) select id, 'renamed', owner_id from public.shops on conflict (id) do update set name = excluded.name;
-- case: fifth: settings of the session · additive
set lock_timeout = '2s'; set local statement_timeout = 0; set search_path = public; select pg_notify('pgrst', 'reload schema');
reset search_path;
-- case: fifth: settings of the database that programs see · person
alter database postgres set timezone = 'Europe/Vienna';
-- case: fifth: publication gains a table · additive
alter publication app_changes add table public.shops;
-- case: fifth: publication loses a table · destructive
alter publication app_changes drop table public.notes;
-- case: fifth: materialized view refreshed concurrently · additive
refresh materialized view concurrently public.daily_totals;
-- case: fifth: temporary copy for a check · additive
create temporary table copied on commit drop as select * from public.orders limit 10;
drop table copied;
-- case: fifth: drop table if exists that an earlier line of the file made · additive
create table public.scratch (id int); insert into public.scratch values (1); drop table if exists public.scratch;
-- case: fifth: update of one row in a table of settings made here · additive
create table public.app_settings (key text primary key, value text not null);
alter table public.app_settings enable row level security;
insert into public.app_settings values ('theme', 'light');
update public.app_settings set value = 'dark' where key = 'theme';
-- case: fifth: owner of a function · person
alter function public.shop_count() owner to reporting;
-- case: fifth: rename of a new column · additive
alter table public.orders add column gift_msg text; alter table public.orders rename column gift_msg to gift_message;
-- case: fifth: enum value for a live type · additive
alter type public.order_state add value if not exists 'returned';
