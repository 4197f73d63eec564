"""Trouble that a database is in while it runs: full, slow, read-only, held up. Its contents are another matter."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import psycopg

from sandbox.database import Database

LEFT_FREE = 3
"""Connections beyond the reserved ones that stay free when the server is nearly full."""
_LOCK = b"select pg_advisory_xact_lock(1)"  # of nothing that anybody else needs

Connection = psycopg.AsyncConnection[tuple[object, ...]]


class Trouble:
    """Brings one server into trouble, and out of it again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: list[Connection] = []
        self._waiting: asyncio.Task[object] | None = None
        self._in_settings = False

    async def end(self) -> None:
        """Give back everything that is held; settings too."""
        held, self._held = self._held, []
        if self._waiting is not None:
            self._waiting.cancel()
            await asyncio.gather(self._waiting, return_exceptions=True)  # however it ended
            self._waiting = None
        for connection in held:
            await connection.close()
        if self._in_settings:
            async with await self._superuser() as connection:
                await connection.execute("alter database postgres reset default_transaction_read_only")
                await connection.execute("drop event trigger if exists slow_to_let_in")
                await connection.execute("alter role hotdash_verifier valid until 'infinity'")
            self._in_settings = False

    async def begin(self, faults: Mapping[str, str | None]) -> None:
        """Bring the server into the trouble that these faults name; what must last is as old as they say at the end."""
        if "database-read-only" in faults:
            await self._set("alter database postgres set default_transaction_read_only = on")
        if "database-password-expired" in faults:
            await self._set("alter role hotdash_verifier valid until '2020-01-01'")
        if "database-slow" in faults:
            await self._let_in_slowly(float(faults["database-slow"] or 0))
        if "transaction-left-open" in faults:
            await self._hold(b"lock table notifications in access share mode")
            await asyncio.sleep(float(faults["transaction-left-open"] or 0))
        if "lock-waited-for" in faults:
            await self._hold(_LOCK)
            waiting = await self._hold()
            self._waiting = asyncio.create_task(waiting.execute(_LOCK))
            await asyncio.sleep(float(faults["lock-waited-for"] or 0))

    async def _superuser(self) -> Connection:
        options = "-c default_transaction_read_only=off"
        return await psycopg.AsyncConnection.connect(
            self._database.server.url(), connect_timeout=5, autocommit=True, options=options
        )

    async def _set(self, statement: str) -> None:
        self._in_settings = True
        async with await self._superuser() as connection:
            await connection.execute(statement.encode())

    async def _let_in_slowly(self, seconds: float) -> None:
        """Whoever is no superuser waits at the door, as where a pooler has to wake the server up."""
        await self._set(
            "create function public.let_in() returns event_trigger language plpgsql as "
            f"$$ begin if session_user = 'hotdash_verifier' then perform pg_sleep({seconds}); end if; end $$"
        )
        await self._set("create event trigger slow_to_let_in on login execute function public.let_in()")

    async def _hold(self, statement: bytes = b"select 1") -> Connection:
        """A session of the application with an open transaction."""
        connection = await psycopg.AsyncConnection.connect(
            self._database.url("hotdash_app"), application_name="forgotten"
        )
        self._held.append(connection)
        await connection.execute(statement)
        return connection

    async def fill_up(self) -> None:
        """Take connections until few are left, whatever the application itself holds."""
        async with await self._superuser() as connection:
            query = (
                "select current_setting('max_connections')::int - count(*)::int "
                "- current_setting('superuser_reserved_connections')::int "
                "from pg_stat_activity where backend_type = 'client backend'"
            )
            row = await (await connection.execute(query)).fetchone()
        for _ in range(int(str(row[0])) - LEFT_FREE if row else 0):
            taken = await self._hold()
            await taken.commit()
