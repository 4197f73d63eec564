"""What an operator would call broken on a page: at the width of a desk and of a telephone."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urldefrag, urlsplit

from playwright.sync_api import Error, Page

from verifier.core.redaction import REDACTOR, names_secret
from verifier.probes.browser.condition.defect import LOOKS, Defect, named
from verifier.probes.browser.condition.pictures import COMMON, HERE, Box, cropped
from verifier.probes.browser.console import origin

WIDTHS = (1280, 390)
"""CSS pixels: a desk, and a telephone."""
SHIFT = 0.1
"""The sum of layout shifts above which a page "needs improvement" (web.dev, Cumulative Layout Shift)."""
_DEFECTS = (HERE / "defects.js").read_text(encoding="utf-8")
_QUOTED = 40
"""Characters of the page that are quoted."""
_SCREENS = 12
"""Heights of the window that are looked at; a page that goes on for ever is not."""
_MOST = 10
"""Defects of one page and width that are told."""
_LINKS = 40
"""Addresses that are asked in one run."""
_ACTS = re.compile(r"log-?out|sign-?out|delete|remove|unsubscribe|destroy|(approve|reject|send)(?!al)\b", re.IGNORECASE)
"""Links that are not asked, because a GET may do it."""
_REFUSES, _NOT_FOUND, _GONE, _BROKEN = 400, 404, 410, 500
SHIFTS = """() => new Promise((done) => {
    const all = [];  // the buffered ones come by the callback alone
    const seen = new PerformanceObserver((list) => all.push(...list.getEntries()));
    seen.observe({ type: "layout-shift", buffered: true });
    setTimeout(() => {
        const entries = [...all, ...seen.takeRecords()].filter((each) => !each.hadRecentInput);
        const largest = entries.toSorted((a, b) => b.value - a.value)[0];
        const source = largest?.sources.find((each) => each.node?.nodeType === 1);
        done({ sum: entries.reduce((sum, each) => sum + each.value, 0),
            selector: source ? hotdashLook.selector(source.node) : "body",
            box: source ? hotdashLook.box(source.node) : null });
    }, 100);
})"""
_LINKS_SHOWN = """() => [...document.querySelectorAll("a[href]")].filter((each) => each.checkVisibility())
    .map((each) => ({ selector: hotdashLook.selector(each), href: each.href,
        raw: each.getAttribute("href"), box: hotdashLook.box(each),
    anchored: !each.hash || each.hash === "#top" || /^#[/!]|^#:~:/.test(each.hash)
        || Boolean(document.getElementById(decodeURIComponent(each.hash.slice(1)))
        || document.getElementsByName(decodeURIComponent(each.hash.slice(1))).length) }))"""
_ASK = """async ([address, refuses]) => {
    const ask = async (method) => (await fetch(address, { method, signal: AbortSignal.timeout(5000) })).status;
    const status = await ask("HEAD");
    return status >= refuses ? ask("GET") : status;
}"""
_SCREEN = "(at) => { scrollTo({ top: at, behavior: 'instant' }); return document.documentElement.scrollHeight; }"
_ARRIVED = """() => new Promise((done) => {
    const began = performance.now();
    const look = () => [...document.images].every((each) => each.complete || !each.checkVisibility()
        || each.getBoundingClientRect().top > innerHeight) || performance.now() - began > 2000
        ? requestAnimationFrame(() => done()) : setTimeout(look, 50);
    look();
})"""


def shifted(page: Page, where: str) -> list[Defect]:
    """Whether what was shown has moved since the page was opened; the largest shift is pictured."""
    page.evaluate(COMMON)
    seen = page.evaluate(SHIFTS)
    if seen["sum"] <= SHIFT:
        return []
    told = f"layout shifts of {seen['sum']:.2f} in all, more than {SHIFT}; the largest moved this"
    return _pictured(page, [_defect("layout-shift", where, seen["selector"], told)], [seen["box"]], where)


def defects(page: Page, where: str, own: str | None) -> list[Defect]:
    """What looks broken in any part of the page, at the window's width, and still does so at a second look.

    Args:
        page: as it was when it no longer changed.
        where: route and width.
        own: the only origin whose pictures are judged; nothing, if all are.
    """
    page.evaluate(COMMON)
    height, at = page.evaluate(_SCREEN, 0), 0
    step = int(page.evaluate("innerHeight * 0.9"))
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for _ in range(_SCREENS):
        if at >= height:
            break
        height = page.evaluate(_SCREEN, at)
        page.evaluate(_ARRIVED)
        first = page.evaluate(_DEFECTS, [own, _QUOTED + REDACTOR.longest])
        if first:
            page.wait_for_timeout(400)  # what is only on its way there is no defect
            again = {_known(each) for each in page.evaluate(_DEFECTS, [own, _QUOTED + REDACTOR.longest])}
            seen |= {_known(each): each for each in first if _known(each) in again and _known(each) not in seen}
        at += step
    page.evaluate(_SCREEN, 0)
    found = list(seen.values())[:_MOST]
    made = [_defect(each["kind"], where, each["selector"], _shortened(each["told"])) for each in found]
    return _pictured(page, made, [tuple(each["box"]) for each in found], where)


def _shortened(told: str) -> str:
    return re.sub("\x01(.*?)\x02", lambda words: f"'{REDACTOR.beginning(words[1], _QUOTED)}'", told, flags=re.DOTALL)


def dead_links(page: Page, where: str, asked: dict[str, int | str]) -> list[Defect]:
    """The links of the page that lead nowhere within the app; those that may do something are not asked.

    Args:
        page: whose links are looked at.
        where: the route.
        asked: address → its answer, for what other pages have asked; filled in here.
    """
    page.evaluate(COMMON)
    found: list[Defect] = []
    boxes: list[Box | None] = []
    for each in page.evaluate(_LINKS_SHOWN):
        address, _ = urldefrag(each["href"])
        here = address == urldefrag(page.url)[0]
        if here and not each["anchored"]:
            found.append(_defect("dead-link", where, each["selector"], f"{each['raw']} names no place on the page"))
            boxes.append(tuple(each["box"]))
        elif not here and origin(address) == origin(page.url) and not may_act(address):
            answer = _answer(page, address, asked)
            if answer in {_NOT_FOUND, _GONE} or (isinstance(answer, int) and answer >= _BROKEN):
                found.append(_defect("dead-link", where, each["selector"], f"{each['raw']} answers HTTP {answer}"))
                boxes.append(tuple(each["box"]))
    return _pictured(page, found[:_MOST], boxes[:_MOST], where)


def may_act(address: str) -> bool:
    """Whether a link may do something when it is followed, or holds a secret."""
    keys = parse_qs(urlsplit(address).query, keep_blank_values=True)
    return bool(_ACTS.search(address)) or any(names_secret(each) for each in keys)


def _answer(page: Page, address: str, asked: dict[str, int | str]) -> int | str:
    """The status of what is there, or words where nothing is known; a bad one is asked for by HEAD and by GET.

    The page itself asks: it has the login of the browser, and its trust in the target's key.
    """
    if address not in asked:
        if len(asked) >= _LINKS:
            return "not asked"
        try:
            asked[address] = page.evaluate(_ASK, [address, _REFUSES])
        except Error as trouble:
            asked[address] = trouble.message.partition("\n")[0]
    return asked[address]


def _known(raw: dict[str, Any]) -> tuple[str, str]:
    return raw["kind"], raw["selector"]


def _defect(kind: str, where: str, selector: str, told: str) -> Defect:
    return Defect(kind=kind, problem=LOOKS[kind], where=where, selector=selector, told=told)


def _pictured(page: Page, found: list[Defect], boxes: list[Box | None], where: str) -> list[Defect]:
    return named(found, cropped(page, boxes), where) if found else []
