-- case: held-out: chat tables for an assistant · additive
CREATE TABLE IF NOT EXISTS public.conversations (
  id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
  shop_id uuid REFERENCES public.shops(id) ON DELETE CASCADE NOT NULL,
  title varchar(200),
  metadata jsonb DEFAULT '{}'::jsonb,
  created_at timestamptz DEFAULT timezone('utc'::text, now()) NOT NULL
);
CREATE TABLE IF NOT EXISTS public.messages (
  id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
  conversation_id uuid REFERENCES public.conversations(id) ON DELETE CASCADE NOT NULL,
  role text NOT NULL CHECK (role IN ('user', 'assistant', 'system')),
  content text NOT NULL
);
ALTER TABLE public.conversations ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Users see their conversations" ON public.conversations FOR SELECT TO authenticated
  USING (shop_id IN (SELECT id FROM public.shops WHERE owner_id = auth.uid()));
CREATE POLICY "Users see their messages" ON public.messages FOR SELECT TO authenticated
  USING (EXISTS (SELECT 1 FROM public.conversations c WHERE c.id = messages.conversation_id));
CREATE INDEX IF NOT EXISTS idx_messages_conversation ON public.messages(conversation_id);
-- case: held-out: profile on sign-up · additive
create table public.profiles (
  id uuid references auth.users on delete cascade not null primary key,
  username text unique,
  avatar_url text,
  constraint username_length check (char_length(username) >= 3)
);
alter table public.profiles enable row level security;
create policy "Profiles are viewable by everyone" on public.profiles for select using (true);
create policy "Users insert their own profile" on public.profiles for insert with check ((select auth.uid()) = id);
create function public.handle_new_user() returns trigger set search_path = '' as $$
begin
  insert into public.profiles (id, username) values (new.id, new.raw_user_meta_data ->> 'username');
  return new;
end;
$$ language plpgsql security definer;
create trigger on_auth_user_created after insert on auth.users for each row execute procedure public.handle_new_user();
-- case: held-out: pgvector column · additive
create extension if not exists vector with schema extensions;
alter table public.notes add column if not exists embedding extensions.vector(384);
-- case: held-out: prisma one-to-many · additive
-- CreateEnum
CREATE TYPE "Status" AS ENUM ('DRAFT', 'SENT');

-- CreateTable
CREATE TABLE "Campaign" (
    "id" SERIAL NOT NULL,
    "sessionId" TEXT NOT NULL,
    "status" "Status" NOT NULL DEFAULT 'DRAFT',
    "sentAt" TIMESTAMP(3),
    "amount" DECIMAL(65,30) NOT NULL DEFAULT 0,

    CONSTRAINT "Campaign_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Campaign_sessionId_idx" ON "Campaign"("sessionId");

-- AddForeignKey
ALTER TABLE "Campaign" ADD CONSTRAINT "Campaign_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
-- case: held-out: a dashboard function for rpc · additive
create or replace function public.dashboard_numbers(days integer default 7)
returns table (day date, orders bigint, revenue numeric)
language sql stable security invoker set search_path = public as $$
  select placed_at::date, count(*), sum(total) from orders
  where placed_at > now() - make_interval(days => days) group by 1 order by 1
$$;
grant execute on function public.dashboard_numbers(integer) to authenticated;
-- case: held-out: audit trigger on a new table · additive
create table public.settings (key text primary key, value jsonb not null);
create function public.settings_changed() returns trigger language plpgsql as $$
begin
  insert into public.audit_log (what) values (jsonb_build_object('key', new.key, 'old', old.value, 'new', new.value));
  return null;
end $$;
create trigger settings_audit after update on public.settings for each row execute function public.settings_changed();
-- case: held-out: pg_dump header and a table · additive
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = "heap";
CREATE TABLE IF NOT EXISTS "public"."imports" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "file" "text" NOT NULL
);
ALTER TABLE "public"."imports" OWNER TO "postgres";
ALTER TABLE ONLY "public"."imports" ADD CONSTRAINT "imports_pkey" PRIMARY KEY ("id");
ALTER TABLE "public"."imports" ENABLE ROW LEVEL SECURITY;
GRANT ALL ON TABLE "public"."imports" TO "anon";
GRANT ALL ON TABLE "public"."imports" TO "authenticated";
RESET ALL;
-- case: held-out: seed lookup rows with a sequence · additive
insert into public.audit_log (what)
select jsonb_build_object('seed', g) from generate_series(1, 3) as g;
create sequence if not exists public.new_numbers;
select setval('public.new_numbers', 10);
-- case: held-out: partitioned table by month · additive
create table public.metrics (at timestamptz not null, name text not null, value double precision) partition by range (at);
create table public.metrics_2026_01 partition of public.metrics for values from ('2026-01-01') to ('2026-02-01');
create table public.metrics_rest partition of public.metrics default;
create index on public.metrics (name, at);
-- case: held-out: new columns in a guarded block · additive
do $$
begin
  if not exists (select 1 from information_schema.columns where table_name = 'orders' and column_name = 'channel') then
    alter table public.orders add column channel text;
  end if;
  raise notice 'DROP nothing, DELETE nothing';
end;
$$;
-- case: held-out: a column of a domain and of an enum · blocking
alter table public.shops add column contact public.email_address;
alter table public.notes add column state public.order_state default 'open';
-- case: held-out: comment on everything · additive
comment on schema public is 'standard; do not drop';
comment on function public.purge_notes() is 'deletes notes';
comment on policy notes_own on public.notes is 'was: using (true)';
-- case: held-out: function overload · additive
create function public.shop_count(plan_wanted text) returns bigint language sql stable as
$$ select count(*) from public.shops where plan = plan_wanted $$;
-- case: held-out: security label of a bucket with policies by folder · additive
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('avatars', 'avatars', true, 1048576, array['image/png', 'image/jpeg'])
on conflict (id) do nothing;
create policy "avatar upload" on storage.objects for insert to authenticated
with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);
-- case: held-out: trigger function and trigger with or replace · additive
create or replace function public.normalise_shop() returns trigger language plpgsql as $$
begin
  if new.name is distinct from old.name then
    new.name = trim(new.name);
  end if;
  return new;
end $$;
create or replace trigger shops_normalise before update on public.shops for each row execute function public.normalise_shop();
-- case: held-out: a wider enum-like check, not valid, beside the old · additive
alter table public.orders add constraint orders_note_not_blank check (note is null or note <> '') not valid;
-- case: held-out: set a column default that is already so · additive
alter table public.orders alter column quantity set default 1;
-- case: held-out: the settings of a session are local · additive
set local search_path to public, extensions;
create table if not exists local_things (id uuid default uuid_generate_v4() primary key);
-- case: held-out: a view on top of a new table · additive
create table public.raw_hits (at timestamptz default now(), path text);
create or replace view public.hits_per_day with (security_invoker = on) as select at::date as day, count(*) from public.raw_hits group by 1;
grant select on public.hits_per_day to authenticated, service_role;
-- case: held-out: add to a live publication · additive
do $$ begin
  alter publication app_changes add table public.shops;
exception when duplicate_object then null;
end $$;
-- case: held-out: old table is kept under a new name · destructive
ALTER TABLE IF EXISTS public.audit_log RENAME TO audit_log_old;
CREATE TABLE public.audit_log (id bigserial PRIMARY KEY, what jsonb NOT NULL);
-- case: held-out: dedupe before a constraint · destructive
DELETE FROM public.notes a USING public.notes b WHERE a.ctid < b.ctid AND a.body = b.body;
ALTER TABLE public.notes ADD CONSTRAINT notes_body_key UNIQUE (body);
-- case: held-out: prisma changes an enum by swapping types · destructive
BEGIN;
CREATE TYPE "order_state_new" AS ENUM ('open', 'paid');
ALTER TABLE "orders" ALTER COLUMN "state" DROP DEFAULT;
ALTER TABLE "orders" ALTER COLUMN "state" TYPE "order_state_new" USING ("state"::text::"order_state_new");
ALTER TYPE "order_state" RENAME TO "order_state_old";
DROP TYPE "order_state_old";
COMMIT;
-- case: held-out: cleanup through a loop over rows · destructive
do $$
declare n record;
begin
  for n in select id from public.notes where body = '' loop
    update public.notes set body = '(empty)' where id = n.id;
  end loop;
end $$;
-- case: held-out: policies of all commands are dropped by a loop · destructive
do $$
declare p record;
begin
  for p in select policyname, tablename from pg_policies where schemaname = 'public' loop
    execute format('drop policy if exists %I on public.%I', p.policyname, p.tablename);
  end loop;
end $$;
-- case: held-out: temporarily no row level security · destructive
alter table public.shops disable row level security;
insert into public.shops (name, owner_id) select 'demo', id from auth.users limit 1;
alter table public.shops enable row level security;
-- case: held-out: on conflict update in a loop · destructive
do $$ begin
  insert into storage.buckets (id, name, public) values ('labels', 'labels', true)
  on conflict (id) do update set public = true;
end $$;
-- case: held-out: select from a function that truncates by execute · destructive
create or replace function public.reset_demo() returns void language plpgsql as $fn$
begin
  execute 'truncate table ' || quote_ident('orders') || ' cascade';
end $fn$;
do $$ begin perform public.reset_demo(); end $$;
-- case: held-out: a procedure is called · destructive
create procedure public.archive() language plpgsql as $$ begin delete from public.audit_log where at < now() - interval '90 days'; end $$;
call public.archive();
-- case: held-out: sql function with begin atomic · destructive
create function public.shrink() returns void language sql begin atomic delete from public.notes; end;
select public.shrink();
-- case: held-out: returning in an insert source · destructive
insert into public.audit_log (what)
with old as (update public.notes set pinned = false returning *)
select jsonb_agg(old) from old;
-- case: held-out: policy opened to anon by alter · destructive
alter policy "owners read their shops" on public.shops to anon, authenticated;
-- case: held-out: always-true in disguise · destructive
create policy notes_all on public.notes for all using (auth.uid() is not null or true);
-- case: held-out: two steps, column swap · destructive
alter table public.orders add column note_new varchar(100);
alter table public.orders drop column note;
alter table public.orders rename column note_new to note;
-- case: held-out: unique becomes weaker · destructive
alter table public.orders drop constraint orders_number_per_shop, add constraint orders_number_per_shop unique (shop_id, number, placed_at);
-- case: held-out: drop if exists behind an if · destructive
do $$ begin if false then drop table if exists public.notes; end if; end $$;
-- case: held-out: revoke from public on an old function · destructive
revoke execute on function public.shop_count() from public;
-- case: held-out: remove a default and a not null · destructive
alter table public.notes alter column pinned drop default, alter column pinned drop not null;
-- case: held-out: brin index · blocking
create index audit_log_at on public.audit_log using brin (at);
-- case: held-out: primary key for an old table · blocking
alter table public.events_2025 add primary key (id, at);
-- case: held-out: column with clock_timestamp · blocking
alter table public.audit_log add column seen timestamptz not null default clock_timestamp();
-- case: held-out: not valid by a loop, validated at once · blocking
do $$ begin
  alter table public.shops add constraint name_length check (char_length(name) < 300) not valid;
  alter table public.shops validate constraint name_length;
end $$;
-- case: held-out: smallint to integer · blocking
create table public.temp_counts (n smallint);
alter table public.orders alter column quantity type int8 using quantity::int8;
-- case: held-out: http call · person
select net.http_post('https://example.com/hook', '{}'::jsonb);
-- case: held-out: vault secret · person
select vault.create_secret('placeholder', 'stripe_key');
-- case: held-out: execute what a function returns · person
create function public.ddl() returns text language sql as $$ select 'select 1' $$;
do $$ begin execute public.ddl(); end $$;
-- case: held-out: import of a foreign schema · person
import foreign schema remote from server other into public;
-- case: held-out: policy by another helper · person
alter policy notes_own on public.notes using (user_id = (select id from auth.users where email = auth.email()));
-- case: held-out: security definer is turned on · person
alter function public.shop_count() security definer;
-- case: held-out: template placeholder · person
alter table public.{{table}} add column x text;
-- case: held-out: psql variable · person
select count(*) from public.notes where user_id = :'user';
-- case: held-out: session authorization · person
set session authorization 'reporting';
select 1;
-- case: held-out: large object · person
select lo_unlink(16401);
