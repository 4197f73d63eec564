"""Asks PostgreSQL what a visitor, a stranger and an owner can read, by standing in for each of them.

Every table is asked about in one transaction that is read-only and rolled back: all counts are of the same moment, it
works through poolers, too, and leaves nothing behind.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import errors, sql

from verifier.evidence import Cause, CouldNotLook
from verifier.patience import now
from verifier.probes import Context
from verifier.probes.row_security import Reading, RowSecurity, Table
from verifier.sections.database import Database

ANONYMOUS = "anon"
SIGNED_IN = "authenticated"
"""The roles of requests without and with a login (Supabase docs, Postgres roles)."""
SECONDS = 10.0
"""For connecting, and for one statement."""
APPLICATION = "definition-of-done"
"""How the server's own lists call our sessions."""
POOLER_PORT = 6543
"""Where Supabase's pooler hands out transactions (Supabase docs, connecting to your database)."""
MOST_ROWS = 10_000
"""Rows that are counted; more are «at least this many»."""
_PRISMA = {"pgbouncer", "connection_limit", "pool_timeout", "schema", "socket_timeout", "statement_cache_size"}
"""Words in the URL that Prisma keeps to itself; libpq refuses them."""
_KINDS = {"r": "table", "p": "table", "v": "view", "m": "materialized view", "f": "foreign table"}
_REFUSED = ("password authentication failed", "no pg_hba.conf entry", "Tenant or user not found", "does not exist")
_SHAPE = """
    select c.relkind::text, c.relrowsecurity, c.relforcerowsecurity,
           (select count(*) from pg_policy p
            where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('r', '*')
              and (0 = any (p.polroles) or exists (
                   select from pg_roles r where r.oid = any (p.polroles)
                   and (pg_has_role(%(anonymous)s, r.oid, 'USAGE') or pg_has_role(%(signed_in)s, r.oid, 'USAGE'))))),
           has_table_privilege(%(anonymous)s, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
           or has_table_privilege(%(signed_in)s, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = %(schema)s and c.relname = %(table)s and c.relkind in ('r', 'p', 'v', 'm', 'f')
"""

Connection = psycopg.Connection[tuple[Any, ...]]


def observe_row_security(context: Context) -> RowSecurity:
    """Stand in for everybody, and count what they see.

    Raises:
        CouldNotLook: the database cannot be reached, or our role may not stand in for others.
    """
    settings = context.part(context.target.database, "database")
    started = now()
    with connected(context) as connection:
        for role in (ANONYMOUS, SIGNED_IN):
            with connection.transaction(force_rollback=True):
                _become(connection, role, {})
        powers = "select rolname, rolsuper, rolsuper or rolbypassrls from pg_roles where rolname = current_user"
        role, superuser, bypasses = _one(connection, sql.SQL(powers))
        info, schema = connection.info, settings.schema_name
        return RowSecurity(
            asked="Who can read whose rows?",
            where=f"schema {schema} of {info.dbname} at {info.host}:{info.port}",
            at=started,
            again=_by_hand(f"{schema}.{settings.tables[0]}"),
            role=role,
            superuser=superuser,
            bypasses=bypasses,
            tables={name: _table(connection, settings, name) for name in settings.tables},
        )


def _by_hand(table: str) -> str:
    statements = ("begin", f"set local role {ANONYMOUS}", f"table {table} limit 1", "rollback")
    return f'psql "$DATABASE_URL" -c "{"; ".join(statements)}"'


@contextmanager
def connected(context: Context) -> Iterator[Connection]:
    """A connection that only reads, on behalf of nobody yet.

    Raises:
        CouldNotLook: with the cause that PostgreSQL's error stands for.
    """
    url = context.credentials.get("database")
    seconds = max(2, int(context.patience.shorter(SECONDS).remaining()))  # libpq knows whole seconds, and no 1
    try:
        connection = psycopg.connect(
            for_libpq(url),
            connect_timeout=seconds,
            application_name=APPLICATION,
            options=_options(url),
            prepare_threshold=None,  # a pooler may hand the next statement to another session
            tcp_user_timeout=int(SECONDS * 1000),
        )
        with connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            yield connection
    except psycopg.Error as trouble:
        raise _explained(trouble) from None


def pooled(url: str) -> bool:
    """Whether the URL leads to a pooler that gives each transaction another session (Supabase docs, connections)."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    return port == POOLER_PORT or "pooler" in host or "pgbouncer=true" in parts.query


def _options(url: str) -> str | None:
    """Settings of the whole session; none behind a pooler, where only each transaction is read-only by itself.

    Poolers refuse them, or would leave them to the next one who gets the session.
    """
    if pooled(url):
        return None
    return f"-c default_transaction_read_only=on -c statement_timeout={int(SECONDS * 1000)}"


def for_libpq(url: str) -> str:
    """The URL without the words that only Prisma understands."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in _PRISMA]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def _explained(trouble: psycopg.Error) -> CouldNotLook:
    words = " ".join(str(trouble).split()) or type(trouble).__name__
    if isinstance(trouble, (errors.ConnectionTimeout, errors.QueryCanceled)):
        return CouldNotLook(Cause.TIMEOUT, f"the database: {words}", remedy="is it overloaded? Then run again")
    if isinstance(trouble, psycopg.ProgrammingError) and not trouble.sqlstate:
        return CouldNotLook(Cause.PRECONDITION, f"DATABASE_URL is no PostgreSQL URL: {words}")
    if not isinstance(trouble, psycopg.OperationalError):
        return CouldNotLook(Cause.PRECONDITION, f"the database refused a question: {words}")
    if any(sign in words for sign in _REFUSED):
        remedy = "correct user and password in DATABASE_URL"
        return CouldNotLook(Cause.UNAUTHORIZED, f"the database: {words}", remedy=remedy)
    remedy = 'psql "$DATABASE_URL" -c "select 1"; is the database running, and may this machine reach it?'
    return CouldNotLook(Cause.UNREACHABLE, f"the database: {words}", remedy=remedy)


def _become(connection: Connection, role: str, claims: dict[str, str]) -> None:
    """Act as `role` with these claims until the transaction or savepoint ends.

    Raises:
        CouldNotLook: unauthorized, if our role is no member of it; precondition, if there is no such role.
    """
    try:
        connection.execute("select set_config('role', %s, true)", [role])
    except errors.InsufficientPrivilege as trouble:
        told = f"our role may not stand in for {role}: {trouble.diag.message_primary}"
        remedy = f"as the database's owner: grant {ANONYMOUS}, {SIGNED_IN} to {connection.info.user}"
        raise CouldNotLook(Cause.UNAUTHORIZED, told, remedy=remedy) from None
    except errors.InvalidParameterValue:
        told = f"the database has no role {role}; Supabase has one"
        raise CouldNotLook(Cause.PRECONDITION, told) from None
    # Both spellings: older projects read one setting per claim, newer ones the whole object.
    settings = {"request.jwt.claims": json.dumps({**claims, "role": role}), "request.jwt.claim.role": role}
    settings |= {f"request.jwt.claim.{name}": value for name, value in claims.items()}
    settings |= {"row_security": "on", "statement_timeout": str(int(SECONDS * 1000))}
    for name, value in settings.items():
        connection.execute("select set_config(%s, %s, true)", [name, value])
    (current,) = _one(connection, sql.SQL("select current_user"))
    if current != role:
        raise CouldNotLook(Cause.PRECONDITION, f"asked to be {role}, the database says {current}")


def _one(connection: Connection, query: sql.SQL | sql.Composed, given: Any = None) -> tuple[Any, ...]:  # noqa: ANN401
    row = connection.execute(query, given).fetchone()
    if row is None:
        raise CouldNotLook(Cause.NO_DATA, "the database answered a question with nothing")
    return row


def _table(connection: Connection, settings: Database, name: str) -> Table:
    """One table as everybody sees it, at one moment."""
    with connection.transaction(force_rollback=True):
        connection.execute("select set_config('statement_timeout', %s, true)", [str(int(SECONDS * 1000))])
        given = {"schema": settings.schema_name, "table": name, "anonymous": ANONYMOUS, "signed_in": SIGNED_IN}
        shape = connection.execute(_SHAPE, given).fetchone()
        public = settings.public.get(name, "")
        if shape is None:
            return Table(name=name, public=public)
        place = sql.Identifier(settings.schema_name, name)
        rows = _count(connection, place)
        owner, owned = _owner(connection, place, settings.owner_column)
        return Table(
            name=name,
            kind=_KINDS[shape[0]],
            enabled=shape[1],
            forced=shape[2],
            policies=shape[3],
            writable=shape[4],
            rows=rows,
            owned=owned,
            anonymous=_reading(connection, place, ANONYMOUS, {}),
            stranger=_reading(connection, place, SIGNED_IN, {"sub": str(uuid.uuid4())}),
            owner=_reading(connection, place, SIGNED_IN, {"sub": owner}, settings.owner_column) if owner else None,
            public=public,
        )


def _count(connection: Connection, place: sql.Identifier) -> int | None:
    """The rows that our own role sees; nothing if it may not look."""
    query = sql.SQL("select count(*) from (select from {} limit {}) as seen").format(place, MOST_ROWS)
    try:
        with connection.transaction(force_rollback=True):
            return int(_one(connection, query)[0])
    except errors.InsufficientPrivilege:
        return None


def _owner(connection: Connection, place: sql.Identifier, column: str) -> tuple[str, int]:
    """The owner of most rows, and how many; nobody if no row names one. The name is never kept as evidence."""
    query = sql.SQL(
        "select owner, count(*) from (select {}::text as owner from {} limit {}) as seen "
        "where owner is not null group by owner order by 2 desc, 1 limit 1"
    ).format(sql.Identifier(column), place, MOST_ROWS)
    try:
        with connection.transaction(force_rollback=True):
            row = connection.execute(query).fetchone()
    except (errors.InsufficientPrivilege, errors.UndefinedColumn):
        row = None
    return (str(row[0]), int(row[1])) if row else ("", 0)


def _reading(
    connection: Connection, place: sql.Identifier, role: str, claims: dict[str, str], column: str | None = None
) -> Reading:
    """What the role sees. With `column`, rows of the claimed user are its own; without, every row is foreign."""
    own: sql.Composable = sql.SQL("false")
    if column:
        own = sql.SQL("{}::text = {}").format(sql.Identifier(column), claims["sub"])
    query = sql.SQL(
        "select count(*), count(*) filter (where own is not true) from (select {} as own from {} limit {}) as seen"
    ).format(own, place, MOST_ROWS)
    try:
        with connection.transaction(force_rollback=True):
            _become(connection, role, claims)
            rows, foreign = _one(connection, query)
    except errors.InsufficientPrivilege:
        return Reading(role=role, denied=True)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as trouble:
        told = trouble.diag.message_primary or type(trouble).__name__
        return Reading(role=role, trouble=told.replace(claims.get("sub", "\0"), "(the user's id)"))
    return Reading(role=role, rows=rows, foreign=foreign, capped=rows >= MOST_ROWS)
