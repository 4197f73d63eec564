"""Health endpoints, traffic, and the services beside the dashboard."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from verifier.core.config.files import Written
from verifier.core.config.types import HealthPath, Path_, Url
from verifier.probes.logs.section import Logs

Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Names = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\|[A-Za-z_][A-Za-z0-9_]*)*$")]
"""A name, or several of which any one will do: `A|B`."""


class Health(Written):
    """Where the app says how it is."""

    endpoint: Annotated[tuple[HealthPath, ...], Field(min_length=1)]


class Agent(Written):
    """The agent service, an app of its own beside the dashboard; its secrets by name alone."""

    app: str
    url: Url | None = None
    path: Path_ = "/health"
    claims: dict[str, str | bool | int] = {}
    secrets: tuple[Names, ...] = ()
    logs: Logs = Logs()


class Traffic(Written):
    """Requests that the suite may send to learn how fast and how well the app answers: bounded, GET only.

    Attributes:
        requests: of every run.
        top_up: further ones, at most, where others' traffic is too thin to tell an error rate; 0 for none.
    """

    paths: Annotated[tuple[Path_, ...], Field(min_length=1)]
    requests: Annotated[int, Field(ge=20, le=200)] = 40
    top_up: Annotated[int, Field(ge=0, le=2000)] = 0


class Metrics(Written):
    """The app's own metrics, on each machine: where they stand, and what they are called.

    Attributes:
        requests: the counter of responses by status, with or without its `_total`.
        seconds: the histogram of response times, without `_bucket`.
        status: the label that holds the HTTP status; the first that is there.
    """

    path: Path_ = "/metrics"
    requests: Name = "http_requests"
    seconds: Name = "http_request_duration_seconds"
    status: Annotated[tuple[Name, ...], Field(min_length=1)] = ("status", "status_code", "code")


class Secrets(Written):
    """The secrets that the app needs, by name alone."""

    names: Annotated[tuple[Names, ...], Field(min_length=1)]
