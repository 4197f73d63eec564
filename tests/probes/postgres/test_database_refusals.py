"""A server that does not let the role in is no server that is down."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import psycopg
import pytest
from psycopg import sql

from sandbox.fly.edge.certificates import issue
from sandbox.serving import loopback_socket
from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.embedded.server import Server, scratch_server
from verifier.probes.postgres.database import connected


def cause(url: str) -> Cause:
    context = SimpleNamespace(credentials=SimpleNamespace(get=lambda _: url), deadline=Deadline(30))
    with pytest.raises(CouldNotLook) as caught, connected(cast("Context", context)):
        pass
    return caught.value.cause


@contextmanager
def behind_tls(server: Server, folder: Path) -> Iterator[str]:
    """The host and port of a TLS door before the server, whose own build speaks no TLS."""
    certificates = issue(folder)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificates.leaf, certificates.key)

    def forward(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    def serve(client: socket.socket) -> None:
        client.recv(8)  # the request for TLS
        client.sendall(b"S")
        with (
            tls.wrap_socket(client, server_side=True) as near,
            socket.create_connection(("127.0.0.1", server.port)) as far,
        ):
            back = threading.Thread(target=forward, args=(far, near))
            back.start()
            forward(near, far)
            back.join()

    def accept() -> None:
        with suppress(OSError):  # that the test is over
            while True:
                with listening.accept()[0] as client:
                    serve(client)

    with loopback_socket() as listening:
        listening.listen()
        serving = threading.Thread(target=accept)
        serving.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        serving.join()


def test_a_role_or_database_that_is_refused_is_unauthorized_and_a_silent_server_unreachable(tmp_path: Path) -> None:
    with scratch_server() as server:
        url = server.database("app")
        with psycopg.connect(url, autocommit=True) as connection:
            password = sql.Literal(server.password)
            connection.execute(sql.SQL("create role sleeper nologin password {}").format(password))
        seen = {
            "no login": cause(server.url("sleeper", database="app")),
            "wrong password": cause(server.url(password="not-it", database="app")),
            "no database": cause(server.url(database="gone")),
        }

        with behind_tls(server, tmp_path) as door:
            wrong = server.url(password="not-it", database="app").replace(f"127.0.0.1:{server.port}", door)
            seen["wrong password, over TLS"] = cause(f"{wrong}?sslmode=require&gssencmode=disable")

    assert seen == dict.fromkeys(seen, Cause.UNAUTHORIZED)
    assert cause("postgresql://nobody@127.0.0.1:9/app") == Cause.UNREACHABLE


def test_a_pooler_that_takes_no_options_is_asked_without_them() -> None:
    asked = []

    def serve(listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                with listening.accept()[0] as client:
                    started(client)

    def started(client: socket.socket) -> None:
        while (head := client.recv(4)) and (words := client.recv(int.from_bytes(head) - 4)):
            if len(words) == 4:  # requests for TLS and for GSSAPI are of one number
                client.sendall(b"N")
                continue
            asked.append(b"options" in words)
            refusal = "unsupported startup parameter: options" if asked[-1] else "password authentication failed"
            fields = f"SFATAL\0C{'08P01' if asked[-1] else '28P01'}\0M{refusal}\0\0".encode()
            client.sendall(b"E" + (len(fields) + 4).to_bytes(4) + fields)
            return

    with loopback_socket() as listening:
        listening.listen()
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        refused = cause(f"postgresql://me:secret@127.0.0.1:{listening.getsockname()[1]}/app?sslmode=disable")
        listening.shutdown(socket.SHUT_RDWR)

    assert asked[:2] == [True, False]
    assert refused == Cause.UNAUTHORIZED
