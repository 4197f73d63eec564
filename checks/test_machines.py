"""The machines, as the platform tells of them."""

import pytest

from verifier.evidence import BrokenPromise


@pytest.mark.proves("machines-started")
def test_every_machine_that_should_run_is_started(machines, measured):
    """Every machine is started, or rests because nobody needs it; and no group rests below its minimum."""
    measured({machine.id: machine.state for machine in machines.machines})
    down = {each.id: f"{each.state} ({each.last_exit or 'no exit told'})" for each in machines.machines if each.down}
    if down:
        raise BrokenPromise(expected="every machine started, or resting by auto-stop", seen=str(down))

    assert machines.short_groups() == {}


@pytest.mark.proves("machines-started")
def test_every_machine_is_on_a_sound_host_and_takes_traffic(machines, measured):
    """Every machine is on a host that is ok, and is not cordoned."""
    hosts = measured(
        {each.id: (each.host_status, "cordoned" if each.cordoned else "open") for each in machines.machines}
    )

    assert hosts == dict.fromkeys(hosts, ("ok", "open"))


@pytest.mark.proves("machines-started")
def test_every_configured_check_of_the_platform_passes(machines, measured):
    """On every started machine every configured check was reported, and passes."""
    running = [each for each in machines.machines if each.state == "started"]
    seen = measured({each.id: f"{each.checks_passing} of {each.checks_configured} passing" for each in running})

    assert seen == {each.id: f"{each.checks_configured} of {each.checks_configured} passing" for each in running}
