"""`python -m verifier init URL`: what it refuses, and what each subject proposes from what it sees."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.probe_context import looking_at
from tests.support.runs.toy import CHECKOUT
from verifier.commands import main
from verifier.core.config.contract import read_contract
from verifier.core.config.proposal import Proposed
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.survey import Survey
from verifier.probes.browser.survey.pages import SeenPage, SeenPages, observe_pages
from verifier.probes.domain import proposal as of_domain
from verifier.probes.migrations import proposal as of_migrations
from verifier.probes.platform import proposal as of_platform
from verifier.probes.services import proposal as of_services
from verifier.probes.source import proposal as of_source
from verifier.probes.sse import proposal as of_streams
from verifier.probes.traffic import proposal as of_traffic
from verifier.probes.traffic.endpoints import Endpoint, Endpoints, observe_endpoints

SILENT = "http://127.0.0.1:9"
JSON, HTML = "application/json", "text/html"
Answers = Mapping[str, tuple[int, str, str]]


@contextmanager
def answering(answers: Answers, other: tuple[int, str, str] = (404, "text/plain", "nothing here")) -> Iterator[str]:
    """An app that has these answers; its address."""

    class App(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, text = answers.get(self.path, other)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), App)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def survey(
    url: str, checkout: Path | None = None, seen: SeenPages | None = None, told: Endpoints | None = None
) -> Survey:
    """A survey whose pages and endpoints were looked at already, where they are given."""
    made = Survey(looking_at(url, {}, "survey"), read_contract(CHECKOUT), "/", checkout)
    made._looks.update({look: it for look, it in ((observe_pages, seen), (observe_endpoints, told)) if it})
    return made


def under(key: str, proposals: Iterator[Proposed]) -> dict[str, object]:
    return {name: it for each in proposals if each.key == key for name, it in each.content.items()}


# ---- the command


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["board.example.com"], "give the address that you open"),
        (["https://me:marked-test-data@board.example.com"], "give the address that you open"),
        (["https://board.example.com/?token=marked-test-data"], "token would be written to the file"),
        ([f"{SILENT}/board", "--app-dir", "nowhere"], "there is no such folder"),
        ([SILENT, "--name", "sandbox"], "targets/sandbox.toml is there already"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CHECKOUT)
    assert main(["init", *words]) == 4
    said = capsys.readouterr().err
    assert told in said
    assert "marked-test-data" not in said


def test_of_an_app_that_does_not_answer_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CHECKOUT)
    assert main(["init", SILENT, "--out", str(tmp_path / "silent.toml")]) == 6
    assert "nothing was written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# ---- endpoints


def test_an_endpoint_is_held_to_what_says_that_it_is_well() -> None:
    well, ill = {"status": "ok", "uptime": 12, "version": "ok"}, {"status": "degraded", "ready": True}
    with answering({"/health": (200, JSON, json.dumps(well)), "/readyz": (200, JSON, json.dumps(ill))}) as url:
        found = list(of_traffic.propose(survey(url, seen=SeenPages(pages=()))))
    assert under("health", iter(found)) == {
        "endpoint": [{"path": "/health", "claims": {"status": "ok"}}, {"path": "/readyz", "claims": {"ready": True}}]
    }
    assert [each.unknown for each in found if each.key == "health"] == [
        ("/readyz says {'status': 'degraded'}: is that well? If so, claims = …",)
    ]


@pytest.mark.parametrize("kind", [HTML, JSON])
def test_an_app_that_answers_every_path_alike_has_no_endpoint(kind: str) -> None:
    with answering({}, other=(200, kind, '{"status": "ok"}')) as url:
        found = list(of_traffic.propose(survey(url, seen=SeenPages(pages=()))))
    assert under("health", iter(found)) == {}
    assert any("where the app says how it is" in said for each in found for said in each.unknown)


def test_the_checkout_tells_where_else_to_ask(tmp_path: Path) -> None:
    (tmp_path / "fly.toml").write_text('app = "x"\n[[http_service.checks]]\npath = "/inner/alive"\n', encoding="utf-8")
    route = tmp_path / "app" / "routes" / "api.deep.health.ts"
    route.parent.mkdir(parents=True)
    route.write_text("", encoding="utf-8")
    paths = ("/inner/alive", "/api/deep/health")
    with answering(dict.fromkeys(paths, (200, JSON, '{"ok": true}'))) as url:
        found = survey(url, tmp_path).once(observe_endpoints)
    assert tuple(each.path for each in found.health) == paths


def test_metrics_are_named_where_they_are_not_called_as_usual() -> None:
    text = "# TYPE web_http_requests_total counter\n# TYPE web_request_seconds histogram\n"
    with answering({"/metrics": (200, "text/plain", text)}) as url:
        content = under("metrics", of_traffic.propose(survey(url, seen=SeenPages(pages=()))))
    assert content == {"path": "/metrics", "requests": "web_http_requests", "seconds": "web_request_seconds"}


# ---- platform and domain


@pytest.mark.parametrize(
    ("url", "environment", "app"),
    [
        ("https://board-staging.fly.dev", {}, "board-staging"),  # the address wins: fly.toml is another one's
        ("https://board.example.com", {}, "board"),
        ("http://127.0.0.1:9", {"FLY_FLAPS_BASE_URL": "http://127.0.0.1:8"}, "board"),
        ("http://127.0.0.1:9", {}, None),  # tried out here: not the app that runs there
        ("http://localhost:9", {}, None),
    ],
)
def test_the_app_at_the_platform(
    url: str, environment: dict[str, str], app: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FLY_FLAPS_BASE_URL", "FLY_API_BASE_URL", "FLY_UIEX_BASE_URL", "FLY_REGISTRY_HOST"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "fly.toml").write_text('app = "board"\n', encoding="utf-8")
    found = list(of_platform.propose(survey(url, tmp_path)))
    left_out = {item for each in found for item in each.inapplicable}
    if app:
        assert (under("", iter(found)), left_out) == ({"app": app}, set())
    else:
        assert under("platform", iter(found)) == {"machines": "none"}
        assert {"machines-started", "release-unchanged", "logs-clean"} <= left_out


@pytest.mark.parametrize(
    ("url", "content"),
    [
        ("https://Board.example.com", {"hostnames": ["board.example.com"]}),
        ("https://board.fly.dev", {}),
        ("https://127.0.0.1:9", {}),
        ("http://localhost:9", {}),
    ],
)
def test_a_domain_is_what_is_not_the_platforms_own(url: str, content: dict[str, object]) -> None:
    assert under("domain", of_domain.propose(survey(url))) == content


# ---- event streams


def page(*streams: str, number: int = 0) -> SeenPage:
    return SeenPage(route=f"/{number}", status=200, streams=streams)


@pytest.mark.parametrize(
    ("sent", "content"),
    [
        (": beat\n\n", {"path": "/events"}),
        ("event: heartbeat\ndata: {}\n\n", {"path": "/events"}),
        ("event: ping\ndata: {}\n\n", {"path": "/events", "heartbeat": ["ping"]}),
        ("event: order\ndata: {}\n\n", {"path": "/events"}),
    ],
)
def test_a_stream_is_listened_to(sent: str, content: dict[str, object]) -> None:
    seen, told = SeenPages(pages=(page("/events"),)), Endpoints(health=())
    with answering({"/events": (200, "text/event-stream", sent)}) as url:
        found = list(of_streams.propose(survey(url, seen=seen, told=told)))
    assert under("events", iter(found)) == content
    asks = any("which of its events is the heartbeat" in said for each in found for said in each.unknown)
    assert asks == ("order" in sent)


@pytest.mark.parametrize(("pages", "certain"), [(2, True), (8, False)])
def test_that_there_is_no_stream_is_certain_only_if_every_page_was_opened(pages: int, *, certain: bool) -> None:
    seen = SeenPages(pages=tuple(page(number=each) for each in range(pages)))
    (found,) = of_streams.propose(survey(SILENT, seen=seen))
    assert ("sse-heartbeat" in found.inapplicable, "sse-heartbeat" in found.perhaps) == (certain, not certain)


# ---- the checkout


def test_tables_are_those_that_are_there_in_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "db" / "migrations"
    folder.mkdir(parents=True)
    (folder / "1.sql").write_text(
        "create table a (id int); create table b (id int); create table other.c (id int); create temp table d (id int);"
    )
    (folder / "2.sql").write_text("drop table a; alter table b rename to e; create table if not exists f (id int);")
    claim = Endpoint(path="/api/supabase/health", claims={"connected": True})
    found = list(of_migrations.propose(survey(SILENT, tmp_path, told=Endpoints(health=(claim,)))))
    assert under("migrations", iter(found)) == {"app_dir": str(tmp_path), "files": ["db/migrations/*.sql"]}
    assert under("database", iter(found)) == {
        "tables": ["e", "f"],
        "claim": {"path": "/api/supabase/health", "claims": {"connected": True}},
    }


@pytest.mark.parametrize("given", [True, False])
def test_without_migrations_a_person_is_asked(tmp_path: Path, *, given: bool) -> None:
    found = list(of_migrations.propose(survey(SILENT, tmp_path if given else None)))
    assert [each.content for each in found if each.content] == []
    assert any("rls-protects" in each.perhaps for each in found)
    assert not any(each.inapplicable for each in found)


def test_the_agent_service_is_named_by_its_own_file(tmp_path: Path) -> None:
    folder = tmp_path / "apps" / "agent-service"
    folder.mkdir(parents=True)
    (folder / "fly.toml").write_text('app = "board-agent"\n', encoding="utf-8")
    found = of_services.propose(survey(SILENT, tmp_path, told=Endpoints(health=())))
    assert under("agent", found) == {"app": "board-agent"}


def test_workflows_and_scripts_are_told(tmp_path: Path) -> None:
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    (workflows / "deploy.yml").write_text("run: flyctl deploy --strategy rolling # now\n", encoding="utf-8")
    (tmp_path / "package.json").write_text('{"scripts": {"build": "vite build"}}', encoding="utf-8")
    (found,) = (each for each in of_source.propose(survey(SILENT, tmp_path)) if each.key == "source")
    assert found.seen == ("build: npm run build", ".github/workflows/deploy.yml runs: flyctl deploy --strategy rolling")
    assert [each.split(":")[0] for each in found.unknown] == ["test", "scan"]


def test_a_look_is_made_once_and_fails_for_everybody() -> None:
    made: list[Survey] = []

    def look(each: Survey) -> None:
        made.append(each)
        raise CouldNotLook(Cause.TIMEOUT, "no answer")

    subject = survey(SILENT)
    for _ in range(2):
        with pytest.raises(CouldNotLook):
            subject.once(look)
    assert len(made) == 1
