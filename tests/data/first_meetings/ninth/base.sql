-- The history that is live before each migration of migrations.sql (each is applied alone, on a fresh copy):
-- a platform of citizens' energy co-operatives on Supabase (members, meters, readings, tariffs, contracts, bills, outages, field visits, solar plants), the field
-- crews' service with its own role (grid_backend), a reader for business intelligence (bi_reader), a mailing service on Prisma, a charging app on drizzle and a works
-- desk on Rails beside it (these three come as grid_backend). Applied as superuser in one go; everything belongs to role "postgres" in the end.
-- 1. the platform's shim. Roles are cluster-wide and made once.
do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then
    create role anon nologin; create role authenticated nologin; create role service_role nologin bypassrls;
    create role authenticator login noinherit; grant anon, authenticated, service_role to authenticator;
    create role supabase_auth_admin nologin; create role supabase_storage_admin nologin;
    if not exists (select from pg_roles where rolname = 'postgres') then create role postgres login createrole createdb bypassrls; end if;
    grant anon, authenticated, service_role, supabase_auth_admin, supabase_storage_admin to postgres;
  end if;
  if not exists (select from pg_roles where rolname = 'bi_reader') then create role bi_reader nologin; grant bi_reader to postgres; end if;
  if not exists (select from pg_roles where rolname = 'grid_backend') then create role grid_backend nologin; grant grid_backend to postgres; end if;
end $$;
do $$ begin execute format('grant create on database %I to postgres', current_database()); end $$;
alter schema public owner to postgres;
create schema extensions; create schema auth authorization supabase_auth_admin; create schema storage authorization supabase_storage_admin;
grant usage on schema public, extensions, auth, storage to anon, authenticated, service_role, postgres, bi_reader, grid_backend;
grant create on schema extensions to postgres;
create table auth.users (id uuid primary key, email text unique, raw_user_meta_data jsonb default '{}', raw_app_meta_data jsonb default '{}', created_at timestamptz default now());
alter table auth.users owner to supabase_auth_admin;
grant select, insert, update, delete, references, trigger on auth.users to postgres;
insert into auth.users (id, email) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'office@sonnfeld.test'), ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'desk@windholm.test'), ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'm7@post.test');
create function auth.jwt() returns jsonb language sql stable as $$ select coalesce(nullif(current_setting('request.jwt.claim', true), ''), nullif(current_setting('request.jwt.claims', true), ''))::jsonb $$;
create function auth.uid() returns uuid language sql stable as $$ select nullif(coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''), (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')), '')::uuid $$;
create function auth.role() returns text language sql stable as $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role') $$;
create table storage.buckets (id text primary key, name text not null, public boolean default false, owner uuid, file_size_limit bigint, allowed_mime_types text[]);
create table storage.objects (id uuid primary key default gen_random_uuid(), bucket_id text references storage.buckets (id), name text, owner uuid, owner_id text, metadata jsonb, created_at timestamptz default now());
create function storage.foldername(name text) returns text[] language plpgsql immutable as $$ declare p text[]; begin p := string_to_array(name, '/'); return p[1:array_length(p, 1) - 1]; end $$;
alter table storage.buckets owner to supabase_storage_admin; alter table storage.objects owner to supabase_storage_admin;
alter table storage.buckets enable row level security; alter table storage.objects enable row level security;
grant all on storage.buckets, storage.objects to anon, authenticated, service_role, postgres;
create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;
alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
set role postgres;
create extension if not exists pgcrypto schema extensions;
create extension if not exists pg_trgm schema extensions;
create extension if not exists citext schema extensions;
set search_path = public, extensions;

-- 2. members, sites, meters (Supabase; the members' app and the office desk talk through PostgREST, the field crews' service as grid_backend)
create type member_status as enum ('prospect', 'active', 'suspended', 'left');
create type contract_status as enum ('draft', 'signed', 'running', 'terminated');
create type outage_severity as enum ('minor', 'major');
create type visit_outcome as enum ('open', 'done', 'no_access');
create domain kwh as numeric(12,3) check (value >= 0);
create table coops (id uuid primary key default gen_random_uuid(), name text not null, slug text not null unique, region text, config jsonb not null default '{}', created_at timestamptz not null default now());
create table coop_staff (coop_id uuid not null references coops on delete cascade, user_id uuid not null, duty text not null default 'desk', primary key (coop_id, user_id), constraint coop_staff_duty_known check (duty in ('desk', 'board', 'field')));
create table members (
  id bigint generated by default as identity primary key,
  coop_id uuid not null references coops on delete cascade, user_id uuid references auth.users on delete set null,
  email text not null, given_name text, family_name text, phone varchar(32), iban text, status member_status not null default 'prospect',
  joined_on date, shares int not null default 0, remark text, newsletter boolean not null default false, language text default 'de',
  created_at timestamptz not null default now(), updated_at timestamptz,
  constraint members_coop_email_key unique (coop_id, email), constraint members_shares_check check (shares >= 0));
create index members_family_name_idx on members (family_name);
create table sites (id uuid primary key default gen_random_uuid(), coop_id uuid not null references coops on delete cascade, member_id bigint references members on delete set null, label text, street text, postcode varchar(10), city text, lat numeric(9,6), lng numeric(9,6), grid_area text);
create index sites_member_idx on sites (member_id);
create index sites_member_id_idx on sites (member_id);
create function norm_serial(s text) returns text language sql immutable as $$ select upper(regexp_replace(s, '[^A-Za-z0-9]', '', 'g')) $$;
create table meters (id bigserial primary key, site_id uuid not null references sites on delete cascade, serial varchar(24) not null unique, kind text not null default 'import', multiplier numeric(6,3) not null default 1, installed_on date, removed_on date, firmware text, constraint meters_kind_known check (kind in ('import', 'export', 'both')));
create index meters_norm_serial_idx on meters (norm_serial(serial));
create table readings (meter_id bigint not null references meters on delete cascade, taken_at timestamptz not null, kwh kwh not null, source text default 'gateway', quality smallint, primary key (meter_id, taken_at)) partition by range (taken_at);
create table readings_2026_05 partition of readings for values from ('2026-05-01 00:00+00') to ('2026-06-01 00:00+00');
create table readings_2026_06 partition of readings for values from ('2026-06-01 00:00+00') to ('2026-07-01 00:00+00');
create table reading_corrections (id bigserial primary key, meter_id bigint not null, taken_at timestamptz not null, old_kwh numeric, new_kwh numeric, reason text, corrected_by uuid);
create table tariffs (code text primary key, title text not null, cents_per_kwh numeric(6,2) not null, base_fee_cents int not null default 0, valid_from date not null default current_date, valid_to date, green boolean not null default true, purchase_cost numeric(6,2));
create table contracts (id uuid primary key default gen_random_uuid(), member_id bigint not null references members on delete restrict, meter_id bigint references meters on delete restrict, tariff_code text not null references tariffs, status contract_status not null default 'draft', signed_at timestamptz, starts_on date, ends_on date, deposit_cents int default 0, extra jsonb);
alter table contracts add constraint contracts_dates_in_order check (ends_on is null or ends_on >= starts_on) not valid;
create sequence bill_number_seq start 5000;
create table bills (id bigint generated by default as identity primary key, contract_id uuid not null references contracts on delete restrict, number varchar(20), period_from date, period_to date, kwh numeric(12,3), net numeric(10,2) not null default 0, vat numeric(10,2) not null default 0, gross numeric(11,2) generated always as (net + vat) stored, status text not null default 'open', issued_at timestamptz not null default now(), paid_at timestamptz, pdf_path text, constraint bills_status_known check (status in ('open', 'paid', 'void')));
create unique index bills_number_uidx on bills (number);
create index bills_issued_at_idx on bills (issued_at);
create table bill_lines (bill_id bigint not null references bills on delete cascade, line int not null, text text not null, amount numeric(10,2) not null, primary key (bill_id, line));
create table payments_in (id uuid primary key default gen_random_uuid(), bill_id bigint not null, amount numeric(10,2) not null, value_date date, reference text, bank_raw jsonb, booked boolean default false);
create index payments_in_bill_idx on payments_in (bill_id);
create table outages (id uuid primary key default gen_random_uuid(), coop_id uuid not null references coops on delete cascade, grid_area text not null, severity outage_severity not null default 'minor', cause text, began_at timestamptz not null default now(), ended_at timestamptz);
create table outage_reports (id bigint generated always as identity primary key, outage_id uuid not null references outages on delete cascade, member_id bigint references members on delete set null, body text not null, created_at timestamptz not null default now());
create table technicians (id int generated by default as identity primary key, name text not null, phone text, region text, active boolean not null default true);
create table visits (id bigint generated always as identity primary key, site_id uuid not null references sites on delete cascade, technician_id int references technicians, planned_for timestamp without time zone, outcome visit_outcome not null default 'open', remarks text, duration_min smallint);
create table visit_photos (id uuid primary key default gen_random_uuid(), visit_id bigint not null references visits on delete cascade, path text not null, caption text);
create table parts (sku text primary key, title text not null, stock int not null default 0, min_stock int not null default 0, unit text not null default 'pc');
create table part_usages (id serial primary key, visit_id bigint not null, sku text not null, qty int not null default 1, used_at timestamptz not null default now());
create table solar_plants (id uuid primary key default gen_random_uuid(), site_id uuid not null references sites on delete cascade, peak_kw numeric(7,2) not null, commissioned_on date, inverter text, feed_in_rate numeric(6,2));
create table feed_in_statements (id bigserial primary key, plant_id uuid not null references solar_plants on delete cascade, month date not null, kwh numeric(12,3) not null, payout numeric(10,2), constraint feed_in_once unique (plant_id, month));
create table documents (id uuid primary key default gen_random_uuid(), member_id bigint not null references members on delete cascade, kind text not null default 'other', path text not null, uploaded_at timestamptz not null default now());
create table consents (member_id bigint not null references members on delete cascade, topic text not null, given_at timestamptz not null default now(), revoked_at timestamptz, primary key (member_id, topic));
create table audit_trail (id bigserial primary key, tbl text not null, row_id text, action text not null, actor uuid, at timestamptz not null default now(), diff jsonb);
create table outbox (id bigint generated by default as identity primary key, topic text not null, payload jsonb not null default '{}', state text not null default 'new', tries int not null default 0, due_at timestamptz not null default now(), claimed_by text);
create table api_keys (id uuid primary key default gen_random_uuid(), coop_id uuid references coops, label text not null, key_hash text not null, last_used_at timestamptz, revoked boolean not null default false);
create unlogged table spot_prices (hour timestamptz primary key, eur_mwh numeric(10,4) not null);
create table app_settings (key text primary key, value jsonb not null);
create table import_batch_2023 (line int, raw text);
create table import_batch_2024 (line int, raw text);
create table members_backup_0412 as select id, email, iban from members with no data;
create schema analytics; grant usage on schema analytics to bi_reader;
create table analytics.monthly_kwh (month date, coop_id uuid, kwh numeric(14,3), primary key (month, coop_id));
grant select on analytics.monthly_kwh to bi_reader;

create function set_updated_at() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
create trigger members_updated before update on members for each row execute function set_updated_at();
create function is_coop_staff(c uuid) returns boolean language sql stable security definer set search_path = '' as $$ select exists (select from public.coop_staff s where s.coop_id = c and s.user_id = auth.uid()) $$;
create function my_member_ids() returns setof bigint language sql stable security definer set search_path = '' as $$ select m.id from public.members m where m.user_id = auth.uid() $$;
create function find_members(q text, max_rows int default 25) returns setof members language sql stable as $$ select * from public.members where family_name ilike q || '%' or email ilike q || '%' order by id limit max_rows $$;
create function tariff_price(tariff text, used numeric) returns numeric language sql stable as $$ select round(t.base_fee_cents / 100.0 + used * t.cents_per_kwh / 100, 2) from public.tariffs t where t.code = tariff $$;
create function next_bill_number() returns text language sql as $$ select 'B-' || nextval('public.bill_number_seq') $$;
create function record_reading(p_serial text, p_at timestamptz, p_kwh numeric) returns void language plpgsql security definer set search_path = '' as $$
begin
  insert into public.readings (meter_id, taken_at, kwh) select m.id, p_at, p_kwh from public.meters m where m.serial = p_serial
  on conflict (meter_id, taken_at) do update set kwh = excluded.kwh;
end $$;
create function close_contract(c uuid, on_date date default current_date) returns contract_status language plpgsql as $$
declare s public.contract_status;
begin
  update public.contracts set status = 'terminated', ends_on = on_date where id = c returning status into s;
  return s;
end $$;
create function take_from_stock() returns trigger language plpgsql security definer set search_path = '' as $$ begin update public.parts set stock = stock - new.qty where sku = new.sku; return new; end $$;
create function log_contract_change() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.audit_trail (tbl, row_id, action, actor, diff) values ('contracts', new.id::text, tg_op, auth.uid(), jsonb_build_object('status', new.status));
  return new;
end $$;
create trigger contracts_audit after insert or update on contracts for each row execute function log_contract_change();
create function claim_outbox(worker text, n int) returns setof outbox language sql as $$
  update public.outbox set state = 'claimed', claimed_by = worker, tries = tries + 1
   where id in (select o.id from public.outbox o where o.state = 'new' and o.due_at <= now() order by o.id limit n for update skip locked) returning * $$;
create procedure release_stale() language sql as $$ update public.outbox set state = 'new', claimed_by = null where state = 'claimed' and due_at < now() - interval '1 hour' $$;

insert into coops (id, name, slug, region, config) values
 ('11111111-0000-4000-8000-000000000001', 'Sonnfeld', 'sonnfeld', 'north', '{"billing": {"vat": 19, "day": 5}, "logo": "sun.svg"}'),
 ('11111111-0000-4000-8000-000000000002', 'Windholm', 'windholm', null, '{}');
insert into coop_staff values ('11111111-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'board'), ('11111111-0000-4000-8000-000000000002', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'desk');
insert into members (id, coop_id, user_id, email, given_name, family_name, phone, iban, status, joined_on, shares, remark, newsletter, language, created_at)
 select i, ('11111111-0000-4000-8000-00000000000' || 1 + i % 2)::uuid, case when i = 8 then 'cccccccc-cccc-4ccc-8ccc-cccccccccccc'::uuid end, case when i % 5 = 0 then 'M' else 'm' end || i || '@post.test', case when i % 9 > 0 then 'Given' || i end, 'Family' || i % 30,
   case when i % 3 > 0 then '0' || 40 + i || ' / 55' || i end, case when i % 4 > 0 then 'DE00' || lpad(i::text, 18, '0') end, (array['prospect', 'active', 'suspended', 'left'])[1 + i % 4]::member_status, case when i % 4 > 0 then date '2020-01-01' + i end, i % 6, case when i % 7 = 0 then 'calls often ' end, i % 2 = 0, (array['de', 'en', null])[1 + i % 3], timestamptz '2024-01-01 00:00+00' + i * interval '1 day' from generate_series(1, 120) i;
alter table members alter column id restart with 1000;
insert into sites (id, coop_id, member_id, label, street, postcode, city, lat, lng, grid_area)
 select ('22222222-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, m.coop_id, i, 'House ' || i, 'Lane ' || i, '24' || lpad(i::text, 3, '0'), case when i % 6 > 0 then 'Husum' end, 54.1 + i / 1000.0, 9.05, case when i % 10 > 0 then 'A' || i % 4 end from generate_series(1, 110) i join members m on m.id = i;
insert into meters (site_id, serial, kind, installed_on, firmware) select ('22222222-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, '1EM-' || lpad(i::text, 6, '0'), (array['import', 'export', 'both'])[1 + i % 3], '2021-03-01', case when i % 2 = 0 then '2.1.' || i % 5 end from generate_series(1, 110) i;
insert into readings (meter_id, taken_at, kwh, quality) select 1 + i % 100, timestamptz '2026-05-01 00:00+00' + (i / 100) * interval '6 hours', 1000 + i / 10.0, case when i % 3 > 0 then i % 4 end from generate_series(0, 19999) i;
insert into reading_corrections (meter_id, taken_at, old_kwh, new_kwh, reason) select 1 + i, '2026-05-02', i, i + 1, 'digit swapped' from generate_series(1, 20) i;
insert into tariffs values ('ECO', 'Eco flat', 31.50, 900, '2025-01-01', null, true, 22.10), ('NIGHT', 'Night saver', 27.25, 1200, '2025-01-01', null, true, 20.00), ('OLD19', 'Heritage', 24.00, 700, '2019-01-01', '2024-12-31', false, 19.50);
insert into contracts (id, member_id, meter_id, tariff_code, status, signed_at, starts_on, ends_on, deposit_cents, extra)
 select ('33333333-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, i, i, (array['ECO', 'NIGHT', 'OLD19'])[1 + i % 3], (array['draft', 'signed', 'running', 'terminated'])[1 + i % 4]::contract_status, case when i % 4 > 0 then timestamptz '2024-02-01 00:00+00' end, '2024-03-01', case when i % 4 = 3 then date '2025-12-31' end, case when i % 5 > 0 then 5000 end, case when i % 2 = 0 then '{"heat_pump": true}'::jsonb end from generate_series(1, 100) i;
insert into contracts (id, member_id, meter_id, tariff_code, status, starts_on) values ('33333333-0000-4000-8000-000000000200', 8, 8, 'OLD19', 'terminated', '2019-03-01');
insert into bills (id, contract_id, number, period_from, period_to, kwh, net, vat, status, issued_at, paid_at, pdf_path)
 select i, ('33333333-0000-4000-8000-' || lpad((1 + i % 100)::text, 12, '0'))::uuid, case when i % 50 > 0 then 'B-' || i end, '2026-01-01', '2026-01-31', 200 + i, 60 + i / 10.0, 11.4, (array['open', 'paid', 'void'])[1 + i % 3], timestamptz '2026-02-01 00:00+00' + i * interval '10 minutes', case when i % 3 = 1 then timestamptz '2026-03-20 00:00+00' end, 'bills/' || i || '.pdf' from generate_series(1, 2500) i;
alter table bills alter column id restart with 9000;
insert into bill_lines select b, l, 'position ' || l, 20 + l from generate_series(1, 2500) b, generate_series(1, 2) l;
insert into payments_in (id, bill_id, amount, value_date, reference, bank_raw, booked) select ('44444444-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, case when i % 400 = 0 then 100000 + i else i end, 71, '2026-03-20', case when i % 2 = 0 then 'RF' || i end, '{"bank": "x"}', case when i % 10 > 0 then true end from generate_series(1, 1200) i;
insert into outages (id, coop_id, grid_area, severity, cause, began_at, ended_at) select ('55555555-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, ('11111111-0000-4000-8000-00000000000' || 1 + i % 2)::uuid, 'A' || i % 4, (array['minor', 'major'])[1 + i % 2]::outage_severity, case when i % 2 = 0 then 'storm' end, '2026-04-01', case when i < 8 then timestamptz '2026-04-02' end from generate_series(1, 10) i;
insert into outage_reports (outage_id, member_id, body) select ('55555555-0000-4000-8000-' || lpad((1 + i % 10)::text, 12, '0'))::uuid, i, 'no light ' || i from generate_series(1, 40) i;
alter table audit_trail add constraint audit_trail_row_present check (row_id is not null);
alter table meters add constraint meters_installed_present check (installed_on is not null) not valid;
insert into technicians (name, phone, region, active) values ('Crew North', '0411', 'north', true), ('Crew South', null, 'south', true), ('Crew Old', null, null, false);
alter table technicians alter column id restart with 10;
insert into visits (site_id, technician_id, planned_for, outcome, remarks, duration_min) select ('22222222-0000-4000-8000-' || lpad((1 + i % 110)::text, 12, '0'))::uuid, case when i % 5 > 0 then 1 + i % 3 end, timestamp '2026-05-01 08:00' + i * interval '3 hours', (array['open', 'done', 'no_access'])[1 + i % 3]::visit_outcome, case when i % 4 = 0 then 'dog' end, case when i % 3 = 1 then 45 end from generate_series(1, 600) i;
insert into visit_photos (visit_id, path) select i, 'visits/' || i || '.jpg' from generate_series(1, 80) i;
insert into parts values ('FUSE63', 'Fuse 63 A', 40, 10, 'pc'), ('CABLE5', 'Cable 5 x 10', 200, 50, 'm'), ('SEAL', 'Lead seal', -2, 100, 'pc');
insert into part_usages (visit_id, sku, qty) select i, (array['FUSE63', 'CABLE5', 'SEAL'])[1 + i % 3], 1 + i % 2 from generate_series(1, 60) i;
create trigger part_usages_stock after insert on part_usages for each row execute function take_from_stock();
insert into solar_plants (id, site_id, peak_kw, commissioned_on, inverter, feed_in_rate) select ('66666666-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, ('22222222-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, 4.75 + i, '2022-06-01', case when i % 2 = 0 then 'inv ' || i end, 8.20 from generate_series(1, 30) i;
insert into feed_in_statements (plant_id, month, kwh, payout) select ('66666666-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, make_date(2026, m, 1), 300 + i, case when m < 4 then 24.60 end from generate_series(1, 30) i, generate_series(1, 4) m;
insert into documents (id, member_id, kind, path) select ('77777777-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, i, (array['contract', 'id', 'other'])[1 + i % 3], 'docs/' || i || '.pdf' from generate_series(1, 60) i;
insert into documents (member_id, path) values (115, 'docs/115.pdf');
insert into consents (member_id, topic, revoked_at) select i, t, case when i % 8 = 0 then now() end from generate_series(1, 50) i, unnest(array['newsletter', 'smart_meter']) t;
insert into audit_trail (tbl, row_id, action, at) select 'members', i::text, 'UPDATE', timestamptz '2022-01-01 00:00+00' + i * interval '1 hour' from generate_series(1, 5000) i;
insert into outbox (topic, state, due_at, claimed_by) select (array['mail', 'push', 'sync'])[1 + i % 3], (array['new', 'claimed', 'sent'])[1 + i % 3], now() - interval '10 days', case when i % 3 = 1 then 'w1' end from generate_series(1, 90) i;
insert into api_keys (coop_id, label, key_hash) values ('11111111-0000-4000-8000-000000000001', 'heating controller', 'h1'), ('11111111-0000-4000-8000-000000000002', 'market feed', 'h2');
insert into spot_prices select timestamptz '2026-06-01 00:00+00' + i * interval '1 hour', 80 + i from generate_series(0, 47) i;
insert into app_settings values ('billing.day', '5'), ('ui.banner', '"welcome"'), ('limits.readings_per_hour', '60');
insert into import_batch_2023 select i, 'a;b;' || i from generate_series(1, 12) i; insert into import_batch_2024 select i, 'c;d;' || i from generate_series(1, 12) i;
insert into members_backup_0412 select id, email, iban from members where id < 40;
insert into analytics.monthly_kwh values ('2026-05-01', '11111111-0000-4000-8000-000000000001', 120000), ('2026-05-01', '11111111-0000-4000-8000-000000000002', 90000);

create view member_overview with (security_invoker = true) as select m.id, m.email, m.family_name, m.status, count(c.id) as contracts from members m left join contracts c on c.member_id = m.id group by m.id;
create view public_tariffs as select code, title, cents_per_kwh, base_fee_cents from tariffs where valid_to is null;
create view open_visits with (security_invoker = true) as select v.id, v.site_id, v.planned_for, t.name as technician from visits v left join technicians t on t.id = v.technician_id where v.outcome = 'open';
create view bill_balance with (security_invoker = true) as select b.id, b.number, b.gross, coalesce(sum(p.amount), 0) as paid from bills b left join payments_in p on p.bill_id = b.id group by b.id;
create materialized view kwh_by_month as select meter_id, date_trunc('month', taken_at at time zone 'UTC') as month, max(kwh) - min(kwh) as used from readings group by 1, 2;
create unique index kwh_by_month_key on kwh_by_month (meter_id, month);

alter table coops enable row level security; alter table coop_staff enable row level security; alter table members enable row level security; alter table sites enable row level security; alter table meters enable row level security;
alter table readings enable row level security; alter table reading_corrections enable row level security; alter table tariffs enable row level security; alter table contracts enable row level security; alter table bills enable row level security; alter table bill_lines enable row level security;
alter table outages enable row level security; alter table outage_reports enable row level security; alter table visits enable row level security; alter table visit_photos enable row level security; alter table solar_plants enable row level security; alter table feed_in_statements enable row level security;
alter table documents enable row level security; alter table consents enable row level security; alter table parts enable row level security; alter table part_usages enable row level security;
create policy coops_staff on coops for select to authenticated using (is_coop_staff(id));
create policy coops_config on coops for update to authenticated using (is_coop_staff(id)) with check (is_coop_staff(id));
create policy staff_see_staff on coop_staff for select to authenticated using (is_coop_staff(coop_id));
create policy members_desk on members for all to authenticated using (is_coop_staff(coop_id)) with check (is_coop_staff(coop_id));
create policy members_me on members for select to authenticated using (user_id = auth.uid());
create policy members_me_update on members for update to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy members_bi on members for select to bi_reader using (true);
create policy sites_desk on sites for all to authenticated using (is_coop_staff(coop_id)) with check (is_coop_staff(coop_id));
create policy sites_mine on sites for select to authenticated using (member_id in (select my_member_ids()));
create policy meters_seen on meters for select to authenticated using (exists (select from sites s where s.id = site_id));
create policy meters_backend on meters for all to grid_backend using (true) with check (true);
create policy readings_seen on readings for select to authenticated using (exists (select from meters m where m.id = meter_id));
create policy readings_mine_insert on readings for insert to authenticated with check (source = 'app' and exists (select from meters m where m.id = meter_id));
create policy readings_backend on readings for all to grid_backend using (true) with check (true);
create policy readings_bi on readings for select to bi_reader using (true);
create policy corrections_desk on reading_corrections for all to authenticated using (exists (select from meters m where m.id = meter_id)) with check (corrected_by = auth.uid());
create policy contracts_desk on contracts for all to authenticated using (exists (select from members m where m.id = member_id and is_coop_staff(m.coop_id)));
create policy contracts_mine on contracts for select to authenticated using (member_id in (select my_member_ids()));
create policy bills_seen on bills for select to authenticated using (exists (select from contracts c where c.id = contract_id));
create policy bills_backend on bills for all to grid_backend using (true) with check (true);
create policy bills_bi on bills for select to bi_reader using (true);
create policy bill_lines_seen on bill_lines for select to authenticated using (exists (select from bills b where b.id = bill_id));
create policy outages_everybody on outages for select using (true);
create policy outages_desk on outages for all to authenticated using (is_coop_staff(coop_id)) with check (is_coop_staff(coop_id));
create policy reports_insert on outage_reports for insert to authenticated with check (member_id in (select my_member_ids()));
create policy reports_mine on outage_reports for select to authenticated using (member_id in (select my_member_ids()));
create policy reports_mine_again on outage_reports for select to authenticated using (member_id in (select my_member_ids()));
create policy reports_desk on outage_reports for select to authenticated using (exists (select from outages o where o.id = outage_id and is_coop_staff(o.coop_id)));
create policy visits_seen on visits for select to authenticated using (exists (select from sites s where s.id = site_id));
create policy visits_backend on visits for all to grid_backend using (true) with check (true);
create policy visit_photos_backend on visit_photos for all to grid_backend using (true) with check (true);
create policy plants_seen on solar_plants for select to authenticated using (exists (select from sites s where s.id = site_id));
create policy statements_seen on feed_in_statements for select to authenticated using (exists (select from solar_plants p where p.id = plant_id));
create policy documents_mine on documents for select to authenticated using (member_id in (select my_member_ids()));
create policy documents_add on documents for insert to authenticated with check (member_id in (select my_member_ids()));
create policy documents_desk on documents for all to authenticated using (exists (select from members m where m.id = member_id and is_coop_staff(m.coop_id)));
create policy consents_mine on consents for all to authenticated using (member_id in (select my_member_ids())) with check (member_id in (select my_member_ids()));
create policy parts_backend on parts for all to grid_backend using (true) with check (true);
create policy part_usages_backend on part_usages for all to grid_backend using (true) with check (true);
revoke all on payments_in, technicians, audit_trail, outbox, api_keys, spot_prices, app_settings, import_batch_2023, import_batch_2024, members_backup_0412, readings_2026_05, readings_2026_06, tariffs, parts, part_usages from anon, authenticated;
revoke all on kwh_by_month, bill_balance, member_overview, open_visits, public_tariffs from anon, authenticated;
revoke insert, update, delete on bills, bill_lines, meters, solar_plants, feed_in_statements, visits, visit_photos from authenticated;
revoke all on members, sites, meters, readings, reading_corrections, contracts, bills, bill_lines, outage_reports, visits, visit_photos, solar_plants, feed_in_statements, documents, consents, coop_staff, coops from anon;
grant select on public_tariffs to anon, authenticated; grant select on member_overview, open_visits, bill_balance to authenticated; grant select on technicians to authenticated; grant select on payments_in to authenticated;
grant select (key, value) on app_settings to anon, authenticated;
grant select on members, bills, readings, kwh_by_month to bi_reader;
grant select, insert, update, delete on payments_in, technicians, outbox, api_keys, spot_prices, meters, readings, bills, visits, visit_photos, parts, part_usages to grid_backend; grant select, insert on audit_trail to grid_backend; grant select on app_settings to grid_backend;
grant usage on all sequences in schema public to grid_backend;
revoke execute on function claim_outbox(text, int), next_bill_number(), record_reading(text, timestamptz, numeric) from public, anon, authenticated;
grant execute on function claim_outbox(text, int), next_bill_number(), record_reading(text, timestamptz, numeric) to grid_backend;
alter publication supabase_realtime add table outages, outage_reports, visits;
comment on table readings is 'one row per meter and time; gateways send again when unsure';

insert into storage.buckets (id, name, public) values ('logos', 'logos', true), ('member-docs', 'member-docs', false);
insert into storage.objects (bucket_id, name, owner_id) values ('logos', 'sun.svg', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), ('member-docs', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc/contract.pdf', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc');
reset role; grant supabase_storage_admin to postgres; set role postgres;
create policy logos_public on storage.objects for select using (bucket_id = 'logos');
create policy member_docs_own on storage.objects for all to authenticated using (bucket_id = 'member-docs' and (storage.foldername(name))[1] = auth.uid()::text) with check (bucket_id = 'member-docs' and (storage.foldername(name))[1] = auth.uid()::text);

-- 3. the mailing service (Prisma)
create type "DispatchState" as enum ('QUEUED', 'SENT', 'BOUNCED');
create table "Campaign" ("id" text not null, "title" varchar(191) not null, "subject" text, "bodyHtml" text not null, "scheduledAt" timestamp(3), "createdAt" timestamp(3) not null default current_timestamp, "updatedAt" timestamp(3) not null, constraint "Campaign_pkey" primary key ("id"));
create table "Recipient" ("id" serial not null, "email" text not null, "firstName" text, "lastName" text, "optedOut" boolean not null default false, "score" integer, constraint "Recipient_pkey" primary key ("id"));
create unique index "Recipient_email_key" on "Recipient" ("email");
create table "Dispatch" ("id" serial not null, "campaignId" text not null, "recipientId" integer not null, "state" "DispatchState" not null default 'QUEUED', "sentAt" timestamp(3), "error" text, constraint "Dispatch_pkey" primary key ("id"));
alter table "Dispatch" add constraint "Dispatch_campaignId_fkey" foreign key ("campaignId") references "Campaign" ("id") on delete restrict on update cascade;
alter table "Dispatch" add constraint "Dispatch_recipientId_fkey" foreign key ("recipientId") references "Recipient" ("id") on delete restrict on update cascade;
create index "Dispatch_campaignId_idx" on "Dispatch" ("campaignId");
insert into "Campaign" select 'c' || i, 'Letter ' || i, case when i % 2 = 0 then 'News ' || i end, '<p>hi</p>', null, now(), now() from generate_series(1, 6) i;
insert into "Recipient" ("email", "firstName", "lastName", "score") select 'r' || i || '@post.test', case when i % 3 > 0 then 'First' || i end, 'Last' || i, case when i % 2 = 0 then i end from generate_series(1, 150) i;
insert into "Dispatch" ("campaignId", "recipientId", "state", "error") select 'c' || 1 + i % 5, 1 + i % 150, (array['QUEUED', 'SENT', 'BOUNCED'])[1 + i % 3]::"DispatchState", case when i % 3 = 2 then 'mailbox full' end from generate_series(1, 1500) i;
revoke all on "Campaign", "Recipient", "Dispatch" from anon, authenticated;
grant select, insert, update, delete on "Campaign", "Recipient", "Dispatch" to grid_backend;

-- 4. the charging app (drizzle)
create type "charge_state" as enum ('plugged', 'charging', 'finished');
create table "charge_points" ("id" serial primary key, "code" varchar(32) not null, "site_label" text, "max_kw" integer not null default 11, "online" boolean default true, constraint "charge_points_code_unique" unique ("code"));
create table "charge_tags" ("uid" varchar(64) primary key, "member_email" text not null, "blocked" boolean not null default false);
create table "charge_sessions" ("id" serial primary key, "point_id" integer not null constraint "charge_sessions_point_id_charge_points_id_fk" references "charge_points" ("id"), "tag_uid" varchar(64), "state" "charge_state" not null default 'plugged', "wh" integer not null default 0, "started_at" timestamp not null default now(), "stopped_at" timestamp, "stop_reason" text);
insert into charge_points (code, site_label) select 'CP-' || i, 'lot ' || i from generate_series(1, 12) i;
insert into charge_tags select 'TAG' || i, 'm' || i || '@post.test' from generate_series(1, 25) i;
insert into charge_sessions (point_id, tag_uid, state, wh, stop_reason) select 1 + i % 12, case when i % 20 = 0 then 'GUEST' else 'TAG' || 1 + i % 25 end, (array['plugged', 'charging', 'finished'])[1 + i % 3]::charge_state, i * 10, case when i % 3 = 2 then 'local' end from generate_series(1, 900) i;
revoke all on charge_points, charge_tags, charge_sessions from anon, authenticated;
grant select, insert, update, delete on charge_points, charge_tags, charge_sessions to grid_backend;

-- 5. the works desk (Rails)
create table schema_migrations (version character varying not null primary key);
create table work_orders (id bigserial primary key, title character varying not null, state character varying default 'open' not null, priority integer default 3, assignee_email character varying, due_on date, metadata jsonb default '{}', lock_version integer default 0 not null, created_at timestamp(6) without time zone not null, updated_at timestamp(6) without time zone not null);
create index index_work_orders_on_state on work_orders (state);
create table work_order_notes (id bigserial primary key, work_order_id bigint not null, body text, author character varying, created_at timestamp(6) without time zone not null, updated_at timestamp(6) without time zone not null);
insert into schema_migrations values ('20251102101500'), ('20260114083000');
insert into work_orders (title, state, priority, assignee_email, created_at, updated_at) select 'Cabinet ' || i, (array['open', 'waiting', 'done'])[1 + i % 3], case when i % 11 > 0 then 1 + i % 4 end, case when i % 2 = 0 then 'crew' || i % 5 || '@grid.test' end, now(), now() from generate_series(1, 400) i;
insert into work_order_notes (work_order_id, body, created_at, updated_at) select 1 + i % 420, 'note ' || i, now(), now() from generate_series(1, 800) i;
revoke all on schema_migrations, work_orders, work_order_notes from anon, authenticated;
grant select, insert, update, delete on schema_migrations, work_orders, work_order_notes to grid_backend; grant usage on all sequences in schema public to grid_backend;
reset role;
