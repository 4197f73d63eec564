"""Row-level security."""

import pytest

from verifier.core.evidence.finding import fail_on, findings


@pytest.mark.proves("rls-protects")
@pytest.mark.remedy("revoke the grant or enable row-level security on the relation that is named, in a migration")
def test_nothing_is_declared_open(row_security, measured, require, warn):
    """No right, policy or role opens a relation to clients, by the catalogue."""
    found = row_security.declared_open()
    measured(
        f"{len(row_security.catalogue.relations)} relations, {len(row_security.catalogue.functions)} functions, "
        f"{len({each.subject for each in found})} open"
    )
    for each in row_security.truncatable():
        warn(each)
    fail_on(*found)
    require(row_security.tables_read())


@pytest.mark.proves("rls-protects")
@pytest.mark.remedy("alter table TABLE enable row level security; and drop the policy that lets anon in")
def test_without_a_login_nobody_reads_anything(row_security, measured, require):
    """A visitor without a login reads no row of any relation that is not public."""
    measured(row_security.seen_by("anonymous"), "relations")
    fail_on(*row_security.readable_without_login())
    require(row_security.seen_live())


@pytest.mark.proves("rls-protects")
@pytest.mark.remedy("let the policy of SELECT compare the owner: using (user_id = auth.uid())")
def test_a_signed_in_user_reads_nothing_of_others(row_security, measured, require):
    """A signed-in user reads no row that belongs to somebody else, whatever its browser claims."""
    measured(row_security.seen_by("stranger"), "relations")
    fail_on(*row_security.readable_by_signed_in())
    require(row_security.seen_live())


@pytest.mark.proves("rls-protects")
@pytest.mark.remedy("let each policy compare the owner, with using and with check: user_id = auth.uid()")
def test_on_a_copy_nobody_reads_or_changes_rows_of_others(row_security, measured, require, warn):
    """On a copy of the schema nobody reads, inserts, changes or deletes what belongs to others."""
    measured(row_security.classes())
    for label, told in row_security.published().items():
        warn(f'{label}: {told}; accept it with published = {{ {label} = "reason" }} in [database]')
    fail_on(*row_security.open_on_a_copy())
    require(row_security.tried())


@pytest.mark.proves("rls-protects")
@pytest.mark.remedy("alter function NAME security invoker; or revoke execute on it from anon, authenticated")
def test_no_callable_function_hands_out_rows_of_others(row_security, measured, require):
    """No function that a client may call hands out or changes rows of others with its owner's rights."""
    measured(f"{len(row_security.catalogue.functions)} functions with their owner's rights")
    fail_on(*findings("function serves rows of others", row_security.functions_that_tell()))
    require(row_security.functions_tried())
