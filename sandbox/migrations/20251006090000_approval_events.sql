-- The events of the queue: recorded with each change, read by every machine, kept for an hour.
create table approval_events (
    id bigint generated always as identity primary key,
    user_id uuid not null,
    action text not null check (action in ('created', 'updated', 'deleted')),
    approval jsonb not null,
    machine text not null,
    created_at timestamptz not null default now()
);
create index approval_events_created_at on approval_events (created_at);
alter table approval_events enable row level security;
alter table approval_events force row level security;
create policy approval_events_select_own on approval_events for select to authenticated using (user_id = auth.uid());
create policy approval_events_insert_own on approval_events for insert to authenticated
    with check (user_id = auth.uid());
create policy approval_events_update_own on approval_events for update to authenticated
    using (user_id = auth.uid()) with check (user_id = auth.uid());
