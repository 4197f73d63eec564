"""`[platform] kind = "supervisor"` of a target file."""

from __future__ import annotations

from typing import ClassVar, Literal

from verifier.core.config.types import Url
from verifier.core.platform import ByHand, PlatformSection
from verifier.core.subject import Reference


class SupervisorSection(PlatformSection):
    """Where the supervisor is steered. It asks for no credential: only this machine reaches it."""

    title: ClassVar[str] = "a supervisor"
    opens: ClassVar[Reference] = Reference("supervisor.platform", "opened")
    machine_header: ClassVar[str] = "x-process"
    kind: Literal["supervisor"]
    control: Url

    @property
    def public_page(self) -> str | None:
        """The release can be read by anybody."""
        return f"{self.control}/release"

    def by_hand(self, app: str) -> ByHand:  # noqa: ARG002 - it keeps one app
        """The same with curl."""
        ask = f"curl -sS {self.control}"
        return ByHand(
            machines=f"{ask}/machines",
            releases=f"{ask}/release",
            logs=f"{ask}/log",
            start=f"{ask}/machines/{{}}/start -X POST",
            stop=f"{ask}/machines/{{}}/stop -X POST",
        )
