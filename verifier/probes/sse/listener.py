"""Reads one machine's event stream until enough was seen."""

from __future__ import annotations

import threading
from collections import Counter

import httpx

from verifier.core.config.contract import Limit
from verifier.core.deadline import Deadline, monotonic
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.core.redaction import REDACTOR
from verifier.probes.browser.http_session import entry_headers
from verifier.probes.http.client import TIMEOUT, cause_of
from verifier.probes.sse.section import Events
from verifier.probes.sse.wire.event_stream import SEEN, Beat, Moment, SeenLine, Stream, own_time, seen_line
from verifier.probes.sse.wire.lines import LineSplitter, StreamLine
from verifier.probes.sse.wire.own_lateness import certain
from verifier.probes.sse.wire.parser import Comment, Event, EventParser
from verifier.probes.sse.wire.response_head import REMEDY
from verifier.probes.sse.wire.transport import Ends, Wire

APART = 0.4
"""Share of the longest allowed pause after which a heartbeat is one in time. What comes sooner after the request, or
after the beat before, is a greeting and no pulse."""
BEATS = 2
"""Heartbeats in time that are waited for."""
MOST = 20
"""Heartbeats of one form between two in time. More than that is no rhythm: what never pauses says nothing about the
application behind it, and loads every browser. A greeting of a few stays below it."""
ONE_BEAT = 0.05
"""Seconds; a heartbeat that is sent as a comment and as an event at once is one heartbeat."""
NOT_OFFERED = "HTTP/2 is not offered"
_NAMES = 50


class StreamListener:
    """One stream being read. Its own thread reads; the probe's thread ends it when its time is over.

    Attributes:
        late: by how many seconds this machine was late at most, as long as the stream was listened to.
        late_for_good: whether that is final.

    Args:
        context: the deployment, and the longest pause that keeps the promise; a longer one ends the listening.
        machine: the machine that is to answer.
        http2: offer HTTP/2, and listen only if the other side speaks it.
    """

    def __init__(self, context: Context, machine: str, *, http2: bool = False) -> None:
        self.machine = machine
        self.name = f"{machine} over HTTP/2" if http2 else machine
        self.ended = ""
        self.trouble: CouldNotLook | None = None
        self.late = 0.0
        self.late_for_good = False
        self._settings = context.target.section(Events)
        self._url = context.url + self._settings.path
        self._ceiling = context.ceiling("sse-heartbeat")
        # The silence limit is a net only: `end_overrun` comes first, unless the socket cannot be got at.
        silence, headers = self._ceiling + TIMEOUT, entry_headers(context)
        self._wire = Wire(context.target, self._url, machine, silence=silence, http2=http2, headers=headers)
        self._http2 = http2
        self._end_at = self._wire.began
        self._last: float | None = None
        self._interval: float | None = None
        self._in_time = 0
        self._since_interval: Counter[str] = Counter()
        self._ending = threading.RLock()
        self._lines, self._parser = LineSplitter(), EventParser()
        self._seen: Ends[SeenLine] = Ends()
        self._beats: list[Beat] = []
        self._events: list[Moment] = []
        self._others: dict[str, int] = {}

    @property
    def broken(self) -> bool:
        """Whether this stream was seen, and is not as it should be."""
        return self.trouble is None and self.ended not in {SEEN, NOT_OFFERED}

    @property
    def offered(self) -> bool:
        """Whether there is such a stream at all: the other side may not speak HTTP/2."""
        return self.ended != NOT_OFFERED

    def start(self) -> None:
        """Begin; the thread is a daemon, so that even a name server that hangs cannot keep the process."""
        threading.Thread(target=self._read, name=f"events {self.name}", daemon=True).start()

    def stream(self) -> Stream:
        """What was seen."""
        since, received = self._wire.began, self._wire.received
        return Stream(
            machine=self.machine,
            head=self._wire.head,
            beats=tuple(self._beats),
            events=tuple(self._events),
            others=self._others,
            watched=max(0.0, self._end_at - since),
            ended=self.ended,
            first_byte=None if received.first_byte is None else received.first_byte - since,
            size=received.size,
            chunks=tuple((each.at - since, each.size) for each in received.chunks.kept()),
            lines=tuple(self._seen.kept()),
            left_out=self._seen.dropped + received.chunks.dropped,
            cut=self._parser.cut,
            without_data=self._parser.without_data,
            unknown=self._parser.unknown,
            invalid=self._parser.invalid,
            misspelt=dict(self._parser.misspelt),
            ids_with_nul=self._parser.ids_with_nul,
            bad_retries=self._parser.bad_retries,
        )

    def certain(self, limit: Limit) -> bool:
        """Whether the stream kept its limit, or broke it even if this machine saw it as late as it was itself."""
        seen = self.stream()
        pauses = certain([seen.longest_pause], limit.ceiling, self.late)
        return self.trouble is not None or (pauses and certain([seen.held_back or 0.0], limit.spread, self.late))

    def end_overrun(self, late: float) -> None:
        """End if the pause since the last beat is already longer than any that keeps the promise.

        Args:
            late: by how many seconds this machine was late at most until now, which may be how much later it reads.
        """
        if self.late_for_good:
            return
        self.late = late
        silence = monotonic() - (self._last or self._wire.began)
        if not self.ended and silence > self._ceiling + late:
            if self._wire.sent:
                self._end(f"no {'heartbeat' if self._wire.head else 'answer'} for {silence:.1f} s{self._instead()}")
            else:
                self._give_up(Cause.TIMEOUT, f"no connection within {silence:.1f} s")
        self.late_for_good = bool(self.ended)

    def end_unfinished(self, deadline: Deadline) -> None:
        """End because the run has no more time."""
        cause = Cause.INTERRUPTED if deadline.stopped else Cause.TIMEOUT
        remedy = f"two heartbeats take up to {2 * self._ceiling:g} s: run again with a longer --deadline"
        self._give_up(cause, "the time of the run was over before the answer was certain", remedy)

    def _instead(self) -> str:
        """What there was instead of a heartbeat, as far as it explains."""
        head, received = self._wire.head, self._wire.received
        words = [f"compressed as {head.coding}"] if head and head.coding else []
        words += [f"{received.size or 'no'} bytes came after the head"] if head and not self._beats else []
        words += ["in one line without an end"] if self._lines.unfinished and not self._seen.count else []
        return f" ({', '.join(words)})" if words else ""

    def _read(self) -> None:
        try:
            for number, (chunk, at) in enumerate(self._wire.chunks()):
                if number == 0:
                    self._judge_head()
                self._take(chunk, at)
                if self.ended:
                    return
            inside = ", in the middle of an event" if self._parser.unfinished or self._lines.unfinished else ""
            self._end(f"closed by the server after {monotonic() - self._wire.began:.1f} s{inside}")
        except httpx.HTTPError as trouble:
            words = f"{type(trouble).__name__}: {trouble}".rstrip(": ")
            if self._wire.head:
                self._end(f"cut off ({words})")
            else:
                self._give_up(cause_of(trouble), words, "check this machine's own network, then run again")
        except CouldNotLook as trouble:
            self._give_up(trouble.cause, trouble.what, trouble.remedy)
        except Exception as fault:  # noqa: BLE001 - a reader that dies in silence would look like a silent stream
            self._give_up(Cause.INTERNAL, f"the listener itself failed: {type(fault).__name__}: {fault}")

    def _judge_head(self) -> None:
        """End where the answer is no stream, or none of the protocol that this listener is for."""
        head = self._wire.head
        if head is None:
            return
        if self._http2 and head.protocol != "HTTP/2":
            self._end(NOT_OFFERED)
        if head.refusal:
            self._give_up(*head.refusal, REMEDY)
        if head.objection:
            self._end(head.objection)

    def _take(self, chunk: bytes, at: float) -> None:
        with self._ending:
            for line in self._lines.feed(chunk, at):
                if self.ended:
                    return
                self._take_line(line)

    def _take_line(self, line: StreamLine) -> None:
        self._seen.add(seen_line(line, self._wire.began))
        found = self._parser.take(line)
        if found is None:
            return
        form = "comment" if isinstance(found, Comment) else f"event {found.name}"
        if self._settings.comments if isinstance(found, Comment) else found.name in self._settings.heartbeat:
            own = own_time(found.data, self._settings.time) if isinstance(found, Event) else None
            self._beat(found.ended, form, own)
        else:
            self._note(found.ended, form.removeprefix("event "))

    def _beat(self, at: float, form: str, own: float | None) -> None:
        began = self._wire.began
        self._since_interval[form] += 1
        if self._since_interval[form] > MOST:
            self._end(f"more than {MOST} heartbeats within {at - (self._interval or began):.2f} s, without a rhythm")
            return
        if self._beats and at - (self._last or began) < ONE_BEAT:
            return
        pause, self._last = at - (self._last or began), at
        self._beats.append(Beat(at=at - began, form=form, own=own))
        if pause > self._ceiling:
            self._end(f"a heartbeat only after {pause:.1f} s")
        elif at - (self._interval or began) >= self._ceiling * APART:
            self._interval = at
            self._since_interval.clear()
            self._in_time += 1
            if self._in_time == BEATS:
                self._end(SEEN, at)

    def _note(self, at: float, name: str) -> None:
        key = REDACTOR.cut(name, 100)
        key = key if key in self._others or len(self._others) < _NAMES else "(others)"
        self._others[key] = self._others.get(key, 0) + 1
        if len(self._events) < 10 * _NAMES:
            self._events.append(Moment(at=at - self._wire.began, name=key))

    def _give_up(self, cause: Cause, what: str, remedy: str = "") -> None:
        with self._ending:
            if not self.ended:
                sentence = f"the event stream of machine {self.name} ({self._url}): {what}"
                self.trouble = CouldNotLook(cause, sentence, remedy=remedy)
                self._end(what)

    def _end(self, why: str, at: float | None = None) -> None:
        """The first reason counts; whoever still reads is woken by the end of its connection."""
        with self._ending:
            if self.ended:
                return
            self._end_at = monotonic() if at is None else at
            self.ended = why
            self._wire.close()
