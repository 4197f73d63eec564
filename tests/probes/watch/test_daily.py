"""The daily look by the real command: well, not seen, and not well."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.support.runs.deployment import Deployment
from tests.support.runs.toy import CHECKOUT, PATIENCE
from verifier.commands import main
from verifier.core.verdict.baseline import Baseline
from verifier.probes.logs.suspicion import template_of

WENT_AWAY = "warehouse link 7 went away during the nightly import"


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A sandbox of its own: what others made it answer is in the count of its last 24 hours."""
    made = Deployment(tmp_path_factory.mktemp("a daily deployment"))
    made.retarget(without=())
    yield made
    made.stop()


def looked(deployment: Deployment, *faults: str) -> tuple[int, str, dict[str, str]]:
    """Exit status, output, and the state of each measure as it is kept."""
    deployment.switch(*faults)
    root = deployment.suite.root
    ended = subprocess.run(
        [sys.executable, "-m", "verifier", "daily", "--target", "warm"],
        cwd=root, env=deployment.suite._environment(), capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    kept = json.loads((root / "reports" / "history" / "warm-days.json").read_text(encoding="utf-8"))["looks"]
    return ended.returncode, ended.stdout + ended.stderr, {each["name"]: each["state"] for each in kept[-1]["measures"]}


def test_the_status_says_whether_the_day_is_well(untouched: Deployment) -> None:
    status, output, states = looked(untouched, "log-suspicious")
    assert (status, states) == (6, dict.fromkeys(states, "good") | {"last 100 log lines": "unknown"}), output
    assert "one kind of line may tell of a failure" in output

    kept = Baseline(target="warm", release="1", accepted="", seconds={}, templates=(template_of(WENT_AWAY),))
    (untouched.suite.root / "reports" / "history" / "warm.json").write_text(kept.model_dump_json(), encoding="utf-8")
    status, output, states = looked(untouched)
    assert (status, states, len(states)) == (0, dict.fromkeys(states, "good"), 9), output
    assert "as an accepted release wrote: 'went away'" in output

    status, output, states = looked(untouched, "logs-unauthorized")
    unseen = {"google analytics": "unknown", "last 100 log lines": "unknown"}
    assert (status, states) == (6, dict.fromkeys(states, "good") | unseen), output

    status, output, states = looked(untouched, "chatwoot-down", "log-error")
    bad = {"chatwoot": "bad", "last 100 log lines": "bad"}
    # One 503 among the few requests that were counted so far leaves the error rate open.
    assert (status, states | {"error rate": "good"}) == (1, dict.fromkeys(states, "good") | bad), output
    page = (untouched.suite.root / "reports" / "history" / "warm-days.html").read_text(encoding="utf-8")
    assert "Chatwoot is not well" in page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--target", "nowhere"), "no such target"),
        (("--target", "staging", "--fault", "tile-slow"), "faults belong to sandbox"),
    ],
)
def test_what_cannot_be_looked_at_is_a_mistake_of_the_caller(
    words: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(CHECKOUT)

    assert main(["daily", *words]) == 4
    assert told in capsys.readouterr().err
