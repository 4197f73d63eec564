"""Compares what event streams told of the approval queue with the queue itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from psycopg import sql
from psycopg.rows import dict_row

from verifier.core.deadline import monotonic
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.core.redaction import REDACTOR
from verifier.probes.browser.http_session import visitor
from verifier.probes.postgres.database import connected
from verifier.probes.postgres.section import Database
from verifier.probes.sse.approval_queue import PENDING, listed
from verifier.probes.sse.matching import Heard
from verifier.probes.sse.section import Approvals
from verifier.probes.sse.stream import Subscription
from verifier.probes.sse.wire.parser import Event

Rows = dict[str, dict[str, Any]]


class QueueLook(NamedTuple):
    """One look at the queue: when it began and when it had ended, what was there, and who said so."""

    began: float
    ended: float
    rows: Rows
    source: str = "its API"


_GONE = "deleted"
_MOST_ROWS = 10_000


def told(stream: Subscription, settings: Approvals) -> list[Heard]:
    """The events about approvals that a stream has brought, in their order; those that cannot be read have no id."""
    return [_heard(each, settings) for each in stream.events(settings.event)]


def _heard(event: Event, settings: Approvals) -> Heard:
    try:
        content = json.loads(event.data)
    except (ValueError, RecursionError):
        content = {}
    content = content if isinstance(content, dict) else {}
    about = content.get(settings.within) if settings.within else content
    about = about if isinstance(about, dict) else {}
    return Heard(str(content.get(settings.action, "")), str(about.get(settings.id, "")), about, event.ended)


def sample(context: Context, settings: Approvals) -> QueueLook:
    """What is in the queue now, id → approval: from its API, or from the table if that is named and the API fails.

    Raises:
        CouldNotLook: neither tells.
    """
    began = monotonic()
    try:
        with visitor(context) as session:
            rows = listed(session, context.url + settings.path, settings)
            source = "its API"
    except CouldNotLook as trouble:
        if settings.table is None:
            raise
        rows, source = _instead(context, settings.table, settings.id, trouble), f"the table {settings.table}"
    return QueueLook(began, monotonic(), {str(each[settings.id]): each for each in rows}, source)


def _instead(context: Context, table: str, identity: str, trouble: CouldNotLook) -> list[dict[str, Any]]:
    """The rows of the table, because of the API's `trouble`."""
    try:
        return _from_table(context, table, identity)
    except CouldNotLook as other:
        raise CouldNotLook(other.cause, f"{trouble.what}; and {other.what}", remedy=other.remedy) from None


def _from_table(context: Context, table: str, identity: str) -> list[dict[str, Any]]:
    database = context.target.get(Database)
    schema = database.schema_name if database else "public"
    name = sql.Identifier(schema, table)
    with connected(context) as connection:
        asked = sql.SQL("select row_security_active({})").format(sql.Literal(name.as_string(connection)))
        hidden = connection.execute(asked).fetchone()
        query = sql.SQL("select to_jsonb(row) as row from {} as row limit {}").format(name, _MOST_ROWS + 1)
        rows = [each["row"] for each in connection.cursor(row_factory=dict_row).execute(query).fetchall()]
    if hidden and hidden[0]:
        what = f"row-level security hides rows of {schema}.{table} from the role in DATABASE_URL"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="give a role that sees the whole queue (BYPASSRLS)")
    if len(rows) > _MOST_ROWS:
        what = f"{schema}.{table} has more than {_MOST_ROWS} rows, and each look would be at others"
        raise CouldNotLook(Cause.TRUNCATED, what, remedy="name a view of those that wait as table in [approvals]")
    if any(identity not in each for each in rows):
        what = f"{schema}.{table} has no column '{identity}'"
        raise CouldNotLook(Cause.PRECONDITION, what, remedy="correct table and id in [approvals]")
    return rows


def changed(before: Rows, after: Rows) -> set[str]:
    """The ids of approvals that came, went or are not as they were."""
    return {each for each in before.keys() | after.keys() if before.get(each) != after.get(each)}


class Comparison(NamedTuple):
    """Streams and queue, for each 'approval → client'.

    Attributes:
        wrong: what the queue says and what the stream said, where that differs.
        seconds: how long the stream was behind at least, where it came to say the same.
    """

    wrong: dict[str, str]
    seconds: dict[str, float]


def compared(
    heard: Mapping[str, Iterable[Heard]], samples: Sequence[QueueLook], limit: float, settings: Approvals
) -> Comparison:
    """What clients were told, against the queue.

    At each look at the queue, the client's last event about an approval must say what the queue says, or an event
    must bring it that within the limit. What nobody was told of stands as it stood at the first look.

    Args:
        heard: client → what it heard.
        samples: looks at the queue, the first of them from before anything was heard.
        limit: seconds that an event may be under way.
        settings: the target's words for it.
    """
    found = Comparison({}, {})
    before = samples[0].rows
    for place, events in ((place, list(events)) for place, events in heard.items()):
        for look in samples:
            last = {each.id: each for each in events if each.at <= look.began}
            for identity in {*changed(before, look.rows), *last}:
                row = look.rows.get(identity)
                said = _differs(last.get(identity), row, settings)
                coming = (
                    each.at - look.began
                    for each in events
                    if each.id == identity and look.began < each.at <= look.ended + limit
                    if not _differs(each, row, settings)
                )
                lag = next(coming, None) if said else 0.0
                key = f"approval {identity[:8] or '(without an id)'} → {place}"
                if lag is None:
                    found.wrong[key] = said
                else:
                    found.seconds[key] = max(lag, found.seconds.get(key, 0.0))
    return found


def _differs(event: Heard | None, row: dict[str, Any] | None, settings: Approvals) -> str:
    keys = settings.told or ("status",)
    if event is None:
        return f"the queue says {_state(row, keys)}, the stream said nothing"
    if event.action == _GONE:
        return f"the queue says {_state(row, keys)}, the stream said deleted" if row is not None else ""
    if row is None:
        beyond = settings.lists == PENDING and event.content.get("status") not in {None, PENDING}
        return "" if beyond else f"the queue has no such approval, the stream said {_state(event.content, keys)}"
    if all(event.content.get(key) == row.get(key) for key in keys):
        return ""
    return f"the queue says {_state(row, keys)}, the stream said {_state(event.content, keys)}"


def _state(content: dict[str, Any] | None, keys: Iterable[str]) -> str:
    if content is None:
        return "nothing of it"
    return REDACTOR.cut(", ".join(f"{key} {content.get(key)!r}" for key in keys), 200)
