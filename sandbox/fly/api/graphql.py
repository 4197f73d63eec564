"""The platform's GraphQL API: queries about an app."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.fly.app import App
from sandbox.fly.platform import SandboxPlatform


def endpoint(platform: SandboxPlatform) -> Callable[[Request], Any]:
    """The route."""

    async def answer(request: Request) -> Response:
        refusal = platform.refusal(request)
        if refusal is not None:
            return refusal
        sent = await request.json()
        variables = sent.get("variables") or {}
        app = platform.find(str(variables.get("appName", "")))
        name = "appcompact" if "appcompact" in sent.get("query", "") else "app"
        if app is None:
            fault = {"message": "Could not find App", "path": [name], "extensions": {"code": "NOT_FOUND"}}
            return JSONResponse({"data": {name: None}, "errors": [fault]})
        return JSONResponse({"data": {name: _fields_of(app, sent.get("query", ""), variables)}})

    return answer


def _fields_of(app: App, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the app that the query asks for."""
    if "appcompact" in query:
        hostname = f"{app.name}.example"
        return {
            "id": app.name,
            "internalNumericId": 1000,
            "name": app.name,
            "hostname": hostname,
            "cnameTarget": None,
            "deployed": True,
            "network": "default",
            "status": "deployed",
            "appUrl": f"https://{hostname}",
            "platformVersion": "machines",
            "postgresAppRole": None,
            "organization": {"id": "org-7", "internalNumericId": 7, "slug": "hotdash", "paidPlan": True},
        }
    if "currentRelease" in query:
        command = " ".join(app.rollout.command)
        definition = {"app": app.name, "deploy": {"release_command": command} if command else {}}
        return {"currentRelease": {**app.current.as_graphql(), "configDefinition": definition}}
    limit = int(variables.get("limit", 25))
    return {"releases": {"nodes": [release.as_graphql() for release in reversed(app.releases)][:limit]}}
