"""Watches the dashboard for a while."""

from __future__ import annotations

from itertools import pairwise

from verifier.core import causes
from verifier.core.deadline import monotonic, now
from verifier.core.evidence import Cause, CouldNotLook, Evidence
from verifier.core.probe import Context
from verifier.probes.browser.http_session import visitor
from verifier.probes.browser.section import Dashboard
from verifier.probes.http.client import Reply, curl, get, refusal
from verifier.probes.platform.own_network import own_network_now
from verifier.probes.traffic.probe import marked
from verifier.probes.traffic.section import Health

_PAUSE = 2.0
"""Seconds between two looks at the dashboard: few enough requests to be no load."""
_KEPT = 10
_UNSEEN = 0.1
"""The share of looks that may meet a network of our own that is down."""
_GONE = 404


class UptimeState(Evidence):
    """How the dashboard answered while it was watched, through the edge, as operators come.

    Attributes:
        watched: seconds from the first to the last look.
        asked_times: how many looks there were.
        failures: the first ones that a server error, a 404 or silence came back from.
        failed: how many those are in all.
        longest_outage: seconds from a failure to the next good answer, or to the end.
        unseen: how many further looks met no answer of anybody, so that the fault may be ours.
    """

    watched: float
    asked_times: int
    failures: tuple[Reply, ...]
    failed: int
    longest_outage: float
    unseen: int = 0


def observe_uptime(context: Context) -> UptimeState:
    """Ask for the dashboard again and again, for as long as the definition says.

    Raises:
        CouldNotLook: unreachable, if nothing at all answers us; unauthorized, if no look was let in.
    """
    path, started = operators_path(context), now()
    limit = context.limit("uptime")
    seconds = (limit and limit.seconds) or 60.0
    looks, unseen, watched = _looks(context, path, seconds)
    if len(unseen) > _UNSEEN * (len(unseen) + len(looks)):
        raise refusal(unseen[0], "the dashboard", remedy="check this machine's own network, then run again")
    replies = [reply for _, reply in looks]
    if all(reply.status in causes.REFUSED for reply in replies):
        raise CouldNotLook(Cause.UNAUTHORIZED, f"the dashboard answers {replies[0].status} to us: {replies[0].url}")
    failures = tuple(reply for reply in replies if failed(reply))
    return UptimeState(
        asked=f"Does the dashboard answer for {seconds:g} s?",
        where=f"{context.url}{path}, through the edge",
        at=started,
        again=curl(context.target, context.url + path),
        watched=watched,
        unseen=len(unseen),
        asked_times=len(looks),
        failures=failures[:_KEPT],
        failed=len(failures),
        longest_outage=longest_outage(looks),
    )


def _looks(context: Context, path: str, seconds: float) -> tuple[list[tuple[float, Reply]], list[Reply], float]:
    """The looks with their times, those that met no network of ours, and the time of the last one."""
    looks: list[tuple[float, Reply]] = []
    unseen: list[Reply] = []
    began = monotonic()
    with visitor(context) as session:
        while True:
            at = monotonic() - began
            # Each on a connection of its own: an idle one that the server closes as we ask is no outage.
            reply = get(session, marked(context, path), headers={"connection": "close"})
            # By the way as it is now: a blip of our own network is no outage.
            if reply.answered or own_network_now(context).proved:
                looks.append((at, reply))
            else:
                unseen.append(reply)
            # By the look and not by its end: the time that is told is that from the first look to the last.
            if at >= seconds or context.deadline.over:
                return looks, unseen, at
            context.deadline.wait(min(_PAUSE, seconds / 5))


def failed(reply: Reply) -> bool:
    """Whether an operator would not have seen the dashboard."""
    return reply.down or reply.status == _GONE


def longest_outage(looks: list[tuple[float, Reply]]) -> float:
    """Seconds from the first failure of a row to the next good answer, or to the last look."""
    worst, since = 0.0, None
    for (at, reply), (following, _) in pairwise([*looks, (looks[-1][0], looks[-1][1])]):
        since = (at if since is None else since) if failed(reply) else None
        worst = max(worst, following - since if since is not None else 0.0)
    return worst


def operators_path(context: Context) -> str:
    """What operators open; for an app without pages, its first health endpoint."""
    dashboard = context.target.get(Dashboard)
    return dashboard.path if dashboard else context.target.section(Health).endpoint[0].path
