"""Debian's Prometheus and Alertmanager, where they are installed; and the sandbox's engine in their place."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import promql_parser as promql
import pytest

from sandbox.prometheus.engine import Engine
from verifier.core.deadline import Deadline
from verifier.probes.traffic.prometheus import Labels, Prometheus

PROMETHEUS, ALERTMANAGER, PROMTOOL = "prometheus", "prometheus-alertmanager", "promtool"
needs_prometheus = pytest.mark.skipif(
    not all(map(shutil.which, (PROMETHEUS, ALERTMANAGER, PROMTOOL))),
    reason="Debian's prometheus and prometheus-alertmanager are not installed",
)
Points = Mapping[tuple[tuple[str, str], ...], list[tuple[float, float]]]
_LISTENING = re.compile(r'msg="?Listening on"? address=(\S+)')
_SECONDS = 30.0


@contextmanager
def running(folder: Path, program: str, *arguments: str, **files: str) -> Iterator[str]:
    """The address of a server that is started here, on a port that the system chooses.

    Args:
        folder: where it keeps what it keeps.
        program: PROMETHEUS or ALERTMANAGER.
        arguments: further ones.
        files: names, with "_" for ".", and contents; the one called `config_yml` is its configuration.
    """
    home = folder / program
    home.mkdir()
    for name, content in files.items():
        (home / name.replace("_", ".")).write_text(content, encoding="utf-8")
    command = [program, f"--config.file={home / 'config.yml'}", "--web.listen-address=127.0.0.1:0", *arguments]
    log = home / "log"
    with log.open("wb") as output, subprocess.Popen(command, cwd=home, stdout=output, stderr=output) as process:
        try:
            found = Deadline(_SECONDS).eventually(lambda: _LISTENING.search(log.read_text()), bool, pause=0.05)
            assert found, log.read_text()
            url = f"http://{found[1]}"
            Deadline(_SECONDS).eventually(lambda: _ready(url), bool, pause=0.05)
            yield url
        finally:
            process.terminate()
            process.wait(_SECONDS)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/-/ready").is_success
    except httpx.TransportError:
        return False


def over_http(url: str) -> Callable[[str, Mapping[str, str]], Any]:
    """What asks a Prometheus; what it refuses is an error of the test."""

    def ask(route: str, params: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
        told = httpx.get(f"{url}/api/v1/{route}", params=params).json()
        assert told["status"] == "success", told
        return told["data"]

    return ask


def by_engine(points: Points) -> Callable[[str, Mapping[str, str]], Any]:
    """What asks the sandbox's engine about these points."""

    def ask(route: str, params: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
        assert route == "query_range"
        start, end, step = (float(params[name]) for name in ("start", "end", "step"))
        tree, engine = promql.parse(params["query"]), Engine(points)
        lines: dict[Any, list[list[object]]] = {}
        for number in range(int((end - start) / step) + 1):
            found = engine.value(tree, start + number * step)
            for labels, value in (found if isinstance(found, dict) else {(): found}).items():
                lines.setdefault(labels, []).append([start + number * step, str(value)])
        return {"result": [{"metric": dict(labels), "values": values} for labels, values in lines.items()]}

    return ask


def with_series(evaluating: Callable[[str, Mapping[str, str]], Any], series: list[Labels]) -> Prometheus:
    """A Prometheus in which these series exist, and that evaluates as `evaluating` does."""

    def ask(route: str, params: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
        if route != "series":
            return evaluating(route, params)
        selector: Any = promql.parse(params["match[]"])
        wanted = [(each.op, each.name, each.value) for each in selector.matchers.matchers]
        wanted += [(promql.MatchOp.Equal, "__name__", selector.name)] if selector.name else []
        return [each for each in series if all(_fits(each.get(name, ""), op, value) for op, name, value in wanted)]

    return Prometheus(ask, "Prometheus", "curl {}")


def _fits(found: str, op: Any, value: str) -> bool:  # noqa: ANN401 - the parser's
    if op in (promql.MatchOp.Equal, promql.MatchOp.NotEqual):
        return (found == value) == (op == promql.MatchOp.Equal)
    return (re.fullmatch(value, found) is not None) == (op == promql.MatchOp.Re)
