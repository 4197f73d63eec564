"""A platform and its log in trouble: answers of other apps, of nobody, late, endless, and from another time."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sandbox.fly.logbook import Logbook, LogbookLine
from tests.support.hostile.canaries import CANARIES
from tests.support.hostile.situation import DONE, NOT_DONE, UNVERIFIED, Command, Ending, Situation
from tests.support.servers.scripted import Line, Script, answer, head, scripted

TARGET = """
url = "{url}"
[platform]
machines_url = "{platform}"
api_url = "{platform}"
[[health.endpoint]]
path = "/health"
claims = {{ status = "ok" }}
"""
MACHINES, LOGS = "machines-started", "logs-clean"
BOTH = (MACHINES, LOGS)
RED = (NOT_DONE, UNVERIFIED)
IDS = ("9080e6f3a12345", "3287123ea98765")
RELEASED = timedelta(minutes=10)
"""How long ago the release was made."""
MINUTE = 45.0
Change = Callable[[dict[str, Any]], object]
"""What is done to a true answer."""


def machine(name: str) -> dict[str, Any]:
    """A machine that is well, as the platform tells of it."""
    check = {"type": "http", "path": "/health", "port": 3000}
    return {
        "id": name,
        "state": "started",
        "region": "ord",
        "host_status": "ok",
        "config": {
            "metadata": {"fly_platform_version": "v2", "fly_release_version": "7", "fly_process_group": "app"},
            "services": [{"internal_port": 3000, "checks": [check]}],
        },
        "checks": [{"name": "servicecheck-00-http-3000", "status": "passing"}],
        "image_ref": {"tag": "t", "digest": f"sha256:{'1' * 64}"},
        "events": [],
    }


class Platform:
    """An app with two machines that are well, and what the platform tells of them.

    Args:
        changes: what is asked about (`app`, `machines`, `release`, `log`) → what is done to the true answer.
    """

    def __init__(self, changes: Mapping[str, Change]) -> None:
        self.logbook = Logbook()
        self._changes = changes
        self._released = datetime.now(UTC) - RELEASED
        begun = int((self._released.timestamp() + 1) * 1e9)
        self.logbook._lines += [
            LogbookLine(begun + number, "listening", "info", each, "app") for number, each in enumerate(IDS, 1)
        ]

    def app(self, line: Line) -> None:
        """Any page of the app; the log tells of it."""
        asked = re.search(r"(?im)^fly-force-instance-id: *(\S+)", line.request)
        self.logbook.write(asked[1] if asked else IDS[0], f"{line.request.splitlines()[0].rpartition(' ')[0]} 200 3 ms")
        answer({"status": "ok"})(line)

    def scripts(self) -> dict[str, Script]:
        """What the platform answers, by path."""
        image = f"registry.fly.io/hostile:t@sha256:{'1' * 64}"
        release = {"id": "r7", "version": 7, "status": "complete", "image_ref": image}
        release["created_at"] = self._released.isoformat().replace("+00:00", "Z")
        return {
            "/v1/platform/regions": self._told("regions", lambda: {"Regions": []}),
            "/v1/tokens/current": self._told("token", lambda: {"tokens": [{"org_slug": "hotdash"}]}),
            "/v1/apps/hostile": self._told("app", lambda: {"name": "hostile", "organization": {"slug": "hotdash"}}),
            "/v1/apps/hostile/machines": self._told("machines", lambda: {"all": [machine(each) for each in IDS]}),
            "/api/v1/apps/hostile/releases/current": self._told("release", lambda: dict(release)),
            "/api/v1/apps/hostile/logs": self._log,
        }

    def _told(self, name: str, true: Callable[[], dict[str, Any]]) -> Script:
        def script(line: Line) -> None:
            told = true()
            self._changes.get(name, lambda _: None)(told)
            date = datetime.now(UTC) + timedelta(seconds=told.pop("clock", 0))
            answer(json.dumps(told.get("all", told)), date=format_datetime(date, usegmt=True))(line)

        return script

    def _log(self, line: Line) -> None:
        sent = unquote(re.search(r"next_token=([^& ]*)", line.request)[1])  # type: ignore[index]
        lines, following = self.logbook.page(sent, None)
        told = {"data": [each.as_json() for each in lines], "meta": {"next_token": following}}
        self._changes.get("log", lambda _: None)(told)
        answer(json.dumps(told))(line)


@contextmanager
def looked_at(
    _: Path,
    changes: Mapping[str, Change],
    scripts: Mapping[str, Script],
    items: tuple[str, ...],
) -> Iterator[Command]:
    """An app that is well, on a platform of which something is not."""
    platform = Platform(changes)
    with scripted({"*": platform.app}) as app, scripted({**platform.scripts(), **scripts}) as told:
        yield Command(TARGET.format(url=app.url, platform=told.url), items)


def row(  # noqa: PLR0913 - the parts of a row
    name: str,
    says: str,
    *endings: Ending,
    items: tuple[str, ...] = BOTH,
    scripts: Mapping[str, Script] | None = None,
    deadline: float = MINUTE,
    heavy: bool = True,
    **changes: Change,
) -> Situation:
    """A platform whose answers are changed so, or replaced at these paths."""
    prepare = partial(looked_at, changes=changes, scripts=scripts or {}, items=items)
    return Situation(name, prepare, endings or RED, says, deadline, slow=heavy)


def platform(name: str, says: str, script: Script, path: str = "/v1/apps/hostile/machines", **more: Any) -> Situation:  # noqa: ANN401 - those of `row`
    """The platform answers so where it is asked for the machines, or at another path."""
    return row(f"The platform {name}", says, scripts={path: script}, **more)


def everywhere(name: str, says: str, script: Script, **more: Any) -> Situation:  # noqa: ANN401 - those of `row`
    """The platform answers so whatever it is asked."""
    paths = [*Platform({}).scripts(), "*"]
    return row(f"The platform {name}, whatever it is asked", says, scripts=dict.fromkeys(paths, script), **more)


def log(name: str, says: str, what: Script | Change, *endings: Ending, raw: bool = False, **more: Any) -> Situation:  # noqa: ANN401 - those of `row`
    """The log of the app is answered so, or changed so."""
    if raw:
        return row(f"The log {name}", says, *endings, items=(LOGS,), scripts={LOG: what}, **more)
    return row(f"The log {name}", says, *endings, items=(LOGS,), log=what, **more)


LOG = "/api/v1/apps/hostile/logs"
PAGE = answer("<!doctype html><title>Sign in</title><p>Sign in", kind="text/html")
TOO_MANY = answer('{"error": "slow down"}', "429 Too Many Requests", retry_after=3600)


def first(**more: object) -> Change:
    """The first machine is like this."""
    return lambda told: told["all"][0].update(more)


def lines(*messages: str, ids: tuple[str, ...] = IDS, later: float = 0.0, **more: object) -> Change:
    """The page holds these lines, too."""

    def change(told: dict[str, Any]) -> None:
        for number, message in enumerate(messages):
            at = time.time_ns() + int(later * 1e9) + number
            for each in ids:
                told["data"].append(LogbookLine(at, message, "info", each, "app").as_json())
                told["data"][-1]["attributes"].update(more)
                told["data"][-1]["attributes"] = {
                    key: value for key, value in told["data"][-1]["attributes"].items() if value is not None
                }

    return change


def never_ends(line: Line) -> None:
    """A page of a hundred lines, each a microsecond after the one before, and always a next one."""
    sent = re.search(r"next_token=(\d+)", line.request)
    begin = int(sent[1]) if sent else time.time_ns() - int(RELEASED.total_seconds() * 1e9)
    told = [LogbookLine(begin + 1000 * number, "working", "info", IDS[number % 2], "app") for number in range(1, 101)]
    following = {"next_token": str(told[-1].ns)}
    answer(json.dumps({"data": [each.as_json() for each in told], "meta": following}))(line)


def endless(line: Line) -> None:
    """One answer that does not end."""
    line.send(head(content_type="application/json") + b'{"data": [')
    line.endless(json.dumps(LogbookLine(time.time_ns(), "working", "info", IDS[0], "app").as_json()).encode() + b",")


def same_page() -> Script:
    """The same line and the same cursor, whatever is asked."""
    at = time.time_ns() - 10**9
    told = {"data": [LogbookLine(at, "working", "info", each, "app").as_json() for each in IDS]}
    return answer(json.dumps({**told, "meta": {"next_token": "1"}}))


HALF_A_SECRET = [f"{'x' * pad}{CANARIES['FLY_API_TOKEN']}" for pad in range(0, 40, 4)]
"""Cut after so many characters as a message quotes, one of them is cut within the secret."""
SITUATIONS = (
    row("Nothing is wrong with the platform and its log (the control)", "^DONE: 2 of 22", DONE),
    row("The platform tells of another app", "other", app=lambda told: told.update(name="other"), heavy=False),
    row("The platform names a machine twice", "more than once",
        machines=lambda told: told["all"].append(machine(IDS[0])), heavy=False),
    row("The platform names no machine", "machine", machines=lambda told: told["all"].clear()),
    row("A machine is in a state that nobody knows", "machines-started", machines=first(state="hibernating")),
    row("A machine's host is in a state that nobody knows", "machines-started", machines=first(host_status="sleepy")),
    row("A check of the platform has a result that nobody knows", "machines-started",
        machines=first(checks=[{"name": "servicecheck-00-http-3000", "status": "maybe"}])),
    row("A machine has no id", "machines-started|logs-clean|machine", machines=first(id=None)),
    row("A machine's id clears the screen", "machines-started|logs-clean", machines=first(id="\x1b[2J\x1b]0;DONE\x07")),
    row("The release is from tomorrow", "logs-clean|release",
        release=lambda told: told.update(created_at="2999-01-01T00:00:00Z")),
    row("The release has no number", "release is not readable", release=lambda told: told.pop("version")),
    row("The platform's clock is 5 minutes ahead", "300 s ahead|30[01] s ahead|299 s ahead", UNVERIFIED,
        regions=lambda told: told.update(clock=300)),
    row("The platform's clock is 5 minutes behind", "(299|30[01]) s behind", UNVERIFIED,
        regions=lambda told: told.update(clock=-300)),
    platform("answers a page in HTML", "a page, not the API's JSON", PAGE),
    platform("answers JSON nested 100,000 deep", "machines-started", answer("[" * 100_000)),
    platform("sends to another host", "machines-started", answer("", "302 Found", location="http://127.0.0.1:9/")),
    platform("turns in a circle with its cursor", "turns in a circle",
             answer(json.dumps([machine(IDS[0])]), fly_next_cursor="again")),
    platform("is silent about the machines", "machines-started", lambda line: line.silent()),
    platform("answers without end", "machines-started", endless),
    everywhere("answers 401", "not accepted", answer('{"error": "unauthorized"}', "401 Unauthorized")),
    everywhere("answers 403", "not for the app", answer('{"error": "forbidden"}', "403 Forbidden")),
    everywhere("answers 404", "no app|no such", answer('{"error": "app not found"}', "404 Not Found")),
    everywhere("answers 429 with Retry-After: 3600", "rate-limited|limits requests", TOO_MANY),
    everywhere("answers 500", "platform has trouble", answer('{"error": "oh"}', "500 Internal Server Error")),
    everywhere("answers 503 with a page", "platform has trouble",
               answer("<title>Oops</title>", "503 Unavailable", "text/html")),
    log("repeats its cursor", "logs-clean", same_page(), raw=True),
    log("never ends", "logs-clean", never_ends, raw=True),
    log("sends one answer without end", "logs-clean", endless, raw=True),
    log("answers a page in HTML", "a page, not the API's JSON", PAGE, raw=True),
    log("holds nothing", "logs-clean", answer({"data": [], "meta": {}}), raw=True),
    log("is refused with 403", "not readable with this token", answer("{}", "403 Forbidden"), raw=True),
    log("answers 429 with Retry-After: 3600", "rate-limited|limits requests", TOO_MANY, raw=True),
    log("is a list of numbers", "logs-clean", answer({"data": [1, 2], "meta": 3}), raw=True),
    log("brings lines of 5 MB", "logs-clean|^DONE", lines("x" * 5_000_000), DONE, *RED),
    log("brings lines from tomorrow", "logs-clean|^DONE", lines("working", later=86_400), DONE, *RED),
    log("brings errors of machines of other apps", "logs-clean|^DONE",
        lines("ERROR: it failed", ids=("e2865e1d943218",)), DONE, *RED),
    log("brings lines without a time", "no readable time", lines("working", timestamp=None)),
    log("brings lines without a time that hold a secret", "no readable time",
        lines(*HALF_A_SECRET, timestamp=None), heavy=False),
    log("brings escape sequences", "logs-clean", lines("ERROR: \x1b[2J\x1b]0;DONE\x07")),
)  # fmt: skip
