"""No platform: only the target's address can be observed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal, NoReturn
from urllib.parse import urlsplit

from verifier.core.config.target import Target
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.platform import NOT_APPLICABLE, ByHand, PlatformSection, platforms
from verifier.core.probe import Context
from verifier.core.subject import Reference


class NoPlatform(PlatformSection):
    """`machines = "none"`."""

    title: ClassVar[str] = "no platform"
    opens: ClassVar[Reference] = Reference(__name__, "opened")
    machines: Literal["none"] = "none"

    @classmethod
    def reads(cls, given: Mapping[str, Any], name: str) -> bool:
        """Whether it says so in either way."""
        return given.get("kind") == name or ("kind" not in given and given.get("machines") == "none")

    @property
    def given(self) -> bool:
        """Nothing tells of machines."""
        return False

    @property
    def public_page(self) -> str | None:
        """A public address that has nothing to do with the app: if it answers, our own way is good."""
        return "https://api.machines.dev/v1/platform/regions"

    def by_hand(self, app: str) -> ByHand:  # noqa: ARG002 - there is nothing to ask
        """Nothing."""
        return ByHand(machines="", releases="", logs="")

    def mistakes(self, target: Target) -> Iterator[str]:
        """An app whose machines a platform does tell."""
        host = urlsplit(target.url or "").hostname or ""
        for each in (each for each in platforms().values() if each.owns(host)):
            told = f"{each.title} tells of the machines of this one"
            yield f'platform.machines: "none" is for apps without a platform; {told}'


def opened(context: Context) -> NoReturn:
    """Raises precondition: there is nobody to ask."""
    what = f'nothing tells of the machines of {context.target.app}: {context.target.file} has machines = "none"'
    raise CouldNotLook(Cause.PRECONDITION, what, remedy=NOT_APPLICABLE)
