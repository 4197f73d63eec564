"""The PostgreSQL server of the sandbox: the verifier's throw-away server, wrapped for asyncio."""

import asyncio
from pathlib import Path

from sandbox.failure import StartFailed
from verifier.core.evidence import CouldNotLook
from verifier.embedded.server import Server


class Postgres:
    """One server with its data in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        try:
            self._server = Server(folder)
        except CouldNotLook as trouble:
            raise StartFailed(trouble.what) from None

    @property
    def running(self) -> bool:
        """Whether it accepts connections."""
        return self._server.running

    @property
    def port(self) -> int:
        """Its port on loopback; 0 before the first start."""
        return self._server.port

    def url(self, user: str = "postgres", password: str | None = None) -> str:
        """The URL of the database for one role."""
        return self._server.url(user, password)

    async def create(self) -> None:
        """Create the data folder, and start."""
        try:
            await asyncio.to_thread(self._server.create)
        except CouldNotLook as trouble:
            raise StartFailed(trouble.what) from None

    async def start(self) -> None:
        """Start on a free port, or on the same as before; returns when the server accepts connections."""
        try:
            await asyncio.to_thread(self._server.start)
        except CouldNotLook as trouble:
            raise StartFailed(trouble.what) from None

    async def stop(self) -> None:
        """Stop the server; the data stays."""
        await asyncio.to_thread(self._server.stop)
