-- The live schema before each migration of migrations.sql (each applied alone, on a fresh copy): "Pawline", a network of veterinary practices
-- (app on Supabase, a backend role desk_worker, an analytics role, a grooming service on Prisma, a newsletter on drizzle, an adoption board on Rails).
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

create extension if not exists btree_gist schema extensions;

-- 2. the practice app
do $$ begin
  if not exists (select from pg_roles where rolname = 'analytics') then create role analytics nologin; grant analytics to postgres; end if;
  if not exists (select from pg_roles where rolname = 'desk_worker') then create role desk_worker nologin; grant desk_worker to postgres; end if;
end $$;
grant usage on schema public, extensions, auth, storage to analytics, desk_worker;

create type visit_status as enum ('booked', 'checked_in', 'in_progress', 'done', 'no_show', 'cancelled');
create type animal_sex as enum ('male', 'female', 'unknown');
create type bill_state as enum ('draft', 'issued', 'paid', 'void');
create type message_channel as enum ('app', 'email', 'sms');

create table practices (id uuid primary key default gen_random_uuid(), name text not null, slug text not null unique, timezone text not null default 'Europe/Berlin', phone text, settings jsonb not null default '{}', created_at timestamptz not null default now());
create table memberships (practice_id uuid not null references practices on delete cascade, user_id uuid not null references auth.users on delete cascade, role text not null default 'reception', active boolean not null default true, joined_at timestamptz not null default now(), primary key (practice_id, user_id), constraint memberships_role_check check (role in ('vet', 'nurse', 'reception', 'manager')));
create table profiles (id uuid primary key references auth.users on delete cascade, display_name text, avatar_path text, locale text not null default 'en', created_at timestamptz not null default now());
create table species (code text primary key, label text not null);
create table breeds (id serial primary key, species_code text not null references species, label text not null, unique (species_code, label));
create table pet_owners (
  id bigint generated by default as identity primary key,
  practice_id uuid not null references practices on delete cascade,
  user_id uuid references auth.users on delete set null,
  email citext, given_name text, family_name text not null, phone varchar(40), address jsonb,
  newsletter boolean not null default false, notes text, referral_code varchar(12),
  created_at timestamptz not null default now(), updated_at timestamptz, deleted_at timestamptz,
  constraint pet_owners_practice_email_key unique (practice_id, email));
create index pet_owners_user_idx on pet_owners (user_id);
create table patients (
  id uuid primary key default gen_random_uuid(),
  practice_id uuid not null references practices on delete cascade,
  owner_id bigint references pet_owners on delete set null,
  name text not null, species_code text not null references species, breed_id int references breeds, sex animal_sex not null default 'unknown',
  born_on date, chip_no varchar(15), weight_g int, is_deceased boolean not null default false, photo_path text, extra jsonb not null default '{}',
  created_at timestamptz not null default now(), updated_at timestamptz,
  constraint patients_weight_check check (weight_g is null or weight_g > 0));
create unique index patients_chip_no_key on patients (chip_no);
create index patients_owner_idx on patients (owner_id);
create table rooms (id serial primary key, practice_id uuid not null references practices on delete cascade, name text not null, kind text not null default 'consult');
create table appointments (
  id bigint generated by default as identity primary key,
  practice_id uuid not null references practices on delete cascade,
  patient_id uuid not null references patients on delete cascade,
  vet_id uuid, room_id int references rooms on delete set null,
  starts_at timestamptz not null, ends_at timestamptz not null,
  status visit_status not null default 'booked', reason text, source varchar(20) default 'phone', reminder_sent boolean default false, cancelled_reason text,
  created_at timestamptz not null default now(), updated_at timestamptz,
  constraint appointments_order check (ends_at > starts_at));
alter table appointments add constraint appointments_source_present check (source is not null) not valid;
create index appointments_starts_idx on appointments (practice_id, starts_at);
create index appointments_practice_starts_idx on appointments (practice_id, starts_at);
create table visits (id bigint generated by default as identity primary key, appointment_id bigint references appointments on delete set null, patient_id uuid not null references patients on delete cascade, practice_id uuid not null references practices on delete cascade, vet_id uuid, anamnesis text, findings text, temperature numeric(4,1), weight_g int, closed_at timestamptz, created_at timestamptz not null default now());
create table visit_diagnoses (visit_id bigint not null references visits on delete cascade, code varchar(12) not null, certainty text default 'suspected', primary key (visit_id, code));
create table medications (id serial primary key, name text not null, atc_code varchar(10), unit text not null default 'tablet', controlled boolean not null default false, withdrawn boolean not null default false);
create table prescriptions (id uuid primary key default gen_random_uuid(), visit_id bigint not null references visits on delete cascade, medication_id int not null references medications on delete restrict, dose text, quantity numeric(8,2) not null default 1, refills int not null default 0, issued_by uuid, issued_at timestamptz not null default now());
create table vaccinations (id bigint generated by default as identity primary key, patient_id uuid not null references patients on delete cascade, vaccine text not null, batch text, given_on date not null, valid_until date);
create table lab_orders (id bigint generated by default as identity primary key, visit_id bigint not null, lab text not null, panel text not null, external_ref text, status text not null default 'new', ordered_at timestamptz not null default now(), received_at timestamptz, constraint lab_orders_status_check check (status in ('new', 'sent', 'received', 'failed')));
create table lab_results (id bigint generated by default as identity primary key, lab_order_id bigint not null references lab_orders on delete cascade, analyte text not null, value text, unit text, flag char(1), recorded_at timestamptz not null default now());
alter table lab_results add constraint lab_results_flag_known check (flag in ('L', 'N', 'H')) not valid;
create table price_list (code text primary key, label text not null, net_cents int not null, vat_rate numeric(4,2) not null default 19);
create table bills (
  id bigint generated by default as identity primary key,
  practice_id uuid not null references practices on delete restrict, owner_id bigint references pet_owners on delete set null,
  number varchar(20), state bill_state not null default 'draft', net_cents int not null default 0, vat_cents int not null default 0,
  gross_cents int generated always as (net_cents + vat_cents) stored, currency char(3) not null default 'EUR', issued_at timestamptz, due_on date, paid_at timestamptz,
  created_at timestamptz not null default now(), updated_at timestamptz,
  constraint bills_number_key unique (practice_id, number));
create table bill_lines (id bigint generated by default as identity primary key, bill_id bigint not null references bills on delete cascade, price_code text references price_list, label text not null, qty numeric(8,2) not null default 1, cents int not null);
create table bill_payments (id uuid primary key default gen_random_uuid(), bill_id bigint not null, method text not null default 'card', cents int not null, provider_ref text, received_at timestamptz not null default now());
create table suppliers (id serial primary key, name text not null, contact_email text, fax text);
create table stock_items (id serial primary key, practice_id uuid not null references practices on delete cascade, medication_id int not null references medications, on_hand int not null default 0, reorder_at int, supplier_id int references suppliers, constraint stock_items_on_hand_check check (on_hand >= 0), unique (practice_id, medication_id));
create table stock_movements (id bigserial primary key, stock_item_id int not null, delta int not null, reason varchar(16) not null default 'dispense', actor uuid, note text, at timestamptz not null default now(), constraint stock_movements_reason_check check (reason in ('dispense', 'delivery', 'count', 'loss')));
create index stock_movements_item_idx on stock_movements (stock_item_id);
create table kennels (id serial primary key, practice_id uuid not null references practices on delete cascade, label text not null);
create table boardings (id bigint generated always as identity primary key, kennel_id int not null references kennels, patient_id uuid not null references patients, during tstzrange not null, feeding_notes text, constraint boardings_no_overlap exclude using gist (kennel_id with =, during with &&));
create table conversations (id uuid primary key default gen_random_uuid(), practice_id uuid not null references practices on delete cascade, owner_id bigint not null references pet_owners on delete cascade, topic text, last_message_at timestamptz);
create table messages (id bigint generated always as identity primary key, conversation_id uuid not null references conversations on delete cascade, sender uuid, body text not null, channel message_channel not null default 'app', read_at timestamptz, sent_at timestamptz not null default now());
create table reminders (id bigint generated by default as identity primary key, patient_id uuid not null references patients on delete cascade, kind text not null, due_on date not null, channel text not null default 'email', sent_at timestamptz);
create table documents (id uuid primary key default gen_random_uuid(), patient_id uuid references patients on delete cascade, title text, object_path text not null, mime text, bytes bigint, uploaded_by uuid, created_at timestamptz not null default now());
create table insurance_claims (id uuid primary key default gen_random_uuid(), bill_id bigint references bills on delete cascade, insurer text not null, claim_no varchar(24), status text not null default 'open', payload jsonb, submitted_at timestamptz);
create table device_tokens (token text primary key, user_id uuid not null references auth.users on delete cascade, platform text not null, created_at timestamptz not null default now());
create table audit_entries (id bigint generated by default as identity, at timestamptz not null default now(), practice_id uuid, actor uuid, action text not null, data jsonb, primary key (id, at)) partition by range (at);
create table audit_entries_2026q1 partition of audit_entries for values from ('2026-01-01') to ('2026-04-01');
create table audit_entries_2026q2 partition of audit_entries for values from ('2026-04-01') to ('2026-07-01');
create table audit_entries_rest partition of audit_entries default;
create table outbox (id bigint generated by default as identity primary key, topic text not null, payload jsonb not null default '{}', attempts int not null default 0, created_at timestamptz not null default now(), sent_at timestamptz);
create table feature_flags (key text primary key, enabled boolean not null default false, rollout int not null default 0, constraint feature_flags_rollout_check check (rollout between 0 and 100));
create table pet_owners_backup_2025 (id bigint, email text, taken_at timestamptz);
create schema mart; grant usage on schema mart to analytics;
create table mart.daily_revenue (day date not null, practice_id uuid not null, gross_cents bigint not null, primary key (day, practice_id));
grant select on mart.daily_revenue to analytics;

-- functions and triggers
create function touch_updated_at() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
create trigger pet_owners_touch before update on pet_owners for each row execute function touch_updated_at();
create trigger patients_touch before update on patients for each row execute function touch_updated_at();
create trigger appointments_touch before update on appointments for each row execute function touch_updated_at();
create trigger bills_touch before update on bills for each row execute function touch_updated_at();
create function is_member(p uuid) returns boolean language sql stable security definer set search_path = '' as $$ select exists (select 1 from public.memberships m where m.practice_id = p and m.user_id = auth.uid() and m.active) $$;
create function has_role(p uuid, wanted text[]) returns boolean language sql stable security definer set search_path = '' as $$ select exists (select 1 from public.memberships m where m.practice_id = p and m.user_id = auth.uid() and m.active and m.role = any (wanted)) $$;
create function my_patient_ids() returns setof uuid language sql stable security definer set search_path = '' as $$ select pa.id from public.patients pa join public.pet_owners o on o.id = pa.owner_id where o.user_id = auth.uid() and o.deleted_at is null $$;
create function search_patients(p_practice uuid, q text, lim int default 25) returns setof patients language sql stable as $$ select * from public.patients where practice_id = p_practice and (name ilike '%' || q || '%' or chip_no = q) order by name, id limit lim $$;
create function book_appointment(p_patient uuid, p_vet uuid, p_start timestamptz, p_minutes int default 30) returns bigint language plpgsql security definer set search_path = public as $$
declare v_id bigint; v_practice uuid;
begin
  select practice_id into v_practice from patients where id = p_patient;
  if v_practice is null then raise exception 'unknown patient'; end if;
  insert into appointments (practice_id, patient_id, vet_id, starts_at, ends_at, source) values (v_practice, p_patient, p_vet, p_start, p_start + make_interval(mins => p_minutes), 'web') returning id into v_id;
  return v_id;
end $$;
create function next_bill_number(p uuid) returns text language sql volatile as $$ select 'R-' || lpad((count(*) + 1)::text, 6, '0') from public.bills where practice_id = p $$;
create function mark_bill_paid(p_bill bigint, p_cents int) returns void language plpgsql security definer set search_path = public as $$
begin
  insert into bill_payments (bill_id, cents, method) values (p_bill, p_cents, 'transfer');
  update bills set state = 'paid', paid_at = now() where id = p_bill;
end $$;
create function apply_stock_movement() returns trigger language plpgsql security definer set search_path = public as $$ begin update stock_items set on_hand = on_hand + new.delta where id = new.stock_item_id; return new; end $$;
create function touch_conversation() returns trigger language plpgsql security definer set search_path = public as $$ begin update conversations set last_message_at = new.sent_at where id = new.conversation_id; return new; end $$;
create function handle_new_user() returns trigger language plpgsql security definer set search_path = '' as $$ begin insert into public.profiles (id, display_name) values (new.id, coalesce(new.raw_user_meta_data ->> 'name', new.email)); return new; end $$;
create trigger on_auth_user_created after insert on auth.users for each row execute function handle_new_user();
create trigger messages_touch_conversation after insert on messages for each row execute function touch_conversation();

-- rows
insert into practices (id, name, slug, phone) values ('0a000000-0000-4000-8000-000000000001', 'Lindenhof', 'lindenhof', '+49 30 100'), ('0a000000-0000-4000-8000-000000000002', 'Am Kanal', 'am-kanal', null);
insert into memberships (practice_id, user_id, role) values ('0a000000-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'manager'), ('0a000000-0000-4000-8000-000000000002', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'nurse');
insert into profiles (id, display_name) select id, split_part(email, '@', 1) from auth.users;
insert into species values ('dog', 'Dog'), ('cat', 'Cat'), ('rabbit', 'Rabbit'), ('bird', 'Bird');
insert into breeds (species_code, label) values ('dog', 'Beagle'), ('dog', 'Mixed'), ('cat', 'European Shorthair'), ('rabbit', 'Lop');
insert into pet_owners (id, practice_id, user_id, email, given_name, family_name, phone, address, newsletter, notes, referral_code)
 select i, ('0a000000-0000-4000-8000-00000000000' || 1 + i % 2)::uuid, case when i = 2 then 'cccccccc-cccc-4ccc-8ccc-cccccccccccc'::uuid end, case when i % 7 = 0 then null else 'Owner' || i || '@Mail.test' end, case when i % 5 <> 0 then 'Given ' || i end, 'Family ' || i,
  case when i % 3 = 0 then null else '+49 (0)30 555-' || i end, jsonb_build_object('street', 'Road ' || i, 'city', 'Berlin'), i % 2 = 0, case when i % 4 = 0 then 'pays late' end, case when i % 9 = 0 then 'REF' || i end from generate_series(1, 300) i;
alter table pet_owners alter column id restart with 1000;
insert into patients (id, practice_id, owner_id, name, species_code, breed_id, sex, born_on, chip_no, weight_g, is_deceased, photo_path)
 select ('10000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, ('0a000000-0000-4000-8000-00000000000' || 1 + (1 + i % 300) % 2)::uuid, 1 + i % 300, 'Pet ' || i, (array['dog', 'cat', 'rabbit'])[1 + i % 3], case when i % 3 = 0 then 1 end, (array['male', 'female', 'unknown'])[1 + i % 3]::animal_sex, date '2018-01-01' + i, case when i % 2 = 0 then '27609' || lpad(i::text, 10, '0') end, case when i % 6 <> 0 then 1000 + i end, i % 50 = 0, case when i % 10 = 0 then 'pets/' || i || '.jpg' end from generate_series(1, 600) i;
insert into rooms (practice_id, name) values ('0a000000-0000-4000-8000-000000000001', 'Room 1'), ('0a000000-0000-4000-8000-000000000001', 'Room 2'), ('0a000000-0000-4000-8000-000000000002', 'Room 1');
alter table appointments drop constraint appointments_source_present;
insert into appointments (id, practice_id, patient_id, vet_id, room_id, starts_at, ends_at, status, reason, source)
 select i, p.practice_id, p.id, 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 1 + i % 3, timestamptz '2026-01-05 08:00+00' + i * interval '20 minutes', timestamptz '2026-01-05 08:20+00' + i * interval '20 minutes', (array['booked', 'done', 'cancelled', 'no_show'])[1 + i % 4]::visit_status, case when i % 5 = 0 then null else 'check ' || i end, (array['phone', 'web', 'walk-in'])[1 + i % 3]
 from generate_series(1, 6000) i join patients p on p.id = ('10000000-0000-4000-8000-' || lpad((1 + i % 600)::text, 12, '0'))::uuid;
alter table appointments add constraint appointments_source_present check (source is not null) not valid;
alter table appointments alter column id restart with 10000;
insert into visits (id, appointment_id, patient_id, practice_id, vet_id, anamnesis, findings, temperature, weight_g, closed_at)
 select id, id, patient_id, practice_id, vet_id, 'owner reports ' || id, 'findings ' || id, 38.5, 4000, case when id % 3 = 0 then starts_at end from appointments where status = 'done';
alter table visits alter column id restart with 20000;
insert into visit_diagnoses (visit_id, code) select id, 'D' || id % 40 from visits;
insert into medications (name, atc_code, controlled, withdrawn) select 'Drug ' || i, 'QA' || lpad(i::text, 2, '0'), i % 10 = 0, i % 15 = 0 from generate_series(1, 60) i;
insert into prescriptions (visit_id, medication_id, dose, quantity, issued_by) select id, 1 + id % 60, '1-0-1', 10, vet_id from visits;
insert into vaccinations (patient_id, vaccine, batch, given_on, valid_until) select id, 'Rabies', 'B' || row_number() over (order by id) / 50, date '2025-03-01', case when chip_no is null then null else date '2026-03-01' end from patients;
insert into lab_orders (id, visit_id, lab, panel, external_ref, status) select id, id, 'NordLab', 'CBC', case when id % 2 = 1 then 'NL-' || id end, (array['new', 'sent', 'received', 'failed'])[1 + (id / 4) % 4] from visits;
alter table lab_orders alter column id restart with 20000;
insert into lab_results (lab_order_id, analyte, value, unit, flag) select o.id, a, case when o.id % 11 = 0 then '<0.5' else (o.id % 30)::text end, 'g/l', (array['L', 'N', 'H'])[1 + o.id % 3] from lab_orders o, unnest(array['HGB', 'WBC', 'PLT', 'CREA']) a;
insert into price_list values ('CONS', 'Consultation', 2500, 19), ('VACC', 'Vaccination', 1800, 19), ('XRAY', 'X-ray', 6000, 19), ('OLD1', 'Retired item', 100, 16);
insert into bills (id, practice_id, owner_id, number, state, net_cents, vat_cents, issued_at, due_on, paid_at)
 select i, ('0a000000-0000-4000-8000-00000000000' || 1 + i % 2)::uuid, 1 + i % 300, case when i % 10 <> 0 then 'R-' || lpad(i::text, 6, '0') end, (array['draft', 'issued', 'paid', 'void'])[1 + i % 4]::bill_state, i * 100, i * 19, timestamptz '2026-01-10' + i * interval '1 hour', date '2026-02-01' + i % 60, case when i % 4 = 2 then timestamptz '2026-02-10' end from generate_series(1, 3000) i;
alter table bills alter column id restart with 10000;
insert into bill_lines (bill_id, price_code, label, qty, cents) select i, (array['CONS', 'VACC', 'XRAY'])[1 + i % 3], 'line ' || i, 1, 2500 from generate_series(1, 1500) i;
insert into bill_lines (bill_id, price_code, label, qty, cents) values (7, 'OLD1', 'old item', 1, 100);
insert into bill_payments (bill_id, method, cents, provider_ref) select id, (array['card', 'cash', 'transfer'])[1 + id % 3], net_cents, case when id % 3 = 0 then 'pi_' || id end from bills where state = 'paid';
insert into bill_payments (bill_id, cents, provider_ref) values (2, 5, 'pi_6');
insert into suppliers (name, contact_email, fax) values ('MediVet', 'orders@medivet.test', '+49 30 9'), ('Pharmax', null, null);
insert into stock_items (practice_id, medication_id, on_hand, reorder_at, supplier_id) select ('0a000000-0000-4000-8000-00000000000' || 1 + i % 2)::uuid, i, i % 8, 5, 1 from generate_series(1, 60) i;
insert into stock_movements (stock_item_id, delta, reason, note) select 1 + i % 60, case when i % 2 = 0 then -1 else 1 end, (array['dispense', 'delivery', 'count', 'loss'])[1 + i % 4], case when i % 100 = 0 then 'n' || i end from generate_series(1, 20000) i;
create trigger stock_movements_apply after insert on stock_movements for each row execute function apply_stock_movement();
insert into kennels (practice_id, label) values ('0a000000-0000-4000-8000-000000000001', 'K1'), ('0a000000-0000-4000-8000-000000000001', 'K2');
insert into boardings (kennel_id, patient_id, during, feeding_notes) select 1, '10000000-0000-4000-8000-000000000001', tstzrange(timestamptz '2026-03-01' + i * interval '2 days', timestamptz '2026-03-02' + i * interval '2 days'), 'dry food' from generate_series(1, 40) i;
insert into conversations (id, practice_id, owner_id, topic) select ('20000000-0000-4000-8000-' || lpad(id::text, 12, '0'))::uuid, practice_id, id, case when id % 2 = 0 then 'Question' end from pet_owners where id <= 50;
insert into messages (conversation_id, sender, body, channel, read_at, sent_at) select ('20000000-0000-4000-8000-' || lpad((1 + i % 50)::text, 12, '0'))::uuid, case when i % 50 = 1 then 'cccccccc-cccc-4ccc-8ccc-cccccccccccc'::uuid end, 'message ' || i, (array['app', 'email', 'sms'])[1 + i % 3]::message_channel, case when i % 2 = 0 then timestamptz '2026-02-01' end, timestamptz '2026-01-20' + i * interval '10 minutes' from generate_series(1, 2000) i;
insert into reminders (patient_id, kind, due_on, channel, sent_at) select id, 'vaccination', date '2026-03-01', (array['email', 'sms', 'letter'])[1 + (row_number() over (order by id) % 3)::int], case when is_deceased then now() end from patients;
insert into reminders (patient_id, kind, due_on) select id, 'vaccination', date '2026-03-01' from patients where is_deceased;
insert into documents (patient_id, title, object_path, mime, bytes, uploaded_by) select id, case when chip_no is null then null else 'Report ' || name end, 'patient-files/' || id || '/report.pdf', 'application/pdf', 10000, 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' from patients;
insert into insurance_claims (bill_id, insurer, claim_no, status, payload, submitted_at) select i, 'PetSure', case when i % 4 <> 0 then 'C' || i end, (array['open', 'accepted', 'rejected'])[1 + i % 3], jsonb_build_object('total', i), now() from generate_series(1, 200) i;
insert into device_tokens values ('tok-1', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'ios'), ('tok-2', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'android');
insert into audit_entries (at, practice_id, actor, action, data) select timestamptz '2026-01-01' + i * interval '3 hours', '0a000000-0000-4000-8000-000000000001', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'update', '{}' from generate_series(1, 3000) i;
insert into outbox (topic, attempts, created_at, sent_at) select (array['mail', 'sms', 'lab'])[1 + i % 3], i % 4, timestamptz '2025-12-01' + i * interval '1 hour', case when i % 2 = 0 then timestamptz '2026-01-15' end from generate_series(1, 1000) i;
insert into feature_flags values ('online_booking', true, 100), ('video_consult', false, 0), ('old_calendar', true, 10);
insert into pet_owners_backup_2025 select id, email, now() from pet_owners limit 50;
insert into mart.daily_revenue select date '2026-01-01' + i, '0a000000-0000-4000-8000-000000000001', i * 1000 from generate_series(1, 60) i;

-- views
create view open_appointments with (security_invoker = true) as select a.id, a.practice_id, a.starts_at, a.status, p.name as patient, p.owner_id from appointments a join patients p on p.id = a.patient_id where a.status in ('booked', 'checked_in');
create view patient_card with (security_invoker = true) as select p.id, p.name, p.species_code, p.weight_g, o.family_name as owner, o.phone from patients p left join pet_owners o on o.id = p.owner_id;
create view public_practices as select id, name, slug, phone from practices;
create view stock_low with (security_invoker = true) as select s.id, s.practice_id, m.name, s.on_hand, s.reorder_at from stock_items s join medications m on m.id = s.medication_id where s.on_hand <= s.reorder_at;
create view unpaid_bills with (security_invoker = true) as select id, practice_id, owner_id, number, gross_cents, due_on from bills where state = 'issued';
create materialized view revenue_by_month as select practice_id, date_trunc('month', issued_at) as month, count(*) as bills, sum(gross_cents) as gross_cents from bills where state in ('issued', 'paid') group by 1, 2;
create unique index revenue_by_month_key on revenue_by_month (practice_id, month);

-- row level security
do $$ declare t text; begin
  foreach t in array array['practices', 'memberships', 'profiles', 'species', 'breeds', 'pet_owners', 'patients', 'rooms', 'appointments', 'visits', 'visit_diagnoses', 'medications', 'prescriptions', 'vaccinations', 'lab_orders', 'lab_results', 'price_list', 'bills', 'bill_lines', 'stock_items', 'stock_movements', 'kennels', 'boardings', 'conversations', 'messages', 'reminders', 'documents', 'device_tokens', 'feature_flags']
  loop execute format('alter table public.%I enable row level security', t); end loop; end $$;
create policy practices_read on practices for select to authenticated using (true);
create policy practices_manage on practices for update to authenticated using (has_role(id, array['manager'])) with check (has_role(id, array['manager']));
create policy memberships_read on memberships for select to authenticated using (user_id = auth.uid() or is_member(practice_id));
create policy memberships_manage on memberships for all to authenticated using (has_role(practice_id, array['manager'])) with check (has_role(practice_id, array['manager']));
create policy profiles_read on profiles for select to authenticated using (true);
create policy profiles_self on profiles for update to authenticated using (id = auth.uid()) with check (id = auth.uid());
create policy species_read on species for select using (true);
create policy breeds_read on breeds for select using (true);
create policy owners_staff on pet_owners for all to authenticated using (is_member(practice_id)) with check (is_member(practice_id));
create policy owners_self on pet_owners for select to authenticated using (user_id = auth.uid());
create policy owners_self_edit on pet_owners for update to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy patients_staff on patients for all to authenticated using (is_member(practice_id)) with check (is_member(practice_id));
create policy patients_owner on patients for select to authenticated using (owner_id in (select o.id from pet_owners o where o.user_id = auth.uid()));
create policy rooms_staff on rooms for all to authenticated using (is_member(practice_id)) with check (is_member(practice_id));
create policy appointments_staff on appointments for all to authenticated using (is_member(practice_id)) with check (is_member(practice_id));
create policy appointments_owner on appointments for select to authenticated using (patient_id in (select my_patient_ids()));
create policy appointments_owner_book on appointments for insert to authenticated with check (patient_id in (select my_patient_ids()) and status = 'booked');
create policy visits_staff on visits for all to authenticated using (is_member(practice_id)) with check (is_member(practice_id));
create policy diagnoses_staff on visit_diagnoses for all to authenticated using (exists (select 1 from visits v where v.id = visit_id and is_member(v.practice_id)));
create policy medications_read on medications for select to authenticated using (true);
create policy prescriptions_staff on prescriptions for all to authenticated using (exists (select 1 from visits v where v.id = visit_id and is_member(v.practice_id)));
create policy vaccinations_staff on vaccinations for all to authenticated using (exists (select 1 from patients p where p.id = patient_id and is_member(p.practice_id)));
create policy vaccinations_owner on vaccinations for select to authenticated using (patient_id in (select my_patient_ids()));
create policy lab_orders_staff on lab_orders for all to authenticated using (exists (select 1 from visits v where v.id = visit_id and is_member(v.practice_id)));
create policy lab_results_staff on lab_results for select to authenticated using (exists (select 1 from lab_orders l where l.id = lab_order_id));
create policy price_list_read on price_list for select to authenticated using (true);
create policy bills_staff on bills for all to authenticated using (is_member(practice_id)) with check (is_member(practice_id));
create policy bills_owner on bills for select to authenticated using (state <> 'draft' and owner_id in (select o.id from pet_owners o where o.user_id = auth.uid()));
create policy bill_lines_read on bill_lines for select to authenticated using (exists (select 1 from bills b where b.id = bill_id));
create policy bill_lines_staff on bill_lines for all to authenticated using (exists (select 1 from bills b where b.id = bill_id and is_member(b.practice_id)));
create policy stock_items_staff on stock_items for all to authenticated using (is_member(practice_id)) with check (is_member(practice_id));
create policy stock_movements_staff on stock_movements for all to authenticated using (exists (select 1 from stock_items s where s.id = stock_item_id)) with check (exists (select 1 from stock_items s where s.id = stock_item_id));
create policy kennels_staff on kennels for all to authenticated using (is_member(practice_id)) with check (is_member(practice_id));
create policy boardings_staff on boardings for all to authenticated using (exists (select 1 from kennels k where k.id = kennel_id)) with check (exists (select 1 from kennels k where k.id = kennel_id));
create policy conversations_staff on conversations for all to authenticated using (is_member(practice_id)) with check (is_member(practice_id));
create policy conversations_owner on conversations for select to authenticated using (owner_id in (select o.id from pet_owners o where o.user_id = auth.uid()));
create policy messages_read on messages for select to authenticated using (exists (select 1 from conversations c where c.id = conversation_id));
create policy messages_send on messages for insert to authenticated with check (sender = auth.uid() and exists (select 1 from conversations c where c.id = conversation_id));
create policy messages_mark_read on messages for update to authenticated using (exists (select 1 from conversations c where c.id = conversation_id));
create policy reminders_staff on reminders for all to authenticated using (exists (select 1 from patients p where p.id = patient_id and is_member(p.practice_id)));
create policy documents_staff on documents for all to authenticated using (exists (select 1 from patients p where p.id = patient_id and is_member(p.practice_id)));
create policy documents_owner on documents for select to authenticated using (patient_id in (select my_patient_ids()));
create policy device_tokens_own on device_tokens for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy flags_read on feature_flags for select using (true);

-- rights
revoke all on bill_payments, suppliers, insurance_claims, outbox, pet_owners_backup_2025, audit_entries, audit_entries_2026q1, audit_entries_2026q2, audit_entries_rest, revenue_by_month, public_practices from anon, authenticated;
grant select on public_practices to anon, authenticated;
revoke all on open_appointments, patient_card, stock_low, unpaid_bills, pet_owners, patients, appointments, visits, bills, messages from anon;
revoke execute on function mark_bill_paid(bigint, int), next_bill_number(uuid) from public, anon, authenticated;
grant execute on function mark_bill_paid(bigint, int), next_bill_number(uuid) to desk_worker;
grant select, insert, update, delete on bill_payments, suppliers, insurance_claims, outbox, audit_entries, reminders, lab_orders, lab_results, bills, stock_items, stock_movements to desk_worker;
grant select on practices, patients, pet_owners, appointments, visits, medications, price_list, feature_flags, unpaid_bills to desk_worker;
grant update on appointments to desk_worker;
grant usage on all sequences in schema public to desk_worker;
do $$ declare t text; begin
  foreach t in array array['reminders', 'lab_orders', 'lab_results', 'bills', 'stock_items', 'stock_movements', 'practices', 'patients', 'pet_owners', 'appointments', 'visits', 'medications', 'price_list']
  loop execute format('create policy worker_all on public.%I for all to desk_worker using (true) with check (true)', t); end loop; end $$;
grant select on bills, bill_lines, visits, appointments, revenue_by_month to analytics;
create policy bills_analytics on bills for select to analytics using (true);
create policy bill_lines_analytics on bill_lines for select to analytics using (true);
create policy visits_analytics on visits for select to analytics using (true);
create policy appointments_analytics on appointments for select to analytics using (true);
alter publication supabase_realtime add table messages, appointments;
insert into storage.buckets (id, name, public) values ('pet-photos', 'pet-photos', true), ('patient-files', 'patient-files', false);
insert into storage.objects (bucket_id, name, owner_id) values ('pet-photos', 'pets/10.jpg', null), ('patient-files', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc/scan.pdf', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc');
grant supabase_storage_admin to postgres;
create policy pet_photos_read on storage.objects for select using (bucket_id = 'pet-photos');
create policy patient_files_own on storage.objects for all to authenticated using (bucket_id = 'patient-files' and (storage.foldername(name))[1] = auth.uid()::text);

-- 3. grooming (Prisma)
create type "BookingStatus" as enum ('PENDING', 'CONFIRMED', 'DONE', 'CANCELLED');
create table "Groomer" ("id" text not null, "email" text not null, "fullName" varchar(120), "bio" text, "rating" double precision, "active" boolean not null default true, "createdAt" timestamp(3) not null default current_timestamp, constraint "Groomer_pkey" primary key ("id"));
create unique index "Groomer_email_key" on "Groomer" ("email");
create table "GroomingBooking" ("id" serial not null, "groomerId" text not null, "petName" text not null, "petSize" text not null default 'M', "status" "BookingStatus" not null default 'PENDING', "price" decimal(10,2) not null, "comment" varchar(191), "startsAt" timestamp(3) not null, "updatedAt" timestamp(3) not null default current_timestamp, constraint "GroomingBooking_pkey" primary key ("id"));
alter table "GroomingBooking" add constraint "GroomingBooking_groomerId_fkey" foreign key ("groomerId") references "Groomer" ("id") on delete restrict on update cascade;
create index "GroomingBooking_groomerId_idx" on "GroomingBooking" ("groomerId");
create table "GroomingPhoto" ("id" text not null, "bookingId" integer not null, "url" text not null, "caption" text, constraint "GroomingPhoto_pkey" primary key ("id"));
alter table "GroomingPhoto" add constraint "GroomingPhoto_bookingId_fkey" foreign key ("bookingId") references "GroomingBooking" ("id") on delete cascade on update cascade;
insert into "Groomer" ("id", "email", "fullName", "rating") values ('g1', 'g1@groom.test', 'One', 4.5), ('g2', 'g2@groom.test', null, null), ('g3', 'g3@groom.test', 'Three', null);
insert into "GroomingBooking" ("groomerId", "petName", "petSize", "status", "price", "comment", "startsAt") select 'g' || 1 + i % 3, 'Fido ' || i, (array['S', 'M', 'L', 'XL'])[1 + i % 4], (array['PENDING', 'CONFIRMED', 'DONE', 'CANCELLED'])[1 + i % 4]::"BookingStatus", 40 + i % 7 + 0.5, case when i % 3 = 0 then repeat('note ', 20) end, timestamp '2026-02-01' + i * interval '1 hour' from generate_series(1, 2000) i;
insert into "GroomingPhoto" select 'ph' || i, 1 + i % 2000, 'https://cdn.test/' || i, null from generate_series(1, 1000) i;

-- 4. newsletter (drizzle)
create type "issue_state" as enum ('draft', 'scheduled', 'sent');
create table "newsletter_subscribers" ("id" serial primary key, "email" varchar(255) not null, "name" text, "token" varchar(64) not null, "confirmed_at" timestamp with time zone, "created_at" timestamp with time zone default now() not null, constraint "newsletter_subscribers_token_unique" unique ("token"));
create table "newsletter_issues" ("id" serial primary key, "title" text not null, "html" text, "state" "issue_state" default 'draft' not null, "send_at" timestamp, "stats" json);
create table "newsletter_opens" ("id" bigserial primary key, "issue_id" integer not null constraint "newsletter_opens_issue_id_newsletter_issues_id_fk" references "newsletter_issues" ("id"), "subscriber_id" integer not null, "opened_at" timestamp with time zone default now() not null, "user_agent" text);
insert into newsletter_subscribers (email, name, token, confirmed_at) select case when i % 20 = 0 then 'dup@mail.test' else 'reader' || i || '@mail.test' end, case when i % 3 = 0 then 'Reader ' || i end, md5(i::text), case when i % 4 <> 0 then now() end from generate_series(1, 400) i;
insert into newsletter_issues (title, html, state, send_at) select 'Issue ' || i, '<p>hi</p>', 'sent', timestamp '2026-01-01' + i * interval '7 days' from generate_series(1, 10) i;
insert into newsletter_opens (issue_id, subscriber_id, user_agent) select 1 + i % 10, 1 + i % 405, 'Mail' from generate_series(1, 8000) i;

-- 5. adoption board (Rails)
create table schema_migrations (version varchar not null primary key);
create table adoption_listings (id bigserial primary key, title varchar not null, body text, species varchar, published boolean default false not null, price_cents integer default 0, lock_version integer default 0 not null, created_at timestamp(6) not null, updated_at timestamp(6) not null);
create index index_adoption_listings_on_species on adoption_listings (species);
create table adoption_inquiries (id bigserial primary key, adoption_listing_id bigint not null, email varchar, phone varchar, message text, state varchar default 'new', created_at timestamp(6) not null, updated_at timestamp(6) not null, constraint fk_rails_4b1c9d2e10 foreign key (adoption_listing_id) references adoption_listings (id));
create index index_adoption_inquiries_on_adoption_listing_id on adoption_inquiries (adoption_listing_id);
insert into schema_migrations values ('20260101090000'), ('20260115101500');
insert into adoption_listings (title, body, species, published, created_at, updated_at) select 'Listing ' || i, 'text', (array['dog', 'cat'])[1 + i % 2], i % 3 <> 0, now(), now() from generate_series(1, 200) i;
insert into adoption_inquiries (adoption_listing_id, email, phone, message, state, created_at, updated_at) select 1 + i % 200, case when i % 6 = 0 then null else 'asker' || i || '@mail.test' end, null, 'is it still there', (array['new', 'answered', 'closed'])[1 + i % 3], now(), now() from generate_series(1, 1500) i;
revoke all on "Groomer", "GroomingBooking", "GroomingPhoto", newsletter_subscribers, newsletter_issues, newsletter_opens, schema_migrations, adoption_listings, adoption_inquiries from anon, authenticated;
grant select, insert, update, delete on "Groomer", "GroomingBooking", "GroomingPhoto", newsletter_subscribers, newsletter_issues, newsletter_opens, schema_migrations, adoption_listings, adoption_inquiries to desk_worker;
grant usage on all sequences in schema public to desk_worker;
