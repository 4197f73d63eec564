"""Whoever held streams leaves nothing open, also where the other side does not say farewell."""

from __future__ import annotations

import gc
import socket
import ssl
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from sandbox.fly.edge.certificates import issue
from sandbox.serving import loopback_socket
from verifier.core.config.target import Target, new_target
from verifier.core.deadline import Deadline
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.machine import EDGE
from verifier.core.probe import Context
from verifier.probes.sse.section import Events
from verifier.probes.sse.subscriptions import Subscriptions

SILENT = """
import socket, threading, types
from verifier.core.config.target import new_target
from verifier.core.deadline import Deadline
from verifier.probes.sse.section import Events
from verifier.probes.sse.subscriptions import Subscriptions

asked = threading.Event()

def hang(*_, **__):
    asked.set()
    threading.Event().wait()

socket.getaddrinfo = hang
target = new_target(title="a test", app="a-test", url="http://nowhere.example", events=Events(path="/events"))
context = types.SimpleNamespace(target=target, url=target.url, part=lambda part, _: part, deadline=Deadline(30))
with Subscriptions(context) as streams:
    streams.open("edge")
    asked.wait()
print("the run is over")
"""
"""A name server that never answers."""


@contextmanager
def without_farewell(folder: Path, head: str) -> Iterator[Target]:
    """A TLS server that answers one request with `head`, and then neither reads nor closes."""
    certificates = issue(folder)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificates.leaf, certificates.key)
    done = threading.Event()
    with loopback_socket() as listening:
        listening.listen()

        def answer() -> None:
            connection, _ = listening.accept()
            with tls.wrap_socket(connection, server_side=True) as served:
                served.recv(65536)
                served.sendall(head.replace("\n", "\r\n").encode())
                done.wait()

        thread = threading.Thread(target=answer)
        thread.start()
        yield new_target(
            title="a test",
            app="a-test",
            url=f"https://127.0.0.1:{listening.getsockname()[1]}",
            tls={"ca_file": str(certificates.authority)},
            events=Events(path="/events"),
        )
        done.set()
        thread.join()


@pytest.mark.parametrize(
    ("head", "refused"),
    [
        ("200 OK\ncontent-type: text/plain", Cause.PRECONDITION),
        ("200 OK\ncontent-type: text/event-stream", None),
        ("500 Internal Server Error", Cause.PRECONDITION),
        ("302 Found\nlocation: /elsewhere", Cause.PRECONDITION),
        ("302 Found\nlocation: /auth/login", Cause.UNAUTHORIZED),
        ("401 Unauthorized", Cause.UNAUTHORIZED),
        ("429 Too Many Requests", Cause.RATE_LIMITED),
    ],
)
def test_no_connection_outlives_the_block(tmp_path: Path, head: str, refused: Cause | None) -> None:
    with without_farewell(tmp_path, f"HTTP/1.1 {head}\n\n") as target:
        context = SimpleNamespace(target=target, url=target.url, part=lambda part, _: part, deadline=Deadline(30))
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            with Subscriptions(cast("Context", context)) as streams:
                try:
                    (stream,) = streams.opened([EDGE])
                    cause = None
                except CouldNotLook as trouble:
                    cause = trouble.cause
                else:
                    streams.leave([stream])
            del streams
            gc.collect()

    assert cause == refused
    assert [str(each.message) for each in warned] == []


def test_a_name_server_that_is_silent_does_not_keep_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", SILENT], capture_output=True, text=True, timeout=30, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "the run is over\n", "")


def test_a_host_with_several_addresses_is_reached_at_the_one_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 0)) for each in ("127.0.0.2", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with loopback_socket() as listening:
        listening.listen()
        listening.settimeout(10)
        url = f"http://app.example:{listening.getsockname()[1]}"
        target = new_target(title="a test", app="a-test", url=url, events=Events(path="/events"))
        context = SimpleNamespace(target=target, url=url, part=lambda part, _: part, deadline=Deadline(30))
        with Subscriptions(cast("Context", context)) as streams:
            streams.open(EDGE)
            connection, _ = listening.accept()
            with connection:
                assert connection.recv(65536).startswith(b"GET /events HTTP/1.1\r\n")
