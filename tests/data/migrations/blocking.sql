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
