"""Asks the platform whether the app exists, and where its machines are."""

from __future__ import annotations

from collections import Counter

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook, Evidence
from verifier.core.machine import App, Machine
from verifier.core.platform import NotThere, PlatformSection
from verifier.core.probe import Context
from verifier.probes.http.client import client, get
from verifier.probes.platform.section import Deploy
from verifier.probes.platform.state import PlatformState, by_hand


class AppState(Evidence):
    """The app, and the machines that serve.

    Attributes:
        app: nothing, if the platform says that there is none of this name.
        silence: that the app's address does not answer, or with 5xx, although the platform does; empty if it does.
        machines: those that the edge sends requests to, but for standbys; all, where none is known to serve.
        regions: where the target says that they must be; anywhere if it names none.
        create: a line to type that makes the app.
        scale: likewise for more machines.
    """

    app: App | None
    silence: str = ""
    machines: tuple[Machine, ...] = ()
    regions: tuple[str, ...] = ()
    create: str = ""
    scale: str = ""

    @property
    def told(self) -> str:
        """The app and its machines in one line."""
        if self.app is None:
            return "the platform knows no such app"
        where = Counter(each.region or "nowhere told" for each in self.machines)
        placed = ", ".join(f"{count} in {region}" for region, count in sorted(where.items()))
        return f"{self.app.name} {self.app.status}, machines: {placed or 'none'}"

    def unfinished(self) -> dict[str, str]:
        """The app, if it is known and was not deployed, in words."""
        if self.app is None or self.app.deployed is not False:
            return {}
        return {self.app.name: f"its status is '{self.app.status}'"}

    def too_few(self, least: int) -> dict[str, str]:
        """Process groups with fewer machines than the limit, in words."""
        groups = Counter(each.group for each in self.machines)
        found = {name: f"{count} of {least} machines" for name, count in groups.items() if count < least}
        return found if groups else {"app": f"no machine, instead of {least}"}

    def misplaced(self) -> dict[str, str]:
        """Machines in a region that the target does not name, in words."""
        return {
            each.id: f"in {each.region or 'a region that is not told'}, not in {', '.join(self.regions)}"
            for each in self.machines
            if self.regions and each.region not in self.regions
        }

    def empty_regions(self) -> list[str]:
        """Regions that the target names, without a machine."""
        return [region for region in self.regions if all(each.region != region for each in self.machines)]

    def known(self) -> CouldNotLook | None:
        """Whether there is an app whose machines could be counted.

        Returns:
            Why not, if not: precondition.
        """
        if self.app is None:
            return CouldNotLook(Cause.PRECONDITION, "there is no app, so it has no machines", remedy=self.create)
        return None

    def word_known(self) -> CouldNotLook | None:
        """Whether the app's status is a word that this suite knows.

        Returns:
            Why not, if not: no-data.
        """
        if self.app is not None and self.app.deployed is None:
            told = f"the platform says that the app is '{self.app.status}', and this suite does not know that word"
            return CouldNotLook(Cause.NO_DATA, told, remedy=self.again)
        return None


def observe_app(context: Context) -> AppState:
    """Ask for the app itself first: where the answer is that there is none, that is what was seen.

    Raises:
        CouldNotLook: the platform does not answer, refuses, or tells nothing of apps.
    """
    section, started = context.target.section(PlatformSection), now()
    app: App | None
    try:
        # Not through the preflight: it has no better answer than that the app cannot be looked at.
        with section.opened(context) as platform:
            app = platform.app()
    except NotThere:
        app = None
    hand = by_hand(context)
    return AppState(
        asked="Is there such an app, and where are its machines?",
        where=f"{section.where} app {context.target.app}",
        at=started,
        again=hand.machines,
        create=hand.create,
        scale=hand.scale,
        app=app,
        silence=_silence(context),
        machines=_serving(context.get("platform", PlatformState)) if app else (),
        regions=context.target.section(Deploy).regions,
    )


def _silence(context: Context) -> str:
    """Why the app's address does not answer; asked with more patience than the preflight has."""
    with client(context.target) as session:
        reply = get(session, context.url)
    return f"{reply.url}: {reply}" if reply.down else ""


def _serving(seen: PlatformState) -> tuple[Machine, ...]:
    there = tuple(each for each in seen.machines if not each.standby)
    # The configuration that would say so is hidden while a host is out of reach.
    return tuple(each for each in there if each.serves or not each.config_known) or there
