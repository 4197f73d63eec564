"""Machines of a fake platform: release, events, state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from verifier.core.machine import Machine, Release
from verifier.probes.platform.state import PlatformState

RELEASED = datetime(2026, 9, 10, 12, 30, tzinfo=UTC)


def at(minutes: float) -> int:
    """Unix time in milliseconds, these minutes after the release."""
    return int((RELEASED + timedelta(minutes=minutes)).timestamp() * 1000)


def ended(minutes: float | None, restarts: int = 0, **told: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """An exit event, these minutes after the release."""
    return {
        "type": "exit",
        "timestamp": None if minutes is None else at(minutes),
        "request": {"exit_event": told, "restart_count": restarts},
    }


def state(*machines: Machine) -> PlatformState:
    """The platform probe's evidence of these machines."""
    release = Release(id="r7", version=7, status="complete", created_at=RELEASED)
    return PlatformState(asked="?", where="here", at=RELEASED, again="fly", machines=machines, release=release)
