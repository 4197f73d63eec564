"""Connects to every hostname over IPv4 and IPv6: certificates, protocols, HSTS, and the way from HTTP to HTTPS."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import urlsplit

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Obstacle, or_obstacle
from verifier.core.probe import Context
from verifier.core.threads import in_threads, within
from verifier.probes.domain.evidence import DomainState
from verifier.probes.domain.handshake import (
    SECONDS,
    ServerAddress,
    accepts,
    by_openssl,
    has_way,
    head_in_plain,
    head_over_tls,
    is_address,
    mistrust,
    read_chain,
)
from verifier.probes.domain.section import Domain
from verifier.probes.domain.served import Certificates, Plain, Served
from verifier.probes.http.client import trust
from verifier.probes.platform.state import by_hand

_HTTPS_PORT, _HTTP_PORT = 443, 80
_AT_ONCE = 8
_WHOLE = 40.0
"""Seconds for everything that is asked of one address."""
Seen = TypeVar("Seen")


def observe_certificates(context: Context) -> Certificates:
    """Connect to every address of every hostname, and of the target's own address.

    The addresses of a hostname are those that the platform expects, so that a wrong DNS record is one finding and not
    two, and a certificate can be judged before the domain is switched over; else those that resolvers tell.

    Raises:
        CouldNotLook: precondition, if the target is not served over HTTPS and has no `[domain]`.
    """
    started, domain, hand = now(), _domain(context), by_hand(context)
    places, unknown = _places(context, domain)
    ways = {each.address: has_way(each.address) for each in places}
    reachable = [each for each in places if ways[each.address]]
    seen = in_threads(lambda each: _look_in_time(context, each), reachable, _AT_ONCE)
    told = dict(zip(map(str, reachable), seen, strict=True))
    names = tuple(dict.fromkeys(each.hostname for each in places)) + tuple(unknown)
    if not names:
        raise CouldNotLook(Cause.PRECONDITION, f"{context.url} is not served over HTTPS, and there is no [domain]")
    return Certificates(
        asked="Which certificates are served, and how?",
        where=", ".join(f"{each} ({each.address} port {each.port})" for each in places) or ", ".join(names),
        at=started,
        again=by_openssl(places[0]) if places else f"dig {names[0]}",
        hostnames=names,
        served={place: each for place, each in told.items() if isinstance(each, Served)},
        silent={place: each for place, each in told.items() if isinstance(each, Obstacle)} | unknown,
        no_way=tuple(str(each) for each in places if not ways[each.address]),
        records=domain.expected if domain else {},
        untold=domain.untold if domain else "",
        obstacle=domain.obstacle if domain else None,
        to_redirect=hand.mend_http or "let plain HTTP redirect to HTTPS",
        remedy=hand.hostname,
    )


def _domain(context: Context) -> DomainState | None:
    return context.get("domain", DomainState) if context.target.get(Domain) else None


def _places(context: Context, domain: DomainState | None) -> tuple[list[ServerAddress], dict[str, Obstacle]]:
    """Where to connect, and the hostnames for which nobody tells that."""
    settings = context.target.get(Domain)
    found, unknown = [], {}
    for name in settings.hostnames if settings and domain else ():
        addresses = _addresses(domain, name) if domain else ()
        found += [ServerAddress(name, each, settings.https_port if settings else _HTTPS_PORT) for each in addresses]
        if not addresses:
            what = f"neither the platform nor a resolver tells an address of {name}"
            unknown[name] = Obstacle(cause=Cause.NO_DATA, what=what, remedy="see custom-domain")
    parts = urlsplit(context.url)
    own = parts.hostname or ""
    if parts.scheme == "https" and own not in {each.hostname for each in found}:
        try:
            found += [ServerAddress(own, each, parts.port or _HTTPS_PORT) for each in _resolved(own)]
        except CouldNotLook as trouble:
            unknown[own] = Obstacle.of(trouble)
    return found, unknown


def _addresses(domain: DomainState, name: str) -> tuple[str, ...]:
    expected = domain.expected.get(name)
    told = (answer.addresses for answer in domain.answers[name].values())
    return (expected.addresses if expected else ()) or next((each for each in told if each), ())


def _resolved(host: str) -> Iterator[str]:
    """The addresses of a host as this machine resolves it."""
    try:
        found = within(SECONDS, lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except OSError as trouble:
        raise CouldNotLook(Cause.UNREACHABLE, f"{host} does not resolve here: {trouble}") from None
    yield from dict.fromkeys(str(each[4][0]) for each in found)


def _look_in_time(context: Context, place: ServerAddress) -> Served | Obstacle:
    """The same within a time that no sequence of slow answers exceeds."""
    try:
        return within(_WHOLE, lambda: _look(context, place))
    except TimeoutError:
        return Obstacle(cause=Cause.TIMEOUT, what=f"{place}: not done within {_WHOLE:g} s", remedy=by_openssl(place))


def _look(context: Context, place: ServerAddress) -> Served | Obstacle:
    trusted = trust(context.target.tls.ca_file)
    try:
        shown = context.deadline.shorter(2 * SECONDS).retry(lambda: read_chain(place))
        refusal = mistrust(place, trusted)
        old = accepts(place)
    except CouldNotLook as trouble:
        return Obstacle.of(trouble)
    settings = context.target.get(Domain)
    is_named = settings is not None and place.hostname in settings.hostnames
    return Served(
        hostname=place.hostname,
        address=place.address,
        family=place.family,
        chain=shown.chain,
        protocol=shown.protocol,
        mistrust=refusal,
        old_protocols=tuple(name for name, accepted in old.items() if accepted),
        untried=tuple(name for name in ("TLSv1", "TLSv1.1") if name not in old),
        hsts=None if refusal or is_address(place.hostname) else or_obstacle(lambda: _hsts(context, place, trusted)),
        plain=_plain(context, place, settings, is_named=is_named),
    )


def _hsts(context: Context, place: ServerAddress, trusted: ssl.SSLContext) -> str:
    head = head_over_tls(place, trusted, context.target.user_agent)
    return head.headers.get("strict-transport-security", "")


def _plain(
    context: Context, place: ServerAddress, settings: Domain | None, *, is_named: bool
) -> Plain | Obstacle | None:
    """What plain HTTP says; nothing, where it is not known on which port that would be."""
    port = settings.http_port if settings and is_named else _HTTP_PORT if place.port == _HTTPS_PORT else None
    if port is None:
        return None

    def ask() -> Plain:
        head = head_in_plain(place._replace(port=port), context.target.user_agent)
        return Plain(status=head.status, location=head.headers.get("location", ""))

    return or_obstacle(ask)
