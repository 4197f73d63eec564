"""The personas of the copy: with tokens that fit the generated rows, and with forged ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from verifier.probes.row_security.conditions import trusts
from verifier.probes.row_security.copy.lookups import Lookups
from verifier.probes.row_security.copy.tables import CopiedTables
from verifier.probes.row_security.copy.values import number_of
from verifier.probes.row_security.personas import ASHA, BORIS, LONER, STRANGER, VISITOR, Persona
from verifier.probes.row_security.relations import ANONYMOUS, SIGNED_IN

_RESERVED = {"sub", "role", "aud", "exp", "iat", "iss", "app_metadata", "user_metadata"}
_ROLES = {ANONYMOUS, SIGNED_IN, "service_role"}
_MOST_WORDS = 4
_ATTAINABLE = {"aal": "aal2", "is_anonymous": True}
"""Claims that everybody can get: a second factor of its own (Supabase docs, MFA), a sign-in without an address."""
Value = Any
"""A value of JSON."""


@dataclass(frozen=True)
class Personas:
    """Everybody who is impersonated.

    Attributes:
        visitor: without a login.
        stranger: signed in; owns no row.
        owner: signed in; owns one row of two in every table.
        loner: signed in; owns one row in one table.
        privileged: the owner, with every server-side claim and setting that a condition asks for.
        equipped: role → the visitor or stranger for whom the settings have values that fit nobody's rows; where a
            condition cannot do without them.
        forged: the forged claim, and the visitor or stranger who makes it.
    """

    visitor: Persona
    stranger: Persona
    owner: Persona
    loner: Persona
    privileged: tuple[Persona, ...]
    equipped: dict[str, Persona]
    forged: tuple[tuple[str, Persona], ...]


def personas_for(copied: CopiedTables) -> Personas:
    """The personas whose tokens fit the rows and conditions of this copy."""
    lookups = Lookups(copied.texts)
    # Everybody who signs in has an address.
    stranger = Persona(SIGNED_IN, STRANGER, {"email": STRANGER} if "email" in lookups.keys else {})
    return Personas(
        visitor=VISITOR,
        stranger=stranger,
        owner=_holder(lookups, ASHA, _entry_of(lookups, ASHA)),
        loner=_holder(lookups, LONER, _entry_of(lookups, LONER)),
        privileged=tuple(_privileged(lookups)),
        equipped={
            person.role: replace(person, settings=next(_settings(lookups, _entry_of(lookups, STRANGER))))
            for person in (VISITOR, stranger)
            if lookups.settings or lookups.reads_request
        },
        forged=tuple(_forged(lookups)) if trusts(copied.texts) else (),
    )


Entry = Callable[[str], Value]
"""The value at a key of JSON, or of a setting."""


def _entry_of(lookups: Lookups, owner: str) -> Entry:
    """The owner's id, or its number, in the type to which conditions cast it; no privilege."""

    def entry(key: str) -> Value:
        if key in lookups.numeric:
            return number_of(owner)
        return False if key in lookups.truth else owner

    return entry


def _raised(lookups: Lookups, base: Entry) -> Entry:
    """What satisfies some condition, else the base."""

    def entry(key: str) -> Value:
        if key in lookups.wanted:
            return {"true": True, "false": False}.get(lookups.wanted[key], lookups.wanted[key])
        return True if key in lookups.truth else base(key)

    return entry


def _holder(lookups: Lookups, sub: str, entry: Entry) -> Persona:
    """A signed-in user with these server-side claims."""
    plain = {key: value for key, value in lookups.tree(entry).items() if key not in _RESERVED}
    claims = {**plain, "app_metadata": lookups.tree(entry, below="app_metadata")}
    return Persona(SIGNED_IN, sub, claims)


def _privileged(lookups: Lookups) -> Iterator[Persona]:
    """The owner with all claims and settings, one value each or a list of them."""
    raised = _raised(lookups, _entry_of(lookups, ASHA))
    for domain in lookups.domains[:_MOST_WORDS] if "email" in lookups.keys else ():
        address = f"{ASHA[:8]}@{domain}"
        yield _holder(lookups, ASHA, lambda key, it=address: it if key == "email" else raised(key))  # type: ignore[misc]
    for entry in (raised, _listed(raised)):
        person = _holder(lookups, ASHA, entry)
        held = lookups.held(below="app_metadata")
        claims = {**person.claims, **lookups.held(), "app_metadata": {**person.claims["app_metadata"], **held}}
        claims["user_metadata"] = {**lookups.tree(entry, below="user_metadata"), **lookups.held(below="user_metadata")}
        for settings in _settings(lookups, raised):
            yield replace(person, claims=claims, settings=settings)
    yield from (replace(_holder(lookups, ASHA, raised), settings=each) for each in _prefixed(lookups, raised))
    yield replace(_holder(lookups, ASHA, _entry_of(lookups, ASHA)), settings=next(_settings(lookups, raised)))


def _listed(entry: Entry) -> Entry:
    return lambda key: [entry(key)]


def _settings(lookups: Lookups, entry: Entry) -> Iterator[dict[str, str]]:
    """The session settings, as one value each, and as JSON where some condition looks into it."""
    tree = json.dumps(lookups.tree(entry))
    request = {"request.headers": tree, "request.cookies": tree} if lookups.reads_request else {}
    plain = {name: _text(entry(name)) for name in lookups.settings}
    yield {**plain, **dict.fromkeys(lookups.structured, tree), **request}
    if lookups.structured:
        yield {**plain, **request}


def _prefixed(lookups: Lookups, entry: Entry) -> Iterator[dict[str, str]]:
    """The settings with each constant before them that ends like a prefix, such as the name of a channel, `room:1`."""
    for sign in lookups.prefixes if lookups.settings else ():
        for value in (entry, _same(number_of(entry("")))):
            yield {name: f"{sign}{_text(value(name))}" for name in lookups.settings}


def _text(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _forged(lookups: Lookups) -> Iterator[tuple[str, Persona]]:
    """Every value that a client controls, set to the other user's id, its number, or what conditions ask for."""
    theirs = _entry_of(lookups, BORIS)
    wanted = _raised(lookups, theirs)
    words = [_same(word) for word in _compared(lookups)]
    entries = [theirs, _same(number_of(BORIS)), wanted, _listed(wanted), *words]
    told = ", ".join(["user_metadata", "headers", *lookups.settings])
    for entry in entries:
        metadata = {**lookups.tree(entry, below="user_metadata")}
        if entry is wanted:
            metadata |= lookups.held(below="user_metadata")
        claims = {**_ATTAINABLE, "user_metadata": metadata}
        for settings in _settings(lookups, entry):
            yield told, Persona(SIGNED_IN, STRANGER, claims, settings, json.dumps(metadata))
            yield told, Persona(ANONYMOUS, "", {}, settings)
    for settings in _prefixed(lookups, theirs):
        yield told, Persona(SIGNED_IN, STRANGER, {}, settings)


def _same(value: Value) -> Entry:
    return lambda _: value


def _compared(lookups: Lookups) -> list[str]:
    """Constants that conditions compare the result of a function with, such as a role."""
    return [word for word in lookups.words if word not in _ROLES][:_MOST_WORDS]
