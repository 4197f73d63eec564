-- set-up: enable-forgotten
-- open diary: anon select insert update delete
-- open diary: authenticated select insert update delete
create table diary (id int primary key, user_id uuid not null, body text);
insert into diary values (1, :A, 'a one'), (2, :S, 's one');
grant select, insert, update, delete on diary to anon, authenticated;
create policy own on diary using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: enabled-with-own-policy
-- protected
create table diary (id int primary key, user_id uuid not null, body text);
insert into diary values (1, :A, 'a one'), (2, :S, 's one');
alter table diary enable row level security;
grant select, insert, update, delete on diary to anon, authenticated;
create policy own on diary using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: disabled-again-for-debugging
-- open letters: anon select insert update delete
-- open letters: authenticated select insert update delete
create table letters (id int primary key, user_id uuid not null, body text);
insert into letters values (1, :A, 'a one'), (2, :S, 's one');
alter table letters enable row level security;
grant select, insert, update, delete on letters to anon, authenticated;
create policy own on letters to authenticated using (user_id = auth.uid());
alter table letters disable row level security;

-- set-up: disabled-then-enabled
-- protected
create table letters (id int primary key, user_id uuid not null, body text);
insert into letters values (1, :A, 'a one'), (2, :S, 's one');
alter table letters enable row level security;
grant select, insert, update, delete on letters to anon, authenticated;
create policy own on letters to authenticated using (user_id = auth.uid());
alter table letters disable row level security;
alter table letters enable row level security;

-- set-up: no-policy-at-all
-- protected
create table ledger (id int primary key, user_id uuid not null, body text);
insert into ledger values (1, :A, 'a one'), (2, :S, 's one');
alter table ledger enable row level security;
grant select, insert, update, delete on ledger to anon, authenticated;

-- set-up: one-equals-one
-- open ledger: anon select
-- open ledger: authenticated select
create table ledger (id int primary key, user_id uuid not null, body text);
insert into ledger values (1, :A, 'a one'), (2, :S, 's one');
alter table ledger enable row level security;
grant select, insert, update, delete on ledger to anon, authenticated;
create policy "Public can view" on ledger for select using (1 = 1);

-- set-up: or-true-left-from-a-test
-- open ledger: authenticated select update delete
create table ledger (id int primary key, user_id uuid not null, body text);
insert into ledger values (1, :A, 'a one'), (2, :S, 's one');
alter table ledger enable row level security;
grant select, insert, update, delete on ledger to anon, authenticated;
create policy own on ledger to authenticated using (user_id = auth.uid() or true) with check (user_id = auth.uid());

-- set-up: insert-check-true
-- open payments: authenticated insert
create table payments (id int primary key, user_id uuid not null, body text);
insert into payments values (1, :A, 'a one'), (2, :S, 's one');
alter table payments enable row level security;
grant select, insert, update, delete on payments to anon, authenticated;
create policy see on payments for select to authenticated using (user_id = auth.uid());
create policy put on payments for insert to authenticated with check (true);

-- set-up: insert-check-own
-- protected
create table payments (id int primary key, user_id uuid not null, body text);
insert into payments values (1, :A, 'a one'), (2, :S, 's one');
alter table payments enable row level security;
grant select, insert, update, delete on payments to anon, authenticated;
create policy see on payments for select to authenticated using (user_id = auth.uid());
create policy put on payments for insert to authenticated with check (auth.uid() = user_id);

-- set-up: insert-check-owner-present
-- open payments: authenticated insert
create table payments (id int primary key, user_id uuid not null, body text);
insert into payments values (1, :A, 'a one'), (2, :S, 's one');
alter table payments enable row level security;
grant select, insert, update, delete on payments to anon, authenticated;
create policy put on payments for insert to authenticated with check (user_id is not null);

-- set-up: update-check-true-gives-away
-- open gifts: authenticated update
create table gifts (id int primary key, user_id uuid not null, body text);
insert into gifts values (1, :A, 'a one'), (2, :S, 's one');
alter table gifts enable row level security;
grant select, insert, update, delete on gifts to anon, authenticated;
create policy see on gifts for select to authenticated using (user_id = auth.uid());
create policy chg on gifts for update to authenticated using (user_id = auth.uid()) with check (true);

-- set-up: update-without-check-falls-back-on-using
-- protected
create table gifts (id int primary key, user_id uuid not null, body text);
insert into gifts values (1, :A, 'a one'), (2, :S, 's one');
alter table gifts enable row level security;
grant select, insert, update, delete on gifts to anon, authenticated;
create policy see on gifts for select to authenticated using (user_id = auth.uid());
create policy chg on gifts for update to authenticated using (user_id = auth.uid());

-- set-up: update-using-true-takes-over
-- open gifts: authenticated update
create table gifts (id int primary key, user_id uuid not null, body text);
insert into gifts values (1, :A, 'a one'), (2, :S, 's one');
alter table gifts enable row level security;
grant select, insert, update, delete on gifts to anon, authenticated;
create policy see on gifts for select to authenticated using (user_id = auth.uid());
create policy chg on gifts for update to authenticated using (true) with check (user_id = auth.uid());

-- set-up: update-check-signed-in-only
-- open gifts: authenticated update
create table gifts (id int primary key, user_id uuid not null, body text);
insert into gifts values (1, :A, 'a one'), (2, :S, 's one');
alter table gifts enable row level security;
grant select, insert, update, delete on gifts to anon, authenticated;
create policy see on gifts for select to authenticated using ((select auth.uid()) = user_id);
create policy chg on gifts for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) is not null);

-- set-up: delete-by-any-signed-in
-- open photos: authenticated delete
create table photos (id int primary key, user_id uuid not null, body text);
insert into photos values (1, :A, 'a one'), (2, :S, 's one');
alter table photos enable row level security;
grant select, insert, update, delete on photos to anon, authenticated;
create policy see on photos for select to authenticated using (user_id = auth.uid());
create policy del on photos for delete to authenticated using (auth.uid() is not null);

-- set-up: four-policies-own
-- protected
create table photos (id int primary key, user_id uuid not null, body text);
insert into photos values (1, :A, 'a one'), (2, :S, 's one');
alter table photos enable row level security;
grant select, insert, update, delete on photos to anon, authenticated;
create policy "select own" on photos for select to authenticated using ((select auth.uid()) = user_id);
create policy "insert own" on photos for insert to authenticated with check ((select auth.uid()) = user_id);
create policy "update own" on photos for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy "delete own" on photos for delete to authenticated using ((select auth.uid()) = user_id);

-- set-up: coalesce-of-missing-user
-- open wallets: anon select
create table wallets (id int primary key, user_id uuid not null, body text);
insert into wallets values (1, :A, 'a one'), (2, :S, 's one');
alter table wallets enable row level security;
grant select, insert, update, delete on wallets to anon, authenticated;
create policy see on wallets for select using (coalesce(auth.uid(), user_id) = user_id);

-- set-up: coalesce-to-a-nobody
-- protected
create table wallets (id int primary key, user_id uuid not null, body text);
insert into wallets values (1, :A, 'a one'), (2, :S, 's one');
alter table wallets enable row level security;
grant select, insert, update, delete on wallets to anon, authenticated;
create policy see on wallets for select using (coalesce(auth.uid(), '00000000-0000-0000-0000-000000000000'::uuid) = user_id);

-- set-up: admin-in-user-metadata
-- open reports: authenticated select
create table reports (id int primary key, user_id uuid not null, body text);
insert into reports values (1, :A, 'a one'), (2, :S, 's one');
alter table reports enable row level security;
grant select, insert, update, delete on reports to anon, authenticated;
create policy see on reports for select to authenticated using (user_id = auth.uid() or auth.jwt() -> 'user_metadata' ->> 'role' = 'admin');

-- set-up: admin-in-app-metadata
-- protected
create table reports (id int primary key, user_id uuid not null, body text);
insert into reports values (1, :A, 'a one'), (2, :S, 's one');
alter table reports enable row level security;
grant select, insert, update, delete on reports to anon, authenticated;
create policy see on reports for select to authenticated using (user_id = auth.uid() or auth.jwt() -> 'app_metadata' ->> 'role' = 'admin');

-- set-up: super-flag-in-user-metadata-restrictive-too
-- open reports: authenticated select update delete
create table reports (id int primary key, user_id uuid not null, body text);
insert into reports values (1, :A, 'a one'), (2, :S, 's one');
alter table reports enable row level security;
grant select, insert, update, delete on reports to anon, authenticated;
create policy own on reports to authenticated using (user_id = auth.uid() or (auth.jwt() #>> '{user_metadata,is_super}')::boolean) with check (user_id = auth.uid());
create policy lim on reports as restrictive to authenticated using (auth.uid() is not null);

-- set-up: role-claim-authenticated
-- open reports: authenticated select
create table reports (id int primary key, user_id uuid not null, body text);
insert into reports values (1, :A, 'a one'), (2, :S, 's one');
alter table reports enable row level security;
grant select, insert, update, delete on reports to anon, authenticated;
create policy see on reports for select using (auth.jwt() ->> 'role' = 'authenticated');

-- set-up: role-claim-service
-- protected
create table reports (id int primary key, user_id uuid not null, body text);
insert into reports values (1, :A, 'a one'), (2, :S, 's one');
alter table reports enable row level security;
grant select, insert, update, delete on reports to anon, authenticated;
create policy see on reports for select using (auth.jwt() ->> 'role' = 'service_role');

-- set-up: org-claim-optional
-- open tickets: anon select
-- open tickets: authenticated select
create table tickets (id int primary key, user_id uuid not null, body text);
insert into tickets values (1, :A, 'a one'), (2, :S, 's one');
alter table tickets enable row level security;
grant select, insert, update, delete on tickets to anon, authenticated;
alter table tickets add org text not null default 'acme';
create policy org on tickets for select using (org = coalesce(auth.jwt() -> 'app_metadata' ->> 'org', org));

-- set-up: org-claim-required
-- protected
create table tickets (id int primary key, user_id uuid not null, body text);
insert into tickets values (1, :A, 'a one'), (2, :S, 's one');
alter table tickets enable row level security;
grant select, insert, update, delete on tickets to anon, authenticated;
alter table tickets add org text not null default 'acme';
create policy org on tickets for select using (org = (auth.jwt() -> 'app_metadata' ->> 'org'));

-- set-up: banned-is-distinct
-- open tickets: anon select
-- open tickets: authenticated select
create table tickets (id int primary key, user_id uuid not null, body text);
insert into tickets values (1, :A, 'a one'), (2, :S, 's one');
alter table tickets enable row level security;
grant select, insert, update, delete on tickets to anon, authenticated;
create policy nb on tickets for select using ((auth.jwt() ->> 'banned') is distinct from 'true');

-- set-up: inner-column-shadows
-- open docs: authenticated select
create table docs (id int primary key, user_id uuid not null, body text);
insert into docs values (1, :A, 'a one'), (2, :S, 's one');
alter table docs enable row level security;
grant select, insert, update, delete on docs to anon, authenticated;
alter table docs add team_id int not null default 1;
create table crew (team_id int, user_id uuid, primary key (team_id, user_id));
alter table crew enable row level security;
insert into crew values (1, :A), (2, :S);
update docs set team_id = 2 where id = 2;
create policy me on crew for select to authenticated using (user_id = auth.uid());
grant select on crew to authenticated;
create policy team on docs for select to authenticated using (exists (select 1 from crew c where c.team_id = team_id and c.user_id = auth.uid()));

-- set-up: outer-column-named
-- protected
create table docs (id int primary key, user_id uuid not null, body text);
insert into docs values (1, :A, 'a one'), (2, :S, 's one');
alter table docs enable row level security;
grant select, insert, update, delete on docs to anon, authenticated;
alter table docs add team_id int not null default 1;
create table crew (team_id int, user_id uuid, primary key (team_id, user_id));
alter table crew enable row level security;
insert into crew values (1, :A), (2, :S);
update docs set team_id = 2 where id = 2;
create policy me on crew for select to authenticated using (user_id = auth.uid());
grant select on crew to authenticated;
create policy team on docs for select to authenticated using (exists (select 1 from crew c where c.team_id = docs.team_id and c.user_id = auth.uid()));

-- set-up: uid-in-any-crew
-- open docs: authenticated select delete
create table docs (id int primary key, user_id uuid not null, body text);
insert into docs values (1, :A, 'a one'), (2, :S, 's one');
alter table docs enable row level security;
grant select, insert, update, delete on docs to anon, authenticated;
create table crew (team_id int, user_id uuid);
alter table crew enable row level security;
insert into crew values (1, :A), (2, :S);
create policy me on crew for select to authenticated using (user_id = auth.uid());
grant select on crew to authenticated;
create policy team on docs for select to authenticated using (auth.uid() in (select user_id from crew));
create policy team_del on docs for delete to authenticated using (auth.uid() in (select user_id from crew));

-- set-up: team-in-own-crews
-- protected
create table docs (id int primary key, user_id uuid not null, body text);
insert into docs values (1, :A, 'a one'), (2, :S, 's one');
alter table docs enable row level security;
grant select, insert, update, delete on docs to anon, authenticated;
alter table docs add team_id int not null default 1;
update docs set team_id = 2 where id = 2;
create table crew (team_id int, user_id uuid);
alter table crew enable row level security;
insert into crew values (1, :A), (2, :S);
create policy me on crew for select to authenticated using (user_id = auth.uid());
grant select on crew to authenticated;
create policy team on docs for select to authenticated using (team_id in (select c.team_id from crew c where c.user_id = auth.uid()));
create policy team_del on docs for delete to authenticated using (team_id in (select c.team_id from crew c where c.user_id = auth.uid()));

-- set-up: definer-helper-ignores-its-argument
-- open docs: authenticated select
create table docs (id int primary key, user_id uuid not null, body text);
insert into docs values (1, :A, 'a one'), (2, :S, 's one');
alter table docs enable row level security;
grant select, insert, update, delete on docs to anon, authenticated;
alter table docs add team_id int not null default 1;
create table crew (team_id int, user_id uuid);
alter table crew enable row level security;
insert into crew values (1, :A), (2, :S);
create function in_team(t int) returns boolean language sql stable security definer set search_path = '' as $$ select exists (select 1 from public.crew where user_id = auth.uid()) $$;
create policy team on docs for select to authenticated using (in_team(team_id));

-- set-up: definer-helper-minds-its-argument
-- protected
create table docs (id int primary key, user_id uuid not null, body text);
insert into docs values (1, :A, 'a one'), (2, :S, 's one');
alter table docs enable row level security;
grant select, insert, update, delete on docs to anon, authenticated;
alter table docs add team_id int not null default 1;
create table crew (team_id int, user_id uuid);
alter table crew enable row level security;
insert into crew values (1, :A), (2, :S);
create function in_team(t int) returns boolean language sql stable security definer set search_path = '' as $$ select exists (select 1 from public.crew where user_id = auth.uid() and team_id = t) $$;
create policy team on docs for select to authenticated using (in_team(team_id));

-- set-up: plain-view-over-closed-table
-- open diary_titles: authenticated select
create table diary (id int primary key, user_id uuid not null, body text);
insert into diary values (1, :A, 'a one'), (2, :S, 's one');
alter table diary enable row level security;
grant select, insert, update, delete on diary to anon, authenticated;
create policy own on diary to authenticated using (user_id = auth.uid());
create view diary_titles as select id, user_id, left(body, 20) as body from diary;
revoke all on diary_titles from anon, authenticated;
grant select on diary_titles to authenticated;

-- set-up: invoker-view-over-closed-table
-- protected
create table diary (id int primary key, user_id uuid not null, body text);
insert into diary values (1, :A, 'a one'), (2, :S, 's one');
alter table diary enable row level security;
grant select, insert, update, delete on diary to anon, authenticated;
create policy own on diary to authenticated using (user_id = auth.uid());
create view diary_titles with (security_invoker = true) as select id, user_id, left(body, 20) as body from diary;
grant select on diary_titles to anon, authenticated;

-- set-up: updatable-view-for-everybody
-- open diary_all: anon select insert update delete
-- open diary_all: authenticated select insert update delete
create table diary (id int primary key, user_id uuid not null, body text);
insert into diary values (1, :A, 'a one'), (2, :S, 's one');
alter table diary enable row level security;
grant select, insert, update, delete on diary to anon, authenticated;
create view diary_all as select * from diary;
grant select, insert, update, delete on diary_all to anon, authenticated;

-- set-up: own-rows-view-select-only
-- protected
create table diary (id int primary key, user_id uuid not null, body text);
insert into diary values (1, :A, 'a one'), (2, :S, 's one');
alter table diary enable row level security;
grant select, insert, update, delete on diary to anon, authenticated;
create view my_diary with (security_barrier = true) as select * from diary where user_id = auth.uid();
revoke all on my_diary from anon, authenticated;
grant select on my_diary to authenticated;

-- set-up: own-rows-view-writable-without-check-option
-- open my_diary: authenticated insert update
create table diary (id int primary key, user_id uuid not null, body text);
insert into diary values (1, :A, 'a one'), (2, :S, 's one');
alter table diary enable row level security;
grant select, insert, update, delete on diary to anon, authenticated;
create view my_diary as select * from diary where user_id = auth.uid();
revoke all on my_diary from anon, authenticated;
grant select, insert, update, delete on my_diary to authenticated;

-- set-up: own-rows-view-writable-with-check-option
-- protected
create table diary (id int primary key, user_id uuid not null, body text);
insert into diary values (1, :A, 'a one'), (2, :S, 's one');
alter table diary enable row level security;
grant select, insert, update, delete on diary to anon, authenticated;
create view my_diary as select * from diary where user_id = auth.uid() with cascaded check option;
revoke all on my_diary from anon, authenticated;
grant select, insert, update, delete on my_diary to authenticated;

-- set-up: invoker-view-over-definer-view
-- open diary_inner: authenticated select
-- open diary_outer: authenticated select
create table diary (id int primary key, user_id uuid not null, body text);
insert into diary values (1, :A, 'a one'), (2, :S, 's one');
alter table diary enable row level security;
grant select, insert, update, delete on diary to anon, authenticated;
create policy own on diary to authenticated using (user_id = auth.uid());
create view diary_inner as select * from diary;
revoke all on diary_inner from anon, authenticated;
create view diary_outer with (security_invoker = on) as select * from diary_inner;
grant select on diary_inner to authenticated;
revoke all on diary_outer from anon, authenticated;
grant select on diary_outer to authenticated;

-- set-up: definer-view-over-invoker-view
-- protected
create table diary (id int primary key, user_id uuid not null, body text);
insert into diary values (1, :A, 'a one'), (2, :S, 's one');
alter table diary enable row level security;
grant select, insert, update, delete on diary to anon, authenticated;
create policy own on diary to authenticated using (user_id = auth.uid());
create view diary_inner with (security_invoker = on) as select * from diary;
create view diary_outer as select * from diary_inner;
revoke all on diary_inner, diary_outer from anon, authenticated;
grant select on diary_outer to authenticated;

-- set-up: materialised-copy
-- open sums: authenticated select
create table invoices (id int primary key, user_id uuid not null, body text);
insert into invoices values (1, :A, 'a one'), (2, :S, 's one');
alter table invoices enable row level security;
grant select, insert, update, delete on invoices to anon, authenticated;
create policy own on invoices to authenticated using (user_id = auth.uid());
create materialized view sums as select user_id, count(*) as n, max(body) as body from invoices group by user_id;
revoke all on sums from anon, authenticated;
grant select on sums to authenticated;

-- set-up: materialised-copy-kept-back
-- protected
create table invoices (id int primary key, user_id uuid not null, body text);
insert into invoices values (1, :A, 'a one'), (2, :S, 's one');
alter table invoices enable row level security;
grant select, insert, update, delete on invoices to anon, authenticated;
create policy own on invoices to authenticated using (user_id = auth.uid());
create materialized view sums as select user_id, count(*) as n, max(body) as body from invoices group by user_id;
revoke all on sums from public, anon, authenticated;

-- set-up: partition-without-rls
-- open events_2026: anon select insert update delete
-- open events_2026: authenticated select insert update delete
create table events (id int, user_id uuid, body text, at date not null default '2026-03-01') partition by range (at);
create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
insert into events values (1, :A, 'a one'), (2, :S, 's one');
alter table events enable row level security;
grant select, insert, update, delete on events, events_2026 to anon, authenticated;
create policy own on events to authenticated using (user_id = auth.uid());

-- set-up: partition-with-rls-and-no-policy
-- protected
create table events (id int, user_id uuid, body text, at date not null default '2026-03-01') partition by range (at);
create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
insert into events values (1, :A, 'a one'), (2, :S, 's one');
alter table events enable row level security;
alter table events_2026 enable row level security;
grant select, insert, update, delete on events, events_2026 to anon, authenticated;
create policy own on events to authenticated using (user_id = auth.uid());

-- set-up: child-by-inheritance-unprotected
-- open premium_files: authenticated select insert update delete
create table files (id int primary key, user_id uuid not null, body text);
insert into files values (1, :A, 'a one'), (2, :S, 's one');
alter table files enable row level security;
grant select, insert, update, delete on files to anon, authenticated;
create policy own on files to authenticated using (user_id = auth.uid());
create table premium_files (tier text) inherits (files);
insert into premium_files values (3, :A, 'a premium', 'gold');
revoke all on premium_files from anon, authenticated;
grant select, insert, update, delete on premium_files to authenticated;

-- set-up: child-by-inheritance-not-granted
-- protected
create table files (id int primary key, user_id uuid not null, body text);
insert into files values (1, :A, 'a one'), (2, :S, 's one');
alter table files enable row level security;
grant select, insert, update, delete on files to anon, authenticated;
create policy own on files to authenticated using (user_id = auth.uid());
create table premium_files (tier text) inherits (files);
insert into premium_files values (3, :A, 'a premium', 'gold');
revoke all on premium_files from public, anon, authenticated;

-- set-up: client-role-owns-the-table
-- open carts: authenticated select insert update delete
create table carts (id int primary key, user_id uuid not null, body text);
insert into carts values (1, :A, 'a one'), (2, :S, 's one');
alter table carts enable row level security;
grant select, insert, update, delete on carts to anon, authenticated;
create policy own on carts to authenticated using (user_id = auth.uid());
alter table carts owner to authenticated;

-- set-up: client-role-owns-the-table-but-forced
-- protected
create table carts (id int primary key, user_id uuid not null, body text);
insert into carts values (1, :A, 'a one'), (2, :S, 's one');
alter table carts enable row level security;
grant select, insert, update, delete on carts to anon, authenticated;
create policy own on carts to authenticated using (user_id = auth.uid());
alter table carts owner to authenticated;
alter table carts force row level security;

-- set-up: second-permissive-meant-to-narrow
-- open posts: authenticated select
create table posts (id int primary key, user_id uuid not null, body text);
insert into posts values (1, :A, 'a one'), (2, :S, 's one');
alter table posts enable row level security;
grant select, insert, update, delete on posts to anon, authenticated;
alter table posts add archived boolean not null default false;
create policy own on posts for select to authenticated using (user_id = auth.uid());
create policy hide_archived on posts for select to authenticated using (not archived);

-- set-up: second-restrictive-narrows
-- protected
create table posts (id int primary key, user_id uuid not null, body text);
insert into posts values (1, :A, 'a one'), (2, :S, 's one');
alter table posts enable row level security;
grant select, insert, update, delete on posts to anon, authenticated;
alter table posts add archived boolean not null default false;
create policy own on posts for select to authenticated using (user_id = auth.uid());
create policy hide_archived on posts as restrictive for select to authenticated using (not archived);

-- set-up: restrictive-for-select-only
-- open posts: authenticated insert update delete
create table posts (id int primary key, user_id uuid not null, body text);
insert into posts values (1, :A, 'a one'), (2, :S, 's one');
alter table posts enable row level security;
grant select, insert, update, delete on posts to anon, authenticated;
create policy wide on posts to authenticated using (true) with check (true);
create policy own on posts as restrictive for select to authenticated using (user_id = auth.uid());

-- set-up: permissive-true-under-restrictive-own
-- protected
create table posts (id int primary key, user_id uuid not null, body text);
insert into posts values (1, :A, 'a one'), (2, :S, 's one');
alter table posts enable row level security;
grant select, insert, update, delete on posts to anon, authenticated;
create policy wide on posts to authenticated using (true) with check (true);
create policy own on posts as restrictive to authenticated using (user_id = auth.uid());

-- set-up: restrictive-for-anon-only
-- open posts: authenticated select
create table posts (id int primary key, user_id uuid not null, body text);
insert into posts values (1, :A, 'a one'), (2, :S, 's one');
alter table posts enable row level security;
grant select, insert, update, delete on posts to anon, authenticated;
create policy wide on posts for select using (true);
create policy own on posts as restrictive for select to anon using (false);

-- set-up: rpc-takes-the-user
-- open secrets: anon select
-- open secrets: authenticated select
create table secrets (id int primary key, user_id uuid not null, body text);
insert into secrets values (1, :A, 'a one'), (2, :S, 's one');
alter table secrets enable row level security;
grant select, insert, update, delete on secrets to anon, authenticated;
create policy own on secrets to authenticated using (user_id = auth.uid());
create function secrets_of(u uuid) returns setof secrets language sql stable security definer set search_path = '' as $$ select * from public.secrets where user_id = u $$;

-- set-up: rpc-asks-auth-uid
-- protected
create table secrets (id int primary key, user_id uuid not null, body text);
insert into secrets values (1, :A, 'a one'), (2, :S, 's one');
alter table secrets enable row level security;
grant select, insert, update, delete on secrets to anon, authenticated;
create policy own on secrets to authenticated using (user_id = auth.uid());
create function my_secrets() returns setof secrets language sql stable security definer set search_path = '' as $$ select * from public.secrets where user_id = auth.uid() $$;

-- set-up: rpc-as-invoker-takes-the-user
-- protected
create table secrets (id int primary key, user_id uuid not null, body text);
insert into secrets values (1, :A, 'a one'), (2, :S, 's one');
alter table secrets enable row level security;
grant select, insert, update, delete on secrets to anon, authenticated;
create policy own on secrets to authenticated using (user_id = auth.uid());
create function secrets_of(u uuid) returns setof secrets language sql stable security invoker as $$ select * from public.secrets where user_id = u $$;

-- set-up: rpc-revoked-from-named-roles-but-not-public
-- open secrets: anon select
-- open secrets: authenticated select
create table secrets (id int primary key, user_id uuid not null, body text);
insert into secrets values (1, :A, 'a one'), (2, :S, 's one');
alter table secrets enable row level security;
grant select, insert, update, delete on secrets to anon, authenticated;
create function dump_secrets() returns setof secrets language sql stable security definer set search_path = '' as $$ select * from public.secrets $$;
revoke execute on function dump_secrets() from anon, authenticated;

-- set-up: rpc-revoked-from-public-too
-- protected
create table secrets (id int primary key, user_id uuid not null, body text);
insert into secrets values (1, :A, 'a one'), (2, :S, 's one');
alter table secrets enable row level security;
grant select, insert, update, delete on secrets to anon, authenticated;
create function dump_secrets() returns setof secrets language sql stable security definer set search_path = '' as $$ select * from public.secrets $$;
revoke execute on function dump_secrets() from public, anon, authenticated;

-- set-up: rpc-deletes-by-id
-- open secrets: authenticated delete
create table secrets (id int primary key, user_id uuid not null, body text);
insert into secrets values (1, :A, 'a one'), (2, :S, 's one');
alter table secrets enable row level security;
grant select, insert, update, delete on secrets to anon, authenticated;
create policy own on secrets to authenticated using (user_id = auth.uid());
create function drop_secret(p int) returns setof int language sql security definer set search_path = '' as $$ delete from public.secrets where id = p returning id $$;
revoke execute on function drop_secret(int) from public, anon;
grant execute on function drop_secret(int) to authenticated;

-- set-up: rpc-deletes-own-by-id
-- protected
create table secrets (id int primary key, user_id uuid not null, body text);
insert into secrets values (1, :A, 'a one'), (2, :S, 's one');
alter table secrets enable row level security;
grant select, insert, update, delete on secrets to anon, authenticated;
create policy own on secrets to authenticated using (user_id = auth.uid());
create function drop_secret(p int) returns setof int language sql security definer set search_path = '' as $$ delete from public.secrets where id = p and user_id = auth.uid() returning id $$;
revoke execute on function drop_secret(int) from public, anon;
grant execute on function drop_secret(int) to authenticated;

-- set-up: profile-role-set-by-oneself
-- open papers: authenticated select
create table papers (id int primary key, user_id uuid not null, body text);
insert into papers values (1, :A, 'a one'), (2, :S, 's one');
alter table papers enable row level security;
grant select, insert, update, delete on papers to anon, authenticated;
create table profiles (user_id uuid primary key, role text not null default 'member');
alter table profiles enable row level security;
insert into profiles (user_id) values (:A), (:S);
revoke all on profiles from anon, authenticated;
grant select, update on profiles to authenticated;
create policy me on profiles to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy own on papers for select to authenticated using (user_id = auth.uid() or exists (select 1 from profiles p where p.user_id = auth.uid() and p.role = 'admin'));

-- set-up: profile-role-column-not-granted
-- protected
create table papers (id int primary key, user_id uuid not null, body text);
insert into papers values (1, :A, 'a one'), (2, :S, 's one');
alter table papers enable row level security;
grant select, insert, update, delete on papers to anon, authenticated;
create table profiles (user_id uuid primary key, role text not null default 'member', nick text);
alter table profiles enable row level security;
insert into profiles (user_id) values (:A), (:S);
revoke all on profiles from anon, authenticated;
grant select, update (nick) on profiles to authenticated;
create policy me on profiles to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy own on papers for select to authenticated using (user_id = auth.uid() or exists (select 1 from profiles p where p.user_id = auth.uid() and p.role = 'admin'));

-- set-up: anybody-joins-any-team
-- open plans: authenticated select
create table plans (id int primary key, user_id uuid not null, body text);
insert into plans values (1, :A, 'a one'), (2, :S, 's one');
alter table plans enable row level security;
grant select, insert, update, delete on plans to anon, authenticated;
alter table plans add team_id int not null default 1;
update plans set team_id = 2 where id = 2;
create table crew (team_id int, user_id uuid);
alter table crew enable row level security;
insert into crew values (1, :A), (2, :S);
revoke all on crew from anon, authenticated;
grant select, insert on crew to authenticated;
create policy me on crew for select to authenticated using (user_id = auth.uid());
create policy joining on crew for insert to authenticated with check (user_id = auth.uid());
create policy team on plans for select to authenticated using (exists (select 1 from crew c where c.team_id = plans.team_id and c.user_id = auth.uid()));

-- set-up: joining-needs-an-invitation
-- protected
create table plans (id int primary key, user_id uuid not null, body text);
insert into plans values (1, :A, 'a one'), (2, :S, 's one');
alter table plans enable row level security;
grant select, insert, update, delete on plans to anon, authenticated;
alter table plans add team_id int not null default 1;
update plans set team_id = 2 where id = 2;
create table invites (team_id int, user_id uuid);
alter table invites enable row level security;
revoke all on invites from anon, authenticated;
grant select on invites to authenticated;
create policy me on invites for select to authenticated using (user_id = auth.uid());
create table crew (team_id int, user_id uuid);
alter table crew enable row level security;
insert into crew values (1, :A), (2, :S);
revoke all on crew from anon, authenticated;
grant select, insert on crew to authenticated;
create policy me on crew for select to authenticated using (user_id = auth.uid());
create policy joining on crew for insert to authenticated with check (user_id = auth.uid() and exists (select 1 from invites i where i.team_id = crew.team_id and i.user_id = auth.uid()));
create policy team on plans for select to authenticated using (exists (select 1 from crew c where c.team_id = plans.team_id and c.user_id = auth.uid()));

-- set-up: older-than-now
-- open logbook: anon select
-- open logbook: authenticated select
create table logbook (id int primary key, user_id uuid not null, body text);
insert into logbook values (1, :A, 'a one'), (2, :S, 's one');
alter table logbook enable row level security;
grant select, insert, update, delete on logbook to anon, authenticated;
alter table logbook add at timestamptz not null default '2024-01-01';
create policy past on logbook for select using (at <= now());

-- set-up: own-and-older-than-now
-- protected
create table logbook (id int primary key, user_id uuid not null, body text);
insert into logbook values (1, :A, 'a one'), (2, :S, 's one');
alter table logbook enable row level security;
grant select, insert, update, delete on logbook to anon, authenticated;
alter table logbook add at timestamptz not null default '2024-01-01';
create policy past on logbook for select using (user_id = auth.uid() and at <= now());

-- set-up: empty-share-list-is-everybody
-- open albums: authenticated select
create table albums (id int primary key, user_id uuid not null, body text);
insert into albums values (1, :A, 'a one'), (2, :S, 's one');
alter table albums enable row level security;
grant select, insert, update, delete on albums to anon, authenticated;
alter table albums add shared_with uuid[] not null default '{}';
create policy sh on albums for select to authenticated using (user_id = auth.uid() or shared_with = '{}' or auth.uid() = any (shared_with));

-- set-up: share-list-names-people
-- protected
create table albums (id int primary key, user_id uuid not null, body text);
insert into albums values (1, :A, 'a one'), (2, :S, 's one');
alter table albums enable row level security;
grant select, insert, update, delete on albums to anon, authenticated;
alter table albums add shared_with uuid[] not null default '{}';
create policy sh on albums for select to authenticated using (user_id = auth.uid() or auth.uid() = any (shared_with));

-- set-up: blocked-list-only
-- open albums: authenticated select
create table albums (id int primary key, user_id uuid not null, body text);
insert into albums values (1, :A, 'a one'), (2, :S, 's one');
alter table albums enable row level security;
grant select, insert, update, delete on albums to anon, authenticated;
create table blocked (user_id uuid);
alter table blocked enable row level security;
revoke all on blocked from anon, authenticated;
grant select on blocked to authenticated;
create policy nb on albums for select to authenticated using (auth.uid() not in (select user_id from blocked));

-- set-up: request-header-as-key
-- open exports: anon select
create table exports (id int primary key, user_id uuid not null, body text);
insert into exports values (1, :A, 'a one'), (2, :S, 's one');
alter table exports enable row level security;
grant select, insert, update, delete on exports to anon, authenticated;
create policy hdr on exports for select to anon using (current_setting('request.headers', true)::json ->> 'x-internal' = 'yes');

-- set-up: current-user-is-authenticated
-- open exports: authenticated select
create table exports (id int primary key, user_id uuid not null, body text);
insert into exports values (1, :A, 'a one'), (2, :S, 's one');
alter table exports enable row level security;
grant select, insert, update, delete on exports to anon, authenticated;
create policy cu on exports for select using (current_user = 'authenticated');

-- set-up: current-user-is-service-role
-- protected
create table exports (id int primary key, user_id uuid not null, body text);
insert into exports values (1, :A, 'a one'), (2, :S, 's one');
alter table exports enable row level security;
grant select, insert, update, delete on exports to anon, authenticated;
create policy cu on exports using (current_user = 'service_role') with check (current_user = 'service_role');

-- set-up: session-user-is-not-anon
-- open exports: anon select
-- open exports: authenticated select
create table exports (id int primary key, user_id uuid not null, body text);
insert into exports values (1, :A, 'a one'), (2, :S, 's one');
alter table exports enable row level security;
grant select, insert, update, delete on exports to anon, authenticated;
create policy su on exports for select using (session_user <> 'anon');

-- set-up: trigger-stamps-the-owner
-- protected
create table orders_in (id int primary key, user_id uuid not null, body text);
insert into orders_in values (1, :A, 'a one'), (2, :S, 's one');
alter table orders_in enable row level security;
grant select, insert, update, delete on orders_in to anon, authenticated;
create policy put on orders_in for insert to authenticated with check (true);
create function stamp() returns trigger language plpgsql as $$ begin new.user_id := auth.uid(); return new; end $$;
create trigger stamp before insert on orders_in for each row execute function stamp();

-- set-up: trigger-stamps-only-a-missing-owner
-- open orders_in: authenticated insert
create table orders_in (id int primary key, user_id uuid not null, body text);
insert into orders_in values (1, :A, 'a one'), (2, :S, 's one');
alter table orders_in enable row level security;
grant select, insert, update, delete on orders_in to anon, authenticated;
create policy put on orders_in for insert to authenticated with check (true);
create function stamp() returns trigger language plpgsql as $$ begin new.user_id := coalesce(new.user_id, auth.uid()); return new; end $$;
create trigger stamp before insert on orders_in for each row execute function stamp();

-- set-up: default-uid-with-check-true
-- open orders_in: authenticated insert
create table orders_in (id int primary key, user_id uuid not null, body text);
insert into orders_in values (1, :A, 'a one'), (2, :S, 's one');
alter table orders_in enable row level security;
grant select, insert, update, delete on orders_in to anon, authenticated;
alter table orders_in alter user_id set default auth.uid();
create policy put on orders_in for insert to authenticated with check (true);

-- set-up: default-uid-and-owner-column-not-granted
-- protected
create table orders_in (id int primary key, user_id uuid not null, body text);
insert into orders_in values (1, :A, 'a one'), (2, :S, 's one');
alter table orders_in enable row level security;
grant select, insert, update, delete on orders_in to anon, authenticated;
alter table orders_in alter user_id set default auth.uid();
revoke all on orders_in from anon, authenticated;
grant insert (id, body) on orders_in to authenticated;
create policy put on orders_in for insert to authenticated with check (true);

-- set-up: soft-delete-read
-- open memos: anon select
-- open memos: authenticated select
create table memos (id int primary key, user_id uuid not null, body text);
insert into memos values (1, :A, 'a one'), (2, :S, 's one');
alter table memos enable row level security;
grant select, insert, update, delete on memos to anon, authenticated;
alter table memos add deleted_at timestamptz;
create policy alive on memos for select using (deleted_at is null);

-- set-up: soft-delete-read-own
-- protected
create table memos (id int primary key, user_id uuid not null, body text);
insert into memos values (1, :A, 'a one'), (2, :S, 's one');
alter table memos enable row level security;
grant select, insert, update, delete on memos to anon, authenticated;
alter table memos add deleted_at timestamptz;
create policy alive on memos for select using (deleted_at is null and user_id = auth.uid());

-- set-up: dashboard-template-left-behind
-- open memos: anon select
-- open memos: authenticated select
create table memos (id int primary key, user_id uuid not null, body text);
insert into memos values (1, :A, 'a one'), (2, :S, 's one');
alter table memos enable row level security;
grant select, insert, update, delete on memos to anon, authenticated;
create policy own on memos to authenticated using (user_id = auth.uid());
create policy "Enable read access for all users" on memos as permissive for select to public using (true);

-- set-up: dashboard-template-dropped
-- protected
create table memos (id int primary key, user_id uuid not null, body text);
insert into memos values (1, :A, 'a one'), (2, :S, 's one');
alter table memos enable row level security;
grant select, insert, update, delete on memos to anon, authenticated;
create policy "Enable read access for all users" on memos as permissive for select to public using (true);
create policy own on memos to authenticated using (user_id = auth.uid());
drop policy "Enable read access for all users" on memos;

-- set-up: altered-to-true
-- open memos: authenticated select update delete
create table memos (id int primary key, user_id uuid not null, body text);
insert into memos values (1, :A, 'a one'), (2, :S, 's one');
alter table memos enable row level security;
grant select, insert, update, delete on memos to anon, authenticated;
create policy own on memos to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
alter policy own on memos using (true);

-- set-up: altered-to-own
-- protected
create table memos (id int primary key, user_id uuid not null, body text);
insert into memos values (1, :A, 'a one'), (2, :S, 's one');
alter table memos enable row level security;
grant select, insert, update, delete on memos to anon, authenticated;
create policy own on memos to authenticated using (true) with check (true);
alter policy own on memos using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: case-else-true
-- open memos: authenticated select
create table memos (id int primary key, user_id uuid not null, body text);
insert into memos values (1, :A, 'a one'), (2, :S, 's one');
alter table memos enable row level security;
grant select, insert, update, delete on memos to anon, authenticated;
create policy c on memos for select using (case when auth.uid() is null then false else true end);

-- set-up: case-by-owner
-- protected
create table memos (id int primary key, user_id uuid not null, body text);
insert into memos values (1, :A, 'a one'), (2, :S, 's one');
alter table memos enable row level security;
grant select, insert, update, delete on memos to anon, authenticated;
create policy c on memos for select using (case when auth.uid() is null then false else auth.uid() = user_id end);

-- set-up: wide-policy-without-grants
-- protected
create table vault (id int primary key, user_id uuid not null, body text);
insert into vault values (1, :A, 'a one'), (2, :S, 's one');
alter table vault enable row level security;
grant select, insert, update, delete on vault to anon, authenticated;
revoke all on vault from public, anon, authenticated;
create policy wide on vault using (true) with check (true);

-- set-up: schema-without-usage
-- protected
create schema inner_office;
create table inner_office.vault (id int primary key, user_id uuid, body text);
insert into inner_office.vault values (1, :A, 'a one'), (2, :S, 's one');
revoke all on schema inner_office from public, anon, authenticated;
grant select on inner_office.vault to anon, authenticated;

-- set-up: schema-with-usage-and-no-rls
-- open app.vault: authenticated select
create schema app;
create table app.vault (id int primary key, user_id uuid, body text);
insert into app.vault values (1, :A, 'a one'), (2, :S, 's one');
grant usage on schema app to authenticated;
grant select on app.vault to authenticated;

-- set-up: audit-copy-without-rls
-- open audit: anon select
-- open audit: authenticated select
create table invoices (id int primary key, user_id uuid not null, body text);
insert into invoices values (1, :A, 'a one'), (2, :S, 's one');
alter table invoices enable row level security;
grant select, insert, update, delete on invoices to anon, authenticated;
create policy own on invoices to authenticated using (user_id = auth.uid());
create table audit (id int, user_id uuid, body text);
insert into audit select * from invoices;
revoke all on audit from anon, authenticated;
grant select on audit to anon, authenticated;

-- set-up: audit-copy-by-trigger-kept-back
-- protected
create table invoices (id int primary key, user_id uuid not null, body text);
insert into invoices values (1, :A, 'a one'), (2, :S, 's one');
alter table invoices enable row level security;
grant select, insert, update, delete on invoices to anon, authenticated;
create policy own on invoices to authenticated using (user_id = auth.uid());
create table audit (id int, user_id uuid, body text);
alter table audit enable row level security;
revoke all on audit from public, anon, authenticated;
create function keep() returns trigger language plpgsql security definer set search_path = '' as $$ begin insert into public.audit values (new.id, new.user_id, new.body); return new; end $$;
create trigger keep after insert or update on invoices for each row execute function keep();
insert into invoices values (5, :A, 'a two');

-- set-up: rule-writes-past-the-walls
-- open outbox: authenticated insert
create table outbox (id int primary key, user_id uuid not null, body text);
insert into outbox values (1, :A, 'a one'), (2, :S, 's one');
alter table outbox enable row level security;
grant select, insert, update, delete on outbox to anon, authenticated;
create table drafts (id int, user_id uuid, body text);
alter table drafts enable row level security;
revoke all on drafts, outbox from anon, authenticated;
grant insert on drafts to authenticated;
create policy put on drafts for insert to authenticated with check (user_id = auth.uid());
create rule send as on insert to drafts do also insert into outbox values (new.id, (select user_id from outbox where id = 1), new.body);

-- set-up: storage-bucket-without-folder
-- open objects: authenticated select insert delete
create table objects (id int primary key, user_id uuid not null, body text);
insert into objects values (1, :A, 'a one'), (2, :S, 's one');
alter table objects enable row level security;
grant select, insert, update, delete on objects to anon, authenticated;
alter table objects add bucket text not null default 'private';
create policy b on objects for select to authenticated using (bucket = 'private');
create policy bi on objects for insert to authenticated with check (bucket = 'private');
create policy bd on objects for delete to authenticated using (bucket = 'private');

-- set-up: storage-bucket-with-own-folder
-- protected
create table objects (id int primary key, user_id uuid not null, body text);
insert into objects values (1, :A, 'a one'), (2, :S, 's one');
alter table objects enable row level security;
grant select, insert, update, delete on objects to anon, authenticated;
alter table objects add bucket text not null default 'private';
alter table objects add name text not null default '';
update objects set name = user_id::text || '/face.png';
create policy b on objects for select to authenticated using (bucket = 'private' and split_part(name, '/', 1) = auth.uid()::text);
create policy bi on objects for insert to authenticated with check (bucket = 'private' and split_part(name, '/', 1) = auth.uid()::text and user_id = auth.uid());

-- set-up: own-policy-to-the-wrong-table
-- open chat: authenticated select
create table chat (id int primary key, user_id uuid not null, body text);
insert into chat values (1, :A, 'a one'), (2, :S, 's one');
alter table chat enable row level security;
grant select, insert, update, delete on chat to anon, authenticated;
create table chat_rooms (id int primary key, user_id uuid not null, body text);
insert into chat_rooms values (1, :A, 'a one'), (2, :S, 's one');
alter table chat_rooms enable row level security;
grant select, insert, update, delete on chat_rooms to anon, authenticated;
create policy own on chat_rooms for select to authenticated using (user_id = auth.uid());
create policy own on chat for select to authenticated using (exists (select 1 from chat_rooms r where r.user_id = auth.uid()));

-- set-up: admins-by-verified-email-table
-- protected
create table chat (id int primary key, user_id uuid not null, body text);
insert into chat values (1, :A, 'a one'), (2, :S, 's one');
alter table chat enable row level security;
grant select, insert, update, delete on chat to anon, authenticated;
create table admins (email text primary key);
alter table admins enable row level security;
insert into admins values ('boss@example.org');
revoke all on admins from public, anon, authenticated;
create function is_boss() returns boolean language sql stable security definer set search_path = '' as $$ select exists (select 1 from public.admins where email = auth.jwt() ->> 'email') $$;
create policy own on chat to authenticated using (user_id = auth.uid() or is_boss()) with check (user_id = auth.uid());
