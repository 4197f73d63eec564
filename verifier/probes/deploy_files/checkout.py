"""The files of the application, and how they look from where a command is run: on a runner, or inside an image."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from verifier.probes.deploy_files.places import FilePlace, Text

_NEVER = {".git", "node_modules", ".venv", "venv", "__pycache__", ".yarn", ".pnpm-store", ".next", ".turbo"}
_LARGEST = 2_000_000
"""Bytes; nobody deploys with a longer script."""
ROOT = "/checkout"
"""Where a runner has the checkout; only inside of this program."""


class Checkout:
    """The files below a folder; links that lead out of it, dependencies and version control are left out."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.files = tuple(sorted(self._walk()))
        self._known = set(self.files)
        self._texts: dict[str, str | None] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def _walk(self) -> Iterator[str]:
        for folder, below, names in os.walk(self.root):
            below[:] = sorted(set(below) - _NEVER)
            for name in names:
                path = Path(folder, name)
                if path.is_file() and path.resolve().is_relative_to(self.root):
                    yield path.relative_to(self.root).as_posix()

    def text(self, name: str) -> str | None:
        """The content of a file; nothing if it is not there, is not text, or is too large to be a script."""
        if name not in self._texts:
            self._texts[name] = self._read(name) if name in self else None
        return self._texts[name]

    def _read(self, name: str) -> str | None:
        try:
            content = (self.root / name).read_bytes()
        except OSError:
            return None
        return None if len(content) > _LARGEST or b"\0" in content else content.decode("utf-8", "replace")

    def named(self, pattern: str) -> list[str]:
        """The files whose own name fits the pattern, nearest to the root first."""
        found = [each for each in self.files if fnmatchcase(each.rsplit("/", 1)[-1], pattern)]
        return sorted(found, key=lambda each: (each.count("/"), each))


def joined(folder: str, path: str) -> str:
    """`path` as seen from `folder`, without `.` and `..`."""
    return posixpath.normpath(posixpath.join(folder, path))


@dataclass
class View:
    """Absolute paths as a command sees them, and the files of the checkout behind them.

    Attributes:
        checkout: the files.
        copies: absolute path → path in the checkout ("" is its root), oldest first, as COPY puts them there.
        written: files that a command has written, by absolute path.
    """

    checkout: Checkout
    copies: list[tuple[str, str]] = field(default_factory=lambda: [(ROOT, "")])
    written: dict[str, Text] = field(default_factory=dict)

    def name(self, path: str) -> str | None:
        """The file of the checkout at an absolute path.

        Where no COPY tells of it, the file whose path ends like it is taken: a base image may have put it there.
        """
        for there, here in reversed(self.copies):
            below = posixpath.relpath(path, there)
            name = here if below == "." else posixpath.normpath(posixpath.join(here, below))
            if not below.startswith("..") and name in self.checkout:
                return name
        parts = path.strip("/").split("/")
        ends = ("/".join(parts[start:]) for start in range(len(parts)))
        return next((each for each in ends if each in self.checkout), None) or self._alike(parts)

    def _alike(self, parts: list[str]) -> str | None:
        """The only file with the same name in a folder of the same name: a build may have put it elsewhere."""
        end = "/".join(parts[-2:])
        found = [each for each in self.checkout.files if each.endswith(f"/{end}")] if len(parts) > 1 else []
        return found[0] if len(found) == 1 else None

    def below(self, folder: str) -> list[str]:
        """The absolute paths of all files below a folder."""
        paths = {f"{there.rstrip('/')}/{each.removeprefix(here).lstrip('/')}" for there, here in self.copies
                 for each in self.checkout.files if each.startswith(here)}  # fmt: skip
        return sorted(each for each in paths if each.startswith(f"{folder.rstrip('/')}/"))

    def find(self, path: str) -> Text | None:
        """What is at an absolute path."""
        if path in self.written:
            return self.written[path]
        name = self.name(path)
        text = self.checkout.text(name) if name else None
        return None if text is None or name is None else Text(text, FilePlace(name, 1))

    def glob(self, pattern: str) -> list[str]:
        """The absolute paths that fit a pattern of the shell."""
        deep = pattern.count("/")
        return [each for each in self.below("/") if each.count("/") == deep and fnmatchcase(each, pattern)]

    def above(self, folder: str, name: str) -> str | None:
        """The nearest path of a file called `name`, in `folder` or above it."""
        while True:
            path = posixpath.join(folder, name)
            if self.exactly(path):
                return path
            if folder in ("/", ""):
                return None
            folder = posixpath.dirname(folder)

    def exactly(self, path: str) -> str | None:
        """As `name`, without guessing."""
        for there, here in reversed(self.copies):
            below = posixpath.relpath(path, there)
            name = posixpath.normpath(posixpath.join(here, below))
            if not below.startswith("..") and name in self.checkout:
                return name
        return None

    def copied(self) -> View:
        """Another view that begins like this one."""
        return View(self.checkout, list(self.copies), dict(self.written))
