"""Holds thousands of event streams in one thread."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

from verifier.core.deadline import Deadline, monotonic
from verifier.core.evidence import CouldNotLook
from verifier.core.probe import Context
from verifier.core.threads import in_thread
from verifier.probes.browser.http_session import entry_headers
from verifier.probes.sse.section import Events
from verifier.probes.sse.stream import Hear, StreamEndpoint, Subscription
from verifier.probes.sse.wire.own_lateness import NOISE, TICK, Seen, until_certain

CONNECT = 15.0
"""Seconds for a connection and the head of its answer."""
_BUFFER = 256 * 1024
_WAITED = Path("/proc/thread-self/schedstat")
"""Its second figure: nanoseconds for which the thread had no processor (Documentation/scheduler/sched-stats.rst)."""

Answer = TypeVar("Answer")


def _waited() -> float:
    """Seconds for which this thread had no processor since it began; none where that is not known."""
    try:
        return int(_WAITED.read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


class Subscriptions:
    """The thread that holds streams; at the end of the block every one of them is closed.

    Args:
        context: the deployment, and how long all this may take.
        addresses: machine → where to connect instead of the target's own address.
    """

    def __init__(self, context: Context, addresses: Mapping[str, str] | None = None) -> None:
        self._deadline = context.deadline
        path = context.target.section(Events).path
        self._endpoint = StreamEndpoint.of(context.target, context.url, path, entry_headers(context))
        self._endpoints = {
            each: StreamEndpoint.of(context.target, url, path) for each, url in (addresses or {}).items()
        }
        self._buffer = memoryview(bytearray(_BUFFER))
        self._loop = asyncio.new_event_loop()
        self._late = 0.0
        self._streams: set[Subscription] = set()
        self._lookups: dict[StreamEndpoint, asyncio.Task[Any]] = {}
        self._thread = threading.Thread(target=self._loop.run_forever, name="subscriptions", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._keep_time(monotonic()), self._loop)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(CouldNotLook):
            self.run(self._close(), Deadline(CONNECT))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CONNECT)
        if not self._loop.is_running():
            self._loop.close()

    def in_time(self, look: Callable[[], Seen], certain: Callable[[Seen, float], bool]) -> Seen:
        """What `look` sees by these streams, tried again as long as this machine is too busy to tell how long it took.

        Args:
            look: measures times by these streams.
            certain: whether what was seen is so even if this machine was so many seconds late.

        Raises:
            CouldNotLook: precondition, if it was too late each time.
        """

        def look_with_lateness() -> tuple[Seen, float]:
            before = self._late + _waited()
            seen = look()
            return seen, self._late + _waited() - before

        return until_certain(look_with_lateness, certain)

    def run(self, work: Coroutine[Any, Any, Answer], deadline: Deadline | None = None) -> Answer:
        """Do `work` in the thread of the streams, and wait for it here.

        Raises:
            CouldNotLook: timeout or interrupted; the work is called off.
        """
        done = threading.Event()
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        future.add_done_callback(lambda _: done.set())
        try:
            (deadline or self._deadline).wait_for(done, "the event streams")
        except CouldNotLook:
            future.cancel()
            raise
        return future.result()

    def open(self, machine: str, *, last_id: str = "") -> Subscription:
        """Begin to open a stream; it says itself what becomes of it."""
        stream = self.new(machine, last_id=last_id)
        asyncio.run_coroutine_threadsafe(self.connect(stream), self._loop)
        return stream

    def opened(self, machines: Iterable[str], *, last_id: str = "") -> list[Subscription]:
        """One open stream of each machine.

        Raises:
            CouldNotLook: one of them is none.
        """
        streams = [self.open(machine, last_id=last_id) for machine in machines]
        self.await_settled(streams)
        for refusal in (each.refusal() for each in streams):
            if refusal is not None:
                raise refusal
        return streams

    def await_settled(self, streams: Iterable[Subscription]) -> None:
        """Wait until it is known of each stream what became of it, or its time is over."""
        known = list(streams)
        deadline = self._deadline.shorter(CONNECT)
        deadline.eventually(lambda: all(each.settled for each in known), bool, pause=0.01)

    def leave(self, streams: Iterable[Subscription], *, abrupt: bool = False) -> None:
        """Close these streams, in an orderly way or not."""
        self.run(self._leave(list(streams), abrupt=abrupt))

    def new(self, machine: str, hear: Hear | None = None, *, last_id: str = "") -> Subscription:
        """A stream that `connect` will open."""
        stream = Subscription(machine, self._endpoints.get(machine, self._endpoint), last_id, self._buffer, hear)
        self._streams.add(stream)
        return stream

    async def connect(self, stream: Subscription) -> None:
        """Connect, and wait until it is known what becomes of the request; in the thread of the streams."""
        endpoint = stream.endpoint
        stream.waiting = self._loop.create_future()
        try:
            async with asyncio.timeout(min(CONNECT, self._deadline.remaining())):
                await self._connected(stream, await self._addresses(endpoint))
                await stream.waiting
        except (OSError, TimeoutError) as trouble:
            stream.end(f"{type(trouble).__name__}: {trouble}".rstrip(": "))
        finally:
            stream.waiting = None

    async def _connected(self, stream: Subscription, addresses: Sequence[str]) -> None:
        """Connect to the first address that lets us; each is numeric, so that asyncio looks nothing up by itself."""
        endpoint, refused = stream.endpoint, OSError(f"{stream.endpoint.host} has no address")
        for each in addresses:
            try:
                name = endpoint.host if endpoint.tls else None
                await self._loop.create_connection(
                    lambda: stream, each, endpoint.port, ssl=endpoint.tls, server_hostname=name
                )
            except OSError as trouble:
                refused = trouble
            else:
                return
        raise refused

    async def _keep_time(self, planned: float) -> None:
        while True:
            late = monotonic() - planned
            self._late += late if late > NOISE else 0.0
            planned = monotonic() + TICK
            await asyncio.sleep(TICK)

    async def _addresses(self, endpoint: StreamEndpoint) -> list[str]:
        """The addresses of an endpoint, looked up once for all who ask at the same time.

        Not by asyncio, whose executor is joined at exit: a name server that is silent would keep the process.
        """
        lookup = self._lookups.get(endpoint)
        if lookup is None:
            ask = functools.partial(socket.getaddrinfo, endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
            lookup = self._lookups[endpoint] = self._loop.create_task(in_thread(ask))
            lookup.add_done_callback(lambda _: self._lookups.pop(endpoint))
        found = await asyncio.shield(lookup)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    @staticmethod
    async def _leave(streams: list[Subscription], *, abrupt: bool) -> None:
        for each in streams:
            each.end("we left", abrupt=abrupt)

    async def _close(self) -> None:
        tasks = asyncio.all_tasks(self._loop) - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for each in self._streams:
            each.end("we left", abrupt=True)
        # The connections are closed in the next rounds of the loop, and warn if it ends before that.
        await asyncio.sleep(0)
        while any(each.connected for each in self._streams):  # noqa: ASYNC110 - an event each costs ten thousand of them
            await asyncio.sleep(0)
