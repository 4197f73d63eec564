"""`python -m verifier credential SERVICE/NAME`: where a secret is, or the request for it; never its value."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verifier.commands import main
from verifier.core import credentials
from verifier.core.redaction import Redactor

SECRET = "marked-test-data"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment and a home without secrets, and an empty vault."""
    for name in ("FLY_API_TOKEN", "FLY_ACCESS_TOKEN", "PUBLER_API_KEY", "FLY_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(credentials, "REDACTOR", Redactor())  # so that no test teaches another
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def keep(place: Path) -> None:
    place.parent.mkdir(parents=True)
    place.write_text(SECRET, encoding="utf-8")


@pytest.mark.parametrize("secret", ["publer/PUBLER_API_KEY", "google/analytics.json", "bing/KEY", "fly/FLY_API_TOKEN"])
def test_a_secret_in_the_vault_is_found_and_not_shown(
    clean: Path, capsys: pytest.CaptureFixture[str], secret: str
) -> None:
    keep(clean / "vault" / "occ" / secret)
    assert main(["credential", secret]) == 0
    assert capsys.readouterr().out == f"{secret}: found in vault/occ/{secret.partition('/')[0]}/\n"


def test_the_environment_and_a_login_are_the_next_places(
    clean: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLER_API_KEY", SECRET)
    (clean / ".fly").mkdir()
    (clean / ".fly" / "config.yml").write_text(f"access_token: {SECRET}\n", encoding="utf-8")
    assert [main(["credential", each]) for each in ("publer/PUBLER_API_KEY", "fly/FLY_API_TOKEN")] == [0, 0]
    assert capsys.readouterr().out.splitlines() == [
        "publer/PUBLER_API_KEY: found in environment",
        "fly/FLY_API_TOKEN: found in flyctl's login",
    ]


def test_a_missing_secret_prints_the_request_in_the_form_of_the_direction(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["credential", "publer/PUBLER_API_KEY", "--for", "schedule posts"]) == 6
    assert re.fullmatch(
        r"## \d\d:\d\d - Credential Request\n"
        r"\*\*Need\*\*: PUBLER_API_KEY, a secret of publer \(not in environment \(PUBLER_API_KEY\); [^\n]+\)\n"
        r"\*\*For\*\*: schedule posts\n"
        r"\*\*Checked\*\*: vault/occ/publer/ \(not found\)\n"
        r"\*\*Status\*\*: Moving to next task, awaiting CEO\n",
        capsys.readouterr().out,
    )


@pytest.mark.parametrize("secret", ["PUBLER_API_KEY", "publer/", "../secrets/KEY", "publer/../../KEY", "a b/KEY"])
def test_what_is_no_name_is_a_usage_error(capsys: pytest.CaptureFixture[str], secret: str) -> None:
    assert main(["credential", secret]) == 4
    assert "write SERVICE/NAME" in capsys.readouterr().err
