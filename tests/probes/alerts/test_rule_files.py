"""Rules and receivers of the app's repository, tried by the platform's Prometheus where the app has none."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.prometheus.api import ROUTING_FILE, RULE_FILE
from tests.support.runs.deployment import Deployment
from tests.support.runs.toy import Ended

FILES = 'rules = ["alerts.yml"]\nreceivers = ["alertmanager.yml"]\napp_dir = "{}"\n'


@pytest.fixture
def judged(deployment: Deployment, tmp_path: Path) -> Callable[..., Ended]:
    """Judges the sandbox by these files, as a deployment without a Prometheus of its own."""
    deployment.switch()
    told = json.loads(json.dumps(deployment.told))
    del told["target"]["metrics"], told["target"]["alerts"]
    target = deployment.suite_target.replace("line.json", "bare.json").replace("[metrics]\njobs", "[metrics]\nx_jobs")
    target = re.sub(r"\[metrics\]\nx_jobs = .*\n", "", target)
    target = target.replace("[alerts]\n", f"[alerts]\n{FILES.format(tmp_path.as_posix())}")
    deployment.suite.write({"bare.json": json.dumps(told), "targets/bare.toml": target})

    def judge(change: Callable[[str], str] = str) -> Ended:
        (tmp_path / "alerts.yml").write_text(change(RULE_FILE.read_text(encoding="utf-8")), encoding="utf-8")
        (tmp_path / "alertmanager.yml").write_text(ROUTING_FILE.read_text(encoding="utf-8"), encoding="utf-8")
        items = ("--item", "alerts-cover-endpoints", "--item", "metrics-collecting")
        return deployment.suite.run(*items, mark="monitoring", target="bare")

    return judge


def test_rules_of_the_repository_are_tried_by_the_platforms_prometheus(judged: Callable[..., Ended]) -> None:
    run = judged()

    assert run.told("alerts-cover-endpoints") == ("passed", None), run.output
    assert run.told("metrics-collecting") == ("passed", None), run.output


def test_a_rule_that_never_fires_is_told_with_its_line(judged: Callable[..., Ended]) -> None:
    run = judged(lambda text: text.replace("> 0.5", "> 50"))

    assert run.outcomes["alerts-cover-endpoints"] == "failed"
    assert "alert rule can never fire" in run.output
    assert re.search(r"EventStreamsFail \(alerts\.yml:\d+\)", run.output), run.output
