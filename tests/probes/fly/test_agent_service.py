"""The agent service: a target of its own, and a part of the app's run; its secrets by name, and never by value."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.support.runs.deployment import Deployment
from tests.support.runs.toy import CHECKOUT, Ended
from verifier.core.machine import Machine
from verifier.probes.platform.secrets import Secret, SecretState, reach_of

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def judged(deployment: Deployment, *faults: str) -> Ended:
    """What `--target agent-service` says of the warm sandbox' agent service."""
    deployment.switch(*faults)
    told = deployment.told["target"]
    url = told["agent"]["url"]
    line = {
        "target": {"url": url, "platform": told["platform"], "agent": {"url": url}},
        "credentials": {"FLY_API_TOKEN": deployment.told["credentials"]["FLY_API_TOKEN"]},
    }
    (deployment.suite.root / "agent-line.json").write_text(json.dumps(line), encoding="utf-8")
    tell = "import sys; print(open('agent-line.json').read(), flush=True); sys.stdin.read()"
    start = f'start = ["python", "-c", "{tell}"]'
    target = (CHECKOUT / "targets" / "agent-service.toml").read_text(encoding="utf-8")
    target = re.sub(r"(?m)^url = .*$", "", target).replace("hotdash-agent-service", "hotdash-agent-sandbox")
    deployment.suite.write({"targets/agent.toml": f"{start}\n{target}"})
    return deployment.suite.run(target="agent")


def test_the_agent_service_is_a_target_of_its_own_and_keeps_its_secrets(deployment: Deployment) -> None:
    ended = judged(deployment)

    assert ended.ending == ("DONE", 0), ended.output
    passed = {item for item, outcome in ended.outcomes.items() if outcome == "passed"}
    assert passed == {
        "machines-started", "health-endpoint", "logs-clean", "agent-service-health", "response-time",
        "no-server-errors", "release-unchanged",
    }  # fmt: skip
    control = deployment.told["control"]
    headers = {"authorization": f"Bearer {control['token']}"}
    assert "GA_CREDENTIALS" in (ended.folder / "evidence" / "agent_secrets.json").read_text(encoding="utf-8")
    assert httpx.get(f"{control['url']}/state", headers=headers).json()["secret_values_asked"] == 0
    left = [path for path in ended.folder.rglob("*") if path.is_file() and b"marked-test-value" in path.read_bytes()]
    assert left == []


def test_as_a_target_it_is_red_for_the_same_reason(deployment: Deployment) -> None:
    ended = judged(deployment, "agent-secret-missing")

    assert [item for item, outcome in ended.outcomes.items() if outcome == "failed"] == ["agent-service-health"]
    assert "secret is not set: OPENAI_API_KEY" in ended.output
    assert "→ fly secrets set NAME=… -a hotdash-agent-sandbox" in ended.output


def test_nothing_in_the_verifier_knows_how_to_ask_for_values() -> None:
    sources = list((CHECKOUT / "verifier").rglob("*.py"))
    assert sources
    assert [path.name for path in sources if "show_secrets" in path.read_text(encoding="utf-8")] == []


def state(*wanted: str, **reach: str) -> SecretState:
    secrets = tuple(Secret.model_validate({"name": name, "reach": each}) for name, each in reach.items())
    common = {"asked": "?", "where": "here", "at": NOW, "again": "fly secrets list"}
    return SecretState.model_validate({**common, "app": "a", "wanted": wanted, "secrets": secrets})


def test_one_of_several_names_will_do() -> None:
    seen = state("A|B", "C", B="deployed", D="staged", E="unknown")

    assert seen.missing == ["C"]
    assert seen.told == "1 of 2 needed secrets are set; staged, and not needed: D; not known whether deployed: E"
    assert state("A", A="partly deployed").waiting == {"A": "partly deployed"}


@pytest.mark.parametrize(
    ("set_at", "releases", "reach"),
    [
        (NOW - timedelta(hours=1), ("1", "1"), "deployed"),
        (NOW + timedelta(minutes=1), ("1", "1"), "staged"),
        (NOW + timedelta(minutes=1), ("1", "2"), "partly deployed"),
        (NOW, ("0", "0"), "unknown"),
        (NOW + timedelta(minutes=1), ("0", "1"), "staged"),
        (None, ("1",), "unknown"),
        (NOW, (), "unknown"),
    ],
)
def test_a_secret_is_where_a_release_came_after_it(
    set_at: datetime | None, releases: tuple[str, ...], reach: str
) -> None:
    machines = tuple(Machine(id=f"m{number}", state="started", release=each) for number, each in enumerate(releases))
    made = {"1": NOW, "2": NOW + timedelta(hours=1)}

    assert reach_of(set_at, machines, made) == reach
