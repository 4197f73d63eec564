"""A client that opens an event stream and does not read it; its receive buffer is small."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

from verifier.core import causes
from verifier.core.evidence import CouldNotLook
from verifier.core.probe import Context
from verifier.probes.sse.section import Events
from verifier.probes.sse.stream import StreamEndpoint

_SECONDS = 15.0


@contextmanager
def stalled_reader(context: Context, machine: str) -> Iterator[None]:
    """Be there, on a stream of this machine, and read nothing but the beginning of the answer.

    A blocking socket and not asyncio's, whose TLS goes on reading for a reader that has paused.

    Raises:
        CouldNotLook: there is no connection.
    """
    endpoint = StreamEndpoint.of(context.target, context.url, context.target.section(Events).path)
    try:
        with closing(_connected(endpoint)) as connection:
            connection.sendall(endpoint.request(machine, ""))
            connection.recv(1)
            yield
    except OSError as trouble:
        what = f"a client that does not read, on machine {machine}: {type(trouble).__name__}: {trouble}"
        raise CouldNotLook(causes.of_error(trouble), what) from None


def _connected(endpoint: StreamEndpoint) -> socket.socket:
    ((family, kind, protocol, _, address), *_) = socket.getaddrinfo(
        endpoint.host, endpoint.port, type=socket.SOCK_STREAM
    )
    made = socket.socket(family, kind, protocol)
    made.settimeout(_SECONDS)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # the least that the system has; only before connecting
    made.connect(address)
    return endpoint.tls.wrap_socket(made, server_hostname=endpoint.host) if endpoint.tls else made
