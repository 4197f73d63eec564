"""Reads the app's log since the release, and proves that the log would have told.

Pages, cursor and answers: Fly.io's log API (`/api/v1/apps/{app}/logs`), as flyctl reads it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from pydantic import AwareDatetime

from verifier.evidence import Cause, CouldNotLook, Evidence
from verifier.patience import now
from verifier.probes import Context
from verifier.probes.http import Reply, client, get
from verifier.probes.log_tally import Entry, LogError, Tally
from verifier.probes.platform import PlatformState, ask
from verifier.probes.responses import AccessTally, Responses, unattended

CONTROL_SECONDS = 10.0
"""How long a line that we caused may take until it is in the log."""
MOST_PAGES = 1000
MANY_PAGES = 20
"""From here on, once every machine has told enough, reading goes on at the present."""
PLENTY = 500
RETENTION = timedelta(days=7)
"""How far back the log reaches (Fly docs, logs API options)."""


class LogState(Evidence):
    """What the app's log holds since the release.

    Attributes:
        since: when the release was made.
        expected_machines: the machines that must have lines.
        lines_by_machine: machine → lines that were read; also of machines that are gone.
        complete: whether every line since the release was read.
        why_not: why that is not so.
        from_the_release: whether the first lines that were read are the first since the release.
        control: machine → whether the request that we sent it stands in its log; empty where requests are not logged.
        control_replies: machine → how it answered that request.
        errors: the first errors of each machine.
        requests: how many lines tell of a request and its answer.
        access: requests of others, as the lines tell of them; without health checks and this run's own.
        failed_requests: those that were answered with a server error.
        allowed: reason → how many lines it excused.
        expired: patterns of the target file that are past their day and excused nothing.
    """

    since: AwareDatetime
    first: AwareDatetime
    last: AwareDatetime
    pages: int
    expected_machines: tuple[str, ...]
    lines_by_machine: dict[str, int]
    complete: bool
    why_not: str = ""
    from_the_release: bool = True
    control: dict[str, bool]
    control_replies: dict[str, Reply] = {}
    errors: tuple[LogError, ...]
    allowed: dict[str, int] = {}
    expired: tuple[str, ...] = ()
    sample: tuple[str, ...]
    requests: int = 0
    failed_requests: tuple[str, ...] = ()
    access: Responses = Responses()

    def errors_within(self, lines: int) -> tuple[LogError, ...]:
        """The errors among the first `lines` lines of each machine."""
        return tuple(error for error in self.errors if error.line <= lines)

    def need_proof(self, lines: int) -> None:
        """Make sure that an error among the first `lines` lines of a machine would have been seen.

        Raises:
            CouldNotLook: if it might not have been: no-data, truncated, or what `need_control` raises.
        """
        self.need_control()
        unheard = [machine for machine in self.expected_machines if not self.lines_by_machine.get(machine)]
        if unheard:
            raise CouldNotLook(
                Cause.NO_DATA, f"the log holds no line of machine {', '.join(unheard)}", remedy=self.again
            )
        few = [machine for machine in self.expected_machines if self.lines_by_machine[machine] < lines]
        if not self.from_the_release or (few and not self.complete):
            raise CouldNotLook(
                Cause.TRUNCATED,
                f"not every one of the first {lines} lines since the release could be read: {self.why_not}",
                remedy="judge a release soon after it was deployed",
            )

    def need_control(self) -> None:
        """Make sure that the log tells of the present.

        Raises:
            CouldNotLook: a request that we sent ourselves does not stand in it. Unreachable if no machine answered
                it, truncated if not all was read, else stale-data.
        """
        missing = [machine for machine, found in self.control.items() if not found]
        if missing:
            raise CouldNotLook(
                self._cause_of_silence(missing),
                f"the log does not show what we just did on machine {', '.join(missing)}, so «no errors» would prove "
                f"nothing ({self._circumstances(missing)})",
                remedy='if the app does not log requests, write requests = "not-logged" into [logs] of the target file',
            )

    def _cause_of_silence(self, machines: list[str]) -> Cause:
        if not any(self.control_replies[machine].answered for machine in machines):
            return Cause.UNREACHABLE
        return Cause.STALE_DATA if self.complete else Cause.TRUNCATED

    def _circumstances(self, machines: list[str]) -> str:
        replies = [f"{machine}: {self.control_replies[machine]}" for machine in machines]
        return "; ".join(replies + [self.why_not] * bool(self.why_not))


class LaterLogState(LogState):
    """The same, when all others have looked: what the suite's own requests made of the log is in it."""


def observe_later_logs(context: Context) -> LaterLogState:
    """Wait until the others have looked, then read."""
    context.settle()
    return LaterLogState(**dict(observe_logs(context, "later")))


def observe_logs(context: Context, mark: str = "first") -> LogState:
    """Send every machine a request that can be found again, then read from the release until it is found.

    Args:
        context: what a probe may use.
        mark: tells this reading's requests apart from another's.

    Raises:
        CouldNotLook: the log cannot be read, or is empty.
    """
    platform, started = context.look(PlatformState), now()
    machines, since = platform.started, platform.release.created_at
    with client(context.target) as session:
        marks = {machine: f"{context.run}-{mark}-{machine}" for machine in machines}
        answers = _send_marks(context, session, marks)
        access = AccessTally(context.run, unattended(context.target))
        tally = Tally(context.target.logs.allow, started.date(), {each: marks[each] for each in answers}, access)
        reader = Reader(context, session, since, tally, machines)
        reader.read_on()
        context.patience.shorter(CONTROL_SECONDS).eventually(reader.read_on, lambda _: reader.satisfied)
    if tally.first is None or tally.last is None:
        told = f"the log of {context.target.app} holds no line since the release ({since:%Y-%m-%d %H:%M:%S} UTC)"
        raise CouldNotLook(Cause.NO_DATA, told, remedy=f"fly logs -a {context.target.app} --no-tail")
    recent = started - since < RETENTION
    return LogState(
        asked="What does the log say since the release?",
        where=f"the log of {context.target.app} since {since:%Y-%m-%d %H:%M:%S} UTC",
        at=started,
        again=f"fly logs -a {context.target.app} --no-tail",
        since=since,
        first=tally.first,
        last=tally.last,
        pages=reader.pages,
        expected_machines=machines,
        lines_by_machine=dict(tally.lines),
        complete=recent and not reader.gap,
        why_not=reader.gap if recent else f"the release is older than the {RETENTION.days} days that the log keeps",
        from_the_release=recent,
        control={each: each not in tally.awaited for each in answers},
        control_replies=answers,
        errors=tally.errors(),
        allowed=dict(tally.allowed),
        expired=tally.expired,
        sample=tuple(tally.sample),
        requests=tally.requests,
        failed_requests=tuple(tally.failed_requests),
        access=access.responses(),
    )


def _send_marks(context: Context, session: httpx.Client, marks: dict[str, str]) -> dict[str, Reply]:
    """Machine → its reply to a marked request; nothing where the app does not log requests."""
    settings = context.target.logs
    if settings.requests == "not-logged":
        return {}
    address = f"{context.url}{settings.control}{'&' if '?' in settings.control else '?'}probe="
    with ThreadPoolExecutor(min(8, len(marks))) as hands:
        replies = hands.map(lambda each: get(session, address + marks[each], machine=each), marks)
        return dict(zip(marks, replies, strict=True))


class Reader:
    """Reads page after page into a tally.

    Args:
        context: the app, and the way to its platform.
        session: the client to ask with.
        since: where to begin.
        tally: where the lines go.
        machines: the machines that are expected to write.
    """

    def __init__(
        self, context: Context, session: httpx.Client, since: datetime, tally: Tally, machines: tuple[str, ...]
    ) -> None:
        self.pages = 0
        self.gap = ""
        self._context, self._session, self._since, self._tally = context, session, since, tally
        self._machines, self._marked = machines, bool(tally.awaited)
        self._began = now()
        self._token = _nanoseconds(since)
        self._seen: set[str] = set()
        self._done = False

    @property
    def satisfied(self) -> bool:
        """Whether reading on would show nothing more that matters."""
        return self._done or (bool(self._tally.lines) and not self._tally.awaited)

    def read_on(self) -> None:
        """Read to the present, which is where every mark was found, or else the end of the log."""
        while not self._done:
            entries, token = self._page()
            fresh = [each for each in entries if each.get("id") is None or each["id"] not in self._seen]
            if not fresh:
                return
            self._seen.update(each["id"] for each in fresh if each.get("id"))
            self._take(fresh)
            self._turn(token)
            if self._tally.lines and self._at_present():
                return

    def _at_present(self) -> bool:
        """Whether the present is reached: by our marks, or by the clock where there are none."""
        if self._marked:
            return not self._tally.awaited
        return self._tally.last is not None and self._tally.last >= self._began

    def _take(self, entries: list[dict[str, Any]]) -> None:
        for raw in entries:
            entry = _entry(raw)
            if entry.at >= self._since:
                self._tally.add(entry)

    def _turn(self, token: str) -> None:
        """Go on to the next page, to the present, or to the end."""
        self.pages += 1
        if self.pages >= MOST_PAGES or self._context.patience.over:
            self._done, self.gap = True, f"reading stopped after {self.pages} pages"
        elif token == self._token:
            self._done, self.gap = True, "the log's cursor does not move"
        elif self.pages >= MANY_PAGES and self._marked and not self.gap and self._told_plenty():
            self.gap = f"after {self.pages} pages, reading went on at the present"
            token = max(token, _nanoseconds(self._began - timedelta(minutes=1)), key=int)
        self._token = token

    def _told_plenty(self) -> bool:
        return all(self._tally.lines[machine] >= PLENTY for machine in self._machines)

    def _page(self) -> tuple[list[dict[str, Any]], str]:
        """One page and the cursor of the next. A refusal after pages that were granted is tried again."""
        pauses = [0.5, 1.0, 2.0] if self.pages else []
        while True:
            try:
                return self._asked()
            except CouldNotLook as trouble:
                if trouble.cause != Cause.UNAUTHORIZED:
                    raise
                if not pauses:
                    raise _unreadable(self._context, trouble) from None
            self._context.patience.wait(pauses.pop(0))

    def _asked(self) -> tuple[list[dict[str, Any]], str]:
        app, root = self._context.target.app, self._context.target.platform.api_url
        url, what = f"{root}/api/v1/apps/{app}/logs", f"the log of {app}"
        content = ask(self._context, self._session, url, what, next_token=self._token)
        entries = content.get("data") if isinstance(content, dict) else None
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            raise CouldNotLook(Cause.NO_DATA, f"{what}: the answer of {url} does not have the shape of a log")
        token = str((content.get("meta") or {}).get("next_token") or "")
        return entries, token or (_nanoseconds(_entry(entries[-1]).at) if entries else self._token)


def _unreadable(context: Context, trouble: CouldNotLook) -> CouldNotLook:
    app = context.target.app
    told = f"the log of {app} is not readable with this token; the app itself may be fine ({trouble.what})"
    remedy = f"deploy tokens often cannot read logs: fly tokens create readonly; try it: fly logs -a {app} --no-tail"
    return CouldNotLook(Cause.UNAUTHORIZED, told, remedy=remedy)


def _nanoseconds(at: datetime) -> str:
    return str(int(at.timestamp()) * 10**9 + at.microsecond * 1000)


def _entry(raw: dict[str, Any]) -> Entry:
    """The line in Fly.io's words."""
    facts = raw.get("attributes") or {}
    meta = facts.get("meta") or {}
    try:
        at = datetime.fromisoformat(facts["timestamp"])
    except (KeyError, TypeError, ValueError):
        raise CouldNotLook(Cause.NO_DATA, f"a line of the log has no readable time: {str(raw)[:200]}") from None
    return Entry(
        machine=str(facts.get("instance") or meta.get("instance") or "unknown"),
        provider=str((meta.get("event") or {}).get("provider") or "app"),
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
        level=str(facts.get("level") or ""),
        message=str(facts.get("message") or ""),
    )
