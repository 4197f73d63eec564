"""What looks broken is a warning with a picture: faults that only a warning tells of are told, each by its own."""

from __future__ import annotations

from tests.support.runs.deployment import Deployment, all_but
from verifier.probes.browser.condition.defect import LOOKS

FAULTS = {
    "dead-link": "dead-link",
    "picture-not-loaded": "image-not-loaded",
    "texts-overlap": "overlapping-text",
    "region-blank": "blank-region",
    "layout-shifts": "layout-shift",
    "error-page-foreign": "mixed-languages",
}
"""Fault of the sandbox → the kind of its warning."""


def test_each_fault_that_people_are_warned_of_has_its_warning_and_a_picture(deployment: Deployment) -> None:
    assert set(FAULTS.values()) == set(LOOKS)

    item = deployment.judged(*FAULTS, without=all_but("smoke-passed")).item("smoke-passed")
    told = {kind: [text for text in item["warnings"] if problem in text] for kind, problem in LOOKS.items()}
    warned = [each for check in item["checks"] for each in check["warned"]]
    seen = {kind: [each["detail"] for each in warned if each["problem"] == LOOKS[kind]] for kind in LOOKS}

    assert item["outcome"] == "passed"
    assert {kind: len(texts) for kind, texts in told.items()} == dict.fromkeys(LOOKS, 1), item
    assert [kind for kind, texts in seen.items() if not any(f"picture: {kind} " in text for text in texts)] == [], item
