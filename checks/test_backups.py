"""The backups of the database."""

import pytest

from verifier.core.evidence import BrokenPromise


@pytest.mark.proves("backups-verified")
def test_the_newest_backup_is_recent(backups, limit, measured):
    """Everything that is backed up has a complete backup, no older than the limit."""
    ages = backups.ages()
    told = measured(backups.described())

    if not ages <= limit.for_each(backups.kept):
        counted = ", ".join(f"{count} {status or 'without a status'}" for status, count in backups.statuses.items())
        raise BrokenPromise(
            expected=f"a complete backup of each, at most {limit.ceiling / 3600:g} h old",
            seen=f"{in_words(told)}; in all: {counted or 'no backup'}",
        )


@pytest.mark.proves("backups-verified")
def test_a_dump_can_be_restored(backups, measured, require):
    """When a restore drill is asked for: a dump, restored elsewhere, holds the same rows in every table."""
    drill = backups.restored
    if drill is None:
        measured("no restore drill (--restore-drill)")
        return
    measured(f"{len(drill.tables)} tables restored from {drill.megabytes:.1f} MB, {drill.rows} rows")
    different = drill.differences()
    if different:
        raise BrokenPromise(expected="the same rows in every table after a restore", seen=in_words(different))
    require(drill.proved())


def in_words(by_name: dict[str, str]) -> str:
    """Name and text, as one line."""
    return "; ".join(f"{name}: {text}" for name, text in by_name.items())
