"""Every secret that the suite takes, told back by the target in every encoding and in every place that it can reach."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from html import escape
from pathlib import Path
from urllib.parse import quote

from tests.support.hostile.canaries import CANARIES, HALF
from tests.support.hostile.situation import NOT_DONE, UNVERIFIED, USAGE, Command, Situation
from tests.support.hostile.targets.answers import HEALTH, served
from tests.support.servers.scripted import Line, Script, answer, head, scripted

Encoding = Callable[[str], str]
RED = (NOT_DONE, UNVERIFIED)
QUOTED_CHUNK, QUOTED_CODING = 40, 60
"""Characters that messages quote."""


def _letters(secret: str) -> str:
    return "".join(f"&#{ord(each)};" for each in secret)


def _lines(secret: str) -> str:
    middle = len(secret) // 2
    return f"{secret[:middle]}\n{secret[middle:]}"


ENCODINGS: dict[str, Encoding] = {
    "as it is": str,
    "in base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "in base64, as user:secret": lambda secret: base64.b64encode(f"me:{secret}".encode()).decode(),
    "in base64 for URLs": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
    "in a URL": lambda secret: quote(secret, safe=""),
    "in a URL within a URL": lambda secret: quote(quote(secret, safe=""), safe=""),
    "in JSON": lambda secret: json.dumps({"a": secret}),
    "in JSON within JSON": lambda secret: json.dumps(json.dumps({"a": secret})),
    "in JSON, each letter escaped": lambda secret: "".join(f"\\u{ord(each):04x}" for each in secret),
    "in HTML": escape,
    "in HTML, each letter an entity": _letters,
    "as hexadecimal digits": lambda secret: secret.encode().hex(),
    "in a gzip in base64": lambda secret: base64.b64encode(gzip.compress(secret.encode(), mtime=0)).decode(),
    "split over two lines": _lines,
    "in the middle of 100,000 characters": lambda secret: "x" * 50_000 + secret + "x" * 50_000,
    "after 19,990 characters, where the body is cut": lambda secret: "x" * 19_990 + secret + "x" * 50_000,
}


PACKED = {"in a gzip in base64"}
"""What cannot be masked in its place: then the file is withdrawn, and a problem of the run says so."""


def told(encoding: Encoding) -> str:
    """All secrets of the suite in one text."""
    return " ; ".join(encoding(secret) for secret in CANARIES.values())


def health(encoding: Encoding) -> Script:
    """What the health endpoint says of itself."""
    return answer({"status": told(encoding)})


def headers(encoding: Encoding) -> Script:
    """An error whose headers hold the secrets, the address of a redirect among them."""
    flat = told(encoding).replace("\n", " ")[:30_000]
    more = {"location": f"/next?token={flat}", "set_cookie": f"session={flat}", "x_debug": flat}
    return answer("see the headers", "302 Found", "text/plain", **more)


def page(encoding: Encoding) -> Script:
    """An error page as frameworks write them, with their whole environment."""
    lines = "".join(f"<li>{name} = {encoding(secret)}" for name, secret in CANARIES.items())
    return answer(f"<title>{told(encoding)}</title><ul>{lines}</ul>", "500 Internal Server Error", "text/html")


PLACES: dict[str, Callable[[Encoding], Script]] = {"the body": health, "headers": headers, "an error page": page}


def echoed(place: str, encoding: str) -> Situation:
    """The app tells the secrets in this place and encoding."""
    prepare = partial(served, scripts={"*": PLACES[place](ENCODINGS[encoding])})
    withdrawn = (("incomplete", 1),) if encoding in PACKED else ()
    page = encoding in {"as it is", *PACKED}  # of the others it holds what lies beside it
    return Situation(f"Secrets in {place}, {encoding}", prepare, (*RED, *withdrawn), "health endpoint", page=page)


STREAM = """
url = "{url}"
[platform]
machines = "none"
[events]
path = "/events"
"""


@contextmanager
def streamed(_: Path, encoding: Encoding) -> Iterator[Command]:
    """A stream whose events, ids and comments hold the secrets."""
    flat = told(encoding).replace("\n", "\ndata: ")

    def script(line: Line) -> None:
        line.send(head(content_type="text/event-stream", cache_control="no-store"))
        line.send(f"id: {flat}\nevent: {flat}\ndata: {flat}\n\n: {flat}\n\n{flat}\n\n")

    with scripted({"*": script}) as server:
        yield Command(STREAM.format(url=server.url), ("sse-heartbeat",))


@contextmanager
def in_a_gzip(_: Path) -> Iterator[Command]:
    """A body that is packed."""
    content = gzip.compress(json.dumps({"status": told(str)}).encode())
    packed = head(content_type="application/json", content_encoding="gzip", content_length=len(content)) + content
    with scripted({"*": lambda line: line.send(packed)}) as server:
        yield Command(HEALTH.format(url=server.url), ("health-endpoint",))


@contextmanager
def in_the_address(_: Path) -> Iterator[Command]:
    """A target whose own address holds a secret; that is refused, without repeating it."""
    yield Command(HEALTH.format(url=f"http://me:{CANARIES['FLY_API_TOKEN']}@127.0.0.1:9"), ("health-endpoint",))


def half_at(cut: int) -> str:
    """A secret of which a cut after so many characters leaves more than half."""
    secret = CANARIES["FLY_API_TOKEN"]
    return f"{'x' * (cut - len(secret) + HALF)}{secret}{'x' * cut}"


@contextmanager
def cut_in_a_chunk(_: Path) -> Iterator[Command]:
    """A stream whose first chunk has no size, but a text that a message quotes the beginning of."""
    begin = head(content_type="text/event-stream", cache_control="no-store", transfer_encoding="chunked")

    def script(line: Line) -> None:
        line.send(begin + half_at(QUOTED_CHUNK).encode() + b"\r\n")

    with scripted({"*": script}) as server:
        yield Command(STREAM.format(url=server.url), ("sse-heartbeat",))


@contextmanager
def cut_in_a_header(_: Path) -> Iterator[Command]:
    """A coding that nobody knows, of which a message quotes the beginning."""
    with scripted({"*": answer({"status": "ok"}, content_encoding=half_at(QUOTED_CODING))}) as server:
        yield Command(HEALTH.format(url=server.url), ("health-endpoint",))


SITUATIONS = (
    *(echoed("the body", each) for each in ENCODINGS),
    *(echoed("headers", each) for each in ("as it is", "in base64", "in a URL within a URL", "split over two lines")),
    *(echoed("an error page", each) for each in ("as it is", "in HTML", "split over two lines")),
    *(
        Situation(
            f"Secrets in an event stream, {each}",
            partial(streamed, encoding=ENCODINGS[each]),
            RED,
            "sse-heartbeat",
            page=each == "as it is",
        )
        for each in ("as it is", "in base64", "in JSON", "split over two lines")
    ),
    Situation("Secrets in a body that is packed", in_a_gzip, RED, "health endpoint"),
    Situation("A secret where the size of a chunk is expected", cut_in_a_chunk, RED, "chunk header"),
    Situation("A secret where a coding is expected, cut in a message", cut_in_a_header, RED, "in the coding"),
    Situation("A secret in the target's own address", in_the_address, (USAGE,), "url: "),
)
