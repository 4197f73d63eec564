"""The edge: routes requests to machines as Fly's does, and passes streams through unbuffered."""

import asyncio
import contextlib
import time

import httpx
from starlette.types import Message, Receive, Scope, Send

from sandbox.fly.app import App
from sandbox.fly.edge.one_writer import OneWriter
from sandbox.fly.identity import ulid
from sandbox.fly.machine import SandboxMachine

HOP_BY_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"te", b"trailer", b"proxy-connection"}
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 60.0
EVENT_STREAM = b"text/event-stream"
_POLL_SECONDS = 0.05
REPEATABLE = {"GET", "HEAD", "OPTIONS"}


class Edge:
    """Serves one app under one scheme."""

    def __init__(self, app: App, scheme: str) -> None:
        self.app = app
        self.scheme = scheme
        self.writer = OneWriter()
        self.blind_seconds = 0.0
        """Seconds for which the edge still routes new event streams to a stopping machine."""
        self.drops_on_stop = False
        """Whether every event stream is dropped when a machine is told to stop."""
        self._turn = 0
        # No read timeout: an event stream may be silent. No keep-alive: a connection that a client abandoned must not
        # be reused.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS), limits=limits, trust_env=False
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request_id = f"{ulid()}-ord"
        send = self.writer.through(scope, send)
        body = await _whole_body(receive)
        if body is None:
            return
        passing = asyncio.create_task(self._pass(scope, body, request_id, send))
        ends = {passing, asyncio.create_task(_client_leaves(receive))}
        if self.drops_on_stop and dict(scope["headers"]).get(b"accept") == EVENT_STREAM:
            ends.add(asyncio.create_task(self._stop_is_asked()))
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # A client that disconnects must end the upstream request, too.
            for task in ends:
                task.cancel()
            await asyncio.gather(*ends, return_exceptions=True)

    async def _stop_is_asked(self) -> None:
        asked = len(self.app.stops_asked)
        while len(self.app.stops_asked) == asked:  # noqa: ASYNC110 - the app knows of no edge that it could wake
            await asyncio.sleep(_POLL_SECONDS)

    def _candidates(self, headers: dict[bytes, bytes]) -> list[SandboxMachine] | int:
        """The machines to try, in order, or the status to return."""
        forced = headers.get(b"fly-force-instance-id")
        if forced is not None:
            machine = self.app.machine(forced.decode("latin-1"))
            if machine is None:
                return 404
            return [machine] if machine.state == "started" else 502
        if self._blind and headers.get(b"accept") == EVENT_STREAM:
            return 503
        machines = self.app.candidates()
        self._turn += 1
        offset = self._turn % len(machines) if machines else 0
        return machines[offset:] + machines[:offset] or 503

    @property
    def _blind(self) -> bool:
        return any(time.monotonic() - asked < self.blind_seconds for asked in self.app.stops_asked[-1:])

    async def _pass(self, scope: Scope, body: bytes, request_id: str, send: Send) -> None:
        candidates = self._candidates(dict(scope["headers"]))
        if isinstance(candidates, int):
            await _refuse(_Counted(self.app, send, ""), candidates, request_id)
            return
        for machine in candidates:
            answered = _Counted(self.app, send, machine.id)
            try:
                await self._relay(machine, scope, body, request_id, answered)
            except httpx.HTTPError as error:
                if answered.started:
                    raise
                if scope["method"] not in REPEATABLE and not isinstance(error, httpx.ConnectError):
                    break
            else:
                return
        await _refuse(_Counted(self.app, send, ""), 502, request_id)

    async def _relay(self, machine: SandboxMachine, scope: Scope, body: bytes, request_id: str, send: Send) -> None:
        headers = [(name, value) for name, value in scope["headers"] if name not in HOP_BY_HOP]
        client = scope["client"][0] if scope["client"] else "127.0.0.1"
        headers += [
            (b"fly-request-id", request_id.encode()),
            (b"fly-client-ip", client.encode()),
            (b"x-forwarded-for", client.encode()),
            (b"x-forwarded-proto", self.scheme.encode()),
        ]
        query = scope["query_string"].decode("latin-1")
        url = f"http://127.0.0.1:{machine.port}{scope['raw_path'].decode('latin-1')}" + (f"?{query}" if query else "")
        async with self._client.stream(scope["method"], url, headers=headers, content=body) as answer:
            kept = [(name, value) for name, value in answer.headers.raw if name.lower() not in HOP_BY_HOP]
            kept += [(b"fly-request-id", request_id.encode()), (b"via", b"1.1 fly.io"), (b"server", b"Fly")]
            await send({"type": "http.response.start", "status": answer.status_code, "headers": kept})
            async for chunk in answer.aiter_raw():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def close(self) -> None:
        """Close the connections to the machines."""
        with contextlib.suppress(RuntimeError):
            await self._client.aclose()


class _Counted:
    """Counts a response when it starts; after that, no other machine may be tried."""

    def __init__(self, app: App, send: Send, machine: str) -> None:
        self.started = False
        self._app, self._send, self._machine = app, send, machine
        self._began = time.monotonic()

    async def __call__(self, message: Message) -> None:
        if not self.started:
            self.started = True
            self._app.edge.note(int(message["status"]), time.monotonic() - self._began, self._machine)
        await self._send(message)


async def _whole_body(receive: Receive) -> bytes | None:
    """The body of the request; None if the client disconnects before its end."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _client_leaves(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, status: int, request_id: str) -> None:
    headers = [
        (b"fly-request-id", request_id.encode()),
        (b"server", b"Fly"),
        (b"content-type", b"text/plain; charset=utf-8"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


class HttpsRedirect:
    """Redirects http to https, permanently."""

    def __init__(self, https_url: str) -> None:
        self._url = https_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the redirect."""
        if scope["type"] != "http":
            return
        await _whole_body(receive)
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        location = self._url.encode() + scope["raw_path"] + query
        headers = [(b"location", location), (b"fly-request-id", f"{ulid()}-ord".encode()), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 308, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
