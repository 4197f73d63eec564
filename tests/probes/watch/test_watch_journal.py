"""The journal of a watch: whole lines count, each interval once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from verifier.core.execution.watch_journal import (
    JournalWriter,
    SignalSample,
    WatchEnd,
    WatchHeader,
    append,
    read_journal,
)

BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)
HEADER = WatchHeader(target="toy", url="http://toy.test", began=BEGAN, seconds=60, every=15)


def sample(interval: int, said: str = "fine") -> SignalSample:
    return SignalSample(interval=interval, signal="dashboard", at=BEGAN, said=said)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "watch.jsonl"
    JournalWriter(path, HEADER, [sample(0)]).append(sample(1), sample(2))
    append(path, WatchEnd(at=BEGAN, why="over"))

    journal = read_journal(path)

    assert journal is not None
    assert (journal.header, journal.samples) == (HEADER, (sample(0), sample(1), sample(2)))
    assert journal.end == WatchEnd(at=BEGAN, why="over")


@pytest.mark.parametrize("kept", range(0, 200, 20))
def test_a_line_that_a_kill_cut_off_is_no_sample(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "watch.jsonl"
    JournalWriter(path, HEADER).append(sample(0), sample(1, "x" * 200))
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b'{"kind"') + kept])

    journal = read_journal(path)

    assert journal is not None
    assert journal.samples == (sample(0),)


def test_of_two_samples_of_an_interval_the_first_counts(tmp_path: Path) -> None:
    path = tmp_path / "watch.jsonl"
    JournalWriter(path, HEADER).append(sample(0, "first"), sample(0, "second"))

    journal = read_journal(path)

    assert journal is not None
    assert [each.said for each in journal.samples] == ["first"]


@pytest.mark.parametrize("text", ["", "{}", "no json\n", '{"kind": "sample"}\n'])
def test_a_file_without_a_header_is_no_journal(tmp_path: Path, text: str) -> None:
    (tmp_path / "watch.jsonl").write_text(text, encoding="utf-8")

    assert read_journal(tmp_path / "watch.jsonl") is None
    assert read_journal(tmp_path / "missing") is None


@pytest.mark.parametrize(("seconds", "every", "intervals"), [(60, 15, 4), (61, 15, 5), (0.3, 0.1, 3), (1, 15, 1)])
def test_intervals_are_numbered_by_the_clock(seconds: float, every: float, intervals: int) -> None:
    header = HEADER.model_copy(update={"seconds": seconds, "every": every})

    assert header.intervals == intervals
    assert header.interval(BEGAN) == 0
    assert header.interval(BEGAN + timedelta(seconds=2.5 * every)) == 2
    assert header.begins(3) == BEGAN + timedelta(seconds=3 * every)
