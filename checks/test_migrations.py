"""Migrations: do they only add, and do they apply?"""

import pytest

from verifier.evidence import BrokenPromise, Cause, CouldNotLook
from verifier.probes.migrations import Verdict


@pytest.mark.proves("migrations-additive")
def test_every_statement_only_adds(migrations, measured):
    """No statement of a new migration loses data, structure or access, or keeps others waiting for long."""
    measured({file.path: str(file.verdict) for file in migrations.judged})
    bad = [*migrations.found(Verdict.DESTRUCTIVE), *migrations.found(Verdict.BLOCKING)]
    if bad:
        raise BrokenPromise(expected="statements that only add", seen=told(bad))
    open_questions = migrations.found(Verdict.REVIEW)
    if open_questions:
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"only a person can say what these do: {told(open_questions)}",
            remedy="read them; then list each file in [[migrations.reviewed]] of the target (file, sha256, reason)",
        )


@pytest.mark.proves("migrations-apply")
def test_the_files_are_what_a_runner_expects(migrations, measured):
    """No shipped file changed, no version stands twice, none comes too late, and no way back lies in the way."""
    measured(f"{len(migrations.judged)} of {len(migrations.history)} files judged")
    if migrations.problems:
        raise BrokenPromise(
            expected="a history that every runner takes in the same order, once", seen=told(migrations.problems)
        )


def told(findings):
    """One line for each finding, with its place and the additive way."""
    return "\n".join(f"{each.place}: {each.verdict}: {each.what} → {each.instead}" for each in findings)
