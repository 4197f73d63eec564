"""A server that does not let the role in is no server that is down."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import psycopg
import pytest
from psycopg import sql

from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.embedded.server import scratch_server
from verifier.probes.postgres.database import connected


def cause(url: str) -> Cause:
    context = SimpleNamespace(credentials=SimpleNamespace(get=lambda _: url), deadline=Deadline(30))
    with pytest.raises(CouldNotLook) as caught, connected(cast("Context", context)):
        pass
    return caught.value.cause


def test_a_role_or_database_that_is_refused_is_unauthorized_and_a_silent_server_unreachable() -> None:
    with scratch_server() as server:
        url = server.database("app")
        with psycopg.connect(url, autocommit=True) as connection:
            password = sql.Literal(server.password)
            connection.execute(sql.SQL("create role sleeper nologin password {}").format(password))
        seen = {
            "no login": cause(server.url("sleeper", database="app")),
            "wrong password": cause(server.url(password="not-it", database="app")),
            "no database": cause(server.url(database="gone")),
        }

    assert seen == dict.fromkeys(seen, Cause.UNAUTHORIZED)
    assert cause("postgresql://nobody@127.0.0.1:9/app") == Cause.UNREACHABLE
