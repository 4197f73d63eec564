"""Finds the browser: the requested one, Playwright's own, the system's, or that of an npm package.

`python -m verifier.probes.browser.path` prints its path; `--install` installs one if there is none: Playwright's, or
else the npm package's.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.suite import setting_up
from verifier.probes.browser import npm_chromium

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
"""The executable in Playwright's download: Linux, macOS, Windows."""
REMEDY = f"sudo apt-get install chromium, or {setting_up()}"
DOWNLOAD = 300.0
"""Seconds for a download of some 300 MB."""
FIRST_BYTE = 20.0
"""Seconds within which the download must have begun; a firewall that drops packets would take five times as long."""
STALL = "10000"
"""Milliseconds without a byte after which Playwright tries again, five times in all."""
_BEGUN = b"% of"
"""In each progress line that Playwright prints."""
_HEADLESS_ONLY = {"chrome-headless-shell", "chrome-headless-shell.exe"}
_START = 10.0
"""Seconds within which a browser must print its version."""


class FoundBrowser(NamedTuple):
    """A browser, and why it was chosen.

    Attributes:
        path: the program.
        origin: who named or installed it, in words.
    """

    path: str
    origin: str

    @property
    def headless_only(self) -> bool:
        """Whether it is a headless shell, which cannot open a window."""
        return Path(self.path).resolve().name in _HEADLESS_ONLY

    def __str__(self) -> str:
        """Name, version and origin, for people."""
        told = version(self.path) or f"{self.path}, of unknown version"
        return f"{told} ({self.origin}{', headless shell' if self.headless_only else ''})"


def find_browser(option: str | None, environment: Mapping[str, str]) -> str:
    """The path of the browser to use; arguments and errors are those of `choose_browser`."""
    return choose_browser(option, environment).path


def choose_browser(option: str | None, environment: Mapping[str, str]) -> FoundBrowser:
    """The browser to use, and why this one.

    Args:
        option: a path or the name of a command, given on the command line.
        environment: where `HOTDASH_BROWSER`, `PATH` and Playwright's own variables are read from.

    Raises:
        CouldNotLook: precondition, if there is no browser, or the requested one does not exist.
    """
    for asked, source in ((option, "--browser-path"), (environment.get(VARIABLE), VARIABLE)):
        if asked:
            return FoundBrowser(_given(asked, source, environment), source)
    if path := _playwrights_own(environment):
        return FoundBrowser(path, "Playwright's")
    if path := _on_system(environment):
        return FoundBrowser(path, "the system's")
    if path := _out_of_npm():
        return FoundBrowser(path, f"npm package {npm_chromium.PACKAGE}")
    what = f"no browser found: {VARIABLE} is not set, Playwright has not installed one, none of the usual on PATH"
    raise CouldNotLook(Cause.PRECONDITION, what, remedy=REMEDY)


def _out_of_npm() -> str | None:
    """The npm package's, if it is unpacked completely."""
    path = npm_chromium.installed()
    return path if path and version(path) else None


@cache
def version(path: str) -> str:
    """Name and version as the program prints them; empty if it does not start.

    Args:
        path: of the browser.
    """
    try:
        told = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=_START, check=False).stdout
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"^(?:Google )?Chrom[a-z ]*[\d.]+", told, re.IGNORECASE | re.MULTILINE)
    return found.group() if found else ""


def _given(asked: str, source: str, environment: Mapping[str, str]) -> str:
    found = shutil.which(Path(asked).expanduser(), path=environment.get("PATH"))
    if found is None:
        what = f"{source} names the browser {asked}, which does not exist"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy=f"correct {source}, or leave it out; {REMEDY}")
    return str(found)


def _on_system(environment: Mapping[str, str]) -> str | None:
    found = (shutil.which(name, path=environment.get("PATH")) for name in _SYSTEM)
    return next((each for each in found if each), None)


def _playwrights_own(environment: Mapping[str, str]) -> str | None:
    """The Chromium that this version of Playwright has downloaded, if any.

    Read from Playwright's files, because its driver takes half a second to start.
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
            if found and version(found):  # Playwright downloads it even if the system lacks its libraries
                return found
    return None


def _registry(environment: Mapping[str, str], package: Path) -> Path:
    """The folder of Playwright's browsers (Playwright docs, 'Managing browser binaries')."""
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
        CouldNotLook: precondition, if the download fails, has not begun after `FIRST_BYTE`, or takes longer than
            `DOWNLOAD`.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "playwright", "install", "chromium"],
        env={"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": STALL, **os.environ},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", start_new_session=True,
    ) as download:  # fmt: skip
        try:
            said = _said(download)
        finally:
            with suppress(ProcessLookupError, PermissionError):
                # The download runs in a grandchild, which outlives its parent.
                os.killpg(download.pid, signal.SIGKILL)
    if download.returncode:
        raise _no_download(_reason(said))


def _said(download: subprocess.Popen[str]) -> str:
    try:
        return download.communicate(timeout=FIRST_BYTE)[0]
    except subprocess.TimeoutExpired as late:
        if _BEGUN not in (late.output or b""):
            raise _no_download(f"no byte of it came within {FIRST_BYTE:g} s") from None
    try:
        return download.communicate(timeout=DOWNLOAD - FIRST_BYTE)[0]
    except subprocess.TimeoutExpired:
        raise _no_download(f"it took longer than {DOWNLOAD:g} s") from None


def _no_download(reason: str) -> CouldNotLook:
    what = f"no browser found, and Playwright could not download one: {reason}"
    return CouldNotLook(Cause.PRECONDITION, what, remedy="sudo apt-get install chromium")


def _reason(said: str) -> str:
    lines = [line.strip() for line in said.splitlines()]
    telling = [line for line in lines if line.startswith("Error:")] or [line for line in lines if line]
    return telling[0].removeprefix("Error:").strip() if telling else "no reason was given"


def main() -> int:
    """Print the path of the browser.

    Returns:
        0, or 1 if there is none.
    """
    parser = argparse.ArgumentParser(prog="python -m verifier.probes.browser.path", description=main.__doc__)
    parser.add_argument("--install", action="store_true", help="get one if there is no browser")
    try:
        path = found_or_installed(install_missing=parser.parse_args().install)
    except CouldNotLook as trouble:
        sys.stderr.write(f"{trouble.what}; {trouble.remedy}\n")
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    sys.stdout.write(f"{path}\n")
    return 0


def found_or_installed(*, install_missing: bool) -> str:
    """The path of a browser; one is downloaded if there is none, and that is wanted.

    Raises:
        CouldNotLook: precondition, if there is none.
    """
    try:
        return find_browser(None, os.environ)
    except CouldNotLook:
        if not install_missing or os.environ.get(VARIABLE):
            raise
    try:
        install()
        return find_browser(None, os.environ)
    except CouldNotLook as trouble:
        if not npm_chromium.supported():
            raise
        reason = trouble.what
    try:
        return npm_chromium.install()
    except npm_chromium.NoInstallError as trouble:
        what = f"{reason}; npm could not install {npm_chromium.PACKAGE}: {trouble}"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="sudo apt-get install chromium") from None


if __name__ == "__main__":
    sys.exit(main())
