"""Phase 1: the approval queue."""

import pytest

from verifier.evidence import BrokenPromise


def card_of(operator, approval):
    """The card of an approval."""
    return operator.page.get_by_test_id(f"approval-card-{approval.id}")


def count_of(operator):
    """The number in the navigation."""
    return operator.page.get_by_test_id("nav-approvals-count")


@pytest.mark.proves("phase-features")
def test_the_queue_shows_a_card_with_its_decisions(operator, approval, measured):
    """An approval that waits is a card, with buttons to approve, to reject and to request changes."""
    operator.open()
    operator.follow("Approvals")
    card = card_of(operator, approval)
    operator.sees(card.filter(has_text=approval.content["summary"]), "the card of the synthetic approval")
    found = [each.strip() for each in card.get_by_role("button").all_inner_texts()]
    buttons = measured.present(found, "buttons on the card of an approval")

    assert {"Approve", "Reject", "Request changes"} <= set(buttons)


@pytest.mark.proves("phase-features")
def test_the_navigation_counts_what_waits(operator, queue, approval, measured):
    """The number in the navigation is the number of approvals that wait."""
    operator.open()
    waiting = sum(each["status"] == "pending" for each in queue.all())
    assert waiting > 0, f"{approval.id} waits, and the queue says that nothing does"
    measured(operator.reads(count_of(operator), lambda text: text == str(waiting), f"the count {waiting}"))


@pytest.mark.proves("phase-features")
@pytest.mark.parametrize(
    "decision",
    [("Approve", "approved"), ("Reject", "rejected"), ("Request changes", "changes_requested")],
    ids=lambda each: each[1],
)
def test_a_decision_is_taken_and_kept(operator, queue, approval, measured, decision):
    """A decision that is confirmed takes the card away, and the queue keeps it."""
    button, status = decision
    operator.open()
    operator.follow("Approvals")
    card = card_of(operator, approval)
    operator.sees(card, "the card of the synthetic approval")
    operator.click(card.get_by_role("button", name=button), f"the button «{button}»")
    operator.click(operator.page.get_by_test_id("confirm-button"), "the button that confirms")
    operator.sees_no_more(card, "the card")
    kept = {each["id"]: each["status"] for each in queue.all()}
    if measured(kept.get(approval.id, "gone")) != status:
        raise BrokenPromise(expected=f"the queue keeps «{status}»", seen=kept.get(approval.id, "no such approval"))
