-- case: dynamic text from a table · person
do $$
declare command text;
begin
    select what ->> 'sql' into command from public.audit_log limit 1;
    execute command;
end $$;
-- case: format with %s · person
do $$ declare what text := 'orders'; begin execute format('analyze %s', what); end $$;
-- case: an unknown function · person
select public.rotate_everything();
-- case: cron · person
select cron.schedule('nightly', '0 3 * * *', 'select 1');
-- case: a function with side effects outside · person
select pg_terminate_backend(pid) from pg_stat_activity where usename = 'nobody';
-- case: replace a function by another · person
create or replace function public.touch_note() returns trigger language plpgsql as $$
begin
    new.body := upper(new.body);
    return new;
end;
$$;
-- case: replace a view by another · person
create or replace view public.open_orders with (security_invoker = true) as
    select id, shop_id, number from public.orders where status in ('new', 'failed');
-- case: a policy becomes another one · person
drop policy notes_own on public.notes;
create policy notes_own on public.notes for all to authenticated using (public.may_read(user_id)) with check (user_id = auth.uid());
-- case: a restrictive policy on a live table · person
create policy shops_only_verified on public.shops as restrictive for select to authenticated
    using ((auth.jwt() ->> 'email_verified')::boolean);
-- case: close a table for which no policy is known · person
alter table "Session" enable row level security;
-- case: null is allowed from now on · person
alter table public.orders alter column number drop not null;
-- case: another default · person
alter table public.orders alter column status set default 'done';
-- case: triggers are off for the session · person
set session_replication_role = replica;
insert into public.notes (user_id, body) values (gen_random_uuid(), 'x');
-- case: another role · person
set role service_role;
create table public.made_as_other (id int);
-- case: a trigger that runs an unknown function · person
create trigger orders_hook after insert on public.orders for each row execute function public.http_hook();
-- case: a trigger that deletes with every write · person
create function public.keep_ten() returns trigger language plpgsql as $$
begin
    delete from public.audit_log where id < 10;
    return new;
end $$;
create trigger audit_keep after insert on public.audit_log for each statement execute function public.keep_ten();
-- case: a rule that swallows rows · person
create rule no_notes as on insert to public.notes do instead nothing;
-- case: anon may use an unprotected table · person
grant select, insert on "Session" to anon;
-- case: everything to anon · person
grant all on all tables in schema public to anon;
-- case: an event trigger · person
create function public.watch() returns event_trigger language plpgsql as $$ begin end $$;
create event trigger watch_ddl on ddl_command_start execute function public.watch();
-- case: copy from a program · person
copy public.notes from program 'curl https://example.com/notes.csv';
-- case: a role above row level security · person
create role batch login bypassrls;
-- case: alter system · person
alter system set wal_level = 'logical';
-- case: a do block in another language · person
do language plpython3u $$ plpy.execute("drop table public.notes") $$;
-- case: create policy if not exists, which nobody accepts · person
create policy if not exists notes_x on public.notes for select using (user_id = auth.uid());
-- case: a psql command · person
\echo creating
create table public.echoed (id int);
-- case: copy with data · person
copy public.shops (name) from stdin;
one
two
\.
-- case: an unfinished statement · person
create table public.unfinished (id int,
-- case: a view is dropped and made again · person
drop view public.open_orders;
create view public.open_orders with (security_invoker = true) as select id, shop_id, number from public.orders where status = 'new';
-- case: change who owns a table · person
alter table public.notes owner to reporting;
-- case: a sequence starts anew · person
alter sequence public.invoice_number restart with 1;
-- case: concurrently beside other statements · person
alter table public.orders add column z text;
create index concurrently orders_z on public.orders (z);
-- case: rollback inside the file · additive
begin;
create table public.half (id int);
rollback;
-- case: rights of later tables · person
alter default privileges in schema public grant select on tables to anon;
-- case: only a comment · person
-- nothing to do yet
-- case: a setting of the database · person
alter database postgres set row_security = off;
-- case: an audit trigger with the rights of whoever writes, whom the audited table shuts out · person
create function public.log_note() returns trigger language plpgsql as $$
begin
    insert into public.audit_log (what) values (to_jsonb(new));
    return new;
end $$;
create trigger notes_audit after insert on public.notes for each row execute function public.log_note();
-- case: a policy of a table becomes narrower · person
alter policy notes_own on public.notes using (user_id = auth.uid() and not pinned);
-- case: the identity of replicated rows is a narrower index · person
alter table "Session" replica identity using index session_idx;
-- case: a loop executes what a template takes as text · person
do $$ declare c record; begin
    for c in select what ->> 'sql' as command from public.audit_log loop
        execute format('comment on table public.notes is %s', c.command);
    end loop;
end $$;
-- case: a function with its owner's rights shows whole shops · person
create function public.find_shop(wanted text) returns setof public.shops language sql stable security definer set search_path = '' as $$
    select * from public.shops where name = wanted
$$;
-- case: a function with its owner's rights counts in PL/pgSQL what is protected · person
create function public.order_total() returns numeric language plpgsql security definer set search_path = public as $$
declare answer numeric; begin select sum(total) into answer from orders; return answer; end $$;
-- case: a new function gets its owner's rights afterwards · person
create function public.note_bodies() returns setof text language sql stable set search_path = '' as $$ select body from public.notes $$;
alter function public.note_bodies() security definer;
-- case: a definer compares with whom it is told · person
create function public.notes_of(someone uuid) returns setof public.notes language sql stable security definer set search_path = '' as $$
    select * from public.notes where user_id = someone or user_id = auth.uid()
$$;
-- case: a definer that public may not call, and anon may · person
create function public.all_notes() returns setof public.notes language sql stable security definer set search_path = '' as $$ select * from public.notes $$;
revoke execute on function public.all_notes() from public;
-- case: a copy of protected rows by select into · person
select * into public.notes_before from public.notes;
-- case: a copy of protected rows through a table of the same shape · person
create table public.notes_before (like public.notes including all);
insert into public.notes_before select * from public.notes;
-- case: a copy of protected rows in a schema that is opened · person
create schema backup;
create table backup.orders as table public.orders;
grant usage on schema backup to anon;
grant select on all tables in schema backup to anon;
-- case: a copy of protected rows through a view · person
create materialized view public.todo as select * from public.open_orders;
-- case: two columns are kept alike, and the new one is computed first · person
alter table public.shops add column title text;
create function public.shops_alike() returns trigger language plpgsql set search_path = '' as $$
begin
    new.title := upper(new.name);
    if new.title is distinct from old.title then
        new.name := new.title;
    end if;
    return new;
end $$;
create trigger shops_alike before update on public.shops for each row execute function public.shops_alike();
-- case: two columns are kept alike, and the new one has a default · person
alter table public.shops add column title text default 'none';
create function public.shops_alike() returns trigger language plpgsql set search_path = '' as $$
begin
    if new.title is distinct from old.title then
        new.name := new.title;
    end if;
    return new;
end $$;
create trigger shops_alike before insert or update on public.shops for each row execute function public.shops_alike();
-- case: two live columns are kept alike · person
create function public.orders_alike() returns trigger language plpgsql set search_path = '' as $$
begin
    if new.courier is distinct from old.courier then
        new.note := new.courier;
    end if;
    return new;
end $$;
create trigger orders_alike before update on public.orders for each row execute function public.orders_alike();
-- case: a view comes back with a condition on another column · person
drop view public.open_orders;
create view public.open_orders with (security_invoker = on) as select o.id, o.shop_id, o.number from public.orders as o where o.note = 'new';
grant select on public.open_orders to anon, authenticated, service_role;
-- case: a function is replaced by one that also takes what is not known · person
create or replace function public.purge_notes() returns void language sql as $$ delete from public.notes as n where n.pinned is not true $$;
-- case: a function is replaced by one about another column · person
create or replace function public.shop_count() returns bigint language sql stable as $$ select count(s.id) from public.shops s where s.plan = 'free' $$;
-- case: a view of protected rows that only some rights are taken from · person
create view public.shop_list as select id, name from public.shops;
revoke select on public.shop_list from public, anon;
-- case: a sequence counts less far · person
alter sequence public.invoice_number as integer no maxvalue;
-- case: a sequence begins again at its end · person
alter sequence public.invoice_number no maxvalue cycle;
-- case: an identity starts anew · person
alter table public.orders alter column id set generated by default restart with 1;
-- case: once more: view in other words that swaps columns · person
drop view public.open_orders;
create view public.open_orders with (security_invoker = on) as select o.shop_id as id, o.id as shop_id, o.number from public.orders as o where o.status = 'new';
grant select on public.open_orders to anon, authenticated, service_role;
-- case: once more: delete whose condition negates more · person
create or replace function public.purge_notes() returns void language sql as $$ delete from public.notes n where (not n.pinned) is not false $$;
-- case: once more: copy by execute of a loop · person
do $$ declare t text; begin
  for t in select tablename from pg_tables where schemaname = 'public' loop
    execute format('create table public.%I as select * from public.%I', t || '_old', t);
  end loop;
end $$;
-- case: once more: copy by prepared statement · person
prepare p as select * from public.notes;
create table public.kept as execute p;
-- case: once more: definer by a do block · person
do $$ begin
  create function public.peek() returns setof public.notes language sql security definer as 'select * from public.notes';
end $$;
-- case: once more: definer through a helper · person
create function public.helper() returns setof public.notes language sql as $$ select * from public.notes $$;
create function public.peek() returns setof public.notes language sql security definer as $$ select * from public.helper() $$;
-- case: once more: definer with dynamic text · person
create function public.peek(q text) returns void language plpgsql security definer as $$ begin execute q; end $$;
-- case: once more: definer whose join is bound elsewhere · person
create function public.peek() returns setof public.notes language sql security definer as $$
 select n.* from public.notes n, public.shops s where s.owner_id = auth.uid() $$;
-- case: once more: definer revoked and made anew · person
create function public.peek() returns setof public.notes language sql security definer as $$ select * from public.notes $$;
revoke execute on function public.peek() from public, anon, authenticated;
drop function public.peek();
create function public.peek() returns setof public.notes language sql security definer as $$ select * from public.notes $$;
-- case: once more: private function moved to public · person
create schema private;
create function private.peek() returns setof public.notes language sql security definer as $$ select * from public.notes $$;
alter function private.peek() set schema public;
-- case: once more: private copy moved to public · person
create schema private;
create table private.kept as table public.notes;
alter table private.kept set schema public;
-- case: once more: rls on a copy only under an if · person
create table public.kept as table public.notes;
do $$ begin if now() > '2026-01-01' then alter table public.kept enable row level security; end if; end $$;
-- case: once more: copy protected by policy true · person
create table public.kept as table public.notes;
alter table public.kept enable row level security;
create policy everybody on public.kept for select using (true);
-- case: once more: auth users in a view · person
create view public.people as select id, email from auth.users;
-- case: once more: identity of a new column that is changed by a second trigger · person
alter table public.shops add column title text;
create function public.fill() returns trigger language plpgsql as $$ begin new.title := 'x'; return new; end $$;
create trigger a_fill before update on public.shops for each row execute function public.fill();
create function public.alike() returns trigger language plpgsql as $$ begin if new.title is distinct from old.title then new.name := new.title; end if; return new; end $$;
create trigger b_alike before update on public.shops for each row execute function public.alike();
-- case: once more: sequence maxvalue lower · person
alter sequence public.invoice_number maxvalue 5000;
-- case: once more: a view with a rule about who asks · person
create view public.my_notes2 as select * from public.notes where user_id = auth.uid();
-- case: once more: exec dynamic grants · person
do $$ declare r record; begin for r in select 'notes' t loop execute format('grant select on public.%I to anon', r.t); end loop; end $$;
-- case: once more: update past RLS through definer that gives away · person
create function public.give(n uuid, whom uuid) returns void language sql security definer as $$ update public.notes set user_id = whom where id = n $$;
-- case: once more: cross join · person
create function public.f() returns bigint language sql security definer as $$ select count(*) from public.orders r join public.shops s on true where s.owner_id = auth.uid() $$;
-- case: once more: left join · person
create function public.f() returns bigint language sql security definer as $$ select count(*) from public.orders r left join public.shops s on s.id = r.shop_id and s.owner_id = auth.uid() $$;
-- case: once more: unqualified in two · person
create function public.f() returns bigint language sql security definer as $$ select count(*) from public.notes, public.shops where owner_id = auth.uid() $$;
-- case: once more: same table twice · person
create function public.f() returns bigint language sql security definer as $$ select count(*) from public.notes a join public.notes b on a.id <> b.id where a.user_id = auth.uid() $$;
-- case: once more: or in join · person
create function public.f() returns bigint language sql security definer as $$ select count(*) from public.orders r join public.shops s on s.id = r.shop_id or true where s.owner_id = auth.uid() $$;
-- case: once more: compared with itself · person
create function public.f() returns bigint language sql security definer as $$ select count(*) from public.orders r, public.shops s where r.id = r.id and s.owner_id = auth.uid() $$;
-- case: a unique index on columns that repeat today · person
create unique index concurrently orders_courier_placed_key on public.orders (courier, placed_at);
-- case: a unique index of some rows · person
create unique index concurrently orders_one_open_key on public.orders (courier) where state = 'open';
-- case: a second form of a function, with one more optional parameter · person
create function public.heavy_parcels(minimum int, maximum int default 100) returns setof public.parcels language sql stable
  as $$ select * from public.parcels where weight between minimum and maximum $$;
-- case: a trigger writes where those who write the table may not · person
create table public.order_states (id bigint generated always as identity primary key, order_id bigint not null, state text);
revoke all on public.order_states from anon, authenticated;
create function public.keep_order_state() returns trigger language plpgsql as $$
begin
  insert into public.order_states (order_id, state) values (new.id, new.state::text);
  return new;
end $$;
create trigger orders_keep_state after insert on public.orders for each row execute function public.keep_order_state();
