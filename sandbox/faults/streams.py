"""Faults of the streams."""

from sandbox.faults.fault import STREAM_ITEMS, Fault, unverified

FAULTS = (
    Fault("heartbeat-slow", "heartbeats come 1.5 times as slowly", ("sse-heartbeat",), value="1.5", scaled="3"),
    Fault("heartbeat-missing", "the event stream says nothing", (*STREAM_ITEMS, "phase-features")),
    Fault(
        "heartbeat-missing-on-one-machine",
        "the event stream of one machine says nothing",
        STREAM_ITEMS,
        perhaps=("phase-features",),
    ),
    Fault(
        "stream-unauthorized",
        "the event stream answers 401",
        ("no-console-errors", "phase-features"),
        unverified("unauthorized", *STREAM_ITEMS),
    ),
    Fault(
        "stream-not-a-stream",
        "the event stream answers 200 with a page",
        ("sse-heartbeat", "no-console-errors", "phase-features"),
        unverified("precondition", "sse-delivers"),
    ),
    Fault(
        "delivers-on-own-machine-only",
        "a change reaches the clients of its own machine only",
        ("sse-delivers",),
        perhaps=("phase-features",),
    ),
    Fault(
        "delivers-late",
        "a change reaches clients after 6 s",
        ("sse-delivers",),
        value="6",
        scaled="2",
        perhaps=("phase-features",),
    ),
    Fault("delivers-twice", "a change reaches clients twice", ("sse-delivers",), local=True),
    Fault("delivers-out-of-order", "two changes reach clients in exchanged order", ("sse-delivers",), local=True),
    Fault(
        "delivers-wrong-payload", "events tell of another status than the change made", ("sse-delivers",), local=True
    ),
    Fault(
        "delivers-random-payload", "events tell of approvals that the queue never held", ("sse-delivers",), local=True
    ),
)
