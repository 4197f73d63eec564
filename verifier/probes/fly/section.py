"""Fly.io, or what stands in for it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from verifier.core.config.target import Section, Target
from verifier.core.config.types import Names, Url

_VARIABLES = {
    "machines_url": "FLY_FLAPS_BASE_URL",
    "api_url": "FLY_API_BASE_URL",
    "releases_url": "FLY_UIEX_BASE_URL",
}
"""flyctl's own variables for the same addresses."""


class Platform(Section):
    """Fly.io, or what stands in for it; `machines = "none"` where nothing tells which machines there are.

    An address that the file does not give comes from the variable that flyctl reads for it, else it is Fly.io's.
    A file that gives an address gives all of them: a token must not go to the file's host and to the variable's.
    """

    always: ClassVar[bool] = True
    absence: ClassVar[str] = 'the target has platform.machines = "none"'
    machines: Literal["told", "none"] = "told"
    machines_url: Url = "https://api.machines.dev"
    api_url: Url = "https://api.fly.io"
    releases_url: Url | None = None

    @property
    def given(self) -> bool:
        """Whether something tells which machines there are."""
        return self.machines == "told"

    def mistakes(self, target: Target) -> Iterator[str]:
        """An address that is not the app's, or an app that has machines and is said to have none."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", target.app):
            yield "app: must be the name of a Fly app: lower-case letters, digits, hyphens"
        host = urlsplit(target.url or "").hostname or ""
        if self.machines == "none" and host.endswith(".fly.dev"):
            yield 'platform.machines: "none" is for apps without a platform; Fly.io tells of the machines of this one'
        if host.endswith(".fly.dev") and host != f"{target.app}.fly.dev":
            yield f"url: {host} is not the address of the Fly app '{target.app}', which is {target.app}.fly.dev"

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


class Secrets(Section):
    """The secrets that the app needs, by name alone."""

    names: Annotated[tuple[Names, ...], Field(min_length=1)]


def _origin(url: str) -> str:
    """Scheme, host and port: flyctl drops the path of this address and adds its own."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else url
