"""A look at a running app and at its checkout, by which subjects propose what a target file says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from verifier.core.config.contract import Contract
from verifier.core.config.proposal import Proposed
from verifier.core.evidence import CouldNotLook
from verifier.core.machine import ConfiguredApp
from verifier.core.probe import Context

Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Survey:
    """What those who propose may use.

    Attributes:
        context: as a probe has it; its target says no more than the address.
        contract: the items, for those that a target may leave out.
        start: the path that the caller opens in a browser, with its query.
        checkout: the app's checkout, if it was given.
    """

    context: Context
    contract: Contract
    start: str = "/"
    checkout: Path | None = None
    _looks: dict[Callable[[Survey], Any], Any] = field(default_factory=dict)

    def once(self, look: Callable[[Survey], Seen]) -> Seen:
        """What `look` sees; made once, for all subjects.

        Raises:
            CouldNotLook: its own, each time.
        """
        if look not in self._looks:
            try:
                self._looks[look] = look(self)
            except CouldNotLook as trouble:
                self._looks[look] = trouble
        found = self._looks[look]
        if isinstance(found, CouldNotLook):
            raise found
        made: Seen = found
        return made

    def requires(self, section: str) -> list[str]:
        """The items that may be left out where the target lacks this section, waivable or not."""
        return [each.id for each in self.contract.item if each.applies == section]


class Recognized:
    """What a platform knows of an app before a target names it; a base of its section."""

    @classmethod
    def proposed(cls, survey: Survey) -> Iterator[Proposed]:  # noqa: ARG003 - for those who can tell
        """The app's name and the keys of the section, if the app certainly runs there."""
        yield from ()

    @classmethod
    def configured(cls, folder: Path) -> ConfiguredApp | None:  # noqa: ARG003 - for those who have a file
        """The app of this folder, if it has the platform's file and that names one."""
        return None
