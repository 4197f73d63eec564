"""Observes the agent service as an app of its own: health, machines, log and names of secrets."""

from __future__ import annotations

from dataclasses import replace

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context, Seen
from verifier.probes.logs.evidence import LogState
from verifier.probes.logs.probe import observe_logs
from verifier.probes.platform.secrets import SecretState, secrets_of
from verifier.probes.platform.state import MachineState, observe_machines
from verifier.probes.services.section import Agent


def observe_agent_machines(context: Context) -> MachineState:
    """Its machines, when their checks have been reported."""
    return observe_machines(_of_agent(context))


def observe_agent_logs(context: Context) -> LogState:
    """Its log since its own release, with a request of ours in it."""
    return observe_logs(_of_agent(context))


def observe_agent_secrets(context: Context) -> SecretState:
    """The names of its secrets."""
    return secrets_of(_of_agent(context), _agent(context).secrets)


def _agent(context: Context) -> Agent:
    """The agent service of the target.

    Raises:
        CouldNotLook: precondition, if there is none or its address is not known.
    """
    agent = context.target.section(Agent)
    if agent.url is None:
        raise CouldNotLook(Cause.PRECONDITION, "[agent] has no url", remedy="add url to [agent] in the target")
    return agent


def _of_agent(context: Context) -> Context:
    """The same run, looking at the agent service: whoever asks for the platform's state gets that of its app."""
    agent = _agent(context)

    def get(name: str, kind: type[Seen], /) -> Seen:
        return context.get("agent_machines" if name == "platform" else name, kind)

    target = context.target.model_copy(update={"app": agent.app, "url": agent.url, "logs": agent.logs})
    return replace(context, target=target, get=get)
