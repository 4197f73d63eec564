"""Faults of the server: stopped, out of connections, slow, read-only, locked. For its contents: `schema_faults`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from sandbox.fault import Break, Fault, Hook, unverified
from sandbox.item_groups import POSTDEPLOY_AND_MONITORING, RLS, WITHOUT_DATABASE

if TYPE_CHECKING:  # keeps the list of faults fast
    from sandbox.database.contents import SandboxDatabase

LEFT_FREE = 3
"""Connections beyond the reserved ones that stay free when the server is nearly full."""
_LOCK = b"select pg_advisory_xact_lock(1)"  # an advisory lock that nothing else uses
BEFORE_DEPLOY: Hook[Break[SandboxDatabase]] = Hook()
AFTER_DEPLOY: Hook[Break[SandboxDatabase]] = Hook()
"""Faults with which no machine could start."""


@asynccontextmanager
async def _stopped(database: SandboxDatabase, _figure: str) -> AsyncIterator[None]:
    await database.server.stop()
    yield
    if not database.server.running:
        await database.server.start()


AFTER_DEPLOY.add(
    Fault(
        "database-stopped",
        "PostgreSQL is stopped",
        ("database-connection", "health-endpoint", "machines-started", "no-server-errors", "smoke-passed"),
        unverified("unreachable", *WITHOUT_DATABASE),
    ),
    _stopped,
)
DATABASE_LIES = AFTER_DEPLOY.add(
    Fault(
        "database-lies",
        "PostgreSQL is stopped, and the application says that it answers",
        ("database-connection", "smoke-passed", "no-server-errors"),
        unverified("unreachable", *WITHOUT_DATABASE),
    ),
    _stopped,
)


@AFTER_DEPLOY.by(
    Fault("database-at-its-limit", "three of the database's connections are left", ("database-connection",))
)
@asynccontextmanager
async def _filled_up(database: SandboxDatabase, _figure: str) -> AsyncIterator[None]:
    """Take connections until few are left."""
    free = await database.run(
        "select current_setting('max_connections')::int - count(*)::int "
        "- current_setting('superuser_reserved_connections')::int "
        "from pg_stat_activity where backend_type = 'client backend'"
    )
    async with AsyncExitStack() as taken:
        for _ in range(int(str(free)) - LEFT_FREE):
            await taken.enter_async_context(database.session())
        yield


@asynccontextmanager
async def _altered(database: SandboxDatabase, change: str, undo: str) -> AsyncIterator[None]:
    await database.run(change)
    yield
    await database.run(undo)


@BEFORE_DEPLOY.by(
    Fault("database-read-only", "the database is read-only", ("database-connection",), stages=POSTDEPLOY_AND_MONITORING)
)
def _read_only(database: SandboxDatabase, _figure: str) -> AbstractAsyncContextManager[None]:
    setting = "default_transaction_read_only"
    return _altered(database, f"alter database postgres set {setting} = on", f"alter database postgres reset {setting}")


@BEFORE_DEPLOY.by(
    Fault(
        "database-password-expired",
        "the password of the verifier's role has expired",
        (),
        unverified("unauthorized", *RLS, "schema-matches-migrations", "database-connection"),
        stages="migration or postdeploy or monitoring",
    )
)
def _password_expired(database: SandboxDatabase, _figure: str) -> AbstractAsyncContextManager[None]:
    until = "alter role hotdash_verifier valid until"
    return _altered(database, f"{until} '2020-01-01'", f"{until} 'infinity'")


@BEFORE_DEPLOY.by(Fault("database-slow", "a login to the database takes 2.5 s", ("database-connection",), value="2.5"))
def _slow(database: SandboxDatabase, seconds: str) -> AbstractAsyncContextManager[None]:
    """Delay the verifier's login, as a pooler does that has to wake the server."""
    return _altered(
        database,
        f"""
        create function public.let_in() returns event_trigger language plpgsql as
        $$ begin if session_user = 'hotdash_verifier' then perform pg_sleep({float(seconds)}); end if; end $$;
        create event trigger slow_to_let_in on login execute function public.let_in()
        """,
        "drop function if exists public.let_in() cascade",
    )


@BEFORE_DEPLOY.by(
    Fault(
        "transaction-left-open",
        "a session has left its transaction open, for 10.1 s when the deploy begins",
        ("database-connection",),
        value="10.1",
    )
)
@asynccontextmanager
async def _left_open(database: SandboxDatabase, seconds: str) -> AsyncIterator[None]:
    async with database.session() as forgotten:
        await forgotten.execute(b"lock table notifications in access share mode")
        await asyncio.sleep(float(seconds))
        yield


@BEFORE_DEPLOY.by(
    Fault(
        "lock-waited-for",
        "a session waits for a lock that is never released, for 2.1 s when the deploy begins",
        ("database-connection",),
        value="2.1",
    )
)
@asynccontextmanager
async def _waited_for(database: SandboxDatabase, seconds: str) -> AsyncIterator[None]:
    async with database.session() as holder, database.session() as waiter:
        await holder.execute(_LOCK)
        waiting = asyncio.create_task(waiter.execute(_LOCK))
        await asyncio.sleep(float(seconds))
        yield
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)  # whatever its result
