"""The release is looked at again when a run ends."""

from __future__ import annotations

from tests.support.runs.deployment import Deployment, all_but
from tests.support.runs.toy import KEPT, MakeSuite, checks, contract


def test_a_last_look_that_fails_in_itself_leaves_the_verdict_of_the_rest(make_suite: MakeSuite) -> None:
    conftest = """
        import verifier.probes.platform.release_pin
        def failing(*_):
            raise LookupError("no such release")
        verifier.probes.platform.release_pin.release_unchanged = failing
        """
    files = {"checks/test_toy.py": checks(KEPT)}
    run = make_suite(files, contract=contract("kept", "release-unchanged"), conftest=conftest).run()
    assert (run.ending, run.outcomes["kept"]) == (("UNVERIFIED", 6), "passed"), run.output
    assert "the last look at release-unchanged failed: LookupError: no such release" in run.output
    assert "Traceback" not in run.output


RELEASE_MOVES = """
def observe_other_platform(context):
    seen = observe_toy_platform(context)
    return seen.model_copy(update={"release": seen.release.model_copy(update={"id": "r2", "version": 8})})

@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session):
    from verifier.probes.platform import release_pin
    release_pin.observe_platform = observe_other_platform
"""


def test_the_same_release_at_both_ends_passes(make_suite: MakeSuite) -> None:
    names = contract("kept", "release-unchanged")
    run = make_suite({"checks/test_toy.py": checks(KEPT)}, contract=names).run()
    assert (run.ending, run.item("release-unchanged")["value"]) == (("DONE", 0), "release 7 on m1")


def test_another_release_at_the_end_makes_the_run_unverified(make_suite: MakeSuite) -> None:
    names = contract("kept", "release-unchanged")
    run = make_suite({"checks/test_toy.py": checks(KEPT)}, contract=names, conftest=RELEASE_MOVES).run()
    assert (run.ending, run.told("release-unchanged")) == (("UNVERIFIED", 6), ("unverified", "stale-data"))
    assert "release 7 → 8" in run.item("release-unchanged")["reason"]


def test_another_release_than_the_shipped_one_is_not_done(deployment: Deployment) -> None:
    deployment.switch()
    deployment.retarget(without=all_but("tables-exist"))
    run = deployment.suite.run("--expect-release", "999999", target="warm")
    assert (run.ending, run.told("release-unchanged")) == (("NOT DONE", 1), ("failed", None)), run.output
    assert "shipped release 999999" in run.output
