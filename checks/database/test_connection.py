"""The database: is it there, and are its tables?"""

import pytest

from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import Finding, fail_on, findings
from verifier.core.evidence.readings import Readings

WHO_IS_CONNECTED = (
    'psql "$DATABASE_URL" -c "select usename, application_name, state, count(*) from pg_stat_activity group by 1, 2, 3"'
)
MIGRATE = "apply the migration that creates it"
READ_ONLY = "free space on its disk, or connect to the primary; then set default_transaction_read_only off"
DATABASE = "database"


@pytest.mark.proves("database-connection")
@pytest.mark.remedy("see what the database is busy with: select * from pg_stat_activity where state = 'active'")
def test_the_database_answers_in_time(connection, limit, measured):
    """The database accepts a connection and answers within the limit."""
    times = measured(Readings({"connect and ask": connection.seconds}, what="answer of the database"))
    if connection.trouble:
        remedy = "see whether its host runs and takes connections (Supabase: is the project paused?)"
        fail_on(Finding(subject=DATABASE, problem="database does not answer", detail=connection.trouble, remedy=remedy))

    assert times <= limit.for_each(["connect and ask"])


@pytest.mark.proves("database-connection")
def test_the_database_takes_writes(connection, measured):
    """The database takes writes, from everybody who uses it."""
    load = in_sight(connection, measured)
    way = f"{load.encrypted or 'not encrypted'}{', through a pooler' if load.pooled else ''}"
    measured(f"{'read-only' if load.read_only else 'takes writes'}, PostgreSQL {connection.version}, {way}")
    problem = "database is read-only"
    fail_on(*(Finding(subject=DATABASE, problem=problem, detail=why, remedy=READ_ONLY) for why in load.read_only))


@pytest.mark.proves("database-connection")
def test_connections_are_left(connection, limit, measured):
    """Others use no more of the server's connections than the limit's share."""
    load = in_sight(connection, measured)
    used = measured(f"{load.connections - load.ours} of {load.limit} connections in use")
    if load.share > limit.share:
        detail = f"{used}, {load.share:.0%} (limit {limit.share:.0%})"
        problem = "too many connections in use"
        fail_on(Finding(subject=DATABASE, problem=problem, detail=detail, remedy=f"see who: {WHO_IS_CONNECTED}"))


@pytest.mark.proves("database-connection")
def test_nothing_holds_the_database_up(connection, limit, measured):
    """No transaction stays open for long, and nobody waits long for a lock."""
    load = in_sight(connection, measured)
    measured(f"a question takes {load.round_trip * 1000:.1f} ms, {len(load.transactions)} open transactions of others")
    slow = load.holding_up(transaction=connection.longest_transaction, wait=limit.seconds)
    problem = f"transaction open for {connection.longest_transaction:g} s, or waiting {limit.seconds:g} s for a lock"
    fail_on(
        *(
            Finding(
                subject=f"session of {each.user or 'an unknown role'}",
                problem=problem,
                detail=str(each),
                remedy=f"to end it: select pg_terminate_backend({(each.blockers or (each.pid,))[0]})",
            )
            for each in slow
        )
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
@pytest.mark.remedy("let the app's health endpoint ask the database with select 1 before it says that all is well")
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
        said = f"{connection.reply} {in_words(connection.claimed)}"
        detail = f"the app: {said}; {connection.trouble or 'the database: answers'}"
        problem = "app and database disagree"
        fail_on(Finding(subject=DATABASE, problem=problem, detail=detail, place=connection.reply.url))


def in_words(claimed):
    """What an app claims, as one line."""
    return ", ".join(f"{key}: {value}" for key, value in claimed.items())


@pytest.mark.proves("tables-exist")
def test_every_table_exists(tables, measured):
    """Every table that the target names is there."""
    missing = [name for name in tables.expected if name not in tables.existing]
    measured(f"{len(tables.expected) - len(missing)} of {len(tables.expected)} tables")
    fail_on(*findings("table is missing", missing, remedy=MIGRATE))


@pytest.mark.proves("tables-exist")
def test_every_declared_column_is_there_with_its_type(tables, measured):
    """Every column that the target declares is there, and has the type that it declares."""
    wanted = {
        f"{table}.{column}": kind for table, columns in tables.declared.items() for column, kind in columns.items()
    }
    measured(f"{len(wanted)} declared columns")
    found = {name: tables.columns.get(name) for name in wanted}
    other = {
        name: f"{found[name]} instead of {kind}" for name, kind in wanted.items() if found[name] not in {None, kind}
    }
    fail_on(
        *findings("column is missing", [name for name, kind in found.items() if kind is None], remedy=MIGRATE),
        *findings("column has another type", other, remedy="compare the migrations with what [tables] declares"),
    )
