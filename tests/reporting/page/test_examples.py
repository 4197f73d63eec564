"""The examples of docs/examples/: the command that makes them works, and they are what it says."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.support.pages.reports import ACCEPTED, faulty
from tests.support.runs.toy import CHECKOUT
from verifier.reporting import write_texts
from verifier.reporting.forms import forms
from verifier.reporting.page import write_page

EXAMPLES = CHECKOUT / "docs" / "examples"
ALWAYS = {"definition-of-done.html", "definition-of-done.md", "deployment-report.md", "status-report.md"}
PICTURE = "first-screen.webp"


def test_the_command_keeps_what_people_read_of_a_report(tmp_path: Path) -> None:
    report, into = tmp_path / "report", tmp_path / "examples"
    report.mkdir()
    write_texts(report, faulty())
    write_page(report, faulty(), ACCEPTED)
    for name, text in forms(faulty()).items():
        (report / name).write_text(text, encoding="utf-8")

    command = [sys.executable, "bin/examples.py", f"three-faults={report}", "--into", str(into)]
    subprocess.run(command, cwd=CHECKOUT, check=True, timeout=60)

    kept = {each.name for each in (into / "three-faults").iterdir()}
    assert kept - {PICTURE} == {each.name for each in report.iterdir()} - {"verdict.json"}
    with Image.open(io.BytesIO((into / "three-faults" / PICTURE).read_bytes())) as shot:
        assert shot.size == (1280, 800)


@pytest.mark.parametrize(
    ("name", "verdict", "status"), [("healthy", "DONE", "✅ HEALTHY"), ("three-faults", "NOT DONE", "❌ ISSUES")]
)
def test_the_examples_are_of_such_a_run(name: str, verdict: str, status: str) -> None:
    folder = EXAMPLES / name
    assert {each.name for each in folder.iterdir()} == {*ALWAYS, PICTURE}
    assert f"<h1>{verdict}</h1>" in (folder / "definition-of-done.html").read_text(encoding="utf-8")
    assert f"**Status**: {status}" in (folder / "deployment-report.md").read_text(encoding="utf-8")
