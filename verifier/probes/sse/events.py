"""Listens to the event stream of every machine until it has sent two heartbeats in time, or certainly will not."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import Field

from verifier.core.config.contract import Limit
from verifier.core.deadline import Deadline, monotonic, now
from verifier.core.evidence import Cell, CouldNotLook, Evidence
from verifier.core.evidence.readings import Readings
from verifier.core.probe import Context
from verifier.probes.browser.visits import VisitState
from verifier.probes.http.client import curl
from verifier.probes.platform.state import places
from verifier.probes.sse.charts import Track, timeline
from verifier.probes.sse.listener import StreamListener
from verifier.probes.sse.section import Events
from verifier.probes.sse.wire.event_stream import Stream
from verifier.probes.sse.wire.own_lateness import NOISE, TICK, until_certain

ITEM = "sse-heartbeat"


class EventState(Evidence):
    """The event streams of all machines that should serve.

    Attributes:
        expected: the machines; one of them twice, the second time 'over HTTP/2', where the other side offers that.
        streams: what came, for each of them.
        elsewhere: other paths that the app's own pages open as event streams; only looked for where a stream is none.
        pictures: file name → a picture for the report.
    """

    expected: tuple[str, ...]
    streams: dict[str, Stream]
    elsewhere: tuple[str, ...] = ()
    pictures: dict[str, bytes] = Field(default={}, exclude=True, repr=False)

    def by_machine(self, ceiling: Callable[[str], float]) -> dict[str, dict[str, Cell]]:
        """Its heartbeats, and the longest pause between them."""
        longest, most = self.longest_pause_by_machine(), ceiling("sse-heartbeat")
        unsteady: dict[str, str] = self.unsteady()
        cells: dict[str, dict[str, Cell]] = {}
        for name, stream in self.streams.items():
            machine, _, how = name.partition(" ")
            column = f"event stream {how}".strip()
            said = unsteady.get(name) or f"{len(stream.beats)} beats, {longest[name]:.1f} s apart at most"
            well = name not in unsteady and longest[name] <= most
            cells.setdefault(column, {})[machine] = Cell(said=said, well=well)
        return cells

    def longest_pause_by_machine(self) -> Readings:
        """Machine → the longest time without a heartbeat, in seconds."""
        pauses = {name: stream.longest_pause for name, stream in self.streams.items()}
        return Readings(pauses, what="pause between heartbeats")

    def held_back(self) -> Readings:
        """Machine → by how many seconds one heartbeat came later than another, by the machine's own clock.

        Only those whose heartbeats say when they were sent.
        """
        told = {name: stream.held_back for name, stream in self.streams.items()}
        late = {name: seconds for name, seconds in told.items() if seconds is not None}
        return Readings(late, what="delay of a heartbeat on its way")

    def answers(self) -> dict[str, str]:
        """Machine → what the answer was, as '200 text/event-stream'."""
        return {name: stream.answer for name, stream in self.streams.items()}

    def objections(self) -> dict[str, str]:
        """Machine → why a browser would not read the answer as events; only where there is a reason."""
        found = {name: stream.head.objection if stream.head else stream.ended for name, stream in self.streams.items()}
        there = f"; the app's pages open {' and '.join(self.elsewhere)}" if self.elsewhere else ""
        return {name: f"{why}{there}" for name, why in found.items() if why}

    @property
    def other_path(self) -> str:
        """What to write into the target, if the app's pages open another stream; empty if they open none."""
        return f"[events] path = '{self.elsewhere[0]}' of the target, if that is meant" if self.elsewhere else ""

    def charsets(self) -> dict[str, str]:
        """Machine → why some browsers give up on its stream for the charset; only where they do."""
        found = {name: stream.head.wrong_charset for name, stream in self.streams.items() if stream.head}
        return {name: why for name, why in found.items() if why and self.streams[name].is_stream}

    def reuse(self) -> dict[str, str]:
        """Machine → what lets a cache hand its stream to somebody else; only streams, empty where it is forbidden."""
        return {name: stream.head.reuse for name, stream in self.streams.items() if stream.head and stream.is_stream}

    def misframed(self) -> dict[str, str]:
        """Machine → what a browser would drop or misread; only streams, empty where that is nothing."""
        return {name: ", ".join(stream.misframed) for name, stream in self.streams.items() if stream.is_stream}

    def unsteady(self) -> dict[str, str]:
        """Machine → why and when the listening ended, where that was not with two heartbeats in time."""
        return {name: stream.ending for name, stream in self.streams.items() if not stream.steady}

    def in_words(self) -> dict[str, str]:
        """Machine → the form of its heartbeats, when the first came, and how they jitter."""
        return {name: str(stream) for name, stream in self.streams.items()}


def observe_events(context: Context) -> EventState:
    """Listen to one stream of each started machine, all at once; to a second one where HTTP/2 is offered.

    It takes two heartbeats in time, or one overrun.

    Raises:
        CouldNotLook: the streams could not be reached or not be read, or the time was too short; not if another
            machine's stream is certainly broken.
    """
    settings = context.target.section(Events)
    machines = places(context)
    started, url = now(), context.url + settings.path
    # Browsers speak HTTP/2 only over TLS, so only there it can be offered.
    protocols = (False, True) if url.startswith("https:") else (False,)
    limit = context.limit(ITEM) or Limit()

    def listened() -> tuple[list[StreamListener], float]:
        listeners = [StreamListener(context, machine, http2=http2) for machine in machines for http2 in protocols]
        return listeners, _listen(listeners, context.deadline)

    listeners = until_certain(listened, lambda seen, _: all(each.certain(limit) for each in seen))
    listeners = [each for each in listeners if each.offered]
    troubles = [each.trouble for each in listeners if each.trouble]
    if troubles and not any(each.broken for each in listeners):
        raise troubles[0]
    streams = {each.name: each.stream() for each in listeners}
    return EventState(
        asked="Does the event stream of every machine beat?",
        where=f"{url} on {len(machines)} machines",
        at=started,
        again=curl(context.target, url, machine=machines[0], options="-sS -N -i -H 'accept: text/event-stream'"),
        expected=tuple(each.name for each in listeners),
        streams=streams,
        elsewhere=_elsewhere(context, settings.path) if any(map(_is_none, streams.values())) else (),
        pictures={"heartbeats.svg": _picture(streams, context.ceiling(ITEM))},
    )


def _is_none(stream: Stream) -> bool:
    return stream.head is not None and not stream.is_stream


def _elsewhere(context: Context, path: str) -> tuple[str, ...]:
    """The event streams that the app's pages open in a browser, but for this path; none where no page can be opened."""
    try:
        visits = context.get("visits", VisitState).visits
    except CouldNotLook:
        return ()
    return tuple(dict.fromkeys(each for visit in visits.values() for each in visit.streams if each != path))


def _picture(streams: dict[str, Stream], limit: float) -> bytes:
    tracks = [
        Track(
            name=name,
            beats=tuple(beat.at for beat in stream.beats),
            events=tuple(event.at for event in stream.events),
            watched=stream.watched,
            said=f"{stream}, longest pause {stream.longest_pause:.1f} s" if stream.steady else stream.ending,
            good=stream.steady,
        )
        for name, stream in streams.items()
    ]
    return timeline(tracks, limit).encode()


def _listen(listeners: list[StreamListener], deadline: Deadline) -> float:
    """Let them listen until all have ended, and say by how many seconds this machine was late at most meanwhile.

    Whatever happens, no stream stays open.
    """
    late, spell, planned = 0.0, 0.0, monotonic()

    def all_ended() -> bool:
        nonlocal late, spell, planned
        behind = monotonic() - planned
        # Who waits for the processor may miss several turns in a row, in which this thread had one each time.
        spell = spell + behind if behind > NOISE else 0.0
        late = max(late, spell)
        for each in listeners:
            each.end_overrun(late)
        planned = monotonic() + TICK
        return all(each.late_for_good for each in listeners)

    try:
        for each in listeners:
            each.start()
        deadline.eventually(all_ended, bool, pause=TICK)
    finally:
        for each in listeners:
            each.end_unfinished(deadline)
    return late
