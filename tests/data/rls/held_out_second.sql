-- set-up: join-any-team-then-read
-- open notes: authenticated select update
-- first authenticated: insert into team_members values (1, :S)
create table team_members (team_id int, user_id uuid);
alter table team_members enable row level security;
insert into team_members values (1, :A), (1, :B);
create policy own on team_members for select to authenticated using (user_id = auth.uid());
create policy joining on team_members for insert to authenticated with check (user_id = auth.uid());
alter table notes add team_id int not null default 1;
create policy r on notes for select to authenticated using (team_id in (select m.team_id from team_members m where m.user_id = auth.uid()));
create policy u on notes for update to authenticated using (team_id in (select m.team_id from team_members m where m.user_id = auth.uid()));

-- set-up: join-by-invitation-only
-- protected
-- first authenticated: insert into team_members values (1, :S)
create table invitations (id int primary key, team_id int, invited uuid, invited_by uuid);
alter table invitations enable row level security;
insert into invitations values (1, 1, :A, :B);
create policy mine on invitations for select to authenticated using (invited = auth.uid());
create table team_members (team_id int, user_id uuid, role text not null default 'member');
alter table team_members enable row level security;
insert into team_members values (1, :A), (1, :B);
create policy own on team_members for select to authenticated using (user_id = auth.uid());
create policy joining on team_members for insert to authenticated
    with check (user_id = auth.uid() and role = 'member' and exists (select from invitations i where i.team_id = team_members.team_id and i.invited = auth.uid()));
alter table notes add team_id int not null default 1;
create policy r on notes for select to authenticated using (team_id in (select m.team_id from team_members m where m.user_id = auth.uid()));

-- set-up: invite-oneself-then-join
-- open notes: authenticated select
-- first authenticated: insert into invitations values (7, 1, :S, :S); insert into team_members values (1, :S)
create table invitations (id int primary key, team_id int, invited uuid, invited_by uuid);
alter table invitations enable row level security;
insert into invitations values (1, 1, :A, :B);
create policy mine on invitations for select to authenticated using (invited = auth.uid() or invited_by = auth.uid());
create policy invite on invitations for insert to authenticated with check (invited_by = auth.uid());
create table team_members (team_id int, user_id uuid);
alter table team_members enable row level security;
insert into team_members values (1, :A), (1, :B);
create policy own on team_members for select to authenticated using (user_id = auth.uid());
create policy joining on team_members for insert to authenticated
    with check (user_id = auth.uid() and exists (select from invitations i where i.team_id = team_members.team_id and i.invited = auth.uid()));
alter table notes add team_id int not null default 1;
create policy r on notes for select to authenticated using (exists (select from team_members m where m.team_id = notes.team_id and m.user_id = auth.uid()));

-- set-up: rpc-joins-any-workspace
-- open notes: authenticated select
-- first authenticated: select join_workspace(1)
create table workspace_members (workspace_id int, user_id uuid, joined_at timestamptz not null default now());
alter table workspace_members enable row level security;
insert into workspace_members values (1, :A), (1, :B);
create policy own on workspace_members for select to authenticated using (user_id = auth.uid());
create function join_workspace(wid int) returns void language plpgsql security definer set search_path = '' as
    $$ begin insert into public.workspace_members (workspace_id, user_id) values (wid, auth.uid()); end $$;
revoke execute on function join_workspace(int) from public, anon;
alter table notes add workspace_id int not null default 1;
create policy r on notes for select to authenticated using (exists (select from workspace_members m where m.workspace_id = notes.workspace_id and m.user_id = auth.uid()));

-- set-up: rpc-joins-with-the-code
-- protected
-- first authenticated: select join_workspace('guess')
create table workspaces (id int primary key, name text, join_code text not null unique);
alter table workspaces enable row level security;
insert into workspaces values (1, 'w', 'f3a9c2d4e5');
create table workspace_members (workspace_id int, user_id uuid);
alter table workspace_members enable row level security;
insert into workspace_members values (1, :A), (1, :B);
create policy own on workspace_members for select to authenticated using (user_id = auth.uid());
create function join_workspace(code text) returns void language plpgsql security definer set search_path = '' as
    $$ begin insert into public.workspace_members select w.id, auth.uid() from public.workspaces w where w.join_code = code; end $$;
revoke execute on function join_workspace(text) from public, anon;
alter table notes add workspace_id int not null default 1;
create policy r on notes for select to authenticated using (exists (select from workspace_members m where m.workspace_id = notes.workspace_id and m.user_id = auth.uid()));

-- set-up: raise-the-own-role-in-two-steps
-- open notes: authenticated select delete
-- first authenticated: update profiles set role = 'admin'
create table profiles (id uuid primary key, role text not null default 'user', nick text);
alter table profiles enable row level security;
insert into profiles values (:A), (:B), (:S);
create policy me on profiles to authenticated using (id = auth.uid()) with check (id = auth.uid());
create function is_admin() returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.profiles where id = auth.uid() and role = 'admin') $$;
revoke execute on function is_admin() from public, anon;
create policy r on notes for select to authenticated using (user_id = auth.uid() or is_admin());
create policy d on notes for delete to authenticated using (is_admin());

-- set-up: own-role-guarded-by-a-trigger
-- protected
-- first authenticated: update profiles set role = 'admin'
create table profiles (id uuid primary key, role text not null default 'user', nick text);
alter table profiles enable row level security;
insert into profiles values (:A), (:B), (:S);
create policy me on profiles for select to authenticated using (id = auth.uid());
create policy mine on profiles for update to authenticated using (id = auth.uid()) with check (id = auth.uid());
create function keep_role() returns trigger language plpgsql as
    $$ begin if new.role is distinct from old.role and auth.role() <> 'service_role' then raise exception 'role is not yours to change'; end if; return new; end $$;
create trigger keep_role before update on profiles for each row execute function keep_role();
create policy r on notes for select to authenticated using (user_id = auth.uid() or (select p.role from profiles p where p.id = auth.uid()) = 'admin');

-- set-up: own-role-checked-against-the-old-one
-- protected
-- first authenticated: update profiles set role = 'admin'
create table profiles (id uuid primary key, role text not null default 'user', nick text);
alter table profiles enable row level security;
insert into profiles values (:A), (:B), (:S);
create function my_role() returns text language sql stable security definer set search_path = '' as
    $$ select role from public.profiles where id = auth.uid() $$;
revoke execute on function my_role() from public, anon;
create policy me on profiles for select to authenticated using (id = auth.uid());
create policy mine on profiles for update to authenticated using (id = auth.uid()) with check (id = auth.uid() and role = my_role());
create policy r on notes for select to authenticated using (user_id = auth.uid() or my_role() = 'admin');

-- set-up: claim-an-open-invitation
-- open notes: authenticated select
-- first authenticated: update invites set accepted_by = :S where accepted_by is null
create table invites (id int primary key, team_id int, accepted_by uuid);
alter table invites enable row level security;
insert into invites values (1, 1, null), (2, 1, :A);
create policy seen on invites for select to authenticated using (accepted_by = auth.uid() or accepted_by is null);
create policy take on invites for update to authenticated using (accepted_by is null) with check (accepted_by = auth.uid());
alter table notes add team_id int not null default 1;
create policy r on notes for select to authenticated using (team_id in (select i.team_id from invites i where i.accepted_by = auth.uid()));
-- open invites: authenticated select update

-- set-up: share-with-oneself
-- open notes: authenticated select
-- first authenticated: insert into note_shares values (1, :S)
create table note_shares (note_id int, shared_with uuid);
alter table note_shares enable row level security;
create policy seen on note_shares for select to authenticated using (shared_with = auth.uid());
create policy share on note_shares for insert to authenticated with check (auth.uid() is not null and shared_with = auth.uid());
create policy own on notes for select to authenticated using (user_id = auth.uid() or id in (select s.note_id from note_shares s where s.shared_with = auth.uid()));

-- set-up: share-only-what-is-ones-own
-- protected
-- first authenticated: insert into note_shares values (1, :S)
create table note_shares (note_id int, shared_with uuid);
alter table note_shares enable row level security;
create function owns_note(n int) returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.notes where id = n and user_id = auth.uid()) $$;
revoke execute on function owns_note(int) from public, anon;
create policy seen on note_shares for select to authenticated using (shared_with = auth.uid() or owns_note(note_id));
create policy share on note_shares for insert to authenticated with check (owns_note(note_id));
create policy own on notes for select to authenticated using (user_id = auth.uid() or id in (select s.note_id from note_shares s where s.shared_with = auth.uid()));

-- set-up: rule-copies-into-the-protected-table
-- open notes: authenticated insert
-- first authenticated: insert into inbox values (:S, 'x')
create table inbox (user_id uuid, body text);
alter table inbox enable row level security;
create policy own on inbox for insert to authenticated with check (user_id = auth.uid());
create rule forward as on insert to inbox do also insert into notes values (900, (select min(user_id::text)::uuid from notes), new.body);

-- set-up: rule-logs-the-own-change
-- protected
create table log (note_id int, user_id uuid, body text);
alter table log enable row level security;
create policy own on notes to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create rule logged as on update to notes do also insert into log values (old.id, old.user_id, old.body);

-- set-up: rule-instead-of-delete
-- protected
alter table notes add deleted_at timestamptz;
create policy own on notes to authenticated using (user_id = auth.uid() and deleted_at is null) with check (user_id = auth.uid());
create rule soft as on delete to notes do instead update notes set deleted_at = now() where id = old.id and user_id = auth.uid();

-- set-up: rpc-reads-a-note-by-id
-- open note_by_id(1): anon select
-- open note_by_id(1): authenticated select
create function note_by_id(nid int) returns setof notes language sql stable security definer set search_path = '' as
    $$ select * from public.notes where id = nid $$;
create policy own on notes for select to authenticated using (user_id = auth.uid());

-- set-up: rpc-updates-a-note-by-id
-- open rename_note(1, 'x'): authenticated update
create function rename_note(nid int, new_body text) returns void language plpgsql security definer set search_path = '' as
    $$ begin update public.notes set body = new_body where id = nid; if not found then raise exception 'no such note'; end if; end $$;
revoke execute on function rename_note(int, text) from public, anon;
create policy own on notes for select to authenticated using (user_id = auth.uid());

-- set-up: rpc-updates-own-note-by-id
-- protected
create function rename_note(nid int, new_body text) returns void language plpgsql security definer set search_path = '' as
    $$ begin update public.notes set body = new_body where id = nid and user_id = auth.uid(); if not found then raise exception using errcode = 'P0002', message = 'no such note'; end if; end $$;
revoke execute on function rename_note(int, text) from public, anon;
create policy own on notes for select to authenticated using (user_id = auth.uid());

-- set-up: rpc-for-members-of-anything
-- open team_notes(1): authenticated select
create table team_members (team_id int, user_id uuid);
alter table team_members enable row level security;
insert into team_members values (1, :A), (1, :B), (2, :S);
alter table notes add team_id int not null default 1;
create function team_notes(tid int) returns setof notes language plpgsql stable security definer set search_path = '' as
    $$ begin
        if not exists (select from public.team_members where user_id = auth.uid()) then raise exception 'members only' using errcode = '42501'; end if;
        return query select * from public.notes n where n.team_id = tid;
    end $$;
revoke execute on function team_notes(int) from public, anon;

-- set-up: rpc-for-members-of-this-team
-- protected
create table team_members (team_id int, user_id uuid);
alter table team_members enable row level security;
insert into team_members values (1, :A), (1, :B), (2, :S);
alter table notes add team_id int not null default 1;
create function team_notes(tid int) returns setof notes language plpgsql stable security definer set search_path = '' as
    $$ begin
        if not exists (select from public.team_members m where m.user_id = auth.uid() and m.team_id = tid) then raise exception 'members only' using errcode = '42501'; end if;
        return query select * from public.notes n where n.team_id = tid;
    end $$;
revoke execute on function team_notes(int) from public, anon;

-- set-up: rpc-moves-money-of-anybody
-- open move(1, 2, 5): authenticated update
create table accounts (id int primary key, user_id uuid, balance numeric not null default 0);
alter table accounts enable row level security;
insert into accounts values (1, :A, 100), (2, :B, 100);
create policy own on accounts for select to authenticated using (user_id = auth.uid());
create function move(from_account int, to_account int, amount numeric) returns void language plpgsql security definer set search_path = '' as
    $$ begin
        if amount <= 0 or from_account = to_account then raise exception 'nonsense'; end if;
        update public.accounts set balance = balance - amount where id = from_account and balance >= amount;
        if not found then raise exception 'not enough'; end if;
        update public.accounts set balance = balance + amount where id = to_account;
    end $$;
revoke execute on function move(int, int, numeric) from public, anon;

-- set-up: rpc-by-secret-token
-- protected
create table share_links (note_id int, token text not null default md5(random()::text));
alter table share_links enable row level security;
insert into share_links (note_id) values (1), (2);
create function shared_note(link_token text) returns table (body text) language sql stable security definer set search_path = '' as
    $$ select n.body from public.notes n join public.share_links s on s.note_id = n.id where s.token = link_token $$;
create policy own on notes for select to authenticated using (user_id = auth.uid());

-- set-up: rpc-writes-in-the-name-of-anybody
-- open post_as(:A, 'x'): authenticated insert
create function post_as(author uuid, said text) returns void language sql security definer set search_path = '' as
    $$ insert into public.notes select coalesce(max(id), 0) + 1, author, said from public.notes $$;
revoke execute on function post_as(uuid, text) from public, anon;
create policy own on notes for select to authenticated using (user_id = auth.uid());

-- set-up: rpc-posts-for-the-caller
-- protected
create function post(said text) returns void language sql security definer set search_path = '' as
    $$ insert into public.notes select coalesce(max(id), 0) + 1, auth.uid(), said from public.notes $$;
revoke execute on function post(text) from public, anon;
create policy own on notes for select to authenticated using (user_id = auth.uid());

-- set-up: view-joins-any-membership
-- open team_board: authenticated select
create table team_members (team_id int, user_id uuid);
alter table team_members enable row level security;
insert into team_members values (1, :A), (1, :B), (2, :S);
alter table notes add team_id int not null default 1;
create policy own on notes for select to authenticated using (user_id = auth.uid());
create view team_board as select n.id, n.user_id, n.body from notes n where exists (select from team_members m where m.user_id = auth.uid());
revoke insert, update, delete on team_board from anon, authenticated;

-- set-up: view-joins-the-own-team
-- protected
create table team_members (team_id int, user_id uuid);
alter table team_members enable row level security;
insert into team_members values (1, :A), (1, :B), (2, :S);
alter table notes add team_id int not null default 1;
create policy own on notes for select to authenticated using (user_id = auth.uid());
create view team_board as select n.id, n.user_id, n.body from notes n join team_members m on m.team_id = n.team_id where m.user_id = auth.uid();
revoke insert, update, delete on team_board from anon, authenticated;

-- set-up: view-with-invoker-over-two-tables
-- protected
create table authors (id uuid primary key, name text);
alter table authors enable row level security;
insert into authors values (:A, 'a'), (:B, 'b');
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy me on authors for select to authenticated using (id = auth.uid());
create view signed with (security_invoker = true) as select n.id, n.body, a.name, n.user_id from notes n left join authors a on a.id = n.user_id;

-- set-up: view-with-counts-per-person
-- open note_counts: anon select
-- open note_counts: authenticated select
create policy own on notes for select to authenticated using (user_id = auth.uid());
create view note_counts as select user_id, count(*) as notes from notes group by user_id;

-- set-up: polymorphic-owner
-- protected
create table files (id int primary key, owner_type text not null, owner_id uuid not null, path text);
alter table files enable row level security;
insert into files values (1, 'user', :A, 'a'), (2, 'user', :B, 'b');
create policy own on files to authenticated using (owner_type = 'user' and owner_id = auth.uid()) with check (owner_type = 'user' and owner_id = auth.uid());

-- set-up: polymorphic-owner-forgets-the-team
-- open files: authenticated select
create table files (id int primary key, owner_type text not null, owner_id uuid not null, path text);
alter table files enable row level security;
insert into files values (1, 'user', :A, 'a'), (2, 'team', :B, 'b');
create policy own on files for select to authenticated using ((owner_type = 'user' and owner_id = auth.uid()) or owner_type = 'team');

-- set-up: owners-in-an-array
-- protected
create table boards (id int primary key, owners uuid[] not null, title text);
alter table boards enable row level security;
insert into boards values (1, array[:A, :B]::uuid[], 'x');
create policy own on boards to authenticated using (owners @> array[auth.uid()]) with check (owners @> array[auth.uid()]);

-- set-up: owner-in-json
-- protected
create table docs (id int primary key, data jsonb not null);
alter table docs enable row level security;
insert into docs values (1, jsonb_build_object('owner', :A, 'shared', jsonb_build_array(:B)));
create policy own on docs for select to authenticated using (data ->> 'owner' = auth.uid()::text or data -> 'shared' ? auth.uid()::text);

-- set-up: json-without-an-owner-is-everybodys
-- open docs: authenticated select
create table docs (id int primary key, data jsonb not null);
alter table docs enable row level security;
insert into docs values (1, jsonb_build_object('owner', :A)), (2, '{"title": "x"}');
create policy own on docs for select to authenticated using (coalesce(data ->> 'owner', auth.uid()::text) = auth.uid()::text);

-- set-up: null-owner-is-everybodys
-- open notes: authenticated select update
alter table notes alter user_id drop not null;
insert into notes values (3, null, 'orphan');
create policy own on notes for select to authenticated using (user_id = auth.uid() or user_id is null);
create policy fix on notes for update to authenticated using (user_id is null) with check (user_id is null or user_id = auth.uid());

-- set-up: child-of-the-own-parent
-- protected
create table projects (id uuid primary key, owner_id uuid not null, name text);
create table tasks (id uuid primary key, project_id uuid references projects, title text);
alter table projects enable row level security; alter table tasks enable row level security;
insert into projects values (:A, :A, 'a'), (:B, :B, 'b');
insert into tasks values (:A, :A, 'a'), (:B, :B, 'b');
create policy own on projects to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
create policy own on tasks to authenticated using (exists (select from projects p where p.id = tasks.project_id and p.owner_id = auth.uid()));

-- set-up: child-put-under-anybodys-parent
-- open tasks: authenticated insert
create table projects (id uuid primary key, owner_id uuid not null, name text);
create table tasks (id uuid primary key, project_id uuid references projects, title text);
alter table projects enable row level security; alter table tasks enable row level security;
insert into projects values (:A, :A, 'a'), (:B, :B, 'b');
insert into tasks values (:A, :A, 'a'), (:B, :B, 'b');
create policy own on projects to authenticated using (owner_id = auth.uid()) with check (owner_id = auth.uid());
create policy own on tasks for select to authenticated using (exists (select from projects p where p.id = tasks.project_id and p.owner_id = auth.uid()));
create policy add on tasks for insert to authenticated with check (auth.uid() is not null);

-- set-up: trigger-stamps-the-tenant
-- protected
create table members (user_id uuid primary key, tenant_id int not null);
alter table members enable row level security;
insert into members values (:A, 1), (:B, 1), (:S, 2);
create policy me on members for select to authenticated using (user_id = auth.uid());
create table orders (id int primary key, tenant_id int, user_id uuid, total int);
alter table orders enable row level security;
insert into orders values (1, 1, :A, 5), (2, 1, :B, 6);
create function stamp() returns trigger language plpgsql security definer set search_path = '' as
    $$ begin new.user_id := auth.uid(); new.tenant_id := (select tenant_id from public.members where user_id = auth.uid()); return new; end $$;
create trigger stamp before insert or update on orders for each row execute function stamp();
create policy put on orders for insert to authenticated with check (true);
create policy mine on orders for select to authenticated using (tenant_id = (select m.tenant_id from members m where m.user_id = auth.uid()));

-- set-up: default-owner-and-column-kept
-- protected
create table feedback (id int generated always as identity primary key, author uuid not null default auth.uid(), body text);
alter table feedback enable row level security;
insert into feedback (author, body) values (:A, 'a'), (:B, 'b');
revoke insert, update on feedback from anon, authenticated;
grant insert (body) on feedback to authenticated;
create policy put on feedback for insert to authenticated with check (true);
create policy own on feedback for select to authenticated using (author = auth.uid());

-- set-up: trigger-stamps-only-on-update
-- open notes: authenticated insert
create function stamp() returns trigger language plpgsql as $$ begin new.user_id := auth.uid(); return new; end $$;
create trigger stamp before update on notes for each row execute function stamp();
create policy put on notes for insert to authenticated with check (true);
create policy own on notes for select to authenticated using (user_id = auth.uid());

-- set-up: restrictive-second-factor
-- protected
create policy own on notes to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy strong on notes as restrictive to authenticated using (auth.jwt() ->> 'aal' = 'aal2');

-- set-up: restrictive-alone-closes
-- protected
create policy tenant on notes as restrictive to authenticated using (true);

-- set-up: tenant-from-user-metadata
-- open notes: authenticated select
-- forge claims {"user_metadata": {"tenant": "1"}}
alter table notes add tenant_id int not null default 1;
create policy t on notes for select to authenticated using (tenant_id = (auth.jwt() -> 'user_metadata' ->> 'tenant')::int);

-- set-up: tenant-from-app-metadata
-- protected
alter table notes add tenant_id int not null default 1;
create policy t on notes to authenticated using (tenant_id = (auth.jwt() -> 'app_metadata' ->> 'tenant_id')::int) with check (tenant_id = (auth.jwt() -> 'app_metadata' ->> 'tenant_id')::int);

-- set-up: api-key-in-a-table
-- protected
create table api_keys (key_hash text primary key, user_id uuid not null);
alter table api_keys enable row level security;
insert into api_keys values (md5('a long and unknown key'), :A);
create function key_owner() returns uuid language sql stable security definer set search_path = '' as
    $$ select user_id from public.api_keys where key_hash = md5(current_setting('request.headers', true)::json ->> 'x-api-key') $$;
create policy by_key on notes for select using (user_id = key_owner());

-- set-up: soft-deleted-and-own
-- protected
alter table notes add deleted_at timestamptz;
create policy own on notes for select to authenticated using (user_id = auth.uid() and deleted_at is null);
create policy bin on notes for update to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: soft-deleted-only
-- open notes: anon select
-- open notes: authenticated select
alter table notes add deleted_at timestamptz;
create policy own on notes for select using (deleted_at is null);

-- set-up: published-flag
-- published notes: anon authenticated
alter table notes add is_published boolean not null default false;
update notes set is_published = true where id = 1;
create policy pub on notes for select using (is_published);
create policy own on notes to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: partition-with-a-grant
-- open visits_2025: anon select insert update delete
-- open visits_2025: authenticated select insert update delete
create table visits (day date not null, user_id uuid not null) partition by range (day);
create table visits_2025 partition of visits for values from ('2025-01-01') to ('2026-01-01');
alter table visits enable row level security;
insert into visits values ('2025-03-01', :A), ('2025-03-02', :B);
create policy own on visits for select to authenticated using (user_id = auth.uid());

-- set-up: inherited-child-kept-back
-- protected
create table notes_archive () inherits (notes);
alter table notes_archive enable row level security;
insert into notes_archive values (10, :A, 'old');
revoke all on notes_archive from anon, authenticated;
create policy own on notes for select to authenticated using (user_id = auth.uid());

-- set-up: bucket-by-folder
-- protected
create table objects (id uuid primary key, bucket_id text, name text not null, owner uuid);
alter table objects enable row level security;
insert into objects values (:A, 'avatars', :A || '/a.png', :A), (:B, 'avatars', :B || '/b.png', :B);
create policy own on objects for select to authenticated using (bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text);
create policy put on objects for insert to authenticated with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = auth.uid()::text and owner = auth.uid());

-- set-up: bucket-by-name-like
-- open objects: authenticated select
create table objects (id uuid primary key, bucket_id text, name text not null, owner uuid);
alter table objects enable row level security;
insert into objects values (:A, 'private', :A || '/a.png', :A), (:B, 'private', :B || '/b.png', :B);
create policy own on objects for select to authenticated using (bucket_id = 'private' and name like '%.png');

-- set-up: update-hands-the-row-over
-- open notes: authenticated update
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy edit on notes for update to authenticated using (user_id = auth.uid()) with check (true);

-- set-up: messages-between-two
-- protected
create table messages (id int primary key, sender_id uuid not null, recipient_id uuid not null, body text);
alter table messages enable row level security;
insert into messages values (1, :A, :B, 'x'), (2, :B, :A, 'y');
create policy seen on messages for select to authenticated using (auth.uid() in (sender_id, recipient_id));
create policy send on messages for insert to authenticated with check (sender_id = auth.uid());

-- set-up: messages-forged-sender
-- open messages: authenticated insert
create table messages (id int primary key, sender_id uuid not null, recipient_id uuid not null, body text);
alter table messages enable row level security;
insert into messages values (1, :A, :B, 'x'), (2, :B, :A, 'y');
create policy seen on messages for select to authenticated using (auth.uid() in (sender_id, recipient_id));
create policy send on messages for insert to authenticated with check (recipient_id is not null);

-- set-up: columns-of-a-public-profile
-- open profiles: authenticated select
create table profiles (id uuid primary key, nick text, phone text);
alter table profiles enable row level security;
insert into profiles values (:A, 'a', '1'), (:B, 'b', '2');
revoke all on profiles from anon, authenticated;
grant select (id, nick) on profiles to authenticated;
create policy seen on profiles for select to authenticated using (true);

-- set-up: definer-helper-checks-membership
-- protected
create table orgs (id uuid primary key, name text);
create table memberships (org_id uuid references orgs, user_id uuid, role text not null default 'viewer', primary key (org_id, user_id));
alter table orgs enable row level security; alter table memberships enable row level security;
insert into orgs values (:A, 'a'), (:B, 'b');
insert into memberships values (:A, :A, 'owner'), (:B, :B, 'owner');
create function is_member(o uuid, wanted text default 'viewer') returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.memberships m where m.org_id = o and m.user_id = auth.uid() and (wanted = 'viewer' or m.role in ('owner', wanted))) $$;
revoke execute on function is_member(uuid, text) from public, anon;
create policy seen on orgs for select to authenticated using (is_member(id));
create policy seen on memberships for select to authenticated using (is_member(org_id));
create policy invite on memberships for insert to authenticated with check (is_member(org_id, 'owner'));
create policy leave on memberships for delete to authenticated using (user_id = auth.uid() or is_member(org_id, 'owner'));

-- set-up: new-owner-of-any-org
-- open orgs: authenticated select
-- first authenticated: insert into memberships values (:A, :S, 'owner')
create table orgs (id uuid primary key, name text);
create table memberships (org_id uuid references orgs, user_id uuid, role text not null default 'viewer', primary key (org_id, user_id));
alter table orgs enable row level security; alter table memberships enable row level security;
insert into orgs values (:A, 'a'), (:B, 'b');
insert into memberships values (:A, :A, 'owner'), (:B, :B, 'owner');
create function is_member(o uuid) returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.memberships m where m.org_id = o and m.user_id = auth.uid()) $$;
revoke execute on function is_member(uuid) from public, anon;
create policy seen on orgs for select to authenticated using (is_member(id));
create policy mine on memberships for select to authenticated using (user_id = auth.uid());
create policy first_owner on memberships for insert to authenticated with check (user_id = auth.uid() and role = 'owner');

-- set-up: schema-beside-public
-- open app.ledger: authenticated select
create schema app;
create table app.ledger (id int primary key, user_id uuid, amount int);
insert into app.ledger values (1, :A, 5);
grant usage on schema app to authenticated;
grant select on app.ledger to authenticated;

-- set-up: schema-beside-public-for-the-server
-- protected
create schema private;
create table private.ledger (id int primary key, user_id uuid, amount int);
insert into private.ledger values (1, :A, 5);
grant usage on schema private to service_role;
grant select on private.ledger to service_role;

-- set-up: rpc-null-argument-passes-the-check
-- open notes_of(null): authenticated select
create function notes_of(owner uuid default null) returns setof notes language plpgsql stable security definer set search_path = '' as
    $$ begin
        if owner <> auth.uid() then raise exception 'not yours'; end if;
        return query select * from public.notes n where n.user_id = coalesce(owner, n.user_id);
    end $$;
revoke execute on function notes_of(uuid) from public, anon;

-- set-up: rpc-argument-must-be-the-caller
-- protected
create function notes_of(owner uuid) returns setof notes language plpgsql stable security definer set search_path = '' as
    $$ begin
        if owner is distinct from auth.uid() then raise exception 'not yours' using errcode = 'insufficient_privilege'; end if;
        return query select * from public.notes n where n.user_id = owner;
    end $$;
revoke execute on function notes_of(uuid) from public, anon;

-- set-up: rpc-searches-by-address
-- open find_people('a@example.com'): anon select
-- open find_people('a@example.com'): authenticated select
create table people (id uuid primary key, email text not null, phone text);
alter table people enable row level security;
insert into people values (:A, 'a@example.com', '1'), (:B, 'b@example.com', '2');
create policy me on people for select to authenticated using (id = auth.uid());
create function find_people(part text) returns table (email text, phone text) language sql stable security definer set search_path = '' as
    $$ select p.email, p.phone from public.people p where p.email ilike '%' || part || '%' $$;

-- set-up: instead-of-trigger-writes-anything
-- open my_notes: authenticated insert
create view my_notes with (security_invoker = true) as select id, user_id, body from notes;
revoke update, delete on my_notes from anon, authenticated;
revoke insert on my_notes from anon;
create policy own on notes for select to authenticated using (user_id = auth.uid());
create function put_note() returns trigger language plpgsql security definer set search_path = '' as
    $$ begin insert into public.notes values (new.id, new.user_id, new.body); return new; end $$;
create trigger put_note instead of insert on my_notes for each row execute function put_note();

-- set-up: instead-of-trigger-writes-the-callers
-- protected
create view my_notes with (security_invoker = true) as select id, user_id, body from notes;
revoke update, delete on my_notes from anon, authenticated;
revoke insert on my_notes from anon;
create policy own on notes for select to authenticated using (user_id = auth.uid());
create function put_note() returns trigger language plpgsql security definer set search_path = '' as
    $$ begin insert into public.notes values (new.id, auth.uid(), new.body); return new; end $$;
create trigger put_note instead of insert on my_notes for each row execute function put_note();

-- set-up: shares-that-expire
-- protected
create table note_shares (note_id int, shared_with uuid, expires_at timestamptz not null);
alter table note_shares enable row level security;
create policy seen on note_shares for select to authenticated using (shared_with = auth.uid());
create policy r on notes for select to authenticated using (user_id = auth.uid() or exists (select from note_shares s where s.note_id = notes.id and s.shared_with = auth.uid() and s.expires_at > now()));

-- set-up: expired-shares-are-forgotten-to-check
-- open notes: anon select
-- open notes: authenticated select
create table note_shares (note_id int, shared_with uuid, expires_at timestamptz not null);
alter table note_shares enable row level security;
create function is_shared(n int) returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.note_shares s where s.note_id = n) $$;
insert into note_shares values (1, :B, '2024-01-01');
create policy r on notes for select using (is_shared(id));

-- set-up: nested-org-team-project
-- protected
create table orgs (id uuid primary key);
create table teams (id uuid primary key, org_id uuid references orgs);
create table projects (id uuid primary key, team_id uuid references teams);
create table team_members (team_id uuid references teams, user_id uuid, primary key (team_id, user_id));
create table docs (id uuid primary key, project_id uuid references projects, body text);
alter table orgs enable row level security; alter table teams enable row level security; alter table projects enable row level security;
alter table team_members enable row level security; alter table docs enable row level security;
insert into orgs values (:A), (:B); insert into teams values (:A, :A), (:B, :B); insert into projects values (:A, :A), (:B, :B);
insert into team_members values (:A, :A), (:B, :B); insert into docs values (:A, :A, 'a'), (:B, :B, 'b');
create function my_projects() returns setof uuid language sql stable security definer set search_path = '' as
    $$ select p.id from public.projects p join public.team_members m on m.team_id = p.team_id where m.user_id = auth.uid() $$;
revoke execute on function my_projects() from public, anon;
create policy r on docs for select to authenticated using (project_id in (select my_projects()));
create policy w on docs for update to authenticated using (project_id in (select my_projects())) with check (project_id in (select my_projects()));

-- set-up: project-moved-into-the-own-team
-- open docs: authenticated select
-- first authenticated: update projects set team_id = :S
create table teams (id uuid primary key, owner_id uuid);
create table projects (id uuid primary key, team_id uuid references teams);
create table docs (id uuid primary key, project_id uuid references projects, body text);
alter table teams enable row level security; alter table projects enable row level security; alter table docs enable row level security;
insert into teams values (:A, :A), (:B, :B), (:S, :S); insert into projects values (:A, :A), (:B, :B); insert into docs values (:A, :A, 'a'), (:B, :B, 'b');
create policy own on teams for select to authenticated using (owner_id = auth.uid());
create policy move on projects for update to authenticated using (true) with check (team_id in (select t.id from teams t where t.owner_id = auth.uid()));
create policy seen on projects for select to authenticated using (team_id in (select t.id from teams t where t.owner_id = auth.uid()));
create policy r on docs for select to authenticated using (project_id in (select p.id from projects p));
-- open projects: authenticated update

-- set-up: role-as-an-ordered-enum
-- protected
create type team_role as enum ('viewer', 'editor', 'owner');
create table team_members (team_id int, user_id uuid, role team_role not null default 'viewer');
alter table team_members enable row level security;
insert into team_members values (1, :A, 'owner'), (1, :B, 'viewer');
create policy mine on team_members for select to authenticated using (user_id = auth.uid());
alter table notes add team_id int not null default 1;
create policy r on notes for select to authenticated using (exists (select from team_members m where m.team_id = notes.team_id and m.user_id = auth.uid()));
create policy u on notes for update to authenticated using (exists (select from team_members m where m.team_id = notes.team_id and m.user_id = auth.uid() and m.role >= 'editor'));

-- set-up: permissions-as-bits
-- protected
create table grants_to (note_id int, user_id uuid, bits int not null default 1);
alter table grants_to enable row level security;
insert into grants_to values (1, :A, 7);
create policy mine on grants_to for select to authenticated using (user_id = auth.uid());
create policy r on notes for select to authenticated using (exists (select from grants_to g where g.note_id = notes.id and g.user_id = auth.uid() and (g.bits & 1) <> 0));

-- set-up: permissions-as-json-keyed-by-person
-- protected
create table docs (id int primary key, access jsonb not null default '{}');
alter table docs enable row level security;
insert into docs values (1, jsonb_build_object(:A, 'write')), (2, jsonb_build_object(:B, 'read'));
create policy r on docs for select to authenticated using (access ? auth.uid()::text);
create policy u on docs for update to authenticated using (access ->> auth.uid()::text = 'write') with check (access ->> auth.uid()::text = 'write');

-- set-up: readers-in-a-comma-separated-text
-- protected
create table docs (id int primary key, readers text not null, body text);
alter table docs enable row level security;
insert into docs values (1, :A || ',' || :B, 'x');
create policy r on docs for select to authenticated using (auth.uid()::text = any (string_to_array(readers, ',')));

-- set-up: pairs-compared
-- protected
create table members (org_id int, user_id uuid);
alter table members enable row level security;
insert into members values (1, :A), (2, :B);
create policy mine on members for select to authenticated using (user_id = auth.uid());
alter table notes add org_id int not null default 1;
create policy r on notes for select to authenticated using ((org_id, auth.uid()) in (select m.org_id, m.user_id from members m));

-- set-up: old-claim-setting
-- protected
create policy own on notes to authenticated using (user_id = nullif(current_setting('request.jwt.claim.sub', true), '')::uuid or user_id = ((current_setting('request.jwt.claims', true)::jsonb) ->> 'sub')::uuid);

-- set-up: address-of-the-token
-- protected
create table bookings (id int primary key, email text not null);
alter table bookings enable row level security;
insert into bookings values (1, 'a@example.com'), (2, 'b@example.com');
create policy own on bookings for select to authenticated using (lower(email) = lower(auth.jwt() ->> 'email'));

-- set-up: address-from-user-metadata
-- open bookings: authenticated select
-- forge claims {"user_metadata": {"email": "a@example.com"}}
create table bookings (id int primary key, email text not null);
alter table bookings enable row level security;
insert into bookings values (1, 'a@example.com'), (2, 'b@example.com');
create policy own on bookings for select to authenticated using (email = auth.jwt() -> 'user_metadata' ->> 'email');

-- set-up: client-becomes-the-server
-- protected
grant anon to authenticated;
create policy own on notes to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: role-inherits-a-policy
-- open notes: authenticated select
create role held_out_readers nologin;
grant held_out_readers to authenticated;
create policy r on notes for select to held_out_readers using (true);

-- set-up: insert-for-a-team-of-ones-own
-- protected
create table team_members (team_id int, user_id uuid);
alter table team_members enable row level security;
insert into team_members values (1, :A), (2, :B), (3, :S);
create policy mine on team_members for select to authenticated using (user_id = auth.uid());
create table posts (id int primary key, team_id int not null, author_id uuid not null, body text);
alter table posts enable row level security;
insert into posts values (1, 1, :A, 'a'), (2, 2, :B, 'b');
create policy r on posts for select to authenticated using (team_id in (select m.team_id from team_members m where m.user_id = auth.uid()));
create policy i on posts for insert to authenticated with check (author_id = auth.uid() and team_id in (select m.team_id from team_members m where m.user_id = auth.uid()));

-- set-up: likes-counted-by-a-function
-- protected
create table posts (id int primary key, author_id uuid not null, likes int not null default 0, body text);
alter table posts enable row level security;
insert into posts values (1, :A, 0, 'a'), (2, :B, 0, 'b');
create policy own on posts for select to authenticated using (author_id = auth.uid());
create function like_post(post int) returns void language sql security definer set search_path = '' as
    $$ update public.posts set likes = likes + 1 where id = post $$;
revoke execute on function like_post(int) from public, anon;

-- set-up: comments-count-by-a-trigger
-- protected
create table posts (id int primary key, author_id uuid not null, comments_count int not null default 0);
create table comments (id int primary key, post_id int not null, author_id uuid not null, body text);
alter table posts enable row level security; alter table comments enable row level security;
insert into posts values (1, :A, 0), (2, :B, 0); insert into comments values (1, 1, :A, 'x'), (2, 2, :B, 'y');
create policy own on posts for select to authenticated using (author_id = auth.uid());
create policy own on comments to authenticated using (author_id = auth.uid()) with check (author_id = auth.uid());
create function counted() returns trigger language plpgsql security definer set search_path = '' as
    $$ begin update public.posts set comments_count = comments_count + 1 where id = new.post_id; return new; end $$;
create trigger counted after insert on comments for each row execute function counted();

-- set-up: queue-that-anybody-takes-from
-- open take_job(): authenticated update
create table jobs (id int primary key, user_id uuid not null, payload text, taken_by uuid);
alter table jobs enable row level security;
insert into jobs values (1, :A, 'a', null), (2, :B, 'b', null);
create policy own on jobs for select to authenticated using (user_id = auth.uid());
create function take_job() returns void language sql security definer set search_path = '' as
    $$ update public.jobs set taken_by = auth.uid() where id = (select min(id) from public.jobs where taken_by is null) $$;
revoke execute on function take_job() from public, anon;

-- set-up: status-may-only-be-read-back
-- protected
create table orders (id uuid primary key, user_id uuid not null default auth.uid(), status text not null default 'new' check (status in ('new', 'paid')));
alter table orders enable row level security;
insert into orders values (:A, :A, 'new'), (:B, :B, 'paid');
revoke insert, update on orders from anon, authenticated;
grant insert (id) on orders to authenticated;
create policy own on orders for select to authenticated using (user_id = auth.uid());
create policy mine on orders for insert to authenticated with check (user_id = auth.uid());

-- set-up: recursive-folders
-- protected
create table folders (id int primary key, parent_id int, owner_id uuid);
alter table folders enable row level security;
insert into folders values (1, null, :A), (2, 1, null), (3, null, :B);
create function owns_folder(f int) returns boolean language sql stable security definer set search_path = '' as
    $$ with recursive up as (select id, parent_id, owner_id from public.folders where id = f
                             union all select p.id, p.parent_id, p.owner_id from public.folders p join up on p.id = up.parent_id)
       select exists (select from up where owner_id = auth.uid()) $$;
revoke execute on function owns_folder(int) from public, anon;
create policy r on folders for select to authenticated using (owns_folder(id));

-- set-up: folder-hung-below-the-own
-- open folders: authenticated update
create table folders (id int primary key, parent_id int, owner_id uuid);
alter table folders enable row level security;
insert into folders values (1, null, :A), (2, 1, null), (3, null, :B);
create function owns_folder(f int) returns boolean language sql stable security definer set search_path = '' as
    $$ with recursive up as (select id, parent_id, owner_id from public.folders where id = f
                             union all select p.id, p.parent_id, p.owner_id from public.folders p join up on p.id = up.parent_id)
       select exists (select from up where owner_id = auth.uid()) $$;
revoke execute on function owns_folder(int) from public, anon;
create policy r on folders for select to authenticated using (owns_folder(id));
create policy i on folders for insert to authenticated with check (owner_id = auth.uid());
create policy u on folders for update to authenticated using (true) with check (owner_id is distinct from auth.uid() or owner_id = auth.uid());

-- set-up: banned-people-only-are-kept-out
-- open notes: authenticated select
create table bans (user_id uuid primary key, until timestamptz);
alter table bans enable row level security;
create policy mine on bans for select to authenticated using (user_id = auth.uid());
create policy r on notes for select to authenticated using (not exists (select from bans b where b.user_id = auth.uid() and b.until > now()));

-- set-up: followers-read-private-posts
-- open posts: authenticated select
-- first authenticated: insert into follows values (:S, :A), (:S, :B)
create table follows (follower_id uuid, followed_id uuid, primary key (follower_id, followed_id));
create table posts (id int primary key, author_id uuid not null, body text);
alter table follows enable row level security; alter table posts enable row level security;
insert into posts values (1, :A, 'a'), (2, :B, 'b');
create policy mine on follows for select to authenticated using (follower_id = auth.uid());
create policy follow on follows for insert to authenticated with check (follower_id = auth.uid());
create policy r on posts for select to authenticated using (author_id = auth.uid() or author_id in (select f.followed_id from follows f where f.follower_id = auth.uid()));

-- set-up: followers-that-were-accepted
-- protected
-- first authenticated: insert into follows values (:S, :A), (:S, :B); update follows set accepted = true
create table follows (follower_id uuid, followed_id uuid, accepted boolean not null default false, primary key (follower_id, followed_id));
create table posts (id int primary key, author_id uuid not null, body text);
alter table follows enable row level security; alter table posts enable row level security;
insert into posts values (1, :A, 'a'), (2, :B, 'b');
create policy mine on follows for select to authenticated using (auth.uid() in (follower_id, followed_id));
create policy follow on follows for insert to authenticated with check (follower_id = auth.uid() and not accepted);
create policy accept on follows for update to authenticated using (followed_id = auth.uid()) with check (followed_id = auth.uid());
create policy r on posts for select to authenticated using (author_id = auth.uid() or author_id in (select f.followed_id from follows f where f.follower_id = auth.uid() and f.accepted));

-- set-up: upsert-of-a-profile-takes-the-role
-- open notes: authenticated select
-- first authenticated: insert into profiles values (:S, 'admin') on conflict (id) do update set role = excluded.role
create table profiles (id uuid primary key, role text not null default 'user');
alter table profiles enable row level security;
insert into profiles values (:A), (:B);
create policy me on profiles for select to authenticated using (id = auth.uid());
create policy make on profiles for insert to authenticated with check (id = auth.uid());
create policy r on notes for select to authenticated using (user_id = auth.uid() or exists (select from profiles p where p.id = auth.uid() and p.role = 'admin'));

-- set-up: secret-of-an-invitation-can-be-read
-- open invites: authenticated select
-- open notes: authenticated select
-- first authenticated: select accept((select token from invites limit 1))
create table invites (team_id int, token text not null);
alter table invites enable row level security;
insert into invites values (1, 'a83hf0sk2');
create policy seen on invites for select to authenticated using (true);
create table team_members (team_id int, user_id uuid);
alter table team_members enable row level security;
insert into team_members values (1, :A), (1, :B);
create policy mine on team_members for select to authenticated using (user_id = auth.uid());
create function accept(secret text) returns void language sql security definer set search_path = '' as
    $$ insert into public.team_members select i.team_id, auth.uid() from public.invites i where i.token = secret $$;
revoke execute on function accept(text) from public, anon;
alter table notes add team_id int not null default 1;
create policy r on notes for select to authenticated using (team_id in (select m.team_id from team_members m where m.user_id = auth.uid()));
