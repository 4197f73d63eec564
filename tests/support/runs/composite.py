"""Runs the steps of a composite action as GitHub's runner does: scripts, with its files, variables and conditions.

What it knows of expressions is what the action uses: names of contexts, `always()`, `==`, `!=` and `&&`. Another action
that a step uses is not run; its inputs are recorded.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_NAME = re.compile(r"[a-z][\w-]*(\.[\w-]+)+")


@dataclass
class Ended:
    """How an action ended.

    Attributes:
        outputs: of the action.
        used: what steps that use another action were given, by the names of the steps.
        environment: of each step that ran a script, by name.
    """

    status: int = 0
    said: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)
    summary: str = ""


@dataclass
class Composite:
    """A composite action in a folder, for a job whose workspace is another one."""

    folder: Path
    workspace: Path
    scratch: Path
    environment: Mapping[str, str]

    def run(self, **inputs: str) -> Ended:
        """Run it with these inputs, `_` standing for `-`; steps after a failure run only if they say so."""
        content: dict[str, Any] = yaml.safe_load((self.folder / "action.yml").read_text(encoding="utf-8"))
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert set(given) <= set(content["inputs"])
        assert not {name for name, each in content["inputs"].items() if each.get("required")} - set(given)
        known = {f"github.{name}": value for name, value in {"action_path": str(self.folder), "token": "none"}.items()}
        known |= {"github.run_id": "1", "github.run_attempt": "1", "github.job": "job"}
        known |= {"runner.os": "Linux", "runner.arch": "X64", "runner.temp": str(self.scratch)}
        for name, each in content["inputs"].items():
            known[f"inputs.{name}"] = given.get(name, _filled(str(each.get("default", "")), known))
        ended = Ended()
        for step in content["runs"]["steps"]:
            if not _wanted(step.get("if", "success()"), known, failed=ended.status != 0):
                continue
            if "uses" in step:
                ended.used[step["name"]] = {key: _filled(str(each), known) for key, each in step["with"].items()}
            else:
                self._script(step, known, ended)
        ended.outputs = {name: _filled(each["value"], known) for name, each in content["outputs"].items()}
        ended.summary = self._file("summary").read_text(encoding="utf-8")
        return ended

    def _file(self, name: str) -> Path:
        path = self.scratch / name
        path.touch()
        return path

    def _script(self, step: Mapping[str, Any], known: dict[str, str], ended: Ended) -> None:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]
        script, output = self.scratch / "step.sh", self.scratch / "output"
        script.write_text(step["run"], encoding="utf-8")
        output.write_text("", encoding="utf-8")
        told = {key: _filled(str(value), known) for key, value in step.get("env", {}).items()}
        files = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(self._file("summary"))}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.workspace / _filled(step.get("working-directory", "."), known),
            env={**self.environment, **files, "GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(self.scratch), **told},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        ended.ran.append(step["name"])
        ended.said += done.stdout
        ended.status = ended.status or done.returncode
        for name, value in outputs(output.read_text(encoding="utf-8")).items():
            known[f"steps.{step['id']}.outputs.{name}"] = value


def outputs(text: str) -> dict[str, str]:
    """The outputs in the file of a step, as GitHub's runner reads them."""
    lines, found = iter(text.split("\n")), {}
    for line in filter(None, lines):
        name, kind, rest = re.fullmatch(r"([\w-]+)(=|<<)(.*)", line).groups()  # type: ignore[union-attr]
        found[name] = rest if kind == "=" else "\n".join(iter(lambda: next(lines), rest))
    return found


def _filled(text: str, known: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda found: _value(found[1], known), text)


def _value(name: str, known: Mapping[str, str]) -> str:
    if name.startswith("'"):
        return name.strip("'")
    assert _NAME.fullmatch(name), name
    # An output that no step has set is empty; another context must be known here.
    return known.get(name, "") if name.startswith("steps.") else known[name]


def _wanted(condition: str, known: Mapping[str, str], *, failed: bool) -> bool:
    parts = [each.strip() for each in condition.split("&&")]
    if not failed or "always()" in parts:
        return all(_holds(each, known) for each in parts if each not in {"always()", "success()"})
    return False


def _holds(comparison: str, known: Mapping[str, str]) -> bool:
    left, operator, right = comparison.split()
    return (_value(left, known) == _value(right, known)) == (operator == "==")
