"""The faults of delivery: what this machine does wrong with the changes that it should tell of."""

import asyncio
import itertools
import uuid
from collections.abc import Callable

from sandbox.hotdash.changes import Change
from sandbox.hotdash.site import Site

Publish = Callable[[Change], None]
TOGETHER_SECONDS = 0.4
"""How long a change waits for the next one, with which it changes places."""


class Mischief:
    """Hands changes on, as the faults of this machine want it; as they are, if there are none."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._connects = itertools.count()
        self._held: tuple[Change, asyncio.TimerHandle] | None = None

    def publish(self, change: Change, publish: Publish) -> None:
        """Publish this change now, later, twice, changed, after the next one, or never."""
        faults, loop = self._site.faults, asyncio.get_running_loop()
        if "delivers-on-own-machine-only" in faults and change.machine != self._site.machine:
            return
        if "delivers-out-of-order" in faults:
            self._swap(change, publish)
            return
        for _ in range(2 if "delivers-twice" in faults else 1):
            if late := self._site.seconds("delivers-late"):
                loop.call_later(late, publish, self._altered(change))
            else:
                publish(self._altered(change))

    def refuses(self) -> bool:
        """Whether this connection is refused: three of five are, if at all."""
        return "streams-refused" in self._site.faults and next(self._connects) % 5 in {0, 2, 4}

    @property
    def forgets(self) -> bool:
        """Whether a client that comes back is told nothing of what it missed."""
        return "loses-on-reconnect" in self._site.faults

    @property
    def leaks(self) -> bool:
        """Whether a stream whose client has left stays in the books."""
        return any(name.startswith("leaks-connections") for name in self._site.faults)

    def _altered(self, change: Change) -> Change:
        if "delivers-wrong-payload" in self._site.faults:
            other = "approved" if change.approval.get("status") != "approved" else "pending"
            return change._replace(approval={**change.approval, "status": other})
        if "delivers-random-payload" in self._site.faults:
            told = dict.fromkeys(change.approval, "lorem ipsum")
            return change._replace(approval={**told, "id": str(uuid.uuid4()), "status": "approved"})
        return change

    def _swap(self, change: Change, publish: Publish) -> None:
        """Let a change wait for the next one, which then goes first."""
        if self._held is not None:
            before, timer = self._held
            timer.cancel()
            self._held = None
            publish(change)
            publish(before)
            return
        self._held = (change, asyncio.get_running_loop().call_later(TOGETHER_SECONDS, self._release, publish))

    def _release(self, publish: Publish) -> None:
        if self._held is not None:
            change, _ = self._held
            self._held = None
            publish(change)
