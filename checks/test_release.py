"""The release: whether it arrived, what its command did, and whether it is the one that was shipped."""

import shlex

import pytest

from verifier.core.evidence import BrokenPromise


@pytest.mark.proves("release-successful")
def test_the_newest_release_arrived(rollout, measured):
    """The newest release did not fail, and every machine has it, whatever its status says."""
    measured(rollout.told)
    trouble = rollout.trouble()

    if trouble:
        raise BrokenPromise(expected=f"release {rollout.release.version} on every machine", seen=trouble)


@pytest.mark.proves("release-command")
def test_the_release_command_is_the_one_that_is_allowed(rollout, limit, measured):
    """The release command is, word for word, the one that the definition allows; or there is none."""
    words = rollout.command_words()
    measured(shlex.join(words) or "no release command is configured")

    if words and list(words) != shlex.split(limit.command):
        raise BrokenPromise(expected=f"exactly '{limit.command}'", seen=f"'{shlex.join(words)}'")


@pytest.mark.proves("release-command")
def test_the_release_command_passed(rollout, measured):
    """The extra machine of the release command ended with exit code 0."""
    ended = measured(rollout.command_exit())
    if rollout.command_failed:
        log = f"fly logs --no-tail --machine {rollout.command.machine}"
        raise BrokenPromise(expected="the release command ends with 0", seen=f"{ended}; see {log}")


@pytest.mark.proves("one-image-everywhere")
def test_every_machine_runs_the_image_of_the_release(rollout, measured, require):
    """Every machine has the release's number and the release's image."""
    running, behind = measured(rollout.running()), rollout.behind()

    if behind:
        raise BrokenPromise(
            expected=f"release {rollout.release.version}, {rollout.release.built} on {len(running)} machines",
            seen="; ".join(f"{machine}: {told}" for machine, told in behind.items()),
        )
    require(rollout.machines_known())


@pytest.mark.proves("release-unchanged")
def test_the_release_is_the_one_that_was_shipped(platform, shipped, measured):
    """The release on the platform is the one that the caller says was shipped, where the caller says one."""
    measured(str(shipped) or f"release {platform.release.version}; nothing was expected (--expect-from)")
    differences = platform.differences(shipped)

    if differences:
        raise BrokenPromise(expected=", ".join(differences), seen="; ".join(differences.values()))
