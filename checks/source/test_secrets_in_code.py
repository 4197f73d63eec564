"""Secrets: none in the tracked files, none in what the commits since the last release brought."""

import pytest

from verifier.core.evidence.finding import fail_on


@pytest.mark.proves("no-secrets-in-code")
@pytest.mark.remedy("replace the secret where it is used, and take it out of the file")
def test_no_tracked_file_holds_a_secret(secrets_in_code, measured, require, warn):
    """No tracked file holds what looks like a secret, but for what the baseline accepts with a reason."""
    measured(secrets_in_code.told_files, table=secrets_in_code.accepted or {"accepted": "nothing"})
    for each in secrets_in_code.stale:
        warn(f"{secrets_in_code.baseline} accepts {each}, where nothing is found any more: remove the entry")
    fail_on(*secrets_in_code.in_files())
    require(secrets_in_code.gap())


@pytest.mark.proves("no-secrets-in-code")
@pytest.mark.remedy("replace the secret: whoever has the history has it")
def test_no_commit_since_the_last_release_brought_a_secret(secrets_in_code, measured, require):
    """No version of a file and no message of a commit since the last release holds what looks like a secret."""
    measured(secrets_in_code.told_commits)
    fail_on(*secrets_in_code.in_commits())
    require(secrets_in_code.gap())
