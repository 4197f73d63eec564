"""Groups of items that several faults name."""

POSTDEPLOY_AND_MONITORING = "postdeploy or monitoring"
"""For a fault that is seen by an item of both stages."""
DEPLOY_AND_POSTDEPLOY = "deploy or postdeploy"
RLS = ("tables-exist", "rls-protects")
PAGE_ITEMS = ("no-console-errors", "tiles-under-3s", "phase-features", "accessibility")
"""Items about the content of pages."""
STREAM_ITEMS = ("sse-heartbeat", "sse-delivers")
COMING_AND_GOING = ("sse-reconnect", "sse-disconnect")
LOG_ITEMS = ("logs-clean", "ga-api-health", "periodic-success", "no-server-errors")
"""Items about the log."""
MACHINE_ITEMS = (
    "machines-started",
    "release-unchanged",
    "health-endpoint",
    "response-time",
    *STREAM_ITEMS,
    *COMING_AND_GOING,
    *LOG_ITEMS,
)
"""Items that need the list of machines."""
RELEASE_ITEMS = ("release-successful", "release-command", "one-image-everywhere")
"""Items of a deploy."""
WITHOUT_DATABASE = (*RLS, *PAGE_ITEMS, "sse-delivers", "sse-reconnect", "response-time")
"""Items that cannot be verified while the application has no database."""
