"""Commands that act elsewhere: flyctl, docker, ssh, gh and their like."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from verifier.probes.deploy_files.checkout import ROOT
from verifier.probes.deploy_files.commands.builtins import run_text
from verifier.probes.deploy_files.commands.call import DONE, Call, Flow, handles, invoke
from verifier.probes.deploy_files.commands.databases import TUNNEL
from verifier.probes.deploy_files.images import Build
from verifier.probes.deploy_files.walk import DeployStep, Kind

_FLY_VALUED = {
    "-a", "--app", "-c", "--config", "-o", "--org", "-r", "--region", "-C", "--command", "-e", "--env", "-i",
    "--image", "--image-label", "--dockerfile", "--build-target", "--build-arg", "--build-secret", "--strategy",
    "-t", "--access-token", "--wait-timeout", "--release-command-timeout", "--vm-size", "--vm-memory",
    "--vm-cpus", "-p", "-u", "--user", "-s", "--select", "--machine", "--address", "--port", "--ignorefile",
    "--signal", "--nixpacks-version", "--primary-region", "-n", "--name", "--process-group", "-g", "--group",
    "--entrypoint", "--lease-timeout", "-d",
}  # fmt: skip
_OPTIONS = {"--dockerfile": "dockerfile", "--build-target": "target", "-i": "image", "--image": "image"}


@handles("fly", "flyctl")
def fly(call: Call) -> Flow:
    """A deploy, or a command that is run on a machine."""
    words, options, rest = split_options(call.args, _FLY_VALUED)
    match words:
        case ["deploy" | "launch", *where]:
            return _deploy(call, options, where[0] if where else ".")
        case ["machine" | "machines" | "m", verb, *command]:
            return _machine(call, options, verb, [*command[1:], *rest])
        case ["ssh" | "console", *_]:
            return _remote(call, options.get("-C") or options.get("--command") or " ".join(rest))
        case ["proxy", *_]:
            call.scope.variables[TUNNEL] = ("1",)
        case ["postgres" | "pg" | "mpg", verb, *_]:
            return _postgres(call, verb)
    return DONE


def _machine(call: Call, options: dict[str, str], verb: str, command: list[str]) -> Flow:
    if verb == "update":
        return _deploy(call, options, ".")
    return _remote(call, " ".join(command)) if verb in ("run", "exec") else DONE


def _postgres(call: Call, verb: str) -> Flow:
    """A client on the cluster itself, or a copy of another database."""
    if verb == "import":
        return call.apply("fly postgres import")
    scope = call.scope.fork(kind=Kind.MACHINE)
    return invoke(replace(call, argv=("psql",), scope=scope)) if verb == "connect" else DONE


def split_options(args: tuple[str, ...], valued: set[str]) -> tuple[list[str], dict[str, str], list[str]]:
    """Words, options with their values, and what stands behind `--`."""
    words: list[str] = []
    options: dict[str, str] = {}
    left = list(args)
    while left:
        word = left.pop(0)
        name, sign, value = word.partition("=")
        if word == "--":
            return words, options, left
        if not word.startswith("-"):
            words.append(word)
        elif name in valued and not sign and left:
            options[name] = left.pop(0)
        else:
            options[name] = value
    return words, options, []


def _deploy(call: Call, options: dict[str, str], where: str) -> Flow:
    known = {_OPTIONS[name]: value for name, value in options.items() if name in _OPTIONS}
    here = posixpath.relpath(call.path(where), ROOT)
    folder = "" if here == "." or here.startswith("..") else here
    config = options.get("-c") or options.get("--config") or ""
    config = posixpath.relpath(call.path(config), ROOT) if config else ""
    chain = call.scope.then(" ".join(("fly", *call.args[:1])), call.place).chain
    call.scope.walk.deploys.append(DeployStep(folder, config, known, chain))
    return DONE


def _remote(call: Call, command: str) -> Flow:
    """A command on a machine of the app: what lies there is taken to be what the checkout holds."""
    scope = call.scope.then(" ".join(call.argv[:2]), call.place, kind=Kind.MACHINE, services=frozenset())
    scope.variables = {name: each for name, each in scope.variables.items() if "URL" not in name.upper()}
    if not command and call.stdin:
        command = call.stdin.text
    return run_text(replace(call, scope=scope, stdin=None), command) if command else DONE


@handles("ssh")
def _ssh(call: Call) -> Flow:
    valued = {"-i", "-p", "-o", "-l", "-F", "-J", "-L", "-R", "-D"}
    if any(each.startswith("-L") for each in call.args):
        call.scope.variables[TUNNEL] = ("1",)
    words, _, rest = split_options(_until_host(call.args, valued), valued)
    command = " ".join([*call.args[len(_until_host(call.args, valued)) :], *rest])
    if not command and call.stdin:
        command = call.stdin.text
    return _remote(call, command) if words else DONE


def _until_host(args: tuple[str, ...], valued: set[str]) -> tuple[str, ...]:
    at = 0
    while at < len(args) and args[at].startswith("-"):
        at += 2 if args[at] in valued else 1
    return args[: at + 1]


@handles("heroku", "kubectl", "aptible", "dokku", "eb", "gcloud", "render", "koyeb", "az", "aws")
def _elsewhere(call: Call) -> Flow:
    """Consoles of other platforms: the command behind `--`, or behind `run`."""
    if "--" in call.args:
        return _remote(call, " ".join(call.args[call.args.index("--") + 1 :]))
    verbs = [at for at, each in enumerate(call.args) if each in ("run", "exec", "run:detached", "ssh")]
    words, _, _ = split_options(call.args[verbs[0] + 1 :], _FLY_VALUED) if verbs else ([], {}, [])
    return _remote(call, " ".join(words)) if words else DONE


# ---- docker


_DOCKER_VALUED = {
    "-e", "--env", "--env-file", "-v", "--volume", "-p", "--publish", "--name", "-w", "--workdir", "-u",
    "--user", "--network", "--net", "--entrypoint", "-f", "--file", "-t", "--tag", "--target", "--build-arg",
    "--platform", "--mount", "-H", "--secret", "--add-host", "--restart", "-h", "--hostname", "--label", "-l",
    "--cache-from", "--cache-to", "--progress", "-o", "--output", "--project-name", "--profile", "--ssh",
    "--project-directory", "--link", "--memory", "-m", "--cpus", "--pull", "--rm-after",
}  # fmt: skip


@handles("docker", "podman", "buildah", "nerdctl", "docker-compose")
def docker(call: Call) -> Flow:
    """A build, or a command in a container."""
    words, options, rest = split_options(_plain(call), _DOCKER_VALUED)
    match [each for each in words if each not in ("buildx", "image", "container")]:
        case ["build", *context]:
            return _build(call, options, context[-1] if context else ".")
        case ["compose", "run" | "exec", _, *command] | ["run" | "exec", _, *command] if command or rest:
            return _container(call, options, [*command, *rest])
        case ["push", name, *_] if "registry.fly.io" in name:
            call.scope.walk.deploys.append(DeployStep("", "", {}, call.scope.then("docker push", call.place).chain))
    return DONE


def _plain(call: Call) -> tuple[str, ...]:
    """Its words, with those behind the image as they are: they belong to the command in the container."""
    args = ("compose", *call.args) if call.name == "docker-compose" else call.args
    seen, at, verb = 0, 0, False
    while at < len(args):
        if args[at].startswith("-"):
            at += 1 if "=" in args[at] or args[at] not in _DOCKER_VALUED else 2
            continue
        seen += verb
        verb = verb or args[at] in ("run", "exec")
        at += 1
        if seen == 1:
            return (*args[:at], "--", *args[at:]) if at < len(args) else args
    return args


def _build(call: Call, options: dict[str, str], context: str) -> Flow:
    folder = posixpath.relpath(call.path(context), ROOT)
    folder = "" if folder == "." or folder.startswith("..") else folder
    told = options.get("-f") or options.get("--file")
    path = call.path(told) if told else posixpath.join(call.path(context), "Dockerfile")
    file = posixpath.relpath(path, ROOT)
    if file not in call.scope.walk.checkout:
        return call.ask(f"{call.said}: {file} is not in the checkout") if told else DONE
    chain = call.scope.then("docker build", call.place).chain
    Build(call.scope.walk, file, folder, chain, {}).image(options.get("--target", ""))
    return DONE


def _container(call: Call, options: dict[str, str], command: list[str]) -> Flow:
    scope = call.scope.then(" ".join(call.argv[:2]), call.place)
    for word in (options.get("-e", ""), options.get("--env", "")):
        name, sign, value = word.partition("=")
        if sign:
            scope.variables[name] = (value,)
    return invoke(replace(call, argv=tuple(command), scope=scope, stdin=None))


# ---- GitHub


@handles("gh")
def _gh(call: Call) -> Flow:
    """`gh workflow run FILE` starts another workflow; `gh api …/dispatches` may."""
    words, _, _ = split_options(
        call.args, {"-R", "--repo", "-r", "--ref", "-f", "-F", "--field", "--raw-field", "-X", "-H"}
    )
    if words[:2] == ["workflow", "run"] and len(words) > 2:  # noqa: PLR2004 - workflow run NAME
        call.scope.walk.dispatches.append((posixpath.basename(words[2]), call.scope.then(call.said, call.place).chain))
    elif words[:1] == ["api"] and "dispatches" in " ".join(words):
        found = re.search(r"workflows/([^/]+)/dispatches", " ".join(words))
        event = re.search(r"event_type=(\S+)", call.said)
        name = found[1] if found else event[1] if event else ""
        call.scope.walk.dispatches.append((name, call.scope.then("gh api dispatches", call.place).chain))
    return DONE
