"""Where a reader of a result goes next: its item in the contract, the release and its machines, the commit."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from verifier.core.config.contract import FILE
from verifier.core.execution.run import Run
from verifier.core.platform import PlatformSection
from verifier.reporting.allure_report.executor import repository
from verifier.reporting.model import JudgedCheck, JudgedItem, Report

_MACHINES = 5
"""Machines to which a result leads."""
_SSH = re.compile(r"(?:ssh://)?[\w.-]+@(?P<host>[\w.-]+)[:/](?P<path>[\w./-]+)")


@dataclass(frozen=True)
class Links:
    """What can be linked to, as far as it is known; what is not has no link.

    Attributes:
        contract: the address of the contract, at the commit of the suite.
        lines: item → its line there.
        release: name and address of the release.
        machine: the address of a machine, `{}` standing for its id.
        commit: name and address of the commit that was shipped.
    """

    contract: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)
    release: tuple[str, str] = ("", "")
    machine: str = ""
    commit: tuple[str, str] = ("", "")

    def of(self, item: JudgedItem, check: JudgedCheck | None = None) -> list[dict[str, str]]:
        """The links of one result, as Allure's results hold them."""
        told = {"type": "tms", "name": item.id, "url": f"{self.contract}#L{self.lines[item.id]}"}
        known = [told] if self.contract and item.id in self.lines else []
        known += [
            {"type": kind, "name": name, "url": url}
            for kind, (name, url) in (("release", self.release), ("commit", self.commit))
            if url
        ]
        machines = machines_of(check) if check and self.machine else ()
        return known + [{"type": "machine", "name": each, "url": self.machine.format(each)} for each in machines]


def machines_of(check: JudgedCheck) -> list[str]:
    """The machines that a check objects to, at most a few."""
    found = dict.fromkeys(each.machine for each in (*check.findings, *check.waived) if each.machine)
    return list(found)[:_MACHINES]


def links(run: Run, report: Report, environment: Mapping[str, str]) -> Links:
    """What the results of this run can lead to.

    Args:
        run: which suite and which target.
        report: its release.
        environment: where GitHub says which repository is deployed.
    """
    platform, app = run.target.get(PlatformSection), run.target.app
    page = platform.page(app) if platform else ""
    repo, sha = repository(environment), run.shipped.sha
    return Links(
        contract=_contract(run.suite, report.run.suite),
        lines=dict(_lines(run.suite / FILE)),
        release=(f"release {report.release['version']}" if report.release else "app", page),
        machine=platform.page(app, "{}") if platform else "",
        commit=(sha[:12], f"{repo}/commit/{sha}") if sha and repo else ("", ""),
    )


def _lines(contract: Path) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(contract.read_text(encoding="utf-8").splitlines(), 1):
        if found := re.match(r'\s*id\s*=\s*["\']([\w-]+)["\']', line):
            yield found[1], number


def _contract(root: Path, suite: str) -> str:
    """The contract in the web view of the suite's repository, which GitHub and those like it have at `blob`."""
    home, commit = _home(root), suite.removesuffix("-dirty").rpartition("-g")[2]
    return f"{home}/blob/{commit}/{FILE}" if home and re.fullmatch(r"[0-9a-f]{7,40}", commit) else ""


def _home(root: Path) -> str:
    """The address of the suite's repository for people, without credentials; empty if it has none."""
    try:
        asked = subprocess.run(
            ["git", "-C", str(root), "config", "--get", "remote.origin.url"],  # noqa: S607 - whichever git the caller has
            capture_output=True, text=True, timeout=5, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return web_address(asked.stdout.strip())


def web_address(remote: str) -> str:
    """The address for people of a git remote; empty for one that is no host's, such as a folder."""
    remote = remote.removesuffix("/").removesuffix(".git")
    if ssh := _SSH.fullmatch(remote):
        return f"https://{ssh['host']}/{ssh['path']}"
    parts = urlsplit(remote)
    return f"https://{parts.hostname}{parts.path}" if parts.scheme in {"http", "https"} and parts.hostname else ""
