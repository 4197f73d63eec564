"""The positive control: requests of our own that must be found in the log, before its silence proves anything."""

from __future__ import annotations

import uuid

import httpx
from pydantic import AwareDatetime

from verifier.core.evidence import Record
from verifier.core.probe import Context
from verifier.core.threads import in_threads
from verifier.probes.http.client import Reply, get
from verifier.probes.logs.section import Logs


class Control(Record):
    """One marked request to one machine.

    Attributes:
        mark: the text by which its line is known.
        reply: how the machine answered.
        logged: when the log says that it came; nothing where the log does not tell of it.
    """

    machine: str
    mark: str
    reply: Reply
    logged: AwareDatetime | None = None


def send_controls(context: Context, session: httpx.Client, machines: tuple[str, ...], word: str) -> tuple[Control, ...]:
    """Send each machine a request that can be found again; none where the app does not log requests.

    Args:
        context: what a probe may use.
        session: the client to ask with.
        machines: whom to ask.
        word: tells these requests from others of the same look. Those of two looks differ by themselves: workers of one
            run look each for themselves, and who took another's request for its own would end before its time.
    """
    settings = context.target.section(Logs)
    if settings.requests == "not-logged" or not machines:
        return ()
    address = f"{context.url}{settings.control}{'&' if '?' in settings.control else '?'}probe="
    look = uuid.uuid4().hex[:8]
    marks = {machine: f"{context.run}-{word}-{look}-{machine}" for machine in machines}
    replies = in_threads(lambda each: get(session, address + marks[each], machine=each), marks, 8)
    return tuple(
        Control(machine=machine, mark=marks[machine], reply=reply)
        for machine, reply in zip(marks, replies, strict=True)
    )
