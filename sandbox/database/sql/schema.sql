-- What Supabase brings along before the first migration of the application.
create schema public;
create schema auth;
create schema supabase_migrations;
create table supabase_migrations.schema_migrations (version text primary key, name text, statements text[]);

create function auth.jwt() returns jsonb language sql stable as
$$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
create function auth.uid() returns uuid language sql stable as
$$ select nullif(auth.jwt() ->> 'sub', '')::uuid $$;
create function auth.role() returns text language sql stable as
$$ select coalesce(auth.jwt() ->> 'role', 'anon') $$;

grant usage on schema public, auth to anon, authenticated, service_role, hotdash_app, hotdash_verifier;
grant usage on schema supabase_migrations to hotdash_verifier;
grant execute on all functions in schema auth to anon, authenticated, service_role, hotdash_app, hotdash_verifier;
alter default privileges in schema public grant select on tables to anon;
alter default privileges in schema public grant select, insert, update on tables to authenticated;
alter default privileges in schema public grant all on tables to service_role, hotdash_app;
alter default privileges in schema public grant usage, select on sequences to authenticated, service_role, hotdash_app;
