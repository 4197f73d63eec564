-- case: fourth: a constraint gets another name · additive
alter table public.orders rename constraint orders_number_per_shop to orders_shop_number_key;
-- case: fourth: a trigger gets another name · additive
alter trigger notes_touch on public.notes rename to notes_trim;
-- case: fourth: a policy gets another name · additive
alter policy notes_own on public.notes rename to "people reach their own notes";
-- case: fourth: a function gets another name · destructive
alter function public.shop_count() rename to count_shops;
-- case: fourth: a schema gets another name · destructive
create schema old; create table old.t (id int); alter schema public rename to legacy;
-- case: fourth: a role gets another name · destructive
alter role reporting rename to reports;
-- case: fourth: a sequence gets another name · destructive
alter sequence public.invoice_number rename to invoice_numbers;
-- case: fourth: an enum type gets another name · destructive
alter type public.order_state rename to order_status;
-- case: fourth: an index that was never there gets another name · additive
alter index if exists public.never_was rename to was_never;
-- case: fourth: views that were never there · additive
drop view if exists public.v_old; drop materialized view if exists public.m_old;
drop function if exists public.f_old(int); drop type if exists public.t_old; drop index if exists public.i_old;
-- case: fourth: a constraint that was never there · additive
alter table public.orders drop constraint if exists orders_old_check;
-- case: fourth: a table that is there, if it exists · destructive
drop table if exists public.audit_log;
-- case: fourth: quoted table that is there, if it exists · destructive
drop table if exists "Session";
-- case: fourth: quoted in another case, which only somebody's hand can have made · destructive
drop table if exists public.session;
-- case: fourth: index that is there, if it exists · destructive
drop index if exists public.shops_name_idx;
-- case: fourth: column of a table that no file made · destructive
alter table public.elsewhere drop column if exists something;
-- case: fourth: backfill of a column of this file in one go · blocking
alter table public.orders add column search text;
update public.orders set search = lower(number);
-- case: fourth: backfill of one column of this file by key range · additive
alter table public.orders add column search text;
update public.orders set search = lower(number) where id between 1 and 1000;
-- case: fourth: backfill in a loop of small steps, all in one transaction · blocking
alter table public.orders add column search text;
do $$ declare n bigint; begin loop
  update public.orders set search = lower(number) where id in (select id from public.orders where search is null limit 500);
  get diagnostics n = row_count; exit when n = 0; end loop; end $$;
-- case: fourth: limited update of a column that holds data · destructive
update public.orders set note = null where id in (select id from public.orders limit 100);
-- case: fourth: function gets another body with the same columns · person
create or replace function public.shop_count() returns bigint language sql stable as $$ select 0::bigint $$;
-- case: fourth: function with spaces and comments more · additive
create or replace function public.shop_count() returns bigint
language sql stable
as $$
  -- how many shops there are
  select   count(*)   from public.shops
$$;
-- case: fourth: view loses its filter · person
create or replace view public.open_orders with (security_invoker = true) as select id, shop_id, number from public.orders;
-- case: fourth: view gains two columns at the end, one computed · additive
create or replace view public.open_orders with (security_invoker = true) as
    select id, shop_id, number, total, total * 2 as double from public.orders where status = 'new';
-- case: fourth: view gains a column and a join · person
create or replace view public.open_orders with (security_invoker = true) as
    select o.id, o.shop_id, o.number, s.name from public.orders o join public.shops s on s.id = o.shop_id where o.status = 'new';
-- case: fourth: null allowed where no program was promised anything else · additive
alter table public.shops alter column plan drop not null;
-- case: fourth: null allowed in a primary key · destructive
alter table public.shops drop constraint shops_pkey cascade; alter table public.shops alter column id drop not null;
-- case: fourth: comment on a column and on a policy · additive
comment on column public.orders.note is 'free text'; comment on policy notes_own on public.notes is 'own rows';
-- case: fourth: statistics target · additive
alter table public.orders alter column number set statistics 500; analyze public.orders;
-- case: fourth: default for new rows, then the column · additive
alter table public.notes add column colour text default 'yellow';
-- case: fourth: column default changes what programs get · person
alter table public.orders alter column quantity set default 2;
-- case: fourth: grant execute to authenticated of a new function · additive
create function public.ping() returns text language sql immutable as $$ select 'pong' $$;
revoke all on function public.ping() from public;
grant execute on function public.ping() to authenticated;
-- case: fourth: revoke from public of a live function · destructive
revoke all on function public.shop_count() from public;
-- case: fourth: table with a foreign key to a live one, and its index · additive
create table public.order_items (id bigint generated always as identity primary key, order_id bigint not null references public.orders (id), sku text not null);
create index order_items_order on public.order_items (order_id);
alter table public.order_items enable row level security;
create policy r on public.order_items for select to authenticated using (exists (select from public.orders o where o.id = order_id));
-- case: fourth: update of a lookup row that this file inserts · additive
create table public.kinds (code text primary key, label text);
alter table public.kinds enable row level security;
insert into public.kinds values ('a', 'A'), ('b', 'B');
update public.kinds set label = 'Bee' where code = 'b';
-- case: fourth: insert into a live table of settings · additive
insert into public.shops (name, owner_id) select 'demo', id from auth.users where email = 'demo@example.com' on conflict do nothing;
-- case: fourth: on conflict do update of the same value · destructive
insert into public.shops (id, name, owner_id) values ('00000000-0000-4000-8000-000000000001', 'x', '00000000-0000-4000-8000-000000000002') on conflict (id) do update set name = excluded.name;
-- case: fourth: drop and recreate a view with cascade · destructive
drop view public.open_orders cascade;
create view public.open_orders with (security_invoker = true) as select id, shop_id, number from public.orders where status = 'new';
-- case: fourth: identity column of a new table restarted · additive
create table public.tickets (id bigint generated by default as identity primary key);
alter table public.tickets enable row level security;
alter table public.tickets alter column id restart with 1000;
-- case: fourth: cluster on a new table · additive
create table public.logs (id bigint primary key, line text);
alter table public.logs enable row level security;
cluster public.logs using logs_pkey;
-- case: fourth: replica identity · additive
alter table public.orders replica identity full;
-- case: fourth: set storage and compression · additive
alter table public.notes alter column body set compression lz4;
-- case: fourth: index invalid one is replaced · additive
create index concurrently if not exists orders_shop on public.orders (shop_id);
-- case: fourth: attach an index to a partitioned table · blocking
create index events_kind on public.events (kind);
-- case: fourth: partitioned index made only for later parts · additive
create index events_kind on only public.events (kind);
-- case: fourth: a check that is not enforced · additive
alter table public.orders add constraint pos check (total >= 0) not valid;
-- case: fourth: stored procedure that commits in batches, only defined · additive
create procedure public.backfill() language plpgsql as $$ begin update public.orders set note = '' where note is null; commit; end $$;
-- case: fourth: delete of rows that the same file inserts · additive
create temp table seen (id int) on commit drop;
insert into seen values (1); delete from seen;
-- case: fourth: not null after a valid check in one file · destructive
alter table public.orders add constraint note_there check (note is not null) not valid;
alter table public.orders validate constraint note_there;
alter table public.orders alter column note set not null;
-- case: fourth: column becomes text from enum · destructive
alter table public.orders alter column state type text using state::text;
-- case: fourth: security definer function replaced as invoker · person
create or replace function public.shop_count() returns bigint language sql stable security definer as $$ select count(*) from public.shops $$;
-- case: fourth: null allowed in a column that is unique by itself · person
create table public.codes (code text not null unique);
alter table public.codes enable row level security;
alter table public.shops alter column name drop not null;
