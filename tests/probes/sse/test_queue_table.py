"""The queue's table is read only where every look sees all of it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import psycopg
import pytest

from verifier.core.config.target import new_target
from verifier.core.deadline import Deadline
from verifier.core.evidence import CouldNotLook
from verifier.core.probe import Context
from verifier.embedded.server import Server, scratch_server
from verifier.probes.sse.consistency import QueueLook, sample
from verifier.probes.sse.section import Approvals

SCHEMA = """
    create table approvals (id int primary key, status text);
    insert into approvals values (1, 'pending'), (2, 'rejected');
    create table hidden (id int primary key, status text);
    alter table hidden enable row level security;
    create table "more than that" (id int primary key);
    insert into "more than that" select generate_series(1, 10001);
    create table nameless (status text);
    insert into nameless values ('pending');
    create role reader login password 'reader-for-a-test';
    grant select on all tables in schema public to reader;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with scratch_server() as made:
        with psycopg.connect(made.database("shop")) as connection:
            connection.execute(SCHEMA.encode())
        yield made


def looked_at(server: Server, table: str) -> QueueLook:
    """One look at the queue of an app whose API does not answer, with a role that policies bind."""
    target = new_target(title="a test", app="a-test", url="http://127.0.0.1:9")
    url = server.url("reader", "reader-for-a-test", database="shop")
    credentials = SimpleNamespace(get=lambda _: url)
    context = SimpleNamespace(target=target, url=target.url, credentials=credentials, deadline=Deadline(30))
    return sample(cast("Context", context), Approvals(table=table))


def test_a_table_stands_in_for_an_api_that_does_not_answer(server: Server) -> None:
    seen = looked_at(server, "approvals")

    assert {identity: row["status"] for identity, row in seen.rows.items()} == {"1": "pending", "2": "rejected"}
    assert seen.source == "the table approvals"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("hidden", "precondition: .*row-level security hides rows of public.hidden"),
        ("more than that", "truncated: .*more than 10000 rows"),
        ("nameless", "precondition: .*no column 'id'"),
        ("nowhere", "precondition: .*api/approvals: .*; and the database refused a question: .*nowhere"),
    ],
)
def test_a_table_that_does_not_show_the_queue_proves_nothing(server: Server, table: str, said: str) -> None:
    with pytest.raises(CouldNotLook, match=said):
        looked_at(server, table)
