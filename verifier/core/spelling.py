"""What somebody may have meant by a name that nobody knows."""

from __future__ import annotations

import difflib
from collections.abc import Collection


def did_you_mean(name: str, known: Collection[str]) -> str:
    """`did you mean 'NAME'?`; empty if no known name is like it."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean '{near[0]}'?" if near else ""


def or_rather(name: str, known: Collection[str]) -> str:
    """The same, to end a sentence with."""
    near = did_you_mean(name, known)
    return f"; {near}" if near else ""
