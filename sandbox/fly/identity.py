"""Identifiers and timestamps in the platform's formats."""

import secrets
import time
from datetime import UTC, datetime

CHECK_AGENT = "Fly-Health-Check/1.0"
"""The user agent of the platform's checks."""
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid() -> str:
    """A sortable identifier: 48 bits of milliseconds, 80 random bits."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -5, -5))


def machine_id() -> str:
    """Fourteen hexadecimal digits, as for machines."""
    return f"{secrets.randbelow(9) + 1}{secrets.token_hex(7)[1:]}"


def moment(ns: int | None = None) -> str:
    """RFC 3339 in UTC with milliseconds."""
    stamp = datetime.fromtimestamp((time.time_ns() if ns is None else ns) / 1e9, UTC)
    return stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def nanoseconds(moment_: str) -> int:
    """The inverse: nanoseconds of Unix time."""
    return int(datetime.fromisoformat(moment_).timestamp() * 1000) * 1_000_000
