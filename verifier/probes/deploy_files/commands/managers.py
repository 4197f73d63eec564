"""The command lines of npm, Yarn, pnpm and Bun."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from verifier.probes.deploy_files.commands import packages
from verifier.probes.deploy_files.commands.call import DONE, Call, Flow, handles, invoke
from verifier.probes.deploy_files.places import holes

_VALUED = {
    "--prefix", "-C", "--cwd", "--dir", "-w", "--workspace", "-F", "--filter", "--filter-prod", "--loglevel", "--cache",
    "--registry", "--userconfig", "--script-shell", "--include", "--omit", "--network-timeout", "--reporter", "--from",
    "--exclude", "-j", "--jobs", "--network-concurrency", "--cache-folder", "--modules-folder", "--store-dir",
    "--workspace-concurrency", "--backend", "-c", "--config", "--env-file", "--conditions", "-r", "--preload",
}  # fmt: skip
_FOLDER = {"--prefix", "-C", "--cwd", "--dir"}
_ONE = {"-w", "--workspace", "-F", "--filter", "--filter-prod"}
_EVERY = {"-r", "--recursive", "--workspaces", "-ws", "--ws"}
_NEVER_VALUED = {"pnpm": {"-r", "-w", "-c"}, "yarn": set[str](), "npm": {"-c"}, "bun": set[str]()}


@dataclass
class ManagerCommand:
    """A command line of a manager.

    Attributes:
        words: its words but for its options: a subcommand first.
        folder: where it works.
        workspace: the pattern of the packages that are meant; empty for the one at hand.
        rest: what stands behind `--`, and behind the name of a script.
    """

    words: list[str] = field(default_factory=list)
    folder: str = "."
    workspace: str = ""
    dashes: tuple[str, ...] = ()


def read_line(call: Call) -> ManagerCommand:
    """Its options and words; once a script is named, the rest belongs to the script."""
    line, args = ManagerCommand(), list(call.args)
    valued = _VALUED - _NEVER_VALUED[call.name]
    while args:
        word = args.pop(0)
        name, _, value = word.partition("=")
        if word == "--":
            line.dashes = tuple(args)
            break
        if not word.startswith("-") or (call.name != "npm" and len(line.words) >= _script_known(line)):
            line.words.append(word)
        elif name in _EVERY and not (name == "-r" and call.name == "bun"):
            line.workspace = "*"
        else:
            value = args.pop(0) if name in valued and not value and args else value
            _take(line, name, value)
    return line


def _script_known(line: ManagerCommand) -> int:
    """After how many words the options belong to what is run."""
    if not line.words or line.words[0] in {*_INSTALL, *_OWN, "workspace", "workspaces"}:
        return 1000
    return 2 if line.words[0] in {*_RUN, *_EXEC} else 1


def _take(line: ManagerCommand, option: str, value: str) -> None:
    if option in _FOLDER:
        line.folder = value
    elif option in _ONE:
        line.workspace = value.strip("{}.^") or "*"


_RUN = {"run", "run-script", "rum", "urn"}
_SHORT = {"start", "stop", "restart", "test", "t", "tst"}
_INSTALL = {"install", "i", "ci", "add", "clean-install", "isntall", "in", "install-test", "rebuild", "up", "update"}
_EXEC = {"exec", "x", "dlx"}
_OWN = {
    "audit", "cache", "config", "create", "init", "info", "link", "list", "ls", "login", "outdated", "pack", "prune",
    "publish", "remove", "set", "unlink", "version", "view", "why", "whoami", "dedupe", "import", "licenses", "upgrade",
}  # fmt: skip
"""Subcommands of one manager or another that run no script of the package."""
_OWN_TO_PNPM = {"setup", "deploy", "env", "fetch", "store", "root", "server", "doctor", "patch", "self-update"}


@handles("npm", "yarn", "pnpm", "bun", "yarnpkg")
def manager(call: Call) -> Flow:
    """Follow what a manager is told to run."""
    call = call.with_args(("yarn" if call.name == "yarnpkg" else call.name, *call.args))
    line = read_line(call)
    line = _yarn_workspaces(line) if call.name == "yarn" else line
    at = call if line.folder == "." else replace(call, scope=call.scope.fork(cwd=call.path(line.folder)))
    words = line.words or (["install"] if call.name == "yarn" else [])
    return _follow(at, line, words) if words else DONE


def _yarn_workspaces(line: ManagerCommand) -> ManagerCommand:
    """`yarn workspace NAME SCRIPT`, `yarn workspaces run SCRIPT` and `yarn workspaces foreach -A run SCRIPT`."""
    words = line.words
    if words[:1] == ["workspace"] and len(words) > 2:  # noqa: PLR2004 - workspace NAME SCRIPT
        return replace(line, words=words[2:], workspace=words[1])
    if words[:1] == ["workspaces"] and "run" in words:
        return replace(line, words=words[words.index("run") :], workspace="*")
    return line


def _follow(call: Call, line: ManagerCommand, words: list[str]) -> Flow:
    verb, rest = words[0], tuple(words[1:])
    if verb in _RUN:
        return _run(call, line, rest)
    if verb in _SHORT and not (call.name == "bun" and verb == "test"):
        name = "test" if verb in ("t", "tst") else verb
        return _run(call, line, (name, *rest))
    if verb in _INSTALL:
        return _install(call, line, rest)
    if verb in _EXEC:
        return packages.run_file_or_binary(call, (*rest, *line.dashes))
    if call.name == "npm" or verb in _OWN or (call.name == "pnpm" and verb in _OWN_TO_PNPM):
        return DONE
    return _run(call, line, tuple(words), binary=True)


def _install(call: Call, line: ManagerCommand, rest: tuple[str, ...]) -> Flow:
    for package in _meant(call, line):
        packages.run_install(call, package, named=bool(rest))
    return DONE


def _meant(call: Call, line: ManagerCommand) -> list[packages.Package]:
    if not line.workspace:
        found = packages.package_at(call, call.scope.cwd)
        return [found] if found else []
    every = list(packages.packages_below(call))
    return [each for each in every if _fits(each, line.workspace)]


def _fits(package: packages.Package, pattern: str) -> bool:
    name = str(package.content.get("name", ""))
    folder = package.file.rpartition("/")[0]
    plain = pattern.removeprefix("./").rstrip("/")
    return any(fnmatchcase(each, plain) for each in (name, folder, folder.rsplit("/", 1)[-1])) or holes(pattern) != ()


def _run(call: Call, line: ManagerCommand, words: tuple[str, ...], *, binary: bool = False) -> Flow:
    if not words:
        return DONE
    name, args = words[0], (*words[1:], *line.dashes)
    if holes(name):
        return call.ask(f"{call.said}: the script is not told by the files")
    ran = False
    for package in _meant(call, line):
        hooks = packages.has_hooks(call, package, call.name) and not packages.ignores_scripts(call, package)
        scope = call.scope.fork(cwd=package.folder) if line.workspace else call.scope
        ran |= packages.run_script(replace(call, scope=scope), package, name, args, hooks=hooks)
    if ran or (not binary and call.name != "bun"):
        return DONE if ran or _optional(call) else _missing(call, line, name)
    runtime = ("bun-file",) if call.name == "bun" and ("/" in name or "." in name) else ()
    return invoke(call.with_args((*runtime, name, *args)))


def _optional(call: Call) -> bool:
    return "--if-present" in call.args


def _missing(call: Call, line: ManagerCommand, name: str) -> Flow:
    """A script that no package.json has: nothing runs, unless the package itself is not here to be read."""
    if _meant(call, line) or name in ("start", "test"):
        return DONE
    return call.ask(f"{call.said}: there is no package.json to read the script {name} from")
