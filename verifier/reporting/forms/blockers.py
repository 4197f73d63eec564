"""`blocker-report.md`: what the direction wants to be told of what keeps a run from judging."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.core.config.contract import Stage
from verifier.core.credentials import MissingCredential
from verifier.core.evidence import Attempt, Cause
from verifier.core.evidence.finding import cut
from verifier.core.suite import judging
from verifier.core.verdict.results import Outcome
from verifier.reporting.blocked import Blocked
from verifier.reporting.model import Report

_FORM = """\
## {at} - Blocker Report
**Blocked On**: {issue}
**What I Tried**: {tried}
**Vault Checked**: {vault}
**Docs Pulled**: {docs}
**Asking CEO**: {question}
**Moving To**: {next}
"""
_WIDE = 400
_PART, _PLACE = 200, 60
_REPORTS, _TRIED, _NAMES = 10, 5, 4
"""Blocker reports of one run, things that were tried in each, and observations that are named in one of them."""
_PAGES = re.compile(r"\bdocs/[\w/-]+\.md\b")


def blocker_reports(report: Report) -> str:
    """A report for each reason that left something unverified, the widest first; empty if there is none."""
    return "\n".join(_blocker(report, each) for each in report.unseen[:_REPORTS])


def _blocker(report: Report, blocked: Blocked) -> str:
    pages = dict.fromkeys(_PAGES.findall(f"{blocked.message} {blocked.remedy}"))
    return _FORM.format(
        at=f"{report.run.finished:%H:%M}",
        issue=cut(next(blocked.lines(0)), _WIDE),
        tried=_numbered(list(tried(report, blocked))[:_TRIED]) or _untold(report),
        vault=_vault(report, blocked),
        docs=", ".join(pages) or "None",
        question=cut(_question(report, blocked), _WIDE),
        next=cut(_next(report, blocked), _WIDE),
    )


def tried(report: Report, blocked: Blocked) -> Iterator[str]:
    """What the run really did about it: where it looked for the secret, what it asked, and which answer it got."""
    missing = _missing(report, blocked)
    if missing:
        places = [each for each in (missing.vault, *missing.elsewhere) if each]
        yield from (f"looked in {each}: {missing.name} not found" for each in places)
    attempts = report.attempts or ()
    refused = [each for each in attempts if each.answer and each.answer in blocked.message]
    for answer in dict.fromkeys(each.answer for each in refused):
        yield _refused([each for each in refused if each.answer == answer])
    if not missing:
        answered = sorted((each for each in attempts if each.cause is None), key=lambda each: each.at)
        read = _read(report, blocked)
        yield from map(_answered, [*answered[:1], *sorted(answered[1:], key=lambda each: each.probe not in read)])


def _read(report: Report, blocked: Blocked) -> set[str]:
    """The observations that the checks of the blocked items read."""
    items = [each for each in report.items if each.id in blocked.items]
    return {name for item in items for check in item.checks for name in check.evidence}


def _refused(attempts: list[Attempt]) -> str:
    """Observations that got the same answer."""
    first, names = attempts[0], [each.probe for each in attempts]
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"{first.at:%H:%M:%S} asked for {', '.join(names[:_NAMES])}{more}: {first.cause}, {first.answer}"


def _answered(attempt: Attempt) -> str:
    where = cut(attempt.where, _PLACE)
    return f"{attempt.at:%H:%M:%S} asked '{attempt.asked}' of {where}: answered in {attempt.seconds:g} s"


def _numbered(parts: list[str]) -> str:
    """The parts in one line, as `(1) … (2) …`."""
    return " ".join(f"({n}) {cut(each, _PART)}" for n, each in enumerate(parts, 1))


def _untold(report: Report) -> str:
    """What to say where nothing is known to have been tried."""
    return "nothing could be asked" if report.attempts is not None else "see evidence/attempts.jsonl of the run"


def _missing(report: Report, blocked: Blocked) -> MissingCredential | None:
    if blocked.cause != Cause.MISSING_CREDENTIAL:
        return None
    return next((each for each in report.missing_credentials if f"no {each.name}:" in blocked.message), None)


def _vault(report: Report, blocked: Blocked) -> str:
    """Whether the vault was searched, and where: for this secret, else for any of the run."""
    missing = _missing(report, blocked)
    places = {missing.vault: False} if missing and missing.vault else {} if missing else dict(report.vault)
    told = ", ".join(f"{folder} ({'found' if found else 'not found'})" for folder, found in places.items())
    return f"yes, {told}" if told else "no, no secret was looked for there"


def _question(report: Report, blocked: Blocked) -> str:
    missing = _missing(report, blocked)
    if missing and missing.vault:
        return f"please put {missing.name} into {missing.vault} (to get one: {missing.how})"
    by_hand = blocked.remedy or report.alone(blocked.items[0])
    return f"what keeps it from being seen, and who can lift it? By hand: {by_hand}"


def _next(report: Report, blocked: Blocked) -> str:
    """The first broken item, else the next that was not seen for another reason, else the next stage."""
    for item in report.of(Outcome.FAILED):
        return f"{item.id}: {report.again(item)}"
    for other in report.unseen:
        if other != blocked:
            return f"{other.items[0]}: {report.alone(other.items[0])}"
    later = list(Stage)[1 + max(list(Stage).index(each.stage) for each in report.items) :]
    return judging(f"-m {later[0]} --target {report.target}") if later else report.alone(blocked.items[0])
