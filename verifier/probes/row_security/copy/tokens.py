"""The personas of the copy: with tokens that fit the generated rows, and with forged ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from verifier.probes.row_security.conditions import trusts
from verifier.probes.row_security.copy.rows import Stock
from verifier.probes.row_security.copy.values import number_of
from verifier.probes.row_security.personas import ASHA, BORIS, LONER, STRANGER, VISITOR, Persona
from verifier.probes.row_security.relations import ANONYMOUS, SIGNED_IN

_RESERVED = {"sub", "role", "aud", "exp", "iat", "iss", "app_metadata", "user_metadata"}
_SETTING = re.compile(r"current_setting\(\s*'(?!request\.)([A-Za-z_]\w*\.[\w.]+)'", re.IGNORECASE)
_WANTED = re.compile(r"current_setting\(\s*'([\w.]+)'[^)]*\)+(?:::\w+\)?)? *= *'([^']*)'", re.IGNORECASE)
_CAST = r"(?:->> *'(\w+)'(?:::text)?|current_setting\(\s*'([\w.]+)'[^)]*)\)+::"
_NUMERIC = re.compile(_CAST + "(?:int|bigint|smallint|numeric)")
_TRUTH = re.compile(_CAST + "bool")
_PATH = re.compile(r"#>>? *'\{([\w,]+)\}'")
_HELD = re.compile(r"@> *'(\{[^']*\})'")
_WORD = re.compile(r"\w\(\)\)* *= *'(\w+)'")
_ROLES = {ANONYMOUS, SIGNED_IN, "service_role"}
_MOST_WORDS = 4
Entries = dict[str, Any]


@dataclass(frozen=True)
class Personas:
    """Everybody who is impersonated.

    Attributes:
        visitor: without a login.
        stranger: signed in; owns no row.
        owner: signed in; owns one row of two in every table.
        loner: signed in; owns one row in one table.
        privileged: the owner, with every server-side claim that a condition asks for.
        forged: the forged claim, and the visitor or stranger who makes it.
    """

    visitor: Persona
    stranger: Persona
    owner: Persona
    loner: Persona
    privileged: Persona
    forged: tuple[tuple[str, Persona], ...]


def personas_for(stock: Stock) -> Personas:
    """The personas whose tokens fit the rows and conditions of this copy."""
    own, raised = _entries(stock, ASHA), {**_entries(stock, ASHA), **_wanted(stock)}
    return Personas(
        visitor=VISITOR,
        stranger=Persona(SIGNED_IN, STRANGER),
        owner=_holder(stock, ASHA, own),
        loner=_holder(stock, LONER, _entries(stock, LONER)),
        privileged=_holder(stock, ASHA, raised),
        forged=tuple(_forged(stock)) if trusts(stock.texts) else (),
    )


def _holder(stock: Stock, sub: str, entries: Entries) -> Persona:
    """A signed-in user with these server-side claims."""
    plain = {key: value for key, value in entries.items() if key not in _RESERVED}
    claims: Entries = {**plain, "app_metadata": dict(entries)}
    _follow_paths(stock, claims, sub, {"app_metadata"})
    return Persona(SIGNED_IN, sub, claims)


def _entries(stock: Stock, owner: str) -> Entries:
    """Claim → value in this owner's token, in the type to which conditions cast it."""
    numeric = {key or setting for key, setting in _NUMERIC.findall(stock.texts)}
    truth = {key or setting for key, setting in _TRUTH.findall(stock.texts)}
    return {key: number_of(owner) if key in numeric else False if key in truth else owner for key in stock.keys}


def _wanted(stock: Stock) -> Entries:
    """Claim → a value that satisfies some condition, as JSON."""
    truth = {key for key, _ in _TRUTH.findall(stock.texts) if key}
    found: Entries = dict.fromkeys(truth, True)
    return found | {key: {"true": True, "false": False}.get(value, value) for key, value in stock.entries.items()}


def _follow_paths(stock: Stock, claims: Entries, value: str, within: set[str]) -> None:
    """Set the value at every JSON path that conditions follow below these claims."""
    for path in _PATH.findall(stock.texts):
        first, *rest = path.split(",")
        if first not in within or not rest:
            continue
        place = claims.setdefault(first, {})
        for step in rest[:-1]:
            inner = place.get(step)
            place[step] = place = inner if isinstance(inner, dict) else {}
        place[rest[-1]] = value


def _forged(stock: Stock) -> Iterator[tuple[str, Persona]]:
    """Every value that a client controls, set to the other user's id, its number, or what conditions ask for."""
    named = tuple(dict.fromkeys(_SETTING.findall(stock.texts)))
    theirs, number = _entries(stock, BORIS), number_of(BORIS)
    numbers = {key: value if isinstance(value, bool) else number for key, value in theirs.items()}
    wanted = {**theirs, **_wanted(stock), **_settings_wanted(stock)}
    words = [dict.fromkeys(theirs, word) for word in _compared(stock)]
    for entries, value in ((theirs, BORIS), (numbers, number), (wanted, BORIS), *((each, BORIS) for each in words)):
        numeric = {setting for _, setting in _NUMERIC.findall(stock.texts)}
        settings = {name: str(entries.get(name, number if name in numeric else value)) for name in named}
        claims: Entries = {"user_metadata": dict(entries)}
        _follow_paths(stock, claims, value, {"user_metadata"})
        for text in _HELD.findall(stock.texts) if entries is wanted else ():
            _hold(claims, text)
        passed = json.dumps({key: each for key, each in entries.items() if key != "sub"})
        settings |= {"request.headers": passed, "request.cookies": passed}
        told = ", ".join(["user_metadata", "headers", *named])
        yield told, Persona(SIGNED_IN, STRANGER, claims, settings, json.dumps(claims["user_metadata"]))
        yield told, Persona(ANONYMOUS, "", {}, settings)


def _compared(stock: Stock) -> list[str]:
    """Constants that conditions compare the result of a function with, such as a role."""
    return list(dict.fromkeys(word for word in _WORD.findall(stock.texts) if word not in _ROLES))[:_MOST_WORDS]


def _settings_wanted(stock: Stock) -> Entries:
    truth = {setting for _, setting in _TRUTH.findall(stock.texts) if setting}
    return dict.fromkeys(truth, "true") | dict(_WANTED.findall(stock.texts))


def _hold(claims: Entries, text: str) -> None:
    """Satisfy a condition `claims @> object`."""
    with suppress(ValueError):
        held = json.loads(text)
        inner = held.get("user_metadata", held) if isinstance(held, dict) else {}
        claims["user_metadata"] |= inner if isinstance(inner, dict) else {}
