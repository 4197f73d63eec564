"""Asks the database itself whether it answers and which tables it holds, and the app what it says about that."""

from __future__ import annotations

from typing import Any

from psycopg import sql

from verifier.core.deadline import monotonic, now
from verifier.core.evidence import Cause, CouldNotLook, Evidence
from verifier.core.probe import Context
from verifier.probes.browser.http_session import visitor
from verifier.probes.http.client import Reply, get
from verifier.probes.platform.own_network import OwnNetwork
from verifier.probes.postgres.database import connected, pooled
from verifier.probes.postgres.section import Database
from verifier.probes.postgres.server_stats import DatabaseLoad, load_of
from verifier.probes.traffic.health import claims_of

_DOWN = {Cause.UNREACHABLE, Cause.TIMEOUT}
_COLUMNS = """
    select c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname = %(schema)s and c.relkind in ('r', 'p') order by c.relname, a.attnum
"""


class ConnectionState(Evidence):
    """Whether the database answers us, and what the app says.

    Attributes:
        trouble: why it does not answer; empty if it does.
        seconds: from connecting to the first answer.
        version: of the server.
        load: how the server is while it answers.
        longest_transaction: seconds that a transaction may stay open.
        reply: the app's answer to the same question, if the target says where to ask it.
    """

    trouble: str
    seconds: float
    version: str
    load: DatabaseLoad | None
    longest_transaction: float
    reply: Reply | None
    claimed: dict[str, Any]
    wanted: dict[str, Any]


class TablesState(Evidence):
    """Which tables the schema holds, and with which columns.

    Attributes:
        declared: table → column → type, as the target wants them.
        columns: 'table.column' → type, as PostgreSQL writes it.
    """

    expected: tuple[str, ...]
    existing: tuple[str, ...]
    declared: dict[str, dict[str, str]]
    columns: dict[str, str]


def observe_connection(context: Context) -> ConnectionState:
    """Connect and run one query, then ask the app.

    Raises:
        CouldNotLook: no credential, or refused; or nothing answers us at all, so that the fault may be ours.
    """
    settings = context.target.section(Database)
    started, began, trouble, version = now(), monotonic(), "", ""
    seconds, load = None, None
    try:
        with connected(context) as connection:
            (version,) = connection.execute(sql.SQL("show server_version")).fetchone() or ("",)
            seconds = monotonic() - began
            load = load_of(connection, pooled=pooled(context.credentials.get("database")))
    except CouldNotLook as silence:
        if silence.cause not in _DOWN or not context.get("own_network", OwnNetwork).proved:
            raise
        trouble = silence.what
    reply = _app_says(context)
    wanted = settings.claim.claims if settings.claim else {}
    return ConnectionState(
        asked="Does the database answer, and what does the app say of it?",
        where=f"the database of {context.target.app}",
        at=started,
        again='psql "$DATABASE_URL" -c "show server_version"',
        trouble=trouble,
        seconds=monotonic() - began if seconds is None else seconds,
        version=str(version),
        load=load,
        longest_transaction=settings.longest_transaction,
        reply=reply,
        claimed=claims_of(reply, wanted) if reply else {},
        wanted=wanted,
    )


def observe_tables(context: Context) -> TablesState:
    """Read the names of the tables and their columns from the catalogue.

    Raises:
        CouldNotLook: the database cannot be asked.
    """
    settings = context.target.section(Database)
    started = now()
    with connected(context) as connection:
        rows = connection.execute(sql.SQL(_COLUMNS), {"schema": settings.schema_name}).fetchall()
    return TablesState(
        asked="Which tables are there?",
        where=f"schema {settings.schema_name} of the database of {context.target.app}",
        at=started,
        again=f'psql "$DATABASE_URL" -c "\\dt {settings.schema_name}.*"',
        expected=tuple(dict.fromkeys((*settings.tables, *settings.columns))),
        existing=tuple(sorted({str(table) for table, _, _ in rows})),
        declared=settings.columns,
        columns={f"{table}.{column}": str(kind) for table, column, kind in rows if column},
    )


def _app_says(context: Context) -> Reply | None:
    database = context.target.get(Database)
    claim = database.claim if database else None
    if claim is None or context.target.url is None:
        return None
    with visitor(context) as session:
        return get(session, context.url + claim.path)
