"""A machine of the sandbox comes and goes as it is told, whatever its process does meanwhile."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

import httpx
import psutil

from sandbox.fly.logbook import Logbook
from sandbox.fly.machine import SandboxMachine
from sandbox.fly.release import new_release
from tests.support.runs.toy import CHECKOUT


def test_a_process_that_ends_by_itself_while_it_is_stopped_is_stopped() -> None:
    async def lives() -> str:
        machine = SandboxMachine("sandbox.services.agent", "toy-1", Logbook())
        await machine.prepare()
        await machine.launch(new_release("toy", 41), {"faults": {}})
        await machine.kill()
        # No time at all: whether it ended is not even asked before it is killed.
        await machine.stop(0)
        return machine.state

    assert asyncio.run(lives()) == "stopped"


def test_a_machine_is_a_process_of_its_own_and_does_not_outlive_a_supervisor_that_is_killed() -> None:
    command = [sys.executable, "-m", "sandbox", "up"]
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as supervisor:
        control = json.loads(supervisor.stdout.readline())["control"]  # type: ignore[union-attr]
        headers = {"authorization": f"Bearer {control['token']}"}
        apps = httpx.get(f"{control['url']}/state", headers=headers).json()["apps"]
        machines = [psutil.Process(each["pid"]) for app in apps.values() for each in app["machines"]]
        sessions = [os.getsid(each.pid) for each in machines]
        (forks,) = {each.parent() for each in machines}

        supervisor.kill()
        _, left = psutil.wait_procs([*machines, forks], timeout=30)

    assert sessions == [each.pid for each in machines]
    assert left == []
