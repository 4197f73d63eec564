"""The app's own file for the platform: is it watched, encrypted, kept running, and free of surprises?"""

import shlex

import pytest

from verifier.core.evidence.finding import Finding, fail_on


@pytest.mark.proves("app-configuration-sound")
@pytest.mark.remedy("add [[http_service.checks]] with a path to fly.toml")
def test_every_service_has_a_health_check(app_configuration, measured):
    """Every service of the app has a health check; an app without services has one of its own."""
    measured(app_configuration.services or f"no service, {app_configuration.told.checks} checks", "services")
    fail_on(*app_configuration.unwatched())


@pytest.mark.proves("app-configuration-sound")
@pytest.mark.remedy("set force_https = true for the service in fly.toml")
def test_every_service_forces_https(app_configuration, measured):
    """Every service that takes plain HTTP sends it to HTTPS."""
    said = {True: "forces HTTPS", False: "answers plain HTTP", None: "takes no HTTP"}
    services = {each.name: said[each.forces_https] for each in app_configuration.told.services}
    measured(services or "no service", "services")
    fail_on(*app_configuration.plain_http())


@pytest.mark.proves("app-configuration-sound")
@pytest.mark.remedy("set min_machines_running = 1 for the service in fly.toml")
def test_a_machine_keeps_running(app_configuration, measured):
    """Where idle machines are stopped, at least one keeps running."""
    kept = {
        each.name: f"keeps {each.minimum_running} running" if each.stops_idle else "stops no idle machine"
        for each in app_configuration.told.services
    }
    measured(kept or "no service", "services")
    fail_on(*app_configuration.may_be_empty())


@pytest.mark.proves("app-configuration-sound")
def test_the_release_command_to_be_deployed_is_the_one_that_is_allowed(app_configuration, limit, measured):
    """The release command in fly.toml is, word for word, the one that the definition allows; or there is none."""
    words, file = app_configuration.told.command, app_configuration.told.file
    measured(shlex.join(words) or "no release command")
    if words and list(words) != shlex.split(limit.command):
        detail = f"'{shlex.join(words)}' instead of '{limit.command}'"
        problem = "release command is not the allowed one"
        remedy = f"release_command = '{limit.command}' in {file}; a person applies migrations"
        fail_on(Finding(subject=file, problem=problem, detail=detail, remedy=remedy))


@pytest.mark.proves("app-configuration-sound")
@pytest.mark.remedy("correct the key, and check the file: fly config validate")
def test_no_key_is_misspelt(app_configuration, measured, warn):
    """No key of the file is one that the platform drops in silence because it is misspelt."""
    told = app_configuration.told
    measured(f"{len(told.misspelt)} misspelt, {len(told.unknown)} others that are not known here")
    for key in told.unknown:
        warn(f"{told.file}: {key} is not known here; ask the platform's own tool: {told.validate_command}")
    fail_on(*app_configuration.misspelt())
