"""Phase 9: somebody new is welcomed and shown around in four steps; nobody else is disturbed.

Who is new is pretended in this browser alone: the answer about the person's preferences is changed on its way. So the
preferences of the person who looks with the suite's session stay, and others who look meanwhile meet no dialog.
"""

import pytest

from verifier.core.evidence.finding import Finding, fail_on

pytestmark = pytest.mark.remedy("open the app as a new user (a private window), and take the step of the tour by hand")

API = "/api/preferences"
ROUTE = "**/api/preferences"
WELCOME = "Welcome to HotDash"
STEPS = 4


@pytest.fixture
def before(operator, writes, ask):
    """The preferences that are stored; they are put back in the end."""
    if not operator.writable:
        yield ask(API)
        return
    with writes.restored(API) as stored:
        yield stored


class Newcomer:
    """Somebody who has not seen the tour, as this browser believes; keeps what the page then sends.

    Args:
        operator: the person.
        stored: the preferences that the deployment tells.
        keeps: whether what the page sends may reach the deployment.
    """

    def __init__(self, operator, stored, *, keeps):
        self.sent = []
        self._stored = stored
        self._keeps = keeps
        self._page = operator.page
        self._page.route(ROUTE, self._answer)

    def known(self):
        """From now on the deployment's own answers count."""
        self._page.unroute(ROUTE)

    def _answer(self, route):
        if route.request.method == "GET":
            route.fulfill(json=self._stored | {"onboarded_at": None})
            return
        self.sent.append(route.request.post_data_json)
        if self._keeps:
            route.continue_()
        else:
            route.fulfill(json={})


def dialogs(operator):
    """All dialogs that are open."""
    return operator.page.get_by_role("dialog")


def walk(operator):
    """Go through the tour to its end; hands over the headings of its steps."""
    headings = []
    for number in range(1, STEPS + 1):
        operator.sees(dialogs(operator).get_by_text(f"Step {number} of {STEPS}"), f"'Step {number} of {STEPS}'")
        headings.append(dialogs(operator).get_by_role("heading").inner_text())
        operator.click(operator.role("button", "Next" if number < STEPS else "Finish", within=dialogs(operator)))
    return headings


def remembered(operator, newcomer):
    """Wait until the page has sent that the tour was seen."""
    operator.awaits(
        lambda: any((each or {}).get("onboarded_at") for each in newcomer.sent),
        "the page",
        "does not ask to remember that the tour was seen",
    )


@pytest.mark.proves("phase-features")
def test_somebody_new_is_welcomed_and_shown_around(operator, before, ask, measured):
    """Who has not seen the tour is welcomed, is led through four steps, and is not asked again."""
    newcomer = Newcomer(operator, before, keeps=operator.writable)
    operator.step("open the dashboard as somebody new, and be welcomed")
    operator.open()
    operator.sees(operator.role("dialog", WELCOME))
    operator.step("start the tour, and walk through its four steps")
    operator.click(operator.role("button", "Start the tour"))
    headings = walk(operator)
    operator.step("see the tour end")
    operator.sees_no_more(dialogs(operator), "the dialog of the tour")
    operator.step("see the page ask to remember it")
    remembered(operator, newcomer)
    measured(f"welcomed, {len(headings)} steps: {', '.join(headings)}")
    if len(set(headings)) != STEPS:
        told = ", ".join(headings)
        fail_on(Finding(subject="tour", problem="shows the same step twice", detail=told, place=operator.page.url))
    if operator.step("find it remembered, and be welcomed no more", writes=True):
        operator.awaits(
            lambda: ask(API)["onboarded_at"] not in (None, before["onboarded_at"]), "the tour", "is not remembered"
        )
        newcomer.known()
        opened_without_dialog(operator)


@pytest.mark.proves("phase-features")
def test_the_welcome_can_be_left_at_once(operator, ask, measured):
    """Escape closes the welcome, and the dashboard can be used."""
    newcomer = Newcomer(operator, ask(API), keeps=False)
    operator.step("open the dashboard as somebody new, and be welcomed")
    operator.open()
    operator.sees(operator.role("dialog", WELCOME))
    operator.step("press Escape, and see it close")
    operator.press("Escape")
    operator.sees_no_more(dialogs(operator), "the welcome")
    operator.step("see the page ask to remember it")
    remembered(operator, newcomer)
    operator.step("use the navigation")
    operator.follow("Approvals")
    operator.sees(operator.role("heading", "Approvals"))
    measured("closed by Escape, and remembered")


@pytest.mark.proves("phase-features")
def test_the_tour_can_be_taken_again(operator, ask, measured, warn):
    """Who has seen the tour is not welcomed, and finds it behind a button."""
    operator.step("open the dashboard, and see whether the welcome is there as it should be")
    if ask(API)["onboarded_at"] is None:
        warn("the suite's person has not seen the tour, so the welcome stands before the dashboard")
        operator.open()
        operator.sees(operator.role("dialog", WELCOME))
        measured("welcomed, since nothing is remembered; the button was not tried")
        return
    opened_without_dialog(operator)
    operator.step("take the tour again, to its end")
    operator.click(operator.role("button", "Take the tour"))
    headings = walk(operator)
    operator.sees_no_more(dialogs(operator), "the dialog of the tour")
    measured(f"not welcomed again; {len(headings)} steps by the button")


def opened_without_dialog(operator):
    """Open the dashboard; once the page knows the person's preferences, there is no dialog."""
    with operator.page.expect_response(ROUTE):
        operator.open()
    operator.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    if dialogs(operator).count():
        raise operator.broken("the welcome", "is shown to somebody who has seen it", operator.seen())
