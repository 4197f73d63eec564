"""Published actions that deploy, migrate, or run a command that they are given."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from verifier.probes.deploy_files.commands.call import Call, invoke
from verifier.probes.deploy_files.commands.databases import is_test
from verifier.probes.deploy_files.images import Build
from verifier.probes.deploy_files.places import FilePlace, Text
from verifier.probes.deploy_files.shell.evaluate import run
from verifier.probes.deploy_files.shell.expansion import shell_words
from verifier.probes.deploy_files.walk import DeployStep, Kind, Scope

_APPLY = re.compile(r"(?i)(flyway|liquibase|dbmate|atlas|migrat|prisma|sqitch|goose|alembic)")
_HARMLESS = re.compile(
    r"(?i)setup|install|lint|/diff|status|validate|check|/plan|generate|cache|comment|push$|checkout"
)
_COMMANDS = ("run", "command", "commands", "script", "cmd", "pre_command", "post_command", "install-command", "build")
_DISPATCH = ("benc-uk/workflow-dispatch", "convictional/trigger-workflow-and-wait", "peter-evans/repository-dispatch",
             "the-actions-org/workflow-dispatch", "aurelien-baudet/workflow-dispatch")  # fmt: skip

_DISPATCHED = ("workflow", "workflow_file_name", "event-type")


def uses(scope: Scope, action: str, inputs: Mapping[str, str], place: FilePlace) -> None:
    """Follow what a step makes a published action do."""
    name = action.partition("@")[0]
    at = scope.then(name, place)
    if name.startswith("superfly/flyctl-actions") and inputs.get("args"):
        invoke(Call(("flyctl", *shell_words(inputs["args"])), at, place))
    elif name.startswith("superfly/fly-pr-review-apps"):
        _review_app(at, inputs)
    elif name == "bahmutov/npm-install":
        invoke(Call(("npm", "ci"), at, place))
    elif name == "docker/build-push-action":
        _image(at, inputs, place)
    elif name.startswith(_DISPATCH):
        told = next((inputs[each] for each in _DISPATCHED if inputs.get(each)), "repository_dispatch")
        scope.walk.dispatches.append((posixpath.basename(told), at.chain))
    elif name == "actions/github-script":
        _script(at, inputs)
    else:
        _other(at, name, inputs, place)


def _review_app(scope: Scope, inputs: Mapping[str, str]) -> None:
    folder = posixpath.normpath(inputs.get("path", "."))
    scope.walk.deploys.append(DeployStep("" if folder == "." else folder, inputs.get("config", ""), {}, scope.chain))


def _image(scope: Scope, inputs: Mapping[str, str], place: FilePlace) -> None:
    context = posixpath.normpath(inputs.get("context", "."))
    context = "" if context == "." or context.startswith(("http", "{")) else context
    file = posixpath.normpath(inputs.get("file") or posixpath.join(context, "Dockerfile"))
    if "registry.fly.io" in inputs.get("tags", ""):
        scope.walk.deploys.append(DeployStep("", "", {}, scope.chain))
    if file in scope.walk.checkout:
        Build(scope.walk, file, context, scope.chain, {}).image(inputs.get("target", ""))
    elif inputs.get("file"):
        scope.walk.ask(f"{file}: the Dockerfile is not in the checkout", place, scope.chain)


def _script(scope: Scope, inputs: Mapping[str, str]) -> None:
    text = inputs.get("script", "")
    for found in re.finditer(r"workflow_id:\s*['\"]([^'\"]+)|event_type:\s*['\"]([^'\"]+)", text):
        scope.walk.dispatches.append((posixpath.basename(found[1] or found[2]), scope.chain))


def _other(scope: Scope, name: str, inputs: Mapping[str, str], place: FilePlace) -> None:
    """An action that is given a command, or whose name says that it migrates."""
    remote = "ssh" in name
    at = scope.fork(kind=Kind.MACHINE) if remote else scope
    for each in _COMMANDS:
        if inputs.get(each):
            run(Text(inputs[each], place), at.fork())
    call = Call((name, *inputs.values()), scope, place)
    dry = any(value == "true" for key, value in inputs.items() if "dry" in key) or is_test(call)
    if _APPLY.search(name) and not _HARMLESS.search(name) and not dry:
        scope.walk.apply(f"uses: {name}", place, scope.chain)
