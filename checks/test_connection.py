"""The database: is it there, and are its tables?"""

import pytest

from verifier.evidence import BrokenPromise, CouldNotLook, Readings


@pytest.mark.proves("database-connection")
def test_the_database_answers_in_time(connection, limit, measured):
    """The database accepts a connection and answers within the limit."""
    times = measured(Readings({"connect and ask": connection.seconds}))
    if connection.trouble:
        raise BrokenPromise(expected="the database accepts a connection", seen=connection.trouble)

    assert times <= limit.for_each(["connect and ask"])


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
        raise BrokenPromise(expected=f"tables {', '.join(tables.expected)}", seen=f"missing: {', '.join(missing)}")
