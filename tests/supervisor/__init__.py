"""A platform of its own: processes of this machine that a small supervisor keeps. See docs/add-a-platform.md."""

from verifier.core.subject import Declaration, Subject

SUBJECT = Subject(platforms={"supervisor": Declaration(__name__)("section:SupervisorSection")})
