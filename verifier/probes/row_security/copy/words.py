"""SQL as text: some ten thousand statements are composed for a large schema, and psycopg's objects cost more than asking."""

from __future__ import annotations

from functools import lru_cache

from psycopg import sql


@lru_cache(maxsize=100_000)
def name(*parts: str) -> str:
    """An identifier, qualified where there are several parts."""
    return sql.Identifier(*parts).as_string()


@lru_cache(maxsize=10_000)
def value(text: str | None) -> str:
    """A literal; NULL for None."""
    return sql.Literal(text).as_string()
