"""Calls functions that run with their owner's rights, or run what they are given, as each persona; rolled back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

import psycopg

from verifier.probes.row_security import sql as questions
from verifier.probes.row_security.catalogue import Connection
from verifier.probes.row_security.copy.batching import refused
from verifier.probes.row_security.copy.outcomes import Proof
from verifier.probes.row_security.copy.rows import empty, fill
from verifier.probes.row_security.copy.tables import CopiedTables, Place
from verifier.probes.row_security.copy.values import quoted_name
from verifier.probes.row_security.functions.arguments import Arguments, executed, mixed, naming, plain
from verifier.probes.row_security.functions.rows import Others, forged, is_new_key, of_others, ordinary_rows, put_in
from verifier.probes.row_security.personas import STRANGER, VISITOR, Persona, become
from verifier.probes.row_security.relations import ANONYMOUS, SIGNED_IN, Function, Opening

_TURNS = (2, 3)
"""Those in which columns have what conditions compare them with."""


@dataclass(frozen=True)
class _Call:
    """The result of one call.

    Attributes:
        answer: its return value as text.
        changed: rows updated or deleted.
        inserted: rows inserted.
        theirs: the tables in which it changed rows of others.
        forged: the table into which it put a row in the name of somebody else.
        made: whether its only answer is the key of a row that it has put in.
        truncated: the table that it emptied with TRUNCATE.
        denied: whether it was denied, by a missing grant or by its own exception.
    """

    answer: str = ""
    changed: int = 0
    inserted: int = 0
    theirs: str = ""
    forged: str = ""
    made: bool = False
    truncated: str = ""
    denied: bool = False
    trouble: str = ""


@dataclass(frozen=True)
class _Judgement:
    """What one call proves: words for the report, the opening, or why it proves nothing."""

    told: str
    opening: Opening | None = None
    doubt: str = ""


def prove_functions(connection: Connection, copied: CopiedTables, functions: Iterable[Function]) -> dict[str, Proof]:
    """Label → proof for every function, called with another user's id: with rows of others, and without.

    Args:
        connection: a superuser's, of a copy with rows.
        copied: which tables have rows, those of the first turn; afterwards they may have others.
        functions: those with their owner's rights, and those that truncate or execute what they are given.
    """
    chosen = list(functions)
    found = {each.label: _proof(connection, copied, each) for each in chosen}
    constants = copied.turn(0).literals
    for number in _TURNS:
        left = [
            each
            for each in chosen
            if not found[each.label].openings and copied.words_of([each.source]) & constants.keys()
        ]
        if left:
            fill(connection, copied, copied.turn(number))
            found |= {each.label: proof for each in left if (proof := _proof(connection, copied, each)).openings}
    return found


def _proof(connection: Connection, copied: CopiedTables, function: Function) -> Proof:
    openings: list[Opening] = []
    cells: dict[str, dict[str, str]] = {}
    doubts: list[str] = []
    caller = _Caller(connection, copied, function)
    for person in (VISITOR, Persona(SIGNED_IN, STRANGER)):
        if person.role not in function.callers:
            continue
        found = _worst(caller, person)
        if not found.opening and person.role == SIGNED_IN and function.definer:
            found = next(
                (it for each in ordinary_rows(copied, function) if (it := _worst(caller, person, each)).opening),
                found,
            )
        cells["anon" if person.role == ANONYMOUS else "stranger"] = {"call": found.told}
        openings += [found.opening] if found.opening else []
        doubts += [found.doubt] if found.doubt else []
    return Proof(rows=None, cells=cells, openings=tuple(openings), doubt="" if openings else "; ".join(doubts[:1]))


def _worst(caller: _Caller, person: Persona, rows: Sequence[str] = ()) -> _Judgement:
    """The first call that opens something, else the first that proves something, else why none does."""
    copied, function = caller.copied, caller.function
    found: list[_Judgement] = []
    # Whoever has rows of its own may be one of the trusted, who name others.
    named = () if rows else naming(copied, function)
    for given in chain(plain(copied, function), mixed(copied, function), named):
        found.append(_judged(caller, person, given, rows))
        if found[-1].opening:
            return found[-1]
    for given in executed(copied, function) if function.executes and not rows else ():
        seen = _judged(caller, person, given)
        found.append(seen)
        if seen.opening:
            told = f"{seen.told}; it executes what it is given: {', '.join(given)}"
            return _Judgement(told, seen.opening.model_copy(update={"seen": told}))
    proving = next((each for each in found if not each.doubt), None)
    return proving or found[0]


def _judged(  # noqa: PLR0911, C901 - one ending each
    caller: _Caller, person: Persona, given: Arguments, rows: Sequence[str] = ()
) -> _Judgement:
    function = caller.function
    closes = f"revoke execute on function {function.signature} from {person.role}, public;"
    whose = ", for somebody with rows of its own alone" if rows else ""
    filled = caller.call(person, given, rows)
    if filled.denied:
        return _Judgement("refused")
    if filled.trouble:
        return _Judgement(filled.trouble, doubt=f"the call failed: {filled.trouble}")
    if filled.truncated and not filled.changed:
        seen = f"it truncated {filled.truncated}"
        return _Judgement(seen, Opening(who=person.role, command="truncate", seen=seen, closes=closes))
    if not function.definer:
        return _Judgement("with the rights of its caller")
    if filled.changed and filled.theirs:
        seen = f"it changed {filled.changed} rows, of {filled.theirs}, that were not the caller's{whose}"
        return _Judgement(seen, Opening(who=person.role, command="update", seen=seen, closes=closes))
    if filled.forged:
        seen = f"it puts a row into {filled.forged} in the name of somebody else"
        return _Judgement(seen, Opening(who=person.role, command="insert", seen=seen, closes=closes))
    note = f"put in {filled.inserted} rows; " if filled.inserted else ""
    if filled.made and not filled.changed:
        return _Judgement(f"{note}answers with the key of one")
    without = caller.call(person, given, rows, without=True)
    if without.answer == filled.answer or without.trouble:
        return _Judgement(f"{note}the same answer with and without rows of others")
    if function.yes_or_no:
        return _Judgement(f"{note}answers yes or no about rows of others")
    if caller.call(person, given, rows).answer != filled.answer:
        why = "its answer differs each time, so what it exposes is not known"
        return _Judgement("a different answer each time", doubt=why)
    if caller.call(person, given, rows, unpublished=True).answer == without.answer:
        return _Judgement(f"{note}shows rows of others that say of themselves that they are public")
    seen = f"its answer depends on rows of others: it exposes them{whose}"
    return _Judgement(seen, Opening(who=person.role, command="select", seen=seen, closes=closes))


class _Caller:
    """Calls one function.

    Args:
        connection: a superuser's, of a copy with rows.
        copied: which tables have rows.
        function: what is called.
    """

    def __init__(self, connection: Connection, copied: CopiedTables, function: Function) -> None:
        self._connection = connection
        self.copied = copied
        self.function = function
        self._before: dict[tuple[str, ...], dict[Place, Others]] = {}

    def call(
        self,
        person: Persona,
        given: Arguments,
        rows: Sequence[str] = (),
        *,
        without: bool = False,
        unpublished: bool = False,
    ) -> _Call:
        """The result of one call, which is undone.

        Args:
            person: who calls it.
            given: its arguments.
            rows: the statements by which the person gets rows of its own.
            without: whether all other rows are deleted before.
            unpublished: whether the public flags of all rows are taken down before.
        """
        function, connection = self.function, self._connection
        called = f"{quoted_name(function.schema_name, function.name)}({', '.join(given)})"
        query = f"select count(*) || ' ' || coalesce(string_agg(f::text, '|' order by f::text), '') from {called} as f"
        try:
            with connection.transaction(force_rollback=True):
                connection.execute("set local statement_timeout = '5s'")
                _prepare(connection, self.copied, rows, without=without, unpublished=unpublished)
                before, there = connection.execute(questions.WRITTEN).fetchone() or (0, 0, ()), put_in(connection)
                become(connection, person)
                row = connection.execute(query.encode()).fetchone()
                connection.execute("reset role")
                after = connection.execute(questions.WRITTEN).fetchone() or (0, 0, ())
                inserted, changed = after[0] - before[0], after[1] - before[1]
                done = not without and (inserted or changed)
                truncated = "" if without else _emptied(connection, self.copied, after[2])
                left = self._of_others() if done else {}
                into = put_in(connection, there) if done and inserted else {}
                answer = str(row[0]) if row else ""
                named, made = forged(connection, self.copied, into), is_new_key(connection, self.copied, into, answer)
        except psycopg.Error as trouble:
            return _failed(trouble, person)
        known = self._undisturbed(tuple(rows)) if done and changed else {}
        theirs = ", ".join(".".join(each) for each, former in known.items() if former.is_written_by(left[each]))
        return _Call(answer, changed, inserted, theirs, named, made, truncated)

    def _undisturbed(self, rows: tuple[str, ...]) -> dict[Place, Others]:
        if rows not in self._before:
            with self._connection.transaction(force_rollback=True):
                _prepare(self._connection, self.copied, rows, without=False, unpublished=False)
                self._before[rows] = self._of_others()
        return self._before[rows]

    def _of_others(self) -> dict[Place, Others]:
        """Table → the first two owners' rows."""
        return {where: of_others(self._connection, self.copied, where) for where in self.copied.made}


def _failed(trouble: psycopg.Error, person: Persona) -> _Call:
    # No client can ask for the rows of a function that returns records of no declared type.
    seen = refused(trouble)
    untyped = "column definition list" in str(trouble)
    lacking = trouble.sqlstate == "0A000"
    told = seen.trouble or ("a constraint stopped it" if seen.let_through else str(trouble) if lacking else "")
    nobody = bool(seen.emptied) and person.role == ANONYMOUS  # whoever is not signed in has no id to be put in
    return _Call(denied=untyped or nobody or (seen.denied and not lacking), trouble="" if untyped or nobody else told)


def _emptied(connection: Connection, copied: CopiedTables, locked: Iterable[str]) -> str:
    """The first table with rows of which none is left; TRUNCATE locks it, and counts as no deletion."""
    for place in copied.made:
        if ".".join(place) in locked:
            left = connection.execute(f"select exists (select from {quoted_name(*place)})".encode()).fetchone()
            if left == (False,):
                return ".".join(place)
    return ""


def _prepare(
    connection: Connection, copied: CopiedTables, rows: Sequence[str], *, without: bool, unpublished: bool
) -> None:
    if not without and not unpublished and not rows:
        return
    connection.execute("set local session_replication_role = replica")
    if without:
        empty(connection, copied.made)
    for each in rows:
        with suppress(psycopg.Error), connection.transaction():
            connection.execute(each.encode())
    if unpublished:
        taken_down = [statement for each in copied.made for statement in copied.unpublishing(each, copied.turn(0))]
        connection.execute("; ".join(taken_down or ["select"]).encode())
    connection.execute("set local session_replication_role = origin")
