create table approvals (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null,
    kind text not null,
    customer text not null,
    summary text not null,
    marker text,
    status text not null default 'pending'
        check (status in ('pending', 'approved', 'rejected', 'changes_requested')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create table approvals_history (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null,
    approval_id uuid not null,
    action text not null,
    note text,
    created_at timestamptz not null default now()
);
create index approvals_status on approvals (status, created_at);
create index approvals_history_approval on approvals_history (approval_id);
