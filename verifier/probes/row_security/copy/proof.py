"""Tries every command of each persona on every relation of the copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.probes.row_security.catalogue import Connection
from verifier.probes.row_security.copy.attempts import Attempt, Attempts, place
from verifier.probes.row_security.copy.outcomes import Findings, Proof, note_opening, proof_of
from verifier.probes.row_security.copy.rows import Stock, cut_ties, fill, take_stock
from verifier.probes.row_security.copy.tokens import Personas, personas_for
from verifier.probes.row_security.personas import BORIS, LONER, Persona
from verifier.probes.row_security.relations import (
    ANONYMOUS,
    SIGNED_IN,
    TABLES,
    Command,
    Relation,
)

_MOST_TURNS = 6
_WRITES: tuple[Command, ...] = ("insert", "update", "delete")


def prove(connection: Connection, relations: Iterable[Relation]) -> tuple[dict[str, Proof], tuple[str, ...]]:
    """Try every command on each of these relations.

    Args:
        connection: a superuser's, of a copy; rows are generated in it, and constraints dropped where needed.
        relations: those exposed to clients.

    Returns:
        Label → proof; and which constraints were dropped.
    """
    chosen = list(relations)
    stock = take_stock(connection, {each.schema_name for each in chosen})
    with connection.transaction():
        cut_ties(connection)
    personas = personas_for(stock)
    found = {each.label: Findings() for each in chosen}
    for number in range(_turns(stock)):
        turn = stock.turn(number)
        fill(connection, stock, turn)
        trials = Attempts(connection, stock, turn)
        for relation in chosen:
            if number == 0 or _varies(stock, relation):
                _try_all(trials, personas, relation, found[relation.label])
                _note_failure(stock, relation, found[relation.label])
    return {each.label: proof_of(each, found[each.label]) for each in chosen}, tuple(dict.fromkeys(stock.remarks))


def _turns(stock: Stock) -> int:
    """The number of turns: two for true and false, and one more for each constant that conditions compare with."""
    varied = [each for columns in stock.columns.values() for each in columns if _chosen(each.base, each.labels)]
    most = max((len(each) for each in stock.turn(0).literals.values()), default=0)
    labels = max((len(each.labels) for each in varied), default=0)
    varies = bool(varied or stock.turn(0).empty)
    return min(max(2 if varies else 1, most + 1 if most else 1, labels), _MOST_TURNS)


def _chosen(base: str, labels: tuple[str, ...]) -> bool:
    return base in {"bool", "date", "timestamp", "timestamptz"} or bool(labels)


def _varies(stock: Stock, relation: Relation) -> bool:
    """Whether other values could change the result; always for conditions with functions or subqueries."""
    if relation.kind not in TABLES:
        return bool(relation.rights)
    if not relation.enabled or not relation.rights:
        return False
    turn = stock.turn(0)
    compared = {*turn.literals, *turn.empty}
    asked = [each for each in stock.columns.get(place(relation), ()) if each.asked]
    deep = any("(SELECT" in text.replace("( ", "(") or _calls(text) for text in _conditions(relation))
    return deep or any(_chosen(each.base, each.labels) or each.name in compared for each in asked)


def _conditions(relation: Relation) -> Iterator[str]:
    for policy in relation.policies:
        yield from (policy.using, policy.check)


def _calls(text: str) -> bool:
    bare = text
    for known in ("auth.uid(", "auth.role(", "auth.jwt(", "auth.email(", "current_setting("):
        bare = bare.replace(known, "")
    return any(word.isidentifier() for word in (part.split(" ")[-1].split(".")[-1] for part in bare.split("(")[:-1]))


def _note_failure(stock: Stock, relation: Relation, found: Findings) -> None:
    found.failed = "" if found.rows else stock.failed.get(place(relation), found.failed)


def _try_all(trials: Attempts, personas: Personas, relation: Relation, found: Findings) -> None:
    if relation.kind == "foreign table":
        return
    found.rows = max(trials.rows_of(relation), found.rows or 0)
    for person in (personas.visitor, personas.stranger):
        _reading(trials, person, relation, found)
        for command in _WRITES:
            if relation.may(person.role, command):
                attempt = found.note(_name(person), command, _write(trials, person, relation, command))
                if attempt.succeeded:
                    note_opening(found, relation, person.role, command, attempt)
        if relation.kind in TABLES and relation.may(person.role, "truncate"):
            attempt = found.note(_name(person), "truncate", trials.truncate(person, relation))
            if attempt.succeeded:
                note_opening(found, relation, person.role, "truncate", attempt)
    _owner(trials, personas, relation, found)
    if relation.kind == "view" or any(each.trusts for each in relation.policies):
        _forging(trials, personas, relation, found)


def _reading(trials: Attempts, person: Persona, relation: Relation, found: Findings, claimed: str = "") -> None:
    if not relation.may(person.role, "select"):
        return
    attempt = trials.read(person, relation)
    if not claimed:
        found.note(_name(person), "select", attempt)
    if not attempt.rows:
        return
    found.alive = True
    if relation.kind == "view" and not attempt.own and not attempt.foreign:
        # Rows without an owner, such as a sum: they expose others only if they change once the tables are empty.
        without = trials.read(person, relation, emptied=True)
        if without.digest == attempt.digest:
            return
    note_opening(found, relation, person.role, "select", attempt, claimed)


def _write(trials: Attempts, person: Persona, relation: Relation, command: Command) -> Attempt:
    if command == "insert":
        return trials.insert(person, relation, BORIS)
    return trials.update(person, relation) if command == "update" else trials.delete(person, relation)


def _owner(trials: Attempts, personas: Personas, relation: Relation, found: Findings) -> None:
    """The positive control: an owner reads and changes its own rows, and no others."""
    own = _own_reading(trials, personas, relation, found)
    if own.foreign and (SIGNED_IN, "select", "") not in found.openings:
        alone = trials.read(personas.loner, relation, beside=LONER) if relation.kind in TABLES else Attempt()
        if alone.own or alone.foreign:
            note_opening(found, relation, SIGNED_IN, "select", alone)
        else:
            found.privileged.add("select")
    if relation.kind not in TABLES:
        return
    for command in _WRITES:
        if relation.may(SIGNED_IN, command):
            _own_write(trials, personas, relation, command, found)


def _own_reading(trials: Attempts, personas: Personas, relation: Relation, found: Findings) -> Attempt:
    if not relation.may(SIGNED_IN, "select"):
        return Attempt()
    own = found.note("owner", "select", trials.read(personas.owner, relation))
    if not own.rows and not found.alive:
        privileged = trials.read(personas.privileged, relation)
        found.alive = bool(privileged.rows)
        if privileged.rows:
            found.privileged.add("select")
    found.alive = found.alive or bool(own.rows)
    return own


def _own_write(trials: Attempts, personas: Personas, relation: Relation, command: Command, found: Findings) -> None:
    if command == "insert":
        found.note("owner", command, trials.insert(personas.owner, relation, personas.owner.sub))
        return
    change = trials.update if command == "update" else trials.delete
    own = found.note("owner", command, change(personas.owner, relation))
    if own.rows > 1 and (SIGNED_IN, command, "") not in found.openings:
        alone = change(personas.loner, relation, beside=LONER)
        if alone.rows > 1:
            note_opening(found, relation, SIGNED_IN, command, alone)
        else:
            found.privileged.add(command)


def _forging(trials: Attempts, personas: Personas, relation: Relation, found: Findings) -> None:
    for claimed, person in personas.forged:
        if (person.role, "select", "") not in found.openings:
            _reading(trials, person, relation, found, claimed)
        for command in _WRITES:
            if relation.may(person.role, command) and (person.role, command, "") not in found.openings:
                attempt = _write(trials, person, relation, command)
                if attempt.succeeded:
                    note_opening(found, relation, person.role, command, attempt, claimed)


def _name(person: Persona) -> str:
    return "anon" if person.role == ANONYMOUS else "stranger"
