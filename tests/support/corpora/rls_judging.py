"""One set-up, judged by its label, the oracle, the verifier and others.

`python -m tests.support.corpora.rls_judging FILE [NAME …]` judges those of a file of `tests/data/rls/`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql

from tests.support.corpora.rls import Connection, Open, Oracle, SetUp, before, set_ups
from tests.support.corpora.rls_advisors import advised, searched
from verifier.embedded.server import scratch_server
from verifier.probes.row_security import declared as static
from verifier.probes.row_security.catalogue import Catalogue, exposed_schemas, read_catalogue
from verifier.probes.row_security.copy.proof import prove
from verifier.probes.row_security.copy.rows import fill
from verifier.probes.row_security.copy.tables import read_tables
from verifier.probes.row_security.functions.answers import answered
from verifier.probes.row_security.functions.calls import prove_functions

Openings = set[tuple[str, str, str]]


@dataclass(frozen=True)
class Judged:
    """The openings of one set-up by label, oracle and verifier."""

    set_up: SetUp
    tried: Open
    found: Open
    declared: Open
    published: Open
    doubts: dict[str, str]
    searched: bool
    advised: tuple[str, ...]


def judge(connection: Connection, set_up: SetUp, more: str = "", schemas: tuple[str, ...] = ()) -> Judged:
    """All three, in a transaction that is rolled back, roles included.

    Args:
        connection: of somebody who may do everything.
        set_up: what is judged.
        more: SQL that comes between what all set-ups have and this one.
        schemas: that clients reach beside those of which the database tells.
    """
    with connection.transaction(force_rollback=True):
        connection.execute(f"{before()}\n{more}".encode())
        connection.execute(set_up.text.encode())
        tried = Oracle(connection, set_up).finds()
        advice = tuple(advised(connection))
        exposed = dict.fromkeys((*exposed_schemas(connection, "public", ()), *schemas))
        catalogue = answered(connection, read_catalogue(connection, tuple(exposed)))
        tables = "select schemaname, tablename from pg_tables where schemaname = any (%s)"
        for table in connection.execute(tables, [list(catalogue.schemas)]).fetchall():
            connection.execute(sql.SQL("truncate {} cascade").format(sql.Identifier(*table)))
        connection.execute("set local event_triggers = off")
        declared = {
            (label, each.who, each.command)
            for label, it in catalogue.relations.items()
            for each in static.openings(it, catalogue.may_log_in)
        }
        found, published, doubts = proved(connection, catalogue)
        for label, it in catalogue.relations.items():
            if unsettled := [each.unsettled for each in it.policies if each.unsettled]:
                doubts.setdefault(label, unsettled[0])
    return Judged(
        set_up, tried, frozenset(found | declared), frozenset(declared), frozenset(published), doubts,
        searched(set_up.text), advice,
    )  # fmt: skip


def proved(connection: Connection, catalogue: Catalogue) -> tuple[Openings, Openings, dict[str, str]]:
    proofs, _ = prove(connection, catalogue.relations.values(), catalogue.functions.values())
    if catalogue.functions:
        copied = read_tables(connection, catalogue.schemas)
        fill(connection, copied, copied.turn(0))
        proofs |= prove_functions(connection, copied, catalogue.functions.values())
    found = {
        (label.split("(")[0], each.who, each.command) for label, proof in proofs.items() for each in proof.openings
    }
    published = {(label, role, "select") for label, proof in proofs.items() for role in proof.published}
    doubts = {label: "; ".join(filter(None, [it.doubt, *it.undecided.values()])) for label, it in proofs.items()}
    return found, published, {label: doubt for label, doubt in doubts.items() if doubt}


def told(file: str, names: list[str]) -> Iterator[str]:
    """What is missed, told wrongly or has no answer, and labels that standing in for people does not show."""
    count, missed, alarmed, silent = [0, 0], 0, 0, 0
    with scratch_server() as server, psycopg.connect(server.database("set_ups")) as connection:
        for each in set_ups(file):
            if names and each.name not in names:
                continue
            it = judge(connection, each)
            count[bool(each.label)] += 1
            if wrong := (each.label | each.published) ^ it.tried:
                yield f"{each.name}: labelled otherwise than tried: {sorted(wrong)}"
            if gone := each.label - it.found:
                missed += not (each.label & it.found)
                yield f"{each.name}: not told{' in part' if each.label & it.found else ''}: {sorted(gone)}"
            if more := it.found - each.label:
                alarmed += not each.label
                yield f"{each.name}: told, and not labelled: {sorted(more)}"
            if it.doubts and not it.found:
                silent += 1
                yield f"{each.name}: no answer: {it.doubts}"
    protected, opened = count
    yield f"not told at all {missed} of {opened}, told wrongly {alarmed} of {protected}, no answer {silent} of all"


if __name__ == "__main__":
    for line in told(sys.argv[1], sys.argv[2:]):
        sys.stdout.write(f"{line}\n")
