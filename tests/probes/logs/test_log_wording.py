"""What a line's wording as a whole decides: where the rules know nothing, or single words only."""

from __future__ import annotations

import pytest

from tests.support.corpora.log_words.likelihood import Example, learn, sources
from verifier.probes.logs.weighing.levels import Level
from verifier.probes.logs.weighing.likelihood import features, likelihood, telling, weights
from verifier.probes.logs.weighing.line import read_line
from verifier.probes.logs.weighing.weigh import weigh


def test_the_weights_are_learned_from_all_records_of_today() -> None:
    """If this fails: `python -m tests.support.corpora.log_words.likelihood`."""
    assert weights()["records"] == {name: len(records) for name, records in sources().items()}


@pytest.mark.parametrize(
    "line",
    [
        "the nightly ledger stands where it stood on Friday, nobody has written to it since then",
        "2026-01-15 12:00:00 INFO  cron - statements are still waiting, the printer has not taken one of them",
    ],
)
def test_a_sentence_without_a_word_of_failure_is_suspicious_if_it_reads_like_one(line: str) -> None:
    stated = read_line(line).stated

    assert not weigh(line, stated).doubt
    assert read_line(line).doubt.startswith("wording: ")


@pytest.mark.parametrize(
    "line",
    [
        "2026-01-15 12:00:00 login of olga@acme.test refused, wrong password, 2 tries left before the pause",
        "query planner: index on (failed, created_at) was used for GET /admin/failed?page=2, 200 in 14 ms",
    ],
)
def test_a_word_of_failure_in_a_calm_sentence_is_no_doubt(line: str) -> None:
    assert not read_line(line).doubt


@pytest.mark.parametrize(
    "line",
    [
        '{"level":"info","msg":"the report of the day went out to everybody who asked for it","failed":3}',
        "the report of the day went out to everybody who asked for it ✗ 3 undelivered",
        "the report of the day gave up after nine tries and everybody went home as on every day",
    ],
)
def test_no_wording_takes_back_a_count_a_sign_or_an_outcome(line: str) -> None:
    assert read_line(line).doubt


def test_no_wording_makes_an_error_or_takes_one_back() -> None:
    calm = "ERROR: user olga has signed in from a new device and was greeted with a mail, as usual"

    assert read_line(calm).level is Level.ERROR
    assert likelihood("the disk is full, nothing was stored, all orders of the day are lost", "None") >= 0.9
    assert read_line("statements of december are still waiting, nobody has taken one").level is None


def test_figures_and_short_lines_decide_nothing() -> None:
    line = "job 41 took 17 parcels of route 9 to the depot in 3 tours and came back at 18:04"

    assert likelihood(line, "None") == likelihood(line.replace("1", "7").replace("3", "88"), "None")
    assert likelihood("parcels lost", "None") == likelihood("parcels delivered", "None") == 0.5
    assert "0" in features("took 0 parcels", "None")
    assert "0" in features("ended, code: 0", "None")
    assert "0" not in features("took 10 parcels at 0:30", "None")


def test_the_words_that_tell_are_shown() -> None:
    assert "not" in telling("the printer did not take one of the statements")
    assert telling("? 12 ?") == "? 12 ?"


def test_what_decides_is_learned_and_the_rest_is_not() -> None:
    told = {"went to": False, "stays at": True}
    _, words = learn(
        [
            Example(features(f"parcel of tour {tour} {verb} the depot", "None"), failure=failure, counts=1)
            for verb, failure in told.items()
            for tour in "abcd"
        ]
    )

    assert words["stays"][0] > 0 > words["went"][0]
    assert abs(words["depot"][0]) < words["stays"][0] / 10
