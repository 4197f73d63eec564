"""Faults of the heartbeat interval, and of silent streams."""

from collections.abc import Callable

from sandbox.fault import Active, Fault, Hook, declare, unverified
from sandbox.item_groups import STREAM_ITEMS

_NEVER = 1e9
STRETCH: Hook[Callable[[int, float], float]] = Hook()
"""The factor of the pause after heartbeat n, counted from 1, given the fault's figure."""


@STRETCH.by(Fault("heartbeat-slow", "the heartbeat interval is 1.5 times as long", ("sse-heartbeat",), value="1.5"))
def _slow(_sequence: int, times: float) -> float:
    return times


@STRETCH.by(Fault("heartbeat-stops", "a stream sends two heartbeats and then no more", ("sse-heartbeat",), value="2"))
def _stops(sequence: int, last: float) -> float:
    return _NEVER if sequence >= last else 1.0


@STRETCH.by(
    Fault(
        "heartbeat-jitter",
        "every second pause between heartbeats is 1.6 times as long",
        ("sse-heartbeat",),
        value="1.6",
    )
)
def _jitter(sequence: int, times: float) -> float:
    """As by a timer in a busy thread."""
    return times if sequence % 2 == 0 else 0.5


_HELD_BACK = declare(
    Fault(
        "heartbeat-held-back",
        "of three heartbeats, each comes 3 s later after its own time than the one before",
        ("sse-heartbeat",),
        value="3",
    )
)


def held_back(sequence: int, faults: Active) -> float:
    """Seconds for which heartbeat `sequence`, counted from 1, is kept after it was made.

    As by a buffer on the way that fills up: no pause is over the limit, and what is told is older each time.
    """
    return _HELD_BACK.figure(faults) * ((sequence - 1) % 3)


SILENT = (
    declare(
        Fault(
            "heartbeat-missing",
            "the event stream is silent",
            (*STREAM_ITEMS, "phase-features"),
            unverified("no-data", "sse-reconnect"),
        )
    ),
    declare(
        Fault(
            "heartbeat-missing-on-one-machine",
            "the event stream of one machine is silent",
            STREAM_ITEMS,
            unverified("no-data", "sse-reconnect"),  # the client reads from the first machine before it reconnects
            perhaps=("phase-features",),
            one_machine=True,
        )
    ),
)
