"""Stops, starts and updates one machine: the only orders that this suite gives to Fly.io.

Kept apart from the client, which only reads. Used where the target sets `writes = "allowed"`: by `failover`, with
`[events] may_stop_machines = true`, and by `rollback`, with `--rehearse-rollback`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from verifier.core.deadline import monotonic
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.probes.fly.auth import authorization
from verifier.probes.fly.client import ANSWER_SECONDS, BURST, RATE, RETRIED, request_seconds
from verifier.probes.fly.errors import refused
from verifier.probes.fly.section import FlySection
from verifier.probes.http.client import order


class Power:
    """The switch of the machines of the target's app.

    Both orders may be given twice without harm, so they are repeated where the way or the platform stumbles, and
    `Retry-After` is honoured.

    Args:
        context: the app, the credentials and the deadline.
        session: the client to ask with.
    """

    def __init__(self, context: Context, session: httpx.Client) -> None:
        self._context = context
        self._session = session

    def stop(self, machine: str) -> float:
        """Ask for the machine's stop, with the signal and the time that its own configuration gives it.

        Returns:
            When the order that was accepted was sent, by the monotonic clock.

        Raises:
            CouldNotLook: unauthorized, if the token may not; otherwise as `fly.Fly`.
        """
        return self._ordered("stop", machine)

    def start(self, machine: str) -> None:
        """Ask for its start; it must be at rest.

        Raises:
            CouldNotLook: as `stop`; precondition, if it is not at rest (412).
        """
        self._ordered("start", machine)

    def update(self, machine: str, config: Mapping[str, Any]) -> None:
        """Give it this configuration, with which it is started anew.

        Raises:
            CouldNotLook: as `stop`; precondition, if the configuration or its image is refused.
        """
        self._ordered("update", machine, {"config": config})

    def _ordered(self, verb: str, machine: str, content: Mapping[str, Any] | None = None) -> float:
        app, urls = self._context.target.app, self._context.target.section(FlySection)
        url = f"{urls.machines_url}/v1/apps/{quote(app, safe='')}/machines/{quote(machine, safe='')}"
        url += "" if content else f"/{verb}"
        what, deadline = f"the order to {verb} machine {machine}", self._context.deadline.shorter(ANSWER_SECONDS)

        def once() -> float:
            deadline.turn(what, rate=RATE, burst=BURST)
            sent = monotonic()
            headers = {"authorization": authorization(self._context.credentials.get("fly"))}
            reply = order(self._session, url, headers=headers, content=content, timeout=request_seconds(deadline))
            if reply.status != httpx.codes.OK:
                raise _told(refused(self._context.target, reply, what), app)
            return sent

        return deadline.retry(once, causes=RETRIED)


def _told(trouble: CouldNotLook, app: str) -> CouldNotLook:
    """The refusal; where it is the token's, with what kind of token it takes."""
    if trouble.cause != Cause.UNAUTHORIZED:
        return trouble
    remedy = f"the token must be one that may write, not a read-only one: fly tokens create deploy -a {app}"
    return CouldNotLook(trouble.cause, trouble.what, remedy=remedy)
