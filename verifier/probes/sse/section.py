"""The sections `[events]` and `[approvals]`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from verifier.core.config.files import Written
from verifier.core.config.target import Section, Target
from verifier.core.config.types import Path_


class Count(Written):
    """Where the app tells how many streams it holds: a gauge among metrics in text, or a dotted key of a JSON body."""

    path: Path_
    metric: str | None = None
    key: str | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Count:
        if (self.metric is None) == (self.key is None):
            raise ValueError("give either metric = NAME (text of Prometheus) or key = DOTTED.KEY (JSON)")
        return self


class Events(Section):
    """The event stream.

    With `may_stop_machines`, and only where `writes = "allowed"` too, one machine is stopped and started again.
    """

    path: Path_
    heartbeat: tuple[str, ...] = ("heartbeat",)
    comments: bool = True
    time: tuple[str, ...] = ("at", "timestamp", "time", "ts", "sentAt")
    connections: Count | None = None
    may_stop_machines: bool = False

    @property
    def unattended(self) -> tuple[str, ...]:
        """The stream: its answers last."""
        return (self.path,)

    def mistakes(self, target: Target) -> Iterator[str]:
        """Machines that may be stopped in production."""
        if self.may_stop_machines and target.is_production:
            yield "events.may_stop_machines: never in production; leave it out"


class Approvals(Section):
    """The approval queue: its API or its table, and the words that the stream has for it.

    A synthetic approval is made, decided and removed again only with `writes = "allowed"`, `create` and `marker`.
    """

    path: Path_ = "/api/approvals"
    list_key: str = "approvals"
    lists: Literal["all", "pending"] = "all"
    table: str | None = None
    create: dict[str, str] = {}
    marker: str = ""
    decisions: Annotated[tuple[str, ...], Field(min_length=1)] = ("changes_requested", "rejected")
    id: str = "id"
    event: str = "approval-update"
    within: str = "approval"
    action: str = "action"
    told: tuple[str, ...] = ()
