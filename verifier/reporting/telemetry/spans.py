"""A run as one trace: a span for the run, and below it one for each observation and for each check.

Names of attributes are those of OpenTelemetry's semantic conventions for CI/CD and tests
(https://opentelemetry.io/docs/specs/semconv/registry/attributes/cicd/, …/test/); what they have no name for begins with
`definition_of_done.`. A caller that runs in a trace of its own hands it over in the variable `TRACEPARENT`
(https://www.w3.org/TR/trace-context/).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from verifier.core.verdict.ledger import Verdict
from verifier.core.verdict.results import Outcome
from verifier.reporting.model import JudgedCheck, JudgedItem, Report

if TYPE_CHECKING:  # loaded by who wants a trace
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Span

PIPELINE = "definition-of-done"
_RESULTS = {Verdict.DONE: "success", Verdict.NOT_DONE: "failure"}
_CASES = {Outcome.PASSED: "pass", Outcome.FAILED: "fail"}
"""What was not seen has neither passed nor failed, and gets no status of a test."""
_TASKS = {Outcome.PASSED: "success", Outcome.FAILED: "failure", Outcome.UNVERIFIED: "error"}

Attributes = Mapping[str, str | int | float | tuple[str, ...]]


class SpanData(NamedTuple):
    """What becomes a span of its own; `wrong` is empty where nothing was."""

    name: str
    at: datetime
    seconds: float
    attributes: Attributes
    wrong: str


def spans(report: Report, environment: Mapping[str, str]) -> list[ReadableSpan]:
    """The trace of a run, the run's own span last.

    Args:
        report: of the run.
        environment: where a caller's own trace may stand.
    """
    from opentelemetry.propagate import extract  # noqa: PLC0415 - only for who wants a trace
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - the same
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - the same
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: PLC0415 - the same
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter  # noqa: PLC0415 - the same
    from opentelemetry.trace import set_span_in_context  # noqa: PLC0415 - the same

    ended = InMemorySpanExporter()
    resource = Resource({"service.name": PIPELINE, "service.version": report.run.suite or "unknown"})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(ended))
    tracer = provider.get_tracer(PIPELINE)
    parent = extract({key.lower(): environment[key] for key in ("TRACEPARENT", "TRACESTATE") if environment.get(key)})
    began = report.run.finished - timedelta(seconds=report.run.seconds)
    whole = tracer.start_span(
        f"RUN {PIPELINE}", context=parent, start_time=_at(began), attributes=dict(_of_run(report))
    )
    context = set_span_in_context(whole)
    for each in (*_observations(report), *_checks(report, began)):
        part = tracer.start_span(each.name, context=context, start_time=_at(each.at), attributes=dict(each.attributes))
        _state(part, each.wrong)
        part.end(end_time=_at(each.at + timedelta(seconds=each.seconds)))
    _state(whole, "" if report.verdict == Verdict.DONE else str(report.verdict))
    whole.end(end_time=_at(report.run.finished))
    return list(ended.get_finished_spans())


def _observations(report: Report) -> Iterator[SpanData]:
    for each in report.attempts or ():
        attributes = {
            "cicd.pipeline.task.name": f"observe {each.probe}",
            "cicd.pipeline.task.run.result": "error" if each.cause else "success",
            "definition_of_done.probe": each.probe,
            **_given(asked=each.asked, where=each.where, cause=each.cause),
        }
        yield SpanData(f"observe {each.probe}", each.at, each.seconds, attributes, each.answer if each.cause else "")


def _checks(report: Report, began: datetime) -> Iterator[SpanData]:
    for item in report.items:
        for check in item.checks:
            at = check.began or began
            wrong = check.message or str(check.outcome)
            good = check.outcome in {Outcome.PASSED, Outcome.NOT_APPLICABLE, Outcome.WAIVED}
            yield SpanData(f"check {item.id}", at, check.seconds, dict(_of_check(item, check)), "" if good else wrong)


def _of_check(item: JudgedItem, check: JudgedCheck) -> Iterator[tuple[str, str | float]]:
    yield "cicd.pipeline.task.name", f"check {item.id}"
    yield "cicd.pipeline.task.type", "test"
    yield "test.suite.name", item.id
    yield "test.case.name", check.check
    if check.outcome in _CASES:
        yield "test.case.result.status", _CASES[check.outcome]
    if check.outcome in _TASKS:
        yield "cicd.pipeline.task.run.result", _TASKS[check.outcome]
    yield from _given(
        promise=check.title, outcome=str(check.outcome), cause=check.cause, measured=check.measured
    ).items()
    yield "definition_of_done.findings", len(check.findings)
    if check.figure is not None:
        yield "definition_of_done.figure", check.figure


def _of_run(report: Report) -> Iterator[tuple[str, str | int | tuple[str, ...]]]:
    yield "cicd.pipeline.name", PIPELINE
    yield "cicd.pipeline.action.name", "RUN"
    yield "cicd.pipeline.run.id", report.run.id
    cut = report.run.interrupted
    yield "cicd.pipeline.result", "cancellation" if cut else _RESULTS.get(report.verdict, "error")
    stages = tuple(dict.fromkeys(str(each.stage) for each in report.items))
    release = str((report.release or {}).get("version", ""))
    yield from _given(target=report.target, url=report.target_url, verdict=str(report.verdict), release=release).items()
    yield "definition_of_done.stages", stages
    yield "definition_of_done.exit_status", report.exit_status


def _given(**told: str | None) -> dict[str, str]:
    return {f"definition_of_done.{name}": value for name, value in told.items() if value}


def _state(span: Span, wrong: str) -> None:
    from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415 - only for who wants a trace

    span.set_status(Status(StatusCode.ERROR, wrong) if wrong else Status(StatusCode.OK))


def _at(moment: datetime) -> int:
    """Nanoseconds since 1970."""
    return int(moment.timestamp() * 1e6) * 1000
