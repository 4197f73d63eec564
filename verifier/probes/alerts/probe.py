"""Finds the rules that watch each endpoint, tries them on a failure, and follows their alerts to a receiver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.probes.alerts.evidence import AlertState, WatchingRule
from verifier.probes.alerts.expression import Expression, Selector
from verifier.probes.alerts.firing import Trial
from verifier.probes.alerts.rules import AlertRule
from verifier.probes.alerts.section import AlertedEndpoint, Alerts
from verifier.probes.alerts.sources import Sources, read
from verifier.probes.traffic.prometheus import Labels, Prometheus, prometheus
from verifier.probes.traffic.section import Metrics

_OF_A_RULE = {Cause.PRECONDITION, Cause.TRUNCATED}
"""Causes that lie in one rule: it selects too much, or something that Prometheus refuses."""
_PAST = timedelta(hours=1)
"""A series without a sample in this time does not exist any more."""


def observe_alerts(context: Context) -> AlertState:
    """Look at every rule that watches one of the endpoints.

    Raises:
        CouldNotLook: precondition, if the target names no endpoint; or why rules, receivers or series are not told.
    """
    started, settings = now(), context.target.section(Alerts)
    endpoints = _endpoints(context, settings)
    sources = read(context)
    with prometheus(context) as asked:
        looking = _Looking(context, settings, asked, sources)
        watches = tuple(watch for each in endpoints for watch in looking.watches(each))
    return AlertState(
        asked="Is every endpoint watched by an alert that can fire and reaches somebody?",
        where=f"rules of {sources.where}; receivers of {sources.routing.source}; series of {asked.name}",
        at=started,
        again=sources.again,
        endpoints=tuple(each.path for each in endpoints),
        rules=len(sources.rules),
        watches=watches,
        unread=looking.unread,
        managers=sources.managers,
    )


def _endpoints(context: Context, settings: Alerts) -> list[AlertedEndpoint]:
    """Those of the phases that are judged, and those of none.

    Raises:
        CouldNotLook: precondition; there is none.
    """
    deployed = context.options.phases
    found = [each for each in settings.endpoint if each.phase is None or each.phase in deployed]
    if not found:
        what = "[alerts] names no endpoint of a phase that is deployed"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="add [[alerts.endpoint]] with its path to the target file")
    return found


@dataclass
class _Looking:
    """Looks at rules, each expression read and each selector asked for once.

    Attributes:
        unread: rule → why its expression cannot be read, so that it is not known what it watches.
    """

    context: Context
    settings: Alerts
    asked: Prometheus
    sources: Sources
    unread: dict[str, str] = field(default_factory=dict)
    _series: dict[str, list[Labels]] = field(default_factory=dict)
    _read: list[tuple[AlertRule, Expression]] | None = None

    def watches(self, endpoint: AlertedEndpoint) -> Iterator[WatchingRule]:
        """Every rule that watches the endpoint, or that says it does."""
        for rule, expression in self._rules():
            try:
                watching = self._watches(expression, endpoint)
            except CouldNotLook as trouble:
                if trouble.cause not in _OF_A_RULE:
                    raise
                watching, self.unread[rule.name] = False, trouble.what
            if watching:
                yield self._watch(rule, expression, endpoint)

    def _rules(self) -> list[tuple[AlertRule, Expression]]:
        if self._read is None:
            self._read = []
            for rule in self.sources.rules:
                try:
                    self._read.append((rule, Expression(rule.expression)))
                except CouldNotLook as trouble:
                    self.unread[rule.name] = rule.unread or trouble.what
        return self._read

    def _watches(self, expression: Expression, endpoint: AlertedEndpoint) -> bool:
        """Whether a selector names the endpoint, or selects series of it without naming any."""
        for each in expression.selectors:
            named = each.on(set(self.settings.label))
            says = any(matcher.positive and matcher.accepts(endpoint.watched) for matcher in named)
            if says or each.metric in self.settings.whole_app:
                return True
            series = (_named(labels, self.settings.label) for labels in self._existing(each))
            if not any(matcher.positive for matcher in named) and endpoint.watched in series:
                return True
        return False

    def _empty(self, selector: Selector, endpoint: AlertedEndpoint) -> bool:
        """Whether it selects no series that exists: of the endpoint, or of none in particular."""
        mine = {None, endpoint.watched}
        return not any(_named(each, self.settings.label) in mine for each in self._existing(selector))

    def _existing(self, selector: Selector) -> list[Labels]:
        """The series of a selector; a status that was never answered has none yet, so none is asked for."""
        text = selector.without(set(self.context.target.section(Metrics).status))
        if text not in self._series:
            self._series[text] = self.asked.series(text, now() - _PAST)
        return self._series[text]

    def _watch(self, rule: AlertRule, expression: Expression, endpoint: AlertedEndpoint) -> WatchingRule:
        fires, labels, unproved = self._tried(rule, expression, endpoint)
        alert = {"alertname": rule.name, **labels, **rule.labels}
        reached = (rule.receiver,) if rule.receiver else self.sources.routing.reached(alert)
        silent = [self.sources.routing.silent(each) for each in reached]
        return WatchingRule(
            endpoint=endpoint.path,
            rule=rule,
            empty=tuple(str(each) for each in expression.selectors if self._empty(each, endpoint)),
            fires=fires,
            unproved=unproved,
            receivers=reached,
            # One that tells somebody is enough.
            silent="; ".join(silent) if all(silent) else "",
        )

    def _tried(self, rule: AlertRule, expression: Expression, endpoint: AlertedEndpoint) -> tuple[str, Labels, str]:
        """The failure on which it fires, the labels of its alert; or why that could not be tried."""
        try:
            trial = Trial(self.context, self.asked, rule, expression, endpoint.watched, self._existing)
            return (*trial.fires(), "")
        except CouldNotLook as trouble:
            if trouble.cause not in _OF_A_RULE:
                raise
            return "", {}, trouble.what


def _named(labels: Labels, names: tuple[str, ...]) -> str | None:
    return next((labels[each] for each in names if each in labels), None)
