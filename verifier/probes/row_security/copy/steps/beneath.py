"""Whether somebody puts a row of its own beneath another's that is hidden from it: a reply in another's ticket.

Such a row names nobody but whoever puts it in, so no condition that asks for that stops it; and whoever reads what is
beneath that ticket reads it as if it belonged there. Or a trigger acts on it: an order that another's account pays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from verifier.probes.row_security.copy.attempts import Attempts
from verifier.probes.row_security.copy.batching import PersonaRequest, Steps
from verifier.probes.row_security.copy.commands import emptied, place
from verifier.probes.row_security.copy.membership import SCOPE, is_trusted, singular
from verifier.probes.row_security.copy.outcomes import Findings, note_beneath
from verifier.probes.row_security.copy.rows import insertion, literal
from verifier.probes.row_security.copy.tables import USERS, CopiedTables, Place, Values
from verifier.probes.row_security.copy.tokens import Personas
from verifier.probes.row_security.copy.values import Column, is_secret, literals, quoted_name, snake
from verifier.probes.row_security.personas import ASHA, LONER
from verifier.probes.row_security.relations import SIGNED_IN, TABLES, Command, Relation, quoted

_ADDRESSED = re.compile(
    r"(?:^|_)(?:requests?|applications?|inquir(?:y|ies)|enquir(?:y|ies)|submissions?|responses?|bids?|bookings?|"
    r"reservations?|donations?|rsvps?|sign_?ups?|registrations?|wait_?lists?)$"
)
"""Names of tables whose rows strangers send to whoever has what they refer to."""
_WAITS = re.compile(r"^'(?:pending|requested|submitted|applied|waiting|proposed|unconfirmed|unapproved)'")
_DECIDED = {"approved", "accepted", "confirmed", "admitted", "rejected", "declined", "denied"}
"""What a row is at first, and then, on which somebody else decides; a task that is `pending` is no such row."""
_STATE = re.compile(r"(?:^|_)(?:status|state|kind|type|stage)$")
_TEXTS = {"text", "varchar", "citext"}
_AMOUNTS = {"numeric", "int2", "int4", "int8", "float4", "float8", "money"}
_COMMANDS: tuple[Command, ...] = ("insert", "update")


def by_parents(trials: Attempts, personas: Personas, relation: Relation, found: Findings) -> Steps[None]:
    """Take down where somebody with ordinary rows puts, or moves, its own row beneath one of another.

    It matters where the other reads it there, and where a trigger takes something from the other's row for it.
    """
    here, copied = place(relation), trials.copied
    if relation.kind not in TABLES or not relation.enabled or not _says(copied, here) or _is_addressed(copied, here):
        return
    for command in _COMMANDS:
        if not relation.may(SIGNED_IN, command) or (SIGNED_IN, command, "") in found.openings:
            continue
        for column, parents in _parents(copied, relation, command):
            if (command, column.name) in found.beneath:
                continue
            if command == "insert" and (yield from _takes(trials, personas, relation, column, parents[0])):
                found.beneath[command, column.name] = parents, "a trigger takes something from that one"
            elif (
                relation.may(SIGNED_IN, "select")
                and not _is_address(copied, relation, command, column)
                and (yield from _put(trials, personas, relation, command, column))
                and (yield from _shown(trials, personas, relation, column))
            ):
                found.beneath[command, column.name] = parents, "that one reads it there"


def settle(copied: CopiedTables, relations: Iterable[Relation], found: Mapping[str, Findings]) -> None:
    """Note what was taken down in any turn, where no stranger reads the parent in any."""
    known = {place(each): found[each.label] for each in relations}
    for relation in relations:
        for (command, column), (parents, why) in found[relation.label].beneath.items():
            shown = [each for where in parents for each in (where, *_views_of(copied, where))]
            if not any(each in known and known[each].is_read_by_strangers for each in shown):
                same = f"p.{quoted(_key(copied, parents[0]) or column)} = {relation.place}.{quoted(column)}"
                meets = f"exists (select from {'.'.join(map(quoted, parents[0]))} p where {same})"
                done = "inserts a row of its own" if command == "insert" else "moves a row of its own"
                seen = f"{done} beneath one of somebody else that it may not read, by {column}, and {why}"
                note_beneath(
                    found[relation.label], relation, command, seen, meets if parents[0] != place(relation) else ""
                )


def _key(copied: CopiedTables, where: Place) -> str:
    """The only column of a unique key; empty if there is none."""
    return next((each[0] for each in copied.keys.get(where, ()) if len(each) == 1), "")


def _views_of(copied: CopiedTables, where: Place) -> Iterator[Place]:
    return (view for view, tables in copied.bases.items() if where in tables)


def _parents(copied: CopiedTables, relation: Relation, command: Command) -> Iterator[tuple[Column, tuple[Place, ...]]]:
    """The columns by which a row belongs to a row of another table, and those tables.

    Without a foreign key, those that a condition of reading compares; a file is beneath its folder, in the same table.
    """
    here = place(relation)
    read = copied.named_in([each.condition("select") for each in relation.deciding(SIGNED_IN, "select")])
    for column in copied.columns[here]:
        target = copied.references.get((here, column.name))
        given = f"{SIGNED_IN} {command}" in column.rights and not (column.generated or is_secret(column))
        if not given or copied.is_person(here, column) or target in {here, USERS}:
            continue
        like = [each for each in read if each != here and _groups(copied, each, column.name)] if column.asked else []
        if parents := (target,) if target else tuple(like):
            yield column, parents
        elif column.asked and copied.turn(0).forms.get(column.name, "").count("{}") > 1:
            yield column, (here,)


def _is_address(copied: CopiedTables, relation: Relation, command: Command, column: Column) -> bool:
    """Whether a row refers to several rows of one table, and a condition asks for one: the account that pays."""
    here = place(relation)
    policies = [each for each in relation.policies if each.concerns(SIGNED_IN, command)]
    asked = copied.words_of([text for each in policies for text in (each.using, each.check)])
    target = copied.references.get((here, column.name))
    alike = {name for (where, name), there in copied.references.items() if where == here and there == target}
    return len(alike) > 1 and bool(alike & asked)


def _groups(copied: CopiedTables, where: Place, name: str) -> bool:
    """Whether a table says by a column of this name to which group somebody belongs, or is that of the groups."""
    belongs = SCOPE.search(snake(name)) or any(name in key and len(key) > 1 for key in copied.keys.get(where, ()))
    there = any(each.name == name for each in copied.columns[where])
    return bool(belongs and there) or name == f"{singular(where[1])}_id"


def _says(copied: CopiedTables, here: Place) -> bool:
    """Whether a row holds what somebody says or counts; one that does not only stands for belonging somewhere."""
    return any(
        f"{SIGNED_IN} insert" in each.rights and _says_alone(copied, here, each) for each in copied.columns[here]
    )


def _says_alone(copied: CopiedTables, here: Place, column: Column) -> bool:
    return (
        column.base in _TEXTS | _AMOUNTS | {"json", "jsonb"}
        and not (column.unique or column.identity or column.generated or column.labels)
        and not (column.base in _TEXTS and literals(*column.checks))
        and not (copied.is_person(here, column) or SCOPE.search(snake(column.name)))
        and not (is_trusted(column.name) or _STATE.search(snake(column.name)))
        and (here, column.name) not in copied.references
    )


def _is_addressed(copied: CopiedTables, here: Place) -> bool:
    """Whether rows are meant for whoever has what they refer to: requests, or what waits for a decision."""
    asked = copied.turn(0).literals
    return bool(_ADDRESSED.search(snake(here[1]))) or any(
        _WAITS.search(each.default)
        and _DECIDED & {*each.labels, *literals(*each.checks), *asked.get(each.name, ())}
        and (each.asked or f"{SIGNED_IN} insert" not in each.rights)
        for each in copied.columns[here]
    )


def _own(trials: Attempts, where: Place) -> Values:
    """A row of the person's own, with whatever belongs to it."""
    return {each.name: trials.value(where, LONER, each) for each in trials.copied.columns[where]}


def _shown(trials: Attempts, personas: Personas, relation: Relation, column: Column) -> Steps[bool]:
    """Whether the owner of the parent reads the row because it is beneath that, and not anyway."""
    here, theirs = place(relation), trials.value(place(relation), ASHA, column)
    mine = _own(trials, here)
    if theirs in {None, mine[column.name]}:
        return False
    seen = []
    for row in (mine | {column.name: theirs}, mine):
        given = [each for each in trials.copied.columns[here] if row[each.name] is not None]
        after = [insertion(here, given, row)]
        seen.append((yield from trials.read(personas.owner, relation, after=after)).rows)
    return seen[0] > seen[1]


def _takes(trials: Attempts, personas: Personas, relation: Relation, column: Column, parent: Place) -> Steps[bool]:
    """Whether an amount in the other's row is less once the person has put in its own row, with amounts of one."""
    here, copied = place(relation), trials.copied
    bodies = [copied.bodies.get(each, "") for each in copied.triggers.get(here, ())]
    key, theirs = _key(copied, parent), copied.made.get(parent, {}).get(ASHA, {})
    amounts = [each for each in copied.columns[parent] if each.base in _AMOUNTS and theirs.get(each.name)]
    amounts = [each for each in amounts if each.name != key and (parent, each.name) not in copied.references]
    if parent not in copied.named_in(bodies) or not key or not amounts or not theirs.get(key):
        return False
    counted = [each for each in copied.columns[here] if _says_alone(copied, here, each) and each.base in _AMOUNTS]
    row = _own(trials, here) | {each.name: "1" for each in counted} | {column.name: trials.value(here, ASHA, column)}
    less = " or ".join(f"{quoted_name(each.name)} < {literal(each, theirs[each.name])}" for each in amounts)
    its = next(each for each in copied.columns[parent] if each.name == key)
    then = f"select count(*) as rows from {quoted_name(*parent)} where ({less}) and "
    then += f"{quoted_name(key)} = {literal(its, theirs[key])}"
    may = [each for each in copied.columns[here] if f"{SIGNED_IN} insert" in each.rights and row[each.name] is not None]
    for before in _ordinary(trials, relation, "insert"):
        start = (*before, emptied(here))
        if (yield PersonaRequest(personas.loner, insertion(here, may, row), start, then=then)).rows:
            return True
    return False


def _put(trials: Attempts, personas: Personas, relation: Relation, command: Command, column: Column) -> Steps[bool]:
    """Whether the person's row is beneath the other's once it has put it in, or changed its own so."""
    here, copied = place(relation), trials.copied
    theirs, mine = trials.value(here, ASHA, column), _own(trials, here)
    where, value = quoted_name(*here), literal(column, theirs)
    then = f"select count(*) as rows from {where} where {quoted_name(column.name)} = {value}"
    given = [each for each in copied.columns[here] if mine[each.name] is not None]
    start = [emptied(here)]
    if command == "insert":
        may = [each for each in given if f"{SIGNED_IN} insert" in each.rights] + ([] if column in given else [column])
        query = insertion(here, may, mine | {column.name: theirs})
    else:
        start.append(insertion(here, given, mine))
        # Clients say which row they change, so they have to be able to read what becomes of it.
        query = f"update {where} set {quoted_name(column.name)} = {value} where {quoted_name(column.name)} is not null"
    for before in _ordinary(trials, relation, command):
        done = yield PersonaRequest(personas.loner, query, (*before, *start), then=then)
        if done.rows:
            return True
    return False


def _ordinary(trials: Attempts, relation: Relation, command: Command) -> Iterator[list[str]]:
    """What the person has before: nothing, and ordinary rows in the tables that the conditions read."""
    here, copied = place(relation), trials.copied
    texts = [each.condition(command) for each in relation.deciding(SIGNED_IN, command)]
    around = [each for each in copied.named_in(texts) if each != here and each in copied.made]
    peopled = [each for each in around if any(copied.is_person(each, it) for it in copied.columns[each])]
    yield []
    if usual := [trials.row_beside(each, LONER) for each in peopled if not is_trusted(each[1])]:
        yield usual
