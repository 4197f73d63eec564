"""Asks the supervisor: the whole of a platform without secrets, metrics and snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from supervisor.section import SupervisorSection
from verifier.core.config.expected_release import read_image
from verifier.core.deadline import monotonic
from verifier.core.machine import Exit, Machine, Release
from verifier.core.platform import APP, Fleet, LogLine, LogPage, Platform
from verifier.core.probe import Context
from verifier.probes.http.client import WHOLE, client, get, order, refusal


@contextmanager
def opened(context: Context) -> Iterator[Supervisor]:
    """The supervisor, for as long as the block lasts."""
    with client(context.target) as session:
        yield Supervisor(session, context.target.section(SupervisorSection).control)


class Supervisor(Platform):
    """The processes of one app."""

    def __init__(self, session: httpx.Client, control: str) -> None:
        self._session, self._control = session, control

    def access(self) -> str:
        self._asked("release")
        return "nobody's: it asks for none"

    def fleet(self) -> Fleet:
        return Fleet(tuple(_machine(each) for each in self._asked("machines")))

    def machine(self, machine: str) -> Machine:
        return next(each for each in self.fleet().machines if each.id == machine)

    def release(self) -> Release:
        return Release(**self._asked("release"))

    def log_page(self, cursor: str, machine: str | None = None) -> LogPage:
        lines = tuple(_line(each) for each in self._asked("log", after=cursor, machine=machine or ""))
        return LogPage(lines, str(lines[-1].nanoseconds) if lines else cursor)

    def stop(self, machine: str) -> float:
        return self._ordered(machine, "stop")

    def start(self, machine: str) -> None:
        self._ordered(machine, "start")

    def _asked(self, path: str, **params: str) -> Any:  # noqa: ANN401 - any JSON
        reply = get(self._session, f"{self._control}/{path}", params=params, keep=WHOLE)
        if reply.status != httpx.codes.OK:
            raise refusal(reply, f"the supervisor's {path}")
        return reply.content()

    def _ordered(self, machine: str, verb: str) -> float:
        sent = monotonic()
        reply = order(self._session, f"{self._control}/machines/{machine}/{verb}", headers={})
        if reply.status != httpx.codes.OK:
            raise refusal(reply, f"the order to {verb} {machine}")
        return sent


def _machine(told: dict[str, Any]) -> Machine:
    exits = tuple(Exit(**each) for each in told["exits"])
    return Machine(
        id=told["id"],
        state=told["state"],
        release=told["release"],
        digest=read_image(told["image"]).digest,
        instance=told["instance"],
        launched=told["launched"],
        exits=exits,
        last_exit=str(exits[0]) if exits else None,
    )


def _line(told: dict[str, Any]) -> LogLine:
    at = datetime.fromtimestamp(told["nanoseconds"] / 1e9, UTC)
    identity = f"{told['machine']}-{told['nanoseconds']}"
    return LogLine(told["machine"], APP, at, "", told["text"], identity, told["nanoseconds"])
