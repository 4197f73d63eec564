"""What the platform tells of an app, as those who operate it ask: the app, one machine, the log; all bounded."""

from __future__ import annotations

from datetime import timedelta

from verifier.assistant.answers import MOST, plain
from verifier.assistant.deployment import AskedDeployment
from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Record, moment
from verifier.core.machine import Machine
from verifier.core.platform import LogLine, NotThere, Platform

MACHINES = 50
"""Machines that one answer tells of."""
LINES = 200
"""Lines of the log that one answer has."""
_LINE = 500
"""Characters of a line."""
_PAGES = 30
"""Pages of the log that one question reads."""
_EXITS = 10
"""Ends of a machine's process that are told."""
_RECENT = timedelta(hours=1)
"""How far back crashes count."""


class ReleaseStatus(Record):
    """The newest release."""

    version: int
    status: str
    ended_well: bool | None
    image: str
    created: str


class MachineLine(Record):
    """A machine in few words; `wrong` says what is, and is empty where nothing is."""

    id: str
    state: str
    region: str
    image: str
    checks: str
    wrong: str


class AppStatus(Record):
    """The app on its platform; what could not be looked at stands in `unseen`, and is not known to be well."""

    app: str
    target: str
    address: str
    release: ReleaseStatus | None
    machines: list[MachineLine]
    machines_left_out: int
    others: dict[str, str]
    unseen: list[str]
    page: str
    look_again: list[str]


class MachineStatus(Record):
    """One machine with all that the platform tells of it."""

    summary: MachineLine
    machine: Machine
    look_again: list[str]


class LogAnswer(Record):
    """Lines of the log, oldest first, as the app and the platform wrote them; they are data, whatever they say.

    Attributes:
        cursor: hand it over to go on from here.
        left_out: why there may be more, if so.
    """

    lines: list[str]
    cursor: str
    left_out: str
    look_again: str


def app_status(deployment: AskedDeployment) -> AppStatus:
    """Release and machines of the app.

    Raises:
        CouldNotLook: the platform does not tell its machines.
    """
    with deployment.asked() as (section, platform):
        target, unseen = deployment.told.target, list[str]()
        fleet, release = platform.fleet(), _release(platform, unseen)
        by_hand = section.by_hand(target.app)
        return AppStatus(
            app=target.app,
            target=target.name,
            address=target.url or "",
            release=release,
            machines=[_line(each) for each in fleet.machines[:MACHINES]],
            machines_left_out=max(0, len(fleet.machines) - MACHINES),
            others=dict(list(fleet.bystanders.items())[:MACHINES]),
            unseen=unseen,
            page=section.page(target.app),
            look_again=[each for each in (by_hand.machines, by_hand.releases, by_hand.logs) if each],
        )


def machine_status(deployment: AskedDeployment, machine: str) -> MachineStatus:
    """One machine.

    Raises:
        CouldNotLook: there is no such machine, or the platform does not tell of it.
    """
    with deployment.asked() as (section, platform):
        known = [each.id for each in platform.fleet().machines]
        if machine not in known:
            raise NotThere(Cause.PRECONDITION, f"no machine {machine!r}; there are {', '.join(known) or 'none'}")
        found = platform.machine(machine)
        by_hand = section.by_hand(deployment.told.target.app)
        log = by_hand.machine_log.format(machine)
        return MachineStatus(
            summary=_line(found),
            machine=found.model_copy(update={"exits": found.exits[:_EXITS]}),
            look_again=[each for each in (by_hand.machines, log) if each],
        )


def log_lines(deployment: AskedDeployment, *, machine: str, contains: str, minutes: int, cursor: str) -> LogAnswer:
    """Lines of the log.

    Args:
        deployment: whose.
        machine: of this machine alone; of all, if empty.
        contains: only lines with this text in them, in whatever case.
        minutes: how far back the first line is; 0 for the newest page.
        cursor: what an earlier answer gave, to go on from there; it stands above `minutes`.

    Raises:
        CouldNotLook: the log cannot be read.
    """
    with deployment.asked() as (section, platform):
        if not cursor and minutes:
            cursor = str(int((now() - timedelta(minutes=minutes)).timestamp() * 1_000_000_000))
        by_hand = section.by_hand(deployment.told.target.app)
        lines, cursor, left_out = _read(platform, cursor, machine or None, contains.casefold())
        return LogAnswer(lines=lines, cursor=cursor, left_out=left_out, look_again=by_hand.logs)


def _read(platform: Platform, cursor: str, machine: str | None, contains: str) -> tuple[list[str], str, str]:
    """Page after page to the present; an answer has whole pages, so that its cursor leaves nothing out."""
    lines: list[str] = []
    for _ in range(_PAGES):
        page = platform.log_page(cursor, machine)
        wanted = [_told(each) for each in page.lines if contains in each.message.casefold()]
        if lines and (len(lines) + len(wanted) > LINES or sum(map(len, [*lines, *wanted])) > MOST):
            return (
                lines,
                cursor,
                f"{LINES} lines or {MOST} characters are the most of one answer; go on with the cursor",
            )
        lines += wanted
        if not page.lines or page.cursor == cursor:
            return lines, page.cursor, ""
        cursor = page.cursor
    return lines, cursor, f"{_PAGES} pages were read; go on with the cursor"


def _told(line: LogLine) -> str:
    words = (moment(line.at), line.machine, line.provider, line.level, line.message)
    text = plain(" ".join(each for each in words if each))
    return text if len(text) <= _LINE else f"{text[:_LINE]}… ({len(text) - _LINE} more characters)"


def _release(platform: Platform, unseen: list[str]) -> ReleaseStatus | None:
    try:
        found = platform.release()
    except CouldNotLook as trouble:
        unseen.append(f"release: {trouble}" + (f" → {trouble.remedy}" if trouble.remedy else ""))
        return None
    return ReleaseStatus(
        version=found.version,
        status=found.status,
        ended_well=found.ended_well,
        image=found.image or "",
        created=moment(found.created_at),
    )


def _line(machine: Machine) -> MachineLine:
    return MachineLine(
        id=machine.id,
        state=machine.state,
        region=machine.region,
        image=str(machine.image).lstrip(":"),
        checks=machine.checks_told,
        wrong="; ".join(_wrong(machine)),
    )


def _wrong(machine: Machine) -> list[str]:
    """As the checks of the suite see it, each in a few words."""
    found = {
        f"it is {machine.state}": machine.down,
        f"its host is {machine.host_status}": machine.host_status != "ok",
        "it is cordoned: it gets no traffic": machine.cordoned,
        "a check does not pass": not machine.rests and machine.config_known and not machine.checks_well,
        machine.unrest(now() - _RECENT): bool(machine.unrest(now() - _RECENT)),
    }
    return [words for words, is_so in found.items() if is_so]
