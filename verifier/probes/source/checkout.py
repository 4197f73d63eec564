"""The app's checkout: which commit it is, and whether anything in it is not committed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence
from verifier.core.execution.run import Run
from verifier.core.probe import Context
from verifier.core.suite import judging
from verifier.probes.source.section import AppSource

_SECONDS = 120
_SHORT = 12
_OF_HOOKS = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}


class AppCheckout(Evidence):
    """A checkout before anything was run in it.

    Attributes:
        commit: the full id of its commit.
        uncommitted: paths that differ from the commit, or that git neither tracks nor ignores.
        shallow: whether git has only the newest part of its history.
    """

    commit: str
    uncommitted: tuple[str, ...] = ()
    shallow: bool = False

    @property
    def short(self) -> str:
        """The commit as people write it."""
        return self.commit[:_SHORT]

    @property
    def note(self) -> str:
        """What must be said beside a result of a checkout with uncommitted changes; else empty."""
        if not self.uncommitted:
            return ""
        names = ", ".join(self.uncommitted[:3]) + (", …" if len(self.uncommitted) > 3 else "")  # noqa: PLR2004 - enough to recognize them
        return f"judged with uncommitted changes ({names}), so this does not count for commit {self.short}"


def observe_checkout(context: Context) -> AppCheckout:
    """The commit, and what is not committed.

    Raises:
        CouldNotLook: precondition, if the folder is not known, is no checkout, or has no commit.
    """
    root, started = root_of(context), now()
    git(root, "rev-parse", "--git-dir")
    commit = git(root, "rev-parse", "--verify", "HEAD", remedy="commit the app first: the answer is tied to a commit")
    # Of a rename, the second entry is the old name.
    status = git(root, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=normal")
    return AppCheckout(
        asked="Which commit is judged, and is everything in it committed?",
        where=root.name,
        at=started,
        again="git rev-parse HEAD; git status --short",
        commit=commit.strip(),
        uncommitted=tuple(line[3:] for line in status.split("\0") if line),
        shallow=git(root, "rev-parse", "--is-shallow-repository").strip() == "true",
    )


def facts(run: Run) -> dict[str, Any]:
    """What `verdict.json` tells of the judged source, and the reason of an emergency."""
    seen = run.store.get("checkout", AppCheckout)
    source = {"commit": seen.commit, "dirty": bool(seen.uncommitted)} if seen else None
    return {"source": source, "emergency": run.options.emergency or None}


def root_of(context: Context) -> Path:
    """The app's checkout.

    Raises:
        CouldNotLook: precondition, if it is not given, or not there.
    """
    told = context.target.section(AppSource).app_dir
    return context.checkout(told, f"{judging('-m predeploy --app-dir PATH')}, the folder that holds package.json")


def git(root: Path, *words: str, remedy: str = "", feed: bytes = b"") -> str:
    """What git says in the checkout.

    Raises:
        CouldNotLook: precondition, if there is no git, or it refuses.
    """
    return git_bytes(root, *words, remedy=remedy, feed=feed).decode("utf-8", "surrogateescape")


def _outside() -> dict[str, str]:
    """Our environment without what a hook of git says of the repository that it runs in."""
    return {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}


def git_bytes(root: Path, *words: str, remedy: str = "", feed: bytes = b"") -> bytes:
    """The same, for contents of files."""
    try:
        asked = subprocess.run(
            ["git", "-C", str(root), *words],  # noqa: S607 - whichever git the caller has
            input=feed, capture_output=True, timeout=_SECONDS, check=False, env=_outside(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as trouble:
        raise CouldNotLook(Cause.PRECONDITION, f"git fails: {trouble}", remedy="install git") from None
    if asked.returncode:
        said = asked.stderr.decode(errors="replace").strip().splitlines()
        what = f"git {words[0]} in {root.name}: {said[0] if said else 'no reason was given'}"
        raise CouldNotLook(
            Cause.PRECONDITION, what, remedy=remedy or "give --app-dir a git checkout: the answer is tied to a commit"
        )
    return asked.stdout
