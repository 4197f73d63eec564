"""Calls functions that run with their owner's rights, or run what they are given, as each persona; rolled back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg

from verifier.probes.row_security import sql as questions
from verifier.probes.row_security.catalogue import Connection
from verifier.probes.row_security.functions.arguments import Arguments, executed, plain
from verifier.probes.row_security.copy.outcomes import Proof
from verifier.probes.row_security.copy.rows import empty
from verifier.probes.row_security.copy.stock import Stock
from verifier.probes.row_security.copy.together import refused
from verifier.probes.row_security.copy.values import quoted_name
from verifier.probes.row_security.personas import STRANGER, VISITOR, Persona, become
from verifier.probes.row_security.relations import ANONYMOUS, SIGNED_IN, Function, Opening


@dataclass(frozen=True)
class _Call:
    """The result of one call.

    Attributes:
        answer: its return value as text.
        changed: rows updated or deleted.
        inserted: rows inserted.
        truncated: the table that it emptied with TRUNCATE.
        denied: whether it was denied, by a missing grant or by its own exception.
    """

    answer: str = ""
    changed: int = 0
    inserted: int = 0
    truncated: str = ""
    denied: bool = False
    trouble: str = ""


@dataclass(frozen=True)
class _Judgement:
    """What one call proves: words for the report, the opening, or why it proves nothing."""

    told: str
    opening: Opening | None = None
    doubt: str = ""


def prove_functions(connection: Connection, stock: Stock, functions: Iterable[Function]) -> dict[str, Proof]:
    """Label → proof for every function, called with another user's id: with rows of others, and without.

    Args:
        connection: a superuser's, of a copy with rows.
        stock: which tables have rows.
        functions: those with their owner's rights, and those that truncate or execute what they are given.
    """
    return {each.label: _proof(connection, stock, each) for each in functions}


def _proof(connection: Connection, stock: Stock, function: Function) -> Proof:
    openings: list[Opening] = []
    cells: dict[str, dict[str, str]] = {}
    doubts: list[str] = []
    for person in (VISITOR, Persona(SIGNED_IN, STRANGER)):
        if person.role not in function.callers:
            continue
        found = _worst(connection, stock, person, function)
        cells["anon" if person.role == ANONYMOUS else "stranger"] = {"call": found.told}
        openings += [found.opening] if found.opening else []
        doubts += [found.doubt] if found.doubt else []
    return Proof(rows=None, cells=cells, openings=tuple(openings), doubt="" if openings else "; ".join(doubts[:1]))


def _worst(connection: Connection, stock: Stock, person: Persona, function: Function) -> _Judgement:
    """The first call that opens something, else the first that proves something, else why none does."""
    found: list[_Judgement] = []
    for given in plain(stock, function):
        found.append(_judged(connection, stock, person, function, given))
        if found[-1].opening:
            return found[-1]
    for given in executed(stock, function) if function.executes else ():
        seen = _judged(connection, stock, person, function, given)
        found.append(seen)
        if seen.opening:
            told = f"{seen.told}; it executes what it is given: {', '.join(given)}"
            return _Judgement(told, seen.opening.model_copy(update={"seen": told}))
    proving = next((each for each in found if not each.doubt), None)
    return proving or found[0]


def _judged(  # noqa: PLR0911 - one ending each
    connection: Connection, stock: Stock, person: Persona, function: Function, given: Arguments
) -> _Judgement:
    closes = f"revoke execute on function {function.signature} from {person.role}, public;"
    filled = _call(connection, person, function, given, stock)
    if filled.denied:
        return _Judgement("refused")
    if filled.trouble:
        return _Judgement(filled.trouble, doubt=f"the call failed: {filled.trouble}")
    if filled.truncated and not filled.changed:
        seen = f"it truncated {filled.truncated}"
        return _Judgement(seen, Opening(who=person.role, command="truncate", seen=seen, closes=closes))
    if not function.definer:
        return _Judgement("with the rights of its caller")
    if filled.changed:
        seen = f"it changed {filled.changed} rows, none of which were the caller's"
        return _Judgement(seen, Opening(who=person.role, command="update", seen=seen, closes=closes))
    note = f"put in {filled.inserted} rows; " if filled.inserted else ""
    without = _call(connection, person, function, given, stock, without=True)
    if without.answer == filled.answer:
        return _Judgement(f"{note}the same answer with and without rows of others")
    if function.yes_or_no:
        return _Judgement(f"{note}answers yes or no about rows of others")
    if _call(connection, person, function, given, stock).answer != filled.answer:
        why = "its answer differs each time, so what it exposes is not known"
        return _Judgement("a different answer each time", doubt=why)
    if _call(connection, person, function, given, stock, unpublished=True).answer == without.answer:
        return _Judgement(f"{note}shows rows of others that say of themselves that they are public")
    seen = "its answer depends on rows of others: it exposes them"
    return _Judgement(seen, Opening(who=person.role, command="select", seen=seen, closes=closes))


def _call(  # noqa: PLR0913 - who calls what with what, and what is done before
    connection: Connection,
    person: Persona,
    function: Function,
    given: Arguments,
    stock: Stock,
    *,
    without: bool = False,
    unpublished: bool = False,
) -> _Call:
    called = f"{quoted_name(function.schema_name, function.name)}({', '.join(given)})"
    query = f"select count(*) || ' ' || coalesce(string_agg(f::text, '|' order by f::text), '') from {called} as f"
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("set local statement_timeout = '5s'")
            _prepare(connection, stock, without=without, unpublished=unpublished)
            before = connection.execute(questions.WRITTEN).fetchone() or (0, 0, ())
            become(connection, person)
            row = connection.execute(query.encode()).fetchone()
            connection.execute("reset role")
            after = connection.execute(questions.WRITTEN).fetchone() or (0, 0, ())
            truncated = "" if without else _emptied(connection, stock, after[2])
    except psycopg.Error as trouble:
        # No client can ask for the rows of a function that returns records of no declared type.
        seen = refused(trouble)
        untyped = "column definition list" in str(trouble)
        lacking = trouble.sqlstate == "0A000"
        told = seen.trouble or ("a constraint stopped it" if seen.let_through else str(trouble) if lacking else "")
        return _Call(denied=untyped or (seen.denied and not lacking), trouble="" if untyped else told)
    return _Call(str(row[0]) if row else "", after[1] - before[1], after[0] - before[0], truncated)


def _emptied(connection: Connection, stock: Stock, locked: Iterable[str]) -> str:
    """The first table with rows of which none is left; TRUNCATE locks it, and counts as no deletion."""
    for place in stock.made:
        if ".".join(place) in locked:
            left = connection.execute(f"select exists (select from {quoted_name(*place)})".encode()).fetchone()
            if left == (False,):
                return ".".join(place)
    return ""


def _prepare(connection: Connection, stock: Stock, *, without: bool, unpublished: bool) -> None:
    if not without and not unpublished:
        return
    connection.execute("set local session_replication_role = replica")
    if without:
        empty(connection, stock.made)
    else:
        taken_down = [statement for each in stock.made for statement in stock.unpublishing(each, stock.turn(0))]
        connection.execute("; ".join(taken_down or ["select"]).encode())
    connection.execute("set local session_replication_role = origin")
