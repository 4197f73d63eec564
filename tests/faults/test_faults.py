"""Every gate turns red: each fault is switched on, and the real command sees exactly what the fault says."""

from __future__ import annotations

import pytest

from tests.support.faults.batches import Batch, BatchJudge, Seen
from tests.support.faults.fault_runs import FLOWS, RUNS
from tests.support.runs.deployment import LIMITS, Deployment, all_but
from tests.support.runs.toy import CHECKOUT, Ended
from verifier.probes.browser.condition.defect import LOOKS

PAGE = 8_000_000
"""Bytes of the page of a healthy run; an attachment limit of mail servers is often 10 MB."""


def told(ended: Ended) -> Seen:
    """What a run came to, as a batch compares it."""
    doubtful = {each["id"]: each["cause"] or each["outcome"] for each in ended.verdict["items"]}
    kept = {"passed", "not applicable"}
    return {each: doubtful[each] if it != "failed" else it for each, it in ended.outcomes.items() if it not in kept}, (
        ended.ending
    )


def without_remedy(ended: Ended) -> list[str]:
    """The findings of failed checks that do not tell what to do."""
    checks = (check for item in ended.verdict["items"] for check in item["checks"])
    return [
        f"{each['check']}: {found['problem']}" for each in checks for found in each["findings"] if not found["remedy"]
    ]


def failed_flows(ended: Ended) -> dict[str, str]:
    """The flows that failed."""
    checks = ended.item("phase-features")["checks"]
    failed = [each["check"] for each in checks if each["outcome"] == "failed"]
    return dict.fromkeys((each.partition("::")[2].partition("[")[0] for each in failed), "failed")


def test_a_healthy_deployment_is_done_and_left_as_it_was_and_its_page_can_be_sent(deployment: Deployment) -> None:
    before = deployment.contents()
    ended = deployment.judged(words=("--html", "write"))

    assert told(ended) == ({}, ("DONE", 0)), ended.output
    assert deployment.contents() == before
    assert ended.verdict["contradictions"] == []
    assert set(ended.outcomes.values()) == {"passed"}
    warnings = ended.item("smoke-passed")["warnings"]
    assert [text for text in warnings if any(problem in text for problem in LOOKS.values())] == []
    assert (ended.folder / "index.html").stat().st_size <= PAGE


@pytest.fixture
def trial(deployment: Deployment) -> BatchJudge:
    """Judges batches of faults on the warm sandbox, by the real command."""

    def judge(batch: Batch) -> Seen:
        names = [run.name for run in batch.runs]
        ended = deployment.judged(*names, words=batch.words, mark=batch.stages, without=batch.far, phases=batch.phases)
        items, ending = told(ended)
        assert "Traceback" not in ended.output
        assert without_remedy(ended) == []
        not_seen = {each: "not judged" for each in batch.green if ended.outcomes[each] == "not applicable"}
        return items | not_seen | (failed_flows(ended) if batch.flows else {}), ending

    return BatchJudge(judge)


def test_faults_are_seen_where_they_are_and_nowhere_else(trial: BatchJudge, batch: Batch) -> None:
    complaint = trial.complaint(batch)

    assert not complaint, complaint


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (None, ("-n", "4", "-p", "randomly")),
        ("log-error", ("-n", "2", "-p", "randomly")),
        ("heartbeat-missing-on-one-machine", ("-n", "2")),
        ("heartbeat-stops", ("-n", "2")),
        ("stream-half-character", ("-n", "2")),
    ],
)
def test_workers_see_what_one_process_sees_in_whatever_order(
    deployment: Deployment, fault: str | None, words: tuple[str, ...]
) -> None:
    batch = Batch((RUNS[fault],) if fault else ())
    ended = deployment.judged(
        *([fault] if fault else []), words=words, without=batch.far if fault else FLOWS, phases=batch.phases
    )

    items, ending = told(ended)
    assert batch.disagreement((items, ending)) == "", ended.output


def test_a_flow_does_not_wait_for_a_page_that_is_stuck(deployment: Deployment) -> None:
    flow = "smoke/phases/test_phase_3.py::test_the_dashboard_is_complete"
    deployment.switch("page-stuck")
    deployment.retarget(without=all_but("phase-features"))

    ended = deployment.suite.run("-k", flow.rpartition(":")[2], target="warm")

    item = next(each for each in ended.verdict["items"] if each["id"] == "phase-features")
    said = next(each for each in item["checks"] if each["check"].startswith(flow))
    assert (said["outcome"], said["cause"]) == ("unverified", "timeout"), ended.output
    assert "one of its scripts did not end" in ended.output
    assert "Traceback" not in ended.output


STUCK = """
import pytest

@pytest.mark.proves("phase-features")
def test_the_page_gets_stuck(operator, measured):
    \"\"\"It is read.\"\"\"
    operator.open()
    operator.page.evaluate("setTimeout(() => { for (;;); })")
    measured(operator.page.locator("main").inner_text(timeout=300))
"""


def test_what_a_flow_gives_up_on_a_page_that_is_stuck_is_no_fault_of_the_suite(deployment: Deployment) -> None:
    deployment.switch()
    deployment.retarget(without=all_but("phase-features"))
    deployment.suite.write({"smoke/test_stuck.py": STUCK})
    try:
        ended = deployment.suite.run("-k", "test_the_page_gets_stuck", target="warm")
    finally:
        (deployment.suite.root / "smoke" / "test_stuck.py").unlink()

    said = next(each for each in ended.item("phase-features")["checks"] if "stuck" in each["check"])
    assert (said["outcome"], said["cause"]) == ("unverified", "timeout"), ended.output
    assert "one of its scripts did not end" in ended.output


def test_a_tile_that_became_slower_since_the_last_release_is_a_warning(deployment: Deployment) -> None:
    far = RUNS["tile-slow"].far
    ended = []
    # Far enough apart, and loads enough, that a busy machine leaves no doubt of it.
    for faults in ((), ("tile-slow=4.2",)):
        deployment.switch(*faults)
        deployment.retarget(
            without=far, change=lambda text: text.replace(LIMITS["tiles-under-3s"], "seconds = 9.0\nloads = 6")
        )
        ended.append(deployment.suite.run(target="warm"))

    said = "clearly slower than with release"
    assert [each.ending for each in ended] == [("DONE", 0), ("DONE", 0)]
    assert [said in each.output for each in ended] == [False, True]
    assert said in (ended[1].folder / "definition-of-done.md").read_text(encoding="utf-8")


def test_without_network_and_secrets_nothing_is_claimed(deployment: Deployment) -> None:
    staging = (CHECKOUT / "targets" / "staging.toml").read_text(encoding="utf-8")
    closed = "http://127.0.0.1:9"
    cut = staging.replace("https://hotdash-staging.fly.dev", closed).replace(
        "https://hotdash-agent-service.fly.dev", closed
    )
    platform = f'[platform]\nmachines_url = "{closed}"\napi_url = "{closed}"\n'
    deployment.suite.write({"targets/cut-off.toml": f"{cut}\n{platform}"})

    ended = deployment.suite.run(target="cut-off")

    assert ended.ending == ("UNVERIFIED", 6), ended.output
    assert set(ended.outcomes.values()) - {"not applicable"} == {"unverified"}
    assert "Traceback" not in ended.output
    assert "FLY_API_TOKEN" in (ended.folder / "credential-requests.md").read_text(encoding="utf-8")
