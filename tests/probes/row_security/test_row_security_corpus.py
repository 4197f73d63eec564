"""Labelled set-ups of row-level security: no open one passes, and what is protected is not called open."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.support.corpora.rls import set_ups
from tests.support.corpora.rls_judging import Judged, judge
from verifier.embedded.server import scratch_server

MOST_FALSE_ALARMS = 0.02


@pytest.fixture(scope="module")
def judged() -> Iterator[dict[str, Judged]]:
    """Every set-up, one after the other in one database of one server."""
    with scratch_server() as server, psycopg.connect(server.database("set_ups")) as connection:
        yield {each.name: judge(connection, each) for each in set_ups()}


def test_there_are_enough_set_ups_of_both_kinds(judged: dict[str, Judged]) -> None:
    openings = [bool(each.set_up.label) for each in judged.values()]

    assert len(openings) >= 60
    assert min(sum(openings), len(openings) - sum(openings)) >= 25


def test_every_label_is_what_standing_in_for_people_shows(judged: dict[str, Judged]) -> None:
    wrong = {
        name: sorted(other)
        for name, it in judged.items()
        if (other := (it.set_up.label | it.set_up.published) ^ it.tried)
    }

    assert wrong == {}


def test_no_open_one_passes(judged: dict[str, Judged]) -> None:
    missed = {name: sorted(gone) for name, it in judged.items() if (gone := it.set_up.label - it.found)}

    assert missed == {}


def test_rows_are_called_published_where_they_say_so_themselves(judged: dict[str, Judged]) -> None:
    wrong = {name: sorted(it.set_up.published ^ it.published) for name, it in judged.items()}

    assert {name: each for name, each in wrong.items() if each} == {}


def test_hardly_a_protected_one_is_called_open(judged: dict[str, Judged]) -> None:
    alarms = {name: sorted(more) for name, it in judged.items() if (more := it.found - it.set_up.label)}

    assert len(alarms) <= MOST_FALSE_ALARMS * len(judged), alarms


def test_what_is_declared_open_is_open(judged: dict[str, Judged]) -> None:
    wrong = {name: sorted(more) for name, it in judged.items() if (more := it.declared - it.tried)}

    assert wrong == {}


def test_hardly_one_remains_without_an_answer(judged: dict[str, Judged]) -> None:
    doubtful = {name: it.doubts for name, it in judged.items() if it.doubts and not it.found}

    assert len(doubtful) <= MOST_FALSE_ALARMS * len(judged), doubtful
