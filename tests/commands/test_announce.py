"""The verdict as the status of a deployment, told to a server that answers in GitHub's shape."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from verifier.commands import main

SHA = "0123456789abcdef0123456789abcdef01234567"
FINISHED = "2026-01-31T12:00:00+00:00"


class GitHub(ThreadingHTTPServer):
    """The part of GitHub's API that knows deployments."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.known: list[dict[str, Any]] = []
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.status = 200


class _Answer(BaseHTTPRequestHandler):
    server: GitHub

    def do_GET(self) -> None:
        self._send(200, self.server.known)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.told.append((self.path, asked))
        self._send(201, {"id": 7})

    def _send(self, status: int, content: object) -> None:
        if self.headers["authorization"] != "Bearer a-token" or self.server.status != 200:
            status, content = (self.server.status if self.server.status != 200 else 401), {}
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[GitHub]:
    server = GitHub()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    monkeypatch.chdir(tmp_path)
    told = {"API_URL": f"http://127.0.0.1:{server.server_port}", "REPOSITORY": "owner/app", "SHA": SHA}
    for name, value in (told | {"TOKEN": "a-token", "RUN_ID": "9", "SERVER_URL": "https://github.test"}).items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def left(folder: Path, verdict: str, status: int, outcome: str) -> None:
    item = {"id": "kept", "promise": "the toy is kept", "severity": "major", "outcome": outcome}
    run = {"finished": FINISHED, "narrowed": [], "interrupted": None, "problems": []}
    record = {"verdict": verdict, "exit_status": status, "target": "toy", "items": [item], "run": run}
    (folder / "reports" / "latest").mkdir(parents=True)
    (folder / "reports" / "latest" / "verdict.json").write_text(json.dumps(record), encoding="utf-8")


@pytest.mark.parametrize(
    ("ending", "state"),
    [
        (("DONE", 0, "passed"), "success"),
        (("NOT DONE", 1, "failed"), "failure"),
        (("UNVERIFIED", 6, "unverified"), "error"),
    ],
)
def test_the_deployment_that_the_commit_has_gets_the_verdict(
    github: GitHub, tmp_path: Path, ending: tuple[str, int, str], state: str
) -> None:
    left(tmp_path, *ending)
    github.known = [{"id": 5}]
    assert main(["announce", "--environment", "staging"]) == 0
    ((path, told),) = github.told
    assert path == "/repos/owner/app/deployments/5/statuses"
    assert told["state"] == state
    assert told["description"].startswith(f"{ending[0]}: ")
    assert told["log_url"] == "https://github.test/owner/app/actions/runs/9"


def test_a_commit_without_a_deployment_gets_one_that_merges_nothing(github: GitHub, tmp_path: Path) -> None:
    left(tmp_path, "DONE", 0, "passed")
    assert main(["announce", "--environment", "staging"]) == 0
    (made, told), (path, _) = github.told
    assert (made, path) == ("/repos/owner/app/deployments", "/repos/owner/app/deployments/7/statuses")
    assert (told["ref"], told["environment"], told["auto_merge"], told["required_contexts"]) == (
        SHA, "staging", False, [],
    )  # fmt: skip


@pytest.mark.parametrize("since", ["2026-01-31T12:00:01Z", None])
def test_a_run_without_a_record_of_its_own_is_an_error_and_never_a_success(
    github: GitHub, tmp_path: Path, since: str | None
) -> None:
    if since:
        left(tmp_path, "DONE", 0, "passed")
    assert main(["announce", "--environment", "staging", *(["--since", since] if since else [])]) == 0
    assert github.told[-1][1]["state"] == "error"


@pytest.mark.parametrize("status", [403, 500])
def test_a_refusal_is_said_and_is_no_part_of_the_verdict(
    github: GitHub, tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    left(tmp_path, "DONE", 0, "passed")
    github.status = status
    assert main(["announce", "--environment", "staging"]) == 0
    assert capsys.readouterr().out.startswith("::warning title=The deployment has no status of this run::")
    assert github.told == []


def test_outside_of_a_workflow_it_says_what_is_not_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("REPOSITORY", "SHA", "TOKEN"):
        monkeypatch.delenv(f"GITHUB_{name}", raising=False)
    assert main(["announce", "--environment", "staging"]) == 4
    assert "GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_TOKEN: not set" in capsys.readouterr().err
