"""Health endpoints, traffic, and the services beside the dashboard."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from verifier.files import Written
from verifier.sections.types import HealthPath, Path_, Url


class Health(Written):
    """Where the app says how it is."""

    endpoint: Annotated[tuple[HealthPath, ...], Field(min_length=1)]


class Agent(Written):
    """The agent service, an app of its own beside the dashboard."""

    app: str
    url: Url | None = None
    path: Path_ = "/health"
    claims: dict[str, str | bool | int] = {}


class Traffic(Written):
    """Requests that the suite may send to learn how fast the app answers: bounded, GET only."""

    paths: Annotated[tuple[Path_, ...], Field(min_length=1)]
    requests: Annotated[int, Field(ge=20, le=200)] = 40
