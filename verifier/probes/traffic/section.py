"""The sections `[health]`, `[traffic]` and `[metrics]`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from verifier.core.config.target import Section
from verifier.core.config.types import HealthPath, Name, Path_, Url


class Health(Section):
    """Where the app says how it is."""

    endpoint: Annotated[tuple[HealthPath, ...], Field(min_length=1)]

    @property
    def unattended(self) -> tuple[str, ...]:
        """The endpoints, which the platform asks, too."""
        return tuple(each.path for each in self.endpoint)


class Traffic(Section):
    """Requests that the suite may send to learn how fast and how well the app answers: bounded, GET only.

    Attributes:
        requests: of every run.
        top_up: further ones, at most, where others' traffic is too thin to tell an error rate; 0 for none.
    """

    paths: Annotated[tuple[Path_, ...], Field(min_length=1)]
    requests: Annotated[int, Field(ge=20, le=200)] = 40
    top_up: Annotated[int, Field(ge=0, le=2000)] = 0


class Metrics(Section):
    """The app's own metrics, on each machine: where they stand, what they are called, and who collects them.

    Attributes:
        prometheus: a Prometheus of the app's own; the platform's without it.
        needs_token: whether that Prometheus answers only to a token.
        jobs: the scrape jobs of the app in it; all of its jobs without them.
        requests: the counter of responses by status, with or without its `_total`.
        seconds: the histogram of response times, without `_bucket`.
        status: the label that holds the HTTP status; the first that is there.
    """

    always: ClassVar[bool] = True
    prometheus: Url | None = None
    needs_token: bool = False
    jobs: tuple[Annotated[str, Field(pattern=r"^[\w-]+$")], ...] = ()
    path: Path_ = "/metrics"
    requests: Name = "http_requests"
    seconds: Name = "http_request_duration_seconds"
    status: Annotated[tuple[Name, ...], Field(min_length=1)] = ("status", "status_code", "code")

    @property
    def unattended(self) -> tuple[str, ...]:
        """The metrics, which collectors ask for."""
        return (self.path,)
