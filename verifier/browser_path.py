"""Finds the browser: a path that was asked for, Playwright's own Chromium, or one that the system has.

`python -m verifier.browser_path` prints its path; with `--install` it downloads Playwright's Chromium if there is none.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from verifier.evidence import Cause, CouldNotLook

VARIABLE = "HOTDASH_BROWSER"
_SYSTEM = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_OWN = {
    "chromium": ("chrome-*/chrome", "chrome-*/*.app/Contents/MacOS/*", "chrome-*/chrome.exe"),
    "chromium-headless-shell": ("chrome-*/chrome-headless-shell", "chrome-*/chrome-headless-shell.exe"),
}
"""Where the executable lies inside what Playwright downloads: Linux, macOS, Windows."""
REMEDY = "sudo apt-get install chromium, or .venv/bin/playwright install chromium"
DOWNLOAD = 300.0
"""Seconds for a download of some 300 MB."""
STALL = "10000"
"""Milliseconds without a byte after which Playwright tries again, five times in all."""


def find_browser(option: str | None, environment: Mapping[str, str]) -> str:
    """The path of the browser to use.

    Args:
        option: a path or the name of a command, given on the command line.
        environment: where `HOTDASH_BROWSER`, `PATH` and Playwright's own variables are read from.

    Raises:
        CouldNotLook: precondition, if there is no browser; or if the one that was asked for is not there, for
            another one in its place would answer a question that nobody asked.
    """
    for asked, source in ((option, "--browser-path"), (environment.get(VARIABLE), VARIABLE)):
        if asked:
            return _given(asked, source, environment)
    found = _playwrights_own(environment) or _on_system(environment)
    if found is None:
        what = f"no browser found: {VARIABLE} is not set, Playwright has not installed one, none of the usual on PATH"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy=REMEDY)
    return found


def _given(asked: str, source: str, environment: Mapping[str, str]) -> str:
    found = shutil.which(Path(asked).expanduser(), path=environment.get("PATH"))
    if found is None:
        what = f"{source} names the browser {asked}, and there is no such program"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy=f"correct {source}, or leave it out; {REMEDY}")
    return str(found)


def _on_system(environment: Mapping[str, str]) -> str | None:
    found = (shutil.which(name, path=environment.get("PATH")) for name in _SYSTEM)
    return next((each for each in found if each), None)


def _playwrights_own(environment: Mapping[str, str]) -> str | None:
    """The Chromium that this version of Playwright downloads for itself, if it did.

    Read from Playwright's files, because starting its driver to ask takes half a second.
    """
    spec = find_spec("playwright")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent / "driver" / "package"
    with suppress(OSError, ValueError, KeyError):
        browsers = json.loads((package / "browsers.json").read_text(encoding="utf-8"))["browsers"]
        revisions = {each["name"]: each["revision"] for each in browsers}
        for name, patterns in _OWN.items():
            folder = _registry(environment, package) / f"{name.replace('-', '_')}-{revisions[name]}"
            found = _executable(folder, patterns)
            if found:
                return found
    return None


def _registry(environment: Mapping[str, str], package: Path) -> Path:
    """The folder of Playwright's browsers (Playwright docs, «Managing browser binaries»)."""
    named = environment.get("PLAYWRIGHT_BROWSERS_PATH")
    if named:
        return package / ".local-browsers" if named == "0" else Path(named)
    home = Path(environment.get("HOME") or Path.home())
    caches = {
        "darwin": home / "Library" / "Caches",
        "win32": Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local"),
    }
    return caches.get(sys.platform, Path(environment.get("XDG_CACHE_HOME") or home / ".cache")) / "ms-playwright"


def _executable(folder: Path, patterns: tuple[str, ...]) -> str | None:
    if not (folder / "INSTALLATION_COMPLETE").exists():  # a download that was interrupted
        return None
    found = (each for pattern in patterns for each in sorted(folder.glob(pattern)))
    return next((str(each) for each in found if each.is_file() and os.access(each, os.X_OK)), None)


def install() -> None:
    """Download Playwright's Chromium.

    Raises:
        CouldNotLook: precondition, if the download fails or takes longer than `DOWNLOAD`.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "playwright", "install", "chromium"],
        env={"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": STALL, **os.environ},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", start_new_session=True,
    ) as download:  # fmt: skip
        try:
            said, _ = download.communicate(timeout=DOWNLOAD)
        except subprocess.TimeoutExpired:
            raise _no_download(f"it took longer than {DOWNLOAD:g} s") from None
        finally:
            with suppress(ProcessLookupError, PermissionError):
                # The download runs in a grandchild, which does not end with its parent.
                os.killpg(download.pid, signal.SIGKILL)
    if download.returncode:
        raise _no_download(_reason(said))


def _no_download(reason: str) -> CouldNotLook:
    what = f"no browser found, and Playwright could not download one: {reason}"
    return CouldNotLook(Cause.PRECONDITION, what, remedy="sudo apt-get install chromium")


def _reason(said: str) -> str:
    lines = [line.strip() for line in said.splitlines()]
    telling = [line for line in lines if line.startswith("Error:")] or [line for line in lines if line]
    return telling[0].removeprefix("Error:").strip() if telling else "it did not say why"


def main() -> int:
    """Print the path of the browser.

    Returns:
        0, or 1 if there is none.
    """
    parser = argparse.ArgumentParser(prog="python -m verifier.browser_path", description=main.__doc__)
    parser.add_argument("--install", action="store_true", help="download Playwright's Chromium if there is no browser")
    try:
        path = _found_or_installed(install_missing=parser.parse_args().install)
    except CouldNotLook as trouble:
        sys.stderr.write(f"{trouble.what}; {trouble.remedy}\n")
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    sys.stdout.write(f"{path}\n")
    return 0


def _found_or_installed(*, install_missing: bool) -> str:
    try:
        return find_browser(None, os.environ)
    except CouldNotLook:
        if not install_missing or os.environ.get(VARIABLE):
            raise
    sys.stderr.write("no browser found; downloading Playwright's Chromium, for five minutes at most…\n")
    install()
    return find_browser(None, os.environ)


if __name__ == "__main__":
    sys.exit(main())
