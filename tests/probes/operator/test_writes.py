"""What a flow changes is undone at its end, or by the next run if its process was killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tests.support.probe_context import looking_at
from tests.support.runs.toy import CHECKOUT
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.probes.operator.writes import Journal, Writes

NOTES = "/notes"
THEME = "/theme"


class Notebook(BaseHTTPRequestHandler):
    """Keeps notes and a theme, as an app's API does."""

    notes: ClassVar[dict[str, str]] = {}
    theme: ClassVar[dict[str, str]] = {}
    keeps: ClassVar[bool] = False
    interrupts: ClassVar[bool] = False

    def do_GET(self) -> None:
        listed = [{"id": each, "text": text} for each, text in self.notes.items()]
        self._answer(self.theme if self.path == THEME else {"notes": listed})

    def do_PUT(self) -> None:
        self.theme.update(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self._answer({})

    def do_DELETE(self) -> None:
        if self.interrupts:
            os.kill(os.getpid(), signal.SIGINT)
        if not self.keeps:
            self.notes.pop(self.path.removeprefix(f"{NOTES}/"), None)
        self._answer({})

    def _answer(self, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    Notebook.notes.clear()
    Notebook.notes["1"] = "of a person"
    Notebook.theme.update({"theme": "light"})
    Notebook.keeps = Notebook.interrupts = False
    with ThreadingHTTPServer(("127.0.0.1", 0), Notebook) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def asking(url: str, writes: str = "allowed") -> Context:
    return replace(looking_at(url, {}, "0123456789ab", writes=writes), named=nullcontext)


def marked(url: str, journal: Journal) -> AbstractContextManager[str]:
    return Writes(asking(url), journal).marked(NOTES, list_key="notes", field="text")


def test_what_carries_the_mark_is_removed_and_nothing_else(url: str, tmp_path: Path) -> None:
    with marked(url, Journal(tmp_path)) as mark:
        Notebook.notes.update({"2": f"written in a flow: {mark}", "3": "of a person, meanwhile"})

    assert Notebook.notes == {"1": "of a person", "3": "of a person, meanwhile"}
    assert list(tmp_path.iterdir()) == []


def test_what_was_so_before_is_so_again_after_a_flow_that_failed(url: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError), Writes(asking(url), Journal(tmp_path)).restored(THEME) as before:  # noqa: PT012
        assert before == {"theme": "light"}
        Notebook.theme["theme"] = "dark"
        raise AssertionError

    assert Notebook.theme == {"theme": "light"}


def test_ctrl_c_does_not_keep_it_from_being_undone(url: str, tmp_path: Path) -> None:
    Notebook.interrupts = True
    with pytest.raises(KeyboardInterrupt), marked(url, Journal(tmp_path)) as mark:
        Notebook.notes["2"] = mark

    assert Notebook.notes == {"1": "of a person"}
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_undone_is_said_and_tried_again(url: str, tmp_path: Path) -> None:
    Notebook.keeps = True
    with pytest.raises(CouldNotLook, match="still has 2 after DELETE"), marked(url, Journal(tmp_path)) as mark:
        Notebook.notes["2"] = mark

    assert len(list(tmp_path.iterdir())) == 1


def test_nothing_is_changed_where_writing_is_forbidden(url: str, tmp_path: Path) -> None:
    with pytest.raises(CouldNotLook) as caught, Writes(asking(url, "forbidden"), Journal(tmp_path)).restored(THEME):
        pass

    assert caught.value.cause == Cause.PRECONDITION
    assert list(tmp_path.iterdir()) == []


def killed(url: str, folder: Path) -> None:
    """Let another process change both, and be killed before it can undo anything."""
    program = f"""
import os, signal
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from tests.support.probe_context import looking_at
from verifier.probes.operator.writes import Journal, Writes
asking = looking_at({url!r}, {{}}, "0123456789ab", writes="allowed")
made = Writes(replace(asking, named=nullcontext), Journal(Path({str(folder)!r})))
with made.restored({THEME!r}), made.marked({NOTES!r}, list_key="notes", field="text") as mark:
    print(mark, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=CHECKOUT)
    assert done.returncode == -signal.SIGKILL, done.stderr
    Notebook.notes["2"] = done.stdout.strip()
    Notebook.theme["theme"] = "dark"


def test_the_next_run_undoes_what_a_killed_one_has_changed(url: str, tmp_path: Path) -> None:
    killed(url, tmp_path)
    Journal(tmp_path).undo_leftovers(asking(url))

    assert (Notebook.notes, Notebook.theme) == ({"1": "of a person"}, {"theme": "light"})
    assert list(tmp_path.iterdir()) == []


def test_what_a_living_process_changes_and_what_another_deployment_has_is_left_alone(url: str, tmp_path: Path) -> None:
    with marked(url, Journal(tmp_path)) as mark:
        Notebook.notes["2"] = mark
        Journal(tmp_path).undo_leftovers(asking(url))
        assert str(os.getpid()) in mark
        assert "2" in Notebook.notes
    killed(url, tmp_path)
    Journal(tmp_path).undo_leftovers(asking(url.replace("127.0.0.1", "localhost")))

    assert len(Journal(tmp_path).left()) == 2
