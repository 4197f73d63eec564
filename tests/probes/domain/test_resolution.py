"""What resolvers say, and what is wrong with it by what the platform expects."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from dnslib import RCODE, DNSRecord

from sandbox.fly.edge.dns import Resolver, Zone
from tests.support.probe_context import looking_at
from verifier.core.evidence import Cause, CouldNotLook, require
from verifier.core.hostname import Hostname
from verifier.probes.domain import resolution
from verifier.probes.domain.evidence import Answer, DomainState
from verifier.probes.domain.resolution import observe_domain
from verifier.probes.domain.section import resolver_of

NAME = "www.app.example"
OWN = Hostname(name=NAME, a=("192.0.2.1", "192.0.2.2"), aaaa=("2001:db8::1",), cname="app.platform.example",
               authorities=("letsencrypt.org",))  # fmt: skip
GOOD = Answer(exists=True, a=("192.0.2.1",), aaaa=("2001:db8::1",))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1.1.1.1", "1.1.1.1"),
        ("127.0.0.1:5353", "127.0.0.1:5353"),
        ("2606:4700:4700::1111", "2606:4700:4700::1111"),
        ("[::1]:5353", "::1:5353"),
    ],
)
def test_a_resolver_is_an_address_with_or_without_a_port(text: str, told: str) -> None:
    assert str(resolver_of(text)) == told


@pytest.mark.parametrize("text", ["", "dns.example", "1.1.1", "1.1.1.1:x", "[::1", "1.1.1.1:70000"])
def test_what_is_no_address_is_no_resolver(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as 1\.1\.1\.1|Invalid IPv6"):
        resolver_of(text)


def state(*answers: Answer, wanted: Hostname = OWN) -> DomainState:
    told = {f"r{number}": each for number, each in enumerate(answers, 1)}
    return DomainState(asked="?", where="here", at=datetime.now(UTC), again="dig", hostnames=(NAME,),
                       answers={NAME: told}, expected={NAME: wanted})  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "objection", "said"),
    [
        ((GOOD, GOOD), "", ""),
        # An alias may take any way to the addresses of the app.
        ((GOOD.model_copy(update={"aliases": ("app.example",)}),), "", ""),
        ((Answer(exists=False),), "missing", "no such name (at r1)"),
        ((Answer(exists=True),), "missing", "no address (at r1)"),
        ((GOOD, GOOD.model_copy(update={"a": ("192.0.2.9",)})), "elsewhere", "(at r2)"),
        ((GOOD.model_copy(update={"a": ("192.0.2.1", "192.0.2.9")}),), "elsewhere", "instead of 192.0.2.1, 192.0.2.2"),
        ((GOOD.model_copy(update={"aaaa": ("2001:db8::9",)}),), "elsewhere", "2001:db8::9"),
        ((GOOD.model_copy(update={"aaaa": ()}),), "incomplete", "no AAAA record (at r1)"),
        ((GOOD.model_copy(update={"a": ()}),), "incomplete", "no A record (at r1)"),
        ((GOOD.model_copy(update={"issuers": ("ca.example",), "limited_at": "app.example"}),), "forbidden",
         "CAA at app.example lets ca.example issue, and not letsencrypt.org (at r1)"),
        ((GOOD.model_copy(update={"issuers": (), "limited_at": NAME}),), "forbidden", "lets nobody issue"),
        ((GOOD.model_copy(update={"issuers": ("ca.example", "letsencrypt.org"), "limited_at": NAME}),), "", ""),
    ],
)  # fmt: skip
def test_each_objection_names_what_was_seen_and_by_whom(answers: tuple[Answer, ...], objection: str, said: str) -> None:
    seen = state(*answers)
    found = {name: getattr(seen, name)() for name in ("missing", "elsewhere", "incomplete", "forbidden")}

    assert [name for name, objections in found.items() if objections] == ([objection] if objection else [])
    assert said in str(found.get(objection, {}).get(NAME, ""))


def test_where_the_platform_tells_no_address_the_alias_counts() -> None:
    wanted = Hostname(name=NAME, cname="app.platform.example")
    there, astray = (GOOD.model_copy(update={"aliases": (each,)}) for each in ("app.platform.example", "b.example"))

    assert state(there, wanted=wanted).elsewhere() == {}
    assert "instead of app.platform.example" in state(astray, wanted=wanted).elsewhere()[NAME]


def test_where_nobody_tells_what_is_expected_nothing_is_wrong_but_that_it_is_missing() -> None:
    nobody = Hostname(name=NAME)

    assert state(GOOD, wanted=nobody).elsewhere() == state(GOOD, wanted=nobody).incomplete() == {}
    assert state(Answer(exists=False), wanted=nobody).missing() == {NAME: "no such name (at r1)"}


class Broken(Resolver):
    """A resolver that can resolve nothing."""

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = DNSRecord.parse(data).reply()
        answer.header.rcode = RCODE.SERVFAIL
        if self._transport:
            self._transport.sendto(answer.pack(), addr)


ZONE = Zone([
    "app.example. 60 IN A 192.0.2.1",
    "app.example. 60 IN AAAA 2001:db8::1",
    'app.example. 60 IN CAA 0 issue "letsencrypt.org; validationmethods=http-01"',
    'app.example. 60 IN CAA 0 iodef "mailto:security@app.example"',
    "www.app.example. 60 IN CNAME app.platform.example.",
    "app.platform.example. 60 IN A 192.0.2.1",
    "app.platform.example. 60 IN AAAA 2001:db8::1",
])  # fmt: skip


@contextmanager
def resolving(*resolvers: Resolver) -> Iterator[list[str]]:
    """The addresses of resolvers that answer in a thread of their own."""
    loop = asyncio.new_event_loop()
    for each in resolvers:
        loop.run_until_complete(each.start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield [each.address for each in resolvers]
    finally:
        for each in resolvers:
            loop.call_soon_threadsafe(each.stop)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


def asked(addresses: list[str], *hostnames: str) -> DomainState:
    """What these resolvers say; no platform tells what is expected."""
    context = looking_at(
        "https://app.example", {}, "r", platform={"machines": "none"},
        domain={"hostnames": list(hostnames), "resolvers": addresses},
    )  # fmt: skip
    return observe_domain(context)


def test_addresses_aliases_and_limits_are_read() -> None:
    with resolving(Resolver(ZONE), Resolver(ZONE)) as addresses:
        seen = asked(addresses, "app.example", NAME, "gone.app.example")

    first = {name: answers[addresses[0]] for name, answers in seen.answers.items()}
    assert first[NAME].aliases == ("app.platform.example",)
    assert first[NAME].addresses == first["app.example"].addresses == ("192.0.2.1", "2001:db8::1")
    # The records of a parent limit the names below it, whatever the alias leads to.
    assert {first[name].issuers for name in ("app.example", NAME)} == {("letsencrypt.org",)}
    assert first[NAME].limited_at == "app.example"
    assert not first["gone.app.example"].exists
    assert "nobody tells where the hostnames must lead" in seen.untold
    assert seen.heard() is None


@pytest.mark.parametrize(
    ("silent", "cause"), [(lambda: Broken(ZONE), Cause.UNREACHABLE), (lambda: _mute(ZONE), Cause.TIMEOUT)]
)
def test_a_resolver_that_resolves_nothing_says_nothing_about_the_domain(
    silent: Callable[[], Resolver], cause: Cause, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolution, "SECONDS", 0.2)
    with resolving(Resolver(ZONE), silent()) as addresses:
        seen = asked(addresses, "app.example")

    assert seen.missing() == {}
    with pytest.raises(CouldNotLook) as caught:
        require(seen.heard())
    assert (caught.value.cause, "name other resolvers" in caught.value.remedy) == (cause, True)


def _mute(zone: Zone) -> Resolver:
    made = Resolver(zone)
    made.silent = True
    return made
