"""Who must not delay a page can be shut out of it."""

from __future__ import annotations

from tests.support.faults.fault_runs import ITEM_GROUPS
from tests.support.runs.deployment import Deployment

FAR = tuple(item for name, group in ITEM_GROUPS.items() if name not in {"tiles", "visits"} for item in group)


def test_a_stranger_that_hangs_delays_nobody_who_shuts_it_out(deployment: Deployment) -> None:
    deployment.switch("third-party-hangs")
    deployment.retarget(
        without=FAR, change=lambda text: text.replace("[dashboard]\n", '[dashboard]\nthird_party = "abort"\n')
    )

    ended = deployment.suite.run(target="warm")

    assert ended.ending == ("DONE", 0), ended.output
