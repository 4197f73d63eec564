"""Row-level security."""

import pytest

from verifier.core.evidence import BrokenPromise


@pytest.mark.proves("rls-protects")
def test_nothing_is_declared_open(row_security, measured, require):
    """No right, policy or role opens a relation to clients, by the catalogue."""
    measured(f"{len(row_security.catalogue.relations)} relations, {len(row_security.catalogue.functions)} functions")
    forbid(row_security.declared_open(), "nothing that is open by its declaration")
    require(row_security.tables_read())


@pytest.mark.proves("rls-protects")
def test_without_a_login_nobody_reads_anything(row_security, measured, require):
    """A visitor without a login reads no row of any relation that is not public."""
    measured(row_security.seen_by("anonymous"))
    forbid(row_security.readable_without_login(), "no row for anybody without a login")
    require(row_security.seen_live())


@pytest.mark.proves("rls-protects")
def test_a_signed_in_user_reads_nothing_of_others(row_security, measured, require):
    """A signed-in user reads no row that belongs to somebody else, whatever its browser claims."""
    measured(row_security.seen_by("stranger"))
    forbid(row_security.readable_by_signed_in(), "no row of others for a signed-in user")
    require(row_security.seen_live())


@pytest.mark.proves("rls-protects")
def test_on_a_copy_nobody_reads_or_changes_rows_of_others(row_security, measured, require):
    """On a copy of the schema nobody reads, inserts, changes, deletes or truncates what belongs to others."""
    measured(row_security.classes())
    forbid(row_security.open_on_a_copy(), "rows of others out of reach, for every command")
    require(row_security.tried())


@pytest.mark.proves("rls-protects")
def test_no_callable_function_hands_out_rows_of_others(row_security, measured, require):
    """No function that a client may call hands out or changes rows of others with its owner's rights."""
    measured(f"{len(row_security.catalogue.functions)} functions with their owner's rights")
    forbid(row_security.functions_that_tell(), "no function that serves rows of others")
    require(row_security.functions_tried())


def forbid(broken: dict[str, str], expected: str) -> None:
    """Fail with every relation that breaks the promise."""
    if broken:
        raise BrokenPromise(expected=expected, seen="; ".join(f"{name}: {how}" for name, how in broken.items()))
