"""One server for many copies, one after the other: it starts once, and is left without roles and databases of the last.

Starting costs more than copying a small schema, so the server is kept until this process ends.
"""

from __future__ import annotations

import atexit
import shutil
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

import psycopg
from psycopg import sql

from verifier.core.evidence import CouldNotLook
from verifier.embedded.server import Server, scratch_server, short_folder

ROOT = "definition_of_done"
"""The superuser of the copies; `postgres` may become what it is at the source."""
FORMER = "definition_of_done_first"
"""What the superuser `postgres` is called meanwhile."""
SETTINGS = {"max_locks_per_transaction": "512"}
_ROLES = "select rolname from pg_roles where rolname !~ '^pg_' and rolname <> all (%s)"
_DATABASES = "select datname from pg_database where datname <> all ('{postgres,template0,template1}')"


class _Kept:
    """The server, started when it is first needed; used by one copy at a time."""

    def __init__(self) -> None:
        self._using = threading.Lock()
        self._starting = threading.Lock()
        self._server: Server | None = None

    @contextmanager
    def lent(self) -> Iterator[Server]:
        """The server, or a new one while somebody else has it."""
        if not self._using.acquire(blocking=False):
            with scratch_server(SETTINGS) as server:
                yield server
            return
        try:
            server = self._started()
            try:
                yield server
            finally:
                self._clean(server)
        finally:
            self._using.release()

    def begin(self) -> None:
        """Start the server beside whatever else happens; what goes wrong is told when it is needed."""

        def start() -> None:
            with suppress(CouldNotLook):
                self._started()

        threading.Thread(target=start, daemon=True).start()

    def end(self) -> None:
        """Stop the server and remove its data."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()
            shutil.rmtree(server.folder, ignore_errors=True)

    def _started(self) -> Server:
        with self._starting:
            if self._server is None or not self._server.running:
                self.end()
                server = self._server = Server(short_folder(), SETTINGS)
                try:
                    server.create()
                except CouldNotLook:
                    self.end()
                    raise
            return self._server

    def _clean(self, server: Server) -> None:
        """Drop what the last copy left; if that fails, the next one gets a new server."""
        try:
            _emptied(server)
        except psycopg.Error:
            self.end()


def _emptied(server: Server) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        there = connection.execute("select 1 from pg_roles where rolname = %s", (ROOT,)).fetchone()
    if not there:
        return
    with psycopg.connect(server.url(ROOT), autocommit=True) as connection:
        for (name,) in connection.execute(_DATABASES).fetchall():
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
        (renamed,) = connection.execute(
            "select exists (select from pg_roles where rolname = %s)", (FORMER,)
        ).fetchone() or (False,)
        kept = [ROOT, FORMER if renamed else "postgres"]
        for (name,) in connection.execute(_ROLES, (kept,)).fetchall():
            connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))
        if renamed:
            connection.execute(sql.SQL("alter role {} rename to postgres").format(sql.Identifier(FORMER)))


_KEPT = _Kept()
atexit.register(_KEPT.end)


def kept_server() -> AbstractContextManager[Server]:
    """A server without databases and roles of others, until the block ends.

    Raises:
        CouldNotLook: precondition, if there is no PostgreSQL here or it does not start.
    """
    return _KEPT.lent()


def begin_to_start() -> None:
    """Start it in the background, to be ready when it is needed."""
    _KEPT.begin()
