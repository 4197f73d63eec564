"""The section `[domain]`."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from verifier.core.config.target import Section, Target

_DNS_PORT, _HTTPS_PORT, _HTTP_PORT = 53, 443, 80
_FEWEST = 2


class Resolver(NamedTuple):
    """Where a resolver listens."""

    address: str
    port: int

    def __str__(self) -> str:
        return self.address if self.port == _DNS_PORT else f"{self.address}:{self.port}"


def resolver_of(text: str) -> Resolver:
    """`1.1.1.1`, `127.0.0.1:5353`, `2606:4700:4700::1111` or `[::1]:5353`.

    Raises:
        ValueError: it is none.
    """
    bare = text.count(":") > 1 and not text.startswith("[")
    parts = urlsplit(f"//[{text}]" if bare else f"//{text}")
    address = parts.hostname or ""
    try:
        ipaddress.ip_address(address)
        port = parts.port or _DNS_PORT
    except ValueError:
        raise ValueError("must be the address of a resolver, such as 1.1.1.1 or [::1]:5353") from None
    return Resolver(address, port)


def _is_resolver(text: str) -> str:
    resolver_of(text)
    return text


_NAME = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$"
Port = Annotated[int, Field(ge=1, le=65535)]


class Domain(Section):
    """The hostnames by which people reach the app.

    Attributes:
        hostnames: all of them, in lower case, without a dot at the end; international ones in their ASCII form.
        resolvers: whom to ask, two or more, so that one that is behind the others is noticed.
        https_port: where the app is served.
        http_port: where plain HTTP leads there.
    """

    hostnames: Annotated[tuple[Annotated[str, Field(pattern=_NAME, max_length=253)], ...], Field(min_length=1)]
    resolvers: Annotated[tuple[Annotated[str, AfterValidator(_is_resolver)], ...], Field(min_length=_FEWEST)] = (
        "1.1.1.1",
        "8.8.8.8",
    )
    https_port: Port = _HTTPS_PORT
    http_port: Port = _HTTP_PORT

    def mistakes(self, target: Target) -> Iterator[str]:  # noqa: ARG002 - nothing else of it matters
        """A name or a resolver that stands twice."""
        for key, given in (("hostnames", self.hostnames), ("resolvers", self.resolvers)):
            if len(set(given)) < len(given):
                yield f"domain.{key}: one of them stands twice"
