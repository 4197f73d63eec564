"""Reads a page of an app's log from Fly.io's log API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.platform import APP, LogLine, LogPage
from verifier.core.redaction import REDACTOR
from verifier.probes.fly.client import Fly


def log_page(api: Fly, cursor: str, machine: str | None = None) -> LogPage:
    """One page of the log; the newest lines without a cursor.

    Raises:
        CouldNotLook: unauthorized, where the token cannot read logs; no-data, if a line has no readable time.
    """
    try:
        entries, following = api.log_page(cursor, instance=machine)
    except CouldNotLook as trouble:
        raise (_unreadable(api.app_name, trouble) if trouble.cause == Cause.UNAUTHORIZED else trouble) from None
    return LogPage(tuple(read_line(each) for each in entries), following)


def read_line(raw: dict[str, Any]) -> LogLine:
    """The record of one line; the provider of what the app itself writes is `app`.

    Raises:
        CouldNotLook: no-data, if it has no readable time.
    """
    facts = raw.get("attributes") or {}
    meta = facts.get("meta") or {}
    try:
        at = datetime.fromisoformat(facts["timestamp"])
    except (KeyError, TypeError, ValueError):
        raise CouldNotLook(
            Cause.NO_DATA, f"a line of the log has no readable time: {REDACTOR.cut(str(raw), 200)}"
        ) from None
    id_ = str(raw.get("id") or "")
    moment = id_.rpartition("-")[2]  # an id ends with the nanosecond of its line
    return LogLine(
        machine=str(facts.get("instance") or meta.get("instance") or "unknown"),
        provider=str((meta.get("event") or {}).get("provider") or APP),
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
        level=str(facts.get("level") or ""),
        message=str(facts.get("message") or ""),
        id=id_,
        nanoseconds=int(moment) if moment.isdecimal() else None,
    )


def _unreadable(app: str, trouble: CouldNotLook) -> CouldNotLook:
    told = f"the log of {app} is not readable with this token; the app itself may be fine ({trouble.what})"
    remedy = f"deploy tokens often cannot read logs: fly tokens create readonly; try it: fly logs -a {app} --no-tail"
    return CouldNotLook(Cause.UNAUTHORIZED, told, remedy=remedy)
