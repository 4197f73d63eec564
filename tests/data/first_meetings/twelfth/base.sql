-- The history that is live before each migration of migrations.sql (each is applied alone, on a fresh copy):
-- a chain of marinas on Supabase (berths, stays, meters, incidents), the harbour backend with its own role (dock_api), a reader of figures (bi_reader),
-- a fuel dock on Prisma, a sailing school on drizzle and a ferry office on knex (ferry_app) beside it. Applied as superuser in one go; everything belongs to role "postgres" in the end.
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
  if not exists (select from pg_roles where rolname = 'dock_api') then create role dock_api nologin; grant dock_api to postgres; end if;
  if not exists (select from pg_roles where rolname = 'ferry_app') then create role ferry_app nologin; grant ferry_app to postgres; end if;
end $$;
do $$ begin execute format('grant create on database %I to postgres', current_database()); end $$;
alter schema public owner to postgres;
create schema extensions; create schema auth authorization supabase_auth_admin; create schema storage authorization supabase_storage_admin;
grant usage on schema public, extensions, auth, storage to anon, authenticated, service_role, postgres, bi_reader, dock_api, ferry_app;
grant create on schema extensions to postgres;
create table auth.users (id uuid primary key, email text unique, raw_user_meta_data jsonb default '{}', raw_app_meta_data jsonb default '{}', created_at timestamptz default now());
alter table auth.users owner to supabase_auth_admin;
grant select, insert, update, delete, references, trigger on auth.users to postgres;
insert into auth.users (id, email) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'keel@north.test'), ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'mast@south.test'), ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'rudder@mail.test');
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

create extension if not exists btree_gist schema extensions;

-- 2. the marinas
create type vessel_kind as enum ('sail', 'motor', 'catamaran', 'dinghy');
create type stay_status as enum ('requested', 'confirmed', 'moored', 'departed', 'no_show');
create type incident_severity as enum ('minor', 'major', 'critical');
create table countries (iso2 char(2) primary key, name text not null, vat_percent numeric(4,2) not null default 20);
create table harbours (
  id uuid primary key default gen_random_uuid(), code varchar(8) not null unique, name text not null, country char(2) not null references countries,
  vhf_channel smallint, settings jsonb not null default '{}', opened_on date, created_at timestamptz not null default now());
create table harbour_crew (harbour_id uuid not null references harbours on delete cascade, user_id uuid not null, role text not null default 'deckhand', joined_at timestamptz not null default now(), primary key (harbour_id, user_id), constraint harbour_crew_role_check check (role in ('master', 'office', 'deckhand')));
create table skippers (
  id uuid primary key default gen_random_uuid(), user_id uuid unique references auth.users on delete cascade, email citext not null unique, display_name text not null, given_name text, family_name text,
  mobile varchar(32), licence_no text, home_port text, newsletter boolean not null default false, bonus_nights int not null default 0, created_at timestamptz not null default now(), updated_at timestamptz);
create table vessels (
  id bigint generated by default as identity primary key, skipper_id uuid references skippers on delete set null, name text not null, kind vessel_kind not null default 'sail',
  mmsi varchar(9), call_sign varchar(10), length_m numeric(5,2) not null, draught_m numeric(4,2), flag char(2) references countries, photo_path text, insured_until date, remarks text, tags text[] not null default '{}',
  created_at timestamptz not null default now(), updated_at timestamptz, constraint vessels_length_sane check (length_m > 0 and length_m < 120));
create index vessels_skipper_idx on vessels (skipper_id);
create table piers (id serial primary key, harbour_id uuid not null references harbours on delete cascade, label varchar(12) not null, sort int not null default 0, constraint piers_harbour_label_key unique (harbour_id, label));
create table berths (
  id uuid primary key default gen_random_uuid(), pier_id int not null references piers on delete restrict, number int not null, max_length_m numeric(5,2) not null, max_draught_m numeric(4,2),
  state text not null default 'free', shore_power boolean not null default true, water_depth real, blocked_reason text, updated_at timestamptz,
  constraint berths_pier_number_key unique (pier_id, number), constraint berths_state_check check (state in ('free', 'taken', 'blocked')));
create table stays (
  id bigint generated by default as identity primary key, berth_id uuid not null references berths on delete restrict, vessel_id bigint references vessels on delete set null,
  status stay_status not null default 'requested', arrives date not null, departs date not null, nightly_rate numeric(8,2) not null default 0, total numeric(10,2), currency varchar(3) not null default 'EUR',
  channel text default 'desk', promo_code varchar(20), comment text, checked_in_at timestamptz, created_at timestamptz not null default now(), updated_at timestamptz,
  constraint stays_dates_ordered check (departs >= arrives),
  constraint stays_no_overlap exclude using gist (berth_id with =, daterange(arrives, departs) with &&) where (status in ('confirmed', 'moored')));
alter table stays add constraint stays_channel_known check (channel in ('desk', 'web', 'phone')) not valid;
create index stays_vessel_idx on stays (vessel_id);
create index stays_vessel_id_index on stays (vessel_id);
create index stays_arrives_idx on stays (arrives);
create table stay_guests (stay_id bigint not null references stays on delete cascade, seq smallint not null, full_name text not null, nationality char(2), passport_no text, primary key (stay_id, seq));
create table meters (id serial primary key, berth_id uuid references berths on delete cascade, utility text not null, serial_no varchar(24) not null, installed_on date, constraint meters_serial_key unique (serial_no), constraint meters_utility_check check (utility in ('power', 'water')));
create table meter_readings (id bigserial primary key, meter_id int not null references meters on delete cascade, reading numeric(12,3) not null, taken_at timestamptz not null default now(), source text not null default 'gateway', raw text, constraint meter_readings_source_check check (source in ('gateway', 'manual')));
create index meter_readings_meter_taken_idx on meter_readings (meter_id, taken_at);
create table tariffs (code text primary key, title text not null, cents_per_night int not null, margin_cents int, season text not null default 'summer', active boolean not null default true);
create table dues (id uuid primary key default gen_random_uuid(), stay_id bigint not null, tariff_code text references tariffs, kind text not null default 'berth', cents int not null, paid_cents int not null default 0, open_cents int generated always as (cents - paid_cents) stored, settled_at timestamptz, note text, created_at timestamptz not null default now());
alter table dues add constraint dues_paid_not_negative check (paid_cents >= 0) not valid;
create index dues_stay_idx on dues (stay_id);
create table promo_codes (code varchar(20) primary key, percent smallint not null, uses int not null default 0, max_uses int, expires_on date, constraint promo_codes_percent_check check (percent between 1 and 60));
create table waiting_list (id bigint generated always as identity primary key, harbour_id uuid not null references harbours on delete cascade, skipper_id uuid not null references skippers on delete cascade, wanted_length_m numeric(5,2), position int, state text not null default 'waiting', asked_at timestamptz not null default now());
create table incidents (id bigint generated always as identity primary key, harbour_id uuid not null references harbours on delete cascade, reporter uuid, severity incident_severity not null default 'minor', summary text not null, details text, lat double precision, lon double precision, resolved boolean not null default false, happened_at timestamptz not null default now(), resolved_at timestamptz);
create table incident_notes (id bigint generated always as identity primary key, incident_id bigint not null references incidents on delete cascade, author uuid, body text not null, confidential boolean not null default false, written_at timestamptz not null default now());
create index incident_notes_body_trgm on incident_notes using gin (body extensions.gin_trgm_ops);
create table vessel_documents (id uuid primary key default gen_random_uuid(), vessel_id bigint not null references vessels on delete cascade, doc_type text not null, storage_path text not null, expires_on date, verified boolean, uploaded_at timestamptz default now());
create table notices (id serial primary key, harbour_id uuid references harbours on delete cascade, title varchar(120) not null, body text, published boolean not null default false, published_at timestamptz, slug text);
create unique index notices_slug_uidx on notices (slug);
create table ais_positions (mmsi varchar(9) not null, at timestamptz not null, lat double precision not null, lon double precision not null, speed_kn real, primary key (mmsi, at)) partition by range (at);
create table ais_positions_2026_05 partition of ais_positions for values from ('2026-05-01') to ('2026-06-01');
create table ais_positions_2026_06 partition of ais_positions for values from ('2026-06-01') to ('2026-07-01');
create table ais_positions_default partition of ais_positions default;
create table tide_predictions (station text not null, at timestamptz not null, height_m real not null, primary key (station, at)) partition by range (at);
create table tide_predictions_2026 partition of tide_predictions for values from ('2026-01-01') to ('2027-01-01');
create table work_queue (id bigint generated by default as identity primary key, kind text not null, payload jsonb not null default '{}', status text not null default 'ready', tries int not null default 0, due_at timestamptz not null default now(), worker text);
create table partner_hooks (id uuid primary key default gen_random_uuid(), harbour_id uuid references harbours, url text not null, signing_key text not null, active boolean not null default true);
create table gate_log (gate text not null, card text, direction char(3) default 'in', at timestamptz not null default now());
create index gate_log_at_idx on gate_log (at);
create unlogged table gateway_heartbeats (gateway text primary key, beats int not null default 0, last_seen timestamptz);
create table legacy_moorings_2019 (line int, raw text);
create schema figures; grant usage on schema figures to bi_reader;
create table figures.daily_occupancy (day date primary key, harbour_code varchar(8), nights int, revenue numeric(14,2));
grant select on figures.daily_occupancy to bi_reader;

create function set_updated_at() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
create trigger vessels_updated before update on vessels for each row execute function set_updated_at();
create trigger stays_updated before update on stays for each row execute function set_updated_at();
create function fill_stay_total() returns trigger language plpgsql as $$ begin if new.total is null then new.total := (new.departs - new.arrives) * new.nightly_rate; end if; return new; end $$;
create trigger stays_total before insert on stays for each row execute function fill_stay_total();
create function is_crew(h uuid) returns boolean language sql stable security definer set search_path = '' as $$ select exists (select from public.harbour_crew c where c.harbour_id = h and c.user_id = auth.uid()) $$;
create function my_skipper_id() returns uuid language sql stable security definer set search_path = '' as $$ select s.id from public.skippers s where s.user_id = auth.uid() $$;
create function harbour_of_berth(b uuid) returns uuid language sql stable security definer set search_path = '' as $$ select p.harbour_id from public.berths x join public.piers p on p.id = x.pier_id where x.id = b $$;
create function free_berths(p_harbour uuid, p_from date, p_to date, p_length numeric default 8) returns setof berths language sql stable as $$
  select b.* from public.berths b join public.piers p on p.id = b.pier_id where p.harbour_id = p_harbour and b.max_length_m >= p_length and b.state <> 'blocked'
  and not exists (select from public.stays s where s.berth_id = b.id and s.status in ('confirmed', 'moored') and daterange(s.arrives, s.departs) && daterange(p_from, p_to)) order by b.number $$;
create function book_stay(p_berth uuid, p_vessel bigint, p_from date, p_to date) returns bigint language plpgsql as $$ declare r bigint; begin
  insert into public.stays (berth_id, vessel_id, arrives, departs, status, channel) values (p_berth, p_vessel, p_from, p_to, 'requested', 'web') returning id into r; return r; end $$;
create function consumption(p_meter int, p_from timestamptz, p_to timestamptz) returns numeric language sql stable as $$ select max(reading) - min(reading) from public.meter_readings where meter_id = p_meter and taken_at >= p_from and taken_at < p_to $$;
create function stay_card(p_id bigint) returns jsonb language plpgsql stable as $$ declare r jsonb; begin select jsonb_build_object('id', s.id, 'status', s.status, 'arrives', s.arrives, 'departs', s.departs, 'total', s.total) into r from public.stays s where s.id = p_id; return r; end $$;
create function gross_cents(p_cents int, p_vat numeric) returns int language sql immutable as $$ select round(p_cents * (1 + p_vat / 100))::int $$;
create function mask_mmsi(m text) returns text language sql immutable as $$ select left(m, 3) || '******' $$;
create function next_high_tide(p_station text, p_after timestamptz) returns table (at timestamptz, height_m real) language sql stable as $$ select t.at, t.height_m from public.tide_predictions t where t.station = p_station and t.at > p_after order by t.height_m desc limit 1 $$;
create function mark_berth_state() returns trigger language plpgsql security definer set search_path = '' as $$ begin
  if new.status = 'moored' then update public.berths set state = 'taken' where id = new.berth_id; elsif new.status = 'departed' then update public.berths set state = 'free' where id = new.berth_id; end if; return new; end $$;
create trigger stays_mark_berth after insert or update of status on stays for each row execute function mark_berth_state();
create function link_skipper() returns trigger language plpgsql security definer set search_path = '' as $$ begin
  update public.skippers set user_id = new.id where email operator(extensions.=) new.email::extensions.citext and user_id is null; return new; end $$;
create trigger on_auth_user_created after insert on auth.users for each row execute function link_skipper();
create function berth_label(p_berth uuid) returns text language sql stable as $$ select p.label || '-' || b.number from berths b join piers p on p.id = b.pier_id where b.id = p_berth $$;
create procedure release_stuck_work() language sql as $$ update public.work_queue set status = 'ready', worker = null where status = 'stuck' $$;

insert into countries values ('NL', 'Netherlands', 21), ('DE', 'Germany', 19), ('DK', 'Denmark', 25), ('SE', 'Sweden', 25), ('GB', 'United Kingdom', 20);
insert into harbours (id, code, name, country, vhf_channel, settings, opened_on) values
 ('11111111-0000-4000-8000-000000000001', 'NORTH', 'Northhaven', 'NL', 31, '{"locale": "nl", "gate": {"pin": "4711", "hours": "6-22"}}', '1988-04-01'),
 ('11111111-0000-4000-8000-000000000002', 'SOUTH', 'Southcove', 'DE', null, '{}', null);
insert into harbour_crew (harbour_id, user_id, role) values ('11111111-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'master'), ('11111111-0000-4000-8000-000000000002', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'office');
insert into skippers (id, user_id, email, display_name, given_name, family_name, mobile, licence_no, home_port, newsletter, bonus_nights)
 select ('22222222-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, case when i = 1 then 'cccccccc-cccc-4ccc-8ccc-cccccccccccc'::uuid end, 'Sk' || i || '@Mail.test', 'Skipper ' || i, case when i % 5 > 0 then 'Given' || i end, case when i % 5 > 0 then 'Family' || i end,
   case when i % 3 = 0 then null else '+31 6 1234-' || i end, case when i % 4 = 0 then 'LIC-' || i % 20 end, case when i % 2 = 0 then 'Northhaven' end, i % 2 = 0, i % 7 from generate_series(1, 80) i;
insert into vessels (id, skipper_id, name, kind, mmsi, call_sign, length_m, draught_m, flag, insured_until, remarks, tags)
 select i, case when i % 9 > 0 then ('22222222-0000-4000-8000-' || lpad((1 + i % 80)::text, 12, '0'))::uuid end, 'Boat ' || i, (array['sail', 'motor', 'catamaran', 'dinghy'])[1 + i % 4]::vessel_kind, case when i % 3 > 0 then (244000000 + i % 90)::text end, case when i % 6 = 0 then 'pa' || i end,
   6 + i % 12 + 0.35, case when i % 5 > 0 then 1.25 end, (array['NL', 'DE', 'DK'])[1 + i % 3], case when i % 2 = 0 then date '2026-12-31' end, case when i % 8 = 0 then 'long keel, needs the outer berth when it blows from the west' end, case when i % 2 = 0 then '{member}'::text[] else '{}' end from generate_series(1, 120) i;
alter table vessels alter column id restart with 1000;
insert into piers (id, harbour_id, label, sort) values (1, '11111111-0000-4000-8000-000000000001', 'A', 1), (2, '11111111-0000-4000-8000-000000000001', 'B', 2), (3, '11111111-0000-4000-8000-000000000002', 'East', 1);
select setval('piers_id_seq', 100);
insert into berths (id, pier_id, number, max_length_m, max_draught_m, state, water_depth) select ('33333333-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, 1 + i % 3, i, 8 + i % 14, case when i % 4 > 0 then 2.1 end, (array['free', 'taken', 'blocked'])[1 + i % 3], 2.5 from generate_series(1, 60) i;
insert into stays (id, berth_id, vessel_id, status, arrives, departs, nightly_rate, currency, channel, promo_code, comment)
 select i, ('33333333-0000-4000-8000-' || lpad((1 + i % 60)::text, 12, '0'))::uuid, case when i % 10 > 0 then 1 + i % 120 end, (array['requested', 'departed', 'departed', 'no_show', 'departed'])[1 + i % 5]::stay_status, date '2026-05-01' + i % 90, date '2026-05-01' + i % 90 + 1 + i % 4, 20 + i % 30 + 0.5,
   case when i % 50 = 0 then 'dkk' else 'EUR' end, case when i % 25 = 0 then null else (array['desk', 'web', 'phone'])[1 + i % 3] end, case when i % 12 = 0 then 'EARLYBIRD' end, case when i % 7 = 0 then 'arrives late' end from generate_series(1, 4000) i;
alter table stays disable trigger user; alter table stays drop constraint stays_channel_known;
update stays set channel = 'Fax' where id = 77; -- from the paper forms
alter table stays enable trigger user; alter table stays add constraint stays_channel_known check (channel in ('desk', 'web', 'phone')) not valid;
alter table stays alter column id restart with 10000;
-- added by the last release, to be filled by the next ones
alter table stays add column total_cents int; alter table skippers add column search_name text;
insert into stay_guests select i, 1, 'Guest ' || i, case when i % 3 > 0 then 'NL' end, case when i % 2 = 0 then 'P' || i end from generate_series(1, 2500) i;
insert into meters (id, berth_id, utility, serial_no) select i, ('33333333-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, case when i % 2 = 0 then 'power' else 'water' end, 'MTR-' || i from generate_series(1, 60) i;
select setval('meters_id_seq', 100);
insert into meter_readings (meter_id, reading, taken_at, source, raw) select 1 + i % 60, i * 0.125, timestamptz '2026-05-01' + i * interval '3 minutes', (array['gateway', 'manual'])[1 + i % 2], case when i % 2 = 0 then '0x' || i end from generate_series(1, 20000) i;
insert into tariffs values ('S-DAY', 'Summer day', 2600, 900, 'summer', true), ('W-DAY', 'Winter day', 1200, 300, 'winter', true), ('OLD-7', 'Week of the old price list', 9900, null, 'summer', false);
insert into dues (stay_id, tariff_code, kind, cents, paid_cents, settled_at) select i, case when i % 3 > 0 then 'S-DAY' end, (array['berth', 'power', 'tourist_tax'])[1 + i % 3], 1000 + i, case when i % 2 = 0 then 1000 + i else 0 end, case when i % 2 = 0 then timestamptz '2026-06-01' end from generate_series(1, 3000) i;
insert into dues (stay_id, kind, cents) values (999999, 'berth', 500);
insert into promo_codes values ('EARLYBIRD', 10, 5, 100, '2026-12-31'), ('AUTUMN', 25, 0, null, null);
insert into waiting_list (harbour_id, skipper_id, wanted_length_m, position) select '11111111-0000-4000-8000-000000000001', ('22222222-0000-4000-8000-' || lpad((1 + i % 80)::text, 12, '0'))::uuid, 9.5, case when i % 2 = 0 then i end from generate_series(1, 90) i;
insert into incidents (harbour_id, reporter, severity, summary, resolved, happened_at, resolved_at) select ('11111111-0000-4000-8000-00000000000' || 1 + i % 2)::uuid, case when i % 4 = 0 then 'cccccccc-cccc-4ccc-8ccc-cccccccccccc'::uuid end, (array['minor', 'major', 'critical'])[1 + i % 3]::incident_severity, 'loose line ' || i, i % 2 = 0, timestamptz '2024-01-01' + i * interval '2 days', case when i % 2 = 0 then timestamptz '2025-01-01' end from generate_series(1, 150) i;
insert into incident_notes (incident_id, author, body, confidential) select 1 + i % 150, 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'note ' || i, i % 4 = 0 from generate_series(1, 2000) i;
insert into vessel_documents (vessel_id, doc_type, storage_path, expires_on, verified) select 1 + i % 120, (array['insurance', 'registration', 'radio'])[1 + i % 3], 'vessels/' || i || '.pdf', case when i % 2 = 0 then date '2026-10-01' end, case when i % 3 = 0 then true end from generate_series(1, 200) i;
insert into notices (harbour_id, title, body, published, published_at, slug) select '11111111-0000-4000-8000-000000000001', 'Notice ' || i, 'The water is low ' || i, i % 2 = 0, case when i % 2 = 0 then now() end, case when i % 3 > 0 then 'notice-' || i end from generate_series(1, 20) i;
insert into ais_positions select (244000000 + i % 90)::text, timestamptz '2026-05-02' + i * interval '10 minutes', 52 + i * 0.0001, 4 + i * 0.0001, 5 from generate_series(1, 3000) i;
insert into ais_positions select (244000000 + i % 90)::text, timestamptz '2026-08-02' + i * interval '10 minutes', 52, 4, null from generate_series(1, 2000) i;
insert into tide_predictions select 'HVH', timestamptz '2026-05-01' + i * interval '6 hours', 1 + (i % 10) * 0.1 from generate_series(1, 900) i;
insert into work_queue (kind, status, due_at) select (array['mail', 'invoice', 'gate_pin'])[1 + i % 3], (array['done', 'ready', 'dead'])[1 + i % 3], timestamptz '2026-01-01' from generate_series(1, 60) i;
insert into partner_hooks (harbour_id, url, signing_key) values ('11111111-0000-4000-8000-000000000001', 'https://north.test/hook', 'sk_dummy_1');
insert into gate_log select 'west', case when i % 5 > 0 then 'card-' || i % 70 end, case when i % 2 = 0 then 'in' else 'out' end, timestamptz '2026-05-01' + i * interval '7 minutes' from generate_series(1, 6000) i;
insert into gateway_heartbeats values ('gw-1', 12, now());
insert into legacy_moorings_2019 select i, 'row ' || i from generate_series(1, 40) i;
insert into figures.daily_occupancy values ('2026-05-01', 'NORTH', 40, 1200);

create view berth_board with (security_invoker = true) as select b.id, p.harbour_id, p.label || b.number as place, b.state, b.max_length_m from berths b join piers p on p.id = b.pier_id;
create view open_notices as select id, harbour_id, title, body, published_at from notices where published;
create view skipper_directory with (security_invoker = true) as select s.id, s.display_name, s.home_port, count(v.id) as boats from skippers s left join vessels v on v.skipper_id = s.id group by s.id;
create view price_list as select code, title, cents_per_night from tariffs where active;
create materialized view stays_by_month as select berth_id, date_trunc('month', arrives::timestamp) as month, count(*) as n, sum(total) as revenue from stays group by 1, 2;
create unique index stays_by_month_key on stays_by_month (berth_id, month);

alter table countries enable row level security; alter table harbours enable row level security; alter table harbour_crew enable row level security; alter table skippers enable row level security; alter table vessels enable row level security;
alter table piers enable row level security; alter table berths enable row level security; alter table stays enable row level security; alter table stay_guests enable row level security; alter table meters enable row level security; alter table meter_readings enable row level security;
alter table dues enable row level security; alter table waiting_list enable row level security; alter table incidents enable row level security; alter table incident_notes enable row level security; alter table vessel_documents enable row level security; alter table notices enable row level security; alter table tariffs enable row level security;
create policy countries_read on countries for select using (true);
create policy harbours_read on harbours for select to anon, authenticated using (true);
create policy harbours_crew_update on harbours for update to authenticated using (is_crew(id)) with check (is_crew(id));
create policy crew_read on harbour_crew for select to authenticated using (is_crew(harbour_id));
create policy skippers_self on skippers for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy skippers_crew on skippers for select to authenticated using (exists (select from harbour_crew c where c.user_id = auth.uid()));
create policy vessels_own on vessels for all to authenticated using (skipper_id = my_skipper_id()) with check (skipper_id = my_skipper_id());
create policy vessels_crew on vessels for all to authenticated using (exists (select from harbour_crew c where c.user_id = auth.uid())) with check (exists (select from harbour_crew c where c.user_id = auth.uid()));
create policy piers_read on piers for select using (true);
create policy berths_read on berths for select using (true);
create policy berths_crew on berths for update to authenticated using (is_crew(harbour_of_berth(id))) with check (is_crew(harbour_of_berth(id)));
create policy stays_own on stays for select to authenticated using (vessel_id in (select v.id from vessels v where v.skipper_id = my_skipper_id()));
create policy stays_request on stays for insert to authenticated with check (status = 'requested' and vessel_id in (select v.id from vessels v where v.skipper_id = my_skipper_id()));
create policy stays_crew on stays for all to authenticated using (is_crew(harbour_of_berth(berth_id))) with check (is_crew(harbour_of_berth(berth_id)));
create policy stays_crew_read on stays for select to authenticated using (is_crew(harbour_of_berth(berth_id)));
create policy stays_bi on stays for select to bi_reader using (true);
create policy guests_all on stay_guests for all to authenticated using (exists (select from stays s where s.id = stay_id)) with check (exists (select from stays s where s.id = stay_id));
create policy meters_read on meters for select to authenticated using (true);
create policy readings_crew on meter_readings for select to authenticated using (exists (select from harbour_crew c where c.user_id = auth.uid()));
create policy dues_read on dues for select to authenticated using (exists (select from stays s where s.id = stay_id));
create policy waiting_own on waiting_list for all to authenticated using (skipper_id = my_skipper_id()) with check (skipper_id = my_skipper_id());
create policy waiting_crew on waiting_list for select to authenticated using (is_crew(harbour_id));
create policy incidents_report on incidents for insert to authenticated with check (reporter = auth.uid());
create policy incidents_own on incidents for select to authenticated using (reporter = auth.uid());
create policy incidents_crew on incidents for all to authenticated using (is_crew(harbour_id)) with check (is_crew(harbour_id));
create policy notes_crew on incident_notes for all to authenticated using (exists (select from incidents i where i.id = incident_id and is_crew(i.harbour_id)));
create policy notes_reporter on incident_notes for select to authenticated using (not confidential and exists (select from incidents i where i.id = incident_id));
create policy documents_own on vessel_documents for all to authenticated using (exists (select from vessels v where v.id = vessel_id));
create policy notices_public on notices for select using (published);
create policy notices_crew on notices for all to authenticated using (is_crew(harbour_id)) with check (is_crew(harbour_id));
create policy harbours_api on harbours for select to dock_api using (true);
create policy skippers_api on skippers for all to dock_api using (true) with check (true);
create policy vessels_api on vessels for all to dock_api using (true) with check (true);
create policy berths_api on berths for all to dock_api using (true) with check (true);
create policy stays_api on stays for all to dock_api using (true) with check (true);
create policy meters_api on meters for select to dock_api using (true);
create policy readings_api on meter_readings for all to dock_api using (true) with check (true);
create policy dues_api on dues for all to dock_api using (true) with check (true);
create policy incidents_bi on incidents for select to bi_reader using (true);
revoke all on tariffs, promo_codes, work_queue, partner_hooks, gateway_heartbeats, gate_log, legacy_moorings_2019, ais_positions, ais_positions_2026_05, ais_positions_2026_06, ais_positions_default, tide_predictions, tide_predictions_2026 from anon, authenticated;
revoke all on berth_board, open_notices, skipper_directory, price_list, stays_by_month from anon, authenticated;
grant select on open_notices, price_list, tide_predictions to anon, authenticated; grant select on berth_board, skipper_directory to authenticated;
grant select on stays, incidents, stays_by_month, price_list to bi_reader;
grant select on harbours, piers, countries, tariffs, meters to dock_api;
grant select, insert, update, delete on skippers, vessels, berths, stays, stay_guests, meter_readings, dues, promo_codes, work_queue, partner_hooks, gateway_heartbeats, gate_log, ais_positions, tide_predictions to dock_api;
grant usage on all sequences in schema public to dock_api;
alter publication supabase_realtime add table incidents, berths;

insert into storage.buckets (id, name, public) values ('berth-photos', 'berth-photos', true), ('ship-papers', 'ship-papers', false);
insert into storage.objects (bucket_id, name, owner_id) values ('berth-photos', 'a1.jpg', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), ('ship-papers', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc/policy.pdf', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc');
grant supabase_storage_admin to postgres;
create policy berth_photos_read on storage.objects for select using (bucket_id = 'berth-photos');
create policy ship_papers_own on storage.objects for all to authenticated using (bucket_id = 'ship-papers' and (storage.foldername(name))[1] = auth.uid()::text);

-- 3. the fuel dock (Prisma)
create type "SaleState" as enum ('OPEN', 'BILLED', 'SETTLED', 'REFUNDED');
create table "FuelAccount" ("id" text not null, "email" text not null, "company" varchar(191), "vatNo" text, "creditLimit" integer not null default 0, "blocked" boolean not null default false, "createdAt" timestamp(3) not null default current_timestamp, "updatedAt" timestamp(3) not null, constraint "FuelAccount_pkey" primary key ("id"));
create unique index "FuelAccount_email_key" on "FuelAccount" ("email");
create table "Pump" ("id" serial not null, "label" text not null, "fuel" text not null default 'diesel', "pricePerLitre" decimal(6,3) not null, constraint "Pump_pkey" primary key ("id"));
create table "FuelSale" ("id" serial not null, "accountId" text not null, "pumpId" integer, "receiptNo" varchar(24) not null, "litres" decimal(8,2) not null, "amount" decimal(10,2) not null, "state" "SaleState" not null default 'OPEN', "remark" text, "soldAt" timestamp(3) not null default current_timestamp, constraint "FuelSale_pkey" primary key ("id"));
alter table "FuelSale" add constraint "FuelSale_accountId_fkey" foreign key ("accountId") references "FuelAccount" ("id") on delete restrict on update cascade;
alter table "FuelSale" add constraint "FuelSale_pumpId_fkey" foreign key ("pumpId") references "Pump" ("id") on delete set null on update cascade;
create table "SaleExtra" ("id" text not null, "saleId" integer not null, "article" text not null, "cents" integer, constraint "SaleExtra_pkey" primary key ("id"));
alter table "SaleExtra" add constraint "SaleExtra_saleId_fkey" foreign key ("saleId") references "FuelSale" ("id") on delete restrict on update cascade;
insert into "FuelAccount" ("id", "email", "company", "vatNo", "updatedAt") values ('fa1', 'fa1@x.test', 'Tugs Ltd', 'NL1', now()), ('fa2', 'fa2@x.test', null, null, now()), ('fa3', 'FA1@x.test', 'Pilots', null, now());
insert into "Pump" ("label", "pricePerLitre") values ('P1', 1.789), ('P2', 1.999);
insert into "FuelSale" ("accountId", "pumpId", "receiptNo", "litres", "amount", "state", "remark") select 'fa' || 1 + i % 3, case when i % 4 > 0 then 1 + i % 2 end, 'R-' || i, 40 + i % 100, 70 + i % 100 + 0.45, (array['OPEN', 'BILLED', 'SETTLED', 'REFUNDED'])[1 + i % 4]::"SaleState", case when i % 3 = 0 then 'night rate' end from generate_series(1, 600) i;
insert into "FuelSale" ("accountId", "receiptNo", "litres", "amount") values ('fa2', 'R-600', 10, 20);
insert into "SaleExtra" select 'x' || i, 1 + i % 600, 'oil ' || i, case when i % 10 > 0 then i end from generate_series(1, 2000) i;
revoke all on "FuelAccount", "Pump", "FuelSale", "SaleExtra" from anon, authenticated;
grant select, insert, update, delete on "FuelAccount", "Pump", "FuelSale", "SaleExtra" to dock_api; grant usage on all sequences in schema public to dock_api;

-- 4. the sailing school (drizzle)
create type "enrolment_state" as enum ('applied', 'accepted', 'cancelled');
create table "instructors" ("id" serial primary key, "full_name" varchar(120) not null, "email" varchar(255), "phone" varchar(30), "bio" text, "active" boolean default true not null);
create table "courses" ("id" serial primary key, "slug" varchar(64) not null, "title" text not null, "level" integer default 1 not null, "price" integer not null, "seats" integer default 8 not null, "instructor_id" integer, "starts_at" timestamp, "created_at" timestamp default now() not null, constraint "courses_slug_unique" unique ("slug"));
alter table "courses" add constraint "courses_instructor_id_instructors_id_fk" foreign key ("instructor_id") references "instructors" ("id") on delete no action on update no action;
create table "enrolments" ("id" serial primary key, "course_id" integer not null constraint "enrolments_course_id_courses_id_fk" references "courses" ("id"), "student_email" varchar(255) not null, "student_name" text, "state" "enrolment_state" default 'applied' not null, "wish" text, "created_at" timestamp default now() not null);
insert into instructors (full_name, email) select 'Instructor ' || i, case when i > 1 then 'in' || i || '@school.test' end from generate_series(1, 6) i;
insert into courses (slug, title, level, price, instructor_id) select 'course-' || i, 'Course ' || i, 1 + i % 3, 19900 + i, case when i % 5 > 0 then 1 + i % 6 end from generate_series(1, 25) i;
insert into enrolments (course_id, student_email, student_name, state) select 1 + i % 25, 'st' || i % 90 || '@mail.test', case when i % 6 > 0 then 'Student ' || i end, (array['applied', 'accepted', 'cancelled'])[1 + i % 3]::enrolment_state from generate_series(1, 300) i;
revoke all on instructors, courses, enrolments from anon, authenticated;
grant select, insert, update, delete on instructors, courses, enrolments to dock_api; grant usage on all sequences in schema public to dock_api;

-- 5. the ferry office (knex)
create table ferry_routes (id serial primary key, name varchar(255) not null, from_port varchar(255), to_port varchar(255), minutes integer, active boolean default true, created_at timestamptz default current_timestamp);
create table ferry_departures (id serial primary key, route_id integer not null, leaves_at timestamptz not null, capacity integer default 60, vessel_name varchar(255), cancelled boolean default false);
alter table ferry_departures add constraint ferry_departures_route_id_foreign foreign key (route_id) references ferry_routes (id) on delete cascade;
create index ferry_departures_route_id_index on ferry_departures (route_id);
create table ferry_tickets (id bigserial primary key, departure_id integer not null, code varchar(255) not null, fare numeric(8,2) not null, status varchar(255) not null default 'sold', passenger varchar(255), bikes integer default 0, sold_at timestamptz default current_timestamp);
alter table ferry_tickets add constraint ferry_tickets_code_unique unique (code);
create table ferry_scans (id bigserial primary key, ticket_id bigint not null, gate varchar(255), scanned_at timestamptz default current_timestamp);
alter table ferry_tickets add constraint ferry_tickets_sold_at_present check (sold_at is not null);
alter table ferry_scans add constraint ferry_scans_ticket_id_foreign foreign key (ticket_id) references ferry_tickets (id) on delete cascade not valid;
create table knex_migrations (id serial primary key, name varchar(255), batch integer, migration_time timestamptz);
insert into ferry_routes (name, from_port, to_port, minutes) values ('Island line', 'Northhaven', 'Gull Island', 45), ('River line', 'Northhaven', 'Southcove', 70);
insert into ferry_departures (route_id, leaves_at) select 1 + i % 2, timestamptz '2026-06-01' + i * interval '2 hours' from generate_series(1, 400) i;
insert into ferry_tickets (departure_id, code, fare, status, passenger) select 1 + i % 400, 'T' || i, 12.5, (array['sold', 'used', 'void'])[1 + i % 3], case when i % 4 > 0 then 'Pax ' || i end from generate_series(1, 5000) i;
insert into ferry_tickets (departure_id, code, fare) values (88888, 'T-GHOST', 1);
insert into ferry_scans (ticket_id, gate) select 1 + i % 5000, 'G' || i % 3 from generate_series(1, 4000) i;
insert into knex_migrations (name, batch, migration_time) values ('20250301080000_routes.js', 1, now()), ('20250412120000_tickets.js', 2, now());
revoke all on ferry_routes, ferry_departures, ferry_tickets, ferry_scans, knex_migrations from anon, authenticated;
grant select, insert, update, delete on ferry_routes, ferry_departures, ferry_tickets, ferry_scans to ferry_app; grant usage on all sequences in schema public to ferry_app;
