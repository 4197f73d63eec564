"""The window of the log that is read when all others have looked, however long that took."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from unittest.mock import Mock

import pytest

from tests.support.machines import RELEASED, state
from tests.support.probe_context import looking_at
from verifier.core.machine import Machine
from verifier.core.probe import Context
from verifier.probes.logs import probe
from verifier.probes.logs.probe import LOOK_BACK, observe_later_logs
from verifier.probes.logs.reader import Window


class Read(Exception):  # noqa: N818 - it is no error: the reading has begun
    """The windows that are read."""


@pytest.mark.parametrize("hours", [0, 1, 5])
def test_what_was_asked_before_a_long_wait_is_in_the_window(monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    asked = RELEASED + timedelta(days=3)
    clock = [asked]

    @contextmanager
    def opened(_: Context) -> Iterator[Mock]:
        yield Mock()

    def reads(
        _context: Context, _api: object, _platform: object, windows: dict[str, Window], _controls: object
    ) -> None:
        raise Read(windows)

    def wait() -> None:
        clock[0] += timedelta(hours=hours)

    fakes = {"now": lambda: clock[0], "_controls": lambda *_: (), "opened": opened, "LogReading": reads}
    for name, made in fakes.items():
        monkeypatch.setattr(probe, name, made)
    platform: Any = state(Machine(id="m1", state="started"))
    context = replace(looking_at("http://toy.test", {}, "run"), get=lambda *_: platform, wait_for_earlier=wait)

    with pytest.raises(Read) as told:
        observe_later_logs(context)

    windows = cast("dict[str, Window]", told.value.args[0])
    assert windows["m1"].since == asked - LOOK_BACK
