"""The database: is it there, and are its tables?"""

import pytest

from verifier.core.evidence import BrokenPromise, Cause, CouldNotLook, Readings

WHO_IS_CONNECTED = (
    'psql "$DATABASE_URL" -c "select usename, application_name, state, count(*) from pg_stat_activity group by 1, 2, 3"'
)


@pytest.mark.proves("database-connection")
def test_the_database_answers_in_time(connection, limit, measured):
    """The database accepts a connection and answers within the limit."""
    times = measured(Readings({"connect and ask": connection.seconds}))
    if connection.trouble:
        raise BrokenPromise(expected="the database accepts a connection", seen=connection.trouble)

    assert times <= limit.for_each(["connect and ask"])


@pytest.mark.proves("database-connection")
def test_the_database_takes_writes(connection, measured):
    """The database is not read-only, for nobody who uses it."""
    load = in_sight(connection, measured)
    way = f"{load.encrypted or 'not encrypted'}{', through a pooler' if load.pooled else ''}"
    measured(f"PostgreSQL {connection.version}, {way}, {'; '.join(load.read_only) or 'takes writes'}")
    if load.read_only:
        raise BrokenPromise(expected="a database that takes writes", seen="; ".join(load.read_only))


@pytest.mark.proves("database-connection")
def test_connections_are_left(connection, limit, measured):
    """Others use no more of the server's connections than the limit's share."""
    load = in_sight(connection, measured)
    measured(f"{load.connections - load.ours} of {load.limit} connections in use")
    if load.share > limit.share:
        raise BrokenPromise(
            expected=f"at most {limit.share:.0%} of {load.limit} connections in use",
            seen=f"{load.connections - load.ours} ({load.share:.0%}); who: {WHO_IS_CONNECTED}",
        )


@pytest.mark.proves("database-connection")
def test_nothing_holds_the_database_up(connection, limit, measured):
    """No transaction stays open for long, and nobody waits long for a lock."""
    load = in_sight(connection, measured)
    measured(f"a question takes {load.round_trip * 1000:.1f} ms, {len(load.transactions)} open transactions of others")
    slow = load.holding_up(transaction=connection.longest_transaction, wait=limit.seconds)
    if slow:
        raise BrokenPromise(
            expected=f"no transaction open for {connection.longest_transaction:g} s, no wait of {limit.seconds:g} s",
            seen="; ".join(map(str, slow[:5])) + "; to end one: select pg_terminate_backend(PID)",
        )
    if load.unseen:
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"our role may not see what {load.unseen} sessions of others do, so a long transaction could be among them",
            remedy="as the database's owner: grant pg_read_all_stats to our role",
        )


def in_sight(connection, measured):
    """How the server is; where it does not answer, nobody can tell, and the item is failed for that already."""
    if connection.load is None:
        measured("nothing answered")
        raise CouldNotLook(Cause.UNREACHABLE, connection.trouble, remedy=connection.again)
    return connection.load


@pytest.mark.proves("database-connection")
def test_the_app_says_of_the_database_what_we_see(connection, measured):
    """What the app says about its database is what the database itself shows."""
    if connection.reply is None:
        measured("the target names no endpoint where the app tells of its database")
        return
    says_well = connection.reply.status == 200 and connection.claimed == connection.wanted
    is_well = not connection.trouble
    measured(f"app: {'well' if says_well else 'not well'}, database: {'well' if is_well else 'not well'}")
    if not connection.reply.answered:
        raise CouldNotLook(connection.reply.cause, f"the app does not say how its database is: {connection.reply}")
    if says_well != is_well:
        raise BrokenPromise(
            expected="the app says what the database shows",
            seen=f"{connection.reply} {connection.claimed}, while the database {connection.trouble or 'answers'}",
        )


@pytest.mark.proves("tables-exist")
def test_every_table_exists(tables, measured):
    """Every table that the target names is there."""
    missing = [name for name in tables.expected if name not in tables.existing]
    measured(f"{len(tables.expected) - len(missing)} of {len(tables.expected)} tables")
    if missing:
        raise BrokenPromise(
            expected=f"tables {', '.join(tables.expected)}",
            seen=f"missing: {', '.join(missing)}; apply the migration that creates them, then: {tables.again}",
        )


@pytest.mark.proves("tables-exist")
def test_every_declared_column_is_there_with_its_type(tables, measured):
    """Every column that the target declares is there, and has the type that it declares."""
    wanted = {
        f"{table}.{column}": kind for table, columns in tables.declared.items() for column, kind in columns.items()
    }
    seen = {name: tables.columns.get(name, "missing") for name in wanted}
    measured(f"{len(wanted)} declared columns")
    if seen != wanted:
        raise BrokenPromise(expected=differing(wanted, seen), seen=differing(seen, wanted))


def differing(these: dict[str, str], others: dict[str, str]) -> str:
    """Those of `these` that are not the same in `others`."""
    return ", ".join(f"{name} {kind}" for name, kind in these.items() if others[name] != kind)
