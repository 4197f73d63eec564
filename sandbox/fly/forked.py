"""Processes of machines, forked from a server that has imported the applications: that takes longer than a deploy.

Each has its own session, input and output. The fork server ends with this process.
"""

import asyncio
import contextlib
import gc
import io
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.reduction import DupFd
from typing import Any

_FORKS = get_context("forkserver")
_APPLICATIONS = ["sandbox.hotdash.process", "sandbox.services.agent"]
_LINE_LIMIT = 1 << 20
_ONE = ThreadPoolExecutor(1, "forks")
"""Starting and reaping also poll all other processes: two threads would read one exit status twice."""


def load_applications() -> None:
    """Let the fork server import the applications; call it before the first start."""
    _FORKS.set_forkserver_preload(_APPLICATIONS)


class Forked:
    """A forked process.

    Attributes:
        pid: of the process.
        stdout: its standard output.
        stderr: its standard error.
        returncode: its exit status, negative for a signal; None while it runs.
    """

    def __init__(self, process: Any, stdin: int, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader) -> None:  # noqa: ANN401 - its class is private
        self.pid: int = process.pid
        self.stdout, self.stderr = stdout, stderr
        self.returncode: int | None = None
        self._process = process
        self._input = io.FileIO(stdin, "w")
        self._ended = asyncio.create_task(self._end())

    def write(self, line: bytes) -> None:
        """Write to its input, if that is open."""
        with contextlib.suppress(BrokenPipeError):
            self._input.write(line)

    def end_input(self) -> None:
        """Close its input, as the exit of this process would."""
        self._input.close()

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it still runs."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it may have just ended
                os.kill(self.pid, number)

    async def wait(self) -> int:
        """Wait for its exit status."""
        return await asyncio.shield(self._ended)

    async def _end(self) -> int:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, over.set)
        try:
            await over.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self.returncode = await loop.run_in_executor(_ONE, self._reap)
        self._input.close()
        return self.returncode

    def _reap(self) -> int:
        self._process.join()
        status: int = self._process.exitcode
        self._process.close()
        return status


async def fork(module: str, listener: int) -> Forked:
    """Start `main(DESCRIPTOR)` of an application.

    Args:
        module: its name.
        listener: the socket on which it serves.
    """
    (read_end, write_end), *outputs = (os.pipe() for _ in range(3))
    theirs = [read_end, *(write for _, write in outputs)]
    ours = [io.FileIO(read) for read, _ in outputs]
    process = await asyncio.get_running_loop().run_in_executor(_ONE, _start, module, listener, theirs)
    return Forked(process, write_end, *[await _reader(each) for each in ours])


def _start(module: str, listener: int, streams: list[int]) -> Any:  # noqa: ANN401 - its class is private
    process = _FORKS.Process(target=_become, args=(module, _Given(listener), [_Given(each) for each in streams]))
    process.daemon = True  # not joined at exit
    process.start()
    for each in streams:
        os.close(each)
    return process


async def _reader(pipe: io.FileIO) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(_LINE_LIMIT)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader


class _Given:
    """A descriptor that is passed to the new process."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __getstate__(self) -> dict[str, Any]:
        return {"handed": DupFd(self.descriptor)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.descriptor = state["handed"].detach()


def _become(module: str, listener: _Given, streams: list[_Given]) -> None:
    """In the child: become the machine's process."""
    gc.freeze()  # exclude imported objects from garbage collection
    os.setsid()
    for number, each in enumerate(streams):
        os.dup2(each.descriptor, number)
        os.close(each.descriptor)
    sys.stdout, sys.stderr = (io.TextIOWrapper(io.FileIO(number, "w"), write_through=True) for number in (1, 2))
    import_module(module).main(listener.descriptor)
