"""A real PostgreSQL that is killed while it is asked, and one behind a pooler that hands out transactions."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from tests.support.hostile.situation import DONE, NOT_DONE, UNVERIFIED, Command, Situation
from tests.support.hostile.targets.answers import WELL
from tests.support.hostile.targets.databases import TARGET
from tests.support.servers.scripted import listening, scripted
from verifier.embedded.server import Server, scratch_server, short_folder

ITEMS = ("database-connection", "tables-exist", "rls-protects")
SLOW_LOOK = "select count(*) from pg_stat_activity where usename = 'slow' and state = 'active'"
PATIENCE = 30.0
POOLER = """
[databases]
shop = host=127.0.0.1 port={port} dbname=shop user=postgres password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = 2
server_reset_query =
ignore_startup_parameters = {ignored}
"""


def tables(server: Server, many: int) -> str:
    """A database with so many tables, each with a row and row-level security; its address."""
    url = server.database("shop")
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("orders", *(f"t{number}" for number in range(many))):
            table = sql.Identifier(name)
            connection.execute(sql.SQL("create table {} (id uuid primary key, user_id uuid)").format(table))
            connection.execute(sql.SQL("alter table {} enable row level security").format(table))
            connection.execute(sql.SQL("insert into {} values (gen_random_uuid(), gen_random_uuid())").format(table))
    return url


@contextmanager
def killed(_: Path) -> Iterator[Command]:
    """All processes of the server are killed while the run asks it."""
    with scratch_server({}) as server, scripted({"*": WELL}) as app:
        url = tables(server, 300)
        ended = threading.Event()
        seen: list[str] = []

        def kill() -> None:
            with psycopg.connect(server.url(), autocommit=True) as connection:
                asked = "select application_name from pg_stat_activity where datname = 'shop'"
                while not ended.is_set() and not seen:
                    seen.extend(str(each) for (each,) in connection.execute(asked))
            for each in psutil.process_iter(["cmdline"]):
                if str(server.folder) in " ".join(each.info["cmdline"] or ()) and "postgres" in each.name():
                    for process in (*each.children(recursive=True), each):
                        with suppress(psutil.Error):
                            process.send_signal(signal.SIGKILL)

        killer = threading.Thread(target=kill, daemon=True)
        killer.start()

        def afterwards() -> list[str]:
            ended.set()
            killer.join()
            with suppress(psycopg.Error), psycopg.connect(server.url(), connect_timeout=2):
                return ["the server still answers"]
            return [] if seen else ["the run never asked the server"]

        target = TARGET.format(url=app.url, tables='["orders"]')
        yield Command(
            target, ITEMS, environment={"DATABASE_URL": url}, canaries=(server.password,), afterwards=afterwards
        )


def without_pooler() -> str:
    """Why there is no pooler here."""
    found = pooler()
    return "" if found else "PgBouncer is not installed: apt-get install pgbouncer"


def pooler() -> str | None:
    """The pooler's program."""
    return shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")


@contextmanager
def pooled(_: Path, ignored: str = "extra_float_digits, options") -> Iterator[Command]:
    """A real PgBouncer in transaction mode, with two connections to the server, between the run and the database."""
    with scratch_server({}) as server, scripted({"*": WELL}) as app:
        tables(server, 20)
        with listening() as listener:
            port = listener.getsockname()[1]
        place = short_folder()
        users = place / "users.txt"
        users.write_text(f'"postgres" "{server.password}"\n', encoding="utf-8")
        settings = POOLER.format(port=server.port, password=server.password, listen=port, users=users, ignored=ignored)
        (place / "pgbouncer.ini").write_text(settings, encoding="utf-8")
        as_nobody = {"user": "nobody"} if os.geteuid() == 0 else {}  # it refuses to run as root
        process = subprocess.Popen(
            [pooler() or "", str(place / "pgbouncer.ini")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_nobody,
        )  # fmt: skip
        url = f"postgresql://postgres:{server.password}@127.0.0.1:{port}/shop"
        try:
            _await(url)
            target = TARGET.format(url=app.url, tables='["orders"]')
            yield Command(target, ITEMS, environment={"DATABASE_URL": url}, canaries=(server.password,))
        finally:
            process.terminate()
            process.wait()
            shutil.rmtree(place)


def _await(url: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise TimeoutError("the pooler never answered") from None
            time.sleep(0.1)
        else:
            return


SITUATIONS = (
    Situation(
        "PostgreSQL is killed (SIGKILL) while it is asked",
        killed,
        (NOT_DONE, UNVERIFIED),
        "database",
        30,
        slow=True,
    ),
    Situation(
        "PostgreSQL behind a pooler of transactions (PgBouncer)",
        pooled,
        (DONE,),
        "^DONE: 3 of 22",
        30,
        slow=True,
        needs=without_pooler,
    ),
    Situation(
        "PostgreSQL behind a pooler that takes no options (PgBouncer as it is installed)",
        partial(pooled, ignored="extra_float_digits"),
        (DONE,),
        "^DONE: 3 of 22",
        30,
        slow=True,
        needs=without_pooler,
    ),
)
