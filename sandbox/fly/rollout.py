"""How a deploy goes: its release command, which machines it reaches, and what it is called in the end."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.fly.identity import machine_id, moment, ulid
from sandbox.fly.logbook import Logbook
from sandbox.fly.machine import event
from sandbox.fly.release import Release

ALL = 1 << 10
GENERATES = ("npx", "prisma", "generate")
MIGRATES = ("npx", "prisma", "migrate", "deploy")


@dataclass(frozen=True)
class Rollout:
    """One way for a deploy to go.

    Attributes:
        command: the release command; nothing if none is configured.
        exit_code: what it ends with.
        told: whether the platform still tells of its machine when it is gone.
        left_behind: how many machines keep the release before.
        status: what the release is called at the end.
    """

    command: tuple[str, ...] = ()
    exit_code: int = 0
    told: bool = True
    left_behind: int = 0
    status: str = "complete"


def rollout_of(faults: Mapping[str, str | None]) -> Rollout:
    """How a deploy with these faults goes."""
    ways = {
        "release-failed": Rollout(GENERATES, left_behind=ALL, status="failed"),
        "release-stuck": Rollout(GENERATES, status="running"),
        "release-stuck-half-way": Rollout(GENERATES, left_behind=1, status="running"),
        "release-command-migrates": Rollout(MIGRATES),
        "release-command-failed": Rollout(GENERATES, exit_code=1, left_behind=ALL, status="failed"),
        "release-command-gone": Rollout(GENERATES, told=False),
        "release-command-none": Rollout(),
        "image-old-on-one-machine": Rollout(GENERATES, left_behind=1),
    }
    return next((ways[name] for name in faults if name in ways), Rollout(GENERATES))


class Helper:
    """The extra machine of a release command: it runs a real process once, and is gone."""

    def __init__(self, app: str, release: Release, rollout: Rollout) -> None:
        self.id = machine_id()
        self.name = f"{app}-release-command"
        self.instance_id = ulid()
        self.release = release
        self.words = rollout.command
        self.told = rollout.told
        self.state = "created"
        self.created_at = self.updated_at = moment()
        self.events = [event("launch", "created", "user")]
        self._exit_code = rollout.exit_code

    async def run(self, logbook: Logbook) -> None:
        """Run to the end."""
        logbook.write(self.id, f"Preparing to run: `{' '.join(self.words)}` as root", "runner")
        self.state = "started"
        self.events.insert(0, event("start", "started"))
        process = await asyncio.create_subprocess_exec("/bin/sh", "-c", f"exit {self._exit_code}")
        code = await process.wait()
        # Zero and false are left out, as the platform leaves them out.
        told = {"exit_code": code} if code else {}
        self.events.insert(0, event("exit", "stopped", exit_event={**told, "exited_at": moment()}))
        logbook.write(self.id, f"Main child exited normally with code: {code}", "runner")
        self.events.insert(0, event("destroy", "destroyed"))
        self.state, self.updated_at = "destroyed", moment()
