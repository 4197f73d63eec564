"""Phase 1: the approval queue.

Where the target forbids writing, the cards are compared with the queue, and no decision is ever taken: what waits there
is real.
"""

import pytest

from verifier.core.evidence.finding import Finding, fail_on, findings

pytestmark = pytest.mark.remedy(
    "decide an approval by hand in /approvals, with the developer tools: which request fails?"
)

CARD = '[data-testid^="approval-card-"]'
BUTTONS = {"Approve", "Reject", "Request changes"}


def card_of(operator, identity):
    """The card of an approval."""
    return operator.page.get_by_test_id(f"approval-card-{identity}")


def open_queue(operator):
    """Open the page of the queue."""
    operator.step("open the queue by its link in the navigation")
    operator.open()
    operator.follow("Approvals")


def cards_that_wait(operator, queue):
    """The ids of all cards, when they are those of the approvals that wait."""

    def shown():
        marks = operator.page.locator(CARD).evaluate_all("cards => cards.map(each => each.dataset.testid)")
        return sorted(each.removeprefix("approval-card-") for each in marks)

    def told():
        return sorted(str(each[queue.settings.id]) for each in queue.pending())

    return operator.agrees(shown, told, "a card for each approval that waits, and no other")


def buttons_of(card):
    """The words of the buttons of a card."""
    return [each.strip() for each in card.get_by_role("button").all_inner_texts()]


@pytest.mark.proves("phase-features")
def test_the_queue_shows_a_card_with_its_decisions(operator, queue, approval, measured, warn):
    """An approval that waits is a card, with buttons to approve, to reject and to request changes."""
    open_queue(operator)
    operator.step("see a card for each approval that waits")
    waiting = cards_that_wait(operator, queue)
    operator.step("see the buttons of each card")
    if not waiting:
        warn("nothing waits in the queue, so no card and no button was seen")
    without = [each for each in waiting if not set(buttons_of(card_of(operator, each))) >= BUTTONS]
    still = set(cards_that_wait(operator, queue))  # others may have decided it meanwhile
    wanted = f"not all of {', '.join(sorted(BUTTONS))}"
    measured(f"{len(waiting)} cards, those that wait")
    fail_on(*findings("card without its buttons", {each: wanted for each in without if each in still}))
    if operator.step("see the card of a new approval", writes=True):
        card = card_of(operator, approval.id)
        operator.sees(card.filter(has_text=approval.content["summary"]), "the card of the synthetic approval")
        buttons = measured.present(buttons_of(card), "buttons on the card of an approval")
        assert set(buttons) >= BUTTONS


@pytest.mark.proves("phase-features")
def test_the_navigation_counts_what_waits(operator, queue, approval, measured):
    """The number in the navigation is the number of approvals that wait."""
    operator.step("see the count of what waits in the navigation")
    operator.open()
    badge = operator.page.get_by_test_id("nav-approvals-count")
    operator.sees(badge, "the count of what waits")
    counted = operator.agrees(
        lambda: badge.first.inner_text().strip(), lambda: str(len(queue.pending())), "the count of what waits"
    )
    measured(f"{counted}, as in the queue")
    if operator.step("see that a new approval is counted", writes=True):
        assert int(counted) > 0, f"{approval.id} waits, and the queue says that nothing does"


@pytest.mark.proves("phase-features")
@pytest.mark.parametrize(
    "decision",
    [("Approve", "approved"), ("Reject", "rejected"), ("Request changes", "changes_requested")],
    ids=lambda each: each[1],
)
def test_a_decision_is_taken_and_kept(operator, queue, approval, measured, decision):
    """A decision that is confirmed takes the card away, and the queue keeps it."""
    button, status = decision
    open_queue(operator)
    operator.step("see that nothing that was decided has a card")
    cards_that_wait(operator, queue)
    decided = sum(each.get("status") == status for each in queue.all())
    measured(f"{decided} {status} in the queue, none has a card")
    if operator.step("choose a decision and cancel it by the keyboard", writes=True):
        card = card_of(operator, approval.id)
        operator.click(operator.role("button", button, within=card))
        operator.sees(operator.page.get_by_role("dialog"), "the dialog that asks for confirmation")
        operator.press("Escape")
        operator.sees_no_more(operator.page.get_by_role("dialog"), "the dialog that asks for confirmation")
        operator.sees(card, "the card of the synthetic approval")
    if operator.step("take the decision", writes=True):
        operator.click(operator.role("button", button, within=card))
        operator.click(operator.role("button", "Confirm"))
        operator.sees_no_more(card, "the card")
    if operator.step("find the decision in the queue", writes=True):
        kept = {each["id"]: each["status"] for each in queue.all()}
        if measured(kept.get(approval.id, "gone")) != status:
            told = f"{kept.get(approval.id, 'no such approval')} instead of {status}"
            fail_on(Finding(subject=f"decision '{button}'", problem="decision is not kept", detail=told))
