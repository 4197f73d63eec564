-- What the set-ups of this folder expect beside the base of all others; clients reach public, storage and realtime.
insert into auth.users (id, email) values (:A, 'anna@acme.test'), (:B, 'bert@globex.test') on conflict do nothing;
create schema if not exists extensions;
create or replace function extensions.gen_random_bytes(n int) returns bytea language sql volatile
  as $$ select substring(uuid_send(gen_random_uuid()) from 1 for n) $$;
