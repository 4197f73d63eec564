"""Confirms labels by running every deploy path, with stubs in the place of all programs.

It shares no code with the verifier: `fly.toml` by tomllib, workflows by PyYAML, Dockerfiles by a reader of its own that
copies and runs, and the real sh, bash and make.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.support.corpora.deploy_image import Image, written
from tests.support.corpora.deploy_programs import Record, applied, deploys, records

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_CONFIGURATION = re.compile(r"(?:^|/)fly[.\w-]*\.toml$")
Table = Mapping[str, Any]
"""A part of a YAML or TOML file."""


class Judge:
    """Runs one set of deploy files in a folder.

    Args:
        folder: an empty one.
        files: path → content.
        variables: what is set elsewhere.
        stubs: the folder of programs, made by `programs`.
        node: the real Node, for programs of the application.
    """

    def __init__(
        self, folder: Path, files: Mapping[str, str], variables: Mapping[str, str], stubs: Path, node: str
    ) -> None:
        self._folder = folder
        self._files = files
        self._variables = variables
        self._stubs = stubs
        self._node = node
        self._status = "0"
        self._home = folder / "checkout"
        for name, content in files.items():
            written(self._home / name, content)

    def applies(self) -> bool:
        """Whether any deploy applies a migration, where programs succeed or where they fail."""
        return any(self._once(status) for status in ("0", "1"))

    def _once(self, status: str) -> bool:
        self._status = status
        reached = [record for part in (*self._workflows(), *self._scripts()) for record in part]
        configurations = {name for name in self._files if _CONFIGURATION.search(name)}
        for record in filter(deploys, reached):
            named = re.search(r"(?:-c|--config)[ =](\S+)", record["said"])
            path = Path(record["cwd"], named[1]) if named else self._home / "fly.toml"
            configurations.add(path.resolve().relative_to(self._home.resolve()).as_posix())
        for each in sorted(configurations & set(self._files)):
            reached += self._configuration(each)
        return any(applied(each, tunnel=(self._home / ".tunnel").exists()) for each in reached)

    def _run(self, text: str, cwd: Path, where: str, shell: str = "sh", **variables: str) -> list[Record]:
        """What was called while a shell ran this text."""
        log = self._folder / "log"
        log.write_text("", encoding="utf-8")
        root = self._home if cwd.is_relative_to(self._home) else self._folder / "image"
        secret = {"DATABASE_URL": "postgres://app@db.example.com/live"} if where == "machine" else {}
        environment = {
            "PATH": str(self._stubs), "HOME": str(self._folder), "JUDGE_LOG": str(log), "JUDGE_ROOT": str(root),
            "JUDGE_WHERE": where, "JUDGE_STATUS": self._status, "JUDGE_NODE": self._node,
            **secret, **self._variables, **variables,
        }  # fmt: skip
        words = [shell, *(["-e"] if shell == "bash" else []), "-c", text]
        subprocess.run(
            words, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
        )
        return records(log)

    # ---- configurations

    def _configuration(self, file: str) -> list[Record]:
        content = tomllib.loads(self._files[file])
        build = content.get("build", {})
        image = self._image((self._home / file).parent, build)
        found = list(image.build(str(build.get("build-target", "")))) if image.text else []
        if build.get("builder"):
            found += self._buildpack((self._home / file).parent)
        variables = {name: str(value) for name, value in content.get("env", {}).items()}
        experimental = content.get("experimental", {})
        started = [*content.get("processes", {}).values()]
        started += [experimental[key] for key in ("cmd", "entrypoint", "exec") if key in experimental]
        beside = [each["command"] for each in content.get("http_service", {}).get("machine_checks", [])]
        beside += [each for each in [content.get("deploy", {}).get("release_command")] if each]
        for command in [*started, *beside, *([] if started else [""])]:
            found += image.start(shlex.join(command) if isinstance(command, list) else str(command), variables)
        return found

    def _image(self, home: Path, build: Table) -> Image:
        path = home / str(build.get("dockerfile", "Dockerfile"))
        found = path if path.exists() and not build.get("builder") else None
        return Image(self._run, self._folder / "image", home, found, self._stubs)

    def _buildpack(self, home: Path) -> list[Record]:
        found = self._run("npm install; npm run build", home, "build")
        path = home / "Procfile"
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ["web: npm start"]:
            found += self._run(line.partition(":")[2], home, "machine")
        return found

    # ---- workflows

    def _workflows(self) -> Iterator[list[Record]]:
        """What each workflow called that deploys, or is chained to one that does."""
        every = {}
        for name in (each for each in self._files if each.startswith(".github/workflows/")):
            content = self._yaml(name)
            every[name] = (content, self._workflow(content, {}))
        reached = {name for name, (_, found) in every.items() if any(map(deploys, found))}
        for _ in every:
            reached |= {name for name in every if any(_chained(name, other, every) for other in reached)}
        yield from (every[name][1] for name in sorted(reached))

    def _yaml(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = yaml.safe_load(self._files[name])
        on = content.pop(True, None)  # YAML 1.1 reads `on` as a truth value
        content["on"] = (
            on if isinstance(on, dict) else {each: {} for each in ([on] if isinstance(on, str) else on or [])}
        )
        return content

    def _workflow(self, content: Table, inputs: Mapping[str, str]) -> list[Record]:
        found = []
        told = (content["on"].get("workflow_call") or {}).get("inputs") or {}
        given = {**{name: str(each.get("default", "")) for name, each in told.items()}, **inputs}
        for job in (each for each in content["jobs"].values() if not _off(each)):
            matrix = (job.get("strategy") or {}).get("matrix") or {}
            axes = {name: each for name, each in matrix.items() if isinstance(each, list)}
            for chosen in itertools.product(*axes.values()):
                known = {f"inputs.{name}": each for name, each in given.items()}
                known |= {f"matrix.{name}": str(each) for name, each in zip(axes, chosen, strict=True)}
                found += self._job(content, job, known)
        return found

    def _job(self, content: Table, job: Table, known: Mapping[str, str]) -> list[Record]:
        variables = self._environment({**(content.get("env") or {}), **(job.get("env") or {})}, known, {})
        if any("postgres" in str(each) for each in (job.get("services") or {}).values()):
            variables["JUDGE_SERVICES"] = "1"
        if "uses" in job:
            called = self._yaml(str(job["uses"]).removeprefix("./"))
            return self._workflow(called, self._environment(job.get("with"), known, variables))
        return self._steps(job.get("steps", []), known, variables)

    def _environment(
        self, part: Table | None, known: Mapping[str, str], variables: Mapping[str, str]
    ) -> dict[str, str]:
        return {name: self._filled(str(each), known, variables) for name, each in (part or {}).items()}

    def _steps(self, steps: Iterable[Table], known: Mapping[str, str], variables: dict[str, str]) -> list[Record]:
        found: list[Record] = []
        for step in (each for each in steps if not _off(each)):
            if str(step.get("uses", "")).startswith("./"):
                action = self._yaml(f"{step['uses'].removeprefix('./')}/action.yml")
                found += self._steps(action["runs"]["steps"], known, variables)
            text = self._filled(str(step.get("run", "")), known, variables) or _used(step)
            here = {**variables, **self._environment(step.get("env"), known, variables)}
            found += self._step(text, self._home / step.get("working-directory", "."), here, variables) if text else []
        return found

    def _step(self, text: str, cwd: Path, here: Mapping[str, str], later: dict[str, str]) -> list[Record]:
        """Run one step; what it wrote for the next ones, and images that it built, come with it."""
        given = self._folder / "github_env"
        given.write_text("", encoding="utf-8")
        found = self._run(text, cwd, "runner", "bash", **{**here, "GITHUB_ENV": str(given)})
        later |= dict(line.split("=", 1) for line in given.read_text(encoding="utf-8").splitlines() if "=" in line)
        for record in [each for each in found if each["said"].startswith("docker build")]:
            named = re.search(r"-f (\S+)", record["said"])
            path = self._home / (named[1] if named else "Dockerfile")
            found += Image(self._run, self._folder / "image", self._home, path, self._stubs).build()
        return found

    def _filled(self, text: str, known: Mapping[str, str], variables: Mapping[str, str]) -> str:
        def value(found: re.Match[str]) -> str:
            kind, _, name = found[1].strip().partition(".")
            tables = {"env": variables, "secrets": self._variables, "vars": self._variables}
            return str(tables.get(kind, known).get(name if kind in tables else found[1].strip(), "set-elsewhere"))

        return _EXPRESSION.sub(value, text)

    # ---- scripts with which a person deploys

    def _scripts(self) -> Iterator[list[Record]]:
        if not any("fly" in text for text in self._files.values()):
            return
        for cwd, command in self._commands():
            found = self._run(command, cwd, "runner")
            if any(map(deploys, found)):
                yield found

    def _commands(self) -> Iterator[tuple[Path, str]]:
        for name, text in self._files.items():
            if name.endswith("package.json") and "fly" in text:
                yield from (((self._home / name).parent, f"npm run {each}") for each in json.loads(text)["scripts"])
            elif name.endswith(".sh") and "fly" in text:
                yield self._home, f"bash {shlex.quote(name)}"
            elif name == "Makefile" and "fly" in text:
                yield from ((self._home, f"make {each}") for each in re.findall(r"(?m)^([\w-]+):", text))


def _chained(name: str, other: str, every: Mapping[str, tuple[Table, list[Record]]]) -> bool:
    """Whether a workflow is started by another, or starts it."""
    (content, own), (theirs, found) = every[name], every[other]
    on = content["on"]
    after = (on.get("workflow_run") or {}).get("workflows", [])
    before = (theirs["on"].get("workflow_run") or {}).get("workflows", [])
    types = (on.get("repository_dispatch") or {}).get("types", [])
    said = " ".join(each["said"] for each in found)
    return (
        theirs.get("name") in after
        or content.get("name") in before
        or "deployment_status" in on
        or f"workflow run {os.path.basename(name)}" in said  # noqa: PTH119 - a name, no path
        or any(f"dispatch {each}" in said for each in types)
        or f"workflow run {os.path.basename(other)}" in " ".join(each["said"] for each in own)  # noqa: PTH119 - the same
    )


def _off(part: Table) -> bool:
    return str(part.get("if", "")).strip("${} ").lower() == "false"


def _used(step: Table) -> str:
    """The command that a published action runs."""
    action, inputs = str(step.get("uses", "")), step.get("with") or {}
    if action.startswith("superfly/flyctl-actions") and "args" in inputs:
        return f"flyctl {inputs['args']}"
    return f"gh dispatch {inputs['event-type']}" if "repository-dispatch" in action else ""
