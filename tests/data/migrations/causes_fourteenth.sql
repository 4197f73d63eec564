-- case: fourteenth: a function with a parameter more, by another spelling of its types · person
create or replace function public.honey(h int, b public.brood, year int default 2026) returns numeric language sql stable as
    $$ select sum(x.weighed) from public.hives x where x.id = h and x.brood = b and extract(year from x.seen_at) = year $$;
-- case: fourteenth: a function with a parameter more that is needed · additive
create or replace function public.honey(h int, b public.brood, year int) returns numeric language sql stable as
    $$ select sum(x.weighed) from public.hives x where x.id = h and x.brood = b and extract(year from x.seen_at) = year $$;
-- case: fourteenth: a function of the same name takes another type of another schema · additive
create type workshop.brood as enum ('none');
create function public.honey(h int, b workshop.brood) returns numeric language sql stable as $$ select 0.0 $$;
-- case: fourteenth: a function does something else, by another spelling of its own type · person
create or replace function public.honey(h integer, b public.brood) returns numeric language sql stable as
    $$ select max(x.weighed) from public.hives x where x.id = h and x.brood = b $$;
-- case: fourteenth: a function does something else, by other names of PostgreSQL's types · person
create or replace function public.hives_since(since timestamp with time zone, name character varying)
returns table (id integer, place text) language sql stable as
    $$ select x.id, x.place from public.hives x where x.seen_at > since and x.place = name $$;
-- case: fourteenth: a function is replaced by itself, by another spelling of its types · additive
create or replace function public.honey(h pg_catalog.int4, b public.brood) returns pg_catalog.numeric language sql stable as
    $$ select sum(x.weighed) from public.hives x where x.id = h and x.brood = b $$;
-- case: fourteenth: a function that gives a table is dropped by its parameters · destructive
drop function if exists public.hives_since(timestamp with time zone, varchar);
-- case: fourteenth: a function is dropped by its type with a schema · destructive
drop function if exists public.honey(int, public.brood);
-- case: fourteenth: a function with other parameters is dropped, if there was one · additive
drop function if exists public.honey(int, text);
drop function if exists public.hives_since(date, varchar);
-- case: fourteenth: a function is dropped by its type, and made again as it was · additive
drop function public.honey(integer, brood);
create function public.honey(h integer, b public.brood) returns numeric language sql stable as
    $$ select sum(x.weighed) from public.hives x where x.id = h and x.brood = b $$;
-- case: fourteenth: a role that saw every row sees some · person
drop policy hives_counted on public.hives;
create policy hives_counted on public.hives for select to beekeepers using (seen_at > '2026-01-01');
-- case: fourteenth: a role that saw every row sees some, by ALTER · person
alter policy hives_counted on public.hives using (place <> 'roof');
-- case: fourteenth: a role that saw every row still sees it · additive
drop policy hives_counted on public.hives;
create policy hives_counted on public.hives for select to beekeepers using (1 = 1);
-- case: fourteenth: a role that changed every row changes some, and still sees all · person
drop policy hives_kept on public.hives;
create policy hives_kept on public.hives for update to beekeepers using (brood = 'calm') with check (weighed > 0);
-- case: fourteenth: a role changes every row to what it likes · destructive
drop policy hives_kept on public.hives;
create policy hives_kept on public.hives for update to beekeepers using (true) with check (true);
-- case: fourteenth: a check of what the caller of a function gives · person
alter table public.hives add constraint hives_small check (frames <= 12) not valid;
-- case: fourteenth: a check of what the caller of a function gives, computed · person
alter table public.hives add constraint hives_light check (weighed < 80) not valid;
-- case: fourteenth: a check that another check makes already · additive
alter table public.hives add constraint hives_framed_again check (frames > 0) not valid;
-- case: fourteenth: a check that another check makes in part · person
alter table public.hives add constraint hives_framed_less check (frames > 0 and frames < 13) not valid;
-- case: fourteenth: a wider check in place of one of what a caller gives · additive
alter table public.hives drop constraint hives_framed, add constraint hives_framed check (frames >= 0) not valid;
-- case: fourteenth: a check of a column that no function writes · additive
alter table public.hives add constraint hives_seen check (seen_at > '2020-01-01') not valid;
-- case: fourteenth: a check of a constant that a function writes beside a parameter · additive
alter table public.hives add constraint hives_placed check (place <> '') not valid;
-- case: fourteenth: a check of a column that has a value anyway · additive
alter table public.hives add constraint hives_frames_there check (frames is not null) not valid;
-- case: fourteenth: functions that compare other columns of a row than one of an extension get an empty search path · additive
create extension if not exists citext schema extensions;
alter table public.hives add column keeper extensions.citext;
alter function public.hive_label(public.hives) set search_path = '';
alter function public.hive_short(public.hives) set search_path = '';
alter function public.is_at(public.hives, text) set search_path = '';
-- case: fourteenth: a function compares the column of an extension in the row that it takes · person
create extension if not exists citext schema extensions;
alter table public.hives add column keeper extensions.citext;
alter function public.is_kept_by(public.hives, text) set search_path = '';
-- case: fourteenth: a function compares rows with the column of an extension as a whole · person
create extension if not exists citext schema extensions;
alter table public.hives add column keeper extensions.citext;
alter function public.is_unchanged(public.hives) set search_path = '';
-- case: fourteenth: a function calls another one as a column of its row · person
alter function public.hive_title(public.hives) set search_path = '';
