"""Makes one report of the runs of a release. docs/release.md has the rules in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from verifier.core.config.contract import Contract, Item, Stage
from verifier.core.evidence import moment
from verifier.core.suite import judging
from verifier.core.verdict.baseline import AcceptedRecord
from verifier.core.verdict.ledger import UNVERIFIED_STATUS, Verdict, coverage
from verifier.core.verdict.results import Outcome
from verifier.reporting.model import JudgedCheck, JudgedItem, Report
from verifier.reporting.record.run import JudgedRun, Source
from verifier.reporting.release.runs import GivenRun, GivenRuns, ItemInRun, commit_of

_SEEN = {Outcome.FAILED, Outcome.WAIVED, Outcome.PASSED}
_LOOKED = _SEEN | {Outcome.UNVERIFIED}
_OPEN = {Outcome.UNVERIFIED, Outcome.NOT_RUN, Outcome.NOT_JUDGED}
PRODUCTION = "production"
"""The target whose releases are judged at the stage of that name too; others where a run judged it."""


def merged(contract: Contract, given: GivenRuns) -> Report:
    """The report of a release: every item of the contract as its runs saw it last, and what nobody saw as such."""
    newest = given.newest.report
    items = tuple(_items(contract, given))
    counting = [each for each in given.runs if any(item.run == each.report.run.id for item in items)]
    run, found = _run(given, counting), _counted(items)
    verdict = _verdict(items, run)
    return Report(
        verdict=verdict,
        exit_status={Verdict.DONE: 0, Verdict.NOT_DONE: 1}.get(verdict, UNVERIFIED_STATUS),
        **newest.model_dump(include={"target", "target_url", "title", "app", "writes"}),
        contradictions=tuple(_each_once(each for run in counting for each in run.report.contradictions)),
        release=_newest(given, "release"),
        matrix=_newest(given, "matrix"),
        counts=found,
        coverage=coverage(found),
        findings=_findings(items, counting),
        samples=_newest(given, "samples") or {},
        previous=_before(given),
        runs=(*given.died, *(each.merged(sum(i.run == each.report.run.id for i in items)) for each in given.runs)),
        items=items,
        run=run,
        phases=tuple(sorted({phase for each in counting for phase in each.report.phases})),
        waivers=tuple(dict.fromkeys(each for run in counting for each in run.report.waivers)),
    )


def _counted(items: tuple[JudgedItem, ...]) -> dict[str, int]:
    """How many items came to which outcome, worst first, without zeros."""
    return {str(kind): number for kind in Outcome if (number := sum(each.outcome == kind for each in items))}


def _verdict(items: tuple[JudgedItem, ...], run: JudgedRun) -> Verdict:
    outcomes = {each.outcome for each in items}
    if Outcome.FAILED in outcomes:
        return Verdict.NOT_DONE
    return Verdict.UNVERIFIED if outcomes & _OPEN or run.problems or Outcome.PASSED not in outcomes else Verdict.DONE


def _run(given: GivenRuns, counting: list[GivenRun]) -> JudgedRun:
    """What stands for a run: its figures are those of its runs, so that the same runs make the same bytes."""
    commit = commit_of(given)
    return JudgedRun(
        id=f"release-{(commit or given.newest.report.run.id)[:12]}",
        suite=", ".join(sorted({each.report.run.suite for each in given.runs})),
        finished=max(each.report.run.finished for each in given.runs),
        seconds=round(sum(each.report.run.seconds for each in given.runs), 1),
        problems=tuple(_problems(given, counting, commit)),
        source=Source(commit=commit) if commit else None,
        shipped=given.newest.report.run.shipped,
    )


def _problems(given: GivenRuns, counting: list[GivenRun], commit: str | None) -> Iterator[str]:
    """Why a release is not DONE although no item may be open."""
    before = [each for each in given.runs if Stage.PREDEPLOY in each.stages]
    if not any(each.accepts_predeploy for each in before):
        ended = ", ".join(f"{each.kept.called} {each.report.verdict}{' (dirty)' * each.dirty}" for each in before)
        yield (
            f"no run of -m predeploy ended DONE for commit {commit or '(not told)'}: {ended or 'none was given'}; "
            f"commit everything, then: {judging('-m predeploy --app-dir PATH')}"
        )
    if given.live and not any(each.saw_commit for each in given.live):
        yield (
            "no run of the deployment saw which commit its image was built from; label the image "
            "(org.opencontainers.image.revision), and judge with --expect-sha COMMIT"
        )
    for each in counting:
        yield from (f"{each.kept.called}: {problem}" for problem in each.report.run.problems)
        if each.report.run.interrupted:
            yield f"{each.kept.called} ended early: {each.report.run.interrupted}"


def _items(contract: Contract, given: GivenRuns) -> Iterator[JudgedItem]:
    """The items of the contract, and those that only an older contract has, each as it was seen last."""
    wanted = set(Stage) - {Stage.PRODUCTION}
    if given.newest.report.target == PRODUCTION or any(Stage.PRODUCTION in each.stages for each in given.runs):
        wanted.add(Stage.PRODUCTION)
    judged = contract.judged(wanted.__contains__)
    looks: dict[str, list[ItemInRun]] = {item: [] for item in judged}
    for run in given.runs:
        for item in (each for each in run.report.items if _counts(contract, run, each)):
            looks.setdefault(item.id, []).append(ItemInRun(run, item))
    for name, found in looks.items():
        yield _seen_last(found) if found else _not_judged(contract[name], judged[name], given)


def _counts(contract: Contract, run: GivenRun, item: JudgedItem) -> bool:
    """Whether a run says anything of an item: what it did not start, or had no deployment for, it does not.

    Of files with uncommitted changes it says nothing of the commit.
    """
    of_files = contract[item.id].judges == "files" if item.id in contract else run.judges_files
    if item.outcome in {Outcome.NOT_RUN, Outcome.NOT_JUDGED} or (run.dirty and of_files):
        return False
    return item.outcome in _LOOKED or of_files or not run.judges_files


def _seen_last(found: list[ItemInRun]) -> JudgedItem:
    """The item as the last look saw it; but what was seen red is red until it is seen otherwise."""
    looked = [each for each in found if each.item.outcome in _LOOKED]
    seen = [each for each in looked if each.item.outcome in _SEEN]
    chosen = (looked or found)[-1]
    if chosen.item.outcome == Outcome.UNVERIFIED and seen and seen[-1].item.outcome == Outcome.FAILED:
        chosen = seen[-1]
    red = [each for each in looked if each.item.outcome == Outcome.FAILED]
    before = [] if chosen.item.outcome == Outcome.FAILED else [_seen_red(each) for each in red]
    told = {"run": chosen.run.report.run.id, "warnings": (*chosen.item.warnings, *before)}
    return chosen.item.model_copy(update=told)


def _seen_red(look: ItemInRun) -> str:
    run = look.run.report.run
    heads = "; ".join(group.head for group in look.item.groups[:3]) or (look.item.reason or "").partition("\n")[0]
    return f"seen red before, in {look.run.kept.called} at {moment(run.finished)}: {heads}"


def _not_judged(item: Item, stage: Stage, given: GivenRuns) -> JudgedItem:
    told = [each for run in given.runs for each in run.report.items if each.id == item.id]
    if told and not told[-1].has_check:
        return told[-1]
    there = any(stage in each.stages for each in given.runs)
    why = f"no run of the stage '{stage}' {'judged it' if there else 'was given'}"
    target = (
        "--app-dir PATH"
        if item.judges == "files"
        else f"--target {given.live[-1].report.target if given.live else 'NAME'}"
    )
    check = JudgedCheck(
        title=item.promise, outcome=Outcome.NOT_JUDGED, cause=str(Outcome.NOT_JUDGED), message=why,
        remedy=judging(f"-m {stage} {target}"),
    )  # fmt: skip
    return JudgedItem(
        id=item.id, stage=stage, promise=item.promise, severity=item.severity, outcome=Outcome.NOT_JUDGED, reason=why,
        limit=item.limit.given() if item.limit else None, checks=(check,),
    )  # fmt: skip


def _findings(items: tuple[JudgedItem, ...], counting: list[GivenRun]) -> dict[str, Any]:
    """What is new, known and gone beside the last accepted release, as the run whose look counts says of its items."""
    counts = {item.id: item.run for item in items}
    told = [
        (name, each)
        for run in counting
        for name, found in run.report.findings.items()
        for each in found
        if counts.get(each.item) == run.report.run.id
    ]
    return {name: tuple(each for kind, each in told if kind == name) for name in ("new", "known", "gone")}


def _newest(given: GivenRuns, name: str) -> Any:  # noqa: ANN401 - a field of a report
    """A field as the newest run has it that has it."""
    return next((told for each in reversed(given.runs) if (told := getattr(each.report, name))), None)


def _before(given: GivenRuns) -> AcceptedRecord | None:
    """The accepted record of another release that came last before this one."""
    version = str((_newest(given, "release") or {}).get("version"))
    told = (each.report.previous for each in given.live if each.report.previous)
    return next((each for each in told if each.release != version), None)


def _each_once(found: Iterator[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    seen: list[Mapping[str, Any]] = []
    for each in found:
        if each not in seen:
            seen.append(each)
            yield each
