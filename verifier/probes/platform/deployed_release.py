"""Compares the deployed release with the one that the caller expects."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.core.config.expected_release import ExpectedRelease, Image
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.machine import Machine, Release

_SHORT_SHA = 7


def differences(shipped: ExpectedRelease, release: Release, machines: Iterable[Machine]) -> dict[str, str]:
    """What the release is not, of what was shipped: what was expected → what was seen.

    Raises:
        CouldNotLook: precondition, if the image does not tell its commit, or no more than another name.
    """
    found, image = {}, shipped.image
    if shipped.version is not None and shipped.version != release.version:
        found[f"release {shipped.version}"] = f"release {release.version} is the newest"
    if image and not _same(image, release.built):
        found[f"image {image}"] = f"release {release.version} has {release.built}"
    return found | (_other_commits(shipped.sha, machines) if shipped.sha else {})


def _other_commits(sha: str, machines: Iterable[Machine]) -> dict[str, str]:
    commits = {each.id: _commit(each, sha) for each in machines}
    silent = [machine for machine, commit in commits.items() if commit is None]
    if silent or not commits:
        told = f"the image of {', '.join(silent) or 'no machine'} does not tell its commit, in label or tag"
        remedy = "label it (org.opencontainers.image.revision), or tag it with the commit: git rev-parse HEAD"
        raise CouldNotLook(Cause.PRECONDITION, told, remedy=remedy)
    other = [f"{machine}: {commit}" for machine, commit in commits.items() if not _same_commit(str(commit), sha)]
    return {f"commit {sha}": ", ".join(other)} if other else {}


def _same(expected: Image, seen: Image) -> bool:
    """Whether two names mean the same image, and the comparison says something at all."""
    same = expected.same_as(seen)
    if same is None:
        told = f'the release\'s image is told as "{seen}", which cannot be compared with "{expected}"'
        raise CouldNotLook(
            Cause.PRECONDITION, told, remedy="expect a digest or a tag, as the platform tells it of its releases"
        )
    return same


def _commit(machine: Machine, sha: str) -> str | None:
    """The commit that the machine's image tells of: by its label, or by a tag that holds the expected one."""
    if machine.revision:
        return machine.revision.lower()
    return sha if machine.tag and sha[:_SHORT_SHA] in machine.tag.lower() else None


def _same_commit(seen: str, sha: str) -> bool:
    return len(seen) >= _SHORT_SHA and (seen.startswith(sha) or sha.startswith(seen))
