"""Programs in other languages than the shell's: Node, Python, Ruby, PHP and their like."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from verifier.probes.deploy_files.commands import code, packages
from verifier.probes.deploy_files.commands.builtins import run_file
from verifier.probes.deploy_files.commands.call import DONE, Call, Flow, handles, invoke, otherwise
from verifier.probes.deploy_files.commands.tools import tools
from verifier.probes.deploy_files.places import Text, holes
from verifier.probes.deploy_files.shell.evaluate import run

_VALUED = {
    "-r", "--require", "--import", "--loader", "--experimental-loader", "-W", "-X", "--env-file", "-P",
    "--project", "-I", "--config", "-C", "--conditions", "--tsconfig", "-d", "-O", "--max-old-space-size",
}  # fmt: skip
_CODE = {"-e", "--eval", "-p", "-c", "-pe"}
_NODE = (
    "node",
    "nodejs",
    "tsx",
    "ts-node",
    "ts-node-esm",
    "esno",
    "babel-node",
    "bun-file",
    "vite-node",
    "pm2-runtime",
)
_OTHERS = ("python", "python3", "python2", "ruby", "php", "perl", "deno")
_TELLING = re.compile(r"(?i)migrat|schema[-_]?(sync|push)|db[-_]?(push|setup|prepare)")


@handles(*_NODE, *_OTHERS)
def runtime(call: Call) -> Flow:
    """Follow the program that a runtime is told to run."""
    words = list(call.args)
    while words and words[0].startswith("-"):
        word = words.pop(0)
        name, _, value = word.partition("=")
        if name == "--run" and (value or words):
            return _node_run(call, value or words[0])
        if word == "-m" and words:
            return invoke(call.with_args((words[0].rpartition(".")[2] or words[0], *words[1:])))
        if name in _CODE and words:
            return _read(call, Text(words[0], call.place), ())
        if name in _VALUED and not value and words:
            words.pop(0)
    if call.name in ("deno", "tsx") and words[:1] in (["run"], ["watch"], ["task"]):
        words = [each for each in words[1:] if not each.startswith("-")]
    return _program(call, words[0], tuple(words[1:])) if words else DONE


def _node_run(call: Call, script: str) -> Flow:
    package = packages.package_at(call, call.scope.cwd)
    if package:
        packages.run_script(call, package, script, hooks=False)
    return DONE


def _program(call: Call, path: str, args: tuple[str, ...]) -> Flow:
    if holes(path):
        return call.ask(f"{call.said}: the program is not told by the files")
    tool = tool_of(path)
    if tool:
        return invoke(call.with_args((tool, *args)))
    source = _found(call, path)
    if source is None:
        unseen = _TELLING.search(posixpath.basename(path))
        return (
            call.ask(f"{call.said}: {path} is not in the checkout, and its name speaks of migrations")
            if unseen
            else DONE
        )
    return _read(call, source, args)


def tool_of(path: str) -> str:
    """The tool whose own program this is, as `node_modules/prisma/build/index.js` is that of prisma."""
    inside = re.search(r"node_modules/(?:\.bin/)?((?:@[\w.-]+/)?[\w.-]+)", path)
    name = inside[1].rpartition("/")[2] if inside else posixpath.basename(path)
    name = name.removesuffix(".js") if name in ("ace.js", "sequelize.js") else name
    return name if name in tools() and (inside or name in _IN_APPLICATION) else ""


_IN_APPLICATION = {"manage.py", "artisan", "console", "rails", "rake", "ace", "hanami"}
"""Tools that an application has as a file of its own."""


def _found(call: Call, path: str) -> Text | None:
    """The program's source: where it is named, or where a build that is not in the checkout took it from."""
    names = [path, *(f"{path}{each}" for each in (".js", ".ts", ".mjs", "/index.js", "/index.ts"))]
    built = re.match(r"(?:\./)?(?:.*/)?(?:dist|build|lib|out|\.output)/(.+?)\.[cm]?js$", path)
    if built:
        names += [
            f"{folder}/{built[1]}.{end}" for folder in ("src", ".", "server", "app") for end in ("ts", "js", "mts")
        ]
    view = call.scope.view
    exact = (
        view.find(call.path(each)) for each in names if view.exactly(call.path(each)) or call.path(each) in view.written
    )
    return next(exact, None) or view.find(call.path(path))


def _read(call: Call, source: Text, args: tuple[str, ...]) -> Flow:
    key = ("program", source.place, args)
    if key in call.scope.walk.stack:
        return DONE
    call.scope.walk.stack.append(key)
    scope = call.scope.then(source.place.file, call.place) if source.place != call.place else call.scope.fork()
    for each in code.migrators(source):
        replace(call, scope=scope, place=each.place).apply(f"{each.text}(…)")
    for each in code.commands(source):
        run(each, scope.fork())
    call.scope.walk.stack.pop()
    return DONE


_SHEBANG = re.compile(r"#!.*\b(node|tsx|ts-node|bun|deno|python3?|ruby|php)\b")


@otherwise(2)
def program(call: Call) -> Flow | None:
    """A program that is run by its own name: of a tool, or of the application."""
    if "/" not in call.argv[0]:
        return None
    tool = tool_of(call.argv[0])
    if tool and tool != call.name:
        return invoke(call.with_args((tool, *call.args)))
    source = call.scope.view.find(call.path(call.argv[0]))
    if source and tool not in _IN_APPLICATION and _SHEBANG.match(source.text):
        return _read(call, source, call.args)
    if source and not tool and source.text.startswith("#!") and "sh" in source.text.partition("\n")[0]:
        return run_file(call, call.path(call.argv[0]), call.args)
    return None


@handles("dotnet", "go", "cargo", "java", "symfony")
def _toolchain(call: Call) -> Flow | None:
    """Tool chains whose further words name a tool, or a program."""
    args = call.args
    if call.name == "go" and args[:1] == ("run",):
        return _go_run(call, args[1:])
    if call.name == "cargo" and args[:1] == ("run",):
        return invoke(call.with_args(("cargo-run", *args[1:]))) if any(map(_TELLING.search, args)) else DONE
    at = next((at for at, each in enumerate(args) if each in tools()), None)
    if at is not None:
        return invoke(call.with_args(args[at:]))
    jar = next((each for each in args if re.search(r"(flyway|liquibase)[^/]*\.jar", each)), "")
    tool = "flyway" if "flyway" in jar else "liquibase"
    return invoke(call.with_args((tool, *args))) if jar else DONE


def _go_run(call: Call, args: tuple[str, ...]) -> Flow:
    plain = [each for each in args if not each.startswith("-")]
    package = re.sub(r"@.*", "", plain[0]) if plain else ""
    name = package.rpartition("/")[2]
    if name in tools():
        return invoke(call.with_args((name, *args[args.index(plain[0]) + 1 :])))
    source = next(
        (found for each in (package, f"{package}/main.go") if (found := call.scope.view.find(call.path(each)))), None
    )
    if source:
        return _read(call, source, tuple(plain[1:]))
    return (
        call.ask(f"{call.said}: not in the checkout, and its name speaks of migrations")
        if _TELLING.search(package)
        else DONE
    )
