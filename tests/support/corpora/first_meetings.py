"""Judges the records of first meetings with today's rules: `python -m tests.support.corpora.first_meetings`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import psycopg

from tests.support.corpora import migrations
from tests.support.corpora.rls import SetUp
from tests.support.corpora.rls_judging import judge
from tests.support.runs.toy import CHECKOUT
from verifier.core.platform import LogLine
from verifier.embedded.server import scratch_server
from verifier.probes.logs.aggregate import Tally

FOLDER = CHECKOUT / "tests" / "data" / "first_meetings"
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


def logs() -> Iterator[str]:
    """Errors that are not told, and clean records that are told as errors."""
    records = json.loads((FOLDER / "logs.json").read_text(encoding="utf-8"))
    for kind, wrong in (("error", 0), ("clean", 1)):
        own = [each for each in records if each["truth"] == kind]
        found = [each["id"] for each in own if bool(_errors(each["lines"])) == bool(wrong)]
        yield f"logs: {kind}: {len(found)} of {len(own)} judged otherwise: {', '.join(found)}"


def _errors(lines: list[str]) -> int:
    tally, numbers = Tally(), count()
    for line in lines:
        tally.add(LogLine("m1", "app", NOON.replace(microsecond=next(numbers)), "info", line))
    return sum(each.count for each in tally.errors())


def of_migrations() -> Iterator[str]:
    """Migrations that are let through, and good ones that are stopped; read alone, without the rehearsal."""
    found: dict[str, list[str]] = {}
    for case in migrations.cases_in((FOLDER / "migrations.sql").read_text(encoding="utf-8")):
        told = migrations.verdict(case)
        if (told is migrations.MigrationVerdict.ADDITIVE) != (case.label is migrations.MigrationVerdict.ADDITIVE):
            found.setdefault(str(case.label), []).append(f"{case.name} ({told})")
    yield from (
        f"migrations: {label}: {len(each)} judged otherwise: {', '.join(each)}" for label, each in found.items()
    )


def row_security() -> Iterator[str]:
    """Open set-ups that pass, protected ones called open, and those without an answer; the oracle tries each out."""
    parts = re.split(r"^-- set-up: (.+)$", (FOLDER / "rls.sql").read_text(encoding="utf-8"), flags=re.MULTILINE)
    with scratch_server() as server, psycopg.connect(server.database("set_ups")) as connection:
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            it = judge(connection, SetUp.of(name, text))
            if missed := it.tried - it.published - it.found:
                yield f"row-level security: {name}: open, and not told: {sorted(missed)}"
            if alarms := it.found - it.tried:
                yield f"row-level security: {name}: told, and not open: {sorted(alarms)}"
            if it.doubts and not it.found:
                yield f"row-level security: {name}: no answer: {it.doubts}"


if __name__ == "__main__":
    for every in (*logs(), *of_migrations(), *row_security()):
        sys.stdout.write(f"{every}\n")
