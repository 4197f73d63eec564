"""The log lines of one app, as the platform keeps them."""

import json
import time
from dataclasses import dataclass

from sandbox.fly.identity import moment

PAGE = 100
KEPT = 50_000
REGION = "ord"


@dataclass(frozen=True)
class Line:
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
    """The level that a structured line gives itself; everything else counts as info."""
    try:
        record = json.loads(text)
    except ValueError:
        return "info"
    return str(record.get("level", "info")) if isinstance(record, dict) else "info"


class Logbook:
    """Lines in ascending order; each has a nanosecond of its own, so that a page can end between any two."""

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def write(self, instance: str, message: str, provider: str = "app", level: str | None = None) -> None:
        """Take one line down."""
        last = self._lines[-1].ns if self._lines else 0
        self._lines.append(Line(max(time.time_ns(), last + 1), message, level or level_of(message), instance, provider))
        del self._lines[:-KEPT]

    def page(self, token: str, instance: str | None) -> tuple[list[Line], str]:
        """The hundred lines after the token, or the newest hundred without one; and the token for the next page."""
        lines = [line for line in self._lines if instance in {None, "", line.instance}]
        after = int(token) if token.isdigit() else None
        page = lines[-PAGE:] if after is None else [line for line in lines if line.ns > after][:PAGE]
        return page, str(page[-1].ns) if page else token
