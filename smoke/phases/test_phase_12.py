"""Phase 12: the plan does not say what is new in it."""

import pytest


@pytest.mark.proves("phase-features")
def test_nothing_is_promised_that_could_be_seen(nothing_to_see):
    """The plan names nothing visible for this phase."""
    nothing_to_see("the plan does not say what is new in phase 12, so nothing of it was judged")
