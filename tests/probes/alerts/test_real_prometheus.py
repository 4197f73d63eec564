"""Debian's Prometheus scrapes the sandbox, its Alertmanager routes: the real command judges both."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from sandbox.prometheus.api import ROUTING_FILE, RULE_FILE
from tests.support.runs.deployment import Deployment
from tests.support.servers.prometheus import ALERTMANAGER, PROMETHEUS, needs_prometheus, running
from verifier.core.deadline import Deadline

CONFIGURATION = """
global: {{scrape_interval: 500ms}}
rule_files: ["{rules}"]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["{manager}"]}}]}}]}}
scrape_configs: [{{job_name: hotdash, static_configs: [{{targets: {machines}}}]}}]
"""


@pytest.fixture
def addresses(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Of a Prometheus that scrapes the machines, and of the Alertmanager that it sends to."""
    deployment.switch()
    control, folder = deployment.told["control"], tmp_path_factory.mktemp("real")
    state = httpx.get(f"{control['url']}/state", headers={"authorization": f"Bearer {control['token']}"}).json()
    machines = [f"127.0.0.1:{each['port']}" for each in state["apps"]["hotdash-sandbox"]["machines"]]
    routing = ROUTING_FILE.read_text(encoding="utf-8")
    with running(folder, ALERTMANAGER, "--cluster.listen-address=", config_yml=routing) as manager:
        host = manager.removeprefix("http://")
        written = CONFIGURATION.format(rules=RULE_FILE, manager=host, machines=json.dumps(machines))
        with running(folder, PROMETHEUS, config_yml=written) as url:
            # It finds its scrape targets and its Alertmanager some seconds after it serves.
            Deadline(30).eventually(lambda: _found(url), bool, pause=0.2)
            yield {"prometheus": url, "alertmanager": manager}


def _found(url: str) -> bool:
    managers = httpx.get(f"{url}/api/v1/alertmanagers").json()["data"]["activeAlertmanagers"]
    up = httpx.get(f"{url}/api/v1/query", params={"query": "sum(up)"}).json()["data"]["result"]
    return bool(managers and up and up[0]["value"][1] == "2")


@needs_prometheus
def test_the_embedded_deployment_is_collected_and_watched(deployment: Deployment, addresses: dict[str, str]) -> None:
    told = deployment.told | {"target": deployment.told["target"] | {
        "metrics": {"prometheus": addresses["prometheus"]}, "alerts": {"alertmanager": addresses["alertmanager"]}
    }}  # fmt: skip
    scaled = "[limit.metrics-collecting]\nseconds = 1.0"
    assert scaled in deployment.suite_target
    target = deployment.suite_target.replace(scaled, scaled.replace("1.0", "15.0")).replace("line.json", "real.json")
    deployment.suite.write({"real.json": json.dumps(told), "targets/real.toml": target})

    items = ("--item", "alerts-cover-endpoints", "--item", "metrics-collecting")
    run = deployment.suite.run(*items, mark="monitoring", target="real")

    assert run.told("alerts-cover-endpoints") == ("passed", None), run.output
    assert run.told("metrics-collecting") == ("passed", None), run.output
    seen = json.loads((run.folder / "evidence" / "alerts.json").read_text(encoding="utf-8"))
    assert {each["rule"]["name"]: each["fires"] for each in seen["watches"]} == {
        "ApprovalsFail": "answers with 500",
        "DashboardSlow": "answers slowly",
        "EventStreamsFail": "answers with 500",
    }
    assert [each["receivers"] for each in seen["watches"]] == [["on-call"], ["team"], ["on-call"]]
