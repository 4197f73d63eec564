"""Responses as a source counts them: by status, by machine, and how fast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from verifier.core.config.target import Target
from verifier.core.evidence import Record
from verifier.probes.http.client import Reply
from verifier.probes.stats.histogram import Durations, bucket_of, measured_times, tallied
from verifier.probes.stats.proportion import Share


class Request(NamedTuple):
    """One request that was answered, and how fast, if the line tells it without doubt about the unit."""

    method: str
    path: str
    status: int
    id: str = ""
    seconds: float | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path} answered {self.status}" + (f" (request {self.id})" if self.id else "")


class Responses(Record):
    """Responses by status ('200', '502', or a class such as '5xx').

    Attributes:
        statuses: status → number, of all responses.
        by_machine: machine → status → number, where the source tells machines apart.
        durations: how long they took, where the source tells.
    """

    statuses: dict[str, int] = {}
    by_machine: dict[str, dict[str, int]] = {}
    durations: Durations = Durations()

    @property
    def share(self) -> Share:
        """Server errors (5xx) among all responses."""
        return _share(self.statuses)

    @property
    def machines(self) -> dict[str, Share]:
        """The same for each machine."""
        return {machine: _share(each) for machine, each in self.by_machine.items()}


class AccessTally:
    """Counts the requests that a log tells of.

    Args:
        run: the mark of this run; its own requests are counted apart, by their mark.
        without: paths that do not count, such as health checks.
    """

    def __init__(self, run: str, without: frozenset[str]) -> None:
        self._run, self._without = run, without
        self._others: dict[str, Counter[str]] = {}
        self._buckets: Counter[int] = Counter()
        self.own = 0

    def add(self, machine: str, request: Request) -> None:
        """Count one request."""
        if self._run and self._run in request.path:
            self.own += 1
        elif _bare(request.path) not in self._without:
            self._others.setdefault(machine, Counter())[str(request.status)] += 1
            if request.seconds is not None:
                self._buckets[bucket_of(request.seconds)] += 1

    def responses(self) -> Responses:
        """What others asked for, and how it was answered."""
        return _summed({machine: dict(each) for machine, each in self._others.items()}, tallied(self._buckets))


def _bare(path: str) -> str:
    """The path without its query; nearly every line tells of a path alone, and there are many lines."""
    return path.partition("?")[0] if path[:1] == "/" else urlsplit(path).path


def of_replies(replies: Iterable[Reply]) -> Responses:
    """The suite's own requests; silence counts as a server error, as it would for an operator."""
    kept = list(replies)
    found: dict[str, Counter[str]] = {}
    for reply in kept:
        found.setdefault(reply.machine or "edge", Counter())[str(reply.status or "5xx")] += 1
    times = measured_times(reply.milliseconds / 1000 for reply in kept)
    return _summed({machine: dict(each) for machine, each in found.items()}, times)


def together(parts: Iterable[Responses]) -> Responses:
    """The sum of several, without their times."""
    found: dict[str, Counter[str]] = {}
    for part in parts:
        for machine, statuses in part.by_machine.items():
            found.setdefault(machine, Counter()).update(statuses)
    return _summed({machine: dict(each) for machine, each in found.items()}, Durations())


def less(all_: Mapping[str, Mapping[str, float]], own: Responses) -> dict[str, dict[str, int]]:
    """Machine → status → number, minus the suite's own requests; never below zero."""
    return {
        machine: {
            status: max(0, round(number) - _matching(own.by_machine.get(machine, {}), status))
            for status, number in each.items()
        }
        for machine, each in all_.items()
    }


def unattended(target: Target) -> frozenset[str]:
    """Paths that only programs request, or whose responses stay open: they would distort every figure."""
    return frozenset(urlsplit(path).path for section in target.sections for path in section.unattended)


def from_machines(by_machine: Mapping[str, Mapping[str, int]], durations: Durations) -> Responses:
    """Responses of which every one is known by its machine."""
    return _summed({machine: dict(each) for machine, each in by_machine.items()}, durations)


def _summed(by_machine: dict[str, dict[str, int]], durations: Durations) -> Responses:
    statuses: Counter[str] = Counter()
    for each in by_machine.values():
        statuses.update(each)
    return Responses(statuses=dict(statuses), by_machine=by_machine, durations=durations)


def _matching(statuses: Mapping[str, int], told: str) -> int:
    """How many have this status, where a class ('2xx') stands for all of its codes."""
    if not told.endswith("xx"):
        return statuses.get(told, 0)
    return sum(number for status, number in statuses.items() if status[0] == told[0] and status.isdigit())


def _share(statuses: Mapping[str, int]) -> Share:
    return Share(
        hits=sum(number for status, number in statuses.items() if status.startswith("5")), total=sum(statuses.values())
    )
