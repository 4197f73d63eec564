"""The labelled deploy files, and what the verifier says of each set."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from textwrap import indent

from tests.support.runs.toy import CHECKOUT
from verifier.probes.deploy_files.checkout import Checkout
from verifier.probes.deploy_files.entries.following import Followed, follow_all

FOLDER = CHECKOUT / "tests" / "data" / "deploy_files"
HELD_OUT = "held_out"
_CASE = re.compile(r"^=== (?P<name>.*?) \| (?P<label>\w+)(?: \| (?P<variables>.*))?\n", re.MULTILINE)
_FILE = re.compile(r"^--- (.*)\n", re.MULTILINE)
_FLY = 'app = "a"\n'
_IMAGE = "FROM node:20\nWORKDIR /app\nCOPY . .\n"
_STEPS = "name: Deploy\non: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n"
GREP = re.compile(r"migrate")


@dataclass(frozen=True)
class Case:
    """One set of deploy files.

    Attributes:
        name: what it is about.
        label: "applies", "fine", or "asked" where the files do not tell.
        files: path → content.
        variables: what is set elsewhere when the deploy runs.
        group: the file that holds it.
    """

    name: str
    label: str
    files: Mapping[str, str]
    variables: Mapping[str, str]
    group: str

    @property
    def held_out(self) -> bool:
        """Whether it was written last."""
        return self.group.startswith(HELD_OUT)

    def write(self, root: Path) -> None:
        """Write its files below a folder."""
        for name, content in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
            path.chmod(0o755)

    @cached_property
    def followed(self) -> Followed:
        """What the verifier follows in it."""
        with tempfile.TemporaryDirectory() as folder:
            self.write(Path(folder))
            return follow_all(Checkout(Path(folder)))

    @property
    def verdict(self) -> str:
        """The verifier's answer, in the words of the labels."""
        walk = self.followed.walk
        return "applies" if walk.applied else "asked" if walk.questions else "fine"

    @property
    def grep(self) -> str:
        """The answer of `grep -r migrate`."""
        return "applies" if any(GREP.search(each) for each in self.files.values()) else "fine"


def cases() -> Iterator[Case]:
    """All labelled sets."""
    for path in sorted(FOLDER.glob("*.txt")):
        parts = _CASE.split(path.read_text(encoding="utf-8"))[1:]
        for name, label, variables, text in zip(*(parts[start::4] for start in range(4)), strict=True):
            given = dict(each.strip().split("=", 1) for each in (variables or "").split(";") if "=" in each)
            yield Case(name, label, _files(text), given, path.stem)


def _files(text: str) -> dict[str, str]:
    parts = _FILE.split(text)[1:]
    files = dict(_file(*each) for each in zip(parts[::2], parts[1::2], strict=True))
    if "Dockerfile" in files or "package.json" in files:
        files.setdefault("fly.toml", _FLY)
    return files


def _file(head: str, text: str) -> tuple[str, str]:
    """A file, or one of the short forms that the README of the corpus describes."""
    kind, _, folder = head.partition(" ")
    match kind:
        case "release":
            return "fly.toml", f"{_FLY}[deploy]\nrelease_command = {json.dumps(text.strip())}\n"
        case "scripts":
            return f"{folder}/package.json".lstrip("/"), _package(text)
        case "image":
            return "Dockerfile", _IMAGE + text
        case "steps":
            return ".github/workflows/deploy.yml", _STEPS + indent(text, "      ")
    return head, text


def _package(text: str) -> str:
    pairs = [line.split(" = ", 1) for line in text.splitlines() if line.strip()]
    content: dict[str, object] = {name[1:]: value for name, value in pairs if name.startswith("@")}
    content["scripts"] = {name: value for name, value in pairs if not name.startswith("@")}
    return json.dumps(content, indent=2) + "\n"
