"""PostgreSQL in trouble: what refuses, is silent, lies, or holds more and stranger things than anybody expects."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.support.hostile.canaries import canary
from tests.support.hostile.situation import DONE, NOT_DONE, UNVERIFIED, Command, Ending, Situation
from tests.support.hostile.targets.answers import WELL
from tests.support.servers.scripted import Line, Script, listening, scripted
from verifier.embedded.server import Server, scratch_server

TARGET = """
url = "{url}"
[platform]
machines = "none"
[database]
tables = {tables}
"""
RED = (NOT_DONE, UNVERIFIED)
ITEMS = ("database-connection", "tables-exist")
SHORT = 4.0
USERS = {"postgres": "a role that may do everything"}


@contextmanager
def asked(url: str, tables: str = '["orders"]', items: tuple[str, ...] = ITEMS) -> Iterator[Command]:
    """A healthy app with this database."""
    with scripted({"*": WELL}) as server:
        target = TARGET.format(url=server.url, tables=tables)
        yield Command(
            target, items, environment={"DATABASE_URL": url}, canaries=(url.split("@", maxsplit=1)[0].split(":")[2],)
        )


@contextmanager
def nobody(_: Path) -> Iterator[Command]:
    """A port at which nobody listens."""
    with listening() as listener:
        port = listener.getsockname()[1]
    with asked(f"postgresql://me:{canary('nobody')[:27]}@127.0.0.1:{port}/app") as command:
        yield command


class Protocol:
    """What a server says in PostgreSQL's protocol (version 3)."""

    AUTHENTICATED = b"R" + struct.pack("!ii", 8, 0)
    READY = b"Z" + struct.pack("!ic", 5, b"I")

    @staticmethod
    def error(state: str, words: str) -> bytes:
        """An error with this SQLSTATE."""
        fields = b"".join(
            name + text.encode() + b"\0" for name, text in ((b"S", "FATAL"), (b"C", state), (b"M", words))
        )
        return b"E" + struct.pack("!i", len(fields) + 5) + fields + b"\0"


def started(peer: Any) -> None:  # noqa: ANN401 - a socket
    """Read the request to start, and refuse TLS first if it is asked for."""
    while True:
        length = struct.unpack("!i", peer.recv(4))[0]
        code = struct.unpack("!i", peer.recv(length - 4)[:4])[0]
        if code not in {80877103, 80877104}:  # PostgreSQL, protocol: requests for TLS and for GSSAPI
            return
        peer.sendall(b"N")


@contextmanager
def speaking(_: Path, script: Script) -> Iterator[Command]:
    """A server that does this with each connection."""
    import threading  # noqa: PLC0415 - only here

    over = threading.Event()

    def serve(listener: Any) -> None:  # noqa: ANN401 - a socket
        from contextlib import suppress  # noqa: PLC0415

        def answer(peer: Any) -> None:  # noqa: ANN401
            with suppress(OSError, struct.error), peer:
                script(Line(peer, "", over))

        with suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

    with listening() as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        port = listener.getsockname()[1]
        try:
            with asked(f"postgresql://me:{canary('speaking')[:27]}@127.0.0.1:{port}/app") as command:
                yield command
        finally:
            over.set()


def refuses(state: str, words: str) -> Script:
    """It says so as soon as somebody comes."""

    def script(line: Line) -> None:
        started(line.peer)
        line.send(Protocol.error(state, words))

    return script


def silent_in_a_query(line: Line) -> None:
    """It lets everybody in, and never answers a question."""
    started(line.peer)
    line.send(Protocol.AUTHENTICATED + Protocol.READY)
    line.silent()


def telling(line: Line) -> None:
    """It repeats in its error what it was asked with."""
    started(line.peer)
    line.send(Protocol.error("28P01", f"password authentication failed; you sent {canary('speaking')[:27]}"))


@cache
def server() -> Server:
    """A real PostgreSQL, as long as this process lives."""
    made = scratch_server({"max_locks_per_transaction": "1024"})
    _KEPT.append(made)
    return made.__enter__()


_KEPT: list[Any] = []


@contextmanager
def real(
    _: Path, name: str, statements: str, tables: str = '["orders"]', items: tuple[str, ...] = ITEMS
) -> Iterator[Command]:
    """A database of a real server after these statements."""
    url = server().database(name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table orders (id uuid primary key)")
        connection.execute(statements.encode())
    with asked(url, tables, items) as command:
        yield command
    with psycopg.connect(server().url(), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


READ_ONLY = "alter database read_only set default_transaction_read_only = on"
MANY = "do $$ begin for n in 1..10000 loop execute format('create table t%s (id int)', n); end loop; end $$"
NAMES = """create table "a b" (id int); create table "drop table orders; --" (id int); create table "\x1b[2J" (id int);
create table "<script>alert(1)</script>" (id int); create table "%s{0}$1" (id int);
create table "ünïcode '' ""q" (id int)"""


def speaks(name: str, script: Script, says: str, *endings: Ending, **more: Any) -> Situation:  # noqa: ANN401 - its fields
    """A server that does this."""
    return Situation(name, partial(speaking, script=script), endings or RED, says, **more)


SITUATIONS = (
    Situation(
        "Nothing is wrong with the database (the control)",
        partial(real, name="well", statements="select 1"),
        (DONE,),
        "^DONE: 2 of 22",
        page=True,
    ),
    Situation("PostgreSQL: nobody listens", nobody, RED, "refused"),
    speaks("PostgreSQL is silent at connect", lambda line: line.silent(), "deadline of 4 s|timeout", deadline=SHORT),
    speaks("PostgreSQL is silent in a query", silent_in_a_query, "deadline of 4 s|timeout", deadline=SHORT),
    speaks("PostgreSQL is full", refuses("53300", "sorry, too many clients already"), "too many clients"),
    speaks("PostgreSQL is in recovery", refuses("57P03", "the database system is in recovery mode"), "recovery"),
    speaks(
        "PostgreSQL refuses the password", refuses("28P01", "password authentication failed"), "authentication failed"
    ),
    speaks("PostgreSQL tells the password in its error", telling, "you sent"),
    speaks("PostgreSQL closes the connection", lambda line: line.peer.close(), "database"),
    speaks(
        "Something else answers in the place of PostgreSQL",
        lambda line: line.send(b"HTTP/1.1 400 Bad\r\n\r\n" * 99),
        "database",
    ),
    speaks("The pooler knows no such tenant", refuses("XX000", "Tenant or user not found"), "Tenant or user not found"),
    Situation(
        "PostgreSQL takes no writes",
        partial(real, name="read_only", statements=READ_ONLY),
        (*RED, DONE),
        "database-connection",
    ),
    Situation("10,000 tables", partial(real, name="many", statements=MANY), (DONE,), "^DONE", 30, slow=True),
    Situation(
        "Tables with hostile names",
        partial(real, name="names", statements=NAMES, items=(*ITEMS, "rls-protects")),
        (NOT_DONE,),
        "rls-protects",
        60,
        slow=True,
    ),
    Situation(
        "A table that is declared does not exist",
        partial(real, name="less", statements="drop table orders"),
        (NOT_DONE,),
        "orders",
    ),
)
