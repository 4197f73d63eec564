"""Pages that never load, never end, take over the browser, or go away: never green, never hung."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from tests.support.hostile.situation import DONE, NOT_DONE, UNVERIFIED, Command, Ending, Situation
from tests.support.pages.browsers import prefer_the_headless_shell
from tests.support.servers.scripted import NOT_FOUND, Line, Script, answer, head, scripted
from verifier.probes.browser.path import find_browser

DASHBOARD = """
url = "{url}"
[platform]
machines = "none"
[dashboard]
path = "/app"
ready = ".ready"
signed_in = "nav"
tile = [{{ id = "tile-one", heading = "One" }}]
"""
ERRORS, TILES, SMOKE = "no-console-errors", "tiles-under-3s", "smoke-passed"
BOTH = (ERRORS, TILES)
RED = (NOT_DONE, UNVERIFIED)
"""Broken, or could not look: either is right where a browser alone cannot tell them apart."""
MINUTE = 45.0
OPEN = """<!doctype html><html lang="en"><head><title>Dashboard</title><link rel="icon" href="data:,"></head><body>
<nav><a href="/app">Dashboard</a></nav><main><h1>Dashboard</h1>
<section data-testid="tile-one"><h2>One</h2><p class="ready">42 orders</p></section></main>
"""
"""A page that is well, up to its end."""


def html(script: str = "", more: str = "") -> str:
    """A page that is well but for its script, and what it shows beside the tile."""
    return f"{OPEN}{more}<script>{script}</script></body></html>"


def shown(script: str = "", more: str = "", **headers: object) -> Script:
    """It is answered with this page."""
    return answer(html(script, more), kind="text/html; charset=utf-8", **headers)


def environment() -> dict[str, str]:
    """What names the browser to a run."""
    prefer_the_headless_shell()
    return {"HOTDASH_BROWSER": find_browser(None, os.environ)}


@contextmanager
def opened(
    _: Path,
    script: Script,
    items: tuple[str, ...] = BOTH,
    others: Mapping[str, Script] | None = None,
    **more: Any,  # noqa: ANN401 - the fields of a command
) -> Iterator[Command]:
    """An app whose dashboard does this, and whose other pages are not there."""
    with scripted({"/app": script, "*": NOT_FOUND, **(others or {})}) as server:
        yield Command(DASHBOARD.format(url=server.url), items, environment=environment(), **more)


def page(
    name: str,
    script: Script | str,
    says: str,
    *endings: Ending,
    deadline: float = MINUTE,
    heavy: bool = True,
    **more: Any,  # noqa: ANN401 - those of `opened`
) -> Situation:
    """The app's dashboard does this; a text is a script in a page that is well otherwise."""
    prepare = partial(opened, script=shown(script) if isinstance(script, str) else script, **more)
    return Situation(name, prepare, endings or RED, says, deadline, slow=heavy)


def head_alone(line: Line) -> None:
    """The head of a page, and then silence on an open connection."""
    line.send(head(content_type="text/html"))
    line.silent()


def half(line: Line) -> None:
    """A page without its end, which never comes."""
    line.send(head(content_type="text/html") + OPEN.encode())
    line.silent()


def endless(line: Line) -> None:
    """A page that never ends."""
    line.send(head(content_type="text/html") + OPEN.encode())
    line.endless(b"<p>more</p>" * 100, 0.01)


def large(line: Line) -> None:
    """A page of 50 MB."""
    rows = "".join(f"<div><p>Row {each}</p></div>" for each in range(1_600_000))
    shown(more=rows)(line)


def once(script: Script, later: Script) -> Script:
    """The first document is answered so, and every later one so."""
    asked = count()

    def told(line: Line) -> None:
        document = "sec-fetch-dest: document" in line.request.lower()
        (later if document and next(asked) else script)(line)

    return told


@contextmanager
def elsewhere(_: Path, how: Callable[[str], Script]) -> Iterator[Command]:
    """The dashboard sends the browser to another host, whose page has all the tiles that were asked for."""
    with scripted({"*": shown()}) as other, scripted({"/app": how(f"http://localhost:{other.port}/app")}) as server:
        yield Command(DASHBOARD.format(url=server.url), BOTH, environment=environment())


def away(how: str, script: Callable[[str], Script], *, heavy: bool = True) -> Situation:
    """The dashboard sends the browser to another host in this way."""
    prepare = partial(elsewhere, how=script)
    return Situation(
        f"The page leads to another host, by {how}", prepare, (UNVERIFIED,), "another host", MINUTE, slow=heavy
    )


UNSEEN, SHOWN = "leaves one item open", "^DONE: 2 of 22"
"""What a person reads of a page that could not be seen, and of one that shows all the same."""
GONE = answer("The app has gone", "503 Service Unavailable", "text/plain")
FILE = answer(b"x" * 1000, kind="application/octet-stream", content_disposition="attachment; filename=a")
REGISTERS = 'navigator.serviceWorker.register("/worker.js");'
QUIET_WORKER = answer("self.onfetch = () => {}", kind="text/javascript")
_LIE = "self.onfetch = (event) => event.respondWith(new Response(`PAGE`, {headers: {'content-type': 'text/html'}}))"
LYING_WORKER = answer(_LIE.replace("PAGE", OPEN), kind="text/javascript")
MEMORY = "const kept = []; for (let i = 0; i < 20; i++) kept.push(new Uint8Array(1e8).fill(1))"
NEVER_LOADED = (
    page("The page sends its head, and then nothing", head_alone, UNSEEN),
    page("The page sends nothing at all", lambda line: line.silent(), UNSEEN, deadline=20),
    page("The page is shown, and never ends", half, UNSEEN),
    page("The page grows without end", endless, UNSEEN),
    page(
        "The page is a download", shown(content_disposition="attachment; filename=app.html"), "it is a file to download"
    ),
    page("The page has 50 MB", large, UNSEEN, DONE, *RED, items=(*BOTH, SMOKE)),
    page("A script of the page does not end", "for (;;);", UNSEEN),
    page("A script begins that does not end, once the page is shown", "setTimeout(() => { for (;;); }, 200)", UNSEEN),
    page("The page takes 2 GB of memory", MEMORY, f"{UNSEEN}|^DONE|over the limit", DONE, *RED),
    page(
        "The page takes memory without end",
        "for (const kept = [];;) kept.push(new Array(1e6).fill(Math.random()))",
        UNSEEN,
    ),
)
AWAY = (
    page("The page reloads itself without end", "location.reload()", UNSEEN),
    page("The page sends the browser to itself without end", "location.href = '/app?' + Math.random()", UNSEEN),
    page(
        "Two pages send the browser to each other",
        "location.replace('/b')",
        UNSEEN,
        others={"/b": shown("location.replace('/app')")},
    ),
    away("its script", lambda url: shown(f"location.href = '{url}'")),
    away("a redirect", lambda url: answer("", "302 Found", location=url), heavy=False),
)
INTRUSIVE = (
    page("The page opens alerts without end", "for (;;) alert(1)", UNSEEN),
    page(
        "The page asks again and again",
        "setInterval(() => confirm(1) || prompt(2), 1)",
        f"{SHOWN}|{UNSEEN}",
        DONE,
        *RED,
    ),
    page(
        "The page does not want to be left",
        "onbeforeunload = (event) => { event.preventDefault(); event.returnValue = 'stay'; }",
        SHOWN,
        DONE,
    ),
    page(
        "The page tries to close itself (no browser lets it)",
        "open('', '_self'); close(); setTimeout(close, 300)",
        SHOWN,
        DONE,
    ),
    page("The page opens windows without end", "setInterval(() => open('/app'), 10)", UNSEEN),
    page(
        "The page starts downloads without end",
        "setInterval(() => { location.href = '/file' }, 50)",
        f"{SHOWN}|{UNSEEN}",
        DONE,
        *RED,
        others={"/file": FILE},
    ),
    page("The page registers a service worker", REGISTERS, SHOWN, DONE, others={"/worker.js": QUIET_WORKER}),
    page(
        "A service worker shows the page after the app has gone",
        once(shown(REGISTERS), GONE),
        "503",
        others={"/worker.js": LYING_WORKER},
    ),
    page(
        "The page writes 2,000 lines to the console",
        "for (let i = 0; i < 2e3; i++) console.log('line ' + i)",
        "only the first 1000 messages",
        UNVERIFIED,
        items=(ERRORS,),
        heavy=False,
    ),
    page(
        "The page writes 100,000 lines to the console",
        "for (let i = 0; i < 1e5; i++) console.log('line ' + i)",
        "only the first|item open",
    ),
    page(
        "The page writes 100,000 errors to the console",
        "for (let i = 0; i < 1e5; i++) console.error('line ' + i)",
        "error in the browser's console|item open",
    ),
    page(
        "The page writes 20,000 errors to the console by a function of it that it has kept",
        "const { error } = console; for (let i = 0; i < 2e4; i++) error('line ' + i)",
        "error in the browser's console|item open",
    ),
    page(
        "A worker of the page writes 20,000 errors to the console",
        "new Worker(URL.createObjectURL(new Blob([`for (let i = 0; i < 2e4; i++) console.error('line ' + i)`])))",
        f"error in the browser's console|{SHOWN}|item open",
        DONE,
        *RED,
    ),
    page(
        "The page makes 3,000 requests that fail",
        "for (let i = 0; i < 3e3; i++) fetch('/gone/' + i)",
        "error in the browser's console|item open",
    ),
    page(
        "The page throws 10,000 errors",
        "for (let i = 0; i < 1e4; i++) setTimeout(() => { throw new Error('wrong ' + i) })",
        "error in the browser's console|item open",
    ),
)
SITUATIONS = (
    page("Nothing is wrong with the page (the control)", "", "^DONE: 3 of 22", DONE, items=(*BOTH, SMOKE)),
    *NEVER_LOADED,
    *AWAY,
    *INTRUSIVE,
)
