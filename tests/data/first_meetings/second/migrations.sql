-- case: new table with policy and index · additive
create table public.coupons (id bigint generated always as identity primary key, user_id uuid not null, code text not null unique, created_at timestamptz not null default now());
alter table public.coupons enable row level security;
create policy coupons_own on public.coupons for select to authenticated using (false);
create index coupons_user on public.coupons (user_id);
grant select on public.coupons to authenticated;
-- case: nullable text column if missing · additive
alter table public.orders add column if not exists gift_message text;
-- case: not null integer with a constant default · additive
alter table public.orders add column retries integer not null default 0;
-- case: timestamp column with now · additive
alter table public.orders add column if not exists seen_at timestamptz not null default now();
-- case: enum used by a new table only · additive
create type public.parcel_size as enum ('small', 'medium', 'large');
create table public.parcels (id bigint generated always as identity primary key, order_id bigint not null, size public.parcel_size not null default 'small');
alter table public.parcels enable row level security;
-- case: enum gains a label · additive
create type public.mood as enum ('fine', 'sad');
alter type public.mood add value if not exists 'eager' after 'fine';
-- case: invoker view over orders · additive
create view public.order_totals with (security_invoker = true) as select state, sum(total) as total from public.orders group by state;
-- case: function that would delete but is not called · additive
create or replace function public.forget_user(u uuid) returns void language sql as $$ delete from public.notes where user_id = u $$;
revoke execute on function public.forget_user(uuid) from public;
-- case: touch trigger on a table of its own · additive
create table public.baskets (id bigint generated always as identity primary key, updated_at timestamptz not null default now());
alter table public.baskets enable row level security;
create function public.touch_baskets() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
create trigger touch before update on public.baskets for each row execute function public.touch_baskets();
-- case: partial index concurrently · additive
create index concurrently if not exists orders_unsent on public.orders (id) where state = 'new';
-- case: unique index concurrently on what is unique anyhow · additive
create unique index concurrently orders_id_state on public.orders (id, state);
-- case: reference column without values · additive
create table public.regions (id int primary key, name text not null);
alter table public.regions enable row level security;
alter table public.orders add column region_id int references public.regions (id);
-- case: lookup rows on conflict do nothing · additive
create table if not exists public.countries (code text primary key, name text not null);
alter table public.countries enable row level security;
insert into public.countries values ('DE', 'Germany'), ('FR', 'France') on conflict (code) do nothing;
-- case: comment on a column that speaks of dropping · additive
comment on column public.orders.legacy_code is 'deprecated; drop column after release 42';
-- case: extension already there · additive
create extension if not exists plpgsql;
-- case: schema of its own · additive
create schema if not exists billing;
create table billing.invoices (id bigint generated always as identity primary key, order_id bigint, amount numeric not null);
-- case: drop index that is not there · additive
drop index concurrently if exists public.orders_never_was;
-- case: drop table that is not there · additive
drop table if exists public.import_scratch_2019;
-- case: temporary table comes and goes · additive
create temporary table scratch as select id from public.notes limit 10;
delete from scratch;
drop table scratch;
-- case: own table made filled truncated dropped · additive
create table public.staging_load (id int, body text);
insert into public.staging_load select g, 'x' from generate_series(1, 10) g;
truncate public.staging_load;
drop table public.staging_load;
-- case: own table loses its own column · additive
create table public.badges (id int primary key, nam text, old_name text);
alter table public.badges enable row level security;
alter table public.badges rename column nam to name;
alter table public.badges drop column old_name;
-- case: analyze · additive
analyze public.orders;
-- case: autovacuum setting · additive
alter table public.orders set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
-- case: statistics target · additive
alter table public.orders alter column state set statistics 500;
-- case: extended statistics · additive
create statistics public.orders_state_courier (dependencies) on state, courier from public.orders;
-- case: new column filled on one row · additive
alter table public.notes add column if not exists pinned boolean not null default false;
update public.notes set pinned = true where id = 1;
-- case: do block adds a column when missing · additive
do $$
begin
  if not exists (select 1 from information_schema.columns where table_schema = 'public' and table_name = 'orders' and column_name = 'source') then
    execute 'alter table public.orders add column source text';
  end if;
end $$;
-- case: do block that tolerates a type already there · additive
do $$ begin
  create type public.visibility as enum ('private', 'team');
exception when duplicate_object then null;
end $$;
-- case: varchar widened on a table of this file · additive
create table public.labels (id int primary key, name varchar(20));
alter table public.labels enable row level security;
alter table public.labels alter column name type varchar(80);
-- case: type to the very same type · additive
alter table public.orders alter column note type text;
-- case: sequence · additive
create sequence if not exists public.ticket_numbers start 1000;
alter sequence public.ticket_numbers increment by 5;
-- case: empty materialised view · additive
create materialized view public.daily_totals as select state, count(*) as n from public.orders group by state with no data;
-- case: tell postgrest to reload · additive
notify pgrst, 'reload schema';
-- case: lock timeout before a column · additive
set lock_timeout = '2s';
alter table public.orders add column locale text default 'en';
reset lock_timeout;
-- case: domain and table · additive
create domain public.postcode as text check (value ~ '^[0-9]{4,5}$');
create table public.addresses (id int primary key, code public.postcode);
alter table public.addresses enable row level security;
-- case: new partitioned table · additive
create table public.clicks (id bigint, at date not null) partition by range (at);
create table public.clicks_2026 partition of public.clicks for values from ('2026-01-01') to ('2027-01-01');
create index clicks_at on public.clicks (at);
alter table public.clicks enable row level security;
alter table public.clicks_2026 enable row level security;
-- case: after trigger only notifies · additive
create function public.tell_new_order() returns trigger language plpgsql as $$ begin perform pg_notify('orders', new.id::text); return null; end $$;
create trigger tell_new_order after insert on public.orders for each row execute function public.tell_new_order();
-- case: reindex concurrently · additive
reindex table concurrently public.notes;
-- case: drop constraint that is not there · additive
alter table public.orders drop constraint if exists orders_ghost_check;
-- case: transaction rolled back · additive
begin;
delete from public.notes;
rollback;
-- case: update that meets no row · additive
update public.notes set body = '' where id < 0;
-- case: raises only a notice · additive
do $$ begin raise notice 'drop table public.notes; -- done by hand last year'; end $$;
-- case: drop table cascade · destructive
drop table public.notes cascade;
-- case: drop several tables by loop · destructive
do $$
declare r record;
begin
  for r in select tablename from pg_tables where schemaname = 'public' and tablename like 'note%' loop
    execute format('drop table public.%I cascade', r.tablename);
  end loop;
end $$;
-- case: drop column by dynamic sql · destructive
do $$ begin execute 'alter table public.orders drop ' || 'column note'; end $$;
-- case: rename a column in use · destructive
alter table public.orders rename column state to status;
-- case: rename a table in use · destructive
alter table public.orders rename to purchases;
-- case: table to another schema · destructive
create schema archive;
alter table public.notes set schema archive;
-- case: truncate cascade · destructive
truncate table public.notes restart identity cascade;
-- case: delete all · destructive
delete from public.notes;
-- case: delete by a condition nearly all meet · destructive
delete from public.notes where user_id is not null;
-- case: delete in a cte · destructive
with gone as (delete from public.notes where id > 0 returning id) select count(*) from gone;
-- case: rows moved to an archive · destructive
create table public.notes_archive (like public.notes);
alter table public.notes_archive enable row level security;
with moved as (delete from public.notes returning *) insert into public.notes_archive select * from moved;
-- case: duplicates deleted · destructive
delete from public.notes a using public.notes b where a.body = b.body and a.id > b.id;
-- case: merge deletes · destructive
merge into public.notes n using (select id from public.notes) s on n.id = s.id when matched then delete;
-- case: purge function called · destructive
create function public.purge_once() returns void language plpgsql as $$ begin delete from public.notes; end $$;
select public.purge_once();
drop function public.purge_once();
-- case: users deleted with cascade · destructive
delete from auth.users;
-- case: column emptied · destructive
update public.orders set note = null;
-- case: all orders set to one state · destructive
update public.orders set state = 'closed';
-- case: body lowercased in place · destructive
update public.notes set body = lower(body);
-- case: digits scrubbed · destructive
update public.notes set body = regexp_replace(body, '[0-9]', 'x', 'g');
-- case: body hashed · destructive
update public.notes set body = md5(body) where body is not null;
-- case: total rounded to integer · destructive
alter table public.orders alter column total type integer using round(total)::integer;
-- case: total to real · destructive
alter table public.orders alter column total type real;
-- case: note cut to ten signs · destructive
alter table public.orders alter column note type varchar(10) using left(note, 10);
-- case: body becomes jsonb · destructive
alter table public.notes alter column body type jsonb using to_jsonb(body);
-- case: column replaced by an empty one of the same name · destructive
alter table public.orders rename column note to note_old;
alter table public.orders add column note text;
-- case: total becomes generated · destructive
alter table public.orders drop column total;
alter table public.orders add column total numeric generated always as (0) stored;
-- case: default dropped after the column was filled · destructive
alter table public.orders add column currency text not null default 'EUR';
alter table public.orders alter column currency drop default;
-- case: check that the old code cannot meet by its default · destructive
alter table public.orders add column channel text not null default '';
alter table public.orders add constraint channel_given check (channel <> '') not valid;
-- case: check that forbids a missing courier · destructive
alter table public.orders add constraint courier_given check (courier is not null) not valid;
-- case: trigger swallows inserts · destructive
create function public.swallow() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger swallow before insert on public.notes for each row execute function public.swallow();
-- case: trigger raises without a header · destructive
create function public.need_ctx() returns trigger language plpgsql as $$ begin if coalesce(current_setting('app.ctx', true), '') = '' then raise exception 'no context'; end if; return new; end $$;
create trigger need_ctx before insert or update on public.orders for each row execute function public.need_ctx();
-- case: trigger empties the note · destructive
create function public.no_note() returns trigger language plpgsql as $$ begin new.note := null; return new; end $$;
create trigger no_note before insert or update on public.orders for each row execute function public.no_note();
-- case: rule makes deletes do nothing · destructive
create rule keep_notes as on delete to public.notes do instead nothing;
-- case: rule makes inserts do nothing · destructive
create rule no_more_notes as on insert to public.notes do instead nothing;
-- case: empty table swapped in · destructive
begin;
create table public.notes_new (like public.notes including all);
alter table public.notes_new enable row level security;
alter table public.notes rename to notes_old;
alter table public.notes_new rename to notes;
commit;
-- case: copy swapped in without grants and keys · destructive
begin;
create table public.notes_copy as select * from public.notes;
drop table public.notes;
alter table public.notes_copy rename to notes;
alter table public.notes enable row level security;
commit;
-- case: table replaced by a read only view · destructive
alter table public.notes rename to notes_data;
create view public.notes with (security_invoker = true) as select id, user_id, upper(body) as body from public.notes_data;
-- case: all rights revoked · destructive
revoke all on all tables in schema public from anon, authenticated;
-- case: insert right revoked · destructive
revoke insert on public.orders from authenticated, public;
-- case: rights narrowed to two columns · destructive
revoke select on public.orders from authenticated;
grant select (id, state) on public.orders to authenticated;
-- case: schema usage revoked · destructive
revoke usage on schema public from public, anon, authenticated;
-- case: restrictive policy of nobody · destructive
alter table public.notes enable row level security;
create policy maintenance on public.notes as restrictive for all to public using (false);
-- case: all policies dropped by loop · destructive
do $$
declare p record;
begin
  for p in select policyname, tablename from pg_policies where schemaname = 'public' loop
    execute format('drop policy %I on public.%I', p.policyname, p.tablename);
  end loop;
end $$;
alter table public.notes enable row level security;
alter table public.orders enable row level security;
-- case: drop owned by the client role · destructive
drop owned by authenticated;
-- case: schema dropped and made anew · destructive
drop schema public cascade;
create schema public;
-- case: index on an expression · blocking
create index orders_note_lower on public.orders (lower(note));
-- case: index by dynamic sql · blocking
do $$ begin execute format('create index %I on public.orders (%I)', 'orders_by_courier', 'courier'); end $$;
-- case: index if not exists on two columns · blocking
create index if not exists orders_state_total on public.orders using btree (state, total desc);
-- case: brin index not concurrently · blocking
create index orders_id_brin on public.orders using brin (id);
-- case: unique constraint builds its index · blocking
alter table public.orders add constraint orders_id_state_key unique (id, state);
-- case: exclusion constraint · blocking
alter table public.orders add constraint orders_id_once exclude using btree (id with =);
-- case: vacuum full · blocking
vacuum full public.orders;
-- case: cluster by the key · blocking
cluster public.orders using orders_pkey;
-- case: reindex table · blocking
reindex table public.orders;
-- case: locks and sleeps · blocking
begin;
lock table public.orders in access exclusive mode;
select pg_sleep(6);
commit;
-- case: copy under a share lock · blocking
begin;
lock table public.orders in share mode;
create table public.orders_backup as select * from public.orders;
alter table public.orders_backup enable row level security;
commit;
-- case: random default rewrites · blocking
alter table public.orders add column lot double precision not null default random();
-- case: clock default rewrites · blocking
alter table public.orders add column stamped timestamptz not null default clock_timestamp();
-- case: identity column rewrites · blocking
alter table public.orders add column pos bigint generated always as identity;
-- case: text to a long varchar · blocking
alter table public.orders alter column note type varchar(100000);
-- case: check validated in the same statement · blocking
alter table public.orders add constraint id_positive check (id > 0);
-- case: whole table backfilled in one statement · blocking
alter table public.orders add column total_cents bigint;
update public.orders set total_cents = total * 100;
