create table sales_pulse_actions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null,
    action text not null,
    notes text,
    created_at timestamptz not null default now()
);
create table inventory_actions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null,
    sku text not null,
    quantity integer not null,
    created_at timestamptz not null default now()
);
