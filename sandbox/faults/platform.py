"""Faults of the platform."""

from sandbox.faults.fault import COMING_AND_GOING, MACHINE_ITEMS, PAGE_ITEMS, STREAM_ITEMS, Fault, unverified

FAULTS = (
    Fault("platform-unauthorized", "the platform API answers 401", (), unverified("unauthorized", *MACHINE_ITEMS)),
    Fault(
        "platform-unreachable",
        "the platform API cuts every connection",
        (),
        unverified("unreachable", *MACHINE_ITEMS),
    ),
    Fault(
        "edge-unreachable",
        "the edge cuts every connection",
        ("health-endpoint", "smoke-passed", "chatwoot-health"),
        unverified(
            "unreachable",
            *PAGE_ITEMS,
            *STREAM_ITEMS,
            *COMING_AND_GOING,
            "response-time",
            "logs-clean",
            "no-server-errors",
            "database-connection",
        ),
    ),
    Fault(
        "platform-says-dead",
        "the platform says that every machine is stopped, and they serve",
        ("machines-started",),
        unverified("no-data", *MACHINE_ITEMS[2:]),
        local=True,
    ),
    Fault("machine-killed", "one machine is dead", ("machines-started",)),
    Fault("machine-check-critical", "one machine fails the platform's checks, and nothing else", ("machines-started",)),
    Fault(
        "second-deploy",
        "another release is deployed 5 s later",
        (),
        unverified("stale-data", "release-unchanged"),
        value="5",
        scaled="2",
        perhaps=(
            "smoke-passed",
            "chatwoot-health",
            "database-connection",
            *PAGE_ITEMS,
            *MACHINE_ITEMS[2:],
            "machines-started",
        ),
    ),
)
