"""Which observations run and how far they are, told between the processes of a run by a small file for each."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from verifier.core.deadline import monotonic
from verifier.core.files import write_whole
from verifier.core.redaction import REDACTOR


@dataclass(frozen=True)
class Running:
    """An observation that has begun and not ended.

    Attributes:
        begun: by the machine's clock that never goes back, in seconds.
        seconds: roughly how many seconds it takes.
        told: how far it is, in its own words; empty if it said nothing. What follows its first line is shown where
            somebody watches; a line of it that begins with `!` is news, and is shown at once.
    """

    name: str
    begun: float
    seconds: float
    told: str = ""

    def __str__(self) -> str:
        first = self.told.partition("\n")[0]
        return f"{self.name}: {first}" if first else self.name

    @property
    def more(self) -> list[str]:
        """What it tells beyond its first line."""
        return self.told.splitlines()[1:]

    @property
    def news(self) -> list[str]:
        """What a person should hear of at once."""
        return [each.removeprefix("!").strip() for each in self.more if each.startswith("!")]

    def left(self, at: float) -> float:
        """Seconds that it will still take, by what it usually takes; 0 where it takes longer."""
        return max(0.0, self.begun + self.seconds - at)


class RunningObservations:
    """All of a run.

    Args:
        folder: where the processes of the run tell each other; made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, name: str, seconds: float) -> None:
        """Note that `name` has begun."""
        self._write(Running(name, monotonic(), seconds))

    def tell(self, name: str, progress: str, left: float | None = None) -> None:
        """Note how far `name` is, and the seconds that are left where it knows them."""
        known = self._read(self._file(name))
        if known:
            seconds = known.seconds if left is None else monotonic() - known.begun + left
            self._write(Running(name, known.begun, seconds, REDACTOR.text(progress)))

    def end(self, name: str) -> None:
        """Note that `name` has ended."""
        self._file(name).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[Running]:
        """Those that run now, the one that takes longest first."""
        found = [each for each in map(self._read, self._folder.glob("*.json")) if each]
        by_name = {each.name: each for each in sorted(found, key=lambda each: -each.begun)}  # workers may share one
        return iter(sorted(by_name.values(), key=lambda each: -(each.begun + each.seconds)))

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.{os.getpid()}.json"

    def _write(self, running: Running) -> None:
        with suppress(OSError):  # a full disk must not end an observation
            write_whole(self._file(running.name), json.dumps(asdict(running)))

    def _read(self, path: Path) -> Running | None:
        try:
            return Running(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
