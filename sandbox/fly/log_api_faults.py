"""Faults of the logs."""

from sandbox.fault import Fault, declare, unverified
from sandbox.items import LOG_ITEMS, POSTDEPLOY_AND_MONITORING

FAULTS = (
    Fault("log-error", "an ERROR line with a stack trace when the machines start", ("logs-clean",)),
    Fault("log-fatal-on-one-machine", "one machine writes «FATAL: …» as plain text", ("logs-clean",), one_machine=True),
    Fault("log-traceback-on-line-99", "a traceback on line 99 of every machine", ("logs-clean",)),
    Fault("log-error-on-line-101", "an error on line 101 of every machine", green=LOG_ITEMS),
    Fault(
        "log-error-while-watched",
        "an error after the first hundred lines of every machine",
        ("logs-watched",),
        stages="monitoring",
    ),
    Fault("log-noisy", "harmless lines that talk of errors", green=LOG_ITEMS),
    Fault(
        "log-npm-error-at-shutdown",
        "the release before this one ends with npm errors, after this one was made",
        green=LOG_ITEMS,
    ),
    Fault("logs-silent", "the log API answers with empty pages", (), unverified("no-data", *LOG_ITEMS)),
    Fault("logs-unauthorized", "the log API answers 401", (), unverified("unauthorized", *LOG_ITEMS)),
    Fault("log-api-flaps", "every second page of the log is refused first, with 429 or 502", green=LOG_ITEMS),
    Fault("log-page-empty", "every page of the log but the first is empty once", green=LOG_ITEMS),
    Fault("log-cursor-leaps", "the cursor of the log leads past lines", green=LOG_ITEMS),
    Fault(
        "log-hole",
        "the log has no further page after some lines, although it holds newer ones",
        (),
        unverified("truncated", *LOG_ITEMS),
    ),
    Fault(
        "log-loses-lines",
        "for 4 s the log loses the lines of one machine",
        (),
        {**unverified("truncated", *LOG_ITEMS), "logs-clean": "stale-data"},
    ),
    Fault(
        "log-beginning-lost",
        "the release is half an hour old, and the log does not reach back to it",
        (),
        unverified("truncated", *LOG_ITEMS),
    ),
    Fault(
        "log-missing-on-one-machine",
        "the log holds no line of one machine",
        (),
        unverified("no-data", *LOG_ITEMS),
        one_machine=True,
    ),
    Fault(
        "requests-not-logged",
        "the app does not log requests, and the target does not say so",
        (),
        unverified("stale-data", "logs-clean", "no-server-errors"),
    ),
    Fault("ga-silent", "nothing is written about Google Analytics", ("ga-api-health",)),
    Fault(
        "ga-silent-at-first",
        "Google Analytics succeeds for the first time after 70 s",
        ("ga-api-health",),
        value="70",
    ),
    Fault(
        "ga-failing",
        "Google Analytics refuses every request",
        ("ga-api-health",),
        stages=POSTDEPLOY_AND_MONITORING,
    ),
    Fault(
        "sync-silent-on-one-machine",
        "one machine does not tell of its periodic job",
        ("periodic-success",),
        stages=POSTDEPLOY_AND_MONITORING,
        one_machine=True,
    ),
    Fault(
        "server-errors",
        "every request for one tile answers 500",
        ("no-server-errors", "tiles-under-3s", "phase-features", "no-console-errors"),
    ),
)

for _fault in FAULTS:
    declare(_fault)
