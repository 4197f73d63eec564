"""Faults of row-level security: access that should not be possible."""

from sandbox.database.schema_faults import CONTENTS, Alteration
from sandbox.fault import Fault, unverified

_TABLE = "approvals"
UNDO = """
    revoke service_role from anon;
    grant anon, authenticated to hotdash_verifier with inherit false, set true;
    alter role hotdash_verifier nosuperuser;
    alter role hotdash_app nobypassrls;
    drop foreign data wrapper if exists elsewhere cascade;
"""
"""Roles and wrappers outlive the schemas, so they are healed separately."""


def _open(name: str, summary: str, statement: str) -> None:
    """Declare a fault that exposes rows."""
    CONTENTS.add(Fault(name, summary, ("rls-protects",)), Alteration(statement, _TABLE))


_open("rls-off", "row-level security is off on one table", "alter table {table} disable row level security")
_open(
    "rls-policy-true",
    "a policy lets everybody read one table, without a login, too",
    "create policy everybody on {table} for select using (true)",
)
_open(
    "rls-open-to-signed-in",
    "a policy lets every signed-in user read one table",
    "create policy everybody on {table} for select to authenticated using (true)",
)
_open(
    "rls-view-leaks",
    "a view reads one table with the rights of its owner",
    "create view public.everything as select * from {table}",
)
_open(
    "rls-function-leaks",
    "a function reads one table with the rights of its owner, and everybody may call it",
    """
        create function public.everything() returns setof {table} language sql stable security definer
        set search_path = '' as $$ select * from {table} $$
    """,
)
_open(
    "rls-insert-open",
    "any signed-in user inserts rows of others into one table",
    "create policy anybody on {table} for insert to authenticated with check (true)",
)
_open(
    "rls-update-open",
    "any signed-in user changes every row of one table",
    "create policy anybody on {table} for update to authenticated using (true)",
)
_open(
    "rls-delete-open",
    "any signed-in user deletes every row of one table",
    """
        grant delete on {table} to authenticated;
        create policy anybody on {table} for delete to authenticated using (auth.uid() is not null)
    """,
)
_open(
    "rls-truncate-sent",
    "signed-in users have the TRUNCATE grant, and may call a function that truncates",
    """
        grant truncate on {table} to authenticated;
        create function public.start_anew() returns void language sql as $$ truncate {table} $$
    """,
)
_open(
    "rls-partition-open",
    "a partition is open beside its protected parent",
    """
        create table public.visits (user_id uuid not null, day date not null) partition by range (day);
        alter table public.visits enable row level security;
        create policy own on public.visits for select to authenticated using (user_id = auth.uid());
        create table public.visits_2025 partition of public.visits for values from ('2025-01-01') to ('2026-01-01')
    """,
)
_open(
    "rls-materialized-view",
    "a materialized view of one table can be read",
    "create materialized view public.everything as select * from {table}",
)
_open(
    "rls-column-leaks",
    "one column of an unprotected table can be read",
    """
        revoke all on {table} from anon, authenticated;
        alter table {table} disable row level security;
        grant select (customer) on {table} to anon
    """,
)
_open(
    "rls-any-member",
    "a policy asks whether somebody is a member of anything, and lets every row of one table through",
    """
        create table public.memberships (team_id uuid, user_id uuid not null);
        alter table public.memberships enable row level security;
        create policy own on public.memberships for select to authenticated using (user_id = auth.uid());
        create policy team on {table} for select to authenticated
        using (exists (select from public.memberships m where m.user_id = auth.uid()))
    """,
)
_open(
    "rls-foreign-table",
    "a foreign table can be read",
    """
        create foreign data wrapper elsewhere;
        create server elsewhere foreign data wrapper elsewhere;
        create foreign table public.elsewhere (id uuid, user_id uuid) server elsewhere
    """,
)
CONTENTS.add(
    Fault(
        "rls-role-bypasses", "anon can SET ROLE to one that bypasses policies", ("rls-protects",), stages="migration"
    ),
    Alteration("grant service_role to anon", _TABLE),
)
CONTENTS.add(
    Fault("rls-app-bypasses", "the application's role has BYPASSRLS", ("rls-protects",), stages="migration"),
    Alteration("alter role hotdash_app bypassrls", _TABLE),
)
_open(
    "rls-join-and-read",
    "anybody may put itself into any team, whose rows of one table it reads then",
    """
        create table public.team_members (team_id uuid not null, user_id uuid not null);
        alter table public.team_members enable row level security;
        create policy own on public.team_members for select to authenticated using (user_id = auth.uid());
        create policy joining on public.team_members for insert to authenticated with check (user_id = auth.uid());
        alter table {table} add column team_id uuid;
        create policy team on {table} for select to authenticated
        using (team_id in (select m.team_id from public.team_members m where m.user_id = auth.uid()))
    """,
)
_open(
    "rls-trusts-user-metadata",
    "a policy trusts user_metadata, which users write themselves",
    """
        create policy admins on {table} for select to authenticated
        using (auth.jwt() -> 'user_metadata' ->> 'role' = 'admin')
    """,
)
_open(
    "rls-trusts-setting",
    "a policy trusts a setting that any session can set",
    """
        create policy tenant on {table} for select to authenticated
        using (user_id::text = current_setting('app.user_id', true))
    """,
)
CONTENTS.add(
    Fault(
        "rls-no-standing-in",
        "the verifier's role may not SET ROLE to anon and authenticated",
        (),
        unverified("unauthorized", "rls-protects"),
    ),
    Alteration("revoke anon, authenticated from hotdash_verifier", _TABLE),
)
_open(
    "rls-off-beside-superuser",
    "row-level security is off on one table, and the verifier is a superuser",
    """
        alter role hotdash_verifier superuser;
        alter table {table} disable row level security
    """,
)
CONTENTS.add(
    Fault("rls-no-rows", "every table is empty", (), unverified("no-data", "rls-protects")),
    Alteration(
        """
        do $$ begin
          execute (
            select 'truncate ' || string_agg(format('public.%I', tablename), ', ')
            from pg_tables where schemaname = 'public'
          );
        end $$
    """,
        _TABLE,
    ),
)
