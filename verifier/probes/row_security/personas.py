"""The personas that the verifier impersonates, and how it does that."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from psycopg import errors

from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.row_security.catalogue import Connection
from verifier.probes.row_security.relations import ANONYMOUS, SIGNED_IN


@dataclass(frozen=True)
class Persona:
    """A user as the database knows them.

    Attributes:
        role: anon or authenticated.
        sub: the id of a signed-in user.
        claims: further claims of the token.
        settings: further session settings that a client can influence, such as request headers.
        written: the user's own metadata in `auth.users`, as JSON; may be empty.
    """

    role: str
    sub: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    written: str = ""


VISITOR = Persona(ANONYMOUS)
ASHA, BORIS, STRANGER, LONER = (
    f"{letter * 8}-{letter * 4}-4{letter * 3}-8{letter * 3}-{letter * 12}" for letter in "abcd"
)
"""User ids on the copy: two who own a row in every table, one who owns none, one who owns a row in one table."""


def settings_of(person: Persona) -> dict[str, str]:
    """The settings by which PostgREST passes a request on: the sender in the old and the new form, headers."""
    claims = {**({"sub": person.sub} if person.sub else {}), "role": person.role, **person.claims}
    told = {"request.jwt.claims": json.dumps(claims), "request.jwt.claim.role": person.role}
    sent = {"request.headers": "{}", "request.cookies": "{}", **person.settings}
    return told | {"request.jwt.claim.sub": person.sub, "row_security": "on", **sent}


def become(connection: Connection, person: Persona) -> None:
    """Impersonate until the transaction or savepoint ends; one query, so that a pooler cannot split it.

    Raises:
        CouldNotLook: unauthorized, if our role is no member of the persona's; precondition, if that does not exist.
    """
    settings = [*settings_of(person).items(), ("role", person.role)]
    calls = ", ".join(["set_config(%s, %s, true)"] * len(settings))
    given = [each for pair in settings for each in pair]
    try:
        connection.execute(f"select {calls}".encode(), given)
    except errors.InsufficientPrivilege as trouble:
        told = f"our role may not impersonate {person.role}: {trouble.diag.message_primary}"
        remedy = f"as the database's owner: grant {ANONYMOUS}, {SIGNED_IN} to {connection.info.user}"
        raise CouldNotLook(Cause.UNAUTHORIZED, told, remedy=remedy) from None
    except errors.InvalidParameterValue:
        told = f"the database has no role {person.role}; Supabase has one"
        raise CouldNotLook(Cause.PRECONDITION, told) from None
