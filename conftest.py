"""The plugins of a run; everything else is in `verifier/`."""

pytest_plugins = ["verifier.fixtures.evidence", "verifier.fixtures.operator", "verifier.fixtures.session"]
