"""The options of a watch: a time that is one, and words that go together."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.support.runs.toy import KEPT, MakeSuite, Suite, checks, contract
from verifier.core.execution.watch_journal import JOURNAL, JournalWriter, WatchEnd, WatchHeader, append
from verifier.plugin.watch_options import duration, to_go_on

HEADER = WatchHeader(
    target="toy", url="http://toy.test", began=datetime(2026, 1, 1, tzinfo=UTC), seconds=3600, every=15
)


@pytest.mark.parametrize(
    ("text", "seconds"), [("1h", 3600), ("30m", 1800), ("90s", 90), ("1h30m", 5400), ("0.5h", 1800), ("2m5s", 125)]
)
def test_a_time_is_read_as_people_write_it(text: str, seconds: float) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "1", "h", "1d", "1h 30m", "-1h", "0s", "0.5s", "1h!", "m5", "1hh"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        duration(text)


@pytest.fixture(scope="module")
def suite(make_suite: MakeSuite) -> Suite:
    made = make_suite(
        {"checks/test_toy.py": checks(KEPT)}, contract=contract("kept", kept='stage = ["monitoring", "postdeploy"]')
    )
    for name, target, ended in (("left", "toy", False), ("over", "toy", True), ("other", "else", False)):
        folder = made.root / "reports" / name
        folder.mkdir(parents=True)
        JournalWriter(folder / JOURNAL, HEADER.model_copy(update={"target": target}))
        if ended:
            JournalWriter(folder / JOURNAL, HEADER).append(WatchEnd(at=HEADER.began))
    return made


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--watch soon", "argument --watch: invalid duration value: 'soon'"),
        ("--watch 1h --deadline 60", "--deadline 60: a watch of 3600 s takes longer"),
        ("--watch-all", "--watch-all: nothing is watched; add --watch 1h"),
        ("--watch 1h -n 2", "--watch: one process watches; leave out -n"),
        ("--resume=nowhere", "--resume nowhere: there is no watch.jsonl of a watch"),
        ("--resume=over", "--resume: that watch ended at 2026-01-01 00:00:00 UTC"),
        ("--resume=other", "--resume: that watch was of else; add --target=else"),
        ("--resume=left --watch 2h", "--resume: that watch lasts 3600 s; leave out --watch"),
    ],
)
def test_words_that_do_not_go_together_are_refused(suite: Suite, words: str, told: str) -> None:
    run = suite.run(*words.split(), mark="monitoring")

    assert run.status == 4, run.output
    assert told in run.output


def test_nothing_is_watched_where_no_item_of_the_monitoring_is_judged(suite: Suite) -> None:
    run = suite.run("--watch", "1h", mark="postdeploy and not monitoring")

    assert run.status == 4
    assert "add -m monitoring" in run.output


def test_a_watch_is_begun_where_none_is_to_be_resumed(make_suite: MakeSuite) -> None:
    made = make_suite({"checks/test_toy.py": checks(KEPT)}, contract=contract("kept", kept='stage = ["monitoring"]'))

    refused, begun = (made.run("--resume", *words, mark="monitoring") for words in ((), ("--watch", "1h")))

    assert refused.status == 4
    assert "no watch of toy is unfinished; begin one: --watch 1h" in refused.output
    assert begun.ending == ("DONE", 0), begun.output


WATCHED = '''
import pytest

@pytest.mark.proves("kept")
def test_what_a_watch_saw(measured):
    """It stays so."""
    measured("seen")
    assert not "broken"
'''


def test_checks_of_a_watch_are_judged_only_where_one_was_asked_for(make_suite: MakeSuite) -> None:
    files = {"checks/test_toy.py": checks(KEPT), "checks/watch/test_seen.py": WATCHED}
    made = make_suite(files, contract=contract("kept", kept='stage = ["monitoring"]'))

    without, watched = (made.run(*words, mark="monitoring") for words in ((), ("--watch", "1m")))

    assert without.ending == ("DONE", 0), without.output
    assert watched.ending == ("NOT DONE", 1), watched.output


def test_a_run_that_ends_before_its_watch_says_how_to_go_on(tmp_path: Path) -> None:
    run = Mock(folder=tmp_path)
    run.target.name = "toy"
    assert to_go_on(run) == ""

    JournalWriter(tmp_path / JOURNAL, HEADER)
    assert to_go_on(run).endswith(f"go on: pytest -m monitoring --target=toy --resume={tmp_path.name}")

    append(tmp_path / JOURNAL, WatchEnd(at=HEADER.began))
    assert to_go_on(run) == ""
