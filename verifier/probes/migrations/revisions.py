"""The files at an earlier git revision."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Collection
from pathlib import Path

from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.migrations.choosing import PRISMA, SUPABASE, choose

_SECONDS = 30
_MOST = 300
"""Commits that are looked through."""


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


def newest_revision(root: Path, is_live: Callable[[str], bool], folders: Collection[str] = (SUPABASE, PRISMA)) -> str:
    """The newest commit of the present branch all of whose migrations are live; empty if there is none.

    Args:
        root: the checkout.
        is_live: whether a file, as a path below `root`, is live.
        folders: where migrations are.

    Raises:
        CouldNotLook: precondition, if there is no git, or no checkout.
    """
    head = _git(root, "rev-parse", "--short", "HEAD").strip()
    changes = _git(root, "rev-list", "--first-parent", f"--max-count={_MOST}", "HEAD", "--", *folders).split()
    for commit in changes:
        files = choose(_git(root, "ls-tree", "-r", "-z", "--name-only", commit).split("\0"), None).files
        if files and all(map(is_live, files)):
            # No migration has changed since the last of these commits, so HEAD, which is easier to find, says the same.
            return head if commit == changes[0] else _git(root, "rev-parse", "--short", commit).strip()
    return ""


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
