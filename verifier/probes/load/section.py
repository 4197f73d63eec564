"""The section `[load]`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from verifier.core.config.contract import Positive
from verifier.core.config.target import Section
from verifier.core.config.types import Url


class LoadSection(Section):
    """The load on the event streams; how many there are is the limit's `count`."""

    hold: Positive = 30.0
    ramp: Positive = 10.0
    changes: Annotated[int, Field(ge=1, le=20)] = 3
    addresses: dict[str, Url] = {}
