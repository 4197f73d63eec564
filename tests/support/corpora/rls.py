"""Labelled set-ups of row-level security, and an oracle with hand-written statements.

Longer than others, because what a label can say and how it is tried are one language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import psycopg
from psycopg import sql

from tests.support.runs.toy import CHECKOUT

CORPUS = CHECKOUT / "tests" / "data" / "rls"
A, B, STRANGER = (f"{x * 8}-{x * 4}-4{x * 3}-8{x * 3}-{x * 12}" for x in "abe")
WRITES = ("insert", "update", "delete", "truncate")
Connection = psycopg.Connection[tuple[Any, ...]]
Open = frozenset[tuple[str, str, str]]
"""Relation or function, role, command."""


def filled(text: str) -> str:
    """SQL with the people's ids in it."""
    for name, value in ((":A", A), (":B", B), (":S", STRANGER)):
        text = re.sub(rf"{name}\b", f"'{value}'", text)
    return text


@dataclass(frozen=True)
class SetUp:
    """One set-up.

    Attributes:
        name: of the set-up.
        text: its SQL.
        label: the openings, by its author.
        published: what can be read because the rows say so, by its author.
        calls: function → how the oracle calls it.
        forged: forged settings that give access.
        first: role → what the one who asks does before, statement by statement; what is refused is left out.
        beneath: relation → statements of the one who asks; the last shows the second person a row, or changes one.
    """

    name: str
    text: str
    label: Open
    published: Open = frozenset()
    calls: dict[str, str] = field(default_factory=dict)
    forged: dict[str, str] = field(default_factory=dict)
    first: dict[str, tuple[str, ...]] = field(default_factory=dict)
    beneath: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, text: str) -> SetUp:
        """A set-up from its part of a file."""
        label: set[tuple[str, str, str]] = set()
        published = {
            (relation, role, "select")
            for relation, roles in re.findall(r"^-- published (\S+): (.+)$", text, re.MULTILINE)
            for role in roles.split()
        }
        calls = {}
        for relation, role, commands in re.findall(r"^-- open (.+): (anon|authenticated) (.+)$", text, re.MULTILINE):
            key = relation.split("(")[0].strip('"')
            if "(" in relation:
                calls[key] = filled(relation)
            label |= {(key, role, command) for command in commands.split()}
        forged = {
            key: value.replace('":B"', f'"{B}"').replace(":B", B)
            for key, value in re.findall(r"^-- forge set (\S+) = (.+)$", text, re.MULTILINE)
        }
        for kind in ("claims", "written"):
            said = re.search(rf"^-- forge {kind} (.+)$", text, re.MULTILINE)
            forged |= {kind: said.group(1)} if said else {}
        if not label and not published and not re.search(r"^-- protected$", text, re.MULTILINE):
            raise ValueError(f"{name}: it says neither what is open nor that it is protected")
        return cls(
            name,
            filled(re.sub(r"^--.*$", "", text, flags=re.MULTILINE)),
            frozenset(label),
            frozenset(published),
            calls,
            forged,
            {
                role: tuple(filled(steps).split("; "))
                for role, steps in re.findall(r"^-- first (anon|authenticated): (.+)$", text, re.MULTILINE)
            },
            {
                relation: tuple(filled(steps).split("; "))
                for relation, steps in re.findall(r"^-- beneath (\S+): (.+)$", text, re.MULTILINE)
            },
        )


def set_ups(*files: str) -> Iterator[SetUp]:
    """All set-ups of these files, or of all."""
    paths = [CORPUS / f"{name}.sql" for name in files] or sorted(CORPUS.glob("*.sql"))
    for path in (each for each in paths if each.stem != "before"):
        parts = re.split(r"^-- set-up: (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            yield SetUp.of(name, text)


def before() -> str:
    """The start of every set-up."""
    return filled((CORPUS / "before.sql").read_text(encoding="utf-8"))


def _named(label: str) -> sql.Identifier:
    """A relation, by its name in labels: qualified outside of `public`."""
    return sql.Identifier(*label.split("."))


class Oracle:
    """Impersonates a visitor and a stranger, with rows by the author of the set-up."""

    def __init__(self, connection: Connection, set_up: SetUp) -> None:
        self._connection = connection
        self._set_up = set_up

    def finds(self) -> Open:
        """The openings."""
        relations = self._connection.execute(
            "select case n.nspname when 'public' then c.relname else n.nspname || '.' || c.relname end, "
            "c.relkind::text from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where c.relkind in ('r', 'p', 'v', 'm', 'f') "
            "and n.nspname !~ '^(pg_|information_schema$|auth$|storage$|realtime$|vault$|supabase_|graphql)'"
        ).fetchall()
        self._tables = [_named(name) for name, kind in relations if kind in "rp"]
        found = {
            (name, "authenticated", steps[-1].split(" ")[0])
            for name, steps in self._set_up.beneath.items()
            if self._shows(name, *steps)
        }
        for role in ("anon", "authenticated"):
            found |= {(name, role, "insert") for name in self._left_behind(role)}
            found |= {(name, role, command) for name, kind in relations for command in self._open(role, name, kind)}
            found |= {
                (name, role, each) for name, call in self._set_up.calls.items() for each in self._called(role, call)
            }
        return frozenset(found)

    def _open(self, role: str, name: str, kind: str) -> Iterator[str]:
        if kind == "f":
            # No server is behind it: without a refusal, access was granted.
            yield from self._foreign(role, name)
            return
        for forged in (False, True) if self._set_up.forged or self._set_up.first else (False,):
            if self._reads(role, name, kind, forged=forged):
                yield "select"
            writes = [each for each in WRITES if kind != "m" and (each != "truncate" or self._logs_in(role))]
            with self._connection.transaction(force_rollback=True):
                if kind in "rp":  # what the one who asks does with its own rows is no opening
                    own = "delete from {} t where strpos(to_jsonb(t)::text, {}) > 0"
                    self._connection.execute(sql.SQL(own).format(_named(name), sql.Literal(STRANGER)))
                found = [each for each in writes if self._writes(role, name, each, forged=forged)]
            yield from found
            removes = sql.SQL("delete from {}").format(_named(name))
            if "delete" in writes and self._changes_others(role, removes, forged=False):
                yield "delete"  # its own row there may be what lets it

    def _logs_in(self, role: str) -> bool:
        """Whether it can send more than PostgREST sends for it."""
        found = self._connection.execute("select rolcanlogin from pg_roles where rolname = %s", (role,)).fetchone()
        return bool(found and found[0])

    def _foreign(self, role: str, name: str) -> Iterator[str]:
        for command in ("select", "insert", "update", "delete"):
            (held,) = self._connection.execute(
                "select has_table_privilege(%s, %s, %s)", (role, _named(name).as_string(), command)
            ).fetchone() or (False,)
            if held:
                yield command

    def _reads(self, role: str, name: str, kind: str, *, forged: bool) -> bool:
        query = sql.SQL("select {} from {}").format(self._readable(role, name), _named(name))
        there = [row for row in self._tried(role, query, forged=forged) if STRANGER not in str(row)]
        return bool(there) and (kind == "m" or there != self._tried(role, query, forged=forged, emptied=True))

    def _readable(self, role: str, name: str) -> sql.Composable:
        columns = self._columns(role, name, "select")
        return sql.SQL("row({})::text").format(sql.SQL(", ").join(columns)) if columns else sql.SQL("1::text")

    def _columns(self, role: str, name: str, command: str) -> list[sql.Identifier]:
        rows = self._connection.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 "
            "and not attisdropped and attgenerated = '' and has_column_privilege(%s, attrelid, attnum, %s)",
            (_named(name).as_string(), role, command),
        )
        return [sql.Identifier(column) for (column,) in rows]

    def _writes(self, role: str, name: str, command: str, *, forged: bool) -> bool:
        place = _named(name)
        if command in {"delete", "truncate"}:
            words = sql.SQL("delete from {}" if command == "delete" else "truncate {} cascade")
            return self._changes(role, words.format(place), forged=forged, empties=command == "truncate")
        columns = self._columns(role, name, command)
        row = self._row(place)
        if not columns or row is None:
            return False
        names = sql.SQL(", ").join(columns)
        source = sql.SQL("jsonb_populate_record(null::{}, {})").format(place, sql.Literal(json.dumps(row)))
        if command == "insert":
            words = sql.SQL("insert into {} ({}) overriding system value select {} from {}")
            given = {key for key, value in row.items() if value is not None}
            return self._inserts(role, place, words.format(place, names, names, source), given, forged=forged)
        steals = {key: STRANGER if value in (A, B) else value for key, value in row.items()}
        source = sql.SQL("jsonb_populate_record(null::{}, {})").format(place, sql.Literal(json.dumps(steals)))
        stealing = sql.SQL("update {} set ({}) = (select {} from {})").format(place, names, names, source)
        plainly = [(each, row.get(each.as_string().strip('"'))) for each in reversed(columns)]
        first, value = next((pair for pair in plainly if not isinstance(pair[1], (list, dict))), plainly[0])
        wrapped = json.dumps(value) if isinstance(value, dict) else value
        plain = sql.SQL("update {} set {} = {}").format(place, first, sql.Literal(wrapped))
        return (
            self._changes(role, plain, forged=forged)
            or self._changes(role, stealing, forged=forged)
            or (place not in self._tables and self._takes_over(role, place, row, columns, forged=forged))
            or (role == "authenticated" and self._gives_away(place, row, columns))
        )

    def _takes_over(
        self, role: str, place: sql.Identifier, row: dict[str, Any], columns: list[sql.Identifier], *, forged: bool
    ) -> bool:
        """Whether an own row with another's key, put in through a view, replaces or changes the other's row."""
        given = [each for each in self._columns(role, place.as_string().replace('"', ""), "insert") if each in columns]
        names = sql.SQL(", ").join(given)
        steals = {key: STRANGER if value in (A, B) else value for key, value in row.items()}
        source = sql.SQL("jsonb_populate_record(null::{}, {})").format(place, sql.Literal(json.dumps(steals)))
        plain = sql.SQL("insert into {} ({}) select {} from {}").format(place, names, names, source)
        news = sql.SQL(", ").join(sql.SQL("{} = excluded.{}").format(each, each) for each in given)
        keys = [[each] for each in given] + [list(pair) for pair in combinations(given, 2)]
        upserts = [
            sql.SQL("{} on conflict ({}) do update set {}").format(plain, sql.SQL(", ").join(key), news) for key in keys
        ]
        return any(self._changes_others(role, each, forged=forged) for each in (plain, *upserts) if given)

    def _changes_others(self, role: str, query: sql.Composed, *, forged: bool) -> bool:
        """Whether a row of somebody else is not there any more, or is another."""
        try:
            with self._connection.transaction(force_rollback=True):
                there = [row for rows in self._all() for (row,) in rows if STRANGER not in row]
                self._become(role, forged=forged)
                self._connection.execute(query)
                self._connection.execute("reset role")
                return bool(set(there) - {row for rows in self._all() for (row,) in rows})
        except psycopg.Error:
            return False

    def _gives_away(self, place: sql.Identifier, row: dict[str, Any], columns: list[sql.Identifier]) -> bool:
        """Whether the first person may make its row like one of the second, and has it no more."""
        keys = {
            key
            for (key,) in self._connection.execute(
                "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid "
                "and a.attnum = any (i.indkey) where i.indisunique and i.indrelid = %s::regclass",
                (place.as_string(),),
            )
        }
        kept = [each for each in columns if (key := each.as_string().strip('"')) not in keys or row.get(key) == B]
        if not kept or B not in json.dumps(row):
            return False
        row = {key: STRANGER if value == B and key in keys else value for key, value in row.items()}
        names = sql.SQL(", ").join(kept)
        source = sql.SQL("jsonb_populate_record(null::{}, {})").format(place, sql.Literal(json.dumps(row)))
        query = sql.SQL("update {} set ({}) = (select {} from {})").format(place, names, names, source)
        try:
            with self._connection.transaction(force_rollback=True):
                claims = json.dumps({"role": "authenticated", "sub": A})
                self._connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
                self._connection.execute("set local role authenticated")
                return self._connection.execute(query).rowcount > self._connection.execute(query).rowcount
        except psycopg.Error:
            return False

    def _row(self, place: sql.Identifier) -> dict[str, Any] | None:
        """A row of the second person; a view that shows us none shows what it shows to them, or is like `notes`."""
        for each, sub in ((place, ""), (place, B), (sql.Identifier("notes"), "")):
            query = sql.SQL(
                "select to_jsonb(t) from {} t where strpos(to_jsonb(t)::text, %s) = 0 "
                "order by to_jsonb(t)::text desc limit 1"
            ).format(each)
            with self._connection.transaction(force_rollback=True):
                if sub:
                    claims = json.dumps({"role": "authenticated", "sub": sub})
                    self._connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
                found = self._connection.execute(query, [STRANGER]).fetchone()
            if found:
                row: dict[str, Any] = found[0]
                return row
        return None

    def _inserts(
        self, role: str, place: sql.Identifier, query: sql.Composed, given: Collection[str], *, forged: bool
    ) -> bool:
        """Whether a row of somebody else is there afterwards; into a table that was emptied, if it is one."""
        count = sql.SQL("select count(*) from {} t where strpos(to_jsonb(t)::text, {}) = 0").format(
            place, sql.Literal(STRANGER)
        )
        try:
            with self._connection.transaction(force_rollback=True):
                self._empty()
                self._become(role, forged=forged)
                done = self._connection.execute(query).rowcount
                self._connection.execute("reset role")
                if place not in self._tables:  # a trigger of the view may say whose it is
                    return done > 0 and any(STRANGER not in row for rows in self._all() for (row,) in rows)
                (left,) = self._connection.execute(count).fetchone() or (0,)
                return done > 0 and left > 0
        except psycopg.IntegrityError as trouble:
            # A value that was given and is not there was replaced by whoever asks, who is nobody here.
            return place in self._tables or trouble.diag.column_name not in given
        except psycopg.Error:
            return False

    def _called(self, role: str, call: str) -> Iterator[str]:
        query = sql.SQL("select f::text from {} f").format(sql.SQL(call))  # type: ignore[arg-type]
        there = self._tried(role, query, forged=False)
        if any(said for (said,) in there) and there != self._tried(role, query, forged=False, emptied=True):
            yield "select"
        if self._changes(role, query, forged=False, counts=True):
            written = " insert into " in self._set_up.text and " update " not in self._set_up.text
            yield "truncate" if "truncate" in self._set_up.text else "insert" if written else "update"

    def _become(self, role: str, *, forged: bool) -> None:
        claims = {"role": role} | ({"sub": STRANGER} if role == "authenticated" else {})
        settings = dict(self._set_up.forged) if forged else {}
        claims |= json.loads(settings.pop("claims", "{}")) if role == "authenticated" else {}
        settings.pop("claims", None)
        written = settings.pop("written", "")
        if written:
            users = "insert into auth.users (id, raw_user_meta_data) values (%s, %s)"
            self._connection.execute(users, (STRANGER, written))
        for key, value in {"request.jwt.claims": json.dumps(claims), **settings}.items():
            self._connection.execute("select set_config(%s, %s, true)", (key, value))
        self._connection.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
        for step in self._set_up.first.get(role, ()) if forged else ():
            with suppress(psycopg.Error), self._connection.transaction():
                self._connection.execute(step.encode())

    def _left_behind(self, role: str) -> Iterator[str]:
        """The tables in which what the one who asks does first puts rows of others."""
        for each in self._tables if role in self._set_up.first else ():
            query = sql.SQL("select to_jsonb(t)::text from {} t where strpos(to_jsonb(t)::text, {}) = 0").format(
                each, sql.Literal(STRANGER)
            )
            with self._connection.transaction(force_rollback=True):
                before = self._connection.execute(query).fetchall()
                self._become(role, forged=True)
                self._connection.execute("reset role")
                if len(self._connection.execute(query).fetchall()) > len(before):
                    yield each.as_string().replace('"', "").removeprefix("public.")

    def _shows(self, name: str, *steps: str) -> bool:
        """Whether the last step shows the second person a row of the one who asks, or changes rows of others."""
        query = sql.SQL("select count(*) from {} t where strpos(to_jsonb(t)::text, {}) > 0").format(
            _named(name), sql.Literal(STRANGER)
        )
        count, there, before = 0, set[str](), (0, set[str]())
        with self._connection.transaction(force_rollback=True):
            for each in steps:
                before = count, {row for rows in self._all() for (row,) in rows if STRANGER not in row}
                with suppress(psycopg.Error), self._connection.transaction():
                    self._become("authenticated", forged=False)
                    self._connection.execute(each.encode())
                    self._connection.execute("reset role")
                there = {row for rows in self._all() for (row,) in rows}
                with self._connection.transaction(force_rollback=True):
                    claims = json.dumps({"role": "authenticated", "sub": B})
                    self._connection.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
                    self._connection.execute("set local role authenticated")
                    (count,) = self._connection.execute(query).fetchone() or (0,)
        return count > before[0] or bool(before[1] - there)

    def _tried(self, role: str, query: sql.Composed, *, forged: bool, emptied: bool = False) -> list[Any]:
        try:
            with self._connection.transaction(force_rollback=True):
                if emptied:
                    self._empty()
                self._become(role, forged=forged)
                return sorted(self._connection.execute(query).fetchall())
        except psycopg.Error:
            return []

    def _changes(
        self, role: str, query: sql.Composed, *, forged: bool, empties: bool = False, counts: bool = False
    ) -> bool:
        """Whether it changes anything."""
        try:
            with self._connection.transaction(force_rollback=True):
                rows = self._all()
                self._become(role, forged=forged)
                done = self._connection.execute(query).rowcount
                self._connection.execute("reset role")
                return rows != self._all() if counts else empties or done > 0
        except psycopg.IntegrityError:
            return not counts
        except psycopg.Error:
            return False

    def _empty(self) -> None:
        """Empty all tables: without triggers, rules and references, and without the new files that `truncate` makes."""
        every = sql.SQL("; ").join(sql.SQL("delete from {}").format(each) for each in self._tables)
        within = "set local session_replication_role = {}"
        replica, origin = (sql.SQL(within).format(sql.Literal(each)) for each in ("replica", "origin"))
        self._connection.execute(sql.SQL("; ").join([replica, every, origin]))

    def _all(self) -> list[Any]:
        """All rows of all tables."""
        queries = (sql.SQL("select to_jsonb(t)::text from {} t order by 1").format(each) for each in self._tables)
        return [self._connection.execute(query).fetchall() for query in queries]
