"""What samples add up to: gaps, findings, thresholds, and what is certain."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest

from verifier.core.config.contract import Escalation, Limit
from verifier.core.config.target import new_target
from verifier.core.evidence import Cause
from verifier.core.evidence.finding import Finding
from verifier.core.execution.watch_journal import SignalSample, WatchHeader
from verifier.core.probe import Context
from verifier.probes.logs.suspicion import Suspicious
from verifier.probes.watch import tally as watch_tally
from verifier.probes.watch.evidence import WatchState
from verifier.probes.watch.log_follower import LogFollower
from verifier.probes.watch.rounds import differences
from verifier.probes.watch.signals import COUNTED, SIGNALS, TIMES
from verifier.probes.watch.tally import WatchTally
from verifier.probes.watch.terminal import lines, spark
from verifier.probes.watch.tracks import Look, SignalTrack

BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)
HEADER = WatchHeader(target="toy", url="http://toy.test", began=BEGAN, seconds=1200, every=60)
SILENT = Finding(subject="dashboard", problem="dashboard did not answer", detail="HTTP 503")
LIMITS = {"error-rate": Limit(share=0.01, sample=30)}
ESCALATED = {
    "error-rate": (Escalation(to="manager", above=0.05),),
    "response-time": (Escalation(to="investigate", above=5.0),),
    "database-connection": (Escalation(to="immediate", on="failed"),),
}


def sample(interval: int, signal: str = "dashboard", **more: Any) -> SignalSample:  # noqa: ANN401 - its fields
    at = HEADER.begins(interval)
    return SignalSample(**{"interval": interval, "signal": signal, "at": at, "said": "seen", **more})


def tally(
    samples: Iterable[SignalSample] = (), *, resumed: bool = False, waived: Collection[tuple[str, str]] = ()
) -> WatchTally:
    toy = new_target(title="a toy", app="toy", url="http://toy.test")
    context = Mock(spec=Context, target=toy, url=toy.url)
    context.limit, context.escalations = LIMITS.get, lambda item: ESCALATED.get(item, ())
    context.waived = lambda item, finding: (item, finding.problem) in waived
    return WatchTally(context, HEADER, SIGNALS, samples, resumed=resumed)


@pytest.fixture(autouse=True)
def _over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_tally, "now", lambda: HEADER.until)


def track(*samples: SignalSample, signal: str = "dashboard") -> SignalTrack:
    found = SignalTrack(next(each for each in SIGNALS if each.name == signal), HEADER)
    for each in samples:
        found.add(each)
    return found


def test_every_interval_is_counted_once() -> None:
    found = track(sample(0), sample(0, findings=(SILENT,)), sample(2, cause="unreachable"), sample(99))

    assert [found.number(each, 20) for each in Look] == [18, 1, 0, 1]
    assert found.gaps(5) == [(1, 4)]
    assert found.found == {}


def test_a_finding_that_comes_again_is_told_once_with_its_times() -> None:
    (told,) = [each.told() for each in track(*(sample(each, findings=(SILENT,)) for each in (1, 2, 5))).found.values()]

    assert told.detail == "in 3 intervals from 12:01:00 to 12:05:00 UTC: HTTP 503"


def test_what_was_found_after_the_last_look_at_the_old_release_is_dropped() -> None:
    found = track(sample(1, findings=(SILENT,)))
    found.forget_since(BEGAN + timedelta(seconds=61))
    assert len(found.found) == 1
    found.forget_since(BEGAN + timedelta(seconds=60))
    assert found.found == {}


def test_a_burst_of_errors_is_not_thinned_out_by_a_quiet_hour() -> None:
    counts = [(0, 100 * number) if number < 10 else (50, 1050 + 100 * (number - 10)) for number in range(20)]
    found = [sample(number, "error rate", readings={COUNTED: count}) for number, count in enumerate(counts)]

    errors = tally(found).errors()

    assert (errors.counted.hits, errors.counted.total) == (50, 1950)
    assert {share.hits for share in errors.windows.values()} == {50}
    assert len(errors.windows) == 5
    assert errors.figure == pytest.approx(50 / 550)


def test_thresholds_of_the_contract_are_told_while_it_lasts() -> None:
    silent = Finding(subject="database", problem="database does not answer")
    watched = tally(
        [
            sample(0, "error rate", readings={COUNTED: (0, 100)}),
            sample(1, "error rate", readings={COUNTED: (12, 200)}),
            sample(1, "response time", readings={f"{TIMES}m1": (0.1,) * 10 + (6.0,) * 5}),
            sample(1, "database", findings=(silent,)),
        ]
    )

    told = {str(each).partition(": ")[0]: each for each in watched.escalated.values()}
    assert set(told) == {
        "error-rate → manager",
        "response-time → investigate",
        "database-connection → immediate",
    }
    assert told["error-rate → manager"].why == "0.06 is above 0.05"
    assert told["error-rate → manager"].notice.figure == pytest.approx(0.06)


def test_each_finding_is_to_be_told_once_and_none_that_a_second_deploy_explains() -> None:
    refused, locked = (Finding(subject="db", problem=each) for each in ("it refuses", "it takes no writes"))
    watched = tally([sample(0, "database", findings=(refused,))])
    assert [each.finding for each in watched.to_tell(HEADER.until - timedelta(seconds=1))] == []
    assert [each.finding for each in watched.to_tell(HEADER.until)] == [refused]

    watched.add(1, [sample(1, "database", findings=(refused, locked))])
    watched.forget_since(HEADER.until)
    assert watched.to_tell(HEADER.until) == ()
    watched.add(2, [sample(2, "database", findings=(refused, locked))])
    assert [each.finding for each in watched.to_tell(HEADER.until)] == [locked]


def test_what_is_waived_is_told_nobody() -> None:
    refused = Finding(subject="db", problem="it refuses")
    seen = [sample(0, "database", findings=(refused,))]
    assert tally(seen, waived={("database-connection", "it refuses")}).to_tell(HEADER.until) == ()


def test_only_what_cannot_be_made_good_and_is_not_waived_is_certain() -> None:
    late = Finding(subject="m1", problem="event stream was silent", machine="m1")
    assert tally([sample(0)]).certain() == ""
    assert tally([sample(0, "event streams", findings=(late,))]).certain() == ""
    assert tally([sample(0, findings=(SILENT,))]).certain() == "uptime: dashboard did not answer, dashboard"
    assert tally([sample(0, findings=(SILENT,))], waived={("uptime", SILENT.problem)}).certain() == ""


def test_too_many_gaps_leave_a_signal_unverified_with_the_cause_that_is_most_frequent() -> None:
    few = [sample(each) for each in range(18)]
    many = [sample(each, cause="unreachable" if each < 3 else "") for each in range(19)]
    whole, blind = (
        tally(each).state(HEADER.until, "", None, log_end=None, log=None).watched_whole("dashboard")
        for each in (few, many)
    )

    assert whole is None
    assert blind is not None
    assert blind.cause == Cause.UNREACHABLE
    assert "not seen in 4 of 20 intervals" in blind.what


def test_a_watch_that_another_deploy_ended_leaves_everything_open() -> None:
    state = tally([sample(0)]).state(
        HEADER.begins(1), "another deploy: release 41 → 42", Cause.STALE_DATA, log_end=None, log=None
    )

    gap = state.watched_whole("dashboard")

    assert gap is not None
    assert (gap.cause, "after 60 of 1200 s: another deploy" in gap.what) == (Cause.STALE_DATA, True)


def test_the_screen_shows_bad_and_unseen_intervals_and_what_is_new() -> None:
    watched = tally([sample(0, figure=1.0), sample(1, figure=8.0), sample(3, findings=(SILENT,))])
    told = lines(watched).splitlines()

    assert spark(watched.tracks["dashboard"], 5) == "▂█·✗·"
    assert told[0] == "20 of 20 intervals, up to 20 unseen, one finding"
    assert [each for each in told if each.startswith("!")] == [
        "! uptime: dashboard did not answer: dashboard (12:03:00 UTC)"
    ]


def test_a_signal_without_figures_has_a_curve_all_the_same() -> None:
    found = track(sample(0), sample(1))

    assert all(map(math.isnan, found.figures))
    assert spark(found, 2) == "▁▁"
    assert found.curve(60, 2) == [None, None]


def test_what_changed_is_named() -> None:
    before = {"release": "41", "machine a": "release 41 (x)", "machine b": "release 41 (y)"}
    after = {"release": "42", "machine a": "release 41 (x)", "machine c": "release 42 (z)"}

    assert differences(before, before) == []
    assert differences(before, after) == ["release 41 → 42", "machine b is gone", "machine c is new"]


def ended(found: WatchTally) -> WatchState:
    return found.state(HEADER.until, "", None, log_end=None, log=None)


def test_a_machine_that_answered_seldom_shows_no_p95() -> None:
    answers = [sample(n, "response time", readings={f"{TIMES}m1": (9.0,) * 2, f"{TIMES}m2": (0.1,)}) for n in range(10)]
    watch = ended(tally(answers))
    assert watch.p95(20) == {"m1": 9.0}
    assert watch.answered(10) is None
    few = watch.answered(20)
    assert few is not None
    assert (few.cause, few.what) == (Cause.NO_DATA, "fewer than 20 answers show no p95: m2: 10")
    none = ended(tally()).answered(1)
    assert none is not None
    assert "no machine answered" in none.what


def test_a_line_that_may_tell_of_a_failure_is_put_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"at": BEGAN, "last": BEGAN, "template": "link <number> went away", "doubt": "went away"}
    line = Suspicious(machine="m1", line=3, text="link 7 went away", **told)
    log = Mock(spec=LogFollower, **{"job.return_value": None, "suspicious.return_value": (line,)})
    monkeypatch.setattr(watch_tally, "accepted_templates", lambda _: known)

    known = frozenset[str]()
    asked = tally().state(HEADER.until, "", None, log_end=None, log=log)
    known = frozenset((line.template,))
    accepted = tally().state(HEADER.until, "", None, log_end=None, log=log)

    question = asked.log_answered()
    assert question is not None
    assert (question.cause, line.text in str(question), asked.log_familiar()) == (Cause.PRECONDITION, True, [])
    assert (accepted.log_answered(), len(accepted.log_familiar())) == (None, 1)
