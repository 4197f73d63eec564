"""The rules that tell errors from lines that only talk of errors, on lines of many formats; and grep beside them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import count, pairwise

import pytest

from tests.support.corpora.logs import HELD_OUT, Labelled, corpus
from tests.support.runs.toy import CHECKOUT
from verifier.core.platform import LogLine
from verifier.probes.logs.aggregate import Tally

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
RECORDS = corpus()


def errors_in(*records: Labelled) -> int:
    """How many errors the lines of these records report, read one after another."""
    tally, numbers = Tally(), count()
    for record in records:
        for line in record.lines:
            tally.add(LogLine("m1", "app", NOON.replace(microsecond=next(numbers)), record.level, line))
    return sum(error.count for error in tally.errors())


def test_the_corpus_is_what_it_says() -> None:
    formats = {record.place.split(":")[0].removeprefix(f"{HELD_OUT}-") for record in RECORDS}
    held_out = sum(record.place.startswith(HELD_OUT) for record in RECORDS)
    harmless = sum(not record.error for record in RECORDS)

    assert len(RECORDS) >= 300
    assert len(formats) >= 12
    assert 0.45 < harmless / len(RECORDS) < 0.55
    assert held_out / len(RECORDS) > 0.33
    assert sum(record.grepped and not record.error for record in RECORDS) > 100, "the harmless half is too easy"


@pytest.mark.parametrize("name", sorted({record.place.split(":")[0] for record in RECORDS}))
def test_every_record_is_judged_as_it_is_labelled(name: str) -> None:
    records = [record for record in RECORDS if record.place.split(":")[0] == name]
    wrong = {record.place: record.lines[0] for record in records if errors_in(record) != int(record.error)}

    assert wrong == {}


def test_what_came_before_changes_nothing_but_for_traces() -> None:
    """Between records stands a line of a logger, as between real events."""
    calm = Labelled("calm", "info", ('{"level":"info","msg":"tick"}', "tick"), error=False)
    wrong = {
        f"{before.place} then {record.place}"
        for before, record in pairwise(RECORDS)
        if errors_in(before, calm, record) != int(before.error) + int(record.error)
    }

    assert wrong == set()


def test_grep_is_told_beside_it() -> None:
    """What the direction's grep misses and what it alarms about stands in the document, as it is."""
    told = (CHECKOUT / "docs" / "benchmarks" / "logs.md").read_text(encoding="utf-8")
    rows = {
        name: tuple(int(figure) for figure in re.findall(r"\d+", row))
        for name, row in re.findall(r"^\| (this suite|`grep[^`]*`) \|(.*)$", told, re.MULTILINE)
    }
    missed = sum(record.error and not record.grepped for record in RECORDS)
    alarmed = sum(record.grepped and not record.error for record in RECORDS)
    harmful = sum(record.error for record in RECORDS)

    assert rows == {
        "this suite": (0, harmful, 0, len(RECORDS) - harmful),
        '`grep -E "error\\|Error\\|ERROR"`': (missed, harmful, alarmed, len(RECORDS) - harmful),
    }
