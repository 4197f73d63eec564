-- set-up: tautology-over-a-nullable-column
-- open notes: anon select
-- open notes: authenticated select
create policy everybody on notes for select using (body is null or body is not null);

-- set-up: policy-that-calls-a-function-that-says-true
-- open notes: authenticated select update delete insert
create function allowed() returns boolean language sql immutable as $$ select true $$;
create policy f on notes to authenticated using (allowed());

-- set-up: not-equal-to-me
-- open notes: authenticated select
create policy wrong on notes for select to authenticated using (user_id <> auth.uid());

-- set-up: or-instead-of-and
-- open notes: authenticated select delete
alter table notes add archived boolean not null default false;
create policy r on notes for select to authenticated using (user_id = auth.uid() or not archived);
create policy d on notes for delete to authenticated using (user_id = auth.uid() or archived);
update notes set archived = true where id = 1;

-- set-up: public-before-a-date
-- published news: anon authenticated
create table news (id int primary key, author uuid not null, publish_at timestamptz not null);
insert into news values (1, :A, now() - interval '1 day'), (2, :B, now() - interval '2 days');
alter table news enable row level security;
create policy due on news for select using (publish_at <= now());

-- set-up: level-of-visibility-as-a-number
-- open notes: authenticated select
alter table notes add level int not null default 0;
update notes set level = 3 where id = 2;
create policy r on notes for select to authenticated using (user_id = auth.uid() or level >= 3);

-- set-up: nested-view-with-mixed-rights
-- open report: anon select
-- open report: authenticated select
create policy own on notes using (user_id = auth.uid());
create view base_view as select id, user_id from notes;
revoke all on base_view from anon, authenticated;
create view report with (security_barrier) as select user_id, count(*) as n from base_view group by user_id;

-- set-up: view-joined-with-an-open-list
-- protected
create policy own on notes using (user_id = auth.uid());
create view mine with (security_invoker = 1) as select n.*, g.x from notes n cross join generate_series(1, 3) g (x);

-- set-up: definer-function-in-plpgsql-with-a-limit
-- open latest(3): anon select
-- open latest(3): authenticated select
create function latest(how_many integer) returns table (id int, body text) language plpgsql stable security definer
set search_path = public as $$ begin return query select n.id, n.body from notes n order by n.id limit how_many; end $$;

-- set-up: definer-function-that-updates-by-id
-- open rename_note(2, 'x'): authenticated update
create function rename_note(note int, words text) returns void language sql security definer set search_path = '' as
    $$ update public.notes set body = words where id = note $$;
revoke execute on function rename_note(int, text) from public, anon;

-- set-up: definer-function-json
-- open export(): authenticated select
create function export() returns json language sql stable security definer set search_path = '' as
    $$ select json_agg(n) from public.notes n where auth.uid() is not null $$;

-- set-up: uuid-array-of-readers
-- protected
alter table notes add readers uuid[] not null default '{}';
update notes set readers = array[user_id];
create policy r on notes for select to authenticated using (auth.uid() = any (readers));

-- set-up: owner-in-json
-- protected
create table documents (id uuid primary key default gen_random_uuid(), data jsonb not null);
insert into documents (data) values (jsonb_build_object('owner', :A)), (jsonb_build_object('owner', :B));
alter table documents enable row level security;
create policy own on documents to authenticated using ((data ->> 'owner')::uuid = auth.uid());

-- set-up: three-level-tenancy
-- protected
create table orgs (id int primary key);
create table org_users (org_id int references orgs, user_id uuid, primary key (org_id, user_id));
create table projects (id int primary key, org_id int not null references orgs);
create table tasks (id int primary key, project_id int not null references projects, title text not null);
insert into orgs values (1), (2);
insert into org_users values (1, :A), (2, :B);
insert into projects values (1, 1), (2, 2);
insert into tasks values (1, 1, 'a'), (2, 2, 'b');
alter table orgs enable row level security;
alter table org_users enable row level security;
alter table projects enable row level security;
alter table tasks enable row level security;
create policy r on org_users for select to authenticated using (user_id = auth.uid());
create policy r on orgs for select to authenticated using (id in (select org_id from org_users where user_id = auth.uid()));
create policy r on projects for select to authenticated using (org_id in (select id from orgs));
create policy r on tasks to authenticated using (project_id in (select id from projects));

-- set-up: invitation-by-email-domain
-- protected
create table accounts (id int primary key, owner uuid not null, domain text not null check (domain ~ '^[a-z.]+$'));
insert into accounts values (1, :A, 'a.example'), (2, :B, 'b.example');
alter table accounts enable row level security;
create policy r on accounts for select to authenticated using (owner = auth.uid());

-- set-up: security-definer-helper-with-a-hole
-- open notes: authenticated select
create function owns(note int) returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.notes where id = note) $$;
create policy r on notes for select to authenticated using (owns(id));

-- set-up: upsert-policy-with-own-check
-- protected
create policy r on notes for select to authenticated using (user_id = auth.uid());
create policy w on notes for insert to authenticated with check ((select auth.uid()) = user_id and length(body) > 0);

-- set-up: check-constraint-across-columns
-- open bookings: authenticated update
create table bookings (
    id int primary key, guest uuid not null, starts date not null, ends date not null, seats int not null,
    check (ends > starts), check (seats between 1 and 8), exclude using btree (id with =));
insert into bookings values (1, :A, '2025-01-01', '2025-01-05', 2), (2, :B, '2025-02-01', '2025-02-05', 3);
alter table bookings enable row level security;
create policy r on bookings for select to authenticated using (guest = auth.uid());
create policy u on bookings for update to authenticated using (starts < current_date or starts >= current_date);

-- set-up: anonymous-sign-in-is-not-enough
-- protected
create policy r on notes for select to authenticated
    using (user_id = auth.uid() and coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false) is false);

-- set-up: cookie-decides
-- open notes: anon select
-- open notes: authenticated select
-- forge set request.cookies = {"uid": ":B"}
create policy r on notes for select using (user_id::text = current_setting('request.cookies', true)::json ->> 'uid');

-- set-up: user-metadata-by-path
-- open notes: authenticated select
-- forge claims {"user_metadata": {"org": {"id": "2"}}}
create policy r on notes for select to authenticated using (id::text = auth.jwt() #>> '{user_metadata,org,id}');

-- set-up: everything-granted-and-restrictive-wall
-- protected
create policy everything on notes using (true) with check (true);
create policy wall on notes as restrictive using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: restrictive-wall-for-select-only
-- open notes: authenticated insert update delete
-- open notes: anon insert update delete
create policy everything on notes using (true) with check (true);
create policy wall on notes as restrictive for select using (user_id = auth.uid());
