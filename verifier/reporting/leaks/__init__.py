"""The last gate before anything is published: files are copied without secrets, and searched once more."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from verifier.core.deadline import Deadline
from verifier.core.redaction import REDACTOR
from verifier.reporting.leaks.needles import needles
from verifier.reporting.leaks.search import Leak, Search

SECONDS = 120.0
"""For all files of a run; it takes a few."""


def redacted_bytes(content: bytes) -> bytes | None:
    """Text with every secret replaced, archives rewritten, other bytes as they are; nothing if they hold a secret."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        return _redacted_archive(content)
    try:
        return REDACTOR.text(content.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        return None if leak_in(content) else content


def leak_in(content: bytes) -> Leak | None:
    """Why this content must not be published, if so."""
    return _search(Deadline(SECONDS)).of(io.BytesIO(content))


def withdraw_leaks(folder: Path) -> list[str]:
    """Remove every file below `folder` that holds a known secret, or cannot be searched for one; says where it stood.

    This is a second look at files that were redacted when they were written; a find is a fault of the suite.
    """
    told, deadline = [], Deadline(SECONDS)
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()):
        place = path.relative_to(folder)
        named = leak_in(place.as_posix().encode(errors="surrogateescape"))
        if named and not named.why:
            found = f"a file in {REDACTOR.text(place.parent.as_posix())} had a secret in its name"
        else:
            with path.open("rb") as content:
                leak = _search(deadline).of(content)
            found = f"{place.as_posix()}{leak}" if leak else ""
        if found:
            path.unlink()
            told.append(f"{found} and was withdrawn")
    return told


def _search(deadline: Deadline) -> Search:
    return Search(needles(REDACTOR.values), deadline)


def _redacted_archive(content: bytes) -> bytes | None:
    """The archive with each member redacted; a member that cannot be rewritten is left out."""
    rewritten = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as old,
            zipfile.ZipFile(rewritten, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for entry in old.infolist():
                member = redacted_bytes(old.read(entry))
                if member is not None:
                    new.writestr(REDACTOR.text(entry.filename), member)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):  # damaged, encrypted, or of an unknown kind
        return None
    return rewritten.getvalue()
