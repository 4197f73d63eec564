"""Asks the health endpoints through the edge and on each machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from verifier.core.config.types import HealthPath
from verifier.core.deadline import now
from verifier.core.evidence import Cause, Cell, CouldNotLook, Evidence
from verifier.core.machine import EDGE
from verifier.core.probe import Context
from verifier.core.threads import in_threads
from verifier.probes.browser.http_session import visitor
from verifier.probes.http.client import Reply, curl, get, refusal
from verifier.probes.http.json_body import doubled_key
from verifier.probes.platform.own_network import OwnNetwork
from verifier.probes.platform.state import places
from verifier.probes.traffic.section import Health

HTTP_OK = 200


class HealthState(Evidence):
    """What each health endpoint answered, by place: the edge, then each machine.

    Attributes:
        expected_places: every place that must have answered.
        replies: place and path → reply.
        claimed: place and path → the body's claims, for the keys that the target asks about.
        wanted: place and path → the claims that it should make.
        unasked: why no machine was asked by itself, if so.
    """

    expected_places: tuple[str, ...]
    replies: dict[str, Reply]
    claimed: dict[str, dict[str, Any]]
    wanted: dict[str, dict[str, Any]]
    unasked: str = ""

    def machines_known(self) -> CouldNotLook | None:
        """Whether machines were asked, and not the edge alone.

        Returns:
            Why not, if not: no-data, if the platform says that none is started.
        """
        if self.unasked:
            return CouldNotLook(
                Cause.NO_DATA, f"no machine could be asked by itself: {self.unasked}", remedy=self.again
            )
        return None

    def by_machine(self, ceiling: Callable[[str], float]) -> dict[str, dict[str, Cell]]:  # noqa: ARG002 - no times
        """What its health endpoints answer."""
        said: dict[str, list[str]] = {}
        for place, status in self.statuses().items():
            machine, _, path = place.partition(" ")
            lies = self.claimed.get(place) != self.wanted.get(place)
            trouble = (
                f"{path} {status}"
                if status != HTTP_OK
                else f"{path} {self._unreadable(place) or f'says {self.claimed.get(place)}'}" * lies
            )
            said.setdefault(machine, []).append(trouble)
        return {"health": {machine: _cell(troubles) for machine, troubles in said.items()}}

    def statuses(self) -> dict[str, int | str]:
        """Place and path → HTTP status, or why there is none."""
        return {place: reply.status or str(reply) for place, reply in self.replies.items()}

    def claims(self) -> dict[str, object]:
        """Place and path → what it claims, or why it can claim nothing."""
        return {place: self._unreadable(place) or claimed for place, claimed in self.claimed.items()}

    def _unreadable(self, place: str) -> str:
        """Why an answer that should make claims is none; empty if it is."""
        reply = self.replies.get(place)
        if not self.wanted.get(place) or reply is None or not reply.answered or isinstance(reply.content(), dict):
            return ""
        if key := doubled_key(reply.body):
            return f"gives the key '{key}' twice, so it claims nothing"
        page = "html" in reply.headers.get("content-type", "") or reply.body.lstrip()[:1] == "<"
        return f"answered {'an HTML page' if page else 'no JSON object'}, so it claims nothing"


def _cell(troubles: list[str]) -> Cell:
    told = "; ".join(each for each in troubles if each)
    return Cell(said=told or f"{len(troubles)} healthy answers", well=not told)


def observe_health(context: Context) -> HealthState:
    """Ask every endpoint at the edge, and on every started machine.

    Raises:
        CouldNotLook: nothing answered at all; or the edge is well, and the machines could not be asked for.
    """
    endpoints = context.target.section(Health).endpoint
    started = now()
    at_edge = _ask(context, [(EDGE, None)], endpoints)
    if all(not reply.answered for reply in at_edge.values()):
        _need_a_way(context, next(iter(at_edge.values())))
    machines, unasked = _machines(context, at_edge)
    replies = at_edge | _ask(context, [(machine, machine) for machine in machines], endpoints)
    wanted = {f"{place} {each.path}": each.claims for place in (EDGE, *machines) for each in endpoints}
    return HealthState(
        asked="Does the app answer, and what does it say of itself?",
        where=f"{context.url} at the edge and on {len(machines)} machines",
        at=started,
        again=curl(context.target, context.url + endpoints[0].path),
        expected_places=tuple(wanted),
        replies=replies,
        wanted=wanted,
        claimed={place: claims_of(reply, wanted[place]) for place, reply in replies.items()},
        unasked=unasked,
    )


def _ask(context: Context, places: list[tuple[str, str | None]], endpoints: tuple[HealthPath, ...]) -> dict[str, Reply]:
    asked = [
        (f"{place} {each.path}", context.url + each.path, machine) for place, machine in places for each in endpoints
    ]
    if not asked:
        return {}
    with visitor(context) as session:
        replies = in_threads(lambda each: get(session, each[1], machine=each[2]), asked, 8)
        return {place: reply for (place, _, _), reply in zip(asked, replies, strict=True)}


def _need_a_way(context: Context, silence: Reply) -> None:
    """The endpoint is down only if something else answered us; else we could not look."""
    if not context.get("own_network", OwnNetwork).proved:
        raise refusal(silence, "the health endpoint", remedy="check this machine's own network, then run again")


def _machines(context: Context, at_edge: dict[str, Reply]) -> tuple[tuple[str, ...], str]:
    """The machines to ask, or why there is none.

    An edge that is plainly down is an answer even when they cannot be known; and what it says where the platform
    knows of no machine that runs is kept, because the two contradict each other.
    """
    try:
        return tuple(place for place in places(context) if place != EDGE), ""
    except CouldNotLook as trouble:
        if trouble.cause == Cause.NO_DATA or any(reply.down for reply in at_edge.values()):
            return (), trouble.what
        raise


def claims_of(reply: Reply, wanted: dict[str, Any]) -> dict[str, Any]:
    """What the JSON body says for each dotted key of `wanted`; nothing where it says nothing."""
    body = reply.content()
    return {key: _at(body, key.split(".")) for key in wanted}


def _at(body: Any, path: list[str]) -> Any:  # noqa: ANN401 - walks JSON
    for step in path:
        body = body.get(step) if isinstance(body, dict) else None
    return body
