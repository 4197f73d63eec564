-- case: certificates table from supabase db diff · additive
create table "public"."vaccination_certificates" (
    "id" uuid not null default gen_random_uuid(),
    "vaccination_id" bigint not null,
    "serial" text not null,
    "pdf_path" text,
    "created_at" timestamp with time zone not null default now()
);

alter table "public"."vaccination_certificates" enable row level security;

CREATE UNIQUE INDEX vaccination_certificates_pkey ON public.vaccination_certificates USING btree (id);

CREATE UNIQUE INDEX vaccination_certificates_serial_key ON public.vaccination_certificates USING btree (serial);

alter table "public"."vaccination_certificates" add constraint "vaccination_certificates_pkey" PRIMARY KEY using index "vaccination_certificates_pkey";

alter table "public"."vaccination_certificates" add constraint "vaccination_certificates_vaccination_id_fkey" FOREIGN KEY (vaccination_id) REFERENCES vaccinations(id) ON DELETE CASCADE not valid;

alter table "public"."vaccination_certificates" validate constraint "vaccination_certificates_vaccination_id_fkey";

alter table "public"."vaccination_certificates" add constraint "vaccination_certificates_serial_key" UNIQUE using index "vaccination_certificates_serial_key";

grant delete on table "public"."vaccination_certificates" to "service_role";

grant insert on table "public"."vaccination_certificates" to "service_role";

grant select on table "public"."vaccination_certificates" to "service_role";

create policy "owners can read their certificates"
on "public"."vaccination_certificates"
as permissive
for select
to authenticated
using ((EXISTS ( SELECT 1
   FROM vaccinations v
  WHERE (v.id = vaccination_certificates.vaccination_id))));
-- case: prisma adds groomer phone and holidays · additive
-- AlterTable
ALTER TABLE "Groomer" ADD COLUMN     "phone" TEXT,
ADD COLUMN     "avatarUrl" TEXT;

-- CreateTable
CREATE TABLE "GroomerHoliday" (
    "id" TEXT NOT NULL,
    "groomerId" TEXT NOT NULL,
    "from" DATE NOT NULL,
    "until" DATE NOT NULL,

    CONSTRAINT "GroomerHoliday_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "GroomerHoliday_groomerId_from_idx" ON "GroomerHoliday"("groomerId", "from");

-- AddForeignKey
ALTER TABLE "GroomerHoliday" ADD CONSTRAINT "GroomerHoliday_groomerId_fkey" FOREIGN KEY ("groomerId") REFERENCES "Groomer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
-- case: movements index for the monthly report · blocking
-- speeds up /reports/stock?month=
create index if not exists stock_movements_at_idx on public.stock_movements (at desc);
-- case: drizzle gives issues a locale · additive
ALTER TABLE "newsletter_issues" ADD COLUMN "locale" varchar(8) DEFAULT 'en' NOT NULL;--> statement-breakpoint
ALTER TABLE "newsletter_issues" ADD COLUMN "preheader" text;
-- case: drizzle renames confirmed_at · destructive
ALTER TABLE "newsletter_subscribers" RENAME COLUMN "confirmed_at" TO "verified_at";
-- case: vet calendar index built concurrently · additive
-- not in a transaction
create index concurrently if not exists appointments_vet_starts_idx on appointments (vet_id, starts_at) where status <> 'cancelled';
-- case: twin of an index removed · additive
-- appointments_practice_starts_idx covers exactly the same columns as appointments_starts_idx (see advisor: duplicate_index)
DROP INDEX CONCURRENTLY IF EXISTS public.appointments_practice_starts_idx;
-- case: vaccinations become immunizations · destructive
BEGIN;
ALTER TABLE vaccinations RENAME TO immunizations;
ALTER INDEX vaccinations_pkey RENAME TO immunizations_pkey;
COMMENT ON TABLE immunizations IS 'Every shot given to a patient';
COMMIT;
-- case: lab values as numbers · destructive
-- the charts need numbers, the lab sends text
alter table lab_results
  alter column value type numeric using nullif(regexp_replace(value, '[^0-9.\-]', '', 'g'), '')::numeric;
-- case: practice assistants may become students too · additive
alter table public.memberships drop constraint if exists memberships_role_check;
alter table public.memberships add constraint memberships_role_check
  check (role in ('vet', 'nurse', 'reception', 'manager', 'student', 'locum')) not valid;
-- case: source of an appointment validated and made required · additive
-- 1/2 was 20260118_source_present (NOT VALID). All rows are clean now.
alter table appointments validate constraint appointments_source_present;
alter table appointments alter column source set not null;
alter table appointments drop constraint appointments_source_present;
-- case: flag check validated · additive
SET lock_timeout = '3s';
ALTER TABLE public.lab_results VALIDATE CONSTRAINT lab_results_flag_known;
-- case: public id for appointment links · blocking
alter table public.appointments add column public_id uuid not null default gen_random_uuid();
comment on column public.appointments.public_id is 'shown in the confirmation e-mail';
-- case: prisma trims the booking states · destructive
/*
  Warnings:

  - The values [CANCELLED] on the enum `BookingStatus` will be removed. If these variants are still used in the database, this will fail.

*/
-- AlterEnum
BEGIN;
CREATE TYPE "BookingStatus_new" AS ENUM ('PENDING', 'CONFIRMED', 'DONE');
ALTER TABLE "GroomingBooking" ALTER COLUMN "status" DROP DEFAULT;
ALTER TABLE "GroomingBooking" ALTER COLUMN "status" TYPE "BookingStatus_new" USING ("status"::text::"BookingStatus_new");
ALTER TYPE "BookingStatus" RENAME TO "BookingStatus_old";
ALTER TYPE "BookingStatus_new" RENAME TO "BookingStatus";
DROP TYPE "BookingStatus_old";
ALTER TABLE "GroomingBooking" ALTER COLUMN "status" SET DEFAULT 'PENDING';
COMMIT;
-- case: column documentation · additive
comment on table public.patients is 'An animal under care. One row per animal and practice.';
comment on column public.patients.chip_no is 'ISO 11784 transponder, 15 digits';
comment on column public.visits.temperature is 'rectal, degrees Celsius';
comment on function public.my_patient_ids() is 'patients of the signed-in owner (security definer: used inside policies)';
-- case: prisma adds a required duration · destructive
/*
  Warnings:

  - Added the required column `durationMin` to the `GroomingBooking` table without a default value. This is not possible if the table is not empty.

*/
-- AlterTable
ALTER TABLE "GroomingBooking" ADD COLUMN     "durationMin" INTEGER NOT NULL;
-- case: ferrets and tortoises join the species list · additive
insert into public.species (code, label) values
  ('ferret', 'Ferret'),
  ('tortoise', 'Tortoise'),
  ('dog', 'Dog')
on conflict (code) do nothing;

insert into public.breeds (species_code, label)
select v.s, v.l from (values ('dog', 'Dachshund'), ('cat', 'Maine Coon'), ('ferret', 'Mixed')) as v (s, l)
on conflict (species_code, label) do nothing;
-- case: subscribers are unique by address · destructive
CREATE UNIQUE INDEX "newsletter_subscribers_email_idx" ON "newsletter_subscribers" USING btree ("email");--> statement-breakpoint
ALTER TABLE "newsletter_subscribers" ADD COLUMN "source" varchar(32);
-- case: rescheduled as a visit status · additive
alter type public.visit_status add value if not exists 'rescheduled' after 'booked';
-- case: membership test evaluates the uid once · additive
-- initplan instead of a call per row (advisor: auth_rls_initplan)
create or replace function public.is_member(p uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select 1
    from public.memberships m
    where m.user_id = (select auth.uid())
      and m.practice_id = p
      and m.active
  );
$$;
-- case: double reminders cleaned up and forbidden · destructive
-- some owners got the letter twice
delete from reminders a using reminders b
 where a.id > b.id and a.patient_id = b.patient_id and a.kind = b.kind and a.due_on = b.due_on;
alter table reminders add constraint reminders_once unique (patient_id, kind, due_on);
-- case: subscriber ids widened · blocking
ALTER TABLE "newsletter_opens" ALTER COLUMN "subscriber_id" SET DATA TYPE bigint;
-- case: patient card shows the photo too · additive
create or replace view public.patient_card
with (security_invoker = true) as
select p.id, p.name, p.species_code, p.weight_g, o.family_name as owner, o.phone,
       p.photo_path,
       p.is_deceased
from patients p
left join pet_owners o on o.id = p.owner_id;
-- case: unpaid list rebuilt together with its grants · additive
begin;
drop view if exists public.unpaid_bills;
create view public.unpaid_bills with (security_invoker = true) as
select id, practice_id, owner_id, number, gross_cents, due_on,
       (due_on < current_date) as overdue
from public.bills
where state = 'issued';

revoke all on public.unpaid_bills from anon;
grant all on public.unpaid_bills to authenticated, service_role;
grant select on public.unpaid_bills to desk_worker;
commit;
-- case: device token policies rewritten · additive
begin;

drop policy if exists device_tokens_own on public.device_tokens;
create policy device_tokens_own on public.device_tokens
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

commit;
-- case: source made required in one go · blocking
UPDATE appointments SET source = 'phone' WHERE source IS NULL;
ALTER TABLE appointments ALTER COLUMN source SET NOT NULL;
-- case: only card and cash from now on · destructive
-- finance: bank transfers go through the ERP
alter table bill_payments
  add constraint bill_payments_method_check check (method in ('card', 'cash')) not valid;
-- case: owner policies by alter policy · additive
ALTER POLICY owners_self ON public.pet_owners USING ((SELECT auth.uid()) = user_id);
ALTER POLICY owners_self_edit ON public.pet_owners USING ((SELECT auth.uid()) = user_id) WITH CHECK ((SELECT auth.uid()) = user_id);
ALTER POLICY profiles_self ON public.profiles USING ((SELECT auth.uid()) = id) WITH CHECK ((SELECT auth.uid()) = id);
-- case: given names required after a backfill · destructive
-- step 1: fill the holes
update public.pet_owners set given_name = '' where given_name is null;
-- step 2: keep it that way
alter table public.pet_owners alter column given_name set not null;
-- case: waiting list for fully booked days · additive
create table if not exists public.waiting_list (
  id bigint generated always as identity primary key,
  practice_id uuid not null references public.practices (id) on delete cascade,
  patient_id uuid not null references public.patients (id) on delete cascade,
  wanted daterange not null,
  urgency smallint not null default 0 check (urgency between 0 and 3),
  created_at timestamptz not null default now(),
  unique (patient_id, wanted)
);
create index waiting_list_practice_idx on public.waiting_list (practice_id, created_at);
alter table public.waiting_list enable row level security;
create policy waiting_list_staff on public.waiting_list for all to authenticated
  using ((select is_member(practice_id))) with check ((select is_member(practice_id)));
grant select, insert, delete on public.waiting_list to desk_worker;
create policy waiting_list_worker on public.waiting_list for all to desk_worker using (true) with check (true);
-- case: worker loses the clinical tables · destructive
-- least privilege: the desk worker handles money and messages, not medicine
revoke select on public.patients, public.visits from desk_worker;
drop policy if exists worker_all on public.visits;
-- case: totals always add up · blocking
alter table public.bills
  add constraint bills_gross_adds_up check (gross_cents = net_cents + vat_cents);
-- case: anon hardened · destructive
-- pentest finding 4: the anonymous key can read too much
revoke all on all tables in schema public from anon;
revoke all on all sequences in schema public from anon;
grant select on public.public_practices to anon;
-- case: payments were never for the browser · additive
-- belt and braces: nothing was granted on these, state it explicitly
revoke all on table public.bill_payments from anon, authenticated;
revoke all on table public.suppliers, public.outbox from anon;
-- case: owners' policy on patients dropped as a duplicate · destructive
-- advisor: multiple_permissive_policies on patients (authenticated, select)
drop policy if exists patients_owner on public.patients;
-- case: age of a patient as a function · additive
create function public.patient_age_years(p_patient uuid)
returns int
language sql
stable
set search_path = ''
as $$ select extract(year from age(current_date, p.born_on))::int from public.patients p where p.id = p_patient $$;

revoke execute on function public.patient_age_years(uuid) from public, anon;
grant execute on function public.patient_age_years(uuid) to authenticated, service_role;
-- case: calendar only for vets and managers · destructive
drop policy appointments_staff on public.appointments;
create policy appointments_staff on public.appointments
  for all to authenticated
  using (has_role(practice_id, array['vet', 'manager']))
  with check (has_role(practice_id, array['vet', 'manager']));
-- case: bill history by trigger · additive
create table public.bill_history (
  id bigint generated always as identity primary key,
  bill_id bigint not null,
  old_state bill_state,
  new_state bill_state not null,
  changed_by uuid,
  changed_at timestamptz not null default now()
);
alter table public.bill_history enable row level security;

create or replace function public.record_bill_state()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.bill_history (bill_id, old_state, new_state, changed_by)
  values (new.id, old.state, new.state, auth.uid());
  return null;
end;
$$;

create trigger bills_record_state
  after update of state on public.bills
  for each row when (old.state is distinct from new.state)
  execute function public.record_bill_state();
-- case: search vector on patients · blocking
alter table patients
  add column search tsvector generated always as (to_tsvector('simple', name || ' ' || coalesce(chip_no, ''))) stored;
-- case: messages only for confirmed accounts · destructive
create policy messages_confirmed_only on public.messages
  as restrictive
  for all
  to authenticated
  using ((auth.jwt() -> 'app_metadata' ->> 'confirmed') = 'true');
-- case: conversations on the realtime publication · additive
do $$
begin
  if not exists (
    select 1 from pg_publication_tables
    where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = 'conversations'
  ) then
    alter publication supabase_realtime add table public.conversations;
  end if;
end $$;
-- case: realtime list set anew · destructive
-- unread badges need conversations as well
alter publication supabase_realtime set table messages, conversations;
-- case: bucket for xrays · additive
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('xrays', 'xrays', false, 52428800, array['image/jpeg', 'application/dicom'])
on conflict (id) do nothing;

create policy "staff read xrays" on storage.objects for select to authenticated
  using (bucket_id = 'xrays' and public.is_member(((storage.foldername(name))[1])::uuid));
-- case: rls on claims with the worker's policy · additive
begin;
alter table public.insurance_claims enable row level security;
create policy insurance_claims_worker on public.insurance_claims
  for all to desk_worker using (true) with check (true);
commit;
-- case: rls on for everything the advisor lists · destructive
-- advisor: rls_disabled_in_public
ALTER TABLE public."Groomer" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."GroomingBooking" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public."GroomingPhoto" ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.adoption_listings ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.adoption_inquiries ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.schema_migrations ENABLE ROW LEVEL SECURITY;
-- case: rls on the old owner backup · additive
-- nobody but the service role may read this copy; the table itself goes after the audit
alter table public.pet_owners_backup_2025 enable row level security;
comment on table public.pet_owners_backup_2025 is 'kept until the 2026 audit, see OPS-212';
-- case: practice directory as security invoker · destructive
-- advisor: security_definer_view
alter view public.public_practices set (security_invoker = true);
-- case: conversation policies one per action · additive
-- advisor: multiple_permissive_policies
begin;
drop policy conversations_staff on public.conversations;
drop policy conversations_owner on public.conversations;

create policy conversations_select on public.conversations for select to authenticated
  using (is_member(practice_id)
         or owner_id in (select o.id from pet_owners o where o.user_id = (select auth.uid())));
create policy conversations_insert on public.conversations for insert to authenticated
  with check (is_member(practice_id));
create policy conversations_update on public.conversations for update to authenticated
  using (is_member(practice_id)) with check (is_member(practice_id));
create policy conversations_delete on public.conversations for delete to authenticated
  using (is_member(practice_id));
commit;
-- case: search path pinned on invoker functions · additive
-- advisor: function_search_path_mutable
alter function public.search_patients(uuid, text, int) set search_path = '';
alter function public.next_bill_number(uuid) set search_path = '';
alter function public.touch_updated_at() set search_path = '';
-- case: search path pinned on the definers · destructive
-- advisor: function_search_path_mutable
alter function public.book_appointment(uuid, uuid, timestamptz, int) set search_path = '';
alter function public.mark_bill_paid(bigint, int) set search_path = '';
-- case: lazy autovacuum on the movements · additive
alter table public.stock_movements set (
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_analyze_scale_factor = 0.01
);
analyze public.stock_movements;
-- case: search can include the deceased · destructive
create or replace function public.search_patients(
  p_practice uuid,
  q text,
  lim int default 25,
  include_deceased boolean default true
) returns setof public.patients
language sql stable as $$
  select * from public.patients
  where practice_id = p_practice
    and (name ilike '%' || q || '%' or chip_no = q)
    and (include_deceased or not is_deceased)
  order by name, id
  limit lim
$$;
-- case: longer claim numbers · additive
alter table public.insurance_claims alter column claim_no type varchar(64);
-- case: clearer argument names for booking · destructive
create or replace function public.book_appointment(patient uuid, vet uuid, starts timestamptz, minutes int default 30)
returns bigint language plpgsql security definer set search_path = public as $$
declare v_id bigint; v_practice uuid;
begin
  select practice_id into v_practice from patients where id = patient;
  insert into appointments (practice_id, patient_id, vet_id, starts_at, ends_at, source)
  values (v_practice, patient, vet, starts, starts + make_interval(mins => minutes), 'web')
  returning id into v_id;
  return v_id;
end $$;
-- case: rails adds neutered to listings · additive
-- == 20260210083000 AddNeuteredToAdoptionListings
ALTER TABLE "adoption_listings" ADD "neutered" boolean;
ALTER TABLE "adoption_listings" ADD "birth_year" integer;
INSERT INTO "schema_migrations" (version) VALUES ('20260210083000');
-- case: rails adds a shelter reference · blocking
-- == 20260211120000 AddShelterToAdoptionListings
CREATE TABLE "shelters" ("id" bigserial primary key, "name" character varying NOT NULL, "created_at" timestamp(6) NOT NULL, "updated_at" timestamp(6) NOT NULL);
ALTER TABLE "adoption_listings" ADD "shelter_id" bigint;
CREATE INDEX "index_adoption_listings_on_shelter_id" ON "adoption_listings" ("shelter_id");
ALTER TABLE "adoption_listings" ADD CONSTRAINT "fk_rails_91aa0c7be2" FOREIGN KEY ("shelter_id") REFERENCES "shelters" ("id");
INSERT INTO "schema_migrations" (version) VALUES ('20260211120000');
-- case: rails index with algorithm concurrently · additive
CREATE INDEX CONCURRENTLY "index_adoption_inquiries_on_state_and_created_at" ON "adoption_inquiries" ("state", "created_at");
-- case: rails removes the inquiry phone · destructive
-- == 20260212070000 RemovePhoneFromAdoptionInquiries
ALTER TABLE "adoption_inquiries" DROP COLUMN "phone";
INSERT INTO "schema_migrations" (version) VALUES ('20260212070000');
-- case: suppliers get a contact name, filled from the firm · additive
alter table suppliers add column if not exists contact_name text;

update suppliers set contact_name = name where contact_name is null;
-- case: claim amounts copied out of the payload · additive
-- new reader uses claimed_total, the old one keeps reading payload
alter table insurance_claims add column claimed_total numeric(12,2);
update insurance_claims
   set claimed_total = (payload ->> 'total')::numeric
 where payload ? 'total';
-- case: bill number function with a telling argument · destructive
drop function if exists public.next_bill_number(uuid);
create function public.next_bill_number(practice uuid) returns text
language sql volatile set search_path = '' as $$
  select 'R-' || lpad((count(*) + 1)::text, 6, '0') from public.bills where practice_id = practice
$$;
-- case: revenue refreshed without blocking readers · additive
refresh materialized view concurrently public.revenue_by_month;
-- case: revenue refreshed · blocking
-- the numbers for January were stale after the import
REFRESH MATERIALIZED VIEW public.revenue_by_month;
-- case: leftovers dropped if they exist · additive
drop view if exists public.v_patients_legacy;
drop table if exists public.owner_import_staging;
drop function if exists public.search_patients(text);
alter table public.patients drop column if exists owner_name;
drop trigger if exists patients_normalise on public.patients;
-- case: unpaid list rebuilt with days overdue · destructive
drop view if exists public.unpaid_bills cascade;
create view public.unpaid_bills with (security_invoker = true) as
select id, practice_id, owner_id, number, gross_cents, due_on, current_date - due_on as days_overdue
from bills
where state = 'issued';
grant select on public.unpaid_bills to authenticated;
-- case: triage level behind a do block · additive
do $$ begin
  create type public.triage_level as enum ('green', 'yellow', 'red');
exception when duplicate_object then null;
end $$;

alter table public.visits add column if not exists triage public.triage_level;
-- case: issued bills are frozen · destructive
create or replace function public.forbid_issued_change() returns trigger
language plpgsql as $$
begin
  if old.state <> 'draft' then
    raise exception 'bill % is already issued', old.number using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger bills_freeze before update on public.bills
  for each row execute function public.forbid_issued_change();
-- case: unaccent for the patient search · additive
create extension if not exists unaccent with schema extensions;

create or replace function public.fold(t text) returns text
language sql stable parallel safe set search_path = ''
as $$ select lower(extensions.unaccent(coalesce(t, ''))) $$;
-- case: messages are trimmed and shortened · destructive
create function public.clean_message() returns trigger language plpgsql as $$
begin
  new.body := left(btrim(new.body), 500);
  new.channel := 'app';
  return new;
end;
$$;

create trigger messages_clean before insert on public.messages
for each row execute procedure public.clean_message();
-- case: paged search beside the old one · additive
-- old signature stays for the released app
create function public.search_patients_page(p_practice uuid, q text, page int default 0, page_size int default 25)
returns setof public.patients
language sql stable set search_path = ''
as $$
  select * from public.search_patients(p_practice, q, 1000)
  offset page * page_size limit page_size
$$;
grant execute on function public.search_patients_page(uuid, text, int, int) to authenticated;
-- case: old outbox rows thrown away · destructive
-- table is getting big
DELETE FROM outbox WHERE sent_at IS NOT NULL AND created_at < '2026-01-10';
ALTER TABLE outbox ADD COLUMN last_error text;
-- case: drizzle lets issue ids cascade on update · blocking
ALTER TABLE "newsletter_opens" DROP CONSTRAINT "newsletter_opens_issue_id_newsletter_issues_id_fk";
--> statement-breakpoint
ALTER TABLE "newsletter_opens" ADD CONSTRAINT "newsletter_opens_issue_id_newsletter_issues_id_fk" FOREIGN KEY ("issue_id") REFERENCES "public"."newsletter_issues"("id") ON DELETE no action ON UPDATE cascade;
-- case: telehealth schema · additive
create schema if not exists telehealth;
grant usage on schema telehealth to authenticated, service_role, desk_worker;

create table telehealth.rooms (
  id uuid primary key default gen_random_uuid(),
  appointment_id bigint not null references public.appointments (id) on delete cascade,
  token_hash text not null,
  opened_at timestamptz,
  closed_at timestamptz
);
alter table telehealth.rooms enable row level security;
grant select, insert, update on telehealth.rooms to desk_worker;
grant all on all tables in schema telehealth to service_role;
create policy rooms_worker on telehealth.rooms for all to desk_worker using (true) with check (true);
-- case: the old owners backup goes · destructive
-- cleanup of manual copies
drop table if exists public.pet_owners_backup_2025;
-- case: statistics on practice and status · additive
create statistics if not exists public.appointments_practice_status (dependencies, mcv) on practice_id, status from public.appointments;
alter table public.appointments alter column practice_id set statistics 500;
-- case: oldest audit quarter removed · destructive
-- retention: 6 months
ALTER TABLE audit_entries DETACH PARTITION audit_entries_2026q1;
DROP TABLE audit_entries_2026q1;
-- case: partition for the third quarter · destructive
create table if not exists public.audit_entries_2026q3
  partition of public.audit_entries
  for values from ('2026-07-01') to ('2026-10-01');
-- case: audit by actor · blocking
create index audit_entries_actor_idx on public.audit_entries (actor, at);
-- case: rights for the new dashboard role · additive
grant usage on schema public to analytics;
grant select on public.price_list, public.suppliers to analytics;
create policy price_list_analytics on public.price_list for select to analytics using (true);
grant select on all tables in schema mart to analytics;
alter default privileges in schema mart grant select on tables to analytics;
-- case: prisma size enum and nullable column · additive
-- CreateEnum
CREATE TYPE "CoatType" AS ENUM ('SHORT', 'LONG', 'WIRE', 'CURLY');

-- AlterTable
ALTER TABLE "GroomingBooking" ADD COLUMN     "coat" "CoatType",
ADD COLUMN     "paidAt" TIMESTAMP(3);

-- AlterTable
ALTER TABLE "GroomingPhoto" ADD COLUMN     "position" INTEGER NOT NULL DEFAULT 0;
-- case: prisma composite key for the photo relation · blocking
-- CreateIndex
CREATE UNIQUE INDEX "GroomingBooking_id_groomerId_key" ON "GroomingBooking"("id", "groomerId");
-- case: concurrent index inside a transaction · destructive
begin;
set local statement_timeout = 0;
create index concurrently messages_conversation_sent_idx on public.messages (conversation_id, sent_at);
commit;
-- case: no lock longer than two seconds for a new column · additive
set lock_timeout to '2s';
set statement_timeout to '10s';
alter table public.messages add column edited_at timestamptz;
alter table public.messages add column reply_to bigint;
reset lock_timeout;
reset statement_timeout;
-- case: triage status added and used at once · destructive
BEGIN;
ALTER TYPE visit_status ADD VALUE 'triaged';
UPDATE appointments SET status = 'triaged' WHERE status = 'checked_in';
CREATE OR REPLACE VIEW open_appointments WITH (security_invoker = true) AS
SELECT a.id, a.practice_id, a.starts_at, a.status, p.name AS patient, p.owner_id
FROM appointments a JOIN patients p ON p.id = a.patient_id
WHERE a.status IN ('booked', 'checked_in', 'triaged');
COMMIT;
-- case: touch trigger recreated with its name · additive
create or replace trigger bills_touch
  before update on public.bills
  for each row execute function public.touch_updated_at();

create or replace trigger pet_owners_touch
  before update on public.pet_owners
  for each row execute function public.touch_updated_at();
-- case: movements sorted on disk · blocking
-- one-off: makes the per-item history page ten times faster
CLUSTER stock_movements USING stock_movements_item_idx;
-- case: updated_at trigger by a helper that is elsewhere · destructive
alter table public.lab_orders add column updated_at timestamptz default now();
create trigger handle_updated_at before update on public.lab_orders
  for each row execute procedure moddatetime (updated_at);
-- case: knex adds no-show fee · additive
-- 20260301101112_no_show_fee.js (knex migrate:make, printed with toSQL)
alter table "bills" add column "no_show_fee_cents" integer default '0';
alter table "practices" add column "no_show_policy" varchar(255) null;
notify pgrst, 'reload schema';
-- case: reminders without a default channel · destructive
-- the channel comes from the owner's preference now
alter table public.reminders alter column channel drop default;
-- case: claims keep the insurer's own id · blocking
alter table insurance_claims add column external_id text unique;
-- case: upsert key of owners loosened · destructive
-- siblings share a mailbox
alter table public.pet_owners drop constraint pet_owners_practice_email_key;
create index if not exists pet_owners_practice_email_idx on public.pet_owners (practice_id, email);
-- case: overview of stays · additive
create or replace view public.current_boardings with (security_invoker = true) as
select b.id, k.practice_id, k.label as kennel, p.name as patient, upper(b.during) as leaves_at
from public.boardings b
join public.kennels k on k.id = b.kennel_id
join public.patients p on p.id = b.patient_id
where b.during @> now();

revoke all on public.current_boardings from anon;
grant select on public.current_boardings to authenticated;
-- case: index renamed to the convention · additive
ALTER INDEX IF EXISTS public.stock_movements_item_idx RENAME TO ix_stock_movements__stock_item_id;
ALTER INDEX IF EXISTS public.patients_owner_idx RENAME TO ix_patients__owner_id;
-- case: text search in messages · blocking
create index idx_messages_body_trgm on public.messages using gin (body extensions.gin_trgm_ops);
-- case: visits sign-off backfilled under a lock · blocking
begin;
lock table public.visits in exclusive mode;
alter table public.visits add column signed_off boolean;
update public.visits set signed_off = closed_at is not null;
commit;
-- case: due date removed with what hangs on it · destructive
ALTER TABLE bills DROP COLUMN due_on CASCADE;
ALTER TABLE bills ADD COLUMN payment_terms_days int DEFAULT 14;
-- case: flags for the spring release · additive
insert into public.feature_flags as f (key, enabled, rollout)
values ('boarding_v2', false, 0), ('lab_import', true, 5)
on conflict (key) do update set enabled = f.enabled;
-- case: drizzle creates segments · additive
CREATE TYPE "public"."segment_kind" AS ENUM('manual', 'rule');--> statement-breakpoint
CREATE TABLE "newsletter_segments" (
	"id" serial PRIMARY KEY NOT NULL,
	"name" varchar(120) NOT NULL,
	"kind" "segment_kind" DEFAULT 'manual' NOT NULL,
	"rule" jsonb
);
--> statement-breakpoint
CREATE TABLE "newsletter_segment_members" (
	"segment_id" integer NOT NULL,
	"subscriber_id" integer NOT NULL,
	CONSTRAINT "newsletter_segment_members_segment_id_subscriber_id_pk" PRIMARY KEY("segment_id","subscriber_id")
);
--> statement-breakpoint
ALTER TABLE "newsletter_segment_members" ADD CONSTRAINT "newsletter_segment_members_segment_id_newsletter_segments_id_fk" FOREIGN KEY ("segment_id") REFERENCES "public"."newsletter_segments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "newsletter_segment_members" ADD CONSTRAINT "newsletter_segment_members_subscriber_id_newsletter_subscribers_id_fk" FOREIGN KEY ("subscriber_id") REFERENCES "public"."newsletter_subscribers"("id") ON DELETE cascade ON UPDATE no action;
-- case: enrolment of message reads in batches · additive
-- seen_by: the new client writes it, old rows are filled here in small bites (run outside a transaction)
alter table public.messages add column if not exists seen boolean;
do $$
declare n int;
begin
  loop
    update public.messages set seen = (read_at is not null)
     where id in (select id from public.messages where seen is null order by id limit 1000);
    get diagnostics n = row_count;
    exit when n = 0;
    commit;
  end loop;
end $$;
-- case: lab status wider by two · additive
ALTER TABLE lab_orders ADD CONSTRAINT lab_orders_status_check_v2 CHECK (status IN ('new', 'sent', 'received', 'failed', 'cancelled', 'partial')) NOT VALID;
ALTER TABLE lab_orders DROP CONSTRAINT lab_orders_status_check;
ALTER TABLE lab_orders RENAME CONSTRAINT lab_orders_status_check_v2 TO lab_orders_status_check;
