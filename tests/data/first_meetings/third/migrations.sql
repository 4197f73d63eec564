-- case: supabase table with rls and own policies · additive
-- Migration: wishlists
create table public.wishlists (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
    title text not null check (char_length(title) between 1 and 200),
    created_at timestamptz not null default now()
);
alter table public.wishlists enable row level security;
create index wishlists_user_id_idx on public.wishlists (user_id);
create policy "select own wishlists" on public.wishlists for select to authenticated using ((select auth.uid()) = user_id);
create policy "insert own wishlists" on public.wishlists for insert to authenticated with check ((select auth.uid()) = user_id);
create policy "delete own wishlists" on public.wishlists for delete to authenticated using ((select auth.uid()) = user_id);
-- case: prisma adds an optional column · additive
-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "scope" TEXT,
ADD COLUMN     "isOnline" BOOLEAN NOT NULL DEFAULT false;
-- case: prisma makes a table and its own unique index and key · additive
-- CreateTable
CREATE TABLE "Webhook" (
    "id" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Webhook_pkey" PRIMARY KEY ("id")
);

-- RowLevelSecurity
ALTER TABLE "Webhook" ENABLE ROW LEVEL SECURITY;

-- CreateIndex
CREATE UNIQUE INDEX "Webhook_topic_sessionId_key" ON "Webhook"("topic", "sessionId");

-- AddForeignKey
ALTER TABLE "Webhook" ADD CONSTRAINT "Webhook_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
-- case: rails structure with its version · additive
-- == 20251101120000 CreateRefunds: migrating
BEGIN;
CREATE TABLE "refunds" ("id" bigserial primary key, "order_id" bigint NOT NULL, "amount" decimal(10, 2) NOT NULL, "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL);
ALTER TABLE "refunds" ENABLE ROW LEVEL SECURITY;
CREATE INDEX "index_refunds_on_order_id" ON "refunds" ("order_id");
ALTER TABLE "refunds" ADD CONSTRAINT "fk_rails_5d3f1c2a77" FOREIGN KEY ("order_id") REFERENCES "orders" ("id");
COMMIT;
-- case: timestamp column with now as default · additive
alter table public.orders add column updated_at timestamptz not null default now();
-- case: nullable column if it is not there · additive
alter table public.shops add column if not exists website text;
-- case: array column with an empty default · additive
alter table public.notes add column tags text[] not null default '{}';
-- case: several nullable columns at once · additive
alter table public.shops
    add column phone text,
    add column vat_id varchar(32),
    add column closed_at timestamptz;
-- case: column with a constant default of a new enum · additive
create type public.priority as enum ('low', 'normal', 'high');
alter table public.orders add column priority public.priority not null default 'normal';
-- case: varchar grows · additive
alter table public.shops alter column plan type varchar(64);
-- case: varchar becomes text · additive
alter table public.orders alter column courier type text;
-- case: numeric gets more digits before the point · additive
alter table public.orders alter column weight type numeric(14, 2);
-- case: not null dropped from the log · additive
alter table public.audit_log alter column what drop not null;
-- case: default given to a column that had none · additive
alter table public.orders alter column courier set default 'post';
-- case: default set that is set already · additive
alter table public.orders alter column quantity set default 1;
-- case: index made concurrently if it is not there · additive
create index concurrently if not exists notes_user_id_idx on public.notes (user_id);
-- case: partial index concurrently · additive
create index concurrently orders_unplaced_idx on public.orders (shop_id) where placed_at is null;
-- case: gin index concurrently · additive
CREATE INDEX CONCURRENTLY audit_log_what_idx ON public.audit_log USING gin (what jsonb_path_ops);
-- case: reindex concurrently · additive
reindex index concurrently public.orders_placed;
-- case: index that is there already by that name · additive
create index if not exists orders_placed on public.orders (placed_at);
-- case: check not valid that the type already keeps · additive
alter table public.orders add constraint orders_status_short check (length(status) <= 20) not valid;
-- case: check not valid that not null already keeps · additive
set lock_timeout = '3s';
alter table public.shops add constraint shops_name_there check (name is not null) not valid;
-- case: nullable column that refers to a new table · additive
create table public.coupons (id uuid primary key default gen_random_uuid(), code text not null unique, percent integer not null check (percent between 1 and 100));
alter table public.coupons enable row level security;
alter table public.orders add column coupon_id uuid references public.coupons (id) on delete set null;
-- case: nullable column with a foreign key not valid · additive
alter table public.notes add column shop_id uuid;
alter table public.notes add constraint notes_shop_fk foreign key (shop_id) references public.shops (id) not valid;
-- case: enum value added · additive
alter type public.order_state add value if not exists 'refunded' after 'shipped';
-- case: enum value in front · additive
ALTER TYPE public.order_state ADD VALUE 'draft' BEFORE 'open';
-- case: sequence for receipts · additive
create sequence if not exists public.receipt_number start with 1 increment by 1;
grant usage on sequence public.receipt_number to service_role;
-- case: extensions in their schema · additive
create extension if not exists pg_trgm with schema extensions;
create extension if not exists citext with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
-- case: type made in a block that forgives · additive
do $$
begin
    create type public.delivery as enum ('pickup', 'post');
exception
    when duplicate_object then null;
end
$$;
-- case: enum that exists already in a block that forgives · additive
DO $$ BEGIN
 CREATE TYPE public.order_state AS ENUM('open', 'paid', 'shipped');
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
-- case: column added in a block that looks first · additive
do $$
begin
    if not exists (select 1 from information_schema.columns where table_schema = 'public' and table_name = 'shops' and column_name = 'logo_url') then
        alter table public.shops add column logo_url text;
    end if;
end;
$$;
-- case: staging table made and dropped · additive
create table public.import_staging (line int, raw text);
alter table public.import_staging enable row level security;
insert into public.import_staging values (1, 'x');
drop table public.import_staging;
-- case: temporary table dropped and truncated · additive
create temporary table fresh_ids (id bigint) on commit preserve rows;
insert into fresh_ids select g from generate_series(1, 10) g;
truncate fresh_ids;
drop table fresh_ids;
-- case: column added and taken back · additive
alter table public.shops add column scratch text;
alter table public.shops drop column scratch;
-- case: new table emptied before it is seeded · additive
create table public.countries (code char(2) primary key, name text not null);
alter table public.countries enable row level security;
create policy "countries are for everybody" on public.countries for select to anon, authenticated using (true);
truncate public.countries;
insert into public.countries (code, name) values ('DE', 'Germany'), ('FR', 'France') on conflict (code) do nothing;
-- case: new table renamed with its column · additive
create table public.tag (id bigint generated always as identity primary key, label text not null);
alter table public.tag enable row level security;
alter table public.tag rename column label to name;
alter table public.tag rename to tags;
-- case: policy dropped if it is there on a new table · additive
create table if not exists public.devices (id uuid primary key default gen_random_uuid(), user_id uuid not null, push_token text);
alter table public.devices enable row level security;
drop policy if exists "own devices" on public.devices;
create policy "own devices" on public.devices for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
-- case: policy made anew word for word · additive
begin;
drop policy notes_own on public.notes;
create policy notes_own on public.notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
commit;
-- case: trigger made anew word for word · additive
begin;
drop trigger if exists notes_touch on public.notes;
create trigger notes_touch before update on public.notes for each row execute function public.touch_note();
commit;
-- case: function replaced by the same with remarks · additive
create or replace function public.touch_note() returns trigger language plpgsql as $$
begin
    -- no blanks around what was written
    new.body := trim(new.body);
    return new;
end;
$$;
-- case: function replaced that counts as before · additive
create or replace function public.shop_count() returns bigint language sql stable as $$
    select count(*) from public.shops
$$;
comment on function public.shop_count() is 'how many shops there are';
-- case: function gets a fixed search path · additive
alter function public.shop_count() set search_path = public, pg_temp;
-- case: view gets one more column at its end · additive
create or replace view public.open_orders with (security_invoker = true) as
    select id, shop_id, number, placed_at from public.orders where status = 'new';
-- case: new invoker view · additive
create view public.my_shops with (security_invoker = true) as select id, name, plan from public.shops;
grant select on public.my_shops to authenticated;
-- case: updated_at with its trigger on a new table · additive
create table public.drafts (id bigint generated by default as identity primary key, user_id uuid not null, body text, updated_at timestamptz not null default now());
alter table public.drafts enable row level security;
create function public.set_updated_at() returns trigger language plpgsql set search_path = '' as $$
begin
    new.updated_at := now();
    return new;
end;
$$;
create trigger drafts_updated before update on public.drafts for each row execute function public.set_updated_at();
-- case: drop stands only in a remark and a string · additive
/* later, when the app no longer reads it:
   alter table public.orders drop column legacy_code; */
comment on column public.orders.legacy_code is 'deprecated; do not run "drop column legacy_code" before version 9; truncate table nothing;';
-- case: function that would delete and is not called · additive
create function public.forget_old_events(before date) returns void language sql set search_path = '' as $$
    delete from public.events where at < before
$$;
revoke execute on function public.forget_old_events(date) from public, anon, authenticated;
-- case: grants to the service role · additive
grant usage on schema public to service_role;
grant select, insert, update, delete on public.orders, public.notes, public.shops to service_role;
grant execute on function public.shop_count() to service_role;
-- case: grant that stands already · additive
grant select on public.orders to reporting;
-- case: partition for the next year · additive
create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
alter table public.events_2026 enable row level security;
-- case: table that exists made if it is not there · additive
create table if not exists public.notes (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null,
    body text not null
);
alter table public.notes enable row level security;
-- case: publication gets a new table · additive
create table public.presence (user_id uuid primary key, seen_at timestamptz not null default now());
alter table public.presence enable row level security;
create policy "my presence" on public.presence for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
alter publication app_changes add table public.presence;
-- case: statistics and storage options · additive
alter table public.orders alter column shop_id set statistics 500;
alter table public.orders set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.01);
-- case: analyze · additive
analyze public.orders;
-- case: materialised view refreshed concurrently · additive
refresh materialized view concurrently public.daily_totals;
-- case: generated column and volatile default on a new table · additive
create table public.order_lines (
    id uuid primary key default gen_random_uuid(),
    order_id bigint not null references public.orders (id) on delete cascade,
    price numeric(10, 2) not null,
    pieces integer not null default 1,
    total numeric generated always as (price * pieces) stored
);
alter table public.order_lines enable row level security;
create unique index order_lines_one on public.order_lines (order_id, price);
-- case: not null and check on a table of this file · additive
create table public.addresses (id uuid primary key default gen_random_uuid(), user_id uuid, zip text);
alter table public.addresses enable row level security;
alter table public.addresses alter column user_id set not null;
alter table public.addresses add column country char(2) not null;
alter table public.addresses add constraint zip_len check (length(zip) between 3 and 12);
-- case: constraint on a new table dropped and made again · additive
create table public.ratings (id bigint generated always as identity primary key, stars int constraint stars_range check (stars between 0 and 5));
alter table public.ratings enable row level security;
alter table public.ratings drop constraint stars_range;
alter table public.ratings add constraint stars_range check (stars between 1 and 5);
-- case: function made and dropped in this file · additive
create function public.tmp_seed() returns void language plpgsql as $$
begin
    raise notice 'nothing to seed';
end;
$$;
select public.tmp_seed();
drop function public.tmp_seed();
-- case: schema of its own for internals · additive
create schema if not exists internal;
revoke all on schema internal from public;
create table internal.secrets (name text primary key, value text not null);
alter table internal.secrets enable row level security;
-- case: domain and composite type · additive
create domain public.percent as numeric(5, 2) check (value between 0 and 100);
create type public.money_amount as (amount numeric, currency char(3));
-- case: rls on again where it is on · additive
alter table public.orders enable row level security;
alter table public.orders force row level security;
-- case: loop that makes partitions · additive
do $$
declare
    y int;
begin
    for y in 2026..2028 loop
        execute format('create table if not exists public.events_%s partition of public.events for values from (%L) to (%L)', y, make_date(y, 1, 1), make_date(y + 1, 1, 1));
        execute format('alter table public.events_%s enable row level security', y);
    end loop;
end;
$$;
-- case: timeouts around an additive change · additive
begin;
set local lock_timeout = '2s';
set local statement_timeout = '15s';
alter table public.orders add column source text default 'web';
commit;
-- case: block that only looks and says · additive
do $$
declare
    n bigint;
begin
    select count(*) into n from public.shops where plan = 'free';
    raise notice '% shops are on the free plan', n;
end;
$$;
-- case: view of this file dropped and made again · additive
create view public.shop_names with (security_invoker = true) as select id, name from public.shops;
drop view public.shop_names;
create view public.shop_names with (security_invoker = true) as select id, name, plan from public.shops;
-- case: unique index concurrently that the key already keeps · additive
create unique index concurrently notes_id_user_idx on public.notes (id, user_id);
-- case: new table filled from an existing one · additive
create table public.shop_settings (shop_id uuid primary key, locale text not null default 'en');
alter table public.shop_settings enable row level security;
create policy "owners see their settings" on public.shop_settings for select to authenticated
    using (exists (select 1 from public.shops s where s.id = shop_id and s.owner_id = (select auth.uid())));
insert into public.shop_settings (shop_id) select id from public.shops on conflict do nothing;
-- case: trigger replaced by itself · additive
create or replace trigger notes_touch before update on public.notes for each row execute function public.touch_note();
-- case: new function and trigger dropped again by cascade · additive
create table public.polls (id bigint generated always as identity primary key, question text);
alter table public.polls enable row level security;
create function public.polls_guard() returns trigger language plpgsql as $$ begin raise exception 'closed'; end; $$;
create trigger polls_guard before delete on public.polls for each row execute function public.polls_guard();
drop function public.polls_guard() cascade;
-- case: extended statistics · additive
create statistics public.orders_shop_status (dependencies) on shop_id, status from public.orders;
-- case: materialised view of its own kept from the api · additive
create materialized view public.shops_per_plan as select plan, count(*) as shops from public.shops group by plan with no data;
create unique index shops_per_plan_plan on public.shops_per_plan (plan);
revoke all on public.shops_per_plan from anon, authenticated;
-- case: not null dropped where there is none · additive
alter table public.orders alter column note drop not null;
-- case: remarks on a policy, a column and a type · additive
comment on policy notes_own on public.notes is 'everyone sees and changes only what is theirs';
comment on column public.shops.plan is 'free, pro or none';
comment on type public.order_state is null;
-- case: view replaced by itself · additive
create or replace view public.open_orders with (security_invoker = true) as
    select id, shop_id, number from public.orders where status = 'new';
-- case: procedure that nobody calls yet, in a private schema · additive
create schema if not exists jobs;
create procedure jobs.drop_old_partition() language plpgsql as $$
begin
    execute 'drop table if exists public.events_' || (extract(year from now())::int - 5);
end;
$$;
revoke execute on procedure jobs.drop_old_partition() from public;
-- case: seed of a new table put right · additive
create table public.plans (code varchar(20) primary key, price numeric(8, 2) not null, hidden boolean not null default false);
alter table public.plans enable row level security;
create policy "plans are on the price list" on public.plans for select to anon, authenticated using (not hidden);
insert into public.plans (code, price) values ('free', 0), ('pro', 19), ('trial', 0);
update public.plans set hidden = true where price = 0;
delete from public.plans where code = 'trial';
-- case: table like another · additive
create table public.orders_history (like public.orders including defaults including constraints);
alter table public.orders_history enable row level security;
alter table public.orders_history alter column number drop not null;
alter table public.orders_history drop column note;
-- case: new column renamed and its default dropped · additive
alter table public.shops add column colour text default 'blue';
alter table public.shops rename column colour to color;
alter table public.shops alter column color drop default;
-- case: timestamp gets finer · additive
ALTER TABLE "Session" ALTER COLUMN "expires" SET DATA TYPE TIMESTAMP(6);
-- case: null as the default of what may be null · additive
alter table public.orders alter column note set default null;
-- case: new sequence set forward · additive
create sequence public.ticket_number;
select setval('public.ticket_number', 5000);
-- case: value of a new enum renamed · additive
create type public.channel as enum ('web', 'shop', 'phone');
alter type public.channel rename value 'phone' to 'telephone';
alter table public.orders add column channel public.channel;

-- case: drop a table · destructive
drop table public.audit_log;
-- case: drop table if exists that does, in prisma's way · destructive
-- DropTable
DROP TABLE IF EXISTS "Session";
-- case: table dropped and made anew under its name · destructive
drop table public.audit_log;
create table public.audit_log (id bigserial primary key, at timestamptz not null default now(), what jsonb not null, actor uuid);
alter table public.audit_log enable row level security;
create policy audit_service on public.audit_log for all to service_role using (true) with check (true);
-- case: truncate with a table of this file · destructive
create table public.scratch (id int);
alter table public.scratch enable row level security;
truncate public.scratch, public.notes;
-- case: delete what failed · destructive
delete from public.orders where status = 'failed';
-- case: delete hidden in a with · destructive
create table public.orders_archive (like public.orders);
alter table public.orders_archive enable row level security;
with gone as (delete from public.orders where placed_at < '2020-01-01' returning id)
select count(*) from gone;
-- case: every body overwritten · destructive
update public.notes set body = '';
-- case: known function that deletes is called · destructive
select public.purge_notes();
-- case: column dropped and added under its name · destructive
alter table public.orders drop column weight;
alter table public.orders add column weight integer;
-- case: column renamed · destructive
alter table public.shops rename column plan to tier;
-- case: table renamed in prisma's way · destructive
-- RenameTable
ALTER TABLE "Session" RENAME TO "sessions";
-- case: table moved to another schema · destructive
create schema archive;
alter table public.audit_log set schema archive;
-- case: a required column without default in a harmless file · destructive
-- checkout v2
create table public.checkout_steps (id int primary key, name text not null);
alter table public.checkout_steps enable row level security;
alter table public.orders add column note_internal text;
alter table public.orders add column currency char(3) not null;
comment on column public.orders.currency is 'ISO 4217';
-- case: column added with a default that is dropped at once · destructive
ALTER TABLE public.shops ADD COLUMN region text NOT NULL DEFAULT 'eu';
ALTER TABLE public.shops ALTER COLUMN region DROP DEFAULT;
-- case: default dropped from a required column · destructive
alter table public.orders alter column status drop default;
-- case: default of the key dropped · destructive
alter table public.notes alter column id drop default;
-- case: identity dropped · destructive
alter table public.orders alter column id drop identity;
-- case: set not null on a free text · destructive
alter table public.orders alter column note set not null;
-- case: varchar shrinks · destructive
alter table public.orders alter column courier type varchar(8) using left(courier, 8);
-- case: text cut to a length · destructive
alter table public.orders alter column note type varchar(140) using substr(note, 1, 140);
-- case: numeric loses its cents · destructive
alter table public.orders alter column weight type integer using round(weight);
-- case: log turned to null json · destructive
alter table public.audit_log alter column what type jsonb using '{}'::jsonb;
-- case: status check made narrower · destructive
alter table public.orders drop constraint orders_status_check;
alter table public.orders add constraint orders_status_check check (status in ('new', 'done')) not valid;
-- case: unique constraint dropped · destructive
alter table public.orders drop constraint orders_number_per_shop;
-- case: foreign key dropped · destructive
alter table public.orders drop constraint orders_shop_id_fkey;
-- case: unique index dropped · destructive
drop index public.shops_name_idx;
-- case: policy dropped · destructive
drop policy orders_of_own_shop on public.orders;
-- case: restrictive policy dropped · destructive
drop policy if exists notes_not_pinned on public.notes;
-- case: policy made narrower · destructive
alter policy notes_own on public.notes using (user_id = auth.uid() and not pinned);
-- case: policy opened to all · destructive
alter policy "owners read their shops" on public.shops using (true);
-- case: policy made anew without its check on the owner · destructive
drop policy notes_own on public.notes;
create policy notes_own on public.notes for all to authenticated using (auth.uid() is not null) with check (auth.uid() is not null);
-- case: new policy lets everyone read the notes · destructive
create policy "public notes" on public.notes for select to anon, authenticated using (true);
-- case: new restrictive policy that lets nothing through · destructive
create policy "freeze" on public.notes as restrictive for insert to authenticated with check (false);
-- case: rls switched off for a moment that lasts · destructive
alter table public.notes disable row level security;
-- case: force taken away · destructive
alter table public.orders no force row level security;
-- case: select revoked from reporting · destructive
revoke select on public.orders from reporting;
-- case: writes revoked from those who are signed in · destructive
revoke insert, update, delete on public.notes from authenticated;
-- case: schema usage revoked · destructive
revoke usage on schema public from anon, authenticated;
-- case: function dropped · destructive
drop function public.shop_count();
-- case: function made anew with another name for the count · destructive
drop function if exists public.shop_count();
create function public.count_shops() returns bigint language sql stable as $$ select count(*) from public.shops $$;
-- case: trigger function swallows what is written · destructive
create or replace function public.touch_note() returns trigger language plpgsql as $$
begin
    return null;
end;
$$;
-- case: function runs as its owner from now on · destructive
alter function public.purge_notes() security definer;
-- case: trigger dropped · destructive
drop trigger notes_touch on public.notes;
-- case: trigger switched off · destructive
alter table public.notes disable trigger notes_touch;
-- case: new trigger refuses every update · destructive
create function public.orders_are_final() returns trigger language plpgsql as $$
begin
    raise exception 'orders cannot be changed';
end;
$$;
create trigger orders_final before update or delete on public.orders for each row execute function public.orders_are_final();
-- case: rule that throws inserts away · destructive
create rule notes_closed as on insert to public.notes do instead nothing;
-- case: view dropped · destructive
drop view public.open_orders;
-- case: view made anew without a column · destructive
drop view public.open_orders;
create view public.open_orders with (security_invoker = true) as select id, shop_id from public.orders where status = 'new';
-- case: view replaced and no longer invoker · destructive
create or replace view public.open_orders as
    select id, shop_id, number, placed_at from public.orders where status = 'new';
-- case: view option set to the owner · destructive
alter view public.open_orders set (security_invoker = false);
-- case: materialised view dropped · destructive
drop materialized view if exists public.daily_totals;
-- case: invoice numbers begin again · destructive
alter sequence public.invoice_number restart with 1;
-- case: sequence dropped · destructive
drop sequence public.invoice_number;
-- case: partition dropped · destructive
drop table public.events_2025;
-- case: partition detached · destructive
alter table public.events detach partition public.events_2025;
-- case: table taken out of the publication · destructive
alter publication app_changes drop table public.orders;
-- case: enum value renamed · destructive
alter type public.order_state rename value 'paid' to 'settled';
-- case: type dropped with its column · destructive
drop type public.order_state cascade;
-- case: what a role owns and holds dropped · destructive
drop owned by reporting;
-- case: drop in a block by execute · destructive
do $$
begin
    execute 'alter table public.orders ' || 'drop column legacy_code';
end;
$$;
-- case: delete in a function of this file that is called · destructive
create function public.tidy() returns void language plpgsql as $$
begin
    delete from public.audit_log where at < now() - interval '90 days';
end;
$$;
select public.tidy();
drop function public.tidy();
-- case: column split and the old one dropped · destructive
alter table public.orders add column courier_name text;
update public.orders set courier_name = courier;
alter table public.orders drop column courier;
-- case: primary key dropped · destructive
alter table "Session" drop constraint "Session_pkey";
-- case: merge that deletes · destructive
merge into public.notes n using (select id from public.notes where body = '') e on n.id = e.id when matched then delete;
-- case: null as the default of what must be there · destructive
alter table public.orders alter column quantity set default null;
-- case: moment becomes a day · destructive
alter table public.shops alter column created_at type date;
-- case: key of the log becomes an integer · destructive
alter table public.audit_log alter column id type integer;
-- case: body held to a length · destructive
alter table public.notes alter column body type varchar(3) using substring(body for 3);
-- case: service policy handed to everybody · destructive
alter policy audit_service on public.audit_log to public;
-- case: policy taken from those who are signed in · destructive
alter policy orders_of_own_shop on public.orders to service_role;
-- case: execute revoked · destructive
revoke execute on function public.shop_count() from public, anon, authenticated;
-- case: check dropped if it is there · destructive
ALTER TABLE public.orders DROP CONSTRAINT IF EXISTS orders_status_check;
-- case: orders of free shops deleted by a join · destructive
delete from public.orders o using public.shops s where s.id = o.shop_id and s.plan = 'free';
-- case: publication set to one table · destructive
alter publication app_changes set table public.notes;
-- case: extension dropped · destructive
drop extension if exists "uuid-ossp";
-- case: type renamed · destructive
alter type public.order_state rename to order_status;
-- case: function renamed · destructive
alter function public.purge_notes() rename to delete_unpinned_notes;
-- case: column of the view renamed · destructive
alter view public.open_orders rename column number to order_number;
-- case: clean-up between additive statements · destructive
alter table public.shops add column if not exists notes_count integer not null default 0;
create table if not exists public.shop_tags (shop_id uuid not null, tag text not null, primary key (shop_id, tag));
alter table public.shop_tags enable row level security;
drop policy if exists "owners change their shops" on public.shops;
create index if not exists shop_tags_tag on public.shop_tags (tag);

-- case: index on a table that exists, prisma · blocking
-- CreateIndex
CREATE INDEX "Session_shop_idx" ON "Session"("shop");
-- case: gin index not concurrently · blocking
create index audit_log_what_gin on public.audit_log using gin (what);
-- case: partial index if it is not there · blocking
create index if not exists orders_failed_idx on public.orders (shop_id) where status = 'failed';
-- case: index in a block that looks first · blocking
do $$
begin
    if not exists (select 1 from pg_indexes where schemaname = 'public' and indexname = 'notes_user_idx') then
        create index notes_user_idx on public.notes (user_id);
    end if;
end;
$$;
-- case: index among harmless statements · blocking
begin;
alter table public.shops add column slug text;
comment on column public.shops.slug is 'for the address';
create index shops_owner_idx on public.shops (owner_id);
commit;
-- case: index on a partitioned table · blocking
create index events_kind_idx on public.events (kind);
-- case: integer becomes bigint · blocking
alter table public.orders alter column quantity type bigint;
-- case: numeric gets more decimals · blocking
alter table public.orders alter column weight type numeric(14, 4);
-- case: clock as a default · blocking
alter table public.notes add column seen_at timestamptz not null default clock_timestamp();
-- case: random default · blocking
alter table public.shops add column bucket double precision not null default random();
-- case: uuid from the extension as a default · blocking
alter table public.audit_log add column request_id uuid not null default extensions.uuid_generate_v4();
-- case: identity column added · blocking
alter table public.notes add column position bigint generated always as identity;
-- case: search column stored · blocking
alter table public.notes add column search tsvector generated always as (to_tsvector('english', body)) stored;
-- case: foreign key to auth users at once · blocking
alter table public.notes
    add constraint notes_user_id_fkey foreign key (user_id) references auth.users (id) on delete cascade;
-- case: check at once that the type already keeps · blocking
alter table public.orders add constraint orders_status_len check (length(status) <= 20);
-- case: unique constraint over the key and more · blocking
alter table public.notes add constraint notes_id_user_key unique (id, user_id);
-- case: unique index over a new column and the key · blocking
alter table public.shops add column code text;
create unique index shops_id_code on public.shops (id, code);
-- case: exclusion constraint · blocking
create extension if not exists btree_gist with schema extensions;
alter table public.notes add constraint notes_one_per_id exclude using gist (id extensions.gist_uuid_ops with =);
-- case: cluster · blocking
cluster public.orders using orders_placed;
-- case: vacuum full · blocking
vacuum full public.audit_log;
-- case: reindex of a table · blocking
reindex table public.orders;
-- case: materialised view refreshed · blocking
refresh materialized view public.daily_totals;
-- case: new column widened after it was added · blocking
alter table public.orders add column points integer default 0;
alter table public.orders alter column points type bigint;
-- case: text default made of a fresh uuid · blocking
ALTER TABLE "Session" ADD COLUMN "publicId" TEXT NOT NULL DEFAULT gen_random_uuid()::text;

-- case: what is run stands in a table · person
do $$
declare
    r record;
begin
    for r in select what ->> 'sql' as sql from public.audit_log where what ? 'sql' loop
        execute r.sql;
    end loop;
end;
$$;
-- case: what is run stands in a setting · person
do $$
begin
    if current_setting('app.extra_ddl', true) <> '' then
        execute current_setting('app.extra_ddl', true);
    end if;
end;
$$;
-- case: what is run is packed in base64 · person
do $$
begin
    execute convert_from(decode('Y29tbWVudCBvbiB0YWJsZSBwdWJsaWMub3JkZXJzIGlzICdvcmRlcnMn', 'base64'), 'UTF8');
end;
$$;
-- case: function nobody knows, if it is there · person
do $$
begin
    if to_regprocedure('public.run_pending_backfills()') is not null then
        execute 'select public.run_pending_backfills()';
    end if;
end;
$$;
-- case: what is run is the source of a function nobody knows · person
do $$
declare
    body text;
begin
    select p.prosrc into body from pg_proc p where p.proname = 'deferred_steps';
    if found then
        execute body;
    end if;
end;
$$;
-- case: statements taken from remarks on tables · person
do $$
declare
    s text;
begin
    for s in select d.description from pg_description d join pg_class c on c.oid = d.objoid where d.description like 'migrate:%' loop
        execute substr(s, 9);
    end loop;
end;
$$;
-- case: what is run is gathered from the settings · person
do $$
declare
    s text;
begin
    select string_agg(format('%s', setting), ' ') into s from pg_settings where name like 'app.step%';
    if s is not null then
        execute s;
    end if;
end;
$$;
-- case: a function runs the text it finds · person
create function public.run_steps() returns void language plpgsql as $$
declare
    step record;
begin
    for step in select what ->> 'step' as body from public.audit_log where what ? 'step' order by id loop
        execute step.body;
    end loop;
end;
$$;
select public.run_steps();
drop function public.run_steps();
