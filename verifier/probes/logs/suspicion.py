"""Lines that speak of failure and fit no rule: kept with their neighbours, grouped by template, and put to a person."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import AwareDatetime

from verifier.core.evidence import Cause, CouldNotLook, Record, moment
from verifier.core.redaction import REDACTOR
from verifier.probes.logs.weighing.line import template

KEPT = 100
"""Templates that are kept of each machine."""
NEIGHBOURS = 2
"""Lines before and after that are shown."""
_SHOWN = 160
"""Characters of a neighbour."""
_SCREEN = 5
"""Templates that are put to a person at once; the rest is counted."""
_TEMPLATE = 300
_MASK = re.compile(r"<(?:time|uuid|url|email|path|address|hex|id|number)>")
_QUOTE = "'"


class Suspicious(Record):
    """Lines of one machine that speak of failure, with all their repetitions.

    Attributes:
        line: the number of the first on this machine, from 1 for the first of the window.
        at: when it came first.
        last: when it came last.
        template: what they have in common, redacted.
        text: the first as it is.
        doubt: the words that speak of failure.
        before: the lines before it.
        after: the lines after it.
    """

    machine: str
    line: int
    at: AwareDatetime
    last: AwareDatetime
    template: str
    text: str
    doubt: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    count: int = 1

    def __str__(self) -> str:
        times = f", {self.count} times" if self.count > 1 else ""
        around = [f"    {each}" for each in self.before] + [f"  > {self.text}"] + [f"    {each}" for each in self.after]
        head = f"'{self.doubt}' in line {self.line} of machine {self.machine}, {moment(self.at)}{times}:"
        return "\n".join((head, *around))


@dataclass
class _Suspect:
    machine: str
    line: int
    at: datetime
    last: datetime
    template: str
    text: str
    doubt: str
    before: tuple[str, ...]
    after: list[str] = field(default_factory=list)
    count: int = 1


class Suspects:
    """The suspicious lines of one machine; memory is bounded."""

    def __init__(self) -> None:
        self._found: dict[str, _Suspect] = {}
        self._before: deque[str] = deque(maxlen=NEIGHBOURS)
        self._open: _Suspect | None = None
        self._fresh: _Suspect | None = None
        self.left_out = 0

    def pass_by(self, message: str) -> None:
        """Note a line, whatever it says: it is the neighbour of others."""
        self._before.append(message)
        if self._fresh is not None:
            self._open, self._fresh = self._fresh, None
        elif self._open is not None:
            self._open.after.append(_short(message))
            if len(self._open.after) == NEIGHBOURS:
                self._open = None

    def add(self, machine: str, line: int, at: datetime, headline: str, doubt: str) -> None:
        """Note a suspicious line, before `pass_by` is told of it."""
        kind = template_of(headline)
        known = self._found.get(kind)
        if known is not None:
            known.count, known.last = known.count + 1, at
        elif len(self._found) >= KEPT:
            self.left_out += 1
        else:
            before = tuple(map(_short, self._before))
            told = _Suspect(machine, line, at, at, kind, _short(headline), REDACTOR.text(doubt), before)
            self._found[kind] = self._fresh = told

    def drop(self, headline: str) -> None:
        """Forget a line that belongs to an error."""
        kind = template_of(headline)
        known = self._found.get(kind)
        if known is not None:
            known.count -= 1
            if not known.count:
                del self._found[kind]

    def records(self) -> tuple[Suspicious, ...]:
        """What was kept, in order of time."""
        return tuple(
            Suspicious(**{**vars(each), "after": tuple(each.after)})
            for each in sorted(self._found.values(), key=lambda each: each.line)
        )


def template_of(headline: str) -> str:
    """What a line has in common with its repetitions; redacted first, because half a secret is not known as one."""
    return template(REDACTOR.text(headline[: 4 * _TEMPLATE]))[:_TEMPLATE]


def unanswered(found: Iterable[Suspicious], known: frozenset[str], file: str) -> CouldNotLook | None:
    """What only a person can say: whether lines that no accepted release ever wrote tell of a failure.

    Args:
        found: the suspicious lines.
        known: templates that accepted releases wrote.
        file: the target file.

    Returns:
        The question, with lines to paste that answer it; nothing, if there is none.
    """
    fresh = _by_template(each for each in found if each.template not in known)
    if not fresh:
        return None
    shown, more = fresh[:_SCREEN], len(fresh) - _SCREEN
    rest = f"\nand {more} kinds more, in the evidence" if more > 0 else ""
    kinds = f"{len(fresh)} kinds of lines" if len(fresh) > 1 else "one kind of line"
    what = f"{kinds} may tell of a failure; no rule knows, and no accepted release ever wrote such a line:\n"
    return CouldNotLook(
        Cause.PRECONDITION,
        what + "\n".join(map(str, shown)) + rest,
        remedy=f"say in {file} what is normal, or write deny for allow where it is an error:\n"
        + "\n".join(_entry(each) for each in shown),
    )


def known_of(found: Iterable[Suspicious], known: frozenset[str]) -> list[str]:
    """Suspicious lines that an accepted release wrote too, for a warning."""
    return [
        f"speaks of failure ('{each.doubt}'), as an accepted release did, {each.count} times: {each.text}"
        for each in _by_template(each for each in found if each.template in known)
    ]


def _by_template(found: Iterable[Suspicious]) -> Sequence[Suspicious]:
    """One of each kind, with the repetitions on all machines."""
    kinds: dict[str, Suspicious] = {}
    for each in found:
        first = kinds.get(each.template)
        kinds[each.template] = first.model_copy(update={"count": first.count + each.count}) if first else each
    return list(kinds.values())


def _entry(each: Suspicious) -> str:
    pattern = pattern_of(each.template)
    written = f"'{pattern}'" if _QUOTE not in pattern else json.dumps(pattern, ensure_ascii=False)
    return f'[[logs.allow]]\npattern = {written}\nreason = "why this is normal"'


def pattern_of(kind: str) -> str:
    """A regular expression that every line of this template holds."""
    fixed, masks = _MASK.split(kind), _MASK.findall(kind)
    told = [re.escape(fixed[0]).replace("\\ ", " ")]
    for mask, part in zip(masks, fixed[1:], strict=True):
        told.append(r"\d+(?:\.\d+)?" if mask == "<number>" else r"\S.*?")
        told.append(re.escape(part).replace("\\ ", " "))
    return "".join(told)


def _short(text: str) -> str:
    return " ".join(REDACTOR.text(text).split())[:_SHOWN]
