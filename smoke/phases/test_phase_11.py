"""Phase 11: what waits or fails says so, keyboard and screen reader suffice, and the agent service is deployed.

Violations of WCAG have an item of their own, accessibility.
"""

import pytest

from verifier.core.evidence.finding import Finding, fail_on, findings

pytestmark = pytest.mark.remedy(
    "take the steps by keyboard alone; the accessibility pane of the developer tools names the element"
)

FIGURES = "**/api/agents/performance*"
PAGES = ("Approvals", "History", "Agents", "Settings")
DECISION = '[data-testid^="approval-card-"] button'
MOST_TABS = 80
FOCUSED = """() => {
    const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return { name: (at.getAttribute("aria-label") || at.innerText || at.labels?.[0]?.innerText || at.tagName)
                     .trim().replace(/\\s+/g, " "),
             tag: at.tagName, inDialog: at.closest("dialog") !== null,
             inCard: at.closest('[data-testid^="approval-card-"]') !== null,
             visible: (outlined || style.boxShadow !== "none") && box.width > 1 && box.height > 1 };
}"""


def tabs_until(operator, wanted, what):
    """Press Tab until the focus is where it is wanted; hands over every place on the way, that one included."""
    way = []
    for _ in range(MOST_TABS):
        operator.press("Tab")
        way.append(operator.page.evaluate(FOCUSED))
        if wanted(way[-1]):
            return way
    seen = " → ".join(each["name"][:20] for each in way[:12])
    raise operator.broken(what, "is not reached by the Tab key", f"{MOST_TABS} times Tab: {seen}…")


def unseen(way):
    """The places at which nothing shows that the focus is there."""
    dark = [each for each in way if not each["visible"]]
    return {f"{each['tag'].lower()} '{each['name'][:40]}'": "no outline, no shadow" for each in dark}


@pytest.mark.proves("phase-features")
def test_charts_that_wait_or_fail_say_so_and_recover(operator, measured):
    """Charts whose figures are under way show a skeleton, say so when they fail, and come back with Retry."""
    held = []
    operator.page.route(FIGURES, lambda route: held.append(route))  # noqa: PLW0108 - Playwright inspects handlers
    operator.step("open the agents while no figure is answered, and see a skeleton")
    operator.open()
    operator.follow("Agents")
    operator.sees(operator.page.get_by_role("status").filter(has_text="Loading"), "that the charts are loading")
    operator.step("see it say that the figures failed")
    for route in held:
        route.fulfill(status=500, json={"error": "held back by the suite, in this browser only"})
    alert = operator.page.get_by_role("alert").filter(has_text="could not be loaded")
    operator.sees(alert, "that the charts could not be loaded")
    operator.sees_no_more(operator.page.get_by_role("status").filter(has_text="Loading"), "the skeleton")
    operator.step("press Retry, and see the charts")
    operator.page.unroute(FIGURES)
    operator.click(operator.role("button", "Retry", within=alert))
    operator.sees_no_more(alert, "that the charts could not be loaded")
    operator.sees(operator.page.get_by_role("figure"), "a chart")
    measured(f"skeleton, error, and {operator.page.get_by_role('figure').count()} charts after Retry")


@pytest.mark.proves("phase-features")
def test_the_way_to_a_decision_needs_no_mouse(operator, approval, measured, warn):
    """By keyboard alone: skip to the content, go to the approvals, open a decision, and leave it again."""
    operator.step("open the dashboard, and skip to its content")
    operator.open()
    way = tabs_until(operator, lambda at: at["tag"] == "A", "the first link")
    if not way[0]["name"].startswith("Skip"):
        raise operator.broken("the first place of the focus", "is no way to skip the navigation", way[0]["name"])
    operator.press("Enter")
    at = operator.page.evaluate(FOCUSED)
    if at["tag"] != "MAIN":
        raise operator.broken("the skip link", "does not lead to the content", f"the focus is at {at['tag']}")
    operator.step("go to the approvals by Tab and Enter")
    operator.open()
    way += tabs_until(operator, lambda at: at["name"].startswith("Approvals"), "the link to the approvals")
    operator.press("Enter")
    operator.sees(operator.role("heading", "Approvals"))
    operator.page.wait_for_load_state()
    cards = operator.page.locator(DECISION)
    if approval:
        operator.sees(cards, "a button of a decision")
    if not cards.count():
        warn("nothing waits in the queue, so no dialog was opened by keyboard")
        measured(f"{len(way)} places of the focus; no decision to open")
        fail_on(*findings("focus cannot be seen", unseen(way)))
        return
    operator.step("open a decision by Tab and Enter")
    way += tabs_until(operator, lambda at: at["tag"] == "BUTTON" and at["inCard"], "a button of a decision")
    opener = way[-1]["name"]
    operator.press("Enter")
    operator.sees(operator.page.get_by_role("dialog"), "the dialog of the decision")
    operator.step("go round in the dialog, and leave it by Escape")
    inside = []
    for _ in range(operator.page.get_by_role("dialog").get_by_role("button").count()):
        inside.append(operator.page.evaluate(FOCUSED))
        operator.press("Tab")
    outside = [each["name"] for each in inside if not each["inDialog"]]
    if outside:
        raise operator.broken("the focus", "leaves the dialog while it is open", ", ".join(outside))
    operator.press("Escape")
    operator.sees_no_more(operator.page.get_by_role("dialog"), "the dialog")
    operator.step("be back at the button that opened it")
    back = operator.page.evaluate(FOCUSED)["name"]
    measured(f"{len(way) + len(inside)} places of the focus, back at '{back}'")
    fail_on(*findings("focus cannot be seen", unseen(way + inside)))

    assert back == opener


@pytest.mark.proves("phase-features")
def test_a_screen_reader_finds_its_way(operator, measured):
    """Every page has a title, a language, one main heading, landmarks with names, and says what changes."""
    missing, seen = {}, []
    operator.step("open the dashboard")
    operator.open()
    for label in ("", *PAGES):
        if label:
            operator.step(f"go to {label}")
            operator.follow(label)
            operator.sees(operator.page.locator('nav [aria-current="page"]').filter(has_text=label), "the present page")
        operator.sees(operator.page.get_by_role("heading", level=1), "a main heading")
        missing |= {f"{label or 'Dashboard'}: {part}": told for part, told in lacks(operator).items()}
        seen.append(operator.page.title())
    measured(f"{len(seen)} pages: {', '.join(each.partition(' · ')[0] for each in seen)}")
    again = {each: "another page has the same" for each in seen if seen.count(each) > 1}
    fail_on(*findings("not told to a screen reader", missing), *findings("title is used twice", again))


def lacks(operator):
    """What a page has not, or more than once."""
    page = operator.page
    counts = {
        "main heading": page.get_by_role("heading", level=1).count(),
        "landmark main": page.get_by_role("main").count(),
        "landmark banner": page.get_by_role("banner").count(),
        "navigation with a name": page.locator("nav[aria-label], nav[aria-labelledby]").count(),
        "language": page.locator("html[lang]").count(),
    }
    found = {part: f"{count} instead of 1" for part, count in counts.items() if count != 1}
    if not page.get_by_role("status").count():
        found["place that tells changes"] = "no element with the role status"
    return found


@pytest.mark.proves("phase-features")
def test_the_agent_service_is_deployed(agent, measured):
    """The agent service answers that it is well."""
    measured(str(agent.reply))
    wrong = agent.differences()
    fail_on(*(Finding(subject=name, problem="agent service is not well", detail=told) for name, told in wrong.items()))
