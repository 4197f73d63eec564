"""A git checkout of an application, and the context of a probe that looks at it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.support.probe_context import looking_at
from verifier.core.probe import CallerOptions, Context
from verifier.probes.source.checkout import observe_checkout


class Repository:
    """A git checkout in a folder whose path contains a space."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "the app"
        self.root.mkdir()

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files of the application."""
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, files: Mapping[str, str | bytes] | None = None, message: str = "shipped") -> str:
        """Commit everything, so that it counts as shipped; the id of the commit."""
        self.write(files or {})
        me = ["-c", "user.name=Toy", "-c", "user.email=toy@example.com"]
        for words in (["init", "-q"], ["add", "-A"], [*me, "commit", "-q", "--allow-empty", "-m", message]):
            self.git(*words)
        return self.git("rev-parse", "HEAD").strip()

    def git(self, *words: str) -> str:
        """What git says in the checkout."""
        command = ["git", "-C", str(self.root), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def context(self, options: Mapping[str, Any] | None = None, **sections: object) -> Context:
        """The context of a probe of this checkout; `sections` are those of the target."""
        chosen = CallerOptions(app_dir=self.root, **(options or {}))
        place = {"base": self.root.parent, "folder": self.root.parent / "left", "tell": lambda _: None}
        context = replace(looking_at("http://127.0.0.1:9", {}, "run", **sections), options=chosen, **place)
        return replace(context, get=lambda *_: observe_checkout(context))
