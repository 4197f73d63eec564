-- The order of the tiles and the welcome belong to a person; the history says whose approval it was, also when that is
-- gone; what each agent drafted is counted per day.
alter table user_preferences add column tile_order text[] not null default '{}';
alter table user_preferences add column onboarded_at timestamptz;
alter table approvals_history add column customer text;
alter table approvals_history add column summary text;
create table agent_runs (
    id bigint generated always as identity primary key,
    user_id uuid not null,
    agent text not null,
    day date not null,
    drafts integer not null,
    approved integer not null
);
create index agent_runs_day on agent_runs (user_id, day);
alter table agent_runs enable row level security;
alter table agent_runs force row level security;
create policy agent_runs_select_own on agent_runs for select to authenticated using (user_id = auth.uid());
create policy agent_runs_insert_own on agent_runs for insert to authenticated with check (user_id = auth.uid());
create policy agent_runs_update_own on agent_runs for update to authenticated
    using (user_id = auth.uid()) with check (user_id = auth.uid());
