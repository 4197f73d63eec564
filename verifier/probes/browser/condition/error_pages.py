"""The pages that an app shows when something is wrong, and what it says on others: whether in its own language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from playwright.sync_api import Browser, Error, Page

from verifier.core.evidence import CouldNotLook, Record
from verifier.core.probe import Context
from verifier.core.redaction import REDACTOR
from verifier.probes.browser.auth import address
from verifier.probes.browser.condition.defect import LOOKS, Defect, named
from verifier.probes.browser.condition.languages import foreign_language, language_of_app
from verifier.probes.browser.condition.pictures import COMMON, cropped
from verifier.probes.browser.session import in_plain_words, opened_context, unstuck
from verifier.probes.browser.visits import LOAD

NOWHERE = "/no-such-page"
"""A path that no app is expected to have."""
_MOST = 3
"""Routes that answered with an error and are looked at, beside the path that is not there."""
_KIND = "mixed-languages"
_EMPTY = "ERR_HTTP_RESPONSE_CODE_FAILURE"
"""What Chromium says of an error without a page; what it shows then is its own, in the language of whoever looks."""
_QUOTED = 80
_WORDS = """(longest) => ({ lang: document.documentElement.lang,
    text: (document.body?.innerText || "").slice(0, longest),
    box: document.body ? hotdashLook.box(document.body) : null })"""
_LONGEST = 4000
_MESSAGES = """(longest) => {
    const words = (field, name) => (field.getAttribute(name) || "").split(/\\s+/).filter(Boolean);
    const of = (field) => [...words(field, "aria-errormessage"), ...words(field, "aria-describedby")]
        .map((id) => document.getElementById(id)).filter(Boolean);
    const found = [...document.querySelectorAll("[role=alert], [role=alertdialog], [aria-live=assertive]"),
        ...[...document.querySelectorAll("[aria-invalid=true]")].flatMap(of)];
    return [...new Set(found)].filter((each) => each.checkVisibility() && each.innerText.trim())
        .map((each) => ({ selector: hotdashLook.selector(each), text: each.innerText.slice(0, longest),
            box: hotdashLook.box(each) }));
}"""
"""Alerts, and what is said of a field that was filled in wrongly."""


class ErrorPage(Record):
    """What is shown at one path that has no page, or whose page fails.

    Attributes:
        trouble: why it could not be looked at; empty if it was.
        looks: what is wrong with it.
    """

    route: str
    trouble: str = ""
    looks: tuple[Defect, ...] = ()


def language_shown(page: Page) -> str:
    """The language of the app, by a page of it.

    Raises:
        playwright.sync_api.Error: the page cannot be read.
    """
    page.evaluate(COMMON)
    told = page.evaluate(_WORDS, _LONGEST + REDACTOR.longest)
    return language_of_app(told["lang"], told["text"])


def foreign_messages(page: Page, where: str, app: str) -> list[Defect]:
    """Messages on a page in another language than the app's.

    Args:
        page: as it is shown.
        where: the route.
        app: the language of the app.

    Raises:
        playwright.sync_api.Error: the page cannot be read.
    """
    page.evaluate(COMMON)
    found = [
        each | {"found": foreign_language(app, "", each["text"])}
        for each in page.evaluate(_MESSAGES, _LONGEST + REDACTOR.longest)
    ]
    return _told(page, where, app, [each for each in found if each["found"]])


def look_at_errors(
    context: Context, browser: Browser, failing: Iterable[str], app: str, left: Callable[[], float]
) -> tuple[ErrorPage, ...]:
    """What is shown at a path that is not there, and at those that answered with an error.

    Args:
        context: the target.
        browser: in which they are opened.
        failing: routes that answered with an error.
        app: the language of the app; nothing is opened where that is not known.
        left: how many seconds are left for all of them.
    """
    routes = [NOWHERE, *failing][: 1 + _MOST] if app else []
    return tuple(_tried(context, browser, each, app, left) for each in routes)


def _tried(context: Context, browser: Browser, route: str, app: str, left: Callable[[], float]) -> ErrorPage:
    if not left():
        return ErrorPage(route=route, trouble="there was no time left for it")
    url = address(context, route)
    try:
        with (
            context.shared(),
            opened_context(browser, context, service_workers="block") as opened,
            in_plain_words(context.deadline, url),
        ):
            page = opened.new_page()
            with unstuck(page, context.deadline, left()):
                try:
                    page.goto(url, timeout=1000 * max(0.001, min(LOAD, left())))
                except Error as trouble:
                    if _EMPTY in trouble.message:
                        return ErrorPage(route=route)
                    raise
                page.evaluate(COMMON)
                told = page.evaluate(_WORDS, _LONGEST + REDACTOR.longest)
                told |= {"selector": "body", "found": foreign_language(app, told["lang"], told["text"])}
                return ErrorPage(route=route, looks=tuple(_told(page, route, app, [told] if told["found"] else [])))
    except CouldNotLook as trouble:
        return ErrorPage(route=route, trouble=trouble.what)


def _told(page: Page, where: str, app: str, found: list[dict[str, Any]]) -> list[Defect]:
    made = []
    for each in found:
        words = " ".join(REDACTOR.beginning(each["text"], _LONGEST).split())
        quoted = words[:_QUOTED] + "…" * (len(words) > _QUOTED)
        told = f"'{quoted}' is in '{each['found']}', the app is in '{app}'"
        made.append(Defect(kind=_KIND, problem=LOOKS[_KIND], where=where, selector=each["selector"], told=told))
    return named(made, cropped(page, [tuple(each["box"]) for each in found]), where) if made else []
