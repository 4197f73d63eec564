"""What is kept of a failure: it opens in the stock viewers, and opens nothing else."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.probe_context import looking_at
from tests.support.servers.door import PASSWORD, STATES, doors
from verifier.core.redaction import MASK
from verifier.probes.browser.artifacts import masked, record
from verifier.probes.browser.session import opened_browser

STRANGER = "a-value-nobody-told-us"


@pytest.fixture(scope="module")
def footage() -> dict[str, bytes]:
    secrets = {"TOY_SESSION": json.dumps(STATES["session"])}
    with doors() as port:
        url = f"http://127.0.0.1:{port}"
        context = looking_at(url, secrets, "footage", entry={"storage_secret": "TOY_SESSION"})
        with opened_browser(context) as browser:
            return record(context, browser, "/")


def test_a_trace_has_what_the_viewer_reads(footage: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(footage["trace.zip"])) as archive:
        names = archive.namelist()
        lines = [json.loads(line) for line in archive.read("trace.trace").decode().splitlines() if line]

    assert {"trace.trace", "trace.network"} <= set(names)
    assert any(name.endswith(".jpeg") for name in names)
    assert lines[0]["type"] == "context-options"
    assert {"screencast-frame", "frame-snapshot"} <= {line["type"] for line in lines}


@contextmanager
def viewer(trace: Path) -> Iterator[str]:
    """Playwright's own trace viewer, with this trace; its address."""
    command = [sys.executable, "-m", "playwright", "show-trace", "--host", "127.0.0.1", "--port", "0", str(trace)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            yield next(line.split()[-1] for line in process.stdout or () if "http://" in line)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def test_the_stock_viewer_opens_a_trace(footage: dict[str, bytes], tmp_path: Path) -> None:
    trace = tmp_path / "trace.zip"
    trace.write_bytes(footage["trace.zip"])

    with viewer(trace) as url, opened_browser(looking_at(url, {}, "viewer")) as browser:
        page = browser.new_page()
        page.goto(url)
        page.get_by_text("Navigate").click(timeout=30_000)
        shown = page.frame_locator("iframe[name=snapshot] >> visible=true").get_by_role("heading", name="In")
        shown.wait_for(timeout=30_000)

        assert shown.is_visible()


def test_an_archive_of_requests_is_one(footage: dict[str, bytes]) -> None:
    entries = json.loads(footage["requests.har"])["log"]["entries"]

    assert entries[0]["response"]["status"] == 200
    cookies = [each["value"] for each in entries[0]["request"]["headers"] if each["name"].lower() == "cookie"]
    assert cookies == [MASK]


def test_a_session_is_nowhere_in_it(footage: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(footage["trace.zip"])) as archive:
        contents = [archive.read(name) for name in archive.namelist()]

    assert any(MASK.encode() in each for each in contents)
    assert all(PASSWORD.encode() not in each for each in [*contents, footage["requests.har"]])


@pytest.mark.parametrize(
    "told",
    [
        {"headers": [{"name": "Cookie", "value": STRANGER}]},
        {"headers": [{"name": "authorization", "value": STRANGER}]},
        {"headers": {"x-api-key": STRANGER}},
        {"cookies": [{"name": "s", "value": STRANGER}]},
        {"queryString": [{"name": "access_token", "value": STRANGER}]},
    ],
)
def test_what_opens_something_is_masked_whoever_it_belongs_to(told: dict[str, object]) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("trace.network", json.dumps({"type": "resource-snapshot", "snapshot": told}) + "\n")
    har = masked(json.dumps({"log": {"entries": [told]}}).encode())

    with zipfile.ZipFile(io.BytesIO(masked(made.getvalue()))) as archive:
        assert STRANGER.encode() not in archive.read("trace.network") + har
    assert MASK.encode() in har


def test_what_opens_nothing_stays() -> None:
    har = {"log": {"entries": [{"request": {"headers": [{"name": "accept", "value": "text/html"}], "url": "/a"}}]}}

    assert json.loads(masked(json.dumps(har).encode())) == har
