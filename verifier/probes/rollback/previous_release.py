"""The previous release against the new schema: while a deploy replaces machines, both releases use one database.

The platform leaves that to its users: a release that is being replaced goes on serving after the migration was applied.
Where an image is given, it runs here, with a throw-away database; where an address is given, it is asked there.
"""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from verifier.core import causes
from verifier.core.config.target import Target
from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record
from verifier.core.probe import Context
from verifier.core.suite import judging
from verifier.probes.browser.http_session import entry_headers
from verifier.probes.browser.section import Dashboard
from verifier.probes.http.client import Reply, client, get
from verifier.probes.migrations.schema import SchemaState
from verifier.probes.rollback.previous_image import asked_image
from verifier.probes.sse.section import Approvals
from verifier.probes.traffic.section import Health, Traffic

_LOST = {httpx.codes.NOT_FOUND, httpx.codes.GONE}


class Replayed(Record):
    """One request to the previous release.

    Attributes:
        status: of the answer with the new schema; None if there was none.
        trouble: why not.
        before: status with the schema before; None if that was not tried, or did not answer.
    """

    status: int | None = None
    trouble: str = ""
    before: int | None = None

    @property
    def said(self) -> str:
        """The answer in words."""
        return f"HTTP {self.status}" if self.status is not None else self.trouble

    @property
    def fails(self) -> bool:
        """Whether there was no answer, or a server error (RFC 9110, section 15.6)."""
        return self.status is None or self.status >= httpx.codes.INTERNAL_SERVER_ERROR


class PreviousRelease(Evidence):
    """What the previous release answers with the new schema, if that was asked for.

    Attributes:
        release: its address, or its image; empty if it was not asked for.
        compared: whether each request was tried with the schema before, too.
        replies: path → what became of the request.
    """

    release: str = ""
    compared: bool = False
    replies: dict[str, Replayed] = {}

    def told(self) -> dict[str, str]:
        """Path → the answer, in words."""
        return {
            path: each.said + (f", {_status(each.before)} with the schema before" if self.compared else "")
            for path, each in self.replies.items()
        }

    def broken(self) -> dict[str, str]:
        """Paths that the new schema breaks, in words."""
        return {path: self.told()[path] for path, each in self.replies.items() if self._is_broken(each)}

    def proved(self) -> CouldNotLook | None:
        """None if at least one request was answered as it should be or is broken, and none was refused to us.

        Returns:
            Why not: unauthorized, if the release asks for a login; no-data, if no answer says anything.
        """
        if self.broken():
            return None
        refused = [path for path, each in self.replies.items() if each.status in causes.REFUSED]
        if refused:
            told = f"the previous release asks for a login: {', '.join(refused)}"
            return CouldNotLook(Cause.UNAUTHORIZED, told, remedy="let the suite in: [entry] of the target file")
        if not any(each.status is not None and each.status < httpx.codes.BAD_REQUEST for each in self.replies.values()):
            told = "; ".join(f"{path}: {said}" for path, said in self.told().items())
            return CouldNotLook(Cause.NO_DATA, f"no answer says anything of the schema: {told}", remedy=self.again)
        return None

    def _is_broken(self, each: Replayed) -> bool:
        if not self.compared:
            return each.fails
        well_before = each.before is not None and each.before < httpx.codes.BAD_REQUEST
        return well_before and (each.fails or each.status in _LOST)


def _status(status: int | None) -> str:
    return "no answer" if status is None else f"HTTP {status}"


def observe_previous_release(context: Context) -> PreviousRelease:
    """Replay the target's read-only requests to the previous release.

    Raises:
        CouldNotLook: precondition, if the live database does not have the new schema, or nothing here runs an image;
            no-data, if the target names no request; unauthorized or missing-credential, as `entry_headers`.
    """
    started, release = now(), context.options.previous_release or ""
    replies: dict[str, Replayed] = {}
    compared = bool(release) and "://" not in release
    if release:
        paths = tuple(dict.fromkeys(_paths(context.target)))
        if not paths:
            what = "the target names no page, endpoint or queue that could be read"
            raise CouldNotLook(Cause.NO_DATA, what, remedy="[traffic] paths, or [health] endpoint, of the target file")
        replies = _of_image(context, release, paths) if compared else _of_address(context, release, paths)
    return PreviousRelease(
        asked="Does the previous release still work with the new schema?",
        where=release or "nowhere",
        at=started,
        again=judging(f"-m migration --previous-release {release or 'URL|IMAGE'}"),
        release=release,
        compared=compared,
        replies=replies,
    )


def _paths(target: Target) -> Iterator[str]:
    """What the suite reads of the target in other stages, too; every one a GET that changes nothing."""
    if (health := target.get(Health)) is not None:
        yield from (each.path for each in health.endpoint)
    if (dashboard := target.get(Dashboard)) is not None:
        yield from (dashboard.path, *dashboard.routes)
    if (traffic := target.get(Traffic)) is not None:
        yield from traffic.paths
    if (approvals := target.get(Approvals)) is not None:
        yield approvals.path


def _of_address(context: Context, address: str, paths: tuple[str, ...]) -> dict[str, Replayed]:
    """Ask a release that runs somewhere, whose database must have the new schema."""
    schema = context.get("schema", SchemaState)
    absent = (*schema.pending, *schema.missing)
    if absent:
        told = ", ".join(absent[:3]) + (" and more" if len(absent) > 3 else "")  # noqa: PLR2004 - a line's worth
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"the live database does not have the new schema yet ({told}), so that there is nothing to replay against",
            remedy="apply the migrations there, and run this again before the deploy; or give the image of the release",
        )
    problem = schema.proved()
    if problem is not None:
        raise problem
    return {path: Replayed(status=each.status, trouble=each.trouble) for path, each in asked(context, address, paths)}


def _of_image(context: Context, image: str, paths: tuple[str, ...]) -> dict[str, Replayed]:
    """Run the image with the schema before, and with the new one."""
    before, after = asked_image(context, image, lambda address: dict(asked(context, address, paths)))
    return {
        path: Replayed(status=each.status, trouble=each.trouble, before=before[path].status)
        for path, each in after.items()
    }


def asked(context: Context, address: str, paths: tuple[str, ...]) -> Iterator[tuple[str, Reply]]:
    """Each path and its answer, asked as a visitor of the target asks."""
    headers = entry_headers(context)
    with client(context.target) as session:
        for path in paths:
            yield path, get(session, address.rstrip("/") + path, headers=headers)
