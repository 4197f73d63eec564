"""Which health checks are configured on each machine, and what the paths that they ask for answer."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.machine import EDGE, HealthCheck, Machine
from verifier.core.platform import PlatformSection
from verifier.core.probe import Context
from verifier.core.threads import in_threads
from verifier.probes.http.client import Reply, client, get
from verifier.probes.platform.state import MachineState, PlatformState, by_hand

_AT_ONCE = 8


class HealthChecks(PlatformState):
    """The machines with their health checks, and what the paths of these checks answer.

    Attributes:
        answers: 'machine path' → what that machine answered when we asked as the check does.
        to_mend: where checks are configured.
    """

    answers: dict[str, Reply] = {}
    to_mend: str = ""

    @property
    def serving(self) -> tuple[Machine, ...]:
        """The machines that requests are sent to; all, where none is known to serve."""
        there = tuple(each for each in self.machines if each.serves and each.config_known)
        return there or tuple(each for each in self.machines if each.config_known)

    def told(self) -> dict[str, str]:
        """Machine → its checks, in words."""
        return {each.id: "; ".join(map(str, each.health_checks or ())) or "no check" for each in self.serving}

    def unchecked(self) -> dict[str, str]:
        """Machines without any check, in words."""
        return self._with(lambda _, checks: not checks)

    def not_asked_over_http(self) -> dict[str, str]:
        """Machines with checks, none of which asks the app over HTTP, in words."""
        return self._with(lambda _, checks: bool(checks) and not _over_http(checks))

    def not_heeded(self) -> dict[str, str]:
        """Machines to which requests are sent whatever their HTTP checks say, in words."""
        return self._with(
            lambda machine, checks: (
                machine.serves and bool(_over_http(checks)) and not any(each.routes for each in _over_http(checks))
            )
        )

    def _with(self, wrong: Callable[[Machine, tuple[HealthCheck, ...]], bool]) -> dict[str, str]:
        told = self.told()
        return {
            each.id: told[each.id]
            for each in self.serving
            if each.health_checks is not None and wrong(each, each.health_checks)
        }

    def paths_told(self) -> dict[str, str]:
        """What each path answered us, and what the platform says of the checks of each machine that runs."""
        own = {place: str(reply.status or reply.cause) for place, reply in self.answers.items()}
        return own | {f"{each.id} (platform)": each.checks_told for each in self.serving if each.state == "started"}

    def bad_answers(self) -> dict[str, str]:
        """'machine path' → what it answered instead of a status between 200 and 299: a redirect fails a check, too."""
        return {
            place: f"{reply}{' to ' + reply.headers['location'] if 'location' in reply.headers else ''}"
            for place, reply in self.answers.items()
            if reply.answered and not httpx.codes.is_success(reply.status or 0)
        }

    def checks_told(self) -> CouldNotLook | None:
        """Whether the platform tells the configured checks at all.

        Returns:
            Why not, if not: no-data.
        """
        silent = [each.id for each in self.serving if each.health_checks is None]
        if silent or not self.serving:
            told = f"the platform does not tell which checks {', '.join(silent) or 'the machines'} have"
            return CouldNotLook(Cause.NO_DATA, told, remedy=self.again)
        return None

    def answered(self) -> CouldNotLook | None:
        """Whether every path that can be asked for from outside answered us.

        Returns:
            Why not, if not: with the cause of the first silence.
        """
        silent = {place: reply for place, reply in self.answers.items() if not reply.answered}
        for place, reply in silent.items():
            return CouldNotLook(reply.cause or Cause.UNREACHABLE, f"{place}: {reply}", remedy=self.again)
        return None


def _over_http(checks: tuple[HealthCheck, ...]) -> tuple[HealthCheck, ...]:
    return tuple(each for each in checks if each.kind == "http")


def observe_health_checks(context: Context) -> HealthChecks:
    """Read the checks of every machine, and ask each machine that runs for the paths that the edge leads to."""
    started, seen = now(), context.get("machines", MachineState)
    by_machine = bool(context.target.section(PlatformSection).machine_header)
    asked = sorted({
        (each.id if by_machine else EDGE, check.path)
        for each in seen.machines
        if each.state == "started"
        for check in each.health_checks or ()
        if check.kind == "http" and check.public
    })  # fmt: skip
    with client(context.target) as session:
        replies = in_threads(lambda each: get(session, context.url + each[1], machine=each[0]), asked, _AT_ONCE)
    answers = {f"{machine} {path}": reply for (machine, path), reply in zip(asked, replies, strict=True)}
    asks = "Which checks does the platform make, and what do their paths answer?"
    told = {"asked": asks, "at": started, "answers": answers, "to_mend": by_hand(context).mend_checks}
    return HealthChecks(**{**dict(seen), **told})
