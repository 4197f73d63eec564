"""Programs that run several scripts, or targets: npm-run-all, concurrently, turbo, make and foreman."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

import yaml

from verifier.probes.deploy_files.commands import packages
from verifier.probes.deploy_files.commands.builtins import run_text
from verifier.probes.deploy_files.commands.call import DONE, Call, Flow, handles, invoke
from verifier.probes.deploy_files.makefiles import MakeRule, expanded, read_makefile
from verifier.probes.deploy_files.places import FilePlace, Text, holes
from verifier.probes.deploy_files.shell.evaluate import run
from verifier.probes.deploy_files.yaml_lines import read_yaml


@handles("run-s", "run-p", "npm-run-all", "npm-run-all2")
def _run_all(call: Call) -> Flow:
    package = packages.package_at(call, call.scope.cwd)
    for each in call.args if package else ():
        if each == "--":
            break
        name, *args = each.split()
        if each.startswith("-") or package is None:
            continue
        if holes(name):
            call.ask(f"{call.said}: the script is not told by the files")
        for script in _fitting(package, name):
            packages.run_script(call, package, script, tuple(args))
    return DONE


def _fitting(package: packages.Package, pattern: str) -> list[str]:
    """Scripts by name or pattern; `*` does not cross a colon, `**` does."""
    if "*" not in pattern:
        return [pattern]
    regex = re.escape(pattern).replace(r"\*\*", ".*").replace(r"\*", "[^:]*")
    return [each for each in package.scripts if re.fullmatch(regex, each)]


_CONCURRENTLY = {
    "-n", "--names", "-c", "--prefix-colors", "-p", "--prefix", "-l", "--prefix-length", "-t",
    "--timestamp-format", "-s", "--success", "--restart-tries", "--restart-after", "-m", "--max-processes",
    "--handle-input", "--default-input-target", "--hide", "--name-separator", "--kill-signal", "--killSignal",
    "--teardown", "--cwd",
}  # fmt: skip


@handles("concurrently", "conc")
def _concurrently(call: Call) -> Flow:
    words = list(call.args)
    while words:
        word = words.pop(0)
        if word in _CONCURRENTLY and words:
            value = words.pop(0)
            if word == "--teardown":
                run_text(call, value)
        elif not word.startswith("-"):
            _each(call, word)
    return DONE


def _each(call: Call, word: str) -> None:
    short = re.match(r"(npm|yarn|pnpm|bun|node):(\S+)(.*)", word, re.DOTALL)
    if not short:
        run_text(replace(call, scope=call.scope.fork()), word)
        return
    package = packages.package_at(call, call.scope.cwd)
    pattern = short[2].replace("*", "**")
    for script in _fitting(package, pattern) if package else []:
        packages.run_script(call, package, script, tuple(short[3].split())) if package else None


@handles("turbo", "lerna", "nx", "lage", "wireit", "rush", "ultra", "moon")
def _monorepo(call: Call) -> Flow:
    """Runners of workspaces: the named scripts of every package."""
    words = [each for each in call.args if not each.startswith("-")]
    words = words[1:] if words[:1] in (["run"], ["run-many"], ["exec"], ["affected"]) else words
    options = [each.partition("=")[2] for each in call.args if re.match(r"--(target|targets)=", each)]
    for each in [*words, *options]:
        if holes(each):
            call.ask(f"{call.said}: the script is not told by the files")
        for package in packages.packages_below(call):
            scope = call.scope.fork(cwd=package.folder)
            packages.run_script(replace(call, scope=scope), package, each.rpartition(":")[2], hooks=False)
            packages.run_script(replace(call, scope=scope), package, each, hooks=False)
    return DONE


# ---- make


@handles("make", "gmake")
def _make(call: Call) -> Flow:
    words, folder, file, given = _make_line(call)
    at = replace(call, scope=call.scope.fork(cwd=call.path(folder)))
    names = [file] if file else ["GNUmakefile", "makefile", "Makefile"]
    source = next((found for each in names if (found := at.scope.view.find(at.path(each)))), None)
    if source is None:
        return call.ask(f"{call.said}: there is no makefile in the checkout")
    rules, variables = read_makefile(source)
    variables.update(given)
    for word in words or [next((each for each in rules if not each.startswith(".")), "")]:
        if holes(word):
            call.ask(f"{call.said}: the target is not told by the files")
        _target(at, word, rules, variables, source.place.file)
    return DONE


def _make_line(call: Call) -> tuple[list[str], str, str, dict[str, str]]:
    words, folder, file, given = [], ".", "", {}
    args = list(call.args)
    while args:
        word = args.pop(0)
        if word in ("-C", "--directory") and args:
            folder = args.pop(0)
        elif word in ("-f", "--file", "--makefile") and args:
            file = args.pop(0)
        elif word in ("-j", "-l", "-o", "-W") and args and args[0].isdigit():
            args.pop(0)
        elif re.match(r"\w+=", word):
            given[word.partition("=")[0]] = word.partition("=")[2]
        elif not word.startswith("-"):
            words.append(word)
    return words, folder, file, given


def _target(call: Call, name: str, rules: dict[str, MakeRule], variables: dict[str, str], file: str) -> None:
    rule = rules.get(name) or next((each for pattern, each in rules.items() if _stem(pattern, name)), None)
    walk, key = call.scope.walk, ("make", file, name)
    if rule is None or key in walk.stack:
        return
    walk.stack.append(key)
    at = replace(call, scope=call.scope.then(f"make {name}", call.place))
    for each in rule.needs:
        _target(at, each, rules, variables, file)
    for line in rule.recipe:
        text = expanded(line.text, variables, name).lstrip("@-+ ")
        run(Text(text, line.place), at.scope.fork())
    walk.stack.pop()


def _stem(pattern: str, name: str) -> bool:
    return "%" in pattern and fnmatchcase(name, pattern.replace("%", "*", 1))


@handles("just", "task", "go-task", "mage", "rake-task", "invoke", "inv", "nox", "tox", "bazel", "earthly", "dagger")
def _other_runner(call: Call) -> Flow:
    """Runners whose files are not read: what a deploy runs through one cannot be seen."""
    plain = [each for each in call.args if not each.startswith("-")]
    return call.ask(f"{call.said}: what {call.name} runs is not read") if plain else DONE


# ---- Procfile, supervisor


@handles("foreman", "overmind", "honcho", "hivemind", "goreman", "forego", "nf")
def _procfile(call: Call) -> Flow:
    words = list(call.args)
    file = next((words[at + 1] for at, each in enumerate(words[:-1]) if each in ("-f", "--procfile", "-j")), "Procfile")
    source = call.scope.view.find(call.path(file))
    if source is None:
        return call.ask(f"{call.said}: {file} is not in the checkout")
    only = [each for each in words[1:] if not each.startswith("-") and each != file] if words[:1] == ["start"] else []
    for name, text in procfile(source):
        if not only or name in only:
            run(text, call.scope.then(f"{source.place.file} {name}", call.place))
    return DONE


def procfile(source: Text) -> Iterator[tuple[str, Text]]:
    """The processes of a Procfile: name, and what it runs."""
    for number, line in enumerate(source.text.splitlines()):
        found = re.match(r"([A-Za-z0-9_-]+):\s*(.+)", line)
        if found:
            yield found[1], Text(found[2], source.place.below(number))


@handles("supervisord")
def _supervisor(call: Call) -> Flow:
    words = list(call.args)
    file = next((words[at + 1] for at, each in enumerate(words[:-1]) if each in ("-c", "--configuration")), "")
    source = call.scope.view.find(call.path(file or "/etc/supervisor/supervisord.conf"))
    if source is None:
        return call.ask(f"{call.said}: its configuration is not in the checkout")
    for number, line in enumerate(source.text.splitlines()):
        found = re.match(r"command\s*=\s*(.+)", line)
        if found:
            run(
                Text(found[1], FilePlace(source.place.file, number + 1)), call.scope.then(source.place.file, call.place)
            )
    return DONE


@handles("litefs")
def _litefs(call: Call) -> Flow:
    """LiteFS runs the commands of its configuration, and what stands behind `--`."""
    if "--" in call.args:
        invoke(call.with_args(call.args[call.args.index("--") + 1 :]))
    names = ("/etc/litefs.yml", "litefs.yml")
    source = next((text for each in names if (text := call.scope.view.find(call.path(each)))), None)
    for each in _executed(source) if source else []:
        place = FilePlace(source.place.file, getattr(each, "line", 1)) if source else call.place
        run(Text(each, place), call.scope.then(place.file, call.place))
    return DONE


def _executed(source: Text) -> list[str]:
    """The commands below `exec` of LiteFS's configuration."""
    try:
        content = read_yaml(source.text)
    except yaml.YAMLError:
        return []
    found = content.get("exec") if isinstance(content, dict) else None
    told = found if isinstance(found, list) else [found]
    commands = [each.get("cmd") if isinstance(each, dict) else each for each in told]
    return [each for each in commands if isinstance(each, str)]
