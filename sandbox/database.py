"""What lies in the database: Supabase's roles and schemas, the application's tables, sample rows, and their faults."""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from sandbox import row_security
from sandbox.postgres import Postgres

HERE = Path(__file__).resolve().parent
SCHEMAS = ("public", "auth", "supabase_migrations")
LOGIN_ROLES = ("hotdash_app", "hotdash_verifier")

# One statement per fault; `{table}` is the fault's value or its default table.
FAULTS: dict[str, tuple[str, str]] = {
    "column-missing": ("alter table {table} drop column notes", "sales_pulse_actions"),
    "column-of-another-type": ("alter table {table} alter column quantity type text", "inventory_actions"),
    "dump-not-restorable": (
        """
        create function public.known(text) returns boolean language sql stable as
        $$ select exists (select from inventory_levels where sku = $1) $$;
        alter table {table} add check (public.known(sku))
        """,
        "inventory_actions",
    ),
    "schema-drifted": ("alter table {table} add column by_hand text", "orders"),
    "index-dropped": ("drop index public.approvals_status; analyze {table}", "approvals"),
    "migration-pending": (
        """
        delete from supabase_migrations.schema_migrations
        where version = (select max(version) from supabase_migrations.schema_migrations); analyze {table}
        """,
        "approvals",
    ),
    "table-missing": ("alter table {table} rename to retired_table", "user_preferences"),
}


FAULTS |= row_security.STATEMENTS


class Database:
    """The contents of one server; every change is made by its superuser."""

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self.passwords = {role: secrets.token_urlsafe(24) for role in LOGIN_ROLES}
        self._altered = False

    def url(self, role: str) -> str:
        """The address for one of the two roles that log in."""
        return self.server.url(role, self.passwords[role])

    async def _connect(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        return await psycopg.AsyncConnection.connect(self.server.url(), connect_timeout=5)

    async def create(self) -> None:
        """Make roles, schemas, tables and rows in a fresh server."""
        async with await self._connect() as connection:
            await connection.execute((HERE / "sql" / "roles.sql").read_bytes())
            for role, password in self.passwords.items():
                await connection.execute(
                    sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password))
                )
            await self._fill(connection)

    async def _fill(self, connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
        await connection.execute(row_security.UNDO)
        for schema in SCHEMAS:
            await connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
        await connection.execute((HERE / "sql" / "schema.sql").read_bytes())
        await connection.execute("set local search_path to public")
        for path in sorted((HERE / "migrations").glob("*.sql")):
            version, _, name = path.stem.partition("_")
            await connection.execute(path.read_bytes())
            await connection.execute(
                "insert into supabase_migrations.schema_migrations values (%s, %s, %s)",
                (version, name, [path.read_text()]),
            )
        await connection.execute((HERE / "sql" / "seed.sql").read_bytes())

    async def tables(self) -> list[str]:
        """The application's tables."""
        async with await self._connect() as connection:
            cursor = await connection.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
            return [str(row[0]) for row in await cursor.fetchall()]

    async def set_faults(self, faults: Mapping[str, str | None]) -> None:
        """Bring the contents into exactly this state: healthy, then altered by these faults.

        Everything is made anew in one transaction, so that nothing of an earlier fault or run is left over.
        """
        wanted = {name: value for name, value in faults.items() if name in FAULTS or name == "rls-no-rows"}
        if not wanted and not self._altered:
            return
        async with await self._connect() as connection:
            await connection.execute("set local lock_timeout = '2s'")
            await self._fill(connection)
            for name, value in wanted.items():
                await self._apply(connection, name, value)
        self._altered = bool(wanted)

    async def _apply(
        self, connection: psycopg.AsyncConnection[tuple[object, ...]], name: str, value: str | None
    ) -> None:
        if name == "rls-no-rows":
            cursor = await connection.execute("select tablename from pg_tables where schemaname = 'public'")
            tables = [sql.Identifier("public", str(row[0])) for row in await cursor.fetchall()]
            await connection.execute(sql.SQL("truncate {}").format(sql.SQL(", ").join(tables)))
            return
        statement, table = FAULTS[name]
        table = value if value and re.fullmatch(r"[a-z_]+", value) else table
        await connection.execute(sql.SQL(statement).format(table=sql.Identifier("public", table)))
