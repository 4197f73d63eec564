"""Shared by all parts of one machine: settings, faults, database, integrations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from sandbox.fault import Active

# The shop whose dashboard is served; rows of the second owner in the seed must never be shown.
SHOP = "5a0c5c2e-7f0b-4c57-9d5e-0b1f6f3f1a01"
WAIT_SECONDS = 1.0

Row = dict[str, Any]


@dataclass
class Site:
    """One machine."""

    machine: str
    version: str
    database_url: str
    services_url: str
    heartbeat: float
    ga_period: float
    faults: Active
    pool: AsyncConnectionPool[AsyncConnection[Row]] = field(init=False)
    services: httpx.AsyncClient = field(init=False)

    @property
    def strangers_url(self) -> str:
        """The origin of third-party scripts: another host name of the same server."""
        return self.services_url.replace("127.0.0.1", "localhost") + "/strangers"

    async def open(self) -> None:
        """Open the connections."""
        # Tables may be created again under a running machine, so statements must not be prepared.
        options = {"row_factory": dict_row, "prepare_threshold": None, "autocommit": True, "connect_timeout": 2}
        self.pool = AsyncConnectionPool(
            self.database_url,
            min_size=1,
            max_size=6,
            kwargs=options,
            open=False,
            timeout=WAIT_SECONDS,
            check=AsyncConnectionPool.check_connection,
            reconnect_timeout=0.5,
        )
        await self.pool.open()
        self.services = httpx.AsyncClient(base_url=self.services_url, timeout=2.0, trust_env=False)

    async def close(self) -> None:
        """Close the connections."""
        await self.services.aclose()
        await self.pool.close(timeout=0.5)

    async def rows(self, query: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> list[Row]:
        """The rows of a query."""
        async with self.pool.connection() as connection:
            cursor = await connection.execute(query.encode(), parameters)
            return await cursor.fetchall() if cursor.description else []
