"""Who takes part in a proof: people with tokens that fit the rows, and the same people with forged context."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from verifier.probes.row_security.conditions import trusts
from verifier.probes.row_security.people import ASHA, BORIS, LONER, STRANGER, VISITOR, Person
from verifier.probes.row_security.relations import ANONYMOUS, SIGNED_IN
from verifier.probes.row_security.rows import Stock
from verifier.probes.row_security.values import number_of

_RESERVED = {"sub", "role", "aud", "exp", "iat", "iss", "app_metadata", "user_metadata"}
_SETTING = re.compile(r"current_setting\(\s*'(?!request\.)([A-Za-z_]\w*\.[\w.]+)'", re.IGNORECASE)
_WANTED = re.compile(r"current_setting\(\s*'([\w.]+)'[^)]*\)+(?:::\w+\)?)? *= *'([^']*)'", re.IGNORECASE)
_NUMERIC = re.compile(
    r"(?:->> *'(\w+)'(?:::text)?|current_setting\(\s*'([\w.]+)'[^)]*)\)+::(?:int|bigint|smallint|numeric)"
)


@dataclass(frozen=True)
class People:
    """Everybody who takes part.

    Attributes:
        visitor: without a login.
        stranger: signed in; owns no row anywhere.
        owner: signed in; owns one row of two in every table, and the token says so.
        loner: signed in; owns one row in one table only.
        privileged: the owner, with whatever the server's part of a token must say to please some condition.
        forged: what was claimed → a visitor or stranger who claims it.
    """

    visitor: Person
    stranger: Person
    owner: Person
    loner: Person
    privileged: Person
    forged: tuple[tuple[str, Person], ...]


def people_for(stock: Stock) -> People:
    """The people whose tokens fit the rows and the conditions of this copy."""
    own = _entries(stock, ASHA)
    plain = {key: value for key, value in own.items() if key not in _RESERVED}
    raised = {**own, **stock.entries}
    return People(
        visitor=VISITOR,
        stranger=Person(SIGNED_IN, STRANGER),
        owner=Person(SIGNED_IN, ASHA, {**plain, "app_metadata": own}),
        loner=Person(SIGNED_IN, LONER, {**dict.fromkeys(plain, LONER), "app_metadata": _entries(stock, LONER)}),
        privileged=Person(
            SIGNED_IN,
            ASHA,
            {**{key: value for key, value in raised.items() if key not in _RESERVED}, "app_metadata": raised},
        ),
        forged=tuple(_forged(stock)) if trusts(stock.texts) else (),
    )


def _entries(stock: Stock, owner: str) -> dict[str, str]:
    numeric = {key or setting for key, setting in _NUMERIC.findall(stock.texts)}
    return {key: number_of(owner) if key in numeric else owner for key in stock.keys}


def _forged(stock: Stock) -> list[tuple[str, Person]]:
    """Everything that a client can set, once filled with the other's id and once with what the conditions want."""
    named = tuple(dict.fromkeys(_SETTING.findall(stock.texts)))
    numeric = {key or setting for key, setting in _NUMERIC.findall(stock.texts)}
    wanted = dict(_WANTED.findall(stock.texts))
    theirs = _entries(stock, BORIS)
    found = []
    for entries, settings in (
        (theirs, {name: number_of(BORIS) if name in numeric else BORIS for name in named}),
        ({**theirs, **stock.entries}, {name: wanted.get(name, BORIS) for name in named}),
    ):
        headers = {key: value for key, value in entries.items() if key != "sub"}
        claims = {"user_metadata": entries}
        forged = {**settings, "request.headers": json.dumps(headers), "request.cookies": json.dumps(headers)}
        told = ", ".join([*(("user_metadata",) if entries else ()), *settings, *(("headers",) if headers else ())])
        found += [(told, Person(SIGNED_IN, STRANGER, claims, forged)), (told, Person(ANONYMOUS, "", {}, forged))]
    return found
