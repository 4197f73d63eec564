"""Fly.io, or what stands in for it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from verifier.core.config.files import Written
from verifier.core.config.types import Names, Url

_VARIABLES = {
    "machines_url": "FLY_FLAPS_BASE_URL",
    "api_url": "FLY_API_BASE_URL",
    "releases_url": "FLY_UIEX_BASE_URL",
}
"""flyctl's own variables for the same addresses."""


class Platform(Written):
    """Fly.io, or what stands in for it; `machines = "none"` where nothing tells which machines there are.

    An address that the file does not give comes from the variable that flyctl reads for it, else it is Fly.io's.
    A file that gives an address gives all of them: a token must not go to the file's host and to the variable's.
    """

    machines: Literal["told", "none"] = "told"
    machines_url: Url = "https://api.machines.dev"
    api_url: Url = "https://api.fly.io"
    releases_url: Url | None = None

    @property
    def releases(self) -> Url:
        """Where releases are asked for; flyctl has a variable of its own for it."""
        return self.releases_url or self.api_url

    @model_validator(mode="before")
    @classmethod
    def _as_flyctl_does(cls, given: Any) -> Any:  # noqa: ANN401 - pydantic hands over raw input
        if not isinstance(given, Mapping) or given.keys() & _VARIABLES.keys():
            return given
        found = {key: os.environ.get(name, "").strip() for key, name in _VARIABLES.items()}
        found["machines_url"] = _origin(found["machines_url"])
        return {**given, **{key: value for key, value in found.items() if value}}


class Secrets(Written):
    """The secrets that the app needs, by name alone."""

    names: Annotated[tuple[Names, ...], Field(min_length=1)]


def _origin(url: str) -> str:
    """Scheme, host and port: flyctl drops the path of this address and adds its own."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else url
