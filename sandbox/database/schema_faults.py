"""Faults of the contents: each is a statement; `contents` heals by creating everything again."""

from typing import NamedTuple

from sandbox.fault import Fault, Hook, unverified


class Alteration(NamedTuple):
    """A fault's statement; `{table}` is the fault's figure, if that is a name, else its own table."""

    statement: str
    table: str


CONTENTS: Hook[Alteration] = Hook()

CONTENTS.add(
    Fault(
        "table-missing",
        "one table is gone",
        ("tables-exist", "schema-matches-migrations"),
        unverified("precondition", "rls-protects"),
        stages="migration",
    ),
    Alteration("alter table {table} rename to retired_table", "user_preferences"),
)
CONTENTS.add(
    Fault("column-missing", "one declared column is gone", ("tables-exist", "phase-features")),
    Alteration("alter table {table} drop column notes", "sales_pulse_actions"),
)
CONTENTS.add(
    Fault("column-of-another-type", "a number is kept as text", ("tables-exist",)),
    Alteration("alter table {table} alter column quantity type text", "inventory_actions"),
)
CONTENTS.add(
    Fault(
        "dump-not-restorable",
        "a constraint asks a function that finds its table only by the search path, so a restore loses rows",
        ("backups-verified",),
        stages="production",
    ),
    Alteration(
        """
        create function public.known(text) returns boolean language sql stable as
        $$ select exists (select from inventory_levels where sku = $1) $$;
        alter table {table} add check (public.known(sku))
        """,
        "inventory_actions",
    ),
)
CONTENTS.add(
    Fault(
        "migration-takes-away",
        "since the previous release, a migration dropped a column that it uses",
        ("rollback-ready",),
        stages="production",
    ),
    Alteration(
        """
        insert into supabase_migrations.schema_migrations
        select to_char(now() at time zone 'utc' + interval '1 hour', 'YYYYMMDDHH24MISS'), 'less',
            array['alter table {table} drop column notes']
        """,
        "sales_pulse_actions",
    ),
)
CONTENTS.add(
    Fault("schema-drifted", "somebody added a column by hand", ("schema-matches-migrations",), stages="migration"),
    Alteration("alter table {table} add column by_hand text", "orders"),
)
CONTENTS.add(
    Fault("index-dropped", "somebody dropped an index by hand", ("schema-matches-migrations",), stages="migration"),
    Alteration("drop index public.approvals_status; analyze {table}", "approvals"),
)
CONTENTS.add(
    Fault(
        "migration-pending",
        "the newest migration is not in the list of those that were applied",
        ("schema-matches-migrations",),
        stages="migration",
    ),
    Alteration(
        """
        delete from supabase_migrations.schema_migrations
        where version = (select max(version) from supabase_migrations.schema_migrations); analyze {table}
        """,
        "approvals",
    ),
)
