"""How long the dashboard was away, from single looks at it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from verifier.probes.http import Reply
from verifier.probes.watch import longest_outage


def look(status: int | None) -> Reply:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Reply(method="GET", url="https://app/", at=at, status=status, milliseconds=1)


@pytest.mark.parametrize(
    ("statuses", "seconds"),
    [
        ([200, 302, 401], 0),
        ([200, 503, 200], 2),
        ([503, None, 404, 200, 500, 200], 6),
        ([200, 200, 500, 500], 2),
        ([500], 0),
    ],
)
def test_an_outage_lasts_until_the_next_good_answer(statuses: list[int | None], seconds: float) -> None:
    assert longest_outage([(2.0 * number, look(status)) for number, status in enumerate(statuses)]) == seconds
