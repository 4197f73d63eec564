"""What the probe hands over: what a person has reviewed, what it must not repeat, and why it could not look."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.probe_context import looking_at
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import CallerOptions, Context
from verifier.probes.deploy_files.probe import DeployFilesReading, observe_deploy_files

SCRIPT = "npx prisma $ACTION --token hunter2hunter2 --url postgres://app:hunter2@db.example.com/live\n"
RELEASE = 'app = "a"\n[deploy]\nrelease_command = "sh run.sh"\n'


def context(app: Path | None, **sections: object) -> Context:
    return replace(looking_at("http://127.0.0.1:9", {}, "r", **sections), options=CallerOptions(app_dir=app))


def observed(app: Path, script: str, sha256: str = "") -> DeployFilesReading:
    (app / "fly.toml").write_text(RELEASE, encoding="utf-8")
    (app / "run.sh").write_text(script, encoding="utf-8")
    reviewed = [{"file": "run.sh", "sha256": sha256, "reason": "chosen by hand"}] if sha256 else []
    return observe_deploy_files(context(app, deploy_files={"reviewed": reviewed}))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_question_names_its_line_and_repeats_no_secret(tmp_path: Path) -> None:
    seen = observed(tmp_path, SCRIPT)

    (question,) = seen.questions
    assert (question.place, question.chain) == ("run.sh:1", ("fly.toml release_command", "run.sh"))
    assert question.said.startswith("prisma $ACTION --token … --url …:")
    assert "hunter2" not in seen.model_dump_json()
    assert seen.gap is not None
    assert seen.gap.cause is Cause.PRECONDITION
    assert "run.sh:1" in seen.gap.what


def test_a_reviewed_file_answers_its_questions_while_it_is_the_same(tmp_path: Path) -> None:
    assert observed(tmp_path, SCRIPT, digest(SCRIPT)).gap is None
    assert observed(tmp_path, SCRIPT, digest("another")).gap is not None


def test_a_reviewed_file_does_not_excuse_a_migration(tmp_path: Path) -> None:
    script = "npx prisma migrate deploy\n"

    assert len(observed(tmp_path, script, digest(script)).applied) == 1


@pytest.mark.parametrize(
    ("folder", "cause"), [(None, Cause.PRECONDITION), ("missing", Cause.PRECONDITION), (".", Cause.NO_DATA)]
)
def test_without_anything_to_read_it_could_not_look(folder: str | None, cause: Cause, tmp_path: Path) -> None:
    with pytest.raises(CouldNotLook) as trouble:
        observe_deploy_files(context(tmp_path / folder if folder else None))

    assert trouble.value.cause is cause
    assert trouble.value.remedy
