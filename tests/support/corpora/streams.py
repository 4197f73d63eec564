"""Event streams as data, each with the events by the standard; and where other parsers differ.

`python -m tests.support.corpora.streams` prints where httpx-sse differs, as docs/event-streams.md shows it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from httpx_sse import EventSource, SSEError

from tests.support.runs.toy import CHECKOUT
from verifier.probes.sse.wire.parser import Comment, EventParser

FOLDER = CHECKOUT / "tests" / "data" / "streams"


@dataclass(frozen=True)
class Stream:
    """A stream and its label.

    Attributes:
        rule: the section of WHATWG HTML, or the standard 'Encoding', and what it says.
        events: type, data and last event id of each event.
        comments: without their colon.
        retry: the reconnection time in milliseconds, if one was set.
        last_id: the last event id at the end.
    """

    name: str
    rule: str
    content: bytes
    events: list[list[str]]
    comments: list[str]
    retry: int | None
    last_id: str

    @property
    def label(self) -> dict[str, Any]:
        """The expected result of a parser."""
        return {"events": self.events, "comments": self.comments, "retry": self.retry, "last_id": self.last_id}


def corpus() -> Iterator[Stream]:
    """All streams. In the files, one character stands for one byte."""
    for path in sorted(FOLDER.glob("*.json")):
        for each in json.loads(path.read_text(encoding="utf-8")):
            name, content = f"{path.stem}/{each.pop('name')}", each.pop("stream").encode("latin-1")
            yield Stream(name=name, content=content, **each)


def read(chunks: list[bytes]) -> dict[str, Any]:
    """The result of our parser."""
    parser = EventParser()
    found = [each for at, chunk in enumerate(chunks) for each in parser.feed(chunk, float(at))]
    return {
        "events": [[each.name, each.data, each.id] for each in found if not isinstance(each, Comment)],
        "comments": [each.text for each in found if isinstance(each, Comment)],
        "retry": parser.retry,
        "last_id": parser.last_id,
    }


def read_by_httpx_sse(content: bytes) -> list[list[str]] | str:
    """The events that httpx-sse finds, or its error."""
    answer = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=iter([content]))
    try:
        return [[each.event, each.data, each.id] for each in EventSource(answer).iter_sse()]
    except (SSEError, ValueError) as trouble:
        return f"{type(trouble).__name__}"


def differences() -> str:
    """Where httpx-sse finds other events than the standard: a table in Markdown, without what repeats it."""
    rows = ["| stream | rule | the standard | httpx-sse |", "|---|---|---|---|"]
    for stream in (each for each in corpus() if not each.name.startswith("first-meeting/")):
        theirs = read_by_httpx_sse(stream.content)
        if theirs != stream.events:
            rows.append(f"| `{stream.name}` | {stream.rule} | {_shown(stream.events)} | {_shown(theirs)} |")
    return "\n".join(rows)


def _shown(events: list[list[str]] | str) -> str:
    if isinstance(events, str):
        return events
    words = [f"`{json.dumps(each)}`" for each in events]
    return " ".join(words).replace("|", "\\|") or "no event"


def documented() -> Path:
    """Where the differences are written down."""
    return CHECKOUT / "docs" / "event-streams.md"


if __name__ == "__main__":
    sys.stdout.write(differences() + "\n")
