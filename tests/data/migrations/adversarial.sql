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
-- case: publication options · person
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
