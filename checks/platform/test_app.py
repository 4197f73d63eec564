"""The app itself: that it exists, answers, and has machines enough where they belong."""

import pytest

from verifier.core.evidence.finding import Finding, fail_on, findings


@pytest.mark.proves("app-exists")
@pytest.mark.remedy("deploy the app (fly deploy), and see that its hostname leads to it (fly ips list)")
def test_the_app_exists_and_answers(app, measured, require):
    """The platform knows the app and says that it is deployed, and its address answers."""
    measured(app.told)
    if app.app is None:
        detail = f"{app.where}: there is no such app"
        fail_on(Finding(subject="app", problem="app does not exist", detail=detail, remedy=app.create))
    fail_on(*findings("app is not deployed", app.unfinished()))
    if app.silence:
        fail_on(Finding(subject="address", problem="app does not answer", detail=app.silence))
    require(app.word_known())


@pytest.mark.proves("app-exists")
@pytest.mark.remedy("fly scale count N --region REGION; or name that region in the target")
def test_there_are_machines_enough_in_every_region(app, limit, measured, require):
    """Each process group that serves has as many machines as the limit says, in the target's regions and no others."""
    measured(app.told)
    require(app.known())
    fail_on(
        *findings("too few machines", app.too_few(limit.machines), remedy=app.scale),
        *findings("region without a machine", app.empty_regions(), remedy=app.scale),
        *findings("machine in another region", app.misplaced(), on_machines=True),
    )
