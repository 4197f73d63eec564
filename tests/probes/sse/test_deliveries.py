"""What was written is compared with what was heard; and nothing that a run made stays behind, even if it was killed.

It is long because all its cases share the scripted queue.
"""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import httpx
import pytest

from tests.support.probe_context import looking_at
from tests.support.runs.deployment import Deployment, all_but
from tests.support.runs.toy import Ended
from tests.support.servers.stream_server import StreamServer
from verifier.core.deadline import Deadline
from verifier.core.evidence import CouldNotLook
from verifier.probes.sse.approval_queue import MARK, Approval, Queue
from verifier.probes.sse.consistency import QueueLook, compared
from verifier.probes.sse.deliveries import observe_deliveries
from verifier.probes.sse.matching import Heard, QueueChange, matched
from verifier.probes.sse.section import Approvals

QUEUE = "/api/approvals"
WRITTEN = (
    QueueChange("1. created", "created", "a", {"id": "a", "status": "pending"}, 10.0),
    QueueChange("2. updated", "updated", "a", {"id": "a", "status": "rejected"}, 11.0),
    QueueChange("3. deleted", "deleted", "a", {}, 12.0),
)


def heard(*words: str) -> list[Heard]:
    """Events at 20, 21, … seconds, from 'action status' words about the approval 'a'."""
    pairs = [word.partition(" ") for word in words]
    return [
        Heard(action, "a", {"id": "a", "status": status}, 20.0 + at) for at, (action, _, status) in enumerate(pairs)
    ]


@pytest.mark.parametrize(
    ("words", "arrived", "wrong", "twice", "disorder"),
    [
        (("created pending", "updated rejected", "deleted"), 3, 0, 0, 0),
        (("created pending", "deleted"), 2, 0, 0, 0),
        ((), 0, 0, 0, 0),
        (("created pending", "created pending", "updated rejected", "deleted"), 3, 0, 1, 0),
        (("created pending", "updated rejected", "deleted", "deleted", "deleted"), 3, 0, 2, 0),
        (("updated rejected", "created pending", "deleted"), 3, 0, 0, 1),
        (("deleted", "updated rejected", "created pending"), 3, 0, 0, 2),
        (("created approved", "updated rejected", "deleted"), 2, 1, 0, 0),
        (("updated pending", "updated rejected", "deleted"), 2, 1, 0, 0),
        (("created pending", "updated rejected", "deleted", "updated approved"), 3, 1, 0, 0),
    ],
)
def test_every_event_is_assigned_to_the_change_that_it_tells_of(
    words: tuple[str, ...], arrived: int, wrong: int, twice: int, disorder: int
) -> None:
    found = matched(WRITTEN, heard(*words))

    counted = (len(found.seconds), len(found.wrong), len(found.twice), len(found.disorder))
    assert counted == (arrived, wrong, twice, disorder), found


def test_a_delay_is_counted_from_the_request() -> None:
    assert matched(WRITTEN, heard("created pending")).seconds == {"1. created": 10.0}


def test_an_event_with_other_content_says_what_differs() -> None:
    (said,) = matched(WRITTEN, heard("created approved")).wrong

    assert said == "1. created: arrived with status 'approved' instead of 'pending'"


PENDING, REJECTED = {"a": {"status": "pending"}}, {"a": {"status": "rejected"}}


@pytest.mark.parametrize(
    ("events", "looks", "lists", "differing"),
    [
        (heard("updated rejected"), {0: PENDING, 22: REJECTED}, "all", 0),
        (heard("created pending", "updated rejected"), {0: {}, 20.5: PENDING, 22: REJECTED}, "all", 0),
        (heard("updated rejected", "created pending"), {0: {}, 22: REJECTED}, "all", 1),
        (heard("updated approved"), {0: PENDING, 22: REJECTED}, "all", 1),
        (heard("updated rejected"), {0: PENDING, 18: REJECTED}, "all", 0),
        (heard("updated rejected"), {0: PENDING, 10: REJECTED}, "all", 1),
        (heard("created approved", "updated rejected", "deleted"), {0: {}, 20.5: PENDING, 23: {}}, "all", 1),
        (heard("deleted"), {0: PENDING, 22: {}}, "all", 0),
        (heard("deleted"), {0: PENDING, 22: PENDING}, "all", 1),
        (heard("created pending"), {0: {}, 22: {}}, "all", 1),
        (heard("created pending", "deleted"), {0: {}, 20.5: {}}, "all", 0),
        (heard("updated approved"), {0: PENDING, 22: {}}, "all", 1),
        (heard("updated approved"), {0: PENDING, 22: {}}, "pending", 0),
        (heard("created pending"), {0: {}, 22: {}}, "pending", 1),
        ([], {0: {}, 22: PENDING}, "all", 1),
        ([], {0: PENDING, 22: PENDING}, "all", 0),
    ],
)
def test_what_a_stream_told_is_compared_with_each_look_at_the_queue(
    events: list[Heard], looks: dict[float, Any], lists: str, differing: int
) -> None:
    settings = Approvals.model_validate({"lists": lists})
    samples = [QueueLook(at, at, rows) for at, rows in looks.items()]

    assert len(compared({"m": events}, samples, 5.0, settings).wrong) == differing


@pytest.fixture
def api(deployment: Deployment) -> Iterator[httpx.Client]:
    """The approval queue's API, as somebody else uses it."""
    target = deployment.told["target"]
    trust = ssl.create_default_context(cafile=target["tls"]["ca_file"])
    with httpx.Client(base_url=target["url"], verify=trust) as client:
        yield client


def marked(api: httpx.Client) -> list[str]:
    return [each["id"] for each in api.get(QUEUE).json()["approvals"] if (each["marker"] or "").startswith(MARK)]


def test_the_next_run_removes_what_a_killed_run_left(deployment: Deployment, api: httpx.Client) -> None:
    deployment.retarget(without=all_but("sse-delivers"))
    deployment.switch("delivers-late", redeploy=False)
    left: list[str] = []
    for _ in range(5):  # an approval lives for some hundredths of a second
        with deployment.suite.running(target="warm") as process:
            Deadline(60).eventually(lambda: marked(api), bool, pause=0.002)
            os.killpg(process.pid, signal.SIGKILL)
        left = marked(api)
        if left:
            break
    deployment.switch(redeploy=False)

    ended = deployment.suite.run(target="warm")

    assert left, "the run was killed too late to leave anything"
    assert (ended.told("sse-delivers"), marked(api)) == (("passed", None), [])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the boot")
def test_two_runs_know_that_they_are_on_one_host_also_without_a_network_interface() -> None:
    told = (
        "import secrets, uuid; uuid.getnode = lambda: secrets.randbits(48) | 1 << 40;"
        "from verifier.probes.sse import approval_queue; print(approval_queue._HOST)"
    )
    seen = [subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True) for _ in range(2)]
    assert seen[0].stdout == seen[1].stdout


@contextmanager
def somebody_decides(api: httpx.Client) -> Iterator[None]:
    """Approvals are made and decided again and again, for as long as the block lasts."""
    over = threading.Event()

    def decide() -> None:
        while not over.wait(0.2):
            made = api.post(QUEUE, json={"kind": "k", "customer": "c", "summary": "s"}).json()["id"]
            api.patch(f"{QUEUE}/{made}", json={"status": "rejected"})
            over.wait(0.5)
            api.delete(f"{QUEUE}/{made}")

    somebody = threading.Thread(target=decide)
    somebody.start()
    try:
        yield
    finally:
        over.set()
        somebody.join()


def watched(deployment: Deployment, *, queue: str = 'path = "/api/approvals"', writes: str = "forbidden") -> Ended:
    """What the command says where it may not write, or where the queue is told of by `queue`."""

    def change(target: str) -> str:
        changed = target.replace('path = "/api/approvals"\nmarker', f"{queue}\nmarker")
        return changed.replace('writes = "allowed"', f'writes = "{writes}"')

    deployment.retarget(without=all_but("sse-delivers"), change=change)
    return deployment.suite.run(target="warm")


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (None, ("passed", None)),
        ("delivers-random-payload", ("failed", None)),
    ],
)
def test_where_nothing_may_be_written_streams_and_queue_are_compared(
    deployment: Deployment, api: httpx.Client, fault: str | None, outcome: tuple[str, str | None]
) -> None:
    deployment.switch(*([fault] if fault else []), redeploy=False)
    with somebody_decides(api):
        ended = watched(deployment)

    assert ended.told("sse-delivers") == outcome, ended.output


def test_a_queue_that_is_only_watched_and_does_not_change_is_judged_by_its_streams(deployment: Deployment) -> None:
    deployment.switch(redeploy=False)

    ended = watched(deployment)

    assert ended.told("sse-delivers") == ("passed", None), ended.output
    value = ended.item("sse-delivers")["value"]
    assert value == "shown read-only: no change in 2 s, every stream beat; no delivery was seen"
    assert "no delivery was seen; decide an approval during a run" in ended.output


@pytest.mark.parametrize(
    ("fault", "seen"),
    [("heartbeat-missing-on-one-machine", "nothing in 2 s"), ("stream-drops", "after")],
)
def test_a_stream_that_ends_or_is_silent_is_red_also_where_nothing_changes(
    deployment: Deployment, fault: str, seen: str
) -> None:
    deployment.switch(fault)

    ended = watched(deployment)
    deployment.switch()

    assert ended.told("sse-delivers") == ("failed", None), ended.output
    assert "event stream ended or was silent" in ended.output
    assert seen in ended.output


def test_a_queue_that_is_opened_to_be_read_sends_nothing() -> None:
    session = Mock()
    queue = Queue(session, "https://a.test/api/approvals", Approvals())
    made = Approval("a", "", {})

    for change in (queue.create, lambda: queue.decide(made, "approved"), lambda: queue.remove(made)):
        with pytest.raises(CouldNotLook, match="was not sent: this target forbids writing"):
            change()
    assert session.mock_calls == []


class Replaying(StreamServer):
    """A server that tells whoever comes back of a change that did not happen, where `replays`; the queue is empty."""

    replays = False

    async def __call__(self, scope: dict[str, Any], receive: object, send: Callable[..., Any]) -> None:
        headers = dict(scope.get("headers", []))
        beat = b"id: 7\nevent: heartbeat\ndata: {}\n\n"
        invented = b'event: approval-update\ndata: {"action": "updated", "approval": {"id": "a"}}\n\n'
        back = headers.get(b"last-event-id") == b"7" and self.replays
        self.at("/events", [(0.0, invented if back else beat), *[(0.1, beat)] * 100])
        self.at("/queue", [(0.0, b'{"approvals": []}')], content_type="application/json")
        await super().__call__(scope, receive, send)


@contextmanager
def served(server: StreamServer) -> Iterator[None]:
    """`server` serves for as long as the block lasts."""
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield
    finally:
        server.stop()
        thread.join()


@pytest.mark.parametrize("replays", [False, True])
def test_a_client_that_comes_back_is_told_of_nothing_that_did_not_happen(
    tmp_path: Path,
    replays: bool,  # noqa: FBT001 - a parameter
) -> None:
    server = Replaying(tmp_path, protocols=("http/1.1",))
    server.replays = replays
    with served(server):
        ca_file = str(server.certificates.authority)
        context = replace(
            looking_at(
                server.url, {}, "a run", tls={"ca_file": ca_file}, events={"path": "/events"},
                approvals={"path": "/queue"}, platform={"machines": "none"},
            ),
            ceiling=lambda _: 0.5,
        )  # fmt: skip
        seen = observe_deliveries(context)

    invented = "a client that came back to edge was told 'updated' of approval a, not changed"
    assert (seen.mode, seen.wrong) == ("quiet", (invented,) if replays else ())


NO_API = 'path = "/api/nowhere"'


@pytest.mark.parametrize(("fault", "outcome"), [(None, "passed"), ("delivers-random-payload", "failed")])
def test_where_the_queue_has_no_api_its_table_is_compared(
    deployment: Deployment, api: httpx.Client, fault: str | None, outcome: str
) -> None:
    deployment.switch(*([fault] if fault else []), redeploy=False)
    with somebody_decides(api):
        ended = watched(deployment, queue=f'{NO_API}\ntable = "approvals"')
    deployment.switch(redeploy=False)

    assert ended.told("sse-delivers") == (outcome, None), ended.output
    measured = [each["measured"] for each in ended.item("sse-delivers")["checks"]]
    assert any("compared with the table approvals" in each for each in measured)


def test_nothing_is_written_into_a_table(deployment: Deployment) -> None:
    deployment.switch(redeploy=False)

    ended = watched(deployment, queue=f'{NO_API}\ntable = "approvals"', writes="allowed")

    assert ended.told("sse-delivers") == ("unverified", "precondition"), ended.output
    assert "/api/nowhere: HTTP 404" in ended.output
    assert "an app without this API can be watched" in ended.output
