"""Asks a Prometheus by its HTTP API: the app's own, or else the platform's.

API: Prometheus documentation, "HTTP API"; VictoriaMetrics, Mimir and Thanos answer alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import httpx

from verifier.core.credentials import Need
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.platform import PlatformSection
from verifier.core.probe import Context
from verifier.probes.http.client import WHOLE, Reply, client, get, refusal
from verifier.probes.platform.state import opened
from verifier.probes.traffic.section import Metrics

SECONDS = 15.0
"""How long one question may take, with its repetitions."""
TOKEN = Need(
    names=("PROMETHEUS_TOKEN",),
    service="prometheus",
    what="a token that may query the Prometheus of [metrics]",
    purpose="scrape targets, series and alert rules",
    how="ask whoever runs that Prometheus for a token that only reads",
)
Labels = dict[str, str]


class Timeline(NamedTuple):
    """One series over a time: moments in Unix seconds → values."""

    labels: Labels
    points: list[tuple[float, float]]


@dataclass(frozen=True)
class Prometheus:
    """One Prometheus.

    Each question raises `CouldNotLook` where no answer is to be had, with the cause that the answer stands for.

    Attributes:
        ask: route below `/api/v1/` and parameters → the `data` of the answer.
        name: how reports call it.
        again: a line to type that asks it; `{}` stands for the route.
    """

    ask: Callable[[str, Mapping[str, str]], Any]
    name: str
    again: str = ""

    def values(self, expression: str) -> list[tuple[Labels, float]]:
        """The series of an expression at this moment, without those that are NaN."""
        found = self._results("query", {"query": expression}, "value")
        return [(labels, value) for labels, (_, value) in found if not math.isnan(value)]

    def over(self, expression: str, since: float, until: float, step: float) -> list[Timeline]:
        """The series of an expression over a time, in Unix seconds; where there is no value, there is no point."""
        params = {"query": expression, "start": f"{since:.0f}", "end": f"{until:.0f}", "step": f"{step:.0f}"}
        return [Timeline(*each) for each in self._results("query_range", params, "values")]

    def series(self, selector: str, since: datetime) -> list[Labels]:
        """The labels of every series that a selector selects and that had a sample since then."""
        found = self.ask("series", {"match[]": selector, "start": f"{since.timestamp():.0f}"})
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self._strange("series")
        return [{str(name): str(value) for name, value in each.items()} for each in found]

    def listed(self, route: str, key: str) -> list[dict[str, Any]]:
        """The list that an answer has under `key`."""
        told = self.ask(route, {})
        found = told.get(key) if isinstance(told, dict) else None
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self._strange(route)
        return found

    def _results(self, route: str, params: Mapping[str, str], key: str) -> list[tuple[Labels, Any]]:
        told = self.ask(route, params)
        try:
            return [
                ({str(name): str(value) for name, value in each["metric"].items()}, _numbers(each[key]))
                for each in told["result"]
            ]
        except (AttributeError, KeyError, TypeError, ValueError):
            raise self._strange(route) from None

    def _strange(self, route: str) -> CouldNotLook:
        told = f"{self.name}: the answer to {route} does not have the shape that Prometheus gives it"
        return CouldNotLook(Cause.NO_DATA, told, remedy=self.again.format(route))


def _numbers(told: Any) -> Any:  # noqa: ANN401 - one pair, or a list of pairs
    if isinstance(told[0], list):
        return [_numbers(each) for each in told]
    return float(told[0]), float(told[1])


@contextmanager
def prometheus(context: Context) -> Iterator[Prometheus]:
    """The Prometheus of `[metrics]`, or else the platform's, for as long as the block lasts."""
    url = context.target.section(Metrics).prometheus
    if url:
        with client(context.target) as session:
            yield at(context, session, url)
    else:
        title = context.target.section(PlatformSection).title
        with opened(context) as platform:
            yield Prometheus(platform.prometheus, f"the Prometheus of {title}")


def at(context: Context, session: httpx.Client, url: str) -> Prometheus:
    """The Prometheus, or what has its API, at this address."""
    needed = context.target.section(Metrics).needs_token

    def ask(route: str, params: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
        headers = {"authorization": f"Bearer {context.credentials.get('prometheus')}"} if needed else {}
        told = answer(context, session, f"{url}/api/v1/{route}", headers, params)
        return told.get("data") if isinstance(told, dict) else None

    bearer = ' -H "authorization: Bearer $PROMETHEUS_TOKEN"' if needed else ""
    return Prometheus(ask, f"Prometheus at {url}", f"curl -sS{bearer} '{url}/api/v1/{{}}'")


def answer(
    context: Context,
    session: httpx.Client,
    url: str,
    headers: Mapping[str, str],
    params: Mapping[str, str] | None = None,
) -> Any:  # noqa: ANN401 - any JSON
    """The JSON at an address, asked again where the way stumbles.

    Raises:
        CouldNotLook: with the cause that the answer stands for; no-data, if it is no JSON.
    """

    def once() -> Reply:
        reply = get(session, url, headers=headers, params=params, keep=WHOLE)
        if reply.status != httpx.codes.OK:
            raise refusal(reply, "the metrics and alerts", remedy=f"curl -sS -i '{url}'")
        return reply

    told = context.deadline.shorter(SECONDS).retry(once).content()
    if told is None:
        raise CouldNotLook(Cause.NO_DATA, f"the answer of {url} is no JSON")
    return told
