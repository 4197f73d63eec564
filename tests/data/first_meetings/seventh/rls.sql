-- set-up: staff-flag-read-from-user-metadata
-- open support_tickets: authenticated select insert update delete
CREATE TABLE support_tickets (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id UUID NOT NULL REFERENCES auth.users(id),
  subject TEXT NOT NULL,
  internal_notes TEXT
);
INSERT INTO support_tickets (customer_id, subject) VALUES (:A, 'refund please'), (:B, 'cannot log in');
ALTER TABLE support_tickets ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Customers read own tickets" ON support_tickets FOR SELECT TO authenticated USING (customer_id = auth.uid());
CREATE POLICY "Staff manage tickets" ON support_tickets FOR ALL TO authenticated
  USING ((auth.jwt() -> 'user_metadata' ->> 'role') = 'staff')
  WITH CHECK ((auth.jwt() -> 'user_metadata' ->> 'role') = 'staff');

-- set-up: drizzle-own-rows
-- protected
CREATE TABLE "habits" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "habits_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_id" uuid DEFAULT (auth.uid()) NOT NULL,
	"title" text NOT NULL,
	"streak" integer DEFAULT 0
);
--> statement-breakpoint
ALTER TABLE "habits" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
INSERT INTO "habits" ("user_id", "title") VALUES (:A, 'run'), (:B, 'read');--> statement-breakpoint
CREATE POLICY "crud-authenticated-policy-select" ON "habits" AS PERMISSIVE FOR SELECT TO "authenticated" USING ((select auth.uid() = "habits"."user_id"));--> statement-breakpoint
CREATE POLICY "crud-authenticated-policy-insert" ON "habits" AS PERMISSIVE FOR INSERT TO "authenticated" WITH CHECK ((select auth.uid() = "habits"."user_id"));--> statement-breakpoint
CREATE POLICY "crud-authenticated-policy-update" ON "habits" AS PERMISSIVE FOR UPDATE TO "authenticated" USING ((select auth.uid() = "habits"."user_id")) WITH CHECK ((select auth.uid() = "habits"."user_id"));--> statement-breakpoint
CREATE POLICY "crud-authenticated-policy-delete" ON "habits" AS PERMISSIVE FOR DELETE TO "authenticated" USING ((select auth.uid() = "habits"."user_id"));

-- set-up: partitions-of-a-guarded-table-are-not-guarded
-- open page_views_2026_06: anon select insert update delete
-- open page_views_2026_06: authenticated select insert update delete
-- open page_views_2026_07: anon select insert update delete
-- open page_views_2026_07: authenticated select insert update delete
create table page_views (site_owner uuid not null, path text not null, visitor_ip inet, viewed_at timestamptz not null) partition by range (viewed_at);
create table page_views_2026_06 partition of page_views for values from ('2026-06-01') to ('2026-07-01');
create table page_views_2026_07 partition of page_views for values from ('2026-07-01') to ('2026-08-01');
create index on page_views (site_owner, viewed_at);
insert into page_views values (:A, '/pricing', '10.0.0.1', '2026-06-03'), (:B, '/', '10.0.0.2', '2026-06-04'), (:A, '/docs', '10.0.0.3', '2026-07-03'), (:B, '/blog', '10.0.0.4', '2026-07-09');
alter table page_views enable row level security;
create policy "site owners see their traffic" on page_views for select to authenticated using ((select auth.uid()) = site_owner);

-- set-up: teams-by-a-function-in-a-private-schema
-- protected
create schema app_private;
revoke all on schema app_private from public;
grant usage on schema app_private to authenticated;
create table team_members (team_id int not null, user_id uuid not null, role text not null default 'viewer', primary key (team_id, user_id));
create table boards (id int primary key, team_id int not null, name text);
insert into team_members values (1, :A, 'owner'), (2, :B, 'viewer'), (2, 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'owner');
insert into boards values (1, 1, 'roadmap'), (2, 2, 'backlog');
create function app_private.team_role(t int) returns text language sql stable security definer set search_path = '' as
  $$ select role from public.team_members where team_id = t and user_id = (select auth.uid()) $$;
alter table team_members enable row level security;
alter table boards enable row level security;
create policy tm_select on team_members for select to authenticated using (app_private.team_role(team_id) is not null);
create policy tm_insert on team_members for insert to authenticated with check (app_private.team_role(team_id) = 'owner');
create policy tm_update on team_members for update to authenticated using (app_private.team_role(team_id) = 'owner') with check (app_private.team_role(team_id) = 'owner');
create policy tm_delete on team_members for delete to authenticated using (app_private.team_role(team_id) = 'owner' or user_id = auth.uid());
create policy boards_select on boards for select to authenticated using (app_private.team_role(team_id) is not null);
create policy boards_write on boards for all to authenticated using (app_private.team_role(team_id) in ('owner', 'editor')) with check (app_private.team_role(team_id) in ('owner', 'editor'));

-- set-up: leaderboard-materialized-view-beside-private-scores
-- open course_grades_mv: anon select
-- open course_grades_mv: authenticated select
create table public.quiz_attempts (id int generated by default as identity primary key, student_id uuid not null, quiz text not null, points int not null);
insert into public.quiz_attempts (student_id, quiz, points) values (:A, 'algebra', 91), (:A, 'geometry', 70), (:B, 'algebra', 44);
alter table public.quiz_attempts enable row level security;
create policy "student reads attempts" on public.quiz_attempts for select to authenticated using (student_id = (select auth.uid()));
create policy "student submits attempts" on public.quiz_attempts for insert to authenticated with check (student_id = (select auth.uid()));
create materialized view public.course_grades_mv as
  select student_id, avg(points)::numeric(5,2) as grade, count(*) as attempts from public.quiz_attempts group by student_id;
create unique index on public.course_grades_mv (student_id);

-- set-up: webhooks-only-for-the-service-role
-- protected
create table public.stripe_customers (user_id uuid primary key references auth.users on delete cascade, customer_id text unique, payment_method jsonb);
insert into public.stripe_customers values (:A, 'cus_1', '{"last4": "4242"}'), (:B, 'cus_2', '{"last4": "1881"}');
alter table public.stripe_customers enable row level security;
-- No policies as this is a private table that the user must not have access to.

-- set-up: soft-delete-filter-added-as-one-more-permissive-policy
-- open crm_contacts: authenticated select
create table crm_contacts (id uuid primary key default gen_random_uuid(), owner_id uuid not null default auth.uid(), name text, phone text, deleted_at timestamptz);
insert into crm_contacts (owner_id, name, phone) values (:A, 'Zoe', '555-1'), (:B, 'Yan', '555-2');
insert into crm_contacts (owner_id, name, deleted_at) values (:A, 'Gone', now());
alter table crm_contacts enable row level security;
create policy contacts_owner on crm_contacts for all to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
-- 20260412_soft_delete.sql: never show deleted contacts again
create policy contacts_hide_deleted on crm_contacts for select to authenticated using (deleted_at is null);

-- set-up: contact-form-takes-rows-and-shows-none
-- protected
create table contact_requests (id uuid primary key default gen_random_uuid(), email text not null check (email like '%@%'), message text not null check (length(message) < 5000), created_at timestamptz default now());
insert into contact_requests (email, message) values ('anna@acme.test', 'call me'), ('bert@globex.test', 'price?');
alter table contact_requests enable row level security;
create policy "Anyone can write to us" on contact_requests for insert to anon, authenticated with check (true);

-- set-up: any-chat-opens-every-chat
-- open chat_messages: authenticated select
create table chat_rooms (id int primary key, topic text);
create table chat_members (room_id int references chat_rooms on delete cascade, user_id uuid not null, primary key (room_id, user_id));
create table chat_messages (id bigserial primary key, room_id int not null references chat_rooms on delete cascade, sender uuid not null, body text not null, sent_at timestamptz default now());
insert into chat_rooms values (1, 'board'), (2, 'lunch');
insert into chat_members values (1, :A), (2, :B);
insert into chat_messages (room_id, sender, body) values (1, :A, 'we sell in May'), (2, :B, 'pizza?');
alter table chat_rooms enable row level security;
alter table chat_members enable row level security;
alter table chat_messages enable row level security;
create policy "see own memberships" on chat_members for select to authenticated using (user_id = auth.uid());
create policy "see own rooms" on chat_rooms for select to authenticated
  using (exists (select 1 from chat_members m where m.room_id = chat_rooms.id and m.user_id = auth.uid()));
create policy "members read messages" on chat_messages for select to authenticated
  using (exists (select 1 from chat_members m where m.user_id = auth.uid()));
create policy "members write messages" on chat_messages for insert to authenticated
  with check (sender = auth.uid() and exists (select 1 from chat_members m where m.room_id = chat_messages.room_id and m.user_id = auth.uid()));

-- set-up: blog-with-drafts
-- protected
-- published posts: anon authenticated
create type post_status as enum ('draft', 'published');
create table posts (id bigserial primary key, author_id uuid not null default auth.uid(), title text not null, body text, status post_status not null default 'draft');
insert into posts (author_id, title, status) values (:A, 'Hello', 'published'), (:A, 'Secret launch', 'draft'), (:B, 'Bonjour', 'published'), (:B, 'wip', 'draft');
alter table posts enable row level security;
create policy "published posts are for everyone" on posts for select using (status = 'published');
create policy "authors see drafts" on posts for select to authenticated using ((select auth.uid()) = author_id);
create policy "authors write" on posts for insert to authenticated with check ((select auth.uid()) = author_id);
create policy "authors edit" on posts for update to authenticated using ((select auth.uid()) = author_id) with check ((select auth.uid()) = author_id);
create policy "authors delete" on posts for delete to authenticated using ((select auth.uid()) = author_id);

-- set-up: sender-of-a-message-is-whatever-the-client-says
-- open direct_messages: authenticated insert
create table conversations (id uuid primary key default gen_random_uuid(), member_ids uuid[] not null);
create table direct_messages (
  id uuid primary key default gen_random_uuid(),
  conversation_id uuid not null references conversations(id),
  sender_id uuid not null,
  recipient_id uuid not null,
  text text
);
insert into conversations values ('11111111-0000-4000-8000-000000000001', array[:A, :B]::uuid[]);
insert into direct_messages (conversation_id, sender_id, recipient_id, text) values
  ('11111111-0000-4000-8000-000000000001', :A, :B, 'hi bert'),
  ('11111111-0000-4000-8000-000000000001', :B, :A, 'hi anna');
alter table conversations enable row level security;
alter table direct_messages enable row level security;
create policy "participants" on conversations for select to authenticated using ((select auth.uid()) = any (member_ids));
create policy "read dm" on direct_messages for select to authenticated using ((select auth.uid()) in (sender_id, recipient_id));
create policy "send dm" on direct_messages for insert to authenticated with check (
  exists (select 1 from conversations c where c.id = conversation_id and (select auth.uid()) = any (c.member_ids))
);

-- set-up: share-link-compared-with-the-token-in-a-header
-- protected
create table photo_albums (id int primary key, owner uuid not null, title text, share_token text unique);
insert into photo_albums values (1, :A, 'wedding', encode(extensions.gen_random_bytes(24), 'hex')), (2, :B, 'hike', encode(extensions.gen_random_bytes(24), 'hex')), (3, :A, 'private', null);
alter table photo_albums enable row level security;
create policy "owner" on photo_albums for all to authenticated using (owner = auth.uid()) with check (owner = auth.uid());
create policy "who has the link" on photo_albums for select to anon, authenticated
  using (share_token = (current_setting('request.headers', true)::json ->> 'x-share-token'));

-- set-up: rpc-takes-the-user-id-as-an-argument
-- open payslips: anon select
-- open payslips: authenticated select
CREATE TABLE IF NOT EXISTS "public"."payslips" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL PRIMARY KEY,
    "employee_id" "uuid" NOT NULL,
    "month" "date" NOT NULL,
    "net" numeric(10,2) NOT NULL
);
INSERT INTO "public"."payslips" ("employee_id", "month", "net") VALUES (:A, '2026-01-01', 4100), (:B, '2026-01-01', 2900);
ALTER TABLE "public"."payslips" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own payslips" ON "public"."payslips" FOR SELECT TO "authenticated" USING (("employee_id" = ( SELECT "auth"."uid"() AS "uid")));
CREATE OR REPLACE FUNCTION "public"."get_payslips"("p_employee" "uuid") RETURNS SETOF "public"."payslips"
    LANGUAGE "sql" STABLE SECURITY DEFINER
    SET "search_path" TO ''
    AS $$ select * from public.payslips where employee_id = p_employee order by month desc $$;

-- set-up: role-column-out-of-reach-by-column-grants
-- protected
create table people (id uuid primary key, display_name text, bio text, role text not null default 'user');
create table payouts (id int primary key, seller_id uuid not null, cents int);
insert into people values (:A, 'Anna', null, 'admin'), (:B, 'Bert', null, 'user');
insert into payouts values (1, :A, 70000), (2, :B, 300);
alter table people enable row level security;
alter table payouts enable row level security;
revoke insert, update, delete on people from anon, authenticated;
grant update (display_name, bio) on people to authenticated;
create policy "read own" on people for select to authenticated using (id = auth.uid());
create policy "update own" on people for update to authenticated using (id = auth.uid());
create policy "own payouts" on payouts for select to authenticated using (seller_id = auth.uid());
create policy "admin payouts" on payouts for all to authenticated using ((select p.role from people p where p.id = auth.uid()) = 'admin');

-- set-up: everybody-may-hand-himself-a-role
-- open claims: authenticated select update delete
-- first authenticated: insert into user_roles (user_id, role) values (:B, 'adjuster')
create type app_role as enum ('holder', 'adjuster');
create table user_roles (user_id uuid not null, role app_role not null, unique (user_id, role));
create table claims (id serial primary key, policy_holder uuid not null, damage text, payout numeric);
insert into user_roles values (:A, 'holder'), (:B, 'holder');
insert into claims (policy_holder, damage, payout) values (:A, 'hail', 900), (:B, 'flood', 1200);
create or replace function public.has_role(_user_id uuid, _role app_role) returns boolean language sql stable security definer set search_path = public as
$$ select exists (select 1 from public.user_roles where user_id = _user_id and role = _role) $$;
alter table user_roles enable row level security;
alter table claims enable row level security;
create policy "Users can view their roles" on user_roles for select using (auth.uid() = user_id);
create policy "Users can insert their role on signup" on user_roles for insert with check (auth.uid() = user_id);
create policy "Holders view claims" on claims for select using (auth.uid() = policy_holder);
create policy "Holders file claims" on claims for insert with check (auth.uid() = policy_holder);
create policy "Adjusters view claims" on claims for select using (has_role(auth.uid(), 'adjuster'));
create policy "Adjusters settle claims" on claims for update using (has_role(auth.uid(), 'adjuster'));
create policy "Adjusters drop claims" on claims for delete using (has_role(auth.uid(), 'adjuster'));

-- set-up: role-must-stay-what-it-was
-- protected
CREATE TABLE profiles (id UUID PRIMARY KEY, full_name TEXT, role TEXT NOT NULL DEFAULT 'applicant' CHECK (role IN ('applicant', 'recruiter')));
CREATE TABLE applications (id SERIAL PRIMARY KEY, applicant UUID NOT NULL, cv_url TEXT);
INSERT INTO profiles VALUES (:A, 'A', 'recruiter'), (:B, 'B', 'applicant');
INSERT INTO applications (applicant, cv_url) VALUES (:A, 'a.pdf'), (:B, 'b.pdf');
ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE applications ENABLE ROW LEVEL SECURITY;
CREATE POLICY "profiles_select" ON profiles FOR SELECT TO authenticated USING (id = auth.uid());
CREATE POLICY "profiles_update" ON profiles FOR UPDATE TO authenticated USING (id = auth.uid())
  WITH CHECK (id = auth.uid() AND role = (SELECT p.role FROM profiles p WHERE p.id = auth.uid()));
CREATE POLICY "applications_own" ON applications FOR SELECT TO authenticated USING (applicant = auth.uid());
CREATE POLICY "applications_recruiter" ON applications FOR SELECT TO authenticated
  USING (EXISTS (SELECT 1 FROM profiles WHERE profiles.id = auth.uid() AND profiles.role = 'recruiter'));

-- set-up: an-invitation-to-one-organisation-admits-to-all
-- open org_members: authenticated select insert
-- open org_files: authenticated select
-- first authenticated: insert into org_members (org_id, user_id) values (1, :B)
create table orgs (id int primary key, name text not null);
create table org_members (org_id int not null references orgs, user_id uuid not null, joined_at timestamptz default now(), primary key (org_id, user_id));
create table org_invites (id int primary key, org_id int not null references orgs, email text not null);
create table org_files (id int primary key, org_id int not null references orgs, title text);
insert into orgs values (1, 'acme'), (2, 'globex'), (3, 'initech');
insert into org_members (org_id, user_id) values (1, :A), (2, :B);
insert into org_invites values (1, 1, 'anna@acme.test'), (2, 3, 'bert@globex.test');
insert into org_files values (1, 1, 'salaries'), (2, 2, 'menu');
revoke all on orgs from anon, authenticated;
create function is_org_member(o int) returns boolean language sql stable security definer set search_path = '' as
  $$ select exists (select 1 from public.org_members m where m.org_id = o and m.user_id = (select auth.uid())) $$;
alter table org_members enable row level security; alter table org_invites enable row level security; alter table org_files enable row level security;
create policy "colleagues" on org_members for select to authenticated using (is_org_member(org_id));
create policy "accept invite" on org_members for insert to authenticated with check (
  user_id = auth.uid() and exists (select 1 from org_invites i where i.email = auth.email() and i.org_id = org_id));
create policy "my invites" on org_invites for select to authenticated using (email = auth.email());
create policy "org files" on org_files for select to authenticated using (is_org_member(org_id));

-- set-up: a-trigger-guards-the-admin-flag
-- protected
create table public.users (id uuid primary key, name text, is_admin boolean not null default false);
create table public.bookings (id int primary key, guest uuid not null, room text);
insert into public.users values (:A, 'A', true), (:B, 'B', false);
insert into public.bookings values (1, :A, '12'), (2, :B, '13');
create function public.protect_admin_flag() returns trigger language plpgsql set search_path = '' as $$
begin
  if new.is_admin is distinct from old.is_admin and current_user in ('anon', 'authenticated') then
    raise exception 'is_admin may not be changed' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger protect_admin_flag before update on public.users for each row execute function public.protect_admin_flag();
alter table public.users enable row level security;
alter table public.bookings enable row level security;
create policy u_sel on public.users for select to authenticated using ((select auth.uid()) = id);
create policy u_upd on public.users for update to authenticated using ((select auth.uid()) = id) with check ((select auth.uid()) = id);
create policy b_own on public.bookings for all to authenticated using ((select auth.uid()) = guest) with check ((select auth.uid()) = guest);
create policy b_admin on public.bookings for all to authenticated using (exists (select 1 from public.users u where u.id = (select auth.uid()) and u.is_admin));

-- set-up: storage-path-only-has-to-contain-the-user-id
-- open storage.objects: authenticated insert
insert into storage.buckets (id, name, public) values ('id-scans', 'id-scans', false);
insert into storage.objects (bucket_id, name, owner_id) values ('id-scans', :A || '/passport.png', :A), ('id-scans', :B || '/passport.png', :B);
create policy "scan upload" on storage.objects for insert to authenticated
  with check (bucket_id = 'id-scans' and name like '%' || auth.uid()::text || '%');
create policy "scan read" on storage.objects for select to authenticated
  using (bucket_id = 'id-scans' and owner_id = auth.uid()::text);

-- set-up: owner-stamped-by-a-trigger-whatever-was-sent
-- protected
create table time_entries (id int generated by default as identity primary key, worker uuid not null, minutes int not null, note text);
create function set_worker() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then new.worker := auth.uid(); else new.worker := old.worker; end if;
  return new;
end $$;
insert into time_entries (worker, minutes) values (:A, 30), (:B, 45);
create trigger time_entries_worker before insert or update on time_entries for each row execute function set_worker();
alter table time_entries enable row level security;
create policy te_select on time_entries for select to authenticated using (worker = auth.uid());
create policy te_insert on time_entries for insert to authenticated with check (true);
create policy te_update on time_entries for update to authenticated using (worker = auth.uid()) with check (true);

-- set-up: broadcast-channels-for-every-signed-in-user
-- open realtime.messages: authenticated select insert
create table driver_positions (driver_id uuid primary key, lat double precision, lon double precision, seen_at timestamptz default now());
insert into driver_positions (driver_id, lat, lon) values (:A, 52.5, 13.4), (:B, 48.1, 11.6);
alter table driver_positions enable row level security;
create policy "drivers see themselves" on driver_positions for select to authenticated using (driver_id = auth.uid());
insert into realtime.messages (topic, extension, payload, event, private) values
  ('user:' || :A, 'broadcast', '{"lat": 52.5}', 'moved', true), ('user:' || :B, 'broadcast', '{"lat": 48.1}', 'moved', true);
create policy "authenticated can receive broadcasts" on realtime.messages for select to authenticated using (true);
create policy "authenticated can send broadcasts" on realtime.messages for insert to authenticated with check (true);

-- set-up: my-tasks-view-with-check-option
-- protected
create table all_todos (id bigint generated by default as identity primary key, assignee uuid not null, title text not null);
insert into all_todos (assignee, title) values (:A, 'file taxes'), (:B, 'buy milk');
alter table all_todos enable row level security;
create view my_todos with (security_barrier) as
  select id, assignee, title from all_todos where assignee = auth.uid()
  with local check option;

-- set-up: share-link-policy-asks-only-whether-a-link-exists
-- open whiteboards: anon select
-- open whiteboards: authenticated select
create table whiteboards (id uuid default gen_random_uuid() primary key, owner uuid not null, title text, content jsonb default '{}', share_token text unique);
insert into whiteboards (owner, title, share_token) values (:A, 'reorg 2027', encode(extensions.gen_random_bytes(16), 'hex')), (:A, 'diary', null), (:B, 'retro', encode(extensions.gen_random_bytes(16), 'hex'));
alter table whiteboards enable row level security;
create policy "own boards" on whiteboards for all to authenticated using (owner = auth.uid()) with check (owner = auth.uid());
-- people with the link may look at the board: /b/:token
create policy "shared boards" on whiteboards for select to anon, authenticated using (share_token is not null);

-- set-up: matview-only-through-a-function-for-oneself
-- protected
create table sales (id int primary key, seller_id uuid not null, cents int not null);
insert into sales values (1, :A, 900), (2, :A, 100), (3, :B, 50);
alter table sales enable row level security;
create policy seller on sales for select to authenticated using (seller_id = (select auth.uid()));
create materialized view seller_totals as select seller_id, sum(cents) as cents from sales group by 1;
revoke all on seller_totals from anon, authenticated;
create function my_totals() returns setof seller_totals language sql stable security definer set search_path = ''
  as $$ select * from public.seller_totals where seller_id = auth.uid() $$;

-- set-up: coalesce-gives-visitors-the-owners-id
-- open wishlists: anon select insert update delete
CREATE TABLE public.wishlists (id int8 generated by default as identity primary key, user_id uuid not null, product_sku text not null);
INSERT INTO public.wishlists (user_id, product_sku) VALUES (:A, 'sku-1'), (:B, 'sku-2');
ALTER TABLE public.wishlists ENABLE ROW LEVEL SECURITY;
CREATE POLICY wishlists_rw ON public.wishlists USING (COALESCE(auth.uid(), user_id) = user_id);

-- set-up: partitions-each-guarded
-- protected
create table sensor_readings (owner_id uuid not null, taken_at timestamptz not null, celsius real) partition by range (taken_at);
create table sensor_readings_y2026 partition of sensor_readings for values from ('2026-01-01') to ('2027-01-01');
create table sensor_readings_default partition of sensor_readings default;
insert into sensor_readings values (:A, '2026-02-01', 20.5), (:B, '2026-02-01', 19), (:A, '2025-02-01', 18), (:B, '2025-02-01', 17);
alter table sensor_readings enable row level security;
alter table sensor_readings_y2026 enable row level security;
revoke all on sensor_readings_default from anon, authenticated;
create policy "owner reads" on sensor_readings for select to authenticated using (owner_id = auth.uid());

-- set-up: clinic-patients-for-any-login
-- open patients: authenticated select insert update delete
-- open prescriptions: authenticated select insert update delete
create table patients (id int primary key, user_id uuid not null unique, full_name text not null, insurance_no text);
create table prescriptions (id int primary key, patient_id int not null references patients on delete cascade, drug text not null);
insert into patients values (1, :A, 'Anna', 'X-100'), (2, :B, 'Bert', 'X-200');
insert into prescriptions values (1, 1, 'sertraline'), (2, 2, 'ibuprofen');
alter table patients enable row level security;
alter table prescriptions enable row level security;
create policy "Enable all for authenticated users only" on patients as permissive for all to public using (auth.role() = 'authenticated') with check (auth.role() = 'authenticated');
create policy "Enable all for authenticated users only" on prescriptions as permissive for all to authenticated using (true) with check (true);

-- set-up: second-factor-by-a-restrictive-policy
-- protected
create table wallets (user_id uuid primary key, seed_phrase_encrypted bytea, label text);
insert into wallets values (:A, '\x01', 'main'), (:B, '\x02', 'savings');
alter table wallets enable row level security;
create policy "Own wallet" on wallets for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Enforce MFA for all end users" on wallets as restrictive to authenticated using ((select auth.jwt() ->> 'aal') = 'aal2');

-- set-up: a-replaced-view-loses-its-invoker-option
-- open contract_list: anon select insert update delete
-- open contract_list: authenticated select insert update delete
create table contracts (id int primary key, party uuid not null, title text, value_cents bigint);
insert into contracts values (1, :A, 'lease', 990000), (2, :B, 'gym', 3000);
alter table contracts enable row level security;
create policy party_reads on contracts for select to authenticated using (party = (select auth.uid()));
create view contract_list with (security_invoker = on) as select id, party, title from contracts;
-- a later migration adds the value
create or replace view contract_list as select id, party, title, value_cents from contracts;

-- set-up: tenant-in-app-metadata
-- protected
create table warehouses (id uuid primary key default gen_random_uuid(), tenant_id uuid not null, city text);
-- A's tenant ends in a, B's in b (auth.users.raw_app_meta_data)
insert into warehouses (tenant_id, city) values ('77777777-0000-4000-8000-00000000000a', 'Berlin'), ('77777777-0000-4000-8000-00000000000b', 'Lyon');
update auth.users set raw_app_meta_data = jsonb_build_object('tenant_id', '77777777-0000-4000-8000-00000000000' || left(email, 1));
create function current_tenant() returns uuid language sql stable as $$ select nullif(auth.jwt() -> 'app_metadata' ->> 'tenant_id', '')::uuid $$;
alter table warehouses enable row level security;
create policy tenant on warehouses to authenticated using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));

-- set-up: my-tasks-view-without-check-option
-- open my_tasks: anon insert
-- open my_tasks: authenticated insert
create table tasks (id bigint generated by default as identity primary key, user_id uuid not null, title text not null, done boolean default false);
insert into tasks (user_id, title) values (:A, 'file taxes'), (:B, 'buy milk');
alter table tasks enable row level security;
create view my_tasks as select id, user_id, title, done from tasks where user_id = auth.uid();

-- set-up: children-rely-on-the-parents-policy
-- protected
create table trips (id int primary key, traveller uuid not null, title text);
create table trip_stops (id int primary key, trip_id int not null references trips, place text);
insert into trips values (1, :A, 'Rome'), (2, :B, 'Oslo');
insert into trip_stops values (1, 1, 'Forum'), (2, 2, 'Opera');
alter table trips enable row level security;
alter table trip_stops enable row level security;
create policy trips_own on trips for all to authenticated using (traveller = auth.uid()) with check (traveller = auth.uid());
-- the sub-select sees only the trips of the caller
create policy stops_of_visible_trips on trip_stops for all to authenticated
  using (trip_id in (select id from trips)) with check (trip_id in (select id from trips));

-- set-up: trigger-fills-the-owner-only-when-it-is-missing
-- open expenses: authenticated insert
create table expenses (id uuid primary key default gen_random_uuid(), employee uuid not null, amount numeric not null, receipt_path text);
create function stamp_employee() returns trigger language plpgsql as $$
begin
  new.employee := coalesce(new.employee, auth.uid());
  return new;
end $$;
create trigger expenses_stamp before insert on expenses for each row execute function stamp_employee();
insert into expenses (employee, amount) values (:A, 12.5), (:B, 99);
alter table expenses enable row level security;
create policy "employees see their expenses" on expenses for select to authenticated using (employee = auth.uid());
-- the trigger sets the employee, nothing to check here
create policy "employees file expenses" on expenses for insert to authenticated with check (true);

-- set-up: prisma-behind-the-api
-- protected
-- all access is by Prisma from the Next.js server, as the owner; the REST API is not used
CREATE TABLE "User" ("id" UUID NOT NULL, "email" TEXT NOT NULL, "passwordHash" TEXT, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Order" ("id" SERIAL NOT NULL, "userId" UUID NOT NULL, "total" DECIMAL(65,30) NOT NULL, CONSTRAINT "Order_pkey" PRIMARY KEY ("id"));
INSERT INTO "User" VALUES (:A, 'anna@acme.test', 'h'), (:B, 'bert@globex.test', 'h');
INSERT INTO "Order" ("userId", "total") VALUES (:A, 10), (:B, 20);
ALTER TABLE "Order" ADD CONSTRAINT "Order_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM anon, authenticated;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM anon, authenticated;

-- set-up: tenant-from-a-request-header
-- open shipments: authenticated select insert update delete
-- first authenticated: select set_config('request.headers', '{"x-tenant": "acme"}', true)
create table tenant_users (tenant text not null, user_id uuid not null, primary key (tenant, user_id));
create table shipments (id int primary key, tenant text not null, address text);
insert into tenant_users values ('acme', :A), ('globex', :B);
insert into shipments values (1, 'acme', '1 Main St'), (2, 'globex', '2 Side St');
alter table tenant_users enable row level security;
alter table shipments enable row level security;
create policy tu on tenant_users for select to authenticated using (user_id = auth.uid());
-- the front end sends the tenant of the sub-domain with each request
create policy tenant_rows on shipments for all to authenticated
  using (tenant = current_setting('request.headers', true)::json ->> 'x-tenant')
  with check (tenant = current_setting('request.headers', true)::json ->> 'x-tenant');

-- set-up: rpc-asks-who-is-calling
-- protected
create table courses (id int primary key, teacher uuid not null, title text);
create table course_members (course_id int references courses, user_id uuid, progress int default 0, primary key (course_id, user_id));
insert into courses values (1, :A, 'knitting'), (2, :B, 'welding');
insert into course_members values (1, :A, 0), (2, :B, 0), (1, 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', 60);
alter table courses enable row level security;
alter table course_members enable row level security;
create policy c on courses for select to authenticated using (teacher = auth.uid());
create policy cm on course_members for select to authenticated using (user_id = auth.uid());
create function course_roster(p_course int) returns setof course_members language plpgsql stable security definer set search_path = '' as $$
begin
  if not exists (select 1 from public.courses where id = p_course and teacher = auth.uid()) then
    raise exception 'not your course' using errcode = '42501';
  end if;
  return query select * from public.course_members where course_id = p_course;
end $$;

-- set-up: forced-but-never-enabled
-- open bank_accounts: anon select insert update delete
-- open bank_accounts: authenticated select insert update delete
create table bank_accounts (iban text primary key, holder uuid not null, balance_cents bigint not null default 0);
insert into bank_accounts values ('DE01', :A, 100), ('DE02', :B, 200);
alter table bank_accounts force row level security;
create policy holder_only on bank_accounts using (holder = auth.uid()) with check (holder = auth.uid());

-- set-up: storage-folder-per-user
-- protected
insert into storage.buckets (id, name, public) values ('x-rays', 'x-rays', false);
insert into storage.objects (bucket_id, name, owner, owner_id) values ('x-rays', :A || '/hand.dcm', :A, :A), ('x-rays', :B || '/foot.dcm', :B, :B);
create policy "Give users access to own folder 1ffg0oo_0" on storage.objects for select to authenticated using (bucket_id = 'x-rays' and (select auth.uid()::text) = (storage.foldername(name))[1]);
create policy "Give users access to own folder 1ffg0oo_1" on storage.objects for insert to authenticated with check (bucket_id = 'x-rays' and (select auth.uid()::text) = (storage.foldername(name))[1]);
create policy "Give users access to own folder 1ffg0oo_2" on storage.objects for update to authenticated using (bucket_id = 'x-rays' and (select auth.uid()::text) = (storage.foldername(name))[1]);
create policy "Give users access to own folder 1ffg0oo_3" on storage.objects for delete to authenticated using (bucket_id = 'x-rays' and (select auth.uid()::text) = (storage.foldername(name))[1]);

-- set-up: own-rows-only-checked-on-the-way-in
-- open saved_searches: anon select delete
-- open saved_searches: authenticated select update delete
create table saved_searches (id int generated by default as identity primary key, user_id uuid not null default auth.uid(), query text not null, alert boolean default false);
insert into saved_searches (user_id, query) values (:A, 'divorce lawyer'), (:B, 'bicycle');
alter table saved_searches enable row level security;
create policy "users manage saved searches" on saved_searches for all using (true) with check (auth.uid() = user_id);

-- set-up: realtime-room-members
-- protected
create table room_users (room text not null, user_id uuid not null, primary key (room, user_id));
insert into room_users values ('ops', :A), ('fun', :B);
alter table room_users enable row level security;
create policy ru on room_users for select to authenticated using (user_id = (select auth.uid()));
insert into realtime.messages (topic, extension, payload, event, private) values ('room:ops', 'broadcast', '{"t": "incident"}', 'msg', true), ('room:fun', 'broadcast', '{"t": "lol"}', 'msg', true);
create policy "members receive" on realtime.messages for select to authenticated using (
  realtime.messages.extension in ('broadcast', 'presence') and exists (
    select 1 from room_users where user_id = (select auth.uid()) and 'room:' || room = (select realtime.topic()) and topic = (select realtime.topic())));
create policy "members send" on realtime.messages for insert to authenticated with check (
  realtime.messages.extension in ('broadcast', 'presence') and exists (
    select 1 from room_users where user_id = (select auth.uid()) and 'room:' || room = (select realtime.topic()) and topic = (select realtime.topic())));

-- set-up: service-role-policy-without-its-role
-- open webhook_events: anon select insert update delete
-- open webhook_events: authenticated select insert update delete
create table public.webhook_events (
  id uuid not null default gen_random_uuid() primary key,
  account_id uuid not null,
  payload jsonb not null,
  processed boolean not null default false
);
insert into public.webhook_events (account_id, payload) values (:A, '{"card": "4242"}'), (:B, '{"card": "1881"}');
alter table public.webhook_events enable row level security;
create policy "Service role has full access" on public.webhook_events for all using (true) with check (true);

-- set-up: soft-delete-as-a-restrictive-policy
-- protected
create table memos (id uuid primary key default gen_random_uuid(), owner_id uuid not null default auth.uid(), body text, deleted_at timestamptz);
insert into memos (owner_id, body, deleted_at) values (:A, 'one', null), (:A, 'two', now()), (:B, 'three', null), (:B, 'four', now());
alter table memos enable row level security;
create policy memos_owner on memos for all to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
create policy memos_not_deleted on memos as restrictive for select using (deleted_at is null);

-- set-up: unsubscribe-link-updates-any-subscriber
-- open newsletter_subscribers: anon update
-- open newsletter_subscribers: authenticated update
create table newsletter_subscribers (id int generated by default as identity primary key, user_id uuid, email text not null, subscribed boolean not null default true);
insert into newsletter_subscribers (user_id, email) values (:A, 'anna@acme.test'), (:B, 'bert@globex.test');
alter table newsletter_subscribers enable row level security;
-- the form on the landing page: anyone may enter an address
create policy "anyone can subscribe" on newsletter_subscribers for insert to anon, authenticated with check (true);
-- nobody may read the list, but the unsubscribe page has no session
create policy "anyone can unsubscribe" on newsletter_subscribers for update to anon, authenticated using (true);

-- set-up: audit-trail-for-the-admins-of-the-organisation
-- protected
CREATE TABLE assets (id INT PRIMARY KEY, org TEXT NOT NULL, name TEXT NOT NULL);
CREATE TABLE audit_log (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, org TEXT NOT NULL, actor UUID, op TEXT NOT NULL, before JSONB, after JSONB, at TIMESTAMPTZ NOT NULL DEFAULT now());
CREATE OR REPLACE FUNCTION write_audit() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  INSERT INTO audit_log (org, actor, op, before, after)
  VALUES (COALESCE(NEW.org, OLD.org), auth.uid(), TG_OP, to_jsonb(OLD), to_jsonb(NEW));
  RETURN NULL;
END $$;
CREATE TRIGGER assets_audit AFTER INSERT OR UPDATE OR DELETE ON assets FOR EACH ROW EXECUTE FUNCTION write_audit();
INSERT INTO assets VALUES (1, 'acme', 'crane'), (2, 'globex', 'laser');
ALTER TABLE assets ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY org_assets ON assets FOR ALL TO authenticated
  USING (org = (auth.jwt() -> 'app_metadata' ->> 'org')) WITH CHECK (org = (auth.jwt() -> 'app_metadata' ->> 'org'));
CREATE POLICY org_admin_reads_audit ON audit_log FOR SELECT TO authenticated
  USING (org = (auth.jwt() -> 'app_metadata' ->> 'org') AND (auth.jwt() -> 'app_metadata' ->> 'org_role') IN ('owner', 'admin'));

-- set-up: api-schema-shows-private-tables-by-views
-- open api.customers: anon select insert update delete
-- open api.customers: authenticated select insert update delete
-- PostgREST exposes the schema "api" (db-schemas = "public, api"); core is private
create schema core;
create schema api;
grant usage on schema api to anon, authenticated, service_role;
create table core.customers (id serial primary key, account_manager uuid not null, company text, credit_limit int);
insert into core.customers (account_manager, company, credit_limit) values (:A, 'Umbrella', 5000), (:B, 'Hooli', 100);
alter table core.customers enable row level security;
create policy managers on core.customers for all using (account_manager = auth.uid());
create view api.customers as select id, account_manager, company, credit_limit from core.customers;
grant all on all tables in schema api to anon, authenticated, service_role;

-- set-up: invitations-accepted-by-a-function-with-the-token
-- protected
create table clubs (id int primary key, name text);
create table club_members (club_id int references clubs, user_id uuid, primary key (club_id, user_id));
create table club_invites (token uuid primary key default gen_random_uuid(), club_id int not null references clubs, created_by uuid not null, used_at timestamptz);
insert into clubs values (1, 'chess'), (2, 'judo');
insert into club_members values (1, :A), (2, :B);
insert into club_invites (club_id, created_by) values (1, :A), (2, :B);
create function is_club_member(c int) returns boolean language sql stable security definer set search_path = '' as
  $$ select exists (select from public.club_members where club_id = c and user_id = auth.uid()) $$;
create function accept_invite(p_token uuid) returns int language plpgsql security definer set search_path = '' as $$
declare c int;
begin
  if auth.uid() is null then raise exception 'sign in first'; end if;
  update public.club_invites set used_at = now() where token = p_token and used_at is null returning club_id into c;
  if c is not null then
    insert into public.club_members values (c, auth.uid()) on conflict do nothing;
  end if;
  return c;
end $$;
alter table clubs enable row level security;
alter table club_members enable row level security;
alter table club_invites enable row level security;
create policy clubs_read on clubs for select to authenticated using (is_club_member(id));
create policy members_read on club_members for select to authenticated using (is_club_member(club_id));

-- set-up: prisma-session-table-left-behind
-- open Session: anon select insert update delete
-- open Session: authenticated select insert update delete
-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL,
    "userId" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "refreshToken" TEXT,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "sessionToken" TEXT NOT NULL,
    "userId" UUID NOT NULL,
    "expires" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);
INSERT INTO "Account" VALUES ('acc1', :A, 'google', 'r1'), ('acc2', :B, 'github', 'r2');
INSERT INTO "Session" VALUES ('s1', 't1', :A, '2027-01-01'), ('s2', 't2', :B, '2027-01-01');
-- AlterTable
ALTER TABLE "Account" ENABLE ROW LEVEL SECURITY;

-- set-up: price-list-for-everybody
-- protected
-- published plans: anon authenticated
create table plans (code text primary key, title text not null, cents int not null);
create table subscriptions (user_id uuid primary key, plan text not null references plans, valid_until date);
insert into plans values ('free', 'Free', 0), ('pro', 'Pro', 1900);
insert into subscriptions values (:A, 'pro', '2027-01-01'), (:B, 'free', null);
alter table plans enable row level security;
alter table subscriptions enable row level security;
create policy "Allow public read-only access." on plans for select using (true);
create policy "Can only view own subs data." on subscriptions for select using (auth.uid() = user_id);

-- set-up: order-items-have-no-row-security
-- open order_items: anon select insert update delete
-- open order_items: authenticated select insert update delete
CREATE TABLE "orders" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"customer_id" uuid NOT NULL,
	"status" text DEFAULT 'open' NOT NULL
);
--> statement-breakpoint
ALTER TABLE "orders" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "order_items" (
	"id" serial PRIMARY KEY NOT NULL,
	"order_id" uuid NOT NULL,
	"sku" text NOT NULL,
	"qty" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
INSERT INTO "orders" ("id", "customer_id") VALUES ('22222222-0000-4000-8000-000000000001', :A), ('22222222-0000-4000-8000-000000000002', :B);
INSERT INTO "order_items" ("order_id", "sku") VALUES ('22222222-0000-4000-8000-000000000001', 'ring'), ('22222222-0000-4000-8000-000000000002', 'mug');
ALTER TABLE "order_items" ADD CONSTRAINT "order_items_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "orders_owner" ON "orders" AS PERMISSIVE FOR ALL TO "authenticated" USING ((select auth.uid()) = "orders"."customer_id") WITH CHECK ((select auth.uid()) = "orders"."customer_id");

-- set-up: marketplace-listings-and-offers
-- protected
-- published listings: anon authenticated
create table listings (id int primary key, seller_id uuid not null, title text not null, price numeric(10,2), active boolean not null default false);
create table offers (id int generated by default as identity primary key, listing_id int not null references listings on delete cascade, buyer_id uuid not null, amount numeric(10,2) not null, accepted boolean not null default false);
insert into listings values (1, :A, 'bike', 100, true), (2, :A, 'watch', 900, false), (3, :B, 'sofa', 50, true);
insert into offers (listing_id, buyer_id, amount) values (3, :A, 40), (1, :B, 90), (1, 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', 95);
alter table listings enable row level security;
alter table offers enable row level security;
create policy "browse" on listings for select using (active or seller_id = (select auth.uid()));
create policy "sell" on listings for insert to authenticated with check (seller_id = (select auth.uid()));
create policy "change" on listings for update to authenticated using (seller_id = (select auth.uid()));
create policy "withdraw" on listings for delete to authenticated using (seller_id = (select auth.uid()));
create policy "both sides see an offer" on offers for select to authenticated using (
  buyer_id = (select auth.uid()) or exists (select 1 from listings l where l.id = offers.listing_id and l.seller_id = (select auth.uid())));
create policy "bid" on offers for insert to authenticated with check (buyer_id = (select auth.uid()) and not accepted);
create policy "take back" on offers for delete to authenticated using (buyer_id = (select auth.uid()));

-- set-up: reviews-in-anybodys-name
-- published product_reviews: anon authenticated
-- open product_reviews: authenticated insert
create table purchases (id int primary key, buyer_id uuid not null, product_id int not null);
create table product_reviews (id int generated by default as identity primary key, product_id int not null, reviewer_id uuid not null, stars int check (stars between 1 and 5), body text);
insert into purchases values (1, :A, 10), (2, :B, 10);
insert into product_reviews (product_id, reviewer_id, stars, body) values (10, :A, 5, 'great'), (10, :B, 1, 'broke');
alter table purchases enable row level security;
alter table product_reviews enable row level security;
create policy "buyer" on purchases for select to authenticated using (buyer_id = auth.uid());
create policy "reviews are public" on product_reviews for select using (true);
create policy "only buyers review" on product_reviews for insert to authenticated with check (
  exists (select 1 from purchases p where p.product_id = product_reviews.product_id and p.buyer_id = auth.uid()));
create policy "edit my review" on product_reviews for update to authenticated using (reviewer_id = auth.uid()) with check (reviewer_id = auth.uid());

-- set-up: lessons-for-those-who-paid
-- protected
-- published lessons: anon authenticated
create table lessons (id int primary key, course_id int not null, title text, video_path text, is_preview boolean not null default false);
create table course_purchases (course_id int not null, user_id uuid not null, stripe_payment text, primary key (course_id, user_id));
insert into lessons values (1, 1, 'Intro', 'a.mp4', true), (2, 1, 'Deep dive', 'b.mp4', false), (3, 2, 'Start', 'c.mp4', false);
-- written by the stripe webhook with the service key
insert into course_purchases values (1, :A, 'pi_1'), (2, :B, 'pi_2');
alter table lessons enable row level security;
alter table course_purchases enable row level security;
create policy "previews" on lessons for select using (is_preview = true);
create policy "students" on lessons for select to authenticated using (
  exists (select 1 from course_purchases cp where cp.course_id = lessons.course_id and cp.user_id = auth.uid()));
create policy "own purchases" on course_purchases for select to authenticated using (user_id = auth.uid());

-- set-up: a-patient-books-himself-as-the-doctor
-- open consultations: authenticated insert
-- open medical_records: authenticated select
-- first authenticated: insert into consultations (patient_id, doctor_id) values (:A, :B)
create table consultations (id uuid primary key default gen_random_uuid(), patient_id uuid not null, doctor_id uuid not null, starts_at timestamptz default now());
create table medical_records (id uuid primary key default gen_random_uuid(), patient_id uuid not null, diagnosis text);
insert into consultations (patient_id, doctor_id) values (:A, 'dddddddd-dddd-4ddd-8ddd-dddddddddddd'), (:B, 'dddddddd-dddd-4ddd-8ddd-dddddddddddd');
insert into medical_records (patient_id, diagnosis) values (:A, 'F32.1'), (:B, 'S93.4');
alter table consultations enable row level security;
alter table medical_records enable row level security;
create policy "parties see consultation" on consultations for select to authenticated using (auth.uid() in (patient_id, doctor_id));
create policy "parties book consultation" on consultations for insert to authenticated with check (auth.uid() = patient_id or auth.uid() = doctor_id);
create policy "patient reads record" on medical_records for select to authenticated using (patient_id = auth.uid());
create policy "treating doctor reads record" on medical_records for select to authenticated using (
  exists (select 1 from consultations c where c.patient_id = medical_records.patient_id and c.doctor_id = auth.uid()));

-- set-up: friend-requests-answered-by-one-column
-- protected
create table friend_requests (id int primary key, from_id uuid not null, to_id uuid not null, state text not null default 'pending');
create table stories (id int primary key, author uuid not null, photo text);
insert into friend_requests values (1, :A, 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'pending'), (2, 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', :B, 'pending');
insert into stories values (1, :A, 'beach.jpg'), (2, :B, 'car.jpg');
revoke update on friend_requests from anon, authenticated;
grant update (state) on friend_requests to authenticated;
alter table friend_requests enable row level security;
alter table stories enable row level security;
create policy "see" on friend_requests for select to authenticated using (auth.uid() in (from_id, to_id));
create policy "ask" on friend_requests for insert to authenticated with check (from_id = auth.uid() and state = 'pending');
create policy "answer" on friend_requests for update to authenticated using (to_id = auth.uid());
create policy "own" on stories for all to authenticated using (author = auth.uid()) with check (author = auth.uid());
create policy "friends" on stories for select to authenticated using (exists (
  select 1 from friend_requests f where f.state = 'accepted' and author in (f.from_id, f.to_id) and auth.uid() in (f.from_id, f.to_id)));

-- set-up: accepted-friendship-rewritten-to-another-requester
-- open moments: authenticated select
-- first authenticated: update friendships set requester = :A, status = 'accepted' where addressee = :B
create table friendships (id int primary key, requester uuid not null, addressee uuid not null, status text not null default 'pending' check (status in ('pending', 'accepted')));
create table moments (id int primary key, author uuid not null, photo text);
insert into friendships values (1, :B, :A, 'pending'), (2, 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', :B, 'pending');
insert into moments values (1, :A, 'beach.jpg'), (2, :B, 'car.jpg');
alter table friendships enable row level security;
alter table moments enable row level security;
create policy "see mine" on friendships for select to authenticated using (auth.uid() in (requester, addressee));
create policy "ask" on friendships for insert to authenticated with check (requester = auth.uid() and status = 'pending');
create policy "answer" on friendships for update to authenticated using (addressee = auth.uid()) with check (addressee = auth.uid());
create policy "own moments" on moments for all to authenticated using (author = auth.uid()) with check (author = auth.uid());
create policy "moments of friends" on moments for select to authenticated using (exists (
  select 1 from friendships f where f.status = 'accepted'
    and ((f.requester = author and f.addressee = auth.uid()) or (f.addressee = author and f.requester = auth.uid()))));

-- set-up: poll-results-without-the-voters
-- protected
-- published poll_results: anon authenticated
create table votes (poll int not null, voter uuid not null, choice text not null, primary key (poll, voter));
insert into votes values (1, :A, 'yes'), (1, :B, 'no');
alter table votes enable row level security;
create policy "one vote each" on votes for insert to authenticated with check (voter = auth.uid());
create policy "see my vote" on votes for select to authenticated using (voter = auth.uid());
-- on purpose with the rights of the owner: it counts and names nobody
create view poll_results as select poll, choice, count(*) as n from votes group by poll, choice;
revoke all on poll_results from anon, authenticated;
grant select on poll_results to anon, authenticated;

-- set-up: inherited-archive-table
-- open activity_archive: anon select insert update delete
-- open activity_archive: authenticated select insert update delete
CREATE TABLE activity (id bigserial, actor uuid NOT NULL, verb text, at timestamptz DEFAULT now());
CREATE TABLE activity_archive () INHERITS (activity);
INSERT INTO activity (actor, verb) VALUES (:A, 'login'), (:B, 'login');
INSERT INTO activity_archive (actor, verb) VALUES (:A, 'password reset'), (:B, 'logout');
ALTER TABLE activity ENABLE ROW LEVEL SECURITY;
CREATE POLICY activity_own ON activity FOR SELECT USING (actor = auth.uid());

-- set-up: api-schema-of-invoker-views
-- protected
-- [api] schemas = ["api"] in config.toml
create schema internal;
create schema api;
grant usage on schema internal, api to authenticated;
create table internal.orders (id int primary key, buyer uuid not null, total numeric, margin numeric);
insert into internal.orders values (1, :A, 10, 3), (2, :B, 20, 4);
alter table internal.orders enable row level security;
grant select, insert on internal.orders to authenticated;
create policy buyer_select on internal.orders for select to authenticated using (buyer = auth.uid());
create policy buyer_insert on internal.orders for insert to authenticated with check (buyer = auth.uid());
create view api.orders with (security_invoker = true) as select id, buyer, total from internal.orders;
grant select, insert on api.orders to authenticated;

-- set-up: restrictive-tenant-rule-for-reading-only
-- open invoices_2: authenticated insert update delete
create table invoices_2 (id int primary key, tenant_id int not null, total numeric not null default 0);
insert into invoices_2 values (1, 1, 500), (2, 2, 50);
comment on table invoices_2 is 'tenant_id of the session is in app_metadata, set by the sign-up hook: A 1, B 2';
alter table invoices_2 enable row level security;
create policy base_access on invoices_2 as permissive for all to authenticated using (true) with check (true);
create policy tenant_isolation on invoices_2 as restrictive for select to authenticated
  using (tenant_id = ((auth.jwt() -> 'app_metadata' ->> 'tenant_id'))::int);

-- set-up: dump-of-the-supabase-cli
-- protected
SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
CREATE TABLE IF NOT EXISTS "public"."journal_entries" (
    "id" "uuid" DEFAULT "gen_random_uuid"() NOT NULL,
    "user_id" "uuid" DEFAULT "auth"."uid"() NOT NULL,
    "mood" smallint,
    "entry" "text" NOT NULL
);
ALTER TABLE "public"."journal_entries" OWNER TO "postgres";
INSERT INTO "public"."journal_entries" ("user_id", "entry") VALUES (:A, 'dear diary'), (:B, 'day one');
ALTER TABLE ONLY "public"."journal_entries" ADD CONSTRAINT "journal_entries_pkey" PRIMARY KEY ("id");
CREATE INDEX "journal_entries_user_id_idx" ON "public"."journal_entries" USING "btree" ("user_id");
CREATE POLICY "Enable users to manage their own entries" ON "public"."journal_entries" TO "authenticated" USING ((( SELECT "auth"."uid"() AS "uid") = "user_id"));
ALTER TABLE "public"."journal_entries" ENABLE ROW LEVEL SECURITY;
GRANT ALL ON TABLE "public"."journal_entries" TO "anon";
GRANT ALL ON TABLE "public"."journal_entries" TO "authenticated";
GRANT ALL ON TABLE "public"."journal_entries" TO "service_role";

-- set-up: invoker-view-on-top-of-an-owner-view
-- open salary_base: anon select insert update delete
-- open salary_base: authenticated select insert update delete
-- open salary_report: anon select insert update delete
-- open salary_report: authenticated select insert update delete
create table salaries (employee uuid primary key, gross int not null, currency text default 'EUR');
insert into salaries values (:A, 80000), (:B, 40000);
alter table salaries enable row level security;
create policy own_salary on salaries for select to authenticated using (employee = (select auth.uid()));
create view salary_base as select employee, gross, currency from salaries;
-- linter said: use security_invoker
create view salary_report with (security_invoker = true) as select employee, gross, currency from salary_base;

-- set-up: true-but-for-the-service-role
-- protected
create table job_queue (id bigint generated by default as identity primary key, requested_by uuid, kind text, args jsonb);
insert into job_queue (requested_by, kind) values (:A, 'export'), (:B, 'resize');
alter table job_queue enable row level security;
create policy "service_role_all" on job_queue for all to service_role using (true) with check (true);
create policy "worker by claim" on job_queue for select using (auth.role() = 'service_role');

-- set-up: public-profile-view-can-be-written
-- published public_profiles: anon authenticated
-- open public_profiles: anon insert update delete
-- open public_profiles: authenticated insert update delete
create table account_profiles (id uuid primary key, username text unique, avatar_url text, phone text);
insert into account_profiles values (:A, 'anna', 'a.png', '+49 1'), (:B, 'bert', 'b.png', '+49 2');
alter table account_profiles enable row level security;
create policy "self" on account_profiles for all to authenticated using (id = auth.uid()) with check (id = auth.uid());
-- name and picture of everybody are shown beside each comment; the phone number is not in the view
create view public_profiles as select id, username, avatar_url from account_profiles;

-- set-up: policy-says-true-but-nothing-is-granted
-- protected
create table feature_usage (user_id uuid not null, feature text not null, used_at timestamptz default now());
insert into feature_usage (user_id, feature) values (:A, 'export'), (:B, 'import');
alter table feature_usage enable row level security;
create policy "read" on feature_usage for select using (true);
create policy "write" on feature_usage for all using (true) with check (true);
-- 0042: only the metabase user reads this now
REVOKE ALL ON TABLE feature_usage FROM PUBLIC, anon, authenticated;

-- set-up: anybody-may-call-the-delete-function
-- open memberships: anon delete
-- open memberships: authenticated delete
create table memberships (user_id uuid primary key, plan text not null default 'gold', since date default current_date);
insert into memberships (user_id) values (:A), (:B);
alter table memberships enable row level security;
create policy sel on memberships for select to authenticated using (user_id = auth.uid());
create or replace function cancel_membership(uid uuid) returns boolean language plpgsql security definer as $$
begin
  delete from memberships where user_id = uid;
  return found;
end; $$;

-- set-up: api-keys-without-the-hash
-- protected
create table api_keys (id uuid primary key default gen_random_uuid(), user_id uuid not null, label text, last_four text, key_hash text not null);
insert into api_keys (user_id, label, last_four, key_hash) values (:A, 'ci', 'x1y2', 'h1'), (:B, 'cron', 'z3z4', 'h2');
revoke all on api_keys from anon, authenticated;
grant select (id, user_id, label, last_four), update (label), delete on api_keys to authenticated;
alter table api_keys enable row level security;
create policy keys_read on api_keys for select to authenticated using (user_id = (select auth.uid()));
create policy keys_rename on api_keys for update to authenticated using (user_id = (select auth.uid()));
create policy keys_revoke on api_keys for delete to authenticated using (user_id = (select auth.uid()));

-- set-up: execute-revoked-from-public-only
-- open leads_pipeline: anon select
-- open leads_pipeline: authenticated select
create table leads_pipeline (id int primary key, rep uuid not null, company text, value int);
insert into leads_pipeline values (1, :A, 'Soylent', 90), (2, :B, 'Wonka', 20);
alter table leads_pipeline enable row level security;
create policy rep_reads on leads_pipeline for select to authenticated using (rep = auth.uid());
create function export_pipeline() returns setof leads_pipeline language sql security definer set search_path = public as $$ select * from leads_pipeline $$;
-- for the nightly export only
revoke execute on function export_pipeline() from public;
grant execute on function export_pipeline() to service_role;

-- set-up: tenant-setting-made-by-the-backend
-- protected
create table rentals (id int primary key, tenant_id uuid not null, item text);
insert into rentals values (1, :A, 'drill'), (2, :B, 'ladder');
alter table rentals enable row level security;
alter table rentals force row level security;
-- the backend runs: select set_config('app.tenant_id', $1, true) in each transaction; nothing sets it for REST
create policy tenant_isolation_policy on rentals
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- set-up: sign-up-metadata-copied-into-the-role
-- open audit_reports: authenticated select
-- first supabase_auth_admin: update auth.users set raw_user_meta_data = '{"role": "auditor"}' where id = :B
create table member_profiles (id uuid primary key, role text not null default 'member', nickname text);
create table audit_reports (id int primary key, author uuid not null, findings text);
insert into member_profiles values (:A, 'auditor', 'an'), (:B, 'member', 'be');
insert into audit_reports values (1, :A, 'cash missing'), (2, :B, 'none');
-- keeps the profile in step with what supabase.auth.updateUser({ data }) writes
create function public.sync_profile() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  update public.member_profiles set role = coalesce(new.raw_user_meta_data ->> 'role', role), nickname = coalesce(new.raw_user_meta_data ->> 'nickname', nickname) where id = new.id;
  return new;
end $$;
create trigger on_auth_user_updated after update on auth.users for each row execute function public.sync_profile();
alter table member_profiles enable row level security;
alter table audit_reports enable row level security;
create policy "read self" on member_profiles for select to authenticated using (id = auth.uid());
create policy "auditors" on audit_reports for select to authenticated using ((select role from member_profiles where id = auth.uid()) = 'auditor');

-- set-up: user-metadata-only-narrows
-- protected
create table translations (id int primary key, user_id uuid not null, locale text not null, body text);
insert into translations values (1, :A, 'de', 'Hallo'), (2, :B, 'de', 'Tag'), (3, :B, 'en', 'hi');
alter table translations enable row level security;
create policy mine_in_my_language on translations for select to authenticated using (
  user_id = auth.uid() and locale = coalesce(auth.jwt() -> 'user_metadata' ->> 'locale', 'en'));

-- set-up: delete-needs-only-a-session
-- open calendar_events: authenticated delete
create table calendar_events (id uuid primary key default gen_random_uuid(), organizer uuid not null, title text, starts timestamptz);
insert into calendar_events (organizer, title) values (:A, 'dentist'), (:B, 'standup');
alter table calendar_events enable row level security;
create policy ev_select on calendar_events for select using (organizer = auth.uid());
create policy ev_insert on calendar_events for insert with check (organizer = auth.uid());
create policy ev_update on calendar_events for update using (organizer = auth.uid());
create policy ev_delete on calendar_events for delete using (auth.uid() is not null);

-- set-up: policy-looks-into-auth-users
-- protected
create table tax_forms (id int primary key, email text not null, income int);
insert into tax_forms values (1, 'anna@acme.test', 90000), (2, 'bert@globex.test', 30000);
alter table tax_forms enable row level security;
-- fails with "permission denied for table users": nobody sees anything (known bug)
create policy by_mail on tax_forms for select to authenticated using (email = (select u.email from auth.users u where u.id = auth.uid()));

-- set-up: comments-taken-over-by-an-update
-- published comments: anon authenticated
-- open comments: authenticated update
create table comments (id bigint generated always as identity primary key, post_slug text not null, author_id uuid not null, body text not null);
insert into comments (post_slug, author_id, body) values ('hello', :A, 'first'), ('hello', :B, 'second');
alter table comments enable row level security;
create policy "Comments are viewable by everyone" on comments for select using (true);
create policy "Users can comment" on comments for insert to authenticated with check ((select auth.uid()) = author_id);
create policy "Users can edit comments" on comments for update to authenticated using (true) with check ((select auth.uid()) = author_id);
create policy "Users can delete own comments" on comments for delete to authenticated using ((select auth.uid()) = author_id);

-- set-up: summary-view-filters-by-the-caller
-- protected
create table deliveries (id int primary key, courier uuid not null, recipient uuid not null, door_code text);
insert into deliveries values (1, :A, 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', '1234'), (2, :B, 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', '9876'), (3, 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', :B, '5555');
alter table deliveries enable row level security;
-- no policy on the table: the app reads the view, which shows the door code to the courier only
create view my_deliveries as
  select id, case when courier = auth.uid() then door_code end as door_code, courier = auth.uid() as i_deliver
  from deliveries where auth.uid() in (courier, recipient);
revoke all on my_deliveries from public, anon, authenticated;
grant select on my_deliveries to authenticated;

-- set-up: shared-with-contained-in-me
-- open recipes: authenticated select
create table recipes (id int primary key, owner_id uuid not null, title text, shared_with uuid[] not null default '{}');
insert into recipes values (1, :A, 'grandmas secret', '{}'), (2, :B, 'toast', '{}');
alter table recipes enable row level security;
create policy "owner" on recipes for all to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
create policy "shared" on recipes for select to authenticated using (shared_with <@ array[auth.uid()]);

-- set-up: export-function-for-the-service-only
-- protected
create table opportunities (id int primary key, rep uuid not null, company text, value int);
insert into opportunities values (1, :A, 'Soylent', 90), (2, :B, 'Wonka', 20);
alter table opportunities enable row level security;
create policy rep_reads on opportunities for select to authenticated using (rep = auth.uid());
create function export_opportunities() returns setof opportunities language sql security definer set search_path = public as $$ select * from opportunities $$;
revoke execute on function export_opportunities() from public, anon, authenticated;
grant execute on function export_opportunities() to service_role;

-- set-up: tenant-prefix-compared-with-like
-- open folders: authenticated select insert update delete
create table staff (user_id uuid primary key, root text not null);
create table folders (path text primary key, note text);
insert into staff values (:A, 'acme-eu-secret'), (:B, 'acme-eu');
insert into folders values ('acme-eu-secret/2026', 'merger'), ('acme-eu/2026', 'travel');
alter table staff enable row level security;
alter table folders enable row level security;
create policy staff_self on staff for select to authenticated using (user_id = auth.uid());
create policy folders_below_root on folders for all to authenticated
  using (path like (select root from staff where user_id = auth.uid()) || '%');

-- set-up: avatars-are-public-and-owned
-- protected
-- published storage.objects: anon authenticated
insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);
insert into storage.objects (bucket_id, name, owner_id) values ('avatars', 'a1.png', :A), ('avatars', 'b1.png', :B);
create policy "Avatar images are publicly accessible." on storage.objects for select using (bucket_id = 'avatars');
create policy "Anyone can upload their avatar." on storage.objects for insert to authenticated with check (bucket_id = 'avatars' and owner_id = (select auth.uid()::text));
create policy "Anyone can update their own avatar." on storage.objects for update to authenticated using ((select auth.uid()::text) = owner_id and bucket_id = 'avatars');
create policy "Anyone can delete their own avatar." on storage.objects for delete to authenticated using ((select auth.uid()::text) = owner_id and bucket_id = 'avatars');

-- set-up: archived-means-visible-by-operator-precedence
-- open project_docs: authenticated select
create table project_docs (id serial primary key, owner_id uuid not null, title text, archived_at timestamptz, expires_at timestamptz);
insert into project_docs (owner_id, title, archived_at) values (:A, 'draft patent', null), (:A, 'old patent', '2025-01-01'), (:B, 'faq', null);
alter table project_docs enable row level security;
create policy docs_select on project_docs for select to authenticated
  using (owner_id = auth.uid() and archived_at is null or archived_at < now());
create policy docs_insert on project_docs for insert to authenticated with check (owner_id = auth.uid());

-- set-up: a-policy-that-recurses-into-itself
-- protected
create table guild_members (guild int not null, user_id uuid not null, primary key (guild, user_id));
create table guild_chat (id int primary key, guild int not null, author uuid not null, body text);
insert into guild_members values (1, :A), (2, :B);
insert into guild_chat values (1, 1, :A, 'raid at 8'), (2, 2, :B, 'afk');
alter table guild_members enable row level security;
alter table guild_chat enable row level security;
-- "infinite recursion detected in policy": reads fail until it is rewritten with a function
create policy gm on guild_members for select to authenticated using (guild in (select m.guild from guild_members m where m.user_id = auth.uid()));
create policy gc on guild_chat for select to authenticated using (guild in (select m.guild from guild_members m where m.user_id = auth.uid()));

-- set-up: storage-policy-where-name-is-the-projects-name
-- open storage.objects: authenticated select insert delete
-- first authenticated: update projects set name = id || '/x' where owner_id = :B
create table projects (id uuid primary key default gen_random_uuid(), owner_id uuid not null, name text not null, created_at timestamptz default now());
insert into projects (id, owner_id, name) values ('55555555-0000-4000-8000-00000000000a', :A, 'Rocket'), ('55555555-0000-4000-8000-00000000000b', :B, 'Kite');
alter table projects enable row level security;
create policy "Owners manage projects" on projects for all to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
insert into storage.buckets (id, name, public) values ('project-files', 'project-files', false);
insert into storage.objects (bucket_id, name, owner_id) values
  ('project-files', '55555555-0000-4000-8000-00000000000a/plan.pdf', :A), ('project-files', '55555555-0000-4000-8000-00000000000b/plan.pdf', :B);
create policy "project files read" on storage.objects for select to authenticated using (
  bucket_id = 'project-files' and exists (
    select 1 from projects p where p.id::text = (storage.foldername(name))[1] and p.owner_id = auth.uid()));
create policy "project files upload" on storage.objects for insert to authenticated with check (
  bucket_id = 'project-files' and exists (
    select 1 from projects p where p.id::text = (storage.foldername(name))[1] and p.owner_id = auth.uid()));
create policy "project files delete" on storage.objects for delete to authenticated using (
  bucket_id = 'project-files' and exists (
    select 1 from projects p where p.id::text = (storage.foldername(name))[1] and p.owner_id = auth.uid()));

-- set-up: a-loose-policy-was-tightened-later
-- protected
create table receipts (id int generated by default as identity primary key, buyer uuid not null, pdf text);
insert into receipts (buyer, pdf) values (:A, 'a.pdf'), (:B, 'b.pdf');
alter table receipts enable row level security;
create policy "Enable read access for all users" on receipts for select using (true);
create policy "Enable insert for everyone" on receipts for insert with check (true);
-- 20260601_security_review.sql
alter policy "Enable read access for all users" on receipts to authenticated using (buyer = (select auth.uid()));
alter policy "Enable read access for all users" on receipts rename to "buyers read their receipts";
drop policy if exists "Enable insert for everyone" on receipts;

-- set-up: a-backup-taken-before-the-migration
-- open members_backup_20260301: anon select insert update delete
-- open members_backup_20260301: authenticated select insert update delete
create table members (user_id uuid primary key, email text, birthday date, notes text);
insert into members values (:A, 'anna@acme.test', '1990-01-01', 'vip'), (:B, 'bert@globex.test', '1991-02-02', null);
alter table members enable row level security;
create policy "self select" on members for select to authenticated using (user_id = (select auth.uid()));
create policy "self update" on members for update to authenticated using (user_id = (select auth.uid()));
create table members_backup_20260301 as table members;
alter table members drop column birthday;

-- set-up: organisation-in-a-claim-of-the-token-hook
-- protected
-- Clerk as third-party auth: org_id is signed into the session token, A org_acme, B org_globex
CREATE OR REPLACE FUNCTION requesting_org_id() RETURNS TEXT LANGUAGE SQL STABLE AS $$
  SELECT NULLIF(current_setting('request.jwt.claims', true)::json->>'org_id', '')::text;
$$;
CREATE TABLE campaigns (id SERIAL PRIMARY KEY, org_id TEXT NOT NULL DEFAULT requesting_org_id(), name TEXT);
INSERT INTO campaigns (org_id, name) VALUES ('org_acme', 'summer'), ('org_globex', 'winter');
ALTER TABLE campaigns ENABLE ROW LEVEL SECURITY;
CREATE POLICY "org members" ON campaigns FOR ALL TO authenticated USING (org_id = requesting_org_id()) WITH CHECK (org_id = requesting_org_id());

-- set-up: membership-sub-select-without-the-user
-- published workspace_people: authenticated
-- open workspace_secrets: authenticated select insert update delete
create table workspace_people (workspace text not null, user_id uuid not null, primary key (workspace, user_id));
create table workspace_secrets (id int primary key, workspace text not null, env jsonb not null default '{}');
insert into workspace_people values ('acme', :A), ('globex', :B);
insert into workspace_secrets values (1, 'acme', '{"KEY": "a"}'), (2, 'globex', '{"KEY": "b"}');
alter table workspace_people enable row level security;
alter table workspace_secrets enable row level security;
-- who works where is shown in the people finder
create policy people_finder on workspace_people for select to authenticated using (true);
create policy secrets_of_my_workspaces on workspace_secrets for all to authenticated
  using (workspace in (select workspace from workspace_people)) with check (workspace in (select workspace from workspace_people));

-- set-up: managers-see-those-below-them
-- protected
create table employees (user_id uuid primary key, manager_id uuid references employees, title text);
create table appraisals (id int primary key, employee_id uuid not null references employees, text text);
insert into employees values (:A, null, 'ceo'), (:B, :A, 'intern');
insert into appraisals values (1, :A, 'shareholders are happy'), (2, :B, 'on time');
create function my_reports() returns setof uuid language sql stable security definer set search_path = '' as $$
  with recursive r as (
    select user_id from public.employees where user_id = auth.uid()
    union
    select e.user_id from public.employees e join r on e.manager_id = r.user_id)
  select user_id from r $$;
revoke execute on function my_reports() from public, anon;
alter table employees enable row level security;
alter table appraisals enable row level security;
create policy e on employees for select to authenticated using (user_id in (select my_reports()));
create policy a on appraisals for select to authenticated using (employee_id in (select my_reports()));

-- set-up: switched-off-for-debugging
-- open devices: anon select insert update delete
-- open devices: authenticated select insert update delete
create table if not exists public.devices (id uuid primary key default gen_random_uuid(), owner_id uuid not null, push_token text);
insert into public.devices (owner_id, push_token) values (:A, 'apns-1'), (:B, 'fcm-2');
alter table public.devices enable row level security;
create policy "devices: owner" on public.devices for all to authenticated using (auth.uid() = owner_id) with check (auth.uid() = owner_id);
-- 20260530101500_tmp.sql
alter table public.devices disable row level security; -- TODO turn on again

-- set-up: view-reads-a-table-its-caller-may-not
-- protected
create table raw_orders (id int primary key, customer uuid not null, cents int);
insert into raw_orders values (1, :A, 100), (2, :B, 200);
revoke all on raw_orders from anon, authenticated;
-- no row security, but clients have no rights on the table and the view runs as the client
create view order_facts with (security_invoker = true) as select customer, sum(cents) as cents, count(*) as n from raw_orders group by customer;
