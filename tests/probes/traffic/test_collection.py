"""What is collected of the machines: young, scraped, and growing; the answers of a Prometheus are read or refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from verifier.core.evidence import Cause, CouldNotLook
from verifier.probes.traffic.collection import CollectionState, Counter, ScrapeTarget
from verifier.probes.traffic.prometheus import Prometheus

AT = datetime(2026, 9, 10, 12, tzinfo=UTC)
UP = (ScrapeTarget(name="app m1", health="up"), ScrapeTarget(name="app m2", health="up"))


def state(**changed: Any) -> CollectionState:  # noqa: ANN401 - fields of the record
    """Two machines of which all is well."""
    fields: dict[str, Any] = {
        "asked": "?", "where": "here", "at": AT, "again": "curl", "expected": ("m1", "m2"), "age": 200.0, "seen_at": AT,
        "collected": {"m1": AT, "m2": AT}, "scraped": UP, "newest": {"m1": AT}, "sent": 3, "waited": 9.0,
        "counters": {"m1": Counter(before=1, after=4), "m2": Counter(before=0, after=3)},
    }  # fmt: skip
    return CollectionState(**fields | changed)


def wrong(seen: CollectionState) -> dict[str, str]:
    return seen.missing() | seen.old(180) | seen.down() | seen.unscraped() | seen.still()


def test_two_machines_of_which_all_is_well() -> None:
    assert wrong(state()) == {}
    assert wrong(state(scraped=None, newest={})) == {}


OLD = AT - timedelta(seconds=181)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"collected": {"m1": AT}}, {"m2": "200 s on"}),
        ({"collected": {"m1": AT, "m2": OLD}}, {"m2": "the newest in the platform's Prometheus is 181 s old"}),
        ({"newest": {"here:3000": OLD}}, {"here:3000": "the newest in the app's own is 181 s old"}),
        (
            {"scraped": (UP[0], ScrapeTarget(name="app m2", health="down", error="refused"))},
            {"app m2": "down: refused"},
        ),
        ({"scraped": UP[:1]}, {"the app's Prometheus": "1 scrape targets, 2 machines started"}),
        ({"scraped": ()}, {"the app's Prometheus": "0 scrape targets, 2 machines started"}),
        ({"counters": {"m1": Counter(before=4, after=4)}}, {"m1": "4 before 3 requests, 4 9 s later"}),
        ({"counters": {"m1": Counter(before=0, after=None)}}, {"m1": "0 before 3 requests, none 9 s later"}),
    ],
)
def test_what_is_not_collected_is_told(changed: dict[str, Any], found: dict[str, str]) -> None:
    assert wrong(state(**changed)) == found


@pytest.mark.parametrize(
    "told", [None, [], {}, {"result": 3}, {"result": [{}]}, {"result": [{"metric": {}, "value": ["now"]}]}]
)
def test_an_answer_of_another_shape_is_no_data(told: object) -> None:
    asked = Prometheus(lambda _route, _params: told, "Prometheus", "curl {}")

    with pytest.raises(CouldNotLook, match="the shape that Prometheus gives it") as caught:
        asked.values("up")
    assert (caught.value.cause, caught.value.remedy) == (Cause.NO_DATA, "curl query")


def test_nan_is_no_value() -> None:
    told = {"result": [{"metric": {"a": "b"}, "value": [1, "NaN"]}, {"metric": {}, "value": [1, "2.5"]}]}

    assert Prometheus(lambda _route, _params: told, "Prometheus").values("up") == [({}, 2.5)]


@pytest.mark.parametrize("told", [None, {"activeTargets": None}, {"activeTargets": ["up"]}])
def test_a_list_that_is_none_is_no_data(told: object) -> None:
    with pytest.raises(CouldNotLook, match="the answer to targets"):
        Prometheus(lambda _route, _params: told, "Prometheus").listed("targets", "activeTargets")
