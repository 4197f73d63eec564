"""What a write of one's own row does to rows of others: by a rule, or by having the key of somebody else's row.

Rules, triggers and most views run with their owner's rights, so policies do not say what they reach; it is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from verifier.probes.row_security.copy.attempts import Attempts
from verifier.probes.row_security.copy.batching import AttemptResult, PersonaRequest, Steps
from verifier.probes.row_security.copy.commands import emptied, place
from verifier.probes.row_security.copy.outcomes import Findings, note_opening, note_replacing
from verifier.probes.row_security.copy.rows import insertion
from verifier.probes.row_security.copy.tables import CopiedTables, Place
from verifier.probes.row_security.copy.tokens import Personas
from verifier.probes.row_security.copy.values import Column, number_of, quoted_name, quoted_value
from verifier.probes.row_security.personas import BORIS, STRANGER
from verifier.probes.row_security.relations import SIGNED_IN, Relation

_MOST_TABLES = 6
_MOST_KEYS = 8
"""Columns of a view that are tried as the key, by themselves and in pairs."""


def by_rules(
    trials: Attempts, personas: Personas, relation: Relation, relations: Sequence[Relation], found: dict[str, Findings]
) -> Steps[None]:
    """What a write of one's own row does to rows of others by a rule; noted where these are, if clients reach that."""
    for there, (told, seen) in (yield from _effects_of_rules(trials, personas, relation)).items():
        hit = next((each for each in relations if place(each) == there), relation)
        note_opening(found[hit.label], hit, SIGNED_IN, "insert", seen, after=f"{told}, by rule {relation.rules}")


def by_replacing(trials: Attempts, personas: Personas, relation: Relation, found: Findings) -> Steps[None]:
    """Whether a row put in through a view with the key of a hidden row replaces or changes that one.

    A view's condition does not apply to the row that ON CONFLICT DO UPDATE meets, and its CHECK OPTION only to what
    becomes of it (PostgreSQL: CREATE VIEW, Updatable Views); a trigger may write whatever it wants.
    """
    here, copied = place(relation), trials.copied
    known = copied.bases.get(here) or copied.named_in([copied.bodies.get(here[1], "")])
    tables = [each for each in known if each in copied.made][:_MOST_TABLES]
    for person in (personas.visitor, personas.stranger):
        if not relation.may(person.role, "insert") or (person.role, "update", "") in found.openings:
            continue
        sent = tuple(_upserts(trials, here, person.role))
        for there in tables if sent else ():
            left = _of_others(copied, there)
            before = yield PersonaRequest(None, left, reads=True)
            seen = yield PersonaRequest(person, "select 0 as rows", first=sent, reads=True, then=left)
            if not (seen.trouble or seen.denied) and seen.digest != before.digest:
                note_replacing(found, relation, person.role)
                break


def _upserts(trials: Attempts, here: Place, role: str) -> Iterator[str]:
    """The insertion of a stranger's row that is otherwise like the second owner's: as it is, and as an upsert."""
    copied = trials.copied
    columns = [each for each in copied.columns[here] if not each.generated and f"{role} insert" in each.rights]
    mine = {each.name for each in columns if copied.is_person(here, each) and each.name != "id"}
    values = {each.name: trials.value(here, STRANGER if each.name in mine else BORIS, each) for each in columns}
    given = [each for each in columns if values[each.name] is not None]
    if not given:
        return
    plain = insertion(here, given, values)
    yield plain
    changed = [each for each in given if f"{role} update" in each.rights]
    news = ", ".join(f"{quoted_name(it.name)} = excluded.{quoted_name(it.name)}" for it in changed)
    keys = [quoted_name(each.name) for each in given if each.name not in mine][:_MOST_KEYS]
    for key in [*keys, *map(", ".join, combinations(keys, 2))] if news else ():
        yield f"{plain} on conflict ({key}) do update set {news}"


def _effects_of_rules(
    trials: Attempts, personas: Personas, relation: Relation
) -> Steps[dict[Place, tuple[str, AttemptResult]]]:
    """Tables in which a write of one's own row changes rows of others, by a rule; and what was done."""
    here, found = place(relation), dict[Place, tuple[str, AttemptResult]]()
    texts = [trials.copied.bodies.get(f"rule {each}", "") for each in relation.rules.split(", ")]
    own = trials.row_beside(here, STRANGER, marked=True)
    columns = [each for each in trials.copied.columns[here] if f"{SIGNED_IN} update" in each.rights]
    changed = [f"{quoted_name(each.name)} = {quoted_name(each.name)}" for each in columns if not each.generated]
    writes = {"insert": own, "delete": emptied(here), "update": f"update {quoted_name(*here)} set {', '.join(changed)}"}
    for there in (each for each in trials.copied.named_in(texts) if each != here and each in trials.copied.made):
        left = _of_others(trials.copied, there)
        before = yield PersonaRequest(None, left, reads=True)
        for command, query in writes.items():
            if not relation.may(SIGNED_IN, command):
                continue
            start = [
                emptied(here),
                *([] if command == "insert" else [own]),
                *_loosened(there, trials.copied.columns[there]),
            ]
            seen = yield PersonaRequest(personas.stranger, query, tuple(start), then=left)
            if not (seen.denied or seen.trouble or seen.let_through) and seen.digest != before.digest:
                found.setdefault(there, (f"{command.upper()} of its own row in {relation.label}", seen))
    return found


def _of_others(copied: CopiedTables, where: Place) -> str:
    """The SELECT of how many rows are not the stranger's, and which."""
    columns = copied.columns[where]
    people = [each for each in columns if copied.is_person(where, each) and each.name != "id"]
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
