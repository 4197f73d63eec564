"""Collects server errors (5xx) that any probe of the run received, whether logged or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel

from verifier.core.config.target import Target
from verifier.core.evidence import Cause
from verifier.core.evidence.finding import Finding
from verifier.core.evidence.store import EvidenceStore
from verifier.core.execution.collector import Collector
from verifier.core.execution.run import Run
from verifier.core.subject import Probe
from verifier.core.verdict.results import CheckResult, Outcome, findings_text
from verifier.probes.browser.console import Complaint, origin
from verifier.probes.browser.section import Dashboard
from verifier.probes.browser.tiles.evidence import PageLoad
from verifier.probes.browser.visits import Visit
from verifier.probes.contradictions import NO_SERVER_ERROR_SEEN
from verifier.probes.http.client import Reply
from verifier.probes.services.section import Agent
from verifier.probes.sse.wire.response_head import Head

_result = partial(
    CheckResult,
    NO_SERVER_ERROR_SEEN.name,
    NO_SERVER_ERROR_SEEN.item,
    "No probe of the run is answered with a server error.",
)
_SERVER_ERROR = 500


class SeenAnswer(NamedTuple):
    """An answer of the target, as some probe saw it.

    Attributes:
        url: what was asked; empty for the event stream, which is always the target's own.
        probe: the name of the evidence that holds it.
        again: the line that asks the same by hand.
    """

    url: str
    status: int
    probe: str
    again: str

    def finding(self) -> Finding:
        """The answer as a finding on its path."""
        return Finding(
            subject=f"GET {urlsplit(self.url).path or '/'}" if self.url else "the event stream",
            remedy="read the app's log at the time of the request: the exception stands beside it",
            problem="request answered with a server error",
            detail=f"HTTP {self.status} (evidence: {self.probe})",
            place=self.url,
        )


def judge(run: Run, collector: Collector) -> CheckResult:
    """Judge what all probes together were answered, those of worker processes included."""
    limit = run.limit(NO_SERVER_ERROR_SEEN.item)
    found = answers(run.store, collector.probes.values(), run.target)
    return no_server_error_seen(found, (limit and limit.count) or 0)


def answers(store: EvidenceStore, probes: Iterable[Probe], target: Target) -> list[SeenAnswer]:
    """Every answer of the target's own origins, its agent service included, that stands in the evidence of a run.

    Args:
        store: the evidence.
        probes: what may have been observed.
        target: the deployment.
    """
    dashboard, agent = target.get(Dashboard), target.get(Agent)
    others = (*(dashboard.own_origins if dashboard else ()), *([agent.url] if agent and agent.url else ()))
    own = {"", origin(target.url or ""), *map(origin, others)}
    found = []
    for name, kind in ((each.name, each.kind) for each in probes if not each.last and store.has(each.name)):
        evidence = store.get(name, kind)
        if evidence is not None:
            told = _told(evidence)
            found += [SeenAnswer(url, status, name, evidence.again) for url, status in told if origin(url) in own]
    return found


def no_server_error_seen(found: Iterable[SeenAnswer], most: int) -> CheckResult:
    """Judge the answers.

    Args:
        found: all answers of the target.
        most: how many server errors the promise allows.
    """
    found = list(found)
    errors = [each for each in found if each.status >= _SERVER_ERROR]
    names = tuple(dict.fromkeys(each.probe for each in errors or found))
    if not found:
        message = "no probe was answered by the target"
        return _result(Outcome.UNVERIFIED, str(Cause.NO_DATA), message, evidence=names)
    measured = f"{len(errors)} of {len(found)} answers that probes saw"
    if len(errors) <= most:
        return _result(Outcome.PASSED, measured=measured, evidence=names)
    told = tuple(dict.fromkeys(each.finding() for each in errors))
    looked = tuple(dict.fromkeys(f"again: {each.again}" for each in errors))
    return _result(
        Outcome.FAILED, findings=told, message=findings_text(told), measured=measured, evidence=names, looked=looked
    )


def _told(value: Any) -> Iterator[tuple[str, int]]:  # noqa: ANN401 - walks the fields of any record
    """Address and status of every answer in a record and in all that it holds."""
    yield from _of_record(value)
    if isinstance(value, BaseModel):
        value = [getattr(value, name) for name in type(value).model_fields]
    elif isinstance(value, Mapping):
        value = value.values()
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        for each in value:
            yield from _told(each)


def _of_record(value: object) -> Iterator[tuple[str, int]]:
    match value:
        case Reply(url=url, status=int(status)):
            yield url, status
        case Complaint(kind="response", source=url, text=said):
            yield from _of_text(url, said)
        case Head(status=status):
            yield "", status
        case PageLoad(url=url, status=status, unwell=unwell):
            yield url, status
            for other, said in unwell.items():
                yield from _of_text(other, said)
        case Visit(final_url=url, status=int(status)) if status < _SERVER_ERROR:  # else a complaint tells of it
            yield url, status


def _of_text(url: str, said: str) -> Iterator[tuple[str, int]]:
    status = re.fullmatch(r"HTTP (\d{3})", said)
    if status:
        yield url, int(status[1])
