"""Labelled set-ups of row-level security: no open one passes, and what is protected is not called open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql

from tests.rooms.rls import Connection, Open, Oracle, SetUp, before, set_ups
from verifier.embedded.server import scratch_server
from verifier.probes.row_security import static
from verifier.probes.row_security.calls import prove_functions
from verifier.probes.row_security.catalogue import Catalogue, read_catalogue
from verifier.probes.row_security.proof import prove
from verifier.probes.row_security.rows import fill, take_stock

MOST_FALSE_ALARMS = 0.02


@dataclass(frozen=True)
class Judged:
    """What the label, the oracle and the verifier say of one set-up."""

    set_up: SetUp
    tried: Open
    found: Open
    declared: Open
    doubts: dict[str, str]


def judge(connection: Connection, set_up: SetUp) -> Judged:
    """All three, in a transaction that is undone: roles, too."""
    with connection.transaction(force_rollback=True):
        connection.execute(before().encode())
        connection.execute(set_up.text.encode())
        tried = Oracle(connection, set_up).finds()
        catalogue = read_catalogue(connection, ("public",))
        for (table,) in connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall():
            connection.execute(sql.SQL("truncate {} cascade").format(sql.Identifier(table)))
        declared = {
            (label, each.who, each.command) for label, it in catalogue.relations.items() for each in static.openings(it)
        }
        found, doubts = proved(connection, catalogue)
    return Judged(set_up, tried, frozenset(found | declared), frozenset(declared), doubts)


def proved(connection: Connection, catalogue: Catalogue) -> tuple[set[tuple[str, str, str]], dict[str, str]]:
    proofs, _ = prove(connection, catalogue.relations.values())
    stock = take_stock(connection, catalogue.schemas)
    fill(connection, stock, stock.turn(0))
    proofs |= prove_functions(connection, stock, catalogue.functions.values())
    found = {
        (label.split("(")[0], each.who, each.command) for label, proof in proofs.items() for each in proof.openings
    }
    return found, {label: proof.doubt for label, proof in proofs.items() if proof.doubt}


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
    wrong = {name: sorted(it.set_up.label ^ it.tried) for name, it in judged.items() if it.set_up.label != it.tried}

    assert wrong == {}


def test_no_open_one_passes(judged: dict[str, Judged]) -> None:
    missed = {name: sorted(gone) for name, it in judged.items() if (gone := it.set_up.label - it.found)}

    assert missed == {}


def test_hardly_a_protected_one_is_called_open(judged: dict[str, Judged]) -> None:
    alarms = {name: sorted(more) for name, it in judged.items() if (more := it.found - it.set_up.label)}

    assert len(alarms) <= MOST_FALSE_ALARMS * len(judged), alarms


def test_what_is_declared_open_is_open(judged: dict[str, Judged]) -> None:
    wrong = {name: sorted(more) for name, it in judged.items() if (more := it.declared - it.tried)}

    assert wrong == {}


def test_hardly_one_remains_without_an_answer(judged: dict[str, Judged]) -> None:
    doubtful = {name: it.doubts for name, it in judged.items() if it.doubts and not it.found}

    assert len(doubtful) <= MOST_FALSE_ALARMS * len(judged), doubtful
