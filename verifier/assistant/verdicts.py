"""Answers what an assistant asks about runs of one target: begins one, follows it, and reads what it left."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from verifier.assistant.answers import page
from verifier.assistant.deployment import AskedDeployment
from verifier.assistant.judging import JudgingRun, NotPossible, newest, start
from verifier.assistant.rule import read_rule
from verifier.core.config.contract import Stage, read_contract
from verifier.core.redaction import REDACTOR
from verifier.reporting.details import evidence_files, item_lines, whole_lines
from verifier.reporting.model import JudgedItem
from verifier.reporting.record.reading import StoredRecord

_WIDTH = 160
"""Columns of an answer: long enough that few lines are broken."""
_CALL = "definition-of-done with"


class Verdicts:
    """Answers about runs of one target.

    Args:
        deployment: the target; its faults are those of every run that is begun here.
    """

    def __init__(self, deployment: AskedDeployment) -> None:
        self.deployment = deployment
        self._run: JudgingRun | None = None
        self._starting = threading.Lock()

    def start(self, stage: Stage, item: str) -> None:
        """Begin a run.

        Raises:
            NotPossible: one is running, or there is no such item.
        """
        if item:
            self._known(item)
        with self._starting:
            if self._run and not self._run.ended:
                raise NotPossible(f"a run is under way; use action 'progress' or 'stop'\n{self._run.progress()}")
            given = self.deployment
            words = ["-m", str(stage), "--target", given.target, *(["--item", item] if item else [])]
            words += [word for fault in given.faults for word in ("--fault", fault)]
            self._run = start(given.place, words, given.scratch / "said.log")

    @property
    def begun(self) -> JudgingRun:
        """The run that was begun here last.

        Raises:
            NotPossible: there is none.
        """
        if self._run is None:
            raise NotPossible("no run was begun here; use action 'start', or 'verdict' for what the last one found")
        return self._run

    def progress(self) -> str:
        """How far the run is that was begun here; its verdict as soon as it ended."""
        if self.begun.ended:
            return self.verdict()
        return f"{self.begun.progress()}\nstill running: ask again with action 'progress'"

    def stop(self) -> str:
        """Interrupt the run that was begun here, and tell what it had seen."""
        if self._run is None or self._run.ended:
            raise NotPossible("no run that was begun here is under way")
        self._run.stop()
        return self.verdict()

    def verdict(self) -> str:
        """What the newest run found, and where to ask on."""
        kept = self._kept()
        seen = [each.id for each in kept.report.items]
        lines = [*whole_lines(kept, _WIDTH), f"more: {_CALL} action 'item' and item one of {', '.join(seen)}"]
        if self._run and not self._run.ended:
            lines.append("a newer run is under way: use action 'progress'")
        return _text(lines, 0, "action 'item'")

    def item(self, name: str, offset: int) -> str:
        """Every detail of one item in the newest run."""
        kept = self._kept()
        lines = item_lines(kept, _judged(kept, name), _WIDTH)
        return _text(lines, offset, f"action 'item', item '{name}', offset {{}}")

    def why(self, name: str, offset: int) -> str:
        """What an item promises."""
        self._known(name)
        rule = read_rule(self.deployment.place, name, self.deployment.target)
        return _text(list(rule.lines()), offset, f"action 'why', item '{name}', offset {{}}")

    def evidence(self, item: str, record: str, offset: int) -> str:
        """The names of the records of the newest run, or the text of one of them."""
        kept = self._kept()
        files = _files(kept, _judged(kept, item) if item else None)
        if not record:
            listed = [f"{name} ({path.stat().st_size} bytes)" for name, path in files.items()]
            return _text([kept.told, *(listed or ["it left none"])], offset, "action 'evidence', offset {}")
        if record not in files:
            raise NotPossible(f"no record '{record}'; there are {', '.join(files) or 'none'}")
        content = json.dumps(json.loads(files[record].read_text(encoding="utf-8")), ensure_ascii=False)
        how = f"{_CALL} action 'evidence', record '{record}', offset {{}}"
        return page(REDACTOR.text(content), offset, how)

    def end(self) -> None:
        """Interrupt the run that was begun here, which then ends by itself, and stop what was started."""
        if self._run:
            self._run.interrupt()
        self.deployment.end()

    def _kept(self) -> StoredRecord:
        """The record of the run that was begun here, once it ended; else the newest of the target."""
        if self._run and self._run.ended:
            return self._run.kept()
        return newest(self.deployment.place.home, self.deployment.name)

    def _known(self, name: str) -> None:
        ids = read_contract(self.deployment.place.suite).ids
        if name not in ids:
            raise NotPossible(f"the contract has no item '{name}'; it has {', '.join(ids)}")


def _judged(kept: StoredRecord, name: str) -> JudgedItem:
    found = {each.id: each for each in kept.report.items}
    if name not in found:
        raise NotPossible(f"that run judged no item '{name}'; it judged {', '.join(found) or 'none'}")
    return found[name]


def _files(kept: StoredRecord, item: JudgedItem | None) -> dict[str, Path]:
    """Name → record; of an item those that its checks read."""
    folder = kept.folder / "evidence"
    paths = set(folder.rglob("*.json"))
    if item:
        paths = {each for check in item.checks for each in evidence_files(kept.folder, check)}
    return {path.relative_to(folder).as_posix(): path for path in sorted(paths)}


def _text(lines: list[str], offset: int, how: str) -> str:
    text = REDACTOR.text("\n".join(line.rstrip() for line in lines)).strip()
    return page(text, offset, f"{_CALL} {how}")
