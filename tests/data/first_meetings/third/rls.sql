-- set-up: team-members-read-team-notes
-- protected
create table teams (id int primary key, name text not null);
create table team_members (team_id int references teams (id), user_id uuid not null, role text not null default 'member', primary key (team_id, user_id));
alter table teams enable row level security;
alter table team_members enable row level security;
alter table notes add team_id int references teams (id);
insert into teams values (1, 'team of a'), (2, 'team of b');
insert into team_members values (1, :A, 'owner'), (2, :B, 'owner');
update notes set team_id = id;
create policy "own memberships" on team_members for select to authenticated using (user_id = (select auth.uid()));
create policy "teams i am in" on teams for select to authenticated
    using (id in (select team_id from team_members where user_id = (select auth.uid())));
create policy "notes of my teams" on notes for select to authenticated
    using (team_id in (select team_id from team_members where user_id = (select auth.uid())));

-- set-up: member-of-any-team-reads-every-team
-- open notes: authenticated select
create table team_members (team_id int, user_id uuid not null, primary key (team_id, user_id));
alter table team_members enable row level security;
alter table notes add team_id int;
update notes set team_id = id;
insert into team_members values (1, :A), (2, :B), (3, :S);
create policy "own memberships" on team_members for select to authenticated using (user_id = auth.uid());
create policy "team notes" on notes for select to authenticated
    using (exists (select 1 from team_members tm where tm.team_id = team_id and tm.user_id = auth.uid()));

-- set-up: org-admin-by-helper-function
-- protected
create table org_members (org_id int, user_id uuid, role text not null, primary key (org_id, user_id));
create table invoices (id int primary key, org_id int not null, amount numeric not null);
alter table org_members enable row level security;
alter table invoices enable row level security;
insert into org_members values (1, :A, 'admin'), (2, :B, 'admin'), (3, :S, 'admin');
insert into invoices values (1, 1, 100), (2, 2, 200);
create function is_org_admin(org int) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.org_members m where m.org_id = org and m.user_id = (select auth.uid()) and m.role = 'admin')
$$;
create policy members_self on org_members for select to authenticated using (user_id = auth.uid());
create policy members_removed_by_admin on org_members for delete to authenticated using (is_org_admin(org_id));
create policy invoices_admin on invoices for all to authenticated using (is_org_admin(org_id)) with check (is_org_admin(org_id));

-- set-up: org-admin-helper-forgets-the-org
-- open invoices: authenticated select insert update delete
create table org_members (org_id int, user_id uuid, role text not null, primary key (org_id, user_id));
create table invoices (id int primary key, org_id int not null, amount numeric not null);
alter table org_members enable row level security;
alter table invoices enable row level security;
insert into org_members values (1, :A, 'admin'), (2, :B, 'admin'), (3, :S, 'admin');
insert into invoices values (1, 1, 100), (2, 2, 200);
create function is_org_admin() returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.org_members m where m.user_id = (select auth.uid()) and m.role = 'admin')
$$;
create policy members_self on org_members for select to authenticated using (user_id = auth.uid());
create policy invoices_admin on invoices for all to authenticated using (is_org_admin()) with check (is_org_admin());

-- set-up: helper-parameter-shadowed-by-column
-- open documents: authenticated select
create table org_members (org_id int, user_id uuid, primary key (org_id, user_id));
create table documents (id int primary key, org_id int not null, title text);
alter table org_members enable row level security;
alter table documents enable row level security;
insert into org_members values (1, :A), (2, :B), (3, :S);
insert into documents values (1, 1, 'of a'), (2, 2, 'of b');
create function is_member_of(org_id int) returns boolean language sql stable security definer set search_path = public as $$
    select exists (select 1 from org_members m where m.org_id = org_id and m.user_id = auth.uid())
$$;
create policy members_self on org_members for select to authenticated using (user_id = auth.uid());
create policy documents_read on documents for select to authenticated using (is_member_of(org_id));

-- set-up: helper-parameter-by-position
-- protected
create table org_members (org_id int, user_id uuid, primary key (org_id, user_id));
create table documents (id int primary key, org_id int not null, title text);
alter table org_members enable row level security;
alter table documents enable row level security;
insert into org_members values (1, :A), (2, :B), (3, :S);
insert into documents values (1, 1, 'of a'), (2, 2, 'of b');
create function is_member_of(org_id int) returns boolean language sql stable security definer set search_path = public as $$
    select exists (select 1 from org_members m where m.org_id = $1 and m.user_id = auth.uid())
$$;
create policy members_self on org_members for select to authenticated using (user_id = auth.uid());
create policy documents_read on documents for select to authenticated using (is_member_of(org_id));

-- set-up: definer-helper-without-search-path
-- protected
create table memberships (workspace_id int, user_id uuid, primary key (workspace_id, user_id));
create table boards (id int primary key, workspace_id int not null, title text);
alter table memberships enable row level security;
alter table boards enable row level security;
insert into memberships values (1, :A), (2, :B);
insert into boards values (1, 1, 'of a'), (2, 2, 'of b');
create function my_workspaces() returns setof int language sql stable security definer as $$
    select workspace_id from memberships where user_id = auth.uid()
$$;
create policy m on memberships for select to authenticated using (workspace_id in (select my_workspaces()));
create policy b on boards for all to authenticated using (workspace_id in (select my_workspaces()));

-- set-up: membership-table-left-without-rls
-- open team_members: anon select insert update delete
-- open team_members: authenticated select insert update delete
create table team_members (team_id int, user_id uuid not null, primary key (team_id, user_id));
create table tasks (id int primary key, created_by uuid not null, title text);
alter table tasks enable row level security;
insert into team_members values (1, :A), (2, :B);
insert into tasks values (1, :A, 'of a'), (2, :B, 'of b');
create policy tasks_own on tasks for all to authenticated using (created_by = auth.uid()) with check (created_by = auth.uid());

-- set-up: membership-table-without-rls-but-revoked
-- protected
create table staff (user_id uuid primary key);
revoke all on staff from anon, authenticated;
insert into staff values (gen_random_uuid());
create function is_staff() returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.staff where user_id = auth.uid())
$$;
create policy r on notes for select to authenticated using (user_id = auth.uid() or is_staff());

-- set-up: role-in-own-profile-that-one-may-change
-- open notes: authenticated select delete
create table profiles (id uuid primary key, full_name text, role text not null default 'user');
alter table profiles enable row level security;
insert into profiles values (:A, 'a'), (:B, 'b'), (:S, 's');
create policy "own profile" on profiles for select to authenticated using (id = auth.uid());
create policy "change own profile" on profiles for update to authenticated using (id = auth.uid()) with check (id = auth.uid());
create policy "own notes" on notes for select to authenticated using (user_id = auth.uid());
create policy "admins moderate" on notes for delete to authenticated
    using (exists (select 1 from profiles p where p.id = auth.uid() and p.role = 'admin'));
create policy "admins look" on notes for select to authenticated
    using (exists (select 1 from profiles p where p.id = auth.uid() and p.role = 'admin'));

-- set-up: role-in-own-profile-with-column-grants
-- protected
create table profiles (id uuid primary key, full_name text, role text not null default 'user');
alter table profiles enable row level security;
revoke insert, update, delete on profiles from anon, authenticated;
grant update (full_name) on profiles to authenticated;
insert into profiles values (:A, 'a'), (:B, 'b'), (:S, 's');
create policy "own profile" on profiles for select to authenticated using (id = auth.uid());
create policy "change own profile" on profiles for update to authenticated using (id = auth.uid()) with check (id = auth.uid());
create policy "own notes" on notes for select to authenticated using (user_id = auth.uid());
create policy "admins look" on notes for select to authenticated
    using (exists (select 1 from profiles p where p.id = auth.uid() and p.role = 'admin'));

-- set-up: role-column-revoked-after-a-table-grant
-- open notes: authenticated select
create table profiles (id uuid primary key, full_name text, role text not null default 'user');
alter table profiles enable row level security;
revoke update (role) on profiles from anon, authenticated;
insert into profiles values (:A, 'a'), (:B, 'b'), (:S, 's');
create policy "own profile" on profiles for select to authenticated using (id = auth.uid());
create policy "change own profile" on profiles for update to authenticated using (id = auth.uid()) with check (id = auth.uid());
create policy "admins look" on notes for select to authenticated
    using (exists (select 1 from profiles p where p.id = auth.uid() and p.role = 'admin'));

-- set-up: role-in-own-profile-guarded-by-trigger
-- protected
create table profiles (id uuid primary key, full_name text, role text not null default 'user');
alter table profiles enable row level security;
insert into profiles values (:A, 'a'), (:B, 'b'), (:S, 's');
create function keep_role() returns trigger language plpgsql as $$
begin
    new.role := old.role;
    return new;
end;
$$;
create trigger keep_role before update on profiles for each row execute function keep_role();
create policy "own profile" on profiles for select to authenticated using (id = auth.uid());
create policy "change own profile" on profiles for update to authenticated using (id = auth.uid()) with check (id = auth.uid());
create policy "own or admin" on notes for select to authenticated
    using (user_id = auth.uid() or exists (select 1 from profiles p where p.id = auth.uid() and p.role = 'admin'));

-- set-up: tenant-in-app-metadata
-- protected
create table customers (id int primary key, tenant_id uuid not null, name text);
alter table customers enable row level security;
insert into customers values (1, :A, 'customer of a'), (2, :B, 'customer of b');
create policy tenant_isolation on customers for all to authenticated
    using (tenant_id = ((select auth.jwt()) -> 'app_metadata' ->> 'tenant_id')::uuid)
    with check (tenant_id = ((select auth.jwt()) -> 'app_metadata' ->> 'tenant_id')::uuid);

-- set-up: tenant-in-user-metadata
-- open customers: authenticated select insert update delete
-- forge claims {"user_metadata": {"tenant_id": "7"}}
create table customers (id int primary key, tenant_id int not null, name text);
alter table customers enable row level security;
insert into customers values (1, 7, 'one'), (2, 7, 'two');
create policy tenant_isolation on customers for all to authenticated
    using (tenant_id = (auth.jwt() -> 'user_metadata' ->> 'tenant_id')::int)
    with check (tenant_id = (auth.jwt() -> 'user_metadata' ->> 'tenant_id')::int);

-- set-up: app-metadata-or-user-metadata
-- open notes: authenticated select
-- forge claims {"user_metadata": {"is_admin": true}}
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy admins on notes for select to authenticated
    using (coalesce((auth.jwt() -> 'app_metadata' ->> 'is_admin')::boolean, (auth.jwt() -> 'user_metadata' ->> 'is_admin')::boolean, false));

-- set-up: admin-claim-in-app-metadata
-- protected
create function is_claims_admin() returns boolean language sql stable as $$
    select coalesce((auth.jwt() -> 'app_metadata' ->> 'claims_admin')::boolean, false)
$$;
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy admins on notes for all to authenticated using (is_claims_admin()) with check (is_claims_admin());

-- set-up: admin-looked-up-in-raw-user-meta-data
-- open notes: authenticated select update delete
-- forge written {"role": "admin"}
create function is_admin() returns boolean language sql stable security definer set search_path = '' as $$
    select coalesce((select u.raw_user_meta_data ->> 'role' = 'admin' from auth.users u where u.id = auth.uid()), false)
$$;
create policy r on notes for select to authenticated using (user_id = auth.uid() or is_admin());
create policy u on notes for update to authenticated using (user_id = auth.uid() or is_admin());
create policy d on notes for delete to authenticated using (user_id = auth.uid() or is_admin());

-- set-up: admin-looked-up-in-raw-app-meta-data
-- protected
create function is_admin() returns boolean language sql stable security definer set search_path = '' as $$
    select coalesce((select u.raw_app_meta_data ->> 'role' = 'admin' from auth.users u where u.id = auth.uid()), false)
$$;
create policy r on notes for select to authenticated using (user_id = auth.uid() or is_admin());
create policy u on notes for update to authenticated using (user_id = auth.uid() or is_admin());
create policy d on notes for delete to authenticated using (user_id = auth.uid() or is_admin());

-- set-up: tenant-header-believed
-- open projects: anon select
-- open projects: authenticated select
-- forge set request.headers = {"x-tenant-id": "acme"}
create table projects (id int primary key, tenant text not null, title text);
alter table projects enable row level security;
insert into projects values (1, 'acme', 'one'), (2, 'acme', 'two');
create policy by_header on projects for select
    using (tenant = current_setting('request.headers', true)::json ->> 'x-tenant-id');

-- set-up: tenant-header-and-membership
-- protected
-- forge set request.headers = {"x-tenant-id": "acme"}
create table tenant_users (tenant text, user_id uuid, primary key (tenant, user_id));
create table projects (id int primary key, tenant text not null, title text);
alter table tenant_users enable row level security;
alter table projects enable row level security;
insert into tenant_users values ('acme', :A), ('globex', :B), ('initech', :S);
insert into projects values (1, 'acme', 'one'), (2, 'globex', 'two');
create policy self on tenant_users for select to authenticated using (user_id = auth.uid());
create policy by_header on projects for select to authenticated
    using (tenant = current_setting('request.headers', true)::json ->> 'x-tenant-id'
       and exists (select 1 from tenant_users tu where tu.tenant = projects.tenant and tu.user_id = auth.uid()));

-- set-up: internal-header-as-password
-- open notes: anon select insert update delete
-- open notes: authenticated select insert update delete
-- forge set request.headers = {"x-internal": "true"}
create function is_internal() returns boolean language sql stable as $$
    select coalesce(current_setting('request.headers', true)::jsonb ->> 'x-internal', 'false') = 'true'
$$;
create policy internal on notes for all using (is_internal()) with check (is_internal());

-- set-up: api-key-in-header-hashed
-- protected
-- forge set request.headers = {"x-api-key": "guess"}
create table api_keys (id int primary key, owner_id uuid not null, key_hash text not null unique);
alter table api_keys enable row level security;
insert into api_keys values (1, :A, md5(gen_random_uuid()::text)), (2, :B, md5(gen_random_uuid()::text));
create policy own_keys on api_keys for select to authenticated using (owner_id = auth.uid());
create function key_owner() returns uuid language sql stable security definer set search_path = '' as $$
    select k.owner_id from public.api_keys k
    where k.key_hash = pg_catalog.md5(pg_catalog.current_setting('request.headers', true)::json ->> 'x-api-key')
$$;
create policy by_key on notes for select to anon using (user_id = key_owner());
create policy own on notes for select to authenticated using (user_id = auth.uid());

-- set-up: anon-reads-the-api-keys-it-is-checked-by
-- open api_keys: anon select
-- open api_keys: authenticated select
create table api_keys (id int primary key, owner_id uuid not null, key text not null unique);
alter table api_keys enable row level security;
insert into api_keys values (1, :A, gen_random_uuid()::text), (2, :B, gen_random_uuid()::text);
create policy "needed for the key check" on api_keys for select to anon, authenticated using (true);
create policy by_key on notes for select to authenticated using (user_id = auth.uid());

-- set-up: draft-or-published-rows
-- published posts: anon authenticated
create table posts (id int primary key, author_id uuid not null, title text, is_published boolean not null default false);
alter table posts enable row level security;
insert into posts values (1, :A, 'out', true), (2, :A, 'draft', false), (3, :B, 'out', true), (4, :B, 'draft', false);
create policy "published posts" on posts for select using (is_published);
create policy "own posts" on posts for all to authenticated using (author_id = auth.uid()) with check (author_id = auth.uid());

-- set-up: published-rows-that-anyone-may-change
-- open posts: authenticated update
-- published posts: anon authenticated
create table posts (id int primary key, author_id uuid not null, title text, is_published boolean not null default false);
alter table posts enable row level security;
insert into posts values (1, :A, 'out', true), (2, :A, 'draft', false), (3, :B, 'out', true), (4, :B, 'draft', false);
create policy "published posts" on posts for select using (is_published);
create policy "own posts" on posts for update to authenticated using (author_id = auth.uid() or is_published);

-- set-up: status-published-or-mine
-- published articles: authenticated
create table articles (id int primary key, author_id uuid not null, status text not null default 'draft', body text);
alter table articles enable row level security;
insert into articles values (1, :A, 'published', 'x'), (2, :A, 'draft', 'y'), (3, :B, 'published', 'x'), (4, :B, 'draft', 'y');
create policy r on articles for select to authenticated using (status = 'published' or author_id = auth.uid());
create policy i on articles for insert to authenticated with check (author_id = auth.uid());
create policy d on articles for delete to authenticated using (author_id = auth.uid());

-- set-up: everything-but-archived
-- open articles: anon select
-- open articles: authenticated select
create table articles (id int primary key, author_id uuid not null, deleted_at timestamptz, body text);
alter table articles enable row level security;
insert into articles values (1, :A, null, 'x'), (2, :A, now(), 'y'), (3, :B, null, 'z');
create policy r on articles for select using (deleted_at is null);
create policy d on articles for update to authenticated using (author_id = auth.uid()) with check (author_id = auth.uid());

-- set-up: soft-deleted-and-own
-- protected
create table articles (id int primary key, author_id uuid not null, deleted_at timestamptz, body text);
alter table articles enable row level security;
insert into articles values (1, :A, null, 'x'), (2, :A, now(), 'y'), (3, :B, null, 'z');
create policy r on articles for select to authenticated using (deleted_at is null and author_id = auth.uid());
create policy d on articles for update to authenticated using (author_id = auth.uid()) with check (author_id = auth.uid());
create policy no_hard_delete on articles as restrictive for delete to authenticated using (false);

-- set-up: soft-delete-only-in-a-view
-- open live_articles: anon select insert update delete
-- open live_articles: authenticated select insert update delete
create table articles (id int primary key, author_id uuid not null, deleted_at timestamptz, body text);
alter table articles enable row level security;
insert into articles values (1, :A, null, 'x'), (2, :A, now(), 'y'), (3, :B, null, 'z');
create policy own on articles for all to authenticated using (author_id = auth.uid()) with check (author_id = auth.uid());
create view live_articles as select id, author_id, deleted_at, body from articles where deleted_at is null;

-- set-up: soft-delete-in-an-invoker-view
-- protected
create table articles (id int primary key, author_id uuid not null, deleted_at timestamptz, body text);
alter table articles enable row level security;
insert into articles values (1, :A, null, 'x'), (2, :A, now(), 'y'), (3, :B, null, 'z');
create policy own on articles for all to authenticated using (author_id = auth.uid()) with check (author_id = auth.uid());
create view live_articles with (security_invoker = on) as select id, author_id, deleted_at, body from articles where deleted_at is null;

-- set-up: security-barrier-is-not-invoker
-- open note_list: anon select insert update delete
-- open note_list: authenticated select insert update delete
create policy own on notes for select to authenticated using (user_id = auth.uid());
create view note_list with (security_barrier = true) as select id, user_id, body from notes;

-- set-up: own-rows-view-without-check-option
-- open my_notes: anon insert
-- open my_notes: authenticated insert update
create policy own on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create view my_notes with (security_barrier) as select id, user_id, body from notes where user_id = auth.uid();

-- set-up: own-rows-view-with-check-option
-- protected
create view my_notes with (security_barrier) as select id, user_id, body from notes where user_id = auth.uid() with cascaded check option;

-- set-up: own-rows-view-read-only
-- protected
create view my_notes with (security_barrier) as select id, body from notes where user_id = (select auth.uid());
revoke all on my_notes from anon, authenticated;
grant select on my_notes to authenticated;

-- set-up: joined-view-of-the-owner
-- open note_authors: anon select
-- open note_authors: authenticated select
create table profiles (id uuid primary key, display_name text);
alter table profiles enable row level security;
insert into profiles values (:A, 'a'), (:B, 'b');
create policy own on profiles for select to authenticated using (id = auth.uid());
create policy own on notes for select to authenticated using (user_id = auth.uid());
create view note_authors as select n.id, n.body, p.display_name from notes n join profiles p on p.id = n.user_id;

-- set-up: joined-view-kept-from-the-api
-- protected
create table profiles (id uuid primary key, display_name text);
alter table profiles enable row level security;
insert into profiles values (:A, 'a'), (:B, 'b');
create policy own on profiles for select to authenticated using (id = auth.uid());
create policy own on notes for select to authenticated using (user_id = auth.uid());
create view note_authors as select n.id, n.body, p.display_name from notes n join profiles p on p.id = n.user_id;
revoke all on note_authors from anon, authenticated;
grant select on note_authors to service_role;

-- set-up: invoker-view-over-an-owner-view
-- open all_notes: authenticated select
-- open recent_notes: authenticated select
create policy own on notes for select to authenticated using (user_id = auth.uid());
create view all_notes as select id, user_id, body from notes order by id;
revoke all on all_notes from anon, authenticated;
grant select on all_notes to authenticated;
create view recent_notes with (security_invoker = true) as select * from all_notes where id < 1000;

-- set-up: owner-view-over-an-invoker-view
-- protected
create policy own on notes for select to authenticated using (user_id = auth.uid());
create view visible_notes with (security_invoker = true) as select id, user_id, body from notes;
create view note_titles as select distinct id, left(body, 20) as title from visible_notes;

-- set-up: view-turned-invoker-later
-- protected
create view note_list as select id, user_id, body from notes;
create policy own on notes for all to authenticated using (user_id = auth.uid());
alter view note_list set (security_invoker = true);

-- set-up: view-option-lost-by-replacing
-- open note_list: anon select insert update delete
-- open note_list: authenticated select insert update delete
create policy own on notes for all to authenticated using (user_id = auth.uid());
create view note_list with (security_invoker = true) as select id, user_id from notes;
create or replace view note_list as select id, user_id, body from notes;

-- set-up: materialised-view-of-everything
-- open note_stats: anon select
-- open note_stats: authenticated select
create policy own on notes for select to authenticated using (user_id = auth.uid());
create materialized view note_stats as select user_id, count(*) as notes, max(body) as last_body from notes group by user_id;

-- set-up: materialised-view-behind-a-filter
-- protected
create policy own on notes for select to authenticated using (user_id = auth.uid());
create materialized view note_stats as select user_id, count(*) as notes, max(body) as last_body from notes group by user_id;
revoke all on note_stats from anon, authenticated;
create view my_note_stats with (security_barrier) as select * from note_stats where user_id = auth.uid();

-- set-up: rpc-definer-returns-everything
-- open search_notes('of'): anon select
-- open search_notes('of'): authenticated select
create policy own on notes for select to authenticated using (user_id = auth.uid());
create function search_notes(term text) returns setof notes language sql stable security definer set search_path = public as $$
    select * from notes where body ilike '%' || term || '%'
$$;

-- set-up: rpc-invoker-searches
-- protected
create policy own on notes for select to authenticated using (user_id = auth.uid());
create function search_notes(term text) returns setof notes language sql stable security invoker set search_path = public as $$
    select * from notes where body ilike '%' || term || '%'
$$;

-- set-up: rpc-definer-filters-by-caller
-- protected
create function my_feed() returns setof notes language plpgsql stable security definer set search_path = '' as $$
begin
    if auth.uid() is null then
        raise exception 'not signed in: refused';
    end if;
    return query select * from public.notes n where n.user_id = auth.uid();
end;
$$;

-- set-up: rpc-trusts-the-id-it-is-given
-- open notes_of(:A): anon select
-- open notes_of(:A): authenticated select
create policy own on notes for select to authenticated using (user_id = auth.uid());
create function notes_of(p_user uuid) returns table (id int, body text) language sql stable security definer set search_path = '' as $$
    select n.id, n.body from public.notes n where n.user_id = p_user
$$;

-- set-up: rpc-revoked-from-public-only
-- open export_notes(): anon select
-- open export_notes(): authenticated select
create function export_notes() returns setof notes language sql stable security definer set search_path = '' as $$ select * from public.notes $$;
revoke execute on function export_notes() from public;

-- set-up: rpc-revoked-from-everybody
-- protected
create function export_notes() returns setof notes language sql stable security definer set search_path = '' as $$ select * from public.notes $$;
revoke execute on function export_notes() from public, anon, authenticated;
grant execute on function export_notes() to service_role;

-- set-up: rpc-revoked-from-anon-and-public
-- open export_notes(): authenticated select
create function export_notes() returns setof notes language sql stable security definer set search_path = '' as $$ select * from public.notes $$;
revoke execute on function export_notes() from public, anon;

-- set-up: rpc-deletes-whatever-id
-- open delete_note(1): anon delete
-- open delete_note(1): authenticated delete
create policy own on notes for all to authenticated using (user_id = auth.uid());
create function delete_note(note_id int) returns void language sql security definer set search_path = '' as $$
    delete from public.notes where id = note_id
$$;

-- set-up: rpc-deletes-own-only
-- protected
create policy own on notes for select to authenticated using (user_id = auth.uid());
create function delete_note(note_id int) returns void language plpgsql security definer set search_path = '' as $$
begin
    delete from public.notes n where n.id = note_id and n.user_id = auth.uid();
    if not found then
        raise exception 'refused';
    end if;
end;
$$;

-- set-up: rpc-renames-for-anyone-signed-in
-- open rename_note(1, 'x'): authenticated update
create policy own on notes for select to authenticated using (user_id = auth.uid());
create function rename_note(note_id int, new_body text) returns void language plpgsql security definer set search_path = '' as $$
begin
    if auth.uid() is null then
        raise exception 'refused';
    end if;
    update public.notes set body = new_body where id = note_id;
end;
$$;

-- set-up: rpc-guard-that-null-slips-through
-- open purge_note(1): anon delete
create policy own on notes for select to authenticated using (user_id = auth.uid());
create function purge_note(note_id int) returns void language plpgsql security definer set search_path = '' as $$
declare
    owner uuid;
begin
    select n.user_id into owner from public.notes n where n.id = note_id;
    if owner <> auth.uid() then
        raise exception 'refused';
    end if;
    delete from public.notes n where n.id = note_id;
end;
$$;

-- set-up: rpc-guard-with-is-distinct-from
-- protected
create policy own on notes for select to authenticated using (user_id = auth.uid());
create function purge_note(note_id int) returns void language plpgsql security definer set search_path = '' as $$
declare
    owner uuid;
begin
    select n.user_id into owner from public.notes n where n.id = note_id;
    if owner is distinct from auth.uid() then
        raise exception 'refused';
    end if;
    delete from public.notes n where n.id = note_id;
end;
$$;

-- set-up: helper-in-a-private-schema
-- protected
create schema private;
create table private.roles (user_id uuid primary key, role text not null);
insert into private.roles values (gen_random_uuid(), 'admin');
create function private.is_admin() returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from private.roles r where r.user_id = (select auth.uid()) and r.role = 'admin')
$$;
grant usage on schema private to authenticated;
grant execute on function private.is_admin() to authenticated;
create policy own_or_admin on notes for all to authenticated
    using (user_id = (select auth.uid()) or (select private.is_admin()))
    with check (user_id = (select auth.uid()) or (select private.is_admin()));

-- set-up: insert-check-true-but-trigger-sets-owner
-- protected
create function set_owner() returns trigger language plpgsql as $$
begin
    new.user_id := auth.uid();
    return new;
end;
$$;
create trigger set_owner before insert on notes for each row execute function set_owner();
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy add on notes for insert to authenticated with check (true);

-- set-up: trigger-sets-owner-only-when-missing
-- open notes: authenticated insert
create function set_owner() returns trigger language plpgsql as $$
begin
    new.user_id := coalesce(new.user_id, auth.uid());
    return new;
end;
$$;
create trigger set_owner before insert on notes for each row execute function set_owner();
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy add on notes for insert to authenticated with check (true);

-- set-up: update-check-true-hands-over
-- open notes: authenticated update
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy add on notes for insert to authenticated with check (user_id = auth.uid());
create policy change on notes for update to authenticated using (user_id = auth.uid()) with check (true);

-- set-up: update-check-true-guarded-by-trigger
-- protected
create function owner_stays() returns trigger language plpgsql as $$
begin
    if new.user_id is distinct from old.user_id then
        raise exception 'the owner stays: refused';
    end if;
    return new;
end;
$$;
create trigger owner_stays before update on notes for each row execute function owner_stays();
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy change on notes for update to authenticated using (user_id = auth.uid()) with check (true);

-- set-up: owner-guard-fires-on-insert-only
-- open notes: authenticated update
create function owner_is_me() returns trigger language plpgsql as $$
begin
    if new.user_id is distinct from auth.uid() then
        raise exception 'not yours: refused';
    end if;
    return new;
end;
$$;
create trigger owner_is_me before insert on notes for each row execute function owner_is_me();
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy add on notes for insert to authenticated with check (true);
create policy change on notes for update to authenticated using (user_id = auth.uid()) with check (body is not null);

-- set-up: owner-guard-disabled
-- open notes: authenticated insert
create function owner_is_me() returns trigger language plpgsql as $$
begin
    if new.user_id is distinct from auth.uid() then
        raise exception 'not yours: refused';
    end if;
    return new;
end;
$$;
create trigger owner_is_me before insert on notes for each row execute function owner_is_me();
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy add on notes for insert to authenticated with check (true);
alter table notes disable trigger owner_is_me;

-- set-up: default-uid-and-check-true
-- open todos: authenticated insert
create table todos (id int primary key, user_id uuid not null default auth.uid(), task text);
alter table todos enable row level security;
insert into todos values (1, :A, 'of a'), (2, :B, 'of b');
create policy r on todos for select to authenticated using (user_id = auth.uid());
create policy i on todos for insert to authenticated with check (true);

-- set-up: default-uid-and-column-grant
-- protected
create table todos (id int primary key, user_id uuid not null default auth.uid(), task text);
alter table todos enable row level security;
revoke insert on todos from anon, authenticated;
grant insert (id, task) on todos to authenticated;
insert into todos values (1, :A, 'of a'), (2, :B, 'of b');
create policy r on todos for select to authenticated using (user_id = auth.uid());
create policy i on todos for insert to authenticated with check (true);

-- set-up: owner-in-a-generated-column
-- protected
create table records (id int primary key, data jsonb not null, owner uuid generated always as ((data ->> 'owner')::uuid) stored);
alter table records enable row level security;
insert into records (id, data) values (1, jsonb_build_object('owner', :A::text)), (2, jsonb_build_object('owner', :B::text));
create policy own on records for all to authenticated using (owner = auth.uid()) with check (owner = auth.uid());

-- set-up: owner-in-json
-- protected
create table records (id int primary key, data jsonb not null);
alter table records enable row level security;
insert into records values (1, jsonb_build_object('owner', :A::text)), (2, jsonb_build_object('owner', :B::text));
create policy own on records for all to authenticated using (data ->> 'owner' = auth.uid()::text) with check (data ->> 'owner' = auth.uid()::text);

-- set-up: json-key-merely-present
-- open records: authenticated select
create table records (id int primary key, data jsonb not null);
alter table records enable row level security;
insert into records values (1, jsonb_build_object('owner', :A::text)), (2, jsonb_build_object('owner', :B::text));
create policy own on records for select to authenticated using (data ? 'owner' and auth.uid() is not null);

-- set-up: shared-with-array
-- protected
create table files (id int primary key, owner_id uuid not null, shared_with uuid[] not null default '{}');
alter table files enable row level security;
insert into files values (1, :A, array[:B]::uuid[]), (2, :B, '{}');
create policy r on files for select to authenticated using (owner_id = auth.uid() or auth.uid() = any (shared_with));
create policy w on files for update to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());

-- set-up: shared-with-all-of-an-empty-array
-- open files: authenticated select
create table files (id int primary key, owner_id uuid not null, shared_with uuid[] not null default '{}');
alter table files enable row level security;
insert into files values (1, :A, '{}'), (2, :B, '{}');
create policy r on files for select to authenticated using (owner_id = auth.uid() or auth.uid() = all (shared_with));

-- set-up: shared-rows-table
-- protected
create table shares (note_id int, user_id uuid, can_edit boolean not null default false, primary key (note_id, user_id));
alter table shares enable row level security;
insert into shares values (1, :B, false);
create policy "shares with me" on shares for select to authenticated using (user_id = auth.uid());
create policy r on notes for select to authenticated
    using (user_id = auth.uid() or exists (select 1 from shares s where s.note_id = notes.id and s.user_id = auth.uid()));
create policy u on notes for update to authenticated
    using (user_id = auth.uid() or exists (select 1 from shares s where s.note_id = notes.id and s.user_id = auth.uid() and s.can_edit));

-- set-up: shares-that-anyone-may-write-to-oneself
-- open notes: authenticated select
-- open shares: authenticated insert
create table shares (note_id int, user_id uuid, primary key (note_id, user_id));
alter table shares enable row level security;
insert into shares values (1, :B);
create policy "shares with me" on shares for select to authenticated using (user_id = auth.uid());
create policy "share" on shares for insert to authenticated with check (true);
create policy r on notes for select to authenticated
    using (user_id = auth.uid() or exists (select 1 from shares s where s.note_id = notes.id and s.user_id = auth.uid()));

-- set-up: shares-written-by-the-owner
-- protected
create table shares (note_id int, user_id uuid, primary key (note_id, user_id));
alter table shares enable row level security;
create function owns_note(p_note int) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.notes n where n.id = p_note and n.user_id = (select auth.uid()))
$$;
create policy "shares with me" on shares for select to authenticated using (user_id = auth.uid() or owns_note(note_id));
create policy "take back" on shares for delete to authenticated using (owns_note(note_id));
create policy r on notes for select to authenticated
    using (user_id = auth.uid() or exists (select 1 from shares s where s.note_id = notes.id and s.user_id = auth.uid()));

-- set-up: invitations-by-verified-email
-- protected
create table invitations (id int primary key, invited_by uuid not null, email text not null, token uuid not null default gen_random_uuid());
alter table invitations enable row level security;
insert into invitations (id, invited_by, email) values (1, :A, 'new@one.test'), (2, :B, 'new@two.test');
create policy inviter on invitations for all to authenticated using (invited_by = auth.uid()) with check (invited_by = auth.uid());
create policy invitee on invitations for select to authenticated using (lower(email) = lower(auth.jwt() ->> 'email'));

-- set-up: invitations-readable-for-the-link
-- open invitations: anon select
-- open invitations: authenticated select
create table invitations (id int primary key, invited_by uuid not null, email text not null, token uuid not null default gen_random_uuid(), expires_at timestamptz not null);
alter table invitations enable row level security;
insert into invitations (id, invited_by, email, expires_at) values (1, :A, 'new@one.test', now() + interval '7 days'), (2, :B, 'new@two.test', now() + interval '7 days');
create policy inviter on invitations for all to authenticated using (invited_by = auth.uid()) with check (invited_by = auth.uid());
create policy "anyone with the link" on invitations for select using (token is not null and expires_at > now());

-- set-up: invitation-fetched-by-token
-- protected
create table invitations (id int primary key, invited_by uuid not null, email text not null, token uuid not null default gen_random_uuid(), expires_at timestamptz not null);
alter table invitations enable row level security;
insert into invitations (id, invited_by, email, expires_at) values (1, :A, 'new@one.test', now() + interval '7 days'), (2, :B, 'new@two.test', now() + interval '7 days');
create policy inviter on invitations for all to authenticated using (invited_by = auth.uid()) with check (invited_by = auth.uid());
create function invitation_by_token(p_token uuid) returns table (email text, expires_at timestamptz) language sql stable security definer set search_path = '' as $$
    select i.email, i.expires_at from public.invitations i where i.token = p_token and i.expires_at > pg_catalog.now()
$$;

-- set-up: bucket-without-owner
-- open objects: authenticated select insert update delete
create table objects (id int primary key, bucket_id text not null, name text not null, owner uuid not null);
alter table objects enable row level security;
insert into objects values (1, 'avatars', 'a.png', :A), (2, 'avatars', 'b.png', :B);
create policy "avatars for the signed in" on objects for all to authenticated using (bucket_id = 'avatars') with check (bucket_id = 'avatars');

-- set-up: bucket-folder-is-the-user
-- protected
create table objects (id int primary key, bucket_id text not null, name text not null);
alter table objects enable row level security;
insert into objects values (1, 'docs', :A::text || '/cv.pdf'), (2, 'docs', :B::text || '/cv.pdf');
create policy "own folder" on objects for all to authenticated
    using (bucket_id = 'docs' and (string_to_array(name, '/'))[1] = (select auth.uid()::text))
    with check (bucket_id = 'docs' and (string_to_array(name, '/'))[1] = (select auth.uid()::text));

-- set-up: bucket-folder-or-precedence
-- open objects: authenticated select
create table objects (id int primary key, bucket_id text not null, name text not null);
alter table objects enable row level security;
insert into objects values (1, 'docs', :A::text || '/cv.pdf'), (2, 'docs', :B::text || '/cv.pdf');
create policy "own folder" on objects for select to authenticated
    using ((string_to_array(name, '/'))[1] = auth.uid()::text or bucket_id = 'docs' and auth.role() = 'authenticated');

-- set-up: bucket-folder-by-prefix-like
-- protected
create table objects (id int primary key, bucket_id text not null, name text not null);
alter table objects enable row level security;
insert into objects values (1, 'docs', :A::text || '/cv.pdf'), (2, 'docs', :B::text || '/cv.pdf');
create policy "own folder" on objects for select to authenticated
    using (bucket_id = 'docs' and name like auth.uid()::text || '/%');
create policy "own folder up" on objects for insert to authenticated
    with check (bucket_id = 'docs' and name like auth.uid()::text || '/%');

-- set-up: partition-without-rls
-- open events_2024: anon select insert update delete
-- open events_2024: authenticated select insert update delete
create table events (id int not null, at date not null, user_id uuid not null, primary key (id, at)) partition by range (at);
create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
alter table events enable row level security;
insert into events values (1, '2024-05-01', :A), (2, '2024-05-02', :B);
create policy own on events for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: partitions-with-rls-each
-- protected
create table events (id int not null, at date not null, user_id uuid not null, primary key (id, at)) partition by range (at);
create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
alter table events enable row level security;
alter table events_2024 enable row level security;
insert into events values (1, '2024-05-01', :A), (2, '2024-05-02', :B);
create policy own on events for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: partition-kept-from-the-api
-- protected
create table events (id int not null, at date not null, user_id uuid not null, primary key (id, at)) partition by range (at);
create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
alter table events enable row level security;
revoke all on events_2024 from anon, authenticated;
insert into events values (1, '2024-05-01', :A), (2, '2024-05-02', :B);
create policy own on events for select to authenticated using (user_id = auth.uid());

-- set-up: inherited-child-without-rls
-- open archived_items: anon select insert update delete
-- open archived_items: authenticated select insert update delete
create table items (id int primary key, user_id uuid not null, title text);
create table archived_items (archived_at timestamptz default now()) inherits (items);
alter table items enable row level security;
insert into items values (1, :A, 'new');
insert into archived_items (id, user_id, title) values (2, :A, 'of a'), (3, :B, 'of b');
create policy own on items for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: folders-and-files
-- protected
create table folders (id int primary key, owner_id uuid not null, name text);
create table files (id int primary key, folder_id int not null references folders (id) on delete cascade, name text);
alter table folders enable row level security;
alter table files enable row level security;
insert into folders values (1, :A, 'a'), (2, :B, 'b');
insert into files values (1, 1, 'of a'), (2, 2, 'of b');
create policy own on folders for all to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
create policy in_own_folder on files for all to authenticated
    using (exists (select 1 from folders f where f.id = files.folder_id and f.owner_id = auth.uid()))
    with check (exists (select 1 from folders f where f.id = files.folder_id and f.owner_id = auth.uid()));

-- set-up: files-follow-what-folders-show
-- protected
create table folders (id int primary key, owner_id uuid not null, name text);
create table files (id int primary key, folder_id int not null references folders (id), name text);
alter table folders enable row level security;
alter table files enable row level security;
insert into folders values (1, :A, 'a'), (2, :B, 'b');
insert into files values (1, 1, 'of a'), (2, 2, 'of b');
create policy own on folders for select to authenticated using (owner_id = auth.uid());
create policy visible_folder on files for select to authenticated using (exists (select 1 from folders f where f.id = files.folder_id));

-- set-up: files-insert-into-any-folder
-- open files: authenticated insert
create table folders (id int primary key, owner_id uuid not null, name text);
create table files (id int primary key, folder_id int not null references folders (id), uploaded_by uuid not null, name text);
alter table folders enable row level security;
alter table files enable row level security;
insert into folders values (1, :A, 'a'), (2, :B, 'b');
insert into files values (1, 1, :A, 'of a'), (2, 2, :B, 'of b');
create policy own on folders for select to authenticated using (owner_id = auth.uid());
create policy r on files for select to authenticated using (exists (select 1 from folders f where f.id = files.folder_id and f.owner_id = auth.uid()));
create policy i on files for insert to authenticated with check (auth.uid() is not null);

-- set-up: folder-tree-walked-by-a-definer
-- protected
create table folders (id int primary key, parent_id int references folders (id), owner_id uuid, name text);
alter table folders enable row level security;
insert into folders values (1, null, :A, 'root of a'), (2, null, :B, 'root of b'), (3, 1, null, 'below a'), (4, 3, null, 'deeper below a');
create function owns_folder(p_id int) returns boolean language sql stable security definer set search_path = '' as $$
    with recursive up as (
        select f.id, f.parent_id, f.owner_id from public.folders f where f.id = p_id
        union all
        select f.id, f.parent_id, f.owner_id from public.folders f join up on f.id = up.parent_id
    )
    select exists (select 1 from up where owner_id = (select auth.uid()))
$$;
create policy tree on folders for select to authenticated using (owns_folder(id));

-- set-up: policy-that-recurses
-- protected
create table group_members (group_id int, user_id uuid, primary key (group_id, user_id));
alter table group_members enable row level security;
insert into group_members values (1, :A), (2, :B);
create policy same_group on group_members for select to authenticated
    using (group_id in (select gm.group_id from group_members gm where gm.user_id = auth.uid()));

-- set-up: policies-written-and-rls-never-enabled
-- open tasks: anon select insert update delete
-- open tasks: authenticated select insert update delete
create table tasks (id int primary key, user_id uuid not null, title text);
insert into tasks values (1, :A, 'of a'), (2, :B, 'of b');
create policy own on tasks for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: forced-without-being-enabled
-- open tasks: anon select insert update delete
-- open tasks: authenticated select insert update delete
create table tasks (id int primary key, user_id uuid not null, title text);
alter table tasks force row level security;
insert into tasks values (1, :A, 'of a'), (2, :B, 'of b');
create policy own on tasks for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: enabled-disabled-enabled
-- protected
create policy own on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
alter table notes disable row level security;
update notes set body = body || ' migrated';
alter table notes enable row level security;

-- set-up: disabled-for-a-backfill-and-left
-- open notes: anon select insert update delete
-- open notes: authenticated select insert update delete
create policy own on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
alter table notes disable row level security;
update notes set body = body || ' migrated';

-- set-up: no-rls-and-read-grants-only
-- open prices: anon select
-- open prices: authenticated select
create table prices (id int primary key, customer_id uuid not null, discount numeric);
revoke insert, update, delete on prices from anon, authenticated;
insert into prices values (1, :A, 10), (2, :B, 20);

-- set-up: signed-in-role-checked-for-everything
-- open notes: authenticated select insert update delete
create policy "signed in only" on notes for all using (auth.role() = 'authenticated') with check (auth.role() = 'authenticated');

-- set-up: service-role-asked-by-auth-role
-- protected
create policy backend on notes for all using (auth.role() = 'service_role') with check (auth.role() = 'service_role');
create policy own on notes for select using ((select auth.uid()) = user_id);

-- set-up: not-anon-is-not-service
-- open notes: authenticated select insert update delete
create policy backend on notes for all using (auth.role() <> 'anon') with check (auth.role() <> 'anon');

-- set-up: sub-claim-as-text
-- protected
create policy own on notes for all to authenticated
    using (user_id::text = (auth.jwt() ->> 'sub')) with check (user_id::text = (auth.jwt() ->> 'sub'));

-- set-up: sub-claim-by-current-setting
-- protected
create policy own on notes for select
    using (user_id = (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub')::uuid);

-- set-up: coalesced-uid-falls-back-to-the-row
-- open notes: anon select
create policy own on notes for select using (user_id = coalesce(auth.uid(), user_id));

-- set-up: coalesced-uid-falls-back-to-zero
-- protected
create policy own on notes for select using (user_id = coalesce(auth.uid(), '00000000-0000-0000-0000-000000000000'));

-- set-up: everyone-who-is-not-blocked
-- open notes: anon select
-- open notes: authenticated select
create table blocks (blocker uuid, blocked uuid, primary key (blocker, blocked));
alter table blocks enable row level security;
insert into blocks values (:A, :B);
create policy mine on blocks for select to authenticated using (blocker = auth.uid() or blocked = auth.uid());
create policy not_blocked on notes for select
    using (not exists (select 1 from blocks b where b.blocker = notes.user_id and b.blocked = auth.uid()));

-- set-up: not-blocked-as-restrictive-on-own
-- protected
create table blocks (blocker uuid, blocked uuid, primary key (blocker, blocked));
alter table blocks enable row level security;
insert into blocks values (:A, :B);
create policy mine on blocks for select to authenticated using (blocker = auth.uid() or blocked = auth.uid());
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy not_blocked on notes as restrictive for select
    using (not exists (select 1 from blocks b where b.blocker = notes.user_id and b.blocked = auth.uid()));

-- set-up: anonymous-sign-ins-barred-and-nothing-else
-- open notes: authenticated select insert update delete
-- forge claims {"is_anonymous": false}
create policy permanent_users on notes as restrictive for all to authenticated
    using ((auth.jwt() ->> 'is_anonymous')::boolean is false) with check ((auth.jwt() ->> 'is_anonymous')::boolean is false);
create policy everything on notes for all to authenticated using (true) with check (true);

-- set-up: anonymous-sign-ins-barred-from-writing-own
-- protected
create policy own on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy permanent_users_write on notes as restrictive for insert to authenticated
    with check ((select (auth.jwt() ->> 'is_anonymous')::boolean) is not true);

-- set-up: second-factor-permissive-beside-own
-- open notes: authenticated select update
-- forge claims {"aal": "aal2"}
create policy own_r on notes for select to authenticated using (user_id = auth.uid());
create policy own_u on notes for update to authenticated using (user_id = auth.uid());
create policy mfa_r on notes for select to authenticated using (auth.jwt() ->> 'aal' = 'aal2');
create policy mfa_u on notes for update to authenticated using (auth.jwt() ->> 'aal' = 'aal2');

-- set-up: second-factor-restrictive-over-own
-- protected
-- forge claims {"aal": "aal2"}
create policy own on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy mfa on notes as restrictive to authenticated using ((select auth.jwt() ->> 'aal') = 'aal2');

-- set-up: restrictive-owner-for-writes-only
-- open notes: authenticated select
create policy everything on notes for all to authenticated using (true) with check (true);
create policy own_i on notes as restrictive for insert to authenticated with check (user_id = auth.uid());
create policy own_u on notes as restrictive for update to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy own_d on notes as restrictive for delete to authenticated using (user_id = auth.uid());

-- set-up: restrictive-owner-forgets-delete
-- open notes: authenticated delete
create policy everything on notes for all to authenticated using (true) with check (true);
create policy own_r on notes as restrictive for select to authenticated using (user_id = auth.uid());
create policy own_i on notes as restrictive for insert to authenticated with check (user_id = auth.uid());
create policy own_u on notes as restrictive for update to authenticated using (user_id = auth.uid());

-- set-up: restrictive-to-authenticated-permissive-to-all
-- open notes: anon select insert update delete
create policy everything on notes using (true) with check (true);
create policy own on notes as restrictive to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: everything-but-the-grants-are-gone
-- open notes: authenticated select
create policy everything on notes for all using (true) with check (true);
revoke all on notes from anon;
revoke insert, update, delete on notes from authenticated;

-- set-up: true-policy-and-no-grant-at-all
-- protected
create policy everything on notes for all using (true) with check (true);
revoke all on notes from public, anon, authenticated;
grant select, insert on notes to service_role;

-- set-up: fresh-tickets-for-everybody
-- open tickets: authenticated select
create table tickets (id int primary key, requester uuid not null, body text, created_at timestamptz not null default now());
alter table tickets enable row level security;
insert into tickets (id, requester, body) values (1, :A, 'of a'), (2, :B, 'of b');
create policy own on tickets for all to authenticated using (requester = auth.uid()) with check (requester = auth.uid());
create policy fresh on tickets for select to authenticated using (created_at > now() - interval '30 days');

-- set-up: edit-window-for-own-comments
-- protected
create table comments (id int primary key, author uuid not null, body text, created_at timestamptz not null default now());
alter table comments enable row level security;
insert into comments values (1, :A, 'of a'), (2, :B, 'of b');
create policy r on comments for select to authenticated using (author = auth.uid());
create policy i on comments for insert to authenticated with check (author = auth.uid());
create policy u on comments for update to authenticated using (author = auth.uid() and created_at > now() - interval '15 minutes') with check (author = auth.uid());

-- set-up: edit-window-for-anybody
-- open comments: authenticated update delete
create table comments (id int primary key, author uuid not null, body text, created_at timestamptz not null default now());
alter table comments enable row level security;
insert into comments values (1, :A, 'of a'), (2, :B, 'of b');
create policy r on comments for select to authenticated using (author = auth.uid());
create policy u on comments for update to authenticated using (created_at > now() - interval '15 years');
create policy d on comments for delete to authenticated using (created_at > now() - interval '15 years');

-- set-up: chat-room-of-participants
-- protected
create table participants (room_id int, user_id uuid, primary key (room_id, user_id));
create table messages (id int primary key, room_id int not null, sender uuid not null, body text);
alter table participants enable row level security;
alter table messages enable row level security;
insert into participants values (1, :A), (2, :B), (3, :S);
insert into messages values (1, 1, :A, 'of a'), (2, 2, :B, 'of b');
create function in_room(p_room int) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.participants p where p.room_id = p_room and p.user_id = (select auth.uid()))
$$;
create policy same_room on participants for select to authenticated using (in_room(room_id));
create policy leave on participants for delete to authenticated using (user_id = (select auth.uid()));
create policy read on messages for select to authenticated using (in_room(room_id));
create policy send on messages for insert to authenticated with check (sender = (select auth.uid()) and in_room(room_id));

-- set-up: chat-sender-not-checked
-- open messages: authenticated insert
create table participants (room_id int, user_id uuid, primary key (room_id, user_id));
create table messages (id int primary key, room_id int not null, sender uuid not null, body text);
alter table participants enable row level security;
alter table messages enable row level security;
insert into participants values (1, :A), (2, :B), (1, :S);
insert into messages values (1, 3, :A, 'of a'), (2, 2, :B, 'of b');
create policy own on participants for select to authenticated using (user_id = auth.uid());
create policy read on messages for select to authenticated
    using (room_id in (select p.room_id from participants p where p.user_id = auth.uid()));
create policy send on messages for insert to authenticated
    with check (room_id in (select p.room_id from participants p where p.user_id = auth.uid()));

-- set-up: direct-messages-between-two
-- protected
create table messages (id int primary key, sender uuid not null, recipient uuid not null, body text);
alter table messages enable row level security;
insert into messages values (1, :A, :A, 'of a'), (2, :B, :B, 'of b');
create policy read on messages for select to authenticated using (auth.uid() in (sender, recipient));
create policy send on messages for insert to authenticated with check (auth.uid() = sender);
create policy unsend on messages for delete to authenticated using (auth.uid() = sender);

-- set-up: likes-in-any-name
-- open likes: authenticated insert delete
create table likes (note_id int, user_id uuid, primary key (note_id, user_id));
alter table likes enable row level security;
insert into likes values (1, :A), (2, :B);
create policy r on likes for select to authenticated using (user_id = auth.uid());
create policy i on likes for insert to authenticated with check (auth.role() = 'authenticated');
create policy d on likes for delete to authenticated using (auth.role() = 'authenticated');

-- set-up: likes-in-own-name
-- protected
create table likes (note_id int, user_id uuid default auth.uid(), primary key (note_id, user_id));
alter table likes enable row level security;
insert into likes values (1, :A), (2, :B);
create policy r on likes for select to authenticated using (user_id = auth.uid());
create policy i on likes for insert to authenticated with check (user_id = auth.uid());
create policy d on likes for delete to authenticated using (user_id = auth.uid());

-- set-up: audit-log-by-trigger-only
-- protected
create table audit_log (id bigint generated always as identity primary key, actor uuid, what text, at timestamptz not null default now());
alter table audit_log enable row level security;
create function log_note() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into public.audit_log (actor, what) values (auth.uid(), tg_op);
    return null;
end;
$$;
create trigger log_note after insert or update or delete on notes for each row execute function log_note();
create policy own on notes for select to authenticated using (user_id = auth.uid());

-- set-up: audit-log-left-readable
-- open audit_log: anon select insert update delete
-- open audit_log: authenticated select insert update delete
create table audit_log (id int primary key, actor uuid, old_row jsonb);
insert into audit_log values (1, :A, '{"body": "of a"}'), (2, :B, '{"body": "of b"}');
create policy own on notes for select to authenticated using (user_id = auth.uid());

-- set-up: queue-of-the-workers
-- protected
create table jobs (id int primary key, requested_by uuid not null, payload jsonb, state text not null default 'queued');
alter table jobs enable row level security;
alter table jobs force row level security;
insert into jobs values (1, :A, '{}', 'queued'), (2, :B, '{}', 'queued');
create policy workers on jobs to service_role using (true) with check (true);
create policy own on jobs for select to authenticated using (requested_by = auth.uid());
create policy enqueue on jobs for insert to authenticated with check (requested_by = auth.uid() and state = 'queued');

-- set-up: queue-claimed-by-anyone
-- open jobs: authenticated update
create table jobs (id int primary key, requested_by uuid not null, claimed_by uuid, state text not null default 'queued');
alter table jobs enable row level security;
insert into jobs values (1, :A, null, 'queued'), (2, :B, null, 'queued');
create policy own on jobs for select to authenticated using (requested_by = auth.uid());
create policy claim on jobs for update to authenticated using (claimed_by is null and state = 'queued');

-- set-up: polymorphic-owner
-- protected
create table org_members (org_id uuid, user_id uuid, primary key (org_id, user_id));
create table assets (id int primary key, owner_type text not null check (owner_type in ('user', 'org')), owner_id uuid not null, url text);
alter table org_members enable row level security;
alter table assets enable row level security;
insert into org_members values ('11111111-0000-4000-8000-000000000001', :A), ('22222222-0000-4000-8000-000000000002', :S);
insert into assets values (1, 'user', :A, 'of a'), (2, 'user', :B, 'of b'), (3, 'org', '11111111-0000-4000-8000-000000000001', 'of the org of a');
create policy self on org_members for select to authenticated using (user_id = auth.uid());
create policy r on assets for select to authenticated using (case owner_type
    when 'user' then owner_id = auth.uid()
    when 'org' then exists (select 1 from org_members m where m.org_id = assets.owner_id and m.user_id = auth.uid())
    else false end);

-- set-up: polymorphic-owner-one-branch-open
-- open assets: authenticated select
create table org_members (org_id uuid, user_id uuid, primary key (org_id, user_id));
create table assets (id int primary key, owner_type text not null check (owner_type in ('user', 'org')), owner_id uuid not null, url text);
alter table org_members enable row level security;
alter table assets enable row level security;
insert into org_members values ('11111111-0000-4000-8000-000000000001', :A), ('22222222-0000-4000-8000-000000000002', :S);
insert into assets values (1, 'user', :A, 'of a'), (2, 'user', :B, 'of b'), (3, 'org', '11111111-0000-4000-8000-000000000001', 'of the org of a');
create policy self on org_members for select to authenticated using (user_id = auth.uid());
create policy r on assets for select to authenticated using (case owner_type
    when 'user' then owner_id = auth.uid()
    else exists (select 1 from org_members m where m.user_id = auth.uid()) end);

-- set-up: feature-flag-opens-the-table
-- open notes: anon select
-- open notes: authenticated select
create table feature_flags (name text primary key, enabled boolean not null);
alter table feature_flags enable row level security;
insert into feature_flags values ('public_notes', true);
create function flag(p_name text) returns boolean language sql stable security definer set search_path = '' as $$
    select coalesce((select f.enabled from public.feature_flags f where f.name = p_name), false)
$$;
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy flagged on notes for select using (flag('public_notes'));

-- set-up: flag-narrows-own-rows
-- protected
create table feature_flags (name text primary key, enabled boolean not null);
alter table feature_flags enable row level security;
insert into feature_flags values ('notes', true);
create function flag(p_name text) returns boolean language sql stable security definer set search_path = '' as $$
    select coalesce((select f.enabled from public.feature_flags f where f.name = p_name), false)
$$;
create policy own on notes for all to authenticated using (user_id = auth.uid() and flag('notes')) with check (user_id = auth.uid() and flag('notes'));

-- set-up: rate-limits-anyone-may-reset
-- open rate_limits: anon delete
-- open rate_limits: authenticated delete
create table rate_limits (user_id uuid primary key, hits int not null default 0, window_start timestamptz not null default now());
alter table rate_limits enable row level security;
insert into rate_limits values (:A, 3), (:B, 4);
create policy own on rate_limits for select to authenticated using (user_id = auth.uid());
create policy clean_up on rate_limits for delete using (window_start <= now());

-- set-up: moderators-from-a-table-and-own-rows
-- protected
create table moderators (user_id uuid primary key);
alter table moderators enable row level security;
insert into moderators values (gen_random_uuid());
create policy myself on moderators for select to authenticated using (user_id = auth.uid());
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy moderate on notes for delete to authenticated using ((select count(*) from moderators m where m.user_id = auth.uid()) > 0);

-- set-up: a-moderator-exists-somewhere
-- open moderators: authenticated select
-- open notes: authenticated delete
create table moderators (user_id uuid primary key);
alter table moderators enable row level security;
insert into moderators values (gen_random_uuid());
create policy listed on moderators for select to authenticated using (true);
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy moderate on notes for delete to authenticated using (exists (select 1 from moderators where user_id is not null));

-- set-up: tenant-subquery-correlates-with-itself
-- open invoices: authenticated select
create table accounts (id int primary key, owner_id uuid not null);
create table invoices (id int primary key, account_id int not null, total numeric);
alter table accounts enable row level security;
alter table invoices enable row level security;
insert into accounts values (1, :A), (2, :B), (3, :S);
insert into invoices values (1, 1, 10), (2, 2, 20);
create policy own on accounts for select to authenticated using (owner_id = auth.uid());
create policy by_account on invoices for select to authenticated
    using (account_id in (select account_id from accounts where owner_id = auth.uid()));

-- set-up: upsert-rpc-in-the-callers-name
-- protected
create table settings (user_id uuid primary key, theme text not null);
alter table settings enable row level security;
insert into settings values (:A, 'dark'), (:B, 'light');
create policy own on settings for select to authenticated using (user_id = auth.uid());
create function save_theme(p_theme text) returns void language sql security definer set search_path = '' as $$
    insert into public.settings (user_id, theme) select auth.uid(), p_theme where auth.uid() is not null
    on conflict (user_id) do update set theme = excluded.theme
$$;

-- set-up: upsert-rpc-in-any-name
-- open save_theme(:A, 'red'): anon update
-- open save_theme(:A, 'red'): authenticated update
create table settings (user_id uuid primary key, theme text not null);
alter table settings enable row level security;
insert into settings values (:A, 'dark'), (:B, 'light');
create policy own on settings for select to authenticated using (user_id = auth.uid());
create function save_theme(p_user uuid, p_theme text) returns void language sql security definer set search_path = '' as $$
    update public.settings set theme = p_theme where user_id = p_user
$$;

-- set-up: public-profile-flag-by-its-owner
-- published profiles: authenticated
create table profiles (id uuid primary key, handle text, is_public boolean not null default false);
alter table profiles enable row level security;
insert into profiles values (:A, 'a', true), (:B, 'b', false);
create policy shown on profiles for select to authenticated using (is_public = true);
create policy own on profiles for select to authenticated using (id = (select auth.uid()));
create policy edit on profiles for update to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));

-- set-up: visibility-column-with-public-value
-- published albums: anon authenticated
create table albums (id int primary key, owner_id uuid not null, visibility text not null default 'private' check (visibility in ('private', 'public')));
alter table albums enable row level security;
insert into albums values (1, :A, 'public'), (2, :A, 'private'), (3, :B, 'public'), (4, :B, 'private');
create policy r on albums for select to anon, authenticated using (visibility = 'public' or owner_id = auth.uid());
create policy w on albums for delete to authenticated using (owner_id = auth.uid());

-- set-up: column-grant-hides-the-email-not-the-rows
-- open customers: authenticated select
create table customers (id int primary key, owner_id uuid not null, name text, email text);
alter table customers enable row level security;
revoke all on customers from anon, authenticated;
grant select (id, owner_id, name) on customers to authenticated;
insert into customers values (1, :A, 'of a', 'x@one.test'), (2, :B, 'of b', 'y@two.test');
create policy r on customers for select to authenticated using (true);

-- set-up: own-for-all-and-a-second-insert-policy
-- open notes: authenticated insert
create policy own on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy "users can add notes" on notes for insert to authenticated with check (auth.uid() is not null);

-- set-up: altered-policy-opens
-- open notes: authenticated select
create policy own on notes for select to authenticated using (user_id = auth.uid());
alter policy own on notes using (user_id = auth.uid() or user_id is not null);

-- set-up: open-policy-dropped-again
-- protected
create policy "temporary: everything" on notes for all using (true) with check (true);
create policy own on notes for all using (auth.uid() = user_id) with check (auth.uid() = user_id);
drop policy "temporary: everything" on notes;

-- set-up: altered-policy-only-changes-its-roles
-- protected
create policy own on notes for all to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
alter policy own on notes to public;
alter policy own on notes rename to "own notes";

-- set-up: backup-copied-beside
-- open notes_backup: anon select insert update delete
-- open notes_backup: authenticated select insert update delete
create policy own on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create table notes_backup as select * from notes;

-- set-up: backup-copied-and-shut
-- protected
create policy own on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create table notes_backup as table notes;
alter table notes_backup enable row level security;

-- set-up: renamed-with-a-view-in-its-place
-- open notes: anon select insert update delete
-- open notes: authenticated select insert update delete
create policy own on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
alter table notes rename to memos;
create view notes as select id, user_id, body from memos;

-- set-up: renamed-with-an-invoker-view-in-its-place
-- protected
create policy own on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
alter table notes rename to memos;
create view notes with (security_invoker = true) as select id, user_id, body from memos;

-- set-up: default-privileges-taken-away-first
-- protected
alter default privileges in schema public revoke all on tables from anon, authenticated;
create table ledger (id int primary key, user_id uuid not null, amount numeric);
insert into ledger values (1, :A, 10), (2, :B, 20);

-- set-up: default-privileges-taken-away-too-late
-- open ledger: anon select insert update delete
-- open ledger: authenticated select insert update delete
create table ledger (id int primary key, user_id uuid not null, amount numeric);
alter default privileges in schema public revoke all on tables from anon, authenticated;
insert into ledger values (1, :A, 10), (2, :B, 20);

-- set-up: loop-that-enables-rls-everywhere
-- protected
create table tasks (id int primary key, user_id uuid not null, title text);
create table labels (id int primary key, user_id uuid not null, title text);
insert into tasks values (1, :A, 'of a'), (2, :B, 'of b');
insert into labels values (1, :A, 'of a'), (2, :B, 'of b');
do $$
declare
    t text;
begin
    foreach t in array array['tasks', 'labels'] loop
        execute format('alter table public.%I enable row level security', t);
        execute format('create policy own on public.%I for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid())', t);
    end loop;
end;
$$;

-- set-up: role-claim-written-by-a-token-hook
-- protected
create table role_permissions (role text, permission text, primary key (role, permission));
alter table role_permissions enable row level security;
insert into role_permissions values ('admin', 'notes.delete');
create function authorize(wanted text) returns boolean language plpgsql stable security definer set search_path = '' as $$
begin
    return exists (select 1 from public.role_permissions rp
        where rp.permission = wanted and rp.role = (auth.jwt() ->> 'user_role'));
end;
$$;
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy moderate on notes for delete to authenticated using ((select authorize('notes.delete')));

-- set-up: share-token-from-a-header
-- protected
-- forge set request.headers = {"x-share-token": "guess"}
create table sheets (id int primary key, owner_id uuid not null, share_token text);
alter table sheets enable row level security;
insert into sheets values (1, :A, null), (2, :B, gen_random_uuid()::text);
create policy own on sheets for all to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
create policy by_token on sheets for select
    using (share_token = nullif(current_setting('request.headers', true), '')::json ->> 'x-share-token');

-- set-up: share-token-null-is-null
-- open sheets: anon select
-- open sheets: authenticated select
create table sheets (id int primary key, owner_id uuid not null, share_token text);
alter table sheets enable row level security;
insert into sheets values (1, :A, null), (2, :B, null);
create policy own on sheets for all to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
create policy by_token on sheets for select
    using (share_token is not distinct from (nullif(current_setting('request.headers', true), '')::json ->> 'x-share-token'));

-- set-up: current-user-is-not-a-person
-- open notes: authenticated select update
create policy r on notes for select using (current_user = 'authenticated');
create policy u on notes for update using (current_user = 'authenticated') with check (current_user = 'authenticated');

-- set-up: owner-view-on-a-forced-table
-- open note_feed: anon select
-- open note_feed: authenticated select
alter table notes force row level security;
create policy own on notes for select to authenticated using (user_id = auth.uid());
create view note_feed as select id, body from notes order by id desc limit 50;

-- set-up: writes-closed-to-the-api-reads-own
-- protected
create policy own on notes for select using ((select auth.uid()) = user_id);
create policy nobody_adds on notes for insert with check (false);
create policy nobody_changes on notes for update using (false);
create policy nobody_deletes on notes for delete using (false);

-- set-up: published-at-in-the-past
-- published pages: anon authenticated
create table pages (id int primary key, author_id uuid not null, slug text not null unique, published_at timestamptz);
alter table pages enable row level security;
insert into pages values (1, :A, 'one', now() - interval '1 day'), (2, :A, 'two', null), (3, :B, 'three', now() - interval '2 days'), (4, :B, 'four', null);
create policy published on pages for select to anon, authenticated using (published_at is not null and published_at <= now());
create policy own on pages for all to authenticated using (author_id = (select auth.uid())) with check (author_id = (select auth.uid()));

-- set-up: published-or-precedence
-- open pages: authenticated select
create table pages (id int primary key, author_id uuid not null, is_public boolean not null default false, is_draft boolean not null default true);
alter table pages enable row level security;
insert into pages values (1, :A, true, false), (2, :A, false, true), (3, :B, true, false), (4, :B, false, true);
create policy r on pages for select to authenticated using (author_id = auth.uid() or is_public and not is_draft or is_draft);

-- set-up: view-of-the-public-rows-read-only
-- published public_notes: anon authenticated
alter table notes add is_public boolean not null default false;
insert into notes values (3, :A, 'of a, for all', true), (4, :B, 'of b, for all', true);
create policy own on notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create view public_notes as select id, body from notes where is_public;
revoke all on public_notes from anon, authenticated;
grant select on public_notes to anon, authenticated;

-- set-up: public-notes-of-signed-in-people
-- published notes: authenticated
alter table notes add is_public boolean not null default false;
insert into notes values (3, :A, 'of a, for all', true), (4, :B, 'of b, for all', true);
create policy r on notes for select to authenticated using (is_public or user_id = (select auth.uid()));
create policy i on notes for insert to authenticated with check (user_id = (select auth.uid()));
create policy u on notes for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy d on notes for delete to authenticated using (user_id = (select auth.uid()));
