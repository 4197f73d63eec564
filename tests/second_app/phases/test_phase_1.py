"""Phase 1: docks are booked."""

import pytest


@pytest.mark.proves("phase-features")
def test_a_dock_is_booked(operator, writes, measured):
    """The page lists the bookings, and a new one is kept."""
    operator.step("see the bookings")
    operator.open()
    operator.follow("Docks")
    bookings = operator.role("list", "Bookings").get_by_role("listitem")
    operator.sees(bookings, "a booking")
    measured(f"{bookings.count()} bookings")
    if operator.step("book a dock, and see it on the list after a reload", writes=True):
        with writes.marked("/bookings", list_key="bookings", field="carrier") as mark:
            operator.type(operator.role("textbox", "Carrier"), mark)
            operator.click(operator.role("button", "Book"))
            operator.sees(operator.page.get_by_text("Booked"), "the word that it is booked")
            operator.page.reload()
            operator.sees(bookings.filter(has_text=mark), "the new booking")
