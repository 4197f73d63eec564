"""Rolling back to the previous release."""

import pytest

from verifier.core.evidence.finding import Finding, fail_on, findings


@pytest.mark.proves("rollback-ready")
def test_its_secrets_are_as_they_were(rollback, measured, require):
    """No secret got another value since the previous release."""
    require(rollback.existing())
    measured(rollback.secrets_told())
    remedy = "see whether the previous release works with the new value"
    fail_on(*findings("secret was set since the previous release", rollback.other_secrets(), remedy=remedy))


@pytest.mark.proves("rollback-ready")
@pytest.mark.remedy("take the change to the schema back, or be ready to fix forward instead of rolling back")
def test_its_database_is_still_there(rollback, measured, require, warn):
    """No migration since the previous release takes away something that it may need."""
    require(rollback.existing())
    measured(rollback.migrations_told())
    fail_on(*(each.finding() for each in rollback.destructive()))
    require(rollback.questions())
    if rollback.narrowed:
        warn(rollback.narrowed)


@pytest.mark.proves("rollback-ready")
@pytest.mark.remedy("read the log of the machine while it ran that image; give it its own image again")
def test_the_way_back_leads_somewhere(rollback_rehearsal, measured):
    """When a rehearsal is asked for: each machine is healthy on the previous image, and again on its own."""
    if rollback_rehearsal.turns is None:
        measured("no rehearsal (--rehearse-rollback)")
        return
    measured(rollback_rehearsal.told(), "machines")
    fail_on(
        *findings("machine is not well with the previous release", rollback_rehearsal.unwell(), on_machines=True),
        *findings("machine was not brought back", rollback_rehearsal.stranded(), on_machines=True),
    )


@pytest.mark.proves("rollback-ready")
@pytest.mark.remedy("keep a release with another image to go back to: deploy the last good commit once")
def test_the_release_before_can_be_deployed_again(rollback, measured, require):
    """There is an earlier successful release with another image, and the platform still has that image."""
    measured(rollback.told, table=rollback.facts)
    if rollback.previous is None:
        detail = "; ".join(f"{name}: {why}" for name, why in rollback.passed_by.items()) or "it is the first one"
        problem = "there is no release to go back to"
        fail_on(Finding(subject="release", problem=problem, detail=detail))
    if rollback.image_there is False:
        detail = f"release {rollback.previous.version}: {rollback.previous.image}"
        remedy = "build that commit again and push its image, or fix forward"
        fail_on(Finding(subject="image", problem="image of the previous release is gone", detail=detail, remedy=remedy))
    require(rollback.image_known())
