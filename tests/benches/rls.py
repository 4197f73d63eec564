"""Row-level security: 2,000 tables judged, and the labelled set-ups beside what others say of them.

`python -m tests.benches.rls [TABLES [speed]]`; with 2,000 tables it takes a minute or more, and `speed` leaves the
set-ups out. The ratios compare
the time of trying everything out with that of making the copy, and a look at a small schema with a server's start.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.support.corpora.rls import A, B, set_ups
from tests.support.corpora.rls_advisors import advised
from tests.support.corpora.rls_judging import Judged, judge
from verifier.core.deadline import Deadline
from verifier.embedded.server import scratch_server
from verifier.probes.row_security import declared as static
from verifier.probes.row_security.catalogue import Connection, read_catalogue
from verifier.probes.row_security.copy.clone import copied
from verifier.probes.row_security.functions.answers import answered
from verifier.probes.row_security.live import look
from verifier.probes.row_security.self_test import try_out

TABLES = 2000
SMALL, LOOKS = 10, 5
_TABLE = """
    create table t{number} (id bigint generated always as identity primary key, user_id uuid not null,
                            status text not null default 'new' check (status in ('new', 'done')), body text);
    insert into t{number} (user_id, body) values ('{a}', 'a'), ('{b}', 'b');
    alter table t{number} enable row level security;
    create policy s on t{number} for select to authenticated using (user_id = auth.uid());
    create policy i on t{number} for insert to authenticated with check (user_id = auth.uid());
    create policy u on t{number} for update to authenticated using (user_id = auth.uid());
    create policy d on t{number} for delete to authenticated using (user_id = auth.uid());
"""


def main() -> None:
    """Print both tables."""
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else TABLES
    began = time.perf_counter()
    with scratch_server({"max_locks_per_transaction": "512"}) as server:
        started = time.perf_counter() - began
        if len(sys.argv) < 3:
            with psycopg.connect(server.database("set_ups")) as connection:
                compare([judge(connection, each) for each in set_ups()])
        url = server.database("small")
        make(url, SMALL)
        small(url, started)
        url = server.database("many")
        make(url, tables)
        many(url, tables)


def make(url: str, tables: int) -> None:
    """A database with so many protected tables, one in a hundred of them open."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "alter default privileges in schema public revoke truncate on tables from anon, authenticated"
        )
        for first in range(0, tables, 100):
            words = "".join(_TABLE.format(number=first + each, a=A, b=B) for each in range(min(100, tables - first)))
            connection.execute(words.encode())
            connection.execute(f"alter table t{first} disable row level security".encode())


def small(url: str, started: float) -> None:
    """What a whole look at a small schema takes: catalogue, copy and everything tried out, beside a server's start."""
    took = []
    for _ in range(LOOKS + 1):
        began = time.perf_counter()
        with psycopg.connect(url) as connection:
            catalogue = answered(connection, read_catalogue(connection, ("public",)))
            with copied(url, connection, ("public",), Deadline(300)) as copy:
                try_out(copy, catalogue)
        took.append(time.perf_counter() - began)
    first, *later = took
    usual = statistics.median(later)
    print(f"\n{SMALL} tables, a whole look: {first:.1f} s with a server's start, then {usual:.2f} s")
    print(f"ratio to the start of a server ({started:.1f} s): {usual / started:.2f}")


def many(url: str, tables: int) -> None:
    """What each leg costs, beside the advisor's rules."""
    print(f"\n{tables} tables, {4 * tables} policies, 1 in 100 open")
    print(f"{'':<34}{'time':>9}{'our CPU':>11}{'its CPU':>11}{'queries':>9}{'open found':>12}")
    with psycopg.connect(url) as connection:
        with counted("catalogue", connection) as told:
            catalogue = answered(connection, read_catalogue(connection, ("public",)))
            told(sum(bool(static.openings(each)) for each in catalogue.relations.values()))
        with counted("the advisor's rules, our wording", connection) as told:
            told(len(advised(connection)))
        with counted("live, five people", connection) as told:
            told(
                sum(
                    bool(view.anonymous and view.anonymous.rows)
                    for view in look(connection, catalogue, "user_id").values()
                )
            )
        began = time.perf_counter()
        with copying(url, connection) as copy, counted("copy: everything tried out", copy.connection) as told:
            made = time.perf_counter()
            trial = try_out(copy, catalogue)
            told(sum(bool(each.openings) for each in trial.proofs.values()))
            tried = time.perf_counter() - made
        print(f"{'ratio of trying out to making the copy':<46}{tried / (made - began):>7.2f}")
    print(
        f"{'memory of this process, at most':<34}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>7.0f} MB"
    )


@contextmanager
def copying(url: str, connection: Connection) -> Iterator[Any]:
    """A copy; prints what it took to be made."""
    began, spent = time.perf_counter(), time.process_time()
    with copied(url, connection, ("public",), Deadline(300)) as copy:
        ours = time.process_time() - spent
        print(f"{'copy: dumped and restored':<34}{time.perf_counter() - began:>7.1f} s{ours:>9.1f} s")
        yield copy


@contextmanager
def counted(name: str, connection: Connection) -> Iterator[Callable[[int], None]]:
    """Print the time and the number of queries of a block, and what it tells."""
    asked, told = 0, 0

    class Counting(psycopg.Cursor[Any]):
        def execute(self, *words: Any, **more: Any) -> Any:  # noqa: ANN401 - passed on as it is
            nonlocal asked
            asked += 1
            return super().execute(*words, **more)

    def tell(number: int) -> None:
        nonlocal told
        told = number

    former, connection.cursor_factory = connection.cursor_factory, Counting
    began, spent, served = time.perf_counter(), time.process_time(), used_by(connection)
    yield tell
    seconds, ours = time.perf_counter() - began, time.process_time() - spent
    theirs = used_by(connection) - served
    connection.cursor_factory = former
    print(f"{name:<34}{seconds:>7.1f} s{ours:>9.1f} s{theirs:>9.1f} s{asked:>9}{told:>12}")


def used_by(connection: Connection) -> float:
    """Seconds of processor time that the server's process for this connection has used (proc(5), /proc/PID/stat)."""
    fields = Path(f"/proc/{connection.info.backend_pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def compare(judged: list[Judged]) -> None:
    """How many open set-ups each of them misses, and of how many protected ones it complains."""
    opened = [each for each in judged if each.set_up.label]
    protected = [each for each in judged if not each.set_up.label]
    print(f"{len(judged)} set-ups: {len(opened)} open, {len(protected)} protected")
    print(f"{'':<34}{'open, missed':>14}{'false alarms':>14}{'without answer':>16}")
    ways: dict[str, Callable[[Judged], bool]] = {
        "a search in the text": lambda each: each.searched,
        "the advisor's rules, our wording": lambda each: bool(each.advised),
        "by declaration alone": lambda each: bool(each.declared),
        "rls-protects": lambda each: bool(each.found),
    }
    for name, complains in ways.items():
        missed = sum(not complains(each) for each in opened)
        alarms = sum(complains(each) for each in protected)
        doubts = sum(bool(each.doubts) and not each.found for each in judged) if name == "rls-protects" else 0
        print(f"{name:<34}{missed:>14}{alarms:>14}{doubts:>16}")


if __name__ == "__main__":
    main()
