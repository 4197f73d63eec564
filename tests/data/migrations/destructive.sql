-- case: drop a table · destructive
drop table public.notes;
-- case: drop a table if it exists, cascading · destructive
DROP TABLE IF EXISTS public.orders CASCADE;
-- case: drop a table that no migration made · destructive
drop table if exists public.made_by_hand;
-- case: drop and create again · destructive
drop table if exists public.notes;
create table public.notes (id uuid primary key, user_id uuid, body text);
-- case: prisma drops a column · destructive
/*
  Warnings:

  - You are about to drop the column `expires` on the `Session` table. All the data in the column will be lost.

*/
-- AlterTable
ALTER TABLE "Session" DROP COLUMN "expires";
-- case: drop a column beside adding one · destructive
alter table public.orders add column reference text, drop column legacy_code;
-- case: drop in the middle of an additive file · destructive
create table public.a1 (id int);
create table public.a2 (id int);
alter table public.shops add column x1 text;
drop index public.orders_placed;
create table public.a3 (id int);
-- case: delete everything · destructive
delete from public.audit_log;
-- case: delete where nothing matches today · destructive
delete from public.notes where body = 'spam' and pinned;
-- case: truncate · destructive
truncate public.audit_log restart identity;
-- case: update live rows · destructive
update public.orders set status = 'done' where status = 'new' and placed_at < now() - interval '1 year';
-- case: upsert that overwrites · destructive
insert into public.shops (id, name, owner_id) select gen_random_uuid(), 'x', id from auth.users
on conflict (id) do update set name = excluded.name;
-- case: merge that deletes · destructive
merge into public.notes n using public.shops s on n.user_id = s.owner_id when matched then delete;
-- case: delete in a common table expression · destructive
with gone as (delete from public.notes where pinned returning *) insert into public.audit_log (what) select to_jsonb(gone) from gone;
-- case: delete deep inside a query · destructive
create table public.moved as with gone as (select 1 as one) select * from gone;
insert into public.moved with gone as (delete from public.orders returning 1 as one) select one from gone;
-- case: explain analyze executes · destructive
explain (analyze, costs off) delete from public.notes;
-- case: prepare and execute · destructive
prepare wipe as delete from public.notes;
execute wipe;
-- case: do block that deletes · destructive
do $$
begin
    delete from public.notes where user_id is null;
end
$$;
-- case: do block that drops by a literal string · destructive
do $body$
begin
    if to_regclass('public.notes') is not null then
        execute 'drop table public.notes';
    end if;
end
$body$;
-- case: do block that drops by format · destructive
do $$
declare r record;
begin
    for r in select tablename from pg_tables where schemaname = 'public' loop
        execute format('drop table public.%I', r.tablename);
    end loop;
end $$;
-- case: do block that drops by concatenation · destructive
do $$ begin execute 'drop ' || 'table ' || quote_ident('notes'); end $$;
-- case: nested blocks and an exception handler · destructive
do $$
begin
    begin
        perform 1;
    exception when others then
        truncate public.orders;
    end;
end $$;
-- case: call a function that deletes · destructive
select public.purge_notes();
-- case: perform a function that deletes · destructive
do $$ begin perform public.purge_notes(); end $$;
-- case: make a function and call it at once · destructive
create function public.tidy() returns void language plpgsql as $$
begin
    update public.orders set note = null;
end $$;
select public.tidy();
-- case: a function that calls another that deletes · destructive
create function public.outer_call() returns void language sql as $$ select public.purge_notes() $$;
select public.outer_call();
-- case: narrower varchar · destructive
alter table public.orders alter column courier type varchar(16);
-- case: text becomes a number · destructive
alter table public.orders alter column note type integer using note::integer;
-- case: timestamp gets a time zone · destructive
alter table public.orders alter column placed_at type timestamptz;
-- case: numeric loses digits · destructive
alter table public.orders alter column weight type numeric(8, 2);
-- case: bigint becomes integer · destructive
alter table public.audit_log alter column id type integer;
-- case: the type of a column that is not known · destructive
alter table public.made_by_hand alter column what type text;
-- case: rename a table · destructive
alter table public.notes rename to memos;
-- case: rename a column · destructive
ALTER TABLE "Session" RENAME COLUMN "shop" TO "shopDomain";
-- case: rename an enum's value · destructive
alter type public.order_state rename value 'open' to 'draft';
-- case: rename a view · destructive
alter view public.open_orders rename to new_orders;
-- case: move to another schema · destructive
create schema archive;
alter table public.audit_log set schema archive;
-- case: not null on a live column · destructive
alter table public.orders alter column note set not null;
-- case: backfill, then not null · destructive
alter table public.notes add column title text;
alter table public.notes alter column title set default '';
alter table public.orders alter column placed_at set not null;
-- case: a new column that demands a value · destructive
alter table public.notes add column category text not null;
-- case: drop a default · destructive
alter table public.orders alter column quantity drop default;
-- case: drop a constraint · destructive
alter table public.orders drop constraint orders_number_per_shop;
-- case: a check with one state more · additive
alter table public.orders drop constraint orders_status_check;
alter table public.orders add constraint orders_status_check check (status in ('new', 'done', 'failed', 'returned')) not valid;
-- case: drop a foreign key · destructive
alter table public.orders drop constraint if exists orders_shop_id_fkey;
-- case: drop a policy · destructive
drop policy notes_own on public.notes;
-- case: drop a restrictive policy · destructive
drop policy if exists notes_not_pinned on public.notes;
-- case: swap a policy for a weaker one · destructive
drop policy notes_own on public.notes;
create policy notes_own on public.notes for all to authenticated using (true);
-- case: swap a policy for one that reaches more roles · destructive
drop policy "owners read their shops" on public.shops;
create policy "owners read their shops" on public.shops for select to anon, authenticated using (owner_id = auth.uid());
-- case: swap a policy for one with a way round · destructive
drop policy "owners read their shops" on public.shops;
create policy "owners read their shops" on public.shops for select to authenticated
    using (owner_id = auth.uid() or auth.jwt() -> 'user_metadata' ->> 'admin' = 'true');
-- case: a policy loses a condition · destructive
alter policy notes_own on public.notes using (true) with check (user_id = auth.uid());
-- case: everybody may read a protected table · destructive
create policy "public read" on public.notes for select using (true);
-- case: everybody signed in may write · destructive
create policy anyone_inserts on public.notes for insert to authenticated with check (true);
-- case: a tautology instead of true · destructive
create policy looks_strict on public.notes for select to authenticated using (1 = 1);
-- case: turn row level security off · destructive
alter table public.notes disable row level security;
-- case: no longer forced · destructive
alter table public.orders no force row level security;
-- case: row level security off in a do block · destructive
do $$
declare t text;
begin
    foreach t in array array['notes', 'orders'] loop
        execute format('alter table public.%I disable row level security', t);
    end loop;
end $$;
-- case: revoke · destructive
revoke select on public.orders from reporting;
-- case: revoke a role · destructive
grant reporting to authenticated;
revoke reporting from authenticated;
-- case: detach a partition · destructive
alter table public.events detach partition public.events_2025;
-- case: drop a view · destructive
drop view public.open_orders;
-- case: a view loses security invoker · destructive
create or replace view public.open_orders as select id, shop_id, number from public.orders where status = 'new';
-- case: security invoker is turned off · destructive
alter view public.open_orders set (security_invoker = false);
-- case: drop a materialized view · destructive
drop materialized view if exists public.daily_totals;
-- case: drop a function · destructive
drop function if exists public.shop_count();
-- case: drop a trigger · destructive
drop trigger notes_touch on public.notes;
-- case: disable a trigger · destructive
alter table public.notes disable trigger notes_touch;
-- case: drop a type · destructive
drop type if exists public.order_state cascade;
-- case: drop a schema · destructive
drop schema if exists auth cascade;
-- case: drop an extension · destructive
drop extension if exists "uuid-ossp";
-- case: drop a sequence · destructive
drop sequence public.invoice_number;
-- case: drop a role · destructive
drop role if exists reporting;
-- case: drop owned · destructive
drop owned by reporting;
-- case: take a table out of a publication · destructive
alter publication app_changes drop table public.notes;
-- case: set the tables of a publication · destructive
alter publication app_changes set table public.orders;
-- case: unlogged · destructive
alter table public.orders set unlogged;
-- case: drop identity · destructive
alter table public.orders alter column id drop identity;
-- case: the catalogue by hand · destructive
update pg_catalog.pg_class set relrowsecurity = false where relname = 'notes';
-- case: drop behind a comment that ends · destructive
/* a comment /* nested */ still */ drop table public.notes; -- create table x
-- case: drop after a string with a quote · destructive
insert into public.audit_log (what) values ('{"a": "it''s fine -- really"}'); drop table public.notes;
-- case: drop with odd spacing · destructive
DrOp
	TaBlE  /* x */ "public" . "notes" ;
-- case: dollar quoting hides nothing · destructive
comment on table public.notes is $x$ drop nothing $x$; delete from public.notes where $a$drop$a$ = body;
-- case: the supabase way down · destructive
-- Migration: 20250301_down
alter table public.shops drop column if exists created_at;
