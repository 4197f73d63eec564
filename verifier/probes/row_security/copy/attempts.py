"""The commands of each persona on a relation of the copy, as requests that are answered together."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import chain

from verifier.probes.row_security.copy.batching import AttemptResult, PersonaRequest, Steps
from verifier.probes.row_security.copy.commands import emptied, place, reading, reading_all, without_guessing
from verifier.probes.row_security.copy.comparisons import unasked
from verifier.probes.row_security.copy.published import is_flag
from verifier.probes.row_security.copy.rows import insertion, literal
from verifier.probes.row_security.copy.tables import USERS, CopiedTables, Place, Values
from verifier.probes.row_security.copy.values import (
    Column,
    Turn,
    is_author,
    quoted_name,
    quoted_value,
    snake,
    value_of,
)
from verifier.probes.row_security.personas import ASHA, BORIS, Persona
from verifier.probes.row_security.relations import TABLES, Relation

_MOST_COLUMNS = 4
_KEPT = re.compile(
    r"^(?:creator|(?:created|updated|modified|edited|changed|added|inserted|imported|uploaded)_by)(?:_id)?$"
)
"""Columns that note who had to do with a row; what somebody says is in those of an author or sender."""
_METADATA = "raw_user_meta_data"


class Attempts:
    """Commands on the relations of the copy, with the rows of one turn.

    Args:
        copied: the columns and rows of the copy.
        turn: the values of the rows.

    Attributes:
        copied: the same.
    """

    def __init__(self, copied: CopiedTables, turn: Turn) -> None:
        self.copied = copied
        self._turn = turn

    def rows_of(self, relation: Relation) -> Steps[int]:
        """The number of rows, regardless of policies."""
        query = f"select count(*) as rows from {quoted_name(*place(relation))}"
        return (yield PersonaRequest(None, query, reads=True)).rows

    def read(  # noqa: PLR0913 - who reads what, and what went before
        self,
        person: Persona,
        relation: Relation,
        *,
        without: bool = False,
        unpublished: bool = False,
        after: Sequence[str] = (),
        first: Sequence[str] = (),
    ) -> Steps[AttemptResult]:
        """Read all columns that the persona has a grant for.

        Args:
            person: who reads.
            relation: what is read.
            without: whether the tables below it are emptied before.
            unpublished: whether the public flags of their rows are taken down before.
            after: what the superuser does before.
            first: what the person itself does then.
        """
        columns = self._columns(relation, person.role, "select")
        before = self._emptying(relation) if without else []
        if unpublished:
            conditions = " ".join(each.using for each in relation.policies)
            before += self.copied.unpublishing(place(relation), self._turn, conditions)
        query = reading(place(relation), columns)
        return (yield self._request(person, query, [*before, *after], first, reads=True))

    def flags(self, relation: Relation) -> frozenset[str]:
        """The columns of a table by which its rows are public."""
        columns = self.copied.columns.get(place(relation), ())
        return frozenset(each.name for each in columns if is_flag(each, self._turn.literals.get(each.name, ())))

    def insert(self, person: Persona, relation: Relation, owner: str) -> Steps[AttemptResult]:
        """Insert a row of `owner` into the emptied table; denied, if a trigger assigns it to somebody else.

        Below a view every table is emptied, so that no unique constraint hides what its CHECK OPTION says.
        """
        columns = self._columns(relation, person.role, "insert")
        query = insertion(place(relation), columns, self._values(relation, owner))
        if relation.kind not in TABLES:
            below = self.copied.below(place(relation))
            then = reading_all({each: self._people(each) for each in below}) if all(map(self._people, below)) else ""
            done = yield self._request(person, query, self._emptying(relation), then=then)
            given = self._given(relation, columns, owner)
            stamped = done.rows and then and given and not (done.own if owner == ASHA else done.foreign)
            if stamped or done.emptied in {each.name for each in (*given, *chain(*map(self._people, below)))}:
                return AttemptResult(denied=True)  # a trigger, rule or default says whose it is
            return without_guessing(relation, done)
        telling = [each for each in self.copied.columns.get(place(relation), ()) if each.telling]
        persons = [each for each in telling if each.name != "id" and self.copied.says_whose(place(relation), each)]
        decisive = [each for each in telling if each.asked] or persons
        telling = decisive or telling
        there = reading(place(relation), telling) if telling else None
        done = yield self._request(person, query, [emptied(place(relation))], then=there)
        theirs = done.own if owner == ASHA else done.foreign
        given = self._given(relation, columns, owner)
        told = persons or any(each in given for each in telling)
        if (done.rows and told and not theirs) or done.emptied in {each.name for each in (*given, *persons)}:
            # A trigger, or the default of a column that may not be given, says whose it is.
            return AttemptResult(denied=True)
        return done

    def update(
        self, person: Persona, relation: Relation, after: Sequence[str] = (), first: Sequence[str] = ()
    ) -> Steps[AttemptResult]:
        """Update every row without a condition: first one column, then all columns to the persona's own values."""
        columns = self._columns(relation, person.role, "update")
        values = self._values(relation, BORIS)
        plain = sorted(
            (each for each in columns if each.name in values), key=lambda each: (each.unique, each.asked, each.telling)
        )
        seen = AttemptResult(denied=True)
        for column in plain[:_MOST_COLUMNS]:
            seen = yield from self._change(person, relation, [column], values, after, first=first)
            if not seen.trouble:
                break
        if not seen.denied:
            return seen
        here, owner = place(relation), person.sub or ASHA
        people = [each for each in columns if self.copied.is_person(here, each)]
        mine = self.copied.values(here, owner, self._turn) | {each.name: self.filled(owner, each) for each in people}
        whole = [each for each in columns if each.name in mine]
        again = yield from self._change(person, relation, whole, mine, after, first=first)
        return again if again.succeeded else seen

    def hand_over(self, person: Persona, relation: Relation) -> Steps[AttemptResult]:
        """Put the second owner into the persona's own row, which it may not change any more afterwards.

        Only columns that policies compare are changed, all at once and each by itself.
        """
        mine, theirs = self._values(relation, person.sub), self._values(relation, BORIS)
        columns = [
            each
            for each in self._columns(relation, person.role, "update")
            if each.asked and each.name in mine and theirs.get(each.name) not in {None, mine[each.name]}
        ]
        whole = self.copied.columns.get(place(relation), ())
        start = [emptied(place(relation)), insertion(place(relation), whole, mine)]
        choices = [columns] + ([[each] for each in columns] if len(columns) > 1 else [])
        for chosen in choices if columns else ():
            then = reading(place(relation), [each for each in chosen if not each.generated])
            done = yield from self._change(person, relation, chosen, theirs, start, then)
            if not done.foreign:
                continue
            given = {**mine, **{each.name: theirs[each.name] for each in chosen}}
            gone = [emptied(place(relation)), insertion(place(relation), whole, given)]
            kept = yield from self._change(person, relation, chosen, theirs, gone)
            if not kept.rows:
                return done
        return AttemptResult(denied=True)

    def sign(self, person: Persona, relation: Relation, after: Sequence[str]) -> Steps[str]:
        """The column in which the persona may name the second owner as who wrote a row of its own; empty if none.

        One of bookkeeping, which may be empty and of which no condition knows, decides nothing.
        """
        columns = self._columns(relation, person.role, "insert")
        for each in (it for it in columns if is_author(it) and not _is_bookkeeping(it)):
            values = self._values(relation, person.sub) | {each.name: self.filled(BORIS, each)}
            start, then = [*after, emptied(place(relation))], reading(place(relation), [each])
            if (yield self._request(person, insertion(place(relation), columns, values), start, then=then)).foreign:
                return each.name
        return ""

    def delete(
        self, person: Persona, relation: Relation, after: Sequence[str] = (), first: Sequence[str] = ()
    ) -> Steps[AttemptResult]:
        """Delete every row, without a condition."""
        return (yield self._request(person, emptied(place(relation)), after, first))

    def _change(  # noqa: PLR0913, PLR0917 - who changes what to what, and around it
        self,
        person: Persona,
        relation: Relation,
        columns: Sequence[Column],
        values: Values,
        before: Sequence[str],
        then: str | None = None,
        first: Sequence[str] = (),
    ) -> Steps[AttemptResult]:
        if not columns:
            return AttemptResult(denied=True)
        changes = ", ".join(f"{quoted_name(each.name)} = {literal(each, values[each.name])}" for each in columns)
        query = f"update {quoted_name(*place(relation))} set {changes}"
        done = yield self._request(person, query, before, first, then=then)
        return without_guessing(relation, done)

    def _columns(self, relation: Relation, role: str, command: str) -> list[Column]:
        found = self.copied.columns.get(place(relation), ())
        return [
            each
            for each in found
            if f"{role} {command}" in each.rights
            and not (command != "select" and each.generated)
            and not (command == "update" and each.identity == "a")
        ]

    def _values(self, relation: Relation, owner: str) -> Values:
        made = self.copied.made.get(place(relation), {}).get(owner)
        return made or self.copied.values(place(relation), owner, self._turn)

    def _people(self, where: Place) -> list[Column]:
        """The columns that say recognisably whose a row is."""
        columns = self.copied.columns.get(where, ())
        return [each for each in columns if each.telling and each.name != "id" and self.copied.is_person(where, each)]

    def _given(self, relation: Relation, columns: Sequence[Column], owner: str) -> list[Column]:
        values = self._values(relation, owner)
        return [each for each in columns if owner in (values.get(each.name) or "")]

    def _written(self, person: Persona) -> list[str]:
        """The insertion of the persona's row in `auth.users`, with its own metadata."""
        columns = self.copied.columns.get(USERS, ())
        if not person.written or not any(each.name == _METADATA for each in columns):
            return []
        values = {**self.copied.values(USERS, person.sub, Turn(0, {})), _METADATA: person.written}
        return [insertion(USERS, columns, values)]

    def metadata(self, where: Place, owner: str) -> tuple[list[str], str]:
        """The owner's account and row in a table, and a change of its metadata to what conditions ask of that row."""
        columns = self.copied.columns.get(USERS, ())
        values = self.copied.values(USERS, owner, Turn(0, {}))
        asked = {each.name: self.value(where, owner, each) for each in self.copied.columns[where]}
        change = f"update {quoted_name(*USERS)} set {quoted_name(_METADATA)} = {quoted_value(json.dumps(asked))}::jsonb"
        # A trigger may have made its row already.
        own = f"delete from {quoted_name(*where)} t where strpos(to_jsonb(t)::text, {quoted_value(owner)}) > 0"
        start = [insertion(USERS, columns, values), own, self.row_beside(where, owner)]
        return start, f"{change} where id = {quoted_value(owner)}"

    def _emptying(self, relation: Relation) -> list[str]:
        return [emptied(each) for each in self.copied.below(place(relation))]

    def row_beside(
        self,
        where: Place,
        owner: str,
        *,
        marked: bool = False,
        columns: Sequence[Column] | None = None,
    ) -> str:
        """The insertion of one more owner's row.

        Args:
            where: the table.
            owner: of the row.
            marked: whether it has what conditions ask for; else defaults where a value could mean a privilege.
            columns: those that may be given; all by default.
        """
        known = self.copied.columns[where] if columns is None else columns
        values = {each.name: self.value(where, owner, each) for each in known}
        if not marked:
            plain = self.copied.values(where, owner, Turn(0, {}))
            known = [each for each in known if each.telling or (each.required and not each.has_default)]
            asked = self.copied.constants
            values = {each.name: unasked(each, plain.get(each.name), asked) for each in known}
        return insertion(where, [each for each in known if values[each.name] is not None], values)

    def value(self, where: Place, owner: str, column: Column) -> str | None:
        """The value of a column in a row of this owner in this turn."""
        return None if column.generated else self.copied.values(where, owner, self._turn).get(column.name)

    def filled(self, owner: str, column: Column) -> str | None:
        """The value of a column in this turn, also where conditions want it to be NULL."""
        return None if column.generated else value_of(column, owner, self._turn)

    def _request(  # noqa: PLR0913 - who sends what, and what went before
        self,
        person: Persona,
        query: str,
        before: Sequence[str] = (),
        first: Sequence[str] = (),
        *,
        reads: bool = False,
        then: str | None = None,
    ) -> PersonaRequest:
        prepared = (*before, *self._written(person))
        return PersonaRequest(person, query, prepared, tuple(first), reads=reads, then=then or "")


def _is_bookkeeping(column: Column) -> bool:
    return not (column.asked or column.required or column.has_default) and bool(_KEPT.search(snake(column.name)))
