"""A small application with migrations, judged by the real command."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support.runs.toy import CHECKOUT, Ended, Suite

TARGET = """
title = "An application with migrations"
app = "toy"
url = "http://127.0.0.1:9"

[platform]
machines = "none"

[not_applicable]
tables-exist = "there is no live database here"
rls-protects = "there is no live database here"
schema-matches-migrations = "there is no live database here"
"""


class Application:
    """A git checkout of an application, and the suite that judges it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "the app"
        self.suite = Suite(folder)
        self.root.mkdir()
        for name in ("conftest.py", "pytest.ini", "definition_of_done.toml"):
            shutil.copy(CHECKOUT / name, folder)
        for name in ("checks", "smoke"):
            shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files of the application."""
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self) -> None:
        """Commit everything, so that it counts as shipped."""
        me = ["-c", "user.name=Toy", "-c", "user.email=toy@example.com"]
        for words in (["init", "-q"], ["add", "-A"], [*me, "commit", "-q", "-m", "shipped"]):
            subprocess.run(["git", "-C", str(self.root), *words], check=True, capture_output=True)

    def judged(self, *words: str, target: str = "", mark: str = "migration") -> Ended:
        """Run the command."""
        self.suite.write({"targets/toy.toml": TARGET + target})
        return self.suite.run("--app-dir", str(self.root), *words, mark=mark)
