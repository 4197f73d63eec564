"""Phase 5: what happens elsewhere is seen without loading the page again."""

import pytest

from verifier.probes.approvals import synthetic_approval


@pytest.mark.proves("phase-features")
def test_the_badge_follows_the_queue(operator, queue, measured):
    """A new approval raises the number in the navigation while the page stays open, and its removal lowers it."""
    operator.open()
    badge = operator.page.get_by_test_id("nav-approvals-count")
    operator.sees(operator.page.get_by_text("Live", exact=True), "the sign that the page is live")
    before = int(operator.reads(badge, str.isdigit, "a number in the navigation"))
    with synthetic_approval(queue):
        operator.reads(badge, lambda text: text == str(before + 1), f"the count {before + 1}")
    operator.reads(badge, lambda text: text == str(before), f"the count {before} again")
    measured(f"{before} → {before + 1} → {before}")


@pytest.mark.proves("phase-features")
def test_a_card_appears_while_the_queue_is_open(operator, queue, measured):
    """A new approval appears in the open queue, and leaves it when it is removed."""
    operator.open()
    operator.follow("Approvals")
    operator.sees(operator.page.get_by_text("Live", exact=True), "the sign that the page is live")
    with synthetic_approval(queue) as approval:
        card = operator.page.get_by_test_id(f"approval-card-{approval.id}")
        operator.sees(card, "the card of the new approval")
    operator.sees_no_more(card, "the card")
    measured("appeared and left")


@pytest.mark.proves("phase-features")
def test_a_tile_tells_when_it_was_refreshed(operator, queue, measured):
    """A change of the queue refreshes its tile, and the tile says so."""
    operator.open()
    operator.sees(operator.page.get_by_text("Live", exact=True), "the sign that the page is live")
    note = operator.page.get_by_test_id("refreshed-approvals-queue")
    before = operator.reads(note, bool, "when the tile was refreshed")
    with synthetic_approval(queue):
        after = operator.reads(note, lambda text: text != before, f"another time than «{before}»")
    measured(f"«{before}» → «{after}»")
