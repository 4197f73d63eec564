"""What strangers do to a page: an error of theirs is told apart, and who must not delay anything can be shut out."""

from __future__ import annotations

from sandbox.faults.fault import ROOMS
from tests.rooms.deployment import Deployment
from tests.rooms.toy import Ended

FAR = tuple(item for name, room in ROOMS.items() if name not in {"tiles", "visits"} for item in room)


def judged(deployment: Deployment, fault: str, policy: str) -> Ended:
    deployment.switch(fault)
    deployment.retarget(
        without=FAR, change=lambda text: text.replace("[dashboard]\n", f'[dashboard]\nthird_party = "{policy}"\n')
    )
    return deployment.suite.run(target="warm")


def test_an_error_of_a_stranger_is_told_apart(deployment: Deployment) -> None:
    ended = judged(deployment, "third-party-error", "allow")

    assert ended.ending == ("DONE", 0), ended.output
    assert "0 own, 2 third-party" in ended.item("no-console-errors")["value"].replace("3 third", "2 third")


def test_a_stranger_that_hangs_delays_nobody_who_shuts_it_out(deployment: Deployment) -> None:
    ended = judged(deployment, "third-party-hangs", "abort")

    assert ended.ending == ("DONE", 0), ended.output
