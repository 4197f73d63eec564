"""The workflows: pinned, read-only, with an end, and a gate whose status is the verdict's."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.runs.toy import CHECKOUT

WORKFLOWS = sorted((CHECKOUT / ".github" / "workflows").glob("*.yml"))
GATE = CHECKOUT / ".github" / "workflows" / "postdeploy.yml"


def workflow(path: Path = GATE) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def steps(path: Path = GATE) -> list[dict[str, Any]]:
    return [step for job in workflow(path)["jobs"].values() for step in job["steps"]]


def named(name: str) -> dict[str, Any]:
    return next(each for each in steps() if each.get("name") == name)


def keys(content: object) -> set[str]:
    if isinstance(content, dict):
        return {str(key) for key in content}.union(*map(keys, content.values()))
    return set().union(*map(keys, content)) if isinstance(content, list) else set()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_workflow_goes_on_after_an_error(path: Path) -> None:
    assert "continue-on-error" not in keys(workflow(path))
    assert not re.search(r"\|\|\s*(true|:|exit 0)", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_its_commit(path: Path) -> None:
    used = [each["uses"] for each in steps(path) if "uses" in each]
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", each)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_and_nothing_else(path: Path) -> None:
    jobs = workflow(path)["jobs"].values()
    assert workflow(path)["permissions"] == {"contents": "read"}
    assert [each for each in jobs if "permissions" in each] == []
    assert all(
        each["with"]["persist-credentials"] is False for each in steps(path) if "checkout" in each.get("uses", "")
    )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_ends(path: Path) -> None:
    assert all(0 < job["timeout-minutes"] <= 120 for job in workflow(path)["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_expression_and_so_no_secret_stands_in_a_command(path: Path) -> None:
    assert [each["run"] for each in steps(path) if "${{" in each.get("run", "")] == []


def test_only_the_step_that_judges_knows_the_secrets_of_the_target() -> None:
    told = {each["name"]: each["env"] for each in steps() if "secrets." in str(each.get("env"))}
    assert list(told) == ["Judge"]
    everywhere, judging = (sorted(re.findall(r"secrets\.(\w+)", str(part))) for part in (workflow(), told["Judge"]))
    assert [each for each in everywhere if each != "SUITE_TOKEN"] == judging


def test_the_gate_does_not_cancel_a_run_that_has_begun() -> None:
    assert workflow()["concurrency"]["cancel-in-progress"] is False
    assert "inputs.target" in workflow()["concurrency"]["group"]


def test_the_gate_can_be_called_and_started_by_hand_with_the_same_words() -> None:
    triggers = workflow()[True]  # YAML 1.1 reads 'on' as a truth value
    assert set(triggers) == {"workflow_call", "workflow_dispatch"}
    assert set(triggers["workflow_call"]["inputs"]) == set(triggers["workflow_dispatch"]["inputs"])


def test_the_verdict_is_told_and_the_report_is_kept_however_the_run_ends() -> None:
    assert [named("Tell the verdict")["if"], named("Keep the report")["if"]] == ["always()", "always()"]
    assert named("Keep the report")["with"]["if-no-files-found"] == "error"
    assert [each.get("if") for each in steps()].count("always()") == 2


def judge_step(tmp_path: Path, status: int, **environment: str) -> subprocess.CompletedProcess[str]:
    """The script of the judging step as the runner starts it, with a command in the place of the suite's Python."""
    fake = tmp_path / ".venv" / "bin" / "python"
    fake.parent.mkdir(parents=True)
    fake.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > words\necho "::error::forged"\nexit {status}\n', encoding="utf-8"
    )
    fake.chmod(0o755)
    (tmp_path / "step.sh").write_text(named("Judge")["run"], encoding="utf-8")
    known = {
        "PATH": os.environ["PATH"],
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "PHASE": "",
        "RELEASE": "",
        "IMAGE": "",
        **environment,
    }
    return subprocess.run(
        ["bash", "-e", "step.sh"], cwd=tmp_path, env=known, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("status", [0, 1, 4, 6])
def test_the_status_of_the_run_is_the_status_of_its_step(tmp_path: Path, status: int) -> None:
    assert judge_step(tmp_path, status, TARGET="staging").returncode == status
    assert f"status={status}\n" in (tmp_path / "output").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", ["staging", "a b.toml", "$(touch hacked)", "'; touch hacked; '", "--collect-only"])
def test_the_target_is_one_word_of_the_command(tmp_path: Path, target: str) -> None:
    judge_step(tmp_path, 0, TARGET=target, PHASE="3 5", RELEASE="4 2", IMAGE="registry/app:a b")
    words = (tmp_path / "words").read_text(encoding="utf-8").splitlines()
    assert words == [
        "-m",
        "pytest",
        "-m",
        "postdeploy",
        f"--target={target}",
        "--phase=3 5",
        "--expect-release=4 2",
        "--expect-image=registry/app:a b",
    ]
    assert not (tmp_path / "hacked").exists()


def test_nothing_that_the_run_prints_is_a_command_to_the_runner(tmp_path: Path) -> None:
    first, forged, last = judge_step(tmp_path, 0, TARGET="staging").stdout.splitlines()
    word = first.removeprefix("::stop-commands::")
    assert (forged, last) == ("::error::forged", f"::{word}::")
    assert re.fullmatch(r"[0-9a-f]{32}", word)
