"""What `make check` refuses: a violation of each rule is planted, and the linter that holds it objects."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.runs.toy import CHECKOUT

BIN = Path(sys.executable).parent
SAID = '"""A module."""\n\n'
CLEAN = {
    "verifier/planted.py": f"{SAID}from datetime import timedelta\n\nDAY = timedelta(days=1)\n",
    "verifier/core/deadline.py": f"{SAID}import time\n\nNOW = time.monotonic()\n",
    "checks/test_planted.py": f'{SAID}def test_it():\n    """It is."""\n    assert True\n',
}
REFUSED = {
    "a clock": ("verifier/planted.py", f"{SAID}import time\n", "TID251"),
    "a clock in parts": ("verifier/planted.py", f"{SAID}from time import sleep\n", "TID251"),
    "a scheduler": ("verifier/planted.py", f"{SAID}import sched\n", "TID251"),
    "now, in UTC": ("verifier/a.py", f"{SAID}from datetime import UTC, datetime\n\nX = datetime.now(UTC)\n", "TID251"),
    "now, passed on": ("verifier/planted.py", f"{SAID}import datetime\n\nX = datetime.datetime.now\n", "TID251"),
    "utcnow": ("smoke/phases/planted.py", f"{SAID}from datetime import datetime\n\nX = datetime.utcnow()\n", "TID251"),
    "today": ("verifier/planted.py", f"{SAID}from datetime import date\n\nX = date.today()\n", "TID251"),
    "a clock in a check": ("checks/test_planted.py", f"{SAID}import time\n", "TID251"),
    "now in a check": ("checks/test_planted.py", f"{SAID}import datetime\n\nX = datetime.datetime.now\n", "TID251"),
    "a clock in a flow": ("smoke/phases/test_planted.py", f"{SAID}import time\n", "TID251"),
    "an assert": ("verifier/planted.py", f"{SAID}assert SAID\n", "S101"),
    "no docstring": ("verifier/planted.py", "X = 1\n", "D100"),
    "no docstring of a package": ("verifier/planted/__init__.py", "X = 1\n", "D104"),
    "no docstring of checks": ("checks/test_planted.py", "X = 1\n", "D100"),
    "no promise": ("checks/test_planted.py", f"{SAID}def test_it():\n    pass\n", "D103"),
    "print in a check": ("checks/test_planted.py", f"{SAID}print(1)\n", "T201"),
    "open in a check": ("checks/test_planted.py", f'{SAID}open("x")\n', "PTH123"),
    **{
        f"{name} in a check": ("checks/test_planted.py", f"{SAID}import {name}\n", "TID251")
        for name in (
            "asyncio", "httpx", "io", "os", "pathlib", "playwright.sync_api", "psycopg", "socket", "subprocess",
            "threading", "urllib.request",
        )
    },
}  # fmt: skip
IMPORTS = {
    "verifier/core/evidence.py": "from verifier.core.config.contract import Contract",
    "checks/app/test_tiles.py": "from verifier.core.config.target import Target",
    "smoke/phases/test_phase_1.py": "import verifier.core.execution.run",
    "verifier/core/redaction/__init__.py": "from verifier.probes.http.client import get",
    "verifier/probes/http/client.py": "import sandbox.control\nfrom verifier.probes.sse.section import Events",
    "tests/plugin/test_inventory.py": "from tests.conventions.test_golden import CONTRACT",
    "verifier/probes/logs/cursor.py": "from verifier.probes.fly.client import Fly",
    "verifier/without_a_layer.py": "",
}


def rules_against(name: str, text: str) -> set[str]:
    """The rules of ruff that a file of this name and text breaks."""
    command = [str(BIN / "ruff"), "check", "--no-cache", "--output-format=json", "--stdin-filename", name, "-"]
    run = subprocess.run(command, cwd=CHECKOUT, input=text, capture_output=True, text=True, check=False)
    return {each["code"] for each in json.loads(run.stdout)}


def test_ruff_refuses_what_the_rules_forbid() -> None:
    missed = {what: rule for what, (name, text, rule) in REFUSED.items() if rule not in rules_against(name, text)}
    assert missed == {}


def test_ruff_accepts_what_the_house_permits() -> None:
    assert {name: rules for name, text in CLEAN.items() if (rules := rules_against(name, text))} == {}


@pytest.fixture
def planted(tmp_path: Path) -> str:
    """What import-linter says of a copy of the tree in which every contract is broken."""
    for folder in ("verifier", "checks", "smoke", "sandbox", "load", "tests"):
        for path in (CHECKOUT / folder).rglob("*.py"):
            if "node_modules" not in path.parts:
                copy = tmp_path / path.relative_to(CHECKOUT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, copy)
    for name, line in IMPORTS.items():
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    environment = {**os.environ, "COLUMNS": "200", "PYTHONPATH": ""}
    # The checkout is installed, so its folders without `__init__` would be parts of the copy's packages.
    alone = f"import sys; sys.path.remove({str(CHECKOUT)!r}); from importlinter import cli; cli.lint_imports_command()"
    command = [sys.executable, "-c", alone, "--no-logo", "--no-cache"]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stdout + run.stderr
    return run.stdout


def test_import_linter_refuses_what_the_rules_forbid(planted: str) -> None:
    told = (
        "verifier.core.evidence -> verifier.core.config.contract",
        "verifier.probes.http.client -> sandbox.control",
        "checks.app.test_tiles -> verifier.core.config.target",
        "smoke.phases.test_phase_1 -> verifier.core.execution.run",
        "tests.plugin.test_inventory -> tests.conventions.test_golden",
        "verifier.probes.logs.cursor -> verifier.probes.fly.client",
        "without_a_layer",
    )
    assert [each for each in told if each not in planted] == []
    assert "Contracts: 0 kept, 7 broken." in planted
