"""Phase 5: what happens elsewhere is seen without loading the page again.

Where the target forbids writing, nothing can be made to happen: the page is looked at for some seconds, and must agree
with the queue whenever it is asked.
"""

import pytest

pytestmark = pytest.mark.remedy(
    "open two windows, decide in one, and follow the event stream of the other under Network"
)

LOOKS = 3
PAUSE = 1000
"""Milliseconds between two looks."""


def sees_live(operator):
    """Wait for the sign that the page hears of changes."""
    operator.sees(operator.page.get_by_text("Live", exact=True), "the sign that the page is live")


def looked(operator, look):
    """What `look` hands over: several times where nothing can be made to happen, else once."""
    found = [look()]
    for _ in range(0 if operator.writable else LOOKS - 1):
        operator.page.wait_for_timeout(PAUSE)
        found.append(look())
    return found


@pytest.mark.proves("phase-features")
def test_the_badge_follows_the_queue(operator, queue, measured):
    """A new approval raises the number in the navigation while the page stays open, and its removal lowers it."""
    operator.step("see that the page is live, and its badge as the queue is")
    operator.open()
    badge = operator.page.get_by_test_id("nav-approvals-count")
    sees_live(operator)
    before = int(operator.reads(badge, str.isdigit, "a number in the navigation"))
    counts = looked(
        operator,
        lambda: operator.agrees(
            lambda: badge.first.inner_text().strip(), lambda: str(len(queue.pending())), "the count of what waits"
        ),
    )
    measured(f"{' → '.join(counts)} as in the queue")
    if operator.step("see the badge follow a new approval", writes=True):
        with queue.synthetic():
            operator.reads(badge, lambda text: text == str(before + 1), "the count of what waits", than=str(before + 1))
    if operator.step("see the badge follow its removal", writes=True):
        operator.reads(badge, lambda text: text == str(before), "the count after a removal", than=str(before))
        measured(f"{before} → {before + 1} → {before}")


@pytest.mark.proves("phase-features")
def test_a_card_appears_while_the_queue_is_open(operator, queue, measured):
    """A new approval appears in the open queue, and leaves it when it is removed."""
    operator.step("see that the open queue is live, and has a card for each that waits")
    operator.open()
    operator.follow("Approvals")
    sees_live(operator)
    cards = operator.page.locator('[data-testid^="approval-card-"]')
    counts = looked(
        operator, lambda: operator.agrees(cards.count, lambda: len(queue.pending()), "a card for each that waits")
    )
    measured(f"{' → '.join(map(str, counts))} cards as in the queue")
    if operator.step("see the card of a new approval come", writes=True):
        with queue.synthetic() as approval:
            card = operator.page.get_by_test_id(f"approval-card-{approval.id}")
            operator.sees(card, "the card of the new approval")
    if operator.step("see the card go with it", writes=True):
        operator.sees_no_more(card, "the card")
        measured("appeared and left")


@pytest.mark.proves("phase-features")
def test_a_tile_tells_when_it_was_refreshed(operator, queue, measured, warn):
    """A change of the queue refreshes its tile, and the tile says so."""
    operator.step("see when the tile of the queue was refreshed")
    operator.open()
    sees_live(operator)
    note = operator.page.get_by_test_id("refreshed-approvals-queue")
    began = queue.all()
    before = operator.reads(note, bool, "when the tile was refreshed")
    measured(f"'{before}'")
    if operator.step("see it refreshed by a change", writes=True):
        with queue.synthetic():
            after = operator.reads(note, lambda text: text != before, "the time of the refresh", than="a later one")
        measured(f"'{before}' → '{after}'")
    elif looked(operator, queue.all)[-1] == began:
        warn("nothing changed in the queue meanwhile, so no refresh of its tile was seen")
    else:
        after = operator.reads(note, lambda text: text != before, "the time of the refresh", than="a later one")
        measured(f"'{before}' → '{after}' after a change by others")
