-- The history that is live before each migration of this folder.
-- What every set-up of rls.sql starts from: a Supabase-like shim. Roles are cluster-wide and made once.
-- The set-ups run as role "postgres" (owner, not superuser, BYPASSRLS), as on Supabase.
do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then
    create role anon nologin; create role authenticated nologin; create role service_role nologin bypassrls;
    create role authenticator login noinherit; grant anon, authenticated, service_role to authenticator;
    create role supabase_auth_admin nologin; create role supabase_storage_admin nologin;
    if not exists (select from pg_roles where rolname = 'postgres') then create role postgres login createrole createdb bypassrls; end if;
    grant anon, authenticated, service_role, supabase_auth_admin, supabase_storage_admin to postgres;
  end if;
end $$;
do $$ begin execute format('grant create on database %I to postgres', current_database()); end $$;
alter schema public owner to postgres;
create schema extensions; create schema auth authorization supabase_auth_admin; create schema storage authorization supabase_storage_admin; create schema realtime;
grant usage on schema public, extensions, auth, storage, realtime to anon, authenticated, service_role, postgres;
grant create on schema extensions, realtime to postgres;
create extension pgcrypto schema extensions;
create table auth.users (id uuid primary key, email text unique, raw_user_meta_data jsonb default '{}', raw_app_meta_data jsonb default '{}', created_at timestamptz default now());
alter table auth.users owner to supabase_auth_admin;
grant select, insert, update, delete, references, trigger on auth.users to postgres;
insert into auth.users (id, email) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@acme.test'), ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'bert@globex.test');
create function auth.jwt() returns jsonb language sql stable as $$ select coalesce(nullif(current_setting('request.jwt.claim', true), ''), nullif(current_setting('request.jwt.claims', true), ''))::jsonb $$;
create function auth.uid() returns uuid language sql stable as $$ select nullif(coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''), (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')), '')::uuid $$;
create function auth.role() returns text language sql stable as $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role') $$;
create function auth.email() returns text language sql stable as $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email') $$;
create table storage.buckets (id text primary key, name text not null, public boolean default false, owner uuid);
create table storage.objects (id uuid primary key default gen_random_uuid(), bucket_id text references storage.buckets (id), name text, owner uuid, owner_id text, metadata jsonb, created_at timestamptz default now());
create function storage.foldername(name text) returns text[] language plpgsql immutable as $$ declare p text[]; begin p := string_to_array(name, '/'); return p[1:array_length(p, 1) - 1]; end $$;
create function storage.filename(name text) returns text language sql immutable as $$ select (string_to_array(name, '/'))[array_length(string_to_array(name, '/'), 1)] $$;
create function storage.extension(name text) returns text language sql immutable as $$ select reverse(split_part(reverse(name), '.', 1)) $$;
alter table storage.buckets owner to supabase_storage_admin; alter table storage.objects owner to supabase_storage_admin;
alter table storage.buckets enable row level security; alter table storage.objects enable row level security;
grant all on storage.buckets, storage.objects to anon, authenticated, service_role, postgres;
create table realtime.messages (id uuid primary key default gen_random_uuid(), topic text not null, extension text not null, payload jsonb, event text, private boolean default false, inserted_at timestamptz default now());
alter table realtime.messages owner to postgres; alter table realtime.messages enable row level security;
grant select, insert, update on realtime.messages to anon, authenticated, service_role;
create function realtime.topic() returns text language sql stable as $$ select nullif(current_setting('realtime.topic', true), '') $$;
create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;
alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
set role postgres;
-- the table most small set-ups refer to
create table public.notes (id bigint primary key, user_id uuid not null, body text);
insert into public.notes values (1, 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'note of A'), (2, 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'note of B');
alter table public.notes enable row level security;

-- The database every migration of migrations.sql is applied to (alone, on a fresh copy): a CRM on Supabase, with a few Prisma tables beside it.
-- Runs after rls_base.sql's roles, schemas and shims (users 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' and 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'); everything below belongs to role "postgres".
reset role;
do $$ begin
  if not exists (select from pg_roles where rolname = 'reporting') then create role reporting nologin; create role app_server nologin; grant reporting, app_server to postgres; end if;
end $$;
grant usage on schema extensions to reporting, app_server;
set role postgres;
create extension if not exists pg_trgm schema extensions;
create extension if not exists citext schema extensions;
create extension if not exists btree_gist schema extensions;
set search_path = public, extensions;
drop table public.notes;
grant usage on schema public to reporting, app_server;

create type plan_t as enum ('free', 'pro', 'team');
create type deal_stage as enum ('lead', 'won', 'lost', 'archived');
create table workspaces (id uuid primary key default gen_random_uuid(), name text not null, slug text not null unique, plan plan_t not null default 'free', settings jsonb not null default '{}', created_at timestamptz not null default now());
create table workspace_members (workspace_id uuid references workspaces on delete cascade, user_id uuid, role text not null default 'member', primary key (workspace_id, user_id));
create table profiles (id uuid primary key, display_name text, avatar_path text);
create table contacts (
  id bigint generated by default as identity primary key,
  workspace_id uuid not null references workspaces on delete cascade,
  full_name text not null, first_name text, last_name text,
  email varchar(255), phone text, tags text[] not null default '{}', score numeric(8,3), source text, birthday date,
  is_vip boolean not null default false, created_at timestamptz not null default now(), updated_at timestamptz,
  constraint contacts_workspace_email_key unique (workspace_id, email));
create table deals (
  id bigint generated by default as identity primary key, workspace_id uuid not null references workspaces on delete cascade,
  contact_id bigint references contacts on delete set null, title text, amount numeric(14,4), currency text not null default 'eur',
  stage deal_stage not null default 'lead', probability int, closes_at timestamptz, meta jsonb not null default '{}',
  constraint deals_title_present check (title is not null));
alter table deals add constraint deals_probability_range check (probability between 0 and 100) not valid;
create table activities (id serial primary key, contact_id bigint, kind text default 'note', body text, ref text, occurred_at timestamptz not null default now(), constraint activities_kind_known check (kind in ('note', 'call', 'mail')));
create index activities_contact_idx on activities (contact_id);
create index activities_old_body_idx on activities (left(body, 10));
create table import_rows (batch int not null, line int not null, raw text, during tstzrange);
create table messages (id bigint generated by default as identity, workspace_id uuid not null, body text, sent_at timestamptz not null, primary key (id, sent_at)) partition by range (sent_at);
create table messages_2026_01 partition of messages for values from ('2026-01-01') to ('2026-02-01');
create table messages_2026_02 partition of messages for values from ('2026-02-01') to ('2026-03-01');
create table metrics (device uuid not null, at timestamptz not null, value double precision, primary key (device, at)) partition by range (at);
create table metrics_2026_01 partition of metrics for values from ('2026-01-01') to ('2026-02-01');
create table metrics_default partition of metrics default;
create table api_keys (id uuid primary key default gen_random_uuid(), workspace_id uuid references workspaces, key text not null, last_used_at timestamptz);
create table audit_events (id bigint generated always as identity primary key, at timestamptz not null default now(), actor uuid, action text, data jsonb);
create table email_jobs (id bigint generated by default as identity primary key, recipient text not null, template text not null, status text not null default 'pending', attempts int not null default 0, run_at timestamptz not null default now());
create table subscribers (id serial primary key, email extensions.citext unique not null, confirmed boolean default false);
create table price_plans (code text primary key, title text, cents int, internal_margin numeric);
create table countries (code text primary key, name text not null, currency text);
create schema analytics; grant usage on schema analytics to reporting;
create table analytics.daily_revenue (day date primary key, cents bigint);
grant select on analytics.daily_revenue to reporting;

insert into workspaces (id, name, slug, plan, settings) values
 ('00000000-0000-4000-8000-0000000000aa', 'Acme', 'acme', 'pro', '{"theme": "dark", "legacy": {"smtp": "mail.acme.test"}}'),
 ('00000000-0000-4000-8000-0000000000bb', 'Globex', 'globex', 'free', '{}');
insert into workspace_members values ('00000000-0000-4000-8000-0000000000aa', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'owner'), ('00000000-0000-4000-8000-0000000000aa', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'member');
insert into profiles values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'Ms A', 'a.png'), ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'Mr B', null);
insert into contacts (id, workspace_id, full_name, first_name, last_name, email, phone, tags, score, source, birthday)
 select i, '00000000-0000-4000-8000-0000000000aa', case when i % 7 = 0 then 'Dr. P' || i || ' Q' else 'P' || i || ' Q' end, 'P' || i, 'Q', case when i = 5 then null else 'p' || i || '@mail.test' end,
   case when i % 3 = 0 then null else '+49 ' || (i / 2) end, array['t' || i % 4], i / 3.0, case when i % 2 = 0 then 'web' end, date '1980-01-01' + i from generate_series(1, 40) i;
insert into contacts (id, workspace_id, full_name, email, phone) values (41, '00000000-0000-4000-8000-0000000000aa', 'P40 Q', 'P40@mail.test', '+49 20');
alter table contacts alter column id restart with 1000;
insert into deals (id, workspace_id, contact_id, title, amount, currency, stage, probability, closes_at, meta)
 select i, '00000000-0000-4000-8000-0000000000aa', i, 'deal ' || i, i * 10.1234, case when i % 5 = 0 then 'usd' else 'eur' end, (array['lead', 'won', 'lost', 'archived'])[1 + i % 4]::deal_stage, i, timestamptz '2026-03-01 10:30+00' + i * interval '1 hour', jsonb_build_object('n', i) from generate_series(1, 30) i;
alter table deals alter column id restart with 1000;
insert into activities (contact_id, kind, body, ref) select 1 + i % 40, (array['note', 'call', 'mail'])[1 + i % 3], 'body ' || i, 'r' || i from generate_series(1, 20000) i;
insert into import_rows select 1 + i / 1000, i, 'x', tstzrange(timestamptz '2026-01-01' + i * interval '1 hour', timestamptz '2026-01-01' + (i + 1) * interval '1 hour') from generate_series(1, 5000) i;
insert into messages (workspace_id, body, sent_at) select '00000000-0000-4000-8000-0000000000aa', 'm' || i, timestamptz '2026-01-01' + i * interval '1 hour' from generate_series(1, 1000) i;
insert into metrics select 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', timestamptz '2026-01-02' + i * interval '1 minute', i from generate_series(1, 100) i;
insert into metrics select 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', timestamptz '2026-05-02' + i * interval '1 minute', i from generate_series(1, 5000) i;
insert into api_keys (workspace_id, key) values ('00000000-0000-4000-8000-0000000000aa', 'sk_live_1'), ('00000000-0000-4000-8000-0000000000aa', 'sk_live_2');
insert into audit_events (actor, action, data) select 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'login', '{}' from generate_series(1, 20);
insert into email_jobs (recipient, template, status) values ('a@x.test', 'welcome', 'sent'), ('b@x.test', 'invoice', 'pending'), ('c@x.test', 'invoice', 'failed');
insert into subscribers (email) values ('Foo@x.test'), ('bar@x.test');
insert into price_plans values ('free', 'Free', 0, 0), ('pro', 'Pro', 1900, 0.7);
insert into countries values ('DE', 'Germany', 'EUR'), ('US', 'United States', null);
insert into analytics.daily_revenue values ('2026-01-01', 100);

create function set_updated_at() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
create trigger contacts_updated_at before update on contacts for each row execute function set_updated_at();
create function is_member(ws uuid) returns boolean language sql stable security definer set search_path = '' as $$ select exists (select from public.workspace_members m where m.workspace_id = ws and m.user_id = auth.uid()) $$;
create function search_contacts(q text, max_rows int default 20) returns setof contacts language sql stable as $$ select * from public.contacts where full_name ilike '%' || q || '%' order by id limit max_rows $$;
create function contact_card(p_id bigint) returns jsonb language plpgsql stable as $$ declare r jsonb; begin select jsonb_build_object('name', c.full_name, 'phone', c.phone) into r from public.contacts c where c.id = p_id; return r; end $$;
create function handle_new_user() returns trigger language plpgsql security definer set search_path = '' as $$ begin insert into public.profiles (id, display_name) values (new.id, new.raw_user_meta_data ->> 'name'); return new; end $$;
grant trigger on auth.users to postgres;
create trigger on_auth_user_created after insert on auth.users for each row execute function handle_new_user();

alter table workspaces enable row level security; alter table workspace_members enable row level security; alter table contacts enable row level security; alter table deals enable row level security;
alter table profiles enable row level security; alter table messages enable row level security; alter table audit_events enable row level security; alter table email_jobs enable row level security; alter table price_plans enable row level security; alter table activities enable row level security;
create policy ws_read on workspaces for select to authenticated using (is_member(id));
create policy wm_read on workspace_members for select to authenticated using (is_member(workspace_id));
create policy contacts_read on contacts for select to authenticated using (is_member(workspace_id));
create policy contacts_write on contacts for all to authenticated using (is_member(workspace_id)) with check (is_member(workspace_id));
create policy deals_all on deals for all to authenticated using (is_member(workspace_id)) with check (is_member(workspace_id));
create policy activities_all on activities for all to authenticated using (true) with check (true);
create policy messages_read on messages for select to authenticated using (is_member(workspace_id));
create policy profiles_read on profiles for select using (true);
create policy profiles_own on profiles for update to authenticated using (id = auth.uid());
revoke all on price_plans, api_keys, audit_events, email_jobs, subscribers, import_rows from anon, authenticated;
create view contact_overview with (security_invoker = true) as select c.id, c.full_name, c.email, count(d.id) as deals from contacts c left join deals d on d.contact_id = c.id group by c.id;
create view public_plans as select code, title, cents from price_plans;
revoke all on public_plans from anon, authenticated; grant select on public_plans to anon, authenticated;
create materialized view deal_stats as select workspace_id, stage, count(*) as n, sum(amount) as total from deals group by 1, 2;
create unique index deal_stats_key on deal_stats (workspace_id, stage);
revoke all on deal_stats from anon, authenticated;
grant select on contacts, deals, contact_overview, deal_stats to reporting;
create policy reporting_contacts on contacts for select to reporting using (true);
create policy reporting_deals on deals for select to reporting using (true);
alter publication supabase_realtime add table messages, profiles;

insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true), ('attachments', 'attachments', false);
insert into storage.objects (bucket_id, name, owner_id) values ('avatars', 'a.png', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), ('attachments', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' || '/x.pdf', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
create policy avatars_read on storage.objects for select using (bucket_id = 'avatars');
create policy attachments_own on storage.objects for all to authenticated using (bucket_id = 'attachments' and (storage.foldername(name))[1] = auth.uid()::text);

create type "Role" as enum ('USER', 'ADMIN');
create table "User" ("id" text not null, "email" text not null, "name" text, "role" "Role" not null default 'USER', "passwordHash" text, "createdAt" timestamp(3) not null default current_timestamp, constraint "User_pkey" primary key ("id"));
create unique index "User_email_key" on "User" ("email");
create table "Post" ("id" serial not null, "authorId" text not null, "title" varchar(191) not null, "content" text, "published" boolean not null default false, "views" integer not null default 0, constraint "Post_pkey" primary key ("id"));
alter table "Post" add constraint "Post_authorId_fkey" foreign key ("authorId") references "User" ("id") on delete restrict on update cascade;
create table "Comment" ("id" text not null, "postId" integer not null, "body" text not null, "likes" integer, constraint "Comment_pkey" primary key ("id"));
insert into "User" values ('u1', 'u1@x.test', 'U One', 'ADMIN', 'h1'), ('u2', 'u2@x.test', null, 'USER', 'h2');
insert into "Post" ("authorId", "title", "content", "published") values ('u1', 'T1', 'C1', true), ('u2', 'T2', 'C2', false);
insert into "Comment" select 'c' || i, 1 + i % 2, 'b' || i, i % 5 from generate_series(1, 3000) i;
insert into "Comment" values ('orphan1', 99, 'of a deleted post', 7);
revoke all on "User", "Post", "Comment" from anon, authenticated;
grant select, insert, update, delete on "User", "Post", "Comment", email_jobs, api_keys, subscribers, audit_events, import_rows to app_server;
grant usage on all sequences in schema public to app_server;
create policy jobs_server on email_jobs for all to app_server using (true) with check (true);
create policy audit_server on audit_events for all to app_server using (true) with check (true);
