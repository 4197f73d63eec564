"""A read-only connection to the target's PostgreSQL, in one transaction that is rolled back.

Nothing is prepared and nothing is set beyond the transaction, so that poolers in transaction mode serve it, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import psycopg

from verifier.core import causes
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.probes.http.connect import refused_with

SECONDS = 10.0
"""For connecting, and for one statement."""
APPLICATION = "definition-of-done"
"""How the server's own lists call our sessions."""
POOLER_PORT = 6543
"""Where Supabase's pooler hands out transactions (Supabase docs, connecting to your database)."""
_PRISMA = {"pgbouncer", "connection_limit", "pool_timeout", "schema", "socket_timeout", "statement_cache_size"}
"""Words in the URL that Prisma keeps to itself; libpq refuses them."""
_NO_TENANT = "Tenant or user not found"
"""Supabase's pooler says so with the SQLSTATE of an internal error (XX000)."""
_NO_OPTIONS = "unsupported startup parameter"
"""So PgBouncer answers, unless it is told to ignore them (its documentation, ignore_startup_parameters)."""

Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def connected(context: Context) -> Iterator[Connection]:
    """A read-only connection, without a role or claims set.

    Raises:
        CouldNotLook: with the cause that PostgreSQL's error stands for.
    """
    url = context.credentials.get("database")
    seconds = max(2, int(context.deadline.shorter(SECONDS).remaining()))  # libpq knows whole seconds, and no 1
    try:
        with _opened(url, seconds) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            yield connection
    except psycopg.Error as trouble:
        raise _explained(trouble, url) from None


def _opened(url: str, seconds: int) -> Connection:
    """A new connection; without settings of the session where a pooler that the URL does not tell of takes none."""

    def opened(options: str | None) -> Connection:
        return psycopg.connect(
            for_libpq(url),
            connect_timeout=seconds,
            application_name=APPLICATION,
            options=options,
            prepare_threshold=None,  # a pooler may hand the next statement to another session
            tcp_user_timeout=int(SECONDS * 1000),
        )

    try:
        return opened(_options(url))
    except psycopg.OperationalError as trouble:
        if _NO_OPTIONS not in str(trouble):
            raise
    return opened(None)


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

    Poolers refuse them, or would leak them to the next client of the session.
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


def _explained(trouble: psycopg.Error, url: str) -> CouldNotLook:
    words = " ".join(str(trouble).split()) or type(trouble).__name__
    state = trouble.sqlstate or ""
    if Cause.TIMEOUT in {causes.of_error(trouble), causes.of_sqlstate(state)}:
        return CouldNotLook(Cause.TIMEOUT, f"the database: {words}", remedy="is it overloaded? Then run again")
    if isinstance(trouble, psycopg.ProgrammingError) and not state:
        return CouldNotLook(Cause.PRECONDITION, f"DATABASE_URL is no PostgreSQL URL: {words}")
    if not isinstance(trouble, psycopg.OperationalError):
        return CouldNotLook(Cause.PRECONDITION, f"the database refused a question: {words}")
    if causes.of_sqlstate(state or refused_with(for_libpq(url))) == Cause.UNAUTHORIZED or _NO_TENANT in words:
        remedy = "correct user and password in DATABASE_URL"
        return CouldNotLook(Cause.UNAUTHORIZED, f"the database: {words}", remedy=remedy)
    remedy = 'psql "$DATABASE_URL" -c "select 1"; is the database running, and may this machine reach it?'
    return CouldNotLook(Cause.UNREACHABLE, f"the database: {words}", remedy=remedy)
