"""Walks through a page with the keyboard alone: real presses of Tab, Enter and Escape.

A control is pressed only if it says that it opens a dialog, and from the first press of Tab to the end of the page
nothing that writes leaves the browser, whatever a press or the focus sets off. So the walk changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from playwright.sync_api import Error, FloatRect, Page, Route

from verifier.core.evidence import Record
from verifier.probes.browser.condition.defect import KEYBOARD, Defect, named
from verifier.probes.browser.condition.pictures import COMMON, HERE, Box, cropped

_FOCUS = (HERE / "focus.js").read_text(encoding="utf-8")
STOPS = 150
"""Presses of Tab on one page; a page with more stops is walked so far."""
STOPS_OF_FIRST = 600
"""Presses on the dashboard, which is to be walked to its end: some 12 s."""
DIALOGS = 4
_STUCK = 9
"""Presses of Tab that leave the focus where it was, until it is trapped: a field for date and time has seven stops."""
_OUTSIDE = 3
"""Presses of Tab outside of the page, until it does not come back."""
_APPEARS = 1500
"""Milliseconds for a dialog to come or go."""
_SILENT = """() => {
    navigator.sendBeacon = () => true;
    window.fetch = () => new Promise(() => {});
    XMLHttpRequest.prototype.send = () => {};
}"""
_REMAINING = "(all) => hotdashFocus.remaining(all)"
_READING = {"GET", "HEAD", "OPTIONS"}


class KeyboardWalk(Record):
    """A walk through a page.

    Attributes:
        stops: the places where the focus was.
        whole: whether the walk came to its end.
        dialogs: those that were opened.
        defects: what was in the way.
        unseen: what could not be tried, in words.
    """

    stops: int
    whole: bool
    dialogs: int = 0
    defects: tuple[Defect, ...] = ()
    unseen: tuple[str, ...] = ()


class _OnlyReading:
    """Keeps back what a page would write; the page itself is opened without it, because some read by POST."""

    def __init__(self, page: Page, again: Callable[[], None]) -> None:
        self._page = page
        self._again = again
        self.held: list[str] = []

    def _judge(self, route: Route) -> None:
        if route.request.method in _READING:
            route.fallback()
        else:
            self.held.append(f"{route.request.method} {route.request.url.partition('?')[0]}")
            route.abort()

    def begin(self) -> None:
        self._page.route("**/*", self._judge)

    def leave(self) -> None:
        """Leave the page; what it sends as it goes passes by every route (seen with Chromium), so it cannot send."""
        for frame in self._page.frames:
            with suppress(Error):  # a frame that has gone
                frame.evaluate(_SILENT)
        self._page.goto("about:blank")

    def reopen(self) -> None:
        self.leave()
        self._page.unroute("**/*", self._judge)
        self._again()
        self.begin()


def walk(  # noqa: PLR0913 - what a walk needs
    page: Page,
    where: str,
    openers: Iterable[str],
    reopen: Callable[[], None],
    at_dialog: Callable[[str], list[Defect]],
    *,
    stops: int = STOPS,
) -> KeyboardWalk:
    """Walk through the page, then open each of its dialogs, and leave the page.

    Args:
        page: opened, and no longer changing.
        where: the route.
        openers: selectors of what opens a dialog and does not say so.
        reopen: opens the page anew.
        at_dialog: called with the dialog's name while it is open; what is wrong with it.
        stops: presses of Tab after which the walk ends, wherever it is.

    Raises:
        playwright.sync_api.Error: the page cannot be read.
    """
    found: list[tuple[Defect, Box | None, bytes]] = []

    def add(kind: str, selector: str, told: str, box: Box | None = None, picture: bytes = b"") -> None:
        defect = Defect(kind=kind, problem=KEYBOARD[kind], where=where, selector=selector, told=told)
        found.append((defect, box, picture))

    reading = _OnlyReading(page, reopen)
    reading.begin()
    reached, whole = _round(page, add, stops)
    pictures = cropped(page, [box for _, box, _ in found])
    told = named(
        [each for each, _, _ in found], [own or cut for (_, _, own), cut in zip(found, pictures, strict=True)], where
    )
    found.clear()
    dialogs, inside, unseen = _dialogs(page, tuple(openers), reading, at_dialog, add)
    shown = named([each for each, _, _ in found], [own for _, _, own in found], f"{where} dialogs")
    reading.leave()
    unseen += [f"the page asked to write ({each}), which was held back" for each in dict.fromkeys(reading.held)]
    return KeyboardWalk(
        stops=reached, whole=whole, dialogs=dialogs, defects=(*told, *shown, *inside), unseen=tuple(unseen)
    )


def _begin(page: Page) -> list[dict[str, Any]]:
    page.evaluate(COMMON)
    page.evaluate(_FOCUS)
    return list(page.evaluate("hotdashFocus.begin()"))


def _round(page: Page, add: Callable[..., None], most: int) -> tuple[int, bool]:  # noqa: C901, PLR0912 - each way a walk can end
    """Press Tab until the focus is where it began."""
    expected = {each["selector"]: each["box"] for each in _begin(page)}
    page.evaluate("scrollTo(0, 0)")
    reached: list[str] = []
    stuck = left = 0
    presses = most if expected else 0
    invisible: list[dict[str, Any]] = []
    whole = not expected
    for _ in range(presses):
        page.keyboard.press("Tab")
        now = page.evaluate("hotdashFocus.now()")
        if now is None:
            left += 1  # the end of the page: the browser's own controls come next
            if reached and (left > 1 or not expected.keys() - set(reached)):
                whole = True
                break
            if left > _OUTSIDE:
                break
            continue
        if reached and now["selector"] == reached[-1] and not now["inside"]:
            stuck += 1
            if stuck >= _STUCK:
                if expected.keys() - set(reached):
                    add("keyboard-trap", now["selector"], f"after {stuck} presses of Tab it is still here", now["box"])
                break
            continue
        stuck = 0
        if now["selector"] in reached and not now["inside"]:
            rest = expected.keys() - set(reached)
            rest &= set(page.evaluate(_REMAINING, list(rest)))
            if not left and rest:
                ring = len(reached) - reached.index(now["selector"])
                told = f"Tab goes round in {ring} controls and misses {len(rest)}"
                add("keyboard-trap", now["selector"], told, now["box"])
            whole = True
            break
        if now["selector"] not in reached:
            reached.append(now["selector"])
            if not now["shown"] or (not now["changed"] and not now["caret"]):
                invisible.append(now | {"same": _looks_the_same(page, now)})
    for each in invisible:
        if each["same"]:
            add("focus-not-visible", each["selector"], "it looks the same with and without the focus", each["box"])
    if whole and left:
        still = set(page.evaluate(_REMAINING, list(expected)))
        for selector in sorted(still & expected.keys() - set(reached)):
            add("not-reachable", selector, "Tab passes it by", expected[selector])
    for each in page.evaluate("hotdashFocus.unreachable()"):
        add("not-reachable", each["selector"], "it has no tabindex, and is no control of HTML", each["box"])
    return len(reached), whole


def _looks_the_same(page: Page, now: dict[str, Any]) -> bool:
    """Whether no pixel around the element tells that it has the focus; what moves by itself tells nothing."""
    if not now["shown"]:
        return True
    left, top, width, height = page.evaluate(
        """() => {
            const at = hotdashFocus.active().getBoundingClientRect();
            return [at.left, at.top, at.width, at.height];
        }"""
    )
    size = page.viewport_size or {"width": 0, "height": 0}
    x, y = max(0, left - 12), max(0, top - 12)
    wide, high = min(size["width"] - x, width + 24), min(size["height"] - y, height + 24)
    if wide <= 0 or high <= 0:
        return True
    clip = FloatRect(x=x, y=y, width=wide, height=high)
    page.wait_for_timeout(250)  # a transition of the focus ends
    with_focus = page.screenshot(clip=clip, animations="disabled", timeout=5000)
    page.evaluate("() => { window.hotdashHeld = hotdashFocus.active(); window.hotdashHeld.blur(); }")
    page.wait_for_timeout(250)
    without = page.screenshot(clip=clip, animations="disabled", timeout=5000)
    page.evaluate("() => window.hotdashHeld.focus({ preventScroll: true })")
    return with_focus == without


def _dialogs(
    page: Page,
    openers: tuple[str, ...],
    reading: _OnlyReading,
    at_dialog: Callable[[str], list[Defect]],
    add: Callable[..., None],
) -> tuple[int, list[Defect], list[str]]:
    """Open each dialog by Enter on its control, and close it by Escape."""
    opened, inside, unseen, alike = 0, [], [], set()
    for opener in page.evaluate("(named) => hotdashFocus.openers(named)", list(openers)):
        if opened >= DIALOGS:
            break
        _begin(page)
        control = page.locator(opener).first
        kind = control.evaluate(
            "(it) => it.getAttribute('commandfor') || it.getAttribute('aria-controls') || it.innerText.trim()"
        )
        if kind in alike:
            continue
        alike.add(kind)
        asked = len(reading.held)
        before = set(page.evaluate("hotdashFocus.dialogs()"))
        control.focus(timeout=_APPEARS)
        page.keyboard.press("Enter")
        dialog = _eventually(page, partial(_opened, page, before))
        if dialog is None:
            if reading.held[asked:]:
                unseen.append(f"{opener} opens no dialog without writing ({reading.held[asked]})")
            else:
                add("dialog-does-not-open", opener, "Enter opens none", picture=_shown(page, opener))
            continue
        opened += 1
        if not _eventually(page, partial(_has_focus, page, dialog)):
            add("dialog-without-focus", dialog, f"opened by {opener}", picture=_shown(page, dialog))
        inside += at_dialog(dialog)
        page.keyboard.press("Escape")
        if _eventually(page, partial(_closed, page, dialog)) is None:
            add("dialog-does-not-close", dialog, f"opened by {opener}", picture=_shown(page, dialog))
            reading.reopen()
            _begin(page)
            continue
        back = _eventually(page, partial(_back, page, opener))
        if not back:
            now = (page.evaluate("hotdashFocus.now()") or {}).get("selector", "nothing")
            add("focus-not-returned", opener, f"the focus is on {now}", picture=_shown(page, opener))
    return opened, inside, unseen


def _opened(page: Page, before: set[str]) -> str | None:
    return next(iter(set(page.evaluate("hotdashFocus.dialogs()")) - before), None)


def _has_focus(page: Page, dialog: str) -> bool | None:
    return page.evaluate("(it) => hotdashFocus.within(it)", dialog) or None


def _closed(page: Page, dialog: str) -> bool | None:
    return dialog not in page.evaluate("hotdashFocus.dialogs()") or None


def _back(page: Page, opener: str) -> bool | None:
    return (page.evaluate("hotdashFocus.now()") or {}).get("selector") == opener or None


def _eventually(page: Page, look: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is looked for
    """What `look` finds within the time for a dialog to come or go; nothing, if it finds nothing."""
    for _ in range(_APPEARS // 50):
        if (found := look()) is not None:
            return found
        page.wait_for_timeout(50)
    return look()


def _shown(page: Page, selector: str) -> bytes:
    box = page.locator(selector).first.evaluate("(it) => hotdashLook.box(it)")
    return cropped(page, [tuple(box)])[0]
