"""Columns by which a row says of itself that it is public, and what takes it down again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from verifier.probes.row_security.copy.values import Column, literals, quoted_name, quoted_value

_PUBLIC = re.compile(
    r"(?:^|_)(?:public|publicly|publish|published|publication|visible|visibility|listed|released?)(?:_|$)"
)
_PRIVATE = re.compile(r"(?:^|_)(?:private|unlisted|unpublished)(?:_|$)")
_WORDS = {
    "public",
    "published",
    "publish",
    "visible",
    "listed",
    "released",
    "everyone",
    "everybody",
    "anyone",
    "anybody",
    "world",
}
"""Values that say that anybody may read."""
_MOMENTS = {"date", "timestamp", "timestamptz"}
_TEXTS = {"text", "varchar", "bpchar", "citext", "name"}
_WHOLE = {"int2", "int4", "int8"}


def taking_down(place: tuple[str, str], columns: Iterable[Column], compared: dict[str, tuple[str, ...]]) -> list[str]:
    """The statements that take down the public flags of all rows of a table; empty if it has none.

    Args:
        place: the table's schema and name.
        columns: its columns.
        compared: column name → constants that conditions compare it with.
    """
    found = []
    for column in columns:
        if column.generated or (private := _private_value(column, compared.get(column.name, ()))) is None:
            continue
        found.append(f"{quoted_name(column.name)} = {private}")
    if not found:
        return []
    return [f"update {quoted_name(*place)} set {', '.join(found)}"]


def is_flag(column: Column, compared: Sequence[str]) -> bool:
    """Whether the column says by its name, or by the value that it is compared with, that a row is public."""
    return bool(_PUBLIC.search(_snake(column.name)) or _WORDS & {each.lower() for each in compared})


def _private_value(column: Column, compared: Sequence[str]) -> str | None:  # noqa: PLR0911 - a table of types
    """The value that makes no row public; None if the column is no public flag."""
    if column.base == "bool" and _PRIVATE.search(_snake(column.name)):
        # Where rows are public until somebody says otherwise, the flag publishes nothing.
        return "true" if column.default in {"true", "'t'::boolean"} else None
    if not is_flag(column, compared):
        return None
    if column.base == "bool":
        return "false"
    if column.base in _MOMENTS:
        return "'infinity'" if column.required else "null"
    if column.base in _WHOLE:
        return "0"
    if column.base not in _TEXTS and not column.labels:
        return None
    choices = column.labels or literals(*column.checks)
    other = next((each for each in choices if each.lower() not in _WORDS and each not in compared), "")
    other = other or next((each for each in choices if each.lower() not in _WORDS), "")
    if choices and not other:
        return None
    return quoted_value(other or "withdrawn"[: column.length or None])


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
