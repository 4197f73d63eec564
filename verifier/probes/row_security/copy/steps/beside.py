"""What somebody reaches whose own row is nearly that of others: of another rank, or with a value that begins alike.

Conditions that compare in the wrong order, or by a bare prefix, let nobody in whose row is quite different.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.probes.row_security.copy.attempts import Attempts
from verifier.probes.row_security.copy.batching import AttemptResult, PersonaRequest, Steps
from verifier.probes.row_security.copy.commands import emptied, place
from verifier.probes.row_security.copy.membership import Membership, is_trusted, label
from verifier.probes.row_security.copy.outcomes import Findings, note_opening
from verifier.probes.row_security.copy.rows import insertion
from verifier.probes.row_security.copy.tables import Place
from verifier.probes.row_security.copy.tokens import Personas
from verifier.probes.row_security.copy.values import Column, is_of_person, literals, snake
from verifier.probes.row_security.personas import BORIS, LONER, STRANGER
from verifier.probes.row_security.relations import SIGNED_IN, TABLES, Command, Relation

_ORDERED = re.compile(r"(?<![-=<>@#])[<>]=?(?![<>@-])|\bbetween\b", re.IGNORECASE)
_BEGINS = re.compile(r"~|\^@|\b(?:i?like|similar to|starts_with|left|substr(?:ing)?|strpos|position)\b", re.IGNORECASE)
_CONTAINS = re.compile(r"~~\*? \(*'%|\b(?:position|strpos)\b", re.IGNORECASE)
_PATH = re.compile(r"^(?:path|root|tree|branch|node|folder|dir|directory|home|base)$")
"""Last words of names of columns that hold places in one tree."""
_TEXTS = {"text", "varchar", "bpchar", "citext"}


class _Beside:
    """Tries one command of somebody whose row in one table is the second owner's but for one value."""

    def __init__(
        self, trials: Attempts, personas: Personas, relation: Relation, command: Command, there: Place
    ) -> None:
        self._trials, self._person = trials, personas.loner
        self._relation, self._command, self.there = relation, command, there
        self.copied, self.here = trials.copied, place(relation)

    def reaches(self, column: Column, value: str) -> Steps[AttemptResult | None]:
        """What is reached with this value; None if nothing is."""
        columns = [each for each in self.copied.columns[self.there] if not each.generated]
        owners = {each.name: LONER if self.copied.is_own(self.there, each) else BORIS for each in columns}
        values = {each.name: self._trials.value(self.there, owners[each.name], each) for each in columns}
        values[column.name] = value
        row = insertion(self.there, [each for each in columns if values[each.name] is not None], values)
        trials, relation = self._trials, self._relation
        if self._command == "select":
            seen = yield from trials.read(self._person, relation, after=[row])
            return seen if seen.foreign else None
        change = trials.update if self._command == "update" else trials.delete
        seen = yield from change(self._person, relation, [row])
        return seen if seen.rows else None


def by_nearly_the_same(trials: Attempts, personas: Personas, relation: Relation, found: Findings) -> Steps[None]:
    """Note what somebody reaches with a row that is nearly another's, in a table that the conditions read."""
    commands: tuple[Command, ...] = ("select", "update", "delete") if relation.kind in TABLES else ("select",)
    for command in commands:
        if relation.may(SIGNED_IN, command) and (SIGNED_IN, command, "") not in found.openings:
            by = yield from _opening(trials, personas, relation, command)
            if by:
                note_opening(found, relation, SIGNED_IN, command, by.seen, through=by)


def by_containing(trials: Attempts, personas: Personas, relation: Relation, found: Findings) -> Steps[None]:
    """Note where a stranger puts a row into another's folder, because its path only has to contain its own id."""
    here, copied = place(relation), trials.copied
    whole = " ".join(each.condition("insert") for each in relation.deciding(SIGNED_IN, "insert"))
    if not _CONTAINS.search(whole) or (SIGNED_IN, "insert", "") in found.openings:
        return
    given = [each for each in copied.columns.get(here, ()) if f"{SIGNED_IN} insert" in each.rights]
    for column in given:
        if column.base not in _TEXTS or not column.asked or is_of_person(column):
            continue
        values = {each.name: trials.value(here, STRANGER, each) for each in given}
        values[column.name] = f"{BORIS}/{STRANGER}/file"
        row = insertion(here, [each for each in given if values[each.name] is not None], values)
        seen = yield PersonaRequest(personas.stranger, row, (emptied(here),))
        if seen.rows:
            note_opening(
                found,
                relation,
                SIGNED_IN,
                "insert",
                seen,
                after=f"giving it a {column.name} that only contains its own id",
            )


def _opening(trials: Attempts, personas: Personas, relation: Relation, command: Command) -> Steps[Membership | None]:
    here, copied = place(relation), trials.copied
    texts = [each.condition(command) for each in relation.deciding(SIGNED_IN, command)]
    texts += [copied.bodies.get(here[1], "")] if relation.kind == "view" else []
    words = copied.words_of(texts)
    whole = " ".join([*texts, *(copied.bodies.get(each, "") for each in words)])
    for there in copied.named_in(texts):
        if there == here or there not in copied.made:
            continue
        beside = _Beside(trials, personas, relation, command, there)
        for column in copied.columns[there]:
            if column.name not in words or column.generated or column.listed or copied.is_own(there, column):
                continue
            for pattern, found_in in ((_ORDERED, _upside_down), (_BEGINS, _prefixed)):
                by = (yield from found_in(beside, column)) if pattern.search(whole) else None
                if by:
                    return Membership(label(relation, there), "open", *by)
    return None


def _upside_down(beside: _Beside, column: Column) -> Steps[tuple[str, AttemptResult] | None]:
    """Why a rank is compared in the wrong order: one that is no privilege is enough, and one of the trusted is not.

    Enums have the order of their declaration, and texts that of their letters. What a condition names it may mean.
    """
    ranks = tuple(dict.fromkeys(column.labels or (literals(*column.checks) if column.base in _TEXTS else ())))
    named = beside.copied.turn(0).literals.get(column.name, ())
    enough: dict[str, AttemptResult] = {}
    too_little: list[str] = []
    for rank in ranks if len(ranks) > 1 else ():
        seen = yield from beside.reaches(column, rank)
        if seen:
            enough[rank] = seen
        else:
            too_little.append(rank)
    plain = [each for each in enough if each not in named and not is_trusted(each)]
    trusted = [each for each in too_little if is_trusted(each)]
    if plain and trusted:
        return f"where {column.name} {plain[0]} is enough, and {trusted[0]} is not", enough[plain[0]]
    return None


def _prefixed(beside: _Beside, column: Column) -> Steps[tuple[str, AttemptResult] | None]:
    """Why a value is compared by a bare prefix: one that only begins like another's, or goes on like it, is enough.

    Only columns of one kind are compared so by mistake: a prefix of telephone numbers is meant to be one. Where a CHECK
    or a trigger gives the values their form, such as a sign at their end, these may not be made at all.
    """
    copied, there = beside.copied, beside.there
    formed = " ".join(copied.bodies.get(each, "") for each in copied.triggers.get(there, ()))
    if column.base not in _TEXTS or column.checks or column.labels or column.name in formed:
        return None
    last = snake(column.name).rsplit("_", 1)[-1]
    for value in dict.fromkeys(_alike(beside, last)):
        nothing = yield from beside.reaches(column, LONER)
        seen = None if nothing else (yield from beside.reaches(column, value))
        if seen:
            return f"whose {column.name} only has to begin like another's", seen
    return None


def _alike(beside: _Beside, last: str) -> Iterator[str]:
    """The second owner's values in columns of the same kind: cut short by a sign, and longer by one."""
    for each in beside.copied.columns[beside.here]:
        own = snake(each.name).rsplit("_", 1)[-1]
        same = own == last or (_PATH.search(own) and _PATH.search(last))
        alike = same and each.base in _TEXTS and not each.checks
        value = beside.copied.made.get(beside.here, {}).get(BORIS, {}).get(each.name) if alike else None
        if value and len(value) > 1:
            yield value[:-1]
            yield f"{value}0"
