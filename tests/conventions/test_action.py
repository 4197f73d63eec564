"""The action: its steps, run with GitHub's files in somebody else's repository, with a command in the suite's place."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.runs.composite import Composite, Ended
from tests.support.runs.toy import CHECKOUT

TOLD = "verdict=DONE\nexit_status=0\nreport=reports/one\nrun=one\npage=reports/one/definition-of-done.html\n"
HOSTILE = "a b; touch hacked; $(touch hacked)"


class Job:
    """A job whose suite is a command that writes down how it was called."""

    def __init__(self, folder: Path, status: int) -> None:
        self.suite, self.workspace = folder / "the suite", folder / "a workspace"
        scratch = folder / "runner"
        for each in (self.suite / ".venv" / "bin", self.workspace, scratch):
            each.mkdir(parents=True)
        shutil.copy(CHECKOUT / "action.yml", self.suite)
        (self.suite / "requirements.txt").write_text("pytest==9\n", encoding="utf-8")
        (self.suite / "Makefile").write_text("setup:\n\t@touch set-up\n", encoding="utf-8")
        self._script(
            "definition-of-done", f'printf "%s\\n" "$@" > "words of $1"\necho "::error::forged"\nexit {status}'
        )
        self._script("python", f'printf "%s\\n" "$@" > "words of python"\nprintf "{TOLD}" >> "$GITHUB_OUTPUT"')
        self._composite = Composite(self.suite, self.workspace, scratch, {"PATH": os.environ["PATH"]})

    def _script(self, name: str, text: str) -> None:
        path = self.suite / ".venv" / "bin" / name
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)

    def run(self, **inputs: str) -> Ended:
        return self._composite.run(**{"target": "board", **inputs})

    def words(self, of: str = "judge", below: str = ".") -> list[str]:
        return (self.workspace / below / f"words of {of}").read_text(encoding="utf-8").splitlines()


def action() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load((CHECKOUT / "action.yml").read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("status", [0, 1, 4, 6])
def test_the_status_of_the_run_is_that_of_the_action_and_the_verdict_is_told_in_any_case(
    tmp_path: Path, status: int
) -> None:
    job = Job(tmp_path, status)
    ended = job.run()
    assert ended.status == status
    assert ended.ran == ["What is pinned", "Set up", "Judge", "Tell the verdict"]
    assert f"--status={status}" in job.words("python")
    assert ended.outputs["verdict"] == "DONE"
    assert ended.outputs["page"] == "reports/one/definition-of-done.html"
    assert ended.used["Keep the report"]["path"] == "./reports/one/"
    assert (job.suite / "set-up").is_file()


INPUTS = {
    "phase": "--phase", "release": "--expect-release", "image": "--expect-image", "sha": "--expect-sha",
    "app_dir": "--app-dir", "since": "--since", "watch": "--watch", "target": "--target",
}  # fmt: skip


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_is_one_word_of_the_command(tmp_path: Path, name: str) -> None:
    job = Job(tmp_path, 0)
    job.run(**{name: HOSTILE})
    assert f"{INPUTS[name]}={HOSTILE}" in job.words()
    assert job.words()[:3] == ["judge", "-m", "postdeploy"]
    assert not list(tmp_path.rglob("hacked"))


def test_an_option_is_a_line_and_what_is_not_given_is_no_word(tmp_path: Path) -> None:
    job = Job(tmp_path, 0)
    job.run(stage="deploy or postdeploy", options="--emergency=it cannot wait\n\n--history=kept")
    assert job.words() == [
        "judge", "-m", "deploy or postdeploy", "--target=board", "--emergency=it cannot wait", "--history=kept",
    ]  # fmt: skip


def test_nothing_that_the_run_prints_is_a_command_to_the_runner(tmp_path: Path) -> None:
    said = Job(tmp_path, 0).run().said.splitlines()
    first, forged, last = said[said.index("::error::forged") - 1 :][:3]
    word = first.removeprefix("::stop-commands::")
    assert (forged, last) == ("::error::forged", f"::{word}::")
    assert re.fullmatch(r"[0-9a-f]{32}", word)


def test_it_judges_in_the_folder_that_it_is_given(tmp_path: Path) -> None:
    job = Job(tmp_path, 0)
    (job.workspace / "apps").mkdir()
    ended = job.run(working_directory="apps", artifact="kept", environment="staging")
    assert job.words(below="apps")[0] == "judge"
    assert ended.used["Keep the report"]["path"] == "apps/reports/one/"
    assert ended.used["Tile times of accepted releases"]["path"] == "apps/reports/history/"
    assert job.words("announce", below="apps")[:2] == ["announce", "--environment=staging"]


def test_the_report_is_not_kept_where_nobody_wants_it(tmp_path: Path) -> None:
    assert "Keep the report" not in Job(tmp_path, 0).run(artifact="").used


def test_its_caches_change_with_what_is_pinned(tmp_path: Path) -> None:
    job = Job(tmp_path, 0)
    keys = []
    for pins in ("pytest==9\n", "pytest==9\n", "pytest==10\n"):
        (job.suite / "requirements.txt").write_text(pins, encoding="utf-8")
        keys.append(job.run().used["Downloads of packages and of a browser"]["key"])
    assert keys[0] == keys[1] != keys[2]
    assert re.fullmatch(r"definition-of-done-Linux-X64-[0-9a-f]{16}", keys[0])


def test_every_action_that_it_uses_is_pinned_and_no_expression_stands_in_a_command() -> None:
    steps = action()["runs"]["steps"]
    used = [each["uses"] for each in steps if "uses" in each]
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", each)] == []
    assert [each["run"] for each in steps if "${{" in each.get("run", "")] == []


def test_it_is_documented_with_every_input_and_output() -> None:
    page = (CHECKOUT / "docs" / "github-actions.md").read_text(encoding="utf-8")
    assert [name for name in (*action()["inputs"], *action()["outputs"]) if f"`{name}`" not in page] == []
