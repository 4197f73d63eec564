"""What a target file may not say: each refusal names file, key and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.runs.toy import CHECKOUT, KEPT, TARGET, MakeSuite, checks
from verifier.core.config.contract import read_contract
from verifier.core.config.files import Mistakes
from verifier.core.config.target import new_target, read_target
from verifier.core.config.target_files import find_target
from verifier.core.platform import PlatformSection

CONTRACT = read_contract(CHECKOUT)
PLAIN = 'title = "a target"\napp = "hotdash-staging"\nurl = "https://hotdash-staging.fly.dev"\n'


def refusal(folder: Path, name: str, text: str) -> str:
    """What is said of a target file with this text."""
    path = folder / "targets" / f"{name}.toml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Mistakes) as mistakes:
        read_target(path, CONTRACT)
    return str(mistakes.value)


@pytest.mark.parametrize("name", [path.stem for path in (CHECKOUT / "targets").glob("*.toml")])
def test_every_target_of_the_project_can_be_read(name: str) -> None:
    assert read_target(find_target(CHECKOUT, name), CONTRACT).name == name


def test_only_the_embedded_deployment_may_be_written_to() -> None:
    targets = [read_target(path, CONTRACT) for path in (CHECKOUT / "targets").glob("*.toml")]

    assert [target.name for target in targets if target.writes == "allowed"] == ["sandbox"]


def test_an_address_that_is_another_apps_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, "staging", PLAIN.replace("https://hotdash-staging", "https://hotdash-production"))

    assert "targets/staging.toml: url: hotdash-production.fly.dev" in said
    assert "hotdash-staging.fly.dev" in said


def test_writing_in_production_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, "production", PLAIN.replace("staging", "production") + 'writes = "allowed"\n')

    assert said == 'targets/production.toml: writes: never in production; must be "forbidden"'


def test_stopping_machines_of_production_is_refused(tmp_path: Path) -> None:
    events = '[events]\npath = "/api/realtime/approvals"\nmay_stop_machines = true\n'

    said = refusal(tmp_path, "production", PLAIN.replace("staging", "production") + events)

    assert said == "targets/production.toml: events.may_stop_machines: never in production; leave it out"


def test_only_the_embedded_deployment_may_have_its_machines_stopped() -> None:
    targets = [read_target(path, CONTRACT) for path in (CHECKOUT / "targets").glob("*.toml")]

    assert [each.name for each in targets if each.events and each.events.may_stop_machines] == ["sandbox"]


def test_an_unknown_key_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    said = refusal(tmp_path, "staging", PLAIN + '[events]\npth = "/api/realtime/approvals"\n')

    assert "targets/staging.toml: events.pth: unknown key; did you mean 'path'?" in said


def test_an_app_of_a_platform_cannot_do_without_its_machines(tmp_path: Path) -> None:
    said = refusal(tmp_path, "staging", PLAIN + '[platform]\nmachines = "none"\n')

    assert 'targets/staging.toml: platform.machines: "none" is for apps without a platform' in said


def test_a_file_elsewhere_is_called_as_the_caller_called_it(make_suite: MakeSuite) -> None:
    suite = make_suite({"checks/test_toy.py": checks(KEPT)})
    suite.write({"elsewhere/mine.toml": TARGET.replace("deadline", "deadlin")})

    ended = suite.run(target="elsewhere/mine.toml")

    assert ended.status == 4
    assert "elsewhere/mine.toml: deadlin: unknown key" in ended.output


def test_messages_of_a_run_name_the_file_of_the_target(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(PLAIN, encoding="utf-8")

    target = read_target(path, CONTRACT, called="../mine.toml")

    assert (target.file, target.model_copy(update={"app": "other"}).file) == ("../mine.toml", "../mine.toml")
    assert new_target(title="a toy", app="toy", name="toy").file == "targets/toy.toml"


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ({}, "FlySection"),
        ({"kind": "fly"}, "FlySection"),
        ({"machines": "told"}, "FlySection"),
        ({"kind": "none"}, "NoPlatform"),
        ({"machines": "none"}, "NoPlatform"),
    ],
)
def test_a_target_names_its_platform(written: dict[str, str], kind: str) -> None:
    target = new_target(title="a target", app="toy", url="http://127.0.0.1:9", platform=written)

    assert type(target.section(PlatformSection)).__name__ == kind
    assert target.has("platform") == (kind == "FlySection")
