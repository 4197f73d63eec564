"""Phase 4: notifications. Banners are shown in this browser only: by what it is answered, and by its own clock."""

import pytest

pytestmark = pytest.mark.remedy("take the step by hand, with Network set to Offline or Slow in the developer tools")

BACKLOG = 11
"""One more than the plan's limit."""
SLOW = 6000
"""Milliseconds, longer than the plan lets a tile load before it says so."""
TILE_API = "**/api/tiles/*"
QUEUE_API = "**/api/approvals"
PREFERENCES = "/api/notification-preferences"


def banner(operator, text):
    """The banner that holds this text."""
    return operator.page.get_by_role("alert").filter(has_text=text)


def centre_opened(operator):
    """Open the notification centre."""
    operator.click(operator.page.get_by_role("button", name="Notifications"), "the button 'Notifications'")
    centre = operator.role("dialog", "Notifications")
    operator.sees(centre)
    return centre


@pytest.mark.proves("phase-features")
def test_banners_tell_of_a_lost_connection_and_of_a_backlog(operator, measured, warn):
    """While the browser is offline a banner says so; when more than ten approvals wait, another one does."""
    operator.step("see no banner of a lost connection while there is one")
    operator.open()
    operator.sees_no_more(banner(operator, "offline"), "the banner of a lost connection")
    if not operator.page.evaluate("navigator.onLine"):
        # Such a browser tells a page neither that it is offline nor, so that the queue is read anew, that it is back.
        warn("no network on this machine that its browser could lose: banners of that and of a backlog not tried")
        measured("no banner of a lost connection")
        return
    operator.step("lose the connection, and see the banner")
    operator.page.context.set_offline(True)
    operator.sees(banner(operator, "offline"), "the banner of a lost connection")
    operator.step("come back to a queue of eleven, and see the banner of the backlog")
    waiting = [{"id": f"{each}", "kind": "x", "customer": "x", "summary": "x"} for each in range(BACKLOG)]
    answer = {"approvals": [each | {"status": "pending"} for each in waiting]}
    operator.page.route(QUEUE_API, lambda route: route.fulfill(json=answer))
    operator.page.context.set_offline(False)
    operator.sees_no_more(banner(operator, "offline"), "the banner of a lost connection")
    operator.sees(banner(operator, str(BACKLOG)), "the banner of the backlog")
    measured(f"offline, and {BACKLOG} that wait: a banner each")


@pytest.mark.proves("phase-features")
def test_a_banner_tells_of_a_tile_that_loads_for_long(operator, measured, warn):
    """A tile that loads for more than 5 s is named in a banner, which goes when the tile is there."""
    held = []
    operator.page.clock.install()
    operator.page.route(TILE_API, lambda route: held.append(route))  # noqa: PLW0108 - Playwright inspects handlers
    operator.step("see no banner of a slow tile at first")
    operator.open()
    slow = banner(operator, "longer than 5 s")
    operator.sees_no_more(slow, "the banner of a slow tile")
    if not held:
        warn("no tile asked for its content, so none could be slow in this browser")
        measured("every tile came with the page")
        return
    operator.step("wait for more than 5 s, and see the banner")
    operator.page.clock.fast_forward(SLOW)
    operator.sees(slow, "the banner of a slow tile")
    operator.step("see the banner go when the tiles are there")
    for route in held:
        route.continue_()
    operator.sees_no_more(slow, "the banner of a slow tile")
    measured(f"{len(held)} tiles were late, and said so")


@pytest.mark.proves("phase-features")
def test_a_new_approval_is_told_and_kept_in_the_centre(operator, queue, rows, measured):
    """A new approval shows a toast that can be dismissed, and stands in the notification centre until it is read."""
    operator.step("open the notification centre")
    operator.open()
    unread = operator.reads(operator.page.get_by_test_id("unread-count"), str.isdigit, "the number of unread ones")
    centre = centre_opened(operator)
    operator.step("close the notification centre by the keyboard")
    operator.press("Escape")
    operator.sees_no_more(centre)
    measured(f"{unread} unread")
    if operator.step("see a toast of a new approval, and dismiss it", writes=True):
        operator.sees(operator.page.get_by_text("Live", exact=True), "the sign that the page is live")
        with queue.synthetic() as approval:
            message = f"New approval: {approval.content['customer']}"
            toast = operator.page.get_by_role("status").filter(has_text=message)
            operator.sees(toast, "the toast of the new approval")
            operator.click(operator.role("button", "Dismiss", within=toast))
            operator.sees_no_more(toast, "the toast of the new approval")
            operator.step("read it in the notification centre")
            centre_opened(operator)
            read = operator.role("button", f"Mark as read: {message}", within=centre)
            operator.click(read)
            operator.step("find it read in its table")
            operator.agrees(
                lambda: [row["read_at"] is not None for row in rows("notifications", approval_id=approval.id)],
                lambda: [True],
                "the notification in its table",
            )
        measured("told, dismissed, read and kept")


@pytest.mark.proves("phase-features")
def test_preferences_of_notifications_are_kept(operator, writes, rows, measured):
    """The limit of the backlog can be changed in the notification centre, and is kept."""
    operator.step("see the preferences in the notification centre")
    operator.open()
    centre = centre_opened(operator)
    limit = operator.page.get_by_role("spinbutton", name="Banner when more approvals wait")
    operator.sees(limit, "the limit of the backlog")
    shown = operator.agrees(lambda: limit.input_value() != "", lambda: True, "a limit of the backlog")
    measured(f"shown: {shown}")
    if operator.step("change the limit, and find it in its table and after a reload", writes=True):
        with writes.restored(PREFERENCES) as before:
            other = int(before["queue_backlog"]) + 1
            operator.type(limit, str(other), "the limit of the backlog")
            operator.click(operator.role("button", "Save preferences", within=centre))
            operator.sees_no_more(centre)
            held = [row["queue_backlog"] for row in rows("notification_preferences")]
            assert other in held, f"{other} was typed, the table has {held}"
            operator.open()
            centre_opened(operator)
            operator.agrees(limit.input_value, lambda: str(other), "the limit of the backlog after a reload")
        measured(f"{before['queue_backlog']} → {other}, kept")
