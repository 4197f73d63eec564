"""What is served for each hostname, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from verifier.core.evidence import Cause, CouldNotLook, Obstacle, Record
from verifier.core.evidence.finding import Finding
from verifier.probes.domain.certificate import Certificate
from verifier.probes.domain.records import HostnameRecords

_GOOD_PROTOCOLS = {"TLSv1.2", "TLSv1.3"}
_REDIRECTS = {301, 302, 303, 307, 308}
_LASTING = 180
"""Days for which HSTS must bind a browser, at the least (the preload list asks for a year, OWASP for half of one)."""
_PRELOADED = {"app", "dev", "page"}
"""Top-level domains for which browsers use HTTPS whatever a server says (Google Registry)."""
_DAY = 86_400


class Plain(Record):
    """What plain HTTP answers: its status, and where it leads."""

    status: int
    location: str


class Served(Record):
    """What one address serves for one hostname.

    Attributes:
        chain: the certificates, the leaf first.
        protocol: the newest one that both sides speak.
        mistrust: why a client refuses the certificate, in few words; empty if it does not.
        old_protocols: those older than TLS 1.2 that it still speaks.
        untried: those that could not be tried from here.
        hsts: the header that binds browsers to HTTPS; nothing for an address, which it cannot bind (RFC 6797), and
            where the certificate keeps us from asking.
        plain: what plain HTTP says; nothing, if its port is not known.
    """

    hostname: str
    address: str
    family: str
    chain: tuple[Certificate, ...]
    protocol: str
    mistrust: str = ""
    old_protocols: tuple[str, ...] = ()
    untried: tuple[str, ...] = ()
    hsts: str | Obstacle | None = None
    plain: Plain | Obstacle | None = None

    @property
    def lasts(self) -> float:
        """Seconds for which its HSTS header binds (RFC 6797, section 6.1.1); 0 without one."""
        found = re.search(
            r'(?:^|;)\s*max-age\s*=\s*"?(\d+)', self.hsts if isinstance(self.hsts, str) else "", re.IGNORECASE
        )
        return float(found[1]) if found else 0.0

    @property
    def leads_to_https(self) -> bool:
        """Whether plain HTTP sends people to HTTPS at once."""
        plain = self.plain
        return isinstance(plain, Plain) and plain.status in _REDIRECTS and urlsplit(plain.location).scheme == "https"


class Certificates(HostnameRecords):
    """The certificates of all hostnames.

    Attributes:
        hostnames: every one that must have been seen.
        served: 'hostname over IPv4' → what is served there.
        silent: 'hostname over IPv4', or a hostname without an address → why nothing was seen there.
        no_way: places to which this machine has no route.
        to_redirect: where it is configured that plain HTTP leads to HTTPS.
    """

    hostnames: tuple[str, ...]
    served: dict[str, Served]
    silent: dict[str, Obstacle] = {}
    no_way: tuple[str, ...] = ()
    to_redirect: str = ""

    def trust_told(self) -> dict[str, str]:
        """Place → who vouches for its certificate, in words."""
        return {
            place: each.mistrust or f"{each.chain[0].issuer}, {each.protocol}, {each.chain[0].key} {each.chain[0].bits}"
            for place, each in self.served.items()
            if each.chain
        }

    def refused(self) -> list[Finding]:
        """Certificates that a client refuses, with the reason as the problem."""
        return [
            Finding(
                subject=place,
                problem=each.mistrust,
                detail=_chain_told(each.chain),
                remedy=self.remedy.format(each.hostname) or "serve a certificate of a known authority for this name",
            )
            for place, each in self.served.items()
            if each.mistrust
        ]

    def days_left(self) -> dict[str, float]:
        """Place → days until the first certificate of its chain ends."""
        return {
            place: min(part.days_left(self.at) for part in each.chain)
            for place, each in self.served.items()
            if each.chain
        }

    def ending(self, days: float) -> dict[str, str]:
        """Places with a certificate of which fewer days are left, in words."""
        return {
            place: "; ".join(
                f"{part.days_left(self.at):.1f} days left of {part.subject}"
                for part in self.served[place].chain
                if not part.days_left(self.at) >= days
            )
            for place, left in self.days_left().items()
            if not left >= days
        }

    def old_protocols(self) -> dict[str, str]:
        """Places that speak a protocol older than TLS 1.2, in words."""
        spoken = {
            place: {*each.old_protocols, *({each.protocol} - _GOOD_PROTOCOLS)} for place, each in self.served.items()
        }
        return {place: ", ".join(sorted(found)) for place, found in spoken.items() if found}

    def weak_keys(self) -> dict[str, str]:
        """Places with a key in their chain that is too short, in words."""
        found = {place: [part.weak for part in each.chain if part.weak] for place, each in self.served.items()}
        return {place: "; ".join(told) for place, told in found.items() if told}

    def unbound(self) -> dict[str, str]:
        """Places whose HSTS header is missing or binds for too short a time, in words."""
        return {
            place: f"'{each.hsts}'" if each.hsts else "no header"
            for place, each in self.served.items()
            if isinstance(each.hsts, str) and each.lasts < _LASTING * _DAY and not _preloaded(each.hostname)
        }

    def unencrypted(self) -> dict[str, str]:
        """Places where plain HTTP does not lead to HTTPS, in words."""
        return {
            place: f"HTTP {each.plain.status}{' to ' * bool(each.plain.location)}{each.plain.location}"
            for place, each in self.served.items()
            if isinstance(each.plain, Plain) and not each.leads_to_https
        }

    def http_told(self) -> dict[str, str]:
        """Place → what plain HTTP and the HSTS header say, in words."""
        return {place: f"{_plain_told(each.plain)}; {_hsts_told(each)}" for place, each in self.served.items()}

    def seen(self) -> CouldNotLook | None:
        """Whether something was seen of every hostname, over every way that this machine has.

        Returns:
            Why not, if not: as the first place that showed nothing.
        """
        for silence in self.silent.values():
            return silence.as_error()
        names = {each.hostname for each in self.served.values()}
        unseen = [each for each in self.hostnames if each not in names]
        if unseen:
            told = f"this machine has no way to any address of {', '.join(unseen)}"
            return CouldNotLook(Cause.UNREACHABLE, told, remedy="run where there is IPv6, or IPv4")
        return None

    def http_seen(self) -> CouldNotLook | None:
        """Whether plain HTTP and the HSTS header were seen wherever they could be asked for.

        Returns:
            Why not, if not: as the first obstacle.
        """
        for each in self.served.values():
            for found in (each.plain, each.hsts):
                if isinstance(found, Obstacle):
                    return found.as_error()
        return None

    def narrowed(self) -> Iterator[str]:
        """What was not looked at although all is judged, in sentences."""
        if self.no_way:
            yield f"not looked at, because this machine has no way there: {', '.join(self.no_way)}"
        untried = sorted({name for each in self.served.values() for name in each.untried})
        if untried:
            yield f"not tried, because this machine's OpenSSL does not speak it: {', '.join(untried)}"


def _preloaded(hostname: str) -> bool:
    return hostname.rsplit(".", 1)[-1] in _PRELOADED


def _chain_told(chain: tuple[Certificate, ...]) -> str:
    if not chain:
        return "no certificate at all"
    leaf = chain[0]
    issued = " ← ".join(part.issuer for part in chain)
    return f"for {', '.join(leaf.names) or leaf.subject}; {leaf.starts:%Y-%m-%d} to {leaf.ends:%Y-%m-%d}; by {issued}"


def _plain_told(plain: Plain | Obstacle | None) -> str:
    if isinstance(plain, Plain):
        return f"HTTP {plain.status}{' → HTTPS' if plain.location.startswith('https:') else ''}"
    return f"plain HTTP {plain.cause}" if plain else "plain HTTP not asked"


def _hsts_told(served: Served) -> str:
    if isinstance(served.hsts, str):
        return f"HSTS {served.lasts / _DAY:.0f} days" if served.hsts else "no HSTS"
    return "HSTS not seen"
