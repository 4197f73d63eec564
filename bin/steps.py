"""How set-up takes its steps: one set-up at a time, each step remembered, commands that keep the lock."""

import fcntl
import hashlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

VENV = Path(".venv")
LONGEST_STEP = 900  # seconds
NO_SUCH_COMMAND, TOOK_TOO_LONG = 127, 124


class Done(NamedTuple):
    """How a command ended."""

    status: int
    output: str

    @property
    def gist(self) -> str:
        """What broke the connection, else the first line that names an error, else the last line."""
        broken = re.findall(r"connection broken by .{1,200}", self.output)
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        errors = [line for line in lines if re.match(r"(npm )?err", line, re.IGNORECASE)]
        return (broken[-1:] or errors or lines[-1:] or [f"exit status {self.status}"])[0]


class Stamp:
    """Remembers for which inputs a step was carried out, and how it ended. Written after the step, never before."""

    def __init__(self, name: str, *inputs: object) -> None:
        self.path = VENV / f".{name}"
        self.inputs = hashlib.sha256(repr(inputs).encode()).hexdigest()

    def outcome(self) -> str | None:
        """How the step ended for these inputs; None when it never came to its end."""
        try:
            inputs, _, outcome = self.path.read_text().partition("\n")
        except OSError:
            return None
        return outcome.strip() if inputs == self.inputs else None

    def write(self, outcome: str) -> None:
        """Note the outcome in one step, so that no reader sees half of it."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(f"{self.inputs}\n{outcome}\n")
        fresh.replace(self.path)


class Shell:
    """Runs commands that keep the lock for as long as they live, even if this process dies before them."""

    def __init__(self, lock: int) -> None:
        self.lock = lock

    def run(self, *command: object) -> Done:
        """Run a command without input and keep what it says."""
        with tempfile.TemporaryFile("w+", errors="replace") as said:
            try:
                status = subprocess.run(
                    [str(word) for word in command],
                    check=False,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.STDOUT,
                    pass_fds=[self.lock],
                    timeout=LONGEST_STEP,
                ).returncode
            except subprocess.TimeoutExpired:
                return Done(TOOK_TOO_LONG, f"no end after {LONGEST_STEP} s")
            except OSError as error:
                return Done(NO_SUCH_COMMAND, str(error))
            said.seek(0)
            return Done(status, said.read())


def starts(program: str) -> bool:
    """Tell whether a program starts, and so is whole."""
    try:
        return subprocess.run([program, "--version"], check=False, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def say(text: str) -> None:
    """Speak on stderr: stdout belongs to the command that set-up is for."""
    sys.stderr.write(f"setup: {text}\n")
    sys.stderr.flush()


@contextmanager
def alone() -> Iterator[Shell]:
    """Hold the lock; the system gives it back when the last process that has it open ends."""
    with Path(".setup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up is at work in this folder; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield Shell(lock.fileno())
