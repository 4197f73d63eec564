"""Sends a bounded number of GETs, and records status and response time."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle, islice

from verifier.core import causes
from verifier.core.deadline import now
from verifier.core.evidence import Cause, Cell, CouldNotLook, Evidence
from verifier.core.evidence.readings import Readings, percentile
from verifier.core.probe import Context
from verifier.core.threads import in_threads
from verifier.probes.browser.http_session import visitor
from verifier.probes.http.client import BODY, Reply, curl, get, refusal
from verifier.probes.http.responses import Responses, of_replies
from verifier.probes.platform.state import places
from verifier.probes.traffic.counters import CountersState
from verifier.probes.traffic.section import Traffic
from verifier.probes.traffic.wrong_pages import WHOLE_PAGE, WrongPage, wrong_pages

AT_ONCE = 4
"""Fewer than a browser's six connections, so that the suite is no load that operators would not be."""


class TrafficState(Evidence):
    """The suite's own requests, spread over all started machines and all paths.

    Attributes:
        expected: place → number of requests that were sent there.
        wrong_pages: the paths that did not answer with their page.
    """

    expected: dict[str, int]
    replies: tuple[Reply, ...]
    wrong_pages: tuple[WrongPage, ...] = ()

    def percentile_by_machine(self, share: float) -> Readings:
        """Seconds within which `share` of the answers of each machine came (nearest rank); silence counts in full.

        Server errors do not count: how fast an error comes says nothing of how fast a page does.

        Raises:
            CouldNotLook: unreachable, if a machine answered less than half of the requests with anything else;
                unauthorized, or why else, if something was answered that is not the page.
        """
        if self.wrong_pages:
            what = "; ".join(map(str, self.wrong_pages))
            remedy = "let the suite in: [entry] of the target file, or another path in [traffic]"
            raise CouldNotLook(self.wrong_pages[0].cause, what, remedy=remedy)
        times = {
            machine: sorted(each.milliseconds / 1000 for each in self._of(machine) if not (each.answered and each.down))
            for machine in self.expected
        }
        unseen = [machine for machine, each in times.items() if 2 * len(each) < self.expected[machine]]
        if unseen:
            what = f"machine {', '.join(unseen)} answered more than half of the requests with server errors"
            raise CouldNotLook(Cause.UNREACHABLE, what, remedy=self.again)
        p = {machine: percentile(each, 100 * share) for machine, each in times.items() if each}
        return Readings(p, what=f"p{100 * share:g} of the responses")

    def by_machine(self, ceiling: Callable[[str], float]) -> dict[str, dict[str, Cell]]:
        """How it answered our own requests: server errors, and the time within which 95 % of its answers came."""
        errors = {each: sum(reply.machine == each for reply in self.server_errors()) for each in self.expected}
        told = {
            each: Cell(said=f"{count} of {self.expected[each]} are 5xx", well=count == 0)
            for each, count in errors.items()
        }
        try:
            times, most = self.percentile_by_machine(0.95), ceiling("response-time")
        except CouldNotLook as trouble:
            return {"answers": told, "response time": {each: Cell(said=str(trouble.cause)) for each in self.expected}}
        slow = {each: Cell(said=f"p95 {time:.2f} s", well=time <= most) for each, time in times.items()}
        return {"answers": told, "response time": slow}

    @property
    def responses(self) -> Responses:
        """All answers by status and machine."""
        return of_replies(self.replies)

    def told(self, reply: Reply) -> str:
        """A reply in one line: what was asked, where, when, and the platform's id of it, to be found in its log."""
        answer = f"{reply.method} {reply.path} answered {reply.status} (request {reply.request_id or 'unknown'})"
        return f"{answer} on machine {reply.machine}, {reply.at:%H:%M:%S} UTC"

    def server_errors(self) -> list[Reply]:
        """Answers with a server error (5xx)."""
        return [reply for reply in self.replies if reply.answered and reply.down]

    def _of(self, machine: str) -> list[Reply]:
        return [reply for reply in self.replies if reply.machine == machine]


def observe_traffic(context: Context) -> TrafficState:
    """Ask each path on each machine in turn, a few at a time, while nobody measures times in a page.

    Raises:
        CouldNotLook: unreachable, if no request was answered at all.
    """
    traffic = context.target.section(Traffic)
    machines = places(context)
    context.get("counters", CountersState)  # what is counted must be read before we add to it
    turns = [(machine, path) for path in traffic.paths for machine in machines]
    asked = list(islice(cycle(turns), max(traffic.requests, len(turns))))
    started = now()
    with context.exclusive(), visitor(context) as session:
        replies = tuple(
            in_threads(
                lambda each: get(session, marked(context, each[1]), machine=each[0], keep=WHOLE_PAGE), asked, AT_ONCE
            )
        )
    if not any(reply.answered for reply in replies):
        raise refusal(replies[0], "the app's pages")
    if all(reply.status in causes.REFUSED for reply in replies):
        raise CouldNotLook(Cause.UNAUTHORIZED, f"every page answered {replies[0].status}")
    return TrafficState(
        asked=f"How fast, and how well, are {len(asked)} requests answered?",
        where=f"{context.url} {', '.join(traffic.paths)}",
        at=started,
        again=curl(
            context.target,
            context.url + traffic.paths[0],
            options="-sS -o /dev/null -w '%{http_code} %{time_total}\\n'",
        ),
        expected={machine: sum(each[0] == machine for each in asked) for machine in machines},
        replies=tuple(each.model_copy(update={"body": each.body[:BODY]}) for each in replies),
        wrong_pages=wrong_pages(context, [(path, reply) for (_, path), reply in zip(asked, replies, strict=True)]),
    )


def marked(context: Context, path: str) -> str:
    """The address of a path, with a mark by which this run's own requests can be told apart in a log."""
    return f"{context.url}{path}{'&' if '?' in path else '?'}probe={context.run}"
