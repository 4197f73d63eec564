"""Asks the app how many event streams are open."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.probes.browser.http_session import visitor
from verifier.probes.http.client import get, refusal
from verifier.probes.sse.section import Count, Events

_MOST = 5_000_000


def count_streams(context: Context, machines: Iterable[str]) -> dict[str, float]:
    """Machine → the streams that it says it holds; empty if the target does not say where the app tells.

    Raises:
        CouldNotLook: it does not tell there.
    """
    count = context.target.section(Events).connections
    if count is None:
        return {}
    with visitor(context) as session:
        return {machine: _told(context, session, machine, count) for machine in machines}


def _told(context: Context, session: Any, machine: str, count: Count) -> float:  # noqa: ANN401 - httpx.Client
    reply = get(session, context.url + count.path, machine=machine, keep=_MOST)
    remedy = "correct connections in [events], or leave it out: then the report says that the app does not tell"
    if reply.status != 200:  # noqa: PLR2004 - RFC 9110
        raise refusal(reply, f"how many streams machine {machine} holds", remedy=remedy)
    found = _gauge(reply.body, count.metric) if count.metric else _value(reply.body, count.key or "")
    if found is None:
        name = count.metric or count.key
        raise CouldNotLook(Cause.NO_DATA, f"{count.path} of machine {machine} does not tell '{name}'", remedy=remedy)
    return found


def _gauge(text: str, name: str) -> float | None:
    """The sum over all labels, so that a gauge per path or per process counts whole."""
    try:
        found = [
            each.value
            for family in text_string_to_metric_families(text)
            for each in family.samples
            if each.name == name
        ]
    except ValueError:
        return None
    return sum(found) if found else None


def _value(text: str, key: str) -> float | None:
    try:
        value = json.loads(text)
        for name in key.split("."):
            value = value[name]
        return float(value)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
