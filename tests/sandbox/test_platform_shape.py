"""The sandbox answers as Fly's Machines API does: every answer fits the published specification."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft4Validator

from tests.support.runs.deployment import Deployment
from tests.support.runs.toy import CHECKOUT
from verifier.core.deadline import Deadline

SPECIFICATION = json.loads((CHECKOUT / "tests" / "data" / "machines-openapi.json").read_text(encoding="utf-8"))
APP = "hotdash-sandbox"
AUTOSTOP = {False: "off", True: "stop"}


def without_nulls(content: Any) -> Any:  # noqa: ANN401 - any JSON
    """The content as clients read it: what is null is not there, and `autostop` may be a boolean."""
    if isinstance(content, dict):
        words = {key: AUTOSTOP.get(value, value) if key == "autostop" else value for key, value in content.items()}
        return {key: without_nulls(value) for key, value in words.items() if value is not None}
    return [without_nulls(each) for each in content] if isinstance(content, list) else content


def mistakes(path: str, content: Any) -> list[str]:  # noqa: ANN401 - any JSON
    """How an answer differs from the specification of its path."""
    (described,) = SPECIFICATION["paths"][path]["get"]["responses"]["200"]["content"].values()
    # With a reference at the top, everything beside it would be ignored; so it stands one level down.
    validator = Draft4Validator({"components": SPECIFICATION["components"], "allOf": [described["schema"]]})
    return [
        f"{'/'.join(map(str, each.path))}: {each.message[:200]}"
        for each in validator.iter_errors(without_nulls(content))
    ]


@pytest.fixture(scope="module")
def platform(deployment: Deployment) -> Iterator[httpx.Client]:
    """A client of the platform of a healthy deployment."""
    deployment.switch()
    token = deployment.told["credentials"]["FLY_API_TOKEN"]
    base = deployment.told["target"]["platform"]["machines_url"] + "/v1"
    with httpx.Client(base_url=base, headers={"authorization": f"Bearer {token}"}) as client:
        yield client


@pytest.mark.parametrize(
    "path",
    [
        "/apps/{app_name}",
        "/apps/{app_name}/machines",
        "/apps/{app_name}/machines/{machine_id}",
        "/apps/{app_name}/machines/{machine_id}/events",
        "/apps/{app_name}/secrets",
        "/apps/{app_name}/certificates",
        "/apps/{app_name}/certificates/{hostname}",
        "/apps/{app_name}/volumes",
        "/apps/{app_name}/ip_assignments",
        "/platform/regions",
        "/tokens/current",
    ],
)
def test_an_answer_fits_the_specification(platform: httpx.Client, path: str) -> None:
    machine = platform.get(f"/apps/{APP}/machines").json()[0]["id"]

    hostname = platform.get(f"/apps/{APP}/certificates").json()["certificates"][0]["hostname"]

    answer = platform.get(path.format(app_name=APP, machine_id=machine, hostname=hostname))

    assert answer.status_code == 200
    assert mistakes(path, answer.json()) == []


def test_a_wrong_answer_does_not_fit() -> None:
    assert mistakes("/apps/{app_name}/machines", [{"id": 7, "events": "none"}]) != []


def test_a_machine_has_the_parts_that_the_verifier_reads(platform: httpx.Client) -> None:
    machines = platform.get(f"/apps/{APP}/machines").json()
    assert machines
    for machine in machines:
        assert {"id", "state", "region", "config", "events", "checks", "image_ref", "host_status"} <= set(machine)


def test_a_machine_is_stopped_and_started_as_the_specification_says(platform: httpx.Client) -> None:
    path = "/apps/{app_name}/machines/{machine_id}"
    before = platform.get(f"/apps/{APP}/machines").json()[-1]
    here = path.format(app_name=APP, machine_id=before["id"])

    def seen_as(state: str) -> dict[str, Any]:
        return Deadline(30).eventually(
            lambda: platform.get(here).json(), lambda seen: seen["state"] == state, pause=0.1
        )

    stopped = platform.post(f"{here}/stop", json={"signal": "SIGTERM", "timeout": "3s"})
    at_rest = seen_as("stopped")
    again = platform.post(f"{here}/stop")
    started = platform.post(f"{here}/start")
    running = seen_as("started")

    assert [each.status_code for each in (stopped, again, started)] == [200, 200, 200]
    assert [each.json() for each in (stopped, again)] == [{"ok": True}, {"ok": True}]
    assert started.json()["previous_state"] == "stopped"
    assert [mistakes(path, each) for each in (at_rest, running)] == [[], []]
    assert {each["instance_id"] for each in (before, at_rest, running)} == {before["instance_id"]}
    assert [each["type"] for each in running["events"][:4]] == ["start", "start", "exit", "stop"]
    assert running["events"][2]["request"]["exit_event"]["requested_stop"]


@pytest.mark.parametrize(
    ("order", "sent", "status"),
    [("start", None, 412), ("stop", {"timeout": "soon"}, 400), ("stop", "{", 400)],
)
def test_an_order_that_makes_no_sense_is_refused(
    platform: httpx.Client, order: str, sent: dict[str, str] | str | None, status: int
) -> None:
    machine = platform.get(f"/apps/{APP}/machines").json()[-1]["id"]
    content = sent if isinstance(sent, str) else json.dumps(sent) if sent else None

    answer = platform.post(f"/apps/{APP}/machines/{machine}/{order}", content=content)

    assert answer.status_code == status
    described = SPECIFICATION["components"]["schemas"]["ErrorResponse"]
    assert (
        list(Draft4Validator({"components": SPECIFICATION["components"], **described}).iter_errors(answer.json())) == []
    )


@pytest.mark.parametrize(("token", "status"), [("", 401), ("Bearer wrong", 401)])
def test_without_the_token_nothing_is_told(platform: httpx.Client, token: str, status: int) -> None:
    headers = {"authorization": token}

    assert platform.get(f"/apps/{APP}/machines", headers=headers).status_code == status
