"""Stands in for npm, Yarn, pnpm, Bun and what runs their scripts; see `deploy_stub.py`."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import subprocess

HOME = os.environ.get("JUDGE_ROOT", "/nowhere")


def note(words: list[str], more: str = "") -> None:
    """One record: what was said, where, with which database."""
    variable = os.environ.get
    url = next((os.environ[each] for each in ("DATABASE_URL", "SUPABASE_DB_URL", "DIRECT_URL") if variable(each)), "")
    test = "test" in (variable("RAILS_ENV"), variable("NODE_ENV"))
    fields = [
        " ".join([*words, more]),
        os.getcwd(),
        variable("JUDGE_WHERE", ""),
        url,
        variable("JUDGE_SERVICES", ""),
        "1" * test,
    ]
    with open(os.environ["JUDGE_LOG"], "a", encoding="utf-8") as log:
        log.write("\x1f".join(fields) + "\x1e")


def execute(words: list[str], **variables: str) -> int:
    return subprocess.call(words, env={**os.environ, **variables}) if words else 0


def shell(text: str, cwd: str | None = None, **variables: str) -> int:
    return subprocess.call(["sh", "-c", text], cwd=cwd, env={**os.environ, **variables})


# ---- packages


def package(folder: str) -> tuple[str, dict]:
    while not os.path.exists(f"{folder}/package.json"):
        if folder in (HOME, "/", ""):
            return folder, {}
        folder = os.path.dirname(folder)
    with open(f"{folder}/package.json", encoding="utf-8") as file:
        return folder, json.load(file)


def every_package() -> list[str]:
    found = [here for here, _, names in os.walk(HOME) if "package.json" in names and "node_modules" not in here]
    return sorted(found)


def npmrc(folder: str) -> str:
    path = f"{folder}/.npmrc"
    return open(path, encoding="utf-8").read() if os.path.exists(path) else ""


def hooked(manager: str, folder: str, content: dict, args: list[str]) -> bool:
    version = content.get("packageManager", "")
    if "--ignore-scripts" in args or "ignore-scripts=true" in npmrc(folder):
        return False
    if manager == "yarn":
        return not re.match(r"yarn@[2-9]", version) and not os.path.exists(f"{folder}/.yarnrc.yml")
    if manager == "pnpm":
        return "enable-pre-post-scripts=true" in npmrc(folder) or not re.match(r"pnpm@[1-8]\.", version)
    return True


def script(folder: str, name: str, args: list[str], *, hooks: bool = True) -> int | None:
    folder, content = package(folder)
    scripts = content.get("scripts", {})
    if name not in scripts:
        return None
    status = 0
    for each in [f"pre{name}", name, f"post{name}"] if hooks else [name]:
        if each in scripts and not status:
            depth = int(os.environ.get("JUDGE_DEPTH", "0"))
            if depth > 8:
                return 1
            text = " ".join([scripts[each], *map(shlex.quote, args if each == name else [])])
            status = shell(text, folder, JUDGE_DEPTH=str(depth + 1))
    return status


VALUED = {"--prefix", "-C", "--cwd", "--filter", "-F", "-w", "--workspace"}


def manager(name: str, args: list[str]) -> int:
    note([name, *args])
    folder, everywhere, words, rest = line(name, args)
    words = words or ["install"] * (name == "yarn")
    if words[:1] == ["workspace"]:
        everywhere, words = words[1], words[2:]
    verb, *more = words[1:] if words[:1] in (["run"], ["run-script"]) else words or ["nothing"]
    if verb in ("install", "ci", "i"):
        return installed(folder, args)
    if verb in ("exec", "x", "dlx"):
        return npx([*more, *rest])
    if name == "npm" and args[:1] != ["--prefix"] and not {"run", "run-script", "start", "test"} & set(args):
        return 0
    homes = [each for each in every_package() if fits(each, everywhere)] if everywhere else [folder]
    found = [script(each, verb, [*more, *rest], hooks=hooked(name, *package(each), args)) for each in homes]
    if all(each is None for each in found) and name in ("yarn", "pnpm", "bun"):
        return npx([verb, *more, *rest])
    return max([each for each in found if each is not None], default=1)


def line(name: str, args: list[str]) -> tuple[str, str, list[str], list[str]]:
    """Folder, workspace, words, and what stands behind the dashes."""
    folder, everywhere, words, left = os.getcwd(), "", [], list(args)
    while left:
        word = left.pop(0)
        own = name == "npm" or not words
        if word == "--":
            return folder, everywhere, words, left
        if word in VALUED and own:
            value = left.pop(0)
            if word in ("--prefix", "-C", "--cwd"):
                folder = os.path.join(folder, value)
            else:
                everywhere = value
        elif not (word.startswith("-") and own):
            words.append(word)
    return folder, everywhere, words, []


def fits(home: str, pattern: str) -> bool:
    _, content = package(home)
    names = [content.get("name", ""), os.path.relpath(home, HOME), os.path.basename(home)]
    return any(fnmatch.fnmatch(each, pattern.removeprefix("./")) for each in names)


def installed(folder: str, args: list[str]) -> int:
    own, content = package(folder)
    if not hooked("npm", own, content, args):
        return 0
    for each in ("preinstall", "install", "postinstall", "prepare"):
        script(own, each, [], hooks=False)
    return 0


def npx(args: list[str]) -> int:
    left = list(args)
    while left and left[0].startswith("-"):
        word = left.pop(0)
        if word in ("-p", "--package"):
            left.pop(0)
        if word in ("-c", "--call"):
            return shell(left[0])
    if not left:
        return 0
    return execute([re.sub(r"(?<=.)@[^@/]*$", "", left[0]).rpartition("/")[2], *left[1:]])


def run_all(args: list[str]) -> int:
    _, content = package(os.getcwd())
    for each in (word for word in args if not word.startswith("-")):
        name, *more = each.split()
        regex = re.escape(name).replace(r"\*", "[^:]*")
        for found in [one for one in content.get("scripts", {}) if re.fullmatch(regex, one)]:
            script(os.getcwd(), found, more)
    return 0


def concurrently(args: list[str]) -> int:
    left = list(args)
    while left:
        word = left.pop(0)
        if word in ("-n", "--names", "-c", "-p", "--prefix"):
            left.pop(0)
        elif word.startswith("npm:"):
            _, content = package(os.getcwd())
            for each in [one for one in content.get("scripts", {}) if fnmatch.fnmatch(one, word[4:])]:
                script(os.getcwd(), each, [])
        elif not word.startswith("-"):
            shell(word)
    return 0


def turbo(args: list[str]) -> int:
    for name in (word for word in args if word != "run" and not word.startswith("-")):
        for home in every_package():
            script(home, name, [], hooks=False)
    return 0
