"""What the platform's own records say of the certificates."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.core.evidence import Cause, CouldNotLook, Evidence, Obstacle
from verifier.core.evidence.finding import Finding
from verifier.core.hostname import Hostname

_DAY = 86_400


class HostnameRecords(Evidence):
    """The records of the hostnames, as far as the platform tells them.

    Attributes:
        records: hostname → what the platform tells of it.
        untold: why the platform tells nothing of hostnames, if it never does.
        obstacle: why it could not be asked, if it does.
        remedy: a line to type that tells how a hostname stands; `{}` for the name.
    """

    records: dict[str, Hostname] = {}
    untold: str = ""
    obstacle: Obstacle | None = None
    remedy: str = ""

    def not_issued(self) -> list[Finding]:
        """Hostnames that the platform does not know, or has no certificate for."""
        return [
            Finding(subject=name, problem=problem, detail=detail, remedy=self.remedy.format(name))
            for name, record in self.records.items()
            for problem, detail in _record_objections(record)
        ]

    def overdue(self, days: float) -> dict[str, str]:
        """Hostnames whose newest certificate ends sooner, by the platform's record: it should have been renewed."""
        return {
            name: f"the newest one ends {each.expires_at:%Y-%m-%d %H:%M} UTC"
            for name, each in self.records.items()
            if each.expires_at is not None and (each.expires_at - self.at).total_seconds() < days * _DAY
        }

    def records_told(self) -> dict[str, str]:
        """Hostname → what the platform says of its certificate, in words."""
        return {
            name: f"{each.status or 'not known'}{f', until {each.expires_at:%Y-%m-%d}' if each.expires_at else ''}"
            for name, each in self.records.items()
        } or {"platform": self.untold or "no hostname of the target is the platform's to certify"}

    def records_known(self) -> CouldNotLook | None:
        """Whether the platform told of the hostnames, in words that this suite knows.

        Returns:
            Why not, if not; nothing, where it never tells any.
        """
        if self.obstacle:
            return self.obstacle.as_error()
        strange = [f"{name} is '{each.status}'" for name, each in self.records.items()
                   if each.registered and each.issued is None]  # fmt: skip
        if strange:
            told = f"the platform's words for these certificates are not known: {', '.join(strange)}"
            return CouldNotLook(Cause.NO_DATA, told, remedy="tell whoever keeps the suite")
        return None


def _record_objections(record: Hostname) -> Iterator[tuple[str, str]]:
    if not record.registered:
        yield "the platform does not know the hostname", "so it issues no certificate for it"
        return
    if record.issued is False:
        since = f" since {record.requested_at:%Y-%m-%d %H:%M} UTC" if record.requested_at else ""
        yield "certificate is not issued", "; ".join([f"{record.status}{since}", *record.problems])
    if record.held_until is not None:
        yield "the authority limits requests", f"until {record.held_until:%Y-%m-%d %H:%M} UTC"
