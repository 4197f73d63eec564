"""Tries every command of each persona on every relation of the copy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from verifier.probes.row_security.catalogue import Connection
from verifier.probes.row_security.copy.attempts import Attempts
from verifier.probes.row_security.copy.batching import AttemptResult, Steps, run_in_step
from verifier.probes.row_security.copy.commands import place
from verifier.probes.row_security.copy.membership import memberships, takes_in
from verifier.probes.row_security.copy.outcomes import Findings, Proof, note_handing_over, note_opening, proof_of
from verifier.probes.row_security.copy.rows import cut_ties, fill
from verifier.probes.row_security.copy.steps.beneath import by_parents, settle
from verifier.probes.row_security.copy.steps.beside import by_containing, by_nearly_the_same
from verifier.probes.row_security.copy.steps.side_effects import by_replacing, by_rules
from verifier.probes.row_security.copy.steps.step_by_step import step_by_step
from verifier.probes.row_security.copy.tables import CopiedTables, read_tables
from verifier.probes.row_security.copy.tokens import Personas, personas_for
from verifier.probes.row_security.copy.values import Column
from verifier.probes.row_security.personas import BORIS, LONER, Persona
from verifier.probes.row_security.relations import ANONYMOUS, SIGNED_IN, TABLES, Command, Function, Relation

_MOST_TURNS = 7
_NAME = re.compile(r"\w+")
_ORDERED = re.compile(r"[<>]=? *(?:ANY|ALL)? *\(+ *SELECT|SELECT.* [<>]=? ", re.DOTALL)
_WRITES: tuple[Command, ...] = ("insert", "update", "delete")


def prove(
    connection: Connection, relations: Iterable[Relation], functions: Iterable[Function] = ()
) -> tuple[dict[str, Proof], tuple[str, ...]]:
    """Try every command on each of these relations.

    Args:
        connection: a superuser's, of a copy; rows are generated in it, and constraints dropped where needed.
        relations: those exposed to clients.
        functions: those that clients may call, and that may give them rows.

    Returns:
        Label → proof; and which constraints were dropped.
    """
    chosen = list(relations)
    callable_ = tuple(functions)
    copied = read_tables(connection, {each.schema_name for each in chosen})
    copied.conditions = {place(each): " ".join(_conditions(each)) for each in chosen if each.policies}
    with connection.transaction():
        cut_ties(connection)
    personas = personas_for(copied)
    found = {each.label: Findings() for each in chosen}
    for number in range(_turns(copied)):
        turn = copied.turn(number)
        tried = [each for each in chosen if number == 0 or _varies(copied, each)]
        if not tried:
            break
        fill(connection, copied, turn)
        trials = Attempts(copied, turn)
        run_in_step(connection, (_try_all(trials, personas, each, found[each.label]) for each in tried))
        run_in_step(connection, (step_by_step(trials, personas, each, found[each.label], callable_) for each in tried))
        for way in (by_nearly_the_same, by_containing, by_parents):
            run_in_step(connection, (way(trials, personas, each, found[each.label]) for each in tried))
        ruled = [each for each in tried if each.rules and each.kind in TABLES]
        run_in_step(connection, (by_rules(trials, personas, each, chosen, found) for each in ruled))
        views = [each for each in tried if each.kind == "view"]
        run_in_step(connection, (by_replacing(trials, personas, each, found[each.label]) for each in views))
        for relation in tried:
            _note_failure(copied, relation, found[relation.label])
    settle(copied, chosen, found)
    proofs = {each.label: proof_of(each, found[each.label], copied.bodies) for each in chosen}
    return proofs, tuple(dict.fromkeys(copied.remarks))


def _turns(copied: CopiedTables) -> int:
    """The number of turns: two for true and false, and one more for each constant that conditions compare with."""
    varied = [each for columns in copied.columns.values() for each in columns if _chosen(each)]
    most = max((len(each) for each in copied.turn(0).literals.values()), default=0)
    labels = max((len(each.labels) for each in varied), default=0)
    turn = copied.turn(0)
    varies = bool(varied or turn.empty or turn.filled)
    least = 3 if turn.absent or turn.either or turn.entries else 2 if varies else 1
    usual = max(least, *(each + 1 for each in copied.spared), 1)
    return min(max(usual, most + 2 if most else 1, labels), _MOST_TURNS)


def _chosen(column: Column) -> bool:
    """Whether several values of the column have to be tried."""
    timed = column.base in {"bool", "date", "timestamp", "timestamptz"}
    return timed or bool(column.labels) or (column.listed and column.asked)


def _varies(copied: CopiedTables, relation: Relation) -> bool:
    """Whether other values could change the result; always for conditions with functions or subqueries."""
    if relation.kind not in TABLES:
        return bool(relation.rights)
    if not relation.enabled or not relation.rights:
        return False
    turn = copied.turn(0)
    compared = {*turn.literals, *turn.empty, *turn.filled, *turn.absent}
    asked = [each for each in copied.columns.get(place(relation), ()) if each.asked]
    deep = any("(SELECT" in text.replace("( ", "(") or _calls(text) for text in _conditions(relation))
    return deep or any(_chosen(each) or each.name in compared for each in asked)


def _conditions(relation: Relation) -> Iterator[str]:
    for policy in relation.policies:
        yield from (policy.using, policy.check)


def _calls(text: str) -> bool:
    bare = text
    for known in ("auth.uid(", "auth.role(", "auth.jwt(", "auth.email(", "current_setting("):
        bare = bare.replace(known, "")
    return any(word.isidentifier() for word in (part.split(" ")[-1].split(".")[-1] for part in bare.split("(")[:-1]))


def _note_failure(copied: CopiedTables, relation: Relation, found: Findings) -> None:
    found.failed = "" if found.rows else copied.failed.get(place(relation), found.failed)


def _try_all(trials: Attempts, personas: Personas, relation: Relation, found: Findings) -> Steps[None]:
    if relation.kind == "foreign table":
        return
    found.rows = max((yield from trials.rows_of(relation)), found.rows or 0)
    for person in (personas.visitor, personas.stranger):
        yield from _reading(trials, personas, person, relation, found)
        for command in _WRITES:
            if relation.may(person.role, command):
                attempt = yield from _write(trials, personas, person, relation, command)
                found.note(_name(person), command, attempt)
                if attempt.succeeded and not (command == "insert" and takes_in(trials.copied, relation, person.role)):
                    note_opening(found, relation, person.role, command, attempt)
    yield from _owner(trials, personas, relation, found)
    if relation.kind == "view" or any(each.trusts for each in relation.policies):
        yield from _forging(trials, personas, relation, found)


def _equipped(
    personas: Personas, person: Persona, trial: Callable[[Persona], Steps[AttemptResult]]
) -> Steps[AttemptResult]:
    """An attempt; if it met an error, once more with the settings that the condition cannot do without."""
    attempt = yield from trial(person)
    other = personas.equipped.get(person.role)
    if not attempt.trouble or other is None or person.settings:
        return attempt
    again = yield from trial(other)
    return attempt if again.trouble else again


def _reading(  # noqa: PLR0913, PLR0917 - who reads what, and what it claims
    trials: Attempts, personas: Personas, person: Persona, relation: Relation, found: Findings, claimed: str = ""
) -> Steps[None]:
    if not relation.may(person.role, "select"):
        return
    attempt = yield from _equipped(personas, person, lambda it: trials.read(it, relation))
    if not claimed:
        found.note(_name(person), "select", attempt)
    if not attempt.rows:
        return
    found.alive = True
    if relation.kind == "view" and not attempt.own and not attempt.foreign:
        # Rows without an owner, such as a sum: they expose others only if they change once the tables are empty.
        without = yield from trials.read(person, relation, without=True)
        if without.digest == attempt.digest:
            return
    taken_down = yield from trials.read(person, relation, unpublished=True)
    if taken_down.rows or taken_down.trouble:
        note_opening(found, relation, person.role, "select", attempt, claimed)
    else:
        found.published.setdefault(person.role, _publisher(relation, person.role, trials.flags(relation)))


def _publisher(relation: Relation, role: str, flags: frozenset[str]) -> str:
    """What publishes rows: the policies that ask for a public flag, or the conditions of a view."""
    if relation.kind not in TABLES:
        return "its own conditions"
    policies = relation.deciding(role, "select")
    asking = [each for each in policies if flags & set(_NAME.findall(each.using))] or policies
    return f"policy {', '.join(each.name for each in asking)}"


def _write(
    trials: Attempts, personas: Personas, person: Persona, relation: Relation, command: Command
) -> Steps[AttemptResult]:
    def trial(it: Persona) -> Steps[AttemptResult]:
        if command == "insert":
            return trials.insert(it, relation, BORIS)
        return trials.update(it, relation) if command == "update" else trials.delete(it, relation)

    return (yield from _equipped(personas, person, trial))


def _owner(trials: Attempts, personas: Personas, relation: Relation, found: Findings) -> Steps[None]:
    """The positive control: an owner reads and changes its own rows, and no others."""
    owner, own = yield from _own_reading(trials, personas, relation, found)
    if own.foreign and (SIGNED_IN, "select", "") not in found.openings:
        alone = AttemptResult()
        if relation.kind in TABLES:
            hidden = SIGNED_IN in found.published
            row = trials.row_beside(place(relation), LONER)
            alone = yield from trials.read(personas.loner, relation, after=[row], unpublished=hidden)
        if alone.own or alone.foreign:
            note_opening(found, relation, SIGNED_IN, "select", alone)
        elif SIGNED_IN not in found.published:
            found.privileged.add("select")
            yield from _by_membership(trials, personas, relation, "select", found)
    if relation.kind not in TABLES:
        return
    if own.rows and not own.foreign:
        yield from _by_order(trials, personas, relation, found)
    for command in _WRITES:
        if relation.may(SIGNED_IN, command):
            yield from _own_write(trials, personas, owner, relation, command, found)


def _by_order(trials: Attempts, personas: Personas, relation: Relation, found: Findings) -> Steps[None]:
    """Whether the first owner reaches the second, or the second the first, may be a matter of order."""
    if any(map(_ORDERED.search, _conditions(relation))):
        yield from _by_membership(trials, personas, relation, "select", found)


def _by_membership(
    trials: Attempts, personas: Personas, relation: Relation, command: Command, found: Findings
) -> Steps[None]:
    """An owner reaches rows of others, and somebody with a row in this table alone does not: what else it takes."""

    def trial(person: Persona, after: Sequence[str]) -> Steps[AttemptResult]:
        if command == "select":
            return trials.read(person, relation, after=after)
        return (trials.update if command == "update" else trials.delete)(person, relation, after)

    if command in found.memberships:
        return
    by = yield from memberships(trials.copied, trials, personas, relation, command, trial)
    if by:
        found.memberships[command] = by
    if by and by.kind == "open":
        note_opening(found, relation, SIGNED_IN, command, by.seen, through=by)


def _own_reading(
    trials: Attempts, personas: Personas, relation: Relation, found: Findings
) -> Steps[tuple[Persona, AttemptResult]]:
    """What the owner reads, and with which token: a condition may fail on one that is not of the form that it takes."""
    if not relation.may(SIGNED_IN, "select"):
        return personas.owner, AttemptResult()
    owner, own = personas.owner, (yield from trials.read(personas.owner, relation))
    for person in personas.privileged:
        if not own.trouble and (own.rows or found.alive):
            break
        privileged = yield from trials.read(person, relation)
        found.alive = found.alive or bool(privileged.rows)
        if privileged.foreign:
            found.privileged.add("select")
        if own.trouble and not privileged.trouble:
            owner, own = person, privileged
    found.note("owner", "select", own)
    found.alive = found.alive or bool(own.rows)
    return owner, own


def _own_write(  # noqa: PLR0913, PLR0917 - who does what, and where
    trials: Attempts, personas: Personas, owner: Persona, relation: Relation, command: Command, found: Findings
) -> Steps[None]:
    if command == "insert":
        found.note("owner", command, (yield from trials.insert(owner, relation, owner.sub)))
        return
    change = trials.update if command == "update" else trials.delete
    own = found.note("owner", command, (yield from change(owner, relation)))
    if own.rows > 1 and (SIGNED_IN, command, "") not in found.openings:
        alone = yield from change(personas.loner, relation, [trials.row_beside(place(relation), LONER)])
        if alone.rows > 1:
            note_opening(found, relation, SIGNED_IN, command, alone)
        else:
            found.privileged.add(command)
            yield from _by_membership(trials, personas, relation, command, found)
    if command == "update" and own.succeeded and own.rows <= 1 and (SIGNED_IN, command, "") not in found.openings:
        given = yield from trials.hand_over(owner, relation)
        if given.rows:
            note_handing_over(found, relation, given)


def _forging(trials: Attempts, personas: Personas, relation: Relation, found: Findings) -> Steps[None]:
    for claimed, person in personas.forged:
        if (person.role, "select", "") not in found.openings:
            yield from _reading(trials, personas, person, relation, found, claimed)
        for command in _WRITES:
            if relation.may(person.role, command) and (person.role, command, "") not in found.openings:
                attempt = yield from _write(trials, personas, person, relation, command)
                if attempt.succeeded:
                    note_opening(found, relation, person.role, command, attempt, claimed)


def _name(person: Persona) -> str:
    return "anon" if person.role == ANONYMOUS else "stranger"
