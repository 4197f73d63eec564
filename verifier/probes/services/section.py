"""The sections `[agent]` and `[chatwoot]`."""

from __future__ import annotations

from verifier.core.config.target import Section
from verifier.core.config.types import HealthPath, Names, Path_, Url
from verifier.probes.logs.section import Logs


class Agent(Section):
    """The agent service, an app of its own beside the dashboard; its secrets by name alone."""

    app: str
    url: Url | None = None
    path: Path_ = "/health"
    claims: dict[str, str | bool | int] = {}
    secrets: tuple[Names, ...] = ()
    logs: Logs = Logs()


class Chatwoot(Section, HealthPath):
    """The path where the app says how Chatwoot is."""
