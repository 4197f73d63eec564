"""The error rate comes from the best source there is, says which, and claims nothing on too few requests."""

from __future__ import annotations

import json
import re

import pytest

from tests.support.faults.fault_runs import RUNS
from tests.support.runs.deployment import Deployment
from tests.support.runs.toy import Ended

WATCHED = ("uptime", "metrics-collecting")
FAR = RUNS["errors-half-percent"].far


def judged(deployment: Deployment, *faults: str, top_up: bool = True) -> Ended:
    """The run with the items that are far from rates left out; without topping up if so wanted."""
    far = ("ga-api-health", "no-server-errors", "chatwoot-health", "database-connection", "release-unchanged")
    near = {"response-time"} if faults else {"response-time", *WATCHED}
    allowing = deployment.suite_target
    deployment.suite_target = allowing if top_up else allowing.replace("top_up = 400\n", "")
    try:
        left_out = [item for item in dict.fromkeys((*FAR, *far)) if item not in near]
        return deployment.judged(*faults, mark="monitoring", without=tuple(left_out))
    finally:
        deployment.suite_target = allowing


def source(ended: Ended) -> tuple[str, dict[str, str]]:
    """The source that was used, and why better ones were not."""
    record = json.loads((ended.folder / "evidence" / "rates.json").read_text(encoding="utf-8"))
    return record["source"], record["passed_over"]


def test_half_a_percent_of_enough_requests_is_within_the_limit(deployment: Deployment) -> None:
    ended = judged(deployment, "errors-half-percent")

    assert ended.told("error-rate") == ("passed", None), ended.output
    # What the run asks before it looks may still be counted in.
    assert re.match(r"8 of 160\d = 0.5 % \(95 % interval 0.25\d–0.98\d %\)", ended.item("error-rate")["value"])
    assert source(ended) == ("the platform's Prometheus", {})


def test_slow_responses_to_others_are_told_where_no_event_streams_are_counted_with_them(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_streams = re.sub(r"(?ms)^\[(events|load)\]\n.*?(?=^\[)", "", deployment.suite_target)
    monkeypatch.setattr(deployment, "suite_target", without_streams)
    ended = judged(deployment, "visits-slow")

    found = [each for check in ended.item("response-time")["checks"] for each in check["findings"]]
    assert [each["problem"] for each in found] == ["more than 5 % of the responses to others take longer than 1 s"]


@pytest.mark.parametrize(
    ("faults", "used", "passed"),
    [
        (("prometheus-empty",), "the app's own metrics", ["empty vector"]),
        (("prometheus-nan", "metrics-missing"), "the access lines of the log", ["NaN", "404"]),
    ],
)
def test_where_a_source_is_silent_the_next_is_used(
    deployment: Deployment, faults: tuple[str, ...], used: str, passed: list[str]
) -> None:
    ended = judged(deployment, *faults)

    assert ended.ending == ("DONE", 0), ended.output
    told, why = source(ended)
    assert told == used
    assert [word for word, said in zip(passed, why.values(), strict=True) if word not in said] == []
    assert "the suite's own requests, apart: 0 of" in ended.item("error-rate")["value"]


def test_too_few_requests_are_no_answer_where_the_target_allows_no_more(deployment: Deployment) -> None:
    ended = judged(deployment, top_up=False)

    assert ended.told("error-rate") == ("unverified", "no-data"), ended.output
    assert "about 341 more would tell" in ended.item("error-rate")["reason"]
    assert [ended.told(item) for item in WATCHED] == [("passed", None), ("passed", None)], ended.output


def test_without_any_source_nothing_is_claimed(deployment: Deployment) -> None:
    ended = judged(deployment, "prometheus-empty", "metrics-missing", "logs-silent", top_up=False)

    assert ended.told("error-rate") == ("unverified", "no-data"), ended.output
    assert ended.told("response-time") == ("passed", None)
    assert "Traceback" not in ended.output
