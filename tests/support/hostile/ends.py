"""What a run that may write leaves in the database and in the app, after each way in which it can end.

The sandbox is judged as a deployment that others use, too: it was there before the run, and it is there afterwards. A
signal is sent at the moment at which the database holds something that it did not hold before.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import httpx
import psutil
import psycopg
from psycopg import sql

from tests.support.hostile.situation import DONE, UNVERIFIED, Command, Ending, Situation
from tests.support.runs import elsewhere
from tests.support.runs.toy import PATIENCE, Suite
from verifier.probes.browser.path import find_browser

EVENTS = ("sse-delivers", "rls-protects")
"""Items whose probes write: they make, decide and remove approvals, and read as other persons in the database."""
FLOWS = ("phase-features",)
PHASES = (1, 2, 4, 6)
"""Those whose flows decide approvals, add rows to tables, and change preferences."""
ENDS = 240.0
"""Seconds in which a run that nothing ends has judged these items."""
EVERY = 0.05
"""Seconds between two looks at the database."""
KEPT_BY_THE_APP = {"approval_events"}
"""The app's own log of what came and went, which nobody can or should take back."""
APIS = ("/api/preferences", "/api/notification-preferences", "/api/notifications", "/api/approvals")
TABLES = """
    select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')
    and has_table_privilege(format('%I.%I', schemaname, tablename), 'select') order by 1, 2
"""
ROWS = "select format('%s rows, checksum %s', count(*), md5(string_agg(r::text, E'\\n' order by r::text))) from {} as r"
Contents = Mapping[str, str]
"""What is compared (a table, an API, a machine) → what it holds."""
Told = Mapping[str, Any]
"""What the sandbox tells of itself."""


def tables_of(told: Told) -> Contents:
    """Each table of the database, with its number of rows and a checksum of them all."""
    with psycopg.connect(told["credentials"]["DATABASE_URL"], autocommit=True) as connection:
        return counted(connection)


def counted(connection: psycopg.Connection[Any]) -> Contents:
    """The same, over this connection."""
    names = [(str(schema), str(name)) for schema, name in connection.execute(TABLES)]
    held = {}
    for schema, name in names:
        if name not in KEPT_BY_THE_APP:
            found = connection.execute(sql.SQL(ROWS).format(sql.Identifier(schema, name))).fetchone()
            held[f"table {schema}.{name}"] = str(found[0] if found else "")
    return held


def state_of(told: Told) -> Contents:
    """What the app's APIs answer, which of its machines run, and which release."""
    control = told["control"]
    state = httpx.get(f"{control['url']}/state", headers={"authorization": f"Bearer {control['token']}"}).json()
    held = {
        f"app {app}": json.dumps([each["release"], [[it["id"], it["state"]] for it in each["machines"]]])
        for app, each in state["apps"].items()
    }
    with httpx.Client(base_url=told["target"]["url"], verify=told["target"]["tls"]["ca_file"], timeout=10) as client:
        return held | {f"GET {path}": client.get(path).text for path in APIS}


def everything(told: Told) -> Contents:
    """Database and app."""
    return {**tables_of(told), **state_of(told)}


def differing(before: Contents, after: Contents) -> list[str]:
    """What is not as it was."""
    return [
        f"{name}: {before.get(name, 'nothing')[:300]} → {after.get(name, 'nothing')[:300]}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


class Looking:
    """Sees which tables change while a run goes on."""

    def __init__(self, told: Told, before: Contents) -> None:
        self._told = told
        self._before = before
        self._ended = threading.Event()
        self.changed: set[str] = set()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def await_change(self, table: str, process: subprocess.Popen[str], seconds: float) -> None:
        """Wait until this table, as a pattern, holds what it did not hold before; the run must not end meanwhile."""
        until = time.monotonic() + seconds
        while not any(re.search(table, each) for each in self.changed):
            if process.poll() is not None or time.monotonic() > until:
                raise TimeoutError(f"nothing was ever written to {table}; changed: {sorted(self.changed)}")
            time.sleep(EVERY)

    def _look(self) -> None:
        with psycopg.connect(self._told["credentials"]["DATABASE_URL"], autocommit=True) as connection:
            while not self._ended.wait(EVERY):
                now = counted(connection)
                self.changed |= {name for name in now if now[name] != self._before.get(name)}


def ended(signals: tuple[signal.Signals, ...], pause: float, to: Callable[[int, int], None]) -> Callable[[int], None]:
    """What sends these signals, so many seconds apart."""

    def send(pid: int) -> None:
        for number, each in enumerate(signals):
            if number:
                time.sleep(pause)
            to(pid, each)

    return send


@dataclass(frozen=True)
class Way:
    """How a run that writes is ended, and what it does meanwhile.

    Attributes:
        table: the table, as a pattern, that it must be seen to write to; then it is ended.
        end: what ends it, given its process id; nothing for a run that ends by itself.
        items: those that are judged.
        phases: those whose flows are judged.
        faults: of the sandbox.
        words: further arguments of the command.
        again: whether the next run has to clean up.
    """

    table: str = r"\.approvals$"
    end: Callable[[int], None] | None = None
    items: tuple[str, ...] = EVENTS
    phases: tuple[int, ...] = PHASES
    faults: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    again: bool = False


@contextmanager
def written(_: Path, way: Way) -> Iterator[Command]:
    """The running sandbox, and a run that is ended (if at all) as soon as it has written."""
    with elsewhere.sandbox("--app", "hostile") as told:
        elsewhere.switch(told, *way.faults)
        before = everything(told)
        wrong: list[str] = []
        folder: list[Path] = []
        with Looking(told, before) as looking:

            def while_it_runs(process: subprocess.Popen[str], root: Path) -> None:
                folder.append(root)
                if way.end:
                    looking.await_change(way.table, process, ENDS)
                    environment.update(psutil.Process(process.pid).environ())
                    way.end(process.pid)

            def afterwards() -> list[str]:
                if not any(re.search(way.table, each) for each in looking.changed):
                    wrong.append(f"nothing was ever written to {way.table}, so that nothing could be left")
                if way.again:
                    wrong.extend(_next_run(Suite(folder[0], environment)))
                return wrong + [f"not as before the run: {each}" for each in differing(before, everything(told))]

            environment: dict[str, str] = {}
            credentials = {**told["credentials"], "FLY_ACCESS_TOKEN": told["credentials"]["FLY_API_TOKEN"]}
            yield Command(
                judged(told, way.phases),
                way.items,
                words=way.words,
                environment={**credentials, "HOTDASH_BROWSER": find_browser(None, os.environ)},
                canaries=tuple(told["credentials"].values()),
                anew=True,
                while_it_runs=while_it_runs,
                afterwards=afterwards,
            )


def _next_run(suite: Suite) -> list[str]:
    """What is wrong with the run that follows, and has to clean up."""
    with suite.running("--deadline", str(ENDS)) as process:
        output, _ = process.communicate(timeout=ENDS + PATIENCE)
    return [] if (process.returncode, "\nDONE" in output) == (0, True) else [f"the next run: {output[-2000:]}"]


def judged(told: Told, phases: tuple[int, ...]) -> str:
    """The target file of the sandbox, without what every situation writes itself."""
    text = elsewhere.described(told["target"])
    text = re.sub(r"(?m)^(title|app|deadline) = .*\n", "", text, count=3)
    text = re.sub(r"(?m)^\[not_applicable\]\n(.*\n)*?(?=\n|\[|\Z)", "", text)
    return re.sub(r"(?m)^deployed = .*$", f"deployed = {list(phases)}", text)


def situation(name: str, says: str, *endings: Ending, way: Way) -> Situation:
    """A row: a run that writes, and ends so."""
    return Situation(f"Writes allowed: {name}", partial(written, way=way), endings, says, ENDS, slow=True)


WRITERS: dict[str, dict[str, Any]] = {
    "events are delivered": {"items": EVENTS},
    "flows add rows": {"items": FLOWS, "phases": (2,), "table": "actions$|grades$"},
    "flows change settings": {"items": FLOWS, "phases": (6,), "table": r"\.user_preferences$"},
}
"""What is being written when the run is ended."""
TWICE = (("UNVERIFIED", 6), ("UNVERIFIED", 2), ("incomplete", 2), ("incomplete", -2), ("incomplete", 6))
WAYS: dict[str, tuple[str, tuple[Ending, ...], Callable[[int], None], bool]] = {
    "Ctrl-C": ("ended early: Ctrl-C", (UNVERIFIED,), ended((signal.SIGINT,), 0.0, os.killpg), False),
    "Ctrl-C twice at once": ("", TWICE, ended((signal.SIGINT, signal.SIGINT), 0.0, os.killpg), False),
    "Ctrl-C twice": ("", TWICE, ended((signal.SIGINT, signal.SIGINT), 0.3, os.killpg), False),
    "SIGTERM": ("ended early: SIGTERM", (UNVERIFIED,), ended((signal.SIGTERM,), 0.0, os.kill), False),
    "SIGHUP": ("ended early: SIGHUP", (UNVERIFIED,), ended((signal.SIGHUP,), 0.0, os.killpg), False),
    "SIGKILL, and a next run": ("", (("incomplete", -9),), ended((signal.SIGKILL,), 0.0, os.kill), True),
}
"""How it is ended: what a person reads, the endings, the signals, and whether a next run has to clean up."""
SITUATIONS = (
    situation("the run ends by itself", "^DONE", DONE, way=Way(items=(*EVENTS, *FLOWS))),
    situation(
        "events are delivered, SIGTERM where the app takes seconds to answer",
        "ended early: SIGTERM",
        UNVERIFIED,
        way=Way(end=ended((signal.SIGTERM,), 0.0, os.kill), faults=("approvals-api-slow=8.0",)),
    ),
    situation(
        "flows change settings in two workers, Ctrl-C",
        "ended early: Ctrl-C",
        UNVERIFIED,
        way=Way(end=ended((signal.SIGINT,), 0.0, os.killpg), words=("-n", "2"), **WRITERS["flows change settings"]),
    ),
    *(
        situation(f"{doing}, {name}", says, *endings, way=Way(end=end, again=again, **what))
        for doing, what in WRITERS.items()
        for name, (says, endings, end, again) in WAYS.items()
    ),
)
