"""Measures again what this machine, busy with something else, saw too late to tell whose delay it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from verifier.core.evidence import Cause, CouldNotLook

TICK = 0.05
"""Seconds between two looks at the clock, by which is known how late this machine is."""
NOISE = 0.02
"""Seconds by which every machine is late."""
_TRIES = 4

Seen = TypeVar("Seen")


def certain(took: Iterable[float], limit: float, late: float) -> bool:
    """Whether each time is within the limit, or beyond it even if this machine saw it so late."""
    return all(each <= limit or each - late > limit for each in took)


def until_certain(look: Callable[[], tuple[Seen, float]], certain: Callable[[Seen, float], bool]) -> Seen:
    """What `look` sees, tried again as long as this machine is too busy to tell how long it took.

    Args:
        look: measures times; what was seen, and by how many seconds this machine was late meanwhile.
        certain: whether what was seen is so even if this machine was so many seconds late.

    Raises:
        CouldNotLook: precondition, if it was too late each time.
    """
    for _ in range(_TRIES):
        seen, late = look()
        if certain(seen, late):
            return seen
    what = f"this machine was too busy to measure: {late:.1f} s late in the last of {_TRIES} tries"
    raise CouldNotLook(Cause.PRECONDITION, what, remedy="run again on a machine that has nothing else to do")
