"""The platform's apps, and the token for its API."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from sandbox.fault import Active
from sandbox.fly.api.errors import unauthorized
from sandbox.fly.app import App


@dataclass
class SandboxPlatform:
    """The apps, the token, and the active faults of the API."""

    apps: Sequence[App]
    token: str
    faults: Active = field(default_factory=dict)
    values_asked: int = 0
    """The number of requests for values of secrets."""

    def refusal(self, request: Request) -> Response | None:
        """The refusal of a request without a valid token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = scheme.lower() in {"bearer", "flyv1"} and token == self.token
        return None if known else unauthorized(request.url.path)

    def find(self, name: str) -> App | None:
        """The app of this name."""
        return next((app for app in self.apps if app.name == name), None)
