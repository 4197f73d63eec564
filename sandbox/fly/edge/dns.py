"""A resolver on loopback that tells where the deployment's hostnames lead."""

import asyncio
from collections.abc import Iterable

from dnslib import CLASS, QTYPE, RCODE, RR, DNSRecord


class Zone:
    """The records of a domain, in the words of a zone file.

    Args:
        lines: one record each.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)

    def replaced(self, name: str, kind: str, *instead: str) -> "Zone":
        """The same zone with other records of this name and kind."""
        kept = [line for line in self.lines if not line.startswith(f"{name}. 60 IN {kind} ")]
        return Zone([*kept, *(f"{name}. 60 IN {kind} {each}" for each in instead)])

    def answer(self, asked: DNSRecord) -> DNSRecord:
        """The answer to a question; aliases are followed within the zone."""
        answer = asked.reply()
        records, name = RR.fromZone("\n".join(self.lines)), asked.q.qname
        wanted = {QTYPE[asked.q.qtype], "CNAME"}
        for _ in range(len(records)):
            found = [each for each in records if each.rname == name and QTYPE[each.rtype] in wanted]
            for each in found:
                answer.add_answer(each)
            aliases = [each for each in found if QTYPE[each.rtype] == "CNAME" != QTYPE[asked.q.qtype]]
            if not aliases:
                break
            name = aliases[0].rdata.label
        if not any(each.rname.matchSuffix(name) for each in records):
            answer.header.rcode = RCODE.NXDOMAIN
        return answer


class Resolver(asyncio.DatagramProtocol):
    """One resolver; its zone can be another than that of the others, as before a change has reached it."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.silent = False
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))

    @property
    def address(self) -> str:
        """Where it listens."""
        if self._transport is None:
            raise RuntimeError("not started")
        host, port = self._transport.get_extra_info("sockname")
        return f"{host}:{port}"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket, to answer with."""
        self._transport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question."""
        if self.silent or self._transport is None:
            return
        asked = DNSRecord.parse(data)
        if CLASS[asked.q.qclass] == "IN":
            self._transport.sendto(self.zone.answer(asked).pack(), addr)

    def stop(self) -> None:
        """Listen no more."""
        if self._transport is not None:
            self._transport.close()
