"""The shipped targets end DONE on a healthy system with the secrets that they name, which the workflow hands over."""

from __future__ import annotations

import re
import threading
import tomllib
from typing import Any

import pytest
import yaml

from tests.support.runs.shipped import InPlace
from tests.support.runs.toy import CHECKOUT, Ended
from verifier.core.credentials import needs

Rows = list[dict[str, Any]]


@pytest.fixture
def workflow() -> dict[Any, Any]:
    """The gate's workflow."""
    text = (CHECKOUT / ".github" / "workflows" / "postdeploy.yml").read_text(encoding="utf-8")
    content: dict[Any, Any] = yaml.safe_load(text)
    return content


@pytest.mark.parametrize("secret", [need.names[-1] for need in needs().values()])
def test_the_workflow_passes_every_secret_that_the_suite_can_ask_for(secret: str, workflow: dict[Any, Any]) -> None:
    called = workflow[True]["workflow_call"]["secrets"]  # YAML 1.1 reads 'on' as true
    judging = next(each for each in workflow["jobs"]["judge"]["steps"] if each.get("id") == "judge")

    assert secret in called
    assert judging["env"][secret] == "${{ secrets." + secret + " }}"


@pytest.fixture(scope="module")
def staging(in_place: InPlace) -> tuple[Ended, Rows, Rows]:
    """The run that judges staging with its real limits, and the approval queue before and after it."""
    before = in_place.queue()
    ended = in_place.judged("staging")
    return ended, before, in_place.queue()


def test_staging_can_end_done(staging: tuple[Ended, Rows, Rows]) -> None:
    ended, _, _ = staging

    assert ended.ending == ("DONE", 0), ended.output
    assert "missing-credential" not in ended.output
    assert ended.outcomes["sse-delivers"] == ended.outcomes["phase-features"] == "passed"


def test_what_could_only_be_read_is_said_so(staging: tuple[Ended, Rows, Rows]) -> None:
    ended, _, _ = staging

    delivered = ended.item("sse-delivers")["value"]
    assert delivered.startswith("shown read-only: no change in 35 s, every stream beat"), delivered
    assert re.fullmatch(r"shown read-only: \d+ of \d+ steps", ended.item("phase-features")["value"])
    assert "no delivery was seen" in ended.output
    assert "so it was not judged that a tile which fails says so" in ended.output


def test_nothing_is_written_into_staging(staging: tuple[Ended, Rows, Rows]) -> None:
    _, before, after = staging

    assert len(before) > 0
    assert after == before


def test_the_agent_service_can_end_done(in_place: InPlace) -> None:
    ended = in_place.judged("agent-service")

    assert ended.ending == ("DONE", 0), ended.output


def test_production_is_judged_as_staging_is() -> None:
    staging, production = (
        tomllib.loads((CHECKOUT / "targets" / f"{name}.toml").read_text(encoding="utf-8"))
        for name in ("staging", "production")
    )
    for each in (staging, production):
        assert each.pop("url") == f"https://{each.pop('app')}.fly.dev"
        del each["title"]
        # Their reasons may be worded otherwise; and when production is busy, staging need not wait.
        each["not_applicable"] = sorted({*each["not_applicable"]} - {"deployment-window"})
        each.pop("window", None)
    assert staging.pop("deploy") == {"strategy": "immediate"}
    staging["not_applicable"].remove("custom-domain")

    assert production == staging


@pytest.mark.parametrize(
    ("target", "secret", "stage", "items"),
    [
        ("staging", "FLY_API_TOKEN", "deploy", ("release-successful",)),
        ("staging", "DATABASE_URL", "postdeploy", ("tables-exist",)),
        ("staging", "SUPABASE_ACCESS_TOKEN", "production", ("backups-verified",)),
        ("agent-service", "FLY_API_TOKEN", "deploy", ("release-successful",)),
    ],
)
def test_a_secret_that_is_missing_is_told_once_and_makes_its_items_unverified(
    in_place: InPlace, target: str, secret: str, stage: str, items: tuple[str, ...]
) -> None:
    words = [word for item in items for word in ("--item", item)]
    ended = in_place.judged(target, *words, mark=stage, without=secret)

    assert ended.ending == ("PARTIAL", 6), ended.output
    assert {item: ended.told(item) for item in items} == dict.fromkeys(items, ("unverified", "missing-credential"))
    requests = (ended.folder / "credential-requests.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^\*\*Need\*\*: (\w+),", requests) == [secret]
    header = ended.output.partition("collected")[0]
    assert re.findall(r"preflight: (\S+): no (\w+)", header) == [("missing-credential", secret)], ended.output


def test_features_that_are_missing_are_seen_without_writing_each_in_its_phase(in_place: InPlace) -> None:
    in_place.switch("approvals-without-buttons", "heartbeat-missing", "tile-missing")
    ended = in_place.judged("staging", "--item", "phase-features", mark="postdeploy")
    in_place.switch()

    failed = {
        each["check"].partition("::")[0]
        for each in ended.item("phase-features")["checks"]
        if each["outcome"] == "failed"
    }
    assert failed == {f"smoke/phases/test_phase_{number}.py" for number in (1, 3, 5)}, ended.output


def test_the_later_phases_are_seen_without_writing(in_place: InPlace) -> None:
    before = in_place.kept()
    ended = in_place.judged("staging", "--item", "phase-features", mark="postdeploy", phases=range(6, 13))

    assert ended.told("phase-features") == ("passed", None), ended.output
    assert in_place.kept() == before
    assert before["approvals/history"]["history"]
    steps = [step for each in ended.item("phase-features")["checks"] for step in each["steps"]]
    assert {each["name"] for each in steps if each["state"] == "needs writing"} == {
        "save, and be told so",
        "see the settings again as they were chosen, in a browser that remembers nothing",
        "see the dashboard with the chosen order, without the hidden tile",
        "see HotDash open with the chosen view",
        "find it stored in user_preferences",
        "find it remembered, and be welcomed no more",
        "decide an approval, and find its row",
    }
    assert "so nothing of it was judged" in ended.output


def test_a_build_that_renders_every_tile_on_the_server_is_judged(in_place: InPlace) -> None:
    in_place.switch("tiles-come-with-the-page")
    ended = in_place.judged("staging", "--item", "phase-features", mark="postdeploy", phases=[3])
    in_place.switch()

    assert ended.told("phase-features") == ("passed", None), ended.output
    assert "no tile asked for its content, so none was seen loading" in ended.output


def test_a_queue_that_others_change_meanwhile_is_no_obstacle(in_place: InPlace) -> None:
    over = threading.Event()

    def decide() -> None:
        with in_place.client() as client:
            while not over.wait(0.5):
                made = client.post("/api/approvals", json={"kind": "k", "customer": "c", "summary": "s"}).json()["id"]
                over.wait(0.5)
                client.delete(f"/api/approvals/{made}")

    somebody = threading.Thread(target=decide)
    somebody.start()
    try:
        ended = in_place.judged("staging", "--item", "phase-features", mark="postdeploy", phases=[1, 5])
    finally:
        over.set()
        somebody.join()

    assert ended.told("phase-features") == ("passed", None), ended.output
