"""What somebody may do for itself first: join a team, raise its own role, take an invitation; and what that opens.

A condition that looks into another table protects no more than that table does, so a stranger first sends every command
that may concern its own rows in the tables that the condition depends on. A rule runs with its owner's rights, so what
a write of one's own row does by it to rows of others is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from verifier.probes.row_security.copy.attempts import Attempts
from verifier.probes.row_security.copy.commands import emptied, place
from verifier.probes.row_security.copy.membership import is_trusted
from verifier.probes.row_security.copy.outcomes import Findings, note_forged_author, note_opening
from verifier.probes.row_security.copy.rows import insertion, literal
from verifier.probes.row_security.copy.stock import Place, Stock
from verifier.probes.row_security.copy.together import AttemptResult, PersonaRequest, Steps
from verifier.probes.row_security.copy.tokens import Personas
from verifier.probes.row_security.copy.values import (
    Column,
    is_of_person,
    is_secret,
    number_of,
    quoted_name,
    quoted_value,
)
from verifier.probes.row_security.functions.arguments import plain
from verifier.probes.row_security.personas import BORIS, LONER, STRANGER
from verifier.probes.row_security.relations import SIGNED_IN, TABLES, Command, Function, Relation

_MOST_TABLES = 6
_DEPTH = 3
_ROUNDS = 2
"""An invitation first, and then the membership that it allows."""
_WRITES = re.compile(r"\b(?:insert|update|delete)\b", re.IGNORECASE)


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


@dataclass(frozen=True)
class _Step:
    """One command of the stranger, and how a report says it."""

    query: str
    told: str
    table: Place | None = None


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
        there = [each for each in trials.stock.named_in(texts) if each != place(relation) and each in trials.stock.made]
        usual = [trials.row_beside(each, LONER) for each in there if not is_trusted(each) and _has_people(trials, each)]
        column = yield from trials.sign(personas.loner, relation, usual)
        if column:
            note_forged_author(found, relation, column)


def by_rules(
    trials: Attempts, personas: Personas, relation: Relation, relations: Sequence[Relation], found: dict[str, Findings]
) -> Steps[None]:
    """What a write of one's own row does to rows of others by a rule; noted where these are, if clients reach that."""
    for there, way in (yield from _effects_of_rules(trials, personas, relation)):
        hit = next((each for each in relations if place(each) == there), relation)
        note_opening(
            found[hit.label], hit, SIGNED_IN, "insert", way.seen, after=f"{way.told}, by rule {relation.rules}"
        )


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
    tables = _reached(trials.stock, relation)
    steps = [*_steps(trials, tables), *_calls(trials.stock, relation, tables, functions)]
    if not steps:
        return None
    usual = [trials.row_beside(each, STRANGER) for each in tables if not is_trusted(each) and _has_people(trials, each)]
    for before in ([], usual) if usual else ([],):
        trial = partial(_try, trials, personas, relation, command, before)
        if _reaches((yield from trial(())), command):
            continue  # what everybody has is enough, which is no matter of steps
        chosen = steps * _ROUNDS
        seen = yield from trial(chosen)
        if _reaches(seen, command):
            fewest = yield from _fewest(trial, command, chosen)
            table = next((each.table for each in fewest if each.table), None)
            return Way(table, " and then ".join(dict.fromkeys(each.told for each in fewest)), seen)
    return None


def _reached(stock: Stock, relation: Relation) -> list[Place]:
    """The tables on which the conditions of a relation depend, the nearest first, without the relation itself."""
    here = place(relation)
    found: list[Place] = []
    texts = [stock.conditions.get(here, ""), stock.bodies.get(here[1], "") if relation.kind == "view" else ""]
    for _ in range(_DEPTH):
        more = [each for each in stock.named_in(texts) if each != here and each not in found and each in stock.made]
        found += more
        texts = [stock.conditions.get(each, "") for each in more]
        if not more or len(found) >= _MOST_TABLES:
            break
    return found[:_MOST_TABLES]


def _effects_of_rules(trials: Attempts, personas: Personas, relation: Relation) -> Steps[list[tuple[Place, Way]]]:
    """Tables in which a write of one's own row changes rows of others, by a rule; and what was done."""
    here, found = place(relation), dict[Place, Way]()
    texts = [trials.stock.bodies.get(f"rule {each}", "") for each in relation.rules.split(", ")]
    own = trials.row_beside(here, STRANGER, marked=True)
    columns = [each for each in trials.stock.columns[here] if f"{SIGNED_IN} update" in each.rights]
    changed = [f"{quoted_name(each.name)} = {quoted_name(each.name)}" for each in columns if not each.generated]
    writes = {"insert": own, "delete": emptied(here), "update": f"update {quoted_name(*here)} set {', '.join(changed)}"}
    for there in (each for each in trials.stock.named_in(texts) if each != here and each in trials.stock.made):
        left = _of_others(trials.stock, there)
        before = yield PersonaRequest(None, left, reads=True)
        for command, query in writes.items():
            if not relation.may(SIGNED_IN, command):
                continue
            start = [
                emptied(here),
                *([] if command == "insert" else [own]),
                *_loosened(there, trials.stock.columns[there]),
            ]
            seen = yield PersonaRequest(personas.stranger, query, tuple(start), then=left)
            if not (seen.denied or seen.trouble or seen.let_through) and seen.digest != before.digest:
                found.setdefault(there, Way(here, f"{command.upper()} of its own row in {relation.label}", seen))
    return list(found.items())


def _of_others(stock: Stock, where: Place) -> str:
    """The SELECT of how many rows are not the stranger's, and which."""
    columns = stock.columns[where]
    people = [each for each in columns if stock.is_person(where, each) and each.name != "id"]
    whole, whose = (", ".join(quoted_name(each.name) for each in some) for some in (columns, people or columns))
    return (
        "select count(*) as rows, coalesce(md5(string_agg(told, '|' order by told)), '') as digest "
        f"from (select row({whole})::text as told, row({whose})::text as whose from {quoted_name(*where)}) as seen "
        f"where position({quoted_value(STRANGER[:8])} in whose) = 0"
        + ("" if people else f" and position({quoted_value(number_of(STRANGER))} in whose) = 0")
    )


def _loosened(where: Place, columns: Sequence[Column]) -> list[str]:
    """The statements by which NOT NULL stops nothing: a row that the rule looks up by a constant is not there."""
    return [
        f"alter table {quoted_name(*where)} alter {quoted_name(each.name)} drop not null"
        for each in columns
        if each.required and not each.unique and not each.identity
    ]


def _steps(trials: Attempts, tables: Sequence[Place]) -> Iterator[_Step]:
    """For each table, the farthest first: take a row, put one in, change one's own."""
    for where in reversed(tables):
        if where[0] not in trials.stock.schemas:
            continue
        columns = [each for each in trials.stock.columns[where] if not each.generated]
        yield from _changes(trials, where, [each for each in columns if f"{SIGNED_IN} update" in each.rights])
        yield from _insertions(trials, where, [each for each in columns if f"{SIGNED_IN} insert" in each.rights])


def _insertions(trials: Attempts, where: Place, columns: Sequence[Column]) -> Iterator[_Step]:
    """Rows of its own: beside the second owner's, and by itself; with what conditions ask for, and with defaults."""
    told = f"inserting its own row into {trials.stock.label(where)}"
    made = set()
    for beside in (BORIS, STRANGER):
        for marked in (True, False):
            known = [each for each in columns if marked or not each.has_default]
            values = {each.name: _own(trials, where, each, beside) for each in known}
            given = [each for each in known if values[each.name] is not None]
            query = insertion(where, given, values)
            if given and query not in made:
                made.add(query)
                yield _Step(query, told, where)


def _own(trials: Attempts, where: Place, column: Column, beside: str) -> str | None:
    """The value in a row of the stranger that is otherwise like another's; what nobody can know is its own."""
    mine = trials.stock.is_person(where, column) or is_secret(column) or (column.unique and column.name == "id")
    return trials.filled(STRANGER, column) if mine else trials.value(where, beside, column)


def _changes(trials: Attempts, where: Place, columns: Sequence[Column]) -> Iterator[_Step]:
    name, label = quoted_name(*where), trials.stock.label(where)
    for column in columns:
        if is_secret(column) or (column.unique and (column.name == "id" or not is_of_person(column))):
            continue
        told = f"changing {column.name} in {label}"
        values = (_own(trials, where, column, each) for each in (BORIS, STRANGER))
        for value in dict.fromkeys(each for each in values if each is not None):
            yield _Step(f"update {name} set {quoted_name(column.name)} = {literal(column, value)}", told, where)


def _calls(stock: Stock, relation: Relation, tables: Sequence[Place], functions: Iterable[Function]) -> Iterator[_Step]:
    """Calls of the functions that write to one of these tables."""
    names = {each[1] for each in (*tables, place(relation))}
    for each in functions:
        if SIGNED_IN not in each.callers or not each.definer or not _WRITES.search(each.source):
            continue
        if not names & stock.words_of([each.source]):
            continue
        called = quoted_name(each.schema_name, each.name)
        for given in chain(plain(stock, each), _with_what_it_reads(stock, each)):
            yield _Step(f"select from {called}({', '.join(given)}) as f", f"calling {each.label}")


def _with_what_it_reads(stock: Stock, function: Function) -> Iterator[tuple[str, ...]]:
    """Arguments that the caller reads elsewhere: a secret that is in a table which is open to it."""
    for where in stock.named_in([function.source]):
        for column in stock.columns[where]:
            if is_secret(column) and f"{SIGNED_IN} select" in column.rights:
                found = f"(select {quoted_name(column.name)} from {quoted_name(*where)} order by ctid desc limit 1)"
                yield tuple(f"{found}::{kind}" if kind in {"text", "uuid"} else "null" for kind in function.arguments)


def _has_people(trials: Attempts, where: Place) -> bool:
    return any(trials.stock.is_person(where, each) for each in trials.stock.columns[where])


def _try(  # noqa: PLR0913, PLR0917 - who does what, and what went before
    trials: Attempts,
    personas: Personas,
    relation: Relation,
    command: Command,
    before: Sequence[str],
    steps: Sequence[_Step],
) -> Steps[AttemptResult]:
    first = [each.query for each in steps]
    if command == "select":
        return (yield from trials.read(personas.stranger, relation, unpublished=True, after=before, first=first))
    return (yield from (trials.update if command == "update" else trials.delete)(
        personas.stranger, relation, before, first
    ))  # fmt: skip


def _reaches(seen: AttemptResult, command: Command) -> bool:
    return bool(seen.foreign if command == "select" else seen.rows)


def _fewest(
    trial: Callable[[Sequence[_Step]], Steps[AttemptResult]], command: Command, steps: Sequence[_Step]
) -> Steps[list[_Step]]:
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
