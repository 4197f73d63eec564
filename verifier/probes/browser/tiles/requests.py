"""Follows the requests of a page, to tell which of them failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Request, Response

FOLLOWED = 1000
"""Requests of a page whose outcome is heard; driver and run keep something of each, and with 60,000 half a GB."""
_PENDING = "no answer yet"


class PageRequests:
    """The failed requests of a page, among the first `FOLLOWED` that it makes.

    Attributes:
        unwell: address → error.
        flooded: whether it made more.

    Args:
        page: the page, before navigation.
    """

    def __init__(self, page: Page) -> None:
        self.unwell: dict[str, str] = {}
        self.flooded = False
        self._page = page
        self._number = 0
        self._listeners: dict[Any, Callable[[Any], None]] = {
            "request": self._asked,
            "requestfailed": self._failed,
            "response": self._answered,
        }
        for event, listener in self._listeners.items():
            page.on(event, listener)

    def _asked(self, request: Request) -> None:
        self._number += 1
        if self._number > FOLLOWED:
            self._give_up()
        elif request.resource_type != "eventsource":  # a stream does not finish
            self.unwell[request.url] = _PENDING

    def _failed(self, request: Request) -> None:
        if self.unwell.get(request.url) == _PENDING:  # an error response is reported by its status
            self.unwell[request.url] = request.failure or "failed"

    def _answered(self, response: Response) -> None:
        self.unwell.pop(response.url, None)
        if response.status >= 400:  # noqa: PLR2004 - RFC 9110, section 15.5
            self.unwell[response.url] = f"HTTP {response.status}"

    def _give_up(self) -> None:
        """Hear of no more; how those end that are on their way is not known then."""
        if not self.flooded:
            self.flooded = True
            for event, listener in self._listeners.items():
                self._page.remove_listener(event, listener)
            self.unwell = {url: said for url, said in self.unwell.items() if said != _PENDING}
