-- set-up: own-rows-one-policy-per-command
-- protected
create policy s on notes for select to authenticated using (user_id = auth.uid());
create policy i on notes for insert to authenticated with check (user_id = auth.uid());
create policy u on notes for update to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy d on notes for delete to authenticated using (user_id = auth.uid());

-- set-up: own-rows-one-policy-for-all
-- protected
create policy own on notes using (user_id = auth.uid());

-- set-up: own-rows-in-a-subselect
-- protected
create policy own on notes to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

-- set-up: closed-without-a-policy
-- protected

-- set-up: row-level-security-off
-- open notes: anon select insert update delete
-- open notes: authenticated select insert update delete
alter table notes disable row level security;

-- set-up: policies-and-row-level-security-off
-- open notes: anon select insert update delete
-- open notes: authenticated select insert update delete
create policy own on notes using (user_id = auth.uid());
alter table notes disable row level security;

-- set-up: read-true-for-everybody
-- open notes: anon select
-- open notes: authenticated select
create policy everybody on notes for select using (true);

-- set-up: read-true-for-signed-in
-- open notes: authenticated select
create policy everybody on notes for select to authenticated using (true);

-- set-up: one-equals-one
-- open notes: anon select
-- open notes: authenticated select
create policy everybody on notes for select using (1 = 1);

-- set-up: or-true-at-the-end
-- open notes: anon select
-- open notes: authenticated select
create policy everybody on notes for select using (user_id = auth.uid() or true);

-- set-up: role-is-authenticated
-- open notes: authenticated select
create policy signed_in on notes for select using (auth.role() = 'authenticated');

-- set-up: anybody-with-an-id
-- open notes: authenticated select update delete insert
create policy signed_in on notes using (auth.uid() is not null);

-- set-up: compares-a-column-with-itself
-- open notes: anon select
-- open notes: authenticated select
create policy own on notes for select using (user_id = user_id);

-- set-up: permissive-false-beside-true
-- open notes: anon select
-- open notes: authenticated select
create policy nobody on notes for select using (false);
create policy everybody on notes for select using (true);

-- set-up: permissive-false-alone
-- protected
create policy nobody on notes using (false);

-- set-up: restrictive-beside-true
-- protected
create policy everybody on notes for select using (true);
create policy own on notes as restrictive for select using (user_id = auth.uid());

-- set-up: restrictive-for-signed-in-only-beside-true
-- open notes: anon select
create policy everybody on notes for select using (true);
create policy own on notes as restrictive for select to authenticated using (user_id = auth.uid());

-- set-up: restrictive-alone-lets-nobody-through
-- protected
create policy own on notes as restrictive using (user_id = auth.uid());

-- set-up: insert-true
-- open notes: authenticated insert
create policy s on notes for select to authenticated using (user_id = auth.uid());
create policy i on notes for insert to authenticated with check (true);

-- set-up: insert-by-anybody
-- open notes: anon insert
-- open notes: authenticated insert
create policy i on notes for insert with check (body is not null);

-- set-up: insert-by-whoever-is-signed-in
-- open notes: authenticated insert
create policy i on notes for insert with check (auth.role() = 'authenticated');

-- set-up: update-true
-- open notes: authenticated update
create policy s on notes for select to authenticated using (user_id = auth.uid());
create policy u on notes for update to authenticated using (true);

-- set-up: update-that-steals
-- open notes: authenticated update
create policy s on notes for select to authenticated using (user_id = auth.uid());
create policy u on notes for update to authenticated using (true) with check (user_id = auth.uid());

-- set-up: update-using-own-and-check-true
-- open notes: authenticated update
create policy s on notes for select to authenticated using (user_id = auth.uid());
create policy u on notes for update to authenticated using (user_id = auth.uid()) with check (true);

-- set-up: delete-true
-- open notes: authenticated delete
create policy s on notes for select to authenticated using (user_id = auth.uid());
create policy d on notes for delete to authenticated using (true);

-- set-up: all-commands-using-own-check-true
-- open notes: authenticated insert update
create policy own on notes to authenticated using (user_id = auth.uid()) with check (true);

-- set-up: published-rows-for-everybody
-- published notes: anon authenticated
alter table notes add published boolean not null default false;
update notes set published = true where id = 2;
create policy own on notes for select using (user_id = auth.uid());
create policy published on notes for select using (published);

-- set-up: not-private-rows-for-everybody
-- published notes: anon authenticated
alter table notes add private boolean not null default true;
update notes set private = false where id = 2;
create policy visible on notes for select using (not private or user_id = auth.uid());

-- set-up: status-is-public
-- published notes: anon authenticated
alter table notes add status text not null default 'draft' check (status in ('draft', 'review', 'public'));
update notes set status = 'public' where id = 2;
create policy visible on notes for select using (status = 'public' or user_id = auth.uid());

-- set-up: enum-that-opens
-- published notes: authenticated
create type visibility as enum ('mine', 'team', 'world');
alter table notes add seen_by visibility not null default 'mine';
update notes set seen_by = 'world' where id = 2;
create policy visible on notes for select to authenticated using (seen_by = 'world' or user_id = auth.uid());

-- set-up: own-and-active
-- protected
alter table notes add active boolean not null default true;
create policy own on notes for select to authenticated using (user_id = auth.uid() and active);

-- set-up: own-and-not-deleted
-- protected
alter table notes add deleted_at timestamptz;
create policy own on notes for select to authenticated using (user_id = auth.uid() and deleted_at is null);

-- set-up: no-owner-and-everybody
-- open notes: authenticated select
alter table notes alter user_id drop not null;
insert into notes values (3, null, 'of nobody');
create policy own on notes for select to authenticated using (user_id = auth.uid() or user_id is null);

-- set-up: policy-for-another-role-only
-- protected
create role reporting nologin;
create policy everything on notes for select to reporting using (true);

-- set-up: policy-for-service-role-only
-- protected
create policy service on notes to service_role using (true) with check (true);

-- set-up: service-role-meant-and-public-written
-- open notes: anon select insert update delete
-- open notes: authenticated select insert update delete
create policy "service role full access" on notes using (true) with check (true);

-- set-up: role-in-the-token-must-be-service-role
-- protected
create policy service on notes using (auth.jwt() ->> 'role' = 'service_role');

-- set-up: absent-link-is-an-absent-header
-- open plans: anon select
-- open plans: authenticated select
create table plans (id int primary key, owner_id uuid not null, link_code text, draft boolean not null default false);
alter table plans enable row level security;
insert into plans values (1, :A, null, false), (2, :B, null, false);
create policy own on plans for all to authenticated using (owner_id = auth.uid());
create policy by_link on plans for select
    using (not draft and nullif(current_setting('request.headers', true), '')::json ->> 'x-link' is not distinct from link_code);

-- set-up: absent-link-defaults-to-the-same
-- open plans: anon select
-- open plans: authenticated select
create table plans (id int primary key, owner_id uuid not null, link_code varchar(40));
alter table plans enable row level security;
insert into plans values (1, :A, null), (2, :B, null);
create policy own on plans for all to authenticated using (owner_id = auth.uid());
create policy by_link on plans for select
    using (coalesce(link_code, '') = coalesce(nullif(current_setting('request.headers', true), '')::json ->> 'x-link', ''));

-- set-up: absent-link-is-not-shared
-- protected
create table plans (id int primary key, owner_id uuid not null, link_code text);
alter table plans enable row level security;
insert into plans values (1, :A, null), (2, :B, gen_random_uuid()::text);
create policy own on plans for all to authenticated using (owner_id = auth.uid());
create policy by_link on plans for select using (link_code is not null
    and link_code is not distinct from (nullif(current_setting('request.headers', true), '')::json ->> 'x-link'));

-- set-up: link-that-is-never-absent
-- protected
create table plans (id int primary key, owner_id uuid not null, link_code text not null);
alter table plans enable row level security;
insert into plans values (1, :A, gen_random_uuid()::text), (2, :B, gen_random_uuid()::text);
create policy own on plans for all to authenticated using (owner_id = auth.uid());
create policy by_link on plans for select
    using (link_code is not distinct from (nullif(current_setting('request.headers', true), '')::json ->> 'x-link'));

-- set-up: absent-owner-is-an-absent-login
-- open carts: anon select
create table carts (id int primary key, user_id uuid, total numeric);
alter table carts enable row level security;
insert into carts values (1, :A, 10), (2, null, 20), (3, null, 30);
create policy own on carts for select using (user_id is not distinct from auth.uid());

-- set-up: flag-that-is-on-opens
-- open notes: anon select
-- open notes: authenticated select update
create table switches (name text primary key, state text not null);
alter table switches enable row level security;
insert into switches values ('open_house', 'on'), ('edit_all', 'on');
create function switched(wanted text) returns boolean language plpgsql stable security definer set search_path = '' as $$
begin return (select s.state = 'on' from public.switches s where s.name = wanted); end $$;
create policy house on notes for select using (user_id = auth.uid() or (select switched('open_house')));
create policy edit on notes for update to authenticated using (switched('edit_all') or user_id = auth.uid());

-- set-up: flag-that-is-off-opens-nothing
-- protected
create table switches (name text primary key, state text not null);
alter table switches enable row level security;
insert into switches values ('open_house', 'off'), ('edit_all', 'off');
create function switched(wanted text) returns boolean language plpgsql stable security definer set search_path = '' as $$
begin return (select s.state = 'on' from public.switches s where s.name = wanted); end $$;
create policy house on notes for select using (user_id = auth.uid() or (select switched('open_house')));
create policy edit on notes for update to authenticated using (switched('edit_all') or user_id = auth.uid());

-- set-up: flag-that-is-on-for-staff
-- protected
create table switches (name text primary key, state text not null);
alter table switches enable row level security;
insert into switches values ('open_house', 'on');
create function switched(wanted text) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.switches s where s.name = wanted and s.state = 'on') $$;
create policy own on notes for select using (user_id = auth.uid());
create policy house on notes for select using (switched('open_house') and auth.jwt() -> 'app_metadata' ->> 'role' = 'staff');

-- set-up: writer-of-a-team-post-is-not-compared
-- open posts: authenticated insert
-- first authenticated: insert into posts values (3, 3, :B, 'not of b')
create table members (team_id int, user_id uuid, role text not null default 'member', primary key (team_id, user_id));
create table posts (id int primary key, team_id int not null, author_id uuid not null, body text);
alter table members enable row level security;
alter table posts enable row level security;
insert into members values (1, :A), (2, :B), (3, :S);
insert into posts values (1, 1, :A, 'of a'), (2, 2, :B, 'of b');
create policy own on members for select to authenticated using (user_id = auth.uid());
create function belongs(team int) returns boolean language sql stable security definer set search_path = '' as $$
    select exists (select 1 from public.members m where m.team_id = team and m.user_id = (select auth.uid())) $$;
create policy read on posts for select to authenticated using (author_id = auth.uid());
create policy write on posts for insert to authenticated with check (belongs(team_id));

-- set-up: writer-of-a-team-post-is-compared
-- protected
-- first authenticated: insert into posts values (3, 3, :B, 'not of b')
create table members (team_id int, user_id uuid, role text not null default 'member', primary key (team_id, user_id));
create table posts (id int primary key, team_id int not null, author_id uuid not null, body text);
alter table members enable row level security;
alter table posts enable row level security;
insert into members values (1, :A), (2, :B), (3, :S);
create policy own on members for select to authenticated using (user_id = auth.uid());
create policy read on posts for select to authenticated using (author_id = auth.uid());
create policy write on posts for insert to authenticated with check (author_id = (select auth.uid())
    and exists (select 1 from members m where m.team_id = posts.team_id and m.user_id = auth.uid()));

-- set-up: writer-of-a-team-post-is-stamped
-- protected
-- first authenticated: insert into posts values (3, 3, :B, 'not of b')
create table members (team_id int, user_id uuid, primary key (team_id, user_id));
create table posts (id int primary key, team_id int not null, created_by uuid not null default auth.uid(), body text);
alter table members enable row level security;
alter table posts enable row level security;
insert into members values (1, :A), (2, :B), (3, :S);
create function stamp() returns trigger language plpgsql as $$ begin new.created_by := auth.uid(); return new; end $$;
create trigger stamp before insert on posts for each row execute function stamp();
create policy own on members for select to authenticated using (user_id = auth.uid());
create policy read on posts for select to authenticated using (created_by = auth.uid());
create policy write on posts for insert to authenticated
    with check (exists (select 1 from members m where m.team_id = posts.team_id and m.user_id = auth.uid()));

-- set-up: administrators-post-for-others
-- protected
-- first authenticated: insert into posts values (3, :B, 'not of b')
create table admins (user_id uuid primary key);
create table posts (id int primary key, author_id uuid not null, body text);
alter table admins enable row level security;
alter table posts enable row level security;
insert into posts values (1, :A, 'of a'), (2, :B, 'of b');
create policy own on admins for select to authenticated using (user_id = auth.uid());
create policy read on posts for select to authenticated using (author_id = auth.uid());
create policy write on posts for insert to authenticated with check (exists (select 1 from admins where user_id = auth.uid()));

-- set-up: level-that-a-trigger-keeps
-- protected
create table members (user_id uuid primary key, level text not null default 'guest');
alter table members enable row level security;
insert into members values (:A), (:B), (:S);
create function keep_level() returns trigger language plpgsql as $$
begin
    if auth.uid() is not null then new.level := old.level; end if;
    return new;
end $$;
create trigger keep_level before update on members for each row execute function keep_level();
create policy own on members for select to authenticated using (user_id = auth.uid());
create policy change on members for update to authenticated using (user_id = auth.uid());
create policy own_or_lead on notes for select to authenticated
    using (user_id = auth.uid() or exists (select 1 from members m where m.user_id = auth.uid() and m.level = 'lead'));

-- set-up: level-that-a-trigger-keeps-from-others-alone
-- open notes: authenticated select
-- first authenticated: update members set level = 'lead' where user_id = :S
create table members (user_id uuid primary key, level text not null default 'guest');
alter table members enable row level security;
insert into members values (:A), (:B), (:S);
create function keep_level() returns trigger language plpgsql as $$
begin
    if auth.uid() <> old.user_id then new.level := old.level; end if;
    return new;
end $$;
create trigger keep_level before update on members for each row execute function keep_level();
create policy own on members for select to authenticated using (user_id = auth.uid());
create policy change on members for update to authenticated using (user_id = auth.uid());
create policy own_or_lead on notes for select to authenticated
    using (user_id = auth.uid() or exists (select 1 from members m where m.user_id = auth.uid() and m.level = 'lead'));
