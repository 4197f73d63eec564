"""Observes the agent service as an app of its own: health, machines, log and names of secrets."""

from __future__ import annotations

from dataclasses import replace

from verifier.core.config.types import HealthPath
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context, Seen
from verifier.probes.logs.evidence import LogState
from verifier.probes.logs.probe import observe_logs
from verifier.probes.platform.secrets import SecretState, secrets_of
from verifier.probes.platform.state import MachineState, observe_machines
from verifier.probes.services.section import Agent
from verifier.probes.services.service import ServiceState, ask_service


class AgentState(ServiceState):
    """The agent service."""


def observe_agent(context: Context) -> AgentState:
    """Ask the agent service how it is.

    Raises:
        CouldNotLook: precondition, if its address is not known.
    """
    agent, url = _agent(context)
    endpoint = HealthPath(path=agent.path, claims=agent.claims)
    return AgentState(**ask_service(context, url, endpoint, "Does the agent service answer?"))


def observe_agent_machines(context: Context) -> MachineState:
    """Its machines, when their checks have been reported."""
    return observe_machines(_of_agent(context))


def observe_agent_logs(context: Context) -> LogState:
    """Its log since its own release, with a request of ours in it."""
    return observe_logs(_of_agent(context))


def observe_agent_secrets(context: Context) -> SecretState:
    """The names of its secrets."""
    agent, _ = _agent(context)
    return secrets_of(_of_agent(context), agent.secrets)


def _agent(context: Context) -> tuple[Agent, str]:
    """The agent service of the target, and its address.

    Raises:
        CouldNotLook: precondition, if there is none or its address is not known.
    """
    agent = context.target.section(Agent)
    if agent.url is None:
        raise CouldNotLook(Cause.PRECONDITION, "[agent] has no url", remedy="add url to [agent] in the target")
    return agent, agent.url


def _of_agent(context: Context) -> Context:
    """The same run, looking at the agent service: whoever asks for the platform's state gets that of its app."""
    agent, url = _agent(context)

    def get(name: str, kind: type[Seen], /) -> Seen:
        return context.get("agent_machines" if name == "platform" else name, kind)

    target = context.target.model_copy(update={"app": agent.app, "url": url, "logs": agent.logs})
    return replace(context, target=target, get=get)
