"""Whom an alert reaches: the routes and receivers of Alertmanager's configuration.

Format and order of routes: Alertmanager documentation, "Configuration" (`route`, `receiver`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from verifier.core.evidence import Cause, CouldNotLook, Record
from verifier.probes.alerts.expression import Matcher
from verifier.probes.alerts.rules import dicts, texts

_MATCHER = re.compile(
    r'\s*"?(?P<label>[^=!~"\s]+)"?\s*(?P<operator>=~|!~|!=|=)\s*(?P<value>"(?:[^"\\]|\\.)*"|[^,"]*)\s*,?'
)


class Route(Record):
    """One route: it takes the alerts that fit all of its matchers, and hands them to the first of its routes that does.

    Attributes:
        receiver: its own, or that of the route above.
        goes_on: whether the routes after it are tried as well.
    """

    receiver: str
    matchers: tuple[Matcher, ...] = ()
    goes_on: bool = False
    routes: tuple[Route, ...] = ()


class Routing(Record):
    """Routes and receivers.

    Attributes:
        root: the route of all alerts.
        receivers: name → the ways by which it tells anybody, by kind; none for one that tells nobody.
        source: where they are told.
    """

    root: Route
    receivers: dict[str, tuple[str, ...]]
    source: str

    def reached(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        """The receivers of an alert with these labels."""
        return tuple(dict.fromkeys(_reached(self.root, labels)))

    def silent(self, receiver: str) -> str:
        """Why a receiver tells nobody, in words; empty if it does."""
        if receiver not in self.receivers:
            return f"there is no receiver '{receiver}' in {self.source}"
        return "" if self.receivers[receiver] else f"the receiver '{receiver}' in {self.source} tells nobody"


def of_alertmanager(content: Mapping[str, Any], source: str) -> Routing:
    """The routing of a configuration of Alertmanager.

    Raises:
        CouldNotLook: precondition; it has no route.
    """
    if not isinstance(content.get("route"), dict):
        raise CouldNotLook(Cause.PRECONDITION, f"{source} has no route", remedy="amtool check-config FILE")
    receivers = {
        str(each.get("name")): tuple(kind for kind, ways in each.items() if kind.endswith("_configs") and ways)
        for each in dicts(content.get("receivers"))
    }
    return Routing(root=route(content["route"], ""), receivers=receivers, source=source)


def route(told: Mapping[str, Any], above: str) -> Route:
    """A route as Alertmanager or Grafana writes it, and those below it."""
    receiver = str(told.get("receiver") or above)
    return Route(
        receiver=receiver,
        matchers=tuple(_matchers(told)),
        goes_on=bool(told.get("continue")),
        routes=tuple(route(each, receiver) for each in dicts(told.get("routes"))),
    )


def _matchers(told: Mapping[str, Any]) -> Iterator[Matcher]:
    """In all forms: `match`, `match_re` (old), `matchers` (texts), `object_matchers` (Grafana's lists of three)."""
    yield from (Matcher(name, "=", value) for name, value in texts(told.get("match")).items())
    yield from (Matcher(name, "=~", value) for name, value in texts(told.get("match_re")).items())
    yield from (Matcher(*map(str, each)) for each in told.get("object_matchers") or ())
    for text in told.get("matchers") or ():
        inside = str(text).strip().removeprefix("{").removesuffix("}")
        for found in _MATCHER.finditer(inside):
            value = found["value"].strip().strip('"').replace('\\"', '"').replace("\\\\", "\\")
            yield Matcher(found["label"], found["operator"], value)


def _reached(tried: Route, labels: Mapping[str, str]) -> Iterator[str]:
    """The receivers below a route that takes the alert; its own, if none below does."""
    taken = False
    for each in tried.routes:
        if all(matcher.accepts(labels.get(matcher.label, "")) for matcher in each.matchers):
            taken = True
            yield from _reached(each, labels)
            if not each.goes_on:
                return
    if not taken:
        yield tried.receiver
