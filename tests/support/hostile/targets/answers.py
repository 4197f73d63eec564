"""An app that is down, silent, slow, endless or talks nonsense over HTTP."""

from __future__ import annotations

import gzip
import ssl
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import brotli
import trustme

from tests.support.hostile.situation import DONE, NOT_DONE, UNVERIFIED, Command, Ending, Situation
from tests.support.servers.scripted import PIECE, Line, Script, answer, head, listening, scripted
from tests.support.servers.tls_server import Files, issued, self_signed

HEALTH = """
url = "{url}"
[platform]
machines = "none"
[[health.endpoint]]
path = "/health"
claims = {{ status = "ok" }}
"""
TRAFFIC = """
[traffic]
paths = ["/health"]
requests = 20
"""
OK = {"status": "ok"}
WELL = answer(OK)
RED = (NOT_DONE, UNVERIFIED)
"""Broken, or could not look: either is right where the network alone would tell them apart."""
SHORT = 2.0
"""Seconds of a run whose target never ends: less than one request may take."""
DEEP = "[" * 100_000 + "]" * 100_000


@contextmanager
def served(_: Path, scripts: Mapping[str, Script], more: str = "", items: tuple[str, ...] = ()) -> Iterator[Command]:
    """An app whose health is judged."""
    with scripted(scripts) as server:
        yield Command(HEALTH.format(url=server.url) + more, ("health-endpoint", *items))


@contextmanager
def at(_: Path, url: str) -> Iterator[Command]:
    """An app at an address at which there is none."""
    yield Command(HEALTH.format(url=url), ("health-endpoint",))


@contextmanager
def down(folder: Path) -> Iterator[Command]:
    """A port at which nobody listens."""
    with listening() as listener:
        port = listener.getsockname()[1]
    with at(folder, f"http://127.0.0.1:{port}") as command:
        yield command


@contextmanager
def silent(folder: Path) -> Iterator[Command]:
    """A port at which somebody listens who never takes a connection."""
    with listening() as listener, at(folder, f"http://127.0.0.1:{listener.getsockname()[1]}") as command:
        yield command


def health(name: str, script: Script, says: str, *endings: Ending, **more: Any) -> Situation:  # noqa: ANN401 - its fields
    """The app's health endpoint does this, and everything else is well."""
    return Situation(name, partial(served, scripts={"/health": script, "*": WELL}), endings, says, **more)


def everywhere(name: str, script: Script, says: str, *endings: Ending, **more: Any) -> Situation:  # noqa: ANN401
    """Every path does this."""
    return Situation(name, partial(served, scripts={"*": script}), endings, says, **more)


def slow_head(line: Line) -> None:
    """A header that comes byte by byte and never ends."""
    line.send("HTTP/1.1 200 OK\r\nx-more: ")
    line.endless(b"x", 0.5)


def slow_body(line: Line) -> None:
    """A body that comes byte by byte and never ends."""
    line.send(head(content_type="application/json"))
    line.endless(b" ", 0.5)


def endless(**headers: object) -> Script:
    """A body that comes as fast as it is read, and never ends."""

    def script(line: Line) -> None:
        line.send(head(**headers))
        line.endless(PIECE)

    return script


def cut(line: Line) -> None:
    """Half of what was declared."""
    line.send(head(content_type="application/json", content_length=1000) + b'{"status": ')


def bomb(coding: str) -> Script:
    """Few bytes that unpack to 200 MB, and to a GB in brotli."""
    return lambda line: line.send(head(content_encoding=coding) + packed(coding))


@cache
def packed(coding: str) -> bytes:
    """That many zeros in this coding."""
    if coding == "gzip, gzip":
        return gzip.compress(gzip.compress(bytes(1_000_000), 1) * 1_000, 9)  # a file of many members is one, too
    if coding == "gzip":
        return gzip.compress(bytes(200_000_000), 9)
    if coding == "deflate":
        return zlib.compress(bytes(200_000_000), 9)
    packer = brotli.Compressor(quality=2)
    return b"".join([*(packer.process(bytes(1_000_000)) for _ in range(1_000)), packer.finish()])


def flapping() -> Script:
    """503 every other time."""
    asked, busy = count(), answer("busy", "503 Service Unavailable")

    def script(line: Line) -> None:
        (busy if next(asked) % 2 else WELL)(line)

    return script


def redirect(where: str) -> Script:
    """To another place."""
    return answer("", "302 Found", location=where)


def garbage(line: Line) -> None:
    """No HTTP."""
    line.send(b"\x00\xff\x16\x03\x01 SSH-2.0-OpenSSH_9.6\r\n\r\n")


def reset(line: Line) -> None:
    """Nothing at all."""
    line.peer.close()


SIGN_IN = answer("<!doctype html><title>Sign in</title>", kind="text/html")
HTTP = (
    health("Nothing is wrong (the control: what follows could be green)", WELL, "^DONE: 1 of 22", DONE, page=True),
    Situation("Nobody listens at the port", down, RED, "Connection refused"),
    Situation("The name is unknown", partial(at, url="http://hostile.invalid"), RED, "hostile.invalid"),
    Situation("The port is open and silent", silent, RED, "deadline of 2 s passed|timeout", SHORT),
    health("The connection is closed without an answer", reset, "Server disconnected", *RED),
    health("The answer is no HTTP", garbage, "health-endpoint +(?!passed)", *RED),
    health("The answer is cut", cut, "incomplete message body|peer closed", *RED),
    health("A header comes one byte at a time", slow_head, "deadline of 2 s passed", *RED, deadline=SHORT),
    health("The body comes one byte at a time", slow_body, "deadline of 2 s passed", *RED, deadline=SHORT),
    health("The body is endless", endless(content_type="application/json"), "more than 5 MB", *RED),
    health("10 GB are declared", endless(content_length=10**10), "more than 5 MB", *RED),
    health("A gzip bomb", bomb("gzip"), "more than 5 MB", *RED),
    health("A deflate bomb", bomb("deflate"), "more than 5 MB", *RED),
    health("A brotli bomb", bomb("br"), "coding", *RED),
    health("A gzip bomb in a gzip", bomb("gzip, gzip"), "coding", *RED),
    health("A header of 1 MB", answer(OK, x_large="x" * 1_000_000), "health-endpoint +(?!passed)", *RED),
    # So many that they are above the limit of h11 (100 KB), in however many pieces they are read.
    health("20,000 headers", answer(OK, **{f"x_{each}": each for each in range(20_000)}), "health-endpoint", *RED),
    health("A redirect to itself", redirect("/health"), "302", *RED),
    health("A redirect to another host", redirect("http://elsewhere.invalid/"), "302", *RED),
    health("A redirect to a sign-in page", redirect("/login"), "302", *RED),
    health("A sign-in page with status 200", SIGN_IN, "an HTML page, so it claims nothing", *RED),
    health("429 with Retry-After: 3600", answer("", "429 Too Many Requests", retry_after=3600), "429", *RED),
    health("503", answer("", "503 Service Unavailable"), "503", NOT_DONE),
    health("JSON is NaN", answer('{"status": NaN}'), "nan", NOT_DONE, UNVERIFIED),
    health("JSON is nested 100,000 deep", answer(DEEP), "no JSON object", *RED),
    health("JSON gives the key twice, well and unwell", answer('{"status": "ok", "status": "down"}'), "twice", *RED),
    health("JSON gives the key twice, unwell and well", answer('{"status": "down", "status": "ok"}'), "twice", *RED),
    health("A number of 10,000 digits", answer('{"status": ' + "9" * 10_000 + "}"), "no JSON object", *RED),
    health(
        "The body is in an unknown character set", answer(b"\xff\xfe\xfa", kind="text/x; charset=ee"), "claims", *RED
    ),
    health("204 without a body", answer("", "204 No Content"), "204|claims nothing", *RED),
    health("Status 999", answer(OK, "999 Whatever"), "999", *RED),
    health("Escape sequences that clear the screen", answer({"status": "\x1b[2J\x1b]0;DONE\x07"}), "status", NOT_DONE),
    Situation(
        "503 every other time",
        partial(served, scripts={"*": flapping()}, more=TRAFFIC, items=("no-server-errors",)),
        RED,
        "503",
        12,
    ),
    everywhere("429 with Retry-After: 3600, everywhere", answer("", "429 Slow", retry_after=3600), "429", *RED),
)


@contextmanager
def encrypted(_: Path, files: Callable[[trustme.CA], Files]) -> Iterator[Command]:
    """An app whose certificate is the one that `files` makes; its authority is trusted."""
    authority = trustme.CA()
    with TemporaryDirectory() as kept:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        chain, key, trusted = (Path(kept) / name for name in ("chain.pem", "key.pem", "ca.pem"))
        for path, content in zip((chain, key), files(authority), strict=True):
            path.write_bytes(content)
        authority.cert_pem.write_to_path(trusted)
        context.load_cert_chain(chain, key)
        with scripted({"*": WELL}, context) as server:
            trust = f'[tls]\nca_file = "{trusted}"\n'
            yield Command(HEALTH.format(url=server.url) + trust, ("health-endpoint",))


@contextmanager
def plain(folder: Path) -> Iterator[Command]:
    """Plain text where TLS is expected."""
    with scripted({"*": WELL}) as server, at(folder, server.url.replace("http:", "https:")) as command:
        yield command


def certificate(name: str, files: Callable[[trustme.CA], Files], says: str, *endings: Ending) -> Situation:
    """The app has this certificate."""
    return Situation(name, partial(encrypted, files=files), endings, says)


TLS = (
    certificate("A good certificate (the control)", lambda ca: issued(ca, "127.0.0.1"), "^DONE: 1 of 22", DONE),
    certificate("An expired certificate", lambda ca: issued(ca, "127.0.0.1", starts=-9, ends=-1), "expired", *RED),
    certificate("A certificate that is not valid yet", lambda ca: issued(ca, "127.0.0.1", starts=3), "not yet", *RED),
    certificate("A certificate for another name", lambda ca: issued(ca, "other.example"), "mismatch", *RED),
    certificate("A self-signed certificate", lambda _: self_signed(), "self-signed", *RED),
    certificate("A certificate of an unknown authority", lambda _: issued(trustme.CA(), "127.0.0.1"), "verify", *RED),
    Situation("Garbage where TLS is expected", plain, RED, "SSL|TLS"),
)
SITUATIONS = (*HTTP, *TLS)
