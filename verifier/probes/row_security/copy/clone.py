"""Copies the live schema into a local PostgreSQL: no rows, the same roles, grants and policies."""

from __future__ import annotations

import os
import re
import subprocess
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from pglast import split
from pglast.parser import ParseError
from psycopg import conninfo, errors, sql

from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.embedded.reused_server import FORMER, ROOT, kept_server
from verifier.embedded.server import Server, installation
from verifier.probes.row_security.catalogue import Connection

_SECONDS = 60.0
_INTERNAL = ("realtime", "_realtime", "_analytics", "vault", "graphql", "pgsodium*", "pgbouncer", "cron", "net")
"""Schemas of the platform on which no policy of an application depends, and which only the platform can create."""
_ROLES = """
    select rolname, rolsuper, rolbypassrls, rolinherit from pg_roles where rolname !~ '^pg_'
"""
_MEMBERS = """
    select r.rolname, m.rolname, coalesce((to_jsonb(a) ->> 'inherit_option')::bool, m.rolinherit),
           coalesce((to_jsonb(a) ->> 'set_option')::bool, true)
    from pg_auth_members a join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member
    where r.rolname !~ '^pg_' and m.rolname !~ '^pg_'
"""
"""Memberships; PostgreSQL before 16 has no options for each, and inherits by the member's attribute."""
_NAME = "copy"
_ENTRY = re.compile(r"^--\n(?=-- Name: )", re.MULTILINE)
"""What pg_dump writes before each object."""
_AT_ONCE = 500
_QUIETLY = "-c event_triggers=off -c client_min_messages=error"
"""Event triggers of the schema must not change the copy, nor forbid what is made on it."""


@dataclass(frozen=True)
class Copy:
    """A copy of a schema.

    Attributes:
        connection: its superuser's, with autocommit.
        complaints: what could not be copied, in PostgreSQL's words.
    """

    connection: Connection
    complaints: tuple[str, ...]


@contextmanager
def copied(url: str, source: Connection, schemas: tuple[str, ...], deadline: Deadline) -> Iterator[Copy]:
    """A copy that is deleted at the end.

    Args:
        url: of the live database, as libpq takes it; only read.
        source: a connection to it, to read the roles.
        schemas: those that must exist.
        deadline: how long it may take.

    Raises:
        CouldNotLook: there is no PostgreSQL here, or the schema cannot be dumped.
    """
    roles, members = source.execute(_ROLES).fetchall(), source.execute(_MEMBERS).fetchall()
    with kept_server() as server:
        dump = server.folder / f"{uuid.uuid4().hex}.sql"
        whole = _dump(url, schemas, dump, deadline)
        with psycopg.connect(server.url(), autocommit=True) as connection:
            _make_database(connection, server, whole=whole)
            _make_roles(connection, roles, members)
            _make_root(connection, server)
        _yield_to(server, roles)
        complaints = _restore(server.url(ROOT, database=_NAME), dump, deadline)
        with psycopg.connect(
            server.url(ROOT, database=_NAME), autocommit=True, options=_QUIETLY, prepare_threshold=None
        ) as connection:
            yield Copy(connection, complaints)


def _make_root(connection: Connection, server: Server) -> None:
    """The superuser of the copies, which outlives them."""
    if not connection.execute("select 1 from pg_roles where rolname = %s", (ROOT,)).fetchone():
        words = {"password": sql.Literal(server.password), "root": sql.Identifier(ROOT)}
        connection.execute(sql.SQL("create role {root} superuser login password {password}").format(**words))


def _make_database(connection: Connection, server: Server, *, whole: bool) -> None:
    """An empty database for a complete dump; one with Supabase's `auth` for a dump without it."""
    if whole:
        connection.execute(sql.SQL("create database {} template template0").format(sql.Identifier(_NAME)))
    else:
        server.database(_NAME)


def _make_roles(connection: Connection, roles: Iterable[Any], members: Iterable[Any]) -> None:
    there = {name for (name,) in connection.execute("select rolname from pg_roles")}
    for name, superuser, bypasses, inherits in roles:
        if name == "postgres":
            continue
        verb = "alter" if name in there else "create"
        powers = (
            "superuser" if superuser else "nosuperuser",
            "bypassrls" if bypasses else "nobypassrls",
            "inherit" if inherits else "noinherit",
        )
        connection.execute(f"{verb} role {sql.Identifier(name).as_string()} {' '.join(powers)}".encode())
    for role, member, inherits, sets in members:
        grant = sql.SQL("grant {} to {} with inherit {}, set {}")
        words = (sql.SQL("true" if inherits else "false"), sql.SQL("true" if sets else "false"))
        with connection.transaction():
            connection.execute(grant.format(sql.Identifier(role), sql.Identifier(member), *words))


def _yield_to(server: Server, roles: Iterable[Any]) -> None:
    """Give `postgres` the attributes that it has at the source; locally it is created as a superuser."""
    powers = {name: (superuser, bypasses) for name, superuser, bypasses, _ in roles}
    superuser, bypasses = powers.get("postgres", (False, False))
    if superuser:
        return
    with psycopg.connect(server.url(ROOT), autocommit=True) as connection:
        members = connection.execute(
            "select r.rolname from pg_auth_members a join pg_roles r on r.oid = a.roleid "
            "join pg_roles m on m.oid = a.member where m.rolname = 'postgres'"
        ).fetchall()
        connection.execute(sql.SQL("alter role postgres rename to {}").format(sql.Identifier(FORMER)))
        if "postgres" not in powers:
            return
        connection.execute(f"create role postgres login {'bypassrls' if bypasses else ''}".encode())
        for (role,) in members:
            connection.execute(sql.SQL("grant {} to postgres").format(sql.Identifier(role)))


def _dump(url: str, schemas: tuple[str, ...], dump: Path, deadline: Deadline) -> bool:
    """Dump the schema into a file; whether it is complete, or limited to what our role may read."""
    tries = (
        [f"--exclude-schema={name}" for name in _INTERNAL],
        [f"--schema={name}" for name in (*schemas, "auth")],
        [f"--schema={name}" for name in schemas],
    )
    words = ""
    for number, choice in enumerate(tries):
        words = _run(["--schema-only", *choice, f"--file={dump}"], url, deadline)
        if not words:
            return number < len(tries) - 1
        if "permission denied" not in words and "no matching schemas" not in words:
            break
    remedy = "let the role read every table of the schema (pg_read_all_data); a pooler must be in session mode for this"
    raise CouldNotLook(_cause(words), f"the schema could not be copied: {words}", remedy=remedy)


def _cause(words: str) -> Cause:
    if "permission denied" in words:
        return Cause.UNAUTHORIZED
    return Cause.TIMEOUT if "timeout" in words or "within" in words else Cause.PRECONDITION


def _restore(url: str, dump: Path, deadline: Deadline) -> tuple[str, ...]:
    """Restore the file, many entries per statement; what fails is skipped, and PostgreSQL's words are returned."""
    text = "".join(line for line in dump.read_text(encoding="utf-8").splitlines(keepends=True) if line[:1] != "\\")
    preamble, *entries = _ENTRY.split(text)
    complaints: list[str] = []
    with psycopg.connect(url, autocommit=True, options=_QUIETLY, prepare_threshold=None) as connection:
        connection.execute(preamble.encode())
        seconds = int(deadline.shorter(_SECONDS).remaining() * 1000)
        connection.execute(f"set statement_timeout = {seconds}".encode())
        for first in range(0, len(entries), _AT_ONCE):
            _apply(connection, entries[first : first + _AT_ONCE], complaints)
    return tuple(dict.fromkeys(each for each in complaints if "already exists" not in each))


def _apply(connection: Connection, entries: list[str], complaints: list[str]) -> None:
    """Apply these entries as one; where that fails, halves of them, down to the statement."""
    try:
        connection.execute("".join(entries).encode())
    except psycopg.Error as trouble:
        if connection.broken or isinstance(trouble, errors.QueryCanceled):
            raise CouldNotLook(_cause("timeout"), f"the schema could not be restored: {trouble}") from None
        halves = [entries[: len(entries) // 2], entries[len(entries) // 2 :]]
        if len(entries) == 1:
            halves = [[each] for each in _statements(entries[0])]
        if len(halves) == 1:
            complaints.append(trouble.diag.message_primary or type(trouble).__name__)
            return
        for half in halves:
            _apply(connection, half, complaints)


def _statements(entry: str) -> list[str]:
    try:
        return [f"{each};" for each in split(entry)]
    except ParseError:
        return [entry]


def _run(options: list[str], url: str, deadline: Deadline) -> str:
    """Run pg_dump; its error output if it failed. Secrets are kept out of the process list."""
    parts = conninfo.conninfo_to_dict(url)
    secret = str(parts.pop("password", "") or "")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {"PGPASSWORD": secret, "PGAPPNAME": "definition-of-done", "PGCONNECT_TIMEOUT": "10", "LC_ALL": "C"}
    address = conninfo.make_conninfo("", **parts)
    seconds = deadline.shorter(_SECONDS).remaining()
    try:
        done = subprocess.run(
            [installation() / "bin" / "pg_dump", *options, "--lock-wait-timeout=5s", f"--dbname={address}"],
            env=environment, capture_output=True, timeout=seconds, check=False,
            stdin=subprocess.DEVNULL, text=True, errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"pg_dump did not end within {seconds:.0f} s"
    words = done.stderr if done.returncode else ""
    return words.replace(secret, "…") if secret else words
