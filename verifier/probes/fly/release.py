"""A release, as Fly.io tells of it. The answers are used by flyctl, and undocumented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import AwareDatetime

from verifier.core.config.expected_release import Image, read_image
from verifier.core.evidence import Cause, CouldNotLook, Record

_WELL = {"complete", "completed", "succeeded", "success"}
_BADLY = {"failed", "interrupted", "cancelled", "canceled", "error"}


class Release(Record):
    """A release of the app.

    Attributes:
        status: the platform's word; flyctl writes running, complete, failed and interrupted.
        strategy: how it was brought to the machines, if that is told.
    """

    id: str
    version: int
    status: str
    created_at: AwareDatetime
    image: str | None = None
    strategy: str | None = None

    @property
    def ended_well(self) -> bool | None:
        """What its status says; nothing where it is still running, or a word that says nothing."""
        word = self.status.lower()
        return True if word in _WELL else False if word in _BADLY else None

    @property
    def built(self) -> Image:
        """Its image, as far as it is told."""
        try:
            return read_image(self.image or "")
        except ValueError:
            return Image()


def read_release(raw: Mapping[str, Any]) -> Release:
    """The record of a release.

    Raises:
        CouldNotLook: no-data, if it has no number or no time.
    """
    try:
        return Release(
            id=str(raw["id"]),
            version=int(raw["version"]),
            status=str(raw.get("status") or "unknown"),
            created_at=raw["created_at"],
            image=raw.get("image_ref"),
            strategy=str(raw["strategy"]).lower() if raw.get("strategy") else None,
        )
    except (KeyError, TypeError, ValueError) as trouble:
        raise CouldNotLook(Cause.NO_DATA, f"the release is not readable: {trouble}") from None
