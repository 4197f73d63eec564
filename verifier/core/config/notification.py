"""Whom a target tells of its runs: `[reports]`, `[figures]` and `[escalation]` of the target file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from verifier.core.config.contract import EscalationLevel, Positive
from verifier.core.config.files import Written

Address = Annotated[str, Field(pattern=r"^https?://[^\s@?#]+$")]
"""Without a login in it: that is a secret, and has a place of its own."""
_SECRET_NAME = re.compile(r"([a-z0-9][a-z0-9-]*/)?[A-Za-z_][A-Za-z0-9_]*")
"""`NAME`, or `SERVICE/NAME` of the vault."""


class Reports(Written):
    """Where people keep reports of their own.

    Attributes:
        feedback: the checkout that holds `feedback/devops/`, or that folder itself; from the folder of the suite.
    """

    feedback: Annotated[str, Field(min_length=1)] | None = None


class Figures(Written):
    """Where the figures of every run go, besides its report; nowhere by default.

    Attributes:
        push: a Pushgateway of Prometheus.
        push_login: the secret that holds its login, as `USER:PASSWORD`.
        traces: a collector of OpenTelemetry, by OTLP over HTTP; `/v1/traces` is added.
        traces_headers: the secret that holds headers for it, as `NAME=VALUE,NAME=VALUE`.
    """

    push: Address | None = None
    push_login: Annotated[str, Field(pattern=f"^{_SECRET_NAME.pattern}$")] | None = None
    traces: Address | None = None
    traces_headers: Annotated[str, Field(pattern=f"^{_SECRET_NAME.pattern}$")] | None = None


class Delivery(Written):
    """How the escalations of the contract reach people.

    Attributes:
        deliver: whether to send; without it a run shows what it would send.
        repeat: seconds after which what lasts is told again.
        channels: level → the secrets that hold the addresses to tell, as URLs of Apprise.
    """

    deliver: bool = False
    repeat: Positive = 7200.0
    channels: dict[EscalationLevel, tuple[str, ...]] = {}

    @field_validator("channels", mode="before")
    @classmethod
    def _names_of_secrets(cls, given: Any) -> Any:  # noqa: ANN401 - pydantic hands over raw input
        """Refuse an address without repeating it: it is a secret, and a mistake stands in the terminal."""
        for level, names in given.items() if isinstance(given, Mapping) else ():
            for place, name in enumerate(names if isinstance(names, (list, tuple)) else [names], 1):
                if not isinstance(name, str) or not _SECRET_NAME.fullmatch(name):
                    raise ValueError(
                        f"{level}[{place}] must be the name of the secret that holds the address, as in TEAM_URL"
                    )
        return given

    @model_validator(mode="after")
    def _somebody_to_tell(self) -> Delivery:
        if self.deliver and not any(self.channels.values()):
            raise ValueError("deliver = true needs somebody to tell: name the secrets of their addresses in channels")
        return self
