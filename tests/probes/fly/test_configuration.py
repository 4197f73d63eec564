"""fly.toml: what it tells of services, checks and the release command, and which keys flyctl would drop."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.runs.repository import Repository
from verifier.core.evidence import CouldNotLook
from verifier.core.machine import ConfigurationFile
from verifier.probes.fly.configuration import read_configuration
from verifier.probes.source.configuration import AppConfiguration, observe_app_configuration

CHECK = '[[http_service.checks]]\npath = "/health"\n'
SOUND = f"[http_service]\ninternal_port = 3000\nforce_https = true\n{CHECK}"
PORTS = '[[services]]\ninternal_port = 3000\n[[services.ports]]\nport = 80\nhandlers = ["http"]\n'
FULL = """
app = "toy"
primary_region = "ord"
kill_timeout = 5
[build]
build-target = "app"
args = { ANY = "thing" }
[deploy]
strategy = "rolling"
release_command = "npx prisma generate"
[env]
ANYTHING = "goes"
[processes]
web = "node server.js"
[http_service]
internal_port = 3000
force_https = true
auto_stop_machines = "suspend"
min_machines_running = 2
[http_service.http_options.response.headers]
X-Frame-Options = "DENY"
[http_service.concurrency]
type = "requests"
soft_limit = 200
[[http_service.checks]]
path = "/health"
headers = { Any-Name = "x" }
[checks.alive]
type = "tcp"
port = 3000
[[vm]]
size = "shared-cpu-1x"
memory = "1gb"
[[restart]]
policy = "always"
retries = 3
"""


def read(folder: Path, text: str) -> ConfigurationFile:
    (folder / "fly.toml").write_text(text, encoding="utf-8")
    return read_configuration(folder, None)


def judged(folder: Path, text: str) -> AppConfiguration:
    app = Repository(folder)
    app.commit({"fly.toml": text})
    return observe_app_configuration(app.context())


def problems(found: AppConfiguration) -> set[tuple[str, str]]:
    findings = (*found.unwatched(), *found.plain_http(), *found.may_be_empty(), *found.misspelt())
    return {(each.problem, each.subject) for each in findings}


def test_a_whole_file_is_understood(tmp_path: Path) -> None:
    found = read(tmp_path, FULL)

    (service,) = found.services
    assert (service.name, service.checks, service.forces_https) == ("http_service", 2, True)
    assert (service.stops_idle, service.minimum_running) == (True, 2)
    assert (found.command, found.checks) == (("npx", "prisma", "generate"), 2)
    assert (found.misspelt, found.unknown) == ({}, ())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SOUND, set()),
        (SOUND.replace("true", "false"), {("plain HTTP is not sent to HTTPS", "http_service")}),
        (SOUND.replace("force_https = true\n", ""), {("plain HTTP is not sent to HTTPS", "http_service")}),
        (SOUND.replace(CHECK, ""), {("no health check", "http_service")}),
        (SOUND.replace(CHECK, "[checks.up]\nport = 3000\n"), set()),
        (SOUND.replace(CHECK, "[checks.up]\nport = 9\n"), {("no health check", "http_service")}),
        ("app = 'toy'\n", {("no health check", "fly.toml")}),
        ("[checks.up]\ntype = 'tcp'\nport = 9\n", set()),  # an app that nobody is sent to
        (f"[http_service]\nauto_stop_machines = 'stop'\nforce_https = true\n{CHECK}",
         {("no machine keeps running", "http_service")}),
        (f"[http_service]\nauto_stop_machines = true\nforce_https = true\n{CHECK}",
         {("no machine keeps running", "http_service")}),
        (f"[http_service]\nauto_stop_machines = false\nforce_https = true\n{CHECK}", set()),
        (f"[http_service]\nauto_stop_machines = 'off'\nforce_https = true\n{CHECK}", set()),
        (f"{PORTS}[[services.tcp_checks]]\ninterval = '9s'\n", {("plain HTTP is not sent to HTTPS", "services[0]")}),
        (f"{PORTS}force_https = true\n[[services.tcp_checks]]\ninterval = '9s'\n", set()),
        (f"{PORTS.replace('http', 'tls')}[[services.http_checks]]\npath = '/'\n", set()),  # no plain HTTP
        (SOUND.replace("force_https", "force_http"),
         {("plain HTTP is not sent to HTTPS", "http_service"),
          ("key that the platform does not know", "http_service.force_http")}),
        (f"{SOUND}[deploy]\nrelase_command = 'x'\n",
         {("key that the platform does not know", "deploy.relase_command")}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_place(tmp_path: Path, text: str, found: set[tuple[str, str]]) -> None:
    assert problems(judged(tmp_path, text)) == found


def test_a_key_that_is_like_no_other_is_only_told(tmp_path: Path) -> None:
    found = read(tmp_path, f"{SOUND}[quantum]\nqubits = 3\n")

    assert (found.misspelt, found.unknown) == ({}, ("quantum",))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("app = toy", "not TOML"),
        ("http_service = 3\n", "http_service is no table"),
        ("services = 3\n", "services is no list of tables"),
        ('[deploy]\nrelease_command = "npx \'prisma"\n', "No closing quotation"),
        ("[http_service]\nmin_machines_running = 'two'\n", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_no_answer(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(CouldNotLook, match=f"precondition: .*{why}"):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_no_answer(tmp_path: Path) -> None:
    with pytest.raises(CouldNotLook, match=r"no-data: .* has no fly\.toml") as trouble:
        read_configuration(tmp_path, None)

    assert 'configuration = "PATH"' in trouble.value.remedy


def test_the_file_may_have_another_name(tmp_path: Path) -> None:
    app = Repository(tmp_path)
    app.commit({"apps/agent/fly.staging.toml": SOUND})

    found = observe_app_configuration(app.context(source={"configuration": "apps/agent/fly.staging.toml"}))

    assert found.told.file == "apps/agent/fly.staging.toml"
    assert found.told.validate_command == "fly config validate --strict --config apps/agent/fly.staging.toml"


def test_without_a_platform_there_is_no_such_file(tmp_path: Path) -> None:
    app = Repository(tmp_path)
    app.commit({"fly.toml": SOUND})

    with pytest.raises(CouldNotLook, match="no platform has no file of configuration"):
        observe_app_configuration(app.context(platform={"machines": "none"}))
