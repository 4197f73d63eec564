"""What is known of a rollback to the previous release."""

from __future__ import annotations

from pydantic import AwareDatetime

from verifier.core.evidence import Cause, CouldNotLook, Evidence, Obstacle, Record, moment
from verifier.core.machine import Release
from verifier.probes.migrations.verdicts import MigrationFinding, MigrationVerdict


class MigrationsSince(Record):
    """The migrations that were applied since a moment.

    Attributes:
        names: those that count, in the order in which they were applied.
        findings: what their statements do, but for what only adds.
        by_version: whether their time is that of their version, because the database keeps none.
    """

    names: tuple[str, ...] = ()
    findings: tuple[MigrationFinding, ...] = ()
    by_version: bool = False


class RollbackState(Evidence):
    """The release to go back to, and what is in the way.

    Attributes:
        current: the newest release.
        previous: the newest release before it that was successful and has another image; nothing if there is none.
        passed_by: the releases between the two, with the reason.
        command: the line to type that goes back.
        image_there: whether the platform still has the image; or why that is not known.
        changed_secrets: secrets whose value was set since that release → when; or why that is not known.
        migrations: what was applied since; nothing if the target has no database; or why that is not known.
    """

    current: Release
    previous: Release | None = None
    passed_by: dict[str, str] = {}
    command: str = ""
    image_there: bool | Obstacle | None = None
    changed_secrets: dict[str, AwareDatetime | None] | Obstacle | None = None
    migrations: MigrationsSince | Obstacle | None = None

    @property
    def told(self) -> str:
        """Which release a rollback leads to, in words."""
        if self.previous is None:
            return f"no release to go back to from {self.current.version}"
        known = {True: "its image is there", False: "its image is gone"}
        there = self.image_there
        image = known[there] if isinstance(there, bool) else "its image could not be asked for"
        return f"from release {self.current.version} to {self.previous.version}; {image}"

    @property
    def facts(self) -> dict[str, str]:
        """The command, and the releases on the way, for the report."""
        found = {"command": self.command} if self.command else {}
        found[f"release {self.current.version}"] = f"the newest one, {moment(self.current.created_at)}"
        if self.previous is not None:
            made = moment(self.previous.created_at)
            found[f"release {self.previous.version}"] = f"{self.previous.status}, {made}, {self.previous.image}"
        return found | self.passed_by

    def existing(self) -> CouldNotLook | None:
        """Whether there is a release to go back to.

        Returns:
            Why not, if not: precondition.
        """
        if self.previous is None:
            return CouldNotLook(Cause.PRECONDITION, "there is no release to go back to", remedy=self.again)
        return None

    def image_known(self) -> CouldNotLook | None:
        """Whether the platform told of the image.

        Returns:
            Why not, if not.
        """
        return self.image_there.as_error() if isinstance(self.image_there, Obstacle) else None

    def secrets_told(self) -> str:
        """How many secrets were set since, in words.

        Raises:
            CouldNotLook: the platform did not tell.
        """
        return f"{len(self._secrets())} secrets set since"

    def other_secrets(self) -> dict[str, str]:
        """Secrets that have another value than that release had, in words; undated ones may have.

        Raises:
            CouldNotLook: the platform did not tell; or not when one of them was set.
        """
        found = self._secrets()
        undated = [name for name, at in found.items() if at is None]
        if undated and len(undated) == len(found):
            told = f"the platform does not tell when {', '.join(undated)} were set"
            raise CouldNotLook(Cause.NO_DATA, told, remedy=self.again)
        return {name: f"set {moment(at)}" for name, at in found.items() if at is not None}

    def _secrets(self) -> dict[str, AwareDatetime | None]:
        if isinstance(self.changed_secrets, Obstacle):
            raise self.changed_secrets.as_error()
        return self.changed_secrets or {}

    def migrations_told(self) -> str:
        """What was applied since, in words.

        Raises:
            CouldNotLook: that is not known.
        """
        since = self._migrations()
        if since is None:
            return "the target has no database"
        return f"{len(since.names)} migrations since: {', '.join(since.names)}" if since.names else "no migration since"

    def destructive(self) -> list[MigrationFinding]:
        """What takes away something that the previous release may need."""
        since = self._migrations()
        return [each for each in since.findings if each.verdict is MigrationVerdict.DESTRUCTIVE] if since else []

    def questions(self) -> CouldNotLook | None:
        """Whether it is certain what every migration since then does.

        Returns:
            Why not, if not: precondition, where only a person can say.
        """
        since = self._migrations()
        open_ = [each for each in since.findings if each.verdict is MigrationVerdict.REVIEW] if since else []
        if open_:
            told = "; ".join(f"{each.place}: {each.what}" for each in open_)
            remedy = "read them: would the previous release still work?"
            return CouldNotLook(Cause.PRECONDITION, f"only a person can say what these do: {told}", remedy=remedy)
        return None

    @property
    def narrowed(self) -> str:
        """What the answer on migrations hangs on, in a sentence; empty if on nothing."""
        if isinstance(self.migrations, MigrationsSince) and self.migrations.by_version:
            return (
                "the database does not keep when a migration was applied, so its version counts as the time: "
                "one that was written before the release and applied after it was not seen"
            )
        return ""

    def _migrations(self) -> MigrationsSince | None:
        if isinstance(self.migrations, Obstacle):
            raise self.migrations.as_error()
        return self.migrations
