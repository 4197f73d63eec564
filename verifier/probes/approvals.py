"""The approval queue's API: makes, decides and removes a synthetic approval, where the target allows to write.

What is made carries a mark; it is removed at the end, and the next run removes what a run that was killed left behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from verifier.evidence import Cause, CouldNotLook
from verifier.patience import now
from verifier.probes import Context
from verifier.probes.http import cause_of, client, routed
from verifier.sections.events import Approvals

MARK = "definition-of-done"
_LEFTOVER = timedelta(minutes=15)
"""Older synthetic approvals belong to no run that still goes on."""


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
        mark: what this run's approvals carry.
    """

    def __init__(self, session: httpx.Client, address: str, settings: Approvals, mark: str) -> None:
        self._session = session
        self._address = address
        self.settings = settings
        self.mark = mark

    @classmethod
    @contextmanager
    def opened(cls, context: Context) -> Iterator[Queue]:
        """The queue of the target, without leftovers of runs that were killed; for one user of this run at a time.

        Raises:
            CouldNotLook: precondition, if the target does not allow to write.
        """
        settings = context.part(context.target.approvals, "approvals")
        if context.target.writes != "allowed":
            hint = 'writes = "allowed" in the target, if a synthetic approval may be made there'
            what = "a synthetic approval would have to be made, and this target forbids writing"
            raise CouldNotLook(Cause.PRECONDITION, what, remedy=hint)
        with context.alone("queue"), client(context.target) as session:
            queue = cls(session, context.url + settings.path, settings, f"{MARK} {context.run}")
            queue.remove_leftovers()
            yield queue

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
        listed = self._send("GET", self._address, None).get("approvals", [])
        return listed if isinstance(listed, list) else []

    def remove_leftovers(self) -> None:
        """Remove synthetic approvals that a run which was killed could not remove."""
        for each in self.all():
            if str(each.get(self.settings.marker) or "").startswith(MARK) and _old(each.get("created_at")):
                self._send("DELETE", f"{self._address}/{each[self.settings.id]}", None)

    def _send(self, method: str, url: str, machine: str | None, body: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            answer = self._session.request(method, url, json=body, headers=routed(machine))
        except httpx.HTTPError as trouble:
            raise CouldNotLook(cause_of(trouble), f"{method} {url}: {trouble}") from None
        if answer.is_error:
            cause = Cause.UNAUTHORIZED if answer.status_code in {401, 403} else Cause.UNREACHABLE
            raise CouldNotLook(cause, f"{method} {url}: HTTP {answer.status_code}: {answer.text[:200]}")
        content = answer.json() if answer.content else {}
        return content if isinstance(content, dict) else {}


@contextmanager
def synthetic_approval(queue: Queue, machine: str | None = None) -> Iterator[Approval]:
    """One approval for as long as the block lasts; whoever removes it inside says so by raising nothing."""
    made = queue.create(machine)
    try:
        yield made
    finally:
        if any(str(each.get(queue.settings.id)) == made.id for each in queue.all()):
            queue.remove(made)


def _old(created: Any) -> bool:  # noqa: ANN401 - whatever the API calls a time
    try:
        at: datetime = TypeAdapter(AwareDatetime).validate_python(created)
    except ValidationError:
        return False
    return now() - at > _LEFTOVER
