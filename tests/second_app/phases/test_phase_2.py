"""Phase 2: the opening hours are told; as `playwright codegen` writes it, but for the operator."""

import pytest
from playwright.sync_api import expect


@pytest.mark.proves("phase-features")
def test_the_hours_are_told(operator, measured):
    """The opening hours have a page of their own."""
    operator.open()
    page = operator.page
    page.get_by_role("link", name="Hours").click()
    expect(page.get_by_role("heading")).to_contain_text("Opening hours")
    measured("Monday to Friday" in page.locator("main").inner_text())
