"""The platform as its API tells of it: the apps, and who may ask."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from sandbox.fault import Active
from sandbox.fly.api.errors import unauthorized
from sandbox.fly.app import App


@dataclass
class SandboxPlatform:
    """The apps, the token that opens them, and the faults of what the API tells."""

    apps: Sequence[App]
    token: str
    faults: Active = field(default_factory=dict)
    values_asked: int = 0
    """How often somebody asked for the values of secrets."""

    def refusal(self, request: Request) -> Response | None:
        """Why this request is not answered, if so."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = scheme.lower() in {"bearer", "flyv1"} and token == self.token
        return None if known else unauthorized(request.url.path)

    def find(self, name: str) -> App | None:
        """The app of this name."""
        return next((app for app in self.apps if app.name == name), None)
