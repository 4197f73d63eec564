"""Faults of an application's own files, for the stages that judge files.

The sandbox cannot have these, because what is judged is the folder that the caller names. Each is run by the real
command in `tests/faults/test_application_faults.py`, and counts in `tests/faults/test_fault_coverage.py` as a fault of
the sandbox does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.runs.application import APPROVED, PREDEPLOY

_FOLDER = "supabase/migrations"
_TABLE = "create table notes (id uuid primary key default gen_random_uuid(), text text not null);\n"


@dataclass(frozen=True)
class ApplicationFault:
    """One fault of an application, and the outcomes that it must cause.

    Attributes:
        files: path below the application's folder → content.
        red: items that must fail.
        unverified: items that must be unverified → cause.
        stages: the marker expression of the run that must see it. Before a deploy, the files are laid over those of an
            application that is fit for it.
        before: files of an earlier commit, which are gone again.
        changes: what is otherwise in the target: text → other text.
        approvals: the approvals, with `{}` for the commit.
        places: where the findings must stand, if the fault says it.
    """

    name: str
    files: Mapping[str, str] = field(default_factory=dict)
    red: tuple[str, ...] = ()
    unverified: Mapping[str, str] = field(default_factory=dict)
    stages: str = "migration"
    before: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, str] = field(default_factory=dict)
    approvals: str = APPROVED
    places: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The target of a run before the deploy, with the changes."""
        text = PREDEPLOY
        for old, new in self.changes.items():
            assert old in text
            text = text.replace(old, new)
        return text


TOKEN = "ghp_" + "a1B2" * 9
"""Has the form of a token of GitHub, and is none."""
_SLOW = """[[source.app]]
path = "slow"
build = "echo begun; sleep 60"
test = { none = "only its build is slow" }
seconds = 1

"""
_PERIOD = 'period = [{ name = "a sale that is over", first = 2024-11-29, last = 2024-12-02 }]'


def together(faults: Iterable[ApplicationFault]) -> ApplicationFault:
    """All of these in one application, which must show exactly what each of them declares."""
    found = tuple(faults)
    return ApplicationFault(
        " + ".join(each.name for each in found),
        {name: text for each in found for name, text in each.files.items()},
        red=tuple(item for each in found for item in each.red),
        unverified={item: cause for each in found for item, cause in each.unverified.items()},
        stages=found[0].stages,
        before={name: text for each in found for name, text in each.before.items()},
        changes={old: new for each in found for old, new in each.changes.items()},
        approvals=next((each.approvals for each in found if each.approvals != APPROVED), APPROVED),
    )


def batches(faults: Iterable[ApplicationFault]) -> list[tuple[ApplicationFault, ...]]:
    """The faults in groups whose members name different items and touch different files."""
    made: list[list[ApplicationFault]] = []
    for fault in faults:
        fitting = (each for each in made if not any(_meet(fault, other) for other in each))
        home = next(fitting, None)
        if home is None:
            made.append([fault])
        else:
            home.append(fault)
    return [tuple(each) for each in made]


def _meet(one: ApplicationFault, other: ApplicationFault) -> bool:
    def touched(fault: ApplicationFault) -> set[str]:
        return {*fault.red, *fault.unverified, *fault.files, *fault.before, *fault.changes}

    return one.stages != other.stages or bool(touched(one) & touched(other))


def before_deploy(name: str, *red: str, **more: Any) -> ApplicationFault:  # noqa: ANN401 - the fields of the fault
    """A fault that the stage `predeploy` sees."""
    return ApplicationFault(name, red=red, stages="predeploy", **more)


PREDEPLOY_FAULTS = (
    before_deploy("build-fails", "build-passes", files={"build.sh": "echo no; exit 1\n"}),
    before_deploy(
        "build-hangs",
        unverified={"build-passes": "timeout"},
        files={"slow/README": "its build does not end\n"},
        changes={"[window]\n": f"{_SLOW}[window]\n"},
    ),
    before_deploy(
        "packages-not-installed",
        unverified={"build-passes": "precondition"},
        files={"build.sh": "no-such-bundler build\n", "package.json": '{"dependencies": {"x": "1.0.0"}}\n'},
    ),
    before_deploy("test-fails", "tests-pass", files={"sum.js": "export const sum = (a, b) => a - b;\n"}),
    before_deploy(
        "failure-is-swallowed",
        "tests-pass",
        files={
            "sum.js": "export const sum = (a, b) => a - b;\n",
            "test.sh": "node --test || true\n",
        },
    ),
    before_deploy("no-test-in-the-tests", "tests-pass", files={"sum.test.js": "export {};\n"}),
    before_deploy(
        "every-test-skipped",
        "tests-pass",
        files={"sum.test.js": 'import test from "node:test";\ntest.skip("two", () => {});\n'},
    ),
    before_deploy(
        "tests-say-nothing", unverified={"tests-pass": "precondition"}, files={"test.sh": "echo all is well\n"}
    ),
    before_deploy("scan-fails", "no-secrets-in-code", files={"scan.sh": "echo found one; exit 1\n"}),
    before_deploy("secret-in-a-file", "no-secrets-in-code", files={"config.js": f'// secretlint-disable\n"{TOKEN}"\n'}),
    before_deploy("secret-in-a-commit", "no-secrets-in-code", before={"config.js": f'"{TOKEN}"\n'}),
    before_deploy(
        "baseline-without-reason",
        unverified={"no-secrets-in-code": "precondition"},
        files={".secrets-baseline.toml": f'[[accepted]]\nfile = "config.js"\nsha256 = "{"0" * 64}"\n'},
    ),
    before_deploy(
        "fly-toml-bare",
        "app-configuration-sound",
        files={
            "fly.toml": "[http_service]\nauto_stop_machines = true\nmin_machine_running = 1\n",
        },
    ),
    before_deploy(
        "fly-toml-runs-another-command",
        "app-configuration-sound",
        files={
            "fly.toml": '[deploy]\nrelease_command = "node warm-up.js"\n[checks.alive]\ntype = "tcp"\n',
        },
    ),
    before_deploy(
        "fly-toml-is-none", unverified={"app-configuration-sound": "precondition"}, files={"fly.toml": "app = toy\n"}
    ),
    before_deploy(
        "high-traffic",
        "deployment-window",
        changes={_PERIOD: 'period = [{ name = "a sale without end", first = 2024-11-29 }]'},
    ),
    before_deploy(
        "calendar-gone", unverified={"deployment-window": "precondition"}, changes={_PERIOD: 'calendar = "gone.ics"'}
    ),
    before_deploy("approved-by-another", "phase-approved", approvals=APPROVED.replace("chief", "somebody")),
    before_deploy("approved-for-another-commit", "phase-approved", approvals=APPROVED.format("0" * 40)),
    before_deploy(
        "approvals-unreadable", unverified={"phase-approved": "precondition"}, approvals="[[approval]]\nphase = 3\n"
    ),
    before_deploy(
        "column-dropped-before-a-deploy",
        "migrations-additive",
        files={f"{_FOLDER}/20250102000000_less.sql": "alter table notes drop column id;\n"},
    ),
    before_deploy(
        "migration-needs-a-person",
        unverified={"migrations-additive": "precondition"},
        files={f"{_FOLDER}/20250102000000_more.sql": "<<<<<<< HEAD\ncreate table tags (id uuid primary key);\n"},
    ),
)
FAULTS = (
    *PREDEPLOY_FAULTS,
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
