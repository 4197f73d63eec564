"""Tells people what a run has found while it still looks, so that an hour's watch does not keep it to itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from verifier.core.config.contract import Item
from verifier.core.deadline import now
from verifier.core.execution.run import Run
from verifier.core.probe import Notice
from verifier.core.verdict.ledger import Verdict
from verifier.core.verdict.results import CheckResult, ItemResult, Outcome
from verifier.reporting.building import judged_item, observed_release
from verifier.reporting.escalation.receipt import told
from verifier.reporting.escalation.sending import escalate
from verifier.reporting.model import JudgedItem, Report
from verifier.reporting.record.run import JudgedRun

NONE_YET = 0
"""The exit status of a run that has not ended: there is none."""


def tell_early(run: Run, notices: Sequence[Notice]) -> tuple[str, ...]:
    """Tell people of these now, where the target wants people told; the report's own round then counts them as told.

    Args:
        run: the one that is going on.
        notices: what its contract wants somebody told of.

    Returns:
        What became of it, a line each; nothing where nobody is to be told, or where people know.
    """
    if not run.target.escalation.deliver or not notices:
        return ()
    return tuple(told(escalate(run, _so_far(run, notices), early=True)))


def _so_far(run: Run, notices: Sequence[Notice]) -> Report:
    """A report of nothing but these."""
    release: Mapping[str, object] | None = observed_release(run)
    return Report(
        **run.target.model_dump(include={"title", "app", "writes"}),
        verdict=Verdict.INCOMPLETE,
        exit_status=NONE_YET,
        target=run.target.name,
        target_url=run.target.url,
        release=dict(release) if release else None,
        items=tuple(_items(run, notices)),
        run=JudgedRun(id=run.id, finished=now().replace(microsecond=0)),
    )


def _items(run: Run, notices: Sequence[Notice]) -> Iterator[JudgedItem]:
    for name, own in groupby(sorted(notices, key=attrgetter("item")), key=attrgetter("item")):
        yield judged_item(_failed(run.contract[name], [*own]))


def _failed(item: Item, notices: Sequence[Notice]) -> ItemResult:
    """The item as a check would leave it that found these; one that only a figure speaks of has not failed yet."""
    found = tuple(each.finding for each in notices if each.finding)
    outcome = Outcome.FAILED if found else Outcome.UNVERIFIED
    figure = max((each.figure for each in notices if each.figure is not None), default=None)
    check = CheckResult("so far", item.id, item.promise, outcome, figure=figure, findings=found)
    return ItemResult(item, item.stage[0], outcome, "", (check,), None)
