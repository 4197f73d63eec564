-- set-up: org-members-with-roles
-- protected
create table org_members (org_id uuid not null, user_id uuid not null, role text not null default 'member' check (role in ('owner', 'admin', 'member')), primary key (org_id, user_id));
alter table org_members enable row level security;
insert into org_members values (:A, :A, 'owner'), (:B, :B, 'member');
create function member_role(org uuid) returns text language sql stable security definer set search_path = public as
    $$ select m.role from org_members m where m.org_id = org and m.user_id = auth.uid() $$;
revoke execute on function member_role(uuid) from public, anon;
create policy own on org_members for select to authenticated using (user_id = auth.uid());
alter table notes add org_id uuid;
update notes set org_id = user_id;
create policy r on notes for select to authenticated using (member_role(org_id) is not null);
create policy w on notes for update to authenticated using (member_role(org_id) in ('owner', 'admin')) with check (member_role(org_id) in ('owner', 'admin'));

-- set-up: membership-check-without-the-person
-- open notes: authenticated select
create table org_members (org_id uuid not null, user_id uuid not null, primary key (org_id, user_id));
alter table org_members enable row level security;
create policy own on org_members for select to authenticated using (user_id = auth.uid());
insert into org_members values (:A, :A), (:B, :B);
alter table notes add org_id uuid;
update notes set org_id = user_id;
create function in_org(org uuid) returns boolean language sql stable security definer set search_path = public as
    $$ select exists (select from org_members m where m.org_id = org) $$;
revoke execute on function in_org(uuid) from public, anon;
create policy r on notes for select to authenticated using (in_org(org_id));

-- set-up: profile-whose-role-its-owner-may-raise
-- open profiles: authenticated update
create table profiles (id uuid primary key, role text not null default 'user');
alter table profiles enable row level security;
insert into profiles values (:A, 'user'), (:B, 'user');
create policy r on profiles for select to authenticated using (id = auth.uid());
create policy u on profiles for update to authenticated using (id = auth.uid()) with check (role is not null);

-- set-up: chat-between-two
-- protected
create table messages (id int primary key, sender uuid not null, recipient uuid not null, body text);
alter table messages enable row level security;
insert into messages values (1, :A, :A, 'a'), (2, :B, :B, 'b');
create policy r on messages for select to authenticated using (auth.uid() in (sender, recipient));
create policy i on messages for insert to authenticated with check (sender = auth.uid());

-- set-up: chat-in-the-name-of-anybody
-- open messages: authenticated insert
create table messages (id int primary key, sender uuid not null, recipient uuid not null, body text);
alter table messages enable row level security;
insert into messages values (1, :A, :A, 'a'), (2, :B, :B, 'b');
create policy r on messages for select to authenticated using (auth.uid() in (sender, recipient));
create policy i on messages for insert to authenticated with check (sender is not null and recipient is not null);

-- set-up: contact-form
-- open contacts: anon insert
-- open contacts: authenticated insert
create table contacts (id int primary key, email text not null, words text not null);
alter table contacts enable row level security;
insert into contacts values (1, 'a', 'a');
create policy i on contacts for insert with check (true);

-- set-up: tenant-by-the-issuer-of-the-token
-- protected
alter table notes add tenant text;
update notes set tenant = user_id::text;
create policy t on notes to authenticated using (tenant = (select auth.jwt() ->> 'tenant_id')) with check (tenant = (select auth.jwt() ->> 'tenant_id'));

-- set-up: tenant-with-a-fallback-to-a-header
-- open notes: anon select
-- open notes: authenticated select
-- forge set request.headers = {"x-tenant": ":B"}
alter table notes add tenant text;
update notes set tenant = user_id::text;
create policy t on notes for select
    using (tenant = coalesce(auth.jwt() -> 'app_metadata' ->> 'tenant', current_setting('request.headers', true)::json ->> 'x-tenant'));

-- set-up: user-metadata-in-a-function-with-a-variable
-- open notes: authenticated select
-- forge claims {"user_metadata": {"department": "finance"}}
create function department() returns text language plpgsql stable as $$
declare claims jsonb := coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb;
declare meta jsonb;
begin
    meta := claims -> 'user_metadata';
    return meta ->> 'department';
end $$;
create policy r on notes for select to authenticated using (department() = 'finance' or user_id = auth.uid());

-- set-up: email-domain-of-the-token
-- protected
create policy r on notes for select to authenticated using (user_id = auth.uid() and split_part(auth.jwt() ->> 'email', '@', 2) = 'corp.example');

-- set-up: soft-deleted-and-own
-- protected
alter table notes add deleted_at timestamptz;
create policy r on notes for select to authenticated using (deleted_at is null and user_id = auth.uid());
create policy d on notes for update to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: offer-that-runs
-- open offers: anon select
-- open offers: authenticated select
create table offers (id int primary key, owner uuid, starts_at timestamptz not null, ends_at timestamptz);
alter table offers enable row level security;
insert into offers values (1, :A, now() - interval '1 day', null), (2, :B, now() - interval '1 day', now() + interval '1 day');
create policy r on offers for select using (starts_at <= now() and (ends_at is null or ends_at > now()));

-- set-up: visibility-is-public
-- published boards: anon authenticated
create table boards (id int primary key, owner uuid not null, visibility text not null default 'private' check (visibility in ('private', 'team', 'public')));
alter table boards enable row level security;
insert into boards values (1, :A, 'public'), (2, :B, 'private');
create policy r on boards for select using (visibility = 'public' or owner = auth.uid());
create policy w on boards for update to authenticated using (owner = auth.uid()) with check (owner = auth.uid());

-- set-up: comments-of-published-posts
-- published posts: anon authenticated
-- published comments: anon authenticated
create table posts (id int primary key, owner uuid not null, is_published boolean not null default false);
create table comments (id int primary key, post_id int not null references posts, author uuid not null, body text);
alter table posts enable row level security;
alter table comments enable row level security;
insert into posts values (1, :A, true), (2, :B, false);
insert into comments values (1, 1, :B, 'b'), (2, 2, :A, 'a');
create policy r on posts for select using (is_published);
create policy r on comments for select using (exists (select from posts p where p.id = comments.post_id and p.is_published));

-- set-up: paid-content
-- protected
create table subscriptions (user_id uuid primary key, status text not null, until timestamptz not null);
alter table subscriptions enable row level security;
insert into subscriptions values (:A, 'active', now() + interval '1 day');
create policy own on subscriptions for select to authenticated using (user_id = auth.uid());
create table courses (id int primary key, title text);
alter table courses enable row level security;
insert into courses values (1, 'one');
create policy r on courses for select to authenticated
    using (exists (select from subscriptions s where s.user_id = auth.uid() and s.status = 'active' and s.until > now()));

-- set-up: everybody-with-a-verified-address
-- open notes: authenticated select
create policy r on notes for select to authenticated using (auth.uid() is not null and auth.role() = 'authenticated');

-- set-up: anonymous-users-kept-out
-- open notes: authenticated select
create policy r on notes for select to authenticated using ((select (auth.jwt() ->> 'is_anonymous')::boolean) is not true);

-- set-up: trigger-that-refuses-others
-- protected
create function guard() returns trigger language plpgsql as $$
begin
    if new.user_id is distinct from auth.uid() then raise exception 'not yours' using errcode = '42501'; end if;
    return new;
end $$;
create trigger guard before insert or update on notes for each row execute function guard();
create policy own on notes to authenticated using (user_id = auth.uid()) with check (true);

-- set-up: view-of-emails
-- open people: anon select
-- open people: authenticated select
create table profiles (id uuid primary key, email text, nick text);
alter table profiles enable row level security;
insert into profiles values (:A, 'a@x.example', 'a'), (:B, 'b@x.example', 'b');
create policy own on profiles using (id = auth.uid());
create view people as select nick, email from profiles;
revoke insert, update, delete on people from anon, authenticated;

-- set-up: view-of-the-own-rows-with-local-check-which-an-upsert-passes
-- open mine: authenticated update
create view mine as select id, user_id, body from notes where user_id = (select auth.uid()) with local check option;

-- set-up: view-over-an-invoker-view
-- protected
create policy own on notes using (user_id = auth.uid());
create view inner_view with (security_invoker = true) as select * from notes;
create view outer_view with (security_invoker = true) as select * from inner_view;

-- set-up: totals-for-all
-- open totals: authenticated select
create view totals as select count(*) as n, max(body) as last from notes;
revoke all on totals from anon;

-- set-up: rpc-that-searches-with-ilike
-- open search(:B): anon select
-- open search(:B): authenticated select
create function search(q text) returns table (id int, body text) language sql stable security definer set search_path = public as
    $$ select n.id, n.body from notes n where n.body ilike '%' || q || '%' or n.user_id::text = q or q = '' $$;

-- set-up: rpc-with-limit-and-offset
-- open page(10, 0): authenticated select
create function page(lim int default 10, off int default 0) returns setof notes language sql stable security definer set search_path = public as
    $$ select * from notes order by id limit lim offset off $$;
revoke execute on function page(int, int) from public, anon;

-- set-up: rpc-that-orders-by-what-it-is-given
-- open sorted('id'): authenticated select
create function sorted(col text) returns setof notes language plpgsql stable security definer set search_path = public as
    $$ begin return query execute format('select * from notes order by %I', col); end $$;
revoke execute on function sorted(text) from public, anon;

-- set-up: rpc-that-filters-by-what-it-is-given
-- open filtered('true or true'): authenticated select
create function filtered(condition text) returns setof notes language plpgsql stable security definer set search_path = public as
    $$ begin return query execute 'select * from notes where user_id = auth.uid() and ' || condition || ' or false'; end $$;
revoke execute on function filtered(text) from public, anon;

-- set-up: rpc-that-runs-as-its-caller
-- protected
create policy own on notes using (user_id = auth.uid());
create function run(q text) returns setof json language plpgsql as $$ begin return query execute 'select to_json(t) from (' || q || ') t'; end $$;

-- set-up: rpc-for-admins
-- protected
create function all_notes() returns setof notes language plpgsql stable security definer set search_path = public as $$
begin
    if coalesce(auth.jwt() -> 'app_metadata' ->> 'role', '') <> 'admin' then raise exception 'admins only' using errcode = '42501'; end if;
    return query select * from notes;
end $$;

-- set-up: rpc-that-trusts-its-argument-for-the-role
-- open notes_for('admin'): authenticated select
create function notes_for(role_name text) returns setof notes language plpgsql stable security definer set search_path = public as $$
begin
    if role_name = 'admin' then return query select * from notes; end if;
    return query select * from notes where user_id = auth.uid();
end $$;
revoke execute on function notes_for(text) from public, anon;

-- set-up: role-granted-to-signed-in-users
-- open notes: authenticated select
create role auditors nologin;
grant auditors to authenticated;
create policy a on notes for select to auditors using (true);

-- set-up: no-policy-for-writes
-- protected
create policy r on notes for select to authenticated using ((select auth.uid()) = user_id);
revoke insert, update, delete on notes from anon, authenticated;

-- set-up: setting-that-switches-the-policy-off
-- open notes: anon select
-- open notes: authenticated select
-- forge set app.bypass = on
create policy r on notes for select using (user_id = auth.uid() or current_setting('app.bypass', true) = 'on');

-- set-up: setting-list-of-tenants
-- open notes: authenticated select
-- forge set app.tenants = :B
create policy r on notes for select to authenticated
    using (user_id::text = any (string_to_array(current_setting('app.tenants', true), ',')));

-- set-up: identity-column-and-json-owner-array
-- protected
create table files (id bigint generated always as identity primary key, meta jsonb not null default '{}', members uuid[] not null default '{}');
alter table files enable row level security;
insert into files (meta, members) values ('{}', array[:A]::uuid[]), ('{}', array[:B]::uuid[]);
create policy m on files to authenticated using (members @> array[auth.uid()]) with check (members @> array[auth.uid()]);

-- set-up: level-in-the-token
-- protected
alter table notes add level int not null default 3;
create policy l on notes for select to authenticated using (level <= coalesce((auth.jwt() -> 'app_metadata' ->> 'level')::int, 0));
