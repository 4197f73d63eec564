-- case: an index on a live table · blocking
create index orders_note on public.orders (note);
-- case: a unique index on a live table · blocking
CREATE UNIQUE INDEX "Session_shop_key" ON "Session"("shop");
-- case: an index if it is not there · blocking
create index if not exists notes_user on public.notes (user_id);
-- case: a unique constraint · blocking
alter table public.shops add constraint one_shop_per_owner unique (owner_id);
-- case: a validated check · blocking
alter table public.orders add constraint total_positive check (total >= 0);
-- case: a validated foreign key · blocking
alter table public.notes add constraint notes_user_fk foreign key (user_id) references auth.users (id);
-- case: not valid and validated in the same file · blocking
alter table public.orders add constraint note_short check (length(note) < 500) not valid;
alter table public.orders validate constraint note_short;
-- case: a default per row · blocking
alter table public.notes add column token uuid not null default gen_random_uuid();
-- case: a serial column · blocking
alter table public.notes add column number serial;
-- case: an identity column · blocking
alter table public.notes add column number bigint generated always as identity;
-- case: a stored generated column · blocking
alter table public.orders add column search tsvector generated always as (to_tsvector('english', coalesce(note, ''))) stored;
-- case: integer becomes bigint · blocking
alter table public.orders alter column quantity type bigint;
-- case: backfill of a new column · blocking
alter table public.orders add column total_cents bigint;
update public.orders set total_cents = (total * 100)::bigint;
-- case: lock a table · blocking
lock table public.orders in access exclusive mode;
-- case: vacuum full · blocking
vacuum full public.audit_log;
-- case: cluster · blocking
cluster public.orders using orders_placed;
-- case: reindex · blocking
reindex table public.orders;
-- case: refresh a materialized view · blocking
refresh materialized view public.daily_totals;
-- case: a checked new column · blocking
alter table public.orders add column priority integer not null default 0 check (priority between 0 and 9);
-- case: a unique new column · blocking
alter table public.shops add column slug text unique;
-- case: index in a do block · blocking
do $$ begin
    if not exists (select from pg_class where relname = 'orders_qty') then
        create index orders_qty on public.orders (quantity);
    end if;
end $$;
-- case: exclusion constraint · blocking
alter table public.orders add constraint no_overlap exclude using gist (tsrange(placed_at, placed_at, '[]') with &&);
-- case: a column is added and then given a wider type · blocking
alter table public.orders add column loyalty integer default 0;
alter table public.orders alter column loyalty type bigint;
-- case: a loop over a query builds an index by a name that is put together · blocking
do $$ declare t record; begin
    for t in select tablename from pg_tables where schemaname = 'public' loop
        execute format('create index if not exists %I on %I (created_at)', t.tablename || '_created', t.tablename);
    end loop;
end $$;
-- case: a loop over a query adds a column with a volatile default · blocking
do $$ declare t record; begin
    for t in select 'orders' as name union select 'notes' loop
        execute format('create table if not exists public.%I (id int)', t.name || '_log');
        execute format('alter table public.%I add column token uuid default gen_random_uuid()', t.name);
    end loop;
end $$;
-- case: a loop over a query adds a key to each table · blocking
do $$ declare r record; begin
    for r in select * from (values ('orders', 'note')) as them(tab, col) loop
        execute format('create sequence if not exists %I', r.tab);
        execute format('alter table %I add constraint %I unique (%I)', r.tab, r.tab || '_key', r.col);
    end loop;
end $$;
-- case: the rows are put into the order that is noted · blocking
alter table public.orders cluster on orders_placed;
cluster public.orders;
-- case: a partition that its parent's default has to make room for · blocking
create table public.readings_2027 partition of public.readings for values from ('2027-01-01') to ('2028-01-01');
-- case: once more: a loop alters by a variable that is reassigned · blocking
do $$ declare t text := 'fresh'; begin
  execute format('create table if not exists %I (id int)', t);
  t := 'orders';
  execute format('create index on %I (id)', t);
end $$;
