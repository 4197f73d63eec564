"""One table says what an answer means that is not the one that was asked for."""

from __future__ import annotations

import httpx
import psycopg
import pytest
from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as TookTooLong

from verifier.core import causes
from verifier.core.evidence import Cause


@pytest.mark.parametrize(
    ("trouble", "cause"),
    [
        (httpx.ReadTimeout("late"), Cause.TIMEOUT),
        (httpx.PoolTimeout("late"), Cause.TIMEOUT),
        (psycopg.errors.ConnectionTimeout("late"), Cause.TIMEOUT),
        (TookTooLong("late"), Cause.TIMEOUT),
        (TimeoutError("late"), Cause.TIMEOUT),
        (httpx.ConnectError("refused"), Cause.UNREACHABLE),
        (httpx.RemoteProtocolError("garbage"), Cause.UNREACHABLE),
        (psycopg.OperationalError("refused"), Cause.UNREACHABLE),
        (Error("closed"), Cause.UNREACHABLE),
        (ConnectionResetError("reset"), Cause.UNREACHABLE),
    ],
)
def test_an_error_of_the_transport_is_a_timeout_or_unreachable(trouble: Exception, cause: Cause) -> None:
    assert causes.of_error(trouble) == cause


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        ("28P01", Cause.UNAUTHORIZED),
        ("3D000", Cause.UNAUTHORIZED),
        ("57014", Cause.TIMEOUT),
        ("55P03", Cause.TIMEOUT),
        ("57P03", Cause.UNREACHABLE),
        ("53300", Cause.UNREACHABLE),
        ("", Cause.UNREACHABLE),
    ],
)
def test_a_state_of_the_database_has_its_cause(state: str, cause: Cause) -> None:
    assert causes.of_sqlstate(state) == cause


def test_every_status_of_an_error_has_one_cause() -> None:
    found = {status: causes.of_status(status) for status in range(400, 600)}
    named = {401, 403, 407, 408, 410, 429}
    assert {status: cause for status, cause in found.items() if status in named} == {
        401: Cause.UNAUTHORIZED,
        403: Cause.UNAUTHORIZED,
        407: Cause.UNAUTHORIZED,
        408: Cause.TIMEOUT,
        410: Cause.UNAUTHORIZED,
        429: Cause.RATE_LIMITED,
    }
    assert {cause for status, cause in found.items() if status < 500 and status not in named} == {Cause.PRECONDITION}
    assert {cause for status, cause in found.items() if status >= 500} == {Cause.UNREACHABLE}
