"""A toy suite: a small Definition of Done with toy checks, judged by the real command in a process of its own."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from tests.support.runs import forked, red_checks

CHECKOUT = forked.CHECKOUT
PATIENCE = 240.0
"""Seconds after which a run counts as hung."""
TARGET = 'title = "a toy"\napp = "toy"\nurl = "http://127.0.0.1:9"\ndeadline = 3600\n'
CONFTEST = (CHECKOUT / "conftest.py").read_text(encoding="utf-8")
TOYS = (Path(__file__).with_name("toys.txt")).read_text(encoding="utf-8")


def item(name: str, more: str = "") -> str:
    """One item of a toy contract; `more` adds lines to it or replaces `stage`."""
    stage = "" if "stage" in more else 'stage = ["postdeploy"]\n'
    return f'[[item]]\nid = "{name}"\npromise = "the toy is {name}"\nseverity = "major"\n{stage}{more}\n'


def contract(*names: str, **more: str) -> str:
    """A toy contract with these items; `more` gives lines for single ones, `_` standing for a hyphen."""
    extra = {name.replace("_", "-"): lines for name, lines in more.items()}
    return "\n".join(
        item(name, extra.get(name, "")) for name in [*names, *(each for each in extra if each not in names)]
    )


def check(name: str, body: str, *, wants: str = "measured", proves: str = "", mark: str = "") -> str:
    """A toy check `test_NAME`, which proves the item of that name unless told otherwise."""
    marks = f'@pytest.mark.proves("{proves or name.replace("_", "-")}")' + (f"\n{mark}" if mark else "")
    return f'{marks}\ndef test_{name}({wants}):\n    """It is {name}."""\n{indent(dedent(body).strip(), "    ")}\n\n\n'


def checks(*parts: str) -> str:
    """A file of toy checks."""
    modules = (f"from verifier.core.{name} import *" for name in ("evidence", "evidence.finding", "evidence.readings"))
    return "\n".join(["import pytest", *modules, "", *parts])


def waiver(item: str, problem: str = "blue paint", subject: str = "wall", *, days: int = 14, **more: str) -> str:
    """An entry of `waivers.toml` that was made a week ago for so many days; `more` replaces values, as TOML.

    A `signature` stands in the place of problem and subject.
    """
    made = datetime.now(UTC).date() - timedelta(days=7)
    given = {
        "target": '"toy"', "item": f'"{item}"', "problem": f'"{problem}"', "subjects": f'["{subject}"]',
        "reason": '"the painter is ill"', "owner": '"ann"', "ticket": '"TOY-1"', "made": str(made),
        "expires": str(made + timedelta(days=days)),
    } | more  # fmt: skip
    left = {"problem", "subjects"} if "signature" in more else set()
    return "[[waiver]]\n" + "".join(f"{key} = {value}\n" for key, value in given.items() if value and key not in left)


KEPT = check("kept", "measured('as it should be')")


@dataclass(frozen=True)
class Ended:
    """The result of one run of the command.

    Attributes:
        status: the exit status; negative for a signal.
        output: standard output and standard error.
        root: the folder of the toy suite.
        folder: the report folder of the run.
    """

    status: int
    output: str
    root: Path
    folder: Path

    @cached_property
    def verdict(self) -> dict[str, Any]:
        """The content of `verdict.json`."""
        record: dict[str, Any] = json.loads((self.folder / "verdict.json").read_text(encoding="utf-8"))
        return record

    @property
    def ending(self) -> tuple[str, int]:
        """The verdict and the exit status of the process, which belong together."""
        return self.verdict["verdict"], self.status

    @property
    def outcomes(self) -> dict[str, str]:
        """The outcome of each judged item."""
        return {each["id"]: each["outcome"] for each in self.verdict["items"]}

    def item(self, name: str) -> dict[str, Any]:
        """The record of one judged item."""
        found: dict[str, Any] = next(each for each in self.verdict["items"] if each["id"] == name)
        return found

    def told(self, name: str) -> tuple[str, str | None]:
        """Outcome and cause of one judged item."""
        return self.item(name)["outcome"], self.item(name)["cause"]


@dataclass
class Suite:
    """A toy suite in a folder of its own.

    Attributes:
        root: its folder, whose path contains a space.
        environment: additions to its minimal environment.
    """

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, files: Mapping[str, str]) -> None:
        """Write files below the root, with their common indentation removed."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")

    def run(self, *words: str, mark: str | None = "postdeploy", target: str | None = "toy") -> Ended:
        """Run the command in a forked process."""
        try:
            status, output = forked.run(self._words(words, mark, target), self.root, self._environment(), PATIENCE)
        except TimeoutError as hung:
            pytest.fail(str(hung))
        return self._left(status, output)

    def run_anew(self, *words: str, mark: str | None = "postdeploy", target: str | None = "toy") -> Ended:
        """Run the command in a new process, imports included."""
        with self.running(*words, mark=mark, target=target) as process:
            return self.ended(process)

    @contextmanager
    def running(
        self, *words: str, mark: str | None = "postdeploy", target: str | None = "toy", prefix: tuple[str, ...] = ()
    ) -> Iterator[subprocess.Popen[str]]:
        """The running command, after the words of another one that runs it; killed at the end of the block."""
        command = [*prefix, sys.executable, "-m", "pytest", *self._words(words, mark, target)]
        process = subprocess.Popen(
            command, cwd=self.root, env=self._environment(), text=True, encoding="utf-8", errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True, preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - it calls nothing that takes a lock
        )  # fmt: skip
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    def ended(self, process: subprocess.Popen[str]) -> Ended:
        """The result of a run that was started with `running`; an error if it hangs."""
        try:
            output, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            pytest.fail(f"the run hung: {process.args!r}")
        return self._left(process.returncode, output)

    @contextmanager
    def at_work(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """The command while one of its checks waits, as reported by the fixture `at_work`."""
        os.mkfifo(self.root / "bell")
        bell = os.open(self.root / "bell", os.O_RDONLY | os.O_NONBLOCK)
        with self.running(*words) as process:
            rung, _, _ = select.select([bell], [], [], PATIENCE)
            os.close(bell)
            if not rung:
                pytest.fail("no check came to say that it waits")
            yield process

    @staticmethod
    def _words(words: tuple[str, ...], mark: str | None, target: str | None) -> list[str]:
        asked = [*(["-m", mark] if mark else []), *(["--target", target] if target else [])]
        return ["--html", "omit", *asked, *words]

    def _left(self, status: int, output: str) -> Ended:
        folder = (self.root / "reports" / "latest").resolve()
        red_checks.note(folder)
        return Ended(status, output, self.root, folder)

    def _environment(self) -> dict[str, str]:
        scratch = self.root / "tmp"
        scratch.mkdir(exist_ok=True)
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(CHECKOUT),
            "HOME": str(self.root),
            "TMPDIR": str(scratch),
            "LANG": "C.UTF-8",
            "COLUMNS": "200",
            "HOTDASH_BROWSER": sys.executable,
            **self.environment,
        }


def hear_ctrl_c() -> None:
    """In a child: restore SIGINT, which a shell ignores in background processes."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


MakeSuite = Callable[..., Suite]


@pytest.fixture(scope="session")
def make_suite(tmp_path_factory: pytest.TempPathFactory) -> MakeSuite:
    """Makes toy suites: `make_suite({"checks/test_toy.py": …}, contract=…, target=…, conftest=…)`."""

    def make(
        files: Mapping[str, str], *, contract: str = contract("kept"), target: str = TARGET, conftest: str = ""
    ) -> Suite:
        suite = Suite(tmp_path_factory.mktemp("toy suite"))
        shutil.copy(CHECKOUT / "pytest.ini", suite.root)
        (suite.root / "smoke").mkdir()
        (suite.root / "checks").mkdir()
        suite.write({"definition_of_done.toml": contract, "targets/toy.toml": target})
        (suite.root / "conftest.py").write_text(CONFTEST + TOYS + dedent(conftest), encoding="utf-8")
        suite.write(files)
        return suite

    return make
