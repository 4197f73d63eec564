"""Proposes `[events]`: the stream that the pages open, and what it was heard to send."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx

from verifier.core.config.proposal import Proposed
from verifier.core.deadline import monotonic
from verifier.core.survey import Survey
from verifier.probes.browser.http_session import visitor
from verifier.probes.browser.survey.pages import MOST, observe_pages
from verifier.probes.http import EVENT_STREAM
from verifier.probes.http.client import TIMEOUT, get
from verifier.probes.sse.section import Approvals, Events
from verifier.probes.sse.wire.parser import Comment, EventParser
from verifier.probes.traffic.endpoints import observe_endpoints
from verifier.probes.traffic.health import HTTP_OK

LISTENS = 40.0
"""Seconds, so that a heartbeat of every 30 s is heard."""
COMMENT = "a comment"
_QUEUE = "approvals"
_BEATS = re.compile(r"beat|ping|keep.?alive|tick", re.IGNORECASE)
_ITEMS = ("sse-heartbeat", "sse-delivers", "sse-reconnect", "sse-disconnect", "sse-connections", "sse-failover")


def propose(survey: Survey) -> Iterator[Proposed]:
    """The first stream of the pages; if they open none, what cannot be judged."""
    seen = survey.once(observe_pages)
    if not seen.streams:
        shown = [each.route for each in seen.pages if each.shown]
        reason = f"none of the pages that were opened asks for an event stream: {', '.join(shown)}"
        reasons = dict.fromkeys(_ITEMS, reason)
        if not shown:
            yield Proposed("events", unknown=("whether there are event streams",))
        elif len(seen.pages) < MOST:
            yield Proposed("events", inapplicable=reasons)
        else:  # there may be more pages than were opened
            yield Proposed("events", perhaps=reasons)
        return
    path, *others = seen.streams
    heard = _heard(survey, path)
    beat = next((each for each in heard if _BEATS.search(each)), "")
    usual = Events(path=path).heartbeat
    yield Proposed(
        "events",
        {"path": path, **({"heartbeat": [beat]} if beat and beat not in usual else {})},
        seen=(f"pages open {path}, which sent {', '.join(heard) or 'nothing'} within {LISTENS:g} s",),
        assumed=(f"{beat} is its heartbeat",) if beat else (),
        unknown=tuple(_unknown(survey, beat or (COMMENT in heard), others)),
    )
    yield _queue(survey)


def _queue(survey: Survey) -> Proposed:
    """The queue of approvals, if it is where the section expects it."""
    usual = Approvals()
    with visitor(survey.context) as session:
        reply = get(session, survey.context.url + usual.path)
    content = reply.content()
    if reply.status == HTTP_OK and isinstance(content, dict) and isinstance(content.get(usual.list_key), list):
        seen = f"GET {usual.path} lists {len(content[usual.list_key])} {usual.list_key}"
        return Proposed(_QUEUE, {"path": usual.path}, seen=(seen,), assumed=("the stream tells of its changes",))
    return Proposed(_QUEUE, unknown=(f"the queue whose changes the stream tells ({usual.path} lists none): path = …",))


def _unknown(survey: Survey, beats: object, others: list[str]) -> Iterator[str]:
    if not beats:
        yield "which of its events is the heartbeat: heartbeat = [NAME]"
    yield from (f"whether {each}, another stream, matters as much; one is judged" for each in others)
    gauges = re.findall(
        r"^# TYPE (\S*(?:sse|stream|event)\S*) gauge", survey.once(observe_endpoints).metrics, re.MULTILINE
    )
    hint = f'; if it is {gauges[0]}: connections = {{ path = "/metrics", metric = "{gauges[0]}" }}' if gauges else ""
    yield f"where the app tells how many streams it holds{hint}"


def _heard(survey: Survey, path: str) -> list[str]:
    """The names of what the stream sends, until something beats or the time is over."""
    names: dict[str, None] = {}
    parser, until = EventParser(), monotonic() + LISTENS
    patience = httpx.Timeout(TIMEOUT, read=survey.context.deadline.shorter(LISTENS).remaining())
    try:
        with (
            visitor(survey.context) as session,
            session.stream(
                "GET", survey.context.url + path, headers={"accept": EVENT_STREAM}, timeout=patience
            ) as answer,
        ):
            for chunk in answer.iter_bytes():
                for each in parser.feed(chunk, monotonic()):
                    names[COMMENT if isinstance(each, Comment) else each.name] = None
                if monotonic() > until or any(each == COMMENT or _BEATS.search(each) for each in names):
                    break
    except httpx.HTTPError:
        pass
    return list(names)
