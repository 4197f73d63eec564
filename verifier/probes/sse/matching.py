"""Matches changes with the events that clients received."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from verifier.core.redaction import REDACTOR


@dataclass(frozen=True)
class QueueChange:
    """A change that was made.

    Attributes:
        name: as in '2. updated through 5a1…'.
        action: created, updated or deleted.
        id: of the approval.
        content: what an event about it must say.
        sent: when the request for it was sent.
    """

    name: str
    action: str
    id: str
    content: dict[str, Any]
    sent: float


@dataclass(frozen=True)
class Heard:
    """An event about an approval, and when it was complete."""

    action: str
    id: str
    content: dict[str, Any]
    at: float


@dataclass
class EventMatch:
    """What became of the changes at one client.

    Attributes:
        seconds: name of the change → seconds from sending it to its event.
        wrong: events that say something else than was written.
        twice: changes that came more than once.
        disorder: changes that came before an earlier one.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    disorder: list[str] = field(default_factory=list)


def matched(written: Sequence[QueueChange], heard: Sequence[Heard]) -> EventMatch:
    """Assign each event to the change that it tells of; every change is expected once, in the order of writing."""
    found, latest = EventMatch(), -1
    for event in heard:
        fitting = [place for place, each in enumerate(written) if _tells_of(event, each)]
        place = next((each for each in fitting if written[each].name not in found.seconds), None)
        if place is not None:
            change = written[place]
            found.seconds[change.name] = event.at - change.sent
            if place < latest:
                found.disorder.append(f"{change.name}, after {written[latest].name}")
            latest = max(latest, place)
        elif fitting:
            found.twice.append(written[fitting[-1]].name)
        else:
            found.wrong.append(_otherwise(event, written, found))
    return found


def _tells_of(event: Heard, change: QueueChange) -> bool:
    return (
        event.id == change.id
        and event.action == change.action
        and all(event.content.get(key) == value for key, value in change.content.items())
    )


def _otherwise(event: Heard, written: Sequence[QueueChange], found: EventMatch) -> str:
    """How an event differs from the first change that it could have told of."""
    near = [each for each in written if each.id == event.id and each.name not in found.seconds]
    if not near:
        return f"'{event.action}' of an approval that was not changed so"
    change = next((each for each in near if each.action == event.action), near[0])
    if event.action != change.action:
        return f"{change.name}: arrived as '{event.action}'"
    keys = [key for key, value in change.content.items() if event.content.get(key) != value]
    told = ", ".join(f"{key} {event.content.get(key)!r} instead of {change.content[key]!r}" for key in keys)
    return f"{change.name}: arrived with {REDACTOR.cut(told, 300)}"
