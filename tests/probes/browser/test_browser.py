"""Which browser judges, how one is got where there is none, and what is refused of a headless shell."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.runs.toy import CHECKOUT, KEPT, MakeSuite, checks
from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.browser import npm_chromium
from verifier.probes.browser import path as browser_path
from verifier.probes.browser.path import VARIABLE, FoundBrowser, choose_browser

MARK = "INSTALLATION_COMPLETE"
PIECES = CHECKOUT / "verifier" / "probes" / "browser" / "npm_chromium"
INSTALLED = npm_chromium.installed


def program(path: Path, script: str = "echo Chromium 1.2.3.4") -> Path:
    """A program that tells the version of a browser."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def unpacked(venv: Path, script: str = "echo Chromium 1.2.3.4") -> Path:
    """What stands for the npm package's browser, unpacked into a folder."""
    folder = venv / f"chromium-{npm_chromium.version()}"
    program(folder / "chromium")
    return program(folder / "chrome-headless-shell", script)


def of_playwright(registry: Path, script: str = "echo Chromium 1.2.3.4") -> Path:
    """What stands for the browser that this version of Playwright has downloaded."""
    found = subprocess.run(
        [sys.executable, "-m", "playwright", "install", "--dry-run", "chromium"],
        env={**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(registry)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    folder = Path(re.findall(r"(?m)Install location: +(.*/chromium-\d+)$", found.stdout)[0])
    made = program(folder / "chrome-linux64" / "chrome", script)
    (folder / MARK).touch()
    return made


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment in which no browser is found."""
    venv = tmp_path / "a venv"
    venv.mkdir()
    monkeypatch.setattr(npm_chromium, "installed", partial(INSTALLED, venv))
    browser_path.version.cache_clear()
    empty = {"PATH": str(tmp_path / "bin"), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "registry")}
    for name, value in empty.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(VARIABLE, raising=False)
    return empty


@pytest.fixture
def downloads(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> list[str]:  # noqa: ARG001
    """Who was asked for a download; nobody has one."""
    asked: list[str] = []

    def playwright() -> None:
        asked.append("playwright")
        raise CouldNotLook(Cause.PRECONDITION, "Playwright could not download one: unreachable", remedy="install one")

    def npm() -> str:
        asked.append("npm")
        raise npm_chromium.NoInstallError("the registry refuses")

    monkeypatch.setattr(browser_path, "install", playwright)
    monkeypatch.setattr(npm_chromium, "install", npm)
    monkeypatch.setattr(npm_chromium, "supported", lambda: True)
    monkeypatch.setattr(sys, "argv", ["browser_path", "--install"])
    return asked


def test_the_one_that_was_asked_for_comes_first_and_the_npm_packages_last(
    environment: dict[str, str], tmp_path: Path
) -> None:
    option, variable = program(tmp_path / "asked"), program(tmp_path / "named")
    places = [
        (of_playwright(tmp_path / "registry"), "Playwright's"),
        (program(tmp_path / "bin" / "chromium"), "the system's"),
        (unpacked(tmp_path / "a venv"), "npm package @sparticuz/chromium"),
    ]

    assert choose_browser(str(option), {**environment, VARIABLE: str(variable)}) == (str(option), "--browser-path")
    assert choose_browser(None, {**environment, VARIABLE: str(variable)}) == (str(variable), VARIABLE)
    for path, origin in places:
        assert choose_browser(None, environment) == (str(path), origin)
        path.unlink()
    with pytest.raises(CouldNotLook, match="no browser found"):
        choose_browser(None, environment)


@pytest.mark.parametrize("make", [of_playwright, unpacked])
def test_a_download_that_does_not_start_is_no_browser(
    environment: dict[str, str], tmp_path: Path, make: Callable[[Path, str], Path]
) -> None:
    make(tmp_path / ("registry" if make is of_playwright else "a venv"), "echo no libnss3.so >&2; exit 127")

    with pytest.raises(CouldNotLook, match="no browser found"):
        choose_browser(None, environment)


def test_half_of_an_unpacked_browser_is_none(tmp_path: Path) -> None:
    launcher = unpacked(tmp_path)
    assert INSTALLED(tmp_path) == str(launcher)

    launcher.with_name("chromium").unlink()

    assert INSTALLED(tmp_path) is None


def test_installing_replaces_what_is_broken_or_old_and_what_an_interrupted_one_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked(tmp_path).with_name("chromium").unlink()
    program(tmp_path / "chromium-1.0.0" / "chromium")
    program(tmp_path / ".chromium-left" / "chromium" / "chromium")
    monkeypatch.setattr(npm_chromium, "_unpack", lambda fresh: [program(fresh / name) for name in PROGRAMS])

    path = npm_chromium.install(tmp_path)

    assert path == INSTALLED(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [f"chromium-{npm_chromium.version()}"]


PROGRAMS = ("chromium", "chrome-headless-shell")


def test_an_interrupted_unpacking_leaves_nothing_under_the_name_of_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(fresh: Path) -> None:
        program(fresh / "chrome-headless-shell")
        raise KeyboardInterrupt

    monkeypatch.setattr(npm_chromium, "_unpack", interrupted)

    with pytest.raises(KeyboardInterrupt):
        npm_chromium.install(tmp_path)

    assert INSTALLED(tmp_path) is None


def test_a_registry_that_refuses_is_said_in_npms_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"registry": "http://127.0.0.1:9", "cache": str(tmp_path / "cache"), "fetch_retry_mintimeout": "1"}
    for name, value in {**told, "userconfig": str(tmp_path / "user"), "globalconfig": str(tmp_path / "global")}.items():
        monkeypatch.setenv(f"npm_config_{name}", value)
    venv = tmp_path / "venv"
    venv.mkdir()

    with pytest.raises(npm_chromium.NoInstallError, match=r"127\.0\.0\.1:9"):
        npm_chromium.install(venv)

    assert list(venv.iterdir()) == []


def test_the_lock_file_pins_every_package_by_its_content_and_no_registry() -> None:
    wanted = json.loads((PIECES / "package.json").read_text(encoding="utf-8"))["dependencies"]
    packages: dict[str, Any] = json.loads((PIECES / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert packages.pop("")["dependencies"] == wanted

    assert wanted["@sparticuz/chromium"] == npm_chromium.version()
    assert {name: each["version"] for name, each in packages.items()}.items() >= {
        f"node_modules/{name}": version for name, version in wanted.items()
    }.items()
    assert all(re.fullmatch(r"sha512-[\w+/]{86}==", each["integrity"]) for each in packages.values())
    assert not any("resolved" in each for each in packages.values())


def test_npm_is_asked_only_after_playwright(downloads: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert browser_path.main() == 1

    assert downloads == ["playwright", "npm"]
    told = capsys.readouterr().err
    assert "could not download one: unreachable; npm could not install @sparticuz/chromium: the registry" in told


def test_what_npm_brought_is_the_browser(
    downloads: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(npm_chromium, "install", lambda: "/unpacked/chrome-headless-shell")

    assert browser_path.main() == 0

    assert downloads == ["playwright"]
    assert capsys.readouterr().out == "/unpacked/chrome-headless-shell\n"


def test_elsewhere_than_on_linux_x64_npm_is_not_asked(
    downloads: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(npm_chromium, "supported", lambda: False)

    assert browser_path.main() == 1

    assert downloads == ["playwright"]
    assert capsys.readouterr().err == "Playwright could not download one: unreachable; install one\n"


def test_nothing_is_downloaded_in_place_of_what_was_named(
    downloads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "/nowhere/chromium")

    assert browser_path.main() == 1

    assert downloads == []


def test_a_host_that_stays_silent_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_path, "FIRST_BYTE", 0.2)
    monkeypatch.setattr(sys, "executable", str(program(tmp_path / "python", "echo Downloading; exec sleep 600")))

    with pytest.raises(CouldNotLook, match=r"no byte of it came within 0\.2 s"):
        browser_path.install()


class Download:
    """A download that is under way when it is first asked."""

    def __init__(self, so_far: bytes, end: str) -> None:
        self.so_far, self.end = so_far, end

    def communicate(self, timeout: float) -> tuple[str, None]:
        if timeout == browser_path.FIRST_BYTE:
            raise subprocess.TimeoutExpired("playwright", timeout, output=self.so_far)
        return self.end, None


def test_a_download_that_has_begun_is_waited_for() -> None:
    download: Any = Download(b"|   |  10% of 100 MiB\n", "all of it")

    assert browser_path._said(download) == "all of it"


def test_the_libraries_that_came_with_it_serve_where_the_system_has_none(tmp_path: Path) -> None:
    libc = re.findall(r"/\S+/libc\.so\.6", Path("/proc/self/maps").read_text(encoding="utf-8"))[0]
    shows = Path(shutil.which("env") or "").read_bytes()
    launcher = Path(shutil.copy(PIECES / "chrome-headless-shell", tmp_path))
    browser = tmp_path / "chromium"
    alone = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "FONTCONFIG_FILE": "ours"}

    def started() -> str:
        browser.chmod(0o755)
        return subprocess.run([launcher], env=alone, capture_output=True, text=True, check=True).stdout

    browser.write_bytes(shows)
    assert "LD_LIBRARY_PATH" not in started()

    browser.write_bytes(shows.replace(b"libc.so.6\0", b"libX.so.6\0"))
    (tmp_path / "libraries" / "lib").mkdir(parents=True)
    shutil.copy(libc, tmp_path / "libraries" / "lib" / "libX.so.6")
    assert f"LD_LIBRARY_PATH={tmp_path}/libraries/lib\n" in started()
    assert "FONTCONFIG_FILE=ours\n" in started()


@pytest.mark.parametrize(
    ("name", "told"), [("chromium", "the system's"), ("chrome-headless-shell", "the system's, headless shell")]
)
def test_a_browser_is_told_with_version_and_origin(tmp_path: Path, name: str, told: str) -> None:
    assert str(FoundBrowser(str(program(tmp_path / name)), "the system's")) == f"Chromium 1.2.3.4 ({told})"


def test_headed_is_refused_where_no_window_can_be_opened_and_the_header_tells_the_browser(
    make_suite: MakeSuite, tmp_path: Path
) -> None:
    suite = make_suite({"checks/test_toy.py": checks(KEPT)})
    suite.environment[VARIABLE] = str(program(tmp_path / "chrome-headless-shell"))

    refused, header = suite.run("--headed"), suite.run()

    assert refused.status == 4
    assert "--headed: the browser is Chromium 1.2.3.4 (HOTDASH_BROWSER, headless shell)" in refused.output
    assert "browser: Chromium 1.2.3.4 (HOTDASH_BROWSER, headless shell)" in header.output
    judged_by = {"name": "Chromium", "version": "1.2.3.4", "origin": "HOTDASH_BROWSER"}
    assert header.verdict["run"]["browser"] == judged_by

    suite.environment[VARIABLE] = str(program(tmp_path / "chromium"))
    assert suite.run("--headed").ending == ("DONE", 0)
