"""Records as runs would leave them, without a run: each in a folder of its own, closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from verifier.core.config.contract import Stage
from verifier.core.evidence.finding import Finding, Severity, signature
from verifier.core.verdict.ledger import Verdict, coverage
from verifier.core.verdict.results import Outcome
from verifier.reporting import write_texts
from verifier.reporting.model import JudgedCheck, JudgedFinding, JudgedItem, Report
from verifier.reporting.record.run import JudgedRun, Source
from verifier.reporting.record.statement import close_report

COMMIT = "0123456789abcdef0123456789abcdef01234567"
IMAGE = f"registry.example/toy:v1@sha256:{'ab' * 32}"
BEGIN = datetime(2026, 1, 31, 12, tzinfo=UTC)
_OPEN = {Outcome.UNVERIFIED, Outcome.NOT_RUN}


def item(name: str, outcome: Outcome = Outcome.PASSED, stage: Stage = Stage.POSTDEPLOY, **more: Any) -> JudgedItem:  # noqa: ANN401
    """An item with one check; a failed one has one finding."""
    told = Finding(subject=f"the {name} toy", problem="too loud", detail="seen once", remedy="turn it down")
    found = (JudgedFinding(**told.model_dump(), signature=signature(name, told)),)
    check = JudgedCheck(
        check=f"checks/test_toy.py::test_{name}", title=f"It is {name}.", outcome=outcome, evidence=("toys",),
        message="the toy is hidden" if outcome == Outcome.UNVERIFIED else None,
        cause="unreachable" if outcome == Outcome.UNVERIFIED else None,
        findings=found if outcome == Outcome.FAILED else (), waived=found if outcome == Outcome.WAIVED else (),
        figure=more.pop("figure", None), table=more.pop("table", {}),
    )  # fmt: skip
    given = {"stage": stage, "promise": f"The toy is {name}", "severity": Severity.MAJOR, "checks": (check,)}
    return JudgedItem(**{"id": name, "outcome": outcome, "cause": check.cause, "reason": check.message} | given | more)


def record(*items: JudgedItem, minute: int = 0, narrowed: bool = False, **more: Any) -> Report:  # noqa: ANN401
    """The record of a run that judged these items and finished `minute` minutes after `BEGIN`.

    `more` are fields of the report; `commit`, `dirty`, `problems` and `suite` are those of its run.
    """
    outcomes = [each.outcome for each in items]
    problems, commit, dirty = more.pop("problems", ()), more.pop("commit", None), more.pop("dirty", False)
    open_ = _OPEN & set(outcomes) or problems or Outcome.PASSED not in outcomes
    verdict = Verdict.NOT_DONE if Outcome.FAILED in outcomes else Verdict.UNVERIFIED if open_ else Verdict.DONE
    run = JudgedRun(
        id=more.pop("run", f"run-{minute}"), suite=more.pop("suite", "abcdef0"), seconds=2.5, problems=problems,
        finished=BEGIN + timedelta(minutes=minute), narrowed=("--item",) if narrowed else (),
        source=Source(commit=commit, dirty=dirty) if commit else None,
    )  # fmt: skip
    counts = {str(each): outcomes.count(each) for each in Outcome if each in outcomes}
    status = {Verdict.DONE: 0, Verdict.NOT_DONE: 1}.get(verdict, 6)
    if narrowed:
        verdict, status = Verdict.PARTIAL, 1 if verdict == Verdict.NOT_DONE else 6
    given = {"target": "staging", "target_url": "https://toy.example", "title": "a toy", "app": "toy"}
    return Report(
        verdict=verdict, exit_status=status, items=items, counts=counts, coverage=coverage(counts), run=run,
        **{**given, **more},
    )  # fmt: skip


def released(*items: JudgedItem, commit: str | None = COMMIT, image: str = IMAGE, **more: Any) -> Report:  # noqa: ANN401
    """The record of a run that judged a deployment of this commit and image."""
    release = {"version": 41, "status": "complete", "image": image, "commit": commit, "machines": {"m1": "started"}}
    return record(*items, **{"release": release, **more})


def of_files(*items: JudgedItem, commit: str | None = COMMIT, **more: Any) -> Report:  # noqa: ANN401
    """The record of a run that judged the files of a commit, and no deployment."""
    return record(*items, commit=commit, **{"target": "files", "target_url": None, "app": "files", **more})


def left(folder: Path, report: Report, files: Mapping[str, str] | None = None) -> Path:
    """The folder in which a run left this record, with further files, closed."""
    folder.mkdir(parents=True)
    for name, text in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    write_texts(folder, report)
    close_report(folder, report)
    return folder
