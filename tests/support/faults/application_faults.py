"""Faults of an application's own files, for the stages that judge files.

The sandbox cannot have these, because what is judged is the folder that the caller names. Each is run by the real
command in `tests/faults/test_application_faults.py`, and counts in `tests/faults/test_fault_coverage.py` as a fault of
the sandbox does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_FOLDER = "supabase/migrations"
_TABLE = "create table notes (id uuid primary key default gen_random_uuid(), text text not null);\n"


@dataclass(frozen=True)
class ApplicationFault:
    """One fault of an application, and the outcomes that it must cause.

    Attributes:
        files: path below the application's folder → content.
        red: items that must fail.
        unverified: items that must be unverified → cause.
        stages: the marker expression of the run that must see it.
        places: where the findings must stand, if the fault says it.
    """

    name: str
    files: Mapping[str, str]
    red: tuple[str, ...] = ()
    unverified: Mapping[str, str] = field(default_factory=dict)
    stages: str = "migration"
    places: tuple[str, ...] = ()


FAULTS = (
    ApplicationFault(
        "column-dropped",
        {
            f"{_FOLDER}/20250101000000_notes.sql": _TABLE,
            f"{_FOLDER}/20250102000000_less.sql": "alter table notes drop column text;\n",
        },
        red=("migrations-additive", "migrations-apply"),
    ),
    ApplicationFault(
        "names-that-no-runner-takes",
        {f"{_FOLDER}/notes.sql": _TABLE},
        unverified={"migrations-additive": "no-data", "migrations-apply": "no-data"},
    ),
    ApplicationFault(
        "merge-conflict-left-in",
        {f"{_FOLDER}/20250101000000_notes.sql": _TABLE.replace("create table", "<<<<<<< HEAD\ncreate table")},
        red=("migrations-apply",),
        unverified={"migrations-additive": "precondition"},
    ),
)
