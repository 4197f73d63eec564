"""Fly.io's APIs, read only: machines, releases, logs, secrets by name, metrics, in Fly's own JSON.

The two orders that change something stand apart, in `control`. Routes and answers: Fly's Machines API specification;
those below `/api/v1` and GraphQL are used by flyctl and undocumented, so every answer is read with tolerance. Whatever
brings no answer is a `CouldNotLook` that says what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.probes.fly.auth import authorization, bare
from verifier.probes.fly.errors import of_the_app, refused
from verifier.probes.fly.section import FlySection
from verifier.probes.http.client import TIMEOUT, WHOLE, Reply, get, query

Json = dict[str, Any]
ANSWER_SECONDS = 15.0
"""How long one question may take, with all its repetitions."""
PAGE = 250
"""Machines of one page; the platform allows 1 to 1000."""
MOST_PAGES = 100
RATE, BURST = 1.0, 3
"""Requests a second, and at once, for one action on one app or machine (Fly docs, rate limits)."""
MACHINE_RATE, MACHINE_BURST = 5.0, 10
"""The same for looking at one machine."""
RETRIED = {Cause.UNREACHABLE, Cause.RATE_LIMITED, Cause.TIMEOUT}
"""Causes for which a question is asked again."""
_RELEASE = "id version description reason status deploymentStrategy imageRef stable createdAt"
_CURRENT = f"query($appName:String!){{app(name:$appName){{currentRelease:currentReleaseUnprocessed{{{_RELEASE}}}}}}}"
_RELEASES = (
    "query($appName:String!,$limit:Int!){app(name:$appName){releases:releasesUnprocessed(first:$limit)"
    f"{{nodes{{{_RELEASE}}}}}}}}}"
)


class Fly:
    """Asks Fly.io, within its rate limits, and again where the way or the platform stumbles. Reads only.

    Each question raises `CouldNotLook` where no answer is to be had: unauthorized (401, 403), precondition (404, a
    wrong address), timeout (408), rate-limited (429), unreachable (5xx, no answer), no-data (an unknown shape).

    Args:
        context: the app, the credentials and the deadline.
        session: the client to ask with.
    """

    def __init__(self, context: Context, session: httpx.Client) -> None:
        self._context = context
        self._session = session
        self._urls = context.target.section(FlySection)
        self._organization: dict[str, str] = {}
        self.app_name = context.target.app
        self.asked = 0
        """How many requests were sent, repetitions included."""

    # ---- the Machines API

    def tokens(self) -> list[Json]:
        """What the platform knows of the token: `org_slug`, `organization`, `apps`, `user`."""
        what = "the token"
        return _dicts(_object(self._machines_api("tokens/current", what), what).get("tokens"), what)

    def app(self, app: str | None = None) -> Json:
        """The app itself: `name`, `status`, `organization`, `machine_count`."""
        what = f"the app {app or self.app_name}"
        return of_the_app(app or self.app_name, _object(self._machines_api(self._path(app), what), what))

    def organization(self, app: str | None = None) -> str:
        """The slug of the organization that the app belongs to; Prometheus is asked below it."""
        name = app or self.app_name
        if name not in self._organization:
            self._organization[name] = str((self.app(name).get("organization") or {}).get("slug") or "")
        if not self._organization[name]:
            raise CouldNotLook(Cause.NO_DATA, f"the platform does not tell the organization of the app {name}")
        return self._organization[name]

    def machines(self, app: str | None = None, *, deleted: bool = False, group: str | None = None) -> list[Json]:
        """All machines of an app.

        Args:
            app: its name; the target's if not given.
            deleted: also those that are gone, as far as the platform still tells of them.
            group: only those of this process group.
        """
        params = {"limit": str(PAGE)} | ({"include_deleted": "true"} if deleted else {})
        params |= {"metadata.fly_process_group": group} if group else {}
        what, found, cursors = f"the machines of {app or self.app_name}", [], {""}
        for _ in range(MOST_PAGES):
            reply = self._replied(f"{self._urls.machines_url}/v1/{self._path(app)}/machines", what, params=params)
            found += _dicts(reply.content(), what)
            cursor = reply.headers.get("fly-next-cursor", "")
            if not cursor:
                return found
            if cursor in cursors:
                raise CouldNotLook(Cause.TRUNCATED, f"{what}: the platform's cursor turns in a circle")
            cursors.add(cursor)
            params = {**params, "cursor": cursor}
        raise CouldNotLook(Cause.TRUNCATED, f"{what}: more than {MOST_PAGES * PAGE}, and not all were read")

    def machine(self, machine: str, app: str | None = None) -> Json:
        """One machine; may be asked more often than the list."""
        what = f"the machine {machine}"
        path = f"{self._path(app)}/machines/{quote(machine, safe='')}"
        return _object(self._machines_api(path, what, rate=MACHINE_RATE, burst=MACHINE_BURST), what)

    def secrets(self, app: str | None = None) -> list[Json]:
        """The app's secrets: `name`, `digest`, `created_at`, `updated_at`; never a value."""
        what, kept = f"the secrets of {app or self.app_name}", ("name", "digest", "created_at", "updated_at")
        content = _object(self._machines_api(f"{self._path(app)}/secrets", what), what)
        return [{key: each[key] for key in kept if key in each} for each in _dicts(content.get("secrets"), what)]

    def volumes(self, app: str | None = None) -> list[Json]:
        """The app's volumes."""
        what = f"the volumes of {app or self.app_name}"
        return _dicts(self._machines_api(f"{self._path(app)}/volumes", what), what)

    def snapshots(self, volume: str, app: str | None = None) -> list[Json]:
        """The snapshots of a volume: `id`, `created_at`, `status`, `size`."""
        what = f"the snapshots of volume {volume}"
        return _dicts(self._machines_api(f"{self._path(app)}/volumes/{quote(volume, safe='')}/snapshots", what), what)

    # ---- releases

    def release(self, app: str | None = None) -> Json:
        """The newest release, in the shape of the REST API whichever way it came."""
        name = app or self.app_name
        what = f"the current release of {name}"
        try:
            return _object(self._releases_api(f"apps/{name}/releases/current", what), what)
        except CouldNotLook as trouble:
            told = self._by_graphql(_CURRENT, what, trouble, appName=name).get("currentRelease")
        if not isinstance(told, dict):
            raise CouldNotLook(Cause.NO_DATA, f"{what}: it was never released", remedy=f"fly releases -a {name}")
        return _as_rest(told)

    def releases(self, app: str | None = None, *, limit: int = 25) -> list[Json]:
        """The newest releases, newest first, in the shape of the REST API."""
        name = app or self.app_name
        what = f"the releases of {name}"
        try:
            content = self._releases_api(f"apps/{name}/releases", what, limit=str(limit))
            return _dicts(_object(content, what).get("releases"), what)
        except CouldNotLook as trouble:
            told = self._by_graphql(_RELEASES, what, trouble, appName=name, limit=limit).get("releases")
        return [_as_rest(each) for each in _dicts((told or {}).get("nodes"), what)]

    def graphql(self, question: str, what: str, **variables: object) -> Json:
        """The `data` of a GraphQL query. Asked once: it has to be sent as a POST, and those are never repeated."""
        url = f"{self._urls.api_url}/graphql"
        self.asked += 1
        sent = {"query": question, "variables": variables}
        reply = query(self._session, url, sent, headers=self._headers(), keep=WHOLE)
        content = reply.content()
        if reply.status != httpx.codes.OK or not isinstance(content, dict):
            raise refused(self._context.target, reply, what)
        if content.get("errors"):
            raise _graphql_fault(self._context, content["errors"], what)
        return _object(content.get("data"), what)

    # ---- logs and metrics

    def log_page(self, token: str, *, app: str | None = None, instance: str | None = None) -> tuple[list[Json], str]:
        """One page of the app's log, oldest line first, and the cursor of the next; the sent one, if nothing is new.

        Args:
            token: the cursor: what the last page gave, or nanoseconds of Unix time as text to begin at a moment.
            app: its name; the target's if not given.
            instance: only the lines of this machine.
        """
        name = app or self.app_name
        what, params = f"the log of {name}", {"next_token": token} | ({"instance": instance} if instance else {})
        content = _object(self.ask(f"{self._urls.api_url}/api/v1/apps/{name}/logs", what, params=params), what)
        entries = _dicts(content.get("data"), what)
        return entries, str((content.get("meta") or {}).get("next_token") or token)

    def metric(self, expression: str, *, at: float | None = None, app: str | None = None) -> list[Json]:
        """The result of a Prometheus instant query: `[{metric: {…}, value: [time, "text"]}]`. Empty means no data."""
        params = {"query": expression} | ({"time": f"{at:.3f}"} if at is not None else {})
        return _dicts(_object(self.prometheus("query", params, app), "the metrics").get("result"), "the metrics")

    def prometheus(self, route: str, params: Mapping[str, str], app: str | None = None) -> Any:  # noqa: ANN401 - any JSON
        """The `data` of what the organization's Prometheus answers to `/api/v1/ROUTE`."""
        what = f"the metrics of {app or self.app_name}"
        url = f"{self._urls.api_url}/prometheus/{self.organization(app)}/api/v1/{route}"
        content = _object(self.ask(url, what, params=params), what)
        if content.get("status") != "success":
            told = f"{content.get('errorType') or 'no reason'}: {content.get('error') or 'given'}"
            raise CouldNotLook(Cause.PRECONDITION, f"{what}: Prometheus refuses {route} {dict(params)}: {told}")
        return content.get("data")

    # ---- how a question is asked

    def _path(self, app: str | None) -> str:
        return f"apps/{quote(app or self.app_name, safe='')}"

    def _headers(self) -> dict[str, str]:
        return {"authorization": authorization(self._context.credentials.get("fly"))}

    def _machines_api(
        self, path: str, what: str, params: Mapping[str, str] | None = None, *, rate: float = RATE, burst: int = BURST
    ) -> Any:  # noqa: ANN401 - any JSON
        return self.ask(f"{self._urls.machines_url}/v1/{path}", what, params=params, rate=rate, burst=burst)

    def _releases_api(self, path: str, what: str, **params: str) -> Any:  # noqa: ANN401 - any JSON
        """As flyctl asks for releases: with the word Bearer whatever the token is."""
        headers = {"authorization": f"Bearer {bare(self._context.credentials.get('fly'))}"}
        return self.ask(f"{self._urls.releases}/api/v1/{path}", what, params=params or None, headers=headers)

    def _by_graphql(self, question: str, what: str, trouble: CouldNotLook, **variables: object) -> Json:
        """The app as GraphQL tells of it, where the REST route does not know the token's scheme or is not there.

        The way that is documented failed first, so that is what is told if this one fails too.
        """
        if trouble.cause not in {Cause.UNAUTHORIZED, Cause.PRECONDITION}:
            raise trouble
        try:
            return _object(self.graphql(question, what, **variables).get("app"), what)
        except CouldNotLook as again:
            told = f"{trouble.what}; and GraphQL: {again.what}"
            raise CouldNotLook(trouble.cause, told, remedy=trouble.remedy) from None

    def ask(self, url: str, what: str, **words: Any) -> Any:  # noqa: ANN401 - any JSON
        """The JSON at an address of the platform; for what has no method of its own. Words: `params`, `headers`."""
        return self._replied(url, what, **words).content()

    def _replied(  # noqa: PLR0913 - one word for each thing that a request may need
        self,
        url: str,
        what: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        rate: float = RATE,
        burst: int = BURST,
    ) -> Reply:
        """The answer to a GET: JSON with status 200, after as many repetitions as the deadline allows."""
        deadline = self._context.deadline.shorter(ANSWER_SECONDS)
        limited = url.startswith(f"{self._urls.machines_url}/v1/")

        def once() -> Reply:
            if limited:
                deadline.turn(what, rate=rate, burst=burst)
            self.asked += 1
            sent = headers or self._headers()
            reply = get(self._session, url, headers=sent, params=params, keep=WHOLE, timeout=request_seconds(deadline))
            if reply.status != httpx.codes.OK or not _is_json(reply):
                raise refused(self._context.target, reply, what)
            return reply

        return deadline.retry(once, causes=RETRIED)


def request_seconds(deadline: Deadline) -> float:
    """How long one request may take of the deadline for a question and its repetitions."""
    return max(1.0, min(TIMEOUT, deadline.remaining()))


def _is_json(reply: Reply) -> bool:
    return reply.content() is not None or reply.body.strip() == "null"


def _object(content: Any, what: str) -> Json:  # noqa: ANN401 - any JSON
    if not isinstance(content, dict):
        raise CouldNotLook(Cause.NO_DATA, f"{what}: the answer does not have the shape that Fly.io's API gives it")
    return content


def _dicts(content: Any, what: str) -> list[Json]:  # noqa: ANN401 - any JSON
    """A list of objects; null stands for an empty one, and one strange entry makes all of it unreadable."""
    if content is None:
        return []
    if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
        raise CouldNotLook(Cause.NO_DATA, f"{what}: the answer does not have the shape that Fly.io's API gives it")
    return content


def _as_rest(release: Mapping[str, Any]) -> Json:
    """A release of GraphQL with the names of the REST API; what GraphQL is not asked for is not there."""
    names = {"createdAt": "created_at", "imageRef": "image_ref", "deploymentStrategy": "strategy"}
    return {names.get(key, key): value for key, value in release.items()}


def _graphql_fault(context: Context, errors: Any, what: str) -> CouldNotLook:  # noqa: ANN401 - any JSON
    """GraphQL's own refusals come with status 200."""
    faults = [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    told = "; ".join(str(each.get("message")) for each in faults) or str(errors)
    codes = {str((each.get("extensions") or {}).get("code")) for each in faults}
    if "could not find" in told.lower() or "NOT_FOUND" in codes:
        remedy = f"no app '{context.target.app}' for this token: correct app in {context.target.file}"
        return CouldNotLook(Cause.PRECONDITION, f"{what}: {told}", remedy=remedy)
    cause = Cause.UNAUTHORIZED if codes & {"UNAUTHORIZED", "FORBIDDEN", "UNAUTHENTICATED"} else Cause.PRECONDITION
    return CouldNotLook(cause, f"{what}: GraphQL refuses: {told}", remedy="fly auth whoami; fly releases")
