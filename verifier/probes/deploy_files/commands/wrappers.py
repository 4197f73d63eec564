"""Programs that run the command in their words, as `env`, `timeout`, `cross-env`, `dotenv` or `bundle exec`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from verifier.probes.deploy_files.commands.builtins import run_text
from verifier.probes.deploy_files.commands.call import DONE, Call, Flow, handles, invoke
from verifier.probes.deploy_files.places import holes

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)


@dataclass(frozen=True)
class Wrapper:
    """How a program finds the command among its words.

    Attributes:
        valued: options that take the next word.
        skip: words before the command that are its own, after the options.
        verbs: the subcommands with which it runs a command; empty if it needs none.
        behind_dashes: whether the command stands behind `--` alone.
    """

    valued: frozenset[str] = frozenset()
    skip: int = 0
    verbs: frozenset[str] = frozenset()
    behind_dashes: bool = False


def _of(valued: str = "", *, skip: int = 0, verbs: str = "", behind_dashes: bool = False) -> Wrapper:
    return Wrapper(frozenset(valued.split()), skip, frozenset(verbs.split()), behind_dashes)


_ENV_FILE = "-f -e -r -p -c -v --file --environments --env-file --env"
WRAPPERS: Mapping[str, Wrapper] = {
    **dict.fromkeys(("command", "builtin", "nohup", "time", "setsid", "dumb-init", "catatonit", "unbuffer"), _of()),
    **dict.fromkeys(("tini", "tini-static"), _of("-p -e")),
    "sudo": _of("-u -g -h -p -C -r -t -U"),
    "doas": _of("-u -C"),
    "nice": _of("-n --adjustment"),
    "ionice": _of("-c -n -p"),
    "stdbuf": _of("-i -o -e"),
    "timeout": _of("-s -k --signal --kill-after", skip=1),
    **dict.fromkeys(("gosu", "su-exec", "chroot", "s6-setuidgid", "chpst"), _of("-u", skip=1)),
    "setpriv": _of("--reuid --regid --groups"),
    "xargs": _of("-n -I -P -L -d -a -s -E --max-args --max-procs --delimiter"),
    "dotenv": _of(_ENV_FILE),
    "env-cmd": _of(_ENV_FILE),
    "dotenvx": _of("-f -fk -e --env-file", verbs="run"),
    "doppler": _of("-p -c -t --project --config --token --scope", verbs="run"),
    "infisical": _of("--env --path --projectId --token --domain", verbs="run"),
    "op": _of("--env-file --account", verbs="run"),
    "chamber": _of(verbs="exec", behind_dashes=True),
    "aws-vault": _of(verbs="exec", behind_dashes=True),
    "teller": _of("-c", verbs="run", behind_dashes=True),
    **dict.fromkeys(("bundle", "bundler"), _of(verbs="exec")),
    "poetry": _of("-C --directory -P --project", verbs="run"),
    "uv": _of("--with --directory --project --group --extra --env-file -p --python --package", verbs="run"),
    **dict.fromkeys(("pipenv", "pdm", "rye", "hatch"), _of("-p -e --env", verbs="run")),
    **dict.fromkeys(("mise", "rtx"), _of(verbs="exec x", behind_dashes=True)),
    "asdf": _of(verbs="exec"),
    "volta": _of("--node --npm --yarn", verbs="run"),
    "corepack": _of(),
    **dict.fromkeys(
        ("wait-for-it", "wait-for-it.sh", "wait-for", "wait-for.sh", "wait-on", "wait-port", "start-stop-daemon"),
        _of(behind_dashes=True),
    ),
    "dockerize": _of("-wait -timeout -template -stdout -stderr -wait-retry-interval -wait-http-header"),
    "litestream": _of(verbs="never"),
    "retry": _of("-t -d -n -s --times --delay --tries --sleep"),
    "railway": _of("-s -e --service --environment", verbs="run"),
    "vercel": _of(verbs="never"),
}


@handles(*WRAPPERS)
def wrapper(call: Call) -> Flow | None:
    """Follow the command that is wrapped."""
    kind, words = WRAPPERS[call.name], list(call.args)
    if kind.verbs:
        words = _after_options(words, kind.valued)
        if not words or words[0] not in kind.verbs:
            return None
        words = words[1:]
    if kind.behind_dashes:
        words = words[words.index("--") + 1 :] if "--" in words else []
    else:
        words = _after_options(words, kind.valued)[kind.skip :]
    return _assigned(_with_env_file(call), words)


def _with_env_file(call: Call) -> Call:
    """The call in an environment that a file for tests has set."""
    test_file = any(re.search(r"\.env\.?test|\.test\.env|^test$", each) for each in call.args[:4])
    scope = call.scope.fork(variables={**call.scope.variables, "NODE_ENV": ("test",)}) if test_file else call.scope
    return replace(call, scope=scope)


def _after_options(words: list[str], valued: frozenset[str]) -> list[str]:
    at = 0
    while at < len(words):
        word = words[at]
        if word == "--":
            return words[at + 1 :]
        if not word.startswith("-") and not (holes(word) and word.startswith("\ue000") and "-" in word[:2]):
            break
        at += 2 if word in valued else 1
    return words[at:]


def _assigned(call: Call, words: list[str]) -> Flow:
    """The command behind assignments, with those."""
    scope = call.scope.fork()
    while words and (found := _ASSIGNMENT.fullmatch(words[0])):
        scope.variables[found[1]] = (found[2],)
        words = words[1:]
    return invoke(replace(call, argv=tuple(words), scope=scope)) if words else DONE


@handles("env", "cross-env")
def _env(call: Call) -> Flow:
    words = list(call.args)
    while words and words[0].startswith("-"):
        if words[0] == "-S":
            return run_text(call, " ".join(words[1:]))
        words = words[2:] if words[0] in ("-u", "-C", "--unset", "--chdir") else words[1:]
    return _assigned(call, words)


@handles("cross-env-shell")
def _env_shell(call: Call) -> Flow:
    return run_text(call, " ".join(call.args))


@handles("su", "runuser", "nix-shell", "nix", "script", "watch", "nodemon")
def _command_option(call: Call) -> Flow | None:
    """Programs that are given a command as one text, behind an option."""
    words = call.args
    for option in ("-c", "--command", "--run", "--exec", "-x"):
        if option in words[:-1]:
            return run_text(call, words[words.index(option) + 1])
    return invoke(call.with_args(words[words.index("--") + 1 :])) if "--" in words[:-1] else None


@handles("start-server-and-test", "server-test")
def _server_and_test(call: Call) -> Flow:
    for each in call.args:
        if not re.match(r"https?://|\d+$|http-get|tcp:", each):
            run_text(call, each if " " in each else f"npm run {each}")
    return DONE
