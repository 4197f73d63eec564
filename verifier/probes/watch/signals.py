"""The signals of a watch: what each one asks, by the functions of the other subjects, and when a sample is bad."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from verifier.core import causes
from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.evidence.finding import Finding, findings
from verifier.core.evidence.readings import Readings
from verifier.core.probe import Context
from verifier.probes.browser.http_session import visitor
from verifier.probes.http.client import Reply, get, refusal
from verifier.probes.http.responses import Responses, of_replies
from verifier.probes.platform.own_network import OwnNetwork
from verifier.probes.platform.state import opened, places
from verifier.probes.postgres.connection import observe_connection
from verifier.probes.services.chatwoot import observe_chatwoot
from verifier.probes.traffic.health import HTTP_OK, observe_health
from verifier.probes.traffic.probe import marked
from verifier.probes.traffic.section import Traffic
from verifier.probes.traffic.uptime import failed, operators_path
from verifier.probes.watch.signal_reading import SERVER_ERROR, Found, SignalReading

Sampler = Callable[[Context], Found]
TIMES, OWN, COUNTED, DATABASE = "times ", "own", "counted", "database"
"""Names of readings: seconds of the answers of a machine; errors and all of our own requests, and of all counted."""


@dataclass(frozen=True)
class Signal:
    """One line of the watch.

    Attributes:
        name: what the journal and the terminal call it.
        item: of which it speaks.
        unit: of its figure.
        section: the key of the target file that it needs; empty if none.
        final: whether a finding of it is certain: the promise is broken, whatever comes.
    """

    name: str
    item: str
    unit: str = "s"
    section: str = ""
    final: bool = True


SIGNALS = (
    Signal("dashboard", "uptime"),
    Signal("health", "uptime", unit="% well", section="health"),
    Signal("response time", "response-time", section="traffic", final=False),
    Signal("own requests", "no-server-errors", unit="5xx", section="traffic"),
    Signal("error rate", "error-rate", unit="%", final=False),
    Signal("database", "database-connection", section="database"),
    Signal("event streams", "sse-connections", section="events", final=False),
    Signal("log", "logs-watched", unit="errors"),
    Signal("logged requests", "no-server-errors", unit="5xx"),
    Signal("google analytics", "ga-api-health"),
    Signal("chatwoot", "chatwoot-health", section="chatwoot"),
)
"""All of them, in the order in which the terminal shows them."""


def signals_of(context: Context) -> tuple[Signal, ...]:
    """The signals of this target: without those of a section that it has not, and of items that are not applicable."""
    target = context.target
    return tuple(
        each
        for each in SIGNALS
        if each.item not in target.not_applicable and (not each.section or target.has(each.section))
    )


def samplers(began: datetime) -> list[tuple[tuple[str, ...], Sampler]]:
    """The samplers that keep nothing from one interval to the next, each with the signals that it shows.

    Args:
        began: when the watch began; what the platform counts is counted from then on.
    """
    return [
        (("dashboard",), _dashboard),
        (("health",), _health),
        (("response time", "own requests"), _requests),
        (("error rate",), partial(_error_rate, began=began)),
        (("database",), _database),
        (("chatwoot",), _chatwoot),
    ]


def _dashboard(context: Context) -> Found:
    path = operators_path(context)
    with visitor(context) as session:
        reply = get(session, marked(context, path), headers={"connection": "close"})
    _need_a_way(context, reply, "the dashboard")
    bad = Finding(subject="dashboard", problem="dashboard did not answer", detail=str(reply), place=reply.url)
    return {"dashboard": SignalReading(str(reply), reply.milliseconds / 1000, (bad,) * failed(reply))}


def _need_a_way(context: Context, reply: Reply, what: str) -> None:
    """A silence is the target's only if something else answers us; else we could not look."""
    if not reply.answered and not context.get("own_network", OwnNetwork).proved:
        raise refusal(reply, what, remedy="check this machine's own network")
    if reply.status in causes.REFUSED:
        raise CouldNotLook(Cause.UNAUTHORIZED, f"{what} answers {reply.status} to us: {reply.url}")


def _health(context: Context) -> Found:
    state = observe_health(context)
    silent = {place: answer for place, answer in state.statuses().items() if answer != HTTP_OK}
    claims, wanted = state.claims(), state.wanted
    other = {place: f"{claims[place]} instead of {each}" for place, each in wanted.items() if claims[place] != each}
    found = (
        *findings("health endpoint does not answer 200", silent, remedy=state.again),
        *findings("health endpoint does not say that all is well", other, remedy=state.again),
    )
    well = len(wanted) - len(silent.keys() | other.keys())
    return {"health": SignalReading(f"{well} of {len(wanted)} answers are well", 100 * well / len(wanted), found)}


def _requests(context: Context) -> Found:
    """One request of each path to each machine."""
    turns = [(machine, path) for path in context.target.section(Traffic).paths for machine in places(context)]
    with visitor(context) as session:
        replies = [get(session, marked(context, path), machine=machine) for machine, path in turns]
    if all(not each.answered or each.status in causes.REFUSED for each in replies):
        _need_a_way(context, replies[0], "the app's pages")
    times: dict[str, list[float]] = {}
    for each in (each for each in replies if each.answered and not each.down):
        times.setdefault(f"{TIMES}{each.machine}", []).append(each.milliseconds / 1000)
    slowest = max((max(each) for each in times.values()), default=None)
    said = f"worst of {len(replies)}: {slowest:.2f} s" if slowest is not None else "no page was answered"
    share, errors = of_replies(replies).share, [each for each in replies if each.answered and each.down]
    return {
        "response time": SignalReading(said, slowest, readings={name: tuple(each) for name, each in times.items()}),
        "own requests": SignalReading(
            f"{len(errors)} of {len(replies)}",
            float(len(errors)),
            tuple(map(_server_error, errors)),
            {OWN: (share.hits, share.total)},
        ),
    }


def _server_error(reply: Reply) -> Finding:
    return Finding(
        subject=f"{reply.method} {reply.path.partition('?')[0]}",
        problem=SERVER_ERROR,
        detail=f"answered {reply.status} (request {reply.request_id or 'unknown'})",
        machine=reply.machine or "",
        place=reply.url,
    )


def _error_rate(context: Context, began: datetime) -> Found:
    """What the platform has counted since the watch began; its count tells of the time of every gap, too."""
    with opened(context) as platform:
        told = platform.counted(began, now())
    share = Responses(statuses=dict(told.statuses)).share
    counted = {COUNTED: (float(share.hits), float(share.total))}
    return {"error rate": SignalReading(f"{share.hits} of {share.total}", 100 * share.value, readings=counted)}


def _database(context: Context) -> Found:
    state, most = observe_connection(context), context.ceiling("database-connection")
    took = Readings({"connect and ask": state.seconds}, what="answer of the database")
    if state.trouble:
        silent = Finding(subject=DATABASE, problem="database does not answer", detail=state.trouble)
        return {DATABASE: SignalReading("does not answer", None, (silent,))}
    found = took.findings(Readings({"connect and ask": most}))
    read_only = state.load.read_only if state.load else ()
    found += [Finding(subject=DATABASE, problem="database is read-only", detail=each) for each in read_only]
    return {DATABASE: SignalReading(f"{state.seconds:.3f} s", state.seconds, tuple(found))}


def _chatwoot(context: Context) -> Found:
    state = observe_chatwoot(context)
    bad = tuple(findings("Chatwoot is not well", state.differences(), remedy=state.again))
    return {"chatwoot": SignalReading(str(state.reply), state.reply.milliseconds / 1000, bad)}
