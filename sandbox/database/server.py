"""The PostgreSQL of the sandbox: the verifier's throw-away server, for a caller that must not wait in its loop."""

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
        """Where it listens on loopback; 0 before its first start."""
        return self._server.port

    def url(self, user: str = "postgres", password: str | None = None) -> str:
        """The address of the database for one role."""
        return self._server.url(user, password)

    async def create(self) -> None:
        """Make the data folder, and start."""
        try:
            await asyncio.to_thread(self._server.create)
        except CouldNotLook as trouble:
            raise StartFailed(trouble.what) from None

    async def start(self) -> None:
        """Start on a free port, the former one after a stop; answers when the server accepts connections."""
        try:
            await asyncio.to_thread(self._server.start)
        except CouldNotLook as trouble:
            raise StartFailed(trouble.what) from None

    async def stop(self) -> None:
        """Stop for real; the data stays for the next start."""
        await asyncio.to_thread(self._server.stop)
