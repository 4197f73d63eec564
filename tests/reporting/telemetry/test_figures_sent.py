"""The figures of a run reach a gateway and a collector, off by default, and what becomes of them is no verdict."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from prometheus_client.parser import text_string_to_metric_families

from tests.support.runs.deployment import Deployment, all_but
from tests.support.runs.toy import KEPT, TARGET, Ended, MakeSuite, Suite, check, checks, contract

WRONG = check("wrong", "measured(7); raise BrokenPromise(Finding(subject='door', problem='it is shut'))")
UNSEEN = check("unseen", "raise CouldNotLook(Cause.TIMEOUT, 'nobody answered')")
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
LOGIN, TOKEN = "team:marked-gateway-secret", "marked-collector-secret"


class Taken(NamedTuple):
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Listener:
    """An address that takes what is sent to it, and what it took."""

    def __init__(self, status: int) -> None:
        self.status, self.taken, self.url = status, list[Taken](), ""

    def one(self, path: str) -> Taken:
        found = [each for each in self.taken if each.path.startswith(path)]
        assert len(found) == 1, self.taken
        return found[0]


@contextmanager
def listening(status: int = 200) -> Iterator[Listener]:
    told = Listener(status)

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told.taken.append(Taken(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(told.status)
            self.send_header("content-length", "0")
            self.end_headers()

        do_PUT = do_POST = _take  # noqa: N815 - the library's own names

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


def suite_of(make_suite: MakeSuite, settings: str) -> Suite:
    made = make_suite(
        {"checks/test_toy.py": checks(KEPT, WRONG, UNSEEN)},
        contract=contract("kept", "wrong", "unseen"),
        target=TARGET + settings,
    )
    made.environment = {"GATEWAY_LOGIN": LOGIN, "COLLECTOR_HEADERS": f"x-token={TOKEN}", "TRACEPARENT": PARENT}
    return made


def sending(url: str) -> str:
    secrets = 'push_login = "GATEWAY_LOGIN"\ntraces_headers = "COLLECTOR_HEADERS"\n'
    return f'[figures]\npush = "{url}"\ntraces = "{url}/otlp/"\n{secrets}'


@pytest.fixture(scope="module")
def both(make_suite: MakeSuite) -> Iterator[tuple[Ended, Listener]]:
    with listening() as there:
        yield suite_of(make_suite, sending(there.url)).run(), there


def spans(there: Listener) -> list[Span]:
    told = ExportTraceServiceRequest.FromString(there.one("/otlp/v1/traces").body)
    return [each for resource in told.resource_spans for scope in resource.scope_spans for each in scope.spans]


def attributes(span: Span) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}


def test_the_gateway_gets_the_figures_of_the_target_and_its_stages(both: tuple[Ended, Listener]) -> None:
    ended, there = both
    taken = there.one("/metrics/")
    families = {each.name: each.samples for each in text_string_to_metric_families(taken.body.decode())}

    assert (taken.method, taken.path) == ("PUT", "/metrics/job/definition_of_done/stages/postdeploy/target/toy")
    assert taken.headers["authorization"] == f"Basic {base64.b64encode(LOGIN.encode()).decode()}"
    verdict = {each.labels["verdict"]: each.value for each in families["definition_of_done_verdict"]}
    assert verdict == {"DONE": 0, "NOT DONE": 1, "UNVERIFIED": 0, "PARTIAL": 0}
    assert f"figures sent to {there.url}" in ended.output


def test_the_collector_gets_a_span_for_the_run_and_one_for_each_check(both: tuple[Ended, Listener]) -> None:
    ended, there = both
    found = {each.name: each for each in spans(there)}
    whole = found.pop("RUN definition-of-done")

    assert whole.trace_id.hex() == PARENT.split("-")[1]
    assert whole.parent_span_id.hex() == PARENT.split("-")[2]
    told = attributes(whole)
    assert (told["cicd.pipeline.run.id"], told["cicd.pipeline.result"]) == (ended.verdict["run"]["id"], "failure")
    assert {each.parent_span_id for each in found.values()} == {whole.span_id}
    found = {name: each for name, each in found.items() if name.startswith("check ")}
    cases = {name: attributes(each).get("test.case.result.status") for name, each in found.items()}
    assert cases == {"check kept": "pass", "check wrong": "fail", "check unseen": None}
    assert attributes(found["check unseen"])["definition_of_done.cause"] == "timeout"
    assert {name: each.status.code for name, each in found.items()} == {
        "check kept": Status.STATUS_CODE_OK, "check wrong": Status.STATUS_CODE_ERROR,
        "check unseen": Status.STATUS_CODE_ERROR,
    }  # fmt: skip
    for each in found.values():
        assert whole.start_time_unix_nano <= each.start_time_unix_nano <= each.end_time_unix_nano


def test_the_secrets_of_both_go_to_them_alone(both: tuple[Ended, Listener]) -> None:
    ended, there = both
    assert there.one("/otlp/").headers["x-token"] == TOKEN
    bodies = b"".join(each.body for each in there.taken)
    written = b"".join(each.read_bytes() for each in ended.folder.rglob("*") if each.is_file())
    assert b"marked-" not in bodies + written
    assert "marked-" not in ended.output


def test_observations_have_spans_of_their_own(deployment: Deployment) -> None:
    with listening() as there:
        deployment.switch()
        deployment.retarget(
            without=all_but("tables-exist", "machines-started"),
            change=lambda text: f'{text}\n[figures]\ntraces = "{there.url}/otlp"\n',
        )
        ended = deployment.suite.run("-n", "1", mark="deploy or postdeploy", target="warm")
        found = [each for each in spans(there) if each.name.startswith("observe ")]

    assert ended.ending == ("DONE", 0), ended.output
    assert {"observe platform", "observe tables"} <= {each.name for each in found}
    assert all(each.end_time_unix_nano > each.start_time_unix_nano for each in found)
    assert {attributes(each)["cicd.pipeline.task.run.result"] for each in found} == {"success"}


def test_what_is_not_taken_is_told_and_changes_nothing(make_suite: MakeSuite) -> None:
    with listening(500) as there:
        refused = suite_of(make_suite, sending(there.url)).run()
    suite = suite_of(make_suite, sending("http://127.0.0.1:9"))
    suite.environment = {}
    silent = suite.run()

    assert (refused.ending, silent.ending) == (("NOT DONE", 1), ("NOT DONE", 1))
    assert f"problem: the figures could not be sent to {there.url}: HTTP 500" in refused.output
    assert f"problem: the trace could not be sent to {there.url}/otlp/: HTTP 500" in refused.output
    assert "could not be sent to http://127.0.0.1:9" in silent.output
    assert "GATEWAY_LOGIN" in silent.output
    assert refused.verdict["run"]["problems"] == []


def test_without_an_address_and_for_a_preview_nothing_is_sent(make_suite: MakeSuite) -> None:
    with listening() as there:
        suite = suite_of(make_suite, "")
        assert " sent to " not in suite.run().output
        preview = suite_of(make_suite, sending(there.url)).run("--base-url", "http://127.0.0.1:8")
    assert (there.taken, " sent to " in preview.output) == ([], False)
