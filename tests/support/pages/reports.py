"""Reports as a run would make them, without one: healthy, broken, hostile, and very large."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from verifier.core.config.contract import Stage
from verifier.core.evidence import Cause
from verifier.core.evidence.finding import Finding, Severity, signature
from verifier.core.verdict.baseline import Baseline, Known
from verifier.core.verdict.ledger import Verdict, coverage
from verifier.core.verdict.results import Outcome
from verifier.core.verdict.waiving import WaiverState
from verifier.reporting.model import JudgedCheck, JudgedFinding, JudgedItem, JudgedWaiver, Report
from verifier.reporting.record.run import JudgedRun, MergedRun

MACHINES = [f"{number:014x}" for number in range(1, 21)]
HOSTILE = "<script>document.title='taken'</script><img src=http://127.0.0.1:9/x onerror=\"document.title='taken'\">"
ACCEPTED = Baseline(target="toy", release="40", accepted="2026-01-30 12:00:00 UTC", seconds={})
IMAGE = f"registry.example/toy:deployment-01J@sha256:{'ab' * 32}"
LOOKED = ("where: the toy, 2026-01-31 12:00:00 UTC", "again: fly status --json -a toy")


def report(*items: JudgedItem, verdict: Verdict = Verdict.NOT_DONE, **more: Any) -> Report:  # noqa: ANN401
    """A report of these items; `more` are fields of it."""
    counts = {str(each): sum(item.outcome == each for item in items) for each in Outcome}
    counts = {name: number for name, number in counts.items() if number}
    release = {"version": 41, "image": IMAGE, "status": "complete", "machines": dict.fromkeys(MACHINES, "started")}
    run = JudgedRun(id="0123", suite="abcdef0", finished=datetime(2026, 1, 31, 12, tzinfo=UTC), seconds=65.2)
    given = {"target": "toy", "target_url": "https://toy.example", "title": "a toy", "release": release, "run": run}
    status = {Verdict.DONE: 0, Verdict.NOT_DONE: 1}.get(verdict, 6)
    return Report(
        verdict=verdict, exit_status=status, items=items, counts=counts, coverage=coverage(counts), **{**given, **more}
    )


def held(name: str, **more: Any) -> JudgedItem:  # noqa: ANN401
    """An item that was verified, with a figure for each machine."""
    table = {machine: f"0.{number:02d} s" for number, machine in enumerate(MACHINES)}
    check = JudgedCheck(
        check=f"checks/test_toy.py::test_{name}", title=f"It is {name}.", outcome=Outcome.PASSED,
        measured="worst 0.4 s on 20 machines", figure=0.4, table=table, looked=LOOKED, evidence=("toys",),
    )  # fmt: skip
    given = {"severity": Severity.MAJOR, "outcome": Outcome.PASSED, "value": "worst 0.4 s on 20 machines"}
    limit = {"seconds": 3.0, "statistic": "worst"}
    return JudgedItem(
        **{"id": name, "promise": f"The toy is {name}", "limit": limit, "checks": (check,)} | given | more
    )


def broken(name: str, found: Sequence[Finding], **more: Any) -> JudgedItem:  # noqa: ANN401
    """An item that failed with these findings."""
    told = tuple(JudgedFinding(**each.model_dump(), signature=signature(name, each)) for each in found)
    check = JudgedCheck(
        check=f"checks/test_toy.py::test_{name}", title=f"It is {name}.", outcome=Outcome.FAILED, findings=told,
        looked=LOOKED,
    )  # fmt: skip
    given = {"severity": Severity.CRITICAL, "outcome": Outcome.FAILED, "escalate": {"immediate": "it failed"}}
    return JudgedItem(**{"id": name, "promise": f"The toy is {name}", "checks": (check,)} | given | more)


def unseen(name: str, message: str, remedy: str = "", cause: Cause = Cause.MISSING_CREDENTIAL) -> JudgedItem:
    """An item that could not be looked at."""
    check = JudgedCheck(outcome=Outcome.UNVERIFIED, cause=str(cause), message=message, remedy=remedy)
    return JudgedItem(
        id=name, promise=f"The toy is {name}", severity=Severity.MINOR, outcome=Outcome.UNVERIFIED, cause=str(cause),
        reason=message, checks=(check,),
    )  # fmt: skip


def out_of_scope(name: str, outcome: Outcome, reason: str) -> JudgedItem:
    """An item that was not judged, or whose failure is accepted, for a reason."""
    return JudgedItem(
        id=name, promise=f"The toy is {name}", severity=Severity.MINOR, outcome=outcome, reason=reason,
        stage=Stage.DEPLOY,
    )  # fmt: skip


def lapsed(owner: str = "ann") -> JudgedWaiver:
    """A waiver whose time is over."""
    return JudgedWaiver(
        item="old", state=WaiverState.EXPIRED, problem="blue", subjects=("wall",), owner=owner, ticket="TOY-1",
        made=date(2025, 12, 20), expires=date(2026, 1, 1),
    )  # fmt: skip


def found(number: int, words: str = "") -> Finding:
    """One of many findings."""
    return Finding(
        subject=f"public.table_{number}{words}", problem=f"problem {number % 7} of the toy{words}",
        detail=f"seen {number} times{words}", remedy="fly logs -a toy", machine=MACHINES[number % 20],
        place=f"web.log:{number}",
    )  # fmt: skip


def matrix(columns: int = 3) -> dict[str, Any]:
    """The table of machines."""
    names = [f"column {number}" for number in range(columns)]
    wells = [True, False, None]
    return {
        "columns": names,
        "machines": {
            machine: {name: {"said": f"{place} answers", "well": wells[place % 3]} for place, name in enumerate(names)}
            for machine in MACHINES
        },
    }


def healthy() -> Report:
    """DONE."""
    return report(*(held(f"fine-{number}") for number in range(5)), verdict=Verdict.DONE, matrix=matrix())


def faulty() -> Report:
    """NOT DONE: five broken items, two unverified, one waived, one not applicable."""
    items = [broken(f"broken-{number}", [found(each) for each in range(3 * number + 1)]) for number in range(5)]
    known = Known(item="broken-0", problem="problem 0", subject="public.table_0", signature=signature("", found(0)))
    return report(
        *items,
        unseen("dark", "no TOY_TOKEN in the environment", "export TOY_TOKEN=…"),
        unseen("dim", "no TOY_TOKEN in the environment", "export TOY_TOKEN=…"),
        out_of_scope("excused", Outcome.WAIVED, "known until the move"),
        out_of_scope("elsewhere", Outcome.NOT_APPLICABLE, "the toy has no database"),
        held("fine", warnings=("tile-a 0.20 → 0.40 s",)),
        matrix=matrix(),
        findings={"new": (known,), "known": (), "gone": (known,)},
        waivers=(lapsed(),),
    )


def release() -> Report:
    """UNVERIFIED: made of three runs, one of which died, with an item that nobody judged."""
    at = datetime(2026, 1, 31, 12, tzinfo=UTC)
    runs = (
        MergedRun(id="dead", sha256="0" * 64, verdict=Verdict.INCOMPLETE, note="it did not end"),
        MergedRun(id="0123", sha256="1" * 64, verdict=Verdict.DONE, stages=(Stage.POSTDEPLOY,), finished=at, items=1),
    )
    nobody = out_of_scope("forgotten", Outcome.NOT_JUDGED, "no run of the stage 'deploy' was given")
    return report(held("fine", run="0123"), nobody, verdict=Verdict.UNVERIFIED, matrix=matrix(), runs=runs)


def giant(items: int = 500, findings: int = 5_000, words: str = "") -> Report:
    """So many items on twenty machines with so many findings, a fifth of the items broken."""
    failed = items // 5
    share = findings // failed
    made = [broken(f"broken-{each}", [found(each * share + n, words) for n in range(share)]) for each in range(failed)]
    known = tuple(
        Known(item="broken-0", problem="problem", subject=f"public.table_{n}", signature=f"{n:012d}")
        for n in range(findings)
    )
    rest = [held(f"fine-{number}", stage=list(Stage)[number % 6]) for number in range(items - failed)]
    return report(*made, *rest, matrix=matrix(12), findings={"new": known, "known": (), "gone": known})
