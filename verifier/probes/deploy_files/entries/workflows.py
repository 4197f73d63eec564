"""Workflows and composite actions of GitHub: what their steps run, which of them deploy, and which follow those."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

from verifier.probes.deploy_files.checkout import ROOT, View, joined
from verifier.probes.deploy_files.entries.actions import uses
from verifier.probes.deploy_files.entries.workflow_files import Workflow, listed, load, mapping, never
from verifier.probes.deploy_files.places import Chain, FilePlace, Text, hole
from verifier.probes.deploy_files.shell.evaluate import run
from verifier.probes.deploy_files.walk import Kind, Scope, Walk

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_DATABASE = re.compile(r"(?i)postgres|mysql|mariadb|supabase|cockroach|mongo|timescale|pgvector|mssql")
_NOT_SHELL = ("pwsh", "powershell", "python", "cmd", "node")
_MOST_COMBINATIONS = 8
Known = Mapping[str, tuple[str, ...]]


def follow(walk: Walk, workflow: Workflow, chain: Chain, given: Known | None = None) -> None:
    """Follow every job of a workflow.

    Args:
        walk: where to note what is found.
        workflow: the workflow.
        chain: how the deploy came to it.
        given: its inputs, where a caller gives them.
    """
    key = ("workflow", workflow.file)
    if key in walk.stack:
        return
    walk.stack.append(key)
    known = {**_defaults(workflow), **(given or {})}
    base = Scope(walk, View(walk.checkout), ROOT, Kind.RUNNER, chain)
    for name, job in mapping(workflow.content.get("jobs")).items():
        if isinstance(job, dict) and not never(job):
            _job(base, workflow, str(name), job, known)
    walk.stack.pop()


def _defaults(workflow: Workflow) -> dict[str, tuple[str, ...]]:
    """The defaults of its inputs."""
    found: dict[str, tuple[str, ...]] = {}
    for event in ("workflow_call", "workflow_dispatch"):
        for name, each in mapping(mapping(workflow.triggers.get(event)).get("inputs")).items():
            if isinstance(each, dict) and each.get("default"):
                found[f"inputs.{name}"] = (str(each["default"]),)
            options = listed(mapping(each).get("options"))
            if options:
                found[f"inputs.{name}"] = tuple(options)
    for name, each in mapping(workflow.content.get("inputs")).items():
        if mapping(each).get("default"):
            found[f"inputs.{name}"] = (str(each["default"]),)
    return found


def _job(base: Scope, workflow: Workflow, name: str, job: dict[str, Any], known: Known) -> None:
    place = FilePlace(workflow.file, getattr(next(iter(mapping(job)), ""), "line", 1))
    services = mapping(job.get("services"))
    images = {str(host): mapping(each).get("image", "") or each for host, each in services.items()}
    hosts = frozenset(host for host, image in images.items() if _DATABASE.search(f"{host} {image}"))
    for matrix in _matrix(job):
        all_known = {**known, **matrix}
        scope = base.then(f"{workflow.file} {name}", place, services=hosts, view=View(base.walk.checkout))
        environment(scope, workflow.content, all_known)
        environment(scope, job, all_known)
        if job.get("uses"):
            _call_workflow(scope, job, all_known)
        folder = _folder(workflow.content, job)
        steps(scope, workflow.file, job.get("steps"), all_known, folder)


def _matrix(job: dict[str, Any]) -> Iterator[dict[str, tuple[str, ...]]]:
    """The combinations of a matrix, at most a few."""
    matrix = mapping(mapping(job.get("strategy")).get("matrix"))
    axes = {
        str(name): listed(each)
        for name, each in matrix.items()
        if name not in ("include", "exclude") and isinstance(each, list)
    }
    for chosen in islice(product(*axes.values()), _MOST_COMBINATIONS):
        yield {f"matrix.{name}": (value,) for name, value in zip(axes, chosen, strict=True)}
    for each in matrix.get("include") or [] if isinstance(matrix.get("include"), list) else []:
        yield {f"matrix.{name}": (str(value),) for name, value in mapping(each).items()}


def _folder(*parts: Mapping[str, Any]) -> str:
    told = [mapping(mapping(part.get("defaults")).get("run")).get("working-directory") for part in parts]
    return str(next((each for each in reversed(told) if each), "."))


def environment(scope: Scope, part: Mapping[str, Any], known: Known) -> None:
    """Set the variables of a workflow, job or step."""
    for name, value in mapping(part.get("env")).items():
        if isinstance(value, str):
            scope.variables[str(name)] = (filled(value, scope, known),)


def filled(text: str, scope: Scope, known: Known) -> str:
    """Text with its expressions in place: what the file tells, and a hole for what it does not."""

    def value(found: re.Match[str]) -> str:
        name = found[1].strip()
        if name.startswith("env."):
            return scope.value(name[4:])[0]
        literal = re.fullmatch(r"'([^']*)'", name)
        if literal:
            return literal[1]
        return known[name][0] if name in known else hole(re.sub(r"\s+", " ", name))

    return _EXPRESSION.sub(value, text)


def _call_workflow(scope: Scope, job: dict[str, Any], known: Known) -> None:
    """`uses: ./.github/workflows/FILE`; one of another repository cannot be read, and deploys nothing of this one."""
    target = str(job["uses"])
    if not target.startswith("./"):
        return
    file = posixpath.normpath(target)
    place = FilePlace(scope.chain[-1].place.file, getattr(job["uses"], "line", 1))
    called = load(scope.walk, file, scope.chain) if file in scope.walk.checkout else None
    if called is None:
        scope.walk.ask(f"{target} is not in the checkout", place, scope.chain)
        return
    given = {f"inputs.{name}": (filled(str(value), scope, known),) for name, value in mapping(job.get("with")).items()}
    follow(scope.walk, called, scope.chain, given)


def steps(scope: Scope, file: str, given: Any, known: Known, folder: str = ".") -> None:  # noqa: ANN401 - what the file says
    """Follow the steps of a job or action, one after the other."""
    for each in given if isinstance(given, list) else []:
        if isinstance(each, dict) and not never(each):
            _step(scope, file, each, known, folder)


def _step(scope: Scope, file: str, step: dict[str, Any], known: Known, folder: str) -> None:
    before = dict(scope.variables)
    environment(scope, step, known)
    if step.get("uses"):
        _use(scope, file, step, known)
    text = step.get("run")
    if isinstance(text, str) and not str(step.get("shell", "")).startswith(_NOT_SHELL):
        place = FilePlace(file, getattr(text, "line", 1))
        where = filled(str(step.get("working-directory") or folder), scope, known)
        for reading in _readings(text, known):
            at = scope.fork(cwd=joined(ROOT, where))
            run(Text(filled(text, scope, reading), place), at)
            _carry(scope, at)
    for name in map(str, mapping(step.get("env"))):
        scope.variables.pop(name, None)
        scope.variables.update({name: before[name]} if name in before else {})


def _use(scope: Scope, file: str, step: dict[str, Any], known: Known) -> None:
    """`uses`: an action of this repository, or a published one."""
    target, place = str(step["uses"]), FilePlace(file, getattr(step["uses"], "line", 1))
    inputs = {str(name): filled(str(value), scope, known) for name, value in mapping(step.get("with")).items()}
    if target.startswith("./"):
        _action(scope, target, inputs, place)
    else:
        uses(scope, target, inputs, place)


def _carry(scope: Scope, after: Scope) -> None:
    """A step leaves to the next what it wrote for all steps; it is kept among its variables."""
    for name, values in after.variables.items():
        scope.variables.setdefault(name, values)


def _readings(text: str, known: Known) -> list[dict[str, tuple[str, ...]]]:
    """What is known, once for each combination of the inputs that have several values."""
    several = [name for name, values in known.items() if len(values) > 1 and name in text]
    combinations = islice(product(*(known[name] for name in several)), _MOST_COMBINATIONS)
    return [
        {**known, **{name: (value,) for name, value in zip(several, chosen, strict=True)}} for chosen in combinations
    ]


def _action(scope: Scope, target: str, inputs: Mapping[str, str], place: FilePlace) -> None:
    """A composite action of this repository."""
    folder = posixpath.normpath(target)
    file = next((each for end in ("yml", "yaml") if (each := f"{folder}/action.{end}") in scope.walk.checkout), "")
    action = load(scope.walk, file, scope.chain) if file else None
    key = ("action", file)
    if action is None:
        scope.walk.ask(f"{target} is not in the checkout", place, scope.chain)
    if action is None or key in scope.walk.stack:
        return
    scope.walk.stack.append(key)
    known = {**_defaults(action), **{f"inputs.{name}": (value,) for name, value in inputs.items()}}
    at = scope.then(file, place)
    runs = mapping(action.content.get("runs"))
    steps(at, file, runs.get("steps"), known)
    if runs.get("image") == "Dockerfile":
        scope.walk.ask(f"{target}: an action in a container is not followed", place, scope.chain)
    _carry(scope, at)
    scope.walk.stack.pop()
