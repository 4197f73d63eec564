"""Items of the Definition of Done that faults name together."""

POSTDEPLOY_AND_MONITORING = "postdeploy or monitoring"
"""For a fault that is seen by an item of both stages."""
DEPLOY_AND_POSTDEPLOY = "deploy or postdeploy"
RLS = ("tables-exist", "rls-protects")
PAGE_ITEMS = ("no-console-errors", "tiles-under-3s", "phase-features", "accessibility")
"""What is seen in the pages, and is not their availability."""
STREAM_ITEMS = ("sse-heartbeat", "sse-delivers")
COMING_AND_GOING = ("sse-reconnect", "sse-disconnect")
LOG_ITEMS = ("logs-clean", "ga-api-health", "periodic-success", "no-server-errors")
"""What the log tells."""
MACHINE_ITEMS = (
    "machines-started",
    "release-unchanged",
    "health-endpoint",
    "response-time",
    *STREAM_ITEMS,
    *COMING_AND_GOING,
    *LOG_ITEMS,
)
"""What needs to know which machines there are."""
RELEASE_ITEMS = ("release-successful", "release-command", "one-image-everywhere")
"""What a deploy is judged by."""
WITHOUT_DATABASE = (*RLS, *PAGE_ITEMS, "sse-delivers", "sse-reconnect", "response-time")
"""What cannot be looked at while the application has no database."""
