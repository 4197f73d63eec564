"""Proposes `[dashboard]` from what the pages show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verifier.core.config.proposal import Proposed
from verifier.core.survey import Survey
from verifier.probes.browser.survey.pages import USUAL, SeenPage, SeenPages, observe_pages
from verifier.probes.browser.survey.states import States, literal, states_of

KEY = "dashboard"


def propose(survey: Survey) -> Iterator[Proposed]:
    """The operator's page, its tiles, and how these show their states."""
    seen = survey.once(observe_pages)
    yield Proposed(KEY, seen=tuple(_told(each) for each in seen.pages))
    if seen.dashboard is None:
        yield Proposed(KEY, unknown=(_why_none(survey, seen),))
        return
    states = states_of(seen)
    yield _page(seen.dashboard, states)
    yield _comments(seen.dashboard, states)


def _told(page: SeenPage) -> str:
    what = f"HTTP {page.status}" if page.status else "no page"
    heading = f", '{page.heading}'" if page.heading else ""
    tiles = f", {len(page.tiles)} tiles" if page.tiles else ""
    asks = ", asks for a password" if page.password else ""
    wrong = (
        f"; {len(page.complaints)} errors in the browser, the first: {page.complaints[0]}" if page.complaints else ""
    )
    return f"{page.route}: {what}{heading}{tiles}{asks}{wrong}"


def _why_none(survey: Survey, seen: SeenPages) -> str:
    if any(each.password for each in seen.pages):
        return "the page behind the login: add [entry] (docs/targets.md, Getting in), and describe [dashboard] by hand"
    tried = " ".join(USUAL) if survey.start == "/" else survey.start
    return f"where the page of the operator is ({tried} show none): call init with the address that you open"


def _page(page: SeenPage, states: States) -> Proposed:
    tiles = [
        {"id": each.id, "heading": each.heading, **({"selector": each.selector} if each.selector else {}),
         "text": states.text[each.id]}
        for each in page.tiles
    ]  # fmt: skip
    whole = {"id": "page", "heading": page.heading or "page", "selector": page.main}
    content: dict[str, Any] = {
        "path": page.route,
        **({"navigation": page.navigation} if page.navigation else {}),
        "signed_in": _common(page),
        **{name: mark for name in ("loading", "error") if (mark := getattr(states, name))},
        "tile": tiles or [{**whole, "text": literal(page.heading) if page.heading else r"\S"}],
    }
    return Proposed(KEY, content)


def _common(page: SeenPage) -> str:
    """What all tiles have, and so what only somebody who is let in sees; else the main part of the page."""
    if not page.tiles:
        return page.main
    if all(each.id.startswith("tile-") for each in page.tiles):
        return '[data-testid^="tile-"]'
    return min(frozenset.intersection(*(each.own for each in page.tiles)), default=page.tiles[0].selector)


def _comments(page: SeenPage, states: States) -> Proposed:
    known = [each for each in ("loading", "error") if getattr(states, each)]
    lacking = [each for each in ("loading", "error") if each not in known]
    seen, assumed, unknown = [], ["signed_in: whoever is not let in does not see this"], []
    if states.moving:
        seen.append(
            f"{len(states.moving)} tiles change when the requests of the page are held back or fail (this browser only)"
        )
    if states.ready:
        seen.append(f"only tiles with content had {states.ready}; if that is all there can be, it may be ready = …")
    if page.tiles:
        assumed.append(
            "a tile is ready when it shows more than its heading"
            + (f", and no sign of {' or '.join(known)}" if known else "")
        )
    else:
        assumed.append("the page has no tiles, and counts as one")
    if lacking:
        unknown.append(f"how a tile looks in: {', '.join(lacking)} (nothing that can be selected told it apart)")
    unknown.append("how a tile looks that is not configured: unconfigured = …")
    return Proposed(KEY, seen=tuple(seen), assumed=tuple(assumed), unknown=tuple(unknown))
