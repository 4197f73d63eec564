"""The app's checkout at a commit, before it is deployed: its commands, its files, and whether now is the time."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(
        _HERE.probe("checkout", "checkout:observe_checkout", seconds=0.5),
        _HERE.probe("app_commands", "commands:observe_app_commands", seconds=60),
        _HERE.probe("secrets_in_code", "secrets.probe:observe_secrets_in_code", seconds=5),
        _HERE.probe("app_configuration", "configuration:observe_app_configuration", seconds=0.5),
        _HERE.probe("window", "window:observe_window", seconds=0.5),
        _HERE.probe("phase_approval", "approval:observe_phase_approval", seconds=0.5),
    ),
    sections={
        "source": _HERE("section:AppSource"),
        "window": _HERE("window_section:DeployWindow"),
        "phase_approval": _HERE("section:ApprovalRules"),
    },
    facts=_HERE("checkout:facts"),
    proposes=_HERE("proposal:propose"),
)
