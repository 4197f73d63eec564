-- case: second: row level security with a policy for reading only · person
alter table "Session" enable row level security;
create policy session_read on "Session" for select to anon, authenticated using (true);
-- case: second: row level security whose policies forget the deletes · person
alter table public.events enable row level security;
create policy events_read on public.events for select using (true);
create policy events_add on public.events for insert with check (true);
create policy events_change on public.events for update using (true) with check (true);
-- case: second: row level security for those who are signed in, who were not the only ones · person
alter table "Session" enable row level security;
create policy session_all on "Session" for all to authenticated using (true) with check (true);
-- case: second: row level security that shows people their own shop alone · person
alter table "Session" enable row level security;
create policy session_own on "Session" using (shop = (auth.jwt() ->> 'shop')) with check (shop = (auth.jwt() ->> 'shop'));
-- case: second: row level security that leaves everything as it was · additive
alter table "Session" enable row level security;
create policy session_open on "Session" for all to public using (true) with check (true);
-- case: second: row level security with one policy for each command and everybody · additive
alter table public.events enable row level security;
create policy e1 on public.events for select to anon, authenticated using (true);
create policy e2 on public.events for insert to anon, authenticated with check (true);
create policy e3 on public.events for update to anon, authenticated using (true) with check (true);
create policy e4 on public.events for delete to anon, authenticated using (true);
-- case: second: row level security in a do block, only reads are allowed · person
do $$
begin
    execute 'alter table public."Session" enable row level security';
    execute 'create policy s on public."Session" for select using (true)';
end
$$;
-- case: second: a restrictive policy alone lets nobody in · person
alter table "Session" enable row level security;
create policy only_restrictive on "Session" as restrictive using (true);
-- case: second: row level security again where it is already on · additive
alter table public.notes enable row level security;
-- case: second: row level security and rights for a new table · additive
create table public.labels (id uuid primary key default gen_random_uuid(), owner uuid not null, name text not null);
alter table public.labels enable row level security;
create policy labels_read on public.labels for select to authenticated using (owner = auth.uid());
grant select on public.labels to authenticated;
-- case: second: force row level security for the owner · person
alter table public.notes force row level security;
-- case: second: a trigger that refuses every write · person
create function public.no_writes() returns trigger language plpgsql as $$
begin
    raise exception 'this table is read only';
end $$;
create trigger notes_closed before insert or update on public.notes for each row execute function public.no_writes();
-- case: second: a trigger that refuses some writes · person
create function public.check_body() returns trigger language plpgsql as $$
begin
    if length(new.body) > 200 then
        raise exception 'too long' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger notes_length before insert on public.notes for each row execute function public.check_body();
-- case: second: a trigger that only warns · additive
create function public.warn_body() returns trigger language plpgsql as $$
begin
    if length(new.body) > 200 then
        raise warning 'long note %', new.id;
    end if;
    return new;
end $$;
create trigger notes_warn before insert on public.notes for each row execute function public.warn_body();
-- case: second: a trigger that overwrites what was written · person
create function public.mask() returns trigger language plpgsql as $$
begin
    new.body := 'hidden';
    return new;
end $$;
create trigger notes_mask before insert or update on public.notes for each row execute function public.mask();
-- case: second: a trigger that puts back the old value · person
create function public.keep_body() returns trigger language plpgsql as $$
begin
    new.body := old.body;
    return new;
end $$;
create trigger notes_keep before update on public.notes for each row execute function public.keep_body();
-- case: second: a trigger that rounds what was written by select into · person
create function public.round_total() returns trigger language plpgsql as $$
begin
    select round(new.total) into new.total;
    return new;
end $$;
create trigger orders_round before insert on public.orders for each row execute function public.round_total();
-- case: second: a trigger that returns the old row · person
create function public.back() returns trigger language plpgsql as $$ begin return old; end $$;
create trigger notes_back before update on public.notes for each row execute function public.back();
-- case: second: a trigger that keeps the time of the change in a new column · additive
alter table public.notes add column updated_at timestamptz not null default now();
create function public.touch_updated_at() returns trigger language plpgsql as $$
begin
    new.updated_at = now();
    return new;
end $$;
create trigger notes_updated_at before update on public.notes for each row execute function public.touch_updated_at();
-- case: second: a trigger that fills a column where it is empty · additive
create function public.fill_note() returns trigger language plpgsql as $$
begin
    if new.note is null then
        new.note := '';
    end if;
    return new;
end $$;
create trigger orders_fill before insert on public.orders for each row execute function public.fill_note();
-- case: second: a trigger that writes into a table that does not exist · person
create function public.log_note() returns trigger language plpgsql as $$
begin
    insert into public.note_log (note_id) values (new.id);
    return new;
end $$;
create trigger notes_log after insert on public.notes for each row execute function public.log_note();
-- case: second: a trigger that writes into a new table that has row level security and no policy · person
create table public.note_log (id bigserial primary key, note_id uuid not null, at timestamptz not null default now());
alter table public.note_log enable row level security;
create function public.log_note() returns trigger language plpgsql as $$
begin
    insert into public.note_log (note_id) values (new.id);
    return null;
end $$;
create trigger notes_log after insert or update on public.notes for each row execute function public.log_note();
-- case: second: an audit trigger as a definer into a new table · additive
create table public.note_log (id bigserial primary key, note_id uuid not null, at timestamptz not null default now());
alter table public.note_log enable row level security;
create function public.log_note() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into public.note_log (note_id) values (new.id);
    return null;
end $$;
create trigger notes_log after insert or update on public.notes for each row execute function public.log_note();
-- case: second: a trigger that reads a column that the table does not have · person
create function public.set_slug() returns trigger language plpgsql as $$
begin
    new.slug := lower(new.title);
    return new;
end $$;
create trigger notes_slug before insert on public.notes for each row execute function public.set_slug();
-- case: second: a trigger that forgets to return · person
create function public.forgets() returns trigger language plpgsql as $$ begin perform 1; end $$;
create trigger notes_forgets before insert on public.notes for each row execute function public.forgets();
-- case: second: a constraint trigger that refuses · person
create function public.one_pinned() returns trigger language plpgsql as $$
begin
    if (select count(*) from public.notes n where n.user_id = new.user_id and n.pinned) > 3 then
        raise exception 'only three notes may be pinned';
    end if;
    return null;
end $$;
create constraint trigger notes_pinned after insert or update on public.notes deferrable initially deferred
    for each row execute function public.one_pinned();
-- case: second: a trigger that refuses deletes · person
create function public.no_delete() returns trigger language plpgsql as $$
begin
    raise exception 'rows are kept';
end $$;
create trigger shops_keep before delete on public.shops for each row execute function public.no_delete();
-- case: second: a statement trigger that notifies · additive
create function public.tell() returns trigger language plpgsql as $$
begin
    perform pg_notify('orders', tg_op);
    return null;
end $$;
create trigger orders_tell after insert or update or delete on public.orders for each statement execute function public.tell();
-- case: second: an assertion inside a trigger · person
create function public.asserted() returns trigger language plpgsql as $$
begin
    assert new.total >= 0, 'negative';
    return new;
end $$;
create trigger orders_assert before insert on public.orders for each row execute function public.asserted();
-- case: second: a trigger with when that refuses · person
create function public.frozen() returns trigger language plpgsql as $$ begin raise exception 'frozen'; end $$;
create trigger orders_frozen before update on public.orders for each row when (old.state = 'shipped') execute function public.frozen();
-- case: second: a trigger on a view instead of the write · person
create function public.instead() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger open_orders_write instead of insert on public.open_orders for each row execute function public.instead();
-- case: second: a domain gets a check · person
alter domain public.email_address add constraint short check (length(value) < 100);
-- case: second: a domain loses its check · destructive
alter domain public.email_address drop constraint email_address_check;
-- case: second: a domain may not be null any more · person
alter domain public.email_address set not null;
-- case: second: a domain gets a check that is not validated · person
alter domain public.email_address add constraint short check (length(value) < 100) not valid;
-- case: second: a new domain for a new table · additive
create domain public.percent as numeric(5, 2) check (value between 0 and 100);
create table public.discounts (id bigint generated always as identity primary key, amount public.percent not null);
-- case: second: a domain loses its default · person
alter domain public.email_address drop default;
-- case: second: a sequence with another step · person
alter sequence public.invoice_number increment by -1;
-- case: second: a sequence that ends soon · person
alter sequence public.invoice_number maxvalue 1001;
-- case: second: a sequence set back · person
select setval('public.invoice_number', 1);
-- case: second: a sequence that belongs to a column · additive
alter sequence public.invoice_number owned by public.orders.id;
-- case: second: an identity starts anew · person
alter table public.orders alter column id restart with 1;
-- case: second: numbers for a column that had none · person
create sequence public.audit_numbers;
alter table public.audit_log alter column id set default nextval('public.audit_numbers');
-- case: second: a new sequence for a new column · additive
create sequence public.order_rank;
alter table public.orders add column rank bigint;
alter table public.orders alter column rank set default nextval('public.order_rank');
-- case: second: a constraint validated in the same file · blocking
alter table public.orders add constraint weight_positive check (weight >= 0) not valid;
alter table public.orders validate constraint weight_positive;
-- case: second: a constraint without a second step · blocking
alter table public.orders add constraint weight_positive check (weight >= 0);
-- case: second: a constraint for later · additive
alter table public.orders add constraint weight_positive check (weight is null or weight > -100000) not valid;
-- case: second: a foreign key that is not validated · additive
alter table public.notes add column shop_id uuid;
alter table public.notes add constraint notes_shop foreign key (shop_id) references public.shops (id) not valid;
-- case: second: a foreign key on a live column, validated at once · blocking
alter table public.notes add constraint notes_user foreign key (user_id) references auth.users (id);
-- case: second: a column with a reference and no default · additive
alter table public.notes add column shop_id uuid references public.shops (id);
-- case: second: no more default rights · person
alter default privileges in schema public revoke all on tables from anon;
-- case: second: comments and statistics · additive
comment on column public.orders.note is 'free text';
create statistics public.orders_stats on shop_id, state from public.orders;
-- case: second: a bucket with its policy · additive
insert into storage.buckets (id, name, public) values ('labels', 'labels', false) on conflict (id) do nothing;
create policy labels_upload on storage.objects for insert to authenticated
    with check (bucket_id = 'labels' and (storage.foldername(name))[1] = auth.uid()::text);
-- case: second: a generated column · blocking
alter table public.orders add column gross numeric generated always as (total * 1.19) stored;
-- case: second: an rpc for the dashboard · additive
create or replace function public.orders_by_state(wanted public.order_state)
returns table (id bigint, total numeric) language sql stable security invoker set search_path = '' as $$
    select o.id, o.total from public.orders o where o.state = wanted;
$$;
grant execute on function public.orders_by_state(public.order_state) to authenticated;
-- case: second: a value of an enum · additive
alter type public.order_state add value if not exists 'returned' after 'shipped';
-- case: second: a partition for next year · additive
create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
-- case: second: a table in the realtime publication · additive
create table public.pings (id bigint generated by default as identity primary key);
alter table public.pings enable row level security;
alter publication supabase_realtime add table public.pings;
-- case: second: a merge that adds rows that are missing · additive
merge into public.shops s using (select gen_random_uuid() as id) n on s.id = n.id
    when not matched then do nothing;
-- case: second: a procedure that is made and not called · additive
create procedure public.cleanup() language plpgsql as $$ begin delete from public.notes where body = ''; end $$;
-- case: second: a procedure that is called · destructive
create procedure public.cleanup() language plpgsql as $$ begin delete from public.notes where body = ''; end $$;
call public.cleanup();
-- case: second: a cascade in a foreign key is added beside the old one · person
alter table public.orders drop constraint orders_shop_id_fkey;
alter table public.orders add constraint orders_shop_id_fkey foreign key (shop_id) references public.shops (id) on delete restrict not valid;
-- case: second: an index that is dropped concurrently · destructive
drop index concurrently public.orders_placed;
