"""The release command of a deploy."""

import asyncio

from sandbox.fault import Active
from sandbox.fly.identity import machine_id, moment, ulid
from sandbox.fly.logbook import Logbook
from sandbox.fly.machine import event
from sandbox.fly.release import GENERATES, AppRelease, Rollout
from sandbox.fly.release_faults import WAYS


def rollout_of(faults: Active) -> Rollout:
    """The rollout with these faults."""
    return next((way for way, _ in WAYS.active(faults)), Rollout(GENERATES))


class Helper:
    """The ephemeral machine of a release command: it runs a real process once."""

    def __init__(self, app: str, release: AppRelease, rollout: Rollout) -> None:
        self.id = machine_id()
        self.name = f"{app}-release-command"
        self.instance_id = ulid()
        self.release = release
        self.words = rollout.command
        self.listed = rollout.listed
        self.state = "created"
        self.created_at = self.updated_at = moment()
        self.events = [event("launch", "created", "user")]
        self._exit_code = rollout.exit_code

    async def run(self, logbook: Logbook) -> None:
        """Run the command."""
        logbook.write(self.id, f"Preparing to run: `{' '.join(self.words)}` as root", "runner")
        self.state = "started"
        self.events.insert(0, event("start", "started"))
        process = await asyncio.create_subprocess_exec("/bin/sh", "-c", f"exit {self._exit_code}")
        code = await process.wait()
        # Zero and false are omitted, as by the platform.
        data = {"exit_code": code} if code else {}
        self.events.insert(0, event("exit", "stopped", exit_event={**data, "exited_at": moment()}))
        logbook.write(self.id, f"Main child exited normally with code: {code}", "runner")
        self.events.insert(0, event("destroy", "destroyed"))
        self.state, self.updated_at = "destroyed", moment()
