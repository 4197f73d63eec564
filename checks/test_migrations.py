"""Migrations: do they only add, and do they apply?"""

import pytest

from verifier.core.evidence import BrokenPromise, Cause, CouldNotLook
from verifier.probes.migrations.history import Verdict


@pytest.mark.proves("migrations-additive")
def test_every_statement_only_adds(migrations, measured):
    """No statement of a new migration loses data, structure or access, or keeps others waiting for long."""
    measured({file.path: str(file.verdict) for file in migrations.judged})
    bad = [*migrations.found(Verdict.DESTRUCTIVE), *migrations.found(Verdict.BLOCKING)]
    if bad:
        raise BrokenPromise(expected="statements that only add", seen=told([*migrations.unread, *bad]))
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


@pytest.mark.proves("migrations-apply")
def test_every_file_applies_in_its_order(rehearsal, measured):
    """On a throw-away server, every file of the history applies, in its order and in a transaction of its own."""
    refused = rehearsal.refused
    measured(f"{len(rehearsal.files) - len(refused)} of {len(rehearsal.files)} files applied, on {rehearsal.base}")
    if rehearsal.broken:
        raise BrokenPromise(expected="every file applies", seen=refusals(refused))
    if refused:
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"{refusals(refused)}; lacking here: {', '.join(rehearsal.lacking) or 'what it needs'}",
            remedy="rehearse on a copy of the live schema: --since REV --schema-from DATABASE_URL",
        )
    lacking = [f"{each.path}: {', '.join(each.lacking)}" for each in rehearsal.files if each.judged and each.lacking]
    if lacking:
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"extensions that the embedded server lacks were left out: {'; '.join(lacking)}",
            remedy="see that the live database has them (select * from pg_available_extensions)",
        )


@pytest.mark.proves("migrations-apply")
def test_nothing_that_was_there_is_lost(rehearsal, measured):
    """Catalogue, sample rows and locks before and after: nothing vanishes, narrows, or loses a protection."""
    measured(f"{len(rehearsal.judged)} files compared, {len(rehearsal.tables)} tables and views afterwards")
    if not rehearsal.judged:
        raise CouldNotLook(Cause.NO_DATA, "no new file could be applied, so there is nothing to compare")
    bad = [*rehearsal.found(Verdict.DESTRUCTIVE), *rehearsal.found(Verdict.BLOCKING)]
    if bad:
        raise BrokenPromise(expected="everything that was there is there, as it was", seen=told(bad))
    questions = [each.what for each in rehearsal.found(Verdict.REVIEW)]
    questions += [
        f"{each.path} was refused with the sample rows, and applied without: it depends on the live rows"
        for each in rehearsal.judged
        if each.rows_decide and each.path not in rehearsal.reviewed
    ]
    if questions:
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"only a person can say whether this is meant: {'; '.join(questions)}",
            remedy="compare; then list each file in [[migrations.reviewed]] of the target (file, sha256, reason)",
        )


def refusals(refused):
    """Where and why each file was refused: first those by themselves, then those because of one before them."""
    lines = [
        f"{each.path}:{each.failure.line}: {each.failure.message} (SQLSTATE {each.failure.code})"
        + (f", because {each.because} was refused" if each.because else "")
        for each in sorted(refused, key=lambda each: bool(each.because))
    ]
    return "\n".join(lines)
