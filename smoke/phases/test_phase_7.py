"""Phase 7: the agents' performance as a chart, as far as a chart can be seen: its marks against what the API says."""

import pytest

from verifier.core.evidence.finding import fail_on, findings

pytestmark = pytest.mark.remedy("compare the chart with the answer of its API in the developer tools, agent by agent")

API = "/api/agents/performance"
CHART = "Approval rate by agent"
TOLERANCE = 0.02
"""Of the longest bar: what rounding and the borders of pixels may change."""


def bars(chart):
    """Label of each bar, in their order → its length in pixels."""
    found = chart.get_by_role("img").evaluate_all(
        "bars => bars.map(each => [each.getAttribute('aria-label'), each.getBoundingClientRect().width])"
    )
    return dict(found)


def agents(operator, ask):
    """What the API tells of each agent, in the period that the page shows."""
    days = operator.page.get_by_role("combobox", name="Period").input_value()
    return ask(f"{API}?days={days}")["agents"]


def cells(agent):
    """An agent as a row of the table."""
    return [agent["agent"], str(agent["drafts"]), str(agent["approved"]), f"{agent['approval_rate']:g} %"]


def table_of(chart):
    """The rows of the table below the chart."""
    return [
        row.get_by_role("cell").all_inner_texts() for row in chart.get_by_role("table").get_by_role("row").all()[1:]
    ]


@pytest.mark.proves("phase-features")
def test_the_chart_of_the_agents_shows_its_figures(operator, ask, measured):
    """Each agent has a bar: its label is the agent's approval rate, its length in proportion; a table says the same."""
    operator.step("open the agents, and see the chart")
    operator.open()
    operator.follow("Agents")
    chart = operator.role("figure", CHART)
    operator.sees(chart)
    measured.present(bars(chart), "bars in the chart of the agents")

    operator.step("read each bar, and find the figures of the API")
    operator.agrees(
        lambda: list(bars(chart)),
        lambda: [f"{each['agent']}: {each['approval_rate']:g} %" for each in agents(operator, ask)],
        "the labels of the bars",
    )

    operator.step("see each bar as long as its figure says")
    told, seen = {each["agent"]: each["approval_rate"] for each in agents(operator, ask)}, bars(chart)
    most, longest = max(told.values()), max(seen.values())
    wrong = {
        agent: f"{length:.0f} px of {longest:.0f} px for {rate:g} % of {most:g} %"
        for (agent, rate), length in zip(told.items(), seen.values(), strict=True)
        if abs(length / longest - rate / most) > TOLERANCE
    }
    measured(f"{len(seen)} bars, from {min(told.values()):g} % to {most:g} %, as in the API")
    fail_on(*findings("bar is not as long as its figure says", wrong))

    operator.step("show the figures as a table, and find the same")
    operator.click(chart.get_by_text("Show the figures"), "'Show the figures' of the chart")
    operator.sees(chart.get_by_role("table"), "the table of the chart")
    operator.agrees(lambda: table_of(chart), lambda: [cells(each) for each in agents(operator, ask)], "the table")
