-- The history that is live before each migration of migrations.sql (each is applied alone, on a fresh copy):
-- a ferry line with marinas on Supabase (sailings, bookings, berths, workshop), a backend with its own role (app_server),
-- billing on Prisma, ticket kiosks on drizzle, and the crew's training portal on Rails beside it. Applied as superuser in one go; everything belongs to role "postgres" in the end.
-- 1. the platform's shim. Roles are cluster-wide and made once.
do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then
    create role anon nologin; create role authenticated nologin; create role service_role nologin bypassrls;
    create role authenticator login noinherit; grant anon, authenticated, service_role to authenticator;
    create role supabase_auth_admin nologin; create role supabase_storage_admin nologin;
    if not exists (select from pg_roles where rolname = 'postgres') then create role postgres login createrole createdb bypassrls; end if;
    grant anon, authenticated, service_role, supabase_auth_admin, supabase_storage_admin to postgres;
  end if;
  if not exists (select from pg_roles where rolname = 'reporting') then create role reporting nologin; grant reporting to postgres; end if;
  if not exists (select from pg_roles where rolname = 'app_server') then create role app_server nologin; grant app_server to postgres; end if;
end $$;
do $$ begin execute format('grant create on database %I to postgres', current_database()); end $$;
alter schema public owner to postgres;
create schema extensions; create schema auth authorization supabase_auth_admin; create schema storage authorization supabase_storage_admin;
grant usage on schema public, extensions, auth, storage to anon, authenticated, service_role, postgres, reporting, app_server;
grant create on schema extensions to postgres;
create table auth.users (id uuid primary key, email text unique, raw_user_meta_data jsonb default '{}', raw_app_meta_data jsonb default '{}', created_at timestamptz default now());
alter table auth.users owner to supabase_auth_admin;
grant select, insert, update, delete, references, trigger on auth.users to postgres;
insert into auth.users (id, email) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@acme.test'), ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'bert@globex.test'), ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'cleo@mail.test');
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

-- 2. the ferry line
create type vessel_state as enum ('in_service', 'laid_up', 'sold');
create type sailing_state as enum ('planned', 'boarding', 'departed', 'arrived', 'cancelled');
create type booking_state as enum ('held', 'confirmed', 'boarded', 'cancelled');
create type fare_class as enum ('adult', 'child', 'cyclist');
create table operators (id uuid primary key default gen_random_uuid(), name text not null, slug text not null unique, settings jsonb not null default '{}', created_at timestamptz not null default now());
create table crew_members (operator_id uuid not null references operators on delete cascade, user_id uuid not null, duty text not null default 'deck', joined_on date, primary key (operator_id, user_id));
create table harbours (id int generated by default as identity primary key, code char(3) not null unique, name text not null, country char(2), lat double precision, lon double precision, open boolean not null default true);
create table vessels (
  id uuid primary key default gen_random_uuid(), operator_id uuid not null references operators on delete cascade,
  name text not null, imo_number text, pax_capacity int not null, car_metres numeric(6,1), built_year smallint,
  state vessel_state not null default 'in_service', specs jsonb not null default '{}', photo_path text, updated_at timestamptz,
  constraint vessels_capacity_positive check (pax_capacity > 0));
create unique index vessels_imo_uidx on vessels (imo_number);
create table routes (id int generated by default as identity primary key, operator_id uuid not null references operators on delete cascade, code varchar(8) not null, from_harbour int not null references harbours, to_harbour int not null references harbours, minutes int, active boolean not null default true, constraint routes_operator_code_key unique (operator_id, code));
create table sailings (
  id bigint generated by default as identity primary key, route_id int not null references routes on delete cascade, vessel_id uuid references vessels on delete set null,
  departs_at timestamptz not null, arrives_at timestamptz, state sailing_state not null default 'planned', gate varchar(4), delay_minutes int default 0, remarks text, updated_at timestamptz,
  constraint sailings_arrival_after check (arrives_at > departs_at));
create index sailings_route_departs_idx on sailings (route_id, departs_at);
create index sailings_departs_idx on sailings (departs_at);
create table fares (id serial primary key, route_id int not null references routes on delete cascade, class fare_class not null, cents int not null, season text not null default 'all', constraint fares_cents_check check (cents >= 0), constraint fares_season_known check (season in ('all', 'summer', 'winter')));
create table passengers (
  id bigint generated by default as identity primary key, user_id uuid references auth.users on delete set null,
  email citext, given_name text, family_name text, full_name text, phone varchar(24), passport_no text, language text not null default 'en', newsletter boolean not null default false, miles int not null default 0,
  created_at timestamptz not null default now(), updated_at timestamptz,
  constraint passengers_email_key unique (email), constraint passengers_created_present check (created_at is not null));
create table bookings (
  id bigint generated by default as identity primary key, reference varchar(12), sailing_id bigint not null references sailings on delete restrict, passenger_id bigint references passengers on delete set null,
  state booking_state not null default 'held', seats int not null default 1, total numeric(10,2) not null default 0, currency text not null default 'EUR', channel text, promo_code varchar(16), extras jsonb, held_until timestamptz,
  created_at timestamptz not null default now(), updated_at timestamptz,
  constraint bookings_channel_present check (channel is not null), constraint bookings_seats_positive check (seats > 0), constraint bookings_currency_known check (currency in ('EUR', 'SEK', 'DKK')));
alter table bookings add constraint bookings_reference_present check (reference is not null) not valid;
create index bookings_sailing_idx on bookings (sailing_id);
create index bookings_sailing_idx2 on bookings (sailing_id);
create table booking_vehicles (id bigint generated always as identity primary key, booking_id bigint not null references bookings on delete cascade, plate text not null, kind text not null default 'car', length_m numeric(4,1));
create table boarding_passes (id uuid primary key default gen_random_uuid(), booking_id bigint not null references bookings on delete cascade, seq int not null default 1, barcode text not null, scanned_at timestamptz, scanned_by uuid);
create unique index boarding_passes_barcode_uidx on boarding_passes (barcode);
create table refunds (id uuid primary key default gen_random_uuid(), booking_id bigint not null, cents int not null, reason text, state text not null default 'requested', provider_raw jsonb, created_at timestamptz not null default now());
alter table refunds add constraint refunds_booking_id_fkey foreign key (booking_id) references bookings (id) not valid;
create table promo_codes (code varchar(16) primary key, operator_id uuid references operators, percent int not null, uses int not null default 0, expires_on date, constraint promo_codes_percent_check check (percent between 1 and 40));
create table notices (id serial primary key, route_id int references routes on delete cascade, severity text not null default 'info', title text not null, body text, published boolean not null default false, published_at timestamptz, created_at timestamptz not null default now());
create table lost_items (id bigint generated always as identity primary key, sailing_id bigint references sailings on delete set null, description text not null, found_at timestamptz not null default now(), claimed_by bigint references passengers, shelf text);
create index lost_items_description_trgm on lost_items using gin (description extensions.gin_trgm_ops);
create table countries (code char(2) primary key, name text not null);
create table app_flags (key text primary key, enabled boolean not null default false, note text);

-- 3. the marinas and the workshop
create table berths (code text primary key, harbour_id int not null references harbours, length_m numeric(5,2) not null, depth_m real, price_cents int not null default 0, features text[] not null default '{}', out_of_use boolean not null default false);
create table berth_contracts (id uuid primary key default gen_random_uuid(), berth_code text not null references berths, holder uuid not null, boat_name text, starts_on date not null, ends_on date, state text not null default 'active', deposit numeric(8,2), iban text);
create table meter_readings (id bigint generated by default as identity, berth_code text not null, kind text not null, value numeric(12,3) not null, taken_at timestamptz not null, primary key (id, taken_at)) partition by range (taken_at);
create table meter_readings_2026_01 partition of meter_readings for values from ('2026-01-01') to ('2026-02-01');
create table meter_readings_2026_02 partition of meter_readings for values from ('2026-02-01') to ('2026-03-01');
create table tide_levels (station text not null, at timestamptz not null, cm int not null, primary key (station, at)) partition by range (at);
create table tide_levels_2026_01 partition of tide_levels for values from ('2026-01-01') to ('2026-02-01');
create table tide_levels_other partition of tide_levels default;
create table work_orders (id bigint generated always as identity primary key, vessel_id uuid not null references vessels on delete cascade, title text not null, state text not null default 'open', priority smallint not null default 3, assignee uuid, opened_at timestamptz not null default now(), due_on date, closed_at timestamptz, cost numeric(10,2), constraint work_orders_state_known check (state in ('open', 'waiting', 'done')));
create table work_order_parts (work_order_id bigint not null references work_orders on delete cascade, part_no text not null, qty int not null default 1, unit_cost numeric(10,2) not null, cost numeric(12,2) generated always as (qty * unit_cost) stored, primary key (work_order_id, part_no));
create table incidents (id bigint generated by default as identity primary key, vessel_id uuid references vessels, sailing_id bigint, kind text not null, summary text not null, injured int not null default 0, reported_by uuid, reported_at timestamptz not null default now());
alter table incidents add constraint incidents_injured_range check (injured >= 0) not valid;
create table audit_trail (id bigserial primary key, actor uuid, table_name text not null, row_id text, action text not null, diff jsonb, at timestamptz not null default now());
create table outbox (id bigint generated by default as identity primary key, topic text not null, payload jsonb not null default '{}', status text not null default 'new', attempts int not null default 0, send_after timestamptz not null default now());
create table device_tokens (token text primary key, passenger_id bigint references passengers on delete cascade, platform text not null, last_seen timestamptz);
create unlogged table search_cache (key text primary key, result jsonb, expires_at timestamptz);
create table bookings_2019 (reference text, passenger text, total numeric(10,2));
create schema warehouse; grant usage on schema warehouse to reporting;
create table warehouse.daily_pax (day date, route_id int, pax int not null, primary key (day, route_id));
grant select on warehouse.daily_pax to reporting;

create function touch_updated_at() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
create trigger passengers_touch before update on passengers for each row execute function touch_updated_at();
create trigger bookings_touch before update on bookings for each row execute function touch_updated_at();
create trigger sailings_touch before update on sailings for each row execute function touch_updated_at();
create function is_crew(op uuid) returns boolean language sql stable security definer set search_path = '' as $$ select exists (select from public.crew_members m where m.operator_id = op and m.user_id = auth.uid()) $$;
create function my_passenger_id() returns bigint language sql stable security definer set search_path = '' as $$ select p.id from public.passengers p where p.user_id = auth.uid() limit 1 $$;
create function route_operator(r int) returns uuid language sql stable security definer set search_path = '' as $$ select t.operator_id from public.routes t where t.id = r $$;
create function seats_left(sailing bigint) returns int language sql stable security definer set search_path = '' as $$
  select v.pax_capacity - coalesce((select sum(b.seats) from public.bookings b where b.sailing_id = s.id and b.state <> 'cancelled'), 0)::int from public.sailings s join public.vessels v on v.id = s.vessel_id where s.id = sailing $$;
create function hold_seats(p_sailing bigint, p_seats int, p_channel text default 'web') returns bigint language plpgsql security definer set search_path = '' as $$
declare b bigint;
begin
  if public.seats_left(p_sailing) < p_seats then raise exception 'sailing is full'; end if;
  insert into public.bookings (reference, sailing_id, passenger_id, seats, channel, held_until) values ('H' || substr(md5(random()::text), 1, 8), p_sailing, public.my_passenger_id(), p_seats, p_channel, now() + interval '20 minutes') returning id into b;
  return b;
end $$;
create function find_sailings(p_route int, p_day date, p_limit int default 10) returns table (id bigint, departs_at timestamptz, left_over int) language sql stable as $$
  select s.id, s.departs_at, public.seats_left(s.id) from public.sailings s where s.route_id = p_route and s.departs_at >= p_day and s.departs_at < p_day + 1 order by s.departs_at limit p_limit $$;
create function fare_for(p_route int, p_class fare_class) returns int language sql stable as $$ select f.cents from public.fares f where f.route_id = p_route and f.class = p_class order by f.id limit 1 $$;
create function passenger_label(p passengers) returns text language sql stable as $$ select trim(coalesce(p.given_name, '') || ' ' || coalesce(p.family_name, '')) $$;
create function write_audit() returns trigger language plpgsql security definer set search_path = '' as $$ begin insert into public.audit_trail (actor, table_name, row_id, action) values (auth.uid(), tg_table_name, new.id::text, tg_op); return new; end $$;

insert into auth.users (id, email) values ('dddddddd-dddd-4ddd-8ddd-dddddddddddd', 'dora@mail.test');
insert into operators (id, name, slug) values ('00000000-0000-4000-8000-0000000000a1', 'Sound Line', 'sound-line'), ('00000000-0000-4000-8000-0000000000b2', 'Skerry Boats', 'skerry-boats');
insert into crew_members values ('00000000-0000-4000-8000-0000000000a1', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'master', '2020-03-01'), ('00000000-0000-4000-8000-0000000000a1', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'deck', null), ('00000000-0000-4000-8000-0000000000b2', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'engineer', '2024-05-01');
insert into harbours (code, name, country, lat, lon) values ('HEL', 'Helsinge', 'DK', 56.1, 12.2), ('MAR', 'Marstrand Pier', 'SE', 57.9, 11.6), ('OLA', 'Olands Hage', 'SE', 56.7, 16.4);
insert into vessels (id, operator_id, name, imo_number, pax_capacity, car_metres, built_year, state, specs) values
 ('20000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-0000000000a1', 'Sea Thrift', '9100001', 400, 120.5, 1998, 'in_service', '{"engines": 2}'), ('20000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-0000000000a1', 'Bladderwrack', '9100002', 250, null, 2011, 'laid_up', '{}'),
 ('20000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-0000000000b2', 'Little Tern', null, 60, null, null, 'in_service', '{"sail": true}');
insert into routes (operator_id, code, from_harbour, to_harbour, minutes) values ('00000000-0000-4000-8000-0000000000a1', 'HM', 1, 2, 95), ('00000000-0000-4000-8000-0000000000a1', 'MH', 2, 1, 95), ('00000000-0000-4000-8000-0000000000b2', 'MO', 2, 3, null);
insert into sailings (route_id, vessel_id, departs_at, arrives_at, state, gate, remarks) select 1 + i % 3, ('20000000-0000-4000-8000-00000000000' || case when i % 3 = 2 then 3 else 1 + i % 2 end)::uuid, timestamptz '2026-01-01 06:00+00' + i * interval '3 hours', timestamptz '2026-01-01 07:35+00' + i * interval '3 hours', (array['planned', 'boarding', 'departed', 'arrived', 'cancelled'])[1 + i % 5]::sailing_state, 'G' || i % 4, case when i % 7 = 0 then 'fog' end from generate_series(1, 900) i;
insert into fares (route_id, class, cents) select r, c, 1500 + r * 100 from generate_series(1, 3) r, unnest(enum_range(null::fare_class)) c;
insert into passengers (user_id, email, given_name, family_name, full_name, phone, passport_no, language, miles) select case i when 1 then 'dddddddd-dddd-4ddd-8ddd-dddddddddddd'::uuid when 2 then 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb' end, case when i % 9 > 0 then 'Guest' || i || '@Mail.test' end, 'Given' || i, case when i % 8 > 0 then 'Family' || i end, case when i % 4 > 0 then 'Given' || i || ' Family' || i end, '+45 20 00 ' || i, case when i % 3 = 0 then 'P' || i end, (array['en', 'da', 'sv'])[1 + i % 3], i from generate_series(1, 300) i;
insert into bookings (reference, sailing_id, passenger_id, state, seats, total, currency, channel, promo_code, extras, created_at) select 'R' || i, 1 + i % 900, 1 + i % 300, (array['held', 'confirmed', 'boarded', 'cancelled'])[1 + i % 4]::booking_state, 1 + i % 3, 10 + i % 50, case when i % 5 = 0 then 'SEK' else 'EUR' end, (array['web', 'kiosk', 'phone'])[1 + i % 3], case when i % 10 = 0 then 'EARLY' end, case when i % 2 = 0 then '{"cabin": true}'::jsonb end, timestamptz '2025-12-01' + i * interval '20 minutes' from generate_series(1, 4000) i;
insert into booking_vehicles (booking_id, plate, kind, length_m) select i, 'XX ' || i, (array['car', 'van', 'bike'])[1 + i % 3], 4.2 from generate_series(1, 1000) i;
insert into boarding_passes (booking_id, barcode) select i, 'BC' || i from generate_series(1, 2000) i;
insert into refunds (booking_id, cents, reason, state) select i * 4, 500, 'cancelled sailing', (array['requested', 'paid'])[1 + i % 2] from generate_series(1, 200) i;
insert into promo_codes values ('EARLY', null, 10, 4, '2026-12-31'), ('MIDSUMMER', '00000000-0000-4000-8000-0000000000a1', 25, 0, '2026-06-30');
insert into notices (route_id, severity, title, body, published, published_at) select 1 + i % 3, (array['info', 'warning'])[1 + i % 2], 'Notice ' || i, 'text', i % 2 = 0, case when i % 2 = 0 then now() end from generate_series(1, 20) i;
insert into lost_items (sailing_id, description, shelf) select i, 'umbrella ' || i, 'S' || i % 5 from generate_series(1, 400) i;
insert into countries values ('DK', 'Denmark'), ('SE', 'Sweden'), ('DE', 'Germany');
insert into app_flags values ('kiosk_v2', true, null), ('berth_map', false, 'beta');
insert into berths (code, harbour_id, length_m, depth_m, price_cents, features) select 'B' || i, 1 + i % 3, 8 + i % 10, 2.5, 4000, array['power'] from generate_series(1, 40) i;
insert into berth_contracts (berth_code, holder, boat_name, starts_on, ends_on, state, deposit, iban) select 'B' || i, case when i % 2 = 0 then 'dddddddd-dddd-4ddd-8ddd-dddddddddddd'::uuid else 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' end, case when i % 3 > 0 then 'Boat ' || i end, '2026-01-01', case when i % 4 > 0 then date '2026-12-31' end, (array['active', 'ended'])[1 + i % 2], 200, 'DK00 ' || i from generate_series(1, 30) i;
insert into meter_readings (berth_code, kind, value, taken_at) select 'B' || 1 + i % 40, 'power', i, timestamptz '2026-01-01' + i * interval '20 minutes' from generate_series(1, 4000) i;
insert into tide_levels select 'HEL', timestamptz '2026-01-03' + i * interval '10 minutes', i % 90 from generate_series(1, 300) i;
insert into tide_levels select 'HEL', timestamptz '2026-06-03' + i * interval '10 minutes', i % 90 from generate_series(1, 3000) i;
insert into work_orders (vessel_id, title, state, opened_at, due_on, closed_at, cost) select ('20000000-0000-4000-8000-00000000000' || 1 + i % 3)::uuid, 'job ' || i, (array['open', 'waiting', 'done'])[1 + i % 3], timestamptz '2024-01-01' + i * interval '1 day', '2026-03-01', case when i % 3 = 2 then timestamptz '2024-09-01' end, i from generate_series(1, 300) i;
insert into work_order_parts select i, 'PN-' || i, 2, 3.5 from generate_series(1, 200) i;
insert into incidents (vessel_id, sailing_id, kind, summary, injured) select '20000000-0000-4000-8000-000000000001', i, (array['slip', 'collision'])[1 + i % 2], 'incident ' || i, i % 2 from generate_series(1, 50) i;
insert into audit_trail (table_name, row_id, action, at) select 'bookings', i::text, 'INSERT', timestamptz '2024-01-01' + i * interval '30 minutes' from generate_series(1, 15000) i;
insert into outbox (topic, status, send_after) select 'mail', (array['new', 'sent', 'dead'])[1 + i % 3], timestamptz '2026-01-01' from generate_series(1, 60) i;
insert into device_tokens select 'tok' || i, i, (array['ios', 'android'])[1 + i % 2], timestamptz '2025-01-01' from generate_series(1, 80) i;
insert into search_cache values ('k', '{}', '2026-01-01');
insert into bookings_2019 select 'OLD' || i, 'p', 5 from generate_series(1, 40) i;
insert into warehouse.daily_pax select date '2026-01-01' + i, 1, 100 from generate_series(0, 30) i;
create trigger bookings_audit after insert or update on bookings for each row execute function write_audit();

create view booking_overview with (security_invoker = true) as select b.id, b.reference, b.state, b.seats, b.total, p.full_name as passenger, s.departs_at from bookings b join sailings s on s.id = b.sailing_id left join passengers p on p.id = b.passenger_id;
create view departures_board as select s.id, r.code as route, s.departs_at, s.state, s.gate, s.delay_minutes from sailings s join routes r on r.id = s.route_id;
create view berth_occupancy with (security_invoker = true) as select b.code, b.harbour_id, count(c.id) as contracts from berths b left join berth_contracts c on c.berth_code = b.code and c.state = 'active' group by b.code, b.harbour_id;
create materialized view revenue_by_day as select date_trunc('day', created_at) as day, currency, count(*) as n, sum(total) as total from bookings group by 1, 2;
create unique index revenue_by_day_key on revenue_by_day (day, currency);

do $$ declare t text; begin
  foreach t in array array['operators', 'crew_members', 'harbours', 'vessels', 'routes', 'sailings', 'fares', 'passengers', 'bookings', 'booking_vehicles', 'boarding_passes', 'notices', 'lost_items', 'berths', 'berth_contracts', 'meter_readings', 'work_orders', 'work_order_parts', 'incidents', 'device_tokens', 'countries', 'promo_codes'] loop
    execute format('alter table %I enable row level security', t);
  end loop;
end $$;
create policy operators_read on operators for select using (true);
create policy crew_members_read on crew_members for select to authenticated using (is_crew(operator_id));
create policy harbours_read on harbours for select using (true);
create policy countries_read on countries for select using (true);
create policy vessels_read on vessels for select using (state <> 'sold');
create policy vessels_crew on vessels for all to authenticated using (is_crew(operator_id)) with check (is_crew(operator_id));
create policy routes_read on routes for select using (active);
create policy routes_crew on routes for all to authenticated using (is_crew(operator_id)) with check (is_crew(operator_id));
create policy sailings_read on sailings for select using (true);
create policy sailings_crew on sailings for update to authenticated using (is_crew(route_operator(route_id)));
create policy fares_read on fares for select using (true);
create policy passengers_own on passengers for select to authenticated using (user_id = auth.uid());
create policy passengers_own_update on passengers for update to authenticated using (user_id = auth.uid());
create policy passengers_report on passengers for select to reporting using (true);
create policy bookings_own on bookings for select to authenticated using (passenger_id in (select p.id from passengers p where p.user_id = auth.uid()));
create policy bookings_own_twice on bookings for select to authenticated using (passenger_id in (select p.id from passengers p where p.user_id = auth.uid()));
create policy bookings_crew on bookings for all to authenticated using (exists (select from sailings s join routes r on r.id = s.route_id where s.id = sailing_id and is_crew(r.operator_id)));
create policy bookings_server on bookings for all to app_server using (true) with check (true);
create policy bookings_report on bookings for select to reporting using (true);
create policy sailings_server on sailings for all to app_server using (true) with check (true);
create policy booking_vehicles_own on booking_vehicles for all to authenticated using (exists (select from bookings b where b.id = booking_id));
create policy boarding_passes_read on boarding_passes for select to authenticated using (exists (select from bookings b where b.id = booking_id));
create policy boarding_passes_server on boarding_passes for all to app_server using (true) with check (true);
create policy notices_read on notices for select using (published);
create policy notices_crew on notices for all to authenticated using (is_crew(route_operator(route_id))) with check (is_crew(route_operator(route_id)));
create policy lost_items_crew on lost_items for all to authenticated using (exists (select from crew_members m where m.user_id = auth.uid()));
create policy lost_items_read on lost_items for select to authenticated using (true);
create policy berths_read on berths for select using (not out_of_use);
create policy berth_contracts_own on berth_contracts for select to authenticated using (holder = auth.uid());
create policy meter_readings_own on meter_readings for select to authenticated using (exists (select from berth_contracts c where c.berth_code = meter_readings.berth_code));
create policy work_orders_crew on work_orders for all to authenticated using (exists (select from vessels v where v.id = vessel_id and is_crew(v.operator_id)));
create policy work_order_parts_crew on work_order_parts for all to authenticated using (exists (select from work_orders w where w.id = work_order_id));
create policy incidents_crew on incidents for select to authenticated using (exists (select from crew_members m where m.user_id = auth.uid()));
create policy incidents_report on incidents for insert to authenticated with check (reported_by = auth.uid());
create policy device_tokens_own on device_tokens for all to authenticated using (passenger_id = my_passenger_id()) with check (passenger_id = my_passenger_id());
create policy promo_codes_server on promo_codes for all to app_server using (true) with check (true);
revoke all on refunds, promo_codes, audit_trail, outbox, search_cache, bookings_2019, app_flags, tide_levels, tide_levels_2026_01, tide_levels_other, meter_readings_2026_01, meter_readings_2026_02, bookings from anon, authenticated;
grant select, insert, update, delete on bookings to authenticated;
revoke all on booking_overview, departures_board, berth_occupancy, revenue_by_day from anon, authenticated;
grant select on departures_board, berth_occupancy to anon, authenticated; grant select on booking_overview to authenticated, reporting; grant select on app_flags to authenticated;
grant select on passengers, bookings, sailings, revenue_by_day to reporting;
create policy sailings_report on sailings for select to reporting using (true);
revoke execute on function hold_seats(bigint, int, text) from public, anon;
grant usage on schema public to reporting, app_server;
grant select, insert, update, delete on bookings, sailings, boarding_passes, refunds, promo_codes, outbox, search_cache, tide_levels, audit_trail to app_server;
grant execute on function hold_seats(bigint, int, text) to app_server;
grant usage on all sequences in schema public to app_server;
alter publication supabase_realtime add table sailings, notices;
insert into storage.buckets (id, name, public) values ('vessel-photos', 'vessel-photos', true), ('incident-files', 'incident-files', false);
insert into storage.objects (bucket_id, name, owner_id) values ('vessel-photos', 'thrift.jpg', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), ('incident-files', 'dddddddd-dddd-4ddd-8ddd-dddddddddddd/deck.pdf', 'dddddddd-dddd-4ddd-8ddd-dddddddddddd');
grant supabase_storage_admin to postgres;
create policy vessel_photos_read on storage.objects for select using (bucket_id = 'vessel-photos');
create policy incident_files_own on storage.objects for all to authenticated using (bucket_id = 'incident-files' and (storage.foldername(name))[1] = auth.uid()::text);

-- 4. billing (Prisma)
create type "BillStatus" as enum ('OPEN', 'SENT', 'PAID', 'WRITTEN_OFF');
create table "Company" ("id" text not null, "name" text not null, "vatNumber" text, "email" varchar(120) not null, "creditCents" integer not null default 0, "createdAt" timestamp(3) not null default current_timestamp, "updatedAt" timestamp(3) not null, constraint "Company_pkey" primary key ("id"));
create unique index "Company_email_key" on "Company" ("email");
create table "Bill" ("id" serial not null, "companyId" text not null, "number" varchar(24) not null, "status" "BillStatus" not null default 'OPEN', "net" decimal(10,2) not null, "comment" text, "dueAt" timestamp(3), constraint "Bill_pkey" primary key ("id"));
alter table "Bill" add constraint "Bill_companyId_fkey" foreign key ("companyId") references "Company" ("id") on delete restrict on update cascade;
create table "BillItem" ("id" text not null, "billId" integer not null, "label" text not null, "cents" integer, constraint "BillItem_pkey" primary key ("id"));
alter table "BillItem" add constraint "BillItem_billId_fkey" foreign key ("billId") references "Bill" ("id") on delete cascade on update cascade;
insert into "Company" ("id", "name", "vatNumber", "email", "updatedAt") values ('co1', 'Freight One', 'DK1', 'one@freight.test', '2026-01-01'), ('co2', 'Coach Tours', null, 'two@coach.test', '2026-01-01'), ('co3', 'Island Post', null, 'three@post.test', '2026-01-01');
insert into "Bill" ("companyId", "number", "status", "net", "comment") select 'co' || 1 + i % 3, 'F-' || i, (array['OPEN', 'SENT', 'PAID', 'WRITTEN_OFF'])[1 + i % 4]::"BillStatus", i + 0.25, case when i % 2 = 0 then 'c' || i end from generate_series(1, 500) i;
insert into "BillItem" select 'it' || i, 1 + i % 500, 'label ' || i, case when i % 11 > 0 then i end from generate_series(1, 2000) i;

-- 5. the kiosks (drizzle)
create type "kiosk_status" as enum ('online', 'offline');
create table "kiosks" ("id" serial primary key, "name" varchar(64) not null, "harbour_code" varchar(3) not null, "status" "kiosk_status" not null default 'online', "ip" text, "created_at" timestamp not null default now());
create table "kiosk_sales" ("id" serial primary key, "kiosk_id" integer not null constraint "kiosk_sales_kiosk_id_kiosks_id_fk" references "kiosks" ("id"), "ticket_no" varchar(32) not null, "amount_cents" integer not null, "paid_by" text, "card_tail" varchar(4), "sold_at" timestamp not null default now());
create table "kiosk_feedback" ("id" serial primary key, "kiosk_id" integer, "stars" integer not null, "comment" text, "created_at" timestamp with time zone default now());
insert into kiosks (name, harbour_code) select 'Kiosk ' || i, 'HEL' from generate_series(1, 6) i;
insert into kiosk_sales (kiosk_id, ticket_no, amount_cents, paid_by) select 1 + i % 6, 'T' || i / 2, 1500, case when i % 4 > 0 then 'card' end from generate_series(1, 1500) i;
insert into kiosk_feedback (kiosk_id, stars, comment) select 1 + i % 8, i % 6, 'fine' from generate_series(1, 120) i;

-- 6. the crew's training portal (Rails)
create schema portal;
create table portal.trainings (id bigserial primary key, title character varying not null, hours integer default 0, mandatory boolean default false not null, created_at timestamp(6) not null, updated_at timestamp(6) not null);
create table portal.certificates (id bigserial primary key, training_id bigint not null, user_id uuid not null, serial_number character varying, passed_on date, expires_on date, created_at timestamp(6) not null, updated_at timestamp(6) not null);
alter table portal.certificates add constraint fk_rails_certificates_training foreign key (training_id) references portal.trainings (id);
create index index_certificates_on_training_id on portal.certificates (training_id);
create table portal.schema_migrations (version character varying not null primary key);
insert into portal.trainings (title, hours, created_at, updated_at) select 'Training ' || i, i, '2025-01-01', '2025-01-01' from generate_series(1, 10) i;
insert into portal.certificates (training_id, user_id, serial_number, passed_on, created_at, updated_at) select 1 + i % 10, 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', case when i % 5 > 0 then 'C-' || i / 2 end, '2025-02-01', '2025-02-01', '2025-02-01' from generate_series(1, 600) i;
insert into portal.schema_migrations values ('20250101080000');
revoke all on "Company", "Bill", "BillItem", kiosks, kiosk_sales, kiosk_feedback from anon, authenticated;
grant usage on schema portal to app_server;
grant select, insert, update, delete on "Company", "Bill", "BillItem", kiosks, kiosk_sales, kiosk_feedback, portal.trainings, portal.certificates to app_server;
grant usage on all sequences in schema public, portal to app_server;
