"""Looks at the agent service as at an app of its own: its health, machines, log, and the names of its secrets."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from verifier.core.evidence import Cause, CouldNotLook, Evidence
from verifier.core.probe import Context, Seen
from verifier.probes.fly.secrets import AgentSecretState, secrets_of
from verifier.probes.fly.state import MachineState, PlatformState, observe_machines
from verifier.probes.logs.evidence import LogState
from verifier.probes.logs.probe import observe_logs
from verifier.probes.services.section import Agent


class AgentMachineState(MachineState):
    """The machines of the agent service."""


class AgentLogState(LogState):
    """The log of the agent service."""


def observe_agent_machines(context: Context) -> AgentMachineState:
    """Its machines, when their checks have been reported."""
    return AgentMachineState(**dict(observe_machines(_of_agent(context))))


def observe_agent_logs(context: Context) -> AgentLogState:
    """Its log since its own release, with a request of ours in it."""
    return AgentLogState(**dict(observe_logs(_of_agent(context))))


def observe_agent_secrets(context: Context) -> AgentSecretState:
    """The names of its secrets."""
    seen = secrets_of(_of_agent(context), _agent(context).secrets)
    return AgentSecretState(**dict(seen))


def _agent(context: Context) -> Agent:
    """The agent service of the target.

    Raises:
        CouldNotLook: precondition, if there is none or its address is not known.
    """
    agent = context.part(context.target.agent, "agent")
    if agent.url is None:
        raise CouldNotLook(Cause.PRECONDITION, "[agent] has no url", remedy="add url to [agent] in the target")
    return agent


def _of_agent(context: Context) -> Context:
    """The same run, looking at the agent service: whoever asks for the platform's state gets that of its app."""
    agent = _agent(context)

    def look(kind: type[Seen], /) -> Seen:
        if cast("type[Evidence]", kind) is PlatformState:
            return cast("Seen", context.look(AgentMachineState))
        return context.look(kind)

    target = context.target.model_copy(update={"app": agent.app, "url": agent.url, "logs": agent.logs})
    return replace(context, target=target, look=look)
