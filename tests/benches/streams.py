"""What holding event streams costs, for four clients of one server: `python -m tests.benches.streams`.

Server and clients are processes of their own. When all streams are open, the server sends a thousand events per second,
to one client after the other; each carries the moment of its sending. A client tells its memory and how late they were.
"""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from verifier.probes.sse.section import Events

ROOT = Path(__file__).resolve().parents[2]
FEW, MANY = 1_000, 10_000
HOLD = 10.0
PER_SECOND = 1_000
HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)
GROUP = 250
"""Connections that are opened at the same time."""


def unlimited() -> None:
    """Have as many open files as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


# ---- the server --------------------------------------------------------------------------------------------------


class Served(asyncio.Protocol):
    """One connection of the server."""

    everybody: set[asyncio.Transport] = set()
    complete = asyncio.Event()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"GET /go"):
            self.complete.set()
            return
        self.transport.write(HEAD)
        self.everybody.add(self.transport)

    def connection_lost(self, _exc: Exception | None) -> None:
        self.everybody.discard(self.transport)


async def serve() -> None:
    """Tell the port, and when all have come, send events to one after the other, for ever."""
    unlimited()
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().create_server(Served, sock=listener, backlog=4096)
    await Served.complete.wait()
    while True:
        for transport in list(Served.everybody):
            event = f"event: approval-update\ndata: {time.monotonic()}\n\n".encode()
            transport.write(b"%x\r\n%b\r\n" % (len(event), event))
            await asyncio.sleep(1 / PER_SECOND)


def go(port: int) -> None:
    """Tell the server that all streams are open."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /go HTTP/1.1\r\nhost: bench\r\n\r\n")


# ---- the clients -------------------------------------------------------------------------------------------------

Lateness = list[float]
Client = Callable[[int, int, Lateness], Awaitable[None]]


async def bare(port: int, _number: int, late: Lateness) -> None:
    """asyncio's own reader, which looks for data lines and for nothing else."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nhost: bench\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    OPENED.append(writer)
    while line := await reader.readline():
        if line.startswith(b"data: "):
            late.append(time.monotonic() - float(line[6:]))


async def with_aiohttp(port: int, _number: int, late: Lateness) -> None:
    """aiohttp, whose lines are taken as `bare` takes them."""
    async with SESSION["aiohttp"].get(f"http://127.0.0.1:{port}/") as answer:
        OPENED.append(answer)
        async for line in answer.content:
            if line.startswith(b"data: "):
                late.append(time.monotonic() - float(line[6:]))


async def with_httpx_sse(port: int, _number: int, late: Lateness) -> None:
    """httpx-sse, as its documentation uses it."""
    import httpx_sse  # noqa: PLC0415 - each client measures its own imports

    async with httpx_sse.aconnect_sse(SESSION["httpx"], "GET", f"http://127.0.0.1:{port}/") as source:
        OPENED.append(source)
        async for event in source.aiter_sse():
            late.append(time.monotonic() - float(event.data))


OPENED: list[object] = []
SESSION: dict[str, object] = {}
CLIENTS: dict[str, Client] = {"bare asyncio": bare, "aiohttp": with_aiohttp, "httpx-sse": with_httpx_sse}


def memory() -> int:
    """Resident bytes of this process."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


async def hold(name: str, port: int, count: int) -> dict[str, float]:
    """Open `count` streams with a client, hold them, and tell what that cost."""
    import aiohttp  # noqa: PLC0415
    import httpx  # noqa: PLC0415

    unlimited()
    none = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    SESSION["aiohttp"] = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)
    )
    SESSION["httpx"] = httpx.AsyncClient(timeout=None, limits=none, trust_env=False)  # noqa: S113 - streams have none
    before, began, late = memory(), time.monotonic(), []
    tasks = []
    for start in range(0, count, GROUP):
        tasks += [
            asyncio.create_task(CLIENTS[name](port, number, late)) for number in range(start, min(start + GROUP, count))
        ]
        while len(OPENED) < len(tasks):  # noqa: ASYNC110 - an event for each would be measured too
            await asyncio.sleep(0.005)
    opening = time.monotonic() - began
    late.clear()
    used, cpu = memory() - before, time.process_time()
    go(port)
    await asyncio.sleep(HOLD)
    spent = time.process_time() - cpu
    held = sum(not task.done() for task in tasks)
    return figures(held, opening, max(used, memory() - before), late, spent)


def hold_with_the_suite(port: int, count: int) -> dict[str, float]:
    """The same with the probe's own crowd."""
    from types import SimpleNamespace  # noqa: PLC0415

    from verifier.core.config.target import new_target  # noqa: PLC0415
    from verifier.core.deadline import Deadline  # noqa: PLC0415
    from verifier.probes.load.open_files import room_for  # noqa: PLC0415
    from verifier.probes.load.virtual_users import Crowd  # noqa: PLC0415
    from verifier.probes.sse.section import Approvals  # noqa: PLC0415
    from verifier.probes.sse.subscriptions import Subscriptions  # noqa: PLC0415

    given = {"path": "/"}
    target = new_target(title="bench", app="bench", url=f"http://127.0.0.1:{port}", events=given)
    count, limit_met = room_for(count)
    if limit_met:
        sys.stderr.write(limit_met + "\n")
    made: Any = SimpleNamespace(target=target, url=target.url, part=lambda part, _: part, deadline=Deadline(300))
    before = memory()
    with Subscriptions(made) as streams:
        late: Lateness = []
        crowd = Crowd(streams, target.get(Events), Approvals())
        crowd.hear = lambda _stream, event: late.append(event.ended - float(event.data))  # type: ignore[method-assign]
        began = time.monotonic()
        crowd.gather(["edge"], count, 0.0, made.deadline)
        opening = time.monotonic() - began
        late.clear()
        used, cpu = memory() - before, time.process_time()
        go(port)
        made.deadline.wait(HOLD)
        spent = time.process_time() - cpu
        held = sum(crowd.holding().values())
        return figures(held, opening, max(used, memory() - before), late, spent)


def figures(held: int, opening: float, used: int, late: Lateness, cpu: float) -> dict[str, float]:
    """What a client tells: streams held, seconds to open them, KiB each, milliseconds late, processor used."""
    ordered = sorted(late)
    at = [ordered[int(len(ordered) * share)] * 1000 if ordered else float("nan") for share in (0.5, 0.95)]
    kib = used / 1024 / max(1, held)
    return {"held": held, "opening": opening, "kib": kib, "p50": at[0], "p95": at[1], "cpu": cpu / HOLD,
            "events": len(ordered)}  # fmt: skip


# ---- the comparison ----------------------------------------------------------------------------------------------


def measured(name: str, count: int) -> dict[str, float]:
    """One client against a fresh server."""
    module = [sys.executable, "-m", "tests.benches.streams"]
    with subprocess.Popen([*module, "serve"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = (server.stdout.readline() if server.stdout else "").strip()
            told = subprocess.run(
                [*module, "hold", name, port, str(count)], cwd=ROOT, check=True, stdout=subprocess.PIPE, timeout=110
            )
        finally:
            server.kill()
    return dict(json.loads(told.stdout))


def main() -> None:
    """Print the table: figures, and each as a ratio to the bare reader of the same row count."""
    print(
        f"{'client':<14}{'held':>8}{'opening':>10}{'memory each':>14}{'late p50':>14}{'late p95':>14}{'processor':>12}"
    )
    for count, names in ((FEW, ("bare asyncio", "suite", "aiohttp", "httpx-sse")), (MANY, ("bare asyncio", "suite"))):
        base: dict[str, float] = {}
        for name in names:
            seen = measured(name, count)
            base = base or seen
            print(
                f"{name:<14}{seen['held']:>8.0f}{seen['opening']:>8.1f} s"
                f"{seen['kib']:>6.1f} KiB{ratio(seen, base, 'kib')}"
                f"{seen['p50']:>6.1f} ms{ratio(seen, base, 'p50')}{seen['p95']:>6.1f} ms{ratio(seen, base, 'p95')}"
                f"{seen['cpu']:>10.0%}"
            )


def ratio(seen: dict[str, float], base: dict[str, float], name: str) -> str:
    """A figure relative to the bare reader's."""
    return f" ×{seen[name] / base[name]:<4.2g}" if base[name] else "      "


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve())
    elif sys.argv[1:2] == ["hold"]:
        _, _, wanted, at, number = sys.argv
        seen = (
            hold_with_the_suite(int(at), int(number))
            if wanted == "suite"
            else asyncio.run(hold(wanted, int(at), int(number)))
        )
        sys.stdout.write(json.dumps(seen) + "\n")
        sys.stdout.flush()
        # The sessions are not closed one by one: the process that held them ends.
        sys.stderr.close()
        __import__("os")._exit(0)
    else:
        main()
