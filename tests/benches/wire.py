"""How fast event streams are read: bytes per second against httpx-sse, and against cutting lines and nothing else."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator

import httpx
from httpx_sse import EventSource

from verifier.probes.sse.wire.parser import EventParser

SIZE = 16 * 1024 * 1024
CHUNK = 16 * 1024
ROUNDS = 5


def main() -> None:
    """Read the same bytes in turns, and print the median of each reader."""
    out = sys.stdout.write
    out(f"{'':<26}{'MB/s':>8}{'events/s':>12}{'ratio':>8}\n")
    for name, data in (("changes, 300 bytes", 240), ("heartbeats, 90 bytes", 30), ("tables, 20 kB", 20_000)):
        content = stream(data)
        chunks = [content[at : at + CHUNK] for at in range(0, len(content), CHUNK)]
        counted, seconds = measured(chunks)
        out(f"{name} ({counted} events)\n")
        for reader, each in seconds.items():
            ratio = seconds["ours"] / each
            out(f"  {reader:<24}{len(content) / each / 1e6:>8.0f}{counted / each:>12.0f}{ratio:>8.2f}\n")


def stream(size: int) -> bytes:
    """Events with `size` characters of data each, as the embedded deployment sends them."""
    told = json.dumps({"action": "updated", "approval": "x" * size})
    frame = f"event: approval-update\r\nid: 4711\r\ndata: {told}\r\n\r\n".encode()
    return frame * (SIZE // len(frame))


def measured(chunks: list[bytes]) -> tuple[int, dict[str, float]]:
    """How many events there are, and each reader's seconds: the median of rounds in turns."""
    taken: dict[str, list[float]] = {name: [] for name in READERS}
    counts = set()
    for _ in range(ROUNDS):
        for name, read in READERS.items():
            began = time.perf_counter()
            count = read(chunks)
            taken[name].append(time.perf_counter() - began)
            counts |= {count} if name != "bytes.split alone" else set()
    (counted,) = counts
    return counted, {name: statistics.median(each) for name, each in taken.items()}


def ours(chunks: list[bytes]) -> int:
    parser = EventParser()
    return sum(1 for chunk in chunks for _ in parser.feed(chunk, 0.0))


def httpx_sse(chunks: list[bytes]) -> int:
    def content() -> Iterator[bytes]:
        yield from chunks

    answer = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=content())
    return sum(1 for _ in EventSource(answer).iter_sse())


def split(chunks: list[bytes]) -> int:
    return sum(len(chunk.split(b"\n")) for chunk in chunks)


READERS: dict[str, Callable[[list[bytes]], int]] = {
    "ours": ours,
    "httpx-sse": httpx_sse,
    "bytes.split alone": split,
}

if __name__ == "__main__":
    main()
