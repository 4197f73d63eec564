"""What the last search for secrets costs: a trace of 50 MB, 50 MB of JSON, and a page with attachments."""

from __future__ import annotations

import base64
import io
import json
import random
import resource
import time
import zipfile

from verifier.core.redaction import REDACTOR
from verifier.reporting.leaks import leak_in

SECRETS = 20
SNAPSHOT = {"type": "frame-snapshot", "snapshot": {"html": ["DIV", {"class": 'a "tile"'}, "Sales & more %20 text\n"]}}


def main() -> None:
    """Search each, and print the figures."""
    chance = random.Random(1)  # noqa: S311 - no secret, and the same each time
    for _ in range(SECRETS):
        REDACTOR.learn(base64.urlsafe_b64encode(chance.randbytes(24)).decode())
    lines = "".join(f"{json.dumps({**SNAPSHOT, 'at': chance.random()})}\n" for _ in range(330_000)).encode()
    for name, content in {"JSON": lines, "trace": trace(chance, lines), "page": page(chance)}.items():
        began, busy = time.perf_counter(), time.process_time()
        found = leak_in(content)
        took, busy = time.perf_counter() - began, time.process_time() - busy
        print(
            f"{name:6} {len(content) / 1e6:5.1f} MB: {took:.1f} s (processor {busy:.1f} s); {found or 'nothing found'}"
        )
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"most memory of the process: {most:.0f} MB, content included")


def trace(chance: random.Random, lines: bytes) -> bytes:
    """As Playwright writes them: packed lines, and pictures that cannot be packed further."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("trace.trace", lines)
        for number in range(400):
            archive.writestr(f"resources/{number}.jpeg", chance.randbytes(110_000))
    return made.getvalue()


def page(chance: random.Random) -> bytes:
    """As Allure writes it: attachments in base64."""
    contents = (base64.b64encode(chance.randbytes(20_000)).decode() for _ in range(250))
    parts = (f'd("data/attachments/{number}","{each}")' for number, each in enumerate(contents))
    return f"<html><script>{';'.join(parts)}</script></html>".encode()


if __name__ == "__main__":
    main()
