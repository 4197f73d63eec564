"""Faults of the logs."""

from sandbox.faults.fault import LOG_ITEMS, Fault, unverified

FAULTS = (
    Fault("log-error", "an ERROR line with a stack trace when the machines start", ("logs-clean",)),
    Fault("log-fatal-on-one-machine", "one machine writes «FATAL: …» as plain text", ("logs-clean",)),
    Fault("logs-silent", "the log API answers with empty pages", (), unverified("no-data", *LOG_ITEMS)),
    Fault("logs-unauthorized", "the log API answers 401", (), unverified("unauthorized", *LOG_ITEMS)),
    Fault("ga-silent", "nothing is written about Google Analytics", ("ga-api-health",)),
    Fault("ga-failing", "Google Analytics refuses every request", ("ga-api-health",)),
    Fault(
        "server-errors",
        "every fifth request for a tile answers 500",
        ("no-server-errors",),
        value="5",
        perhaps=("tiles-under-3s", "phase-features", "no-console-errors"),
    ),
)
