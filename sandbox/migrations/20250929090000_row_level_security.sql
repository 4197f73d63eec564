-- Every table is closed by default; a signed-in user reaches rows of their own, one policy per command.
do $$
declare
    name text;
begin
    for name in select tablename from pg_tables where schemaname = 'public' loop
        execute format('alter table public.%I enable row level security', name);
        execute format('alter table public.%I force row level security', name);
        execute format('create policy %I on public.%I for select to authenticated using (user_id = auth.uid())',
                       name || '_select_own', name);
        execute format('create policy %I on public.%I for insert to authenticated with check (user_id = auth.uid())',
                       name || '_insert_own', name);
        execute format('create policy %I on public.%I for update to authenticated '
                       'using (user_id = auth.uid()) with check (user_id = auth.uid())',
                       name || '_update_own', name);
    end loop;
end
$$;
