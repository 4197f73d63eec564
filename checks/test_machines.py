"""The machines, as the platform tells of them."""

import pytest

from verifier.core.evidence import BrokenPromise


@pytest.mark.proves("machines-started")
def test_every_machine_that_should_run_is_started(machines, measured, require):
    """Every machine is started, or rests because nobody needs it; and no process group has too few."""
    measured(machines.groups_told())
    down, short = machines.down(), machines.short_groups()

    if down or short:
        seen = [f"{name}: {told}" for name, told in {**down, **short}.items()]
        raise BrokenPromise(expected="every machine started, or resting by auto-stop", seen="; ".join(seen))
    require(machines.words_known())
    require(machines.awake())


@pytest.mark.proves("machines-started")
def test_every_machine_is_on_a_sound_host_and_takes_traffic(machines, measured):
    """Every machine is on a host that is ok, and is not cordoned."""
    hosts = {each.id: (each.host_status, "cordoned" if each.cordoned else "open") for each in machines.machines}
    measured({machine: f"host {status}, {door}" for machine, (status, door) in hosts.items()})

    bad = {machine: told for machine, told in hosts.items() if told != ("ok", "open")}
    if bad:
        seen = "; ".join(f"{machine}: host {status}, {door}" for machine, (status, door) in bad.items())
        raise BrokenPromise(expected="every machine on a host that is ok, and not cordoned", seen=seen)


@pytest.mark.proves("machines-started")
def test_every_configured_check_of_the_platform_passes(machines, measured, require):
    """On every started machine every configured check was reported, and passes."""
    running = [each for each in machines.machines if each.state == "started" and each.config_known]
    measured({each.id: each.checks_told for each in running})

    bad = {each.id: each.checks_told for each in running if not each.checks_well}
    if bad:
        seen = "; ".join(f"{machine}: {told}" for machine, told in bad.items())
        raise BrokenPromise(expected="every configured check reported and passing", seen=seen)
    require(machines.configurations_known())


@pytest.mark.proves("machines-started")
def test_no_machine_is_restless_since_the_deploy(machines, measured):
    """Since the release no machine ran out of memory, and none crashes again and again."""
    measured({machine: f"{count} crashes" for machine, count in machines.crashes().items()})
    unrest = machines.unrest()

    if unrest:
        seen = "; ".join(f"{machine}: {told}" for machine, told in unrest.items())
        raise BrokenPromise(expected="no crash loop and no lack of memory since the release", seen=seen)
