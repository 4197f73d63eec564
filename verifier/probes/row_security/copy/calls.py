"""Calls SECURITY DEFINER functions on the copy as each persona, rolled back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg
from psycopg import sql

from verifier.probes.row_security import sql as questions
from verifier.probes.row_security.catalogue import Connection
from verifier.probes.row_security.copy.together import refused
from verifier.probes.row_security.copy.outcomes import Proof
from verifier.probes.row_security.copy.rows import Stock, empty, raw
from verifier.probes.row_security.copy.values import number_of
from verifier.probes.row_security.personas import BORIS, STRANGER, VISITOR, Persona, become
from verifier.probes.row_security.relations import ANONYMOUS, SIGNED_IN, Function, Opening

_NUMBERS = {"smallint", "integer", "bigint", "numeric", "real", "double precision"}
_TEXTS = {"text", "character varying", "uuid", "name", "character"}
_MOMENTS = {"date", "timestamp with time zone", "timestamp without time zone"}


@dataclass(frozen=True)
class _Call:
    """The result of one call.

    Attributes:
        answer: its return value as text.
        changed: rows updated or deleted.
        inserted: rows inserted.
        denied: whether it was denied, by a missing grant or by its own exception.
    """

    answer: str = ""
    changed: int = 0
    inserted: int = 0
    denied: bool = False
    trouble: str = ""


def prove_functions(connection: Connection, stock: Stock, functions: Iterable[Function]) -> dict[str, Proof]:
    """Label → proof for every function, called with another user's id: with rows of others, and without.

    Args:
        connection: a superuser's, of a copy with rows.
        stock: which tables have rows.
        functions: the SECURITY DEFINER functions.
    """
    return {each.label: _proof(connection, stock, each) for each in functions}


def _proof(connection: Connection, stock: Stock, function: Function) -> Proof:
    openings: list[Opening] = []
    cells: dict[str, dict[str, str]] = {}
    doubts: list[str] = []
    for person in (VISITOR, Persona(SIGNED_IN, STRANGER)):
        if person.role not in function.callers:
            continue
        filled = _call(connection, person, function)
        told, opening, doubt = _judged(connection, stock, person, function, filled)
        cells["anon" if person.role == ANONYMOUS else "stranger"] = {"call": told}
        openings += [opening] if opening else []
        doubts += [doubt] if doubt else []
    return Proof(rows=None, cells=cells, openings=tuple(openings), doubt="" if openings else "; ".join(doubts[:1]))


def _judged(  # noqa: PLR0911 - one ending each
    connection: Connection, stock: Stock, person: Persona, function: Function, filled: _Call
) -> tuple[str, Opening | None, str]:
    """A phrase for the report, the opening, and why there is no proof."""
    closes = f"revoke execute on function {function.signature} from {person.role}, public;"
    if filled.denied:
        return "refused", None, ""
    if filled.trouble:
        return filled.trouble, None, f"the call failed: {filled.trouble}"
    if filled.changed:
        seen = f"it changed {filled.changed} rows, none of which were the caller's"
        return seen, Opening(who=person.role, command="update", seen=seen, closes=closes), ""
    note = f"put in {filled.inserted} rows; " if filled.inserted else ""
    without = _call(connection, person, function, stock)
    if without.answer == filled.answer:
        return f"{note}the same answer with and without rows of others", None, ""
    if function.yes_or_no:
        return f"{note}answers yes or no about rows of others", None, ""
    if _call(connection, person, function).answer != filled.answer:
        return "a different answer each time", None, "its answer differs each time, so what it exposes is not known"
    seen = "its answer depends on rows of others: it exposes them"
    return seen, Opening(who=person.role, command="select", seen=seen, closes=closes), ""


def _call(connection: Connection, person: Persona, function: Function, without: Stock | None = None) -> _Call:
    name = sql.Identifier(function.schema_name, function.name)
    query = sql.SQL(
        "select count(*) || ' ' || coalesce(string_agg(f::text, '|' order by f::text), '') from {}({}) as f"
    )
    arguments = sql.SQL(", ").join(_argument(kind) for kind in function.arguments)
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("set local statement_timeout = '5s'")
            if without is not None:
                connection.execute("set local session_replication_role = replica")
                empty(connection, without.made)
                connection.execute("set local session_replication_role = origin")
            before = connection.execute(questions.WRITTEN).fetchone() or (0, 0)
            become(connection, person)
            row = connection.execute(query.format(name, arguments)).fetchone()
            connection.execute("reset role")
            after = connection.execute(questions.WRITTEN).fetchone() or (0, 0)
    except psycopg.Error as trouble:
        seen = refused(trouble)
        return _Call(
            denied=seen.denied, trouble=seen.trouble or ("a constraint stopped it" if seen.let_through else "")
        )
    return _Call(str(row[0]) if row else "", after[1] - before[1], after[0] - before[0])


def _argument(kind: str) -> sql.Composed:
    """The other user's id as a value of the type."""
    base = kind.removesuffix("[]")
    value: str | None = None
    if base in _TEXTS:
        value = BORIS
    elif base in _NUMBERS:
        value = number_of(BORIS)
    elif base == "boolean":
        value = "true"
    elif base in _MOMENTS:
        value = "tomorrow"
    elif base in {"json", "jsonb"}:
        value = "{}"
    if value is not None and kind.endswith("[]"):
        value = "{" + value + "}"
    return sql.SQL("{}::{}").format(sql.Literal(value), raw(kind))
