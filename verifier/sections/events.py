"""The event stream, and the approval queue that it tells of."""

from __future__ import annotations

from verifier.files import Written
from verifier.sections.types import Path_


class Events(Written):
    """The event stream."""

    path: Path_
    heartbeat: tuple[str, ...] = ("heartbeat",)
    comments: bool = True


class Approvals(Written):
    """The approval queue's API, for a synthetic approval that is removed again."""

    path: Path_ = "/api/approvals"
    create: dict[str, str]
    marker: str
    id: str = "id"
    event: str = "approval-update"
