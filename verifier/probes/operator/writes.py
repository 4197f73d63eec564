"""What a flow writes, and how that is undone: at its end, or by a later run if this one was killed.

What is to be undone is noted in a file before the change is made. The file outlives the process; whoever finds it and
sees that its process is gone does what it says.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from verifier.core import causes
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.files import write_whole
from verifier.core.probe import Context
from verifier.core.redaction import REDACTOR
from verifier.core.threads import undisturbed
from verifier.probes.browser.http_session import visitor
from verifier.probes.http.client import LARGEST, send
from verifier.probes.sse.approval_queue import mark_of, orphaned

_GONE = 404


@dataclass(frozen=True)
class Undo:
    """What puts one change right.

    Attributes:
        mark: names run and process that made the change.
        url: the deployment's address; another one is not touched.
        path: of the API: of the thing that is put back, or of the collection from which what carries the mark is taken.
        method: by which it is put back; empty for a collection.
        body: what is put back.
        list_key: where the answer of a collection has its list.
        field: of each thing on that list, what carries the mark.
    """

    mark: str
    url: str
    path: str
    method: str = ""
    body: Any = None
    list_key: str = ""
    field: str = ""

    def __str__(self) -> str:
        what = f"{self.method} {self.path}" if self.method else f"DELETE what has '{self.mark}' in {self.path}"
        return f"a run that was killed has changed {self.url}, to be undone by: {what}"


class Journal:
    """The changes that are to be undone, a file each.

    Args:
        folder: where they are; made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def noted(self, undo: Undo, context: Context) -> Iterator[None]:
        """Note `undo`, let the change be made, and undo it."""
        path = self._folder / f"{uuid.uuid4().hex}.json"
        write_whole(path, json.dumps(asdict(undo)))
        try:
            yield
        finally:
            undisturbed(lambda: self._performed(path, undo, context))

    @staticmethod
    def _performed(path: Path, undo: Undo, context: Context) -> None:
        perform(undo, context)
        path.unlink(missing_ok=True)

    def left(self) -> dict[Path, Undo]:
        """What processes that are gone have left to be undone."""
        found = sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []
        noted = {each: Undo(**json.loads(each.read_text(encoding="utf-8"))) for each in found}
        return {path: undo for path, undo in noted.items() if orphaned(undo.mark)}

    def undo_leftovers(self, context: Context) -> None:
        """Undo it, for this deployment.

        Raises:
            CouldNotLook: it cannot be undone, so that what would be seen is not what people have made.
        """
        with context.named("undo"):
            for path, undo in self.left().items():
                if undo.url == context.url:
                    self._performed(path, undo, context)


class Writes:
    """What one flow changes; everything is put right when the block ends in which it was changed.

    Args:
        context: of the run.
        journal: where it is noted meanwhile.
    """

    def __init__(self, context: Context, journal: Journal) -> None:
        self._context = context
        self._journal = journal

    @contextmanager
    def marked(self, path: str, *, list_key: str, field: str) -> Iterator[str]:
        """A mark for what is made meanwhile: whatever then carries it in a collection is removed.

        Args:
            path: of the collection, which GET lists, and from which DELETE PATH/ID removes.
            list_key: where the answer has the list; each thing on it has an `id`.
            field: which of its fields carries the mark.

        Raises:
            CouldNotLook: the target forbids writing, or the mark cannot be removed.
        """
        self._allowed()
        mark = f"{mark_of(self._context.run)} {uuid.uuid4().hex[:6]}"
        undo = Undo(mark, self._context.url, path, list_key=list_key, field=field)
        with self._journal.noted(undo, self._context):
            yield mark

    @contextmanager
    def restored(self, path: str, *, method: str = "PUT") -> Iterator[dict[str, Any]]:
        """What the API says at `path`; the same is sent there again when the block ends. For one flow at a time.

        Raises:
            CouldNotLook: the target forbids writing, or it cannot be put back.
        """
        self._allowed()
        with self._context.named(f"restored{path.replace('/', '-')}"):
            before = _asked(self._context, "GET", path)
            undo = Undo(mark_of(self._context.run), self._context.url, path, method=method, body=before)
            with self._journal.noted(undo, self._context):
                yield before

    def _allowed(self) -> None:
        if self._context.target.writes != "allowed":
            raise CouldNotLook(Cause.PRECONDITION, "this step writes, which the target forbids; see operator.step")


def told_by_api(context: Context, path: str) -> dict[str, Any]:
    """The JSON object at `path`, asked with what lets the suite in.

    Raises:
        CouldNotLook: there is none.
    """
    return _asked(context, "GET", path)


def perform(undo: Undo, context: Context) -> None:
    """Undo a change; what is undone already stays so.

    Raises:
        CouldNotLook: the API does not let it be undone; says what is left.
    """
    if undo.method:
        _asked(context, undo.method, undo.path, undo.body)
        return
    for each in _carrying(undo, context):
        _asked(context, "DELETE", f"{undo.path}/{each}", gone=True)
    if left := _carrying(undo, context):
        raise CouldNotLook(Cause.PRECONDITION, f"{undo.path} still has {', '.join(left)} after DELETE: {undo}")


def _carrying(undo: Undo, context: Context) -> list[str]:
    listed = _asked(context, "GET", undo.path).get(undo.list_key, ())
    return [str(each["id"]) for each in listed if undo.mark in str(each.get(undo.field) or "")]


def _asked(context: Context, method: str, path: str, body: Any = None, *, gone: bool = False) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """The JSON object that the API answers with; `gone`: whether 404 is as good."""
    with visitor(context) as session:
        answer = send(session, method, context.url + path, content=body, keep=LARGEST)
    what = f"{method} {context.url}{path}"
    if answer.status is None:
        raise CouldNotLook(answer.cause or Cause.UNREACHABLE, f"{what}: {answer.trouble}")
    if answer.status >= 400 and not (gone and answer.status == _GONE):  # noqa: PLR2004 - RFC 9110, section 15
        said = REDACTOR.cut(answer.body, 200)
        raise CouldNotLook(causes.of_status(answer.status), f"{what}: HTTP {answer.status}: {said}")
    content = answer.content() if answer.body else {}
    return content if isinstance(content, dict) else {}
