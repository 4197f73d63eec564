"""Remembers what people were told of a target, beside the file that keeps its last accepted release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from verifier.core.config.contract import EscalationLevel
from verifier.core.deadline import Deadline
from verifier.core.files import write_whole
from verifier.core.redaction import REDACTOR
from verifier.reporting.escalation.alarms import Alarm, Key
from verifier.reporting.locking import lock

_OPEN = TypeAdapter(tuple[Alarm, ...])


class SentAlarms:
    """The alarms of a target that people were told of, and that have not ended.

    Args:
        history: the file of the target's last accepted release.
    """

    def __init__(self, history: Path) -> None:
        self._path = history.with_suffix(".escalations.json")

    @contextmanager
    def held(self, deadline: Deadline) -> Iterator[None]:
        """Keep other runs of the target away: two at once would both tell people.

        Raises:
            CouldNotLook: timeout, if another run does not let go of it.
            OSError: it cannot be written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("ab") as file:
            lock(file, deadline)
            yield

    def alarms(self) -> tuple[Alarm, ...]:
        """What people were told of. One that cannot be read counts as empty: at worst people are told twice."""
        try:
            return _OPEN.validate_json(self._path.read_bytes())
        except (OSError, ValueError):
            return ()

    def note(self, at: datetime, reached: Sequence[EscalationLevel], alarms: Iterable[Alarm]) -> None:
        """People of these levels were told of these.

        Raises:
            OSError: it cannot be written.
        """
        known = self._known()
        for each in alarms:
            before = known[each.key].reached if each.key in known else ()
            levels = tuple(dict.fromkeys((*before, *reached)))
            known[each.key] = each.model_copy(update={"told": at, "reached": levels})
        self._write(known)

    def end(self, level: EscalationLevel, alarms: Iterable[Alarm]) -> None:
        """People of this level were told that these have ended; when all were, they are forgotten.

        Raises:
            OSError: it cannot be written.
        """
        known = self._known()
        for each in alarms:
            left = tuple(other for other in known[each.key].reached if other != level)
            known[each.key] = each.model_copy(update={"reached": left})
        self._write({key: each for key, each in known.items() if each.reached})

    def _known(self) -> dict[Key, Alarm]:
        return {each.key: each for each in self.alarms()}

    def _write(self, alarms: dict[Key, Alarm]) -> None:
        text = _OPEN.dump_json(tuple(alarms.values()), indent=2).decode()
        write_whole(self._path, REDACTOR.text(text) + "\n")
