"""Starts the deployment that a target names, and stops it with the run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from pydantic import ValidationError

from verifier.core.config.files import Written
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.redaction import REDACTOR

START_SECONDS = 60.0
STOP_SECONDS = 10.0


class StartAnswer(Written):
    """What a start command tells in its one line: addresses, secrets, and how to steer it."""

    target: dict[str, Any] = {}
    credentials: dict[str, str] = {}
    control: dict[str, str] = {}


class Deployment:
    """A deployment that lives as long as this process holds its standard input.

    Args:
        command: what starts it; `python` means this Python.
        root: the folder where it is started.
        log: where what it says to people is kept.
    """

    def __init__(self, command: Sequence[str], root: Path, log: Path) -> None:
        words = [sys.executable if word == "python" else word for word in command]
        self._log = log
        with log.open("wb") as stderr:
            # A session of its own, so that Ctrl-C in the terminal reaches the run first, and the run ends it in order.
            self._process = subprocess.Popen(
                words,
                cwd=root,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env={**os.environ, "TMPDIR": tempfile.gettempdir()},  # not this run's own, which nobody else may read
                start_new_session=True,
            )

    def told(self) -> StartAnswer:
        """Wait for the line.

        Raises:
            CouldNotLook: precondition; it ended, said something else, or said nothing for a minute.
        """
        line = self._first_line()
        try:
            told = StartAnswer.model_validate(json.loads(line))
        except (ValueError, ValidationError):
            self.stop()
            raise CouldNotLook(
                Cause.PRECONDITION,
                f"the deployment did not start: {self._last_words() or 'it said nothing'}",
                remedy="start it by hand to see more: " + " ".join(map(str, self._process.args)),  # type: ignore[arg-type]
            ) from None
        return told

    def stop(self) -> None:
        """Close its standard input and wait; kill it if it does not leave."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def _first_line(self) -> bytes:
        lines: Queue[bytes] = Queue()
        output = self._process.stdout
        threading.Thread(target=lambda: lines.put(output.readline() if output else b""), daemon=True).start()
        try:
            return lines.get(timeout=START_SECONDS)
        except Empty:
            return b""

    def _last_words(self) -> str:
        words = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return REDACTOR.text(words[-1]) if words else ""
