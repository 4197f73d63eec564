"""The app's own commands: does it build, do its tests pass, and does its scan find nothing?"""

import pytest

from verifier.core.evidence.finding import fail_on


@pytest.mark.proves("build-passes")
@pytest.mark.remedy("run the build command in that folder, and correct the first error that it prints")
def test_every_folder_builds(app_commands, measured, require, warn):
    """In every folder of the app, the build command ends with exit status 0."""
    measured(app_commands.told("build"), table=app_commands.table("build") or {"commands": "none"})
    for each in app_commands.warnings:
        warn(each)
    fail_on(*app_commands.findings("build"))
    require(app_commands.gap("build"))


@pytest.mark.proves("tests-pass")
@pytest.mark.remedy("run the test command in that folder, and correct the first test that fails")
def test_every_test_passes_and_some_ran(app_commands, measured, require):
    """In every folder of the app, the test command ends with exit status 0, each runner ran a test, and none failed."""
    measured(app_commands.told("test"), table=app_commands.table("test") or {"commands": "none"})
    fail_on(*app_commands.findings("test"))
    require(app_commands.gap("test"))


@pytest.mark.proves("no-secrets-in-code")
@pytest.mark.remedy("run the scan in that folder; a secret that was ever committed must be replaced, too")
def test_the_scan_of_the_app_finds_nothing(app_commands, measured, require):
    """The app's own scan for secrets ends with exit status 0."""
    measured(app_commands.told("scan"), table=app_commands.table("scan") or {"commands": "none"})
    fail_on(*app_commands.findings("scan"))
    require(app_commands.gap("scan"))
