"""The server's own statistics: its limits, whether it accepts writes, and what blocks others.

Views and functions: PostgreSQL documentation, chapter 27 'Monitoring Database Activity'.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql
from pydantic import AwareDatetime

from verifier.core.deadline import monotonic
from verifier.core.evidence import Record
from verifier.probes.postgres.database import APPLICATION

ROUND_TRIPS = 5
"""Questions of which the median time is told; the first one may have to wake something up."""
_LIMITS = """
    select current_setting('max_connections')::int
           - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true), '0')::int,
           (select count(*) from pg_stat_activity where backend_type = 'client backend'),
           (select count(*) from pg_stat_activity
            where backend_type = 'client backend' and application_name = %(us)s),
           (select datconnlimit from pg_database where datname = current_database()),
           (select count(*) from pg_stat_activity where datname = current_database())
"""
_READ_ONLY = """
    select case when pg_is_in_recovery() then 'it is a standby that only follows another server' end
    union all
    select 'default_transaction_read_only is on for ' || case
               when s.setrole = 0 then 'every session of this database' else 'the role ' || r.rolname end
    from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) as config
    where config in ('default_transaction_read_only=on', 'default_transaction_read_only=true')
      and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
      and (s.setrole = 0 or (r.rolname <> session_user and exists (
           select from pg_stat_activity a where a.usesysid = s.setrole and a.application_name <> %(us)s)))
    union all
    select 'default_transaction_read_only is on in the configuration of the server' from pg_settings
    where name = 'default_transaction_read_only' and setting = 'on' and source = 'configuration file'
"""
_HOLDING_UP = """
    select a.pid, coalesce(a.usename, ''), coalesce(a.application_name, ''), coalesce(a.state, ''),
           a.xact_start, extract(epoch from clock_timestamp() - a.xact_start)::float8,
           cardinality(pg_blocking_pids(a.pid)) > 0,
           case when a.wait_event_type = 'Lock'
                then extract(epoch from clock_timestamp() - coalesce(w.waitstart, a.state_change))::float8 else 0 end,
           pg_blocking_pids(a.pid)
    from pg_stat_activity a
    left join lateral (select min(l.waitstart) as waitstart from pg_locks l where l.pid = a.pid and not l.granted) w
         on true
    where a.backend_type = 'client backend' and a.datname = current_database()
      and a.pid <> pg_backend_pid() and a.application_name not in (%(us)s, 'pg_dump') and a.xact_start is not null
    order by a.xact_start
"""
_UNSEEN = """
    select count(*) from pg_stat_activity
    where datname = current_database() and usename <> session_user and query = '<insufficient privilege>'
"""

Connection = psycopg.Connection[tuple[Any, ...]]


class Session(Record):
    """Another session's open transaction: who, since when, how long in seconds, and whether it waits for a lock.

    Attributes:
        waits: seconds that it has waited for a lock; 0 if for none.
        blockers: process ids of those who hold what it waits for.
    """

    pid: int
    user: str
    application: str
    state: str
    since: AwareDatetime
    seconds: float
    waits: float = 0.0
    blockers: tuple[int, ...] = ()

    def __str__(self) -> str:
        who = f"pid {self.pid} ({self.user}{', ' + self.application if self.application else ''})"
        if self.waits:
            return f"{who} has waited {self.waits:.0f} s for a lock of pid {', '.join(map(str, self.blockers))}"
        return f"{who}, {self.state}, in a transaction for {self.seconds:.0f} s, since {self.since:%H:%M:%S} UTC"


class DatabaseLoad(Record):
    """How the server is while it answers.

    Attributes:
        round_trip: median seconds of one question and its answer.
        connections: sessions of clients, ours included.
        ours: those of them that are ours.
        limit: how many sessions an ordinary role may have in all, here.
        read_only: why it takes no writes, if so.
        transactions: open transactions of others, the oldest first.
        unseen: sessions of others of which our role may not see what they do.
        encrypted: the protocol of the encryption of our connection, or nothing.
        pooled: whether a pooler stands between.
    """

    round_trip: float
    connections: int
    ours: int
    limit: int
    read_only: tuple[str, ...]
    transactions: tuple[Session, ...]
    unseen: int
    encrypted: str
    pooled: bool

    @property
    def share(self) -> float:
        """The share of the limit that others use."""
        return (self.connections - self.ours) / self.limit

    def holding_up(self, *, transaction: float, wait: float) -> tuple[Session, ...]:
        """Transactions open for longer than `transaction` seconds, or waiting for a lock for longer than `wait`."""
        return tuple(each for each in self.transactions if each.seconds > transaction or each.waits > wait)


def load_of(connection: Connection, *, pooled: bool) -> DatabaseLoad:
    """Ask the server about itself; every question reads system views only."""
    us = {"us": APPLICATION}
    limit, connections, ours, here, in_database = _row(connection, _LIMITS, us)
    if 0 < here < limit:
        limit, connections = here, in_database
    return DatabaseLoad(
        round_trip=_round_trip(connection),
        connections=connections,
        ours=ours,
        limit=limit,
        read_only=tuple(str(why) for (why,) in _rows(connection, _READ_ONLY, us) if why),
        transactions=tuple(_session(row) for row in _rows(connection, _HOLDING_UP, us)),
        unseen=_row(connection, _UNSEEN, None)[0],
        encrypted=_encrypted(connection),
        pooled=pooled,
    )


def _round_trip(connection: Connection) -> float:
    times = []
    for _ in range(ROUND_TRIPS):
        began = monotonic()
        connection.execute("select 1")
        times.append(monotonic() - began)
    return sorted(times)[ROUND_TRIPS // 2]


def _encrypted(connection: Connection) -> str:
    """What libpq says of the way to whom it is connected: the pooler, where there is one."""
    if not connection.pgconn.ssl_in_use:
        return ""
    told = connection.execute("select version from pg_stat_ssl where pid = pg_backend_pid()").fetchone()
    return str(told[0]) if told and told[0] else "TLS"


def _session(row: tuple[Any, ...]) -> Session:
    pid, user, application, state, since, seconds, blocked, waits, blockers = row
    return Session(
        pid=pid, user=user, application=application, state=state, since=since, seconds=seconds,
        waits=max(0.0, float(waits)) if blocked else 0.0, blockers=tuple(blockers),
    )  # fmt: skip


def _rows(connection: Connection, query: str, given: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - psycopg's own
    return connection.execute(sql.SQL(query), given).fetchall()


def _row(connection: Connection, query: str, given: Any) -> tuple[Any, ...]:  # noqa: ANN401 - psycopg's own
    return _rows(connection, query, given)[0]
