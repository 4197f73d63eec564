"""What the database holds of what a person did; read with the verifier's own login, never written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import sql
from psycopg.rows import dict_row

from verifier.core.probe import Context
from verifier.probes.postgres.database import connected
from verifier.probes.postgres.section import Database

_MOST = 1000
"""Rows that are handed over at most."""


def rows_of(context: Context, table: str, where: Mapping[str, object]) -> list[dict[str, Any]]:
    """The rows of `table` whose columns equal the values of `where`, in no order.

    Raises:
        CouldNotLook: the database cannot be asked; unauthorized or precondition, if it has no such table.
    """
    schema = context.target.section(Database).schema_name
    wanted = [sql.SQL("{} = %s").format(sql.Identifier(each)) for each in where]
    condition = sql.SQL(" where ") + sql.SQL(" and ").join(wanted) if wanted else sql.SQL("")
    query = sql.SQL("select * from {}{} limit {}").format(sql.Identifier(schema, table), condition, sql.Literal(_MOST))
    with connected(context) as connection:
        return connection.cursor(row_factory=dict_row).execute(query, tuple(where.values())).fetchall()
