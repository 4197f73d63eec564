"""The section `[logs]`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import field_validator

from verifier.core.config.contract import Identifier, Positive, Reason
from verifier.core.config.files import Written
from verifier.core.config.target import Section
from verifier.core.config.types import Path_, Pattern


class Allowed(Written):
    """A log line that looks like an error and is none: why, and until when it may be thought so, if not for ever."""

    pattern: Pattern
    reason: Reason
    expires: date | None = None


class Denied(Written):
    """A log line that is an error, whatever it looks like, and why."""

    pattern: Pattern
    reason: Reason


class Periodic(Written):
    """A job that tells of its success in a rhythm; `google-analytics` is what `ga-api-health` judges.

    Attributes:
        success: a pattern of the line that tells of a success.
        trouble: a pattern of the line that tells of a failure.
        every: within how many seconds it must succeed anew; the item's limit, if not given.
    """

    name: Identifier
    success: Pattern
    trouble: Pattern | None = None
    every: Positive | None = None


class Logs(Section):
    """What the app's log can prove."""

    always: ClassVar[bool] = True
    requests: Literal["logged", "not-logged"] = "logged"
    control: Path_ = "/health"
    allow: tuple[Allowed, ...] = ()
    deny: tuple[Denied, ...] = ()
    periodic: tuple[Periodic, ...] = ()

    @property
    def unattended(self) -> tuple[str, ...]:
        """The path of our own requests that are looked for in the log."""
        return (self.control,)

    @field_validator("periodic")
    @classmethod
    def _named_once(cls, jobs: tuple[Periodic, ...]) -> tuple[Periodic, ...]:
        names = [job.name for job in jobs]
        if len(set(names)) < len(names):
            raise ValueError("two jobs have the same name; each needs its own")
        return jobs
