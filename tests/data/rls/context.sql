-- set-up: trusts-user-metadata
-- open notes: authenticated select
-- forge claims {"user_metadata": {"role": "admin"}}
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy admins on notes for select to authenticated using (auth.jwt() -> 'user_metadata' ->> 'role' = 'admin');

-- set-up: trusts-app-metadata
-- protected
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy admins on notes for select to authenticated using (auth.jwt() -> 'app_metadata' ->> 'role' = 'admin');

-- set-up: user-metadata-narrows-only
-- protected
-- forge claims {"user_metadata": {"beta": "yes"}}
create policy own on notes for select to authenticated
    using (user_id = auth.uid() and coalesce(auth.jwt() -> 'user_metadata' ->> 'beta', 'yes') = 'yes');

-- set-up: trusts-a-setting
-- open notes: anon select update delete insert
-- open notes: authenticated select update delete insert
-- forge set app.user_id = :B
create policy tenant on notes using (user_id::text = current_setting('app.user_id', true));

-- set-up: trusts-a-setting-in-a-function
-- open notes: authenticated select
-- forge set app.tenant = :B
create function current_tenant() returns uuid language sql stable as $$ select nullif(current_setting('app.tenant', true), '')::uuid $$;
create policy tenant on notes for select to authenticated using (user_id = current_tenant());

-- set-up: trusts-a-header
-- open notes: anon select
-- open notes: authenticated select
-- forge set request.headers = {"x-user": ":B"}
create policy header on notes for select using (user_id::text = current_setting('request.headers', true)::json ->> 'x-user');

-- set-up: tenant-in-app-metadata
-- protected
alter table notes add tenant int;
update notes set tenant = id;
create policy tenant on notes to authenticated using (tenant = (auth.jwt() -> 'app_metadata' ->> 'tenant')::int);

-- set-up: tenant-in-user-metadata
-- open notes: authenticated select update delete insert
-- forge claims {"user_metadata": {"tenant": "2"}}
alter table notes add tenant int;
update notes set tenant = id;
create policy tenant on notes to authenticated using (tenant = (auth.jwt() -> 'user_metadata' ->> 'tenant')::int);

-- set-up: members-of-a-team
-- protected
create table members (team uuid, user_id uuid);
alter table members enable row level security;
create policy own on members for select to authenticated using (user_id = auth.uid());
insert into members values (:A, :A), (:B, :B);
alter table notes add team uuid;
update notes set team = user_id;
create policy team on notes to authenticated using (team in (select m.team from members m where m.user_id = auth.uid()));

-- set-up: members-that-anybody-may-join
-- open members: authenticated insert
create table members (team uuid, user_id uuid);
alter table members enable row level security;
create policy own on members for select to authenticated using (user_id = auth.uid());
create policy joining on members for insert to authenticated with check (true);
insert into members values (:A, :A), (:B, :B);
alter table notes add team uuid;
update notes set team = user_id;
create policy team on notes to authenticated using (team in (select m.team from members m where m.user_id = auth.uid()));

-- set-up: admins-by-a-table
-- protected
create table admins (user_id uuid primary key);
alter table admins enable row level security;
create policy own on admins for select to authenticated using (user_id = auth.uid());
insert into admins values (:A);
create policy own on notes for select to authenticated using (user_id = auth.uid());
create policy admin on notes to authenticated using (exists (select from admins where admins.user_id = auth.uid()));

-- set-up: admins-by-a-function
-- protected
create table profiles (id uuid primary key, role text not null default 'user' check (role in ('user', 'admin')));
alter table profiles enable row level security;
insert into profiles values (:A, 'admin'), (:B, 'user');
create function is_admin() returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.profiles where id = auth.uid() and role = 'admin') $$;
create policy own on profiles for select to authenticated using (id = auth.uid() or is_admin());
create policy own on notes to authenticated using (user_id = auth.uid() or is_admin());

-- set-up: shared-with-somebody
-- protected
create table shares (note_id int references notes, reader uuid);
alter table shares enable row level security;
create policy own on shares for select to authenticated using (reader = auth.uid());
insert into shares values (1, :B);
create policy own on notes for select to authenticated
    using (user_id = auth.uid() or exists (select from shares where shares.note_id = notes.id and shares.reader = auth.uid()));

-- set-up: condition-that-forgets-the-correlation
-- open notes: authenticated select
create table teams (id int primary key, open boolean not null);
alter table teams enable row level security;
create policy everybody on teams for select using (false);
insert into teams values (1, true), (2, true);
create function any_open() returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.teams where open) $$;
create policy team on notes for select to authenticated using (any_open());

-- set-up: trigger-that-sets-the-owner
-- protected
create function own_it() returns trigger language plpgsql as $$ begin new.user_id = auth.uid(); return new; end $$;
create trigger own_it before insert on notes for each row execute function own_it();
create policy own on notes using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: email-in-the-token
-- protected
alter table notes add email text;
update notes set email = body || '@example.com';
create policy own on notes for select to authenticated using (email = auth.jwt() ->> 'email');

-- set-up: user-metadata-from-the-table-of-users
-- open notes: authenticated select
-- forge written {"role": "admin"}
create function my_role() returns text language sql stable security definer set search_path = '' as
    $$ select raw_user_meta_data ->> 'role' from auth.users where id = auth.uid() $$;
create policy r on notes for select to authenticated using (user_id = auth.uid() or my_role() = 'admin');

-- set-up: user-metadata-as-a-truth-value
-- open notes: authenticated select
-- forge claims {"user_metadata": {"is_admin": true}}
create policy r on notes for select to authenticated
    using (user_id = auth.uid() or (auth.jwt() -> 'user_metadata' ->> 'is_admin')::boolean);

-- set-up: user-metadata-held-by-the-token
-- open notes: authenticated select
-- forge claims {"user_metadata": {"plan": "staff"}}
create policy r on notes for select to authenticated using (auth.jwt() @> '{"user_metadata": {"plan": "staff"}}'::jsonb);
