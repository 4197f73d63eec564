"""Rules and receivers of the app's repository, tried by the platform's Prometheus where the app has none."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sandbox.prometheus.api import ROUTING_FILE, RULE_FILE
from tests.support.runs.deployment import Deployment

FILES = 'rules = ["alerts.yml"]\nreceivers = ["alertmanager.yml"]\napp_dir = "{}"\n'


def test_a_rule_of_the_repository_that_never_fires_is_told_with_its_line(
    deployment: Deployment, tmp_path: Path
) -> None:
    deployment.switch()
    told = {**deployment.told, "target": {**deployment.told["target"]}}
    del told["target"]["metrics"], told["target"]["alerts"]
    target = re.sub(r"\[metrics\]\njobs = .*\n", "", deployment.suite_target.replace("line.json", "bare.json"))
    target = target.replace("[alerts]\n", f"[alerts]\n{FILES.format(tmp_path.as_posix())}")
    deployment.suite.write({"bare.json": json.dumps(told), "targets/bare.toml": target})
    rules = RULE_FILE.read_text(encoding="utf-8").replace("> 0.5", "> 50")
    (tmp_path / "alerts.yml").write_text(rules, encoding="utf-8")
    (tmp_path / "alertmanager.yml").write_text(ROUTING_FILE.read_text(encoding="utf-8"), encoding="utf-8")

    items = ("--item", "alerts-cover-endpoints", "--item", "metrics-collecting")
    run = deployment.suite.run(*items, mark="monitoring", target="bare")

    assert run.told("metrics-collecting") == ("passed", None), run.output
    assert run.outcomes["alerts-cover-endpoints"] == "failed"
    (check,) = run.item("alerts-cover-endpoints")["checks"]
    line = rules.splitlines().index("      - alert: EventStreamsFail") + 1
    assert [(each["subject"], each["problem"], each["place"]) for each in check["findings"]] == [
        ("EventStreamsFail", "alert rule can never fire", f"alerts.yml:{line}")
    ]
