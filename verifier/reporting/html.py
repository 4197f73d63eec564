"""Allure's single-file HTML from the finished results; needs Node, and is the only part that does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from verifier.run import Run

_CLI = Path(__file__).parent / "allure" / "node_modules" / "allure" / "cli.js"
_SECONDS = 90
_HOW = "run `make setup` once with network, then this run again"


def write_html(run: Run, record: dict[str, Any]) -> tuple[Path | None, str]:
    """The path of `index.html`, or nothing and how to get it."""
    node = _node()
    if node is None or not _CLI.is_file():
        missing = "Node ≥ 20.19" if node is None else "Allure's command line"
        return None, f"{missing} is not installed: {_HOW}"
    with tempfile.TemporaryDirectory(dir=run.scratch) as made:
        trouble = _generate(node, run.folder / "allure-results", Path(made), _name(record))
        page = Path(made) / "index.html"
        if trouble or not page.is_file():
            return None, f"Allure wrote no report: {trouble or 'no index.html'}"
        shutil.move(page, run.folder / "index.html")
    return run.folder / "index.html", ""


def _generate(node: str, results: Path, output: Path, name: str) -> str:
    command = [
        node, str(_CLI), "awesome", "--single-file", "--output", str(output), "--name", name,
        "--group-by", "parentSuite,suite", "--lang", "en", "--cwd", str(output), str(results),
    ]  # fmt: skip
    quiet = {**os.environ, "NO_COLOR": "1", "ALLURE_NO_ANALYTICS": "1", "DO_NOT_TRACK": "1"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False, env=quiet)
    except subprocess.TimeoutExpired:
        return f"it took longer than {_SECONDS} s"
    except OSError as trouble:
        return str(trouble)
    last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no word"]
    return "" if done.returncode == 0 else last[0]


def _name(record: dict[str, Any]) -> str:
    release = record["release"]
    found = f" · {len(record['findings'])} disagreement" if record["findings"] else ""
    return f"{record['verdict']} · {record['target']}{found}" + (f" · release {release['version']}" if release else "")


def _node() -> str | None:
    beside = Path(sys.executable).with_name("node")
    return str(beside) if beside.is_file() else shutil.which("node")
