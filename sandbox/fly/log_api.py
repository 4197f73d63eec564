"""The log API of one app: hundred lines a page and a cursor; and everything that may go wrong with a log."""

from collections import Counter
from collections.abc import Mapping

from sandbox.fly.app import App
from sandbox.fly.identity import nanoseconds
from sandbox.fly.logbook import Line

Faults = Mapping[str, str | None]
HOLE_AFTER = 8
"""Lines since the release after which a fault makes the log end; the machines write more before they serve anybody."""
SHORT_PAGE = 60
"""Lines of a page after which a fault makes the cursor leap."""
LEAP_NS = 400_000_000
LOST_NS = 4_000_000_000
"""For how long a fault loses the lines of one machine, from our own first request on."""
CONTROL = "probe="


class LogApi:
    """Hands out pages, with the faults that the platform has at that moment."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()

    def refused(self, faults: Faults) -> tuple[int, str] | None:
        """Status and body of a refusal, if this request is refused: every second one, in turn with 429 and 502."""
        if "log-api-flaps" not in faults:
            return None
        self._asked["flaps"] += 1
        turn = self._asked["flaps"] % 4
        return {1: (429, "Too Many Requests"), 3: (502, "<html><h1>502 Bad Gateway</h1></html>")}.get(turn)

    def page(self, app: App, faults: Faults, token: str, instance: str | None) -> tuple[list[Line], str]:
        """The lines of a page, and the cursor of the next one."""
        if "logs-silent" in faults:
            return [], token
        lines, following = app.logbook.page(token, instance, hidden=self._hidden(app, faults))
        if "log-page-empty" in faults and token.isdigit():
            self._asked[token] += 1
            # The first time that a page behind the first one is asked for, it is empty.
            if self._asked[token] == 1 and app.logbook.known(int(token)):
                return [], token
        if "log-cursor-leaps" in faults and lines:
            return lines[:SHORT_PAGE], str(lines[:SHORT_PAGE][-1].ns + LEAP_NS)
        if "log-hole" in faults and token.isdigit():
            end = app.logbook.nth_since(nanoseconds(app.current.created_at), HOLE_AFTER)
            lines = [line for line in lines if line.ns < end]
            return lines, str(lines[-1].ns) if lines else token
        return lines, following

    def _hidden(self, app: App, faults: Faults) -> tuple[str, int, int]:
        """The machine and the time whose lines the log does not hold."""
        first, release = app.machines[0].id, nanoseconds(app.current.created_at)
        if "log-missing-on-one-machine" in faults:
            return first, release, 1 << 63
        if "log-loses-lines" in faults:
            control = app.logbook.first_with(CONTROL, first, release)
            return (first, control, control + LOST_NS) if control else ("", 0, 0)
        return "", 0, 0
