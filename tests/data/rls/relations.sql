-- set-up: view-with-its-owners-rights
-- open all_notes: anon select insert update delete
-- open all_notes: authenticated select insert update delete
create policy own on notes using (user_id = auth.uid());
create view all_notes as select * from notes;

-- set-up: view-that-only-reads
-- open all_notes: anon select
-- open all_notes: authenticated select
create view all_notes as select * from notes;
revoke all on all_notes from anon, authenticated;
grant select on all_notes to anon, authenticated;

-- set-up: view-with-the-callers-rights
-- protected
create policy own on notes using (user_id = auth.uid());
create view my_notes with (security_invoker = on) as select * from notes;

-- set-up: view-with-its-owners-rights-and-its-own-condition
-- protected
create view my_notes as select * from notes where user_id = auth.uid();
revoke insert, update, delete on my_notes from anon, authenticated;

-- set-up: view-with-its-own-condition-that-takes-any-row
-- open my_notes: anon insert update
-- open my_notes: authenticated insert update
create view my_notes as select * from notes where user_id = auth.uid();

-- set-up: view-that-counts-everything
-- open totals: anon select
-- open totals: authenticated select
create view totals as select count(*) as notes from notes;

-- set-up: view-that-counts-with-the-callers-rights
-- protected
create policy own on notes using (user_id = auth.uid());
create view totals with (security_invoker = true) as select count(*) as notes from notes;

-- set-up: view-of-a-view
-- open outer_view: anon select
-- open outer_view: authenticated select
create view inner_view as select * from notes;
revoke all on inner_view from anon, authenticated;
create view outer_view as select body from inner_view;
revoke insert, update, delete on outer_view from anon, authenticated;

-- set-up: materialized-view
-- open digest: anon select
-- open digest: authenticated select
create materialized view digest as select user_id, count(*) from notes group by user_id;

-- set-up: materialized-view-without-a-grant
-- protected
create materialized view digest as select * from notes;
revoke all on digest from anon, authenticated;

-- set-up: partition-without-protection
-- open visits_2025: anon select insert update delete
-- open visits_2025: authenticated select insert update delete
create table visits (user_id uuid not null, day date not null) partition by range (day);
create table visits_2025 partition of visits for values from ('2025-01-01') to ('2026-01-01');
insert into visits values (:A, '2025-03-01'), (:B, '2025-04-01');
alter table visits enable row level security;
create policy own on visits using (user_id = auth.uid());

-- set-up: partition-with-protection
-- protected
create table visits (user_id uuid not null, shop text not null) partition by list (shop);
create table visits_north partition of visits for values in ('north', 'east');
insert into visits values (:A, 'north'), (:B, 'east');
alter table visits enable row level security;
alter table visits_north enable row level security;
create policy own on visits using (user_id = auth.uid());

-- set-up: partitioned-parent-without-protection
-- open visits: anon select insert update delete
-- open visits: authenticated select insert update delete
create table visits (id int not null, user_id uuid not null) partition by hash (id);
create table visits_0 partition of visits for values with (modulus 1, remainder 0);
insert into visits values (1, :A), (2, :B);
alter table visits_0 enable row level security;

-- set-up: heir-without-protection
-- open old_notes: anon select insert update delete
-- open old_notes: authenticated select insert update delete
create policy own on notes using (user_id = auth.uid());
create table old_notes () inherits (notes);
insert into old_notes values (3, :A, 'old'), (4, :B, 'old');

-- set-up: foreign-table
-- open elsewhere: anon select insert update delete
-- open elsewhere: authenticated select insert update delete
create foreign data wrapper nowhere;
create server nowhere foreign data wrapper nowhere;
create foreign table elsewhere (id int, user_id uuid) server nowhere;

-- set-up: foreign-table-without-a-grant
-- protected
create foreign data wrapper nowhere;
create server nowhere foreign data wrapper nowhere;
create foreign table elsewhere (id int, user_id uuid) server nowhere;
revoke all on elsewhere from anon, authenticated;

-- set-up: names-that-need-quotes
-- open "Order Items": anon select insert update delete
-- open "Order Items": authenticated select insert update delete
create table "Order Items" ("Id" int primary key, "user" uuid, "select" text);
insert into "Order Items" values (1, :A, 'x'), (2, :B, 'y');

-- set-up: many-types
-- protected
create domain money_amount as numeric(8, 2) check (value >= 0);
create type mood as enum ('glad', 'sad');
create table readings (
    id bigint generated always as identity primary key, user_id uuid not null, mood mood not null, price money_amount not null,
    tags text[] not null, payload jsonb not null, at timestamptz not null, span tstzrange not null, place point not null,
    host inet not null, raw bytea not null, short varchar(3) not null, percent smallint not null check (percent between 0 and 100),
    twice int generated always as (percent * 2) stored, unique (user_id, mood));
insert into readings (user_id, mood, price, tags, payload, at, span, place, host, raw, short, percent)
select who, 'glad', 1, '{}', '{}', now(), 'empty', '(0,0)', '::1', '', 'abc', 5 from (values (:A::uuid), (:B)) as v (who);
alter table readings enable row level security;
create policy own on readings using (user_id = auth.uid());

-- set-up: many-types-open-to-read
-- open readings: authenticated select
create table readings (
    user_id uuid primary key, ratio double precision not null check (ratio < 1), code char(2) not null, words tsvector not null,
    during interval not null, email text not null check (email like '%@%'), amount numeric(3, 2) not null);
insert into readings select who, 0.5, 'xy', 'word', '1 day', 'a@b', 1 from (values (:A::uuid), (:B)) as v (who);
alter table readings enable row level security;
create policy everybody on readings for select to authenticated using (true);
