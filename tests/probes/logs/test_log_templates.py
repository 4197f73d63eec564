"""Lines that differ in figures only are judged once, and that changes no verdict."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.support.corpora.first_meetings import FOLDER
from tests.support.corpora.logs import MEETINGS, corpus
from verifier.core.platform import LogLine
from verifier.probes.logs.aggregate import Tally

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
CHANCE = random.Random(7)  # noqa: S311 - the same figures every time


def told(records: list[tuple[str, ...]], *, remember: bool) -> tuple[object, ...]:
    """What a log of these records is told to hold."""
    tally = Tally(remember=remember)
    written = [line for record in records for line in record]
    for number, line in enumerate(written):
        tally.add(LogLine("m1", "app", NOON + timedelta(milliseconds=number), "info", line))
    return tally.errors(), tally.suspicious(), tally.failed_requests, tally.requests, tally.access.responses()


def everything() -> Iterator[tuple[str, ...]]:
    """All records that were written for the rules, by whomever."""
    yield from (each.lines for each in (*corpus(), *corpus(MEETINGS)))
    for folder in (FOLDER, FOLDER / "second"):
        yield from (tuple(each["lines"]) for each in json.loads((folder / "logs.json").read_text(encoding="utf-8")))


def with_other_figures(record: tuple[str, ...]) -> tuple[str, ...]:
    """The same with other figures of any length, among them none and those of codes and levels."""
    figures = ("0", "1", "4", "5", "11", "30", "50", "60", "137", "200", "404", "500", "503", "4412")
    return tuple(re.sub(r"\d+", lambda _: CHANCE.choice(figures), line) for line in record)


def test_no_verdict_of_any_record_changes() -> None:
    """Each record comes three times as it is, so that its kind is known, and then with other figures."""
    records = list(everything())
    wrong = []
    for record in records:
        log = [record, record, record, *(with_other_figures(record) for _ in range(6)), record]
        if told(log, remember=True) != told(log, remember=False):
            wrong.append(record)

    assert len(records) > 1800
    assert wrong == []


def test_a_long_log_is_told_the_same() -> None:
    """All records one after another, twice: what goes on from line to line is the same, too."""
    log = [*everything(), *everything()]

    assert told(log, remember=True) == told(log, remember=False)
