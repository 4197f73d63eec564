-- The application connects as a role of its own, and decides itself whose rows it serves. What it may do is written
-- down here, as policies for that role, and not as BYPASSRLS, which would let it do anything with every later table.
do $$
begin
    if not exists (select from pg_roles where rolname = 'hotdash_app') then
        create role hotdash_app login;
    end if;
end
$$;
create policy agent_runs_application on agent_runs to hotdash_app using (true) with check (true);
create policy approval_events_application on approval_events to hotdash_app using (true) with check (true);
create policy approvals_application on approvals to hotdash_app using (true) with check (true);
create policy approvals_history_application on approvals_history to hotdash_app using (true) with check (true);
create policy conversations_application on conversations to hotdash_app using (true) with check (true);
create policy escalation_grades_application on escalation_grades to hotdash_app using (true) with check (true);
create policy ideas_application on ideas to hotdash_app using (true) with check (true);
create policy inventory_actions_application on inventory_actions to hotdash_app using (true) with check (true);
create policy inventory_levels_application on inventory_levels to hotdash_app using (true) with check (true);
create policy notification_preferences_application on notification_preferences to hotdash_app using (true) with check (true);
create policy notifications_application on notifications to hotdash_app using (true) with check (true);
create policy orders_application on orders to hotdash_app using (true) with check (true);
create policy sales_pulse_actions_application on sales_pulse_actions to hotdash_app using (true) with check (true);
create policy seo_pages_application on seo_pages to hotdash_app using (true) with check (true);
create policy user_preferences_application on user_preferences to hotdash_app using (true) with check (true);
