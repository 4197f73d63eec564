-- What operators do in the dialogs of tiles, and of what they are notified.
alter table inventory_actions add column notes text;
alter table notifications add column approval_id uuid;
create table escalation_grades (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null,
    conversation text not null,
    tone integer not null check (tone between 1 and 5),
    accuracy integer not null check (accuracy between 1 and 5),
    policy integer not null check (policy between 1 and 5),
    notes text,
    created_at timestamptz not null default now()
);
alter table escalation_grades enable row level security;
alter table escalation_grades force row level security;
create policy escalation_grades_select_own on escalation_grades for select to authenticated
    using (user_id = auth.uid());
create policy escalation_grades_insert_own on escalation_grades for insert to authenticated
    with check (user_id = auth.uid());
create policy escalation_grades_update_own on escalation_grades for update to authenticated
    using (user_id = auth.uid()) with check (user_id = auth.uid());
