"""Faults of a deploy."""

from sandbox.fault import Fault, Hook, declare, unverified
from sandbox.fly.release import ALL, GENERATES, MIGRATES, Rollout
from sandbox.item_groups import DEPLOY_AND_POSTDEPLOY, MACHINE_ITEMS, PAGE_ITEMS, RELEASE_ITEMS

WAYS: Hook[Rollout] = Hook()


def _red(name: str, summary: str, *items: str, one_machine: bool = False) -> Fault:
    """The platform reports a fault, and nothing else is wrong."""
    return Fault(name, summary, items, stages=DEPLOY_AND_POSTDEPLOY, one_machine=one_machine)


def _harmless(name: str, summary: str) -> Fault:
    """Looks like a fault, and is none."""
    passed = (*RELEASE_ITEMS, "machines-started", "health-endpoint")
    return Fault(name, summary, stages=DEPLOY_AND_POSTDEPLOY, green=passed)


WAYS.add(
    _red(
        "release-failed",
        "the newest release failed, and the one before serves well",
        "release-successful",
        "one-image-everywhere",
    ),
    Rollout(GENERATES, left_behind=ALL, status="failed"),
)
WAYS.add(_harmless("release-stuck", "a good release stays 'running' for ever"), Rollout(GENERATES, status="running"))
WAYS.add(
    _red(
        "release-stuck-half-way",
        "the release stays 'running', and one machine never got it",
        "release-successful",
        "one-image-everywhere",
    ),
    Rollout(GENERATES, left_behind=1, status="running"),
)
WAYS.add(
    _red(
        "image-old-on-one-machine",
        "the release is complete, and one machine runs the image before",
        "release-successful",
        "one-image-everywhere",
        one_machine=True,
    ),
    Rollout(GENERATES, left_behind=1),
)
VERSION_HARD_CODED = WAYS.add(
    _red(
        "version-hard-coded",
        "one machine runs the image before, and /health of every machine says the same version",
        "release-successful",
        "one-image-everywhere",
    ),
    Rollout(GENERATES, left_behind=1),
)
WAYS.add(
    _red("release-command-migrates", "the release command migrates the database", "release-command"), Rollout(MIGRATES)
)
WAYS.add(
    _red("release-command-failed", "the release command ends with 1, and nothing is deployed", *RELEASE_ITEMS),
    Rollout(GENERATES, exit_code=1, left_behind=ALL, status="failed"),
)
WAYS.add(
    Fault(
        "release-command-gone",
        "the platform no longer lists the release command's machine",
        (),
        unverified("no-data", "release-command"),
        stages=DEPLOY_AND_POSTDEPLOY,
    ),
    Rollout(GENERATES, listed=False),
)
WAYS.add(_harmless("release-command-none", "no release command is configured"), Rollout())
WAYS.add(
    Fault("strategy-rolling", "the machines were replaced one by one", ("release-successful",), stages="deploy"),
    Rollout(GENERATES, strategy="rolling"),
)
WAYS.add(
    Fault(
        "strategy-not-told",
        "the platform does not tell how the machines were replaced",
        (),
        unverified("no-data", "release-successful"),
        stages="deploy",
    ),
    Rollout(GENERATES, strategy=None),
)
SECOND_DEPLOY = declare(
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
    )
)
