"""What is wrong with what is served for a hostname."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from verifier.core.evidence import Cause, CouldNotLook, Obstacle, require
from verifier.core.hostname import Hostname
from verifier.probes.domain.certificate import Certificate
from verifier.probes.domain.served import Certificates, Plain, Served

NOW = datetime(2026, 9, 10, tzinfo=UTC)
SILENT = Obstacle(cause=Cause.TIMEOUT, what="nothing came")


def certificate(days: float = 60, subject: str = "app", bits: int = 256) -> Certificate:
    ends = NOW + timedelta(days=days)
    return Certificate(subject=subject, issuer="an authority", names=("app.example",), starts=NOW - timedelta(days=30),
                       ends=ends, key="EC", bits=bits, self_signed=False)  # fmt: skip


def served(name: str = "app.example", **more: Any) -> Served:  # noqa: ANN401 - fields of the record
    told = {"chain": (certificate(),), "protocol": "TLSv1.3", **more}
    return Served(hostname=name, address="192.0.2.1", family="IPv4", **told)


def seen(*those: Served, **more: Any) -> Certificates:  # noqa: ANN401 - fields of the record
    told = {f"{each.hostname} over {each.family}": each for each in those}
    names = tuple(dict.fromkeys(each.hostname for each in those))
    return Certificates(**{"asked": "?", "where": "here", "at": NOW, "again": "openssl", "hostnames": names,
                           "served": told, **more})  # fmt: skip


@pytest.mark.parametrize(
    ("header", "bound"),
    [
        ("max-age=31536000", True),
        ("includeSubDomains; MAX-AGE = 15552000", True),
        ('max-age="31536000"; preload', True),
        ("max-age=15551999", False),
        ("max-age=0", False),
        ("includeSubDomains", False),
        ("s-max-age=31536000", False),
        ("", False),
    ],
)
def test_hsts_binds_for_half_a_year_or_more(header: str, bound: bool) -> None:  # noqa: FBT001 - a parameter
    assert (seen(served(hsts=header)).unbound() == {}) is bound


@pytest.mark.parametrize("name", ["app.example.dev", "app.example.app"])
def test_a_name_that_browsers_bind_by_themselves_needs_no_header(name: str) -> None:
    assert seen(served(name, hsts="")).unbound() == {}


@pytest.mark.parametrize(
    ("status", "location", "leads"),
    [
        (308, "https://app.example/", True),
        (301, "https://www.app.example/", True),
        (307, "/app", False),
        (301, "http://www.app.example/", False),
        (200, "", False),
        (404, "https://app.example/", False),
    ],
)
def test_plain_http_leads_to_https_at_once(status: int, location: str, leads: bool) -> None:  # noqa: FBT001 - a parameter
    found = seen(served(plain=Plain(status=status, location=location))).unencrypted()

    assert (found == {}) is leads


def test_every_certificate_of_a_chain_counts() -> None:
    chain = (certificate(60), certificate(13.9, "between"))
    found = seen(served(chain=chain))

    assert list(found.ending(14)) == ["app.example over IPv4"]
    assert "13.9 days left of between" in found.ending(14)["app.example over IPv4"]
    assert found.ending(13.5) == {}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"protocol": "TLSv1.1"}, "TLSv1.1"),
        ({"old_protocols": ("TLSv1", "TLSv1.1")}, "TLSv1, TLSv1.1"),
    ],
)
def test_an_old_protocol_is_told_whether_it_is_the_newest_or_not(more: dict[str, Any], told: str) -> None:
    assert seen(served(**more)).old_protocols() == {"app.example over IPv4": told}


def test_a_short_key_anywhere_in_the_chain_is_told() -> None:
    chain = (certificate(), certificate(bits=192))

    assert seen(served(chain=chain)).weak_keys() == {"app.example over IPv4": "EC with 192 bits, instead of 256"}


@pytest.mark.parametrize(
    ("found", "cause"),
    [
        (seen(served(), silent={"b.example over IPv4": SILENT}), Cause.TIMEOUT),
        (seen(served(), hostnames=("app.example", "b.example"), no_way=("b.example over IPv6",)), Cause.UNREACHABLE),
    ],
)
def test_a_hostname_of_which_nothing_was_seen_is_no_good_one(found: Certificates, cause: Cause) -> None:
    with pytest.raises(CouldNotLook) as caught:
        require(found.seen())
    assert caught.value.cause == cause


def test_a_way_that_this_machine_lacks_is_said_and_breaks_nothing() -> None:
    found = seen(served(), no_way=("app.example over IPv6",))

    assert found.seen() is None
    assert list(found.narrowed()) == ["not looked at, because this machine has no way there: app.example over IPv6"]


@pytest.mark.parametrize("more", [{"plain": SILENT}, {"hsts": SILENT}])
def test_an_answer_that_did_not_come_is_no_good_one(more: dict[str, Any]) -> None:
    with pytest.raises(CouldNotLook, match="timeout"):
        require(seen(served(**more)).http_seen())


ISSUED = Hostname(name="app.example", issued=True, status="active", expires_at=NOW + timedelta(days=40))


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (ISSUED, ""),
        (Hostname(name="app.example", registered=False), "the platform does not know the hostname"),
        (Hostname(name="app.example", issued=False, status="pending_validation", problems=("no A record",)),
         "certificate is not issued"),
        (ISSUED.model_copy(update={"held_until": NOW}), "the authority limits requests"),
    ],
)  # fmt: skip
def test_the_record_of_the_platform_is_judged(record: Hostname, problem: str) -> None:
    assert [each.problem for each in seen(served(), records={record.name: record}).not_issued()] == (
        [problem] if problem else []
    )


def test_a_renewal_that_is_overdue_is_told_by_the_record() -> None:
    found = seen(served(), records={"app.example": ISSUED.model_copy(update={"expires_at": NOW + timedelta(days=13)})})

    assert found.overdue(14) == {"app.example": "the newest one ends 2026-09-23 00:00 UTC"}
    assert found.overdue(12) == {}


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({"records": {"app.example": ISSUED.model_copy(update={"issued": None, "status": "of next year"})}}, "no-data"),
        ({"obstacle": Obstacle(cause=Cause.UNAUTHORIZED, what="no")}, "unauthorized"),
    ],
)
def test_what_the_platform_does_not_tell_is_not_good(more: dict[str, Any], cause: str) -> None:
    with pytest.raises(CouldNotLook, match=cause):
        require(seen(served(), **more).records_known())


def test_a_platform_that_never_tells_leaves_the_rest_judged() -> None:
    assert seen(served(), untold="the platform tells of no hostnames").records_known() is None
