"""What is told: once per release and signature, again while it lasts, and its end; nothing of what was not seen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.pages.reports import broken, found, held, out_of_scope, report, unseen
from verifier.core.config.contract import EscalationLevel
from verifier.core.evidence.finding import Finding
from verifier.core.verdict.results import Outcome
from verifier.reporting.escalation.alarms import Alarm, alarms, due
from verifier.reporting.escalation.messages import message
from verifier.reporting.escalation.receipt import News
from verifier.reporting.model import JudgedCheck, JudgedItem, Report

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
HOUR = 3600.0


def wrong(*subjects: str, **more: object) -> JudgedItem:
    """An item that fails on these subjects, and that somebody is to be told of at once."""
    return broken("wrong", [Finding(subject=each, problem="it is wrong") for each in subjects], **more)


def known(
    seen: Report, *, hours: float = 1.0, reached: tuple[EscalationLevel, ...] = (EscalationLevel.IMMEDIATE,)
) -> tuple[Alarm, ...]:
    """What people were told of a report, so many hours before noon."""
    at = NOON - timedelta(hours=hours)
    return tuple(each.model_copy(update={"told": at, "reached": reached}) for each in alarms(seen))


def said(now: Report, before: Iterable[Alarm] = ()) -> dict[tuple[str, str], list[str]]:
    """Level and kind of news → the subjects that are told."""
    messages = due(now, before, repeat=2 * HOUR, at=NOON).messages
    return {(str(level), str(news)): [each.subject for each in told] for (level, news), told in messages.items()}


def test_what_fails_is_told_with_every_finding() -> None:
    assert said(report(wrong("a", "b"))) == {("immediate", "new"): ["a", "b"]}


def test_it_is_told_once_for_a_release() -> None:
    seen = report(wrong("a"))
    assert said(seen, known(seen)) == {}
    assert [each.subject for each in due(seen, known(seen), repeat=2 * HOUR, at=NOON).lasting] == ["a"]


def test_another_signature_and_another_release_are_told_anew() -> None:
    before = known(report(wrong("a")))
    assert said(report(wrong("a", "b")), before) == {("immediate", "new"): ["b"]}
    assert said(report(wrong("a"), release={"version": 42}), before) == {("immediate", "new"): ["a"]}


@pytest.mark.parametrize(("hours", "expected"), [(1.99, {}), (2.0, {("immediate", "again"): ["a"]})])
def test_what_lasts_is_told_again_after_the_interval(hours: float, expected: object) -> None:
    seen = report(wrong("a"))
    assert said(seen, known(seen, hours=hours)) == expected


@pytest.mark.parametrize(
    "now",
    [
        report(held("wrong")),
        report(out_of_scope("wrong", Outcome.WAIVED, "known until the move")),
        report(out_of_scope("wrong", Outcome.NOT_APPLICABLE, "the toy has none")),
        report(wrong("b", escalate={})),
    ],
)
def test_its_end_is_told_when_the_item_was_seen_without_it(now: Report) -> None:
    assert said(now, known(report(wrong("a")))) == {("immediate", "ended"): ["a"]}


@pytest.mark.parametrize(
    "now",
    [report(unseen("wrong", "no token")), report(held("another")), report()],
    ids=["unverified", "not judged", "empty"],
)
def test_no_end_is_told_of_what_was_not_seen(now: Report) -> None:
    assert said(now, known(report(wrong("a")))) == {}


def test_no_end_is_told_where_one_of_several_checks_could_not_look() -> None:
    other = wrong("b")
    dark = JudgedCheck(outcome=Outcome.UNVERIFIED, cause="unreachable", message="no answer")
    partly = other.model_copy(update={"checks": (*other.checks, dark)})
    assert said(report(partly), known(report(wrong("a")))) == {("immediate", "new"): ["b"]}


def test_the_end_is_told_to_whom_the_beginning_was_told() -> None:
    seen = report(wrong("a", escalate={"investigate": "6 is above 5"}))
    before = known(seen, reached=(EscalationLevel.INVESTIGATE, EscalationLevel.MANAGER))
    assert said(report(held("wrong")), before) == {("manager", "ended"): ["a"], ("investigate", "ended"): ["a"]}


def test_a_figure_without_a_finding_is_told_by_its_item() -> None:
    item = held("slow", escalate={"investigate": "6 is above 5"})
    assert said(report(item)) == {("investigate", "new"): ["slow"]}


def test_two_levels_of_one_item_are_told_apart_the_highest_first() -> None:
    item = wrong("a", escalate={"investigate": "6 is above 5", "manager": "10 is above 9"})
    assert list(said(report(item))) == [("manager", "new"), ("investigate", "new")]


def test_a_message_says_where_what_why_and_what_to_do_within_its_size() -> None:
    seen = report(broken("broken-1", [found(each) for each in range(900)]))
    told = message(seen, EscalationLevel.IMMEDIATE, News.NEW, tuple(alarms(seen)))
    assert told.title == "a toy: immediate: broken-1"
    for words in (
        "https://toy.example",
        "broken-1: The toy is broken-1: it failed",
        "do: fly logs -a toy",
        "and 897 more",
    ):
        assert words in told.body
    assert len(told.body) <= 1800


def test_people_who_heard_of_a_figure_while_the_run_went_on_know_of_what_then_failed() -> None:
    early = report(broken("wrong", [], escalate={"manager": "0.06 is above 0.05"}))
    late = report(wrong("a", "b", escalate={"manager": "0.07 is above 0.05"}))
    told = known(early, reached=(EscalationLevel.MANAGER,))
    assert said(late, told) == {}
    assert len(due(late, told, repeat=2 * HOUR, at=NOON).lasting) == 1
    assert said(report(held("wrong")), told) == {("manager", "ended"): ["wrong"]}
    assert said(late.model_copy(update={"release": {"version": 43}}), told) == {("manager", "new"): ["a", "b"]}
