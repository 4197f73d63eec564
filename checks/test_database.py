"""Row-level security."""

import pytest

from verifier.evidence import BrokenPromise


@pytest.mark.proves("rls-protects")
def test_without_a_login_nobody_reads_anything(row_security, measured):
    """A visitor without a login reads no row of any table that is not public."""
    measured({name: f"anon sees {table.anonymous or 'no such table'}" for name, table in row_security.tables.items()})
    forbid(row_security.exposed_to_anyone(), "no row for anybody without a login")
    row_security.need_proof()


@pytest.mark.proves("rls-protects")
def test_a_signed_in_user_reads_nothing_of_others(row_security, measured):
    """A signed-in user reads no row that belongs to somebody else."""
    measured(
        {name: f"a stranger sees {table.stranger or 'no such table'}" for name, table in row_security.tables.items()}
    )
    forbid(row_security.exposed_to_signed_in(), "no row of others for a signed-in user")
    row_security.need_proof()


@pytest.mark.proves("rls-protects")
def test_row_level_security_is_enabled_on_every_table(row_security, measured):
    """Row-level security is enabled on every table, by the catalogue."""
    measured({name: "enabled" if table.enabled else "not enabled" for name, table in row_security.tables.items()})
    forbid(row_security.unprotected(), "row-level security on every table")
    row_security.need_tables()


def forbid(broken: dict[str, str], expected: str) -> None:
    """Fail with every table that breaks the promise."""
    if broken:
        raise BrokenPromise(expected=expected, seen="; ".join(f"{name}: {how}" for name, how in broken.items()))
