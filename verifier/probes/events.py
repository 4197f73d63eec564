"""Listens to the event stream of every machine at once, until each has beaten twice or is certain not to."""

from __future__ import annotations

from verifier.evidence import Evidence, Readings
from verifier.patience import Patience, now
from verifier.probes import Context
from verifier.probes.event_listener import Listener, Stream
from verifier.probes.http import curl
from verifier.probes.platform import places


class EventState(Evidence):
    """The event streams of all machines that should serve."""

    expected_machines: tuple[str, ...]
    streams: dict[str, Stream]

    def longest_pause_by_machine(self) -> Readings:
        """Machine → the longest time without a heartbeat, in seconds."""
        return Readings({machine: stream.longest_pause for machine, stream in self.streams.items()})

    def beats_by_machine(self) -> dict[str, int]:
        """Machine → heartbeats."""
        return {machine: len(stream.beats) for machine, stream in self.streams.items()}

    def answers(self) -> dict[str, str]:
        """Machine → what the answer was, as «200 text/event-stream»."""
        return {machine: stream.answer for machine, stream in self.streams.items()}

    def endings(self) -> dict[str, str]:
        """Machine → why the listening ended, and when."""
        return {
            machine: f"{len(stream.beats)} heartbeats in {stream.watched:.1f} s, ended by: {stream.ended}"
            for machine, stream in self.streams.items()
        }


def observe_events(context: Context) -> EventState:
    """Listen to one stream of each started machine, all at once.

    It takes two heartbeats in time, or one overrun.

    Raises:
        CouldNotLook: the streams could not be reached or not be read, or the time was too short; not if another
            machine's stream is certainly broken.
    """
    settings = context.part(context.target.events, "events")
    machines = places(context)
    started, url = now(), context.url + settings.path
    listeners = [Listener(context, machine) for machine in machines]
    _listen(listeners, context.patience)
    troubles = [each.trouble for each in listeners if each.trouble]
    if troubles and not any(each.broken for each in listeners):
        raise troubles[0]
    return EventState(
        asked="Does the event stream of every machine beat?",
        where=f"{url} on {len(machines)} machines",
        at=started,
        again=curl(context.target, url, machine=machines[0], options="-sS -N -i -H 'accept: text/event-stream'"),
        expected_machines=machines,
        streams={each.machine: each.stream() for each in listeners},
    )


def _listen(listeners: list[Listener], patience: Patience) -> None:
    """Let them listen until all have ended; whatever happens, no stream stays open."""
    try:
        for each in listeners:
            each.start()
        while any(not each.ended for each in listeners) and not patience.over:
            patience.wait(0.05)
            for each in listeners:
                each.end_overrun()
    finally:
        for each in listeners:
            each.end_unfinished(patience)
