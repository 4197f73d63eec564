"""Makes the preflight: asks the platform about the token and the app, and the target's address, all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.core.threads import in_threads
from verifier.probes.fly.client import Fly
from verifier.probes.fly.section import Platform
from verifier.probes.http.client import Reply, client, get
from verifier.probes.platform.preflight import Preflight, Trouble

SECONDS = 4.0
"""How long the preflight may take."""


def observe_preflight(context: Context) -> Preflight:
    """Ask the platform about the token and the app, and the target's address, all at once."""
    started, hasty = now(), replace(context, deadline=context.deadline.shorter(SECONDS))
    told = context.target.section(Platform).machines == "told"
    url = context.target.url
    with client(context.target) as session:
        asks: dict[str, Callable[[], Any]] = {
            "platform": lambda: _platform(hasty, session) if told else ("", None),
            "clock": lambda: _front(session, f"{context.target.section(Platform).machines_url}/v1/platform/regions"),
            "front": lambda: _front(session, url) if url else None,
        }
        answers = dict(zip(asks, in_threads(lambda ask: ask(), asks.values(), len(asks)), strict=True))
        (token, trouble), front = answers["platform"], answers["front"]
        return Preflight(
            asked="Does our token open this app, do the clocks agree, and who answers?",
            where=f"{context.target.section(Platform).machines_url}, {context.target.url or 'no address'}",
            at=started,
            again=f"fly auth whoami; fly status -a {context.target.app}; date -u",
            token=token,
            platform=trouble,
            target=_silence(front) if front else None,
            skew=_skew(answers["clock"]) if told else None,
        )


def _platform(context: Context, session: httpx.Client) -> tuple[str, Trouble | None]:
    """What the token is, in words; and why it does not open the app, if so."""
    platform = Fly(context, session)
    try:
        platform.app()
    except CouldNotLook as trouble:
        return "", Trouble(cause=trouble.cause, what=trouble.what, remedy=trouble.remedy)
    return _words(platform.tokens), None


def _words(ask: Callable[[], list[dict[str, Any]]]) -> str:
    """Whose token it is; kinds of tokens differ in what is told of them, and nothing hangs on it."""
    try:
        tokens = ask()
    except CouldNotLook as trouble:
        return f"not told ({trouble.cause})"
    return "; ".join(f"organization {each.get('org_slug') or 'not told'}" for each in tokens) or "not told"


def _front(session: httpx.Client, url: str) -> Reply:
    return get(session, url, timeout=SECONDS)


def _silence(reply: Reply) -> Trouble | None:
    if reply.answered:
        return None
    remedy = "check the address in the target file, and this machine's own network"
    return Trouble(cause=reply.cause or Cause.UNREACHABLE, what=f"{reply.url}: {reply}", remedy=remedy)


def _skew(reply: Reply) -> float | None:
    """Their clock minus ours, in seconds; the header has whole seconds, and the answer took its time."""
    try:
        theirs = parsedate_to_datetime(reply.headers.get("date", ""))
    except ValueError:
        return None
    ours = reply.at + timedelta(milliseconds=reply.milliseconds / 2)
    aware = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    return round((aware - ours).total_seconds() + 0.5, 1)
