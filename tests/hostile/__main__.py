"""Placeholder, widened below."""

import importlib
import sys
import tempfile
from pathlib import Path

from tests.hostile.running import run
from tests.hostile.situation import objections

if __name__ == "__main__":
    S = importlib.import_module("tests.hostile." + sys.argv[1]).SITUATIONS
    for s in S:
        if len(sys.argv) > 2 and sys.argv[2] not in s.name:
            continue
        with tempfile.TemporaryDirectory() as d:
            try:
                seen = run(s, Path(d))
            except Exception as e:
                print("!!", s.name, repr(e))
                continue
            o = objections(s, seen)
            if o and len(sys.argv) > 2:
                print(seen.output[-3000:])
            print(
                "XX" if o else "ok",
                s.name,
                seen.ending,
                round(seen.seconds, 1),
                round(seen.megabytes),
                o,
                "|",
                seen.line(s.says)[:150],
                flush=True,
            )
