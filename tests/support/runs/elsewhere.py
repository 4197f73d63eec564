"""A repository of somebody else: one target file, and the suite is somewhere else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.support.runs.deployment import LIMITS, end
from tests.support.runs.toy import CHECKOUT

LEFT_OUT = ("source", "deploy_files", "migrations", "window", "backups", "domain")
"""Sections of the embedded deployment's target that belong to stages which are not judged here."""


@contextmanager
def sandbox(*words: str) -> Iterator[dict[str, Any]]:
    """A deployment with short periods that nobody who judges it has started; yields what it announces."""
    command = [sys.executable, "-m", "sandbox", "up", "--heartbeat", "1", "--ga-period", "1", *words]
    process = subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        yield json.loads(process.stdout.readline() if process.stdout else b"")
    finally:
        end(process)


def switch(told: Mapping[str, Any], *faults: str) -> None:
    """Let the running deployment have exactly these faults."""
    control = told["control"]
    headers = {"authorization": f"Bearer {control['token']}"}
    wanted = {"names": faults, "redeploy": False}
    httpx.put(f"{control['url']}/faults", json=wanted, headers=headers, timeout=60).raise_for_status()


def repository(folder: Path, told: Mapping[str, Any]) -> Path:
    """A new git repository with one file, `targets/board.toml`, that describes the running deployment."""
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    (folder / "targets").mkdir()
    (folder / "targets" / "board.toml").write_text(described(told["target"]), encoding="utf-8")
    return folder


def described(told: Mapping[str, Any]) -> str:
    """The target file, as somebody would write it who knows the deployment's addresses and starts nothing."""
    text = (CHECKOUT / "targets" / "sandbox.toml").read_text(encoding="utf-8")
    text, starts = re.subn(r"(?m)^(#.*|start = .*|faults = .*)\n", "", text)
    parts = [each for each in re.split(r"(?m)^(?=\[)", text) if not _of(each, LEFT_OUT)]
    top, sections = parts[0], parts[1:]
    assert starts > 2  # the target still says how it is started
    top = f'{top}url = "{told["url"]}"\n'
    for name, keys in told.items():
        if name == "url" or name in LEFT_OUT:
            continue
        lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
        place = next((number for number, each in enumerate(sections) if _of(each, (name,))), None)
        if place is None:
            sections.append(f"[{name}]\n{lines}")
        else:
            sections[place] = sections[place].replace("]\n", f"]\n{lines}", 1)
    whole = top + "\n" + "\n".join(sections)
    whole = whole.replace("every = 65", "every = 4").replace("seconds = 20.0", "seconds = 2.0")
    scaled = [f'[limit.{item}]\n{figures}\nreason = "scaled for the tests"\n' for item, figures in LIMITS.items()]
    return "\n".join([whole, *scaled])


def _of(section: str, names: tuple[str, ...]) -> bool:
    return section.strip("[").partition("]")[0].partition(".")[0] in names
