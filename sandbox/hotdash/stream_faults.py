"""Faults of the streams."""

from dataclasses import replace

from sandbox.faults.fault import COMING_AND_GOING, STREAM_ITEMS, Fault, unverified

_FAULTS = (
    Fault(
        "heartbeat-slow", "heartbeats come 1.5 times as slowly", ("sse-heartbeat",), value="1.5", scaled="3", local=True
    ),
    Fault("heartbeat-stops", "a stream beats twice and then no more", ("sse-heartbeat",), value="2", local=True),
    Fault(
        "heartbeat-jitter",
        "every second pause between heartbeats is 1.6 times as long",
        ("sse-heartbeat",),
        value="1.6",
        scaled="3",
        local=True,
    ),
    Fault(
        "stream-in-blocks",
        "a proxy holds the event stream back until it has 8 KB",
        STREAM_ITEMS,
        value="8192",
        local=True,
    ),
    Fault(
        "stream-gzip-buffered",
        "the event stream is compressed, and never flushed",
        ("sse-heartbeat",),
        local=True,
    ),
    Fault(
        "stream-wrong-type",
        "the event stream is sent as application/json",
        ("sse-heartbeat",),
        unverified("precondition", "sse-delivers"),
        local=True,
    ),
    Fault(
        "stream-almost-right-type",
        "the event stream is sent as text/event-streamish",
        ("sse-heartbeat",),
        unverified("precondition", "sse-delivers"),
        local=True,
    ),
    Fault("stream-cacheable", "caches may keep the event stream for a minute", ("sse-heartbeat",), local=True),
    Fault(
        "stream-error",
        "the event stream answers 500",
        ("sse-heartbeat", "no-server-errors"),
        unverified("precondition", "sse-delivers"),
        aside=("ga-api-health", "logs-clean"),
        local=True,
    ),
    Fault(
        "stream-drops",
        "the event stream is cut after 20 s",
        ("sse-heartbeat",),
        value="20",
        scaled="0.7",
        perhaps=("sse-delivers",),
        local=True,
    ),
    Fault(
        "stream-broken-frames",
        "the data of events goes on in lines that do not say so",
        STREAM_ITEMS,
        local=True,
    ),
    Fault(
        "stream-half-character",
        "a character of the event stream is cut in half",
        ("sse-heartbeat",),
        local=True,
    ),
    Fault("stream-endless-line", "the event stream is one line without an end", STREAM_ITEMS, local=True),
    Fault(
        "stream-redirects-to-login",
        "the event stream leads to a login page",
        (),
        unverified("unauthorized", *STREAM_ITEMS),
        local=True,
    ),
    Fault(
        "heartbeat-missing",
        "the event stream says nothing",
        (*STREAM_ITEMS, "phase-features"),
        unverified("no-data", "sse-reconnect"),
        phases=(5,),
    ),
    Fault(
        "heartbeat-missing-on-one-machine",
        "the event stream of one machine says nothing",
        STREAM_ITEMS,
        unverified("no-data", "sse-reconnect"),  # its client listens to the first machine before it leaves
        perhaps=("phase-features",),
        phases=(5,),
    ),
    Fault(
        "stream-unauthorized",
        "the event stream answers 401",
        ("no-console-errors", "phase-features"),
        unverified("unauthorized", *STREAM_ITEMS, *COMING_AND_GOING),
        phases=(5,),
    ),
    Fault(
        "stream-not-a-stream",
        "the event stream answers 200 with a page",
        ("sse-heartbeat", "no-console-errors", "phase-features"),
        unverified("precondition", "sse-delivers", *COMING_AND_GOING),
        phases=(5,),
    ),
    Fault(
        "delivers-on-own-machine-only",
        "a change reaches the clients of its own machine only",
        ("sse-delivers",),
        perhaps=("phase-features",),
        phases=(5,),
    ),
    Fault(
        "delivers-late",
        "a change reaches clients after 6 s",
        ("sse-delivers",),
        value="6",
        scaled="2.6",
        perhaps=("phase-features",),
        phases=(5,),
    ),
    Fault("delivers-twice", "a change reaches clients twice", ("sse-delivers",), local=True),
    Fault("delivers-out-of-order", "two changes reach clients in exchanged order", ("sse-delivers",), local=True),
    Fault(
        "delivers-wrong-payload", "events tell of another status than the change made", ("sse-delivers",), local=True
    ),
    Fault(
        "delivers-random-payload", "events tell of approvals that the queue never held", ("sse-delivers",), local=True
    ),
    Fault(
        "slow-reader-holds-up-others",
        "the edge writes to one event stream after the other, and waits for a reader that does not read",
        ("sse-delivers",),
        perhaps=("sse-heartbeat",),
        local=True,
    ),
    Fault(
        "streams-refused",
        "three of five event streams are refused with 503",
        ("sse-connections",),
        stages="monitoring",
        aside=("error-rate",),
        local=True,
    ),
    Fault(
        "loses-on-reconnect",
        "a client that comes back is told nothing of what it missed",
        ("sse-reconnect",),
        local=True,
    ),
    Fault(
        "leaks-connections",
        "streams whose clients have left stay in the app's books",
        ("sse-disconnect",),
        local=True,
    ),
    Fault(
        "leaks-connections-under-load",
        "streams whose clients have left stay in the app's books, and there were many",
        ("sse-connections",),
        stages="monitoring",
        local=True,
    ),
)
# A browser complains of a stream that it cannot read, so they are not judged beside what is heard in its console.
FAULTS = tuple(
    replace(each, aside=(*each.aside, "no-console-errors"))
    if each.name.startswith("stream-") and "no-console-errors" not in each.named
    else each
    for each in _FAULTS
)
