"""The platform's registry: whether it has an image (Docker Registry HTTP API V2)."""

import base64
import secrets
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.fly.platform import SandboxPlatform


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"errors": [{"code": code, "message": message}]}, status)


def endpoint(platform: SandboxPlatform) -> Callable[[Request], Any]:
    """The route of manifests; the token is the password of any user, as at the platform's own."""
    expected = base64.b64encode(f"x:{platform.token}".encode()).decode()

    async def answer(request: Request) -> Response:
        sent = request.headers.get("authorization", "")
        if not secrets.compare_digest(sent.encode(), f"Basic {expected}".encode()):
            return _error(401, "UNAUTHORIZED", "authentication required")
        app = platform.find(request.path_params["repository"])
        if app is None:
            return _error(404, "NAME_UNKNOWN", "repository name not known to registry")
        if app.image(request.path_params["reference"]) is None:
            return _error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        return JSONResponse({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json"})

    return answer
