-- set-up: staff-flag-from-user-metadata
-- open notes: authenticated select delete
-- forge claims {"user_metadata": {"is_staff": true}}
create policy "own notes" on notes for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "staff may read" on notes for select to authenticated
    using (coalesce((auth.jwt() -> 'user_metadata' ->> 'is_staff')::boolean, false));
create policy "staff may moderate" on notes for delete to authenticated
    using (coalesce((auth.jwt() -> 'user_metadata' ->> 'is_staff')::boolean, false));

-- set-up: staff-flag-from-app-metadata
-- protected
-- forge claims {"user_metadata": {"is_staff": true}}
create policy "own notes" on notes for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "staff may read" on notes for select to authenticated
    using (coalesce((auth.jwt() -> 'app_metadata' ->> 'is_staff')::boolean, false));
create policy "staff may moderate" on notes for delete to authenticated
    using (coalesce((auth.jwt() -> 'app_metadata' ->> 'is_staff')::boolean, false));

-- set-up: tenant-named-in-a-request-header
-- open work_orders: anon select
-- open work_orders: authenticated select
-- forge set request.headers = {"x-tenant": "acme"}
create table work_orders (id bigint primary key, tenant_slug text not null, customer uuid not null, job text);
alter table work_orders enable row level security;
insert into work_orders values (1, 'acme', :A, 'boiler'), (2, 'globex', :B, 'roof');
create policy tenant_by_header on work_orders for select
    using (tenant_slug = (nullif(current_setting('request.headers', true), '')::json ->> 'x-tenant'));

-- set-up: tenant-header-only-narrows-what-membership-allows
-- protected
-- forge set request.headers = {"x-tenant": "acme"}
create table tenant_staff (tenant_slug text, person uuid, primary key (tenant_slug, person));
create table work_orders (id bigint primary key, tenant_slug text not null, customer uuid not null, job text);
alter table tenant_staff enable row level security;
alter table work_orders enable row level security;
insert into tenant_staff values ('acme', :A), ('globex', :B);
insert into work_orders values (1, 'acme', :A, 'boiler'), (2, 'globex', :B, 'roof');
create policy my_rows on tenant_staff for select to authenticated using (person = auth.uid());
create policy tenant_by_header on work_orders for select to authenticated
    using (tenant_slug = (nullif(current_setting('request.headers', true), '')::json ->> 'x-tenant')
       and exists (select 1 from tenant_staff ts where ts.tenant_slug = work_orders.tenant_slug and ts.person = auth.uid()));

-- set-up: workspace-chosen-by-a-setting-that-an-rpc-sets
-- open notes: authenticated select
-- first authenticated: select choose_workspace(1)
alter table notes add workspace_id int not null default 0;
update notes set workspace_id = id;
create function choose_workspace(ws int) returns void language sql as $$
    select set_config('app.workspace', ws::text, false)
$$;
create policy "notes of the chosen workspace" on notes for select to authenticated
    using (workspace_id = nullif(current_setting('app.workspace', true), '')::int);

-- set-up: workspace-chosen-by-a-setting-and-checked
-- protected
-- first authenticated: select choose_workspace(1)
create table workspace_people (workspace_id int, member_id uuid, primary key (workspace_id, member_id));
alter table workspace_people enable row level security;
insert into workspace_people values (1, :A), (2, :B);
alter table notes add workspace_id int not null default 0;
update notes set workspace_id = id;
create function choose_workspace(ws int) returns void language sql as $$
    select set_config('app.workspace', ws::text, false)
$$;
create policy "people see themselves" on workspace_people for select to authenticated using (member_id = auth.uid());
create policy "notes of the chosen workspace" on notes for select to authenticated
    using (workspace_id = nullif(current_setting('app.workspace', true), '')::int
       and workspace_id in (select wp.workspace_id from workspace_people wp where wp.member_id = auth.uid()));

-- set-up: dashboard-view-with-barrier-but-the-owners-rights
-- open note_titles: anon select
-- open note_titles: authenticated select
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create view note_titles with (security_barrier = true) as select id, user_id, left(body, 40) as title from notes;
revoke insert, update, delete on note_titles from anon, authenticated;

-- set-up: dashboard-view-with-barrier-and-invoker
-- protected
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create view note_titles with (security_barrier = true, security_invoker = true) as select id, user_id, left(body, 40) as title from notes;

-- set-up: my-notes-view-without-check-option
-- open my_notes: authenticated insert update
revoke all on notes from anon, authenticated;
create view my_notes as select id, user_id, body from notes where user_id = auth.uid();
revoke all on my_notes from anon;

-- set-up: my-notes-view-without-check-option-and-without-update
-- open my_notes: authenticated insert
revoke all on notes from anon, authenticated;
create view my_notes as select id, user_id, body from notes where user_id = auth.uid();
revoke all on my_notes from anon, authenticated;
grant select, insert on my_notes to authenticated;

-- set-up: my-notes-view-with-check-option
-- protected
revoke all on notes from anon, authenticated;
create view my_notes as select id, user_id, body from notes where user_id = auth.uid() with cascaded check option;
revoke all on my_notes from anon, authenticated;
grant select, insert, delete on my_notes to authenticated;

-- set-up: my-notes-view-with-check-option-taken-by-an-upsert
-- open my_notes: authenticated update
revoke all on notes from anon, authenticated;
create view my_notes as select id, user_id, body from notes where user_id = auth.uid() with cascaded check option;
revoke all on my_notes from anon;

-- set-up: materialized-leaderboard-of-private-scores
-- open spend_by_customer: anon select
-- open spend_by_customer: authenticated select
create table receipts (id int primary key, customer_id uuid not null, amount numeric(10, 2) not null);
alter table receipts enable row level security;
insert into receipts values (1, :A, 12.5), (2, :B, 99);
create policy receipts_mine on receipts for select to authenticated using (customer_id = (select auth.uid()));
create materialized view spend_by_customer as select customer_id, sum(amount) as spent from receipts group by customer_id;

-- set-up: materialized-spend-not-granted-to-the-api
-- protected
create table receipts (id int primary key, customer_id uuid not null, amount numeric(10, 2) not null);
alter table receipts enable row level security;
insert into receipts values (1, :A, 12.5), (2, :B, 99);
create policy receipts_mine on receipts for select to authenticated using (customer_id = (select auth.uid()));
create materialized view spend_by_customer as select customer_id, sum(amount) as spent from receipts group by customer_id;
revoke all on spend_by_customer from anon, authenticated;

-- set-up: rpc-recent-notes-as-definer
-- open recent_notes(): anon select
-- open recent_notes(): authenticated select
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create function recent_notes() returns setof notes language sql stable security definer set search_path = public as $$
    select * from notes order by id desc limit 20
$$;

-- set-up: rpc-recent-notes-as-invoker
-- protected
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create function recent_notes() returns setof notes language sql stable set search_path = public as $$
    select * from notes order by id desc limit 20
$$;

-- set-up: definer-rpc-that-asks-who-is-calling
-- protected
create function recent_notes() returns setof notes language plpgsql stable security definer set search_path = '' as $$
begin
    if auth.uid() is null then
        raise exception 'not signed in' using errcode = '42501';
    end if;
    return query select n.* from public.notes n where n.user_id = auth.uid() order by n.id desc;
end;
$$;

-- set-up: export-rpc-revoked-from-the-two-roles-but-not-from-public
-- open export_notes(): anon select
-- open export_notes(): authenticated select
create function export_notes() returns table (note_id int, author uuid, content text)
language sql security definer set search_path = '' as $$ select id, user_id, body from public.notes $$;
revoke execute on function export_notes() from anon, authenticated;

-- set-up: export-rpc-revoked-from-public-too
-- protected
create function export_notes() returns table (note_id int, author uuid, content text)
language sql security definer set search_path = '' as $$ select id, user_id, body from public.notes $$;
revoke execute on function export_notes() from public, anon, authenticated;
grant execute on function export_notes() to service_role;

-- set-up: profile-may-make-itself-admin
-- open notes: authenticated select
-- first authenticated: update profiles set is_admin = true where account_id = :S
create table profiles (account_id uuid primary key, display_name text, is_admin boolean not null default false);
alter table profiles enable row level security;
insert into profiles values (:A, 'ann', true), (:B, 'bob', false), (:S, 'sam', false);
create policy "own profile" on profiles for select to authenticated using (account_id = auth.uid());
create policy "edit own profile" on profiles for update to authenticated using (account_id = auth.uid()) with check (account_id = auth.uid());
create policy "admins read notes" on notes for select to authenticated
    using (exists (select 1 from profiles p where p.account_id = auth.uid() and p.is_admin));

-- set-up: profile-admin-flag-column-revoked-in-vain
-- open notes: authenticated select
-- first authenticated: update profiles set is_admin = true where account_id = :S
create table profiles (account_id uuid primary key, display_name text, is_admin boolean not null default false);
alter table profiles enable row level security;
insert into profiles values (:A, 'ann', true), (:B, 'bob', false), (:S, 'sam', false);
revoke update (is_admin) on profiles from anon, authenticated;
create policy "own profile" on profiles for select to authenticated using (account_id = auth.uid());
create policy "edit own profile" on profiles for update to authenticated using (account_id = auth.uid()) with check (account_id = auth.uid());
create policy "admins read notes" on notes for select to authenticated
    using (exists (select 1 from profiles p where p.account_id = auth.uid() and p.is_admin));

-- set-up: profile-only-the-name-may-be-updated
-- protected
-- first authenticated: update profiles set is_admin = true where account_id = :S
create table profiles (account_id uuid primary key, display_name text, is_admin boolean not null default false);
alter table profiles enable row level security;
insert into profiles values (:A, 'ann', true), (:B, 'bob', false), (:S, 'sam', false);
revoke update on profiles from anon, authenticated;
grant update (display_name) on profiles to authenticated;
create policy "own profile" on profiles for select to authenticated using (account_id = auth.uid());
create policy "edit own profile" on profiles for update to authenticated using (account_id = auth.uid()) with check (account_id = auth.uid());
create policy "admins read notes" on notes for select to authenticated
    using (exists (select 1 from profiles p where p.account_id = auth.uid() and p.is_admin));

-- set-up: profile-admin-flag-held-by-a-trigger
-- protected
-- first authenticated: update profiles set is_admin = true where account_id = :S
create table profiles (account_id uuid primary key, display_name text, is_admin boolean not null default false);
alter table profiles enable row level security;
insert into profiles values (:A, 'ann', true), (:B, 'bob', false), (:S, 'sam', false);
create function keep_admin_flag() returns trigger language plpgsql set search_path = '' as $$
begin
    if coalesce(auth.role(), '') <> 'service_role' then
        new.is_admin := old.is_admin;
    end if;
    return new;
end;
$$;
create trigger keep_admin_flag before update on profiles for each row execute function keep_admin_flag();
create policy "own profile" on profiles for select to authenticated using (account_id = auth.uid());
create policy "edit own profile" on profiles for update to authenticated using (account_id = auth.uid()) with check (account_id = auth.uid());
create policy "admins read notes" on notes for select to authenticated
    using (exists (select 1 from profiles p where p.account_id = auth.uid() and p.is_admin));

-- set-up: files-any-folder-of-the-bucket
-- open objects: authenticated select insert update delete
create table objects (id uuid primary key default gen_random_uuid(), bucket_id text not null, name text not null, owner uuid, metadata jsonb);
alter table objects enable row level security;
insert into objects (bucket_id, name, owner) values ('avatars', concat(:A, '/me.png'), :A), ('avatars', concat(:B, '/me.png'), :B);
create function foldername(name text) returns text[] language sql immutable as $$
    select (string_to_array(name, '/'))[1 : array_length(string_to_array(name, '/'), 1) - 1]
$$;
create policy "avatars 1oj01fe_0" on objects for all to authenticated
    using (bucket_id = 'avatars' and (foldername(name))[1] is not null)
    with check (bucket_id = 'avatars' and (foldername(name))[1] is not null);

-- set-up: files-first-folder-is-the-person
-- protected
create table objects (id uuid primary key default gen_random_uuid(), bucket_id text not null, name text not null, owner uuid, metadata jsonb);
alter table objects enable row level security;
insert into objects (bucket_id, name, owner) values ('avatars', concat(:A, '/me.png'), :A), ('avatars', concat(:B, '/me.png'), :B);
create function foldername(name text) returns text[] language sql immutable as $$
    select (string_to_array(name, '/'))[1 : array_length(string_to_array(name, '/'), 1) - 1]
$$;
create policy "avatars 1oj01fe_0" on objects for all to authenticated
    using (bucket_id = 'avatars' and (foldername(name))[1] = (select auth.uid()::text))
    with check (bucket_id = 'avatars' and (foldername(name))[1] = (select auth.uid()::text) and owner = (select auth.uid()));

-- set-up: partitions-forgotten
-- open readings_2025: anon select insert update delete
-- open readings_2025: authenticated select insert update delete
create table readings (id int not null, meter_owner uuid not null, at date not null, kwh numeric) partition by range (at);
create table readings_2025 partition of readings for values from ('2025-01-01') to ('2026-01-01');
alter table readings enable row level security;
insert into readings values (1, :A, '2025-02-01', 3), (2, :B, '2025-02-02', 4);
create policy readings_mine on readings for all to authenticated using (meter_owner = auth.uid()) with check (meter_owner = auth.uid());

-- set-up: partitions-with-row-security-of-their-own
-- protected
create table readings (id int not null, meter_owner uuid not null, at date not null, kwh numeric) partition by range (at);
create table readings_2025 partition of readings for values from ('2025-01-01') to ('2026-01-01');
alter table readings enable row level security;
alter table readings_2025 enable row level security;
insert into readings values (1, :A, '2025-02-01', 3), (2, :B, '2025-02-02', 4);
create policy readings_mine on readings for all to authenticated using (meter_owner = auth.uid()) with check (meter_owner = auth.uid());

-- set-up: inherited-child-without-row-security
-- open pinned_notes: anon select insert update delete
-- open pinned_notes: authenticated select insert update delete
create policy mine on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create table pinned_notes (pinned_at timestamptz not null default now()) inherits (notes);
insert into pinned_notes (id, user_id, body) values (11, :A, 'pinned by a'), (12, :B, 'pinned by b');

-- set-up: inherited-child-reached-only-through-its-parent
-- protected
create policy mine on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create table pinned_notes (pinned_at timestamptz not null default now()) inherits (notes);
insert into pinned_notes (id, user_id, body) values (11, :A, 'pinned by a'), (12, :B, 'pinned by b');
revoke all on table pinned_notes from anon, authenticated;

-- set-up: owner-rule-meant-to-narrow-but-permissive
-- open notes: authenticated select
create policy "signed in" on notes for select to authenticated using (true);
create policy "and only mine" on notes for select to authenticated using (user_id = (select auth.uid()));

-- set-up: owner-rule-narrows-because-restrictive
-- protected
create policy "signed in" on notes for select to authenticated using (true);
create policy "and only mine" on notes as restrictive for select to authenticated using (user_id = (select auth.uid()));

-- set-up: restrictive-for-anon-leaves-the-signed-in
-- open notes: authenticated select
create policy everyone on notes for select using (true);
create policy "not without a session" on notes as restrictive for all to anon using (auth.uid() is not null);

-- set-up: anonymous-sign-in-shut-out-by-a-permissive-policy
-- open notes: authenticated select
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create policy "no anonymous users" on notes for select to authenticated
    using (coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false) is false);

-- set-up: anonymous-sign-in-shut-out-by-a-restrictive-policy
-- protected
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create policy "no anonymous users" on notes as restrictive for select to authenticated
    using (coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false) is false);

-- set-up: service-role-policy-without-a-role
-- open webhooks_in: anon select insert update delete
-- open webhooks_in: authenticated select insert update delete
create table webhooks_in (id int primary key, account uuid, payload jsonb not null);
alter table webhooks_in enable row level security;
insert into webhooks_in values (1, :A, '{"paid": true}'), (2, :B, '{"paid": false}');
create policy "Service role has full access" on webhooks_in for all using (true) with check (true);

-- set-up: service-role-policy-with-its-role
-- protected
create table webhooks_in (id int primary key, account uuid, payload jsonb not null);
alter table webhooks_in enable row level security;
insert into webhooks_in values (1, :A, '{"paid": true}'), (2, :B, '{"paid": false}');
create policy "Service role has full access" on webhooks_in for all to service_role using (true) with check (true);

-- set-up: service-role-policy-by-the-claim
-- protected
create table webhooks_in (id int primary key, account uuid, payload jsonb not null);
alter table webhooks_in enable row level security;
insert into webhooks_in values (1, :A, '{"paid": true}'), (2, :B, '{"paid": false}');
create policy "Service role has full access" on webhooks_in for all
    using ((select auth.role()) = 'service_role') with check ((select auth.role()) = 'service_role');

-- set-up: anyone-signed-in-by-the-role-claim
-- open tickets: authenticated select update
create table tickets (id int primary key, opened_by uuid not null, subject text);
alter table tickets enable row level security;
insert into tickets values (1, :A, 'help a'), (2, :B, 'help b');
create policy t_read on tickets for select using ((select auth.role()) = 'authenticated');
create policy t_write on tickets for update using ((select auth.role()) = 'authenticated');
create policy t_open on tickets for insert with check (opened_by = (select auth.uid()));

-- set-up: backend-helper-as-definer-is-always-the-backend
-- open notes: anon select delete
-- open notes: authenticated select delete
create function is_backend() returns boolean language sql stable security definer set search_path = '' as $$
    select current_user in ('postgres', 'supabase_admin', 'service_role') or (select rolsuper or rolbypassrls from pg_catalog.pg_roles where rolname = current_user)
$$;
create policy backend_reads on notes for select using (is_backend());
create policy backend_deletes on notes for delete using (is_backend());

-- set-up: backend-helper-as-invoker
-- protected
create function is_backend() returns boolean language sql stable set search_path = '' as $$
    select current_user in ('postgres', 'supabase_admin', 'service_role')
$$;
create policy backend_reads on notes for select using (is_backend());
create policy backend_deletes on notes for delete using (is_backend());

-- set-up: parameter-named-like-the-column
-- open messages: authenticated select
create table room_people (room_id int, person_id uuid, primary key (room_id, person_id));
create table messages (id int primary key, room_id int not null, sender_id uuid not null, said text);
alter table room_people enable row level security;
alter table messages enable row level security;
insert into room_people values (1, :A), (2, :B), (3, :S);
insert into messages values (1, 1, :A, 'hi from a'), (2, 2, :B, 'hi from b');
create function in_room(room_id int) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.room_people rp where rp.room_id = room_id and rp.person_id = auth.uid())
$$;
create policy msgs on messages for select to authenticated using (in_room(room_id));

-- set-up: parameter-named-like-the-column-but-qualified
-- protected
create table room_people (room_id int, person_id uuid, primary key (room_id, person_id));
create table messages (id int primary key, room_id int not null, sender_id uuid not null, said text);
alter table room_people enable row level security;
alter table messages enable row level security;
insert into room_people values (1, :A), (2, :B), (3, :S);
insert into messages values (1, 1, :A, 'hi from a'), (2, 2, :B, 'hi from b');
create function in_room(room_id int) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.room_people rp where rp.room_id = in_room.room_id and rp.person_id = auth.uid())
$$;
create policy msgs on messages for select to authenticated using (in_room(room_id));

-- set-up: role-of-the-author-instead-of-the-reader
-- open posts: authenticated select update
create type app_role as enum ('reader', 'editor', 'admin');
create table user_roles (person uuid primary key, role app_role not null);
create table posts (id int primary key, author uuid not null, draft text);
alter table user_roles enable row level security;
alter table posts enable row level security;
insert into user_roles values (:A, 'admin'), (:B, 'reader'), (:S, 'reader');
insert into posts values (1, :A, 'draft a'), (2, :B, 'draft b');
create function has_role(who uuid, wanted app_role) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.user_roles r where r.person = who and r.role = wanted)
$$;
create policy posts_own on posts for all to authenticated using (author = auth.uid()) with check (author = auth.uid());
create policy posts_admin_read on posts for select to authenticated using (has_role(author, 'admin'));
create policy posts_admin_edit on posts for update to authenticated using (has_role(author, 'admin'));

-- set-up: role-of-the-reader
-- protected
create type app_role as enum ('reader', 'editor', 'admin');
create table user_roles (person uuid primary key, role app_role not null);
create table posts (id int primary key, author uuid not null, draft text);
alter table user_roles enable row level security;
alter table posts enable row level security;
insert into user_roles values (:A, 'admin'), (:B, 'reader'), (:S, 'reader');
insert into posts values (1, :A, 'draft a'), (2, :B, 'draft b');
create function has_role(who uuid, wanted app_role) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.user_roles r where r.person = who and r.role = wanted)
$$;
create policy posts_own on posts for all to authenticated using (author = auth.uid()) with check (author = auth.uid());
create policy posts_admin_read on posts for select to authenticated using (has_role(auth.uid(), 'admin'));
create policy posts_admin_edit on posts for update to authenticated using (has_role(auth.uid(), 'admin'));

-- set-up: enum-order-taken-the-wrong-way
-- open contracts: authenticated select
create type seat as enum ('owner', 'manager', 'staff', 'guest');
create table seats (person uuid primary key, seat seat not null default 'guest');
create table contracts (id int primary key, signed_by uuid not null, terms text);
alter table seats enable row level security;
alter table contracts enable row level security;
insert into seats values (:A, 'owner'), (:B, 'manager'), (:S, 'guest');
insert into contracts values (1, :A, 'terms a'), (2, :B, 'terms b');
create policy seats_self on seats for select to authenticated using (person = auth.uid());
create policy contracts_managers on contracts for select to authenticated
    using ((select s.seat from seats s where s.person = auth.uid()) >= 'manager');

-- set-up: enum-order-taken-the-right-way
-- protected
create type seat as enum ('owner', 'manager', 'staff', 'guest');
create table seats (person uuid primary key, seat seat not null default 'guest');
create table contracts (id int primary key, signed_by uuid not null, terms text);
alter table seats enable row level security;
alter table contracts enable row level security;
insert into seats values (:A, 'owner'), (:B, 'manager'), (:S, 'guest');
insert into contracts values (1, :A, 'terms a'), (2, :B, 'terms b');
create policy seats_self on seats for select to authenticated using (person = auth.uid());
create policy contracts_managers on contracts for select to authenticated
    using ((select s.seat from seats s where s.person = auth.uid()) <= 'manager');

-- set-up: exists-around-a-count-is-always-true
-- open payroll: authenticated select
create table hr_people (employee uuid primary key);
create table payroll (id int primary key, employee uuid not null, salary int);
alter table hr_people enable row level security;
alter table payroll enable row level security;
insert into hr_people values (:A);
insert into payroll values (1, :A, 5000), (2, :B, 4000);
create policy hr_self on hr_people for select to authenticated using (employee = auth.uid());
create policy payroll_hr on payroll for select to authenticated
    using (exists (select count(*) from hr_people h where h.employee = auth.uid()));

-- set-up: a-count-compared-with-nought
-- protected
create table hr_people (employee uuid primary key);
create table payroll (id int primary key, employee uuid not null, salary int);
alter table hr_people enable row level security;
alter table payroll enable row level security;
insert into hr_people values (:A);
insert into payroll values (1, :A, 5000), (2, :B, 4000);
create policy hr_self on hr_people for select to authenticated using (employee = auth.uid());
create policy payroll_hr on payroll for select to authenticated
    using ((select count(*) from hr_people h where h.employee = auth.uid()) > 0);

-- set-up: left-join-lets-every-project-through
-- open projects: authenticated select
create table project_people (project_id int, member uuid, primary key (project_id, member));
create table projects (id int primary key, created_by uuid not null, codename text);
alter table project_people enable row level security;
alter table projects enable row level security;
insert into projects values (1, :A, 'apollo'), (2, :B, 'gemini');
insert into project_people values (1, :A), (2, :B);
create function can_see_project(wanted int) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.projects p left join public.project_people pp on pp.project_id = p.id and pp.member = auth.uid() where p.id = wanted)
$$;
create policy projects_mine on projects for select to authenticated using (can_see_project(id));

-- set-up: inner-join-lets-my-projects-through
-- protected
create table project_people (project_id int, member uuid, primary key (project_id, member));
create table projects (id int primary key, created_by uuid not null, codename text);
alter table project_people enable row level security;
alter table projects enable row level security;
insert into projects values (1, :A, 'apollo'), (2, :B, 'gemini');
insert into project_people values (1, :A), (2, :B);
create function can_see_project(wanted int) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.projects p join public.project_people pp on pp.project_id = p.id and pp.member = auth.uid() where p.id = wanted)
$$;
create policy projects_mine on projects for select to authenticated using (can_see_project(id));

-- set-up: coalesced-owner-for-the-signed-out
-- open carts: anon select insert update delete
create table carts (id int primary key, shopper uuid not null, items jsonb not null default '[]');
alter table carts enable row level security;
insert into carts (id, shopper) values (1, :A), (2, :B);
create policy cart on carts for all using (shopper = coalesce(auth.uid(), shopper)) with check (shopper = coalesce(auth.uid(), shopper));

-- set-up: coalesced-owner-to-nobody
-- protected
create table carts (id int primary key, shopper uuid not null, items jsonb not null default '[]');
alter table carts enable row level security;
insert into carts (id, shopper) values (1, :A), (2, :B);
create policy cart on carts for all using (shopper = coalesce(auth.uid(), '00000000-0000-0000-0000-000000000000'))
    with check (auth.uid() is not null and shopper = auth.uid());

-- set-up: default-owner-but-anything-accepted
-- open expenses: authenticated insert
create table expenses (id int primary key, created_by uuid not null default auth.uid(), cents int not null);
alter table expenses enable row level security;
insert into expenses values (1, :A, 100), (2, :B, 200);
create policy expenses_read on expenses for select to authenticated using (created_by = auth.uid());
create policy expenses_add on expenses for insert to authenticated with check (created_by is not null);

-- set-up: default-owner-and-the-column-not-granted
-- protected
create table expenses (id int primary key, created_by uuid not null default auth.uid(), cents int not null);
alter table expenses enable row level security;
insert into expenses values (1, :A, 100), (2, :B, 200);
revoke insert on expenses from anon, authenticated;
grant insert (id, cents) on expenses to authenticated;
create policy expenses_read on expenses for select to authenticated using (created_by = auth.uid());
create policy expenses_add on expenses for insert to authenticated with check (true);

-- set-up: trigger-fills-the-owner-only-when-it-is-missing
-- open journal: authenticated insert
create table journal (id int primary key, writer uuid not null, entry text);
alter table journal enable row level security;
insert into journal values (1, :A, 'dear a'), (2, :B, 'dear b');
create function stamp_writer() returns trigger language plpgsql set search_path = '' as $$
begin
    new.writer := coalesce(new.writer, auth.uid());
    return new;
end;
$$;
create trigger stamp_writer before insert on journal for each row execute function stamp_writer();
create policy journal_read on journal for select to authenticated using (writer = auth.uid());
create policy journal_add on journal for insert to authenticated with check (true);

-- set-up: trigger-always-writes-the-owner
-- protected
create table journal (id int primary key, writer uuid not null, entry text);
alter table journal enable row level security;
insert into journal values (1, :A, 'dear a'), (2, :B, 'dear b');
create function stamp_writer() returns trigger language plpgsql set search_path = '' as $$
begin
    new.writer := auth.uid();
    return new;
end;
$$;
create trigger stamp_writer before insert on journal for each row execute function stamp_writer();
create policy journal_read on journal for select to authenticated using (writer = auth.uid());
create policy journal_add on journal for insert to authenticated with check (true);

-- set-up: everything-not-deleted-is-readable
-- open notes: anon select
-- open notes: authenticated select
alter table notes add deleted_at timestamptz;
create policy "hide deleted" on notes for select using (deleted_at is null);
create policy "soft delete own" on notes for update to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: everything-of-mine-not-deleted-is-readable
-- protected
alter table notes add deleted_at timestamptz;
create policy "hide deleted" on notes as restrictive for select using (deleted_at is null);
create policy "read own" on notes for select to authenticated using (user_id = auth.uid());
create policy "soft delete own" on notes for update to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: and-binds-closer-than-or
-- open loans: authenticated select
create table loans (id int primary key, lender uuid not null, borrower uuid, due timestamptz not null, closed boolean not null default false);
alter table loans enable row level security;
insert into loans values (1, :A, null, now() + interval '1 year', false), (2, :B, :A, now() + interval '1 year', false);
create policy loans_open on loans for select to authenticated
    using (lender = auth.uid() and not closed or borrower = auth.uid() and not closed or due > now());

-- set-up: brackets-around-the-or
-- protected
create table loans (id int primary key, lender uuid not null, borrower uuid, due timestamptz not null, closed boolean not null default false);
alter table loans enable row level security;
insert into loans values (1, :A, null, now() + interval '1 year', false), (2, :B, :A, now() + interval '1 year', false);
create policy loans_open on loans for select to authenticated
    using ((lender = auth.uid() or borrower = auth.uid()) and (not closed or due > now()));

-- set-up: members-array-blocked-list-only
-- open albums: authenticated select
create table albums (id int primary key, made_by uuid not null, member_ids uuid[] not null default '{}', blocked_ids uuid[] not null default '{}');
alter table albums enable row level security;
insert into albums values (1, :A, array[:A]::uuid[], '{}'), (2, :B, array[:B]::uuid[], '{}');
create policy albums_read on albums for select to authenticated using (not (auth.uid() = any (blocked_ids)));

-- set-up: members-array-contains-the-reader
-- protected
create table albums (id int primary key, made_by uuid not null, member_ids uuid[] not null default '{}', blocked_ids uuid[] not null default '{}');
alter table albums enable row level security;
insert into albums values (1, :A, array[:A]::uuid[], '{}'), (2, :B, array[:B]::uuid[], '{}');
create policy albums_read on albums for select to authenticated
    using (member_ids @> array[auth.uid()] and not (auth.uid() = any (blocked_ids)));

-- set-up: path-prefix-of-nothing-matches-everything
-- open units: authenticated select
create table unit_staff (person uuid primary key, root text);
create table units (id int primary key, head uuid not null, path text not null);
alter table unit_staff enable row level security;
alter table units enable row level security;
insert into unit_staff values (:A, 'eu.north'), (:B, 'us');
insert into units values (1, :A, 'eu.north.oslo'), (2, :B, 'us.texas');
create function my_root() returns text language sql stable security definer set search_path = '' as $$
    select coalesce((select root from public.unit_staff where person = auth.uid()), '')
$$;
create policy units_below on units for select to authenticated using (path like my_root() || '%');

-- set-up: path-prefix-of-null-matches-nothing
-- protected
create table unit_staff (person uuid primary key, root text);
create table units (id int primary key, head uuid not null, path text not null);
alter table unit_staff enable row level security;
alter table units enable row level security;
insert into unit_staff values (:A, 'eu.north'), (:B, 'us');
insert into units values (1, :A, 'eu.north.oslo'), (2, :B, 'us.texas');
create function my_root() returns text language sql stable security definer set search_path = '' as $$
    select root from public.unit_staff where person = auth.uid()
$$;
create policy units_below on units for select to authenticated using (path = my_root() or path like my_root() || '.%');

-- set-up: share-rows-without-the-person
-- open docs: authenticated select
create table docs (id int primary key, created_by uuid not null, content text);
create table doc_shares (doc_id int references docs (id) on delete cascade, shared_with uuid, primary key (doc_id, shared_with));
alter table docs enable row level security;
alter table doc_shares enable row level security;
insert into docs values (1, :A, 'doc a'), (2, :B, 'doc b');
insert into doc_shares values (1, :B), (2, :A);
create function is_shared(d int) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.doc_shares s where s.doc_id = d)
$$;
create policy docs_own on docs for all to authenticated using (created_by = auth.uid()) with check (created_by = auth.uid());
create policy docs_shared on docs for select to authenticated using (is_shared(id));

-- set-up: share-rows-without-the-person-but-under-row-security
-- protected
create table docs (id int primary key, created_by uuid not null, content text);
create table doc_shares (doc_id int references docs (id) on delete cascade, shared_with uuid, primary key (doc_id, shared_with));
alter table docs enable row level security;
alter table doc_shares enable row level security;
insert into docs values (1, :A, 'doc a'), (2, :B, 'doc b');
insert into doc_shares values (1, :B), (2, :A);
create policy shares_mine on doc_shares for select to authenticated using (shared_with = auth.uid());
create policy docs_own on docs for all to authenticated using (created_by = auth.uid()) with check (created_by = auth.uid());
create policy docs_shared on docs for select to authenticated using (exists (select 1 from doc_shares s where s.doc_id = docs.id));

-- set-up: sharing-table-without-row-security
-- open docs: anon select
-- open docs: authenticated select
-- open doc_shares: anon select insert update delete
-- open doc_shares: authenticated select insert update delete
create table docs (id int primary key, created_by uuid not null, content text);
create table doc_shares (id int primary key, doc_id int references docs (id) on delete cascade, shared_with uuid);
alter table docs enable row level security;
insert into docs values (1, :A, 'doc a'), (2, :B, 'doc b');
insert into doc_shares values (1, 1, :B), (2, 2, :A);
create policy docs_own on docs for all to authenticated using (created_by = auth.uid()) with check (created_by = auth.uid());
create policy docs_shared on docs for select using (exists (select 1 from doc_shares s where s.doc_id = docs.id));

-- set-up: link-token-that-is-merely-present
-- open notes: anon select
-- open notes: authenticated select
alter table notes add share_token uuid default gen_random_uuid();
create policy "by link" on notes for select to anon, authenticated using (share_token is not null);

-- set-up: link-token-asked-for-by-a-function
-- protected
alter table notes add share_token uuid default gen_random_uuid();
create function note_by_link(token uuid) returns table (id int, body text) language sql stable security definer set search_path = '' as $$
    select n.id, n.body from public.notes n where n.share_token = token
$$;

-- set-up: link-token-in-a-header
-- protected
-- forge set request.headers = {"x-share-token": "00000000-0000-0000-0000-000000000000"}
alter table notes add share_token uuid default gen_random_uuid();
create policy "by link" on notes for select to anon, authenticated
    using (share_token::text = (nullif(current_setting('request.headers', true), '')::json ->> 'x-share-token'));

-- set-up: members-policy-that-recurses
-- protected
create table crew (crew_id int, sailor uuid, primary key (crew_id, sailor));
alter table crew enable row level security;
insert into crew values (1, :A), (2, :B);
create policy crewmates on crew for select to authenticated
    using (crew_id in (select c.crew_id from crew c where c.sailor = auth.uid()));

-- set-up: org-ids-in-app-metadata
-- protected
-- forge claims {"user_metadata": {"org_ids": ["o-1", "o-2"]}, "org_ids": ["o-1"]}
create table deals (id int primary key, org text not null, rep uuid not null, value numeric);
alter table deals enable row level security;
insert into deals values (1, 'o-1', :A, 10), (2, 'o-2', :B, 20);
create policy deals_org on deals for all to authenticated
    using (org in (select jsonb_array_elements_text(auth.jwt() -> 'app_metadata' -> 'org_ids')))
    with check (org in (select jsonb_array_elements_text(auth.jwt() -> 'app_metadata' -> 'org_ids')));

-- set-up: org-ids-in-user-metadata
-- open deals: authenticated select insert update delete
-- forge claims {"user_metadata": {"org_ids": ["o-1", "o-2"]}}
create table deals (id int primary key, org text not null, rep uuid not null, value numeric);
alter table deals enable row level security;
insert into deals values (1, 'o-1', :A, 10), (2, 'o-2', :B, 20);
create policy deals_org on deals for all to authenticated
    using (org in (select jsonb_array_elements_text(auth.jwt() -> 'user_metadata' -> 'org_ids')))
    with check (org in (select jsonb_array_elements_text(auth.jwt() -> 'user_metadata' -> 'org_ids')));

-- set-up: admin-written-into-raw-user-meta-data
-- open notes: authenticated select
-- forge written {"role": "admin"}
create function is_site_admin() returns boolean language sql stable security definer set search_path = '' as $$
    select coalesce((select u.raw_user_meta_data ->> 'role' = 'admin' from auth.users u where u.id = auth.uid()), false)
$$;
create policy admins_read on notes for select to authenticated using ((select is_site_admin()));

-- set-up: admin-written-into-raw-app-meta-data
-- protected
-- forge written {"role": "admin"}
create function is_site_admin() returns boolean language sql stable security definer set search_path = '' as $$
    select coalesce((select u.raw_app_meta_data ->> 'role' = 'admin' from auth.users u where u.id = auth.uid()), false)
$$;
create policy admins_read on notes for select to authenticated using ((select is_site_admin()));

-- set-up: new-table-without-row-security
-- open audit_trail: anon select insert update delete
-- open audit_trail: authenticated select insert update delete
create table audit_trail (id bigint generated by default as identity primary key, actor uuid, did text);
insert into audit_trail (actor, did) values (:A, 'login'), (:B, 'logout');
create function audit_notes() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into public.audit_trail (actor, did) values (auth.uid(), tg_op);
    return null;
end;
$$;
create trigger audit_notes after insert or update or delete on notes for each row execute function audit_notes();
create policy mine on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: audit-table-with-row-security-and-no-policy
-- protected
create table audit_trail (id bigint generated by default as identity primary key, actor uuid, did text);
alter table audit_trail enable row level security;
insert into audit_trail (actor, did) values (:A, 'login'), (:B, 'logout');
create function audit_notes() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into public.audit_trail (actor, did) values (auth.uid(), tg_op);
    return null;
end;
$$;
create trigger audit_notes after insert or update or delete on notes for each row execute function audit_notes();
create policy mine on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: policies-written-row-security-never-enabled
-- open devices: anon select insert update delete
-- open devices: authenticated select insert update delete
create table devices (id int primary key, holder uuid not null, push_token text);
insert into devices values (1, :A, 'tok a'), (2, :B, 'tok b');
create policy devices_mine on devices for all to authenticated using (holder = auth.uid()) with check (holder = auth.uid());

-- set-up: no-row-security-and-revoked-from-public-only
-- open job_queue: anon select insert update delete
-- open job_queue: authenticated select insert update delete
create table job_queue (id int primary key, requested_by uuid, args jsonb);
insert into job_queue values (1, :A, '{}'), (2, :B, '{}');
revoke all on job_queue from public;

-- set-up: no-row-security-and-revoked-from-both-roles
-- protected
create table job_queue (id int primary key, requested_by uuid, args jsonb);
insert into job_queue values (1, :A, '{}'), (2, :B, '{}');
revoke all on job_queue from public, anon, authenticated;

-- set-up: private-schema-without-usage
-- protected
create schema ledger;
create table ledger.entries (id int primary key, account uuid not null, cents bigint);
insert into ledger.entries values (1, :A, 100), (2, :B, 200);
grant all on ledger.entries to authenticated;

-- set-up: extra-schema-with-usage-and-grants
-- open ledger.entries: authenticated select
create schema ledger;
grant usage on schema ledger to authenticated;
create table ledger.entries (id int primary key, account uuid not null, cents bigint);
insert into ledger.entries values (1, :A, 100), (2, :B, 200);
grant select on all tables in schema ledger to authenticated;

-- set-up: backup-copy-of-a-protected-table
-- open notes_backup_20250301: anon select insert update delete
-- open notes_backup_20250301: authenticated select insert update delete
create policy mine on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create table notes_backup_20250301 as select * from notes;

-- set-up: stealing-update
-- open cards: authenticated select update
create table cards (id int primary key, board int not null, assignee uuid not null, title text);
alter table cards enable row level security;
insert into cards values (1, 1, :A, 'card a'), (2, 1, :B, 'card b');
create policy cards_read on cards for select to authenticated using (true);
create policy cards_take on cards for update to authenticated using (true) with check (assignee = auth.uid());
create policy cards_drop on cards for delete to authenticated using (assignee = auth.uid());

-- set-up: update-with-using-only-own
-- protected
create table cards (id int primary key, board int not null, assignee uuid not null, title text);
alter table cards enable row level security;
insert into cards values (1, 1, :A, 'card a'), (2, 1, :B, 'card b');
create policy cards_read on cards for select to authenticated using (assignee = auth.uid());
create policy cards_edit on cards for update to authenticated using (assignee = auth.uid());
create policy cards_drop on cards for delete to authenticated using (assignee = auth.uid());

-- set-up: policy-called-deny
-- open notes: anon select
-- open notes: authenticated select
create policy "deny access to anon and authenticated" on notes for select to anon, authenticated using (true);

-- set-up: permissive-false-denies-nobody
-- open invites: authenticated select
create table invites (id int primary key, invited_by uuid not null, email text not null, token text not null);
alter table invites enable row level security;
insert into invites values (1, :A, 'x@a.test', 'tok-1'), (2, :B, 'y@b.test', 'tok-2');
create policy "look up an invite by its token" on invites for select to authenticated using (token is not null);
create policy "nobody else" on invites for select to authenticated using (false);

-- set-up: invites-by-the-address-in-the-token
-- protected
-- forge claims {"user_metadata": {"email": "x@a.test"}}
create table invites (id int primary key, invited_by uuid not null, email text not null, token text not null);
alter table invites enable row level security;
insert into invites values (1, :A, 'x@a.test', 'tok-1'), (2, :B, 'y@b.test', 'tok-2');
create policy "my invites" on invites for select to authenticated using (lower(email) = lower(auth.jwt() ->> 'email'));
create policy "invites that i sent" on invites for all to authenticated using (invited_by = auth.uid()) with check (invited_by = auth.uid());

-- set-up: invites-by-the-address-in-user-metadata
-- open invites: authenticated select
-- forge claims {"user_metadata": {"email": "x@a.test"}}
create table invites (id int primary key, invited_by uuid not null, email text not null, token text not null);
alter table invites enable row level security;
insert into invites values (1, :A, 'x@a.test', 'tok-1'), (2, :B, 'y@b.test', 'tok-2');
create policy "my invites" on invites for select to authenticated using (email = auth.jwt() -> 'user_metadata' ->> 'email');

-- set-up: tenant-of-the-profile-that-i-may-edit
-- open bookings: authenticated select
-- first authenticated: update staff set salon_id = 1 where person = :S
create table staff (person uuid primary key, salon_id int, phone text);
create table bookings (id int primary key, salon_id int not null, client uuid not null, what text);
alter table staff enable row level security;
alter table bookings enable row level security;
insert into staff values (:A, 1, '1'), (:B, 2, '2'), (:S, 3, '3');
insert into bookings values (1, 1, :A, 'cut'), (2, 2, :B, 'dye');
create policy staff_self on staff for select to authenticated using (person = auth.uid());
create policy staff_edit on staff for update to authenticated using (person = auth.uid());
create policy bookings_salon on bookings for select to authenticated
    using (salon_id = (select s.salon_id from staff s where s.person = auth.uid()));

-- set-up: tenant-of-the-profile-that-the-check-holds
-- protected
-- first authenticated: update staff set salon_id = 1 where person = :S
create table staff (person uuid primary key, salon_id int, phone text);
create table bookings (id int primary key, salon_id int not null, client uuid not null, what text);
alter table staff enable row level security;
alter table bookings enable row level security;
insert into staff values (:A, 1, '1'), (:B, 2, '2'), (:S, 3, '3');
insert into bookings values (1, 1, :A, 'cut'), (2, 2, :B, 'dye');
create function my_salon() returns int language sql stable security definer set search_path = '' as $$
    select s.salon_id from public.staff s where s.person = auth.uid()
$$;
create policy staff_self on staff for select to authenticated using (person = auth.uid());
create policy staff_edit on staff for update to authenticated using (person = auth.uid())
    with check (person = auth.uid() and salon_id is not distinct from my_salon());
create policy bookings_salon on bookings for select to authenticated using (salon_id = my_salon());

-- set-up: view-over-an-invoker-view
-- protected
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create view note_bodies with (security_invoker = true) as select id, user_id, body from notes;
create view note_lengths as select id, length(body) as letters from note_bodies;

-- set-up: invoker-view-over-a-view-that-is-granted
-- open note_bodies: anon select insert update delete
-- open note_bodies: authenticated select insert update delete
-- open note_upper: anon select
-- open note_upper: authenticated select
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create view note_bodies as select id, user_id, body from notes;
create view note_upper with (security_invoker = true) as select distinct id, upper(body) as body from note_bodies;

-- set-up: view-of-a-role-without-bypass
-- protected
do $$ begin if not exists (select from pg_roles where rolname = 'fm30_app_owner') then create role fm30_app_owner nologin; end if; end $$;
grant usage, create on schema public to fm30_app_owner;
grant usage on schema auth to fm30_app_owner;
grant select on notes to fm30_app_owner;
create policy mine on notes for select using (user_id = auth.uid());
create view note_feed as select id, user_id, body from notes;
alter view note_feed owner to fm30_app_owner;

-- set-up: view-of-a-role-with-a-policy-of-its-own
-- open note_feed: authenticated select
do $$ begin if not exists (select from pg_roles where rolname = 'fm30_feed_owner') then create role fm30_feed_owner nologin; end if; end $$;
grant usage, create on schema public to fm30_feed_owner;
grant select on notes to fm30_feed_owner;
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create policy "the feed reads all" on notes for select to fm30_feed_owner using (true);
create view note_feed as select id, user_id, body from notes;
alter view note_feed owner to fm30_feed_owner;
revoke all on note_feed from anon, authenticated;
grant select on note_feed to authenticated;

-- set-up: policy-without-an-expression
-- protected
create policy "read" on notes for select to authenticated;
create policy "add" on notes for insert to authenticated;

-- set-up: update-without-a-policy-to-read
-- open beacons: anon update
-- open beacons: authenticated update
create table beacons (id int primary key, keeper uuid not null, lit boolean not null default false);
alter table beacons enable row level security;
insert into beacons values (1, :A, false), (2, :B, false);
create policy "anyone may switch" on beacons for update using (true) with check (true);

-- set-up: update-with-a-check-of-false
-- protected
create table beacons (id int primary key, keeper uuid not null, lit boolean not null default false);
alter table beacons enable row level security;
insert into beacons values (1, :A, false), (2, :B, false);
create policy "anyone may try" on beacons for update using (true) with check (false);

-- set-up: rule-that-writes-with-the-owners-rights
-- open note_box: anon insert
-- open note_box: authenticated insert
revoke all on notes from anon, authenticated;
create view note_box as select n.id, n.user_id, n.body from notes n where n.user_id = auth.uid() group by n.id, n.user_id, n.body;
create rule note_box_insert as on insert to note_box do instead insert into notes (id, user_id, body) values (new.id, new.user_id, new.body);

-- set-up: rule-that-stamps-the-caller
-- protected
revoke all on notes from anon, authenticated;
create view note_box as select n.id, n.user_id, n.body from notes n where n.user_id = auth.uid() group by n.id, n.user_id, n.body;
create rule note_box_insert as on insert to note_box do instead insert into notes (id, user_id, body) values (new.id, auth.uid(), new.body);

-- set-up: publication-adds-no-right
-- protected
alter table notes replica identity full;
create publication fm30_live for table notes with (publish = 'insert, update, delete');
create policy mine on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: column-grant-under-a-policy-for-all
-- open patients: authenticated select
create table patients (id int primary key, person uuid not null, name text, ssn text);
alter table patients enable row level security;
insert into patients values (1, :A, 'ann', '1-1'), (2, :B, 'bob', '2-2');
revoke all on patients from anon, authenticated;
grant select (id, name) on patients to authenticated;
create policy names_only on patients for select to authenticated using (true);

-- set-up: column-grant-with-an-owner-policy
-- protected
create table patients (id int primary key, person uuid not null, name text, ssn text);
alter table patients enable row level security;
insert into patients values (1, :A, 'ann', '1-1'), (2, :B, 'bob', '2-2');
revoke all on patients from anon, authenticated;
grant select (id, person, name) on patients to authenticated;
create policy self_only on patients for select to authenticated using (person = (select auth.uid()));

-- set-up: bypassrls-owner-of-a-definer-function
-- open latest_note(): authenticated select
do $$ begin if not exists (select from pg_roles where rolname = 'fm30_worker') then create role fm30_worker nologin bypassrls; end if; end $$;
grant usage, create on schema public to fm30_worker;
grant select on notes to fm30_worker;
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create function latest_note() returns text language sql stable security definer set search_path = '' as $$
    select body from public.notes order by id desc limit 1
$$;
alter function latest_note() owner to fm30_worker;
revoke execute on function latest_note() from public, anon;

-- set-up: owner-without-bypass-of-a-definer-function
-- protected
do $$ begin if not exists (select from pg_roles where rolname = 'fm30_clerk') then create role fm30_clerk nologin; end if; end $$;
grant usage, create on schema public to fm30_clerk;
grant usage on schema auth to fm30_clerk;
grant select on notes to fm30_clerk;
create policy mine on notes for select using (user_id = auth.uid());
create function latest_note() returns text language sql stable security definer set search_path = '' as $$
    select body from public.notes order by id desc limit 1
$$;
alter function latest_note() owner to fm30_clerk;

-- set-up: default-argument-overridden-by-the-policy
-- open vaults: authenticated select delete
create table vaults (id int primary key, holder uuid not null, secret text);
alter table vaults enable row level security;
insert into vaults values (1, :A, 'sa'), (2, :B, 'sb');
create function owns(holder uuid, viewer uuid default auth.uid()) returns boolean language sql stable as $$ select $1 = $2 $$;
create policy vault_read on vaults for select to authenticated using (owns(holder, holder));
create policy vault_drop on vaults for delete to authenticated using (owns(holder, viewer => holder));

-- set-up: default-argument-left-to-the-caller
-- protected
create table vaults (id int primary key, holder uuid not null, secret text);
alter table vaults enable row level security;
insert into vaults values (1, :A, 'sa'), (2, :B, 'sb');
create function owns(holder uuid, viewer uuid default auth.uid()) returns boolean language sql stable as $$ select $1 = $2 $$;
create policy vault_read on vaults for select to authenticated using (owns(holder));
create policy vault_drop on vaults for delete to authenticated using (owns(holder));

-- set-up: not-blocked-is-not-a-friend
-- open stories: authenticated select
create table friendships (a uuid, b uuid, primary key (a, b));
create table blocks (blocker uuid, blocked uuid, primary key (blocker, blocked));
create table stories (id int primary key, teller uuid not null, tale text);
alter table friendships enable row level security;
alter table blocks enable row level security;
alter table stories enable row level security;
insert into stories values (1, :A, 'tale a'), (2, :B, 'tale b');
insert into friendships values (:A, :B);
create policy stories_read on stories for select to authenticated
    using (not exists (select 1 from blocks where blocker = teller and blocked = auth.uid()));

-- set-up: friend-and-not-blocked
-- protected
create table friendships (a uuid, b uuid, primary key (a, b));
create table blocks (blocker uuid, blocked uuid, primary key (blocker, blocked));
create table stories (id int primary key, teller uuid not null, tale text);
alter table friendships enable row level security;
alter table blocks enable row level security;
alter table stories enable row level security;
insert into stories values (1, :A, 'tale a'), (2, :B, 'tale b');
insert into friendships values (:A, :B);
create policy f_read on friendships for select to authenticated using (auth.uid() in (a, b));
create policy stories_read on stories for select to authenticated
    using (not exists (select 1 from blocks where blocker = teller and blocked = auth.uid())
       and exists (select 1 from friendships f where (f.a, f.b) in ((teller, auth.uid()), (auth.uid(), teller))));

-- set-up: comments-follow-the-article-that-follows-its-author
-- protected
create table articles (id int primary key, author_id uuid not null, body text);
create table comments (id int primary key, article_id int references articles (id) on delete cascade, commenter uuid not null, body text);
alter table articles enable row level security;
alter table comments enable row level security;
insert into articles values (1, :A, 'art a'), (2, :B, 'art b');
insert into comments values (1, 1, :B, 'nice'), (2, 2, :A, 'hm');
create policy articles_own on articles for select to authenticated using (author_id = auth.uid());
create policy comments_of_what_i_see on comments for select to authenticated using (exists (select 1 from articles a where a.id = article_id));

-- set-up: votes-in-anybodys-name
-- open votes: authenticated insert
create table polls (id int primary key, asked_by uuid not null, open boolean not null default true);
create table votes (id int primary key, poll_id int not null, voter uuid not null, choice int);
alter table polls enable row level security;
alter table votes enable row level security;
insert into polls values (1, :A, true), (2, :B, true);
insert into votes values (1, 1, :A, 1), (2, 2, :B, 2);
create function poll_is_open(p int) returns boolean language sql stable security definer set search_path = '' as $$
    select coalesce((select open from public.polls where id = p), false)
$$;
create policy votes_own on votes for select to authenticated using (voter = auth.uid());
create policy votes_cast on votes for insert to authenticated with check (poll_is_open(poll_id));

-- set-up: votes-in-my-own-name
-- protected
create table polls (id int primary key, asked_by uuid not null, open boolean not null default true);
create table votes (id int primary key, poll_id int not null, voter uuid not null, choice int);
alter table polls enable row level security;
alter table votes enable row level security;
insert into polls values (1, :A, true), (2, :B, true);
insert into votes values (1, 1, :A, 1), (2, 2, :B, 2);
create function poll_is_open(p int) returns boolean language sql stable security definer set search_path = '' as $$
    select coalesce((select open from public.polls where id = p), false)
$$;
create policy votes_own on votes for select to authenticated using (voter = auth.uid());
create policy votes_cast on votes for insert to authenticated with check (poll_is_open(poll_id) and voter = auth.uid());

-- set-up: join-any-team-by-oneself
-- open notes: authenticated select
-- open guild_members: authenticated insert select
-- first authenticated: insert into guild_members values (1, :S, 'member')
create table guild_members (guild_id int, player uuid, rank text not null default 'member', primary key (guild_id, player));
alter table guild_members enable row level security;
insert into guild_members values (1, :A, 'owner'), (2, :B, 'owner');
alter table notes add guild_id int;
update notes set guild_id = id;
create function my_guilds() returns setof int language sql stable security definer set search_path = '' as $$
    select guild_id from public.guild_members where player = auth.uid()
$$;
create policy gm_read on guild_members for select to authenticated using (guild_id in (select my_guilds()));
create policy gm_join on guild_members for insert to authenticated with check (player = auth.uid() or rank = 'member');
create policy notes_guild on notes for select to authenticated using (guild_id in (select my_guilds()));

-- set-up: join-a-team-only-when-invited
-- protected
-- first authenticated: insert into guild_members values (1, :S, 'member')
create table guild_invites (guild_id int, email text, primary key (guild_id, email));
create table guild_members (guild_id int, player uuid, rank text not null default 'member', primary key (guild_id, player));
alter table guild_invites enable row level security;
alter table guild_members enable row level security;
insert into guild_invites values (1, 'friend@guild.test');
insert into guild_members values (1, :A, 'owner'), (2, :B, 'owner');
alter table notes add guild_id int;
update notes set guild_id = id;
create function my_guilds() returns setof int language sql stable security definer set search_path = '' as $$
    select guild_id from public.guild_members where player = auth.uid()
$$;
create policy gi_mine on guild_invites for select to authenticated using (email = auth.jwt() ->> 'email');
create policy gm_read on guild_members for select to authenticated using (guild_id in (select my_guilds()));
create policy gm_join on guild_members for insert to authenticated
    with check (player = auth.uid() and rank = 'member'
        and exists (select 1 from guild_invites gi where gi.guild_id = guild_members.guild_id and gi.email = auth.jwt() ->> 'email'));
create policy notes_guild on notes for select to authenticated using (guild_id in (select my_guilds()));

-- set-up: all-notes-read-by-the-admin-client-only-in-name
-- open notes: anon select insert update delete
-- open notes: authenticated select insert update delete
create policy mine on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
alter table notes force row level security;
alter table notes disable row level security;

-- set-up: forced-and-enabled
-- protected
create policy mine on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
alter table notes force row level security;
grant all on notes to public;

-- set-up: table-handed-over-to-the-signed-in-role
-- open settings_kv: authenticated select insert update delete
create table settings_kv (id int primary key, whose uuid not null, v jsonb);
alter table settings_kv enable row level security;
insert into settings_kv values (1, :A, '1'), (2, :B, '2');
create policy kv_mine on settings_kv for all to authenticated using (whose = auth.uid()) with check (whose = auth.uid());
revoke all on settings_kv from anon;
grant create on schema public to authenticated;
alter table settings_kv owner to authenticated;
revoke create on schema public from authenticated;

-- set-up: published-by-a-generated-column
-- published notes: anon authenticated
alter table notes add visibility text not null default 'private' check (visibility in ('private', 'public'));
alter table notes add is_public boolean generated always as (visibility = 'public') stored;
update notes set visibility = 'public' where id = 1;
create policy "public notes" on notes for select using (is_public);
create policy "own notes" on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: published-since-a-moment
-- published articles: anon authenticated
create table articles (id int primary key, author_id uuid not null, body text, published_at timestamptz);
alter table articles enable row level security;
insert into articles values (1, :A, 'out', '2025-01-01'), (2, :B, 'draft', null);
create policy read_published on articles for select to anon, authenticated using (published_at is not null and published_at <= now());
create policy write_own on articles for all to authenticated using (author_id = (select auth.uid())) with check (author_id = (select auth.uid()));

-- set-up: published-listing-for-members-of-the-site
-- published listings: authenticated
create table listings (id int primary key, seller uuid not null, title text, status text not null default 'draft');
alter table listings enable row level security;
insert into listings values (1, :A, 'bike', 'published'), (2, :B, 'car', 'draft');
create policy listings_read on listings for select to authenticated using (status = 'published' or seller = auth.uid());
create policy listings_write on listings for update to authenticated using (seller = auth.uid()) with check (seller = auth.uid());

-- set-up: published-profiles-through-a-view
-- published public_profiles: anon authenticated
create table people (id uuid primary key, handle text not null, phone text, is_public boolean not null default false);
alter table people enable row level security;
insert into people values (:A, 'ann', '1', true), (:B, 'bob', '2', false);
create policy people_self on people for all to authenticated using (id = auth.uid()) with check (id = auth.uid());
create view public_profiles with (security_barrier = true) as select id, handle, is_public from people where is_public;
revoke insert, update, delete on public_profiles from anon, authenticated;

-- set-up: rpc-notes-of-whom-the-caller-names
-- open notes_of(:A): anon select
-- open notes_of(:A): authenticated select
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create function notes_of(who uuid default auth.uid()) returns setof notes language sql stable security definer set search_path = '' as $$
    select * from public.notes where user_id = who
$$;

-- set-up: rpc-notes-of-whom-the-caller-is
-- protected
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create function notes_of(who uuid default auth.uid()) returns setof notes language sql stable security definer set search_path = '' as $$
    select * from public.notes where user_id = who and who = auth.uid()
$$;

-- set-up: support-window-for-any-agent
-- open notes: authenticated select
create table support_grants (id int primary key, granted_by uuid not null, agent uuid not null, valid_until timestamptz not null);
alter table support_grants enable row level security;
insert into support_grants values (1, :A, :B, now() + interval '1 day'), (2, :B, :A, now() + interval '1 day');
create function support_window(customer uuid) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.support_grants g where g.granted_by = customer and g.agent is not null and now() < g.valid_until)
$$;
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create policy support on notes for select to authenticated using (support_window(user_id));

-- set-up: support-window-for-the-agent-named
-- protected
create table support_grants (id int primary key, granted_by uuid not null, agent uuid not null, valid_until timestamptz not null);
alter table support_grants enable row level security;
insert into support_grants values (1, :A, :B, now() + interval '1 day'), (2, :B, :A, now() + interval '1 day');
create function support_window(customer uuid) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.support_grants g where g.granted_by = customer and g.agent = auth.uid() and now() < g.valid_until)
$$;
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create policy support on notes for select to authenticated using (support_window(user_id));

-- set-up: chat-members-list-is-open-and-so-is-the-chat
-- open chat_members: authenticated select
-- open chat_lines: authenticated select
create table chat_members (chat_id int, participant uuid, primary key (chat_id, participant));
create table chat_lines (id int primary key, chat_id int not null, sender uuid not null, line text);
alter table chat_members enable row level security;
alter table chat_lines enable row level security;
insert into chat_members values (1, :A), (2, :B);
insert into chat_lines values (1, 1, :A, 'psst'), (2, 2, :B, 'hush');
create policy cm_read on chat_members for select to authenticated using (true);
create policy cl_read on chat_lines for select to authenticated using (chat_id in (select cm.chat_id from chat_members cm));
create policy cl_send on chat_lines for insert to authenticated
    with check (sender = auth.uid() and exists (select 1 from chat_members cm where cm.chat_id = chat_lines.chat_id and cm.participant = auth.uid()));

-- set-up: chat-of-its-members
-- protected
create table chat_members (chat_id int, participant uuid, primary key (chat_id, participant));
create table chat_lines (id int primary key, chat_id int not null, sender uuid not null, line text);
alter table chat_members enable row level security;
alter table chat_lines enable row level security;
insert into chat_members values (1, :A), (2, :B);
insert into chat_lines values (1, 1, :A, 'psst'), (2, 2, :B, 'hush');
create policy cm_read on chat_members for select to authenticated using (participant = (select auth.uid()));
create policy cl_read on chat_lines for select to authenticated using (chat_id in (select cm.chat_id from chat_members cm));
create policy cl_send on chat_lines for insert to authenticated
    with check (sender = auth.uid() and exists (select 1 from chat_members cm where cm.chat_id = chat_lines.chat_id and cm.participant = auth.uid()));
create policy cl_edit on chat_lines for update to authenticated using (sender = auth.uid()) with check (sender = auth.uid());

-- set-up: acl-in-json-with-reading-as-the-default
-- open pages: authenticated select
create table pages (id int primary key, keeper uuid not null, acl jsonb not null default '{}', html text);
alter table pages enable row level security;
insert into pages values (1, :A, jsonb_build_object(:A::text, 'write'), '<a>'), (2, :B, jsonb_build_object(:B::text, 'write'), '<b>');
create policy pages_read on pages for select to authenticated using (coalesce(acl ->> auth.uid()::text, 'read') in ('read', 'write'));
create policy pages_write on pages for update to authenticated using (acl ->> auth.uid()::text = 'write');

-- set-up: acl-in-json-with-nothing-as-the-default
-- protected
create table pages (id int primary key, keeper uuid not null, acl jsonb not null default '{}', html text);
alter table pages enable row level security;
insert into pages values (1, :A, jsonb_build_object(:A::text, 'write'), '<a>'), (2, :B, jsonb_build_object(:B::text, 'write'), '<b>');
create policy pages_read on pages for select to authenticated using (coalesce(acl ->> auth.uid()::text, 'none') in ('read', 'write'));
create policy pages_write on pages for update to authenticated using (acl ->> auth.uid()::text = 'write');

-- set-up: join-request-that-approves-itself
-- open notes: authenticated select
-- first authenticated: insert into join_requests (id, club_id, applicant) values (77, 1, :S)
create table club_members (club_id int, fan uuid, primary key (club_id, fan));
create table join_requests (id int primary key, club_id int not null, applicant uuid not null, approved boolean not null default true);
alter table club_members enable row level security;
alter table join_requests enable row level security;
insert into club_members values (1, :A), (2, :B);
alter table notes add club_id int;
update notes set club_id = id;
create function admit() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    if new.approved then
        insert into public.club_members values (new.club_id, new.applicant) on conflict do nothing;
    end if;
    return new;
end;
$$;
create trigger admit after insert or update on join_requests for each row execute function admit();
create policy jr_ask on join_requests for insert to authenticated with check (applicant = auth.uid());
create policy cm_self on club_members for select to authenticated using (fan = auth.uid());
create policy notes_club on notes for select to authenticated using (club_id in (select cm.club_id from club_members cm where cm.fan = auth.uid()));

-- set-up: join-request-that-waits
-- protected
-- first authenticated: insert into join_requests (id, club_id, applicant) values (77, 1, :S); insert into join_requests (id, club_id, applicant, approved) values (78, 1, :S, true); update join_requests set approved = true
create table club_members (club_id int, fan uuid, primary key (club_id, fan));
create table join_requests (id int primary key, club_id int not null, applicant uuid not null, approved boolean not null default false);
alter table club_members enable row level security;
alter table join_requests enable row level security;
insert into club_members values (1, :A), (2, :B);
alter table notes add club_id int;
update notes set club_id = id;
create function admit() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    if new.approved then
        insert into public.club_members values (new.club_id, new.applicant) on conflict do nothing;
    end if;
    return new;
end;
$$;
create trigger admit after insert or update on join_requests for each row execute function admit();
create policy jr_ask on join_requests for insert to authenticated with check (applicant = auth.uid() and not approved);
create policy jr_mine on join_requests for select to authenticated using (applicant = auth.uid());
create policy cm_self on club_members for select to authenticated using (fan = auth.uid());
create policy notes_club on notes for select to authenticated using (club_id in (select cm.club_id from club_members cm where cm.fan = auth.uid()));

-- set-up: view-owned-by-the-signed-in-role-under-a-wide-policy
-- open notes: authenticated select
-- open shared_notes: anon select
-- open shared_notes: authenticated select
create policy "signed in" on notes for select to authenticated using (true);
create view shared_notes as select id, user_id, body from notes;
grant create on schema public to authenticated;
alter view shared_notes owner to authenticated;
revoke create on schema public from authenticated;
revoke insert, update, delete on shared_notes from anon, authenticated;

-- set-up: view-owned-by-the-signed-in-role-under-an-owner-policy
-- protected
create policy "own" on notes for select to authenticated using (user_id = auth.uid());
create view shared_notes as select id, user_id, body from notes;
grant create on schema public to authenticated;
alter view shared_notes owner to authenticated;
revoke create on schema public from authenticated;
revoke insert, update, delete on shared_notes from anon, authenticated;

-- set-up: no-org-is-the-same-as-no-org
-- open files: authenticated select
create table org_people (human uuid primary key, org_id int not null);
create table files (id int primary key, uploaded_by uuid not null, org_id int, name text);
alter table org_people enable row level security;
alter table files enable row level security;
insert into org_people values (:B, 2);
insert into files values (1, :A, null, 'private.pdf'), (2, :B, 2, 'org.pdf');
create policy op_self on org_people for select to authenticated using (human = auth.uid());
create policy files_org on files for select to authenticated
    using (org_id is not distinct from (select op.org_id from org_people op where op.human = auth.uid()));

-- set-up: no-org-equals-nothing
-- protected
create table org_people (human uuid primary key, org_id int not null);
create table files (id int primary key, uploaded_by uuid not null, org_id int, name text);
alter table org_people enable row level security;
alter table files enable row level security;
insert into org_people values (:B, 2);
insert into files values (1, :A, null, 'private.pdf'), (2, :B, 2, 'org.pdf');
create policy op_self on org_people for select to authenticated using (human = auth.uid());
create policy files_org on files for select to authenticated
    using (uploaded_by = auth.uid() or org_id = (select op.org_id from org_people op where op.human = auth.uid()));

-- set-up: admin-by-the-role-claim-itself
-- protected
-- forge claims {"user_metadata": {"role": "admin", "user_role": "admin"}}
create policy "admins by hook" on notes for all to authenticated
    using (auth.jwt() ->> 'user_role' = 'admin') with check (auth.jwt() ->> 'user_role' = 'admin');
create policy mine on notes for select to authenticated using (user_id::text = auth.jwt() ->> 'sub');
