"""Tells an answer that is the page that was asked for from what a stranger gets in its place.

How fast a login or a bounce page comes says nothing of the page. For each path of [traffic]; server errors apart, which
are counted elsewhere:

- A status that is not 2xx is not the page: a redirect, a refusal, something that is not there.
- An answer in which the mark `[dashboard] signed_in` stands is the page.
- A page that scripts render has no mark as it is served. So where the mark is missing on the dashboard's own path, the
  browser is asked: ours must be the document that it was served, in which it then saw the mark.
- Another page without the mark must differ from what the dashboard's address answers to a stranger (no query, no
  session, no header), unless the signed-in browser was served that, too: one shell for all pages.
- Where the target has no mark, a page that asks for a password is a login.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from verifier.core import causes
from verifier.core.evidence import Cause, CouldNotLook, Record
from verifier.core.probe import Context
from verifier.probes.browser.outline import Outline, outline
from verifier.probes.browser.section import Dashboard
from verifier.probes.browser.visits import VisitState
from verifier.probes.http.client import Reply, client, get

WHOLE_PAGE = 1_000_000
"""Characters of a page in which the mark is looked for."""
_REDIRECTED = range(300, 400)


class WrongPage(Record):
    """What came in place of one page or several.

    Attributes:
        cause: why the page was not seen.
        what: what came instead.
        paths: of [traffic].
        machines: where, if it was not the same on all of them.
    """

    cause: Cause
    what: str
    paths: tuple[str, ...]
    machines: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f" on machine {', '.join(self.machines)}" if self.machines else ""
        return f"{', '.join(self.paths)} answered {self.what}{where}, not the page that was asked for"


def wrong_pages(context: Context, answers: Sequence[tuple[str, Reply]]) -> tuple[WrongPage, ...]:
    """What came in place of pages, by cause and kind.

    Args:
        context: of the probe that asked.
        answers: path → answer, each with `WHOLE_PAGE` of its body.
    """
    expected = _Expected(context)
    found: dict[tuple[Cause, str], list[tuple[str, str]]] = {}
    for path, reply in answers:
        if not reply.down and (trouble := expected.instead(path, reply)):
            found.setdefault(trouble, []).append((path, reply.machine or ""))
    everywhere = {reply.machine or "" for _, reply in answers}
    troubles = []
    for (cause, what), where in found.items():
        paths, machines = dict.fromkeys(path for path, _ in where), dict.fromkeys(machine for _, machine in where)
        odd = tuple(machines) if set(machines) != everywhere else ()
        troubles.append(WrongPage(cause=cause, what=what, paths=tuple(paths), machines=odd))
    return tuple(troubles)


class _Expected:
    """What the pages of a target look like to somebody who is signed in, and to a stranger."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._dashboard = context.target.get(Dashboard)
        self._mark = self._dashboard.signed_in if self._dashboard else None

    def instead(self, path: str, reply: Reply) -> tuple[Cause, str] | None:
        """The cause and what came instead, if it is not the page."""
        if refused := _status(reply):
            return refused
        own = self._dashboard is not None and path == self._dashboard.path
        if not own and "html" not in reply.headers.get("content-type", "html"):
            return None
        seen = outline(reply.body, self._mark)
        if seen.marked:
            return None
        what = f"the page '{seen.title}'" if seen.title else "a page without a title"
        if self._mark is None:
            return (Cause.UNAUTHORIZED, f"{what} and asks for a password") if seen.asks_password else None
        try:
            strange = self._differs(seen) if own else self._strangers(seen)
        except CouldNotLook as trouble:
            unclear = (
                "" if trouble.cause == Cause.UNAUTHORIZED else f" without {self._mark} (a browser: {trouble.what})"
            )
            return trouble.cause, what + unclear
        return (Cause.UNAUTHORIZED, what) if strange else None

    def _differs(self, seen: Outline) -> bool:
        return self._served.marked or self._served.shape != seen.shape

    def _strangers(self, seen: Outline) -> bool:
        return seen.shape == self._stranger and seen.shape != self._served.shape

    @cached_property
    def _served(self) -> Outline:
        """The document of the dashboard that the browser was served, and in which it saw the mark.

        Raises:
            CouldNotLook: why it did not see it; unauthorized, if it is a stranger there.
        """
        visits = self._context.get("visits", VisitState)
        first = visits.first
        if not first.signed_in or first.served is None:
            raise CouldNotLook(Cause.NO_DATA, first.trouble or f"HTTP {first.status}")
        return first.served

    @cached_property
    def _stranger(self) -> str:
        """The shape of what a stranger is answered at the dashboard's address; empty if that is no page."""
        path = self._dashboard.path.partition("?")[0] if self._dashboard else "/"
        with client(self._context.target) as session:
            reply = get(session, self._context.url + path, keep=WHOLE_PAGE)
        return "" if reply.down else outline(reply.body, self._mark).shape


def _status(reply: Reply) -> tuple[Cause, str] | None:
    status = reply.status or 0
    if status in _REDIRECTED:
        return Cause.UNAUTHORIZED, f"HTTP {status} to {reply.headers.get('location', 'nowhere').partition('?')[0]}"
    if status < 400:  # noqa: PLR2004 - RFC 9110, section 15.5
        return None
    return causes.of_status(status), f"HTTP {status}"
