"""Results of the preflight: access to the platform, clock skew, and whether the target answers.

Whoever needs the platform gets what the preflight found, instead of failing again by itself.
"""

from __future__ import annotations

from verifier.core.evidence import Cause, CouldNotLook, Evidence, Obstacle

SKEW = 30.0
"""Seconds by which clocks may differ; the logs' and the machines' times are compared with ours and with each other."""


class Preflight(Evidence):
    """What the preflight found.

    Attributes:
        token: what the platform says of our token, in words.
        platform: why the platform, or the app on it, cannot be looked at.
        target: why the target's address does not answer.
        skew: by how many seconds the platform's clock is ahead of ours, if it tells the time.
    """

    token: str = ""
    platform: Obstacle | None = None
    target: Obstacle | None = None
    skew: float | None = None

    @property
    def troubles(self) -> tuple[CouldNotLook, ...]:
        """All that was found, for the run's header."""
        found = [each.as_error() for each in (self.platform, self.target) if each]
        return (*found, *([self._clock()] if self._clocks_differ else []))

    @property
    def told(self) -> str:
        """What was found, in words."""
        token = f"token good for this app ({self.token})" if self.token else "no token was asked for"
        clock = f"clocks {abs(self.skew):.0f} s apart" if self.skew is not None else "the platform tells no time"
        return f"{token}, {clock}"

    @property
    def _clocks_differ(self) -> bool:
        return self.skew is not None and abs(self.skew) > SKEW

    def platform_told(self) -> CouldNotLook | None:
        """Whether the platform told of the app.

        Returns:
            Why not, if not: as it did not.
        """
        if self.platform is not None:
            return self.platform.as_error()
        return None

    def clocks_agree(self) -> CouldNotLook | None:
        """Whether our clock and the platform's agree, for what compares times.

        Returns:
            Why not, if not: precondition, if they do not.
        """
        if self._clocks_differ:
            return self._clock()
        return None

    def _clock(self) -> CouldNotLook:
        skew = self.skew or 0.0
        ahead = "ahead of" if skew > 0 else "behind"
        told = f"the platform's clock is {abs(skew):.0f} s {ahead} ours, so times cannot be compared"
        return CouldNotLook(Cause.PRECONDITION, told, remedy="set this machine's clock: timedatectl set-ntp true")
