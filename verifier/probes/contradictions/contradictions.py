"""Finds contradictions between two sources of a run.

They change no outcome: the broken promise has an item of its own. They stand first in the report, because whoever
trusts the wrong source fixes the wrong thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from verifier.core.evidence import Evidence
from verifier.core.evidence.contradiction import Contradiction, Side
from verifier.core.evidence.store import EvidenceStore
from verifier.core.machine import EDGE
from verifier.probes.browser.visits import VisitState
from verifier.probes.platform.state import MachineState, PlatformState
from verifier.probes.postgres.connection import ConnectionState
from verifier.probes.services.agent import AgentState
from verifier.probes.sse.events import EventState
from verifier.probes.traffic.health import HealthState
from verifier.probes.traffic.probe import TrafficState

_OK = 200
_SHOWN = 3


def find(seen: EvidenceStore) -> list[Contradiction]:
    """The findings in the evidence of a run, the worst first."""
    return [each for rule in _RULES for each in rule(seen)]


def _users_not_served(seen: EvidenceStore) -> Iterator[Contradiction]:
    platform, users = _platform(seen), _users(seen)
    if platform and users and not _troubles(platform[1]) and users.said:
        yield Contradiction(
            "platform-well-users-not-served",
            "The platform says that all is well, and users are not served",
            (Side("the platform", _summary(platform[1]), platform[1].at, platform[0]), users),
            "; ".join(filter(None, (_asked_again(seen, users), platform[1].status_page))),
        )


def _users_served_by_the_dead(seen: EvidenceStore) -> Iterator[Contradiction]:
    platform, health = _platform(seen), seen.get("health", HealthState)
    if platform is None or health is None:
        return
    name, state = platform
    dead, well = _troubles(state), _well_places(health)
    alive = [machine for machine in dead if machine in well]
    all_dead = bool(state.machines) and all(machine.down for machine in state.machines)
    if not alive and not (all_dead and EDGE in well):
        return
    who = f"machine {', '.join(alive)}" if alive else "the edge"
    yield Contradiction(
        "platform-dead-users-served",
        "The platform says that machines are not well, and they serve users",
        (
            Side("the platform", _few(f"{each}: {told}" for each, told in dead.items()), state.at, name),
            Side("users", f"{who} answers {_OK}, and says that it is well", health.at, "health"),
        ),
        f"{state.again}; {health.again}; do not restart anything before you know which of them is wrong",
    )


def _health_lies(seen: EvidenceStore) -> Iterator[Contradiction]:
    connection = seen.get("connection", ConnectionState)
    if connection is None or not connection.trouble:
        return
    health = seen.get("health", HealthState)
    claims = [f"{place} says {health.claimed[place]}" for place in _saying_well(health)] if health else []
    at, name = (health.at, "health") if health and claims else (connection.at, "connection")
    if _app_claims_database(connection):
        claims = [f"{connection.reply and connection.reply.url} says {connection.claimed}", *claims]
    if claims:
        yield Contradiction(
            "health-lies",
            "The app says that it is well, and its database is gone",
            (
                Side("the app", _few(claims), at, name),
                Side("the database", connection.trouble, connection.at, "connection"),
            ),
            f"{connection.again}; then let the health endpoint ask the database, or nobody will be woken the next time",
        )


def _database_there_and_app_says_no(seen: EvidenceStore) -> Iterator[Contradiction]:
    connection = seen.get("connection", ConnectionState)
    if connection is None or connection.trouble or connection.reply is None or not connection.reply.answered:
        return
    if not _app_claims_database(connection):
        yield Contradiction(
            "database-answers-app-says-gone",
            "The database answers us, and the app says that it does not",
            (
                Side("the database", f"answers within {connection.seconds:.2g} s", connection.at, "connection"),
                Side("the app", f"{connection.reply}, {connection.claimed}", connection.reply.at, "connection"),
            ),
            f"{connection.again}; the app may use another address, role or a full pool: look for it in its log",
        )


def _agent_disagrees(seen: EvidenceStore) -> Iterator[Contradiction]:
    machines, agent = seen.get("agent_machines", MachineState), seen.get("agent", AgentState)
    if machines is None or agent is None:
        return
    dead, answers = _troubles(machines), agent.reply.status == _OK and agent.claimed == agent.wanted
    sides = (
        Side("the platform", _few(dead.values()) or _summary(machines), machines.at, "agent_machines"),
        Side("the agent service", f"{agent.reply}, {agent.claimed or 'no claims'}", agent.at, "agent"),
    )
    if not dead and agent.reply.down:
        title = "The platform says that the agent service is well, and it does not serve"
        yield Contradiction("agent-well-not-serving", title, sides, f"{agent.again}; {machines.again}")
    if dead and answers and all(machine.down for machine in machines.machines):
        title = "The platform says that the agent service is dead, and it serves"
        yield Contradiction("agent-dead-serving", title, sides, f"{agent.again}; {machines.again}")


def _pages_open_another_stream(seen: EvidenceStore) -> Iterator[Contradiction]:
    events, visits = seen.get("events", EventState), seen.get("visits", VisitState)
    if events is None or visits is None or any(stream.is_stream for stream in events.streams.values()):
        return
    asked = events.where.split()[0]
    opened = sorted({path for visit in visits.visits.values() for path in visit.streams} - {urlsplit(asked).path})
    if opened:
        yield Contradiction(
            "stream-elsewhere",
            "The path that the target file names is no event stream, and the app's pages open another one",
            (
                Side(asked, _few(sorted(set(events.answers().values()))), events.at, "events"),
                Side("the app's pages", f"open {', '.join(opened)}", visits.at, "visits"),
            ),
            f'{events.again}; if the pages are right, path = "{opened[0]}" in [events] of the target file',
        )


_RULES: tuple[Callable[[EvidenceStore], Iterator[Contradiction]], ...] = (
    _users_not_served,
    _health_lies,
    _users_served_by_the_dead,
    _database_there_and_app_says_no,
    _agent_disagrees,
    _pages_open_another_stream,
)


def _platform(seen: EvidenceStore) -> tuple[str, PlatformState] | None:
    """What the platform says when its checks have settled, or else at the beginning."""
    settled = seen.get("machines", MachineState)
    first = seen.get("platform", PlatformState)
    return ("machines", settled) if settled else ("platform", first) if first else None


def _troubles(state: PlatformState) -> dict[str, str]:
    """Machine → what the platform says is wrong with it."""
    found = {}
    for each in state.machines:
        if each.down:
            found[each.id] = each.state
        elif each.host_status not in {"ok", "unknown"}:
            found[each.id] = f"host {each.host_status}"
        elif each.state == "started" and each.checks_passing < each.checks_configured:
            found[each.id] = f"{each.checks_passing} of {each.checks_configured} checks passing"
    return found if state.machines else {"every machine": "there is none"}


def _summary(state: PlatformState) -> str:
    started = [each for each in state.machines if each.state == "started"]
    checks = sum(each.checks_passing for each in started)
    return f"{len(started)} of {len(state.machines)} machines started, {checks} checks passing, none failing"


def _users(seen: EvidenceStore) -> Side | None:
    """What users get; said is empty if they are served."""
    health, traffic = seen.get("health", HealthState), seen.get("traffic", TrafficState)
    if health:
        down = [
            f"{place}: {reply}" for place, reply in health.replies.items() if place.split()[0] == EDGE and reply.down
        ]
        if down:
            return Side("users", _few(down), health.at, "health")
    if traffic:
        down = [f"{reply.url}: {reply}" for reply in traffic.replies if reply.down]
        if 2 * len(down) > len(traffic.replies):
            told = f"{len(down)} of {len(traffic.replies)} requests failed: {_few(down)}"
            return Side("users", told, traffic.at, "traffic")
    return None


def _asked_again(seen: EvidenceStore, users: Side) -> str:
    """The line that asks again what users got no good answer to."""
    kind: type[Evidence] = HealthState if users.evidence == "health" else TrafficState
    found = seen.get(users.evidence, kind)
    return found.again if found else ""


def _saying_well(health: HealthState) -> list[str]:
    """Places that answer 200, and claim what they claim in good health."""
    return [
        place
        for place, reply in health.replies.items()
        if reply.status == _OK and health.wanted.get(place) and health.claimed.get(place) == health.wanted.get(place)
    ]


def _well_places(health: HealthState) -> set[str]:
    """The edge and the machines of which every endpoint answers 200 and claims nothing else than it should."""
    bad = {
        place.split()[0]
        for place, reply in health.replies.items()
        if reply.status != _OK or health.claimed.get(place) != health.wanted.get(place)
    }
    return {place.split()[0] for place in health.replies} - bad


def _app_claims_database(connection: ConnectionState) -> bool:
    reply = connection.reply
    return reply is not None and reply.status == _OK and connection.claimed == connection.wanted


def _few(lines: Iterable[object]) -> str:
    told = [str(each) for each in lines]
    return "; ".join(told[:_SHOWN]) + (f"; and {len(told) - _SHOWN} more" if len(told) > _SHOWN else "")
