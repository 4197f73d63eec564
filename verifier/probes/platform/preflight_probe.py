"""Runs the preflight: asks the platform and the target's address concurrently, within four seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Obstacle
from verifier.core.platform import PlatformSection
from verifier.core.probe import Context
from verifier.core.threads import in_threads
from verifier.probes.http.client import Reply, client, get
from verifier.probes.platform.preflight import Preflight
from verifier.probes.platform.state import by_hand

SECONDS = 4.0
"""How long the preflight may take."""


def observe_preflight(context: Context) -> Preflight:
    """Ask the platform about the token and the app, and the target's address, all at once."""
    started, hasty = now(), replace(context, deadline=context.deadline.shorter(SECONDS))
    section, url = context.target.section(PlatformSection), context.target.url
    told, page = section.given, section.public_page
    with client(context.target) as session:
        asks: dict[str, Callable[[], Any]] = {
            "platform": lambda: _platform(hasty) if told else ("", None),
            "clock": lambda: _front(session, page) if told and page else None,
            "front": lambda: _front(session, url) if url else None,
        }
        answers = dict(zip(asks, in_threads(lambda ask: ask(), asks.values(), len(asks)), strict=True))
    (access, trouble), clock, front = answers["platform"], answers["clock"], answers["front"]
    return Preflight(
        asked="Does our token open this app, do the clocks agree, and who answers?",
        where=f"{section.where}, {url or 'no address'}",
        at=started,
        again=f"{by_hand(context).access}; date -u".removeprefix("; "),
        token=access,
        platform=trouble,
        target=_silence(front) if front else None,
        skew=_skew(clock) if clock else None,
    )


def _platform(context: Context) -> tuple[str, Obstacle | None]:
    """Whose credential it is, in words; and why it does not open the app, if so."""
    try:
        with context.target.section(PlatformSection).opened(context) as platform:
            return platform.access(), None
    except CouldNotLook as trouble:
        return "", Obstacle.of(trouble)


def _front(session: httpx.Client, url: str) -> Reply:
    return get(session, url, timeout=SECONDS)


def _silence(reply: Reply) -> Obstacle | None:
    if reply.answered:
        return None
    remedy = "check the address in the target file, and this machine's own network"
    return Obstacle(cause=reply.cause or Cause.UNREACHABLE, what=f"{reply.url}: {reply}", remedy=remedy)


def _skew(reply: Reply) -> float | None:
    """Their clock minus ours, in seconds; the header has whole seconds, and the answer took its time."""
    try:
        theirs = parsedate_to_datetime(reply.headers.get("date", ""))
    except ValueError:
        return None
    ours = reply.at + timedelta(milliseconds=reply.milliseconds / 2)
    aware = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    return round((aware - ours).total_seconds() + 0.5, 1)
