"""Who approved which phase: for this commit, by somebody who may, not in the future."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.runs.repository import Repository
from verifier.core.evidence import CouldNotLook
from verifier.probes.source.approval import ApprovalState, observe_phase_approval

WHO = {"approvers": ["chief", "deputy"]}


def entry(commit: str, *, phase: int = 3, by: str = "chief", at: str = "2025-01-01T12:00:00Z") -> str:
    """An approval as it is written into the file."""
    return f'[[approval]]\nphase = {phase}\nby = "{by}"\nat = {at}\ncommit = "{commit}"\n'


@pytest.fixture
def app(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    made.commit({"code.js": "1\n"})
    return made


def seen(app: Repository, *, phase: int | None = 3, **options: Any) -> ApprovalState:  # noqa: ANN401 - of a run
    return observe_phase_approval(
        app.context({"phases": () if phase is None else (phase,), **options}, phase_approval=WHO)
    )


def test_an_approval_of_the_commit_before_it_counts_as_nothing_else_changed(app: Repository) -> None:
    approved = app.commit({"code.js": "2\n"})
    app.commit({"approvals.toml": entry(approved[:10])})
    app.commit({"approvals.toml": entry(approved[:10]) + entry(approved, phase=4)})

    found = seen(app)

    assert found.findings() == []
    assert found.told == f"phase 3: chief, 2025-01-01 12:00 UTC, commit {approved[:10]}"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ({"by": "somebody"}, "somebody: may not approve"),
        ({"phase": 2}, "nobody approved it"),
        ({"at": "2999-01-01T12:00:00Z"}, "chief: approved at 2999-01-01, which is to come"),
        ({"commit": "0" * 40}, "chief: approved commit 000000000000, and other files changed since"),
    ],
)
def test_an_approval_that_does_not_count_says_why(app: Repository, written: dict[str, Any], why: str) -> None:
    approved = app.commit({"code.js": "2\n"})
    app.commit({"approvals.toml": entry(written.pop("commit", approved), **written)})

    (finding,) = seen(app).findings()

    assert (finding.problem, finding.detail) == ("phase is not approved for this commit", why)
    assert f'commit = "{approved}"' in finding.remedy


def test_a_change_after_the_approval_undoes_it(app: Repository) -> None:
    approved = app.commit({"code.js": "2\n"})
    app.commit({"approvals.toml": entry(approved)})
    later = app.commit({"code.js": "3\n"})

    found = seen(app)

    assert found.covered == (later,)
    assert "other files changed since" in found.findings()[0].detail


def test_approvals_that_the_caller_hands_over_count_too(app: Repository, tmp_path: Path) -> None:
    given = tmp_path / "given.json"
    told = {"phase": 3, "by": "deputy", "at": "2025-02-01T00:00:00Z", "commit": app.git("rev-parse", "HEAD").strip()}
    given.write_text(json.dumps([told]), encoding="utf-8")

    assert seen(app, approvals=given).findings() == []
    assert seen(app).findings() != []


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (entry("not-a-commit"), "approval.1..commit"),
        ("approval = 3\n", "approval"),
        ("[[approval\n", "not TOML"),
        (entry("0" * 40) + 'why = "so"\n', "unknown key"),
    ],
)
def test_a_file_with_mistakes_is_no_answer(app: Repository, file: str, why: str) -> None:
    app.commit({"approvals.toml": file})

    with pytest.raises(CouldNotLook, match=why):
        seen(app)


def test_approvals_of_the_caller_that_are_no_list_are_no_answer(app: Repository, tmp_path: Path) -> None:
    given = tmp_path / "given.json"
    given.write_text('{"phase": 3', encoding="utf-8")

    with pytest.raises(CouldNotLook, match=r"--approvals given\.json"):
        seen(app, approvals=given)


def test_a_target_without_phases_is_no_answer(app: Repository) -> None:
    with pytest.raises(CouldNotLook, match="has no phases"):
        seen(app, phase=None)
