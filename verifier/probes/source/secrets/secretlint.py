"""Asks secretlint, which `make setup` installs, what in a text looks like a secret."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.suite import node_path, setting_up, tools_folder
from verifier.probes.source.secrets.committed import SearchedText

_LOCKED = Path(__file__).parent / "scanner"
_SECONDS = 300.0


@dataclass(frozen=True)
class SecretHit:
    """Something that looks like a secret: in which document, in which line, and of which kind."""

    id: str
    line: int
    kind: str


def scan(documents: Sequence[SearchedText], deadline: Deadline) -> list[SecretHit]:
    """What looks like a secret in these, in their order. Values stay in the scanner's process.

    Raises:
        CouldNotLook: precondition, if there is no Node or no scanner, or it failed; timeout.
    """
    node, home = node_path(), tools_folder("scanner", _LOCKED)
    if node is None or not (home / "node_modules").is_dir():
        missing = "Node" if node is None else "secretlint"
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"{missing} is not installed",
            remedy=f"run `{setting_up()}` once with network, then this again",
        )
    fed = b"".join(_line(each) for each in documents)
    try:
        done = subprocess.run(
            [node, str(home / "scan.mjs")], input=fed, capture_output=True, check=False,
            timeout=deadline.shorter(_SECONDS).remaining(),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CouldNotLook(
            Cause.TIMEOUT,
            f"secretlint did not end in time with {len(documents)} texts",
            remedy="search fewer commits: --since REV, or give more time: --deadline SECONDS",
        ) from None
    return _read(done, len(documents))


def _line(document: SearchedText) -> bytes:
    text = document.content.decode("utf-8", "replace")
    return json.dumps({"id": document.id, "name": document.name, "text": text}).encode() + b"\n"


def _read(done: subprocess.CompletedProcess[bytes], wanted: int) -> list[SecretHit]:
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]
    told = lines[-1].get("scanned") if lines else None
    if done.returncode or told != wanted:
        # What it says of its trouble may quote the text.
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"secretlint ended with {done.returncode} after {told or 0} of {wanted} texts",
            remedy=f"run `{setting_up()}` again; if that does not help, it is a fault of the suite",
        )
    return [SecretHit(each["id"], each["line"], each["kind"]) for each in lines[:-1]]
