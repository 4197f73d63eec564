"""Tells GitHub of a finished run: job summary, annotations, outputs, and an exit status that is 0 for DONE alone.

`python -m verifier.reporting.github [RUN_FOLDER]` after the run, whatever became of it; outside of GitHub it prints the
checklist. Formats: GitHub's documentation of workflow commands, GITHUB_OUTPUT and GITHUB_STEP_SUMMARY.
"""

from __future__ import annotations

import argparse
import os
import posixpath
import re
import secrets
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from verifier.core.redaction import REDACTOR
from verifier.core.verdict.ledger import UNVERIFIED_STATUS, Verdict
from verifier.reporting.annotations import Annotation, annotated
from verifier.reporting.model import PAGE, Report
from verifier.reporting.record.reading import NoVerdict, read_record

SUMMARY_BYTES = 1024 * 1024
"""What a step may write into its summary; GitHub drops all of a longer one."""
_CUT = "\n\n*Cut here: a job summary holds no more. The whole checklist is in the run's report.*\n"


@dataclass(frozen=True)
class Judgement:
    """What GitHub is told.

    Attributes:
        verdict: the run's, or 'incomplete' where no run can be believed.
        status: the exit status; 0 with DONE alone.
        report: the run's folder.
        checklist: the job summary, as Markdown.
    """

    verdict: Verdict
    status: int
    report: str
    checklist: str
    annotations: tuple[Annotation, ...]

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs of the step; `run` is the name of the run's folder, `page` is empty where there is none."""
        told = {"verdict": str(self.verdict), "exit_status": str(self.status), "report": self.report}
        page = f"{self.report}/{PAGE}" if (Path(self.report) / PAGE).is_file() else ""
        return told | {"run": Path(self.report).name, "page": page}


def judged(folder: Path, *, since: datetime | None = None, status: int | None = None, app_dir: str = "") -> Judgement:
    """What the run in `folder` came to.

    Args:
        folder: what the run left behind.
        since: when the run was asked for; one that finished earlier is another run.
        status: what the run's own process ended with, if known; it must say the same.
        app_dir: the app's folder in its repository, where places in files begin.
    """
    report = _name(folder)
    try:
        record = _of_this_run(read_record(folder).report, since, status)
        checklist = REDACTOR.text((folder / "definition-of-done.md").read_text(encoding="utf-8"))
    except NoVerdict as reason:
        return _without_verdict(report, str(reason))
    except (OSError, ValueError) as trouble:
        return _without_verdict(report, f"definition-of-done.md of the run cannot be read: {trouble}")
    return Judgement(record.verdict, record.exit_status, report, checklist, tuple(_placed(annotated(record), app_dir)))


def _placed(told: Iterable[Annotation], app_dir: str) -> Iterator[Annotation]:
    """The annotations with their places as GitHub counts them: from the top of the repository."""
    for each in told:
        file, line = each.place or ("", 0)
        if file and app_dir and (Path(app_dir) / file).is_file():
            yield replace(each, place=(posixpath.normpath(posixpath.join(app_dir, file)), line))
        else:
            yield each


def _of_this_run(record: Report, since: datetime | None, status: int | None) -> Report:
    """The record, if it is of the run that was asked for.

    Raises:
        NoVerdict: it is of another run, or the process that wrote it says otherwise.
    """
    if since is not None and record.run.finished < since:
        raise NoVerdict(f"the newest run finished {record.run.finished}, before this one was asked for ({since})")
    if status is not None and status != record.exit_status:
        raise NoVerdict(f"the run ended with exit status {status}, but its verdict.json says {record.exit_status}")
    return record


def _without_verdict(report: str, why: str) -> Judgement:
    why = REDACTOR.text(why)
    checklist = (
        f"# Definition of Done · no verdict\n\n{why}\n\nNothing is known of the deployment. This is not a pass.\n"
    )
    told = Annotation("error", "Definition of Done: no verdict", why)
    return Judgement(Verdict.INCOMPLETE, UNVERIFIED_STATUS, report, checklist, (told,))


def write_summary(path: Path, checklist: str) -> None:
    """Append the checklist to the job summary; what would be too long is cut at the end of a line, and says so.

    Raises:
        OSError: it cannot be written.
    """
    room = SUMMARY_BYTES - (path.stat().st_size if path.exists() else 0)
    whole, note = checklist.encode(errors="replace"), _CUT.encode()
    kept = whole if len(whole) <= room else whole[: max(0, room - len(note))].rpartition(b"\n")[0] + note
    if len(kept) <= room:
        with path.open("ab") as file:
            file.write(kept)


def write_outputs(path: Path, values: Mapping[str, str]) -> None:
    """Append outputs of the step; a value that is not plainly one line stands between delimiters nobody can guess.

    Raises:
        OSError: it cannot be written.
    """
    with path.open("ab") as file:
        for name, value in values.items():
            mark = f"end_{secrets.token_hex(16)}"
            plain = re.fullmatch(r"[A-Za-z0-9 ./:_-]*", value)
            line = f"{name}={value}\n" if plain else f"{name}<<{mark}\n{value}\n{mark}\n"
            file.write(line.encode(errors="replace"))


def tell(judgement: Judgement, environment: Mapping[str, str]) -> Iterator[str]:
    """Write GitHub's files; yields the lines for standard output.

    Raises:
        OSError: one of the files cannot be written.
    """
    summary, outputs = environment.get("GITHUB_STEP_SUMMARY"), environment.get("GITHUB_OUTPUT")
    if not summary and not outputs and not environment.get("GITHUB_ACTIONS"):
        # Inside of GitHub this would let a text of the target begin a line, and so speak as a workflow command.
        yield judgement.checklist.rstrip("\n")
        return
    yield from map(str, judgement.annotations)
    if outputs:
        write_outputs(Path(outputs), judgement.outputs)
    if summary:
        write_summary(Path(summary), judgement.checklist)


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Tell GitHub, and hand back the exit status: the verdict's, or 6 where there is none to believe."""
    asked = _parser().parse_args(arguments)
    REDACTOR.learn_environment(environment)
    judgement = judged(asked.folder, since=asked.since, status=asked.status, app_dir=asked.app_dir)
    try:
        for line in tell(judgement, environment):
            print(line)  # noqa: T201 - standard output is where GitHub listens
    except OSError as trouble:
        print(Annotation("error", "GitHub's own files cannot be written", str(trouble)))  # noqa: T201 - the same
        return judgement.status or UNVERIFIED_STATUS
    return judgement.status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m verifier.reporting.github", description="Tell GitHub of a run.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("reports/latest"), help="default: reports/latest")
    parser.add_argument("--since", type=_moment, help="when the run was asked for (2026-01-31T12:00:00Z)")
    parser.add_argument("--app-dir", default="", help="the app's folder in its repository, where places in files begin")
    parser.add_argument("--status", type=int, help="what the run's process ended with; it must say the same")
    return parser


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError("must have a time zone, such as Z")
    return at


def _name(folder: Path) -> str:
    """The run's own folder, not the link to the newest; relative where that is possible."""
    real = folder.resolve()
    return (real.relative_to(Path.cwd()) if real.is_relative_to(Path.cwd()) else real).as_posix()


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a text stream of the interpreter
    sys.exit(main(sys.argv[1:], os.environ))
