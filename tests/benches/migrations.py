"""What judging 200 migration files costs and finds, beside squawk, a bare parse and the direction's grep."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pglast

from tests.support.corpora.migrations import GREP, Case, base, cases, verdict
from verifier.embedded.server import scratch_server
from verifier.probes.migrations.rehearsal.applying import apply_history
from verifier.probes.migrations.rules.static import MigrationFile, judge_history
from verifier.probes.migrations.squawk import second_opinion
from verifier.probes.migrations.verdicts import MigrationVerdict

Answer = TypeVar("Answer")
FILES = 200


def main() -> None:
    """Print what each judge says of the corpus, and what 200 files cost."""
    all_cases = list(cases())
    with tempfile.TemporaryDirectory() as folder:
        squawk = _squawk_objects(all_cases, Path(folder))
    flags = {
        "this verifier": {each.name for each in all_cases if verdict(each) is not MigrationVerdict.ADDITIVE},
        "grep": {each.name for each in all_cases if GREP.search(each.content.decode("utf-8", "replace"))},
        "squawk": squawk,
    }
    _print_findings(all_cases, flags)
    _print_costs([each for each in all_cases if b"\0" not in each.content][:FILES])


def _squawk_objects(all_cases: list[Case], folder: Path) -> set[str]:
    """The cases in which squawk alone sees a loss or a lock, or cannot read the file."""
    paths = {each.name: folder / f"{number:03}.sql" for number, each in enumerate(all_cases)}
    for each in all_cases:
        paths[each.name].write_bytes(each.content)
    told = second_opinion(paths) or {}
    return {name for name in paths if told.get(name)}


def _print_findings(all_cases: list[Case], flags: dict[str, set[str]]) -> None:
    for share in (False, True):
        chosen = [each for each in all_cases if each.held_out is share]
        bad = {each.name for each in chosen if each.label is not MigrationVerdict.ADDITIVE}
        lost = {each.name for each in chosen if each.label is MigrationVerdict.DESTRUCTIVE}
        good = {each.name for each in chosen if each.label is MigrationVerdict.ADDITIVE}
        print(f"\n{'held out' if share else 'corpus':<16}{len(chosen):>4} files")
        print(f"{'':<16}{'destructive let through':>26}{'others let through':>22}{'good ones stopped':>20}")
        for name, flagged in flags.items():
            missed, others = len(lost - flagged), len(bad - lost - flagged)
            alarms = len(good & flagged)
            print(
                f"{name:<16}{missed:>20} of {len(lost):<3}{others:>15} of {len(bad - lost):<3}"
                f"{alarms:>13} of {len(good)} ({100 * alarms / max(1, len(good)):.0f} %)"
            )


def _print_costs(chosen: list[Case]) -> None:
    sources = [
        MigrationFile("base.sql", base(), judged=False),
        *(MigrationFile(f"{n}.sql", c.content) for n, c in enumerate(chosen)),
    ]
    costs = {
        "a bare parse": _seconds(lambda: _parse(chosen)),
        "this verifier, read": _seconds(lambda: judge_history(sources)),
    }
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for each in sources:
            paths[each.path] = Path(folder, each.path)
            paths[each.path].write_bytes(each.content)
        costs["squawk, one call"] = _seconds(lambda: second_opinion(paths))
    history = [MigrationFile(f"{number:03}.sql", _step(number).encode()) for number in range(FILES)]
    with scratch_server() as server:
        url = server.database("bench")
        costs["this verifier, rehearsed"] = _seconds(lambda: apply_history(url, history))
    print(f"\n{len(chosen)} files{'':<18}{'seconds':>10}{'of a bare parse':>18}")
    for name, seconds in costs.items():
        print(f"{name:<27}{seconds:>10.2f}{seconds / costs['a bare parse']:>17.1f}x")


def _parse(chosen: list[Case]) -> None:
    for each in chosen:
        try:
            pglast.parse_sql(each.content.decode("utf-8", "replace"))
        except pglast.Error:
            continue


def _step(number: int) -> str:
    """A file of an ordinary history: a table with its policy, or a column for an earlier one."""
    if number % 4:
        return f"alter table part_{number - number % 4} add column c{number} text default 'x';"
    name = f"part_{number}"
    return (
        f"create table {name} (id uuid primary key default gen_random_uuid(), user_id uuid not null, n int);\n"
        f"alter table {name} enable row level security;\n"
        f"create policy own on {name} for select to authenticated using (user_id = auth.uid());\n"
        f"create index {name}_user on {name} (user_id);\n"
    )


def _seconds(do: Callable[[], Answer]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
