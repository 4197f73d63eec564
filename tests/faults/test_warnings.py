"""What looks broken is a warning with a picture, and fails where the contract says so; each fault by its own kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
BROKEN = "dead-link"
"""The kind on which the promise fails in this run. By default it fails on none, as `test_faults.py` sees."""


@pytest.fixture
def contract(deployment: Deployment) -> Iterator[None]:
    """The product's contract, in which a kind is no warning."""
    place = deployment.suite.root / "definition_of_done.toml"
    before = place.read_text(encoding="utf-8")
    head = 'id = "smoke-passed"\n'
    assert head in before
    place.write_text(before.replace(head, f'{head}fails_on = ["{BROKEN}"]\n'), encoding="utf-8")
    yield
    place.write_text(before, encoding="utf-8")


@pytest.mark.usefixtures("contract")
def test_each_fault_of_looks_is_told_with_a_picture_and_fails_where_the_contract_says_so(
    deployment: Deployment,
) -> None:
    assert set(FAULTS.values()) == set(LOOKS)

    item = deployment.judged(*FAULTS, without=all_but("smoke-passed")).item("smoke-passed")
    told = {kind: [text for text in item["warnings"] if problem in text] for kind, problem in LOOKS.items()}
    failed = [each for check in item["checks"] for each in check.get("findings", ())]
    found = [*failed, *(each for check in item["checks"] for each in check["warned"])]
    seen = {kind: [each["detail"] for each in found if each["problem"] == LOOKS[kind]] for kind in LOOKS}

    assert item["outcome"] == "failed"
    assert {each["problem"] for each in failed} == {LOOKS[BROKEN]}
    assert {kind: len(texts) for kind, texts in told.items()} == dict.fromkeys(LOOKS, 1) | {BROKEN: 0}, item
    assert [kind for kind, texts in seen.items() if not any(f"picture: {kind} " in text for text in texts)] == [], item
