"""Appends the forms of a run to the day's file of `feedback/devops/`, once per run."""

from __future__ import annotations

from pathlib import Path

from verifier.core.deadline import Deadline
from verifier.core.redaction import REDACTOR
from verifier.reporting.forms import BLOCKERS, REQUESTS, STATUS, forms
from verifier.reporting.locking import lock
from verifier.reporting.model import Report

SECONDS = 5.0
"""In which another run must have added its own."""
_FOLDER = ("feedback", "devops")


def append_feedback(root: Path, place: str, report: Report) -> Path | None:
    """Append the status report, with requests for credentials and blocker reports, to `YYYY-MM-DD.md` (UTC).

    Args:
        root: where a relative `place` begins.
        place: the checkout that holds `feedback/devops/`, or that folder itself.
        report: of the run.

    Returns:
        The file; nothing if there was nothing to say, or it is said there already.

    Raises:
        CouldNotLook: timeout, if another run does not let go of the file.
        OSError: it cannot be written.
    """
    made = forms(report)
    text = "\n".join(made[name] for name in (STATUS, REQUESTS, BLOCKERS) if name in made)
    path = _folder(root / place) / f"{report.run.finished:%Y-%m-%d}.md"
    mark = f"<!-- run {report.run.id} -->"
    return path if text and _append(path, mark, f"{REDACTOR.text(text)}\n{mark}\n") else None


def _folder(place: Path) -> Path:
    return place if place.parts[-2:] == _FOLDER else place.joinpath(*_FOLDER)


def _append(path: Path, mark: str, text: str) -> bool:
    """Add the text in one piece, unless the mark is there; two runs at once do not mix theirs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        lock(file, Deadline(SECONDS))
        file.seek(0)
        before = file.read()
        if mark.encode() in before:
            return False
        gap = b"\n" * bool(before) if before.endswith(b"\n") or not before else b"\n\n"
        file.write(gap + text.encode())
    return True
