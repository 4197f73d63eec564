"""Which rows in other tables open rows of others, and whether anybody gets such a row or only the trusted do.

`exists (select from admins where user_id = auth.uid())` and the same with `members` read alike: neither looks at the
row that it protects. They are told apart by what somebody with nothing but such a row reaches, and by who gets one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from verifier.probes.row_security.copy.attempts import Attempts
from verifier.probes.row_security.copy.batching import AttemptResult, PersonaRequest, Steps
from verifier.probes.row_security.copy.commands import emptied, place
from verifier.probes.row_security.copy.rows import literal
from verifier.probes.row_security.copy.tables import USERS, CopiedTables, Place
from verifier.probes.row_security.copy.tokens import Personas
from verifier.probes.row_security.copy.values import PERSON, Column, Turn, is_of_person, quoted_name, snake
from verifier.probes.row_security.personas import LONER, STRANGER, Persona
from verifier.probes.row_security.relations import ROLES, TABLES, Command, Relation

Kind = Literal["open", "trusted", "undecided"]
Trial = Callable[[Persona, Sequence[str]], Steps[AttemptResult]]
"""The command, by a person, after statements of the superuser."""
_MOST_TABLES = 8
_SERVERS = {"raw_app_meta_data", "is_super_admin"}
"""What Supabase's users cannot write about themselves."""
_TRUSTED = re.compile(
    r"(?:^|_)(?:(?:super|platform|site|sys)?_?(?:admin(?:istrator)?|user_?role)s?|superusers?|root|staff|employees?|"
    r"personnel|moderators?|mods?|operators?|agents?|support|managers?|supervisors?|editors?|reviewers?|auditors?|"
    r"maintainers?|officers?|clerks?|teachers?|roles?|permissions?|privileges?|grants?|levels?|ranks?|tiers?|"
    r"allow_?(?:ed|list)|white_?list|internal|service|owner|can|department|hr|human_resources|payroll|finance|"
    r"boss(?:es)?|chair(?:s|man|woman|person)?|curators?|librarians?|registrars?|stewards?|inspectors?|"
    r"dispatchers?|trustees?|wardens?|referees?|coordinators?|"
    r"secretar(?:y|ies)|treasurers?|assessors?|analysts?|approvers?|gate_?keep(?:ers?|ing)|"
    r"accounting|bookkeeping|legal|compliance|procurement|back_?office|help_?desk|clearance|capabilit(?:y|ies))(?:_|$)|"
    r"(?:^|_)(?:captain|chief|director|president|founder|leader|master)$"
)
"""Names of tables, columns and values that say that somebody with power hands the row out."""
_PROFESSION = re.compile(
    r"(?:^|_)(?:trainer|coach|tutor|doctor|physician|nurse|therapist|counsell?or|professor|lecturer|instructor|"
    r"examiner)$"
)
"""Marks of a profession, which nobody gives itself; who is in a table of that name, nothing tells."""
_ORDINARY = re.compile(
    r"(?:^|_)(?:users?|people|persons?|profiles?|accounts?|members?|memberships?|participants?|customers?|clients?|"
    r"guests?|players?|students?|visitors?|followers?|friends?|contacts?|attendees?|sessions?|devices?|settings|"
    r"preferences)$"
)
"""Names of tables in which everybody who uses the application has a row."""
_WIDE = re.compile(r"super|platform|staff|support|internal|root|service|global")
"""Marks that reach beyond one team or tenant."""
_CONTENT = re.compile(r"^(?:body|content|text|message|notes?|comment|description|subject|caption|amount|price|total)$")
"""Names of columns that hold what people write or own; a list of the trusted has none."""
SCOPE = re.compile(r"(?:_(?:id|uuid|key|slug|code)|^(?:org|organi[sz]ation|tenant|team|workspace|company|project))$")
"""Names of columns by which a row belongs to a row of another table."""


@dataclass(frozen=True)
class Membership:
    """What a row in another table opens.

    Attributes:
        table: the other table, as reports name it.
        kind: whether anybody gets such a row, only the trusted do, or neither can be told.
        why: the reason, which follows on the table's name.
        seen: what the person with that row reached.
    """

    table: str
    kind: Kind
    why: str
    seen: AttemptResult


def memberships(  # noqa: PLR0913, PLR0917 - where, who, and what is tried
    copied: CopiedTables, trials: Attempts, personas: Personas, relation: Relation, command: Command, trial: Trial
) -> Steps[Membership | None]:
    """The row in another table that opens all rows of this one; None if none was found to do so by itself.

    Somebody without any other row gets one there: first with defaults, then with what conditions ask for.
    """
    here = place(relation)
    texts = [text for each in relation.policies for text in (each.using, each.check)]
    texts += [copied.bodies.get(relation.name, "")] if relation.kind == "view" else []
    others = [each for each in copied.named_in(texts) if _telling(copied, each)][:_MOST_TABLES]
    choices = [[each] for each in others] + ([others] if len(others) > 1 else [])
    for chosen in choices:
        for marked in (False, True):
            before = [trials.row_beside(each, LONER, marked=marked) for each in chosen]
            seen = yield from trial(personas.loner, before)
            if not (seen.foreign or (command != "select" and seen.rows > (here in chosen))):
                continue
            there = next((each for each in chosen if _people(copied, each)), chosen[0])
            if here != there and _enumerated(copied, trials, here, there):
                return None  # what both rows have in common is a constant, so nothing is known of other rows
            kind, why = yield from _judged(copied, trials, personas, (here, there), texts, marked=marked)
            return Membership(label(relation, there), kind, why, seen)
    return None


def takes_in(copied: CopiedTables, relation: Relation, role: str) -> bool:
    """Whether a table is a form: its rows are nobody's, senders give some columns of them, and clients see none."""
    columns = [each for each in copied.columns[place(relation)] if not each.generated]
    given = [each for each in columns if f"{role} insert" in each.rights]
    others: tuple[Command, ...] = ("select", "update", "delete")
    used = any(relation.may(each, command) for each in ROLES for command in others)
    kept = len(given) < len(columns)
    return relation.kind in TABLES and kept and not used and not _belongs(copied, place(relation))


def is_trusted(name: str) -> bool:
    """Whether the name of a table, column or value says that somebody with power hands the row out."""
    return bool(_TRUSTED.search(snake(name)))


def _judged(  # noqa: C901, PLR0911, PLR0913 - one ending each; the two tables, and what is known of them
    copied: CopiedTables,
    trials: Attempts,
    personas: Personas,
    pair: tuple[Place, Place],
    texts: Sequence[str],
    *,
    marked: bool,
) -> Steps[tuple[Kind, str]]:
    here, there = pair
    words = copied.words_of(texts)
    marking = [each for each in copied.columns[there] if marked and each.name in words and not is_of_person(each)]
    if (yield from _joins(trials, personas.stranger, there, marking, marked=marked)):
        return "open", "where anybody may insert one"
    if marking and (yield from _changes_own(trials, personas.stranger, there, marking)):
        return "open", f"whose {' and '.join(each.name for each in marking)} everybody may change in its own"
    if there == USERS and _SERVERS & {each.name for each in marking}:
        return "trusted", "which nobody but the server fills in"
    marks = [snake(each) for column in marking for each in (column.name, *_asked(copied, trials, there, column))]
    if not marked and there in copied.at_sign_up:
        return "open", "which everybody gets at sign-up"
    wide = any(map(_WIDE.search, marks))
    if not wide and (column := _own_scope(copied, here) if here == there else _scope(copied, here, there)):
        return "open", f"whatever its {column} says"
    if not _belongs(copied, here):
        return "trusted", "and the rows are nobody's"
    if here == there:
        return "trusted", "which is one of its own"
    if any(map(is_trusted, (there[1], *marks))) or any(map(_PROFESSION.search, marks)):
        return "trusted", "which somebody hands out"
    if unread := [each for each in _columns(copied, there) if each not in words]:
        return "open", f"whatever its {unread[0]} says"
    if any(each.base == "bool" for each in marking):
        return "undecided", "with a mark that nobody gives itself, and nothing tells whether only the trusted have it"
    if _ORDINARY.search(snake(there[1])):
        return "open", "which everybody has who uses the application"
    if any(_CONTENT.search(snake(each.name)) for each in copied.columns[there]):
        return "open", "in which people keep what is theirs"
    return "undecided", "and nothing tells whether only the trusted have one"


def _asked(copied: CopiedTables, trials: Attempts, there: Place, column: Column) -> Iterator[str]:
    """What a column has that conditions ask for: its value, or the keys and values of its JSON."""
    if column.base in {"json", "jsonb"}:
        yield from (str(each) for pair in copied.turn(0).entries.items() for each in pair)
    else:
        yield trials.value(there, LONER, column) or ""


def _joins(trials: Attempts, person: Persona, where: Place, marking: Sequence[Column], *, marked: bool) -> Steps[bool]:
    """Whether the person may insert the row `row_beside` itself, so that it has the marks of this turn afterwards."""
    if where[0] not in trials.copied.schemas:
        return False
    columns = [each for each in trials.copied.columns[where] if f"{person.role} insert" in each.rights]
    query = trials.row_beside(where, person.sub, marked=marked, columns=columns)
    wanted = {each: value for each in marking if (value := trials.value(where, person.sub, each)) is not None}
    return (yield PersonaRequest(person, query, (emptied(where),), then=_those_with(where, wanted))).succeeded


def _those_with(where: Place, wanted: Mapping[Column, str]) -> str:
    """The query of how many rows have these values; empty if none are wanted."""
    if not wanted:
        return ""
    names = ", ".join(quoted_name(each.name) for each in wanted)
    values = ", ".join(literal(each, value) for each, value in wanted.items())
    return f"select count(*) as rows from {quoted_name(*where)} where row({names})::text = row({values})::text"


def _changes_own(trials: Attempts, person: Persona, where: Place, columns: Sequence[Column]) -> Steps[bool]:
    """Whether columns of the person's own row, which has defaults, have the values of this turn once it sets them.

    Those are meant for which there is a grant and another value.
    """
    if where[0] not in trials.copied.schemas:
        return False
    before = trials.copied.values(where, person.sub, Turn(0, {}))
    given = {
        each: value
        for each in columns
        if f"{person.role} update" in each.rights
        and (value := trials.value(where, person.sub, each)) not in {None, before.get(each.name)}
    }
    if not given:
        return False
    names = ", ".join(quoted_name(each.name) for each in given)
    values = ", ".join(literal(each, value) for each, value in given.items())
    start, here = (emptied(where), trials.row_beside(where, person.sub)), quoted_name(*where)
    query = f"update {here} set ({names}) = row({values})"
    return (yield PersonaRequest(person, query, start, then=_those_with(where, given))).succeeded


def _telling(copied: CopiedTables, where: Place) -> bool:
    return where in copied.made and any(each.telling for each in copied.columns[where])


def _people(copied: CopiedTables, where: Place) -> bool:
    return any(is_of_person(each) and each.name != "id" for each in copied.columns[where])


def _belongs(copied: CopiedTables, where: Place) -> bool:
    """Whether the rows of a table are somebody's, or some group's."""
    return _people(copied, where) or any(SCOPE.search(snake(each.name)) for each in copied.columns[where])


def _enumerated(copied: CopiedTables, trials: Attempts, here: Place, there: Place) -> bool:
    """Whether a column of both, by its name, has the same value in all rows of this turn."""
    names = {each.name for each in copied.columns[here]}
    return any(
        each.name in names and trials.value(there, LONER, each) == trials.value(here, LONER, other) is not None
        for each in copied.columns[there]
        for other in copied.columns[here]
        if each.name == other.name
        and trials.value(here, LONER, other) == trials.value(here, STRANGER, other)
        and (other.labels or other.asked)
        and other.base != "bool"
    )


def _scope(copied: CopiedTables, here: Place, there: Place) -> str:
    """The column by which two tables belong to the same thing, besides people; empty if there is none."""
    mine, theirs = (_columns(copied, each) for each in (here, there))
    for column in theirs:
        target = copied.references.get((there, column))
        if column in mine or column == f"{singular(here[1])}_id" or target == here:
            return column
        if target and target in {copied.references.get((here, each)) for each in mine}:
            return column
    back = [each for each in mine if each == f"{singular(there[1])}_id" or copied.references.get((here, each)) == there]
    person = any(each.name == "id" and copied.is_person(there, each) for each in copied.columns[there])
    return "id" if back and not (person and not _people(copied, there)) else ""


def _own_scope(copied: CopiedTables, where: Place) -> str:
    """The column by which one person may have several rows, each in another team; empty if nothing tells of one."""
    people = {each.name for each in copied.columns[where] if copied.is_person(where, each)}
    for key in copied.keys.get(where, ()):
        if people & set(key) and (rest := [each for each in key if each not in people and not is_trusted(each)]):
            return rest[0]
    alone = people - {"id"} or people
    if any(set(key) <= alone for key in copied.keys.get(where, ())):
        return ""  # everybody has one row, whose mark may be for all
    asked = {each.name for each in copied.columns[where] if each.asked}
    return next((each for each in _columns(copied, where) if each in asked), "")


def _columns(copied: CopiedTables, where: Place) -> list[str]:
    names = (each.name for each in copied.columns[where])
    return [each for each in names if SCOPE.search(snake(each)) and not PERSON.search(snake(each))]


def label(relation: Relation, where: Place) -> str:
    """Another table as a report on this relation names it."""
    schema, name = where
    plain = schema == relation.schema_name and relation.label == relation.name
    return name if plain else f"{schema}.{name}"


def singular(name: str) -> str:
    """The name of a table as columns that refer to it have it."""
    return re.sub(r"ies$", "y", name) if name.endswith("ies") else name.removesuffix("s")
