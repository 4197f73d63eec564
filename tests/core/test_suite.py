"""Where the suite is and where its caller stands; and a run from a folder that is not the suite's."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.runs.toy import CHECKOUT, TARGET
from verifier.core.suite import Place, asking, judging, own_suite, place_of, pytest_words, setting_up


def home(folder: Path, *below: str) -> Path:
    """A repository with one target; hands over a folder in it."""
    (folder / "targets").mkdir(parents=True)
    (folder / "targets" / "board.toml").write_text(TARGET, encoding="utf-8")
    (folder / ".git").mkdir()
    inside = folder.joinpath(*below)
    inside.mkdir(parents=True, exist_ok=True)
    return inside


def test_in_a_checkout_suite_and_home_are_one() -> None:
    assert place_of(CHECKOUT) == place_of(CHECKOUT / "docs") == Place(CHECKOUT, CHECKOUT)
    assert pytest_words(place_of(CHECKOUT), ["-m", "deploy"]) == ["-m", "deploy"]


def test_elsewhere_home_is_where_the_targets_are(tmp_path: Path) -> None:
    inside = home(tmp_path / "an app", "src", "pages")
    assert place_of(inside) == Place(own_suite(), tmp_path / "an app")


def test_elsewhere_without_targets_home_is_where_the_caller_stands_and_never_above_their_repository(
    tmp_path: Path,
) -> None:
    home(tmp_path)
    (tmp_path / "other" / ".git").mkdir(parents=True)
    assert place_of(tmp_path / "other").home == tmp_path / "other"


def test_what_to_type_depends_on_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)
    assert (judging("-m deploy"), asking("show"), setting_up()) == (
        "pytest -m deploy", "python -m verifier show", "make setup",
    )  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert (judging("-m deploy"), asking("show"), setting_up()) == (
        "definition-of-done judge -m deploy", "definition-of-done show", "definition-of-done setup",
    )  # fmt: skip


def judged(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "verifier", *words]
    return subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=90
    )


def test_elsewhere_a_run_reads_and_writes_in_the_callers_folder(tmp_path: Path) -> None:
    inside = home(tmp_path / "an app", "src")
    # Modules of the caller must not stand in for those that pytest and the suite import.
    (inside / "yaml.py").write_text("raise RuntimeError('of the caller')\n", encoding="utf-8")
    (inside / "test_theirs.py").write_text("def test_theirs(): assert False\n", encoding="utf-8")
    done = judged(inside, "judge", "-m", "deploy", "--target", "board", "--html", "omit")
    assert done.returncode == 6, done.stdout + done.stderr
    assert "UNVERIFIED: " in done.stdout
    assert "PARTIAL" not in done.stdout
    assert "test_theirs" not in done.stdout
    reports = tmp_path / "an app" / "reports"
    assert (reports / "latest" / "verdict.json").is_file()
    assert (reports / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert not (inside / "reports").exists()
    shown = judged(inside, "show", "machines-started")
    assert (shown.returncode, shown.stderr) == (6, "")
    assert "again: definition-of-done judge -m deploy --target board --item machines-started" in " ".join(
        shown.stdout.replace("\\\n", "").split()
    )
    assert "why: definition-of-done show --why machines-started" in shown.stdout


@pytest.mark.parametrize("words", [("judge", "-m", "postdeploy"), ("daily",), ("mcp",)])
def test_elsewhere_a_forgotten_target_is_not_the_embedded_deployment(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = judged(home(tmp_path), *words)
    assert done.returncode == 4
    assert "--target is missing; known: board, sandbox" in done.stderr
    assert not (tmp_path / "reports").exists()


def test_lines_to_type_are_made_where_the_callers_place_is_known() -> None:
    """A text of the product that names a command itself would be wrong for one of the two kinds of callers."""
    command = re.compile(r"""["'`](?:[^"'`\n]*[ :(])?(?:pytest -m|python -m verifier |make setup)""")
    found = [
        f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()}"
        for folder in ("verifier", "checks", "smoke")
        for path in sorted((CHECKOUT / folder).rglob("*.py"))
        if "node_modules" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if command.search(line) and '"""' not in line and not re.match(r"\s*(#|`|[A-Z])", line)
    ]
    assert [each for each in found if not each.startswith("verifier/core/suite.py")] == []
    assert len(found) == 2  # the two of suite.py, so the pattern still finds what it is for
