"""The rehearsal probe: applies the migrations to a throw-away server; of the live database, only the schema is read."""

from __future__ import annotations

import psycopg

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.core.probe import Context
from verifier.core.suite import judging
from verifier.embedded.roles import empty_database, hand_over, without_superuser
from verifier.embedded.server import Server, scratch_server
from verifier.probes.migrations.history import lender, read_history
from verifier.probes.migrations.probe import MigrationReading
from verifier.probes.migrations.rehearsal.applied import Applied
from verifier.probes.migrations.rehearsal.applying import HistoryRehearsal
from verifier.probes.migrations.verdicts import MigrationFinding, MigrationVerdict
from verifier.probes.postgres.dump import dump, restore

_TABLES = """
    select n.nspname || '.' || c.relname, c.relkind in ('v', 'm'), c.relrowsecurity, c.relforcerowsecurity,
           (select array_agg(polname::text order by polname) from pg_policy where polrelid = c.oid),
           (select array_agg(x.indexrelid::regclass::text order by 1) from pg_index x where x.indrelid = c.oid)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^pg_'
      and n.nspname not in ('information_schema', 'auth', 'storage', 'realtime', 'vault', 'extensions', 'graphql',
                            'graphql_public', 'supabase_migrations')
    order by 1
"""


class Table(Record):
    """A table or view after all files.

    Attributes:
        name: with its schema.
        view: whether it is a view.
        rls: whether row-level security is on; `forced`: for the owner, too.
        policies: their names.
        indexes: their names.
    """

    name: str
    view: bool
    rls: bool
    forced: bool
    policies: tuple[str, ...]
    indexes: tuple[str, ...]


class RehearsalState(Evidence):
    """The history applied to a throw-away server.

    Attributes:
        base: what the files were applied to.
        files: the result of each, in order.
        lacking: extensions that the server lacks.
        without_rows: table → why no sample row could be inserted.
        tables: the tables and views after all files.
        reviewed: the judged files that are reviewed.
    """

    base: str
    files: tuple[Applied, ...]
    lacking: tuple[str, ...]
    without_rows: dict[str, str]
    tables: tuple[Table, ...]
    reviewed: tuple[str, ...]

    @property
    def refused(self) -> tuple[Applied, ...]:
        """The refused files, whatever the cause."""
        return tuple(each for each in self.files if each.failure)

    @property
    def broken(self) -> tuple[Applied, ...]:
        """The judged files that were refused by their own fault."""
        return tuple(each for each in self.refused if each.judged and not each.because and not each.excused)

    @property
    def judged(self) -> tuple[Applied, ...]:
        """The judged files that applied."""
        return tuple(each for each in self.files if each.judged and not each.failure)

    def found(self, verdict: MigrationVerdict) -> list[MigrationFinding]:
        """The findings of one kind in files that are not reviewed; destructive ones in all files."""
        return [
            each
            for file in self.judged
            for each in file.findings
            if each.verdict is verdict and (verdict is MigrationVerdict.DESTRUCTIVE or file.path not in self.reviewed)
        ]


def observe_rehearsal(context: Context) -> RehearsalState:
    """Apply every file to a throw-away server, the judged ones with sample rows.

    Raises:
        CouldNotLook: precondition or no-data, as `read_history`; precondition, if there is no PostgreSQL here.
    """
    started = now()
    history = read_history(context)
    reading = context.get("migrations", MigrationReading)
    sources = history.judged if context.options.schema_from else history.sources
    with scratch_server() as server:
        url, admin, base = _base(context, server)
        rehearsal, applied = HistoryRehearsal(url, admin), []
        for number, each in enumerate(rehearsal.apply(sources), 1):
            context.tell(f"rehearsed {number} of {len(sources)} migrations")
            applied.append(each)
            if context.deadline.over:
                raise CouldNotLook(
                    Cause.TIMEOUT, f"{number} of {len(sources)} migrations were rehearsed", remedy="a longer --deadline"
                )
        tables = _tables(admin)
    return RehearsalState(
        asked="Do the migrations apply, and what do they change?",
        where=f"a throw-away PostgreSQL 18, {base}",
        at=started,
        again=judging("-m migration --app-dir PATH"),
        base=base,
        files=tuple(applied),
        lacking=tuple(sorted(rehearsal.lacking)),
        without_rows=rehearsal.empty,
        tables=tables,
        reviewed=tuple(each.path for each in reading.judged if each.reviewed),
    )


def _base(context: Context, server: Server) -> tuple[str, str, str]:
    """The base: like a new Supabase project, or with the schema of a live one."""
    url, admin = without_superuser(server, "rehearsal")
    name = context.options.schema_from
    if not name:
        return url, admin, "a new Supabase project"
    script = dump(lender(context), context.deadline, "--schema-only", "--no-owner")
    url, admin = empty_database(server, admin, "copy")
    refused = restore(script, admin, context.deadline)
    hand_over(admin)
    lost = [line for line in refused if "already exists" not in line]
    base = f"with the schema of {name}"
    return url, admin, f"{base}, of which {len(lost)} statements were refused here" if lost else base


def _tables(url: str) -> tuple[Table, ...]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(_TABLES).fetchall()
    return tuple(
        Table(
            name=name, view=view, rls=rls, forced=forced, policies=tuple(policies or ()), indexes=tuple(indexes or ())
        )
        for name, view, rls, forced, policies, indexes in rows
    )
