"""Deploy files: does anything that a deploy runs apply a migration?"""

import pytest

from verifier.core.evidence.finding import fail_on


@pytest.mark.proves("no-migrations-in-deploy-files")
@pytest.mark.remedy("take the command out of what a deploy runs; a person applies migrations")
def test_no_deploy_applies_a_migration(deploy_files, measured, require, warn):
    """Nothing that a deploy runs, however far from fly.toml or a workflow, applies a migration."""
    measured(f"{deploy_files.commands} commands followed, from {len(deploy_files.entries)} entries")
    for each in deploy_files.elsewhere[:10]:
        warn(each.beside(deploy_files.entries))
    fail_on(*(each.finding() for each in deploy_files.applied))
    require(deploy_files.gap)
