-- case: a new table with its policies · additive
create table public.inventory_alerts (
    id uuid primary key default gen_random_uuid(),
    shop_id uuid not null references public.shops (id) on delete cascade,
    sku text not null,
    threshold integer not null check (threshold > 0),
    created_at timestamptz not null default now()
);
alter table public.inventory_alerts enable row level security;
alter table public.inventory_alerts force row level security;
create policy alerts_own on public.inventory_alerts for select to authenticated
    using (exists (select 1 from public.shops s where s.id = shop_id and s.owner_id = auth.uid()));
create index inventory_alerts_shop on public.inventory_alerts (shop_id);
-- case: a public reference table · additive
create table if not exists public.plans (code text primary key, title text not null, cents integer not null);
alter table public.plans enable row level security;
create policy "everybody reads plans" on public.plans for select using (true);
insert into public.plans (code, title, cents) values ('free', 'Free', 0), ('pro', 'Pro', 2900) on conflict (code) do nothing;
-- case: a nullable column · additive
alter table public.orders add column if not exists tracking_url text;
-- case: a column with a constant default · additive
alter table public.orders add column is_gift boolean not null default false;
-- case: a column with the time of the migration · additive
alter table public.notes add column updated_at timestamptz not null default now();
-- case: several columns at once · additive
alter table public.shops
    add column timezone text default 'UTC',
    add column settings jsonb not null default '{}'::jsonb,
    add column tags text[] default array[]::text[];
-- case: a nullable reference to another table · additive
alter table public.notes add column order_id bigint references public.orders (id);
-- case: prisma creates a table · additive
-- CreateTable
CREATE TABLE "Webhook" (
    "id" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "payload" JSONB,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Webhook_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Webhook_topic_key" ON "Webhook"("topic");

-- AddForeignKey
ALTER TABLE "Webhook" ADD CONSTRAINT "Webhook_session" FOREIGN KEY ("topic") REFERENCES "Session"("id") ON DELETE SET NULL ON UPDATE CASCADE;
-- case: prisma adds a column · additive
-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "scope" TEXT,
ADD COLUMN     "isOnline" BOOLEAN NOT NULL DEFAULT false;
-- case: prisma creates an enum and a table with it · additive
CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');
CREATE TABLE "Member" ("id" SERIAL NOT NULL, "role" "Role" NOT NULL DEFAULT 'USER', CONSTRAINT "Member_pkey" PRIMARY KEY ("id"));
-- case: a value for an enum · additive
alter type public.order_state add value if not exists 'refunded' after 'shipped';
-- case: a wider varchar · additive
alter table public.orders alter column courier type varchar(64);
-- case: varchar becomes text · additive
alter table public.shops alter column plan type text;
-- case: numeric gets more digits · additive
alter table public.orders alter column weight type numeric(14, 2);
-- case: a check that is validated later · additive
alter table public.orders add constraint quantity_positive check (quantity > 0) not valid;
-- case: a foreign key that is validated later · additive
alter table public.notes add constraint notes_user foreign key (user_id) references auth.users (id) not valid;
-- case: validate a constraint of an earlier migration · additive
alter table public.orders validate constraint orders_status_check;
-- case: an index concurrently, alone in its file · additive
create index concurrently if not exists orders_status_idx on public.orders (status);
-- case: a view over what is there · additive
create view public.shop_totals with (security_invoker = true) as
    select shop_id, sum(total) as total from public.orders group by shop_id;
-- case: a new function with a destructive body that nobody calls · additive
create or replace function public.delete_old_notes() returns integer
language plpgsql security definer set search_path = '' as $$
declare
    gone integer;
begin
    delete from public.notes where body = '';
    get diagnostics gone = row_count;
    return gone;
end;
$$;
revoke all on function public.delete_old_notes() from public, anon, authenticated;
grant execute on function public.delete_old_notes() to service_role;
-- case: an updated_at trigger on a live table · additive
create or replace function public.set_note_id() returns trigger language plpgsql as $$
begin
    new.id := coalesce(new.id, gen_random_uuid());
    return new;
end;
$$;
create trigger notes_set_id before insert on public.notes for each row execute function public.set_note_id();
-- case: comments that speak of dropping · additive
-- DROP TABLE public.orders; DELETE FROM public.notes;
/* alter table public.orders disable row level security; */
comment on table public.orders is 'never DROP TABLE or TRUNCATE this; DELETE needs a ticket';
comment on column public.orders.note is 'alter table orders drop column note';
-- case: destructive words inside strings · additive
insert into public.audit_log (what) values ('{"sql": "drop table orders; truncate notes"}');
-- case: a column called like a command · additive
create table public.commands ("drop" text, "delete" boolean default false, "truncate" int, "update" timestamptz);
-- case: swap a policy for the same, computed once per query · additive
drop policy if exists "owners read their shops" on public.shops;
create policy "owners read their shops" on public.shops for select to authenticated using (owner_id = (select auth.uid()));
-- case: swap a policy for a stricter one · additive
drop policy "owners change their shops" on public.shops;
create policy "owners change their shops" on public.shops for update to authenticated
    using (owner_id = auth.uid() and plan <> 'frozen') with check (owner_id = auth.uid() and plan <> 'frozen');
-- case: a policy for the service role · additive
create policy service_all on public.shops for all to service_role using (true) with check (true);
-- case: another policy with a condition · additive
create policy members_read on public.shops for select to authenticated
    using (id in (select (auth.jwt() -> 'app_metadata' ->> 'shop')::uuid));
-- case: a do block that adds a policy unless it is there · additive
do $$
begin
    if not exists (select 1 from pg_policies where tablename = 'notes' and policyname = 'notes_read_pinned') then
        create policy notes_read_pinned on public.notes for select to authenticated using (user_id = auth.uid() and pinned);
    end if;
end
$$;
-- case: a do block that makes a type unless it is there · additive
do $$ begin
    create type public.mood as enum ('good', 'bad');
exception
    when duplicate_object then null;
end $$;
-- case: row level security for all tables by a loop · additive
create table public.coupons (id uuid primary key default gen_random_uuid(), user_id uuid not null);
do $$
declare
    name text;
begin
    foreach name in array array['coupons'] loop
        execute format('alter table public.%I enable row level security', name);
        execute format('create policy %I on public.%I for select to authenticated using (user_id = auth.uid())', name || '_own', name);
    end loop;
end
$$;
-- case: drop and create a table that this file made · additive
create table public.scratch (id int);
insert into public.scratch select generate_series(1, 10);
update public.scratch set id = id + 1;
delete from public.scratch where id > 5;
drop table public.scratch;
-- case: a temporary table for the migration · additive
create temporary table wanted (sku text) on commit drop;
insert into wanted values ('A'), ('B');
create table public.products (sku text primary key);
insert into public.products select sku from wanted on conflict do nothing;
-- case: a storage bucket with its policy · additive
insert into storage.buckets (id, name, public) values ('labels', 'labels', false) on conflict (id) do nothing;
create policy "owners read labels" on storage.objects for select to authenticated
    using (bucket_id = 'labels' and (storage.foldername(name))[1] = auth.uid()::text);
-- case: extensions · additive
create extension if not exists pgcrypto with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
-- case: tell PostgREST to reload · additive
alter table public.shops add column logo_url text;
notify pgrst, 'reload schema';
-- case: time-outs around a change · additive
set lock_timeout = '5s';
set statement_timeout = '30s';
alter table public.shops add column country text;
reset lock_timeout;
-- case: begin and commit in the file · additive
begin;
alter table public.shops add column currency text default 'EUR';
commit;
-- case: grants to the application's roles · additive
create table public.reports (id uuid primary key);
alter table public.reports enable row level security;
grant select, insert on public.reports to authenticated;
grant all on public.reports to service_role;
grant usage on schema public to anon, authenticated, service_role;
-- case: anon may read a protected table · additive
grant select on public.shops to anon;
-- case: a partition of a partitioned table · additive
create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
-- case: add a table to a publication · additive
alter publication supabase_realtime add table public.notes;
-- case: merge that only inserts · additive
create table public.seeds (code text);
insert into public.seeds values ('a');
merge into public.audit_log a using public.seeds s on a.what ->> 'code' = s.code
    when not matched then insert (what) values (jsonb_build_object('code', s.code));
-- case: explain without analyze · additive
explain delete from public.notes;
-- case: select with harmless functions · additive
select pg_catalog.set_config('search_path', '', false);
select count(*), max(created_at), coalesce(min(name), 'none') from public.shops;
-- case: call a pure function of our own · additive
select public.shop_count();
-- case: a table from a query · person
create table public.shop_names as select id, upper(name) as name from public.shops;
-- case: replace a function by the same text · additive
create or replace function public.touch_note() returns trigger language plpgsql as $$
begin
    new.body := trim(new.body);
    return new;
end;
$$;
-- case: swap a trigger for the same · additive
drop trigger if exists notes_touch on public.notes;
create trigger notes_touch before update on public.notes for each row execute function public.touch_note();
-- case: a trigger that was never there is dropped if it exists · additive
drop trigger if exists notes_audit on public.notes;
create function public.log_note() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into public.audit_log (what) values (to_jsonb(new));
    return new;
end $$;
create trigger notes_audit after insert on public.notes for each row execute function public.log_note();
-- case: a policy that was never there is dropped if it exists · additive
drop policy if exists notes_editors on public.notes;
create policy notes_editors on public.notes for select to authenticated using (user_id = auth.uid() or false);
-- case: a stricter check in place of the old one · additive
alter table public.orders drop constraint orders_status_check,
    add constraint orders_status_check check (status in ('new', 'done', 'failed')) not valid;
-- case: a generated column in a new table · additive
create table public.people (first text, last text, full_name text generated always as (first || ' ' || last) stored);
create unique index people_full_name on public.people (full_name);
-- case: a materialized view with an index · person
create materialized view public.shop_sizes as select shop_id, count(*) as orders from public.orders group by shop_id;
create unique index shop_sizes_shop on public.shop_sizes (shop_id);
-- case: security invoker is turned on for a new view · additive
create view public.my_notes as select id, body from public.notes;
alter view public.my_notes set (security_invoker = true);
-- case: rename inside the file · additive
create table public.draft (a int);
alter table public.draft rename to final_table;
alter table public.final_table rename column a to b;
-- case: german umlauts in a comment before a column · additive
-- Größe, Straße, naïve café — nothing is dropped here
alter table public.shops add column "größe" text;
-- case: statistics and storage · additive
alter table public.orders alter column note set statistics 500;
create statistics public.orders_stats on status, state from public.orders;
-- case: autovacuum settings · additive
alter table public.audit_log set (autovacuum_vacuum_scale_factor = 0.02);
-- case: a default for a column that had none · additive
alter table public.orders alter column note set default '';
-- case: a schema with a table inside · additive
create schema if not exists private;
create table private.secrets (id uuid primary key, value text not null);
revoke all on schema private from anon, authenticated;
-- case: a unique constraint on an index that is there · additive
alter table public.shops add constraint shops_name_key unique using index shops_name_idx;
-- case: backfill of a table that this file makes · person
create table public.shop_stats (shop_id uuid primary key, orders bigint);
insert into public.shop_stats select shop_id, count(*) from public.orders group by shop_id;
update public.shop_stats set orders = orders + 0;
-- case: security definer helper with a fixed search path · additive
create function public.is_owner(shop uuid) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.shops where id = shop and owner_id = (select auth.uid()))
$$;
create policy owners_write_orders on public.orders for insert to authenticated with check (public.is_owner(shop_id));
-- case: a time gains digits, as Prisma writes it · additive
ALTER TABLE "Session" ALTER COLUMN "expires" SET DATA TYPE TIMESTAMP(6);
-- case: an index that is there already · additive
create index if not exists orders_placed on public.orders (placed_at);
create unique index if not exists "shops_name_idx" on shops (name);
-- case: a new table, filled, renamed with its column, indexed and dropped · additive
create table public.rows_read (line int, raw text);
alter table public.rows_read enable row level security;
create policy own on public.rows_read for select to authenticated using (raw = auth.uid()::text);
create index rows_read_line on public.rows_read (line);
insert into public.rows_read values (1, 'x');
alter table public.rows_read rename column raw to text;
alter table public.rows_read rename to lines_read;
alter policy own on public.lines_read using (text = auth.uid()::text);
alter index public.rows_read_line rename to lines_read_line;
delete from public.lines_read;
drop index public.lines_read_line;
drop table public.lines_read;
-- case: a new table moved to a new schema, and both dropped · additive
create schema staging;
create table public.rows_read (line int);
alter table public.rows_read set schema staging;
create view staging.all_rows as select line from staging.rows_read;
drop table staging.rows_read cascade;
drop schema staging;
-- case: a new schema dropped with what this file made in it · additive
create schema staging;
create table staging.rows_read (line int);
create function staging.count_rows() returns bigint language sql stable as $$ select count(*) from staging.rows_read $$;
drop schema staging cascade;
-- case: new things by other names are dropped by these · additive
create type public.lane as enum ('left', 'right');
alter type public.lane rename value 'left' to 'west';
alter type public.lane rename to lanes;
create function public.first_lane() returns public.lanes language sql immutable as $$ select 'west'::public.lanes $$;
alter function public.first_lane() rename to one_lane;
alter function public.one_lane() set search_path = '';
create sequence public.lane_numbers;
alter sequence public.lane_numbers rename to lane_number;
alter sequence public.lane_number increment by 2;
drop function public.one_lane();
drop type public.lanes;
drop sequence public.lane_number;
-- case: a new composite type gets another attribute name · additive
create type public.span as (begins int, ends int);
alter type public.span rename attribute ends to stops;
-- case: a new view dropped with another that reads it · additive
create view public.one_view with (security_invoker = true) as select id from public.orders;
create view public.two_views with (security_invoker = true) as select id from public.one_view;
drop view public.one_view cascade;
-- case: a new type is dropped with the new table that has it · additive
create type public.lane as enum ('left', 'right');
create table public.lanes (id int primary key, lane public.lane);
alter table public.lanes enable row level security;
alter table public.lanes rename to all_lanes;
drop type public.lane cascade;
drop table public.all_lanes;
-- case: a new trigger switched off and on again · additive
create function public.look() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger look before insert on public.notes for each row execute function public.look();
alter table public.notes disable trigger look;
drop trigger look on public.notes;
-- case: a new table's own trigger writes a new table · additive
create table public.inbox (id int);
create table public.inbox_log (id int, at timestamptz default now());
alter table public.inbox enable row level security;
alter table public.inbox_log enable row level security;
create function public.log_inbox() returns trigger language plpgsql as $$ begin insert into public.inbox_log (id) values (new.id); return null; end $$;
create trigger log after insert on public.inbox for each row execute function public.log_inbox();
insert into public.inbox values (1);
-- case: a loop makes the partitions of coming years · additive
do $$ begin
    for y in reverse 2028..2026 loop
        execute format('create table if not exists public.%I partition of public.events for values from (%L) to (%L)', 'events_' || y, make_date(y, 1, 1), make_date(y + 1, 1, 1));
        execute format('alter table public.events_%s enable row level security', y);
    end loop;
end $$;
-- case: a temporary table by the name of a live one, for its own rows · additive
create temporary table notes (id int, body text);
insert into notes values (1, 'x');
update notes set body = 'y';
delete from notes;
drop table notes;
-- case: a new schema is dropped with nothing but its own, by another name · additive
create schema attic;
alter schema attic rename to loft;
drop schema loft;
-- case: a live column is a new table's child, and both stay · additive
create table public.batches (id int primary key);
alter table public.notes add column batch int references public.batches (id) on delete cascade;
alter table public.batches enable row level security;
create index batches_by_id on public.batches (id);
-- case: a temporary table is first in the search path again · additive
create temporary table notes (id int);
set search_path = pg_temp, public;
delete from notes;
reset search_path;
drop table notes;
-- case: replicated rows are told whole · additive
alter table public.notes replica identity full;
-- case: the identity of replicated rows is said to be what it is · additive
alter table public.notes replica identity default;
-- case: a table without a key is published for its new rows · additive
create publication new_events for table public.events with (publish = 'insert');
-- case: a publication is said to tell what it tells · additive
alter publication app_changes set (publish = 'insert, update, delete, truncate');
-- case: a publication lists one table more · additive
alter publication app_changes set table public.orders, public.notes, public.shops;
-- case: a publication loses the table that the same file added · additive
alter publication app_changes add table public.shops;
alter publication app_changes drop table public.shops;
-- case: a loop makes a table for each shop and its index · additive
do $$ declare s record; begin
    for s in select name from public.shops loop
        execute format('create table if not exists public.%I (id int)', 'log_of_' || s.name);
        execute format('create index if not exists %I on public.%I (id)', 'log_id_' || s.name, 'log_of_' || s.name);
        execute format('alter table public.%I enable row level security', 'log_of_' || s.name);
    end loop;
end $$;
-- case: a loop makes a partition for each coming quarter · additive
do $$ declare q date := '2027-01-01'; begin
    for i in 1..4 loop
        execute format('create table if not exists public.events_%s partition of public.events for values from (%L) to (%L)',
            to_char(q, 'YYYY_MM'), q, q + interval '3 months');
        q := q + interval '3 months';
    end loop;
end $$;
-- case: a loop comments on a relation by its oid · additive
do $$ declare c record; begin
    for c in select oid from pg_class where relname = 'notes' loop
        execute format('comment on table %s is %L', c.oid::regclass, 'kept');
    end loop;
end $$;
-- case: a definer that only the service may call · additive
create function public.all_notes() returns setof public.notes language sql stable security definer set search_path = '' as $$ select * from public.notes $$;
revoke execute on function public.all_notes() from public, anon, authenticated;
grant execute on function public.all_notes() to service_role;
-- case: a definer in a schema that requests do not reach · additive
create schema private;
create function private.all_notes() returns setof public.notes language sql stable security definer set search_path = '' as $$ select * from public.notes $$;
-- case: a definer shows what belongs to whoever asks · additive
create function public.my_shops() returns setof public.shops language sql stable security definer set search_path = '' as $$
    select s.* from public.shops s where s.owner_id = (select auth.uid()) and s.plan <> 'free'
$$;
-- case: a copy of protected rows that is protected, too · additive
create table public.orders_before as select * from public.orders;
alter table public.orders_before enable row level security;
-- case: a copy of protected rows in a schema that requests do not reach · additive
create schema backup;
create table backup.orders as table public.orders;
-- case: a materialized view of what is protected, for the service alone · additive
create materialized view public.shop_orders as select shop_id, count(*) from public.orders group by shop_id;
revoke all on public.shop_orders from public, anon, authenticated;
-- case: a policy is dropped and comes back in the same branch · additive
do $$ begin
    if exists (select 1 from pg_policies where policyname = 'notes_own') then
        drop policy notes_own on public.notes;
        create policy notes_own on public.notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
    end if;
end $$;
-- case: a policy is dropped and comes back in a block without branches · additive
drop policy notes_own on public.notes;
do $$ begin
    create policy notes_own on public.notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
end $$;
-- case: two columns are kept alike, and the old one changes only where the new one was written · additive
alter table public.shops add column title text;
create function public.shops_alike() returns trigger language plpgsql set search_path = '' as $$
begin
    if new.title is distinct from old.title then
        new.name := new.title;
    else
        new.title := new.name;
    end if;
    return new;
end $$;
create trigger shops_alike before update on public.shops for each row execute function public.shops_alike();
-- case: row level security is off while nobody else can read · additive
begin;
alter table public.shops disable row level security;
insert into public.audit_log (what) values ('{"by": "hand"}');
alter table public.shops enable row level security;
commit;
-- case: one trigger is off while one row is written · additive
begin;
alter table public.notes disable trigger notes_touch;
insert into public.notes (user_id, body) values ('3f0d9c1e-9d5c-4b8e-8f0a-0c8f1a2b3c4d', ' hello ');
alter table public.notes enable trigger notes_touch;
commit;
-- case: a table has another name within a transaction · additive
begin;
alter table public.notes rename to notes_apart;
alter table public.notes_apart rename to notes;
commit;
-- case: an index that another one begins with · additive
drop index public.shops_name_again;
-- case: a view comes back in other words, and says who reads it · additive
drop view public.open_orders;
create view public.open_orders with (security_invoker = on) as select o.id, o.shop_id, o.number from public.orders as o where o.status = 'new';
grant select on public.open_orders to anon, authenticated, service_role;
-- case: a function is replaced by one whose condition is written otherwise · additive
create or replace function public.purge_notes() returns void language sql as $$ delete from public.notes as n where n.pinned = false $$;
-- case: an empty search path for a trigger that names nothing · additive
alter function public.touch_note() set search_path = '';
-- case: a view of protected rows that nobody who asks may use · additive
create view public.shop_list as select id, name from public.shops;
revoke all on table public.shop_list from anon, authenticated;
-- case: a primary key moves to an index that is there · additive
alter table "Session" drop constraint "Session_pkey", add constraint "Session_pkey" primary key using index session_idx;
-- case: a sequence counts further · additive
alter sequence public.invoice_number maxvalue 9223372036854775807;
-- case: an identity accepts what a program writes · additive
alter table public.orders alter column id set generated by default;
-- case: no order of the rows is noted any more · additive
alter table public.orders set without cluster;
-- case: once more: for all tables with inserts only · additive
create publication ins for all tables with (publish = 'insert');
-- case: once more: copy into a temporary table · additive
create temporary table t1 as select * from public.notes;
-- case: once more: helper in plpgsql with exists · additive
create or replace function public.has_shop() returns boolean language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (select 1 from public.shops s where s.owner_id = auth.uid());
end $$;
-- case: once more: helper into a variable · additive
create function public.my_plan() returns text language plpgsql stable security definer set search_path = '' as $$
declare p text; begin select plan into p from public.shops where owner_id = (select auth.uid()) limit 1; return p; end $$;
-- case: once more: note added by whoever asks · additive
create function public.add_note(b text) returns void language sql security definer set search_path = '' as $$ insert into public.notes (user_id, body) values (auth.uid(), b) $$;
-- case: once more: definer that deletes its own rows · additive
create function public.clear_mine() returns void language sql security definer set search_path = '' as $$ delete from public.notes where user_id = auth.uid() $$;
-- case: once more: invoker function over protected rows · additive
create function public.search(q text) returns setof public.notes language sql stable as $$ select * from public.notes where body ilike q $$;
-- case: once more: drop policy and make it in a do block with duplicate_object · additive
drop policy if exists notes_own on public.notes;
do $$ begin
  create policy notes_own on public.notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
exception when duplicate_object then null;
end $$;
-- case: once more: loop over a constant list makes triggers · additive
do $$ declare t text; begin
  foreach t in array array['log_a', 'log_b'] loop
    execute format('create table public.%I (id int)', t);
    execute format('alter table public.%I enable row level security', t);
  end loop;
end $$;
-- case: once more: new table filled from a protected one, with policies · additive
create table public.note_tags (note_id uuid, tag text);
alter table public.note_tags enable row level security;
create policy own on public.note_tags for select to authenticated using (exists (select 1 from public.notes n where n.id = note_id and n.user_id = auth.uid()));
insert into public.note_tags select id, 'old' from public.notes;
-- case: once more: realtime for two tables · additive
alter publication supabase_realtime add table public.notes, public.orders;
-- case: once more: matview in a private schema · additive
create schema if not exists analytics;
create materialized view analytics.per_shop as select shop_id, count(*) from public.orders group by 1;
-- case: once more: new table with data from an unprotected one · additive
create table public.session_copy as select * from "Session";
-- case: once more: a trigger dropped and made in one block below an if · additive
do $$ begin
  if true then
    drop trigger notes_touch on public.notes;
    create trigger notes_touch before update on public.notes for each row execute function public.touch_note();
  end if;
end $$;
-- case: once more: expand with insert too · additive
alter table public.orders add column amount int;
create function public.keep() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new.amount is distinct from old.amount then new.quantity := new.amount; else new.amount := new.quantity; end if;
  return new;
end $$;
create trigger keep before insert or update on public.orders for each row execute function public.keep();
-- case: once more: helper that reads the role of a member by join · additive
create function public.reads_order(o bigint) returns boolean language sql stable security definer set search_path = '' as $$
  select exists (select 1 from public.orders r join public.shops s on s.id = r.shop_id where r.id = o and s.owner_id = auth.uid())
$$;
-- case: once more: replica identity full and publish a table without a key · additive
alter table public.events replica identity full;
alter publication app_changes add table public.events;
-- case: once more: partition of a table without a default · additive
create table public.events_2027 partition of public.events for values from ('2027-01-01') to ('2028-01-01');
-- case: once more: three joined · additive
create function public.f() returns bigint language sql security definer as $$ select count(*) from public.orders r join public.shops s on s.id = r.shop_id join public.notes n on n.user_id = s.owner_id where s.owner_id = auth.uid() $$;
-- case: a second form of a function, with one more parameter that must be given · additive
create function public.heavy_parcels(minimum int, maximum int) returns setof public.parcels language sql stable
  as $$ select * from public.parcels where weight between minimum and maximum $$;
-- case: a second form of a function, for another type · additive
create function public.heavy_parcels(minimum text) returns bigint language sql stable
  as $$ select count(*) from public.parcels where weight > minimum::int $$;
-- case: a trigger writes with its owner's rights where those who write the table may not · additive
create table public.order_states (id bigint generated always as identity primary key, order_id bigint not null, state text);
revoke all on public.order_states from anon, authenticated;
create function public.keep_order_state() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.order_states (order_id, state) values (new.id, new.state::text);
  return new;
end $$;
create trigger orders_keep_state after insert on public.orders for each row execute function public.keep_order_state();
-- case: a sequence hands out more numbers at once, and ends as before · additive
alter sequence public.orders_id_seq cache 20 no cycle;
