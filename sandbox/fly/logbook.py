"""The log lines of one app."""

import json
import time
from dataclasses import dataclass

from sandbox.fly.identity import moment, nanoseconds

PAGE = 100
KEPT = 50_000
REGION = "ord"


@dataclass(frozen=True)
class LogbookLine:
    """One line, stamped when it was read."""

    ns: int
    message: str
    level: str
    instance: str
    provider: str

    def as_json(self) -> dict[str, object]:
        """The form of the log API."""
        place = {"instance": self.instance, "region": REGION}
        return {
            "id": f"{self.instance}-{self.ns}",
            "attributes": {
                "timestamp": moment(self.ns),
                "message": self.message,
                "level": self.level,
                **place,
                "meta": {**place, "event": {"provider": self.provider}},
            },
        }


def level_of(text: str) -> str:
    """The level in a structured line; info for other lines."""
    try:
        record = json.loads(text)
    except ValueError:
        return "info"
    return str(record.get("level", "info")) if isinstance(record, dict) else "info"


class Logbook:
    """Lines in ascending order, with unique nanoseconds, so that a page can end between any two."""

    def __init__(self) -> None:
        self._lines: list[LogbookLine] = []

    def write(self, instance: str, message: str, provider: str = "app", level: str | None = None) -> None:
        """Add one line."""
        last = self._lines[-1].ns if self._lines else 0
        self._lines.append(
            LogbookLine(max(time.time_ns(), last + 1), message, level or level_of(message), instance, provider)
        )
        del self._lines[:-KEPT]

    def forget(self, before: str) -> None:
        """Drop all lines from before this moment."""
        begin = nanoseconds(before)
        self._lines = [line for line in self._lines if line.ns >= begin]

    def known(self, ns: int) -> bool:
        """Whether a line has exactly this timestamp."""
        return any(line.ns == ns for line in self._lines)

    def nth_since(self, ns: int, number: int) -> int:
        """The timestamp of the nth line after `ns`, or the greatest possible."""
        after = [line.ns for line in self._lines if line.ns > ns]
        return after[number] if len(after) > number else 1 << 63

    def first_with(self, text: str, instance: str, ns: int) -> int:
        """The timestamp of a machine's first line after `ns` that contains `text`; 0 if there is none."""
        return next(
            (line.ns for line in self._lines if line.ns > ns and line.instance == instance and text in line.message), 0
        )

    def page(
        self, token: str, instance: str | None, hidden: tuple[str, int, int] = ("", 0, 0)
    ) -> tuple[list[LogbookLine], str]:
        """The hundred lines after the token, or the newest hundred; and the token of the next page.

        Lines of the machine `hidden[0]` from `hidden[1]` to `hidden[2]` are left out.
        """
        machine, begin, end = hidden
        lines = [line for line in self._lines if instance in {None, "", line.instance}]
        lines = [line for line in lines if not (line.instance == machine and begin <= line.ns <= end)]
        after = int(token) if token.isdigit() else None
        page = lines[-PAGE:] if after is None else [line for line in lines if line.ns > after][:PAGE]
        return page, str(page[-1].ns) if page else token
