"""Asks the platform about one target outside of a run. Read-only: nothing here stops, starts or changes anything."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path

from verifier.core.config.contract import read_contract
from verifier.core.config.files import Mistakes
from verifier.core.config.target import read_target
from verifier.core.config.target_files import find_target
from verifier.core.credentials import Credentials
from verifier.core.deadline import Deadline
from verifier.core.evidence import require
from verifier.core.execution.folders import new_scratch
from verifier.core.execution.run import Run
from verifier.core.platform import Platform, PlatformSection
from verifier.core.suite import Place

SECONDS = 25.0
"""How long one question may take; clients give up after a minute."""


@dataclass
class AskedDeployment:
    """A target, as those who operate it ask about it.

    A target that is started for a run is started with the first question, and stopped by `end`.

    Attributes:
        faults: what such a target is told to do wrong.
    """

    place: Place
    target: str
    vault: Path
    faults: tuple[str, ...] = ()
    _run: Run = field(init=False)
    _starting: threading.Lock = field(default_factory=threading.Lock)
    _started: bool = False

    def __post_init__(self) -> None:
        """Read the target.

        Raises:
            Mistakes: contract or target cannot be read, or the target takes no faults.
        """
        contract, file = read_contract(self.place.suite), find_target(self.place.home, self.target)
        target = read_target(file, contract)
        if self.faults and not target.start:
            raise Mistakes([f"--fault: the target {self.target} is not started here; faults belong to the sandbox"])
        scratch = new_scratch()
        self._run = Run(
            root=self.place.home,
            suite=self.place.suite,
            contract=contract,
            target_file=file,
            target=target,
            folder=scratch / "report",
            scratch=scratch,
            history=scratch / "history.json",
            deadline=Deadline(inf),
            credentials=Credentials(vault=self.vault),
        )

    @property
    def told(self) -> Run:
        """The target, its address and what may be done to it, once it is known."""
        with self._starting:
            if not self._started:
                self._run.start(self.faults)
                self._started = True
        return self._run

    @property
    def writes(self) -> bool:
        """Whether a run may change the target, such as stop one of its machines."""
        return self._run.target.writes == "allowed"

    @property
    def name(self) -> str:
        """What records call the target, also where it was given as a file."""
        return self._run.target.name

    @property
    def scratch(self) -> Path:
        """A private folder, gone at the end."""
        return self._run.scratch

    @property
    def starts(self) -> bool:
        """Whether it is started here, for each use anew."""
        return bool(self._run.target.start)

    @contextmanager
    def asked(self) -> Iterator[tuple[PlatformSection, Platform]]:
        """The platform and its section, for as long as the block lasts.

        Raises:
            CouldNotLook: the target could not be started, has no platform, or its secret is missing.
        """
        run = self.told
        require(run.obstacle)
        section = run.target.section(PlatformSection)
        with section.opened(run.context(run.collector(), run.deadline.shorter(SECONDS))) as platform:
            yield section, platform

    def end(self) -> None:
        """Stop what was started, and remove what was kept."""
        self._run.end()
