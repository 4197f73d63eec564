"""The contents of the database: Supabase's roles and schemas, the application's tables, sample rows."""

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from sandbox.database.row_security_faults import UNDO
from sandbox.database.schema_faults import CONTENTS, Alteration
from sandbox.database.server import Postgres
from sandbox.fault import Active

HERE = Path(__file__).resolve().parent
SCHEMAS = ("public", "auth", "supabase_migrations")
LOGIN_ROLES = ("hotdash_app", "hotdash_verifier")

Connection = psycopg.AsyncConnection[tuple[object, ...]]


class SandboxDatabase:
    """The contents of one server; its superuser makes every change."""

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self.passwords = {role: secrets.token_urlsafe(24) for role in LOGIN_ROLES}
        self._altered = False

    def url(self, role: str) -> str:
        """The URL for one of the two login roles."""
        return self.server.url(role, self.passwords[role])

    async def _connect(self, *, autocommit: bool = False) -> Connection:
        options = "-c default_transaction_read_only=off"
        return await psycopg.AsyncConnection.connect(
            self.server.url(), connect_timeout=5, autocommit=autocommit, options=options
        )

    async def run(self, statement: str) -> object:
        """Run a statement as superuser; the first value of its first row, if any."""
        async with await self._connect(autocommit=True) as connection:
            cursor = await connection.execute(statement.encode())
            row = await cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Connection]:
        """An idle session that the application forgot to close."""
        connection = await psycopg.AsyncConnection.connect(self.url("hotdash_app"), application_name="forgotten")
        try:
            yield connection
        finally:
            await connection.close()

    async def create(self) -> None:
        """Create roles, schemas, tables and rows in a fresh server."""
        async with await self._connect() as connection:
            await connection.execute((HERE / "sql" / "roles.sql").read_bytes())
            for role, password in self.passwords.items():
                await connection.execute(
                    sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password))
                )
            await self._fill(connection)

    async def _fill(self, connection: Connection) -> None:
        await connection.execute(UNDO)
        for schema in SCHEMAS:
            await connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
        await connection.execute((HERE / "sql" / "schema.sql").read_bytes())
        await connection.execute("set local search_path to public")
        for path in sorted((HERE.parent / "migrations").glob("*.sql")):
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

    async def set_faults(self, faults: Active) -> None:
        """Create the contents again in one transaction, altered by exactly these faults."""
        wanted = CONTENTS.active(faults)
        if not wanted and not self._altered:
            return
        async with await self._connect() as connection:
            await connection.execute("set local lock_timeout = '2s'")
            await self._fill(connection)
            for contents, figure in wanted:
                await connection.execute(_altering(contents, figure))
        self._altered = bool(wanted)


def _altering(contents: Alteration, figure: str) -> sql.Composed:
    table = figure if re.fullmatch(r"[a-z_]+", figure) else contents.table
    return sql.SQL(contents.statement).format(table=sql.Identifier("public", table))
