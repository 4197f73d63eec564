"""What `init` writes of the embedded deployment is what a person wrote by hand in `targets/sandbox.toml`."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.runs.deployment import Deployment
from tests.support.runs.toy import CHECKOUT
from verifier.commands import main
from verifier.core.config.contract import read_contract
from verifier.core.config.target import read_target

BY_HAND = tomllib.loads((CHECKOUT / "targets" / "sandbox.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def written(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file, from the address, its authority, the platform's addresses and a checkout."""
    deployment.switch()
    root, told = tmp_path_factory.mktemp("survey"), deployment.told["target"]
    shutil.copytree(CHECKOUT / "sandbox" / "app_sample", root / "app")
    shutil.copytree(CHECKOUT / "sandbox" / "migrations", root / "app" / "supabase" / "migrations")
    words = ["--out", str(root / "box.toml"), "--app-dir", str(root / "app"), "--ca-file", told["tls"]["ca_file"]]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(CHECKOUT)
        patch.setenv("FLY_FLAPS_BASE_URL", told["platform"]["machines_url"])
        patch.setenv("FLY_API_BASE_URL", told["platform"]["api_url"])
        assert main(["init", f"{told['url']}/app?mock=1", *words]) == 0
    return root / "box.toml"


@pytest.fixture(scope="module")
def found(written: Path) -> dict[str, Any]:
    return tomllib.loads(written.read_text(encoding="utf-8"))


@pytest.mark.parametrize("section", ["health", "chatwoot"])
def test_sections_are_the_same(found: dict[str, Any], section: str) -> None:
    assert found[section] == BY_HAND[section]


@pytest.mark.parametrize("key", ["path", "loading", "error"])
def test_the_page_and_the_states_of_its_tiles_are_the_same(found: dict[str, Any], key: str) -> None:
    assert found["dashboard"][key] == BY_HAND["dashboard"][key]


def test_every_tile_is_found_under_its_heading(found: dict[str, Any]) -> None:
    tiles = {each["id"]: each["heading"] for each in found["dashboard"]["tile"]}
    assert tiles == {each["id"]: each["heading"] for each in BY_HAND["dashboard"]["tile"]}


def test_the_stream_the_queue_and_the_app_are_the_same(found: dict[str, Any]) -> None:
    assert found["events"] == {"path": BY_HAND["events"]["path"]}
    assert found["approvals"] == {"path": BY_HAND["approvals"]["path"]}
    assert found["app"] == BY_HAND["app"]


def test_the_tables_and_the_claim_of_the_database_are_found(found: dict[str, Any]) -> None:
    assert set(BY_HAND["database"]["tables"]) <= set(found["database"]["tables"])
    assert found["database"]["claim"] == BY_HAND["database"]["claim"]


def test_its_host_and_its_key_are_trusted(found: dict[str, Any], deployment: Deployment) -> None:
    assert found["tls"] == deployment.told["target"]["tls"]


def test_a_run_reads_it_and_nothing_may_be_written(written: Path) -> None:
    target = read_target(written, read_contract(CHECKOUT))
    assert (target.name, target.writes, target.not_applicable) == ("box", "forbidden", {})
