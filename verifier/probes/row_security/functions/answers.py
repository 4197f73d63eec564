"""What policies say at present that look at no row: their functions may read what the copy lacks, such as flags."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

import psycopg
from psycopg import errors

from verifier.probes.row_security import sql as questions
from verifier.probes.row_security.catalogue import Catalogue, Connection
from verifier.probes.row_security.conditions import asks_who, rowless
from verifier.probes.row_security.live import AT_ONCE, limit
from verifier.probes.row_security.personas import VISITOR, Persona, become
from verifier.probes.row_security.relations import SIGNED_IN, Policy


def answered(connection: Connection, catalogue: Catalogue) -> Catalogue:
    """The catalogue, with what is true for everybody in a request role whatever the row, and what could not be asked.

    What calls a volatile function is not asked; where it depends on who sends the request, trying it out tells enough.

    Args:
        connection: in one read-only transaction, which the caller rolls back.
        catalogue: of the same database.

    Raises:
        CouldNotLook: our role may not SET ROLE to a request role.
    """
    volatile: dict[str, bool] = dict(connection.execute(questions.CALLED).fetchall())
    texts = {text for it in catalogue.relations.values() for each in it.policies for text in (each.using, each.check)}
    asking = [text for text in texts if any(name in text for name in volatile)]
    parts = {text: {part: calls for part, calls in rowless(text) if calls & volatile.keys()} for text in asking}
    calls = {part: names for each in parts.values() for part, names in each.items()}
    if not calls:
        return catalogue
    stable = sorted(part for part, names in calls.items() if not any(map(volatile.get, names)))
    bodies: dict[str, str] = dict(connection.execute(questions.TEXTS).fetchall())
    told_of = {part: f"a policy calls {', '.join(sorted(names & volatile.keys()))}" for part, names in calls.items()}
    doubts = {
        part: f"{told_of[part]}, which is volatile and was not asked"
        for part in calls.keys() - stable
        if not asks_who(part, bodies)
    }
    true: dict[str, set[str]] = {}
    for person in (VISITOR, Persona(SIGNED_IN, str(uuid.uuid4()))):
        for part, answer in _answers(connection, person, stable):
            if answer:
                true.setdefault(part, set()).add(person.role)
            elif answer is None:
                doubts[part] = f"{told_of[part]}, which gave no answer in time"

    def told(policy: Policy) -> Policy:
        if not policy.permissive or not policy.binds:
            return policy
        known = {text: parts[text] for text in (policy.using, policy.check) if text in parts}
        holds = {text: tuple(set().union(*(true.get(part, ()) for part in each))) for text, each in known.items()}
        why = next((doubts[part] for each in known.values() for part in each if part in doubts), "")
        return policy.model_copy(update={"holds": holds, "unsettled": why})

    relations = {
        label: each.model_copy(update={"policies": tuple(map(told, each.policies))})
        for label, each in catalogue.relations.items()
    }
    return catalogue.model_copy(update={"relations": relations})


def _answers(connection: Connection, person: Persona, parts: Sequence[str]) -> Iterator[tuple[str, bool | None]]:
    """Each condition, and whether it is true for this person; None if that took too long. An error is no access."""
    for first in range(0, len(parts), AT_ONCE):
        some = parts[first : first + AT_ONCE]
        query = " union all ".join(f"select {number}, coalesce({each}, false)" for number, each in enumerate(some))
        try:
            with connection.transaction(force_rollback=True):
                limit(connection)
                become(connection, person)
                found = [(some[number], held) for number, held in connection.execute(query.encode())]
        except psycopg.Error as trouble:
            if connection.broken:
                raise
            if len(some) > 1:
                found = [answer for each in some for answer in _answers(connection, person, [each])]
            else:
                found = [(some[0], None if isinstance(trouble, errors.QueryCanceled) else False)]
        yield from found
