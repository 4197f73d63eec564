"""Reads one machine's event stream, and knows when it has seen enough."""

from __future__ import annotations

import contextlib
import socket
import threading
from itertools import pairwise
from typing import Any

import httpx

from verifier.evidence import Cause, CouldNotLook, Record
from verifier.patience import Patience, monotonic
from verifier.probes import Context
from verifier.probes.event_parser import Comment, EventParser
from verifier.probes.http import TIMEOUT, cause_of, client, routed

STREAM = "text/event-stream"
APART = 0.5
"""Share of the longest allowed pause that lies between the first heartbeat and the last; two that are sent together
as a greeting are no pulse."""
ONE_BEAT = 0.05
"""Seconds; a heartbeat that is sent as a comment and as an event at once is one heartbeat."""
SEEN = "two heartbeats seen"
"""How the listening ends where nothing is wrong."""
_NAMES = 50
_TOLD = (
    "content-type", "content-encoding", "cache-control", "x-accel-buffering", "location", "retry-after",
    "server", "via", "fly-request-id",
)  # fmt: skip
_REFUSALS = {401: Cause.UNAUTHORIZED, 403: Cause.UNAUTHORIZED, 429: Cause.RATE_LIMITED}


class Beat(Record):
    """One heartbeat: seconds after the request was sent, and the form that it had."""

    at: float
    form: str


class Stream(Record):
    """What one machine's event stream brought. All times are seconds after the request was sent.

    Attributes:
        status: the HTTP status, or nothing if no answer began.
        media_type: the type of the answer, lower-case and without parameters.
        answered: when the answer's head was there.
        others: how many other events came, by name.
        watched: how long it was listened to.
        ended: why the listening ended.
        size: bytes of the body.
        cut: lines that were longer than is kept.
        without_data: named events without data, which a browser never sees.
    """

    machine: str
    status: int | None = None
    media_type: str = ""
    headers: dict[str, str] = {}
    answered: float | None = None
    beats: tuple[Beat, ...] = ()
    others: dict[str, int] = {}
    watched: float
    ended: str
    size: int = 0
    cut: int = 0
    without_data: int = 0

    @property
    def longest_pause(self) -> float:
        """Seconds; the time before the first beat counts, and so does the one after the last."""
        moments = [0.0, *(beat.at for beat in self.beats), self.watched]
        return max(later - earlier for earlier, later in pairwise(moments))

    @property
    def answer(self) -> str:
        """Status and media type, or why there is none."""
        return f"{self.status} {self.media_type or 'without a content type'}" if self.status else self.ended


class Listener:
    """One stream being read. Its own thread reads; the probe's thread ends it when its time is over.

    Args:
        context: the deployment, and the longest pause that keeps the promise; a longer one ends the listening.
        machine: the machine that is to answer.
    """

    def __init__(self, context: Context, machine: str) -> None:
        self.machine = machine
        self.ended = ""
        self.trouble: CouldNotLook | None = None
        self._target = context.target
        self._settings = context.part(context.target.events, "events")
        self._url = context.url + self._settings.path
        self._ceiling = context.ceiling("sse-heartbeat")
        self._began = self._last = self._end_at = monotonic()
        self._sent = False
        self._socket: socket.socket | None = None
        self._ending = threading.RLock()
        self._parser = EventParser()
        self._head: dict[str, Any] = {}
        self._beats: list[Beat] = []
        self._others: dict[str, int] = {}
        self._size = 0

    @property
    def broken(self) -> bool:
        """Whether this stream was seen, and is not as it should be."""
        return self.trouble is None and self.ended != SEEN

    def start(self) -> None:
        """Begin; the thread is a daemon, so that even a name server that hangs cannot keep the process."""
        threading.Thread(target=self._read, name=f"events {self.machine}", daemon=True).start()

    def stream(self) -> Stream:
        """What was seen."""
        return Stream(
            machine=self.machine,
            **self._head,
            beats=tuple(self._beats),
            others=self._others,
            watched=max(0.0, self._end_at - self._began),
            ended=self.ended,
            size=self._size,
            cut=self._parser.cut,
            without_data=self._parser.without_data,
        )

    def end_overrun(self) -> None:
        """End if the pause since the last beat is already longer than any that keeps the promise."""
        silence = monotonic() - self._last
        if silence > self._ceiling:
            if self._sent:
                self._end(f"no {'heartbeat' if self._head else 'answer'} for {silence:.1f} s")
            else:
                self._give_up(Cause.TIMEOUT, f"no connection within {silence:.1f} s")

    def end_unfinished(self, patience: Patience) -> None:
        """End because the run has no more time."""
        cause = Cause.INTERRUPTED if patience.stopped else Cause.TIMEOUT
        remedy = f"two heartbeats take up to {2 * self._ceiling:g} s: run again with a longer --deadline"
        self._give_up(cause, "the time of the run was over before the answer was certain", remedy)

    def _read(self) -> None:
        try:
            self._converse()
        except httpx.HTTPError as trouble:
            words = f"{type(trouble).__name__}: {trouble}".rstrip(": ")
            if self._head:
                self._end(f"cut off ({words})")
            else:
                self._give_up(cause_of(trouble), words, "check this machine's own network, then run again")
        except CouldNotLook as trouble:
            self._give_up(trouble.cause, trouble.what, trouble.remedy)
        except Exception as fault:  # noqa: BLE001 - a reader that dies in silence would look like a silent stream
            self._give_up(Cause.INTERNAL, f"the listener itself failed: {type(fault).__name__}: {fault}")

    def _converse(self) -> None:
        headers = {**routed(self.machine), "accept": STREAM, "accept-encoding": "identity", "cache-control": "no-cache"}
        # The reading limit is a net only: `end_overrun` comes first, unless the socket cannot be got at.
        limits = httpx.Timeout(TIMEOUT, read=self._ceiling + TIMEOUT)
        extensions = {"trace": self._watch_connection}
        with (
            client(self._target) as session,
            session.stream("GET", self._url, headers=headers, timeout=limits, extensions=extensions) as answer,
        ):
            self._note_head(answer)
            for chunk in () if self.ended else answer.iter_bytes():
                self._take(chunk)
                if self.ended:
                    return
            self._end("closed by the server")

    def _watch_connection(self, event: str, info: dict[str, Any]) -> None:
        """Keep the socket as soon as there is one, and the moment when the request was out."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            found = info["return_value"].get_extra_info("socket")
            self._socket = found if isinstance(found, socket.socket) else None
        elif event.endswith(".send_request_headers.complete"):
            self._began = self._last = monotonic()
            self._sent = True

    def _note_head(self, answer: httpx.Response) -> None:
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        self._head = {
            "status": answer.status_code,
            "media_type": media_type,
            "headers": {name: answer.headers[name] for name in _TOLD if name in answer.headers},
            "answered": monotonic() - self._began,
        }
        if answer.status_code in _REFUSALS:
            remedy = f"make {self._settings.path} readable for this run, or correct [events] in the target file"
            self._give_up(_REFUSALS[answer.status_code], f"the answer is HTTP {answer.status_code}", remedy)
        elif answer.status_code != httpx.codes.OK:
            self._end(f"status {answer.status_code}")
        elif media_type != STREAM:
            self._end(f"an answer that is no event stream ({media_type or 'without a content type'})")

    def _take(self, chunk: bytes) -> None:
        at = monotonic()
        with self._ending:
            if self.ended:
                return
            self._size += len(chunk)
            for each in self._parser.feed(chunk, at):
                name = "comment" if isinstance(each, Comment) else each.name
                if self._is_beat(name, comment=isinstance(each, Comment)):
                    self._beat(at, name if isinstance(each, Comment) else f"event {name}")
                else:
                    self._count(name)

    def _is_beat(self, name: str, *, comment: bool) -> bool:
        return self._settings.comments if comment else name in self._settings.heartbeat

    def _beat(self, at: float, form: str) -> None:
        if self.ended or (self._beats and at - self._last < ONE_BEAT):
            return
        pause, self._last = at - self._last, at
        self._beats.append(Beat(at=at - self._began, form=form))
        if pause > self._ceiling:
            self._end(f"a heartbeat only after {pause:.1f} s")
        elif self._beats[-1].at - self._beats[0].at >= self._ceiling * APART:
            self._end(SEEN, at)

    def _count(self, name: str) -> None:
        key = name[:100]
        key = key if key in self._others or len(self._others) < _NAMES else "(others)"
        self._others[key] = self._others.get(key, 0) + 1

    def _give_up(self, cause: Cause, what: str, remedy: str = "") -> None:
        with self._ending:
            if not self.ended:
                sentence = f"the event stream of machine {self.machine} ({self._url}): {what}"
                self.trouble = CouldNotLook(cause, sentence, remedy=remedy)
                self._end(what)

    def _end(self, why: str, at: float | None = None) -> None:
        """The first reason counts; whoever still reads is woken by the end of its connection."""
        with self._ending:
            if self.ended:
                return
            self._end_at = monotonic() if at is None else at
            self.ended = why
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    # Not the method of a TLS socket: that one would take the session away from under the reader.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
