"""How long an operator waits: for so many seconds of a machine that can look, and not for ever on one that cannot."""

from __future__ import annotations

from collections.abc import Callable

from verifier.core.deadline import monotonic
from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.browser.own_delay import NOISE, REMEDY

MOST = 3.0
"""How often its seconds a wait may last on a busy machine."""

_TOO_MUCH = 0.5
"""The share of a wait that cannot be repeated, from which it tells nothing: a person's patience is some times what an
app takes."""


class Waiting:
    """One wait that has begun.

    Args:
        delay: for how many seconds since a moment this machine was too busy to look (`OwnDelay.since`).
        seconds: how long is waited where it is not.
        began: when, by the clock of `deadline.monotonic`; now, unless it is told.

    Attributes:
        rest: seconds that are to be waited next.
    """

    def __init__(self, delay: Callable[[float], float], seconds: float, began: float | None = None) -> None:
        self._delay = delay
        self._seconds = seconds
        self._began = monotonic() if began is None else began
        self.rest = seconds

    def goes_on(self, what: str) -> bool:
        """Whether, after a wait in vain, the machine has taken so much of it that `rest` is to be waited, too.

        Args:
            what: was waited for, in words.

        Raises:
            CouldNotLook: precondition; it has taken so much for so long that nothing can be said.
        """
        passed = monotonic() - self._began
        missing = self._seconds - passed + self._delay(self._began)
        if missing <= NOISE * self._seconds:
            return False
        left = MOST * self._seconds - passed
        if left <= 0:
            raise self._too_busy(what, passed, missing)
        self.rest = min(missing, left)
        return True

    def require_time(self, what: str) -> None:
        """Go on only where the wait had most of its time: for what is not tried twice, as a click.

        Raises:
            CouldNotLook: precondition; this machine has taken too much of it.
        """
        passed = monotonic() - self._began
        missing = self._seconds - passed + self._delay(self._began)
        if missing > _TOO_MUCH * self._seconds:
            raise self._too_busy(what, passed, missing)

    def _too_busy(self, what: str, passed: float, missing: float) -> CouldNotLook:
        looked = max(0.0, self._seconds - missing)
        why = f"this machine was too busy to look, and had {looked:.1f} s of {passed:.1f} s"
        return CouldNotLook(Cause.PRECONDITION, f"{what} was waited for in vain, but {why}", remedy=REMEDY)
