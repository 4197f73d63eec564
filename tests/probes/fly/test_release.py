"""Whether a release arrived, what its command did, and whether it is the one that was shipped."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.machines import RELEASED, ended
from tests.support.runs.toy import CHECKOUT, TARGET, MakeSuite, contract
from verifier.core.config.expected_release import ExpectedRelease, Image, read_image, read_shipped
from verifier.core.config.files import Mistakes
from verifier.core.evidence import Cause, CouldNotLook, require
from verifier.core.evidence.finding import BrokenPromise
from verifier.core.machine import Exit, Machine, Release, ReleaseCommand
from verifier.probes.fly.release import read_command, read_release
from verifier.probes.platform.rollout import RolloutState
from verifier.probes.platform.state import PlatformState

D1, D2 = ("sha256:" + digit * 64 for digit in "12")
LINE = {"id": "r", "version": 7, "image_ref": f"registry.fly.io/app:tag@{D1}"}


def machine(name: str = "m1", release: str | None = "7", **more: Any) -> Machine:  # noqa: ANN401 - fields
    return Machine(**{"id": name, "state": "started", "release": release, "tag": "tag", "digest": D1, **more})


def rollout(*machines: Machine, status: str = "complete", image: str = f"r/a:tag@{D1}", **more: Any) -> RolloutState:  # noqa: ANN401 - fields
    release = Release(id="r", version=7, status=status, created_at=RELEASED, image=image)
    given = {"asked": "?", "where": "here", "at": RELEASED, "again": "fly", **more}
    return RolloutState(machines=machines or (machine(),), release=release, **given)


def on_platform(*machines: Machine) -> PlatformState:
    seen = rollout(*machines)
    told = {"asked": "?", "where": "here", "at": RELEASED, "again": "fly"}
    return PlatformState(machines=seen.machines, release=seen.release, **told)


OLD = machine("m2", "6", tag="old", digest=D2)


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (rollout(), ""),
        (rollout(status="running"), ""),
        (rollout(status="of next year"), ""),
        (rollout(machine(release=None)), ""),
        (rollout(machine(), OLD), "m2 runs release 6 :old@sha256:22222222… (it lies)"),
        (rollout(machine(), OLD, status="running"), "the deploy is not over, or it stopped half-way"),
        (rollout(OLD, status="failed"), "release 7 is failed; now 1 machines run release 6"),
        (rollout(status="failed"), "release 7 is failed; now 1 machines run release 7"),
        (rollout(status="Interrupted"), "release 7 is Interrupted"),
        (rollout(machine(state="failed"), status="running"), "and m1 is failed"),
        (rollout(machine(digest=D2)), "but m1 runs release 7 :tag@sha256:22222222…"),
    ],
)
def test_a_status_is_one_signal_among_several(seen: RolloutState, told: str) -> None:
    assert told in seen.trouble()
    assert bool(told) == bool(seen.trouble())


@pytest.mark.parametrize(
    "seen", [rollout(machine(release=None)), rollout(image=""), rollout(machine(tag=None, digest=None))]
)
def test_what_runs_must_be_told(seen: RolloutState) -> None:
    with pytest.raises(CouldNotLook) as caught:
        require(seen.machines_known())

    assert caught.value.cause == Cause.NO_DATA


def helper(version: str = "7", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    metadata = {"fly_process_group": "fly_app_release_command", "fly_release_version": version}
    config = {"metadata": metadata, "init": {"cmd": ["npx", "prisma", "generate"]}}
    return {"id": "h", "state": "destroyed", "created_at": "2026-09-10T12:30:01Z", "config": config, **more}


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([ended(1), {"type": "start"}], "'npx prisma generate' ended with 0"),
        ([ended(1, exit_code=3), {"type": "start"}], "exit code 3"),
        ([ended(1, oom_killed=True), {"type": "start"}], "out of memory"),
        ([{"type": "start"}], "no end of it is told"),
        ([], "no end of it is told"),
    ],
)
def test_how_the_release_command_ended_is_told(events: list[Any], told: str) -> None:
    seen = rollout(command=read_command([helper(events=events)], 7))

    try:
        said = seen.command_exit()
    except (BrokenPromise, CouldNotLook) as trouble:
        said = str(trouble)

    assert told in said


def test_the_command_of_another_release_is_not_this_one() -> None:
    assert read_command([helper("6"), helper("8")], 7) is None


def test_of_two_tries_the_later_one_counts() -> None:
    later = helper(id="later", created_at="2026-09-10T12:31:00Z")

    found = read_command([later, helper()], 7)

    assert found is not None
    assert found.machine == "later"


@pytest.mark.parametrize("init", [{"entrypoint": ["sh"]}, {"exec": ["sh"]}])
def test_whatever_stands_before_the_command_belongs_to_it(init: dict[str, list[str]]) -> None:
    told = helper()
    told["config"]["init"] = {**init, "cmd": ["npx"]}

    found = read_command([told], 7)

    assert found is not None
    assert found.words == ("sh", "npx")


def test_a_command_that_is_not_told_of_any_more_is_unverified_and_one_that_is_not_configured_is_none() -> None:
    for ask in (rollout().command_words, rollout().command_exit):
        with pytest.raises(CouldNotLook) as caught:
            ask()
        assert (caught.value.cause, bool(caught.value.remedy)) == (Cause.NO_DATA, True)
    assert (rollout(configured=()).command_words(), rollout(configured=()).command_exit()) == (
        (),
        "no release command is configured",
    )


@pytest.mark.parametrize(
    ("shipped", "told"),
    [
        (ExpectedRelease(), {}),
        (ExpectedRelease(version=7, image=Image(digest=D1), sha="abc1234"), {}),
        (ExpectedRelease(version=8), {"release 8": "release 7 is the newest"}),
        (ExpectedRelease(image=Image(tag="tag")), {}),
        (ExpectedRelease(image=Image(digest=D2)), {"image @sha256:22222222…": "release 7 has :tag@sha256:11111111…"}),
        (ExpectedRelease(sha="abc1234567890"), {}),
        (ExpectedRelease(sha="def4567"), {"commit def4567": "m1: abc1234567"}),
    ],
)
def test_another_release_than_the_shipped_one_is_told(shipped: ExpectedRelease, told: dict[str, str]) -> None:
    assert on_platform(machine(revision="abc1234567")).differences(shipped) == told


def test_a_tag_may_tell_the_commit_and_an_image_that_tells_none_is_no_answer() -> None:
    assert on_platform(machine(tag="deployment-ABC1234")).differences(ExpectedRelease(sha="abc1234567")) == {}
    with pytest.raises(CouldNotLook, match="does not tell its commit"):
        on_platform(machine()).differences(ExpectedRelease(sha="abc1234567"))


@pytest.mark.parametrize(
    ("text", "image"),
    [
        (f"registry.fly.io/app:tag@{D1}", Image(repository="registry.fly.io/app", tag="tag", digest=D1)),
        (f"localhost:5000/app:tag@{D1}", Image(repository="localhost:5000/app", tag="tag", digest=D1)),
        (f"registry.fly.io/app@{D1}", Image(repository="registry.fly.io/app", digest=D1)),
        ("registry.fly.io/app:tag", Image(repository="registry.fly.io/app", tag="tag")),
        ("deployment-01K5", Image(tag="deployment-01K5")),
        (D1, Image(digest=D1)),
    ],
)
def test_an_image_is_read(text: str, image: Image) -> None:
    assert read_image(text) == image


@pytest.mark.parametrize(("one", "other", "same"), [(D1, D1, True), (D1, D2, False), (None, D2, None)])
def test_digests_are_compared_before_tags(one: str | None, other: str, same: bool | None) -> None:  # noqa: FBT001 - a parameter
    assert Image(digest=one).same_as(Image(digest=other, tag="x")) is same
    assert Image(tag="x", digest=one).same_as(Image(tag="x", digest=other)) is (True if same is None else same)


def options(**given: str) -> dict[str, str | None]:
    return {"release": None, "image": None, "sha": None, "source": None, **given}


def test_the_line_of_flyctl_is_found_in_its_output(tmp_path: Path) -> None:
    told = tmp_path / "deploy.txt"
    told.write_text(f'==> Building\n{{"odd": 1}}\n{json.dumps(LINE)}\nVisit your app\n', encoding="utf-8")

    shipped = read_shipped(**options(source=str(told), sha="ABC1234"))

    assert shipped == ExpectedRelease(version=7, image=read_image(str(LINE["image_ref"])), sha="abc1234")
    assert read_shipped(**options(source=str(told), release="v8")).version == 8


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"release": "latest"}, "'latest' is no release"),
        ({"sha": "main"}, "'main' is no commit"),
        ({"image": "a b"}, "'a b' is no image"),
        ({"source": "/nowhere/at/all"}, "cannot be read"),
    ],
)
def test_an_expectation_that_cannot_be_read_is_a_usage_error(given: dict[str, str], told: str) -> None:
    with pytest.raises(Mistakes, match=told):
        read_shipped(**options(**given))


def test_an_output_without_the_line_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "deploy.txt").write_text("Visit your app\n", encoding="utf-8")

    with pytest.raises(Mistakes, match="FLY_EMIT_RELEASE_JSON=1"):
        read_shipped(**options(source=str(tmp_path / "deploy.txt")))


@pytest.mark.parametrize(("line", "told"), [(json.dumps(LINE), "shipped: release 7, image :tag@sha256:111"), ("", "")])
def test_the_line_may_be_piped_in(make_suite: MakeSuite, line: str, told: str) -> None:
    suite = make_suite({}, contract=contract("release-unchanged"))
    words = ["-m", "postdeploy", "--target", "toy", "--html", "omit", "--expect-from", "-"]

    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=suite.root, env=suite._environment(), input=line,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert told in ended.stdout, ended.stdout
    assert (ended.returncode == 4, "FLY_EMIT_RELEASE_JSON=1" in ended.stderr) == (not line, not line)


@pytest.mark.parametrize("told", [{}, {"id": "r"}, {"id": "r", "version": "x", "created_at": "now"}])
def test_a_release_without_number_or_time_is_no_data(told: dict[str, Any]) -> None:
    with pytest.raises(CouldNotLook, match="no-data"):
        read_release(told)


def test_a_command_is_told_as_one_would_type_it() -> None:
    assert (
        ReleaseCommand(machine="h", state="x", words=("sh", "-c", "a b"), exit=Exit(at=None)).command == "sh -c 'a b'"
    )


@pytest.mark.parametrize("stage", ["deploy", "postdeploy", "monitoring", "production"])
def test_on_every_live_stage_another_release_than_the_shipped_one_is_red(make_suite: MakeSuite, stage: str) -> None:
    shutil.copy(CHECKOUT / "checks/platform/test_release.py", (suite := make_suite({})).root / "checks")
    shutil.copy(CHECKOUT / "definition_of_done.toml", suite.root)

    said = suite.run("--expect-release=99", mark=stage)

    assert (said.ending[0], said.outcomes["release-unchanged"]) == ("NOT DONE", "failed")
    assert "shipped release 99: release 7 is the newest" in said.item("release-unchanged")["reason"]


@pytest.mark.parametrize(
    ("items", "target", "told"),
    [
        (("kept",), "", "no judged stage asks which release runs"),
        (
            ("kept", "release-unchanged"),
            '[not_applicable]\nrelease-unchanged = "no platform tells it"\n',
            "toy does not tell which release runs: no platform tells it",
        ),
    ],
)
def test_an_expectation_that_nothing_judges_is_a_usage_error(
    make_suite: MakeSuite, items: tuple[str, ...], target: str, told: str
) -> None:
    said = make_suite({}, contract=contract(*items), target=TARGET + target).run("--expect-release=7")

    assert (said.status, told in said.output) == (4, True)
