"""The verdict of a run as the status of a deployment on GitHub.

Requests and their fields are those of GitHub's REST API, "Deployments" and "Deployment statuses", version 2022-11-28.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from verifier.core.verdict.ledger import Verdict
from verifier.reporting.record.reading import NoVerdict, read_record

_STATES = {Verdict.DONE: "success", Verdict.NOT_DONE: "failure"}
"""What could not be seen, and a run without a verdict, is an `error`: nothing is known of the deployment."""
_DESCRIPTION = 140
"""Characters that GitHub takes."""
_SECONDS = 20.0
_TASK = "deploy"


class NotToldError(Exception):
    """GitHub was not told; the text says why, and what would help."""


@dataclass(frozen=True)
class Commit:
    """A commit of a repository on GitHub, and who may speak of it.

    Attributes:
        api: the address of the API.
        log: the page of the workflow's run.
    """

    api: str
    repository: str
    sha: str
    token: str
    log: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Commit:
        """The commit of the workflow that runs."""
        server, run = environment.get("GITHUB_SERVER_URL", "https://github.com"), environment.get("GITHUB_RUN_ID", "")
        repository = environment["GITHUB_REPOSITORY"]
        return cls(
            api=environment.get("GITHUB_API_URL", "https://api.github.com"),
            repository=repository,
            sha=environment["GITHUB_SHA"],
            token=environment["GITHUB_TOKEN"],
            log=f"{server}/{repository}/actions/runs/{run}" if run else "",
        )


def announced(commit: Commit, environment: str, folder: Path, since: datetime | None) -> str:
    """Give the newest deployment of the commit to `environment` the status of the run; what was told, in words.

    Args:
        commit: what was deployed.
        environment: its name on GitHub.
        folder: of the run.
        since: when the run was asked for; one that finished earlier is another run.

    Raises:
        NotToldError: GitHub refused, or did not answer.
    """
    state, described = _found(folder, since)
    headers = {"authorization": f"Bearer {commit.token}", "x-github-api-version": "2022-11-28"}
    base = f"{commit.api.rstrip('/')}/repos/{commit.repository}/deployments"
    with httpx.Client(headers=headers, timeout=_SECONDS) as client:
        known = _asked(client, "GET", base, params={"sha": commit.sha, "environment": environment, "per_page": 1})
        made = known[0] if known else _asked(client, "POST", base, json=_deployment(commit, environment))
        status = {"state": state, "description": described, "auto_inactive": False}
        _asked(
            client,
            "POST",
            f"{base}/{int(made['id'])}/statuses",
            json=status | ({"log_url": commit.log} if commit.log else {}),
        )
    return f"deployment of {commit.sha[:12]} to {environment}: {state}, {described}"


def _found(folder: Path, since: datetime | None) -> tuple[str, str]:
    """The state of the deployment, and a sentence."""
    try:
        record = read_record(folder).report
    except NoVerdict as why:
        return "error", _cut(f"no verdict: {why}")
    if since is not None and record.run.finished < since:
        return "error", "no verdict: the run left no record"
    return _STATES.get(record.verdict, "error"), _cut(f"{record.verdict}: {record.coverage}")


def _cut(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= _DESCRIPTION else text[: _DESCRIPTION - 1] + "…"


def _deployment(commit: Commit, environment: str) -> dict[str, Any]:
    """A deployment that merges nothing and waits for nothing: it has happened already."""
    return {
        "ref": commit.sha,
        "environment": environment,
        "task": _TASK,
        "auto_merge": False,
        "required_contexts": [],
        "description": "Judged by its Definition of Done",
    }


def _asked(client: httpx.Client, method: str, url: str, **content: Any) -> Any:  # noqa: ANN401 - JSON, read by the caller
    try:
        answer = client.request(method, url, **content)
    except httpx.HTTPError as trouble:
        raise NotToldError(f"GitHub did not answer: {type(trouble).__name__}") from None
    if answer.status_code in {401, 403, 404}:
        raise NotToldError(f"GitHub answered {answer.status_code}: the job needs `permissions: deployments: write`")
    if not answer.is_success:
        raise NotToldError(f"GitHub answered {answer.status_code} to {method} {httpx.URL(url).path}")
    try:
        return answer.json()
    except ValueError:
        raise NotToldError(f"GitHub answered {method} {httpx.URL(url).path} with something else than JSON") from None
