create table notifications (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null,
    kind text not null,
    message text not null,
    read_at timestamptz,
    created_at timestamptz not null default now()
);
create table notification_preferences (
    user_id uuid primary key,
    toasts boolean not null default true,
    queue_backlog integer not null default 10
);
create table user_preferences (
    user_id uuid primary key,
    theme text not null default 'light' check (theme in ('light', 'dark')),
    default_view text not null default 'dashboard',
    hidden_tiles text[] not null default '{}'
);
