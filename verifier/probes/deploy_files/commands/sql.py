"""Whether SQL changes the schema, or rows that are there; by PostgreSQL's own parser where it can read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

_CHANGES = re.compile(
    r"(?im)^\s*(create|alter|drop|truncate|delete\s+from|update\s+\S+\s+set|grant|revoke|comment\s+on|rename|merge\s+into"
    r"|copy\s+\S+(\s*\([^)]*\))?\s+from|do\s+\$|call\s+)\b"
)
_HARMLESS = {
    "SelectStmt", "ExplainStmt", "VariableShowStmt", "VariableSetStmt", "TransactionStmt", "InsertStmt", "VacuumStmt",
    "RefreshMatViewStmt", "NotifyStmt", "ListenStmt", "UnlistenStmt", "CheckPointStmt", "DiscardStmt", "FetchStmt",
    "DeclareCursorStmt", "ClosePortalStmt", "PrepareStmt", "LockStmt", "ReindexStmt",
}  # fmt: skip
_META = re.compile(r"(?m)^\s*\\.*$")
_INCLUDED = re.compile(r"(?m)^\s*\\(?:i|ir|include|include_relative)\s+(\S+)")
_CREATES_DATABASE = {"CreatedbStmt", "CreateRoleStmt"}


def included(text: str) -> list[str]:
    """The files that psql is told to include."""
    return [each.strip("'\"") for each in _INCLUDED.findall(text)]


def first_change(text: str) -> str:
    """The first statement that changes a schema or rows, in short; empty if there is none.

    A new database or role is no migration, and neither are new rows.
    """
    plain = _META.sub("", text)
    try:
        statements = list(_parsed(plain))
    except ValueError:
        found = _CHANGES.search(_without_comments(plain))
        return " ".join(found[0].split()).upper() if found else ""
    return next((_short(plain, each) for each in statements if _changes(each.stmt)), "")


def _without_comments(text: str) -> str:
    return re.sub(r"--[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL).replace(";", ";\n")


@cache
def _parser() -> Any:  # noqa: ANN401 - a module
    return import_module("pglast")


def _parsed(text: str) -> Iterator[Any]:
    try:
        yield from _parser().parse_sql(text)
    except _parser().Error as trouble:
        raise ValueError(str(trouble)) from None


def _changes(node: Any) -> bool:  # noqa: ANN401 - a node of the parser
    kind = type(node).__name__
    if kind == "SelectStmt":
        inner = node.withClause.ctes if node.withClause else ()
        return bool(node.intoClause) or any(_changes(each.ctequery) for each in inner or ())
    return kind not in _HARMLESS | _CREATES_DATABASE


def _short(text: str, statement: Any) -> str:  # noqa: ANN401 - a node of the parser
    start = statement.stmt_location
    found = text.encode()[start : start + (statement.stmt_len or 2000)].decode("utf-8", "replace")
    words = _without_comments(found).split()[:3]
    return " ".join(words)
