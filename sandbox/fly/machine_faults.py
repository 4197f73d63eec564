"""Faults of the platform."""

from sandbox.fault import Fault, declare, unverified
from sandbox.items import COMING_AND_GOING, LOG_ITEMS, MACHINE_ITEMS, PAGE_ITEMS, RELEASE_ITEMS, STREAM_ITEMS

BOTH = "deploy or postdeploy"
ALL_ITEMS = (*RELEASE_ITEMS, *MACHINE_ITEMS, "agent-service-health")
WATCHED = ("error-rate", "metrics-collecting", "logs-watched", "sse-connections", "sse-failover")
"""What is judged in the hour after a deploy, and needs to know the machines."""


def closed(name: str, summary: str, cause: str) -> Fault:
    """The platform tells nothing, so nothing that needs to know the machines can be judged."""
    return Fault(name, summary, (), unverified(cause, *ALL_ITEMS), stages=BOTH)


def red(name: str, summary: str, *items: str, one_machine: bool = False) -> Fault:
    """The platform tells of something that is wrong, and nothing else is."""
    return Fault(name, summary, items, stages=BOTH, one_machine=one_machine)


def harmless(name: str, summary: str, *green: str) -> Fault:
    """It looks like trouble, and is none; what is limited to a few seconds of a start is left out."""
    passed = (*RELEASE_ITEMS, "machines-started", "health-endpoint", *green)
    return Fault(name, summary, stages=BOTH, green=passed)


_APIS = (
    Fault(
        "platform-unauthorized",
        "the platform API answers 401",
        (),
        unverified("unauthorized", *ALL_ITEMS, *WATCHED, "secrets-set"),
        stages="deploy or postdeploy or monitoring or production",
    ),
    closed("platform-unreachable", "the platform API cuts every connection", "unreachable"),
    closed("platform-429", "the platform API answers 429 for ever", "rate-limited"),
    closed("platform-html-error", "the platform API answers 502 with a page of some proxy", "unreachable"),
    closed("token-for-another-app", "the token is good, and not for this app (403)", "unauthorized"),
    closed("app-unknown", "the platform knows no such app (404)", "precondition"),
    harmless("platform-429-burst", "the first requests to the platform API answer 429"),
    harmless("platform-5xx-flaps", "every third request to the platform API answers 503"),
    harmless("releases-closed", "the releases are told by GraphQL alone"),
    Fault(
        "clock-skew",
        "the platform's clock is five minutes ahead of ours",
        (),
        unverified("precondition", *LOG_ITEMS, "agent-service-health"),
        value="300",
        stages=BOTH,
    ),
)
_RELEASES = (
    red(
        "release-failed",
        "the newest release failed, and the one before serves well",
        RELEASE_ITEMS[0],
        RELEASE_ITEMS[2],
    ),
    harmless("release-stuck", "a good release stays «running» for ever"),
    red(
        "release-stuck-half-way",
        "the release stays «running», and one machine never got it",
        "release-successful",
        "one-image-everywhere",
    ),
    red(
        "image-old-on-one-machine",
        "the release is complete, and one machine runs the image before",
        "release-successful",
        "one-image-everywhere",
        one_machine=True,
    ),
    red("release-command-migrates", "the release command migrates the database", "release-command"),
    red("release-command-failed", "the release command ends with 1, and nothing is deployed", *RELEASE_ITEMS),
    Fault(
        "release-command-gone",
        "the platform no longer tells how the release command ended",
        (),
        unverified("no-data", "release-command"),
        stages=BOTH,
    ),
    harmless("release-command-none", "no release command is configured"),
)
_MACHINES = (
    red("machine-killed", "one machine is dead", "machines-started"),
    Fault(
        "machine-check-critical",
        "one machine fails the platform's checks, and nothing else",
        ("machines-started",),
        one_machine=True,
    ),
    red("machine-crash-loop", "one machine crashed three times since the deploy", "machines-started"),
    red("machine-out-of-memory", "one machine ran out of memory since the deploy", "machines-started"),
    red("machine-cordoned", "one machine gets no traffic", "machines-started"),
    harmless("machine-auto-stopped", "one machine rests, because nobody needs it", "logs-clean", *STREAM_ITEMS),
    Fault(
        "host-unreachable",
        "the host of one machine is out of reach, and its configuration unknown",
        ("machines-started",),
        unverified("no-data", "one-image-everywhere"),
        stages=BOTH,
    ),
)
FAULTS = (
    *_APIS,
    *_RELEASES,
    *_MACHINES,
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
    ),
    Fault(
        "second-deploy",
        "another release is deployed 5 s later",
        (),
        unverified("stale-data", "release-unchanged"),
        value="5",
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

for _fault in FAULTS:
    declare(_fault)
