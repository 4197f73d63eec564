"""The platform's record of a hostname."""

from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass
class HostnameRecord:
    """What the platform knows of one hostname."""

    name: str
    cname: str
    a: tuple[str, ...]
    aaaa: tuple[str, ...]
    expires_at: datetime
    status: str = "active"
    problem: str = ""
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
