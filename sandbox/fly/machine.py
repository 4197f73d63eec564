"""One machine: a permanent identity, and a process that starts and stops."""

import asyncio
import json
import signal
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from sandbox.fly.api.log_faults import NPM_ERROR_AT_SHUTDOWN
from sandbox.fly.forked import Forked, fork
from sandbox.fly.identity import machine_id, moment, ulid
from sandbox.fly.logbook import Logbook
from sandbox.fly.release import AppRelease
from sandbox.serving import loopback_socket

STOP_SECONDS = 1.5
"""Seconds until a machine that the sandbox stops is killed."""
_SIGNALLED = 128


def event(kind: str, status: str, source: str = "flyd", **request: object) -> dict[str, Any]:
    """An event of a machine, with the present time."""
    data = {"id": ulid(), "type": kind, "status": status, "source": source, "timestamp": time.time_ns() // 1_000_000}
    return data | ({"request": request} if request else {})


class SandboxMachine:
    """A machine of one app; its state is that of its process."""

    def __init__(self, module: str, name: str, logbook: Logbook) -> None:
        self.id = machine_id()
        self.name = name
        self.module = module
        self.logbook = logbook
        self.created_at = self.updated_at = moment()
        self.instance_id = ulid()
        self.private_ip = (
            f"fdaa:9:1a2b:a7b:{int(self.id[:4], 16):x}:{int(self.id[4:8], 16):x}:{int(self.id[8:12], 16):x}:2"
        )
        self.state = "created"
        self.said_to_be: str | None = None
        """The state that the platform reports instead of the real one."""
        self.release: AppRelease | None = None
        self.port = 0
        self.checks: list[dict[str, str]] = []
        self.cordoned = False
        self.host_status = "ok"
        self.events: deque[dict[str, Any]] = deque(maxlen=50)
        self._process: Forked | None = None
        self._readers: list[asyncio.Task[None]] = []
        self._watcher: asyncio.Task[None] | None = None
        self._requested_stop = self._out_of_memory = False
        self._prepared_at = 0.0

    @property
    def pid(self) -> int | None:
        """The process, while it runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    @property
    def healthy(self) -> bool:
        """Started, with all checks passing."""
        return self.state == "started" and all(check["status"] == "passing" for check in self.checks)

    def note(self, kind: str, status: str, source: str = "flyd", **request: object) -> None:
        """Add an event; newest first."""
        self.events.appendleft(event(kind, status, source, **request))
        self.updated_at = moment()

    async def prepare(self) -> None:
        """Start a process, which waits for its configuration."""
        listener = loopback_socket()
        with listener:
            self.port = listener.getsockname()[1]
            self._process = await fork(self.module, listener.fileno())
        self.state = "starting"
        self._prepared_at = time.monotonic()
        self._requested_stop = self._out_of_memory = False

    async def launch(self, release: AppRelease, configuration: Mapping[str, Any]) -> None:
        """Configure the prepared process; from now on its lines belong to this release."""
        process = self._process
        if process is None:
            raise RuntimeError("prepare the machine first")
        await self._end_of_the_release_before(configuration)
        self.release = release
        self.instance_id = ulid()
        self.note("launch", "created", "user")
        self._begin(process, release, configuration)

    async def start_again(self, configuration: Mapping[str, Any]) -> None:
        """Start a process of the same release and version."""
        if self.release is None:
            raise RuntimeError("it was never launched")
        await self.prepare()
        self.checks = []
        if self._process is not None:
            self._begin(self._process, self.release, configuration)

    def _begin(self, process: Forked, release: AppRelease, configuration: Mapping[str, Any]) -> None:
        self.logbook.write(self.id, "Starting machine", "runner")
        self._send({**configuration, "machine": self.id, "version": release.image.tag})
        self._readers = [asyncio.create_task(self._read(stream)) for stream in (process.stdout, process.stderr)]
        self._watcher = asyncio.create_task(self._watch(process))
        self.state = "started"
        self.note("start", "started")

    async def _end_of_the_release_before(self, configuration: Mapping[str, Any]) -> None:
        """Log npm's error at SIGTERM, which comes after the new release was created."""
        if self.release is not None and NPM_ERROR_AT_SHUTDOWN.on(configuration["faults"]):
            for line in ("path /app", "command failed", "signal SIGTERM", "command sh -c react-router-serve ./build"):
                self.logbook.write(self.id, f"npm error {line}")
            # The platform's events have milliseconds, and these lines precede the next one.
            await asyncio.sleep(0.005)

    def fall(self, times: int, *, out_of_memory: bool = False) -> None:
        """Add events of this many unexpected exits and restarts."""
        for number in range(1, times + 1):
            data: dict[str, object] = {"exit_code": 137, "oom_killed": True} if out_of_memory else {"exit_code": 1}
            exit_event = {**data, "restarting": True, "exited_at": moment()}
            self.note("exit", "stopped", exit_event=exit_event, restart_count=number)
            self.note("start", "started")

    def answered(self) -> None:
        """Add the event that the process responds, with the seconds that it took."""
        took = (time.monotonic() - self._prepared_at) * 1000
        self.logbook.write(self.id, f"Machine started in {took:.0f}ms", "runner")

    def _send(self, message: Mapping[str, object]) -> None:
        if self._process is not None and self.pid is not None:
            self._process.write(json.dumps(message).encode() + b"\n")

    def set_faults(self, faults: Mapping[str, str | None]) -> None:
        """Switch the faults of the running process."""
        self._send({"faults": dict(faults)})

    async def _read(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            self.logbook.write(self.id, line.decode(errors="replace").rstrip("\n"))

    async def _watch(self, process: Forked) -> None:
        """Add the event of the real exit of the process."""
        code = await process.wait()
        await asyncio.gather(*self._readers)
        killed_by = -code if code < 0 else None
        self.state = "stopped"
        exit_event = {
            "exit_code": _SIGNALLED + killed_by if killed_by else code,
            "guest_exit_code": 0 if killed_by else code,
            "guest_signal": killed_by or -1,
            "signal": -1,
            "oom_killed": self._out_of_memory,
            "requested_stop": self._requested_stop,
            "restarting": False,
            "exited_at": moment(),
        }
        self.note("exit", "stopped", exit_event=exit_event, restart_count=0)
        how = f"with signal {signal.Signals(killed_by).name}" if killed_by else f"normally with code: {code}"
        self.logbook.write(self.id, f"Main child exited {how}", "runner")

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Stop by SIGTERM, and after `seconds` by SIGKILL."""
        self._requested_stop = True
        process = self._process
        if process is None:
            return
        if self._watcher is None:
            # Without a configuration it ends with its input.
            process.end_input()
        if self.pid is not None:
            self.state = "stopping"
            process.send(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), seconds)
        except TimeoutError:
            process.send(signal.SIGKILL)
        if self._watcher is not None:
            await self._watcher
        self.checks = []

    async def kill(self, *, out_of_memory: bool = False) -> None:
        """Kill the process, as the kernel does when memory runs out, and wait for the event."""
        self._out_of_memory = out_of_memory
        if self.pid is not None and self._process is not None:
            self._process.send(signal.SIGKILL)
        if self._watcher is not None:
            await self._watcher
