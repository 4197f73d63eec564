"""A machine of the sandbox comes and goes as it is told, whatever its process does meanwhile."""

from __future__ import annotations

import asyncio

from sandbox.fly.logbook import Logbook
from sandbox.fly.machine import Machine
from sandbox.fly.release import new_release


def test_a_process_that_ends_by_itself_while_it_is_stopped_is_stopped() -> None:
    async def lives() -> str:
        machine = Machine("sandbox.agent", "toy-1", Logbook())
        await machine.prepare()
        await machine.launch(new_release("toy", 41), {"faults": {}})
        await machine.kill()
        # No time at all: whether it ended is not even asked before it is killed.
        await machine.stop(0)
        return machine.state

    assert asyncio.run(lives()) == "stopped"
