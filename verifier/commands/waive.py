"""Accept a failure of the last run for a while: adds an entry to waivers.toml, for a review.

Without --subject and --problem the entry covers all that the item failed with, and nothing else that it may ever
fail with. It takes effect with the next run; docs/waivers.md says what a waiver may do.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Collection, Iterable
from datetime import timedelta
from pathlib import Path

from pydantic import ValidationError

from verifier.commands import UsageError
from verifier.core.config.contract import Contract, read_contract
from verifier.core.config.files import Mistakes
from verifier.core.config.proposal import toml_text
from verifier.core.config.target import FILES
from verifier.core.config.target_files import known_targets
from verifier.core.config.waivers import FILE, LONGEST, parsed
from verifier.core.deadline import now
from verifier.core.files import write_whole
from verifier.core.spelling import or_rather
from verifier.core.suite import judging, place_of
from verifier.core.verdict.ledger import Verdict
from verifier.core.verdict.results import Outcome
from verifier.reporting.model import JudgedFinding, JudgedItem, Report

DAYS = 14
_HEAD = """\
# Failures that are known and accepted for a while. docs/waivers.md says how an entry is made and what it may do.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("item", help="the failed item, as in tiles-under-3s")
    parser.add_argument("--reason", required=True, help="why the failure is accepted, in a sentence")
    parser.add_argument("--owner", required=True, help="who sees to it that it ends")
    parser.add_argument("--ticket", required=True, help="where its end is tracked")
    parser.add_argument("--days", type=int, default=DAYS, help=f"how long it lasts, 1 to {LONGEST} (default: {DAYS})")
    parser.add_argument("--subject", action="append", default=[], help="cover this subject alone (repeatable)")
    parser.add_argument("--problem", help="cover this problem alone")
    parser.add_argument(
        "--from", dest="source", type=Path, metavar="PATH", help="a run's folder or verdict.json (reports/latest)"
    )


def run(given: argparse.Namespace) -> int:
    """Write the entry, and say what to do with it.

    Raises:
        UsageError: the failure cannot be waived, or there is none; nothing was written.
    """
    suite, root = place_of(Path.cwd())
    try:
        contract = read_contract(suite)
        report = _report(given.source or root / "reports" / "latest")
        found = _chosen(_failed(report, given.item, contract), given.subject, given.problem)
        written = _added(root, _entries(report.target, found, given), contract, report.target)
    except Mistakes as mistakes:
        raise UsageError(str(mistakes)) from None
    except OSError as trouble:
        raise UsageError(f"{FILE} cannot be written: {trouble.strerror}") from None
    sys.stdout.write(written)
    sys.stdout.write(f"\nadded to {FILE}; commit it for a review. To see it: {report.alone(given.item)}\n")
    return 0


def _report(source: Path) -> Report:
    """The record of a run that ended."""
    path = source / "verdict.json" if source.is_dir() else source
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict) and content.get("verdict") == Verdict.INCOMPLETE:
            raise UsageError(f"{path}: that run did not end; run again, and then waive what is seen")
        return Report.model_validate(content)
    except FileNotFoundError:
        raise UsageError(
            f"{path} is not there; run `{judging('-m postdeploy')}` first, or name a run with --from"
        ) from None
    except (OSError, ValueError, ValidationError) as trouble:
        raise UsageError(f"{path} cannot be read as a verdict: {type(trouble).__name__}") from None


def _failed(report: Report, name: str, contract: Contract) -> JudgedItem:
    """The item, if its failure can be waived."""
    item = next((each for each in report.items if each.id == name), None)
    if item is None:
        raise UsageError(f"that run judged no item '{name}'{or_rather(name, [each.id for each in report.items])}")
    if name in contract and not contract[name].waivable:
        raise UsageError(f"{name} is not waivable (definition_of_done.toml); mend the deployment instead")
    if item.outcome in {Outcome.UNVERIFIED, Outcome.NOT_RUN}:
        why = f" ({item.cause})" if item.cause else ""
        raise UsageError(f"{name} is {item.outcome}{why}: what could not be seen is no failure, and cannot be waived")
    if item.outcome != Outcome.FAILED:
        raise UsageError(f"{name} did not fail in that run, it is {item.outcome}: there is nothing to waive")
    return item


def _chosen(item: JudgedItem, subjects: Collection[str], problem: str | None) -> list[JudgedFinding]:
    """The findings that are to be covered: all, or those with these words."""
    found = [each for check in item.checks for each in check.findings]
    known, problems = {each.subject for each in found}, {each.problem for each in found}
    for each in subjects:
        if each not in known:
            raise UsageError(f"--subject {each}: {item.id} did not fail with it; known: {', '.join(sorted(known))}")
    if problem is not None and problem not in problems:
        raise UsageError(f"--problem {problem}: {item.id} did not fail with it; known: {'; '.join(sorted(problems))}")
    kept = [each for each in found if (not subjects or each.subject in subjects) and problem in {None, each.problem}]
    if not kept:
        raise UsageError(f"{item.id} has no finding of that problem on that subject")
    return kept


def _entries(target: str, found: Iterable[JudgedFinding], given: argparse.Namespace) -> str:
    """An entry for each problem, as TOML."""
    by_problem: dict[str, dict[str, None]] = {}
    for each in found:
        by_problem.setdefault(each.problem, {})[each.subject] = None
    made = now().date()
    expires = made + timedelta(days=given.days)
    return "".join(
        "\n[[waiver]]\n"
        f"target = {toml_text(target)}\nitem = {toml_text(given.item)}\nproblem = {toml_text(problem)}\n"
        f"subjects = [{', '.join(map(toml_text, subjects))}]\nreason = {toml_text(given.reason)}\n"
        f"owner = {toml_text(given.owner)}\nticket = {toml_text(given.ticket)}\nmade = {made}\nexpires = {expires}\n"
        for problem, subjects in by_problem.items()
    )


def _added(root: Path, entries: str, contract: Contract, target: str) -> str:
    """Add the entries to the file, whose other lines stay as they are; written only if the whole is right then.

    Raises:
        Mistakes: it would not be, as with too many days.
    """
    path = root / FILE
    before = path.read_text(encoding="utf-8") if path.exists() else _HEAD
    whole = before + "\n" * (not before.endswith("\n")) + entries
    try:
        content = tomllib.loads(whole)
    except tomllib.TOMLDecodeError as trouble:
        raise Mistakes([f"{FILE}: not TOML: {trouble}"]) from None
    *_, last = parsed(content, contract, {*known_targets(root), FILES, target}, now().date())
    if last.over_broad:
        raise Mistakes([f"'{last.problem}' of {last.subjects} is too broad for a waiver: it would name anything"])
    write_whole(path, whole)
    return entries
