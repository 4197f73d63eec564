"""Sample rows for every empty table, so that a loss of rows is seen."""

from __future__ import annotations

import re
from typing import Any

import psycopg
from psycopg import sql

from verifier.probes.migrations.rehearsal.snapshot import Connection

_ROWS = 2
_COLUMNS = """
    select n.nspname, c.relname, a.attname, b.typname, t.typtype::text, a.attnotnull,
           d.adbin is not null or a.attidentity <> '' as filled, a.attgenerated <> '' as computed,
           greatest(a.atttypmod - 4, 0), t.typcategory::text,
           (select enumlabel from pg_enum e where e.enumtypid = t.oid order by enumsortorder limit 1),
           (select pg_get_constraintdef(k.oid) from pg_constraint k
            where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum] limit 1),
           (select format('%I.%I', fn.nspname, fc.relname) || '|' || fa.attname
            from pg_constraint k join pg_class fc on fc.oid = k.confrelid
            join pg_namespace fn on fn.oid = fc.relnamespace
            join pg_attribute fa
                on fa.attrelid = k.confrelid and fa.attnum = k.confkey[array_position(k.conkey, a.attnum)]
            where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any (k.conkey) limit 1)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid join pg_type b on b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and not c.relispartition
      and n.nspname not in ('information_schema', 'auth', 'storage', 'realtime', 'vault', 'extensions',
                            'supabase_migrations')
    order by 1, 2, a.attnum
"""
_ALLOWED = re.compile(r"= ANY \(+ARRAY\['([^']*)'|\(+\w+ = '([^']*)'")
_VALUES = {
    "uuid": "gen_random_uuid()", "bool": "true", "date": "current_date", "timestamp": "now()", "timestamptz": "now()",
    "time": "localtime", "timetz": "current_time", "interval": "interval '1 day'", "json": "'{}'", "jsonb": "'{}'",
    "bytea": "'\\x01'", "inet": "'127.0.0.1'", "cidr": "'127.0.0.0/8'", "macaddr": "'08:00:2b:01:02:03'",
    "tsvector": "'sample'", "int4range": "'[1,2)'", "tstzrange": "'[now,infinity)'", "point": "'(1,2)'",
}  # fmt: skip


def fill(connection: Connection) -> tuple[bool, dict[str, str]]:
    """Insert rows into every empty table; foreign keys hold, triggers do not fire.

    Returns:
        Whether any row was inserted, and table → why that failed.
    """
    tables = _columns(connection)
    connection.execute("set local session_replication_role = replica")
    _users(connection)
    failed: dict[str, str] = {}
    waiting = {name: columns for name, columns in tables.items() if _is_empty(connection, name)}
    some = bool(waiting)
    while waiting:
        done = [name for name, columns in waiting.items() if _filled(connection, name, columns, failed)]
        if not done:
            break
        for name in done:
            del waiting[name]
    connection.execute("set local session_replication_role = origin")
    return some, {name: reason for name, reason in failed.items() if tuple(name.split(".", 1)) in waiting}


def columns_of(connection: Connection, table: str) -> list[tuple[Any, ...]]:
    """The columns of one table; none for those of the platform."""
    schema, _, name = table.partition(".")
    return _columns(connection).get((schema, name), [])


def free_texts(columns: list[tuple[Any, ...]]) -> list[str]:
    """The columns of a table that may hold any text: neither computed, nor a reference, nor with a CHECK."""
    return [
        str(each[0])
        for each in columns
        if each[1] in {"text", "varchar"} and each[2] == "b" and not any(each[n] for n in (5, 9, 10))
    ]


def sample_insert(
    connection: Connection, table: sql.Identifier, columns: list[tuple[Any, ...]], number: int
) -> sql.Composed:
    """The statement that inserts the sample row of a number, with values that no role has to look up."""
    given = _given(columns, number)
    if not given:
        return _insert(table, columns, number)
    texts = sql.SQL(", ").join(sql.SQL("({})::text").format(value) for _, value in given)
    row = connection.execute(sql.SQL("select {}").format(texts)).fetchone() or ()
    return sql.SQL("insert into {} ({}) values ({})").format(
        table,
        sql.SQL(", ").join(sql.Identifier(name) for name, _ in given),
        sql.SQL(", ").join(sql.Literal(each) for each in row),
    )


def _columns(connection: Connection) -> dict[tuple[str, str], list[tuple[Any, ...]]]:
    tables: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for schema, table, *column in connection.execute(_COLUMNS).fetchall():
        tables.setdefault((schema, table), []).append(tuple(column))
    return tables


def _users(connection: Connection) -> None:
    there = connection.execute("select to_regclass('auth.users') is not null").fetchone()
    if not there or not there[0]:
        return
    try:
        with connection.transaction():
            connection.execute(
                "insert into auth.users (id, email) select gen_random_uuid(), 'sample' || n || '@example.com' "
                "from generate_series(1, 2) n where not exists (select from auth.users)"
            )
    except psycopg.Error:
        return  # of another shape: tables that refer to it stay empty, and are reported


def _is_empty(connection: Connection, name: tuple[str, str]) -> bool:
    query = sql.SQL("select exists (select from {})").format(sql.Identifier(*name))
    return connection.execute(query).fetchone() == (False,)


def _filled(
    connection: Connection, name: tuple[str, str], columns: list[tuple[Any, ...]], failed: dict[str, str]
) -> bool:
    table = sql.Identifier(*name)
    for wanted in (columns, [each for each in columns if each[3]]):
        try:
            with connection.transaction():
                for number in range(1, _ROWS + 1):
                    connection.execute(_insert(table, wanted, number))
        except psycopg.Error as trouble:
            failed[".".join(name)] = str(trouble).splitlines()[0]
        else:
            return True
    return False


def _insert(table: sql.Identifier, columns: list[tuple[Any, ...]], number: int) -> sql.Composed:
    given = _given(columns, number)
    if not given:
        return sql.SQL("insert into {} default values").format(table)
    return sql.SQL("insert into {} ({}) values ({})").format(
        table,
        sql.SQL(", ").join(sql.Identifier(name) for name, _ in given),
        sql.SQL(", ").join(value for _, value in given),
    )


def _given(columns: list[tuple[Any, ...]], number: int) -> list[tuple[str, sql.Composable]]:
    return [(each[0], _value(each, number)) for each in columns if not each[5] and (not each[4] or each[10])]


def _value(column: tuple[Any, ...], number: int) -> sql.Composable:
    _, base, kind, _, _, _, length, category, label, check, reference = column
    if reference:
        table, _, key = reference.partition("|")
        parts = [each.strip('"') for each in table.split(".")]
        # Numbers beyond the rows that are there refer to one of them again.
        return sql.SQL("(select {} from {} order by 1 offset {} limit 1)").format(
            sql.Identifier(key), sql.Identifier(*parts), sql.Literal((number - 1) % _ROWS)
        )
    allowed = _ALLOWED.search(check or "")
    if allowed:
        return sql.Literal(allowed[1] or allowed[2] or "")
    if kind == "e":
        return sql.Literal(label)
    if category == "A":
        return sql.SQL("'{}'")
    if category == "N":
        return sql.Literal(number)
    text = f"sample {number}"
    return (
        sql.SQL(_VALUES[base]) if base in _VALUES else sql.Literal(text[-length:] if 0 < length < len(text) else text)
    )
