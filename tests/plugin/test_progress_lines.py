"""What is told of an observation that takes long: where nobody watches, news at once and the rest seldom."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from unittest.mock import Mock

import pytest

from verifier.core.execution import progress as told
from verifier.core.execution.progress import RunningObservations
from verifier.plugin import progress as progress_module
from verifier.plugin.progress import EVERY, Progress


def test_an_observation_tells_the_time_that_is_left_where_it_knows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "monotonic", lambda: 100.0)
    running = RunningObservations(tmp_path)
    running.begin("watch", 120.0)
    running.tell("watch", "3 of 240 intervals\ndashboard ▁▂\n! uptime: it did not answer", 3555.0)

    (seen,) = running

    assert (seen.left(100.0), str(seen)) == (3555.0, "watch: 3 of 240 intervals")
    assert seen.more == ["dashboard ▁▂", "! uptime: it did not answer"]
    assert seen.news == ["uptime: it did not answer"]


def test_a_plain_line_comes_seldom_after_some_minutes_and_news_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, running = [0.0], RunningObservations(tmp_path)
    for module in (told, progress_module):
        monkeypatch.setattr(module, "monotonic", lambda: clock[0])
    running.begin("watch", 3600.0)
    line = Progress(Mock(**{"pluginmanager.get_plugin.return_value": None}), running)
    line._out = io.StringIO()
    ended = Mock(spec=threading.Event)

    def wait(seconds: float) -> bool:
        clock[0] += seconds
        if clock[0] == 40 * EVERY:
            running.tell("watch", "now\n! uptime: it did not answer")
        return clock[0] > 80 * EVERY

    ended.wait = wait
    line._ended = ended
    line._tell()

    lines = line._out.getvalue().splitlines()
    assert lines.count("uptime: it did not answer") == 1
    assert sum(each.startswith("waiting") for each in lines) == 11 + (80 - 11) // 4
