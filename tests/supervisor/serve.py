"""Keeps two processes of an app behind one address, and tells of them.

`python serve.py APP.py [--fault NAME]` prints one line of JSON, as a target's start command does, and ends with its
standard input.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import itertools
import json
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

FAULTS = {"machine-killed": "one of the two processes is killed", "old-image": "one of the two runs another file"}
PAGE = 100


def moment() -> str:
    return datetime.now(UTC).isoformat()


class Process:
    """One process of the app, started again when it is asked for."""

    def __init__(self, name: str, script: Path, log: list[dict[str, Any]]) -> None:
        self.name, self.script, self.log = name, script, log
        self.exits: list[dict[str, Any]] = []
        self.instances = itertools.count(1)
        self.start()

    def start(self) -> None:
        self.asked_to_stop, self.instance, self.launched = False, str(next(self.instances)), moment()
        self.image = f"app@sha256:{hashlib.sha256(self.script.read_bytes()).hexdigest()}"
        command = [sys.executable, str(self.script), "--port", "0", "--log"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = urlsplit(self.process.stdout.readline().strip()).port
        self.listener = threading.Thread(target=self._listen, args=(self.process,), daemon=True)
        self.listener.start()

    def stop(self) -> None:
        self.asked_to_stop = True
        self.process.stdin.close()
        self.process.wait()
        self.listener.join()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout:
            self.log.append({"machine": self.name, "nanoseconds": time.time_ns(), "text": line.rstrip("\n")})
        told = {"at": moment(), "code": process.wait(), "requested": self.asked_to_stop}
        self.exits.insert(0, told)

    @property
    def state(self) -> str:
        return "started" if self.process.poll() is None else "stopped" if self.asked_to_stop else "failed"

    def told(self) -> dict[str, Any]:
        return {
            "id": self.name, "state": self.state, "release": "1", "image": self.image, "instance": self.instance,
            "launched": self.launched, "exits": self.exits,
        }  # fmt: skip


class Supervisor:
    """All processes, their log, and the release that they are of."""

    def __init__(self, script: Path) -> None:
        self.release = {
            "id": "r1", "version": 1, "status": "complete", "created_at": moment(),
            "image": f"app@sha256:{hashlib.sha256(script.read_bytes()).hexdigest()}",
        }  # fmt: skip
        self.log: list[dict[str, Any]] = []
        self.processes = {name: Process(name, script, self.log) for name in ("p1", "p2")}
        self.turn = itertools.count()

    def inject(self, fault: str) -> None:
        other = self.processes["p2"]
        if fault == "machine-killed":
            other.process.kill()
            other.process.wait()
        else:
            other.stop()
            other.script = other.script.with_name("old_app.py")
            other.script.write_text(f"{self.processes['p1'].script.read_text()}\n# as it was\n")
            other.start()

    def lines(self, after: str, machine: str) -> list[dict[str, Any]]:
        found = sorted(
            (each for each in self.log if machine in {"", each["machine"]}), key=lambda each: each["nanoseconds"]
        )
        return [each for each in found if each["nanoseconds"] > int(after)][:PAGE] if after else found[-PAGE:]


class Answers(BaseHTTPRequestHandler):
    """What both servers have in common."""

    protocol_version = "HTTP/1.1"
    supervisor: Supervisor

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Control(Answers):
    """Tells of the processes, and takes orders."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(url.query).items()}
        told = {
            "/machines": lambda: [each.told() for each in self.supervisor.processes.values()],
            "/release": lambda: self.supervisor.release,
            "/log": lambda: self.supervisor.lines(asked.get("after", ""), asked.get("machine", "")),
        }.get(url.path)
        self.answer(200 if told else 404, "application/json", json.dumps(told() if told else None).encode())

    def do_POST(self) -> None:
        _, _, name, verb = self.path.split("/")
        process = self.supervisor.processes[name]
        {"stop": process.stop, "start": process.start}[verb]()
        self.answer(200, "application/json", b"{}")


class Edge(Answers):
    """Passes a request on to a process: to the one that its header names, else to each in turn."""

    def do_GET(self) -> None:
        running = [each for each in self.supervisor.processes.values() if each.state == "started"]
        wanted = self.headers.get("x-process")
        fit = [each for each in running if wanted in {None, each.name}]
        if not fit:
            return self.answer(503, "text/plain", b"that process does not run")
        chosen = fit[next(self.supervisor.turn) % len(fit)]
        connection = http.client.HTTPConnection("127.0.0.1", chosen.port, timeout=30)
        connection.request("GET", self.path)
        reply = connection.getresponse()
        body = reply.read()
        connection.close()
        return self.answer(reply.status, reply.headers["content-type"], body)


def served(handler: type[Answers]) -> str:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("app", type=Path)
    parser.add_argument("--fault", choices=FAULTS)
    asked = parser.parse_args()
    Answers.supervisor = supervisor = Supervisor(asked.app)
    if asked.fault:
        supervisor.inject(asked.fault)
    target = {"url": served(Edge), "platform": {"control": served(Control)}}
    print(json.dumps({"target": target}), flush=True)  # noqa: T201 - the run reads it
    sys.stdin.read()
    for each in supervisor.processes.values():
        each.stop()


if __name__ == "__main__":
    main()
