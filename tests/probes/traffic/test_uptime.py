"""How long the dashboard was away, from single looks at it."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from unittest.mock import Mock

import pytest

from verifier.core.config.contract import Limit
from verifier.core.config.target import new_target
from verifier.core.evidence import CouldNotLook
from verifier.core.probe import Context
from verifier.probes.http.client import Reply
from verifier.probes.traffic import uptime as watch
from verifier.probes.traffic.uptime import longest_outage, observe_uptime


def look(status: int | None) -> Reply:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Reply(method="GET", url="https://app/", at=at, status=status, milliseconds=1)


@pytest.mark.parametrize(
    ("statuses", "seconds"),
    [
        ([200, 302, 401], 0),
        ([200, 503, 200], 2),
        ([503, None, 404, 200, 500, 200], 6),
        ([200, 200, 500, 500], 2),
        ([500], 0),
    ],
)
def test_an_outage_lasts_until_the_next_good_answer(statuses: list[int | None], seconds: float) -> None:
    assert longest_outage([(2.0 * number, look(status)) for number, status in enumerate(statuses)]) == seconds


@pytest.mark.parametrize("seconds", [0.0, 0.14, 3.0])
def test_the_last_look_comes_when_the_time_to_watch_is_over(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    clock = [0.0]

    def passes(much: float) -> None:
        clock[0] += much

    def answered(*_: object, **__: object) -> Reply:
        passes(seconds)
        return look(200)

    monkeypatch.setattr(watch, "monotonic", lambda: clock[0])
    monkeypatch.setattr(watch, "visitor", nullcontext)
    monkeypatch.setattr(watch, "get", answered)
    health = {"endpoint": [{"path": "/health"}]}
    target = new_target(title="a toy", app="toy", url="http://toy.test", health=health)
    context = Mock(spec=Context, target=target, url=target.url, run="r", deadline=Mock(over=False, wait=passes))
    context.limit = lambda _: Limit(seconds=60.0)

    seen = observe_uptime(context)

    assert 60.0 <= seen.watched < 60.0 + 2.0 + seconds


@pytest.mark.parametrize(("blips", "failed"), [(0, 0), (2, 0), (30, None)])
def test_a_blip_of_our_own_network_is_no_outage(
    monkeypatch: pytest.MonkeyPatch, blips: int, failed: int | None
) -> None:
    clock = [0.0]

    def passes(much: float) -> None:
        clock[0] += much

    answers = iter([None] * blips + [200] * 40)
    monkeypatch.setattr(watch, "monotonic", lambda: clock[0])
    monkeypatch.setattr(watch, "visitor", nullcontext)
    monkeypatch.setattr(watch, "get", lambda *_, **__: look(next(answers)))
    monkeypatch.setattr(watch, "own_network_now", lambda _: Mock(proved=False))
    health = {"endpoint": [{"path": "/health"}]}
    target = new_target(title="a toy", app="toy", url="http://toy.test", health=health)
    context = Mock(spec=Context, target=target, url=target.url, run="r", deadline=Mock(over=False, wait=passes))
    context.limit = lambda _: Limit(seconds=60.0)

    if failed is None:
        with pytest.raises(CouldNotLook):
            observe_uptime(context)
        return
    seen = observe_uptime(context)

    assert (seen.failed, seen.unseen, seen.asked_times) == (failed, blips, 31 - blips)
