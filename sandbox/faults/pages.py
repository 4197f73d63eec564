"""Faults of the pages."""

from sandbox.faults.fault import PAGE_ITEMS, Fault, unverified

FAULTS = (
    Fault("tile-slow", "one tile takes 3.4 s", ("tiles-under-3s",), value="3.4", scaled="2.6"),
    Fault("tile-missing", "one tile is not on the dashboard", ("tiles-under-3s", "phase-features")),
    Fault("tile-in-error", "one tile is visible, and in error", ("tiles-under-3s", "phase-features")),
    Fault("tile-never-settles", "one tile stays a skeleton", ("tiles-under-3s", "phase-features")),
    Fault("tile-unconfigured", "one tile asks for configuration", ("tiles-under-3s", "phase-features")),
    Fault(
        "bounce-page",
        "every page is the bounce page: 200, and no tiles",
        (),
        unverified("unauthorized", "smoke-passed", *PAGE_ITEMS),
    ),
    Fault("console-error", "a page writes an error to the console", ("no-console-errors",)),
    Fault("script-missing", "a page asks for a script that is not there", ("no-console-errors",)),
    Fault("page-error", "a script raises an exception when a page loads", ("no-console-errors",)),
    Fault(
        "route-500",
        "/settings answers 500",
        ("smoke-passed", "no-server-errors"),
        unverified("unreachable", "no-console-errors", "accessibility"),
    ),
    Fault("approvals-without-buttons", "the cards of approvals have no buttons", ("phase-features",)),
    Fault("badge-stays", "events do not change the badge in the navigation", ("phase-features",)),
    Fault("image-missing-alt", "a page has an image without a text and a field without a label", ("accessibility",)),
)
