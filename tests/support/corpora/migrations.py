"""The labelled migrations, and the verdict of each judge."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.runs.toy import CHECKOUT
from verifier.probes.migrations.rules.judging import verdict_of
from verifier.probes.migrations.rules.static import MigrationFile, judge_history
from verifier.probes.migrations.verdicts import MigrationFinding, MigrationVerdict

FOLDER = CHECKOUT / "tests" / "data" / "migrations"
_HEAD = re.compile(r"^-- case: (?P<name>.*) · (?P<label>\w+)\n", re.MULTILINE)
_LABELS = {
    "additive": MigrationVerdict.ADDITIVE,
    "destructive": MigrationVerdict.DESTRUCTIVE,
    "blocking": MigrationVerdict.BLOCKING,
    "person": MigrationVerdict.REVIEW,
}
GREP = re.compile(r"DROP|DELETE|TRUNCATE|ALTER", re.IGNORECASE)
"""The search that the operations guide proposes."""


@dataclass(frozen=True)
class Case:
    """One labelled migration."""

    name: str
    label: MigrationVerdict
    content: bytes
    held_out: bool = False


def base() -> bytes:
    """The history that is live."""
    return (FOLDER / "base.sql").read_bytes()


def cases() -> Iterator[Case]:
    """All labelled migrations."""
    for path in sorted(FOLDER.glob("*.sql")):
        yield from cases_in(path.read_text(encoding="utf-8"), held_out=path.stem.startswith("held_out"))
    for each in json.loads((FOLDER / "unreadable.json").read_text(encoding="utf-8")):
        content = bytes.fromhex(each["hex"]) if "hex" in each else each["text"].encode()
        yield Case(each["name"], _LABELS[each["label"]], content)


def cases_in(text: str, *, held_out: bool = False) -> Iterator[Case]:
    """The labelled migrations of one file."""
    parts = _HEAD.split(text)[1:]
    for name, label, content in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        yield Case(name, _LABELS[label], content.encode(), held_out=held_out)


def findings(case: Case, live: bytes | None = None) -> list[MigrationFinding]:
    """The verifier's findings in a case, as the next file of the live history."""
    history = base() if live is None else live
    sources = [MigrationFile("base.sql", history, judged=False), MigrationFile("case.sql", case.content)]
    return judge_history(sources)["case.sql"]


def verdict(case: Case, live: bytes | None = None) -> MigrationVerdict:
    """The verifier's verdict."""
    return verdict_of(findings(case, live))
