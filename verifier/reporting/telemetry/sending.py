"""Sends the figures of a run where its target wants them: to a Pushgateway, and as a trace to a collector."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from traceback import extract_tb
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote

from verifier.core.evidence import CouldNotLook
from verifier.core.execution.run import Run
from verifier.core.threads import within
from verifier.reporting.leaks import leak_in
from verifier.reporting.model import Report
from verifier.reporting.telemetry.openmetrics import openmetrics, registry_of
from verifier.reporting.telemetry.spans import spans

SECONDS = 10.0
"""For each of the two; whoever does not take them by then gets none."""
JOB = "definition_of_done"
_PURPOSE = "figures of a run"


class NotSent(Exception):  # noqa: N818 - it is no error of this program
    """Why something was not taken, without addresses' secrets."""


def send_figures(run: Run, report: Report, environment: Mapping[str, str]) -> list[str]:
    """Send what the target wants sent, and say what became of it; it never changes verdict or exit status.

    Args:
        run: whose target and credentials are used.
        report: what was judged.
        environment: of the caller, which may have a trace of its own.

    Returns:
        A line for each place; nothing where none is named.
    """
    wanted = run.target.figures
    told: list[str] = []
    if wanted.push:
        told += _tried("figures", wanted.push, partial(_push, run, report, wanted.push))
    if wanted.traces:
        told += _tried("trace", wanted.traces, partial(_export, run, report, wanted.traces, environment))
    return told


def _tried(what: str, to: str, send: Callable[[], None]) -> Iterator[str]:
    try:
        within(SECONDS, send)
    except TimeoutError:
        yield f"problem: the {what} could not be sent to {to}: no answer within {SECONDS:g} s"
    except (NotSent, CouldNotLook) as trouble:
        yield f"problem: the {what} could not be sent to {to}: {trouble}"
    except Exception as trouble:  # noqa: BLE001 - whatever a library says, the verdict stands; its words may hold a secret
        at = extract_tb(trouble.__traceback__)[-1]
        where = f"{Path(at.filename).name}:{at.lineno}"
        yield f"problem: the {what} could not be sent to {to}: {type(trouble).__name__} in {where}"
    else:
        yield f"{what} sent to {to}"


def _push(run: Run, report: Report, gateway: str) -> None:
    """Replace what the gateway has of this target and these stages.

    Raises:
        NotSent: it holds a secret, or was not taken.
        CouldNotLook: the secret of the login is not there.
    """
    from prometheus_client import push_to_gateway  # noqa: PLC0415 - only for who wants it
    from prometheus_client.exposition import basic_auth_handler, default_handler  # noqa: PLC0415 - the same

    wanted = run.target.figures
    handler: Callable[..., Any] = default_handler
    if leak_in(openmetrics(report)):
        raise NotSent("they would hold a secret")
    if wanted.push_login:
        user, _, password = _secret(run, wanted.push_login, "the login of the gateway, as USER:PASSWORD").partition(":")

        handler = partial(basic_auth_handler, username=user, password=password)

    stages = "+".join(dict.fromkeys(str(each.stage) for each in report.items))
    key = {"target": report.target, "stages": stages}
    try:
        push_to_gateway(gateway, JOB, registry_of(report), key, SECONDS, handler)
    except OSError as trouble:
        # An open answer would be warned of when garbage is collected; in the middle of an import that breaks it
        # (https://github.com/python/cpython/issues/106176).
        if isinstance(trouble, HTTPError):
            trouble.close()
        raise NotSent(_why(trouble)) from None


def _export(run: Run, report: Report, collector: str, environment: Mapping[str, str]) -> None:
    """Hand the trace to the collector.

    Raises:
        NotSent: it holds a secret, or was not taken.
        CouldNotLook: the secret of the headers is not there.
    """
    import httpx  # noqa: PLC0415 - only for who wants it
    from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans  # noqa: PLC0415 - the same

    wanted = run.target.figures
    content = encode_spans(spans(report, environment)).SerializeToString()
    if leak_in(content):
        raise NotSent("it would hold a secret")
    headers = {"content-type": "application/x-protobuf"}
    if wanted.traces_headers:
        headers |= _headers(_secret(run, wanted.traces_headers, "headers for the collector, as NAME=VALUE,NAME=VALUE"))
    try:
        answer = httpx.post(
            f"{collector.removesuffix('/')}/v1/traces", content=content, headers=headers, timeout=SECONDS
        )
    except httpx.HTTPError as trouble:
        raise NotSent(type(trouble).__name__) from None
    if not answer.is_success:
        raise NotSent(f"HTTP {answer.status_code}")


def _headers(text: str) -> dict[str, str]:
    """Headers as `OTEL_EXPORTER_OTLP_HEADERS` writes them."""
    pairs = (each.partition("=") for each in text.split(",") if "=" in each)
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs}


def _secret(run: Run, name: str, what: str) -> str:
    return run.credentials.named(name, what=what, purpose=_PURPOSE, how="")


def _why(trouble: OSError) -> str:
    status = getattr(trouble, "code", None)
    return f"HTTP {status}" if status else type(getattr(trouble, "reason", trouble)).__name__
