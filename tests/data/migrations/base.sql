create extension if not exists "uuid-ossp" with schema extensions;

create type public.order_state as enum ('open', 'paid', 'shipped');
create domain public.email_address as text check (value like '%@%');

create table public.shops (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    plan varchar(20) not null default 'free',
    owner_id uuid not null references auth.users (id),
    created_at timestamptz not null default now()
);
create table public.orders (
    id bigint generated always as identity primary key,
    shop_id uuid not null references public.shops (id) on delete cascade,
    number varchar(32) not null,
    state public.order_state not null default 'open',
    status text not null default 'new' check (status in ('new', 'done', 'failed')),
    total numeric(10, 2) not null default 0,
    quantity integer not null default 1,
    note text,
    legacy_code char(8),
    courier varchar(32),
    weight numeric(10, 2),
    placed_at timestamp,
    constraint orders_number_per_shop unique (shop_id, number)
);
create unique index shops_name_idx on public.shops (name);
create index orders_placed on public.orders (placed_at);
create table public.notes (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null,
    body text not null,
    pinned boolean not null default false
);
create table public.audit_log (
    id bigserial primary key,
    at timestamptz not null default now(),
    what jsonb not null
);
create table public.events (id bigint not null, at date not null, kind text) partition by range (at);
create table public.events_2025 partition of public.events for values from ('2025-01-01') to ('2026-01-01');
create table "Session" ("id" text not null, "shop" text not null, "expires" timestamp(3), constraint "Session_pkey" primary key ("id"));
create unique index session_idx on "Session" ("id");
create sequence public.invoice_number start 1000;

alter table public.shops enable row level security;
alter table public.orders enable row level security;
alter table public.orders force row level security;
alter table public.notes enable row level security;
alter table public.audit_log enable row level security;

create policy "owners read their shops" on public.shops for select to authenticated using (owner_id = auth.uid());
create policy "owners change their shops" on public.shops for update to authenticated
    using (owner_id = auth.uid()) with check (owner_id = auth.uid());
create policy notes_own on public.notes for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy notes_not_pinned on public.notes as restrictive for delete to authenticated using (not pinned);
create policy orders_of_own_shop on public.orders for select to authenticated
    using (exists (select 1 from public.shops s where s.id = shop_id and s.owner_id = auth.uid()));
create policy audit_service on public.audit_log for all to service_role using (true) with check (true);

create view public.open_orders with (security_invoker = true) as
    select id, shop_id, number from public.orders where status = 'new';
create materialized view public.daily_totals as select placed_at::date as day, sum(total) as total from public.orders group by 1;
create unique index daily_totals_day on public.daily_totals (day);

create function public.touch_note() returns trigger language plpgsql as $$
begin
    new.body := trim(new.body);
    return new;
end;
$$;
create trigger notes_touch before update on public.notes for each row execute function public.touch_note();
create function public.purge_notes() returns void language sql as $$ delete from public.notes where not pinned $$;
create function public.shop_count() returns bigint language sql stable as $$ select count(*) from public.shops $$;
create role reporting nologin;
grant select on public.orders to reporting;
create publication app_changes for table public.orders, public.notes;
