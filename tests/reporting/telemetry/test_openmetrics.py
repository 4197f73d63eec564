"""The figures of a run for Prometheus, and the dashboard that shows them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parsed

from tests.support.runs.records import item, record, released
from tests.support.runs.toy import CHECKOUT, MakeSuite, check, checks, contract
from verifier.core.verdict.results import Outcome
from verifier.core.verdict.waiving import WaiverState
from verifier.probes.alerts.expression import Expression
from verifier.reporting.model import JudgedWaiver, Report
from verifier.reporting.telemetry.openmetrics import PREFIX, openmetrics

DASHBOARD = CHECKOUT / "docs" / "grafana" / "definition-of-done.json"
Written = dict[str, list[tuple[dict[str, str], float]]]
LIMIT = {"seconds": 3.0, "tolerance": 0.5}


def written(report: Report) -> Written:
    """Name without the prefix → labels and value of each sample, as a strict reader of the format understands it."""
    families = parsed(openmetrics(report).decode())
    return {
        family.name.removeprefix(PREFIX): [(dict(each.labels), each.value) for each in family.samples]
        for family in families
    }


@pytest.fixture(scope="module")
def everything() -> Report:
    """A run with all that can be told of one."""
    waiver = JudgedWaiver(item="old", state=WaiverState.IN_USE, made="2026-01-01", expires="2026-02-01")  # type: ignore[arg-type]
    return released(
        item("loud", Outcome.FAILED, figure=4.25, limit=LIMIT), item("hidden", Outcome.UNVERIFIED, limit=LIMIT),
        item("kept", figure=0.5, limit={"share": 1.0}), item("old", Outcome.WAIVED),
        samples={"tile-a": (0.5, 0.25, 1.0), "tile-b": ()}, waivers=(waiver, waiver),
    )  # fmt: skip


def test_a_run_is_told_in_figures(everything: Report) -> None:
    found = written(everything)

    assert [labels["verdict"] for labels, value in found["verdict"] if value] == ["NOT DONE"]
    assert found["exit_status"] == [({"target": "staging"}, 1.0)]
    assert found["finished_timestamp_seconds"] == [({"target": "staging"}, everything.run.finished.timestamp())]
    assert {labels["outcome"]: value for labels, value in found["items"] if value} == {
        "failed": 1.0, "unverified": 1.0, "waived": 1.0, "passed": 1.0,
    }  # fmt: skip
    assert {labels["item"]: labels["outcome"] for labels, _ in found["item"]}["hidden"] == "unverified"
    assert found["item_findings"] == [({"target": "staging", "item": "loud"}, 1.0)]
    assert found["release_version"][0][1] == 41.0
    assert [(labels["state"], value) for labels, value in found["waivers"]] == [("in use", 2.0)]
    assert [(labels["cause"], value) for labels, value in found["unseen_items"]] == [("unreachable", 1.0)]


def test_what_was_not_seen_has_no_figure(everything: Report) -> None:
    found = written(everything)

    figures = {labels["item"]: (labels["unit"], value) for labels, value in found["item_figure"]}
    limits = {labels["item"]: value for labels, value in found["item_limit"]}
    loads = {(labels["part"], labels["statistic"]): value for labels, value in found["load_seconds"]}
    assert figures == {"loud": ("seconds", 4.25), "kept": ("share", 0.5)}
    assert limits == {"loud": 3.5, "hidden": 3.5, "kept": 1.0}
    assert loads == {("tile-a", "worst"): 1.0, ("tile-a", "median"): 0.5}


def test_a_run_that_judged_little_is_still_valid() -> None:
    found = written(record(item("kept"), narrowed=True))

    assert [labels["verdict"] for labels, value in found["verdict"] if value] == ["PARTIAL"]
    assert {"release_version", "item_figure", "load_seconds", "waivers"}.isdisjoint(found)


def test_every_panel_of_the_dashboard_asks_for_what_is_written(everything: Report) -> None:
    found = written(everything)
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    asked = [Expression(each["expr"]) for panel in dashboard["panels"] for each in panel["targets"]]
    selectors = [each for expression in asked for each in expression.selectors]
    variables = [each["query"]["query"] for each in dashboard["templating"]["list"] if each["type"] == "query"]

    assert len(selectors) >= len(dashboard["panels"]) > 5
    for selector in selectors:
        labels = {name for known, _ in found[selector.metric.removeprefix(PREFIX)] for name in known}
        assert {each.label for each in selector.matchers} - {"__name__"} <= labels, str(selector)
    assert {each.metric.removeprefix(PREFIX) for each in selectors} == {*found} - {"exit_status"}
    assert [re.fullmatch(rf"label_values\({PREFIX}(\w+), (\w+)\)", each)[1] in found for each in variables] == [True]  # type: ignore[index]


def test_the_file_is_written_for_who_asks_and_an_earlier_one_never_stands_for_a_run(
    make_suite: MakeSuite, tmp_path: Path
) -> None:
    suite = make_suite(
        {"checks/test_toy.py": checks(check("kept", "measured('well')"), check("loud", "assert 1 == 2, 'too loud'"))},
        contract=contract("kept", "loud"),
    )
    file, blocked = tmp_path / "new" / "run.prom", tmp_path / "file"
    blocked.write_text("", encoding="utf-8")

    assert suite.run("--openmetrics", str(file)).ending == ("NOT DONE", 1)
    told = file.read_text(encoding="utf-8")
    refused = suite.run("--openmetrics", str(blocked / "run.prom"))
    suite.write({"checks/test_toy.py": checks(check("kept", "import os\nos._exit(3)"))})
    assert suite.run_anew("--openmetrics", str(file)).status == 3

    assert 'definition_of_done_verdict{target="toy",verdict="NOT DONE"} 1.0' in told
    assert 'definition_of_done_item{item="loud",outcome="failed"' in told
    assert not file.exists()
    assert [each.split()[0] for each in refused.verdict["run"]["problems"]] == ["--openmetrics"]
