"""Deploy files: what a deploy runs, followed from fly.toml, images and workflows to the last command."""

from verifier.core.subject import Declaration, Subject

_HERE = Declaration(__name__)

SUBJECT = Subject(
    probes=(_HERE.probe("deploy_files", "probe:observe_deploy_files", seconds=1),),
    sections={"deploy_files": _HERE("section:DeployFiles")},
)
