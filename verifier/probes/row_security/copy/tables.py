"""What the copy holds: columns, conditions, the rows generated for them, and how tables refer to each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from verifier.probes.row_security import sql as questions
from verifier.probes.row_security.catalogue import Connection
from verifier.probes.row_security.conditions import asks_who
from verifier.probes.row_security.copy import comparisons
from verifier.probes.row_security.copy.lookups import Lookups
from verifier.probes.row_security.copy.published import taking_down
from verifier.probes.row_security.copy.values import Column, Turn, is_of_person, is_secret, value_of
from verifier.probes.row_security.relations import ROLES, SIGNED_IN

Place = tuple[str, str]
"""Schema and name."""
USERS: Place = ("auth", "users")
"""Supabase's table of users."""
Values = dict[str, str | None]
"""Column → the text form of a value."""
_NAME = re.compile(r'"(?:[^"]|"")+"|[\w$]+')
_QUOTED = re.compile("'([^']*)'")
_COMPARED_TO_PERSON = re.compile(
    r"(\w+)\"?\)?(?:::\w+)? *= *\(* *(?:SELECT )?\(?auth\.uid\(\)|"
    r"auth\.uid\(\)(?:::\w+)?(?: AS \w+)?\)* *= *\(?(?:\w+\.)?\"?(\w+)",
    re.IGNORECASE,
)
_PARENT = re.compile(r"^(?:parent|super|ancestor)(?:_|$)|_parent(?:_id)?$")
_MOST_LISTS = 4
_WRITES = re.compile(r"\b(?:insert|update|delete)\b", re.IGNORECASE)


@dataclass
class CopiedTables:
    """The columns of the copy, and the rows generated for them.

    Attributes:
        columns: relation → its columns, views included.
        texts: the text of all conditions.
        schemas: those exposed to clients.
        made: relation → owner → column → value of the generated row.
        failed: relation → why no row could be generated.
        remarks: the constraints dropped for them.
        labels: enum type → its first label.
        bodies: function or view → its text.
        arguments: function → what it takes, as PostgreSQL prints that.
        at_sign_up: the tables into which a trigger of `auth.users` inserts.
        of_metadata: those that such a trigger names which reads what users write into their metadata.
        references: table and column → the table that it refers to.
        bases: view → the tables below it; not where it calls functions, which may read others.
        conditions: table → the text of its policies, where clients reach it.
        triggers: table or view → the functions and rules that run when it is written to, as `bodies` names them.
        keys: table → the columns of each unique key.
    """

    columns: dict[Place, tuple[Column, ...]]
    texts: str
    schemas: frozenset[str]
    made: dict[Place, dict[str, Values]] = field(default_factory=dict)
    failed: dict[Place, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    bases: dict[Place, tuple[Place, ...]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)
    at_sign_up: frozenset[Place] = frozenset()
    of_metadata: frozenset[Place] = frozenset()
    references: dict[tuple[Place, str], Place] = field(default_factory=dict)
    conditions: dict[Place, str] = field(default_factory=dict)
    triggers: dict[Place, tuple[str, ...]] = field(default_factory=dict)
    keys: dict[Place, list[tuple[str, ...]]] = field(default_factory=dict)

    def label(self, where: Place) -> str:
        """A table as reports name it where it is not the one in question."""
        return where[1] if where[0] == "public" or len(self.schemas) == 1 else ".".join(where)

    def _is_parent(self, where: Place, column: Column) -> bool:
        """Whether it refers to a row of the same table: a row that is its own parent is a path without an end."""
        return self.references.get((where, column.name)) == where or bool(_PARENT.search(column.name))

    def is_person(self, where: Place, column: Column) -> bool:
        """Whether a column holds somebody's id: by its name, its foreign key, or what conditions compare it with."""
        known = is_of_person(column) or self.references.get((where, column.name)) == USERS
        return known or column.name in self._people

    def says_whose(self, where: Place, column: Column) -> bool:
        """Whether it names a person: by its name, or as far as conditions know, if it is filled in for the sender."""
        filled = "(" in column.default or column.name in self.words_of(self.triggers.get(where, ()))
        return is_of_person(column) or (filled and self.is_person(where, column))

    def is_own(self, where: Place, column: Column) -> bool:
        """Whether somebody's row has a value of its own there, also beside a row of the same team."""
        return self.is_person(where, column) or is_secret(column) or (column.unique and column.name == "id")

    @cached_property
    def _people(self) -> frozenset[str]:
        found = {name for pair in _COMPARED_TO_PERSON.findall(self.texts) for name in pair if name}
        return frozenset(found - {"uid", "select"})

    def words_of(self, texts: Iterable[str]) -> frozenset[str]:
        """The words of these conditions, and of the functions and views that they name, however deep."""
        return self._words_of(tuple(texts))

    def _words_of(self, texts: tuple[str, ...]) -> frozenset[str]:
        if texts in self._known_words:
            return self._known_words[texts]
        found: set[str] = set()
        waiting = [word for text in texts for word in _words_in(text)]
        while waiting:
            word = waiting.pop()
            if word not in found:
                found.add(word)
                waiting += _words_in(self.bodies.get(word, ""))
        self._known_words[texts] = frozenset(found)
        return self._known_words[texts]

    @cached_property
    def _known_words(self) -> dict[tuple[str, ...], frozenset[str]]:
        return {}

    def named_in(self, texts: Iterable[str]) -> list[Place]:
        """The tables that these conditions read, in the order of their names."""
        return sorted(each for word in self.words_of(texts) for each in self._tables_called.get(word, ()))

    @cached_property
    def _tables_called(self) -> dict[str, list[Place]]:
        found: dict[str, list[Place]] = {}
        for each, columns in self.columns.items():
            if columns[0].kind in "rp":
                found.setdefault(each[1], []).append(each)
        return found

    def writers_of(self, where: Place) -> tuple[Place, ...]:
        """The tables and views by which a client may write that write to this table, by a trigger, a rule or a view."""
        return self._writers.get(where, ())

    @cached_property
    def _writers(self) -> dict[Place, tuple[Place, ...]]:
        found: dict[Place, dict[Place, None]] = {}
        for writer, names in self.triggers.items():
            bodies = [text for each in names if _WRITES.search(text := self.bodies.get(each, ""))]
            for there in self.named_in(bodies) if bodies else ():
                found.setdefault(there, {})[writer] = None
        for view, tables in self.bases.items():
            for there in tables:
                found.setdefault(there, {})[view] = None
        return {
            there: tuple(each for each in writers if each != there and self._may_be_written(each))
            for there, writers in found.items()
        }

    def _may_be_written(self, where: Place) -> bool:
        rights = {right for each in self.columns.get(where, ()) for right in each.rights}
        return where[0] in self.schemas and bool(rights & {f"{SIGNED_IN} insert", f"{SIGNED_IN} update"})

    def below(self, place: Place) -> tuple[Place, ...]:
        """The tables with rows that a relation shows: itself, those below a view, or all if that is not known."""
        if place in self.made:
            return (place,)
        known = self.bases.get(place)
        return tuple(self.made) if known is None else tuple(each for each in known if each in self.made)

    def unpublishing(self, place: Place, turn: Turn, conditions: str = "") -> list[str]:
        """The statements that take down the public flags of the rows that a relation shows.

        Args:
            place: the relation.
            turn: for the constants that conditions compare with.
            conditions: of its policies; the flags of tables that they name are taken down, too.
        """
        named = self.words_of([conditions])
        others = [each for each in self.made if each[1] in named and each != place]
        return [
            statement
            for each in (*self.below(place), *others)
            for statement in taking_down(each, self.columns.get(each, ()), turn.literals)
        ]

    def turn(self, number: int) -> Turn:
        """The values of one turn."""
        return replace(self._first_turn, number=number, spared=self.spared.get(number, frozenset()))

    @cached_property
    def _first_turn(self) -> Turn:
        wanted = comparisons.polarity(self.texts)
        # Whether a flag is on for everybody is asked of the live database, so no row of the copy may turn it on.
        asking = {name: text for name, text in self.bodies.items() if self._asks_of_people(text)}
        passed = comparisons.passed(asking, self.arguments, self.texts)
        return Turn(
            0,
            comparisons.compared(self.texts, passed),
            comparisons.keys(self.texts),
            empty=wanted["empty"],
            filled=wanted["filled"],
            absent=comparisons.absent(self.texts),
            either=wanted["either"],
            past=wanted["past"],
            false=wanted["false"],
            forms=comparisons.forms(self.texts),
            entries=self._entries,
            entry=comparisons.entry(self.texts),
            digest=comparisons.digest(self.texts),
        )

    def _asks_of_people(self, text: str) -> bool:
        """Whether a function asks who sends the request, or reads a table whose rows are somebody's."""
        tables = self.named_in([text])
        people = (self.is_person(where, each) for where in tables for each in self.columns[where] if each.name != "id")
        return asks_who(text, self.bodies) or any(people)

    @cached_property
    def spared(self) -> dict[int, frozenset[str]]:
        """Turn → the list of each table that is empty in it: of several, one may name those who are kept out."""
        found: dict[int, set[str]] = {}
        for columns in self.columns.values():
            lists = [each.name for each in columns if each.listed and each.asked]
            for number, name in enumerate(lists[:_MOST_LISTS] if len(lists) > 1 else (), start=2):
                found.setdefault(number, set()).add(name)
        return {number: frozenset(names) for number, names in found.items()}

    @cached_property
    def _entries(self) -> dict[str, Any]:
        """Key → the constant that conditions ask for there, where they look into a column of JSON."""
        names = {each.name for it in self.columns.values() for each in it if each.base in {"json", "jsonb"}}
        lookups = Lookups(self.texts)
        return {**lookups.wanted, **lookups.held()} if names & self._words else {}

    @cached_property
    def constants(self) -> frozenset[str]:
        """All quoted constants of conditions and functions, whatever they are compared with."""
        return frozenset(_QUOTED.findall(self.texts))

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_words_in(self.texts))

    def matters(self, place: Place) -> bool:
        """Whether it needs rows: clients reach it, or a condition mentions it."""
        return place[0] in self.schemas or place[1] in self._words

    def values(self, place: Place, owner: str, turn: Turn) -> Values:
        """Column → value in a row of this owner; without columns that must be NULL or have their default."""
        found: Values = {}
        for each in (each for each in self.columns.get(place, ()) if not each.generated):
            text = value_of(each, owner, turn)
            if not each.required and (turn.is_null(each.name) or self._is_parent(place, each)):
                found[each.name] = None
            elif text is not None:
                found[each.name] = text
        return found


def _words_in(text: str) -> list[str]:
    return [each.strip('"') for each in _NAME.findall(text)]


def read_tables(connection: Connection, schemas: Iterable[str]) -> CopiedTables:
    """Read the columns of every relation and the text of every condition."""
    columns: dict[Place, list[Column]] = {}
    for row in connection.execute(questions.COLUMNS, {"roles": list(ROLES)}):
        each = Column.of(row)
        columns.setdefault((each.schema, each.table), []).append(each)
    texts = [(str(name), str(text)) for name, text in connection.execute(questions.TEXTS)]
    bodies: dict[str, str] = {}
    for name, text in texts:
        bodies[name] = f"{bodies.get(name, '')} {text}"
    bodies.pop("", None)
    labels = {str(kind): str(first) for kind, first in connection.execute(questions.LABELS)}
    bases = {
        (schema, view): tuple((each, table) for each, table in tables)
        for schema, view, calls, tables in connection.execute(questions.VIEW_BASES)
        if not calls
    }
    of_users = [str(body) for (body,) in connection.execute(questions.AT_SIGN_UP)]
    copied = CopiedTables(
        {place: tuple(each) for place, each in columns.items()},
        " ".join(text for _, text in texts),
        frozenset(schemas),
        bases=bases,
        labels=labels,
        bodies=bodies,
        arguments=dict(connection.execute(questions.ARGUMENTS).fetchall()),
        references={
            ((schema, table), column): (there, other)
            for schema, table, column, there, other in connection.execute(questions.REFERENCES)
        },
        triggers={
            (schema, table): tuple(names) for schema, table, names in connection.execute(questions.RUN_BY_WRITES)
        },
    )
    copied.at_sign_up = frozenset(copied.named_in([each for each in of_users if "insert" in each.lower()]))
    copied.of_metadata = frozenset(copied.named_in([each for each in of_users if "user_meta_data" in each]))
    for schema, table, names in connection.execute(questions.KEYS):
        copied.keys.setdefault((schema, table), []).append(tuple(names))
    return copied
