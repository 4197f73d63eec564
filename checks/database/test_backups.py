"""The backups of the database."""

import pytest

from verifier.core.evidence.finding import fail_on, findings


@pytest.mark.proves("backups-verified")
@pytest.mark.remedy("see why the last backup did not end (Supabase: Database, Backups), and start one by hand")
def test_the_newest_backup_is_recent(backups, limit, measured):
    """Everything that is backed up has a complete backup, no older than the limit."""
    ages = backups.ages()
    measured(backups.described(), "backups")

    old = {each.subject for each in ages.findings(limit.for_each(backups.kept))}
    told = {of: text for of, text in backups.described().items() if of in old}
    fail_on(*findings(f"no complete backup of the last {limit.ceiling / 3600:g} h", told))


@pytest.mark.proves("backups-verified")
def test_a_restore_was_tried_lately(backups, limit, measured, require):
    """A restore drill of this run or an earlier one succeeded, no longer ago than the limit's days."""
    measured(backups.drill_told)
    require(backups.drill_known())
    overdue = backups.drill_overdue(limit.days)
    fail_on(*findings("no restore was tried lately", overdue, remedy=backups.how_to_drill))


@pytest.mark.proves("backups-verified")
@pytest.mark.remedy("take a new dump and restore it by hand: the output of pg_restore names what is refused")
def test_a_dump_can_be_restored(backups, measured, require):
    """When a restore drill is asked for: a dump, restored elsewhere, holds the same rows in every table."""
    drill = backups.restored
    if drill is None:
        measured("no restore drill (--restore-drill)")
        return
    measured(f"{len(drill.tables)} tables restored from {drill.megabytes:.1f} MB, {drill.rows} rows")
    fail_on(*findings("table differs after the restore", drill.differences()))
    require(drill.proved())
