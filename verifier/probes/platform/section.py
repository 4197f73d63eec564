"""The sections `[secrets]` and `[deploy]`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from verifier.core.config.target import Section
from verifier.core.config.types import Names


class Secrets(Section):
    """The secrets that the app needs, by name alone."""

    names: Annotated[tuple[Names, ...], Field(min_length=1)]


class Deploy(Section):
    """How the app is deployed.

    Attributes:
        strategy: the platform's word for how a release is brought to the machines; without it, it is shown alone.
        regions: where machines must be, and nowhere else; anywhere without it.
    """

    always: ClassVar[bool] = True
    strategy: Annotated[str, Field(pattern=r"^[a-z][a-z_-]*$")] | None = None
    regions: tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+$")], ...] = ()
