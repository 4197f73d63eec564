"""Faults of the agent service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.fault import Break, Fault, Hook, changed, declare, done
from sandbox.fly.identity import moment

if TYPE_CHECKING:  # keeps the list of faults fast
    from sandbox.fly.app import App

AGENT: Hook[Break[App]] = Hook()
"""Faults of the app after its deploy."""


def _agent(name: str, summary: str, *also: str) -> Fault:
    """A fault of the agent service only; where no machine of it serves, the edge answers in its place with a 5xx."""
    return Fault(name, summary, ("agent-service-health", *also))


UNHEALTHY = declare(_agent("agent-unhealthy", "the agent service answers 200, and its body says degraded"))
FAILING = declare(_agent("agent-500", "the agent service answers 500", "no-server-errors"))
LOG_ERROR = declare(_agent("agent-log-error", "the agent service writes an error when it starts, and is well"))
AGENT.add(
    _agent("agent-down", "the agent service is dead", "no-server-errors"), lambda app, _: done(app.machines[0].kill())
)
AGENT.add(
    _agent("agent-out-of-memory", "the agent service ran out of memory", "no-server-errors"),
    lambda app, _: done(app.machines[0].kill(out_of_memory=True)),
)
AGENT.add(
    _agent("agent-stopped", "somebody stopped the machine of the agent service", "no-server-errors"),
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
