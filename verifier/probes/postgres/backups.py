"""Asks for the newest backup and, if wanted, restores a dump of its own to see that it works.

Supabase: management API reference, `GET /v1/projects/{ref}/database/backups`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import AwareDatetime

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence, Record, moment
from verifier.core.evidence.readings import Readings
from verifier.core.platform import PlatformSection
from verifier.core.probe import Context
from verifier.core.suite import judging
from verifier.probes.http.client import WHOLE, Reply, client, get, refusal
from verifier.probes.platform.state import by_hand, opened
from verifier.probes.postgres.backups_section import Backups
from verifier.probes.postgres.database import for_libpq
from verifier.probes.postgres.drills import DrillDone, last, remember
from verifier.probes.postgres.restore import Drill, drill

COMPLETE = {"completed", "complete", "created", "success", "succeeded"}
"""Words for a backup that can be restored, lower-case; Supabase's is COMPLETED, platforms use others."""
_AHEAD = timedelta(minutes=5)
"""How far a backup may seem to lie in the future before its time means nothing."""


class Backup(Record):
    """One backup: of what, when it was made, and what its keeper says of it."""

    of: str
    at: AwareDatetime
    status: str

    @property
    def complete(self) -> bool:
        """Whether its status is one that is known to mean that it can be restored."""
        return self.status.lower() in COMPLETE


class BackupState(Evidence):
    """The backups of the database.

    Attributes:
        kept: the names of what is backed up; each of them needs a backup.
        newest: thing → its newest complete backup.
        statuses: how many backups there are of each status.
        point_in_time: whether point-in-time recovery is available.
        restored: the result of a restore drill of this run, if there was one.
        drilled: the last one that succeeded, if one is known.
    """

    kept: tuple[str, ...]
    newest: dict[str, Backup]
    statuses: dict[str, int]
    point_in_time: bool | None = None
    restored: Drill | None = None
    drilled: DrillDone | None = None

    def described(self) -> dict[str, str]:
        """Thing → how old its newest complete backup is, in words; also that there is none."""
        told = dict.fromkeys(self.kept, "no complete backup")
        return told | {
            of: f"{(self.at - each.at).total_seconds() / 3600:.1f} h old ({moment(each.at)})"
            for of, each in self.newest.items()
        }

    @property
    def drill_told(self) -> str:
        """When a restore was last seen to work, in words."""
        if self.drilled is None:
            return "no restore drill is known"
        return f"{self.drilled.tables} tables with {self.drilled.rows} rows restored {moment(self.drilled.at)}"

    @property
    def how_to_drill(self) -> str:
        """What to type to try a restore."""
        return judging("-m production --restore-drill")

    def drill_known(self) -> CouldNotLook | None:
        """Whether a restore drill is known to have succeeded.

        Returns:
            Why not, if not: no-data.
        """
        if self.drilled is None:
            what = "no restore drill of this target is known to have succeeded"
            return CouldNotLook(Cause.NO_DATA, what, remedy=f"{self.how_to_drill}, and keep --history")
        return None

    def drill_overdue(self, days: float) -> dict[str, str]:
        """That the last drill is older than so many days, in words."""
        if self.drilled is None or self.at - self.drilled.at <= timedelta(days=days):
            return {}
        return {"restore drill": f"{self.drill_told}, {(self.at - self.drilled.at).days} days ago"}

    def ages(self) -> Readings:
        """Thing → seconds since its newest complete backup was made.

        Raises:
            CouldNotLook: no-data, if there are backups, and not one of them has a status or a time that is understood.
        """
        known = any(word.lower() in {*COMPLETE, "failed", "pending", "removed", "archived", "cancelled"}
                    for word in self.statuses)  # fmt: skip
        if self.statuses and not self.newest and not known:
            told = ", ".join(f"{count} {word or 'without a status'}" for word, count in self.statuses.items())
            raise CouldNotLook(
                Cause.NO_DATA, f"no backup has a status that is understood: {told}", remedy=f"by hand: {self.again}"
            )
        return Readings({of: (self.at - each.at).total_seconds() for of, each in self.newest.items()})


def observe_backups(context: Context) -> BackupState:
    """The newest complete backup of each thing that is backed up.

    Raises:
        CouldNotLook: no token, refused, unreachable, or an answer that cannot be read.
    """
    settings = context.target.section(Backups)
    state = _at_supabase(context, settings) if settings.source == "supabase" else _on_volumes(context, settings)
    if not context.options.restore_drill and settings.drill == "when-asked":
        return state.model_copy(update={"drilled": last(context.history)})
    restored = drill(context, settings)
    if not restored.differences() and restored.proved() is None:
        done = DrillDone(at=now(), tables=len(restored.tables), rows=restored.rows)
        remember(context.history, done)
    return state.model_copy(update={"restored": restored, "drilled": last(context.history)})


def _at_supabase(context: Context, settings: Backups) -> BackupState:
    project = settings.project or project_of(context.credentials.get("database"))
    url, started = f"{settings.api_url}/v1/projects/{project}/database/backups", now()
    told = _of_supabase(context, project, url)
    listed = told.get("backups")
    if not isinstance(listed, list):
        raise CouldNotLook(Cause.NO_DATA, f"the answer of {url} has no list of backups")
    backups = [_backup("database", each, "inserted_at") for each in listed if isinstance(each, dict)]
    latest = (told.get("physical_backup_data") or {}).get("latest_physical_backup_date_unix")
    if isinstance(latest, int) and not isinstance(latest, bool) and latest > 0:
        made = datetime.fromtimestamp(latest, UTC)
        backups.append(Backup(of="database", at=made, status="COMPLETED"))
    by_hand = f'curl -sS -H "authorization: Bearer $SUPABASE_ACCESS_TOKEN" {url}'
    state = _state(("database",), backups, url, started, by_hand)
    return state.model_copy(update={"point_in_time": bool(told.get("pitr_enabled"))})


def project_of(url: str) -> str:
    """The reference of the Supabase project that a PostgreSQL URL leads to, straight or through the pooler.

    Raises:
        CouldNotLook: precondition, if it leads elsewhere.
    """
    try:
        parts = conninfo_to_dict(for_libpq(url))
    except psycopg.ProgrammingError:
        parts = {}
    host, user = str(parts.get("host") or ""), str(parts.get("user") or "")
    straight = re.fullmatch(r"db\.([a-z0-9-]+)\.supabase\.(?:co|com)", host)
    pooled = re.fullmatch(r".+\.([a-z0-9-]+)", user) if host.endswith(".pooler.supabase.com") else None
    found = straight or pooled
    if found is None:
        what = "DATABASE_URL does not tell the Supabase project: neither db.REF.supabase.co, nor a user ROLE.REF"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="give project in [backups] of the target file")
    return found[1]


def _of_supabase(context: Context, project: str, url: str) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {context.credentials.get('supabase')}"}
    remedies = {
        401: "make a new access token: Supabase dashboard → Account → Access Tokens",
        403: f"the token may not read the backups of {project}: ask its owner for one that may",
        404: f"no project {project} for this token: correct project in [backups] of the target file",
        429: "Supabase limits requests: wait a minute and run again",
    }

    def once() -> Reply:
        with client(context.target) as session:
            reply = get(session, url, headers=headers, keep=WHOLE)
        if reply.status != httpx.codes.OK:
            what = f"the backups of the project {project}"
            raise refusal(reply, what, remedy=remedies.get(reply.status or 0, "https://status.supabase.com"))
        return reply

    told = context.deadline.shorter(15).retry(once).content()
    if not isinstance(told, dict):
        raise CouldNotLook(Cause.NO_DATA, f"the answer of {url} is no JSON object")
    return told


def _on_volumes(context: Context, settings: Backups) -> BackupState:
    app, started = settings.app or context.target.app, now()
    with opened(context) as platform:
        volumes = platform.snapshots(app)
    backups = [_backup(volume, each._asdict(), "at") for volume, told in volumes.items() for each in told]
    if not volumes:
        raise CouldNotLook(
            Cause.NO_DATA, f"{app} has no volume, so there is nothing that snapshots could be made of",
            remedy="name the app that keeps the database in [backups] of the target file",
        )  # fmt: skip
    where = f"{context.target.section(PlatformSection).where} app {app}, snapshots of its volumes"
    return _state(tuple(volumes), backups, where, started, by_hand(context).snapshots.format(next(iter(volumes))))


def _backup(of: str, raw: dict[str, Any], key: str) -> Backup:
    try:
        return Backup(of=of, at=raw[key], status=str(raw.get("status") or ""))
    except (KeyError, ValueError):
        # A backup whose time is not known is none that could be said to be recent.
        return Backup(of=of, at=datetime.fromtimestamp(0, UTC), status=str(raw.get("status") or "") + " (no time told)")


def _state(
    kept: tuple[str, ...], backups: Iterable[Backup], where: str, started: datetime, by_hand: str
) -> BackupState:
    newest: dict[str, Backup] = {}
    every = sorted(backups, key=lambda each: each.at)
    for each in every:
        if each.complete and each.at <= started + _AHEAD:
            newest[each.of] = each
    return BackupState(
        asked="When was the newest complete backup made?",
        where=where,
        at=started,
        again=by_hand,
        kept=kept,
        newest=newest,
        statuses=dict(Counter(each.status for each in every)),
    )
