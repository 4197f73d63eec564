"""One million JSON log lines judged: time and peak memory, beside a bare orjson loop, jq and grep on the same file.

    .venv/bin/python -m tests.benches.logs

Each contestant is a process of its own; its CPU time counts, so that other programs disturb less. The lines
are written anew, always the same.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

LINES = 1_000_000
MACHINES = ("286d3c0a1b2c3d", "3d8d9930b69d08", "91856e7c4f5a6b")
GREP = "error|Error|ERROR"
JQ = 'select((.level | tostring | ascii_downcase) as $l | $l == "error" or $l == "fatal" or $l == "50" or $l == "60")'
_START = datetime(2026, 1, 15, 12, tzinfo=UTC)


def main() -> None:
    """Write the lines, let everybody read them, and print a table."""
    with tempfile.TemporaryDirectory(prefix="log-lines-") as folder:
        path = Path(folder) / "lines.ndjson"
        _python("write", path)
        print(f"{LINES:,} lines, {path.stat().st_size / 1e6:.0f} MB")
        print(f"{'':<28}{'CPU':>9}{'lines/s':>12}{'peak memory':>14}{'to orjson':>11}  errors")
        base = _row("bare orjson loop", _python("parse", path), None)
        _row("judged (this suite)", _python("judge", path), base)
        _row("judged, half the lines", _python("judge", path, LINES // 2), base, LINES // 2)
        plain = Path(folder) / "lines.log"
        _python("write_plain", plain)
        _row("judged, plain text", _python("judge", plain), base)
        _row("jq, levels only", _command(["jq", "-c", JQ, str(path)]), base)
        _row("grep -E, words only", _command(["grep", "-E", GREP, str(path)]), base)


def lines(number: int) -> Iterator[bytes]:
    """JSON lines of several loggers: most of them requests, every thousandth an error, many that talk of errors."""
    chance = random.Random(7)  # noqa: S311 - the same lines every time
    makers = (_pino_request, _hotdash_request, _winston, _zap, _structlog)
    for count in range(number):
        record = _error(count, chance) if count % 1000 == 999 else makers[count % len(makers)](count, chance)
        yield json.dumps(record, separators=(",", ":")).encode() + b"\n"


def _pino_request(count: int, chance: random.Random) -> dict[str, object]:
    request = {"id": count, "method": "GET", "url": f"/api/tiles/{count % 8}?page={chance.randrange(99)}"}
    answer = {"statusCode": chance.choice((200, 200, 200, 304, 404))}
    head = {"level": 30, "time": 1768478400000 + count, "pid": 29, "hostname": MACHINES[count % 3]}
    return {**head, "req": request, "res": answer, "responseTime": chance.randrange(90), "msg": "request completed"}


def _hotdash_request(count: int, chance: random.Random) -> dict[str, object]:
    facts = {"method": "GET", "path": "/errors.css", "status": 200, "duration_ms": chance.random() * 50}
    return {"level": "info", "msg": "request", **facts, "request_id": f"01K5R8Z{count:019d}"}


def _winston(count: int, _: random.Random) -> dict[str, object]:
    text = f"cache refreshed, 0 errors in {count} keys"
    return {"level": "info", "message": text, "service": "hotdash", "timestamp": "2026-01-15T12:00:00.000Z"}


def _zap(count: int, _: random.Random) -> dict[str, object]:
    told = {"caller": "ga/fetch.go:9", "msg": "fetch slow, trying again", "error": "timeout", "attempt": count % 5}
    return {"level": "warn", "ts": 1768478400.5 + count, **told}


def _structlog(count: int, chance: random.Random) -> dict[str, object]:
    told = {"event": "error handler ready", "logger": "agent.errors", "shop": f"shop-{chance.randrange(9999)}"}
    return {**told, "level": "debug", "timestamp": "2026-01-15T12:00:00Z", "count": count}


def _error(count: int, chance: random.Random) -> dict[str, object]:
    stack = f"Error: approval {count} is gone\n    at load (/app/build/server/index.js:{chance.randrange(9999)}:27)"
    error = {"type": "Error", "message": f"approval {count} is gone", "stack": stack}
    return {"level": 50, "time": 1768478400000 + count, "pid": 29, "err": error, "msg": error["message"]}


def judge(path: Path, number: int) -> int:
    """Judge the lines as a probe does, one after another; how many errors they report."""
    # Loaded in here: the memory of the process that starts the others counts as theirs.
    from verifier.core.platform import LogLine  # noqa: PLC0415
    from verifier.probes.logs.aggregate import Tally  # noqa: PLC0415

    tally = Tally(since=dict.fromkeys(MACHINES, _START), marks={"run-after-m": MACHINES[0]})
    times = (_START + timedelta(seconds=each) for each in itertools.count())
    moments = itertools.chain.from_iterable(itertools.repeat(each, 1000) for each in times)
    with path.open(encoding="utf-8") as file:
        for line, machine, at in zip(itertools.islice(file, number), itertools.cycle(MACHINES), moments, strict=False):
            tally.add(LogLine(machine, "app", at, "info", line))
    return sum(error.count for error in tally.errors())


def write(path: Path, number: int) -> int:
    """Write the lines; none of them is judged yet."""
    with path.open("wb") as file:
        file.writelines(lines(number))
    return 0


def write_plain(path: Path, number: int) -> int:
    """Write lines of plain text."""
    with path.open("wb") as file:
        file.writelines(plain_lines(number))
    return 0


def plain_lines(number: int) -> Iterator[bytes]:
    """Lines of eight formats: access logs, loggers, PostgreSQL, sentences; every thousandth an error."""
    chance = random.Random(7)  # noqa: S311 - the same lines every time
    for count in range(number):
        second, some, more = f"{count % 60:02}", chance.randrange(9999), chance.randrange(999)
        kinds = (
            f'10.0.0.9 - - [15/Jan/2026:12:00:{second} +0000] "GET /api/tiles/{some} HTTP/1.1" 200 {more} "-" "curl/8"',
            f"2026-01-15 12:00:{second},{more:03} INFO agent.jobs: fetched {some} rows for shop-{more} in {more} ms",
            f"2026-01-15 12:00:{second}.103 UTC [{some}] LOG:  checkpoint complete: wrote {more} buffers",
            f'time=2026-01-15T12:00:{second}Z level=info msg="tile refreshed" tile=tile-{some} took={more}ms error=""',
            f"GET /api/orders/{some} 200 {more}.103 ms - {some}",
            f"[sync] {some} orders synced, 0 failed, next run in {more} s",
            f"Retrying webhook {some} (attempt {count % 7})",
            f"worker {count % 4} picked up job {chance.randrange(10**9):x} from queue default",
        )
        told = f"Error: approval {count} is gone" if count % 1000 == 999 else kinds[count % len(kinds)]
        yield f"{told}\n".encode()


def parse(path: Path, number: int) -> int:
    """Parse the lines and look at the level; how many are errors."""
    import orjson  # noqa: PLC0415 - see above

    bad = {50, 60, "error", "fatal"}
    with path.open("rb") as file:
        return sum(orjson.loads(line).get("level") in bad for line in itertools.islice(file, number))


def _python(what: str, path: Path, number: int = LINES) -> tuple[float, float, int] | None:
    return _command([sys.executable, "-m", "tests.benches.logs", what, str(path), str(number)])


def _command(words: list[str]) -> tuple[float, float, int] | None:
    """Seconds of CPU time, peak memory in MB, and lines of output; nothing where the program is not installed."""
    if shutil.which(words[0]) is None:
        return None
    process = subprocess.Popen(words, stdout=subprocess.PIPE, cwd=Path(__file__).resolve().parents[2])
    told = process.stdout.read() if process.stdout else b""
    _, _, used = os.wait4(process.pid, 0)
    count = json.loads(told)["errors"] if words[0] == sys.executable else told.count(b"\n")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, count


def _row(name: str, told: tuple[float, float, int] | None, base: float | None, number: int = LINES) -> float:
    if told is None:
        print(f"{name:<28}  not installed here, so not measured")
        return base or 0.0
    seconds, memory, errors = told
    per_line = seconds / number
    ratio = per_line / base if base else 1.0
    print(f"{name:<28}{seconds:>7.2f} s{1 / per_line:>12,.0f}{memory:>11.0f} MB{ratio:>11.2f}  {errors:,}")
    return per_line


def _contend(what: str, path: str, number: str) -> None:
    errors = {"judge": judge, "parse": parse, "write": write, "write_plain": write_plain}[what](Path(path), int(number))
    print(json.dumps({"errors": errors}))


if __name__ == "__main__":
    _contend(*sys.argv[1:]) if len(sys.argv) > 1 else main()
