"""A sandbox in place of the shipped targets: their unchanged files, with its addresses and secrets."""

from __future__ import annotations

import json
import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.runs.deployment import end
from tests.support.runs.toy import CHECKOUT, Ended, Suite
from verifier.probes.browser.path import find_browser

SECONDS = 240.0
"""Seconds for a run with the real limits, which takes seventy on an idle machine."""
AGENT = "agent-service"


class InPlace:
    """A healthy sandbox with real periods, named as staging and its agent service are.

    Attributes:
        told: its announcement: addresses, secrets, control.
        suite: the product's contract and checks, beside copies of the shipped targets.
    """

    def __init__(self, folder: Path) -> None:
        names = ["--app", "hotdash-staging", "--agent-app", "hotdash-agent-service"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "up", *names],
            cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        output = self._process.stdout
        self.told: dict[str, Any] = json.loads(output.readline() if output else b"")
        self.suite = Suite(folder, {"HOTDASH_BROWSER": find_browser(None, os.environ)})
        for name in ("conftest.py", "pytest.ini", "definition_of_done.toml"):
            shutil.copy(CHECKOUT / name, folder)
        for name in ("checks", "smoke"):
            shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))

    def put(self, target: str, *, without: str = "", phases: Sequence[int] = ()) -> None:
        """Write the shipped file of `target` with a start command that announces all secrets but `without`.

        Args:
            target: its name.
            without: a secret.
            phases: those that are deployed, in place of those that it names.
        """
        secrets = {name: value for name, value in self.told["credentials"].items() if name != without}
        addresses = self.told["target"]
        if target == AGENT:
            url = addresses["agent"]["url"]
            addresses = {"url": url, "platform": addresses["platform"], "agent": {"url": url}}
        line = json.dumps({"target": addresses, "credentials": secrets})
        (self.suite.root / f"{target}.json").write_text(line, encoding="utf-8")
        tell = f"import sys; print(open('{target}.json').read(), flush=True); sys.stdin.read()"
        shipped = (CHECKOUT / "targets" / f"{target}.toml").read_text(encoding="utf-8")
        if phases:
            shipped, found = re.subn(r"(?m)^deployed = .*$", f"deployed = {list(phases)}", shipped)
            assert found == 1
        self.suite.write({f"targets/{target}.toml": f'start = ["python", "-c", "{tell}"]\n{shipped}'})

    def judged(
        self,
        target: str,
        *words: str,
        mark: str = "deploy or postdeploy",
        without: str = "",
        phases: Sequence[int] = (),
    ) -> Ended:
        """Run the command on it as `target`, without one secret, where these phases are deployed."""
        self.put(target, without=without, phases=phases)
        with self.suite.running(*words, mark=mark, target=target) as process:
            output, _ = process.communicate(timeout=SECONDS)
        return Ended(process.returncode, output, self.suite.root, (self.suite.root / "reports" / "latest").resolve())

    def switch(self, *faults: str) -> None:
        """Activate exactly these faults, in place."""
        control = self.told["control"]
        headers = {"authorization": f"Bearer {control['token']}"}
        wanted = {"names": faults, "redeploy": False}
        httpx.put(f"{control['url']}/faults", json=wanted, headers=headers, timeout=60).raise_for_status()

    def client(self) -> httpx.Client:
        """An HTTP client of the dashboard."""
        target = self.told["target"]
        trust = ssl.create_default_context(cafile=target["tls"]["ca_file"])
        return httpx.Client(base_url=target["url"], verify=trust)

    def kept(self) -> dict[str, Any]:
        """What the flows of the later phases could change: the person's preferences, and the history."""
        with self.client() as client:
            return {each: client.get(f"/api/{each}").json() for each in ("preferences", "approvals/history")}

    def queue(self) -> list[dict[str, Any]]:
        """The approval queue."""
        with self.client() as client:
            found: list[dict[str, Any]] = client.get("/api/approvals").json()["approvals"]
        return found

    def stop(self) -> None:
        """Stop the sandbox by closing its input, as the exit of its parent does."""
        end(self._process)


@pytest.fixture(scope="module")
def in_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InPlace]:
    """The sandbox in place of the shipped targets, for the tests of one file."""
    made = InPlace(tmp_path_factory.mktemp("in place"))
    yield made
    made.stop()
