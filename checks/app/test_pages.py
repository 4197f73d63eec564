"""The pages, as a browser sees them."""

import pytest

from verifier.core.evidence.finding import Finding, fail_on, findings


@pytest.mark.proves("smoke-passed")
@pytest.mark.remedy("open the route, and read the app's log of that second: it names what failed")
def test_every_route_of_the_navigation_answers(visits, measured, require, warn):
    """The dashboard opens, and every route of its navigation answers with a page."""
    measured({route: visit.told for route, visit in visits.visits.items()}, "routes")
    failing = {route: status for route, status in visits.statuses().items() if status != 200}
    fail_on(*findings("route does not answer with a page", failing))
    require(visits.all_opened())
    if not visits.links and len(visits.visits) == 1:
        warn("the dashboard's navigation has no link, so no other route was opened: [dashboard] navigation, routes")


@pytest.mark.proves("no-console-errors")
@pytest.mark.remedy("open the route with the developer tools: the console names file and line")
def test_no_page_makes_the_browser_complain(visits, measured, require):
    """On no route does the application itself log an error in the browser's console."""
    own, foreign = visits.complaints(first_party=True), visits.complaints(first_party=False)
    counted = f"{sum(map(len, own.values()))} own, {sum(map(len, foreign.values()))} third-party"
    stale = f"; stale entries of ignore: {', '.join(visits.stale)}" if visits.stale else ""
    measured(f"{counted} on {len(visits.visits)} routes{stale}")
    fail_on(
        *(
            Finding(subject=route, problem="error in the browser's console", detail=each)
            for route, told in own.items()
            for each in told
        )
    )
    require(visits.pages_seen())
    require(visits.heard())


@pytest.mark.proves("accessibility")
@pytest.mark.remedy("correct the element that the selector names: axe in the developer tools shows the rule")
def test_no_page_breaks_a_rule_of_accessibility(conditions, visits, measured, require, warn):
    """No page or dialog breaks a rule of WCAG 2.2 AA that a program can test, and the keyboard gets everywhere."""
    broken = conditions.accessibility()
    measured(f"{len(broken)} violations on {conditions.counted()}")
    fail_on(*broken)
    require(visits.pages_seen())
    require(conditions.seen())
    warn.of(conditions.not_tried())
    require(conditions.walked())


@pytest.mark.proves("smoke-passed")
@pytest.mark.remedy("open the page in the same size of window, and correct the element that the selector names")
def test_no_page_looks_broken(conditions, measured, require, warn_or_fail):
    """No page shows what an operator would call broken."""
    found = conditions.looks()
    require(conditions.seen())
    measured({kind: len(some) for kind, some in found.items()}, "kinds of defects")
    warn_or_fail(found, conditions.looked())
