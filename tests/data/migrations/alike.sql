-- Cases about what is the same in other words, or wider: each good one beside others that look like it.

-- case: alike: a longer list in place of a shorter one, validated after the commit · additive
begin;
alter table public.parcels drop constraint parcels_kind_known;
alter table public.parcels add constraint parcels_kind_known check (kind in ('box', 'letter', 'pallet')) not valid;
commit;
alter table public.parcels validate constraint parcels_kind_known;

-- case: alike: a longer list written as an array, in one statement · additive
alter table public.parcels drop constraint parcels_kind_known,
    add constraint parcels_kinds check (kind = any (array['letter'::text, 'box', 'tube'])) not valid;

-- case: alike: a wider range in place of a range · additive
alter table public.parcels drop constraint if exists parcels_weight_range;
alter table public.parcels add constraint parcels_weight_range check (weight >= 0 and weight < 100) not valid;

-- case: alike: more characters are allowed than before · additive
alter table public.parcels drop constraint parcels_remark_short;
alter table public.parcels add constraint parcels_remark_short check (length(remark) <= 500) not valid;

-- case: alike: a longer list that is validated under its own lock · blocking
begin;
alter table public.parcels drop constraint parcels_kind_known;
alter table public.parcels add constraint parcels_kind_known check (kind in ('box', 'letter', 'pallet')) not valid;
alter table public.parcels validate constraint parcels_kind_known;
commit;

-- case: alike: a longer list without one of the old values · destructive
alter table public.parcels drop constraint parcels_kind_known;
alter table public.parcels add constraint parcels_kind_known check (kind in ('box', 'tube', 'pallet')) not valid;

-- case: alike: a longer list with NULL, which every value passes · destructive
alter table public.parcels drop constraint parcels_kind_known;
alter table public.parcels add constraint parcels_kind_known check (kind in ('box', 'letter', null)) not valid;

-- case: alike: a longer list of another column · destructive
alter table public.parcels drop constraint parcels_kind_known;
alter table public.parcels add constraint parcels_kind_known check (label in ('box', 'letter', 'pallet')) not valid;

-- case: alike: a longer list only after a transaction without any · destructive
begin;
alter table public.parcels drop constraint parcels_kind_known;
commit;
alter table public.parcels add constraint parcels_kind_known check (kind in ('box', 'letter', 'pallet')) not valid;

-- case: alike: a longer list that is not enforced · destructive
alter table public.parcels drop constraint parcels_kind_known;
alter table public.parcels add constraint parcels_kind_known check (kind in ('box', 'letter', 'pallet')) not enforced;

-- case: alike: a range is moved, not widened · destructive
alter table public.parcels drop constraint parcels_weight_range;
alter table public.parcels add constraint parcels_weight_range check (weight between 2 and 100) not valid;

-- case: alike: a range loses its upper end · destructive
alter table public.parcels drop constraint parcels_weight_range;
alter table public.parcels add constraint parcels_weight_range check (weight >= 0) not valid;

-- case: alike: a longer list, and a condition more · destructive
alter table public.parcels drop constraint parcels_kind_known;
alter table public.parcels add constraint parcels_kind_known check (kind in ('box', 'letter', 'pallet') and weight > 5) not valid;

-- case: alike: fewer characters are allowed than before · destructive
alter table public.parcels drop constraint parcels_remark_short;
alter table public.parcels add constraint parcels_remark_short check (length(remark) <= 50) not valid;

-- case: alike: validated after the transaction that added it · additive
begin;
alter table public.orders add constraint orders_total_positive check (total >= 0) not valid;
commit;
alter table public.orders validate constraint orders_total_positive;

-- case: alike: validated in a second transaction of the file · additive
begin;
alter table public.orders add constraint orders_total_positive check (total >= 0) not valid;
commit;
begin;
alter table public.orders validate constraint orders_total_positive;
commit;

-- case: alike: validated after a savepoint only · blocking
begin;
savepoint added;
alter table public.orders add constraint orders_total_positive check (total >= 0) not valid;
release savepoint added;
alter table public.orders validate constraint orders_total_positive;
commit;

-- case: alike: added again after the commit, and validated there · blocking
begin;
alter table public.orders add constraint orders_total_positive check (total >= 0) not valid;
commit;
begin;
alter table public.orders add constraint orders_quantity_positive check (quantity >= 0) not valid;
alter table public.orders validate constraint orders_quantity_positive;
commit;

-- case: alike: not null by way of a valid check, which goes · additive
alter table public.parcels alter column label set not null;
alter table public.parcels drop constraint parcels_labelled;

-- case: alike: not null by way of a check that is validated first · additive
alter table public.parcels validate constraint parcels_tracked;
alter table public.parcels alter column tracking set not null;
alter table public.parcels drop constraint parcels_tracked;

-- case: alike: not null where the check was never validated · destructive
alter table public.parcels alter column tracking set not null;

-- case: alike: not null after its check is gone · destructive
alter table public.parcels drop constraint parcels_labelled;
alter table public.parcels alter column label set not null;

-- case: alike: not null in the statement that drops its check, which comes first · destructive
alter table public.parcels alter column label set not null, drop constraint parcels_labelled;

-- case: alike: not null and then nullable again without the check · destructive
alter table public.parcels alter column label set not null;
alter table public.parcels drop constraint parcels_labelled;
alter table public.parcels alter column label drop not null;

-- case: alike: not null by a check of the same file · destructive
alter table public.parcels add constraint parcels_remarked check (remark is not null) not valid;
alter table public.parcels validate constraint parcels_remarked;
alter table public.parcels alter column remark set not null;

-- case: alike: not null of another column than the check's · destructive
alter table public.parcels alter column remark set not null;

-- case: alike: one more aggregate at the end of a grouped view · additive
create or replace view public.parcel_totals with (security_invoker = true) as
    select shop_id, count(*) as parcels, max(weight) as heaviest from public.parcels group by shop_id;

-- case: alike: two more columns at the end, one a default for another · additive
create or replace view public.parcel_labels with (security_invoker = true) as
    select id, label, weight, coalesce(remark, '') as remark from parcels;

-- case: alike: an aggregate in a view that had none · person
create or replace view public.parcel_labels with (security_invoker = true) as
    select id, label, count(*) as number from public.parcels group by id, label;

-- case: alike: one more aggregate, and another grouping · person
create or replace view public.parcel_totals with (security_invoker = true) as
    select shop_id, count(*) as parcels, max(weight) as heaviest from public.parcels group by shop_id, kind;

-- case: alike: one more column, which gives several rows for one · person
create or replace view public.parcel_labels with (security_invoker = true) as
    select id, label, unnest(string_to_array(remark, ',')) as remark from public.parcels;

-- case: alike: one more column, and the rows of another table · person
create or replace view public.parcel_totals with (security_invoker = true) as
    select id as shop_id, count(*) as parcels, max(created_at) as latest from public.shops group by id;

-- case: alike: a function that names its table by its schema, and fixes its path · additive
create or replace function public.heavy_parcels(minimum integer) returns setof public.parcels language sql stable set search_path = '' as
    $$ select * from public.parcels p where p.weight >= minimum $$;

-- case: alike: a trigger's function without any table gets an empty search path · additive
alter function public.touch_note() set search_path = '';

-- case: alike: a function that names its table by its schema · additive
create or replace function public.heavy_parcels(minimum integer) returns setof public.parcels language sql stable as
    $$ select * from public.parcels p where p.weight >= minimum $$;

-- case: alike: a function that names the table of another schema · person
create schema archive;
create table archive.parcels (like public.parcels);
create or replace function public.heavy_parcels(minimum integer) returns setof public.parcels language sql stable set search_path = '' as
    $$ select * from archive.parcels p where p.weight >= minimum $$;

-- case: alike: a function that names its table by its schema, with another condition · person
create or replace function public.heavy_parcels(minimum integer) returns setof public.parcels language sql stable set search_path = '' as
    $$ select * from public.parcels p where p.weight > minimum $$;

-- case: alike: a function with a search path that does not find its table · person
create or replace function public.heavy_parcels(minimum integer) returns setof public.parcels language sql stable set search_path = '' as
    $$ select * from parcels p where p.weight >= minimum $$;

-- case: alike: a function that returns rows of another table by the same name · person
create or replace function public.heavy_parcels(minimum integer) returns setof public.parcels language sql stable security definer set search_path = '' as
    $$ select * from public.parcels p where p.weight >= minimum $$;

-- case: alike: a policy for a role that no request has · additive
grant select on public.shops to analysts;
create policy analysts_read on public.shops for select to analysts using (true);

-- case: alike: a policy for a role and for everybody who is signed in · destructive
create policy analysts_read on public.shops for select to analysts, authenticated using (true);

-- case: alike: a policy for a role of which requests are members · destructive
create policy partners_read on public.shops for select to partners using (true);

-- case: alike: a policy for a role that is granted to requests after it · destructive
create policy analysts_read on public.shops for select to analysts using (true);
grant analysts to authenticated;

-- case: alike: a policy for a role of which requests become members by another · destructive
create role guests nologin;
grant analysts to guests;
grant guests to anon;
create policy analysts_read on public.shops for select to analysts using (true);

-- case: alike: a procedure fills a new column in portions that commit · additive
alter table public.parcels add column grams integer;
create procedure public.fill_grams() language plpgsql as $$
declare
    filled int;
begin
    loop
        update public.parcels set grams = weight * 1000
        where id in (select id from public.parcels where grams is null and weight is not null limit 1000);
        get diagnostics filled = row_count;
        exit when filled = 0;
        commit;
        perform pg_sleep(0.05);
    end loop;
end $$;
call public.fill_grams();
drop procedure public.fill_grams();

-- case: alike: a procedure fills a new column in portions and never commits · blocking
alter table public.parcels add column grams integer;
create procedure public.fill_grams() language plpgsql as $$
declare
    filled int;
begin
    loop
        update public.parcels set grams = weight * 1000
        where id in (select id from public.parcels where grams is null and weight is not null limit 1000);
        get diagnostics filled = row_count;
        exit when filled = 0;
    end loop;
    commit;
end $$;
call public.fill_grams();

-- case: alike: a procedure fills a new column at once and commits · blocking
alter table public.parcels add column grams integer;
create procedure public.fill_grams() language plpgsql as $$
begin
    loop
        update public.parcels set grams = weight * 1000 where grams is null and weight is not null;
        exit when not found;
        commit;
    end loop;
end $$;
call public.fill_grams();

-- case: alike: a procedure overwrites an old column in portions that commit · destructive
create procedure public.fill_remarks() language plpgsql as $$
declare
    filled int;
begin
    loop
        update public.parcels set remark = 'none'
        where id in (select id from public.parcels where remark <> 'none' limit 1000);
        get diagnostics filled = row_count;
        exit when filled = 0;
        commit;
    end loop;
end $$;
call public.fill_remarks();

-- case: alike: a table renamed behind a view of its old name · additive
begin;
alter table public.seats rename to places;
create view public.seats with (security_invoker = true) as select * from public.places;
grant select, insert, update, delete on public.seats to anon, authenticated, service_role;
commit;

-- case: alike: a table renamed behind a view of some columns · destructive
begin;
alter table public.seats rename to places;
create view public.seats with (security_invoker = true) as select id from public.places;
grant select, insert, update, delete on public.seats to anon, authenticated, service_role;
commit;

-- case: alike: a table renamed, and a view of its old name in a later transaction · destructive
begin;
alter table public.seats rename to places;
commit;
create view public.seats with (security_invoker = true) as select * from public.places;

-- case: alike: a table renamed behind a view of some rows · destructive
begin;
alter table public.seats rename to places;
create view public.seats with (security_invoker = true) as select * from public.places where label is not null;
commit;

-- case: alike: a policy, a trigger and a function that never were are dropped before they are made · additive
drop policy if exists seats_read on public.seats;
drop trigger if exists seats_touch on public.seats;
drop function if exists public.touch_seat();
create function public.touch_seat() returns trigger language plpgsql as $$ begin new.label := trim(new.label); return new; end $$;
create trigger seats_touch before insert on public.seats for each row execute function public.touch_seat();

-- case: alike: a table that never was is dropped before it is made · person
drop table if exists public.parcel_tags;
create table public.parcel_tags (parcel_id bigint, tag text);
alter table public.parcel_tags enable row level security;

-- case: alike: a table that was is dropped before it is made again · destructive
drop table if exists public.seats;
create table public.seats (id bigint generated by default as identity primary key, label text);

-- case: alike: the same list, which is no longer enforced · destructive
alter table public.parcels drop constraint parcels_kind_known;
alter table public.parcels add constraint parcels_kind_known check (kind in ('box', 'letter')) not enforced;

-- case: alike: a policy for a role that no file makes · person
create policy auditors_read on public.shops for select to auditors using (true);

-- case: alike: a policy for a new role of which requests are members · destructive
create role helpers nologin role authenticated;
create policy helpers_read on public.shops for select to helpers using (true);

-- case: alike: a trigger's function that compares gets an empty search path · additive
create function public.touch_parcel() returns trigger language plpgsql as $$
begin
    if new.label = '' then
        new.label := null;
    end if;
    return new;
end;
$$;
alter function public.touch_parcel() set search_path = '';

-- case: alike: a function that names a table where it named its own query · person
create or replace function public.parcels_in_boxes() returns setof public.parcels language sql stable as
    $$ with parcels as (select * from public.parcels where kind = 'box') select * from public.parcels $$;

-- case: alike: a policy for a role whose function requests may call · destructive
create function public.of_analysts() returns bigint language sql stable security definer as $$ select count(*) from public.shops $$;
alter function public.of_analysts() owner to analysts;
create policy analysts_read on public.shops for select to analysts using (true);

-- case: alike: a longer list comes only below an IF · destructive
alter table public.parcels drop constraint parcels_kind_known;
do $$ begin
    if (select count(*) from public.parcels) > 0 then
        alter table public.parcels add constraint parcels_kind_known check (kind in ('box', 'letter', 'pallet')) not valid;
    end if;
end $$;

-- case: alike: a longer list that tables below do not have · destructive
alter table public.parcels drop constraint parcels_kind_known,
    add constraint parcels_kind_known check (kind in ('box', 'letter', 'pallet')) no inherit not valid;

-- case: alike: a longer list of the word in small letters · destructive
alter table public.parcels drop constraint parcels_kind_known,
    add constraint parcels_kind_known check (lower(kind) in ('box', 'letter', 'pallet')) not valid;

-- case: alike: a longer list that is dropped again · destructive
alter table public.parcels drop constraint parcels_kind_known,
    add constraint parcels_kinds check (kind in ('box', 'letter', 'pallet')) not valid;
alter table public.parcels drop constraint parcels_kinds;

-- case: alike: a range with other ends, its parts turned round · additive
alter table public.parcels drop constraint parcels_weight_range,
    add constraint parcels_weight_range check (50 >= weight and 0 < weight) not valid;

-- case: alike: a longer list with casts · additive
alter table public.parcels drop constraint parcels_kind_known,
    add constraint parcels_kind_known check (kind::text = any (array['box'::varchar, 'letter', 'tube']::text[])) not valid;

-- case: alike: not null, and nullable again below an IF · destructive
alter table public.parcels alter column label set not null;
alter table public.parcels drop constraint parcels_labelled;
do $$ begin
    if exists (select from public.parcels) then
        alter table public.parcels alter column label drop not null;
    end if;
end $$;

-- case: alike: not null only below an IF, and the check gone · destructive
do $$ begin
    if exists (select from public.parcels) then
        alter table public.parcels alter column label set not null;
    end if;
end $$;
alter table public.parcels drop constraint parcels_labelled;

-- case: alike: a check that is valid only below an IF · destructive
do $$ begin
    if exists (select from public.parcels) then
        alter table public.parcels validate constraint parcels_tracked;
    end if;
end $$;
alter table public.parcels alter column tracking set not null;

-- case: alike: one more aggregate, and the reader's rights are gone · destructive
create or replace view public.parcel_totals as
    select shop_id, count(*) as parcels, max(weight) as heaviest from public.parcels group by shop_id;

-- case: alike: one more column from another table · person
create or replace view public.parcel_labels with (security_invoker = true) as
    select id, label, (select name from public.shops s where s.id = shop_id) as shop from public.parcels;

-- case: alike: a constraint of a block is validated after the commit · additive
begin;
do $$ begin
    alter table public.orders add constraint orders_total_positive check (total >= 0) not valid;
end $$;
commit;
alter table public.orders validate constraint orders_total_positive;

-- case: alike: a function with a schema before its table, and its owner's rights · person
create or replace function public.heavy_parcels(minimum integer) returns setof public.parcels language sql stable security definer as
    $$ select * from public.parcels p where p.weight >= minimum $$;

-- case: alike: a function with another path, on which its table is not · person
alter function public.heavy_parcels(int) set search_path = 'archive';

-- case: alike: a policy for a role that requests get by a group · destructive
alter group analysts add user anon;
create policy analysts_read on public.shops for select to analysts using (true);

-- case: alike: a policy for a role that requests get by a new one in it · destructive
create role web nologin in role analysts;
grant web to authenticated;
create policy analysts_read on public.shops for select to analysts using (true);

-- case: alike: a policy for whoever applies the file · destructive
create policy mine on public.shops for select to current_user using (true);

-- case: alike: a role without requests may add rows · additive
grant insert on public.parcels to analysts;
create policy analysts_add on public.parcels for insert to analysts with check (true);

-- case: alike: a table that never was is dropped with all that needs it · destructive
drop table if exists public.parcel_tags cascade;
create table public.parcel_tags (parcel_id bigint, tag text);
alter table public.parcel_tags enable row level security;

-- case: alike: a table that never was is dropped, and made only if it is not there · destructive
drop table if exists public.parcel_tags;
create table if not exists public.parcel_tags (parcel_id bigint, tag text);
alter table public.parcel_tags enable row level security;

-- case: alike: a longer list with a NULL of another type in it · destructive
alter table public.parcels drop constraint parcels_kind_known,
    add constraint parcels_kind_known check (kind in ('box', 'letter', null::bpchar)) not valid;

-- case: alike: not null where the check of the column is not enforced · destructive
alter table public.parcels alter column sender set not null;
