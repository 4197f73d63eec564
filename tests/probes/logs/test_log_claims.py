"""What the checklist says of a log that proves less, and of a while that has been watched."""

from __future__ import annotations

from sandbox.item_groups import LOG_ITEMS
from tests.support.faults.fault_runs import ITEM_GROUPS
from tests.support.runs.deployment import Deployment
from verifier.probes.logs.evidence import WEAKER

FAR = tuple(item for group in ITEM_GROUPS.values() for item in group if item not in LOG_ITEMS)


def test_where_the_target_says_that_requests_are_not_logged_the_claim_passes_and_is_weaker(
    deployment: Deployment,
) -> None:
    kept = deployment.suite_target
    deployment.suite_target = f'{kept}\n[logs]\nrequests = "not-logged"\n'
    try:
        ended = deployment.judged("requests-not-logged", without=FAR)
    finally:
        deployment.suite_target = kept

    assert ended.ending == ("DONE", 0), ended.output
    assert ended.item("logs-clean")["warnings"] == [WEAKER]
    assert WEAKER in (ended.folder / "definition-of-done.md").read_text(encoding="utf-8")
