"""How long a client waited for what it had missed, where this machine itself is late."""

from __future__ import annotations

import asyncio
import time
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.probe_context import looking_at
from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.probes.sse import reconnections
from verifier.probes.sse.reconnections import Reconnection, ReconnectState, observe_reconnections
from verifier.probes.sse.subscriptions import Subscriptions

LIMIT = 1.0


def came_back(seconds: float | None) -> ReconnectState:
    """One client that came back, and had all it had missed after so many seconds, or never."""
    back = Reconnection(missed=() if seconds else ("deleted",), repeated=(), seconds=seconds)
    about = {"asked": "?", "where": "a test", "at": now(), "again": "", "machines": ("a",), "last_id": "1"}
    return ReconnectState.model_validate({**about, "returns": {"a": back}})


@pytest.mark.parametrize(
    ("seconds", "late", "certain"),
    [
        (0.3, 5.0, True),  # in time, however late this machine was
        (1.9, 0.1, True),
        (1.9, 1.0, False),
        (None, 0.1, True),
        (None, 2.5, False),
    ],
)
def test_what_took_too_long_counts_where_this_machine_was_in_time(
    seconds: float | None, late: float, *, certain: bool
) -> None:
    assert came_back(seconds).certain(LIMIT, late) is certain


@pytest.fixture
def context() -> Context:
    """A deployment that is never asked."""
    made = looking_at("http://127.0.0.1:9", {}, "run", events={"path": "/events"})
    return replace(made, ceiling=lambda _: LIMIT)


def block(streams: Subscriptions, seconds: float) -> None:
    """Keep the thread of the streams from working for so long, as a busy machine does."""
    streams._loop.call_soon_threadsafe(time.sleep, seconds)
    streams.run(asyncio.sleep(0.1))


class Tries:
    """Clients that come back, each after so many seconds while this machine is late by so many."""

    def __init__(self, *planned: tuple[float, float]) -> None:
        self.planned = list(planned)

    def __call__(self, _: Context, __: object, streams: Subscriptions, *___: object) -> ReconnectState:
        seconds, late = self.planned.pop(0)
        block(streams, late)
        return came_back(seconds)


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch, context: Context) -> Any:  # noqa: ANN401 - a function
    """What is observed when clients come back so, and how many of them did not have to."""
    monkeypatch.setattr(reconnections, "Queue", SimpleNamespace(opened=lambda _: nullcontext()))
    monkeypatch.setattr(reconnections, "places", lambda _: ("a",))

    def observe(*planned: tuple[float, float]) -> tuple[ReconnectState, int]:
        tries = Tries(*planned)
        monkeypatch.setattr(reconnections, "_come_back", tries)
        return observe_reconnections(context), len(tries.planned)

    return observe


def test_a_client_comes_back_once_more_where_this_machine_was_late(tried: Any) -> None:  # noqa: ANN401
    seen, left = tried((1.3, 0.6), (0.2, 0.0), (0.1, 0.0))

    assert (seen.delays()["a"], left) == (0.2, 1)


def test_an_app_that_is_slow_is_told_at_once(tried: Any) -> None:  # noqa: ANN401
    seen, left = tried((5.0, 0.0), (0.2, 0.0))

    assert (seen.delays()["a"], left) == (5.0, 1)


def test_a_machine_that_is_late_every_time_could_not_look(tried: Any) -> None:  # noqa: ANN401
    with pytest.raises(CouldNotLook, match="too busy to measure") as refused:
        tried(*[(1.3, 0.6)] * 4)

    assert refused.value.cause is Cause.PRECONDITION
