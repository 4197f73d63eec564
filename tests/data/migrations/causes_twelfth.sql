-- case: twelfth: functions without a table, with variables and of a trigger get an empty search path · additive
create extension if not exists citext schema extensions;
create table public.potters (id integer primary key, email extensions.citext);
alter function public.with_tax(integer, numeric) set search_path = '';
alter function public.kiln_card(integer) set search_path = '';
alter function public.default_price() set search_path = '';
-- case: twelfth: the function of a trigger compares the type of an extension without its schema · person
create extension if not exists citext schema extensions;
create table public.potters (id integer primary key, price extensions.citext);
create trigger potters_priced before insert on public.potters for each row execute function public.default_price();
alter function public.default_price() set search_path = '';
-- case: twelfth: the function of a trigger is made for any table · person
create extension if not exists citext schema extensions;
create table public.potters (id integer primary key, price extensions.citext);
do $$ declare t text; begin
    for t in select tablename from pg_tables where schemaname = 'public' loop
        execute format('create trigger priced before insert on public.%I for each row execute function public.default_price()', t);
    end loop;
end $$;
alter function public.default_price() set search_path = '';
-- case: twelfth: a variable has the type of a table without its schema · person
alter function public.kiln_size(integer) set search_path = '';
-- case: twelfth: an operator of an extension without its schema · person
alter function public.kilns_like(text) set search_path = '';
-- case: twelfth: a function calls another, which finds its table by the path · person
alter function public.twice_named() set search_path = '';
-- case: twelfth: a function writes what a trigger sees, which finds its table by the path · person
alter function public.add_glaze(integer, text) set search_path = '';
-- case: twelfth: the same by a path that has the table · additive
alter function public.twice_named() set search_path = public;
alter function public.add_glaze(integer, text) set search_path = public;
-- case: twelfth: a view of what its readers see anyway gets their rights · additive
alter view public.lent_kilns set (security_invoker = on);
alter view public.good_kilns set (security_invoker = true);
-- case: twelfth: a view that nobody can write shows signed-in people what they see anyway · additive
alter view public.glaze_counts set (security_invoker = on);
-- case: twelfth: a view of more rows than its readers see gets their rights · person
alter view public.all_kilns set (security_invoker = on);
-- case: twelfth: a view of a table that some of its readers may not read gets their rights · person
alter view public.lent_glazes set (security_invoker = on);
-- case: twelfth: a view that its readers may write through gets their rights · person
alter view public.kiln_board set (security_invoker = on);
-- case: twelfth: a view gets its readers' rights beside a policy that takes rows away · person
create policy kilns_fired on public.kilns as restrictive for select to anon using (fired > 0);
alter view public.lent_kilns set (security_invoker = on);
-- case: twelfth: a view gets the rights of a reader who may read some columns only · destructive
revoke all on public.kilns from anon;
grant select (id, name) on public.kilns to anon;
alter view public.lent_kilns set (security_invoker = on);
-- case: twelfth: a view gets the rights of those who lost all tables · destructive
revoke all on all tables in schema public from anon;
grant select on public.lent_kilns to anon;
alter view public.lent_kilns set (security_invoker = on);
-- case: twelfth: a view gets the rights of one more reader without a policy · person
grant select on public.good_kilns, public.kilns to potters;
drop policy kilns_lent on public.kilns;
create policy kilns_lent on public.kilns for select to anon, authenticated using (lent);
alter view public.good_kilns set (security_invoker = on);
-- case: twelfth: who never had a right loses none · additive
revoke all on public.kilns from public;
revoke all on public.kilns, public.glazes from potters;
revoke all on table public.glazes from public, anon;
revoke create on schema workshop from public;
revoke all on schema workshop from potters;
-- case: twelfth: who may have got a right loses it · destructive
revoke select on public.glazes from stokers;
-- case: twelfth: who got a right on all tables loses one · destructive
grant select on all tables in schema public to potters;
revoke select on public.kilns from potters;
-- case: twelfth: who got a right on each table of a loop loses one · destructive
do $$ declare t text; begin
    for t in select tablename from pg_tables where schemaname = 'public' loop
        execute format('grant select on public.%I to potters', t);
    end loop;
end $$;
revoke all on public.kilns from potters;
-- case: twelfth: who got a right by default loses it · destructive
alter default privileges in schema public grant select on tables to potters;
revoke all on public.kilns from potters;
-- case: twelfth: who may use a schema may not any more · destructive
revoke usage on schema workshop from stokers;
-- case: twelfth: the owner of a schema loses it · destructive
revoke all on schema yard from potters;
-- case: twelfth: a role that no file makes may have got its rights by hand · destructive
revoke all on public.kilns from glaziers;
-- case: twelfth: everybody loses the usual schema · destructive
revoke all on schema public from public;
-- case: twelfth: everybody loses the database · destructive
create schema app;
revoke connect on database app from public;
-- case: twelfth: everybody may call a function no more · destructive
revoke execute on function public.kiln_card(integer) from public;
-- case: twelfth: a table that may be new requires what its statement requires · additive
create table if not exists public.tools (id integer primary key, name text not null, worn boolean default false);
alter table public.tools alter column name set not null;
alter table public.tools alter column worn set not null;
-- case: twelfth: a live table made again if it is not there requires more · destructive
create table if not exists public.kilns (id integer primary key, secret text);
alter table public.kilns alter column secret set not null;
-- case: twelfth: a JSON object has more keys · additive
create or replace function public.kiln_card(k integer) returns jsonb language plpgsql stable set search_path = '' as $$
declare
    card jsonb;
begin
    select jsonb_build_object('id', x.id, 'name', x.name, 'lent', x.lent, 'built', x.built, 'age', x.mended - x.built,
                              'mended', coalesce(x.mended, x.built), 'much', x.fired * 2 > 10)
    into card from public.kilns x where x.id = k;
    if card is null then
        raise exception 'no kiln %', k;
    end if;
    return card;
end
$$;
create or replace function public.kiln_cards() returns json language sql stable as
    $$ select coalesce(json_agg(json_build_object('id', x.id, 'fired', x.fired, 'name', x.name) order by x.id), '[]') from public.kilns x $$;
-- case: twelfth: a JSON object has a key more and one fewer · person
create or replace function public.kiln_cards() returns json language sql stable as
    $$ select coalesce(json_agg(json_build_object('id', x.id, 'name', x.name) order by x.id), '[]') from public.kilns x $$;
-- case: twelfth: a JSON object has a key twice · person
create or replace function public.kiln_cards() returns json language sql stable as
    $$ select coalesce(json_agg(json_build_object('id', x.id, 'fired', x.fired, 'id', x.name) order by x.id), '[]') from public.kilns x $$;
-- case: twelfth: a JSON object has a key more, and other rows · person
create or replace function public.kiln_cards() returns json language sql stable as
    $$ select coalesce(json_agg(json_build_object('id', x.id, 'fired', x.fired, 'name', x.name) order by x.id), '[]') from public.kilns x where x.lent $$;
-- case: twelfth: a JSON object has more keys with the rights of the owner · person
create or replace function public.kiln_cards() returns json language sql stable security definer as
    $$ select coalesce(json_agg(json_build_object('id', x.id, 'fired', x.fired, 'secret', x.secret) order by x.id), '[]') from public.kilns x $$;
-- case: twelfth: a JSON object has a key whose column is not there · person
create or replace function public.kiln_card(k integer) returns jsonb language plpgsql stable as $$
declare
    card jsonb;
begin
    select jsonb_build_object('id', x.id, 'name', x.name, 'built', x.built, 'size', x.size) into card from public.kilns x where x.id = k;
    if card is null then
        raise exception 'no kiln %', k;
    end if;
    return card;
end
$$;
-- case: twelfth: a JSON object has a key whose value may fail · person
create or replace function public.kiln_card(k integer) returns jsonb language plpgsql stable as $$
declare
    card jsonb;
begin
    select jsonb_build_object('id', x.id, 'name', x.name, 'built', x.built, 'rate', 100 / x.fired) into card from public.kilns x where x.id = k;
    if card is null then
        raise exception 'no kiln %', k;
    end if;
    return card;
end
$$;
-- case: twelfth: a JSON object has a key whose operator is not there · person
create or replace function public.kiln_card(k integer) returns jsonb language plpgsql stable as $$
declare
    card jsonb;
begin
    select jsonb_build_object('id', x.id, 'name', x.name, 'built', x.built, 'rate', x.name - x.fired) into card from public.kilns x where x.id = k;
    if card is null then
        raise exception 'no kiln %', k;
    end if;
    return card;
end
$$;
-- case: twelfth: a JSON object with more keys is counted by another function · person
create or replace function public.shared_card(k integer) returns jsonb language sql stable as
    $$ select jsonb_build_object('id', x.id, 'name', x.name) from public.kilns x where x.id = k $$;
-- case: twelfth: a JSON object of a sum has a key of a row · person
create or replace function public.kiln_totals() returns jsonb language sql stable as
    $$ select jsonb_build_object('count', count(*), 'name', x.name) from public.kilns x $$;
-- case: twelfth: a JSON object with more keys is written · person
create or replace function public.lend_kiln(k integer) returns jsonb language plpgsql as $$
declare card jsonb;
begin
    update public.kilns x set lent = true where x.id = k;
    select jsonb_build_object('id', x.id, 'secret', x.secret) into card from public.kilns x where x.id = k;
    insert into public.audit_log (what) values (card);
    return card;
end
$$;
