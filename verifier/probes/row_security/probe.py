"""The row-level security probe: catalogue, live reads, attempts on a copy; each may fail by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from verifier.core.deadline import now
from verifier.core.evidence import CouldNotLook, Obstacle
from verifier.core.probe import Context
from verifier.embedded.reused_server import begin_to_start
from verifier.probes.postgres.database import connected, for_libpq
from verifier.probes.postgres.section import Database
from verifier.probes.row_security.accepted import AcceptedOpenings
from verifier.probes.row_security.catalogue import Catalogue, Connection, exposed_schemas, read_catalogue
from verifier.probes.row_security.copy.clone import copied
from verifier.probes.row_security.evidence import RowSecurity
from verifier.probes.row_security.functions.answers import answered
from verifier.probes.row_security.live import look
from verifier.probes.row_security.relations import ANONYMOUS
from verifier.probes.row_security.report import matrix
from verifier.probes.row_security.self_test import SelfTest, try_out

Found = TypeVar("Found")


def observe_row_security(context: Context) -> RowSecurity:
    """Read the catalogue, impersonate each persona live, and try every command on a copy.

    Raises:
        CouldNotLook: the database cannot be reached, or lacks Supabase's roles.
    """
    settings = context.target.section(Database)
    started = now()
    begin_to_start()
    with connected(context) as connection:
        schemas = exposed_schemas(connection, settings.schema_name, settings.schemas)
        catalogue = read_catalogue(connection, schemas, app_role=settings.app_role)
        # What keeps us from asking keeps us from looking in the next line, too, which tells it.
        catalogue = _attempted(lambda: answered(connection, catalogue))[0] or catalogue
        live, live_trouble = _attempted(lambda: look(connection, catalogue, settings.owner_column))
        place = f"{connection.info.dbname} at {connection.info.host}:{connection.info.port}"
    trial, trial_trouble = _attempted(lambda: _tried_out(context, catalogue))
    seen = RowSecurity(
        asked="Who can read and change whose rows?",
        where=f"schema {', '.join(schemas)} of {place}",
        at=started,
        again="",
        catalogue=catalogue,
        expected=settings.tables,
        accepted=AcceptedOpenings(
            readable=settings.public,
            writable=settings.writable,
            published=settings.published,
            privileged=settings.privileged,
            truncate=settings.truncate,
        ),
        live=live,
        live_trouble=live_trouble,
        trial=trial,
        trial_trouble=trial_trouble,
    )
    told = {"again": _by_hand(seen, settings), "pictures": {"row-level-security.md": matrix(seen).encode()}}
    return seen.model_copy(update=told)


def _attempted(leg: Callable[[], Found]) -> tuple[Found | None, Obstacle | None]:
    try:
        return leg(), None
    except CouldNotLook as trouble:
        return None, Obstacle.of(trouble)


def _tried_out(context: Context, catalogue: Catalogue) -> SelfTest:
    url = for_libpq(context.credentials.get("database"))
    # A local server and a few thousand statements: not while another probe measures times.
    with connected(context) as source, context.shared():
        roles: Connection = source
        with copied(url, roles, catalogue.schemas, context.deadline) as copy:
            return try_out(copy, catalogue)


def _by_hand(seen: RowSecurity, settings: Database) -> str:
    """The line that reads the first relation that is open, in the role to which it is; else any of them, as nobody."""
    relations, readers = seen.catalogue.relations, dict[str, str]()
    for label in relations:
        found = [
            each for each in seen.openings_of(label) if not seen.accepted.covers(label, each.command, each.through)
        ]
        if found:
            readers[label] = next((each.who for each in found if each.command == "select"), found[0].who)
    label, role = next(iter(readers.items()), (next(iter(relations), ""), ANONYMOUS))
    place = relations[label].place if label else f"{settings.schema_name}.{settings.tables[0]}"
    statements = ("begin", f"set local role {role}", f"table {place} limit 1", "rollback")
    return f'psql "$DATABASE_URL" -c "{"; ".join(statements)}"'
