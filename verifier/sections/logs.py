"""What the app's log can prove."""

from __future__ import annotations

from datetime import date
from typing import Literal

from verifier.definition import Sentence
from verifier.files import Written
from verifier.sections.types import Path_, Pattern


class Allowed(Written):
    """A log line that looks like an error and is none: why, and until when it may be thought so."""

    pattern: Pattern
    reason: Sentence
    expires: date


class Logs(Written):
    """What the app's log can prove."""

    requests: Literal["logged", "not-logged"] = "logged"
    control: Path_ = "/health"
    allow: tuple[Allowed, ...] = ()
    analytics: Pattern | None = None
    analytics_trouble: Pattern | None = None
