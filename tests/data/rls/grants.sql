-- set-up: no-grant-and-no-row-level-security
-- protected
alter table notes disable row level security;
revoke all on notes from anon, authenticated, public;

-- set-up: select-granted-to-public
-- open notes: anon select
-- open notes: authenticated select
alter table notes disable row level security;
revoke all on notes from anon, authenticated;
grant select on notes to public;

-- set-up: one-column-granted
-- open notes: anon select
alter table notes disable row level security;
revoke all on notes from anon, authenticated;
grant select (body) on notes to anon;

-- set-up: insert-granted-only
-- open notes: anon insert
alter table notes disable row level security;
revoke all on notes from anon, authenticated;
grant insert on notes to anon;

-- set-up: delete-granted-only
-- open notes: authenticated delete
alter table notes disable row level security;
revoke all on notes from anon, authenticated;
grant delete on notes to authenticated;

-- set-up: update-of-one-column-granted
-- open notes: authenticated update
alter table notes disable row level security;
revoke all on notes from anon, authenticated;
grant update (body) on notes to authenticated;

-- set-up: truncate-granted
-- protected
create policy own on notes using (user_id = auth.uid());
grant truncate on notes to authenticated;

-- set-up: truncate-granted-to-a-role-that-logs-in
-- open notes: authenticated truncate
create policy own on notes using (user_id = auth.uid());
grant truncate on notes to authenticated;
alter role authenticated login;

-- set-up: granted-to-a-role-that-signed-in-users-inherit
-- open notes: authenticated select
create role staff nologin;
alter table notes disable row level security;
revoke all on notes from anon, authenticated;
grant select on notes to staff;
grant staff to authenticated with inherit true;

-- set-up: policy-for-an-inherited-role
-- open notes: authenticated select
create role staff nologin;
grant staff to authenticated with inherit true;
create policy staff on notes for select to staff using (true);

-- set-up: anon-bypasses
-- open notes: anon select insert update delete
alter role anon bypassrls;
create policy own on notes to authenticated using (user_id = auth.uid());

-- set-up: true-for-anon-without-a-grant
-- open notes: authenticated select
revoke all on notes from anon;
create policy everybody on notes for select using (true);

-- set-up: schema-without-usage
-- protected
create schema hidden;
create table hidden.rows (id int primary key, user_id uuid);
insert into hidden.rows values (1, :A), (2, :B);
grant all on hidden.rows to anon, authenticated;
