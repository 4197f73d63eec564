"""The log API of one app: pages of a hundred lines, and a cursor."""

from sandbox.fault import Active
from sandbox.fly.api.log_faults import HIDDEN, NOTHING_HIDDEN, PAGE, Page
from sandbox.fly.app import App
from sandbox.fly.logbook import LogbookLine


class LogApi:
    """Returns pages, changed by the active faults."""

    def __init__(self) -> None:
        self._asked: set[str] = set()

    def page(self, app: App, faults: Active, token: str, instance: str | None) -> tuple[list[LogbookLine], str]:
        """The lines of a page, and the cursor of the next one."""
        hidden = next((hide(app) for hide, _ in HIDDEN.active(faults)), NOTHING_HIDDEN)
        page = Page(app, token, token in self._asked, *app.logbook.page(token, instance, hidden=hidden))
        self._asked.add(token)
        for change, _ in PAGE.active(faults):
            change(page)
        return page.lines, page.following
