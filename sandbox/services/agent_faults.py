"""Faults of the agent service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.fault import Break, Fault, Hook, changed, declare, done
from sandbox.fly.identity import moment

if TYPE_CHECKING:  # keeps the list of faults fast
    from sandbox.fly.app import App

AGENT: Hook[Break[App]] = Hook()
"""Faults of the app after its deploy."""


_DOWN = ("no-server-errors", "phase-features")
"""Where no machine of the service serves, the edge answers in its place with a 5xx."""


def _agent(name: str, summary: str, *also: str) -> Fault:
    """A fault of the agent service only, which is a feature of a phase, too."""
    return Fault(name, summary, ("agent-service-health", *also))


UNHEALTHY = declare(
    _agent("agent-unhealthy", "the agent service answers 200, and its body says degraded", "phase-features")
)
FAILING = declare(_agent("agent-500", "the agent service answers 500", *_DOWN))
LOG_ERROR = declare(_agent("agent-log-error", "the agent service writes an error when it starts, and is well"))
AGENT.add(_agent("agent-down", "the agent service is dead", *_DOWN), lambda app, _: done(app.machines[0].kill()))
AGENT.add(
    _agent("agent-out-of-memory", "the agent service ran out of memory", *_DOWN),
    lambda app, _: done(app.machines[0].kill(out_of_memory=True)),
)
AGENT.add(
    _agent("agent-stopped", "somebody stopped the machine of the agent service", *_DOWN),
    lambda app, _: done(app.machines[0].stop()),
)
AGENT.add(
    _agent("agent-secret-missing", "the agent service has no OPENAI_API_KEY"),
    lambda app, _: changed(app, lost_secrets={"OPENAI_API_KEY"}),
)
AGENT.add(
    _agent("agent-secret-staged", "CHATWOOT_TOKEN of the agent service is set, and not deployed"),
    lambda app, _: changed(app, staged_secrets={"CHATWOOT_TOKEN": moment()}),
)
