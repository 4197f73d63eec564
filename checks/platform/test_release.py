"""The release: whether it arrived, what its command did, and whether it is the one that was shipped."""

import shlex

import pytest

from verifier.core.evidence.finding import Finding, fail_on, findings

RELEASE = "release"


@pytest.mark.proves("release-successful")
@pytest.mark.remedy("read the log of the deploy, mend it, and deploy again; or roll back to the previous release")
def test_the_newest_release_arrived(rollout, measured):
    """The newest release did not fail, and every machine has it, whatever its status says."""
    measured(rollout.told)
    trouble = rollout.trouble()

    if trouble:
        fail_on(Finding(subject=RELEASE, problem="release did not arrive", detail=trouble))


@pytest.mark.proves("release-successful")
def test_the_release_was_deployed_as_the_target_says(rollout, measured, require):
    """The release was brought to the machines by the strategy that the target declares, where it declares one."""
    measured(rollout.strategy_told)
    fail_on(*findings("another strategy than the target's", rollout.another_strategy(), remedy=rollout.to_deploy))
    require(rollout.strategy_known())


@pytest.mark.proves("release-command")
def test_the_release_command_that_ran_is_the_one_that_is_allowed(rollout, limit, measured):
    """The deployed release command is, word for word, the one that the definition allows; or there is none."""
    words = rollout.command_words()
    measured(shlex.join(words) or "no release command is configured")

    if words and list(words) != shlex.split(limit.command):
        detail = f"'{shlex.join(words)}' instead of '{limit.command}'"
        problem = "release command is not the allowed one"
        fail_on(Finding(subject="release command", problem=problem, detail=detail, remedy=rollout.to_mend))


@pytest.mark.proves("release-command")
def test_the_release_command_passed(rollout, measured):
    """The extra machine of the release command ended with exit code 0."""
    ended = measured(rollout.command_exit())
    if rollout.command_failed:
        remedy = rollout.command_log
        problem = "release command failed"
        fail_on(Finding(subject="release command", problem=problem, detail=ended, remedy=remedy))


@pytest.mark.proves("one-image-everywhere")
@pytest.mark.remedy("deploy again, so that every machine gets the image of the release")
def test_every_machine_runs_the_image_of_the_release(rollout, measured, require):
    """Every machine has the release's number and the release's image."""
    measured(rollout.running(), "machines")
    wanted = f"instead of release {rollout.release.version} {rollout.release.built}"
    behind = {machine: f"{told} {wanted}" for machine, told in rollout.behind().items()}
    fail_on(*findings("machine runs another release", behind, on_machines=True, remedy=rollout.to_replace))
    require(rollout.machines_known())


@pytest.mark.proves("release-unchanged")
@pytest.mark.remedy("find out who deployed it, and judge that release or deploy the right one")
def test_the_release_is_the_one_that_was_shipped(platform, shipped, measured):
    """The release on the platform is the one that the caller says was shipped, where the caller says one."""
    measured(str(shipped) or f"release {platform.release.version}; nothing was expected (--expect-from)")
    told = {f"shipped {expected}": seen for expected, seen in platform.differences(shipped).items()}
    fail_on(*findings("another release runs than the one that was shipped", told))
