"""Allure's single-file HTML from the finished results; needs Node, and is the only part that does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from verifier.core.execution.run import Run
from verifier.core.suite import node_path, setting_up, tools_folder
from verifier.core.verdict.results import Outcome
from verifier.reporting.allure_report.categories import categories
from verifier.reporting.allure_report.trend import RUNS, TREND, Trend
from verifier.reporting.model import Report

_LOCKED = Path(__file__).parents[1] / "allure"
_CLI = tools_folder("allure", _LOCKED) / "node_modules" / "allure" / "cli.js"
_SECONDS = 90
_POLICY = "default-src data: blob: 'unsafe-inline'; form-action 'none'"
"""What the page may load: what it carries itself, whatever the template and attached pages ask for."""
_ANALYTICS = re.compile(
    r'<script async src="https://www\.googletagmanager\.com/[^>]*></script>\s*<script>.*?</script>', re.DOTALL
)
"""The tag that Allure's template writes into every page; neither an option nor `ALLURE_NO_ANALYTICS` stops it."""

_CHARTS: dict[str, dict[str, Any]] = {
    "Outcomes of this run": {"type": "currentStatus"},
    "Outcomes of the last runs": {"type": "statusDynamics"},
    "New, mended and broken again": {"type": "statusTransitions"},
    "By severity": {
        "type": "testResultSeverities",
        "levels": ["blocker", "critical", "normal", "minor"],
        "statuses": ["passed", "failed", "broken", "skipped", "unknown"],
    },
}
"""What Allure draws of a target's runs; its own choice is mostly empty here."""
_ATTACHED = re.compile(r'd\("(data/attachments/[^"]+)","([A-Za-z0-9+/=]+)"\)')
"""How a single-file page of Allure carries an attachment."""


def write_html(run: Run, report: Report) -> str:
    """Write `index.html`; says how to get it, if it could not be made."""
    node = node_path()
    if node is None or not _CLI.is_file():
        missing = "Node ≥ 20.19" if node is None else "Allure's command line"
        return f"{missing} is not installed: run `{setting_up()}` once with network, then this run again"
    with tempfile.TemporaryDirectory(dir=run.scratch) as made:
        trend = Trend(run.history)
        trend.lend(Path(made) / TREND)
        trouble = _generate(node, run.folder / "allure-results", Path(made), report)
        page = Path(made) / "report" / "index.html"
        if trouble or not page.is_file():
            return f"Allure wrote no report: {trouble or 'no index.html'}"
        closed = closed_page(once_each(page.read_text(encoding="utf-8")))
        if closed is None:
            return "Allure wrote a page without a head: what it asks of other hosts cannot be stopped"
        page.write_text(closed, encoding="utf-8")
        shutil.move(page, run.folder / "index.html")
        trend.keep(Path(made) / TREND)
    return ""


def closed_page(page: str) -> str | None:
    """The page without Allure's analytics tag, and with a policy that stops all other requests.

    Nothing, if it has no head to put the policy into.
    """
    head = f'<head>\n    <meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    closed = _ANALYTICS.sub("", page, count=1).replace("<head>", head, 1)
    return closed if head in closed else None


def once_each(page: str) -> str:
    """The page with each content once: an attachment that has come before is taken from where it stands.

    Checks that read the same evidence attach the same files, and Allure shows a file only for the first of them; so
    each has its own on disk, and copies are dropped here.
    """
    first: dict[str, str] = {}

    def shared(found: re.Match[str]) -> str:
        name, content = found.groups()
        earlier = first.setdefault(content, name)
        return found[0] if earlier == name else f'd("{name}",window.allureReportData["{earlier}"])'

    return _ATTACHED.sub(shared, page)


def _generate(node: str, results: Path, made: Path, report: Report) -> str:
    """Let Allure write `report/` below `made`; returns what went wrong.

    `allure generate`, because `allure awesome` knows no order of results.
    """
    options = {
        "singleFile": True,
        "reportLanguage": "en",
        "groupBy": ["parentSuite", "suite"],
        "defaultSortBy": "status,asc",  # failed first
        "charts": [{"title": title, "limit": RUNS, **chart} for title, chart in _CHARTS.items()],
    }
    config = {
        "name": _name(report),
        "output": str(made / "report"),
        "plugins": {"awesome": {"options": options}},
        "categories": categories(),
        "historyPath": str(made / TREND),
        "historyLimit": RUNS,
        # A run that saw a part says nothing of the rest.
        "appendHistory": not (report.run.narrowed or report.run.interrupted),
    }
    (made / "allurerc.json").write_text(json.dumps(config), encoding="utf-8")
    command = [node, str(_CLI), "generate", "--config", str(made / "allurerc.json"), "--cwd", str(made), str(results)]
    exclusive = {**os.environ, "NO_COLOR": "1", "ALLURE_NO_ANALYTICS": "1", "DO_NOT_TRACK": "1"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False, env=exclusive)
    except subprocess.TimeoutExpired:
        return f"it took longer than {_SECONDS} s"
    except OSError as trouble:
        return str(trouble)
    last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no word"]
    return "" if done.returncode == 0 else last[0]


def _name(report: Report) -> str:
    covered = f"{report.counts.get(Outcome.PASSED, 0)} of {len(report.items)} items verified"
    found = f" · {len(report.contradictions)} disagreement" if report.contradictions else ""
    return f"{report.verdict} · {covered} · {report.target}{found}" + (
        f" · release {report.release['version']}" if report.release else ""
    )
