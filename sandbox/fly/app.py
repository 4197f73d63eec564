"""An app of the platform: machines, releases, names of secrets, logs, and real health checks."""

import asyncio
import contextlib
import dataclasses
import hashlib
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta

import httpx

from sandbox.failure import StartFailed
from sandbox.fly.edge.counts import EdgeCounts
from sandbox.fly.hostname import HostnameRecord
from sandbox.fly.identity import CHECK_AGENT, moment, ulid
from sandbox.fly.logbook import REGION, Logbook
from sandbox.fly.machine import SandboxMachine
from sandbox.fly.release import AppRelease, ReleaseImage, Rollout, new_release
from sandbox.fly.rollout import Helper

CHECK_SECONDS = 2.0
CHECK_NAME = "servicecheck-00-http-3000"
READY_SECONDS = 15.0
KILL_SECONDS = 5.0
"""Seconds until a stopping machine is killed (Fly docs, kill_timeout)."""
AT_REST = ("created", "stopped", "suspended", "failed")
_OUTPUT = 400
_OK = range(200, 300)

Configure = Callable[[SandboxMachine], Mapping[str, object]]


class App:
    """One app with a fixed number of machines."""

    def __init__(self, name: str, module: str, machines: int, secret_names: Sequence[str]) -> None:
        self.name = name
        self.logbook = Logbook()
        self.edge = EdgeCounts()
        self.created_at = moment()
        self.machines: list[SandboxMachine] = [
            SandboxMachine(module, f"{name}-{place}", self.logbook) for place in range(1, machines + 1)
        ]
        self.releases: list[AppRelease] = []
        self.helpers: list[Helper] = []
        self.rollout = Rollout()
        self.autostop = False
        self.status = "deployed"
        self.check_kind, self.check_path = "http", "/health"
        self.region = REGION
        self.hostnames: dict[str, HostnameRecord] = {}
        """The custom domain, by name."""
        self.lost_images: set[str] = set()
        """The digests of images that the registry has no more."""
        self.broken_images: set[str] = set()
        """The digests of images with which a machine does not start any more."""
        self.starts_again = True
        """Whether a machine that was stopped can be started."""
        self.secrets = {secret: hashlib.sha256(f"{name}{secret}".encode()).hexdigest()[:16] for secret in secret_names}
        self.lost_secrets: set[str] = set()
        self.staged_secrets: dict[str, str] = {}
        self._client = httpx.AsyncClient(timeout=CHECK_SECONDS, headers={"user-agent": CHECK_AGENT}, trust_env=False)
        self._rounds: asyncio.Task[None] | None = None
        self._configure: Configure | None = None
        self._changes: set[asyncio.Task[None]] = set()
        """Machines that are being stopped or started because somebody asked the platform to."""
        self.stops_asked: list[float] = []
        """When, by the monotonic clock."""

    @property
    def current(self) -> AppRelease:
        """The newest release."""
        return self.releases[-1]

    @property
    def release_before(self) -> AppRelease:
        """The newest one before it that was successful; an app begins with one."""
        return next(each for each in reversed(self.releases[:-1]) if each.status == "complete")

    def machine(self, identity: str) -> SandboxMachine | None:
        """The machine of this id."""
        return next((machine for machine in self.machines if machine.id == identity), None)

    def candidates(self) -> list[SandboxMachine]:
        """The machines for a request: healthy ones, or else all that run."""
        started = [machine for machine in self.machines if machine.state == "started"]
        return [machine for machine in started if machine.healthy] or started

    async def prepare(self) -> None:
        """Let every machine import its code."""
        await asyncio.gather(*(machine.prepare() for machine in self.machines))

    async def deploy(self, configure: Configure, rollout: Rollout | None = None) -> None:
        """Deploy a new release; returns when every machine responds, or has ended."""
        self.rollout, self._configure = rollout or Rollout(), configure
        await asyncio.gather(*self._changes, return_exceptions=True)
        if self.releases:
            await asyncio.gather(*(machine.stop() for machine in self.machines))
            await self.prepare()
        else:
            self.releases.append(self._next_release("complete"))
        before, release = self.releases[-1] if self.releases else None, self._next_release("running")
        self.releases.append(release)
        self.staged_secrets = {}
        if self.rollout.command:
            await self._run_release_command(release)
        for number, machine in enumerate(self.machines):
            old = before is not None and number < self.rollout.left_behind
            await machine.launch(before if old and before else release, configure(machine))
        await asyncio.gather(*(self._answers(machine) for machine in self.machines))
        release.status = self.rollout.status
        await self.check()
        if self._rounds is None:
            self._rounds = asyncio.create_task(self._check_in_rounds())

    def _next_release(self, status: str) -> AppRelease:
        release = new_release(self.name, len(self.releases) + 41)
        release.status, release.strategy = status, self.rollout.strategy
        return release

    async def _run_release_command(self, release: AppRelease) -> None:
        helper = Helper(self.name, release, self.rollout)
        self.helpers = [*self.helpers[-3:], helper]
        await helper.run(self.logbook)

    async def _answers(self, machine: SandboxMachine) -> None:
        """Wait until the machine responds with any status."""
        deadline = asyncio.get_running_loop().time() + READY_SECONDS
        while machine.state == "started":
            with contextlib.suppress(httpx.HTTPError):
                # The socket listens before the process serves, so the request waits in the backlog.
                await self._client.get(f"http://127.0.0.1:{machine.port}/health", timeout=READY_SECONDS)
                machine.answered()
                return
            if asyncio.get_running_loop().time() > deadline:
                break
        raise StartFailed(f"a machine of {self.name} does not answer; it said: {self._last_words(machine)}")

    def _last_words(self, machine: SandboxMachine) -> str:
        lines, _ = self.logbook.page("", machine.id)
        return " / ".join(line.message for line in lines[-4:])

    def backdate(self, seconds: int) -> None:
        """Make the release older by these seconds; the log loses all lines from before now."""
        self.logbook.forget(self.current.created_at)
        before = datetime.fromisoformat(self.current.created_at) - timedelta(seconds=seconds)
        self.current.created_at = moment(int(before.timestamp() * 1e9))
        for event in (event for machine in self.machines for event in machine.events):
            event["timestamp"] -= seconds * 1000

    def ask_to_stop(self, machine: SandboxMachine, seconds: float = KILL_SECONDS) -> None:
        """Begin to stop a machine, without waiting for its end, as the platform does."""
        if machine.state == "started":
            machine.state = "stopping"
            machine.note("stop", "stopping", "user")
            self.stops_asked.append(time.monotonic())
            self._later(machine.stop(seconds))

    def image(self, reference: str) -> ReleaseImage | None:
        """The image of this name or digest, if the registry has it."""
        kept = [each.image for each in self.releases if each.image.digest not in self.lost_images]
        return next((each for each in reversed(kept) if each.is_named(reference)), None)

    def ask_to_replace(self, machine: SandboxMachine, image: ReleaseImage) -> None:
        """Begin to let a machine run another image of the same release."""
        machine.state = "replacing"
        machine.note("update", "replacing", "user")
        self._later(self._replace(machine, image))

    async def _replace(self, machine: SandboxMachine, image: ReleaseImage) -> None:
        if machine.release is None or self._configure is None:
            return
        await machine.stop()
        if image.digest in self.broken_images:
            machine.state = "failed"
            machine.instance_id = ulid()
            return
        await machine.prepare()
        await machine.launch(dataclasses.replace(machine.release, image=image), self._configure(machine))
        await self._answers(machine)
        await self.check()

    def ask_to_start(self, machine: SandboxMachine) -> None:
        """Begin to start a stopped machine."""
        machine.state = "starting"
        machine.note("start", "starting", "user")
        self._later(self._start(machine))

    async def _start(self, machine: SandboxMachine) -> None:
        if not self.starts_again or self._configure is None:
            machine.state = "failed"
            machine.note("start", "failed")
            return
        await machine.start_again(self._configure(machine))
        await self._answers(machine)
        await self.check()

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)

    async def check(self) -> None:
        """Run one round of the health checks."""
        await asyncio.gather(*(self._check(machine) for machine in self.machines))

    async def _check_in_rounds(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            await self.check()

    async def _check(self, machine: SandboxMachine) -> None:
        if machine.state not in {"started", "stopped"}:
            return
        instance = machine.instance_id
        try:
            answer = await self._client.get(f"http://127.0.0.1:{machine.port}{self.check_path}")
        except httpx.HTTPError as error:
            status, output = "critical", str(error) or type(error).__name__
        else:
            status, output = "passing" if answer.status_code in _OK else "critical", answer.text
        if machine.instance_id != instance:
            return
        before = next(iter(machine.checks), None)
        since = before["updated_at"] if before is not None and before["status"] == status else moment()
        machine.checks = [{"name": CHECK_NAME, "status": status, "output": output[:_OUTPUT], "updated_at": since}]

    async def stop(self) -> None:
        """Stop every machine."""
        if self._rounds is not None:
            self._rounds.cancel()
        await asyncio.gather(*self._changes, return_exceptions=True)
        await asyncio.gather(*(machine.stop() for machine in self.machines))
        await self._client.aclose()
