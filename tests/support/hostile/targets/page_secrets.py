"""Every secret of the suite, told back by a page in each place from which a browser reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from html import escape
from pathlib import Path
from urllib.parse import quote

from tests.support.hostile.canaries import CANARIES, HALF
from tests.support.hostile.secrets import ENCODINGS, RED, told
from tests.support.hostile.situation import Command, Situation
from tests.support.hostile.targets.pages import BOTH, DASHBOARD, ERRORS, MINUTE, SMOKE, environment, shown
from tests.support.servers.scripted import NOT_FOUND, Script, answer, scripted
from verifier.core.redaction import Redactor
from verifier.probes.browser.screenshot import withheld
from verifier.probes.browser.tiles.timeline import WORDS

PLAIN = ENCODINGS["as it is"]


def _blanks() -> int:
    """So many that the page's own script, which looks at no more, cuts the first secret after them in the middle."""
    redactor = Redactor()
    for each in CANARIES.values():
        redactor.learn(each)
    return 5 * (WORDS + redactor.longest) - len(next(iter(CANARIES.values()))) + HALF


BLANKS = _blanks()


def quoted(encoding: str = "as it is") -> str:
    """The secrets as a text of a script."""
    return json.dumps(told(ENCODINGS[encoding])).replace("<", "\\u003c")


def address(path: str) -> str:
    """An address that holds them."""
    return f"{path}?token={quote(told(PLAIN), safe='')}"


def tile(name: str, text: str) -> str:
    """A tile that never shows what it is there for."""
    return f'<section data-testid="tile-{escape(name)}"><h2>{escape(name)}</h2><p>{escape(text)}</p></section>'


def link() -> str:
    """A link of the navigation, to a page that is not there."""
    return f'<nav><a href="{escape(address("/gone"))}">Gone</a></nav>'


def stranger(title: str, text: str) -> Script:
    """A page without the signs of an operator, and so none that counts."""
    return answer(f"<!doctype html><title>{title}</title><main>{text}</main>", kind="text/html")


@contextmanager
def telling(
    folder: Path,
    script: Script,
    items: tuple[str, ...],
    others: Mapping[str, Script] | None = None,
    *,
    visible: bool = False,
) -> Iterator[Command]:
    """An app whose dashboard tells the secrets; where they are visible, there may be no picture of it."""
    with scripted({"/app": script, "*": NOT_FOUND, **(others or {})}) as server:
        target = DASHBOARD.format(url=server.url)
        afterwards: Callable[[], list[str]] = partial(pictured, folder) if visible else list
        yield Command(target, items, environment=environment(), afterwards=afterwards)


def pictured(folder: Path) -> list[str]:
    """Pictures below the reports that are not the one which says that there is none: nobody can search them."""
    pictures = [each for each in (folder / "reports").rglob("*.png") if each.is_file() and not each.is_symlink()]
    return [f"there is a picture, {each.name}" for each in pictures if each.read_bytes() != withheld()]


def place(  # noqa: PLR0913 - the parts of a row
    name: str,
    script: Script,
    says: str,
    items: tuple[str, ...] = (ERRORS,),
    others: Mapping[str, Script] | None = None,
    *,
    visible: bool = False,
) -> Situation:
    """The page tells the secrets in this place."""
    prepare = partial(telling, script=script, items=items, others=others, visible=visible)
    return Situation(f"Secrets in {name}", prepare, RED, says, MINUTE, slow=True)


SITUATIONS = (
    *(
        place(f"a message of the console, {each}", shown(f"console.error({quoted(each)})"), "no-console-errors")
        for each in ("as it is", "in base64", "in a URL", "split over two lines")
    ),
    place("an error that nobody handles", shown(f"throw new Error({quoted()})"), "no-console-errors"),
    place("a promise that is rejected", shown(f"Promise.reject(new Error({quoted()}))"), "no-console-errors"),
    place("the address of a request that fails", shown(f"fetch({json.dumps(address('/api'))})"), "no-console-errors"),
    place("the text of a tile", shown(more=tile("two", told(PLAIN))), "tiles-under-3s", BOTH, visible=True),
    place(
        "the text of a tile, cut in the page, which gets stuck",
        shown(
            "setTimeout(() => { for (;;); }, 1500)",
            f'<section data-testid="tile-two"><h2>Two</h2><p>{" " * BLANKS}{told(PLAIN)}</p></section>',
        ),
        "item open|tiles-under-3s",
        BOTH,
        visible=True,
    ),
    place("the title of a page", stranger(escape(told(PLAIN)), "Sign in"), "not the dashboard", BOTH, visible=True),
    place("the text of a page", stranger("Sign in", escape(told(PLAIN))), "not the dashboard", BOTH, visible=True),
    place(
        "the address of a redirect",
        answer("", "302 Found", location=address("/login")),
        "not the dashboard",
        BOTH,
        {"/login": stranger("Sign in", "Sign in")},
    ),
    place(
        "an address that a script makes",
        shown(f"history.replaceState(null, '', {json.dumps(address('/app'))}); throw new Error('wrong')"),
        "no-console-errors",
    ),
    place("the address of a link in the navigation", shown(more=link()), "smoke-passed", (ERRORS, SMOKE)),
    place("the name of a tile", shown(more=tile(told(PLAIN), "x")), "tiles-under-3s", BOTH),
    place(
        "cookies and storage",
        shown(
            f"document.cookie = 'session=' + encodeURIComponent({quoted()}); localStorage.token = {quoted()}; fail()"
        ),
        "no-console-errors",
    ),
)
