"""Who carried the run out, as Allure's `executor.json`; on GitHub alone, where there is a page to go to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def repository(environment: Mapping[str, str]) -> str:
    """The address of the repository whose workflow runs; empty outside of GitHub's workflows."""
    server, name = environment.get("GITHUB_SERVER_URL", ""), environment.get("GITHUB_REPOSITORY", "")
    inside = environment.get("GITHUB_ACTIONS") == "true"
    return f"{server}/{name}" if inside and server.startswith("https://") and name else ""


def executor(environment: Mapping[str, str], target: str) -> dict[str, Any] | None:
    """The workflow run (GitHub: variables of a workflow's environment), or nothing outside of one."""
    home, run = repository(environment), environment.get("GITHUB_RUN_ID", "")
    if not home or not run:
        return None
    number, attempt = environment.get("GITHUB_RUN_NUMBER", ""), environment.get("GITHUB_RUN_ATTEMPT", "1")
    page = f"{home}/actions/runs/{run}"
    return {
        "name": "GitHub Actions",
        "type": "github",
        "url": f"{home}/actions",
        "buildOrder": int(number) if number.isdigit() else 0,
        "buildName": f"{environment.get('GITHUB_WORKFLOW', 'workflow')} #{number}",
        "buildUrl": f"{page}/attempts/{attempt}",
        "reportName": f"Definition of Done, {target}",
        "reportUrl": f"{page}#artifacts",
    }
