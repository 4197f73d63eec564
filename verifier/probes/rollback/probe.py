"""Finds the release to go back to, and asks whether its image, its secrets and its database are still there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from verifier.core.deadline import now
from verifier.core.evidence import or_obstacle
from verifier.core.machine import Machine, Release
from verifier.core.platform import Platform, StoredSecret
from verifier.core.probe import Context
from verifier.probes.platform.state import PlatformState, by_hand, opened
from verifier.probes.postgres.section import Database
from verifier.probes.rollback.evidence import RollbackState
from verifier.probes.rollback.history import migrations_since

_MOST = 25
"""Releases that are looked through."""
Answer = TypeVar("Answer")


def observe_rollback(context: Context) -> RollbackState:
    """How to roll back from what runs now.

    Raises:
        CouldNotLook: the platform does not tell of its releases.
    """
    started, seen = now(), context.get("platform", PlatformState)
    hand = by_hand(context)
    with opened(context) as platform:
        releases = platform.releases(_MOST)
        previous, passed_by = release_before(seen.release, releases, seen.machines)
        found = _asked(context, platform, previous) if previous else {}
    return RollbackState(
        asked="Which release could be gone back to, and what is in the way?",
        where=seen.where,
        at=started,
        again=hand.releases,
        current=seen.release,
        previous=previous,
        passed_by=passed_by,
        command=hand.rollback.format(previous.image) if previous else "",
        **found,
    )


def release_before(
    current: Release, releases: Iterable[Release], machines: tuple[Machine, ...]
) -> tuple[Release | None, dict[str, str]]:
    """The newest release before the current one that was successful and is another image than runs now.

    Args:
        current: the newest release.
        releases: the newest ones, in any order.
        machines: what runs now: after a failed deploy that may be the previous release.

    Returns:
        The release, and those that were passed by, each with the reason.
    """
    passed_by: dict[str, str] = {}
    for each in sorted(releases, key=lambda release: -release.version):
        if each.version >= current.version:
            continue
        reason = _unfit(each, machines)
        if not reason:
            return each, passed_by
        passed_by[f"release {each.version}"] = reason
    return None, passed_by


def _unfit(release: Release, machines: tuple[Machine, ...]) -> str:
    if not release.ended_well:
        return f"its status is '{release.status}'"
    if release.image is None:
        return "the platform does not tell its image"
    if machines and all(each.image.same_as(release.built) for each in machines):
        return "it has the image that runs now"  # as after a change of secrets, which makes a release, too
    return ""


def _asked(context: Context, platform: Platform, previous: Release) -> dict[str, object]:
    image = previous.image or ""
    return {
        "image_there": or_obstacle(lambda: platform.has_image(image)),
        "changed_secrets": or_obstacle(lambda: set_since(platform.secrets(), previous.created_at)),
        "migrations": or_obstacle(lambda: migrations_since(context, previous.created_at))
        if context.target.get(Database)
        else None,
    }


def set_since(secrets: Iterable[StoredSecret], at: datetime) -> dict[str, datetime | None]:
    """Secrets whose value was set later, or nobody knows when → that time."""
    return {each.name: each.set_at for each in secrets if each.set_at is None or each.set_at > at}
