"""The platform's errors, as its API returns them."""

from starlette.responses import JSONResponse, Response

MESSAGE_ROUTES = ("certificates", "ip_assignments")


def unauthorized(path: str) -> Response:
    """The response to an unknown token."""
    headers = {"www-authenticate": 'Basic realm="api.machines.dev"'}
    if path.rpartition("/")[2] in MESSAGE_ROUTES:
        return JSONResponse({"message": "Unauthorized"}, 401, headers)
    return JSONResponse({"error": "Authenticate: token validation error"}, 401, headers)
