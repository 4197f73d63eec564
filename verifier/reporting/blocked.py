"""Why something could not be looked at, and what to do where the probe knows nothing better."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.core.evidence import Cause
from verifier.core.verdict.results import Outcome

_MORE_TIME = "give the run more time (--deadline SECONDS), or look at it alone: "
_FIRST: dict[str, str] = {
    Cause.UNAUTHORIZED: "give the suite access, then look at it alone: ",
    Cause.UNREACHABLE: "see whether it runs and answers this machine, then look at it alone: ",
    Cause.RATE_LIMITED: "wait until requests are accepted again, then look at it alone: ",
    **dict.fromkeys((Cause.TIMEOUT, Cause.INTERRUPTED, Outcome.NOT_RUN), _MORE_TIME),
}
"""What to do where a probe could not look and knows nothing better."""


def alone(cause: str, command: str) -> str:
    """What to do first, and the command that judges the item alone."""
    return _FIRST.get(cause, "look at it alone: ") + command


@dataclass(frozen=True)
class Blocked:
    """One reason why something could not be looked at, and the items that it leaves unverified."""

    cause: str
    message: str
    remedy: str
    items: tuple[str, ...]

    def lines(self, most: int | None = None) -> Iterator[str]:
        """The reason with its items, and what else it says, a line each; at most so many of what else it says."""
        first, *rest = [line.strip() for line in self.message.splitlines() if line.strip()] or ["no reason was given"]
        count = f"{len(self.items)} items" if len(self.items) > 1 else "one item"
        yield f"{first} [{self.cause}], which leaves {count} open: {', '.join(self.items)}"
        yield from rest[:most]
        if most is not None and len(rest) > most:
            yield f"and {len(rest) - most} more"
