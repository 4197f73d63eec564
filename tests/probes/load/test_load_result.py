"""A load from many machines is made with Locust, and its result is judged by the run that it is handed to."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.support.runs.deployment import Deployment, all_but
from tests.support.runs.toy import CHECKOUT, Ended
from verifier.core.config.contract import Limit
from verifier.core.config.target import new_target
from verifier.core.deadline import now
from verifier.core.evidence import CouldNotLook
from verifier.core.probe import CallerOptions, Context
from verifier.probes.load.load_result import LoadResult, observe_load_result

ITEM = "sse-connections"
SECONDS = 90.0


def locust(deployment: Deployment, *workers: int, writes: str = "allowed") -> tuple[int, str, LoadResult]:
    """Exit status, output and result of a load on the warm sandbox, with as many workers as are named."""
    target, told = deployment.suite.root / "targets" / "loaded.toml", deployment.told["target"]
    text = re.sub(r"(?m)^start = .*$", f'url = "{told["url"]}"', deployment.suite_target)
    text = text.replace('writes = "allowed"', f'writes = "{writes}"')
    for part in ("tls", "platform"):
        text += f"\n[{part}]\n" + "".join(f'{name} = "{value}"\n' for name, value in told[part].items())
    deployment.suite.write({"targets/loaded.toml": text})
    result = deployment.suite.root / "load.json"
    words = [sys.executable, "-m", "locust", "-f", "load/locustfile.py", "--headless", "--only-summary"]
    words += [f"--streams-target={target}", "--streams=10", "--hold=1", "--ramp=0.5", f"--result={result}"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    users = max(1, len(workers))
    main = [*words, "-u", str(users), "-r", str(users)]
    if workers:
        main += ["--master", f"--master-bind-port={port}", f"--expect-workers={users}"]
    follow = [*words, "--worker", "--master-host=127.0.0.1", f"--master-port={port}"]
    with ExitStack() as stack:
        for _ in workers:
            stack.enter_context(started(deployment, follow))
        master = stack.enter_context(started(deployment, main))
        output, _ = master.communicate(timeout=SECONDS)
    return master.returncode, output, LoadResult.model_validate_json(result.read_text(encoding="utf-8"))


def started(deployment: Deployment, command: list[str]) -> subprocess.Popen[str]:
    environment = {**os.environ, **deployment.told["credentials"]}
    return subprocess.Popen(
        command, cwd=CHECKOUT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def judged(deployment: Deployment, *words: str) -> Ended:
    """What the command says of the item, with a load of its own that is as small as can be."""
    small = "hold = 0.2\nramp = 0.1\nchanges = 1\n"
    change: Callable[[str], str] = lambda text: re.sub(r"(?m)^hold = .*\nramp = .*\n", small, text)  # noqa: E731
    deployment.retarget(without=all_but(ITEM), change=change)
    return deployment.suite.run(*words, mark="monitoring", target="warm")


@pytest.fixture(scope="module")
def loaded(deployment: Deployment) -> LoadResult:
    """The result of a load that one master and two workers made on the healthy sandbox."""
    deployment.switch(redeploy=False)
    status, output, result = locust(deployment, 1, 2)
    assert (status, result.broken, result.blind()) == (0, (), []), output
    return result


def handed_over(deployment: Deployment, result: LoadResult) -> str:
    """The word that hands `result` to a run."""
    text = result.model_dump_json()
    deployment.suite.write({"handed over.json": text})
    return "--load-result=handed over.json"


def test_a_load_of_two_workers_stands_in_the_report(deployment: Deployment, loaded: LoadResult) -> None:
    ended = judged(deployment, handed_over(deployment, loaded))

    assert (ended.ending, ended.told(ITEM)) == (("DONE", 0), ("passed", None)), ended.output
    assert (loaded.crowds, loaded.streams, loaded.lost, sorted(loaded.delays)) == (2, 20, 0, ["max", "p50", "p95"])
    told = "from many machines 20 streams in 2 crowds, 0 failed or lost, p50"
    assert told in ended.output
    assert told in (ended.folder / "definition-of-done.md").read_text(encoding="utf-8")
    assert told in json.dumps(ended.item(ITEM), ensure_ascii=False)


def test_a_load_whose_streams_were_refused_is_red(deployment: Deployment) -> None:
    deployment.switch("streams-refused", redeploy=False)
    status, output, result = locust(deployment)
    deployment.switch(redeploy=False)

    ended = judged(deployment, handed_over(deployment, result))

    assert status == 1, output
    assert (ended.status, ended.told(ITEM)) == (1, ("failed", None)), ended.output
    assert "60.0% of the streams lost; at most 5.0% may be (6 × " in ended.output
    assert "HTTP 503" in ended.output
    assert ended.item(ITEM)["escalate"] == {"alert": "0.6 is above 0.5"}
    assert "! tell 'alert', because 0.6 is above 0.5" in ended.output


def test_when_more_than_half_of_the_streams_fail_somebody_is_told(deployment: Deployment) -> None:
    deployment.switch("streams-refused", redeploy=False)
    ended = judged(deployment)
    deployment.switch(redeploy=False)

    assert (ended.told(ITEM), ended.item(ITEM)["escalate"]) == (("failed", None), {"alert": "0.6 is above 0.5"}), (
        ended.output
    )
    assert "! tell 'alert', because 0.6 is above 0.5" in ended.output
    assert (
        "  - tell 'alert', because 0.6 is above 0.5"
        in (ended.folder / "definition-of-done.md").read_text(encoding="utf-8").splitlines()
    )
    results = [each.read_text(encoding="utf-8") for each in ended.folder.glob("allure-results/*-result.json")]
    assert any("**Escalate:** tell 'alert', because 0.6 is above 0.5" in each for each in results)


def test_a_load_that_may_not_write_hears_when_nothing_beats(deployment: Deployment) -> None:
    deployment.switch("heartbeat-missing", redeploy=False)
    status, output, result = locust(deployment, writes="forbidden")
    deployment.switch(redeploy=False)

    assert (status, result.lost, result.delays, len(result.broken)) == (1, 0, {}, 2), output
    assert all("no heartbeat for" in each for each in result.broken)


def test_a_load_of_the_release_before_proves_nothing(deployment: Deployment, loaded: LoadResult) -> None:
    before = loaded.model_copy(update={"began": loaded.began - timedelta(days=3)})

    ended = judged(deployment, handed_over(deployment, before))

    assert (ended.ending, ended.told(ITEM)) == (("UNVERIFIED", 6), ("unverified", "stale-data")), ended.output
    assert "--load-result is of a load that began" in ended.output
    assert "docs/load.md" in ended.output
    assert "Traceback" not in ended.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "handed over.json: there is no such file"),
        ('{"streams": 5}', "no result of load/locustfile.py: handed over.json: target: missing"),
    ],
)
def test_a_file_that_is_no_result_proves_nothing(deployment: Deployment, content: str | None, said: str) -> None:
    deployment.switch(redeploy=False)
    path = deployment.suite.root / "handed over.json"
    path.unlink(missing_ok=True) if content is None else path.write_text(content, encoding="utf-8")

    ended = judged(deployment, f"--load-result={path.name}")

    assert (ended.ending, ended.told(ITEM)) == (("UNVERIFIED", 6), ("unverified", "precondition")), ended.output
    assert said in ended.output
    assert "Traceback" not in ended.output


# ---- what is in the file, without a run ------------------------------------------------------------------------

GOOD: dict[str, Any] = {
    "target": "https://app.example",
    "began": "2026-01-01T10:00:00Z",
    "ended": "2026-01-01T10:01:00Z",
    "crowds": 2,
    "streams": 100,
    "lost": 0,
    "delays": {"p50": 0.1, "p95": 0.2, "max": 0.3},
    "pause": None,
    "most_lost": 0.5,
    "most_late": 60,
    "broken": [],
    "unseen": [],
}


def read(folder: Path, content: Any) -> LoadResult | None:  # noqa: ANN401 - whatever stands in a file
    """What the probe makes of a file, where no platform tells of releases."""
    path = folder / "load.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    target = new_target(title="an app", app="app", platform={"machines": "none"})
    context = SimpleNamespace(options=CallerOptions(load_result=path), target=target, url=GOOD["target"])
    return observe_load_result(cast("Context", context)).result


def fresh(**change: Any) -> dict[str, Any]:  # noqa: ANN401 - likewise
    """A good result of just now, changed."""
    at = now()
    return {**GOOD, "began": (at - timedelta(minutes=1)).isoformat(), "ended": at.isoformat(), **change}


@pytest.mark.parametrize(
    "change",
    [
        {"streams": -1},
        {"streams": "many"},
        {"lost": 101},
        {"delays": {"p95": float("nan")}},
        {"delays": {"p95": float("inf")}},
        {"delays": {"p50": 1}},
        {"delays": None},
        {"pause": float("nan")},
        {"most_lost": float("nan")},
        {"broken": None},
        {"began": "yesterday"},
        {"ended": "2026-01-01T10:01:00"},
        {"ended": "2020-01-01T10:01:00Z"},
        {"ended": "2126-01-01T10:01:00Z"},
        {"more": 1},
    ],
)
def test_figures_that_cannot_be_are_not_believed(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(CouldNotLook) as refused:
        read(tmp_path, fresh(**change))

    assert refused.value.cause == "precondition"
    assert "docs/load.md" in refused.value.remedy


def test_a_load_of_another_deployment_is_not_believed(tmp_path: Path) -> None:
    with pytest.raises(CouldNotLook, match="and this run judges"):
        read(tmp_path, fresh(target="https://other.example"))


@pytest.mark.parametrize("content", ["", "[]", "null", "5", '"text"', "\x00", '{"a": '])
def test_other_files_are_not_believed(tmp_path: Path, content: str) -> None:
    with pytest.raises(CouldNotLook, match="precondition"):
        read(tmp_path, content)


def test_a_load_of_yesterday_is_stale(tmp_path: Path) -> None:
    with pytest.raises(CouldNotLook, match=r"stale-data: .* counts for an hour"):
        read(tmp_path, GOOD)


@pytest.mark.parametrize(
    ("change", "objections", "blind"),
    [
        ({}, 0, 0),
        ({"lost": 5}, 0, 0),
        ({"lost": 6}, 1, 0),
        ({"lost": 51, "broken": ["51 % of the streams lost"]}, 1, 0),
        ({"delays": {"p95": 5.1}}, 1, 0),
        ({"delays": {"p95": 61}, "broken": ["p95 61 s"]}, 1, 0),
        ({"delays": {}, "pause": 31}, 0, 0),
        ({"delays": {}}, 0, 1),
        ({"streams": 0}, 0, 1),
        ({"unseen": ["1 of 2 crowds did not report"]}, 0, 1),
    ],
)
def test_looser_thresholds_of_the_load_loosen_nothing(
    tmp_path: Path, change: dict[str, Any], objections: int, blind: int
) -> None:
    result = read(tmp_path, fresh(**change))

    assert result is not None
    assert len(result.objections(Limit(share=0.05, seconds=5.0))) == objections
    assert len(result.blind()) == blind
