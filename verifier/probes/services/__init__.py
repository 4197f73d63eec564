"""What the dashboard depends on: the agent service and Chatwoot."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(
        _HERE.probe("chatwoot", "chatwoot:observe_chatwoot"),
        _HERE.probe("agent", "agent:observe_agent"),
        _HERE.probe("agent_machines", "agent:observe_agent_machines"),
        _HERE.probe("agent_logs", "agent:observe_agent_logs", seconds=5),
        _HERE.probe("agent_secrets", "agent:observe_agent_secrets", seconds=2),
    ),
    sections={"agent": _HERE("section:Agent"), "chatwoot": _HERE("section:Chatwoot")},
    proposes=_HERE("proposal:propose"),
)
