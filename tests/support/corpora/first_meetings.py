"""Judges the records of first meetings with today's rules.

`python -m tests.support.corpora.first_meetings [second|third|...|fourteenth] [logs] [migrations] [row_security]`
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg

from tests.support.corpora import migrations
from tests.support.corpora.rls import SetUp, filled
from tests.support.corpora.rls_judging import judge
from tests.support.runs.toy import CHECKOUT
from verifier.core.platform import LogLine
from verifier.embedded.server import scratch_server
from verifier.probes.logs.aggregate import Tally
from verifier.probes.migrations.verdicts import MigrationVerdict

FOLDER = CHECKOUT / "tests" / "data" / "first_meetings"
FILES = {"logs": "logs.json", "migrations": "migrations.sql", "row_security": "rls.sql"}
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


def logs(folder: Path) -> Iterator[str]:
    """How the records of each kind are told: as an error, as a failed request, as suspicious, or not at all."""
    records = json.loads((folder / "logs.json").read_text(encoding="utf-8"))
    for kind in ("error", "clean"):
        own = [each for each in records if each["truth"] == kind]
        told: dict[str, list[str]] = {}
        for each in own:
            told.setdefault(_told(each["lines"]), []).append(each["id"])
        yield f"logs: {kind}: " + "; ".join(f"{how}: {len(found)} of {len(own)}" for how, found in sorted(told.items()))
        wrong = ("nothing",) if kind == "error" else ("an error", "suspicious")
        yield from (f"logs: {kind}, told as {how}: {', '.join(told[how])}" for how in wrong if how in told)


def _told(lines: list[str]) -> str:
    tally, numbers = Tally(), count()
    for line in lines:
        tally.add(LogLine("m1", "app", NOON.replace(microsecond=next(numbers)), "info", line))
    if tally.errors():
        return "an error"
    return "a failed request" if tally.failed_requests else "suspicious" if tally.suspicious() else "nothing"


def of_migrations(folder: Path) -> Iterator[str]:
    """Migrations that are let through, and good ones that are stopped; read alone, without the rehearsal."""
    found: dict[str, list[str]] = {}
    live = (folder / "base.sql").read_bytes() if (folder / "base.sql").exists() else None
    for case in migrations.cases_in((folder / "migrations.sql").read_text(encoding="utf-8")):
        told = migrations.verdict(case, live)
        if (told is MigrationVerdict.ADDITIVE) != (case.label is MigrationVerdict.ADDITIVE):
            found.setdefault(str(case.label), []).append(f"{case.name} ({told})")
    yield from (
        f"migrations: {label}: {len(each)} judged otherwise: {', '.join(each)}" for label, each in found.items()
    )


def row_security(folder: Path) -> Iterator[str]:
    """Open set-ups that pass, protected ones called open, and those without an answer.

    The oracle tries each out. Those of the second meeting bring relations and rows of their own, whose owners it does
    not know: there the labels count, and a set-up is told where anything of it is.
    """
    more = (folder / "before.sql").read_text(encoding="utf-8") if (folder / "before.sql").exists() else ""
    schemas = ("storage", "realtime") if more else ()
    parts = re.split(r"^-- set-up: (.+)$", (folder / "rls.sql").read_text(encoding="utf-8"), flags=re.MULTILINE)
    with scratch_server() as server, psycopg.connect(server.database("set_ups")) as connection:
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            set_up = SetUp.of(name, text)
            it = judge(connection, set_up, filled(more), schemas)
            if folder == FOLDER:
                missed, alarms = it.tried - it.published - it.found, it.found - it.tried
            else:
                told = it.found | it.published
                part = bool(set_up.label and told)
                missed, alarms = (frozenset(), frozenset()) if part else (set_up.label, told - set_up.published)
            if missed:
                yield f"row-level security: {name}: open, and not told: {sorted(missed)}"
            if alarms:
                yield f"row-level security: {name}: told, and not open: {sorted(alarms)}"
            if it.doubts and not it.found:
                yield f"row-level security: {name}: no answer: {it.doubts}"


def main(words: list[str]) -> None:
    """Judge what is named, or all."""
    folder = next((FOLDER / each for each in words if (FOLDER / each).is_dir()), FOLDER)
    parts = {"logs": logs, "migrations": of_migrations, "row_security": row_security}
    present = [each for each in parts if (folder / FILES[each]).exists()]
    for part in [each for each in parts if each in words] or present:
        for every in parts[part](folder):
            sys.stdout.write(f"{every}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
