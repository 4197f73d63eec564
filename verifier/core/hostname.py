"""What a platform tells of a hostname that leads to an app: the DNS records that it expects, and its certificate."""

from __future__ import annotations

from pydantic import AwareDatetime

from verifier.core.evidence import Record


class Hostname(Record):
    """A hostname of the app, as the platform tells of it.

    Attributes:
        name: the hostname.
        registered: whether the platform knows it.
        a: the IPv4 addresses that it may lead to.
        aaaa: likewise IPv6.
        cname: the name that an alias must lead to, in the end or on the way.
        authorities: the domains by which CAA records name the authorities that may issue for it (RFC 8659).
        issued: whether a certificate is there; nothing where the platform's word says neither yes nor no.
        status: that word.
        requested_at: since when the platform has known the hostname.
        expires_at: the earliest end among its newest certificates.
        held_until: until when the authority issues nothing, if it limits the requests.
        problems: what the platform says is in the way.
    """

    name: str
    registered: bool = True
    a: tuple[str, ...] = ()
    aaaa: tuple[str, ...] = ()
    cname: str = ""
    authorities: tuple[str, ...] = ()
    issued: bool | None = None
    status: str = ""
    requested_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    held_until: AwareDatetime | None = None
    problems: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Both kinds of addresses."""
        return (*self.a, *self.aaaa)
