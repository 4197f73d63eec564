"""The files at an earlier git revision."""

from __future__ import annotations

import subprocess
from pathlib import Path

from verifier.core.evidence import Cause, CouldNotLook

_SECONDS = 30


def shipped_blobs(root: Path, revision: str) -> dict[str, str]:
    """The files below `root` at a revision: path below `root` → blob id.

    Raises:
        CouldNotLook: precondition, if there is no git, no checkout or no such revision.
    """
    if revision.startswith("-"):
        raise CouldNotLook(Cause.PRECONDITION, f"--since {revision}: this is no revision")
    commit = _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()
    listing = _git(root, "ls-tree", "-r", "-z", commit)
    entries = [line.partition("\t") for line in listing.split("\0") if line]
    return {name: told.split(" ")[2] for told, _, name in entries}


def present_blobs(root: Path, names: list[str]) -> dict[str, str]:
    """The same for the working tree."""
    if not names:
        return {}
    told = _git(root, "hash-object", "--stdin-paths", feed="\n".join(names) + "\n")
    return dict(zip(names, told.split(), strict=True))


def _git(root: Path, *words: str, feed: str = "") -> str:
    try:
        asked = subprocess.run(
            ["git", "-C", str(root), *words],  # noqa: S607 - whichever git the caller has
            input=feed, capture_output=True, text=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as trouble:
        raise CouldNotLook(Cause.PRECONDITION, f"git fails: {trouble}", remedy="install git") from None
    if asked.returncode:
        said = asked.stderr.strip().splitlines()
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"git {words[0]} in {root.name}: {said[-1] if said else 'there is no such revision'}",
            remedy="give --since a revision that this checkout has (git log --oneline)",
        )
    return asked.stdout
