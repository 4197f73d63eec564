"""Streams are read over HTTP/1.1 and HTTP/2 until it is certain that they beat, or that they do not."""

from __future__ import annotations

import ctypes
import threading
import zlib
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import cast

import pytest

from tests.support.servers.stream_server import Script, StreamServer, stream_server
from verifier.core.config.contract import Limit
from verifier.core.config.target import new_target
from verifier.core.deadline import Deadline, now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.machine import EDGE
from verifier.core.probe import Context
from verifier.probes.browser.visits import Visit, VisitState
from verifier.probes.sse.events import EventState, observe_events
from verifier.probes.sse.listener import StreamListener
from verifier.probes.sse.section import Events
from verifier.probes.sse.wire.event_stream import SEEN

CEILING = 1.0
OVER_BOTH = (EDGE, f"{EDGE} over HTTP/2")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StreamServer]:
    with stream_server(tmp_path_factory.mktemp("a server")) as serving:
        yield serving


def no_page(_name: str, _kind: type) -> VisitState:
    raise CouldNotLook(Cause.PRECONDITION, "there is no browser here")


def pages(*streams: str) -> VisitState:
    visits = {"/app": Visit(route="/app", status=200, streams=streams), "/more": Visit(route="/more", status=200)}
    return VisitState(asked="?", where="pages", at=now(), again="look", visits=visits)


def observed(
    server: StreamServer, path: str, get: Callable[[str, type], VisitState] = no_page, **settings: bool
) -> EventState:
    target = new_target(
        title="a test",
        app="a-test",
        url=server.url,
        tls={"ca_file": str(server.certificates.authority)},
        platform={"machines": "none"},
        events=Events(path=path, **settings),
    )
    context = SimpleNamespace(
        target=target,
        url=target.url,
        part=lambda part, _: part,
        limit=lambda _: Limit(seconds=CEILING),
        ceiling=lambda _: CEILING,
        deadline=Deadline(30),
        get=get,
    )
    return observe_events(cast("Context", context))


def beats(content: bytes, *, count: int = 40) -> Script:
    return [(0.1, content)] * count


def test_a_machine_is_listened_to_over_both_protocols(server: StreamServer) -> None:
    server.at("/steady", beats(b"event: heartbeat\ndata: {}\n\n"))

    seen = observed(server, "/steady")

    assert seen.expected == OVER_BOTH
    assert [stream.head.protocol for stream in seen.streams.values() if stream.head] == ["HTTP/1.1", "HTTP/2"]
    assert {stream.ended for stream in seen.streams.values()} == {SEEN}
    assert {stream.forms for stream in seen.streams.values()} == {("event heartbeat",)}
    assert "gzip" in server.asked[-1]["accept-encoding"]


def test_comments_beat_too_unless_the_target_says_otherwise(server: StreamServer) -> None:
    server.at("/comments", beats(b": ping\n\n"))

    assert {each.forms for each in observed(server, "/comments").streams.values()} == {("comment",)}
    assert {each.beats for each in observed(server, "/comments", comments=False).streams.values()} == {()}


def test_a_greeting_is_no_pulse(server: StreamServer) -> None:
    server.at("/greeting", [*beats(b": one\n\n", count=2), (30.0, b"")])

    assert observed(server, "/greeting").unsteady().keys() == set(OVER_BOTH)


def test_a_greeting_of_two_before_the_pulse_is_well(server: StreamServer) -> None:
    server.at("/greets", [(0.0, b": one\n\n: two\n\n"), *beats(b": ping\n\n")])

    assert observed(server, "/greets").unsteady() == {}


@pytest.mark.parametrize("form", [b": ping\n\n", b"event: heartbeat\ndata: {}\n\n"])
def test_heartbeats_without_a_pause_are_no_pulse(server: StreamServer, form: bytes) -> None:
    server.at("/flood", [(0.01, form * 100)] * 200)

    unsteady = observed(server, "/flood").unsteady()

    assert unsteady.keys() == set(OVER_BOTH)
    assert all("more than 20 heartbeats within" in why for why in unsteady.values())


def test_frames_that_were_held_back_are_known_by_their_own_times(server: StreamServer) -> None:
    server.at("/held", [(0.1, b'event: heartbeat\ndata: {"at": %d}\n\n' % (1_700_000_000 + n * 10)) for n in range(40)])

    held = observed(server, "/held").held_back()

    assert held.keys() == set(OVER_BOTH)
    assert min(held.values()) > 5


def stall_after_a_beat(listener: StreamListener, seconds: float) -> None:
    """Let no thread of this process run for so long, as a busy machine does; a call by PyDLL keeps the interpreter."""
    Deadline(20).eventually(lambda: listener.stream().beats, bool, pause=0.01)
    ctypes.PyDLL(None).usleep(int(seconds * 1e6))


def stalling(seconds: list[float], start: Callable[[StreamListener], None]) -> Callable[[StreamListener], None]:
    """The start of a listener; the first ones are each followed by a stall of so many seconds."""

    def started(listener: StreamListener) -> None:
        start(listener)
        if seconds:
            threading.Thread(target=stall_after_a_beat, args=(listener, seconds.pop(0)), daemon=True).start()

    return started


def test_a_machine_that_was_late_itself_listens_once_more(
    server: StreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.at("/steady", beats(b"event: heartbeat\ndata: {}\n\n"))
    asked = len(server.asked)
    monkeypatch.setattr(StreamListener, "start", stalling([1.5 * CEILING], StreamListener.start))

    seen = observed(server, "/steady")

    assert (seen.unsteady(), len(server.asked) - asked) == ({}, 2 * len(OVER_BOTH))


def test_a_machine_that_is_late_each_time_could_not_look(server: StreamServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.at("/steady", beats(b"event: heartbeat\ndata: {}\n\n"))
    monkeypatch.setattr(StreamListener, "start", stalling([1.5 * CEILING] * 8, StreamListener.start))

    with pytest.raises(CouldNotLook, match="too busy to measure") as refused:
        observed(server, "/steady")

    assert refused.value.cause is Cause.PRECONDITION


def test_silence_is_told_at_once_however_late_this_machine_was(
    server: StreamServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.at("/stops", [(0.0, b": one\n\n"), (30.0, b"")])
    asked = len(server.asked)
    monkeypatch.setattr(StreamListener, "start", stalling([0.5 * CEILING], StreamListener.start))

    seen = observed(server, "/stops")

    assert (seen.unsteady().keys(), len(server.asked) - asked) == (set(OVER_BOTH), len(OVER_BOTH))


def test_a_compressed_stream_is_well_if_every_frame_is_flushed(server: StreamServer) -> None:
    packed = zlib.compressobj(wbits=31)
    frames = [packed.compress(b"event: heartbeat\ndata: {}\n\n") + packed.flush(zlib.Z_SYNC_FLUSH) for _ in range(40)]
    server.at("/flushed", [(0.1, frame) for frame in frames], content_encoding="gzip")
    server.at("/kept", [(0.1, b"" if n else frames[0][:10]) for n in range(40)], content_encoding="gzip")

    assert observed(server, "/flushed").unsteady() == {}
    assert "compressed as gzip" in observed(server, "/kept").unsteady()[EDGE]


def test_a_stream_that_ends_in_the_middle_of_an_event_is_told_so(server: StreamServer) -> None:
    server.at("/cut", [(0.0, b": hi\n\nevent: heartbeat\n")])

    ended = observed(server, "/cut").streams[EDGE].ended

    assert ended.startswith("closed by the server after ")
    assert ended.endswith("in the middle of an event")


def test_a_wrong_path_is_told_with_those_that_the_pages_open(server: StreamServer) -> None:
    server.at("/wrong", beats(b"<p>no such page"), content_type="text/html")
    none = "an answer that is no event stream (text/html)"

    seen = observed(server, "/wrong", lambda *_: pages("/right", "/other", "/right"))

    assert seen.objections()[EDGE] == f"{none}; the app's pages open /right and /other"
    assert "path = '/right'" in seen.other_path
    assert observed(server, "/wrong").objections()[EDGE] == none
    assert observed(server, "/wrong", lambda *_: pages("/wrong")).other_path == ""


@pytest.mark.parametrize(
    ("charset", "told"),
    [("utf-8", ""), ('"UTF-8"', ""), ("utf8", "charset=utf8"), ("iso-8859-1", "charset=iso-8859-1")],
)
def test_a_stream_is_read_as_utf_8_whatever_its_charset_says_and_the_charset_is_told(
    server: StreamServer, charset: str, told: str
) -> None:
    server.at(
        "/charset",
        beats("event: heartbeat\ndata: ü\n\n".encode()),
        content_type=f"text/event-stream; charset={charset}",
    )

    seen = observed(server, "/charset")

    assert seen.unsteady() == {}
    assert seen.objections() == {}
    assert set(seen.misframed().values()) == {""}
    assert all(each.startswith(told) for each in seen.charsets().values())
    assert bool(seen.charsets()) is bool(told)


def test_what_browsers_ignore_is_told_by_name(server: StreamServer) -> None:
    lines = b"id: 1\0\nretry: 3s\nevnt: x\nData: y\ndata: {}\nevent: heartbeat\nfoo: z\n\n"
    server.at("/ignored", [(0.0, lines), *beats(b": ping\n\n")])

    told = observed(server, "/ignored").misframed()[EDGE]

    assert told == (
        "1 line with 'evnt' for 'event', 1 line with 'Data' for 'data', 1 line with a field that no browser knows, "
        "1 id with a NUL, which browsers ignore, 1 retry that is no number, which browsers ignore"
    )


def test_a_stream_that_a_browser_would_not_read_is_not_waited_for(server: StreamServer) -> None:
    server.at("/page", beats(b": ping\n\n"), content_type="text/html")

    seen = observed(server, "/page")

    assert seen.objections()[EDGE] == "an answer that is no event stream (text/html)"
    assert (seen.reuse(), seen.misframed()) == ({}, {})


def test_what_events_say_stays_out_of_the_evidence(server: StreamServer) -> None:
    server.at(
        "/private", beats(b'event: heartbeat\ndata: {"customer": "A. Poe"}\n"customer": "A. Poe"\nA. Poe, Elm St\n\n')
    )

    seen = observed(server, "/private")

    assert "Poe" not in seen.model_dump_json()
    assert [line.text for line in seen.streams[EDGE].lines[:4]] == [
        "event: heartbeat",
        "data: (23 characters)",
        "unknown field: (9 characters)",
        "(14 characters without a field)",
    ]
    assert seen.misframed()[EDGE] != ""


def test_who_does_not_answer_is_no_judgement(server: StreamServer) -> None:
    closed = SimpleNamespace(url="https://127.0.0.1:9", certificates=server.certificates)

    with pytest.raises(CouldNotLook) as caught:
        observed(cast("StreamServer", closed), "/steady")
    assert caught.value.cause == Cause.UNREACHABLE
