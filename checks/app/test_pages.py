"""The pages, as a browser sees them."""

import pytest

from verifier.core.evidence.finding import Finding, fail_on


@pytest.mark.proves("smoke-passed")
@pytest.mark.remedy("open the route, and read the app's log of that second: it names what failed")
def test_every_route_of_the_navigation_answers(visits, measured):
    """The dashboard opens, and every route of its navigation answers with a page."""
    seen = measured(visits.statuses(), "routes")
    fail_on(
        *(
            Finding(subject=route, problem="route does not answer with a page", detail=str(seen.get(route, "not seen")))
            for route in visits.expected_routes
            if seen.get(route) != 200
        )
    )


@pytest.mark.proves("smoke-passed")
def test_the_dashboard_opens_as_for_an_operator(visits, measured, require):
    """The dashboard shows itself to an operator, not a page for strangers."""
    seen = {route: f"'{visit.title}' ({visit.vitals})" for route, visit in visits.visits.items()}
    first = visits.expected_routes[0]
    measured(seen, "pages")
    if visits.visits[first].status is None:
        require(visits.pages_seen())
    if not visits.visits[first].signed_in:
        remedy = "let the suite in: [entry] of the target file"
        problem = "page without the navigation of an operator"
        fail_on(Finding(subject=first, problem=problem, detail=seen[first], remedy=remedy))


@pytest.mark.proves("no-console-errors")
@pytest.mark.remedy("open the route with the developer tools: the console names file and line")
def test_no_page_makes_the_browser_complain(visits, measured, require):
    """On no route the browser tells of an error of the application itself."""
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
