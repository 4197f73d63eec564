"""What a run asks an app and its database where nothing may be written, by their own records."""

from __future__ import annotations

import re
import shutil
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.hostile.situation import DONE, NOT_DONE, UNVERIFIED, Command, Situation
from tests.support.hostile.targets.answers import WELL
from tests.support.servers.scripted import answer, scripted
from verifier.embedded.server import Server, short_folder
from verifier.probes.postgres.database import APPLICATION

TARGET = """
url = "{url}"
writes = "forbidden"
[platform]
machines = "none"
[[health.endpoint]]
path = "/health"
claims = {{ status = "ok" }}
[events]
path = "/events"
[database]
tables = ["orders"]
claim = {{ path = "/db", claims = {{ status = "ok" }} }}
[approvals]
path = "/approvals"
marker = "marker"
create = {{ kind = "test" }}
[traffic]
paths = ["/health"]
requests = 20
[chatwoot]
path = "/chatwoot"
claims = {{ status = "ok" }}
[metrics]
path = "/metrics"
[limit.uptime]
seconds = 2.0
reason = "scaled for the tests"
"""
ITEMS = (
    "health-endpoint",
    "database-connection",
    "tables-exist",
    "rls-protects",
    "schema-matches-migrations",
    "chatwoot-health",
    "response-time",
    "no-server-errors",
    "sse-delivers",
    "sse-heartbeat",
    "uptime",
    "metrics-collecting",
    "error-rate",
    "backups-verified",
)
STAGES = "migration or deploy or postdeploy or monitoring or production"
SETTINGS = {"log_statement": "all", "log_line_prefix": "%a|", "log_parameter_max_length": "0"}
READS = re.compile(
    r"(?i)^(prepare |execute |begin|start transaction|rollback|commit|\(?select|show|with|values|explain|declare|fetch"
    r"|close|deallocate|discard|set |savepoint|release|copy .* to stdout|lock table .* in access share mode|reset )"
)
"""How a statement begins that changes nothing by itself; that the rows stay as they are, the server's counters say."""
COUNTED = "select tup_inserted + tup_updated + tup_deleted from pg_stat_database where datname = 'shop'"
LOGGED = re.compile(r"^([^|\n]*)\|LOG:  (?:statement|execute [^:]*):\s*(\S.*)", re.MULTILINE)


def changing(log: str, application: str) -> list[str]:
    """The statements of this application in the log that are no reads."""
    return [line for who, line in LOGGED.findall(log) if who == application and not READS.match(line)]


def unlike_reads(requests: list[str]) -> list[str]:
    """The requests that are no reads."""
    return [each for each in requests if each.split(" ")[0] not in {"GET", "HEAD"}]


@contextmanager
def recording_server() -> Iterator[Server]:
    """A server that keeps every line of its log, instead of the last ones."""
    folder = short_folder()
    server = Server(folder, SETTINGS)
    server._lines = deque()
    try:
        server.create()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def counted(server: Server) -> int:
    """How many rows of the database were ever changed, as the server counts them."""
    with psycopg.connect(server.url(), application_name="the counter") as connection:
        row = connection.execute(COUNTED).fetchone()
    return int(row[0]) if row else -1


@contextmanager
def recorded(_: Path) -> Iterator[Command]:
    """An app and a database that write down everything that they are asked."""
    scripts = {"*": WELL, "/approvals": answer('{"approvals": []}')}
    with recording_server() as server, scripted(scripts) as app:
        url = server.database("shop")
        with psycopg.connect(url, autocommit=True, application_name="the app itself") as connection:
            connection.execute("create table orders (id uuid primary key, user_id uuid)")
        before = counted(server)

        def afterwards() -> list[str]:
            log = "\n".join([*server._lines])
            blind = (
                [] if changing(log, "the app itself") else ["the statement log shows no write at all, not even ours"]
            )
            if APPLICATION not in {who for who, _ in LOGGED.findall(log)}:
                blind.append("the statement log shows no question of the run")
            if not app.asked:
                blind.append("the app was asked nothing")
            after = counted(server)
            return [
                *blind,
                *([f"the server counted {after - before} changed rows"] if after != before else []),
                *(f"it sent the database: {each}" for each in changing(log, APPLICATION)),
                *(f"it sent the app: {each}" for each in unlike_reads(app.asked)),
            ]

        yield Command(
            TARGET.format(url=app.url),
            ITEMS,
            mark=STAGES,
            environment={"DATABASE_URL": url},
            canaries=(server.password,),
            afterwards=afterwards,
        )


SITUATIONS = (
    Situation(
        "All stages where nothing may be written: what the app and the database were asked",
        recorded,
        (DONE, NOT_DONE, UNVERIFIED),
        "items? verified",
        120,
        slow=True,
    ),
)
