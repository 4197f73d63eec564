"""Stands in for the programs of a deploy: it runs what they would run, and writes down what they were told.

Run as a program under their names; it knows nothing of the verifier. JUDGE_LOG is where it writes.
"""

from __future__ import annotations

import os
import re
import shutil
import sys

from tests.support.corpora.deploy_stub_packages import (
    HOME,
    concurrently,
    execute,
    manager,
    note,
    npx,
    run_all,
    script,
    shell,
    turbo,
)

# ---- programs around a command


def wrapped(args: list[str], valued: tuple[str, ...] = (), skip: int = 0) -> int:
    left = list(args)
    while left and left[0].startswith("-"):
        word = left.pop(0)
        if word == "--":
            break
        if word in valued and left:
            left.pop(0)
    left = left[skip:]
    variables = {}
    while left and re.match(r"\w+=", left[0]):
        key, _, value = left.pop(0).partition("=")
        variables[key] = value
    return execute(left, **variables)


def inner(args: list[str]) -> int:
    """`bundle exec` and its like."""
    return wrapped(args[1:], ("--with",)) if args[:1] in (["exec"], ["run"]) else 0


def node(name: str, args: list[str]) -> int:
    note([name, *args])
    if args[:1] == ["--run"]:
        return script(os.getcwd(), args[1], [], hooks=False) or 0
    real = os.environ.get("JUDGE_NODE", "")
    if name == "node" and real and args and os.path.exists(args[0]) and "node_modules" not in args[0]:
        return execute([real, *args])
    return 0


def procfile(args: list[str]) -> int:
    note(["foreman", *args])
    for line in open(args[args.index("-f") + 1] if "-f" in args else "Procfile", encoding="utf-8"):
        shell(line.partition(":")[2])
    return 0


def supervisor(args: list[str]) -> int:
    for line in open(args[args.index("-c") + 1], encoding="utf-8"):
        if line.startswith("command="):
            shell(line.partition("=")[2])
    return 0


def litefs() -> int:
    for line in open(f"{HOME}/etc/litefs.yml", encoding="utf-8"):
        found = re.match(r"\s*- cmd: (.*)", line)
        if found:
            shell(found[1])
    return 0


def mix(args: list[str]) -> int:
    """A release holds its own program, and the files of rel/overlays."""
    note(["mix", *args])
    if args[:1] == ["release"]:
        with open("Dockerfile", encoding="utf-8") as file:
            name = re.search(r"_build/prod/rel/(\w+)", file.read())[1]
        shutil.copytree("rel/overlays", f"_build/prod/rel/{name}", dirs_exist_ok=True)
        os.symlink(f"{os.path.dirname(sys.argv[0])}/plain", f"_build/prod/rel/{name}/bin/{name}")
    return 0


def fly(args: list[str]) -> int:
    note(["fly", *args])
    if args[:1] == ["proxy"]:
        open(f"{HOME}/.tunnel", "w", encoding="utf-8").close()
    if args[:2] == ["ssh", "console"]:
        return elsewhere(args[args.index("-C") + 1])
    return 0


def elsewhere(text: str) -> int:
    os.environ.pop("DATABASE_URL", None)
    return shell(text, JUDGE_WHERE="machine")


def ssh(args: list[str]) -> int:
    left = list(args)
    while left and left[0].startswith("-"):
        left = left[2:]
    return elsewhere(re.sub(r"cd /\S+", "true", " ".join(left[1:])))


def docker(args: list[str]) -> int:
    note(["docker", *args])
    if args[:1] == ["run"]:
        left = args[1:]
        while left and left[0].startswith("-"):
            left = left[2:] if left[0] in ("-e", "--name", "--env", "-v", "-w", "--network") else left[1:]
        return execute(left[1:])
    return 0


def psql(args: list[str]) -> int:
    text = []
    given = False
    for at, word in enumerate(args[:-1]):
        if word in ("-f", "--file") and os.path.exists(args[at + 1]):
            text.append(open(args[at + 1], encoding="utf-8").read())
        given |= word in ("-f", "--file", "-c", "--command") or (word.startswith("-") and word.endswith("c"))
    if not given and not sys.stdin.isatty():
        text.append(sys.stdin.read())
    note(["psql", *args], re.sub(r"--[^\n]*", "", " ".join(text)))
    return 0


def plain(name: str, args: list[str]) -> int:
    note([name, *args])
    return int(os.environ.get("JUDGE_STATUS", "0"))


PROGRAMS = {
    "cross-env": wrapped,
    "dumb-init": wrapped,
    "tini": wrapped,
    "sudo": lambda args: wrapped(args, ("-u",)),
    "time": wrapped,
    "nice": lambda args: wrapped(args, ("-n",)),
    "timeout": lambda args: wrapped(args, ("-s", "-k"), skip=1),
    "gosu": lambda args: wrapped(args, skip=1),
    "dotenv": lambda args: wrapped(args, ("-e",)),
    "env-cmd": lambda args: wrapped(args, ("-f",)),
    "bundle": inner,
    "poetry": inner,
    "uv": inner,
    "npx": npx,
    "bunx": npx,
    "run-s": run_all,
    "run-p": run_all,
    "npm-run-all": run_all,
    "concurrently": concurrently,
    "turbo": turbo,
    "foreman": procfile,
    "overmind": procfile,
    "supervisord": supervisor,
    "litefs": lambda _: litefs(),
    "mix": mix,
    "fly": fly,
    "flyctl": fly,
    "ssh": ssh,
    "docker": docker,
    "psql": psql,
    "npm": lambda args: manager("npm", args),
    "yarn": lambda args: manager("yarn", args),
    "pnpm": lambda args: manager("pnpm", args),
    "bun": lambda args: manager("bun", args),
    "node": lambda args: node("node", args),
}
"""What a program of this name does; each of the others only writes down that it was called."""


def main() -> None:
    """Do what the program of this name would do."""
    called, words = os.path.basename(sys.argv[0]), sys.argv[1:]
    sys.exit(PROGRAMS[called](words) if called in PROGRAMS else plain(called, words))
