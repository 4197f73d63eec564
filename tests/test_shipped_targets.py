"""What the shipped targets need is what the workflow hands over."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.rooms.toy import CHECKOUT
from verifier.credentials import NEEDS


@pytest.fixture
def workflow() -> dict[Any, Any]:
    """The gate's workflow."""
    text = (CHECKOUT / ".github" / "workflows" / "postdeploy.yml").read_text(encoding="utf-8")
    content: dict[Any, Any] = yaml.safe_load(text)
    return content


@pytest.mark.parametrize("secret", [need.names[-1] for need in NEEDS.values()])
def test_the_workflow_passes_every_secret_that_the_suite_can_ask_for(secret: str, workflow: dict[Any, Any]) -> None:
    called = workflow[True]["workflow_call"]["secrets"]  # YAML 1.1 reads «on» as true
    judging = next(each for each in workflow["jobs"]["judge"]["steps"] if each.get("id") == "judge")

    assert secret in called
    assert judging["env"][secret] == "${{ secrets." + secret + " }}"
