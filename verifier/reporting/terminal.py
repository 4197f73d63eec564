"""What the terminal shows at the end of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.core.contradiction import Contradiction
from verifier.core.run import Run
from verifier.core.verdict.ledger import NO_CHECK, CheckResult, ItemResult, Ledger, Outcome, Verdict, counts, coverage
from verifier.reporting.checklist import meaning

if TYPE_CHECKING:
    from verifier.reporting import Published

Line = tuple[str, dict[str, Any]]
_SIGNS = {
    Outcome.PASSED: ("✔", {"green": True}),
    Outcome.FAILED: ("✘", {"red": True}),
    Outcome.UNVERIFIED: ("?", {"yellow": True}),
    Outcome.NOT_RUN: ("·", {"yellow": True}),
    Outcome.WAIVED: ("!", {"yellow": True}),
    Outcome.NOT_APPLICABLE: ("–", {"light": True}),
}
_VERDICT_MARKUP = {Verdict.DONE: {"green": True, "bold": True}, Verdict.NOT_DONE: {"red": True, "bold": True}}


def summary_lines(ledger: Ledger, run: Run) -> list[Line]:
    """One line for each item, then what is wrong with those that are not done."""
    items = ledger.items()
    lines: list[Line] = [("", {}), (f"Definition of Done · {run.target.name}", {"bold": True})]
    lines += [line for each in run.contradictions for line in _contradiction(each)]
    if not ledger.narrowed:
        lines += [_item_line(each) for each in items if each.reason != NO_CHECK]
        lines += _unchecked(items)
    for result in items:
        if not ledger.narrowed or result.outcome not in {Outcome.NOT_RUN, Outcome.NOT_APPLICABLE}:
            lines += _explained(result)
    lines += [
        (f"! escalate {each.item.id}: tell '{whom}', because {why}", {"red": True, "bold": True})
        for each in items
        for whom, why in each.escalations.items()
    ]
    lines += [(f"⚠ {each.item.id}: {warning}", {"yellow": True}) for each in items for warning in each.warnings]
    lines += [(f"problem: {each}", {"yellow": True}) for each in ledger.problems]
    lines += [
        (f"waiver for {each.item} covered nothing or has expired: remove it", {}) for each in ledger.stale_waivers()
    ]
    return lines


def _unchecked(items: list[ItemResult]) -> list[Line]:
    """The items that nothing in this suite can judge, once for all of them."""
    names = [each.item.id for each in items if each.reason == NO_CHECK]
    sign, markup = _SIGNS[Outcome.NOT_RUN]
    return [(f"  {sign} {NO_CHECK}: {', '.join(names)}", dict(markup))] if names else []


def _contradiction(found: Contradiction) -> list[Line]:
    """What contradicts itself, above everything else."""
    return [
        (f"‼ {found.title}", {"red": True, "bold": True}),
        *((f"    {side}", {}) for side in found.sides),
        (f"    → {found.next}", {"cyan": True}),
    ]


def closing_lines(ledger: Ledger, run: Run, published: Published | None) -> list[Line]:
    """Verdict, exit status, and where to read on."""
    verdict, status = ledger.verdict(), ledger.exit_status()
    found = counts(ledger.items())
    why = f" (ended early: {ledger.interrupted})" if ledger.interrupted else ""
    why += f" (narrowed by {', '.join(ledger.narrowed)})" if ledger.narrowed else ""
    markup = _VERDICT_MARKUP.get(verdict, {"yellow": True, "bold": True})
    lines: list[Line] = [
        (f"{verdict}: {coverage(found)} · exit status {status}{why}", markup),
        (meaning(verdict, found), {}),
    ]
    folder = run.folder.relative_to(run.root).as_posix()
    if published and published.html:
        lines.append((f"report: {folder}/index.html", {}))
    elif published and published.hint:
        lines.append((f"report without HTML: {folder}/definition-of-done.md ({published.hint})", {}))
    else:
        lines.append((f"report: {folder}/definition-of-done.md", {}))
    if published and published.history:
        lines.append((published.history, {}))
    if run.credentials.missing:
        lines.append((f"secrets to ask for: {folder}/credential-requests.md", {}))
    return lines


def _item_line(result: ItemResult) -> Line:
    sign, markup = _SIGNS[result.outcome]
    told = {Outcome.PASSED: result.measured or "", Outcome.NOT_APPLICABLE: f"not applicable: {result.reason}"}
    text = told.get(result.outcome, str(result.outcome) + (f" ({result.cause})" if result.cause else ""))
    return f"  {sign} {result.item.id:<22} {short(text)}", dict(markup)


def _explained(result: ItemResult) -> list[Line]:
    if result.outcome in {Outcome.PASSED, Outcome.NOT_APPLICABLE} or result.reason == NO_CHECK:
        return []
    sign, markup = _SIGNS[result.outcome]
    lines: list[Line] = [
        ("", {}),
        (f"{sign} {str(result.outcome).upper()}  {result.item.id}: {result.item.promise}", dict(markup)),
    ]
    if not result.checks:
        return [*lines, (f"    {result.reason}", {})]
    for check in result.checks:
        if check.outcome != Outcome.PASSED:
            lines += _check_lines(check)
    return lines


def _check_lines(check: CheckResult) -> list[Line]:
    cause = f" [{check.cause}]" if check.cause else ""
    lines: list[Line] = [(f"  {check.title}{cause}", {"bold": True})]
    lines += [(f"    {line}", {}) for line in check.message.splitlines() if line.strip()]
    if check.outcome == Outcome.FAILED:
        lines += [(f"    {line}", {}) for line in check.looked]
    return lines + ([(f"    → {check.remedy}", {"cyan": True})] if check.remedy else [])


def short(text: str, width: int = 88) -> str:
    """One line of at most `width` characters."""
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"
