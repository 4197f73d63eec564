"""The browser of a run: who is shut out of its pages, and how somebody opens one by hand."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path

from tests.support.faults.fault_runs import ITEM_GROUPS
from tests.support.pages.tile_browser import target
from tests.support.runs.deployment import Deployment
from verifier.probes.browser.session import by_hand, trust
from verifier.reporting.terminal import fitted

FAR = tuple(item for name, group in ITEM_GROUPS.items() if name not in {"tiles", "visits"} for item in group)


def test_the_command_that_opens_a_page_fits_a_terminal_and_the_shell(tmp_path: Path) -> None:
    url = "https://127.0.0.1:46509/app?mock=1"
    made = target(url)
    made = made.model_copy(update={"tls": made.tls.model_copy(update={"spki": base64.b64encode(bytes(32)).decode()})})
    lines = fitted(f"    again: {by_hand(made, url)}", 80)
    assert max(map(len, lines)) <= 80
    program = tmp_path / "chromium"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    program.chmod(0o755)

    typed = "\n".join(lines).replace("again: ", "")
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    got = subprocess.run(["sh", "-c", typed], env={"PATH": path}, capture_output=True, text=True, check=True).stdout

    assert got.splitlines()[1:] == [*trust(made), url]


def test_a_stranger_that_hangs_delays_nobody_who_shuts_it_out(deployment: Deployment) -> None:
    deployment.switch("third-party-hangs")
    deployment.retarget(
        without=FAR, change=lambda text: text.replace("[dashboard]\n", '[dashboard]\nthird_party = "abort"\n')
    )

    ended = deployment.suite.run(target="warm")

    assert ended.ending == ("DONE", 0), ended.output
