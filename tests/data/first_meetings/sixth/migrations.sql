-- case: a column nobody shows any more is dropped · destructive
alter table public.contacts drop column if exists birthday;
-- case: drop a table and whatever hangs on it · destructive
-- deals move to the new billing service
DROP TABLE IF EXISTS public.deals CASCADE;
-- case: drizzle rebuilds an enum with one value fewer · destructive
DROP MATERIALIZED VIEW "public"."deal_stats";--> statement-breakpoint
ALTER TABLE "public"."deals" ALTER COLUMN "stage" SET DATA TYPE text;--> statement-breakpoint
ALTER TABLE "public"."deals" ALTER COLUMN "stage" SET DEFAULT 'lead'::text;--> statement-breakpoint
UPDATE "public"."deals" SET "stage" = 'lost' WHERE "stage" = 'archived';--> statement-breakpoint
DROP TYPE "public"."deal_stage";--> statement-breakpoint
CREATE TYPE "public"."deal_stage" AS ENUM('lead', 'won', 'lost');--> statement-breakpoint
ALTER TABLE "public"."deals" ALTER COLUMN "stage" SET DEFAULT 'lead'::"public"."deal_stage";--> statement-breakpoint
ALTER TABLE "public"."deals" ALTER COLUMN "stage" SET DATA TYPE "public"."deal_stage" USING "stage"::"public"."deal_stage";--> statement-breakpoint
CREATE MATERIALIZED VIEW "public"."deal_stats" AS (select workspace_id, stage, count(*) as n, sum(amount) as total from deals group by 1, 2);--> statement-breakpoint
CREATE UNIQUE INDEX "deal_stats_key" ON "public"."deal_stats" ("workspace_id","stage");--> statement-breakpoint
REVOKE ALL ON "public"."deal_stats" FROM anon, authenticated;--> statement-breakpoint
GRANT SELECT ON "public"."deal_stats" TO reporting;
-- case: an enum value renamed · destructive
alter type public.deal_stage rename value 'won' to 'closed_won';
-- case: contacts without an address are cleaned away · destructive
delete from public.contacts where email is null or email = '';
-- case: audit trail emptied to make room · destructive
truncate table public.audit_events restart identity;
-- case: duplicates deleted before a unique index · destructive
with ranked as (
  select id, row_number() over (partition by workspace_id, lower(email) order by created_at desc, id desc) as rn
  from public.contacts where email is not null
)
delete from public.contacts c using ranked r where c.id = r.id and r.rn > 1;

create unique index if not exists contacts_email_ci on public.contacts (workspace_id, lower(email));
-- case: an old key taken out of every settings document · destructive
update public.workspaces set settings = settings - 'legacy' where settings ? 'legacy';
-- case: closing time kept as a day only · destructive
ALTER TABLE public.deals ALTER COLUMN closes_at TYPE date USING closes_at::date;
-- case: personal data hidden by taking the table right away · destructive
revoke select on table public.contacts from authenticated;
grant select (id, workspace_id, full_name, email, tags, is_vip) on table public.contacts to authenticated;
-- case: policy dropped in a tidy-up · destructive
-- superseded by contacts_write
drop policy if exists "contacts_read" on public.contacts;
drop policy if exists "reporting_contacts" on public.contacts;
-- case: the advisor's row security everywhere · destructive
do $$
declare r record;
begin
  for r in select schemaname, tablename from pg_tables where schemaname = 'public' and not rowsecurity loop
    execute format('alter table %I.%I enable row level security', r.schemaname, r.tablename);
  end loop;
end $$;
-- case: the search function asks for the workspace from now on · destructive
drop function if exists public.search_contacts(text, integer);

create function public.search_contacts(ws uuid, q text, max_rows integer default 20)
returns setof public.contacts language sql stable set search_path = '' as $$
  select * from public.contacts where workspace_id = ws and full_name ilike '%' || q || '%' order by id limit max_rows
$$;
-- case: helper of the policies made an invoker function · destructive
-- linter: security definer functions in an exposed schema
create or replace function public.is_member(ws uuid) returns boolean
language sql stable security invoker set search_path = '' as $$
  select exists (select from public.workspace_members m where m.workspace_id = ws and m.user_id = auth.uid())
$$;
-- case: overview view recreated without the address · destructive
drop view if exists public.contact_overview;
create view public.contact_overview with (security_invoker = true) as
  select c.id, c.full_name, count(d.id) as deals
  from public.contacts c left join public.deals d on d.contact_id = c.id group by c.id;
grant select on public.contact_overview to reporting;
-- case: overview view recreated and a grant forgotten · destructive
drop view public.contact_overview;
create view public.contact_overview with (security_invoker = true) as
  select c.id, c.full_name, c.email, count(d.id) as deals, max(d.closes_at) as next_close
  from public.contacts c left join public.deals d on d.contact_id = c.id group by c.id;
-- case: phone becomes mandatory · destructive
UPDATE public.contacts SET phone = '' WHERE phone IS NULL;
ALTER TABLE public.contacts ALTER COLUMN phone SET NOT NULL;
-- case: a required column added in three steps without a default · destructive
alter table public.workspaces add column region text;
update public.workspaces set region = 'eu-central-1';
alter table public.workspaces alter column region set not null;
-- case: a default the inserts rely on is dropped · destructive
-- the application sets tags itself since version N+1
alter table public.contacts alter column tags drop default;
-- case: one empty address per workspace · destructive
alter table public.contacts drop constraint contacts_workspace_email_key;
alter table public.contacts add constraint contacts_workspace_email_key unique nulls not distinct (workspace_id, email);
-- case: currencies in capitals for new rows · destructive
alter table public.deals add constraint deals_currency_iso check (currency = upper(currency) and length(currency) = 3) not valid;
-- case: prisma foreign key after removing orphans · destructive
-- Orphaned comments would make the constraint fail
DELETE FROM "Comment" WHERE "postId" NOT IN (SELECT "id" FROM "Post");

-- AddForeignKey
ALTER TABLE "Comment" ADD CONSTRAINT "Comment_postId_fkey" FOREIGN KEY ("postId") REFERENCES "Post"("id") ON DELETE CASCADE ON UPDATE CASCADE;
-- case: the old analytics schema goes · destructive
drop schema if exists analytics cascade;
-- case: citext is not needed any more · destructive
drop extension if exists citext cascade;
create unique index on public.subscribers (id);
-- case: sign-up trigger removed with its function · destructive
drop function if exists public.handle_new_user() cascade;
-- case: avatars become private · destructive
update storage.buckets set public = false where id = 'avatars';
drop policy if exists avatars_read on storage.objects;
create policy avatars_signed_in on storage.objects for select to authenticated using (bucket_id = 'avatars');
-- case: realtime switched on for deals by naming the tables anew · destructive
alter publication supabase_realtime set table public.deals;
-- case: last winters partition is let go · destructive
alter table public.messages detach partition public.messages_2026_01;
drop table public.messages_2026_01;
-- case: price seed that overwrites what is there · destructive
insert into public.price_plans (code, title, cents) values
  ('free', 'Free', 0), ('pro', 'Pro', 2400), ('team', 'Team', 4900)
on conflict (code) do update set title = excluded.title, cents = excluded.cents, internal_margin = excluded.internal_margin;
-- case: backfill that forgot its where · destructive
alter table public.contacts add column if not exists imported boolean not null default false;
update public.contacts set source = 'import', imported = true;
-- case: the name computed from its parts · destructive
alter table public.contacts drop column full_name cascade;
alter table public.contacts add column full_name text generated always as (coalesce(first_name, '') || ' ' || coalesce(last_name, '')) stored;
create view public.contact_overview with (security_invoker = true) as
  select c.id, c.full_name, c.email, count(d.id) as deals from public.contacts c left join public.deals d on d.contact_id = c.id group by c.id;
grant select on public.contact_overview to reporting;
-- case: serial column turned into an identity column · destructive
alter table public.activities alter column id drop default;
drop sequence public.activities_id_seq;
alter table public.activities alter column id add generated by default as identity;
-- case: identity tightened to always · destructive
alter table public.contacts alter column id set generated always;
-- case: api keys hashed in place · destructive
update public.api_keys set key = encode(extensions.digest(key, 'sha256'), 'hex');
comment on column public.api_keys.key is 'sha256 of the key, hex';
-- case: phone numbers into their own table · destructive
create table public.contact_phones (id bigint generated always as identity primary key, contact_id bigint not null references public.contacts on delete cascade, number text not null, label text not null default 'main');
alter table public.contact_phones enable row level security;
create policy contact_phones_all on public.contact_phones for all to authenticated
  using (exists (select 1 from public.contacts c where c.id = contact_id)) with check (exists (select 1 from public.contacts c where c.id = contact_id));
insert into public.contact_phones (contact_id, number) select id, phone from public.contacts where phone is not null;
alter table public.contacts drop column phone;
-- case: functions closed to the api roles · destructive
revoke execute on all functions in schema public from public, anon, authenticated;
alter default privileges in schema public revoke execute on functions from public, anon, authenticated;
-- case: price view made a security invoker view · destructive
-- fixes lint 0010_security_definer_view
alter view public.public_plans set (security_invoker = true);
-- case: unique constraint exchanged for a plain index · destructive
ALTER TABLE public.contacts DROP CONSTRAINT contacts_workspace_email_key;
CREATE INDEX contacts_workspace_email_idx ON public.contacts (workspace_id, email);
-- case: writing contacts is for owners · destructive
alter policy contacts_write on public.contacts
  using (exists (select 1 from public.workspace_members m where m.workspace_id = contacts.workspace_id and m.user_id = (select auth.uid()) and m.role = 'owner'));
-- case: tags from an array to a text · destructive
alter table public.contacts alter column tags drop default;
alter table public.contacts alter column tags type text using array_to_string(tags, ',');
alter table public.contacts alter column tags set default '';
-- case: index on the busy table in the ordinary way · blocking
create index if not exists activities_occurred_at_idx on public.activities (occurred_at desc);
-- case: unique constraint added directly · blocking
ALTER TABLE "public"."activities" ADD CONSTRAINT "activities_ref_unique" UNIQUE("ref");
-- case: foreign key checked at once · blocking
alter table public.activities
  add constraint activities_contact_id_fkey foreign key (contact_id) references public.contacts (id) on delete set null;
-- case: check constraint checked at once · blocking
alter table public.activities add constraint activities_body_length check (char_length(body) <= 10000);
-- case: not null on the busy table without a check before · blocking
ALTER TABLE public.activities ALTER COLUMN kind SET NOT NULL;
-- case: primary key from int to bigint · blocking
alter table public.activities alter column id type bigint;
alter sequence public.activities_id_seq as bigint;
-- case: public id by a random default · blocking
alter table public.activities add column public_id uuid not null default gen_random_uuid();
-- case: stored search column · blocking
alter table public.activities
  add column fts tsvector generated always as (to_tsvector('simple', coalesce(body, ''))) stored;
create index activities_fts on public.activities using gin (fts);
-- case: new column and its backfill in the same transaction · blocking
begin;
alter table public.activities add column day date;
update public.activities set day = (occurred_at at time zone 'UTC')::date where day is null;
commit;
-- case: space won back with vacuum full · blocking
vacuum full public.activities;
-- case: bloated index rebuilt · blocking
reindex table public.activities;
-- case: report refreshed at the end of the migration · blocking
refresh materialized view public.deal_stats;
-- case: partition made beside a well-filled default · blocking
create table public.metrics_2026_06 partition of public.metrics for values from ('2026-06-01') to ('2026-07-01');
-- case: prisma gives a table its missing primary key · blocking
-- AlterTable
ALTER TABLE "import_rows" ADD CONSTRAINT "import_rows_pkey" PRIMARY KEY ("batch", "line");
-- case: no overlapping imports · blocking
alter table public.import_rows add constraint import_rows_no_overlap exclude using gist (batch with =, during with &&);
-- case: new table with its policies · additive
create table public.contact_notes (
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references public.workspaces (id) on delete cascade,
  contact_id bigint not null references public.contacts (id) on delete cascade,
  author_id uuid not null default auth.uid(),
  body text not null check (char_length(body) between 1 and 10000),
  created_at timestamptz not null default now()
);
create index contact_notes_contact_idx on public.contact_notes (contact_id, created_at desc);
alter table public.contact_notes enable row level security;
create policy "members read notes" on public.contact_notes for select to authenticated using (public.is_member(workspace_id));
create policy "members write own notes" on public.contact_notes for insert to authenticated with check (public.is_member(workspace_id) and author_id = (select auth.uid()));
create policy "authors delete" on public.contact_notes for delete to authenticated using (author_id = (select auth.uid()));
-- case: two optional columns · additive
ALTER TABLE "public"."contacts" ADD COLUMN "linkedin_url" text;--> statement-breakpoint
ALTER TABLE "public"."contacts" ADD COLUMN "last_seen_at" timestamp with time zone;
-- case: flag with a constant default · additive
-- AlterTable
ALTER TABLE "Post" ADD COLUMN     "pinned" BOOLEAN NOT NULL DEFAULT false;
-- case: index built concurrently · additive
create index concurrently if not exists activities_kind_idx on public.activities (kind, occurred_at desc);
-- case: enum gets one value more · additive
alter type public.deal_stage add value if not exists 'negotiation' after 'lead';
-- case: foreign key for new rows first · additive
set lock_timeout = '3s';
alter table public.activities
  add constraint activities_contact_id_fkey foreign key (contact_id) references public.contacts (id) on delete set null not valid;
-- case: constraint of the last release validated · additive
alter table public.deals validate constraint deals_probability_range;
-- case: upper bound on attempts for new rows · additive
-- validated in the next release, when the old rows have been looked at
alter table public.email_jobs add constraint email_jobs_attempts_sane check (attempts between 0 and 50) not valid;
-- case: unique index concurrently, then the constraint takes it over · additive
create unique index concurrently activities_ref_key on public.activities (ref);
alter table public.activities add constraint activities_ref_key unique using index activities_ref_key;
-- case: not null by way of a checked constraint · additive
-- deals_title_present was validated in the release before, so this does not scan
alter table public.deals alter column title set not null;
alter table public.deals drop constraint deals_title_present;
-- case: table renamed behind a view of the old name · additive
begin;
alter table public.email_jobs rename to outbox;
create view public.email_jobs with (security_invoker = true) as select * from public.outbox;
revoke all on public.email_jobs from anon, authenticated;
grant select, insert, update, delete on public.email_jobs to app_server, service_role;
comment on view public.email_jobs is 'Old name of outbox, for version N. Goes with N+2.';
commit;
-- case: amount in cents kept beside the old amount · additive
alter table public.deals add column amount_cents bigint;
create or replace function public.deals_fill_cents() returns trigger language plpgsql set search_path = '' as $$
begin
  new.amount_cents := round(new.amount * 100);
  return new;
end $$;
create trigger deals_fill_cents before insert or update of amount on public.deals for each row execute function public.deals_fill_cents();
-- case: new rpc for the dashboard · additive
create function public.deal_totals(ws uuid) returns table (stage text, n bigint, total numeric)
language sql stable security invoker set search_path = '' as $$
  select d.stage::text, count(*), sum(d.amount) from public.deals d where d.workspace_id = ws group by 1
$$;
revoke execute on function public.deal_totals(uuid) from public, anon;
grant execute on function public.deal_totals(uuid) to authenticated;
-- case: same function with a fixed search path · additive
create or replace function public.search_contacts(q text, max_rows integer default 20) returns setof public.contacts
language sql stable set search_path = '' as $$
  select * from public.contacts where full_name ilike '%' || q || '%' order by id limit max_rows
$$;
alter function public.set_updated_at() set search_path = '';
-- case: one more column at the end of the overview · additive
create or replace view public.contact_overview with (security_invoker = true) as
  select c.id, c.full_name, c.email, count(d.id) as deals, max(d.closes_at) as next_close
  from public.contacts c left join public.deals d on d.contact_id = c.id group by c.id;
-- case: owners may rename their workspace · additive
create policy ws_owner_update on public.workspaces for update to authenticated
  using (exists (select 1 from public.workspace_members m where m.workspace_id = workspaces.id and m.user_id = (select auth.uid()) and m.role = 'owner'))
  with check (exists (select 1 from public.workspace_members m where m.workspace_id = workspaces.id and m.user_id = (select auth.uid()) and m.role = 'owner'));
-- case: policy recreated with the cached uid · additive
-- auth_rls_initplan
begin;
drop policy if exists profiles_own on public.profiles;
create policy profiles_own on public.profiles for update to authenticated using (id = (select auth.uid()));
commit;
-- case: read rights for the reporting role · additive
grant select on public.workspaces, public.activities to reporting;
create policy reporting_workspaces on public.workspaces for select to reporting using (true);
create policy reporting_activities on public.activities for select to reporting using (true);
-- case: extension for fuzzy search and its index · additive
create extension if not exists pg_trgm with schema extensions;
create index concurrently if not exists contacts_full_name_trgm on public.contacts using gin (full_name extensions.gin_trgm_ops);
-- case: seed that leaves what is there alone · additive
insert into public.countries (code, name, currency) values ('DE', 'Deutschland', 'EUR'), ('FR', 'France', 'EUR'), ('JP', 'Japan', 'JPY')
on conflict (code) do nothing;
-- case: gaps in a lookup table filled · additive
update public.countries set currency = 'USD' where code = 'US' and currency is null;
-- case: backfill in batches that commit · additive
alter table public.activities add column day date;
create procedure public.backfill_activity_day(batch int default 2000) language plpgsql as $$
declare n int;
begin
  loop
    update public.activities a set day = (a.occurred_at at time zone 'UTC')::date
    where a.id in (select id from public.activities where day is null order by id limit batch for update skip locked);
    get diagnostics n = row_count;
    exit when n = 0;
    commit;
    perform pg_sleep(0.01);
  end loop;
end $$;
call public.backfill_activity_day();
drop procedure public.backfill_activity_day(int);
-- case: next months partition · additive
create table if not exists public.messages_2026_03 partition of public.messages for values from ('2026-03-01') to ('2026-04-01');
alter table public.messages_2026_03 enable row level security;
-- case: partition built apart and attached · additive
create table public.messages_2026_04 (like public.messages including defaults including constraints including indexes);
alter table public.messages_2026_04 enable row level security;
alter table public.messages_2026_04 add constraint messages_2026_04_range check (sent_at >= '2026-04-01' and sent_at < '2026-05-01');
alter table public.messages attach partition public.messages_2026_04 for values from ('2026-04-01') to ('2026-05-01');
alter table public.messages_2026_04 drop constraint messages_2026_04_range;
-- case: materialized view for the monthly report · additive
create materialized view public.contacts_per_month as
  select workspace_id, date_trunc('month', created_at) as month, count(*) as n from public.contacts group by 1, 2
with no data;
create unique index on public.contacts_per_month (workspace_id, month);
revoke all on public.contacts_per_month from anon, authenticated;
refresh materialized view public.contacts_per_month;
-- case: report refreshed beside its readers · additive
refresh materialized view concurrently public.deal_stats;
-- case: unused index dropped concurrently · additive
drop index concurrently if exists public.activities_old_body_idx;
-- case: name of a contact may be missing · additive
-- version N never writes null here, version N+1 may
alter table public.contacts alter column full_name drop not null;
-- case: longer titles · additive
-- AlterTable
ALTER TABLE "Post" ALTER COLUMN "title" SET DATA TYPE VARCHAR(255);
-- case: likes start at zero for new comments · additive
-- AlterTable
ALTER TABLE "Comment" ALTER COLUMN "likes" SET DEFAULT 0;
-- case: bucket for invoices with its policies · additive
insert into storage.buckets (id, name, public) values ('invoices', 'invoices', false) on conflict (id) do nothing;
create policy "invoices: own folder read" on storage.objects for select to authenticated
  using (bucket_id = 'invoices' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy "invoices: own folder upload" on storage.objects for insert to authenticated
  with check (bucket_id = 'invoices' and (storage.foldername(name))[1] = (select auth.uid())::text);
-- case: realtime for deals as well · additive
do $$
begin
  if not exists (select 1 from pg_publication_tables where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = 'deals') then
    alter publication supabase_realtime add table public.deals;
  end if;
end $$;
alter table public.deals replica identity full;
-- case: deals remember when they changed · additive
alter table public.deals add column if not exists updated_at timestamptz;
drop trigger if exists deals_updated_at on public.deals;
create trigger deals_updated_at before update on public.deals for each row execute function public.set_updated_at();
-- case: changes of deals written to the audit trail · additive
create or replace function public.audit_deals() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.audit_events (actor, action, data) values (auth.uid(), 'deal.' || lower(tg_op), to_jsonb(coalesce(new, old)));
  return null;
end $$;
revoke execute on function public.audit_deals() from public, anon, authenticated;
create trigger audit_deals after insert or update or delete on public.deals for each row execute function public.audit_deals();
-- case: drizzle enum and table · additive
CREATE TYPE "public"."channel" AS ENUM('email', 'sms', 'push');--> statement-breakpoint
CREATE TABLE "notification_prefs" (
	"user_id" uuid NOT NULL,
	"channel" "channel" NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	CONSTRAINT "notification_prefs_user_id_channel_pk" PRIMARY KEY("user_id","channel")
);
--> statement-breakpoint
ALTER TABLE "notification_prefs" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "own prefs" ON "notification_prefs" AS PERMISSIVE FOR ALL TO "authenticated" USING ((select auth.uid()) = "notification_prefs"."user_id") WITH CHECK ((select auth.uid()) = "notification_prefs"."user_id");
-- case: prisma join table · additive
-- CreateTable
CREATE TABLE "PostLike" (
    "userId" TEXT NOT NULL,
    "postId" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PostLike_pkey" PRIMARY KEY ("userId","postId")
);

-- CreateIndex
CREATE INDEX "PostLike_postId_idx" ON "PostLike"("postId");

-- AddForeignKey
ALTER TABLE "PostLike" ADD CONSTRAINT "PostLike_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PostLike" ADD CONSTRAINT "PostLike_postId_fkey" FOREIGN KEY ("postId") REFERENCES "Post"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "PostLike" ENABLE ROW LEVEL SECURITY;
-- case: autovacuum and fillfactor of the queue · additive
alter table public.email_jobs set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02);
-- case: owner column with a foreign key in two steps · additive
alter table public.deals add column owner_id uuid;
alter table public.deals add constraint deals_owner_id_fkey foreign key (owner_id) references public.profiles (id) on delete set null not valid;
alter table public.deals validate constraint deals_owner_id_fkey;
create index concurrently deals_owner_id_idx on public.deals (owner_id);
-- case: staging table of the import thrown away at the end · additive
create unlogged table public._import_countries (code text, name text, currency text);
insert into public._import_countries values ('IT', 'Italy', 'EUR'), ('ES', 'Spain', 'EUR');
insert into public.countries select i.* from public._import_countries i where not exists (select 1 from public.countries c where c.code = i.code);
drop table public._import_countries;
-- case: everything dropped first if it should exist already · additive
drop policy if exists "members add tags" on public.contacts;
drop trigger if exists contacts_normalise on public.contacts;
drop function if exists public.contact_initials(public.contacts);
drop table if exists public.contact_tags;
create table public.contact_tags (contact_id bigint references public.contacts on delete cascade, tag text, primary key (contact_id, tag));
alter table public.contact_tags enable row level security;
create policy "tags of readable contacts" on public.contact_tags for select to authenticated using (exists (select 1 from public.contacts c where c.id = contact_id));
create function public.contact_initials(public.contacts) returns text language sql immutable as $$ select left($1.first_name, 1) || left($1.last_name, 1) $$;
-- case: row security for the key table that only the server reads · additive
alter table public.api_keys enable row level security;
create policy api_keys_server on public.api_keys for all to app_server using (true) with check (true);
comment on table public.api_keys is 'service_role and app_server only';
-- case: access token hook for the auth server · additive
create function public.custom_access_token_hook(event jsonb) returns jsonb language plpgsql stable set search_path = '' as $$
declare r text;
begin
  select m.role into r from public.workspace_members m where m.user_id = (event ->> 'user_id')::uuid limit 1;
  return jsonb_set(event, '{claims,workspace_role}', coalesce(to_jsonb(r), 'null'));
end $$;
grant usage on schema public to supabase_auth_admin;
grant execute on function public.custom_access_token_hook to supabase_auth_admin;
revoke execute on function public.custom_access_token_hook from authenticated, anon, public;
grant select on public.workspace_members to supabase_auth_admin;
create policy auth_admin_reads_members on public.workspace_members for select to supabase_auth_admin using (true);
-- case: prisma renames a key and an index · additive
-- RenameForeignKey
ALTER TABLE "Post" RENAME CONSTRAINT "Post_authorId_fkey" TO "Post_author_fkey";

-- RenameIndex
ALTER INDEX "User_email_key" RENAME TO "User_email_unique";
-- case: arrival time with now as the default · additive
set local lock_timeout = '2s';
alter table public.activities add column received_at timestamptz not null default now();
-- case: list of kinds made longer · additive
begin;
alter table public.activities drop constraint activities_kind_known;
alter table public.activities add constraint activities_kind_known check (kind in ('note', 'call', 'mail', 'meeting')) not valid;
commit;
alter table public.activities validate constraint activities_kind_known;
