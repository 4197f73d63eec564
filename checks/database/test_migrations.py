"""Migrations: do they only add, and do they apply?"""

import pytest

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import Finding, fail_on, findings
from verifier.probes.migrations.verdicts import MigrationVerdict


@pytest.mark.proves("migrations-additive")
@pytest.mark.remedy("split the migration: add first, and take away in a later release (docs/migrations.md)")
def test_every_statement_only_adds(migrations, measured):
    """No statement of a new migration loses data, structure or access, or keeps others waiting for long."""
    measured({file.path: str(file.verdict) for file in migrations.judged} or migrations.nothing_new, "files")
    bad = [*migrations.found(MigrationVerdict.DESTRUCTIVE), *migrations.found(MigrationVerdict.BLOCKING)]
    if bad:
        fail_on(*(each.finding() for each in [*migrations.unread, *bad]))
    questions = migrations.found(MigrationVerdict.REVIEW)
    if questions:
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"only a person can say what these do: {in_words(questions)}",
            remedy="read them; then list each file in [[migrations.reviewed]] of the target (file, sha256, reason)",
        )


@pytest.mark.proves("migrations-apply")
@pytest.mark.remedy("restore the files that were shipped, and put what is new into a file with a later version")
def test_the_files_are_what_a_runner_expects(migrations, measured):
    """No shipped file changed, versions are unique and in order, and no down migration would run."""
    measured(f"{len(migrations.judged)} of {len(migrations.history)} files judged")
    fail_on(*(each.finding() for each in migrations.problems))


def in_words(questions):
    """Place and question, a line each."""
    return "\n".join(f"{each.place}: {each.what} → {each.instead}" for each in questions)


@pytest.mark.proves("migrations-apply")
@pytest.mark.remedy("correct the statement that the message names, and rehearse again: -m migration --app-dir PATH")
def test_every_file_applies_in_its_order(rehearsal, measured):
    """On a throw-away server, every file of the history applies, in its order and in a transaction of its own."""
    refused = [refusal(each) for each in sorted(rehearsal.refused, key=lambda each: bool(each.because))]
    measured(f"{len(rehearsal.files) - len(refused)} of {len(rehearsal.files)} files applied, on {rehearsal.base}")
    if rehearsal.broken:
        fail_on(*refused)
    if refused:
        told = "; ".join(each.told for each in refused)
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"{told}; lacking here: {', '.join(rehearsal.lacking) or 'what it needs'}",
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
@pytest.mark.remedy("change the migration so that it keeps what is named, or list it as reviewed")
def test_nothing_that_was_there_is_lost(rehearsal, measured):
    """Catalogue, sample rows and locks before and after: nothing vanishes, narrows, or loses a protection."""
    measured(f"{len(rehearsal.judged)} files compared, {len(rehearsal.tables)} tables and views afterwards")
    if not rehearsal.judged:
        raise CouldNotLook(
            Cause.NO_DATA,
            "no file is new and applies, so there is nothing to compare",
            remedy="give --since the revision that is live, or leave it out to judge every file",
        )
    bad = [*rehearsal.found(MigrationVerdict.DESTRUCTIVE), *rehearsal.found(MigrationVerdict.BLOCKING)]
    fail_on(*(each.finding() for each in bad))
    questions = [each.what for each in rehearsal.found(MigrationVerdict.REVIEW)]
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


@pytest.mark.proves("migrations-apply")
def test_the_previous_release_works_with_the_new_schema(previous_release, measured, require):
    """When it is asked for: what the previous release answered before, it answers with the new schema, too."""
    if not previous_release.release:
        measured("not asked for (--previous-release)")
        return
    measured(previous_release.told(), "requests")
    remedy = "keep what the previous release reads, until no machine runs it any more"
    fail_on(*findings("previous release fails with the new schema", previous_release.broken(), remedy=remedy))
    require(previous_release.proved())


def refusal(file):
    """Why a file was refused; those that fail because of one before them are another problem."""
    failure = file.failure
    return Finding(
        subject=file.path,
        problem="migration fails because one before it does" if file.because else "migration does not apply",
        detail=f"{failure.message} (SQLSTATE {failure.code})"
        + (f", because {file.because} was refused" * bool(file.because)),
        place=f"{file.path}:{failure.line}",
    )
