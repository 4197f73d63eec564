"""The changes of the queue in commit order: one table and one sequence for all machines.

A change and its event are one transaction. The notification only wakes the machines, which read the table; a lost
notification delays an event, and loses none.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from sandbox.hotdash.site import SHOP, Row, Site

CHANNEL = "approvals"
MOST_REPLAYED = 1000
"""A client that missed more is told to reload the queue, which is less work for both."""
# Ids are assigned before the commit and could become visible out of order; so there is one writer at a time.
_ONE_WRITER = 0x5E5E
_KEPT = "1 hour"
# The newest change stays, however old: clients resume from it after a quiet hour. Only a prefix of the sequence is
# deleted: transaction times are not in its order, and a gap would be an undetected loss.
_FORGET = """
    delete from approval_events
    where user_id = %(shop)s and id < least(
      (select id from approval_events where user_id = %(shop)s order by id desc offset 1 limit 1),
      (select min(id) from approval_events where user_id = %(shop)s and created_at >= now() - %(kept)s::interval))
"""


class Change(NamedTuple):
    """One change, with the id of its event on every machine."""

    id: int
    action: str
    approval: dict[str, Any]
    machine: str


class Changes:
    """Records changes in the transaction of their statement, and reads them."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def make(self, action: str, query: str, parameters: Sequence[object]) -> Row | None:
        """Run a statement that returns the changed row, and record the change; None if no row was changed."""
        async with self._site.pool.connection() as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(%s)", (_ONE_WRITER,))
            row = await (await connection.execute(query.encode(), parameters)).fetchone()
            if row is None:
                return None
            await connection.execute(
                "insert into approval_events (user_id, action, approval, machine) values (%s, %s, %s, %s)",
                (SHOP, action, Jsonb(public(row)), self._site.machine),
            )
            await connection.execute(_FORGET, {"shop": SHOP, "kept": _KEPT})
            await connection.execute("select pg_notify(%s, '')", (CHANNEL,))
            return row

    async def newest(self) -> int:
        """The id of the newest change."""
        query = "select coalesce(max(id), 0) as id from approval_events where user_id = %s"
        (row,) = await self._site.rows(query, (SHOP,))
        return int(row["id"])

    async def after(self, last: int, until: int | None = None) -> list[Change]:
        """The changes after `last`, up to `until`; at most one more than `MOST_REPLAYED`."""
        rows = await self._site.rows(
            "select id, action, approval, machine from approval_events "
            "where user_id = %s and id > %s and (%s::bigint is null or id <= %s) order by id limit %s",
            (SHOP, last, until, until, MOST_REPLAYED + 1),
        )
        return [Change(**row) for row in rows]

    async def remembers(self, last: int) -> bool:
        """Whether every change after `last` is still in the table, and so was at any earlier read."""
        query = "select id from approval_events where user_id = %s and id = %s"
        return bool(await self._site.rows(query, (SHOP, last)))


def public(row: Row) -> dict[str, Any]:
    """The public form of a row: without the owner, with text where JSON has no type."""
    plain = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
    return {
        name: value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
        for name, value in plain.items()
        if name != "user_id"
    }
