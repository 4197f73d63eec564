"""The agent service, an app of its own beside the dashboard."""

import pytest

from verifier.core.evidence.finding import fail_on, findings


@pytest.mark.proves("agent-service-health")
@pytest.mark.remedy("read the agent service's log, and restart it")
def test_the_agent_service_answers(agent, measured):
    """The agent service answers, and says that it is well."""
    measured(str(agent.reply))
    fail_on(*findings("agent service is not well", agent.differences()))


@pytest.mark.proves("agent-service-health")
@pytest.mark.remedy("read the log of the machine since its start")
def test_the_machines_of_the_agent_service_run(agent_machines, measured):
    """Every machine of the agent service is started or rests, on a sound host, with its checks passing."""
    measured({machine.id: machine.state for machine in agent_machines.machines}, "machines")
    start, move, uncordon = agent_machines.to_start, agent_machines.to_move, agent_machines.to_uncordon
    bad_hosts, failing = agent_machines.on_bad_hosts(), agent_machines.failing_checks()
    fail_on(
        *findings("machine does not run", agent_machines.down(), on_machines=True, remedy=start),
        *findings("host of the machine is not ok", bad_hosts, on_machines=True, remedy=move),
        *findings("machine is cordoned", agent_machines.cordoned(), on_machines=True, remedy=uncordon),
        *findings("platform check does not pass", failing, on_machines=True, remedy=agent_machines.to_read_log),
        *findings("too few machines are started", agent_machines.short_groups()),
    )


@pytest.mark.proves("agent-service-health")
@pytest.mark.remedy("mend what the line says; where it is harmless, name it in [[logs.allow]] with a reason")
def test_the_log_of_the_agent_service_holds_no_error(agent_logs, limit, measured, require):
    """Among the first lines that every machine of the agent service wrote since its release, there is no error."""
    measured(agent_logs.told(), table=agent_logs.facts(limit.lines))
    fail_on(*(error.finding() for error in agent_logs.errors_within(limit.lines)))
    require(agent_logs.proved(limit.lines))
    require(agent_logs.answered(limit.lines))


@pytest.mark.proves("agent-service-health")
def test_the_agent_service_has_its_secrets(agent_secrets, measured):
    """Every secret that the agent service needs is set, and its machines have it."""
    measured(agent_secrets.told)
    fail_on(
        *findings("secret is not set", agent_secrets.missing, remedy=agent_secrets.to_set),
        *findings("secret is set, and not deployed", agent_secrets.waiting, remedy=agent_secrets.to_deploy),
    )
