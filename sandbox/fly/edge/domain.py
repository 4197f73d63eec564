"""The custom domain: its DNS, its certificates, and the two addresses by which people reach the app."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.fly.edge.dns import Resolver, Zone
from sandbox.fly.edge.proxy import HttpsRedirect
from sandbox.fly.hostname import HostnameRecord
from sandbox.serving import LoopbackServer

HOSTNAMES = ("hotdash.example", "www.hotdash.example")
AUTHORITY = "letsencrypt.org"
HSTS = "max-age=31536000; includeSubDomains"
_DAYS = 60
"""For which a certificate is issued."""


class Domain:
    """Everything of the domain that leads to one app.

    Args:
        edge: what answers there.
        issuer: the authority of the certificates.
        app: the name of the app.
        folder: where the files of certificates are.
    """

    def __init__(self, edge: ASGIApp, issuer: trustme.CA, app: str, folder: Path) -> None:
        self._edge, self._issuer, self._folder = edge, issuer, folder
        self.hsts, self.redirects = HSTS, True
        self.expires_at = datetime.now(UTC) + timedelta(days=_DAYS)
        self.healthy = self._written(issuer.issue_cert(*HOSTNAMES, not_after=self.expires_at))
        self.https = LoopbackServer(self._secure, self.healthy, both=True)
        self.http = LoopbackServer(self._plain, both=True)
        a = tuple(host for host in self.https.hosts if "." in host)
        # Both listeners have to answer over IPv6, and a machine may lack it.
        aaaa = tuple(host for host in self.https.hosts if ":" in host and host in self.http.hosts)
        alias = f"{app}.edge.example"
        self.records = {each: HostnameRecord(each, alias, a, aaaa, self.expires_at) for each in HOSTNAMES}
        self.zone = Zone(_lines(alias, a, aaaa))
        self.resolvers = (Resolver(self.zone), Resolver(self.zone))

    async def start(self) -> None:
        """Answer questions for names."""
        for resolver in self.resolvers:
            await resolver.start()

    def announcement(self) -> dict[str, object]:
        """The section of the target file."""
        return {
            "hostnames": list(HOSTNAMES),
            "resolvers": [each.address for each in self.resolvers],
            "https_port": self.https.port,
            "http_port": self.http.port,
        }

    def issue(self, *names: str, by: trustme.CA | None = None, starts: timedelta, ends: timedelta) -> None:
        """Serve a new certificate from now on."""
        now = datetime.now(UTC)
        leaf = (by or self._issuer).issue_cert(*names, not_before=now + starts, not_after=now + ends)
        self.serve(self._written(leaf))

    def serve(self, files: tuple[Path, Path]) -> None:
        """Serve this certificate, with this key, from now on."""
        self.https.tls.load_cert_chain(*files)

    def _written(self, leaf: trustme.LeafCert) -> tuple[Path, Path]:
        return self.write(b"".join(each.bytes() for each in leaf.cert_chain_pems), leaf.private_key_pem.bytes())

    def write(self, chain: bytes, key: bytes) -> tuple[Path, Path]:
        """A certificate chain and its key as files."""
        certificate = Path(tempfile.mkstemp(suffix=".pem", dir=self._folder)[1])
        certificate.write_bytes(chain)
        private = certificate.with_suffix(".key")
        private.touch(mode=0o600)
        private.write_bytes(key)
        return certificate, private

    async def _secure(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def bound(message: Message) -> None:
            if message["type"] == "http.response.start" and self.hsts:
                MutableHeaders(scope=message)["strict-transport-security"] = self.hsts
            await send(message)

        await self._edge(scope, receive, bound)

    async def _plain(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.redirects or scope["type"] != "http":
            await self._edge(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", HOSTNAMES[0]).partition(":")[0]
        await HttpsRedirect(f"https://{host}:{self.https.port}")(scope, receive, send)

    def stop(self) -> None:
        """Answer no more questions; its two servers are stopped by whoever has started them."""
        for resolver in self.resolvers:
            resolver.stop()


def _lines(alias: str, a: tuple[str, ...], aaaa: tuple[str, ...]) -> list[str]:
    apex, www = HOSTNAMES
    found = [f"{name}. 60 IN A {each}" for name in (apex, alias) for each in a]
    found += [f"{name}. 60 IN AAAA {each}" for name in (apex, alias) for each in aaaa]
    found += ["another-app.edge.example. 60 IN A 192.0.2.9"]
    return [*found, f"{www}. 60 IN CNAME {alias}.", f'{apex}. 60 IN CAA 0 issue "{AUTHORITY}"']
