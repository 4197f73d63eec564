"""Requests of visitors before the run, so that the metrics have a past.

They go to the machines over keep-alive connections, as the edge's do on Fly.io, and are counted at the edge.
"""

import asyncio
import time

from sandbox.fault import Active
from sandbox.fly.app import App
from sandbox.fly.identity import ulid
from sandbox.fly.machine import SandboxMachine
from sandbox.traffic_faults import SLOW_VISITS, VISITS


async def visit(app: App, faults: Active) -> None:
    """Send the number of requests that the faults ask for, spread over the machines."""
    number = max((number for number, _ in VISITS.active(faults)), default=0)
    await send_visits(app, number, waited=SLOW_VISITS.figure(faults))


async def send_visits(app: App, number: int, *, waited: float = 0.0) -> None:
    """Send so many requests, spread over the machines that run; the edge counts `waited` seconds more for each."""
    machines = [machine for machine in app.machines if machine.state == "started"]
    if number and machines:
        await asyncio.gather(*(_visit(app, machine, number // len(machines), waited) for machine in machines))


async def _visit(app: App, machine: SandboxMachine, number: int, waited: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", machine.port)
    for _ in range(number):
        began = time.monotonic()
        writer.write(f"GET /api/visits HTTP/1.1\r\nhost: app\r\nfly-request-id: {ulid()}-ord\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().splitlines()
        length = next(int(line.partition(":")[2]) for line in head if line.startswith("content-length:"))
        await reader.readexactly(length)
        app.edge.note(int(head[0].split()[1]), time.monotonic() - began + waited, machine.id)
    writer.close()
