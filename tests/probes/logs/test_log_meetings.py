"""Lines of formats that the rules do not name, and the vocabulary: what is missed, and what is alarmed about."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.corpora.logs import MEETINGS, Labelled, corpus
from verifier.core.platform import LogLine
from verifier.probes.logs.aggregate import Tally
from verifier.probes.logs.weighing.line import read_line
from verifier.probes.logs.weighing.vocabulary import failures, translations

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


def verdict(record: Labelled) -> str:
    """What a record is judged as, where each failed request counts as the error that `no-server-errors` calls it."""
    tally = Tally()
    for number, line in enumerate(record.lines):
        tally.add(LogLine("m1", "app", NOON + timedelta(microseconds=number), record.level, line))
    if tally.errors() or tally.failed_requests:
        return "error"
    return "suspicious" if tally.suspicious() else "clean"


def test_of_the_lines_of_meetings_hardly_any_is_misread() -> None:
    """After mending; how each first meeting went stands in the document."""
    records = corpus(MEETINGS)
    bad, calm = ([each for each in records if each.error is error] for error in (True, False))
    missed = [each.lines[0] for each in bad if verdict(each) == "clean"]
    alarms = [each.lines[0] for each in calm if verdict(each) == "error"]
    doubted = [each.lines[0] for each in calm if verdict(each) == "suspicious"]

    assert min(len(bad), len(calm)) >= 150
    assert len(missed) / len(bad) <= 0.02, missed
    assert len(alarms) / len(calm) <= 0.01, alarms
    assert len(doubted) / len(calm) <= 0.05, doubted


def test_no_line_of_the_corpus_that_reports_nothing_is_suspicious() -> None:
    assert [each.lines[0] for each in corpus() if not each.error and verdict(each) != "clean"] == []


@pytest.mark.parametrize("system", sorted(set(failures()) - {"sources", "http", "sqlstate", "grpc"}))
def test_every_text_of_a_system_is_seen(system: str) -> None:
    texts = failures()[system]
    told = list(texts.values()) if isinstance(texts, dict) else texts
    lines = [
        f"storefront: {each.replace('%m', 'x').replace('%s', 'x').replace('%d', '9').replace('%u', '9')}"
        for each in told
    ]
    unseen = [each for each in lines if not (read_line(each).bad or read_line(each).doubt)]

    assert failures()["sources"][system]
    assert len(lines) >= 9
    assert len(unseen) <= len(lines) // 20, unseen


def test_other_languages_are_read_as_far_as_the_systems_translate_themselves() -> None:
    codes = translations()["codes"]
    unseen = [each for each in codes if not read_line(f"open: {each}").bad]

    assert len(codes) > 3000
    assert len(unseen) <= len(codes) // 20, unseen[:20]
    assert translations()["levels"]["fehler"] == "error"
    assert failures()["errno"]["ECONNREFUSED"] == os.strerror(errno.ECONNREFUSED)


@pytest.mark.parametrize(
    ("line", "level", "bad", "doubted"),
    [
        ('{"level":"info","msg":"listening"}', "error", False, False),  # the line's own level wins
        ("Listening on 3000", "error", False, False),  # the whole standard error output gets this level
        ("cannot find the configuration", "error", True, False),
        ('{"level":"info","msg":"out of memory: killed process 12"}', "info", True, False),  # deadly, at any level
        ('{"level":"warn","msg":"database timeout"}', "info", False, False),
        ('{"level":"info","msg":"sync failed"}', "info", False, True),
        ('{"level":"info","msg":"a"}{"level":"error","msg":"b"}', "info", True, False),  # two on a line
        ('{"time":1,"severity":"ERROR","message":"cut in the mid', "info", True, False),  # cut
    ],
)
def test_evidence_is_weighed(line: str, level: str, bad: bool, doubted: bool) -> None:  # noqa: FBT001 - a table
    read = read_line(line, level)
    assert (read.bad, bool(read.doubt)) == (bad, doubted)
