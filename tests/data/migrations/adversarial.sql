-- case: a temporary table hides a live one · destructive
create temporary table notes (id int);
drop table public.notes;
-- case: a temporary table is dropped twice · destructive
create temp table notes (id int);
drop table notes;
drop table notes;
-- case: delete through a new view · destructive
create view public.way_in with (security_invoker = true) as select * from public.notes;
delete from public.way_in;
-- case: a variant of a function, and the old one is dropped · destructive
create function public.purge_notes(days integer) returns void language sql as $$ select $$;
drop function public.purge_notes();
-- case: the other variant is the one that deletes · destructive
create function public.purge_notes(days integer) returns void language sql as $$ select $$;
select public.purge_notes();
-- case: a live table is created again, then dropped · destructive
create table public.notes (id int);
drop table public.notes;
-- case: live rows are attached to a new table, then deleted there · destructive
create table public.all_events (id bigint not null, at date not null, kind text) partition by range (at);
alter table public.all_events attach partition public.events_2025 for values from ('2025-01-01') to ('2026-01-01');
delete from public.all_events;
-- case: a body that holds dollar quotes · destructive
do $a$
begin
    perform $$x$$;
    delete from public.notes;
end
$a$;
-- case: replace a policy's foundation · person
create or replace function auth.uid() returns uuid language sql stable as $$ select '00000000-0000-0000-0000-000000000000'::uuid $$;
-- case: a view past row-level security · person
create view public.everybodys_notes as select id, body from public.notes;
-- case: tell the runner that a later migration is done · person
insert into supabase_migrations.schema_migrations (version, name) values ('20990101000000', 'later');
-- case: a trigger that leaves out rows · person
create function public.swallow() returns trigger language plpgsql as $$ begin return null; end $$;
create trigger notes_swallow before insert on public.notes for each row execute function public.swallow();
-- case: a role inside a mighty one · person
create role helper in role postgres;
-- case: publication options · destructive
alter publication app_changes set (publish = 'insert');
-- case: a check that nothing passes · destructive
alter table public.notes add constraint never check (false) not valid;
-- case: a trigger that fires no more · person
alter table public.notes enable replica trigger notes_touch;
-- case: anybody signed in may use an unprotected table · person
grant all on "Session" to authenticated;
-- case: a primary key on an index that is there · person
alter table "Session" add constraint s2 primary key using index session_idx;
-- case: return query execute · person
create function public.any_sql(q text) returns setof text language plpgsql as $$ begin return query execute q; end $$;
select public.any_sql('select 1');
-- case: for in execute with text from outside · person
do $$ declare r record; begin for r in execute current_setting('a.b') loop null; end loop; end $$;
-- case: perform inside an assignment · destructive
do $$ declare n int; begin n := (select count(*) from public.purge_notes()); end $$;
-- case: a cursor over a deleting query · destructive
do $$ declare c refcursor; begin open c for execute 'delete from public.notes returning 1'; end $$;
-- case: a policy comes back, and is then weakened · destructive
drop policy notes_own on public.notes;
create policy notes_own on public.notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
alter policy notes_own on public.notes using (true);
-- case: a new policy is narrow, and is then opened · destructive
create policy notes_of_mine on public.notes for select to authenticated using (user_id = auth.uid());
alter policy notes_of_mine on public.notes using (true);
-- case: a policy comes back, and is dropped again · destructive
drop policy notes_not_pinned on public.notes;
create policy notes_not_pinned on public.notes as restrictive for delete to authenticated using (not pinned);
drop policy notes_not_pinned on public.notes;
-- case: a policy comes back, and may be dropped again · destructive
drop policy notes_not_pinned on public.notes;
create policy notes_not_pinned on public.notes as restrictive for delete to authenticated using (not pinned);
do $$ begin if now() > '2026-01-01' then drop policy notes_not_pinned on public.notes; end if; end $$;
-- case: a trigger comes back, and is dropped again · destructive
drop trigger notes_touch on public.notes;
create trigger notes_touch before update on public.notes for each row execute function public.touch_note();
drop trigger notes_touch on public.notes;
-- case: a constraint comes back, and is dropped again · destructive
alter table public.orders drop constraint orders_status_check;
alter table public.orders add constraint orders_status_check check (status in ('new', 'done', 'failed')) not valid;
alter table public.orders drop constraint orders_status_check;
-- case: a constraint comes back with a column, and goes with it · destructive
alter table public.orders add column closed boolean;
alter table public.orders drop constraint orders_status_check;
alter table public.orders add constraint orders_status_check check (status in ('new', 'done', 'failed') and closed is null) not valid;
alter table public.orders drop column closed;
-- case: a view comes back, and is renamed · destructive
drop view public.open_orders;
create view public.open_orders with (security_invoker = true) as select id, shop_id, number from public.orders where status = 'new';
grant select on public.open_orders to authenticated;
alter view public.open_orders rename to orders_to_do;
-- case: a view comes back, and is dropped again · destructive
drop view public.open_orders;
create view public.open_orders with (security_invoker = true) as select id, shop_id, number from public.orders where status = 'new';
grant select on public.open_orders to authenticated;
drop view public.open_orders;
-- case: a view comes back on a new type, which is dropped by cascade · destructive
create domain public.label as text;
drop view public.open_orders;
create view public.open_orders with (security_invoker = true) as select id, shop_id, number from public.orders where status = 'new';
create or replace view public.open_orders with (security_invoker = true) as
    select id, shop_id, number, note::public.label as label from public.orders where status = 'new';
grant select on public.open_orders to authenticated;
drop domain public.label cascade;
-- case: a live view grows by a new column, which is dropped by cascade · destructive
alter table public.orders add column slot text;
create or replace view public.open_orders with (security_invoker = true) as
    select id, shop_id, number, slot from public.orders where status = 'new';
alter table public.orders drop column slot cascade;
-- case: a live view grows by a new type, which is dropped by cascade · destructive
create type public.slot as enum ('am', 'pm');
create or replace view public.open_orders with (security_invoker = true) as
    select id, shop_id, number, note::public.slot as slot from public.orders where status = 'new';
drop type public.slot cascade;
-- case: a live policy asks a new function, which is dropped by cascade · destructive
create function public.is_mine(owner uuid) returns boolean language sql stable as $$ select owner = auth.uid() $$;
alter policy notes_own on public.notes using (user_id = auth.uid() and public.is_mine(user_id));
drop function public.is_mine(uuid) cascade;
-- case: a live policy asks by a second new function, which goes with the first · destructive
create domain public.person as uuid;
create function public.is_person(owner public.person) returns boolean language sql stable as $$ select owner = auth.uid() $$;
alter policy notes_own on public.notes using (user_id = auth.uid() and public.is_person(user_id::uuid));
drop domain public.person cascade;
-- case: a live default calls a new function by another name, dropped by cascade · destructive
create function public.start_total() returns numeric language sql immutable as $$ select 0.0 $$;
alter table public.orders alter column total set default public.start_total();
alter function public.start_total() rename to first_total;
drop function public.first_total() cascade;
-- case: an old table's new column has a new type, which is dropped by cascade · destructive
create type public.lane as enum ('left', 'right');
alter table public.orders add column lane public.lane;
drop type public.lane cascade;
-- case: a live table moves into a new schema, which is dropped by cascade · destructive
create schema attic;
alter table public.notes set schema attic;
drop schema attic cascade;
-- case: the same name in another schema is the new one · destructive
create schema archive;
create table archive.notes (id uuid primary key, body text);
drop table notes;
-- case: a column by the same name in another table is the new one · destructive
alter table public.orders add column body text;
alter table public.notes drop column body;
-- case: a new table moved away, and the live one by its name dropped · destructive
create schema archive;
create table archive.notes (id uuid primary key, body text);
alter table archive.notes rename to old_notes;
alter table archive.old_notes set schema public;
drop table public.notes;
-- case: a table that is there already is not made · destructive
create table if not exists public.notes (id uuid primary key, body text);
drop table public.notes;
-- case: a table that may be there already is dropped · destructive
create table if not exists public.coupons (id uuid primary key);
drop table public.coupons;
-- case: a new table takes a live name, perhaps, and is dropped · destructive
create table public.fresh (id uuid primary key);
do $$ begin if now() < '2020-01-01' then alter table public.fresh rename to notes; end if; end $$;
drop table public.notes;
-- case: a new column takes a live name, perhaps, and is dropped · destructive
alter table public.notes add column text text;
do $$ begin alter table public.notes rename column text to body; exception when others then null; end $$;
alter table public.notes drop column body;
-- case: a live table makes room for a new one · destructive
create table public.notes_next (id uuid primary key, body text);
alter table public.notes rename to notes_before;
alter table public.notes_next rename to notes;
-- case: a live column makes room for a new one · destructive
alter table public.notes add column text text;
alter table public.notes rename column body to old_body;
alter table public.notes rename column text to body;
-- case: a new function takes the place of a live one, and is dropped · destructive
create or replace function public.shop_count() returns bigint language sql stable as $$ select count(*) from public.shops $$;
drop function public.shop_count();
-- case: a new trigger function deletes what is in an old table · destructive
create table public.inbox (id int);
alter table public.inbox enable row level security;
create function public.clear_notes() returns trigger language plpgsql as $$ begin delete from public.notes; return null; end $$;
create trigger clear after insert on public.inbox for each statement execute function public.clear_notes();
insert into public.inbox values (1);
-- case: a new trigger of truncate deletes what is in an old table · destructive
create table public.inbox (id int);
alter table public.inbox enable row level security;
create function public.clear_notes() returns trigger language plpgsql as $$ begin delete from public.notes; return null; end $$;
create trigger clear after truncate on public.inbox execute function public.clear_notes();
truncate public.inbox;
-- case: a default of a new table deletes what is in an old one · destructive
create function public.clear_notes() returns integer language sql as $$ delete from public.notes; select 1 $$;
create table public.inbox (id int default public.clear_notes(), what text);
alter table public.inbox enable row level security;
insert into public.inbox (what) values ('x');
-- case: a new view deletes when it is read · destructive
create function public.clear_notes() returns integer language sql as $$ delete from public.notes; select 1 $$;
create view public.counted as select public.clear_notes() as n;
select * from public.counted;
-- case: rows of an old table go with those of a new one · destructive
create table public.batches (id int primary key);
alter table public.batches enable row level security;
insert into public.batches values (1);
alter table public.notes add column batch int references public.batches (id) on delete cascade;
update public.notes set batch = 1 where id in ('3f0d9c1e-9d5c-4b8e-8f0a-0c8f1a2b3c4d');
delete from public.batches;
-- case: a live sequence goes with the new table that owns it · destructive
create table public.invoices (id bigint);
alter sequence public.invoice_number owned by public.invoices.id;
drop table public.invoices;
-- case: a live sequence goes with the new column that owns it · destructive
alter table public.orders add column invoice bigint;
alter sequence public.invoice_number owned by public.orders.invoice;
alter table public.orders drop column invoice;
-- case: a temporary table comes last in the search path · destructive
set search_path = public, pg_temp;
create temporary table notes (id int);
delete from notes;
-- case: a function finds the live table before the temporary one · destructive
create temporary table notes (id int);
create function public.tidy() returns void language sql set search_path = public, pg_temp as $$ delete from notes $$;
select public.tidy();
-- case: a temporary table is gone after the commit · destructive
begin;
create temporary table notes (id int) on commit drop;
commit;
delete from notes;
-- case: a temporary table that may not be there · blocking
do $$ begin if now() < '2020-01-01' then create temporary table orders (id int, note text); end if; end $$;
create index orders_note on orders (note);
-- case: the domain of a new column gets a check · blocking
create domain public.short as text;
alter table public.orders add column label public.short;
alter domain public.short add check (length(value) < 20);
-- case: an index by a name that is there in another schema · blocking
create schema archive;
create table archive.placed (at timestamp);
create index orders_total on archive.placed (at);
create index if not exists orders_total on public.orders (total);
-- case: an index that is there no more · destructive
drop index public.orders_placed;
create index if not exists orders_placed on public.orders (placed_at);
-- case: an index that went with its column · destructive
alter table public.orders drop column placed_at;
alter table public.orders add column placed_at timestamp;
create index if not exists orders_placed on public.orders (placed_at);
-- case: an index that may have been made · blocking
do $$ begin if now() < '2020-01-01' then create index orders_note on public.orders (note); end if; end $$;
create index if not exists orders_note on public.orders (note);
-- case: an index whose name was taken from it · blocking
alter index public.orders_placed rename to orders_by_time;
create index if not exists orders_placed on public.orders (placed_at);
-- case: a loop over years that are live · destructive
do $$ begin
    for y in 2024..2026 loop
        execute format('create table if not exists public.events_%s partition of public.events for values from (%L) to (%L)', y, make_date(y, 1, 1), make_date(y + 1, 1, 1));
        execute format('drop table public.events_%s', y);
    end loop;
end $$;
-- case: a loop that indexes partitions of years that are live · blocking
do $$ begin
    for y in 2024..2026 loop
        execute format('create table if not exists public.events_%s partition of public.events for values from (%L) to (%L)', y, make_date(y, 1, 1), make_date(y + 1, 1, 1));
        execute format('create index on public.events_%s (kind)', y);
    end loop;
end $$;
-- case: a loop whose variable is written · person
do $$ declare y text; begin
    for y in 2026..2027 loop
        y := 2025;
        execute format('alter table public.events_%s alter column kind set statistics 100', y);
    end loop;
end $$;
-- case: a loop whose variable is hidden by another · person
do $$ begin
    for y in 2026..2027 loop
        declare y text := current_setting('a.b');
        begin
            execute format('alter table public.events_%s alter column kind set statistics 100', y);
        end;
    end loop;
end $$;
-- case: a loop that ends nobody knows where · person
do $$ begin
    for y in 2026..(select count(*) from public.shops) loop
        execute format('alter table public.events_%s alter column kind set statistics 100', y);
    end loop;
end $$;
-- case: an index on a table whose name is given to format · blocking
do $$ begin
    execute format('create table if not exists public.%I (id int)', 'fresh');
    execute format('create index on public.%I (body)', 'notes');
end $$;
-- case: arguments of format by their numbers · destructive
do $$ begin execute format('%2$s table public.%1$I', 'notes', 'drop'); end $$;
-- case: a number with more digits after the point · blocking
alter table public.orders alter column total type numeric(12, 4);
-- case: a number with fewer digits before the point · destructive
alter table public.orders alter column total type numeric(10, 4);
-- case: a new column is narrowed after it took a live name · destructive
alter table public.orders drop column courier;
alter table public.orders add column courier varchar(8);
alter table public.orders alter column courier type varchar(4);
-- case: an index twice in one file, the second time for nothing · blocking
create index if not exists orders_note on public.orders (note);
create index if not exists orders_note on public.orders (note);
-- case: a trigger comes back, and is switched off · destructive
drop trigger notes_touch on public.notes;
create trigger notes_touch before update on public.notes for each row execute function public.touch_note();
alter table public.notes disable trigger notes_touch;
-- case: a loop drops what it made just now · destructive
do $$ begin
    for y in 2026..2027 loop
        execute format('create table if not exists public.events_%s partition of public.events for values from (%L) to (%L)', y, make_date(y, 1, 1), make_date(y + 1, 1, 1));
        execute format('drop table public.events_%s', y);
    end loop;
end $$;
-- case: a loop protects a year that is live · person
do $$ begin
    for y in 2025..2026 loop
        execute format('create table if not exists public.events_%s partition of public.events for values from (%L) to (%L)', y, make_date(y, 1, 1), make_date(y + 1, 1, 1));
        execute format('alter table public.events_%s enable row level security', y);
    end loop;
end $$;
-- case: an index that went with its new table's other name · blocking
create table public.batches (id int);
alter table public.batches enable row level security;
create index batch_note on public.batches (id);
alter table public.batches rename to lots;
drop table public.lots;
create index if not exists batch_note on public.orders (note);
-- case: an index that may have been dropped · destructive
do $$ begin if now() > '2026-01-01' then drop index public.orders_placed; end if; end $$;
create index if not exists orders_placed on public.orders (placed_at);
-- case: a new schema by another name takes a live view along · destructive
create schema attic;
create domain attic.label as text;
create or replace view public.open_orders with (security_invoker = true) as
    select id, shop_id, number, note::attic.label as label from public.orders where status = 'new';
alter schema attic rename to loft;
drop schema loft cascade;
-- case: a new type takes a live view along by its array · destructive
create type public.slot as enum ('am', 'pm');
create or replace view public.open_orders with (security_invoker = true) as
    select id, shop_id, number, note::public._slot as slots from public.orders where status = 'new';
drop type public.slot cascade;
-- case: a live trigger runs a new function, which is dropped by cascade · destructive
create function public.touch_two() returns trigger language plpgsql as $$ begin new.body := trim(new.body); return new; end; $$;
create or replace trigger notes_touch before update on public.notes for each row execute function public.touch_two();
drop function public.touch_two() cascade;
-- case: a do block lets a live policy ask a new function, dropped by cascade · destructive
create function public.is_mine(owner uuid) returns boolean language sql stable as $$ select owner = auth.uid() $$;
do $$ begin alter policy notes_own on public.notes using (user_id = auth.uid() and public.is_mine(user_id)); end $$;
drop function public.is_mine(uuid) cascade;
-- case: a new table of an earlier name is dropped with live views · destructive
create table public.spans (id int);
alter table public.spans enable row level security;
create or replace view public.open_orders with (security_invoker = true) as
    select id, shop_id, number, null::public.spans as span from public.orders where status = 'new';
alter table public.spans rename to all_spans;
drop table public.all_spans cascade;
-- case: a rule of a new table deletes what is in an old one · destructive
create table public.inbox (id int);
alter table public.inbox enable row level security;
create rule clear as on insert to public.inbox do also delete from public.notes;
insert into public.inbox values (1);
-- case: rows of an old table go with those of a new one by another name · destructive
create table public.batches (id int primary key);
alter table public.batches enable row level security;
insert into public.batches values (1);
alter table public.notes add column batch int;
alter table public.notes add constraint of_batch foreign key (batch) references public.batches (id) on delete cascade not valid;
update public.notes set batch = 1 where id in ('3f0d9c1e-9d5c-4b8e-8f0a-0c8f1a2b3c4d');
alter table public.batches rename to lots;
delete from public.lots;
-- case: a temporary table of a query is gone after the commit · destructive
begin;
create temporary table notes on commit drop as select 1 as id;
commit;
delete from notes;
-- case: a policy for everything replaced by one for reading · destructive
drop policy notes_own on public.notes;
create policy notes_read on public.notes for select to authenticated using (user_id = (select auth.uid()));
-- case: a policy replaced for some of those whom it let in · destructive
drop policy "owners read their shops" on public.shops;
create policy "the service reads shops" on public.shops for select to service_role using (owner_id = auth.uid());
-- case: updates of a published table need a key that nothing names any more · destructive
alter table public.orders replica identity nothing;
-- case: a table without a key is published with its updates · destructive
alter publication app_changes add table public.events;
-- case: every table is published, one of which has no key · destructive
create publication everything for all tables;
-- case: a publication tells fewer kinds of changes · destructive
alter publication app_changes set (publish = 'insert, update');
-- case: only some rows of a live table are published by what is not its key · destructive
alter publication app_changes add table public.shops where (plan = 'pro');
-- case: a loop makes tables and lets everybody into others · destructive
do $$ declare r record; begin
    for r in select 'notes' as old loop
        execute format('create table if not exists public.%I (id int)', r.old || '_2');
        execute format('create policy everybody on public.%I for select using (true)', r.old);
    end loop;
end $$;
-- case: a loop locks what it finds by its oid · destructive
do $$ declare c record; begin
    for c in select oid from pg_class where relname like 'audit%' loop
        execute format('drop table %s', c.oid::regclass);
    end loop;
end $$;
-- case: a policy is dropped and comes back only if a role is there · destructive
drop policy notes_own on public.notes;
do $$ begin
    if exists (select 1 from pg_roles where rolname = 'writer') then
        create policy notes_own on public.notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
    end if;
end $$;
-- case: a policy is dropped and comes back in a loop that may have no turn · destructive
drop policy notes_own on public.notes;
do $$ declare r record; begin
    for r in select 1 from public.audit_log loop
        create policy notes_own on public.notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
    end loop;
end $$;
-- case: a policy is dropped and comes back in the other branch · destructive
do $$ begin
    if now() > '2026-01-01' then
        drop policy notes_own on public.notes;
    else
        create policy notes_own on public.notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
    end if;
end $$;
-- case: a check is dropped and comes back only under an if · destructive
alter table public.orders drop constraint orders_status_check;
do $$ begin
    if now() > '2026-01-01' then
        alter table public.orders add constraint orders_status_check check (status in ('new', 'done', 'failed')) not valid;
    end if;
end $$;
-- case: a trigger is dropped and comes back after a return that may come first · destructive
do $$ begin
    drop trigger notes_touch on public.notes;
    if now() > '2026-01-01' then return; end if;
    create trigger notes_touch before update on public.notes for each row execute function public.touch_note();
end $$;
-- case: row level security comes back after the commit · destructive
begin;
alter table public.shops disable row level security;
commit;
alter table public.shops enable row level security;
-- case: row level security comes back for another table · destructive
begin;
alter table public.shops disable row level security;
alter table public.notes enable row level security;
commit;
-- case: triggers are off while rows are taken away · destructive
begin;
alter table public.notes disable trigger user;
delete from public.notes where body = '';
alter table public.notes enable trigger user;
commit;
-- case: triggers are off while rows are copied from elsewhere · destructive
begin;
alter table public.notes disable trigger user;
insert into public.notes (user_id, body) select owner_id, name from public.shops;
alter table public.notes enable trigger user;
commit;
-- case: a column has another name, and another one takes its place · destructive
begin;
alter table public.orders rename column note to note_old;
alter table public.orders rename column courier to note;
alter table public.orders rename column note_old to courier;
commit;
-- case: a table has another name while something is made by the old one · destructive
begin;
alter table public.notes rename to notes_apart;
create table public.notes (id int);
drop table public.notes;
alter table public.notes_apart rename to notes;
commit;
-- case: a unique index that no key repeats · destructive
drop index public.shops_name_idx;
-- case: a list of states gains two · additive
alter table public.orders drop constraint orders_status_check;
alter table public.orders add constraint orders_status_check check (status = any (array['done', 'new', 'failed', 'held', 'gone'])) not valid;
-- case: a list of states loses one and gains one · destructive
alter table public.orders drop constraint orders_status_check,
    add constraint orders_status_check check (status in ('new', 'done', 'cancelled')) not valid;
-- case: a list of states is of another column · destructive
alter table public.orders drop constraint orders_status_check,
    add constraint orders_note_check check (note in ('new', 'done', 'failed', 'cancelled')) not valid;
-- case: a list of states gains one, or anything where a note is there · destructive
alter table public.orders drop constraint orders_status_check,
    add constraint orders_status_check check (status in ('new', 'done', 'failed', 'cancelled') or note is not null) not valid;
-- case: a unique key moves to an index on another column · destructive
alter table public.shops drop constraint shops_pkey, add constraint shops_pkey unique using index shops_name_idx;
-- case: an identity no longer accepts what a program writes · destructive
alter table public.seats alter column id set generated always;
-- case: once more: rls off and on with an insert from a query · destructive
begin;
alter table public.notes disable row level security;
insert into public.audit_log (what) select to_jsonb(n) from public.notes n;
alter table public.notes enable row level security;
commit;
-- case: once more: rls off, on, off · destructive
begin;
alter table public.notes disable row level security;
alter table public.notes enable row level security;
alter table public.notes disable row level security;
commit;
-- case: once more: trigger all off · destructive
begin;
alter table public.orders disable trigger all;
insert into public.orders (shop_id, number) values ('3f0d9c1e-9d5c-4b8e-8f0a-0c8f1a2b3c4d', 'x');
alter table public.orders enable trigger all;
commit;
-- case: once more: rename back without begin · destructive
alter table public.notes rename to n2;
alter table public.n2 rename to notes;
-- case: once more: drop an index that a new one repeats, and the new one too · destructive
create index concurrently a_new on public.orders (placed_at);
drop index public.orders_placed;
drop index public.a_new;
-- case: once more: index dropped that a partial index repeats · destructive
drop index public.orders_placed cascade;
-- case: once more: policy comes back in an exception handler · destructive
do $$ begin
  drop policy notes_own on public.notes;
  begin
    perform 1/0;
  exception when others then
    create policy notes_own on public.notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
  end;
end $$;
-- case: once more: policy comes back by case · destructive
drop policy notes_own on public.notes;
do $$ begin case when now() > '2026-01-01' then create policy notes_own on public.notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid()); else null; end case; end $$;
-- case: once more: realtime loses a table · destructive
alter publication supabase_realtime drop table public.notes;
-- case: once more: primary key swapped to a unique index of other columns · destructive
alter table public.shops drop constraint shops_pkey;
alter table public.shops add constraint shops_pkey primary key using index shops_name_idx;
