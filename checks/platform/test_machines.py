"""The machines, as the platform tells of them."""

import pytest

from verifier.core.evidence.finding import fail_on, findings


@pytest.mark.proves("machines-started")
@pytest.mark.remedy("start the machine; if it stops again, read its log")
def test_every_machine_that_should_run_is_started(machines, measured, require):
    """Every machine is started, or rests because nobody needs it; and no process group has too few."""
    measured(machines.groups_told(), "process groups")
    fail_on(
        *findings("machine does not run", machines.down(), on_machines=True, remedy=machines.to_start),
        *findings("too few machines are started", machines.short_groups()),
    )
    require(machines.words_known())
    require(machines.awake())


@pytest.mark.proves("machines-started")
@pytest.mark.remedy("move the machine to another host")
def test_every_machine_is_on_a_sound_host_and_takes_traffic(machines, measured):
    """Every machine is on a host that is ok, and is not cordoned."""
    cordoned = machines.cordoned()
    measured({each.id: f"host {each.host_status}" for each in machines.machines}, "machines")
    fail_on(
        *findings("host of the machine is not ok", machines.on_bad_hosts(), on_machines=True, remedy=machines.to_move),
        *findings("machine is cordoned", cordoned, on_machines=True, remedy=machines.to_uncordon),
    )


@pytest.mark.proves("machines-started")
def test_every_configured_check_of_the_platform_passes(machines, measured, require):
    """On every started machine every configured check was reported, and passes."""
    running = [each for each in machines.machines if each.state == "started" and each.config_known]
    measured({each.id: each.checks_told for each in running}, "machines")
    failing, log = machines.failing_checks(), machines.to_read_log
    fail_on(*findings("platform check does not pass", failing, on_machines=True, remedy=log))
    require(machines.configurations_known())


@pytest.mark.proves("machines-started")
def test_no_machine_is_restless_since_the_deploy(machines, measured):
    """Since the release no machine ran out of memory, and none is in a crash loop."""
    measured({machine: f"{count} crashes" for machine, count in machines.crashes().items()}, "machines")
    problem, log = "machine crashes or runs out of memory since the release", machines.to_read_log
    fail_on(*findings(problem, machines.unrest(), on_machines=True, remedy=log))
