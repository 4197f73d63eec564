"""Proposes `[health]`, `[traffic]` and `[metrics]` from what answered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.core.config.proposal import Proposed
from verifier.core.evidence import CouldNotLook
from verifier.core.survey import Survey
from verifier.probes.browser.survey.pages import observe_pages
from verifier.probes.traffic.endpoints import METRICS, USUAL, Endpoints, observe_endpoints
from verifier.probes.traffic.section import Metrics


def propose(survey: Survey) -> Iterator[Proposed]:
    """Health endpoints with what they claim now, paths to measure, and the names of the metrics."""
    seen = survey.once(observe_endpoints)
    yield _health(seen)
    page = _page(survey)
    paths = [*([page] if page else []), *(each.path for each in seen.own[:1])]
    if paths:
        yield Proposed("traffic", {"paths": paths}, assumed=("some forty GETs of these may be sent in a run",))
    yield _metrics(seen.metrics)


def _health(seen: Endpoints) -> Proposed:
    if not seen.own:
        refused = f"; {', '.join(seen.refused)} refused" if seen.refused else ""
        tried = ", ".join(each for each in USUAL if each not in seen.refused)
        return Proposed(
            "health",
            unknown=(f"where the app says how it is ([[health.endpoint]]): no JSON or text at {tried}{refused}",),
        )
    endpoints = [{"path": each.path, **({"claims": each.claims} if each.claims else {})} for each in seen.own]
    doubts = tuple(
        f"{each.path} says {each.doubts}: is that well? If so, claims = …" for each in seen.own if each.doubts
    )
    return Proposed(
        "health",
        {"endpoint": endpoints},
        seen=tuple(f"{each.path} answers 200: {each.body}" for each in seen.own),
        assumed=tuple(f"{each.path} is well when it says what it says now" for each in seen.own if each.claims),
        unknown=doubts,
    )


def _page(survey: Survey) -> str:
    try:
        dashboard = survey.once(observe_pages).dashboard
    except CouldNotLook:
        return ""
    return dashboard.route if dashboard else ""


def _metrics(text: str) -> Proposed:
    if not text:
        return Proposed("metrics", unknown=(f"the app's own metrics: {METRICS} has none",))
    kinds = dict(re.findall(r"^# TYPE (\S+) (\w+)", text, re.MULTILINE))
    usual = Metrics()
    requests = next(
        (each for each, kind in kinds.items() if kind == "counter" and re.search("http.*request|request.*total", each)),
        "",
    )
    seconds = next(
        (each for each, kind in kinds.items() if kind == "histogram" and re.search("http|request", each)), ""
    )
    named = {"requests": requests.removesuffix("_total"), "seconds": seconds}
    other = {key: name for key, name in named.items() if name and name != getattr(usual, key)}
    lacking = tuple(f"the metric of {key}" for key, name in named.items() if not name)
    return Proposed(
        "metrics", {"path": METRICS, **other}, seen=(f"{METRICS} has {len(kinds)} metrics",), unknown=lacking
    )
