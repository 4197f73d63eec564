"""The approval queue's API: creates, decides and removes a synthetic approval, where the target allows writes.

Elsewhere it refuses every change. Synthetic approvals carry the id of the process that made them and are removed at the
end; the next run removes those of a run that was killed.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from verifier.core import causes
from verifier.core.cleanup import Cleanup
from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.core.threads import undisturbed
from verifier.probes.browser.http_session import visitor
from verifier.probes.http.client import LARGEST, send
from verifier.probes.sse.section import Approvals

MARK = "definition-of-done"
PENDING = "pending"
_LEFTOVER = timedelta(minutes=15)
"""Older synthetic approvals belong to no run that still goes on, wherever it was."""
_REMEDY = (
    'see [approvals]; an app without this API can be watched: writes = "forbidden", and table = its queue\'s table'
)
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def _node() -> str:
    """What tells this machine from others of its name: its network interface, or its boot where it has none.

    Without an interface Python makes a number up for each process, and sets its multicast bit (RFC 9562, 6.10).
    """
    node = uuid.getnode()
    made_up = node >> 40 & 1
    return _BOOT.read_text(encoding="ascii") if made_up and _BOOT.is_file() else str(node)


_HOST = hashlib.sha256(f"{socket.gethostname()} {_node()}".encode()).hexdigest()[:8]
"""This host, without telling its name to whoever reads the queue."""


def mark_of(run: str) -> str:
    """What tells that this process of the run made something."""
    return f"{MARK} {run} {_HOST}-{os.getpid()}"


@dataclass(frozen=True)
class Approval:
    """A synthetic approval: its id, its mark, and what the API says of it."""

    id: str
    mark: str
    content: dict[str, Any]


class Queue:
    """The API of the approval queue.

    Args:
        session: a client for the target.
        address: of the collection.
        settings: the target's words for it.
        mark: what this run's approvals carry; empty for who only reads.
        cleanup: lets the end of the run wait for what removes them.

    Attributes:
        writable: whether approvals may be made, decided and removed.
    """

    def __init__(
        self,
        session: httpx.Client,
        address: str,
        settings: Approvals,
        mark: str = "",
        cleanup: Cleanup | None = None,
    ) -> None:
        self._session = session
        self._cleanup = cleanup
        self._address = address
        self.settings = settings
        self.mark = mark
        self.writable = bool(mark)

    @classmethod
    @contextmanager
    def opened(cls, context: Context) -> Iterator[Queue]:
        """The queue of the target, without leftovers of runs that were killed; for one user of this run at a time.

        Raises:
            CouldNotLook: precondition, if the target does not allow to write.
        """
        settings = context.target.section(Approvals)
        if context.target.writes != "allowed":
            hint = 'writes = "allowed" in the target, if a synthetic approval may be made there'
            what = "a synthetic approval would have to be made, and this target forbids writing"
            raise CouldNotLook(Cause.PRECONDITION, what, remedy=hint)
        if not (settings.create and settings.marker):
            what = f"{context.target.file} does not say how to make a synthetic approval"
            raise CouldNotLook(Cause.PRECONDITION, what, remedy="give create and marker in [approvals]")
        with context.named("queue"), visitor(context) as session:
            queue = cls(session, context.url + settings.path, settings, mark_of(context.run), context.cleanup)
            queue.remove_leftovers()
            yield queue

    @classmethod
    @contextmanager
    def to_read(cls, context: Context) -> Iterator[Queue]:
        """The queue of the target, for who changes nothing; as many at a time as want to."""
        settings = context.target.section(Approvals)
        with visitor(context) as session:
            yield cls(session, context.url + settings.path, settings)

    def awaited(self) -> AbstractContextManager[None]:
        """While approvals of this run may be in the queue; see `Cleanup.awaited`."""
        return self._cleanup.awaited(f"an approval with the mark '{self.mark}'") if self._cleanup else nullcontext()

    @contextmanager
    def synthetic(self, machine: str | None = None) -> Iterator[Approval]:
        """One approval for as long as the block lasts; whoever removes it inside says so by raising nothing."""
        made: list[Approval] = []
        with self.awaited():
            try:
                undisturbed(lambda: made.append(self.create(machine)))
                yield made[0]
            finally:
                for each in made:
                    undisturbed(partial(self._take_away, each))

    def create(self, machine: str | None = None) -> Approval:
        """Make one, through `machine` or through whichever the edge chooses."""
        content = self._send("POST", self._address, machine, self.settings.create | {self.settings.marker: self.mark})
        return Approval(str(content[self.settings.id]), self.mark, content)

    def decide(self, approval: Approval, status: str, machine: str | None = None) -> dict[str, Any]:
        """Set its status; hands over what the API then says of it."""
        return self._send("PATCH", f"{self._address}/{approval.id}", machine, {"status": status})

    def remove(self, approval: Approval, machine: str | None = None) -> None:
        """Take it away."""
        self._send("DELETE", f"{self._address}/{approval.id}", machine)

    def all(self) -> list[dict[str, Any]]:
        """What is in the queue."""
        return listed(self._session, self._address, self.settings)

    def pending(self) -> list[dict[str, Any]]:
        """What waits for a decision."""
        return [each for each in self.all() if each.get("status") == PENDING]

    def remove_leftovers(self) -> None:
        """Remove synthetic approvals that a run which was killed could not remove."""
        for each in self.all():
            mark = str(each.get(self.settings.marker) or "")
            if mark.startswith(MARK) and (orphaned(mark) or _old(each.get("created_at"))):
                self._send("DELETE", f"{self._address}/{each[self.settings.id]}", None)

    def _take_away(self, made: Approval) -> None:
        if any(str(each.get(self.settings.id)) == made.id for each in self.all()):
            self.remove(made)

    def _send(self, method: str, url: str, machine: str | None, body: dict[str, str] | None = None) -> dict[str, Any]:
        if not self.writable:
            raise CouldNotLook(Cause.PRECONDITION, f"{method} {url} was not sent: this target forbids writing")
        content = _asked(self._session, method, url, machine, body)
        return content if isinstance(content, dict) else {}


def listed(session: httpx.Client, address: str, settings: Approvals) -> list[dict[str, Any]]:
    """What is in the queue, as its API tells it.

    Raises:
        CouldNotLook: it does not answer, or with something that is no list of approvals.
    """
    content = _asked(session, "GET", address, None, None)
    found = content.get(settings.list_key) if isinstance(content, dict) else content
    if not isinstance(found, list) or not all(isinstance(each, dict) and settings.id in each for each in found):
        what = f"GET {address} lists no approvals under '{settings.list_key}', each with '{settings.id}'"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="correct path, list_key and id in [approvals]")
    return found


def _asked(session: httpx.Client, method: str, url: str, machine: str | None, body: dict[str, str] | None) -> Any:  # noqa: ANN401 - JSON
    answer = send(session, method, url, machine=machine, content=body, keep=LARGEST)
    if answer.status is None:
        raise CouldNotLook(answer.cause or Cause.UNREACHABLE, f"{method} {url}: {answer.trouble}")
    if httpx.codes.is_error(answer.status):
        what = f"{method} {url}: HTTP {answer.status}: {answer.body[:200]}"
        raise CouldNotLook(causes.of_status(answer.status or 0), what, remedy=_REMEDY)
    if not answer.body:
        return {}
    content = answer.content()
    if content is None:
        raise CouldNotLook(Cause.PRECONDITION, f"{method} {url}: the answer is not JSON")
    return content


def _old(created: Any) -> bool:  # noqa: ANN401 - whatever the API calls a time
    try:
        at: datetime = TypeAdapter(AwareDatetime).validate_python(created)
    except ValidationError:
        return False
    return now() - at > _LEFTOVER


def orphaned(mark: str) -> bool:
    """Whether a process of this host made it that is no more."""
    found = re.search(rf"\b{_HOST}-(\d+)\b", mark)
    if not found:
        return False
    try:
        os.kill(int(found[1]), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
