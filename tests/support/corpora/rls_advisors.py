"""Other judges of a set-up: a text search, and the rules that Supabase documents for its advisor."""

from __future__ import annotations

import re

from tests.support.corpora.rls import Connection

_ADVICE = {
    "rls_disabled_in_public": """
        select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind = 'r' and not c.relrowsecurity
          and (has_table_privilege('anon', c.oid, 'SELECT') or has_table_privilege('authenticated', c.oid, 'SELECT'))
    """,
    "policy_exists_rls_disabled": """
        select 1 from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and not c.relrowsecurity
    """,
    "security_definer_view": """
        select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind = 'v'
          and not coalesce(c.reloptions::text, '') ~ 'security_invoker=(on|true|1|yes)'
          and (has_table_privilege('anon', c.oid, 'SELECT') or has_table_privilege('authenticated', c.oid, 'SELECT'))
    """,
    "materialized_view_in_api, foreign_table_in_api": """
        select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('m', 'f')
          and (has_table_privilege('anon', c.oid, 'SELECT') or has_table_privilege('authenticated', c.oid, 'SELECT'))
    """,
    "rls_references_user_metadata": """
        select 1 from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relrowsecurity
          and concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) ~ 'user_metadata'
    """,
    "rls_policy_always_true": """
        select 1 from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relrowsecurity and p.polpermissive and p.polcmd <> 'r'
          and (p.polroles = '{0}' or exists (select from unnest(p.polroles) u
                                             where pg_get_userbyid(u) in ('anon', 'authenticated')))
          and ((p.polcmd <> 'a'
                and regexp_replace(pg_get_expr(p.polqual, p.polrelid), '[() ]', '', 'g') in ('true', '1=1'))
               or regexp_replace(pg_get_expr(p.polwithcheck, p.polrelid), '[() ]', '', 'g') in ('true', '1=1'))
    """,
    "anon_ and authenticated_security_definer_function_executable": """
        select 1 from pg_proc f join pg_namespace n on n.oid = f.pronamespace
        where n.nspname = 'public' and f.prosecdef
          and (has_function_privilege('anon', f.oid, 'EXECUTE')
               or has_function_privilege('authenticated', f.oid, 'EXECUTE'))
    """,
}
"""Lint → our own query for the documented rule; those about access, above the level of information."""


def advised(connection: Connection) -> list[str]:
    """The rules that find something; splinter itself is no package, so its own queries did not run."""
    return [name for name, query in _ADVICE.items() if connection.execute(query.encode()).fetchone()]


def searched(text: str) -> bool:
    """Whether a search in the text would complain, as reviews do it: a table without 'enable', 'disable', '(true)'."""
    made = re.findall(r"create table (\S+)", text)
    unprotected = [name for name in made if not re.search(rf"alter table {re.escape(name)} enable row level", text)]
    return bool(unprotected) or bool(re.search(r"disable row level security|\(\s*true\s*\)", text))
