"""Faults of the streams."""

from sandbox.fault import Fault, declare, unverified
from sandbox.items import COMING_AND_GOING, STREAM_ITEMS

FAULTS = (
    Fault("heartbeat-slow", "heartbeats come 1.5 times as slowly", ("sse-heartbeat",), value="1.5"),
    Fault("heartbeat-stops", "a stream beats twice and then no more", ("sse-heartbeat",), value="2"),
    Fault(
        "heartbeat-jitter",
        "every second pause between heartbeats is 1.6 times as long",
        ("sse-heartbeat",),
        value="1.6",
    ),
    Fault(
        "stream-in-blocks",
        "a proxy holds the event stream back until it has 8 KB",
        STREAM_ITEMS,
        value="8192",
    ),
    Fault(
        "stream-gzip-buffered",
        "the event stream is compressed, and never flushed",
        ("sse-heartbeat",),
    ),
    Fault(
        "stream-wrong-type",
        "the event stream is sent as application/json",
        ("sse-heartbeat",),
        unverified("precondition", "sse-delivers"),
    ),
    Fault(
        "stream-almost-right-type",
        "the event stream is sent as text/event-streamish",
        ("sse-heartbeat",),
        unverified("precondition", "sse-delivers"),
    ),
    Fault("stream-cacheable", "caches may keep the event stream for a minute", ("sse-heartbeat",)),
    Fault(
        "stream-error",
        "the event stream answers 500",
        ("sse-heartbeat", "no-server-errors"),
        unverified("precondition", "sse-delivers"),
    ),
    Fault(
        "stream-drops",
        "the event stream is cut after 20 s",
        ("sse-heartbeat",),
        value="20",
        perhaps=("sse-delivers",),
    ),
    Fault(
        "stream-broken-frames",
        "the data of events goes on in lines that do not say so",
        STREAM_ITEMS,
    ),
    Fault(
        "stream-half-character",
        "a character of the event stream is cut in half",
        ("sse-heartbeat",),
    ),
    Fault("stream-endless-line", "the event stream is one line without an end", STREAM_ITEMS),
    Fault(
        "stream-redirects-to-login",
        "the event stream leads to a login page",
        (),
        unverified("unauthorized", *STREAM_ITEMS),
    ),
    Fault(
        "heartbeat-missing",
        "the event stream says nothing",
        (*STREAM_ITEMS, "phase-features"),
        unverified("no-data", "sse-reconnect"),
    ),
    Fault(
        "heartbeat-missing-on-one-machine",
        "the event stream of one machine says nothing",
        STREAM_ITEMS,
        unverified("no-data", "sse-reconnect"),  # its client listens to the first machine before it leaves
        perhaps=("phase-features",),
        one_machine=True,
    ),
    Fault(
        "stream-unauthorized",
        "the event stream answers 401",
        ("no-console-errors", "phase-features"),
        unverified("unauthorized", *STREAM_ITEMS, *COMING_AND_GOING),
    ),
    Fault(
        "stream-not-a-stream",
        "the event stream answers 200 with a page",
        ("sse-heartbeat", "no-console-errors", "phase-features"),
        unverified("precondition", "sse-delivers", *COMING_AND_GOING),
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
        perhaps=("phase-features",),
    ),
    Fault("delivers-twice", "a change reaches clients twice", ("sse-delivers",)),
    Fault("delivers-out-of-order", "two changes reach clients in exchanged order", ("sse-delivers",)),
    Fault("delivers-wrong-payload", "events tell of another status than the change made", ("sse-delivers",)),
    Fault("delivers-random-payload", "events tell of approvals that the queue never held", ("sse-delivers",)),
    Fault(
        "slow-reader-holds-up-others",
        "the edge writes to one event stream after the other, and waits for a reader that does not read",
        ("sse-delivers",),
        perhaps=("sse-heartbeat",),
    ),
    Fault(
        "streams-refused",
        "three of five event streams are refused with 503",
        ("sse-connections",),
        stages="monitoring",
    ),
    Fault(
        "loses-on-reconnect",
        "a client that comes back is told nothing of what it missed",
        ("sse-reconnect",),
    ),
    Fault(
        "leaks-connections",
        "streams whose clients have left stay in the app's books",
        ("sse-disconnect",),
    ),
    Fault(
        "leaks-connections-under-load",
        "streams whose clients have left stay in the app's books, and there were many",
        ("sse-connections",),
        stages="monitoring",
    ),
)

for _fault in FAULTS:
    declare(_fault)
