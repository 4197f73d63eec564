create table orders (
    id bigint generated always as identity primary key,
    user_id uuid not null,
    number text not null,
    customer text not null,
    sku text not null,
    total_cents integer not null,
    fulfilled boolean not null default false,
    created_at timestamptz not null default now()
);
create table inventory_levels (
    id bigint generated always as identity primary key,
    user_id uuid not null,
    sku text not null,
    title text not null,
    available integer not null,
    threshold integer not null
);
create table conversations (
    id bigint generated always as identity primary key,
    user_id uuid not null,
    customer text not null,
    subject text not null,
    waiting_minutes integer not null,
    escalated boolean not null default false
);
create table seo_pages (
    id bigint generated always as identity primary key,
    user_id uuid not null,
    path text not null,
    sessions integer not null,
    change_percent numeric(5, 1) not null
);
create table ideas (
    id bigint generated always as identity primary key,
    user_id uuid not null,
    title text not null,
    status text not null default 'pending'
);
