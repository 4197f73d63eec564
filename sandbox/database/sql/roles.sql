-- The roles of a Supabase project, and the two that log in here. Passwords are set apart, per start.
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit;
grant anon, authenticated, service_role to authenticator;

-- The application decides itself whose rows it serves, as far as the policies for its role let it.
create role hotdash_app login;

-- The verifier reads everything, like Supabase's `postgres` role, and may stand in for the roles of a browser.
create role hotdash_verifier login nosuperuser bypassrls;
grant anon, authenticated to hotdash_verifier with inherit false, set true;
grant pg_read_all_data, pg_read_all_stats to hotdash_verifier;
alter role hotdash_verifier set default_transaction_read_only = on;
