"""The section `[secrets]`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from verifier.core.config.target import Section
from verifier.core.config.types import Names


class Secrets(Section):
    """The secrets that the app needs, by name alone."""

    names: Annotated[tuple[Names, ...], Field(min_length=1)]
