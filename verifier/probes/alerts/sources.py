"""Reads alert rules and receivers where the target file says that they are: an API, or files of the checkout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import yaml

from verifier.core.credentials import Need
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.probes.alerts import grafana, receivers, rules
from verifier.probes.alerts.receivers import Routing
from verifier.probes.alerts.rules import AlertRule
from verifier.probes.alerts.section import Alerts
from verifier.probes.http.client import client
from verifier.probes.traffic.prometheus import answer, at
from verifier.probes.traffic.section import Metrics

GRAFANA = Need(
    names=("GRAFANA_TOKEN",),
    service="grafana",
    what="a token of a Grafana service account that may read alert rules and contact points",
    purpose="alert rules, contact points and notification policies",
    how="Grafana → Administration → Service accounts; the role Viewer with alerting provisioning read",
)
ALERTMANAGER = Need(
    names=("ALERTMANAGER_TOKEN",),
    service="prometheus",
    what="a token that may read the status of the Alertmanager of [alerts]",
    purpose="routes and receivers of alerts",
    how="ask whoever runs that Alertmanager for a token that only reads",
)
_LARGEST = 5_000_000


class Sources(NamedTuple):
    """Rules and receivers.

    Attributes:
        where: who told the rules.
        again: a line to type that asks the same.
        managers: how many Alertmanagers the Prometheus sends to; nothing where none was asked.
    """

    rules: list[AlertRule]
    routing: Routing
    where: str
    again: str
    managers: int | None = None


class _File(NamedTuple):
    name: str
    text: str
    content: Mapping[str, Any]


def read(context: Context) -> Sources:
    """What the target's section names.

    Raises:
        CouldNotLook: with the cause for which something could not be read; precondition, if nothing is named.
    """
    settings = context.target.section(Alerts)
    with client(context.target) as session:
        if settings.grafana:
            return _of_grafana(context, session, settings.grafana)
        routing = _routing(context, session, settings)
        if settings.rules:
            files = _files(context, settings.rules)
            found = [rule for file in files for rule in _of_file(file)]
            names = ", ".join(each.name for each in files)
            return Sources(found, routing, names, f"promtool check rules {names.replace(',', '')}")
        url = settings.rules_url or context.target.section(Metrics).prometheus
        if url is None:
            what = "[alerts] names no rules: neither rules, nor rules_url, nor grafana, nor prometheus in [metrics]"
            raise CouldNotLook(Cause.PRECONDITION, what, remedy="say in the target file where the alert rules are")
        told = at(context, session, url)
        managers = None if settings.rules_url else len(told.listed("alertmanagers", "activeAlertmanagers"))
        found = rules.of_api(told.listed("rules", "groups"))
        return Sources(found, routing, told.name, told.again.format("rules"), managers)


def _of_grafana(context: Context, session: httpx.Client, url: str) -> Sources:
    headers = {"authorization": f"Bearer {context.credentials.get('grafana')}"}

    def told(route: str) -> Any:  # noqa: ANN401 - any JSON
        return answer(context, session, f"{url}/api/v1/provisioning/{route}", headers)

    source, policies = f"Grafana at {url}", told("policies")
    if not isinstance(policies, dict):
        raise CouldNotLook(Cause.NO_DATA, f"{source} does not tell its notification policies")
    routing = grafana.contacts_of_api(rules.dicts(told("contact-points")), policies, source)
    again = f"curl -sS -H \"authorization: Bearer $GRAFANA_TOKEN\" '{url}/api/v1/provisioning/alert-rules'"
    return Sources(grafana.of_api(rules.dicts(told("alert-rules")), source), routing, source, again)


def _of_file(file: _File) -> list[AlertRule]:
    read_file = grafana.of_file if "apiVersion" in file.content else rules.of_file
    return read_file(file.content, file.text, file.name)


def _routing(context: Context, session: httpx.Client, settings: Alerts) -> Routing:
    if settings.receivers:
        files = _files(context, settings.receivers)
        source = ", ".join(each.name for each in files)
        content = {key: value for each in files for key, value in each.content.items()}
        if "contactPoints" in content or "policies" in content:
            return grafana.contacts_of_file(content, source)
        return receivers.of_alertmanager(content, source)
    if settings.alertmanager is None:
        what = "[alerts] names no receivers: neither alertmanager, nor receivers, nor grafana"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="say in the target file where alerts go")
    headers = {"authorization": f"Bearer {context.credentials.get('alertmanager')}"} if settings.needs_token else {}
    told = answer(context, session, f"{settings.alertmanager}/api/v2/status", headers)
    try:
        original = str(told["config"]["original"])
    except (KeyError, TypeError):
        raise CouldNotLook(Cause.NO_DATA, f"{settings.alertmanager} does not tell its configuration") from None
    name = f"Alertmanager at {settings.alertmanager}"
    return receivers.of_alertmanager(_mapping(original, name), name)


def _files(context: Context, patterns: tuple[str, ...]) -> list[_File]:
    """The files that the patterns name below the checkout, in the order of their names.

    Raises:
        CouldNotLook: precondition; there is no checkout, or no such file, or one that cannot be read.
    """
    told = context.target.section(Alerts).app_dir
    root = context.checkout(told, "--app-dir PATH, or app_dir in [alerts] of the target file")
    return [file for pattern in patterns for file in _matching(root, pattern)]


def _matching(root: Path, pattern: str) -> Iterator[_File]:
    found = sorted(each for each in root.glob(pattern) if each.is_file() and each.stat().st_size <= _LARGEST)
    if not found:
        raise CouldNotLook(
            Cause.PRECONDITION, f"no file of the checkout is called {pattern}", remedy="correct [alerts] of the target"
        )
    for each in found:
        name = each.relative_to(root).as_posix()
        text = each.read_text(encoding="utf-8", errors="replace")
        yield _File(name, text, _mapping(text, name))


def _mapping(text: str, name: str) -> Mapping[str, Any]:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as trouble:
        raise CouldNotLook(Cause.PRECONDITION, f"{name} is not YAML: {str(trouble).splitlines()[0]}") from None
    if not isinstance(content, dict):
        raise CouldNotLook(Cause.PRECONDITION, f"{name} holds no mapping")
    return content
