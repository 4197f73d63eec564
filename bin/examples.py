"""Make docs/examples/: what a healthy run and one with three faults leave behind, each with its first screen.

.venv/bin/python bin/examples.py                     # both runs, on the embedded deployment: three minutes
.venv/bin/python bin/examples.py healthy=REPORT      # of a report that is there; into another folder: --into FOLDER
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from verifier.probes.browser.path import find_browser
from verifier.reporting.forms import BLOCKERS, DEPLOYMENT, REQUESTS, STATUS
from verifier.reporting.model import PAGE

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = {"healthy": (), "three-faults": ("tile-slow", "rls-policy-true", "machine-cordoned")}
FILES = (PAGE, "definition-of-done.md", DEPLOYMENT, STATUS, BLOCKERS, REQUESTS)
PICTURE = "first-screen.webp"
_SCREEN = {"width": 1280, "height": 800}


def run(faults: tuple[str, ...]) -> Path:
    """Judge the embedded deployment with these faults, and hand over the report."""
    words = [word for fault in faults for word in ("--fault", fault)]
    subprocess.run([sys.executable, "-m", "pytest", "-m", "deploy or postdeploy", *words], cwd=ROOT, check=False)
    return (ROOT / "reports" / "latest").resolve()


def keep(report: Path, folder: Path) -> None:
    """Copy what people read of a report into `folder`, with a picture of the first screen."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in FILES:
        if (report / name).is_file():
            shutil.copyfile(report / name, folder / name)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(None, os.environ), args=["--no-sandbox"])
        page = browser.new_page(viewport=_SCREEN)  # type: ignore[arg-type]  # a TypedDict
        page.goto((folder / PAGE).as_uri())
        shot = page.screenshot()
        browser.close()
    Image.open(io.BytesIO(shot)).save(folder / PICTURE, quality=70)


def main() -> None:
    """Make the examples that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("example", nargs="*", help="NAME=REPORT; without any, both are run")
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "examples")
    given = parser.parse_args()
    reports = dict(each.split("=", 1) for each in given.example)
    for name in reports or EXAMPLES:
        keep(Path(reports[name]) if reports else run(EXAMPLES[name]), given.into / name)


if __name__ == "__main__":
    main()
