"""`pytest -m production`: done on a healthy deployment, with a rehearsed rollback; and what it refuses."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.runs.deployment import Deployment, all_but
from tests.support.runs.toy import CHECKOUT, KEPT, TARGET, MakeSuite, check, checks, contract
from verifier.core.config.contract import Limit, Stage, read_contract
from verifier.core.deadline import now
from verifier.core.evidence.store import EvidenceStore
from verifier.plugin.inventory import read_inventory
from verifier.probes.postgres.backups import BackupState
from verifier.probes.postgres.drills import DrillDone, last, remember
from verifier.probes.rollback.evidence import RollbackState
from verifier.probes.rollback.rehearsal import Rehearsal


def test_no_item_of_production_is_without_a_check() -> None:
    contract = read_contract(CHECKOUT)
    proved = set(read_inventory(CHECKOUT, contract).checks.values())

    assert {each.id for each in contract.item if each.stage == (Stage.PRODUCTION,)} - proved == set()


def test_a_healthy_deployment_is_done_and_the_way_back_is_gone_and_returned_from(deployment: Deployment) -> None:
    ended = deployment.judged(words=("--rehearse-rollback",), mark="production")

    assert ended.ending == ("DONE", 0), ended.output
    assert set(ended.outcomes.values()) == {"passed"}
    seen = EvidenceStore(ended.folder / "evidence")
    way, rehearsal = seen.get("rollback", RollbackState), seen.get("rollback_rehearsal", Rehearsal)
    assert way
    assert way.previous
    assert rehearsal
    assert rehearsal.turns
    command = f"fly deploy -a hotdash-sandbox --image {way.previous.image}"
    assert command in ended.output.splitlines()
    assert command in (ended.folder / "rollback.md").read_text(encoding="utf-8")
    assert rehearsal.turns.keys() == ended.verdict["release"]["machines"].keys()
    assert rehearsal.unwell() == rehearsal.stranded() == {}


def test_where_no_platform_tells_what_is_expected_the_rest_is_judged(deployment: Deployment) -> None:
    deployment.switch()
    told = {key: value for key, value in deployment.told["target"].items() if key not in {"platform", "agent"}}
    line = json.dumps({"target": told, "credentials": deployment.told["credentials"]})
    deployment.suite.write({"bare.json": line})
    wanted = ("custom-domain", "tls-certificate")
    deployment.retarget(
        without=(*all_but(*wanted), "release-unchanged"),
        change=lambda text: text.replace("line.json", "bare.json") + '\n[platform]\nkind = "none"\n',
    )
    ended = deployment.suite.run(mark="production", target="warm")

    assert {item: ended.told(item)[0] for item in wanted} == dict.fromkeys(wanted, "passed"), ended.output
    assert "so nobody tells where the hostnames must lead" in " ".join(ended.output.split())


PRODUCTION = TARGET.replace('app = "toy"', 'app = "toy-production"')


@pytest.mark.parametrize(
    ("target", "words", "told"),
    [
        (f'{PRODUCTION}writes = "allowed"\n', (), 'writes: never in production; must be "forbidden"'),
        (f'{PRODUCTION}faults = ["true"]\n', (), "faults: never in production"),
        (PRODUCTION, ("--fault", "tile-slow"), "--fault: never in production"),
        (TARGET, ("--rehearse-rollback",), "no judged stage asks for it; add -m production"),
        (TARGET, ("--previous-release", "toy:41"), "no judged stage asks for it; add -m migration"),
    ],
)
def test_what_would_change_something_is_refused_before_anything_is_asked(
    make_suite: MakeSuite, target: str, words: tuple[str, ...], told: str
) -> None:
    run = make_suite({"checks/test_toy.py": checks(KEPT)}, target=target).run(*words)

    assert (run.status, told in run.output) == (4, True), run.output


@pytest.mark.parametrize("target", [PRODUCTION, TARGET])
def test_a_rehearsal_needs_the_right_to_write(make_suite: MakeSuite, target: str) -> None:
    files = {"checks/test_toy.py": checks(check("way", "measured(1)", proves="rollback-ready"))}
    names = contract("rollback-ready")

    run = make_suite(files, target=target, contract=names).run("--rehearse-rollback")

    assert (run.status, 'does not say writes = "allowed"' in run.output) == (4, True), run.output


@pytest.mark.parametrize(
    ("new", "old", "looser"),
    [
        ({"days_left": 7}, {"days_left": 14}, True),
        ({"days_left": 30}, {"days_left": 14}, False),
        ({"machines": 1}, {"machines": 2}, True),
        ({"days": 60}, {"days": 31}, True),
        ({"days": 7}, {"days": 31}, False),
    ],
)
def test_what_must_be_left_may_not_be_less(new: dict[str, float], old: dict[str, float], looser: bool) -> None:  # noqa: FBT001 - a parameter
    assert Limit.model_validate(new).looser_than(Limit.model_validate(old)) is looser


def backups(drilled: DrillDone | None) -> BackupState:
    return BackupState(asked="?", where="?", at=now(), again="curl", kept=(), newest={}, statuses={}, drilled=drilled)


def test_a_restore_drill_is_known_to_later_runs_and_grows_old(tmp_path: Path) -> None:
    history = tmp_path / "toy.json"
    assert last(history) is None
    assert backups(last(history)).drill_known() is not None

    remember(history, DrillDone(at=now() - timedelta(days=20), tables=3, rows=9))
    seen = backups(last(history))

    assert seen.drill_known() is None
    assert seen.drill_overdue(31) == {}
    assert "20 days ago" in seen.drill_overdue(14)["restore drill"]


def test_a_drill_that_cannot_be_kept_or_read_is_one_that_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("no folder", encoding="utf-8")
    remember(tmp_path / "taken" / "toy.json", DrillDone(at=now(), tables=3, rows=9))
    (tmp_path / "toy.restore-drill.json").write_text("{", encoding="utf-8")

    assert last(tmp_path / "taken" / "toy.json") is last(tmp_path / "toy.json") is None
