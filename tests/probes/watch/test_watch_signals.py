"""When a sample of a signal is bad, and when nothing could be seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock

import pytest

from tests.support.probe_context import looking_at
from verifier.core.config.contract import Limit
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.platform import Counted
from verifier.core.probe import Context
from verifier.probes.http.client import Reply
from verifier.probes.platform.own_network import OwnNetwork
from verifier.probes.watch import signals
from verifier.probes.watch.signal_reading import SignalReading
from verifier.probes.watch.signals import SIGNALS, samplers, signals_of

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
ASK = {name: ask for names, ask in samplers(NOW) for name in names}


def reply(status: int | None, path: str = "/", machine: str | None = None, milliseconds: float = 20) -> Reply:
    cause = None if status else Cause.UNREACHABLE
    return Reply(
        method="GET", url=f"http://toy.test{path}", machine=machine, at=NOW, status=status, milliseconds=milliseconds,
        cause=cause,
    )  # fmt: skip


def context(monkeypatch: pytest.MonkeyPatch, *replies: Reply, way: bool = True, **target: Any) -> Context:  # noqa: ANN401
    answers = iter(replies)
    monkeypatch.setattr(signals, "visitor", nullcontext)
    monkeypatch.setattr(signals, "get", lambda *_, **__: next(answers))
    monkeypatch.setattr(signals, "places", lambda _: ("m1", "m2"))
    made = looking_at("http://toy.test", {}, "run", **target)
    known = OwnNetwork(asked="?", where="?", at=NOW, again="?", answered=("x",) * way, silent={})
    return replace(made, get=lambda *_: known, ceiling=lambda _: 2.0, limit=lambda _: Limit(share=0.01))


@pytest.mark.parametrize(
    ("status", "way", "bad"),
    [(200, True, False), (302, True, False), (503, True, True), (404, True, True), (None, True, True)],
)
def test_a_dashboard_that_an_operator_would_not_see_is_bad(
    monkeypatch: pytest.MonkeyPatch, status: int | None, *, way: bool, bad: bool
) -> None:
    seen = ASK["dashboard"](context(monkeypatch, reply(status), way=way))["dashboard"]

    assert isinstance(seen, SignalReading)
    assert [each.problem for each in seen.findings] == ["dashboard did not answer"] * bad


@pytest.mark.parametrize(
    ("status", "way", "cause"), [(None, False, Cause.UNREACHABLE), (401, True, Cause.UNAUTHORIZED)]
)
@pytest.mark.parametrize("signal", ["dashboard", "own requests"])
def test_what_may_be_our_own_fault_is_a_gap(
    monkeypatch: pytest.MonkeyPatch, status: int | None, *, way: bool, cause: Cause, signal: str
) -> None:
    looking = context(monkeypatch, *[reply(status)] * 2, way=way, traffic={"paths": ["/"]})

    with pytest.raises(CouldNotLook) as told:
        ASK[signal](looking)

    assert told.value.cause == cause


def test_errors_and_times_are_told_by_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [reply(200, "/a?x=1", "m1", 100), reply(502, "/a?x=1", "m2", 9000)]

    seen = ASK["own requests"](context(monkeypatch, *answers, traffic={"paths": ["/a"]}))
    errors, times = seen["own requests"], seen["response time"]

    assert isinstance(errors, SignalReading)
    assert isinstance(times, SignalReading)
    assert [(each.subject, each.machine) for each in errors.findings] == [("GET /a", "m2")]
    assert errors.readings == {"own": (1.0, 2.0)}
    assert (times.figure, times.readings) == (0.1, {"times m1": (0.1,)})


def test_the_platforms_count_begins_with_the_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[datetime] = []

    def counted(since: datetime, _: datetime) -> Counted:
        asked.append(since)
        return Counted({"200": 90, "302": 5, "503": 5})

    @contextmanager
    def opened(_: Context) -> Iterator[Mock]:
        yield Mock(counted=counted)

    monkeypatch.setattr(signals, "opened", opened)
    seen = ASK["error rate"](context(monkeypatch))["error rate"]

    assert isinstance(seen, SignalReading)
    assert (seen.figure, seen.readings, asked) == (5.0, {"counted": (5.0, 100.0)}, [NOW])


@pytest.mark.parametrize(
    ("facts", "problems"),
    [
        ({"trouble": "", "seconds": 0.1}, []),
        ({"trouble": "refused", "seconds": 0.1}, ["database does not answer"]),
        ({"trouble": "", "seconds": 2.5}, ["answer of the database over the limit"]),
        ({"trouble": "", "seconds": 0.1, "load": Mock(read_only=("a standby",))}, ["database is read-only"]),
    ],
)
def test_a_database_that_is_away_slow_or_read_only_is_bad(
    monkeypatch: pytest.MonkeyPatch, facts: dict[str, Any], problems: list[str]
) -> None:
    monkeypatch.setattr(signals, "observe_connection", lambda _: Mock(**{"load": None, **facts}))
    seen = ASK["database"](context(monkeypatch))["database"]

    assert isinstance(seen, SignalReading)
    assert [each.problem for each in seen.findings] == problems


def test_a_target_is_watched_for_what_it_has() -> None:
    bare = looking_at("http://toy.test", {}, "run", not_applicable={"logs-watched": "it writes no log"})
    names = {each.name for each in signals_of(bare)}

    assert names == {"dashboard", "error rate", "logged requests", "google analytics"}
    assert len({each.name for each in SIGNALS}) == len(SIGNALS)
