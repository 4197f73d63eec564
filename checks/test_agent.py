"""The agent service, an app of its own beside the dashboard."""

import pytest

from verifier.core.evidence import BrokenPromise


@pytest.mark.proves("agent-service-health")
def test_the_agent_service_answers(agent, measured):
    """The agent service answers, and says that it is well."""
    seen = measured({"status": agent.reply.status or str(agent.reply), **agent.claimed})
    expected = {"status": 200, **agent.wanted}
    if seen != expected:
        raise BrokenPromise(expected=str(expected), seen=f"{seen}; {agent.reply}: {agent.reply.body[:200]}")


@pytest.mark.proves("agent-service-health")
def test_the_machines_of_the_agent_service_run(agent_machines, measured):
    """Every machine of the agent service is started or rests, on a sound host, with its checks passing."""
    measured({machine.id: machine.state for machine in agent_machines.machines})
    seen = {machine.id: trouble for machine in agent_machines.machines if (trouble := _trouble(machine))}
    seen |= agent_machines.short_groups()
    if seen:
        told = "; ".join(f"{name}: {trouble}" for name, trouble in seen.items())
        raise BrokenPromise(expected="every machine started or resting, on a sound host, checks passing", seen=told)


@pytest.mark.proves("agent-service-health")
def test_the_log_of_the_agent_service_holds_no_error(agent_logs, limit, measured, require):
    """Among the first lines that every machine of the agent service wrote since its release, there is no error."""
    measured(agent_logs.told(first=limit.lines))
    errors = agent_logs.errors_within(limit.lines)
    if errors:
        told = "; ".join(str(error) for error in errors[:5])
        raise BrokenPromise(expected=f"no error among the first {limit.lines} lines", seen=f"{len(errors)}: {told}")
    require(agent_logs.proved(limit.lines))


@pytest.mark.proves("agent-service-health")
def test_the_agent_service_has_its_secrets(agent_secrets, measured):
    """Every secret that the agent service needs is set, and its machines have it."""
    measured(agent_secrets.told)
    if agent_secrets.missing:
        raise BrokenPromise(
            expected=f"secrets {', '.join(agent_secrets.wanted)}",
            seen=f"not set: {', '.join(agent_secrets.missing)}; set one: fly secrets set NAME=… -a {agent_secrets.app}",
        )
    if agent_secrets.waiting:
        waiting = ", ".join(agent_secrets.waiting)
        raise BrokenPromise(
            expected="every machine has the secrets that it needs",
            seen=f"set, and not deployed: {waiting}; deploy them: fly secrets deploy -a {agent_secrets.app}",
        )


def _trouble(machine):
    """What is wrong with a machine, as the platform tells of it; empty if nothing is."""
    if machine.down:
        return f"{machine.state} ({machine.last_exit or 'no exit told'})"
    if machine.host_status != "ok" or machine.cordoned:
        return f"host {machine.host_status}, {'cordoned' if machine.cordoned else 'open'}"
    if machine.state == "started" and machine.checks_passing != machine.checks_configured:
        return f"{machine.checks_passing} of {machine.checks_configured} checks passing"
    return ""
