-- case: comment only · additive
comment on table public.orders is 'orders of a shop';
-- case: nothing but remarks · additive
-- drop table public.orders;
select 1;
-- case: a jsonb column with a constant · additive
alter table public.orders add column meta jsonb not null default '{}'::jsonb;
-- case: a not null column without default · destructive
alter table public.orders add column channel text not null;
-- case: a volatile default rewrites · blocking
alter table public.orders add column token uuid not null default gen_random_uuid();
-- case: a serial column rewrites · blocking
alter table public.orders add column seq bigserial;
-- case: stored generated column · blocking
alter table public.orders add column total2 numeric generated always as (total * 2) stored;
-- case: index concurrently · additive
create index concurrently orders_state on public.orders (state);
-- case: index not concurrently · blocking
create index orders_state on public.orders (state);
-- case: unique index not concurrently · blocking
create unique index orders_note_u on public.orders (note);
-- case: index on a table of this file · additive
create table public.carts (id bigint primary key, shop_id uuid);
alter table public.carts enable row level security;
create index carts_shop on public.carts (shop_id);
-- case: check not valid · additive
alter table public.orders add constraint total_pos check (total > -1000000000) not valid;
alter table public.orders drop constraint total_pos;
-- case: check validated at once · blocking
alter table public.orders add constraint note_len check (length(note) < 100000);
-- case: foreign key validated at once · blocking
alter table public.notes add constraint notes_user_fk foreign key (user_id) references auth.users (id);
-- case: set not null on a nullable column · destructive
alter table public.orders alter column courier set not null;
-- case: drop not null · additive
alter table public.notes alter column body drop not null;
-- case: drop a column · destructive
alter table public.orders drop column legacy_code;
-- case: drop a column if exists that exists · destructive
alter table public.orders drop column if exists courier;
-- case: drop a column that never was · additive
alter table public.orders drop column if exists never_was;
-- case: drop a table that never was · additive
drop table if exists public.never_was;
-- case: drop a table cascade · destructive
drop table if exists public.notes cascade;
-- case: rename a column · destructive
alter table public.orders rename column note to remark;
-- case: rename a table · destructive
alter table public.notes rename to memos;
-- case: rename a table and leave a view · destructive
alter table public.notes rename to memos;
create view public.notes as select * from public.memos;
-- case: rename an index · additive
alter index public.orders_placed rename to orders_placed_at_idx;
-- case: widen varchar · additive
alter table public.orders alter column courier type varchar(64);
-- case: varchar to text · additive
alter table public.orders alter column courier type text;
-- case: narrow varchar · destructive
alter table public.orders alter column courier type varchar(8);
-- case: narrow varchar by using · destructive
alter table public.orders alter column courier type varchar(8) using left(courier, 8);
-- case: integer to bigint · blocking
alter table public.orders alter column quantity type bigint;
-- case: numeric wider same scale · additive
alter table public.orders alter column weight type numeric(14, 2);
-- case: numeric fewer digits after the point · destructive
alter table public.orders alter column weight type numeric(10, 0);
-- case: add an enum value · additive
alter type public.order_state add value if not exists 'refunded';
-- case: rename an enum value · destructive
alter type public.order_state rename value 'paid' to 'settled';
-- case: a new enum · additive
create type public.mood as enum ('good', 'bad');
-- case: domain narrowed · destructive
alter domain public.email_address add constraint lower_only check (value = lower(value));
-- case: delete without where · destructive
delete from public.notes;
-- case: delete of orphans · destructive
delete from public.notes n where not exists (select 1 from auth.users u where u.id = n.user_id);
-- case: truncate · destructive
truncate public.audit_log;
-- case: update without where overwrites · destructive
update public.orders set note = '';
-- case: backfill of a new column · additive
alter table public.shops add column slug text;
update public.shops set slug = lower(name) where slug is null and id in (select id from public.shops limit 100);
-- case: delete in a do block · destructive
do $$ begin delete from public.orders where status = 'failed'; end $$;
-- case: dynamic drop · destructive
do $$ begin execute 'drop ' || 'table public.' || quote_ident('audit_log'); end $$;
-- case: dynamic drop in a loop · destructive
do $$ declare r record; begin for r in select tablename from pg_tables where schemaname = 'public' and tablename like 'audit%' loop execute format('drop table public.%I cascade', r.tablename); end loop; end $$;
-- case: do block creates a type once · additive
do $$ begin create type public.tier as enum ('a', 'b'); exception when duplicate_object then null; end $$;
-- case: function with a delete that nobody calls · additive
create function public.forget_old() returns void language sql as $$ delete from public.notes where false $$;
-- case: call of the purging function · destructive
select public.purge_notes();
-- case: read by a function · additive
select public.shop_count();
-- case: drop function · destructive
drop function public.shop_count();
-- case: replace function same signature · additive
create or replace function public.shop_count() returns bigint language sql stable as $$ select count(id) from public.shops $$;
-- case: trigger that raises · destructive
create function public.no() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
create trigger no before insert on public.orders for each row execute function public.no();
-- case: trigger that returns null · destructive
create function public.swallow() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger swallow before insert on public.notes for each row execute function public.swallow();
-- case: trigger on a new table · additive
create table public.tags (id bigint primary key, name text);
alter table public.tags enable row level security;
create function public.tag_trim() returns trigger language plpgsql as $$ begin new.name := trim(new.name); return new; end $$;
create trigger tag_trim before insert on public.tags for each row execute function public.tag_trim();
-- case: drop a trigger · destructive
drop trigger notes_touch on public.notes;
-- case: drop policy · destructive
drop policy notes_own on public.notes;
-- case: drop restrictive policy · destructive
drop policy notes_not_pinned on public.notes;
-- case: policy replaced by the same · additive
drop policy notes_own on public.notes;
create policy notes_own on public.notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
-- case: policy replaced by true · destructive
drop policy notes_own on public.notes;
create policy notes_own on public.notes for all to authenticated using (true) with check (true);
-- case: row security off · destructive
alter table public.notes disable row level security;
-- case: row security on again · additive
alter table public.notes enable row level security;
-- case: no force · destructive
alter table public.orders no force row level security;
-- case: row security on without a policy · destructive
alter table "Session" enable row level security;
-- case: revoke from reporting · destructive
revoke select on public.orders from reporting;
-- case: grant one more column to reporting · additive
grant select (id, name) on public.shops to reporting;
-- case: grant all to anon · destructive
grant all on public.audit_log to anon;
alter table public.audit_log disable row level security;
-- case: drop role · destructive
drop owned by reporting;
drop role reporting;
-- case: drop view · destructive
drop view public.open_orders;
-- case: view gains a column at the end · additive
create or replace view public.open_orders with (security_invoker = true) as select id, shop_id, number, total from public.orders where status = 'new';
-- case: view loses invoker · destructive
create or replace view public.open_orders with (security_invoker = false) as select id, shop_id, number from public.orders where status = 'new';
-- case: default changed back and forth · additive
alter table public.orders alter column quantity set default 1;
-- case: default dropped · destructive
alter table public.shops alter column plan drop default;
-- case: sequence restarted · destructive
alter sequence public.invoice_number restart with 1;
-- case: new sequence · additive
create sequence if not exists public.receipt_number start 1;
-- case: new partition · additive
create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
alter table public.events_2026 enable row level security;
-- case: drop partition · destructive
drop table public.events_2025;
-- case: detach partition · destructive
alter table public.events detach partition public.events_2025;
-- case: publication loses a table · destructive
alter publication app_changes drop table public.notes;
-- case: publication gains a table · additive
alter publication app_changes add table public.shops;
-- case: vacuum full · blocking
vacuum full public.orders;
-- case: reindex · blocking
reindex table public.orders;
-- case: reindex concurrently · additive
reindex index concurrently public.orders_placed;
-- case: lock table · blocking
begin; lock table public.orders in access exclusive mode; select pg_sleep(1); commit;
-- case: drop unique constraint · destructive
alter table public.orders drop constraint orders_number_per_shop;
-- case: timeouts around a small change · additive
set lock_timeout = '2s'; set statement_timeout = '5s';
alter table public.shops add column if not exists phone text;
-- case: table swap · destructive
create table public.notes_new (like public.notes including all);
alter table public.notes rename to notes_old;
alter table public.notes_new rename to notes;
