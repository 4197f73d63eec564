-- set-up: staff-by-a-list-of-addresses
-- protected
create table staff_emails (email text primary key);
alter table staff_emails enable row level security;
insert into staff_emails values ('boss@example.com');
create function is_staff() returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.staff_emails s where s.email = auth.jwt() ->> 'email') $$;
create policy r on notes for select to authenticated using (is_staff());

-- set-up: anybody-with-a-profile
-- open notes: authenticated select
create table profiles (id uuid primary key, name text);
alter table profiles enable row level security;
insert into profiles values (:A, 'a'), (:S, 's');
create policy own on profiles for select to authenticated using (id = auth.uid());
create policy r on notes for select to authenticated using (auth.uid() in (select p.id from profiles p));

-- set-up: profile-made-at-sign-up-opens-everything
-- open notes: authenticated select
create table people (uid uuid primary key);
alter table people enable row level security;
insert into people values (:A), (:B), (:S);
create function new_person() returns trigger language plpgsql security definer set search_path = '' as
    $$ begin insert into public.people values (new.id); return new; end $$;
create trigger new_person after insert on auth.users for each row execute function new_person();
create function known() returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.people where uid = auth.uid()) $$;
revoke execute on function known() from public, anon;
create policy r on notes for select to authenticated using (known());

-- set-up: supporter-role-in-a-table-of-roles
-- protected
create table user_roles (user_id uuid, role text not null);
alter table user_roles enable row level security;
insert into user_roles values (:A, 'support');
create function has_role(wanted text) returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.user_roles u where u.user_id = auth.uid() and u.role = wanted) $$;
revoke execute on function has_role(text) from public, anon;
create policy own on notes to authenticated using (user_id = auth.uid());
create policy r on notes for select to authenticated using (has_role('support') or has_role('admin'));

-- set-up: manager-of-any-team-is-manager-of-all
-- open notes: authenticated select update
create table teams (id int primary key);
alter table teams enable row level security;
create table team_members (team_id int, user_id uuid, role text not null default 'member');
alter table team_members enable row level security;
insert into teams values (1), (2), (3);
insert into team_members values (1, :A, 'manager'), (2, :B, 'member'), (3, :S, 'manager');
create policy own on team_members for select to authenticated using (user_id = auth.uid() and team_id <> 3);
alter table notes add team_id int;
update notes set team_id = 1;
create function manages() returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.team_members where user_id = auth.uid() and role = 'manager') $$;
revoke execute on function manages() from public, anon;
create policy r on notes for select to authenticated using (manages());
create policy u on notes for update to authenticated using (manages()) with check (manages());

-- set-up: manager-of-the-team-of-the-note
-- protected
create table team_members (team_id int, user_id uuid, role text not null default 'member');
alter table team_members enable row level security;
insert into team_members values (1, :A, 'manager'), (2, :B, 'member'), (3, :S, 'manager');
create function manages(team int) returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.team_members where user_id = auth.uid() and role = 'manager' and team_id = team) $$;
revoke execute on function manages(int) from public, anon;
alter table notes add team_id int;
update notes set team_id = 1;
create policy r on notes for select to authenticated using (manages(team_id));

-- set-up: whoever-puts-itself-into-the-list
-- open notes: authenticated select
create table readers (user_id uuid primary key);
alter table readers enable row level security;
insert into readers values (:A), (:S);
create policy join_in on readers for insert to authenticated with check (user_id = auth.uid());
create policy r on notes for select to authenticated using (exists (select from readers where readers.user_id = auth.uid()));
create policy own on readers for select to authenticated using (user_id = auth.uid());

-- set-up: moderators-remove-anything
-- protected
create table moderators (user_id uuid primary key, since date);
alter table moderators enable row level security;
insert into moderators values (:A, '2025-01-01');
create policy own on moderators for select to authenticated using (user_id = auth.uid());
create policy d on notes for delete to authenticated using (user_id = auth.uid() or exists (select from moderators m where m.user_id = auth.uid()));
create policy r on notes for select to authenticated using (user_id = auth.uid());

-- set-up: share-links
-- protected
create table shares (note_id int, token text);
alter table shares enable row level security;
insert into shares values (1, 's3cr3t');
create function shared(n int) returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.shares s where s.note_id = n and s.token = current_setting('request.headers', true)::jsonb ->> 'x-share') $$;
create policy r on notes for select using (shared(id));

-- set-up: friends-both-ways
-- protected
create table friendships (a uuid, b uuid, accepted boolean not null default false);
alter table friendships enable row level security;
insert into friendships values (:A, :B, true);
create policy own on friendships for select to authenticated using (auth.uid() in (a, b));
create policy r on notes for select to authenticated using (user_id = auth.uid() or exists (select from friendships f where f.accepted and ((f.a = auth.uid() and f.b = user_id) or (f.b = auth.uid() and f.a = user_id))));

-- set-up: a-child-table-that-follows-its-parent
-- protected
create table comments (id int, note_id int references notes, body text);
alter table comments enable row level security;
insert into comments values (1, 1, 'x'), (2, 2, 'y');
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy r on comments for select to authenticated using (exists (select from notes n where n.id = note_id));

-- set-up: a-child-table-that-asks-for-any-parent
-- open comments: authenticated select
create table comments (id int, note_id int references notes, body text);
alter table comments enable row level security;
insert into notes values (3, :S, 'of s');
insert into comments values (1, 1, 'x'), (2, 2, 'y');
create policy own on notes for select to authenticated using (user_id = auth.uid() and user_id <> :S or user_id = :S and auth.uid() = :S and false);
create function writes_notes() returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.notes n where n.user_id = auth.uid()) $$;
revoke execute on function writes_notes() from public, anon;
create policy r on comments for select to authenticated using (writes_notes());

-- set-up: current-role-is-the-server
-- protected
create policy r on notes using (current_role = 'service_role' or session_user = 'supabase_admin');

-- set-up: member-of-a-database-role
-- protected
create policy r on notes for select using (pg_has_role(current_user, 'service_role', 'MEMBER'));

-- set-up: insert-only-drop-box
-- protected
alter table notes alter user_id drop not null;
create policy i on notes for insert to authenticated with check (user_id = auth.uid());

-- set-up: quarter-hour-to-edit
-- protected
alter table notes add created_at timestamptz not null default now();
create policy r on notes for select to authenticated using (user_id = auth.uid());
create policy u on notes for update to authenticated using (user_id = auth.uid() and created_at > now() - interval '15 minutes') with check (user_id = auth.uid());

-- set-up: ids-that-end-alike
-- open notes: authenticated select
create policy r on notes for select to authenticated using (length(user_id::text) = length(auth.uid()::text));

-- set-up: coalesce-to-the-own-id
-- open notes: authenticated select
create policy r on notes for select to authenticated using (coalesce(nullif(current_setting('app.as', true), '')::uuid, user_id) = user_id);

-- set-up: trigger-overwrites-on-insert-only
-- open notes: authenticated insert
create function own_new() returns trigger language plpgsql as $$ begin if new.body = 'mine' then new.user_id = auth.uid(); end if; return new; end $$;
create trigger own_new before insert on notes for each row execute function own_new();
create policy i on notes for insert to authenticated with check (true);

-- set-up: default-owner-column
-- protected
alter table notes alter user_id set default auth.uid();
create policy i on notes for insert to authenticated with check (user_id = auth.uid());
create policy r on notes for select to authenticated using (user_id = auth.uid());

-- set-up: definer-view-over-a-function
-- open v_all: anon select
-- open v_all: authenticated select
create function all_notes() returns setof notes language sql stable security definer set search_path = public as $$ select * from notes $$;
revoke execute on function all_notes() from public, anon, authenticated;
create view v_all as select * from all_notes();
grant execute on function all_notes() to anon, authenticated;
-- open all_notes(): anon select
-- open all_notes(): authenticated select

-- set-up: security-barrier-is-no-protection
-- open v_notes: anon select insert update delete
-- open v_notes: authenticated select insert update delete
create view v_notes with (security_barrier) as select id, user_id, body from notes;

-- set-up: rpc-with-the-person-as-default
-- open notes_of(:B): authenticated select
create function notes_of(who uuid default auth.uid()) returns setof notes language sql stable security definer set search_path = '' as
    $$ select * from public.notes where user_id = who $$;
revoke execute on function notes_of(uuid) from public, anon;
grant execute on function notes_of(uuid) to authenticated;

-- set-up: rpc-that-checks-the-person-it-is-given
-- protected
create function notes_of(who uuid) returns setof notes language plpgsql stable security definer set search_path = '' as
    $$ begin if who is distinct from auth.uid() then return; end if; return query select * from public.notes where user_id = who; end $$;
revoke execute on function notes_of(uuid) from public, anon;

-- set-up: employees-read-all
-- protected
create table employees (user_id uuid primary key, department text);
alter table employees enable row level security;
insert into employees values (:A, 'accounts');
create policy own on employees for select to authenticated using (user_id = auth.uid());
create policy r on notes for select to authenticated using (exists (select from employees e where e.user_id = auth.uid() and e.department = 'accounts'));

-- set-up: group-in-app-metadata-list
-- protected
alter table notes add groups text[] not null default '{one}';
create policy r on notes for select to authenticated using (groups && array(select jsonb_array_elements_text(auth.jwt() -> 'app_metadata' -> 'groups')));

-- set-up: group-of-the-own-profile
-- protected
create table profiles (id uuid primary key, grp text);
alter table profiles enable row level security;
insert into profiles values (:A, 'one'), (:B, 'two'), (:S, 'three');
create policy r on profiles for select to authenticated using (id = auth.uid());
alter table notes add grp text not null default 'one';
create function my_group() returns text language sql stable security definer set search_path = '' as
    $$ select p.grp from public.profiles p where p.id = auth.uid() $$;
revoke execute on function my_group() from public, anon;
create policy same on notes for select to authenticated using (grp = my_group());

-- set-up: trigger-overwrites-a-numeric-owner
-- protected
create table jobs (id int primary key, owner text not null, what text);
alter table jobs enable row level security;
insert into jobs values (1, :A, 'a'), (2, :B, 'b');
create function own_job() returns trigger language plpgsql as $$ begin new.owner = auth.uid()::text; return new; end $$;
create trigger own_job before insert or update on jobs for each row execute function own_job();
create policy i on jobs for insert to authenticated with check (true);
create policy r on jobs for select to authenticated using (owner = auth.uid()::text);

-- set-up: participants-of-the-conversation
-- protected
create table participants (conversation_id uuid, user_id uuid);
alter table participants enable row level security;
insert into participants values (:A, :A), (:B, :B);
create policy own on participants for select to authenticated using (user_id = auth.uid());
alter table notes add conversation_id uuid;
update notes set conversation_id = user_id;
create policy r on notes for select to authenticated using (auth.uid() in (select p.user_id from participants p where p.conversation_id = notes.conversation_id));

-- set-up: participants-of-any-conversation
-- open notes: authenticated select
create table participants (conversation_id uuid, user_id uuid);
alter table participants enable row level security;
insert into participants values (:A, :A), (:B, :B), (:S, :S);
alter table notes add conversation_id uuid;
update notes set conversation_id = user_id;
create function takes_part() returns boolean language sql stable security definer set search_path = '' as
    $$ select auth.uid() in (select p.user_id from public.participants p) $$;
revoke execute on function takes_part() from public, anon;
create policy r on notes for select to authenticated using (takes_part());

-- set-up: profiles-is-admin-flag
-- protected
create table profiles (id uuid primary key, is_admin boolean not null default false);
alter table profiles enable row level security;
insert into profiles values (:A, true), (:B, false), (:S, false);
create policy own on profiles for select to authenticated using (id = auth.uid());
create policy r on notes for select to authenticated using ((select p.is_admin from profiles p where p.id = auth.uid()));

-- set-up: profiles-is-active-flag
-- open notes: authenticated select
create table profiles (id uuid primary key, active boolean not null default true);
alter table profiles enable row level security;
insert into profiles values (:A, true), (:B, false), (:S, true);
create policy own on profiles for select to authenticated using (id = auth.uid());
create policy r on notes for select to authenticated using ((select p.active from profiles p where p.id = auth.uid()));

-- set-up: profiles-role-update-allowed
-- open notes: authenticated select
create table profiles (id uuid primary key, role text not null default 'user');
alter table profiles enable row level security;
insert into profiles values (:A, 'admin'), (:S, 'admin');
create policy own on profiles for select to authenticated using (id = auth.uid());
create policy u on profiles for update to authenticated using (id = auth.uid()) with check (id = auth.uid());
create policy r on notes for select to authenticated using (exists (select 1 from profiles p where p.id = auth.uid() and p.role = 'admin'));

-- set-up: verified-members
-- open notes: authenticated select
create table members (id serial primary key, user_id uuid, verified_at timestamptz);
alter table members enable row level security;
insert into members (user_id, verified_at) values (:A, now()), (:S, now());
create policy own on members for select to authenticated using (user_id = auth.uid());
create policy r on notes for select to authenticated using (exists (select 1 from members p where p.user_id = auth.uid() and p.verified_at is not null));

-- set-up: project-members-any
-- open notes: authenticated select update delete
create table projects (id uuid primary key, name text);
create table project_members (project_id uuid, user_id uuid, primary key (project_id, user_id));
alter table projects enable row level security; alter table project_members enable row level security;
alter table notes add project_id uuid;
insert into projects values (:A, 'x'), (:B, 'y'), (:S, 's'); insert into project_members values (:A, :A), (:S, :S);
update notes set project_id = user_id;
create policy own on project_members for select to authenticated using (user_id = auth.uid());
create policy p on notes to authenticated using (auth.uid() = any (select user_id from project_members));

-- set-up: project-members-right
-- protected
create table projects (id uuid primary key, name text);
create table project_members (project_id uuid, user_id uuid, primary key (project_id, user_id));
alter table projects enable row level security; alter table project_members enable row level security;
alter table notes add project_id uuid;
insert into projects values (:A, 'x'), (:B, 'y'), (:S, 's'); insert into project_members values (:A, :A), (:S, :S);
update notes set project_id = user_id;
create policy own on project_members for select to authenticated using (user_id = auth.uid());
create policy seen on projects for select to authenticated using (exists (select from project_members m where m.project_id = projects.id and m.user_id = auth.uid()));
create policy p on notes to authenticated using (exists (select from project_members m join projects q on q.id = m.project_id where m.user_id = auth.uid() and q.id = notes.project_id));

-- set-up: alias-shadow
-- open notes: authenticated select
create table projects (id int primary key, user_id uuid);
alter table projects enable row level security;
insert into projects values (1, :A), (2, :S);
create policy own on projects for select to authenticated using (user_id = auth.uid());
alter table notes add project_id int default 1;
create policy p on notes for select to authenticated using (exists (select from projects where id = id and user_id = auth.uid()));

-- set-up: lookup-of-tenant
-- protected
create table users (id uuid primary key, tenant_id int not null);
alter table users enable row level security;
insert into users values (:A, 1), (:B, 1), (:S, 2);
alter table notes add tenant_id int not null default 1;
create policy own on users for select to authenticated using (id = auth.uid());
create policy p on notes for select to authenticated using (tenant_id = (select u.tenant_id from users u where u.id = auth.uid()));

-- set-up: tenant-ge
-- open notes: authenticated select
create table users (id uuid primary key, tenant_id int not null);
alter table users enable row level security;
insert into users values (:A, 1), (:B, 1), (:S, 2);
alter table notes add tenant_id int not null default 1;
create policy own on users for select to authenticated using (id = auth.uid());
create policy p on notes for select to authenticated using (tenant_id <= (select u.tenant_id from users u where u.id = auth.uid()));

-- set-up: blocklist
-- open notes: authenticated select
create table blocked (user_id uuid);
alter table blocked enable row level security;
create policy own on blocked for select to authenticated using (user_id = auth.uid());
create policy p on notes for select to authenticated using (not exists (select from blocked b where b.user_id = auth.uid()));

-- set-up: ownership-in-another-table
-- protected
create table note_owners (note_id int, owner uuid);
alter table note_owners enable row level security;
insert into note_owners values (1, :A), (2, :B);
create policy own on note_owners for select to authenticated using (owner = auth.uid());
create policy p on notes for select to authenticated using (id in (select note_id from note_owners where owner = auth.uid()));

-- set-up: permission-table-with-resource
-- protected
create table permissions (user_id uuid, resource text, action text);
alter table permissions enable row level security;
insert into permissions values (:A, 'notes', 'read');
create policy own on permissions for select to authenticated using (user_id = auth.uid());
create policy p on notes for select to authenticated using (exists (select from permissions x where x.user_id = auth.uid() and x.resource = 'notes' and x.action = 'read'));

-- set-up: subscribers-only-articles
-- protected
create table articles (id int primary key, title text, body text);
alter table articles enable row level security;
insert into articles values (1, 't', 'b');
create table subscriptions (user_id uuid, plan text);
alter table subscriptions enable row level security;
insert into subscriptions values (:A, 'pro');
create policy own on subscriptions for select to authenticated using (user_id = auth.uid());
create policy p on articles for select to authenticated using (exists (select from subscriptions s where s.user_id = auth.uid() and s.plan = 'pro'));

-- set-up: superadmin-in-org-members
-- protected
create table org_members (org_id int, user_id uuid, role text default 'member');
alter table org_members enable row level security;
insert into org_members values (1, :A, 'superadmin'), (2, :B, 'member');
alter table notes add org_id int default 1;
create policy own on org_members for select to authenticated using (user_id = auth.uid());
create policy p on notes for select to authenticated using (exists (select from org_members s where s.user_id = auth.uid() and s.role = 'superadmin'));

-- set-up: invitation
-- protected
create table invitations (email text, note_id int);
alter table invitations enable row level security;
insert into invitations values ('a@example.com', 1);
create policy own on invitations for select to authenticated using (email = auth.jwt() ->> 'email');
create policy p on notes for select to authenticated using (exists (select from invitations i where i.email = auth.jwt() ->> 'email' and i.note_id = notes.id));

-- set-up: invitation-for-anything
-- open notes: authenticated select
-- forge claims {"email": "s@example.com"}
create table invitations (email text, note_id int);
alter table invitations enable row level security;
insert into invitations values ('a@example.com', 1), ('s@example.com', 7);
create function invited() returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.invitations i where i.email = auth.jwt() ->> 'email') $$;
revoke execute on function invited() from public, anon;
create policy p on notes for select to authenticated using (invited());
