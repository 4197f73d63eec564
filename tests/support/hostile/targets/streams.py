"""Event streams that stop, never end, or bring what no browser reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.hostile.situation import DONE, NOT_DONE, UNVERIFIED, Command, Ending, Situation
from tests.support.servers.scripted import Line, Script, answer, head, scripted

STREAM = """
url = "{url}"
[platform]
machines = "none"
[events]
path = "/events"
[limit.sse-heartbeat]
seconds = 1.0
tolerance = 0.2
reason = "scaled for the tests"
"""
RED = (NOT_DONE, UNVERIFIED)
HEAD = head(content_type="text/event-stream", cache_control="no-store")
BEAT = b"event: heartbeat\ndata: {}\n\n"


@contextmanager
def streamed(_: Path, script: Script) -> Iterator[Command]:
    """An app with this event stream."""
    with scripted({"*": script}) as server:
        yield Command(STREAM.format(url=server.url), ("sse-heartbeat",))


def well(line: Line) -> None:
    """A heartbeat every 0.7 s."""
    line.send(HEAD + BEAT)
    line.endless(BEAT, 0.7)


def half_open(line: Line) -> None:
    """One heartbeat, and then silence on an open connection."""
    line.send(HEAD + BEAT)
    line.silent()


def ever(content: bytes, every: float = 0.0) -> Script:
    """This again and again."""

    def script(line: Line) -> None:
        line.send(HEAD)
        line.endless(content, every)

    return script


def deep(line: Line) -> None:
    """Heartbeats whose JSON is nested 100,000 deep."""
    line.send(HEAD)
    line.endless(b"event: heartbeat\ndata: " + b"[" * 100_000 + b"\n\n", 0.6)


def bomb(line: Line) -> None:
    """A packed stream whose first piece unpacks to 200 MB."""
    from tests.support.hostile.targets.answers import packed  # noqa: PLC0415 - it is made once, where it is wanted

    line.send(head(content_type="text/event-stream", cache_control="no-store", content_encoding="gzip"))
    line.send(packed("gzip"))
    line.silent()


def stream(name: str, script: Script, says: str, *endings: Ending, **more: Any) -> Situation:  # noqa: ANN401 - its fields
    """The app's event stream does this."""
    return Situation(name, partial(streamed, script=script), endings or RED, says, **more)


EVENT = f"event: approval-update\nid: 1\ndata: {json.dumps({'a': 'x' * 60})}\n\n".encode() * 500
SITUATIONS = (
    stream("Nothing is wrong with the stream (the control)", well, "^DONE: 1 of 22", DONE, page=True),
    stream("The stream stays open and falls silent", half_open, "no heartbeat for"),
    stream("The stream is silent from the beginning", lambda line: line.silent(), "no answer for"),
    stream("The stream is a line without an end", ever(b"x" * 65_536), "sse-heartbeat"),
    stream("The stream is binary", ever(bytes(range(256)) * 64), "sse-heartbeat"),
    stream("The stream brings events as fast as they are read", ever(EVENT), "sse-heartbeat"),
    stream("The stream brings heartbeats as fast as they are read", ever(BEAT * 2_000), "sse-heartbeat"),
    stream(
        "Each event has an id and a name of its own",
        ever(b"".join(b"event: e%d\nid: %d\ndata: 1\n\n" % (n, n) for n in range(5_000))),
        "sse-heartbeat",
    ),
    stream("Heartbeats that are nested 100,000 deep", deep, "sse-heartbeat", DONE, *RED),
    stream("A packed stream that is a bomb", bomb, "sse-heartbeat"),
    stream("The stream is an HTML page", answer("<!doctype html><title>x</title>", kind="text/html"), "text/html"),
    stream("The stream closes at once", lambda line: line.send(HEAD), "sse-heartbeat"),
    stream("One byte of the stream comes every half second", ever(b"e", 0.5), "no heartbeat for"),
)
