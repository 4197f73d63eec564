"""The platform that the app runs on: its machines, its release and its secrets by name."""

from verifier.core.subject import ClosingCheck, Declaration, Reference, Subject

MACHINE_COLUMNS = ("state", "host", "platform checks", "quiet since the deploy")
_HERE = Declaration(__name__)
RELEASE_UNCHANGED = ClosingCheck(
    "session::release_unchanged", "release-unchanged", _HERE("release_pin:judge"), asks=True
)

SUBJECT = Subject(
    probes=(
        _HERE.probe("own_network", "own_network:observe_own_network"),
        _HERE.probe("preflight", "preflight_probe:observe_preflight", seconds=0.5, first=True),
        _HERE.probe("platform", "state:observe_platform", first=True, columns=MACHINE_COLUMNS),
        _HERE.probe("machines", "state:observe_machines", columns=MACHINE_COLUMNS),
        _HERE.probe("rollout", "rollout:observe_rollout", seconds=1.5, columns=("release and image",)),
        _HERE.probe("secrets", "secrets:observe_secrets"),
        _HERE.probe("app", "app:observe_app"),
        _HERE.probe("health_checks", "health_checks:observe_health_checks", seconds=2),
    ),
    sections={
        "platform": Reference("verifier.core.platform", "PlatformSection"),
        "secrets": _HERE("section:Secrets"),
        "deploy": _HERE("section:Deploy"),
    },
    platforms={"none": _HERE("none:NoPlatform")},
    closing=(RELEASE_UNCHANGED,),
    prerequisites=_HERE("header:ask"),
    header=_HERE("header:lines"),
    release=_HERE("header:release"),
    proposes=_HERE("proposal:propose"),
)
