"""The rounds of a watch, with a clock of their own: every interval once, and when it ends before its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.probe_context import looking_at
from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import Finding
from verifier.core.execution.watch_journal import JOURNAL, read_journal
from verifier.core.probe import CallerOptions, Context, WatchOrder
from verifier.probes.watch import rounds, tally, watch
from verifier.probes.watch.evidence import WatchState
from verifier.probes.watch.signal_reading import SignalReading
from verifier.probes.watch.watch import observe_watch

BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)
SECONDS, INTERVALS = 300.0, 20
SILENT = Finding(subject="dashboard", problem="dashboard did not answer", detail="HTTP 503")


class Died(BaseException):
    """The process was killed."""


class Scene:
    """A deployment whose dashboard behaves as told in each look, and a clock that only waiting moves."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.at, self.looks = folder, BEGAN, 0
        self.behaves: Callable[[int], SignalReading] = lambda look: SignalReading("fine", float(look))
        self.told: list[str] = []

    def ask(self, _: Context) -> dict[str, SignalReading]:
        self.looks += 1
        return {"dashboard": self.behaves(self.looks)}

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def context(self, run: str, order: WatchOrder) -> Context:
        folder = self.folder / run
        folder.mkdir()
        deadline = Deadline(3600)
        deadline.wait = self.pass_by  # type: ignore[method-assign]
        made = looking_at("http://toy.test", {}, run, platform={"machines": "none"})
        return replace(
            made,
            folder=folder,
            options=CallerOptions(watch=order),
            deadline=deadline,
            escalations=lambda _: (),
            waived=lambda _item, _finding: False,
            limit=lambda _: None,
            tell=lambda text, /, **_: self.told.append(text),
        )

    def watched(self, run: str, **order: Any) -> WatchState:  # noqa: ANN401 - the fields of an order
        return observe_watch(self.context(run, WatchOrder(SECONDS, **order)))

    def journal(self, run: str) -> Path:
        return self.folder / run / JOURNAL


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = Scene(tmp_path)
    for module in (tally, rounds, watch):
        monkeypatch.setattr(module, "now", lambda: made.at)
    monkeypatch.setattr(watch, "STEADY", 0.01)
    monkeypatch.setattr(watch, "samplers", lambda _: [(("dashboard",), made.ask)])
    return made


def intervals(path: Path) -> list[int]:
    journal = read_journal(path)
    assert journal is not None
    return [each.interval for each in journal.samples]


def test_every_interval_is_seen_once_and_the_watch_ends_with_its_time(scene: Scene) -> None:
    state = scene.watched("whole")

    assert intervals(scene.journal("whole")) == list(range(INTERVALS))
    assert (state.ended, state.signal("dashboard").seen, state.until) == ("", INTERVALS, BEGAN + timedelta(seconds=300))
    assert state.watched_whole("dashboard") is None
    journal = read_journal(scene.journal("whole"))
    assert journal is not None
    assert journal.end is not None
    assert scene.told[0].startswith("1 of 20 intervals")


def test_it_ends_when_something_is_broken_for_certain_unless_the_caller_wants_all(scene: Scene) -> None:
    scene.behaves = lambda look: SignalReading("down", None, (SILENT,) * (look == 3))

    short, whole = scene.watched("short"), None
    scene.at, scene.looks = BEGAN, 0
    whole = scene.watched("whole", to_the_end=True)

    assert intervals(scene.journal("short")) == [0, 1, 2]
    assert short.ended.startswith("certain already: uptime: dashboard did not answer")
    gap = short.watched_whole("dashboard")
    assert gap is not None
    assert gap.cause == Cause.INTERRUPTED
    assert (whole.ended, whole.signal("dashboard").bad, whole.signal("dashboard").seen) == ("", 1, INTERVALS)


@pytest.mark.parametrize("away", [0, 14, 16, 100, 1000])
@pytest.mark.parametrize("killed", [1, 7, 20])
def test_who_goes_on_counts_every_interval_once_and_shows_the_gap(scene: Scene, killed: int, away: int) -> None:
    def dies(look: int) -> SignalReading:
        if look == killed:
            raise Died
        return SignalReading("fine", 1.0)

    scene.behaves = dies
    with pytest.raises(Died):
        scene.watched("killed")
    before = intervals(scene.journal("killed"))
    scene.pass_by(away)
    scene.behaves = lambda _: SignalReading("fine", 1.0)

    state = scene.watched("resumed", resume=scene.journal("killed"))

    seen = intervals(scene.journal("resumed"))
    assert before == list(range(killed - 1))
    assert len(seen) == len(set(seen))
    assert seen[: len(before)] == before
    signal = state.signal("dashboard")
    assert (signal.seen, signal.seen + signal.unseen) == (len(seen), INTERVALS)
    missed = set(range(INTERVALS)) - set(seen)
    assert missed == {each for each in range(INTERVALS) if killed - 1 <= each < (killed - 1) + away // 15}
    assert state.resumed
    earlier = read_journal(scene.journal("killed"))
    assert earlier is not None
    assert earlier.end is not None
    assert earlier.end.why == "gone on with in resumed"


@pytest.mark.parametrize(("stopped", "cause"), [(True, Cause.INTERRUPTED), (False, Cause.TIMEOUT)])
def test_a_run_that_ends_before_leaves_a_watch_to_go_on_with(scene: Scene, *, stopped: bool, cause: Cause) -> None:
    context = scene.context("cut", WatchOrder(SECONDS))
    ended = Deadline(0 if not stopped else 3600)
    if stopped:
        ended.stop()
    scene.behaves = lambda _: SignalReading("fine", 1.0)

    with pytest.raises(CouldNotLook) as told:
        observe_watch(replace(context, deadline=ended))

    assert told.value.cause == cause
    assert "--resume=cut" in told.value.remedy
    journal = read_journal(scene.journal("cut"))
    assert journal is not None
    assert journal.end is None


def test_a_sampler_that_fails_costs_one_look_and_not_the_watch(scene: Scene) -> None:
    def breaks(look: int) -> SignalReading:
        if look == 2:
            raise KeyError("an answer that nobody foresaw")
        return SignalReading("fine", 1.0)

    scene.behaves = breaks
    signal = scene.watched("whole").signal("dashboard")

    assert (signal.seen, signal.unseen, signal.causes) == (INTERVALS - 1, 1, {"internal": 1})


def test_without_an_order_nothing_is_watched(scene: Scene) -> None:
    context = replace(scene.context("none", WatchOrder(SECONDS)), options=CallerOptions())

    with pytest.raises(CouldNotLook, match="no watch was asked for"):
        observe_watch(context)
