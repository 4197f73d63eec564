"""A Dockerfile, run in a folder that stands for the root of its image."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.support.corpora.deploy_programs import Record

_ABSOLUTE = re.compile(r"(?<![\w/.:}\])$-])/(?!dev/|bin/(?:ba|da)?sh\b|usr/bin/env\b|tmp/judge)(?=[A-Za-z])")
Run = Callable[..., list[Record]]
"""Runs a text by a shell: text, folder, where it is, which shell, variables."""


class Image:
    """Builds the stages that a target needs, and starts what the image starts.

    Args:
        run: runs a text by a shell.
        root: the folder that stands for the root.
        home: the folder that is built from.
        path: the Dockerfile; nothing for an image without one.
        stubs: the folder of programs.
    """

    def __init__(self, run: Run, root: Path, home: Path, path: Path | None, stubs: Path) -> None:
        self._run_text, self._root, self._home, self._stubs = run, root, home, stubs
        self.text = path.read_text(encoding="utf-8") if path else ""
        self._stages = stages(self.text)
        self._names = [_name(stage) for stage in self._stages]
        self._records: list[Record] = []
        self._begin()

    def _begin(self) -> None:
        self._cwd, self._env = self._root, dict[str, str]()
        self._entry, self._cmd = "", ""

    def build(self, target: str = "") -> list[Record]:
        """Run what the target needs, and tell what was called."""
        shutil.rmtree(self._root, ignore_errors=True)
        self._stage(self._names.index(target) if target else len(self._stages) - 1)
        return self._records

    def _stage(self, number: int) -> None:
        """Run a stage, after those that it begins with or copies from; all share one root, and the last one wins."""
        base = self._stages[number][0].split()[1]
        needed = {name for line in self._stages[number] for name in re.findall(r"from=([\w-]+)", line)}
        for name in sorted(needed & set(self._names)):
            self._stage(self._names.index(name))
        if base in self._names:
            self._stage(self._names.index(base))
        else:
            self._begin()
        self._root.mkdir(parents=True, exist_ok=True)
        for line in self._stages[number][1:]:
            verb, _, rest = line.partition(" ")
            self._instruction(verb, rest.strip())

    def inside(self, text: str) -> str:
        """Text with the image's absolute paths as those of the folder."""
        return _ABSOLUTE.sub(f"{self._root}/".replace("\\", r"\\"), text)

    def _instruction(self, verb: str, rest: str) -> None:
        if verb == "WORKDIR":
            self._cwd = self._place(rest.strip("\"'"))
            self._cwd.mkdir(parents=True, exist_ok=True)
        elif verb in ("ENV", "ARG"):
            words = shlex.split(rest)
            pairs = words if "=" in words[0] else ["=".join(words)]
            self._env |= {name: value for name, _, value in (word.partition("=") for word in pairs)}
        elif verb in ("COPY", "ADD"):
            self._copy(rest)
        elif verb == "RUN":
            self._run(rest)
        elif verb == "CMD":
            self._cmd = rest
        elif verb == "ENTRYPOINT":
            self._entry, self._cmd = rest, ""

    def _run(self, rest: str) -> None:
        rest = re.sub(r"^(--\S+\s+)*", "", rest)
        text = "\n".join(rest.split("\n")[1:-1]) if re.match(r"<<-?['\"]?\w+['\"]?\n", rest) else rest
        shell = "bash" if "shopt" in text else "sh"
        self._records += self._run_text(self.inside(text), self._cwd, "build", shell, **self._env)

    def _copy(self, rest: str) -> None:
        words = [each for each in rest.splitlines()[0].split() if not each.startswith("--")]
        target = self._place(words[-1])
        if words[0].startswith("<<"):
            written(target, self.inside("\n".join(rest.split("\n")[1:-1]) + "\n"))
            return
        for source in words[:-1]:
            for found in self._sources(source, built="--from=" in rest):
                self._copy_one(found, target, into=words[-1].endswith("/"))

    def _sources(self, source: str, *, built: bool) -> list[Path]:
        """What a COPY takes: of the image, of the folder, or of the root, for those who build from there."""
        if source in (".", "./"):
            return [self._root if built else self._home]
        above = [each for each in self._home.parents if each.is_relative_to(self._root.parent / "checkout")]
        for origin in [self._root] if built else [self._home, *above]:
            found = sorted(origin.glob(source.lstrip("/") or "."))
            if found:
                return found
        return []

    def _copy_one(self, found: Path, target: Path, *, into: bool) -> None:
        place = target / found.name if found.is_file() and (into or target.is_dir()) else target
        files = (
            [each for each in found.rglob("*") if each.is_file() or each.is_symlink()] if found.is_dir() else [found]
        )
        for each in files if place != found else []:
            there = place / each.relative_to(found) if each != found else place
            if each.is_symlink():
                there.parent.mkdir(parents=True, exist_ok=True)
                there.symlink_to(each.readlink())
            else:
                text = each.read_text(encoding="utf-8")
                written(there, text if each.is_relative_to(self._root) else self.inside(text))

    def _place(self, path: str) -> Path:
        return self._root / path.lstrip("/") if path.startswith("/") else self._cwd / path

    # ---- what it starts

    def start(self, instead: str, variables: Mapping[str, str]) -> list[Record]:
        """Run ENTRYPOINT and CMD, or a command instead of CMD, and tell what was called."""
        cwd = self._cwd if self.text else self._home
        line = self._joined(instead)
        if not line:
            return []
        self._stand_ins(line, cwd)
        path = f"{self._root}/usr/local/bin:{self._stubs}"
        return self._run_text(line, cwd, "machine", "sh", **{**self._env, **variables, "PATH": path})

    def _joined(self, instead: str) -> str:
        command = instead or _as_line(self._cmd)
        if self._entry and not self._entry.startswith("["):
            command = ""
        elif self._entry and self._cmd and not instead and not self._cmd.startswith("["):
            command = f"sh -c {shlex.quote(self._cmd)}"
        whole = f"{_as_line(self._entry)} {command}".strip()
        return self.inside(whole.replace("sh -lc", "sh -c"))  # a login shell would forget the stubs

    def _stand_ins(self, line: str, cwd: Path) -> None:
        """Put a stub where a program is named by a path that the files do not hold."""
        scripts = [path for path in cwd.rglob("*") if path.is_file()] if self.text else []
        texts = [line, *(path.read_text(encoding="utf-8", errors="replace") for path in scripts)]
        for name in {found for text in texts for found in re.findall(r"(?<![\w/])[\w./-]*(?:bin|\.bin)/[\w-]+", text)}:
            path = cwd / name
            if not path.exists() and path.resolve().is_relative_to(self._root.parent.resolve()):
                path.parent.mkdir(parents=True, exist_ok=True)
                known = self._stubs / path.name
                path.symlink_to(known if known.exists() else self._stubs / "plain")


def written(path: Path, content: str) -> None:
    """Write a file that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    path.chmod(0o755)


def _as_line(command: str) -> str:
    return shlex.join(json.loads(command)) if command.startswith("[") else command


def _name(stage: list[str]) -> str:
    found = re.search(r"(?i) as (\S+)", stage[0])
    return found[1] if found else ""


def stages(text: str) -> list[list[str]]:
    """The instructions of each stage; continued lines and heredocs belong to theirs."""
    found: list[list[str]] = []
    lines = iter(text.splitlines())
    for line in lines:
        whole = line.strip()
        if not whole or whole.startswith("#"):
            continue
        while whole.endswith("\\"):
            more = next(lines).strip()
            whole = whole if more.startswith("#") else f"{whole[:-1]} {more}"
        document = re.search(r"<<-?['\"]?(\w+)['\"]?", whole)
        while document and whole.rpartition("\n")[2] != document[1]:
            whole += "\n" + next(lines)
        found += [[]] if whole.startswith("FROM") else []
        if found:  # what stands before the first FROM is for FROM alone
            found[-1].append(whole)
    return found
