"""The journal of a watch: a file in the run's folder from which another process can go on.

One JSON object a line: first the header, then a line for each signal of each interval, at last why the watch ended.
A line is there whole or not at all, as far as anybody is concerned: one that was cut off by a kill is left out.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, ValidationError

from verifier.core.evidence import Record
from verifier.core.evidence.finding import Finding
from verifier.core.files import write_whole
from verifier.core.redaction import REDACTOR

JOURNAL = "watch.jsonl"


class WatchHeader(Record):
    """What is watched, and from when on; intervals are numbered from that moment, whoever watches.

    Attributes:
        seconds: for how long.
        every: seconds of one interval.
        pin: what must stay as it is: the release, and each machine → what it runs.
    """

    kind: Literal["watch"] = "watch"
    target: str
    url: str
    began: AwareDatetime
    seconds: float
    every: float
    pin: dict[str, str] = {}

    @property
    def intervals(self) -> int:
        """How many intervals there are."""
        return max(1, math.ceil(self.seconds / self.every - 1e-6))

    @property
    def until(self) -> datetime:
        """When the watch ends."""
        return self.began + timedelta(seconds=self.seconds)

    def interval(self, at: datetime) -> int:
        """The number of the interval at this moment, from 0."""
        return math.floor((at - self.began).total_seconds() / self.every)

    def begins(self, interval: int) -> datetime:
        """When an interval begins."""
        return self.began + timedelta(seconds=interval * self.every)


class SignalSample(Record):
    """What one look at one signal came to.

    Attributes:
        interval: its number.
        signal: the name.
        said: what was seen, in few words.
        figure: the same as a number, for the curve.
        cause: why nothing could be seen, if so.
        findings: what was wrong, by the item that it breaks.
        readings: further figures, which are added up over the watch.
    """

    kind: Literal["sample"] = "sample"
    interval: int
    signal: str
    at: AwareDatetime
    said: str
    figure: float | None = None
    cause: str = ""
    findings: tuple[Finding, ...] = ()
    readings: dict[str, tuple[float, ...]] = {}


class WatchEnd(Record):
    """Why a watch ended; empty, if its time was over."""

    kind: Literal["end"] = "end"
    at: AwareDatetime
    why: str = ""


@dataclass(frozen=True)
class WatchJournal:
    """What a journal holds; of two samples of one signal in one interval the first counts."""

    path: Path
    header: WatchHeader
    samples: tuple[SignalSample, ...] = ()
    end: WatchEnd | None = None


def read_journal(path: Path) -> WatchJournal | None:
    """The journal at `path`; nothing, if it is none."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        header = WatchHeader.model_validate_json(lines[0])
    except (OSError, IndexError, ValidationError):
        return None
    samples: dict[tuple[int, str], SignalSample] = {}
    end = None
    for each in _records(lines[1:]):
        if isinstance(each, WatchEnd):
            end = each
        else:
            samples.setdefault((each.interval, each.signal), each)
    return WatchJournal(path, header, tuple(samples.values()), end)


def _records(lines: Iterable[str]) -> Iterator[SignalSample | WatchEnd]:
    for line in lines:
        for kind in (SignalSample, WatchEnd):
            try:
                yield kind.model_validate_json(line)
            except ValidationError:
                continue
            break


class JournalWriter:
    """Writes a journal; what was appended is on the disk.

    Args:
        path: where it is to be; what an earlier run wrote is written first, so that each run has all of it.
        header: of the watch.
        samples: what is known already.
    """

    def __init__(self, path: Path, header: WatchHeader, samples: Iterable[SignalSample] = ()) -> None:
        self._path = path
        write_whole(path, "".join(map(_line, (header, *samples))))

    def append(self, *records: SignalSample | WatchEnd) -> None:
        """Add these, all in one piece."""
        append(self._path, *records)


def append(path: Path, *records: SignalSample | WatchEnd) -> None:
    """Add these to the journal at `path`, all in one piece."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        os.write(handle, "".join(map(_line, records)).encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _line(record: Record) -> str:
    return REDACTOR.text(record.model_dump_json(exclude_defaults=False)) + "\n"
