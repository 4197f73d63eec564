"""Phase 8: how much the agents drafted, day by day, for a period that the operator chooses."""

import pytest

from verifier.core.evidence.finding import fail_on, findings

pytestmark = pytest.mark.remedy("compare the chart with the answer of its API in the developer tools, day by day")

API = "/api/agents/performance"
CHART = "Drafts by day"
PERIODS = (7, 30)
"""Days."""
TOLERANCE = 0.02
"""Of the highest column: what rounding and the borders of pixels may change."""


def columns(operator):
    """Label of each column, in their order → its height in pixels."""
    marks = operator.role("figure", CHART).get_by_role("img")
    found = marks.evaluate_all(
        "bars => bars.map(each => [each.getAttribute('aria-label'), each.getBoundingClientRect().height])"
    )
    return dict(found)


def drafts(ask, days):
    """The drafts of each day, as the API tells them."""
    return {each["day"]: each["drafts"] for each in ask(f"{API}?days={days}")["by_day"]}


@pytest.mark.proves("phase-features")
def test_the_chart_of_the_days_shows_its_figures(operator, ask, measured):
    """Each day of the chosen period has a column, whose label is its figure and whose height is in proportion to it."""
    operator.step("open the agents, and see the chart")
    operator.open()
    operator.follow("Agents")
    operator.sees(operator.role("figure", CHART))
    for days in PERIODS:
        measured(f"{shown_for(operator, ask, days)} columns for the last {days} days, as in the API")


def shown_for(operator, ask, days):
    """How many columns a period shows, which are those of the API."""
    operator.step(f"choose the last {days} days, and see a column for each day that the API has")
    operator.choose(operator.page.get_by_role("combobox", name="Period"), f"Last {days} days", "the period")
    operator.sees(operator.role("figure", CHART))
    operator.agrees(
        lambda: list(columns(operator)),
        lambda: [f"{day}: {count} drafts" for day, count in drafts(ask, days).items()],
        "the labels of the columns",
    )
    operator.step(f"see each of the {days} columns as high as its figure says")
    told, seen = drafts(ask, days), columns(operator)
    if not told:
        raise operator.broken("the chart of the days", "has no column", operator.seen())
    most, highest = max(told.values()), max(seen.values())
    wrong = {
        day: f"{height:.0f} px of {highest:.0f} px for {count} of {most} drafts"
        for (day, count), height in zip(told.items(), seen.values(), strict=True)
        if abs(height / highest - count / most) > TOLERANCE
    }
    fail_on(*findings("column is not as high as its figure says", wrong))
    return len(seen)
