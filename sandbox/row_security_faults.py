"""How each fault of row-level security is made; `{table}` is the fault's value or its default table."""

_TABLE = "approvals"
UNDO = """
    revoke service_role from anon;
    grant anon, authenticated to hotdash_verifier with inherit false, set true;
    alter role hotdash_verifier nosuperuser;
    drop foreign data wrapper if exists elsewhere cascade;
"""
"""Roles and wrappers stay when schemas are made anew; so this brings them back."""
STATEMENTS = {
    name: (statement, _TABLE)
    for name, statement in {
        "rls-off": "alter table {table} disable row level security",
        "rls-policy-true": "create policy everybody on {table} for select using (true)",
        "rls-open-to-signed-in": "create policy everybody on {table} for select to authenticated using (true)",
        "rls-view-leaks": "create view public.everything as select * from {table}",
        "rls-function-leaks": """
            create function public.everything() returns setof {table} language sql stable security definer
            set search_path = '' as $$ select * from {table} $$
        """,
        "rls-insert-open": "create policy anybody on {table} for insert to authenticated with check (true)",
        "rls-update-open": "create policy anybody on {table} for update to authenticated using (true)",
        "rls-delete-open": """
            grant delete on {table} to authenticated;
            create policy anybody on {table} for delete to authenticated using (auth.uid() is not null)
        """,
        "rls-truncate-granted": "grant truncate on {table} to authenticated",
        "rls-partition-open": """
            create table public.visits (user_id uuid not null, day date not null) partition by range (day);
            alter table public.visits enable row level security;
            create policy own on public.visits for select to authenticated using (user_id = auth.uid());
            create table public.visits_2025 partition of public.visits for values from ('2025-01-01') to ('2026-01-01')
        """,
        "rls-materialized-view": "create materialized view public.everything as select * from {table}",
        "rls-column-leaks": """
            revoke all on {table} from anon, authenticated;
            alter table {table} disable row level security;
            grant select (customer) on {table} to anon
        """,
        "rls-foreign-table": """
            create foreign data wrapper elsewhere;
            create server elsewhere foreign data wrapper elsewhere;
            create foreign table public.elsewhere (id uuid, user_id uuid) server elsewhere
        """,
        "rls-role-bypasses": "grant service_role to anon",
        "rls-trusts-user-metadata": """
            create policy admins on {table} for select to authenticated
            using (auth.jwt() -> 'user_metadata' ->> 'role' = 'admin')
        """,
        "rls-trusts-setting": """
            create policy tenant on {table} for select to authenticated
            using (user_id::text = current_setting('app.user_id', true))
        """,
        "rls-not-forced": "alter table {table} owner to hotdash_app; alter table {table} no force row level security",
        "rls-no-standing-in": "revoke anon, authenticated from hotdash_verifier",
        "rls-off-beside-superuser": """
            alter role hotdash_verifier superuser;
            alter table {table} disable row level security
        """,
    }.items()
}
