"""The functions that somebody calls for itself first: to be made a moderator, to join a team, to choose a rank."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from verifier.probes.row_security.copy.attempts import Attempts
from verifier.probes.row_security.copy.commands import place
from verifier.probes.row_security.copy.tables import USERS, CopiedTables, Place
from verifier.probes.row_security.copy.values import Column, is_secret, quoted_name, snake
from verifier.probes.row_security.functions.arguments import for_oneself, plain
from verifier.probes.row_security.personas import BORIS, STRANGER
from verifier.probes.row_security.relations import SIGNED_IN, Function, Relation

_WRITES = re.compile(r"\b(?:insert|update|delete)\b", re.IGNORECASE)


@dataclass(frozen=True)
class OwnStep:
    """One command of the stranger, and how a report says it."""

    query: str
    told: str
    table: Place | None = None


def own_value(trials: Attempts, where: Place, column: Column, beside: str, goals: Sequence[Place] = ()) -> str | None:
    """The value in a row of the stranger that is otherwise like another's; what nobody can know is its own.

    A column of which no condition knows, and which is called like one of a table that a trigger copies it to, has what
    conditions ask for there: `wanted_role` what they ask of `role`.
    """
    copied = trials.copied
    if copied.is_own(where, column):
        return trials.filled(STRANGER, column)
    known, words = copied.turn(0).literals, snake(column.name).split("_")
    for there in goals if column.name not in known else ():
        for each in copied.columns[there]:
            if each.name in known and each.base == column.base and snake(each.name) in words:
                return trials.value(there, beside, each)
    return trials.value(where, beside, column)


def writing(
    copied: CopiedTables, relation: Relation, tables: Sequence[Place], functions: Iterable[Function]
) -> list[Function]:
    """The functions that somebody may call, and that write with their owner's rights to one of these tables."""
    names = {each[1] for each in (*tables, place(relation))}
    return [
        each
        for each in functions
        if SIGNED_IN in each.callers and each.definer and _WRITES.search(each.source)
        if names & copied.words_of([each.source])
    ]


def accounts(copied: CopiedTables, functions: Iterable[Function]) -> list[Place]:
    """The tables that these functions name in which everybody has one row: of users, or of their profiles."""
    named = copied.named_in([each.source for each in functions])
    return [each for each in named if each in copied.made and USERS in {each, copied.references.get((each, "id"))}]


def calls(trials: Attempts, functions: Iterable[Function]) -> Iterator[OwnStep]:
    """Calls of these functions: with values of others, with what the caller reads elsewhere, and with its own."""
    copied = trials.copied
    for each in functions:
        called = quoted_name(each.schema_name, each.name)
        own = for_oneself(copied, each, lambda where, column: own_value(trials, where, column, BORIS))
        for given in chain(plain(copied, each), _with_what_it_reads(copied, each), own):
            yield OwnStep(f"select from {called}({', '.join(given)}) as f", f"calling {each.label}")


def _with_what_it_reads(copied: CopiedTables, function: Function) -> Iterator[tuple[str, ...]]:
    """Arguments that the caller reads elsewhere: a secret that is in a table which is open to it."""
    for where in copied.named_in([function.source]):
        for column in copied.columns[where]:
            if is_secret(column) and f"{SIGNED_IN} select" in column.rights:
                found = f"(select {quoted_name(column.name)} from {quoted_name(*where)} order by ctid desc limit 1)"
                yield tuple(f"{found}::{kind}" if kind in {"text", "uuid"} else "null" for kind in function.arguments)
