"""What somebody may do for itself first: join a team, raise its own role, take an invitation; and what that opens.

A condition that looks into another table protects no more than that table does, so a stranger first sends every command
that may concern its own rows in the tables that the condition depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from verifier.probes.row_security.copy.attempts import Attempts
from verifier.probes.row_security.copy.batching import AttemptResult, Steps
from verifier.probes.row_security.copy.commands import emptied, place
from verifier.probes.row_security.copy.membership import is_trusted
from verifier.probes.row_security.copy.outcomes import Findings, note_forged_author, note_opening
from verifier.probes.row_security.copy.rows import insertion, literal
from verifier.probes.row_security.copy.steps.calling import OwnStep, accounts, calls, own_value, writing
from verifier.probes.row_security.copy.tables import CopiedTables, Place
from verifier.probes.row_security.copy.tokens import Personas
from verifier.probes.row_security.copy.values import Column, is_of_person, is_secret, quoted_name
from verifier.probes.row_security.personas import BORIS, LONER, STRANGER
from verifier.probes.row_security.relations import SIGNED_IN, TABLES, Command, Function, Relation

_MOST_TABLES = 6
_DEPTH = 3
_WITH_TRIGGERS = "set local session_replication_role = origin"
_ROUNDS = 2
"""An invitation first, and then the membership that it allows."""


@dataclass(frozen=True)
class Way:
    """What somebody does first, and what it reaches then.

    Attributes:
        table: the first table that it writes to, schema and name; None where it only calls a function.
        told: the steps in words.
        seen: what it reached.
    """

    table: Place | None
    told: str
    seen: AttemptResult


def step_by_step(
    trials: Attempts, personas: Personas, relation: Relation, found: Findings, functions: Sequence[Function]
) -> Steps[None]:
    """What a stranger reaches after what it may do for itself first."""
    commands: tuple[Command, ...] = ("select", "update", "delete") if relation.kind in TABLES else ("select",)
    for command in commands:
        if not relation.may(SIGNED_IN, command) or (SIGNED_IN, command, "") in found.openings:
            continue
        way = yield from _way_in(trials, personas, relation, command, functions)
        if way:
            note_opening(found, relation, SIGNED_IN, command, way.seen, after=way.told)
    if (
        relation.kind in TABLES
        and relation.may(SIGNED_IN, "insert")
        and (SIGNED_IN, "insert", "") not in found.openings
    ):
        texts = [each.condition("insert") for each in relation.deciding(SIGNED_IN, "insert")]
        there = [
            each for each in trials.copied.named_in(texts) if each != place(relation) and each in trials.copied.made
        ]
        usual = [
            trials.row_beside(each, LONER) for each in there if not is_trusted(each[1]) and _has_people(trials, each)
        ]
        column = yield from trials.sign(personas.loner, relation, usual)
        if column:
            note_forged_author(found, relation, column)


def _way_in(
    trials: Attempts, personas: Personas, relation: Relation, command: Command, functions: Iterable[Function]
) -> Steps[Way | None]:
    """The fewest commands on its own behalf after which a stranger reaches rows of others; None if there are none.

    Args:
        trials: with the rows of one turn.
        personas: of the copy.
        relation: what is to be reached.
        command: by which; `select`, `update` or `delete`.
        functions: those that the stranger may call.
    """
    tables = _reached(trials.copied, relation)
    called = writing(trials.copied, relation, tables, functions)
    steps = [*_steps(trials, tables), *calls(trials, called)]
    if not steps:
        return None
    peopled = [each for each in tables if each in trials.copied.made and _has_people(trials, each)]
    usual = [trials.row_beside(each, STRANGER) for each in peopled if not is_trusted(each[1])]
    usual += [trials.row_beside(each, STRANGER) for each in accounts(trials.copied, called) if each not in peopled]
    # Somebody has the rows of the trusted, too: where these alone open nothing, it may not raise itself by them either.
    every = [trials.row_beside(each, STRANGER) for each in peopled]
    for before in ([], *([usual] if usual else []), *([every] if every != usual else [])):
        trial = partial(_try, trials, personas, relation, command, before)
        if _reaches((yield from trial(())), command):
            continue  # what everybody has is enough, which is no matter of steps
        chosen = steps * _ROUNDS
        seen = yield from trial(chosen)
        if not _reaches(seen, command):
            continue
        # What it still reaches where the table had no row, its own steps have made.
        made = yield from _try(trials, personas, relation, command, [*before, *_emptied(relation)], chosen)
        if _count(seen, command) > _count(made, command):
            fewest = yield from _fewest(trial, command, chosen)
            table = next((each.table for each in fewest if each.table), None)
            return Way(table, " and then ".join(dict.fromkeys(each.told for each in fewest)), seen)
    for where in (each for each in peopled if each in trials.copied.of_metadata):
        trial = partial(_try, trials, personas, relation, command)
        start, change = trials.metadata(where, STRANGER)
        if _reaches((yield from trial(start, ())), command):
            continue
        seen = yield from trial([*start, _WITH_TRIGGERS, change], ())
        if _reaches(seen, command):
            return Way(where, f"changing its metadata, which a trigger copies to {trials.copied.label(where)}", seen)
    return None


def _reached(copied: CopiedTables, relation: Relation) -> list[Place]:
    """What the conditions of a relation depend on, the nearest first, without the relation itself.

    These are the tables that they read, and the tables and views from which a trigger or a rule writes there.
    """
    here = place(relation)
    found: list[Place] = []
    texts = [copied.conditions.get(here, ""), copied.bodies.get(here[1], "") if relation.kind == "view" else ""]
    for _ in range(_DEPTH):
        read = [each for each in copied.named_in(texts) if each != here and each not in found and each in copied.made]
        writers = dict.fromkeys(writer for each in read for writer in copied.writers_of(each))
        more = [*read, *(each for each in writers if each != here and each not in found and each not in read)]
        found += more
        texts = [copied.conditions.get(each, "") for each in more]
        if not more or len(found) >= _MOST_TABLES:
            break
    return found[:_MOST_TABLES]


def _steps(trials: Attempts, tables: Sequence[Place]) -> Iterator[OwnStep]:
    """For each table, the farthest first: take a row, put one in, change one's own."""
    for where in reversed(tables):
        if where[0] not in trials.copied.schemas:
            continue
        columns = [each for each in trials.copied.columns[where] if not each.generated]
        goals = [each for each in tables if where in trials.copied.writers_of(each)]
        yield from _changes(trials, where, [each for each in columns if f"{SIGNED_IN} update" in each.rights], goals)
        yield from _insertions(trials, where, [each for each in columns if f"{SIGNED_IN} insert" in each.rights], goals)


def _insertions(trials: Attempts, where: Place, columns: Sequence[Column], goals: Sequence[Place]) -> Iterator[OwnStep]:
    """Rows of its own: beside the second owner's, and by itself; with what conditions ask for, and with defaults.

    Where a row names several people, also those that name the second owner beside the stranger.
    """
    told = f"inserting its own row into {trials.copied.label(where)}"
    people = _named(trials, where, columns)
    between: list[tuple[str, Column | None]] = [(BORIS, each) for each in people] if len(people) > 1 else []
    made = set()
    for beside, own in [(BORIS, None), (STRANGER, None), *between]:
        for marked in (True, False):
            known = [each for each in columns if marked or not each.has_default]
            values = {
                each.name: trials.filled(BORIS, each)
                if own and each in people and each is not own
                else own_value(trials, where, each, beside, goals)
                for each in known
            }
            given = [each for each in known if values[each.name] is not None]
            query = insertion(where, given, values)
            if given and query not in made:
                made.add(query)
                yield OwnStep(query, told, where)


def _changes(trials: Attempts, where: Place, columns: Sequence[Column], goals: Sequence[Place]) -> Iterator[OwnStep]:
    name, label = quoted_name(*where), trials.copied.label(where)
    for column in columns:
        if is_secret(column) or (column.unique and (column.name == "id" or not is_of_person(column))):
            continue
        told = f"changing {column.name} in {label}"
        # The other's value comes last, and so stays.
        values = (own_value(trials, where, column, each, goals) for each in (STRANGER, BORIS))
        for value in dict.fromkeys(each for each in values if each is not None):
            yield OwnStep(f"update {name} set {quoted_name(column.name)} = {literal(column, value)}", told, where)
    people = _named(trials, where, columns)
    for own in people if len(people) > 1 else ():
        owners = {each: STRANGER if each is own else BORIS for each in people}
        given = ", ".join(
            f"{quoted_name(each.name)} = {literal(each, trials.filled(who, each))}" for each, who in owners.items()
        )
        yield OwnStep(f"update {name} set {given}", f"naming another in its own row of {label}", where)


def _named(trials: Attempts, where: Place, columns: Sequence[Column]) -> list[Column]:
    """The columns that say who has to do with a row."""
    return [each for each in columns if each.name != "id" and trials.copied.is_person(where, each)]


def _has_people(trials: Attempts, where: Place) -> bool:
    return any(trials.copied.is_person(where, each) for each in trials.copied.columns[where])


def _try(  # noqa: PLR0913, PLR0917 - who does what, and what went before
    trials: Attempts,
    personas: Personas,
    relation: Relation,
    command: Command,
    before: Sequence[str],
    steps: Sequence[OwnStep],
) -> Steps[AttemptResult]:
    first = [each.query for each in steps]
    if command == "select":
        return (yield from trials.read(personas.stranger, relation, unpublished=True, after=before, first=first))
    return (yield from (trials.update if command == "update" else trials.delete)(
        personas.stranger, relation, before, first
    ))  # fmt: skip


def _reaches(seen: AttemptResult, command: Command) -> bool:
    return _count(seen, command) > 0


def _count(seen: AttemptResult, command: Command) -> int:
    return seen.foreign if command == "select" else seen.rows


def _emptied(relation: Relation) -> list[str]:
    return [emptied(place(relation))] if relation.kind in TABLES else []


def _fewest(
    trial: Callable[[Sequence[OwnStep]], Steps[AttemptResult]], command: Command, steps: Sequence[OwnStep]
) -> Steps[list[OwnStep]]:
    """Those of the steps that are needed: halves are left out while what remains is enough."""
    needed, size = list(steps), len(steps) // 2
    while size:
        start = 0
        while start < len(needed):
            fewer = needed[:start] + needed[start + size :]
            if _reaches((yield from trial(fewer)), command):
                needed = fewer
            else:
                start += size
        size //= 2
    return needed
