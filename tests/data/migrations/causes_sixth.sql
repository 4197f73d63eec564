-- What the sixth author's migrations were misjudged for, and what resembles it: written before the rules were mended.

-- case: sixth: a check that the default passes · additive
alter table public.complaints add constraint complaints_state_there check (state <> '') not valid;
-- case: sixth: a pattern that the default does not match · person
alter table public.complaints add constraint complaints_iso check (currency ~ '^[A-Z]{3}$') not valid;
-- case: sixth: a list without the default · person
alter table public.complaints add constraint complaints_known check (currency in ('EUR', 'USD')) not valid;
-- case: sixth: a list as an array without the default · person
alter table public.complaints add constraint complaints_states check (state = any (array['open', 'closed'])) not valid;
-- case: sixth: a list with the default · additive
alter table public.complaints add constraint complaints_states check (state in ('new', 'open', 'closed')) not valid;
-- case: sixth: a range around the default · additive
alter table public.complaints add constraint complaints_severity check (severity between 1 and 5) not valid;
-- case: sixth: a limit that the default just misses · person
alter table public.complaints add constraint complaints_severity check (severity > 3) not valid;
-- case: sixth: a default that is too short · person
alter table public.complaints add constraint complaints_state_long check (length(trim(state)) >= 5) not valid;
-- case: sixth: capitals where the default has none · person
alter table public.complaints add constraint complaints_capitals check (currency = upper(currency)) not valid;
-- case: sixth: small letters, as the default has · additive
alter table public.complaints add constraint complaints_small check (lower(currency) = currency and char_length(currency) = 3) not valid;
-- case: sixth: a pattern that a missing value passes · additive
alter table public.complaints add constraint complaints_email check (email like '%@%') not valid;
-- case: sixth: a missing value that counts as empty · person
alter table public.complaints add constraint complaints_email check (coalesce(email, '') <> '') not valid;
-- case: sixth: closed only in one state · additive
alter table public.complaints add constraint complaints_closed check (closed_at is null or state = 'closed') not valid;
-- case: sixth: one of two that may both be left out · person
alter table public.complaints add constraint complaints_who check (email is not null or reporter is not null) not valid;
-- case: sixth: one of two, counted · person
alter table public.complaints add constraint complaints_who check (num_nonnulls(email, reporter) = 1) not valid;
-- case: sixth: an empty list by default · person
alter table public.complaints add constraint complaints_tagged check (cardinality(tags) > 0) not valid;
-- case: sixth: a list that may be empty · additive
alter table public.complaints add constraint complaints_tags check (array_length(tags, 1) is null or array_length(tags, 1) <= 20) not valid;
-- case: sixth: even numbers, where the default is odd · person
alter table public.complaints add constraint complaints_even check (severity % 2 = 0) not valid;
-- case: sixth: neither urgent nor new · additive
alter table public.complaints add constraint complaints_urgent check (not (severity > 5 and state = 'new')) not valid;
-- case: sixth: a title that is short enough · additive
alter table public.complaints add constraint complaints_title_short check (char_length(title) <= 200) not valid;
-- case: sixth: a new column with its list · additive
alter table public.complaints add column kind text not null default 'bug',
    add constraint complaints_kind check (kind in ('bug', 'task')) not valid;
-- case: sixth: a function of the application in a check · person
create function public.is_state(text) returns boolean language sql immutable as $$ select $1 in ('open', 'closed') $$;
alter table public.complaints add constraint complaints_state check (public.is_state(state)) not valid;

-- case: sixth: a procedure that commits each portion · person
alter table public.complaints add column day date;
create procedure public.fill_complaint_days() language plpgsql as $$
begin
    loop
        update public.complaints set day = current_date
            where id in (select id from public.complaints where day is null limit 500);
        exit when not found;
        commit;
    end loop;
end $$;
call public.fill_complaint_days();
-- case: sixth: a block that commits each portion · person
alter table public.complaints add column day date;
do $$
declare moved bigint;
begin
    while true loop
        update public.complaints set day = current_date
            where id = any (array(select id from public.complaints where day is null limit 500));
        get diagnostics moved = row_count;
        commit;
        exit when moved = 0;
    end loop;
end $$;
-- case: sixth: a procedure of portions without commit · blocking
alter table public.complaints add column day date;
create procedure public.fill_complaint_days() language plpgsql as $$
begin
    loop
        update public.complaints set day = current_date
            where id in (select id from public.complaints where day is null limit 500);
        exit when not found;
    end loop;
end $$;
call public.fill_complaint_days();
-- case: sixth: a procedure that commits when all is done · blocking
alter table public.complaints add column day date;
create procedure public.fill_complaint_days() language plpgsql as $$
begin
    loop
        update public.complaints set day = current_date
            where id in (select id from public.complaints where day is null limit 500);
        exit when not found;
    end loop;
    commit;
end $$;
call public.fill_complaint_days();
-- case: sixth: a procedure that commits the whole table at once · blocking
alter table public.complaints add column day date;
create procedure public.fill_complaint_days() language plpgsql as $$
begin
    for turn in 1..3 loop
        update public.complaints set day = current_date + turn;
        commit;
    end loop;
end $$;
call public.fill_complaint_days();
-- case: sixth: a procedure that seldom commits · blocking
alter table public.complaints add column day date;
create procedure public.fill_complaint_days() language plpgsql as $$
declare turn int := 0;
begin
    loop
        update public.complaints set day = current_date
            where id in (select id from public.complaints where day is null limit 500);
        exit when not found;
        turn := turn + 1;
        if turn > 100000 then commit; end if;
    end loop;
end $$;
call public.fill_complaint_days();
-- case: sixth: a procedure that commits, called between begin and commit · blocking
begin;
alter table public.complaints add column day date;
create procedure public.fill_complaint_days() language plpgsql as $$
begin
    loop
        update public.complaints set day = current_date
            where id in (select id from public.complaints where day is null limit 500);
        exit when not found;
        commit;
    end loop;
end $$;
call public.fill_complaint_days();
commit;
-- case: sixth: a procedure that overwrites in portions · destructive
create procedure public.shout() language plpgsql as $$
begin
    loop
        update public.complaints set currency = upper(currency)
            where id in (select id from public.complaints where currency <> upper(currency) limit 500);
        exit when not found;
        commit;
    end loop;
end $$;
call public.shout();
-- case: sixth: a procedure that deletes in portions · destructive
create procedure public.forget() language plpgsql as $$
begin
    loop
        delete from public.complaints where id in (select id from public.complaints where closed_at < now() limit 500);
        exit when not found;
        commit;
    end loop;
end $$;
call public.forget();
-- case: sixth: a procedure of portions that nobody calls yet · additive
alter table public.complaints add column day date;
create procedure public.fill_complaint_days() language plpgsql as $$
begin
    loop
        update public.complaints set day = current_date
            where id in (select id from public.complaints where day is null limit 500);
        exit when not found;
        commit;
    end loop;
end $$;

-- case: sixth: a table behind a view of its old name, with its rights · person
begin;
alter table public.complaints rename to issues;
create view public.complaints with (security_invoker = true) as select * from public.issues;
revoke all on public.complaints from anon, authenticated;
grant select, insert, update, delete on public.complaints to backend, service_role;
commit;
-- case: sixth: a table behind a view of all its columns, with the rights of every table · person
begin;
alter table public.pins rename to markers;
create view public.pins with (security_invoker = on) as select id, label from public.markers;
commit;
-- case: sixth: a table behind a view, not in one transaction · destructive
alter table public.complaints rename to issues;
create view public.complaints with (security_invoker = true) as select * from public.issues;
revoke all on public.complaints from anon, authenticated;
grant select, insert, update, delete on public.complaints to backend, service_role;
-- case: sixth: a table behind a view of some of its columns · destructive
begin;
alter table public.pins rename to markers;
create view public.pins with (security_invoker = on) as select id from public.markers;
commit;
-- case: sixth: a table behind a view of some of its rows · destructive
begin;
alter table public.pins rename to markers;
create view public.pins with (security_invoker = on) as select id, label from public.markers where label is not null;
commit;
-- case: sixth: a table behind a view that cannot be written · destructive
begin;
alter table public.pins rename to markers;
create view public.pins with (security_invoker = on) as select distinct id, label from public.markers;
commit;
-- case: sixth: a published table behind a view · destructive
begin;
alter table public.notes rename to jottings;
create view public.notes with (security_invoker = true) as select * from public.jottings;
commit;
-- case: sixth: a table behind a view without a role that had rights · destructive
begin;
alter table public.complaints rename to issues;
create view public.complaints with (security_invoker = true) as select * from public.issues;
revoke all on public.complaints from anon, authenticated;
grant select, insert, update, delete on public.complaints to service_role;
commit;
-- case: sixth: a table behind a view that clients may only read · destructive
begin;
alter table public.pins rename to markers;
create view public.pins with (security_invoker = on) as select * from public.markers;
revoke insert, update, delete on public.pins from authenticated;
commit;
-- case: sixth: a table behind a view, and a computed column of it · destructive
begin;
alter table public.stamps rename to marks;
create view public.stamps with (security_invoker = on) as select * from public.marks;
commit;
-- case: sixth: a table behind a view, and a function that empties it · destructive
begin;
alter table public.sketches rename to drawings;
create view public.sketches with (security_invoker = on) as select * from public.drawings;
commit;
-- case: sixth: a table behind a view that goes again · destructive
begin;
alter table public.pins rename to markers;
create view public.pins with (security_invoker = on) as select * from public.markers;
commit;
drop view public.pins;
-- case: sixth: a new table behind a view of its first name · additive
begin;
create table public.tallies (id int primary key, n int);
alter table public.tallies rename to counts;
create view public.tallies with (security_invoker = on) as select * from public.counts;
commit;
-- case: sixth: the new name beside the old one · additive
create view public.issues with (security_invoker = true) as select * from public.complaints;

-- case: sixth: missing values are filled · destructive
update public.complaints set email = 'unknown' where email is null;
-- case: sixth: a missing value of one row is filled · destructive
update public.complaints set closed_at = now() where id = 1 and closed_at is null;
-- case: sixth: a row that may be there already is put in · additive
insert into public.stamps values (1, 'first') on conflict (id) do nothing;

-- case: sixth: a foreign key by another name · person
alter table public.complaints rename constraint complaints_reporter_fkey to complaints_reported_by;
-- case: sixth: a foreign key of a new table by another name · additive
create table public.replies (id int primary key, complaint bigint references public.complaints (id));
alter table public.replies rename constraint replies_complaint_fkey to replies_of;
-- case: sixth: an index by another name · additive
alter index public.complaints_title rename to complaints_by_title;

-- case: sixth: a timeout, then an index concurrently · person
set lock_timeout = '5s';
create index concurrently complaints_state on public.complaints (state);
-- case: sixth: an index concurrently, then its comment · person
create index concurrently complaints_state on public.complaints (state);
comment on index public.complaints_state is 'for the queue';
-- case: sixth: an index concurrently with a comment of SQL · additive
-- for the queue
create index concurrently complaints_state on public.complaints (state);
-- case: sixth: an index that another one repeats, concurrently · additive
drop index concurrently public.shops_name_again;
-- case: sixth: an index that may be used · destructive
drop index concurrently if exists public.complaints_title;

-- case: sixth: what never was, of four kinds · additive
drop policy if exists complaints_all on public.complaints;
drop trigger if exists complaints_stamp on public.complaints;
drop function if exists public.complaint_text(bigint);
drop type if exists public.complaint_kind;
create type public.complaint_kind as enum ('bug', 'task');
-- case: sixth: a view that never was, and is made · additive
drop view if exists public.open_complaints;
create view public.open_complaints with (security_invoker = true) as select id from public.complaints where closed_at is null;
-- case: sixth: a table that never was goes with all that needs it · destructive
drop table if exists public.labels cascade;
create table public.labels (id int primary key);
-- case: sixth: a table that is there, if it is · destructive
drop table if exists public.pins;
create table public.pins (id integer primary key, label text);

-- Written against the mended rules, and judged once.

-- case: sixth again: a negated list with the default in it · person
alter table public.complaints add constraint complaints_not check (state not in ('new', 'spam')) not valid;
-- case: sixth again: distinct from the default · person
alter table public.complaints add constraint complaints_not check (currency is distinct from 'eur') not valid;
-- case: sixth again: distinct from another value · additive
alter table public.complaints add constraint complaints_not check (currency is distinct from 'xxx') not valid;
-- case: sixth again: a default of the same file that no longer passes · person
alter table public.complaints alter column severity set default 9;
alter table public.complaints add constraint complaints_most check (severity <= 5) not valid;
-- case: sixth again: NULL that stands for a number · person
alter table public.complaints add constraint complaints_email check (length(coalesce(email, '')) between 3 and 200) not valid;
-- case: sixth again: a date of now by default · person
alter table public.complaints add column opened date not null default current_date,
    add constraint complaints_opened check (extract(isodow from opened) < 6) not valid;
-- case: sixth again: a case that the default falls through · person
alter table public.complaints add constraint complaints_case
    check (case state when 'open' then true when 'closed' then true else false end) not valid;
-- case: sixth again: nullif of the default · person
alter table public.complaints add constraint complaints_nullif check (nullif(currency, 'eur') is not null) not valid;
-- case: sixth again: not null without a scan · person
alter table public.complaints add constraint complaints_email_there not null email not valid;
-- case: sixth again: not null of what has a value anyway · additive
alter table public.complaints add constraint complaints_title_there check (title is not null) not valid;
-- case: sixth again: an equal length, added up · additive
alter table public.complaints add constraint complaints_sum check (length(state) + length(currency) <= 20) not valid;

-- case: sixth again: a table of another schema behind a view · destructive
begin;
alter table public.complaints set schema archive;
create view public.complaints with (security_invoker = true) as select * from archive.complaints;
commit;
-- case: sixth again: a table behind a view with its columns in another order · destructive
begin;
alter table public.pins rename to markers;
create view public.pins with (security_invoker = on) as select label, id from public.markers;
commit;
-- case: sixth again: a table behind a view with two columns changed about · destructive
begin;
alter table public.sketches rename to drawings;
create view public.sketches with (security_invoker = on) as select id, upper(body) as body from public.drawings;
commit;
-- case: sixth again: a table behind a view of another one · destructive
begin;
alter table public.pins rename to markers;
create view public.pins with (security_invoker = on) as select * from public.stamps;
commit;
-- case: sixth again: a table behind a view that is rolled back to a savepoint · destructive
begin;
alter table public.pins rename to markers;
savepoint here;
create view public.pins with (security_invoker = on) as select * from public.markers;
rollback to here;
commit;
-- case: sixth again: a table behind a view, and then without a column · destructive
begin;
alter table public.pins rename to markers;
create view public.pins with (security_invoker = on) as select * from public.markers;
alter table public.markers drop column label cascade;
commit;
-- case: sixth again: a table behind a view made below an IF · destructive
begin;
alter table public.pins rename to markers;
do $$ begin if now() < '2020-01-01' then create view public.pins with (security_invoker = on) as select * from public.markers; end if; end $$;
commit;
-- case: sixth again: a table of rows behind a view without row-level security · person
begin;
alter table public.complaints rename to issues;
create view public.complaints as select * from public.issues;
revoke all on public.complaints from anon, authenticated;
grant select, insert, update, delete on public.complaints to backend, service_role;
commit;

-- case: sixth again: portions of a loop around a loop that does not commit · blocking
alter table public.complaints add column day date;
do $$
begin
    for part in 1..10 loop
        for turn in 1..1000000 loop
            update public.complaints set day = current_date
                where id in (select id from public.complaints where day is null limit 500);
        end loop;
        commit;
    end loop;
end $$;
-- case: sixth again: portions whose commit is rolled back · blocking
alter table public.complaints add column day date;
do $$
begin
    loop
        update public.complaints set day = current_date
            where id in (select id from public.complaints where day is null limit 500);
        continue when found;
        commit;
        exit;
    end loop;
end $$;
-- case: sixth again: portions of one row and the table at its side · blocking
alter table public.complaints add column day date;
do $$
begin
    loop
        update public.complaints set day = current_date
            where day is null and exists (select 1 from public.pins limit 1);
        exit when not found;
        commit;
    end loop;
end $$;
-- case: sixth again: a new column for some, with a check that is met · additive
alter table public.complaints add column channel text,
    add constraint complaints_channel check (channel in ('mail', 'call')) not valid;
-- case: sixth again: the pattern of a default that passes · additive
alter table public.complaints add constraint complaints_lower check (currency ~ '^[a-z]{3}$' and state !~ '[A-Z]') not valid;
-- case: sixth again: a list of nothing · person
alter table public.complaints add constraint complaints_none check (state = any ('{}'::text[])) not valid;
-- case: sixth again: a copy whose columns alone are taken from clients · person
create table public.complaint_copies as select * from public.complaints;
revoke select (email) on public.complaint_copies from anon, authenticated;
-- case: sixth again: a copy that is taken from clients · additive
create table public.complaint_copies as select * from public.complaints;
revoke all on public.complaint_copies from anon, authenticated;
