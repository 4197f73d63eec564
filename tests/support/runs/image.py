"""Builds the image and judges with it, by whichever builder works here: docker, podman or buildah.

`REACH_BASE` names a local image of Debian where its registry cannot be reached; `.ci/debian` makes one for buildah.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.runs.toy import CHECKOUT

IMAGE = "definition-of-done"
USER = "10001:10001"
BUILDAH = ("--isolation", "chroot", "--network", "host")
"""Works in a container without privileges, too; so does nothing else."""


def builder() -> str | None:
    """The first that answers; nothing, if images cannot be built here."""
    for name in ("docker", "podman", "buildah"):
        if shutil.which(name) and not _done([name, "info"]).returncode:
            return name
    return None


def at_hand() -> bool:
    """Whether an image can be built without preparation; buildah works anywhere, but may reach no image of Debian."""
    by = builder()
    return by is not None and (by != "buildah" or "REACH_BASE" in os.environ)


class Image:
    """The image of this commit.

    Args:
        by: what builds and runs it.
        folder: for a clean clone, from which it is built.
    """

    def __init__(self, by: str, folder: Path) -> None:
        self._by, clone = by, folder / "clone"
        _must(["git", "clone", "--quiet", str(CHECKOUT), str(clone)])
        base = os.environ.get("REACH_BASE")
        words = [*(["--build-arg", f"BASE={base}"] if base else []), "--tag", IMAGE, "--file", "Containerfile", "."]
        chosen = [*BUILDAH, "--pull-never" if base else "--pull"] if by == "buildah" else []
        _must([by, "build", *chosen, *words], clone)

    def run(self, words: Sequence[str], home: Path, secrets: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run the command of the image, with a repository at /work, as its user, who is not root."""
        _hand_over(home)
        (authority,) = re.findall(r'ca_file = "(.*)/', (home / "targets" / "board.toml").read_text(encoding="utf-8"))
        mounts = ["--volume", f"{home}:/work", "--volume", f"{authority}:{authority}:ro"]
        given = [word for name, value in secrets.items() for word in ("--env", f"{name}={value}")]
        if self._by != "buildah":
            return _done([self._by, "run", "--rm", "--network", "host", *mounts, *given, IMAGE, *words])
        made = _must(["buildah", "from", "--pull-never", IMAGE]).stdout.split()[-1]
        try:
            where = ["--workingdir", "/work", "--user", USER]
            command = ["buildah", "run", *BUILDAH, *mounts, *given, *where, made, "--", "definition-of-done", *words]
            return _done(command)
        finally:
            _done(["buildah", "rm", made])


def _hand_over(home: Path) -> None:
    """Let the user of the image read the repository and write its reports."""
    owner = int(USER.partition(":")[0])
    for each in (home, *home.rglob("*")):
        os.chown(each, owner, owner, follow_symlinks=False)
    for each in home.parents:
        if each == Path(tempfile.gettempdir()):
            break
        each.chmod(0o755)


def _done(words: list[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip


def _must(words: list[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    done = _done(words, folder)
    if done.returncode:
        sys.exit(f"reach: {' '.join(words[:3])} ended with {done.returncode}:\n{done.stdout[-6000:]}")
    return done
