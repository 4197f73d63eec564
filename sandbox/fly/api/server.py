"""The platform's API: Machines REST, releases, GraphQL and logs, with the platform's errors."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.fly.api import graphql, prometheus, registry, shapes
from sandbox.fly.api.logs import LogApi
from sandbox.fly.app import AT_REST, KILL_SECONDS, App
from sandbox.fly.logbook import REGION
from sandbox.fly.platform import SandboxPlatform

# An app of another organisation, which the token may not see.
FOREIGN_APP = "hotdash-elsewhere"
EVENTS_DEFAULT, EVENTS_MOST = 20, 50

Answer = Callable[[App, Request], Response]
Collected = Callable[[Request], Awaitable[Response]]
Command = Callable[[App, Request, Mapping[str, Any]], Response]


def _number(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name, "")
    return max(1, min(int(text), most)) if text.isdigit() else default


def _machines(app: App, request: Request) -> Response:
    query = request.query_params
    wanted_states = [state for state in query.get("state", "").split(",") if state]
    summary = query.get("summary") == "true"
    machines = [shapes.machine_as_json(app, each, summary=summary) for each in app.machines]
    if query.get("include_deleted") == "true":
        machines += [shapes.helper_as_json(helper) for helper in app.helpers if helper.listed]
    machines = [each for each in machines if not wanted_states or each["state"] in wanted_states]
    machines = [each for each in machines if _has_metadata(each, query)]
    headers = {}
    if "limit" in query:
        start, limit = _cursor(query.get("cursor", "")), _number(request, "limit", 1000, 1000)
        if start + limit < len(machines):
            headers["fly-next-cursor"] = f"cursor-{start + limit}"
        machines = machines[start : start + limit]
    return JSONResponse(machines, headers=headers)


def _has_metadata(machine: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    """Whether the machine has all metadata of the query."""
    metadata = (machine.get("config") or {}).get("metadata", {})
    wanted = {key.removeprefix("metadata."): value for key, value in query.items() if key.startswith("metadata.")}
    return all(metadata.get(key) == value for key, value in wanted.items())


def _cursor(text: str) -> int:
    digits = text.removeprefix("cursor-")
    return int(digits) if digits.isdigit() else 0


def _machine(app: App, request: Request) -> Response:
    machine = app.machine(request.path_params["machine"])
    if machine is None:
        return JSONResponse({"error": "machine not found"}, 404)
    if request.url.path.endswith("/events"):
        return JSONResponse(list(machine.events)[: _number(request, "limit", EVENTS_DEFAULT, EVENTS_MOST)])
    return JSONResponse(shapes.machine_as_json(app, machine))


def _releases(app: App, request: Request) -> Response:
    limit = _number(request, "limit", 25, 100)
    return JSONResponse({"releases": [release.as_rest() for release in reversed(app.releases)][:limit]})


def _hostname(app: App, request: Request) -> Response:
    record = app.hostnames.get(request.path_params["hostname"])
    if record is None:
        return JSONResponse({"error": "certificate not found"}, 404)
    return JSONResponse(shapes.hostname_as_json(record))


def _stop(app: App, request: Request, sent: Mapping[str, Any]) -> Response:
    """Stop a machine; no error if it is stopped already."""
    machine = app.machine(request.path_params["machine"])
    if machine is None:
        return JSONResponse({"error": "machine not found"}, 404)
    seconds = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(sent.get("timeout", f"{KILL_SECONDS}s")))
    if seconds is None:
        return JSONResponse({"error": "invalid timeout"}, 400)
    app.ask_to_stop(machine, float(seconds[1]))
    return JSONResponse({"ok": True})


def _update(app: App, request: Request, sent: Mapping[str, Any]) -> Response:
    """Give a machine another configuration; of it, the image alone may differ."""
    machine = app.machine(request.path_params["machine"])
    if machine is None:
        return JSONResponse({"error": "machine not found"}, 404)
    image = app.image(str((sent.get("config") or {}).get("image", "")))
    if image is None:
        return JSONResponse({"error": "could not find image in the registry"}, 400)
    app.ask_to_replace(machine, image)
    return JSONResponse(shapes.machine_as_json(app, machine))


def _start(app: App, request: Request, _sent: Mapping[str, Any]) -> Response:
    machine = app.machine(request.path_params["machine"])
    if machine is None:
        return JSONResponse({"error": "machine not found"}, 404)
    before = machine.state
    if before not in AT_REST:
        why = f"failed_precondition: unable to start machine from current state: '{before}'"
        return JSONResponse({"error": why}, 412)
    app.ask_to_start(machine)
    return JSONResponse({"previous_state": before, "migrated": False, "new_host": ""})


def _command(platform: SandboxPlatform, answer: Command) -> Callable[[Request], Any]:
    """A route that changes a machine."""

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        try:
            sent = json.loads(body) if body else {}
        except ValueError:
            return JSONResponse({"error": "invalid JSON"}, 400)

        def obey(app: App, asked: Request) -> Response:
            return answer(app, asked, sent)

        return cast("Response", await _read(platform, obey)(request))

    return endpoint


def _read(platform: SandboxPlatform, answer: Answer) -> Callable[[Request], Any]:
    """A route that reads one app."""

    async def endpoint(request: Request) -> Response:
        refusal = platform.refusal(request)
        if refusal is not None:
            return refusal
        name = request.path_params["app"]
        if name == FOREIGN_APP:
            return JSONResponse({"error": "unauthorized"}, 403)
        app = platform.find(name)
        return JSONResponse({"error": "app not found"}, 404) if app is None else answer(app, request)

    return endpoint


def _secrets(platform: SandboxPlatform) -> Answer:
    def answer(app: App, request: Request) -> Response:
        values = "show_secrets" in request.query_params
        platform.values_asked += values
        return JSONResponse(shapes.secrets_as_json(app, values=values))

    return answer


def _logs(platform: SandboxPlatform) -> Answer:
    log = LogApi()

    def answer(app: App, request: Request) -> Response:
        # The log faults apply to the first app only.
        faults = platform.faults if app is platform.apps[0] else {}
        token = request.query_params.get("next_token", "")
        page, following = log.page(app, faults, token, request.query_params.get("instance"))
        return JSONResponse({"data": [line.as_json() for line in page], "meta": {"next_token": following}})

    return answer


def _prometheus(platform: SandboxPlatform, collected: Collected) -> Callable[[Request], Any]:
    """The organization's Prometheus: queries about the edge, and what it collected of the app's own metrics."""

    async def endpoint(request: Request) -> Response:
        if request.path_params["organization"] != shapes.ORGANIZATION["slug"]:
            return PlainTextResponse("404 page not found", 404)
        refusal = platform.refusal(request)
        if refusal is not None:
            return refusal
        if request.path_params["route"] == "query":
            return prometheus.answer(platform.find, request, platform.faults)
        return await collected(request)

    return endpoint


def _about_the_token(platform: SandboxPlatform) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        token = {
            "token_id": "sandbox",
            "org_slug": "hotdash",
            "organization": "hotdash",
            "user": "deploy@hotdash.example",
            "apps": [app.name for app in platform.apps],
            "restricted_to_machine": "",
            "source_machine_id": "",
        }
        return platform.refusal(request) or JSONResponse({"tokens": [token]})

    return endpoint


def _app_list(platform: SandboxPlatform) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        if "org_slug" not in request.query_params:
            return PlainTextResponse("404 page not found", 404)
        apps = [shapes.app_as_json(app) for app in platform.apps]
        return platform.refusal(request) or JSONResponse({"total_apps": len(apps), "apps": apps})

    return endpoint


async def _regions(_request: Request) -> Response:
    return JSONResponse(
        {
            "nearest": REGION,
            "regions": [{"code": REGION, "name": "Chicago, Illinois (US)", "geo_region": "north_america"}],
        }
    )


async def _not_found(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("404 page not found", 404)


def platform_api(platform: SandboxPlatform, collected: Collected) -> Starlette:
    """The application that serves the API; `collected` answers about its own metrics."""
    app, old = "/v1/apps/{app}", "/api/v1/apps/{app}"
    readers: dict[str, Answer] = {
        app: lambda found, _: JSONResponse(shapes.app_as_json(found)),
        f"{app}/machines": _machines,
        f"{app}/machines/{{machine}}": _machine,
        f"{app}/machines/{{machine}}/events": _machine,
        f"{app}/secrets": _secrets(platform),
        f"{app}/certificates": lambda found, _: JSONResponse(shapes.certificates_as_json(found)),
        f"{app}/certificates/{{hostname}}": _hostname,
        f"{app}/volumes": lambda _found, _: JSONResponse([]),
        f"{app}/ip_assignments": lambda found, _: JSONResponse(shapes.addresses_as_json(found)),
        f"{old}/releases": _releases,
        f"{old}/releases/current": lambda found, _: JSONResponse(found.current.as_rest()),
        f"{old}/logs": _logs(platform),
    }
    routes = [Route(path, _read(platform, answer), methods=["GET"]) for path, answer in readers.items()]
    routes += [
        Route(f"{app}/machines/{{machine}}", _command(platform, _update), methods=["POST"]),
        Route(f"{app}/machines/{{machine}}/stop", _command(platform, _stop), methods=["POST"]),
        Route(f"{app}/machines/{{machine}}/start", _command(platform, _start), methods=["POST"]),
        Route("/v2/{repository}/manifests/{reference}", registry.endpoint(platform), methods=["GET", "HEAD"]),
        Route("/v1/apps", _app_list(platform)),
        Route("/v1/tokens/current", _about_the_token(platform)),
        Route("/v1/platform/regions", _regions),
        Route("/prometheus/{organization}/api/v1/{route}", _prometheus(platform, collected)),
        Route("/graphql", graphql.endpoint(platform), methods=["POST"]),
    ]
    not_found = {404: _not_found, 405: _not_found}
    return Starlette(routes=routes, exception_handlers=not_found)
