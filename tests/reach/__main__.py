"""Judge a running deployment from a repository with one target file: by the package, the action, the image.

`python -m tests.reach [package|action|container]`. Each must find DONE, exit status 0, and then with a fault NOT DONE,
exit status 1. A wheel is built, installed in an environment of its own with the versions of requirements.txt (the
package index is asked for what the cache of uv or pip does not have), and run without anything of this checkout on its
path.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.runs.composite import Composite
from tests.support.runs.elsewhere import repository, sandbox, switch
from tests.support.runs.image import Image, at_hand, builder
from tests.support.runs.toy import CHECKOUT
from verifier.core.deadline import monotonic
from verifier.probes.browser.path import find_browser

RED = {"rls-off": "rls-protects", "machine-cordoned": "machines-started"}
"""Faults, and the item that each turns red."""
DEPLOY = ("machine-cordoned",)
"""Those of the stage `deploy`."""
Judge = Callable[[Path, Mapping[str, str]], tuple[int, str]]


def package(folder: Path) -> Judge:
    """Build and install the wheel; hands over what judges with it."""
    wheel = _wheel(folder / "dist")
    python = _environment(folder / "an environment", wheel)
    command = python.with_name("definition-of-done")

    def judge(home: Path, secrets: Mapping[str, str]) -> tuple[int, str]:
        words = [str(command), "judge", "-m", "deploy or postdeploy", "--target", "board", "--html", "omit"]
        done = _run(words, home, secrets)
        shown = _run([str(command), "show"], home, secrets)
        _need(shown.returncode == done.returncode, f"show ended with {shown.returncode}:\n{shown.stdout}")
        told = re.findall(r"(?m)^.*(?:pytest -m|make setup|python -m verifier).*$", done.stdout + shown.stdout)
        _need(not told, f"lines that cannot be typed there: {told}")
        return done.returncode, done.stdout

    return judge


def action(folder: Path) -> Judge:
    """Run the steps of `action.yml` as GitHub's runner does, from this checkout as it is."""
    scratch = folder / "runner"
    scratch.mkdir(parents=True)

    def judge(home: Path, secrets: Mapping[str, str]) -> tuple[int, str]:
        (scratch / "summary").unlink(missing_ok=True)
        ended = Composite(CHECKOUT, home, scratch, _known(secrets)).run(target="board", stage="deploy")
        verdict = {0: "DONE", 1: "NOT DONE"}.get(ended.status, "UNVERIFIED")
        told = {"verdict": verdict, "exit-status": str(ended.status)}
        _need(told.items() <= ended.outputs.items(), f"outputs of the action: {ended.outputs}\n{ended.said}")
        _need((home / ended.outputs["page"]).is_file(), "the action names no page")
        _need(ended.summary.startswith("# "), "there is no job summary")
        errors = re.findall(r"(?m)^::error .*$", ended.said)
        _need(len(errors) == ended.status, f"annotations: {errors}")
        kept = ended.used["Keep the report"]["path"]
        _need((home / kept).is_dir(), f"there is no report to keep: {kept}")
        return ended.status, ended.said

    return judge


def container(folder: Path) -> Judge:
    """Build the image; hands over what judges with it."""
    by = builder()
    if by is None:
        sys.exit("reach: container: no docker, podman or buildah works here")
    image = Image(by, folder)

    def judge(home: Path, secrets: Mapping[str, str]) -> tuple[int, str]:
        done = image.run(["judge", "-m", "deploy or postdeploy", "--target", "board"], home, secrets)
        _need((home / "reports" / "latest" / "index.html").is_file(), f"no report of Allure:\n{done.stdout}")
        return done.returncode, done.stdout

    return judge


def _wheel(folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(CHECKOUT)], check=True)
    return next(folder.glob("*.whl"))


def _environment(folder: Path, wheel: Path) -> Path:
    """A clean environment with the wheel; its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python)]
    done = subprocess.run([*uv, "--constraint", str(CHECKOUT / "requirements.txt"), str(wheel)], check=False)
    if done.returncode:  # uv reads nothing of pip's configuration, such as an index of a company's own
        pins = folder / "constraints.txt"
        lock = (CHECKOUT / "requirements.txt").read_text(encoding="utf-8")
        pins.write_text("\n".join(re.findall(r"(?m)^[a-z0-9][^\\\n]*", lock)), encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
        subprocess.run([*pip, "--constraint", str(pins), str(wheel)], check=True)
    return python


def _run(words: list[str], home: Path, secrets: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """A command, as in a job of somebody else."""
    return subprocess.run(
        words, cwd=home, env=_known(secrets), stdin=subprocess.DEVNULL, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def _known(secrets: Mapping[str, str]) -> dict[str, str]:
    """The environment of a job: no variable leads to this checkout but the one that names the browser."""
    known = {name: os.environ[name] for name in ("HOME", "PATH", "LANG") if name in os.environ}
    return known | {"HOTDASH_BROWSER": find_browser(None, os.environ), **secrets}


def _need(met: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not met:
        sys.exit(f"reach: {what}")


def tried(name: str, faults: Sequence[str], judge: Judge, folder: Path, told: Mapping[str, Any]) -> None:
    """Judge the healthy deployment, then the one with faults; ends the process if either comes to something else."""
    home = repository(folder / f"an app judged by the {name}", told)
    for injected, verdict, status in (((), "DONE", 0), (faults, "NOT DONE", 1)):
        switch(told, *injected)
        began = monotonic()
        ended, said = judge(home, told["credentials"])
        found = re.search(r"(?m)^(DONE|NOT DONE|UNVERIFIED|PARTIAL): .*$", said)
        _need((ended, found and found[1]) == (status, verdict), f"{name}: {verdict} was due, not {ended}:\n{said}")
        red = set(re.findall(r"(?m)^✘ ([a-z0-9-]+)  ", said))
        _need(red == {RED[each] for each in injected}, f"{name}: with {injected} red is {red}:\n{said}")
        sys.stdout.write(f"reach: {name}: {found and found[0]} ({monotonic() - began:.0f} s)\n")
        sys.stdout.flush()
    switch(told)
    # The repository may belong to the user of the image by now.
    command = ["git", "-c", "safe.directory=*", "status", "--porcelain"]
    kept = subprocess.run(command, cwd=home, check=True, capture_output=True, text=True)
    _need(kept.stdout == "?? targets/\n", f"{name}: left in the caller's repository:\n{kept.stdout}")


WAYS: dict[str, tuple[Callable[[Path], Judge], Sequence[str]]] = {
    "package": (package, tuple(RED)),
    "action": (action, DEPLOY),
    "container": (container, tuple(RED)),
}


def main() -> None:
    """Try the ways that are named, or all; that of the image only where it can be built."""
    ways = sys.argv[1:] or [*WAYS]
    if not sys.argv[1:] and not at_hand():
        ways.remove("container")
        sys.stdout.write("reach: container: not tried: no docker or podman works here (.ci/debian helps buildah)\n")
    with tempfile.TemporaryDirectory() as scratch, sandbox() as told:
        for name in ways:
            made, faults = WAYS[name]
            tried(name, faults, made(Path(scratch) / name), Path(scratch), told)


if __name__ == "__main__":
    main()
