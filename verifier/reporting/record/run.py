"""What a record says of the run itself, and of the runs that a release was judged by."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict

from verifier.core.config.contract import Stage
from verifier.core.config.expected_release import ExpectedRelease
from verifier.core.verdict.ledger import Verdict


class Part(BaseModel):
    """A part of the record; keys of other versions are not looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_serialization_defaults_required=True)


class Source(Part):
    """The files that were judged: their commit, and whether what was judged differs from it."""

    model_config = ConfigDict(frozen=True, extra="allow")
    commit: str
    dirty: bool = False

    def __str__(self) -> str:
        return f"commit {self.commit[:12]}" + ", with uncommitted changes" * self.dirty


class JudgedRun(Part):
    """The run itself; in a release, what was made of all its runs."""

    model_config = ConfigDict(frozen=True, extra="allow")
    id: str = ""
    suite: str = ""
    finished: AwareDatetime
    seconds: float = 0.0
    narrowed: tuple[str, ...] = ()
    interrupted: str | None = None
    problems: tuple[str, ...] = ()
    source: Source | None = None
    emergency: str | None = None
    shipped: ExpectedRelease | None = None


class MergedRun(Part):
    """One of the runs that a release was judged by.

    Attributes:
        id: of the run.
        sha256: of its `verdict.json`.
        stages: that it judged.
        items: how many items count as this run saw them.
        note: why it counts for less than it judged, if so.
    """

    id: str
    sha256: str
    stages: tuple[Stage, ...] = ()
    verdict: Verdict
    finished: AwareDatetime | None = None
    commit: str | None = None
    items: int = 0
    note: str = ""

    def __str__(self) -> str:
        judged = f"{', '.join(self.stages)}: {self.verdict}" if self.stages else str(self.verdict)
        return f"{self.id} ({judged}), {self.items} items count{f'; {self.note}' if self.note else ''}"
