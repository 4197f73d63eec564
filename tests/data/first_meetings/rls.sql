-- set-up: authenticated-true-read
-- open notes: authenticated select
create policy r on notes for select to authenticated using (true);

-- set-up: service-role-only-true
-- protected
create policy r on notes to service_role using (true) with check (true);

-- set-up: service-policy-to-public-by-omission
-- open notes: anon select insert update delete
-- open notes: authenticated select insert update delete
create policy "service role full access" on notes using (true) with check (true);

-- set-up: uid-is-not-null
-- open notes: authenticated select
create policy r on notes for select using (auth.uid() is not null);

-- set-up: uid-is-null-lets-anon-in
-- open notes: anon select
create policy r on notes for select using (auth.uid() is null or user_id = auth.uid());

-- set-up: or-precedence
-- open notes: authenticated select
alter table notes add archived boolean not null default false;
create policy r on notes for select to authenticated using (user_id = auth.uid() and archived or not archived);

-- set-up: or-precedence-in-brackets
-- protected
alter table notes add archived boolean not null default false;
create policy r on notes for select to authenticated using (user_id = auth.uid() and (archived or not archived));

-- set-up: exists-without-correlation
-- open notes: authenticated select
create table members (note_id int, user_id uuid);
alter table members enable row level security;
insert into members values (1, :A), (1, :S);
create policy own on members for select to authenticated using (user_id = auth.uid());
create policy r on notes for select to authenticated using (exists (select 1 from members m where m.user_id = auth.uid()));

-- set-up: exists-with-correlation
-- protected
create table members (note_id int, user_id uuid);
alter table members enable row level security;
insert into members values (1, :A), (2, :B);
create policy own on members for select to authenticated using (user_id = auth.uid());
create policy r on notes for select to authenticated using (exists (select 1 from members m where m.user_id = auth.uid() and m.note_id = notes.id));

-- set-up: column-compared-with-itself
-- open notes: authenticated select
create table members (user_id uuid);
alter table members enable row level security;
insert into members values (:A), (:S);
create policy own on members for select to authenticated using (user_id = auth.uid());
create policy r on notes for select to authenticated using (exists (select 1 from members m where m.user_id = user_id));

-- set-up: insert-for-anyone
-- open notes: authenticated insert
create policy i on notes for insert to authenticated with check (true);

-- set-up: insert-for-oneself
-- protected
create policy i on notes for insert to authenticated with check (auth.uid() = user_id);

-- set-up: update-own-without-check
-- protected
create policy r on notes for select to authenticated using (user_id = auth.uid());
create policy u on notes for update to authenticated using (user_id = auth.uid());

-- set-up: delete-by-anyone
-- open notes: authenticated delete
create policy r on notes for select to authenticated using (user_id = auth.uid());
create policy d on notes for delete to authenticated using (true);

-- set-up: restrictive-true-alone
-- protected
create policy r on notes as restrictive to authenticated using (true);

-- set-up: restrictive-narrows-an-open-one
-- protected
create policy p on notes for select to authenticated using (true);
create policy r on notes as restrictive for select to authenticated using (user_id = auth.uid());

-- set-up: restrictive-for-anon-only
-- open notes: authenticated select
create policy p on notes for select using (true);
create policy r on notes as restrictive for select to anon using (false);

-- set-up: user-metadata-role
-- open notes: authenticated select
-- forge claims {"user_metadata": {"role": "admin"}}
create policy r on notes for select to authenticated using (auth.jwt() -> 'user_metadata' ->> 'role' = 'admin');

-- set-up: app-metadata-role
-- protected
create policy r on notes for select to authenticated using (auth.jwt() -> 'app_metadata' ->> 'role' = 'admin');

-- set-up: setting-of-the-request
-- open notes: anon select
-- open notes: authenticated select
-- forge set app.tenant = on
create policy r on notes for select using (current_setting('app.tenant', true) = 'on');

-- set-up: view-of-the-owner
-- open v_notes: anon select insert update delete
-- open v_notes: authenticated select insert update delete
create view v_notes as select * from notes;

-- set-up: view-with-invoker
-- protected
create view v_notes with (security_invoker = true) as select * from notes;

-- set-up: view-of-the-owner-that-asks-who
-- protected
create view v_notes as select * from notes where user_id = auth.uid() with check option;

-- set-up: view-revoked
-- protected
create view v_notes as select * from notes;
revoke all on v_notes from anon, authenticated;

-- set-up: view-read-only-grant
-- open v_notes: authenticated select
create view v_notes as select id, body from notes;
revoke all on v_notes from anon, authenticated;
grant select on v_notes to authenticated;

-- set-up: materialised-copy
-- open m_notes: anon select
-- open m_notes: authenticated select
create materialized view m_notes as select * from notes;

-- set-up: materialised-copy-revoked
-- protected
create materialized view m_notes as select * from notes;
revoke all on m_notes from anon, authenticated;

-- set-up: definer-returns-all
-- open all_notes(): anon execute
-- open all_notes(): authenticated execute
create function all_notes() returns setof notes language sql security definer set search_path = public as $$ select * from notes $$;

-- set-up: definer-returns-own
-- protected
create function my_notes() returns setof notes language sql security definer set search_path = public as $$ select * from notes where user_id = auth.uid() $$;

-- set-up: invoker-returns-all
-- protected
create function all_notes() returns setof notes language sql security invoker as $$ select * from notes $$;

-- set-up: definer-revoked
-- protected
create function all_notes() returns setof notes language sql security definer set search_path = public as $$ select * from notes $$;
revoke execute on function all_notes() from public, anon, authenticated;

-- set-up: policy-asks-definer-true
-- open notes: authenticated select
create function can_see(n int) returns boolean language sql stable security definer set search_path = public as $$ select exists (select 1 from notes where id = n) $$;
create policy r on notes for select to authenticated using (can_see(id));
revoke execute on function can_see(int) from public, anon;

-- set-up: column-grant-only-id
-- open notes: authenticated select
revoke all on notes from anon, authenticated;
grant select (id, body) on notes to authenticated;
create policy r on notes for select using (true);

-- set-up: true-policy-without-grant
-- protected
revoke all on notes from anon, authenticated;
create policy r on notes using (true);

-- set-up: current-user-mistake
-- open notes: authenticated select
create policy r on notes for select using (current_user = 'authenticated');

-- set-up: current-user-service
-- protected
create policy r on notes for select using (current_user = 'service_role');

-- set-up: time-long-past
-- open notes: authenticated select
alter table notes add publish_at timestamptz not null default '2020-01-01';
create policy r on notes for select to authenticated using (publish_at < now());

-- set-up: copy-by-create-table-as
-- open notes_backup: anon select insert update delete
-- open notes_backup: authenticated select insert update delete
create table notes_backup as select * from notes;

-- set-up: copy-with-row-level-security
-- protected
create table notes_backup as select * from notes;
alter table notes_backup enable row level security;

-- set-up: published-by-flag
-- protected
-- published notes: pub
alter table notes add is_public boolean not null default false;
create policy own on notes to authenticated using (user_id = auth.uid());
create policy pub on notes for select using (is_public);

-- set-up: published-by-status
-- protected
-- published notes: pub
alter table notes add status text not null default 'draft';
create policy pub on notes for select using (status = 'published' or user_id = auth.uid());

-- set-up: published-by-visibility
-- protected
-- published notes: pub
alter table notes add visibility text not null default 'private' check (visibility in ('private', 'public'));
create policy pub on notes for select using (visibility = 'public');

-- set-up: published-at-set
-- protected
-- published notes: pub
alter table notes add published_at timestamptz;
create policy pub on notes for select to anon, authenticated using (published_at is not null and published_at <= now());

-- set-up: published-flag-and-not-deleted
-- protected
-- published notes: pub
alter table notes add published boolean not null default false, add deleted_at timestamptz;
create policy pub on notes for select using (published and deleted_at is null);

-- set-up: published-flag-read-and-own-write
-- protected
-- published notes: pub
alter table notes add shared_publicly boolean default false;
create policy pub on notes for select using (shared_publicly is true);
create policy w on notes for update to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: soft-delete-forgets-owner
-- open notes: authenticated select
alter table notes add deleted_at timestamptz;
create policy r on notes for select to authenticated using (deleted_at is null);

-- set-up: soft-delete-with-owner
-- protected
alter table notes add deleted_at timestamptz;
create policy r on notes for select to authenticated using (deleted_at is null and user_id = auth.uid());

-- set-up: jwt-email-domain-own
-- protected
create policy r on notes for select to authenticated using ((auth.jwt() ->> 'sub')::uuid = user_id);

-- set-up: partition-without-its-own-security
-- open logs_1: anon select insert update delete
-- open logs_1: authenticated select insert update delete
create table logs (id int, user_id uuid) partition by range (id);
create table logs_1 partition of logs for values from (0) to (100);
alter table logs enable row level security;
insert into logs values (1, :A), (2, :B);

-- set-up: partition-with-its-own-security
-- protected
create table logs (id int, user_id uuid) partition by range (id);
create table logs_1 partition of logs for values from (0) to (100);
alter table logs enable row level security;
alter table logs_1 enable row level security;
insert into logs values (1, :A), (2, :B);

-- set-up: inherited-child-open
-- open old_notes: anon select insert update delete
-- open old_notes: authenticated select insert update delete
create table old_notes () inherits (notes);
insert into old_notes values (3, :A, 'old a'), (4, :B, 'old b');

-- set-up: force-changes-the-view-of-a-plain-owner
-- protected
alter table notes force row level security;
create policy r on notes for select to authenticated using (user_id = auth.uid());

-- set-up: definer-deletes-all
-- open wipe(): anon execute
-- open wipe(): authenticated execute
create function wipe() returns void language sql security definer set search_path = public as $$ delete from notes where true $$;

-- set-up: definer-deletes-own
-- protected
create function wipe() returns void language sql security definer set search_path = public as $$ delete from notes where user_id = auth.uid() $$;

-- set-up: definer-updates-all
-- open rename_all(): anon execute
-- open rename_all(): authenticated execute
create function rename_all() returns void language plpgsql security definer set search_path = public as $$ begin update notes set body = 'x' where true; end $$;

-- set-up: insert-overwritten-by-trigger
-- protected
create function own() returns trigger language plpgsql as $$ begin new.user_id := auth.uid(); return new; end $$;
create trigger own before insert on notes for each row execute function own();
create policy i on notes for insert to authenticated with check (true);

-- set-up: insert-trigger-only-when-null
-- open notes: authenticated insert
create function own() returns trigger language plpgsql as $$ begin new.user_id := coalesce(new.user_id, auth.uid()); return new; end $$;
create trigger own before insert on notes for each row execute function own();
create policy i on notes for insert to authenticated with check (true);

-- set-up: other-schema-without-usage
-- protected
create schema hidden;
create table hidden.copy as select * from notes;
create view hidden.v as select * from notes;

-- set-up: rows-handed-over-on-update
-- open notes: authenticated update
create policy u on notes for update to authenticated using (true) with check (user_id = auth.uid());
create policy r on notes for select to authenticated using (true);
-- open notes: authenticated select

-- set-up: tenant-from-app-metadata
-- protected
alter table notes add tenant text not null default 't1';
create policy r on notes for select to authenticated using (tenant = auth.jwt() -> 'app_metadata' ->> 'tenant');

-- set-up: tenant-from-user-metadata
-- open notes: authenticated select
-- forge claims {"user_metadata": {"tenant": "t1"}}
alter table notes add tenant text not null default 't1';
create policy r on notes for select to authenticated using (tenant = auth.jwt() -> 'user_metadata' ->> 'tenant');

-- set-up: anon-true-only
-- open notes: anon select
create policy r on notes for select to anon using (true);

-- set-up: disabled-then-enabled-again
-- protected
alter table notes disable row level security;
alter table notes enable row level security;
