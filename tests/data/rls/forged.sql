-- set-up: hands-its-row-to-somebody-else
-- open notes: authenticated update
create policy r on notes for select to authenticated using (user_id = auth.uid());
create policy u on notes for update to authenticated using (user_id = auth.uid()) with check (true);

-- set-up: assigns-a-task-and-keeps-it
-- protected
alter table notes add assignee uuid;
update notes set assignee = user_id;
create policy own on notes to authenticated
    using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy helps on notes for select to authenticated using (assignee = auth.uid());

-- set-up: a-trigger-keeps-the-owner
-- protected
create function keep() returns trigger language plpgsql as $$ begin new.user_id = old.user_id; return new; end $$;
create trigger keep before update on notes for each row execute function keep();
create policy r on notes for select to authenticated using (user_id = auth.uid());
create policy u on notes for update to authenticated using (user_id = auth.uid()) with check (true);

-- set-up: moves-its-row-to-another-team
-- open notes: authenticated update
create table members (team int, user_id uuid);
alter table members enable row level security;
create policy own on members for select to authenticated using (user_id = auth.uid());
insert into members values (1, :A), (2, :B);
alter table notes add team int;
update notes set team = id;
create policy r on notes for select to authenticated using (team in (select m.team from members m where m.user_id = auth.uid()));
create policy u on notes for update to authenticated
    using (team in (select m.team from members m where m.user_id = auth.uid())) with check (team is not null);

-- set-up: closes-its-own-row
-- protected
alter table notes add status text not null default 'draft' check (status in ('draft', 'sent'));
create policy r on notes for select to authenticated using (user_id = auth.uid());
create policy u on notes for update to authenticated
    using (user_id = auth.uid() and status = 'draft') with check (user_id = auth.uid());

-- set-up: setting-as-json
-- open notes: anon select
-- open notes: authenticated select
-- forge set app.context = {"tenant": ":B"}
create policy tenant on notes for select
    using (user_id = (nullif(current_setting('app.context', true), '')::jsonb ->> 'tenant')::uuid);

-- set-up: setting-as-json-in-depth-in-a-function
-- open notes: authenticated select
-- forge set app.session = {"user": {"id": ":B"}}
create function acting() returns uuid language plpgsql stable as $$
declare session jsonb;
begin
    session := current_setting('app.session', true)::jsonb;
    return (session -> 'user' ->> 'id')::uuid;
exception when others then return null;
end $$;
create policy acting on notes for select to authenticated using (user_id = acting());

-- set-up: setting-that-must-be-there-and-narrows
-- protected
alter table notes add tenant uuid;
update notes set tenant = user_id;
create policy own on notes for select to authenticated
    using (user_id = auth.uid() and tenant = current_setting('app.tenant')::uuid);

-- set-up: header-beside-the-own-id
-- protected
create policy own on notes for select to authenticated
    using (user_id = auth.uid() and (current_setting('request.headers', true)::json ->> 'x-client') = 'web');

-- set-up: header-with-a-shared-word
-- open notes: anon select
-- open notes: authenticated select
-- forge set request.headers = {"x-api-key": "letmein"}
create policy key on notes for select
    using (coalesce(current_setting('request.headers', true), '{}')::jsonb ->> 'x-api-key' = 'letmein');

-- set-up: role-in-a-list-of-user-metadata
-- open notes: authenticated select
-- forge claims {"user_metadata": {"roles": ["admin"]}}
create policy r on notes for select to authenticated
    using (user_id = auth.uid() or (auth.jwt() -> 'user_metadata' -> 'roles') ? 'admin');

-- set-up: role-in-a-list-of-app-metadata
-- protected
create policy r on notes for select to authenticated using ((auth.jwt() -> 'app_metadata' -> 'roles') ? 'admin');

-- set-up: user-metadata-by-subscript
-- open notes: authenticated select
-- forge claims {"user_metadata": {"tier": "gold"}}
create policy r on notes for select to authenticated using ((auth.jwt())['user_metadata']['tier'] = '"gold"'::jsonb);

-- set-up: user-metadata-by-a-path-function
-- open notes: authenticated select
-- forge claims {"user_metadata": {"org": {"kind": "staff"}}}
create policy r on notes for select to authenticated
    using (jsonb_extract_path_text(auth.jwt(), 'user_metadata', 'org', 'kind') = 'staff');

-- set-up: user-metadata-that-fits-a-json-path
-- open notes: authenticated select
-- forge claims {"user_metadata": {"group": "ops"}}
create policy r on notes for select to authenticated using (auth.jwt() @@ '$.user_metadata.group == "ops"');

-- set-up: a-second-factor-is-enough
-- open notes: authenticated select
-- forge claims {"aal": "aal2"}
create policy r on notes for select to authenticated using (auth.jwt() ->> 'aal' = 'aal2');

-- set-up: a-second-factor-besides
-- protected
create policy own on notes to authenticated using (user_id = auth.uid());
create policy strong on notes as restrictive to authenticated using (auth.jwt() ->> 'aal' = 'aal2');

-- set-up: claim-of-the-server-in-depth
-- protected
alter table notes add org text;
update notes set org = id::text;
create policy org on notes for select to authenticated using (org = auth.jwt() -> 'org' ->> 'id');

-- set-up: condition-that-cannot-do-without-a-claim
-- protected
create policy own on notes for select to authenticated
    using (user_id = (current_setting('request.jwt.claims')::json ->> 'user_id')::uuid);

-- set-up: view-with-a-check-option
-- open mine: authenticated update
create policy own on notes using (user_id = auth.uid());
create view mine as select * from notes where user_id = auth.uid() with check option;
alter view mine owner to postgres;

-- set-up: view-that-takes-what-it-does-not-show
-- open mine: authenticated insert update
-- open mine: anon insert update
create view mine as select * from notes where user_id = auth.uid();

-- set-up: event-trigger-that-switches-row-level-security-on
-- open news: anon select
-- open news: authenticated select
create function switch_on() returns event_trigger language plpgsql as $$
declare made record;
begin
    for made in select * from pg_event_trigger_ddl_commands() where command_tag = 'CREATE TABLE' and schema_name <> 'pg_temp' loop
        execute format('alter table %s enable row level security', made.object_identity);
    end loop;
end $$;
create event trigger switch_on on ddl_command_end when tag in ('CREATE TABLE') execute function switch_on();
create table news (id int primary key, words text);
insert into news values (1, 'one');
create policy r on news for select using (true);

-- set-up: visible-from-its-date
-- published posts: anon authenticated
create table posts (id int primary key, author uuid, "publishedAt" timestamptz);
insert into posts values (1, :A, now() - interval '1 day'), (2, :B, null);
alter table posts enable row level security;
create policy r on posts for select using ("publishedAt" <= now() or author = auth.uid());

-- set-up: published-and-not-deleted-through-a-view
-- published public_posts: anon authenticated
create table posts (id int primary key, author uuid, is_published boolean not null default false, deleted_at timestamptz);
insert into posts values (1, :A, true, null), (2, :B, true, null);
alter table posts enable row level security;
create view public_posts as select id, author from posts where is_published and deleted_at is null;
revoke insert, update, delete on public_posts from anon, authenticated;

-- set-up: deleted-is-no-way-to-publish
-- open posts: anon select
-- open posts: authenticated select
create table posts (id int primary key, author uuid, deleted_at timestamptz);
insert into posts values (1, :A, null), (2, :B, null);
alter table posts enable row level security;
create policy r on posts for select using (deleted_at is null);

-- set-up: published-or-anything-signed-in
-- open posts: authenticated select
-- published posts: anon
create table posts (id int primary key, author uuid, is_public boolean not null default false);
insert into posts values (1, :A, true), (2, :B, false);
alter table posts enable row level security;
create policy r on posts for select using (is_public or auth.uid() is not null);

-- set-up: function-that-runs-a-query
-- open run_query('select body from public.notes'): anon select
-- open run_query('select body from public.notes'): authenticated select
create function run_query(query text) returns setof json language plpgsql security definer set search_path = '' as $$
begin return query execute 'select to_json(t) from (' || query || ') as t'; end $$;

-- set-up: function-that-runs-a-command
-- open exec_sql('delete from public.notes'): authenticated update
create function exec_sql(command text) returns void language plpgsql security definer set search_path = '' as $$
begin execute command; end $$;
revoke execute on function exec_sql(text) from public, anon;

-- set-up: function-that-pastes-its-argument
-- open notes_like('x'' or true --'): authenticated select
create function notes_like(words text) returns setof notes language plpgsql stable security definer set search_path = '' as $$
begin return query execute 'select * from public.notes where user_id = auth.uid() and body = ''' || words || ''''; end $$;
revoke execute on function notes_like(text) from public, anon;

-- set-up: function-that-quotes-its-argument
-- protected
create function notes_like(words text) returns setof notes language plpgsql stable security definer set search_path = '' as $$
begin return query execute 'select * from public.notes where user_id = auth.uid() and body = $1' using words; end $$;

-- set-up: function-that-counts-any-table
-- open count_of('notes'): authenticated select
create function count_of(relation text) returns bigint language plpgsql stable security definer set search_path = '' as $$
declare n bigint;
begin execute format('select count(*) from public.%I', relation) into n; return n; end $$;
revoke execute on function count_of(text) from public, anon;

-- set-up: function-that-truncates-with-the-callers-right
-- open start_anew(): authenticated truncate
grant truncate on notes to authenticated;
create function start_anew() returns void language sql as $$ truncate public.notes $$;
revoke execute on function start_anew() from public, anon;

-- set-up: function-that-shows-all-without-a-filter
-- open find_notes(null): authenticated select
create function find_notes(owner uuid default null) returns setof notes language sql stable security definer set search_path = '' as
    $$ select * from public.notes n where owner is null and n.user_id is not null $$;
revoke execute on function find_notes(uuid) from public, anon;

-- set-up: function-that-takes-json
-- open notes_of(jsonb_build_object('who', :B)): authenticated select
create function notes_of(given jsonb) returns setof notes language sql stable security definer set search_path = '' as
    $$ select * from public.notes where user_id = (given ->> 'who')::uuid $$;
revoke execute on function notes_of(jsonb) from public, anon;
