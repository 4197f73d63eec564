"""Faults of the pages."""

from sandbox.fault import Fault, declare, unverified
from sandbox.items import PAGE_ITEMS, POSTDEPLOY_AND_MONITORING

TILES = ("tiles-under-3s",)

FAULTS = (
    Fault("tile-slow", "one tile takes 3.4 s", TILES, value="3.4"),
    Fault("tiles-slow", "every tile takes 3.4 s", TILES, value="3.4"),
    Fault("tile-slow-cold", "one tile takes 3.4 s in a new browser", TILES, value="3.4"),
    Fault("tile-slow-warm", "one tile takes 3.4 s from the second time on", TILES, value="3.4"),
    Fault(
        "tile-begins-anew",
        "one tile shows content, and then loads for another 3.4 s",
        TILES,
        value="3.4",
    ),
    Fault("tile-shows-then-fails", "one tile shows content, and soon after an error", TILES),
    Fault("tile-empty", "one tile says that it is well, and is blank", TILES),
    Fault("tile-missing", "one tile is not on the dashboard", ("tiles-under-3s", "phase-features")),
    Fault("tile-in-error", "one tile is visible, and in error", ("tiles-under-3s", "phase-features")),
    Fault("tile-never-settles", "one tile stays a skeleton", ("tiles-under-3s", "phase-features")),
    Fault("tile-unconfigured", "one tile asks for configuration", ("tiles-under-3s", "phase-features")),
    Fault("wrong-page", "the settings are served where the dashboard was", ("tiles-under-3s",)),
    Fault(
        "bounce-page",
        "every page is the bounce page: 200, and no tiles",
        (),
        unverified("unauthorized", "smoke-passed", "response-time", *PAGE_ITEMS),
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
    Fault(
        "approvals-without-buttons",
        "the cards of approvals have no buttons",
        ("phase-features",),
    ),
    Fault(
        "badge-stays",
        "events do not change the badge in the navigation",
        ("phase-features",),
    ),
    Fault(
        "image-missing-alt",
        "a page has an image without a text and a field without a label",
        ("accessibility",),
    ),
    Fault("promise-rejected", "a promise fails, and nobody handles it", ("no-console-errors",)),
    Fault("csp-violation", "the content security policy keeps a script out", ("no-console-errors",)),
    Fault("mixed-content", "a page asks for a script without encryption", ("no-console-errors",)),
    Fault(
        "tiles-come-with-the-page",
        "every tile is rendered on the server, and none is fetched",
        green=("tiles-under-3s", "phase-features"),
    ),
    Fault(
        "third-party-error",
        "a script of somebody else's answers 404, which is no fault of the app's",
        green=("smoke-passed", "no-console-errors", "accessibility"),
    ),
    Fault(
        "third-party-hangs",
        "a script of somebody else's never answers, and the page waits for it",
        ("smoke-passed",),
        unverified("unreachable", "no-console-errors", "accessibility") | unverified("timeout", "tiles-under-3s"),
    ),
    Fault(
        "page-stuck",
        "a script of every page waits for ever, from soon after the page is loaded",
        ("smoke-passed",),
        unverified("unreachable", "no-console-errors", "accessibility"),
        perhaps=("tiles-under-3s",),
    ),
    Fault(
        "agents-refused",
        "the pages answer 410 to the browser of the suite",
        (),
        unverified("unauthorized", "smoke-passed", "uptime", "response-time", *PAGE_ITEMS),
        stages=POSTDEPLOY_AND_MONITORING,
    ),
)

for _fault in FAULTS:
    declare(_fault)
