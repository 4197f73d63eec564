"""Asks a service beside the dashboard how it is."""

from __future__ import annotations

from typing import Any

from verifier.core import causes
from verifier.core.config.types import HealthPath
from verifier.core.deadline import now
from verifier.core.evidence import Cause, Evidence
from verifier.core.probe import Context
from verifier.probes.browser.http_session import visitor
from verifier.probes.http.client import Reply, client, curl, get, refusal
from verifier.probes.platform.own_network import OwnNetwork
from verifier.probes.traffic.health import HTTP_OK, claims_of


class ServiceState(Evidence):
    """What one service answered, and what it should claim."""

    reply: Reply
    claimed: dict[str, Any]
    wanted: dict[str, Any]

    def differences(self) -> dict[str, str]:
        """The status, or what it should claim → what it answers instead."""
        if self.reply.status != HTTP_OK:
            return {"status": f"{self.reply}: {self.reply.body[:200]}"}
        return {
            key: f"{self.claimed.get(key, 'nothing')} instead of {value}"
            for key, value in self.wanted.items()
            if self.claimed.get(key) != value
        }


def ask_service(context: Context, base: str, endpoint: HealthPath, question: str) -> dict[str, Any]:
    """The facts of a `ServiceState`.

    Raises:
        CouldNotLook: unreachable, if our own network is not proved; unauthorized or rate-limited, if it refuses us.
    """
    started, address = now(), base + endpoint.path
    # The agent service has an address of its own, and needs nothing of what opens the app.
    with visitor(context) if base == context.target.url else client(context.target) as session:
        reply = get(session, address)
    if not reply.answered and not context.get("own_network", OwnNetwork).proved:
        raise refusal(reply, question, remedy="check this machine's own network, then run again")
    if causes.of_status(reply.status or 0) in {Cause.UNAUTHORIZED, Cause.RATE_LIMITED}:
        raise refusal(reply, question, remedy=curl(context.target, address))
    return {
        "asked": question,
        "where": address,
        "at": started,
        "again": curl(context.target, address),
        "reply": reply,
        "claimed": claims_of(reply, endpoint.claims),
        "wanted": endpoint.claims,
    }
