"""The contents that git knows: tracked files as they are, and what commits brought that is no longer there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from verifier.probes.source.checkout import git, git_bytes

_LARGEST = 5_000_000
"""Bytes of a file that is still searched."""
_HEAD = 8_000
"""Bytes in which git, too, looks for a NUL to tell what is no text."""
_SHORT = 12
_AS_HELP = "give --since a revision that this checkout has (git log --oneline; actions/checkout: fetch-depth: 0)"


@dataclass(frozen=True)
class SearchedText:
    """One content that can be searched.

    Attributes:
        name: path below the checkout, or "message of commit ID".
        blob: git's id of a version that is no longer there; else empty.
        commit: of a message; else empty.
    """

    id: str
    name: str
    content: bytes = field(repr=False)
    blob: str = ""
    commit: str = ""

    @property
    def message(self) -> bool:
        """Whether it is the message of a commit."""
        return bool(self.commit)


@dataclass
class SearchedTexts:
    """What can be searched, and what cannot.

    Attributes:
        too_large: files that are larger than what is searched.
        binary: how many are no text.
    """

    documents: list[SearchedText] = field(default_factory=list)
    too_large: list[SearchedText] = field(default_factory=list)
    binary: int = 0

    def add(self, document: SearchedText) -> None:
        """Sort a content into one of the three."""
        if b"\0" in document.content[:_HEAD]:
            self.binary += 1
        elif len(document.content) > _LARGEST:
            self.too_large.append(document)
        else:
            self.documents.append(document)


def tracked(root: Path) -> SearchedTexts:
    """The tracked files as they are in the working tree; links and submodules are none."""
    found = SearchedTexts()
    for name in _names(git(root, "ls-files", "-z")):
        path = root / name
        if path.is_file() and not path.is_symlink():
            found.add(SearchedText(f"file {name}", name, path.read_bytes()))
    return found


def committed(root: Path, since: str, uncommitted: Collection[str]) -> SearchedTexts:
    """The versions of files and the messages that commits after `since` brought, without what is still there.

    Args:
        root: the checkout; of a folder of a larger one, only what is below it counts.
        since: a revision; empty for the whole history.
        uncommitted: paths whose committed version is not the one in the working tree.

    Raises:
        CouldNotLook: precondition, if there is no such revision.
    """
    found, scope = SearchedTexts(), _range(root, since)
    prefix = git(root, "rev-parse", "--show-prefix").strip()
    still_there = {blob for blob, name in _in_index(root) if f"{prefix}{name}" not in uncommitted}
    names = {
        blob: name.removeprefix(prefix)
        for blob, _, name in (line.partition(" ") for line in git(root, "rev-list", "--objects", *scope).splitlines())
        if name and blob not in still_there
    }
    for blob, content in _blobs(root, names):
        found.add(SearchedText(f"blob {blob}", names[blob], content, blob=blob))
    for entry in _names(git(root, "log", "-z", "--format=%H%n%B", *scope)):
        commit, _, message = entry.partition("\n")
        short = commit[:_SHORT]
        name = f"message of commit {short}"
        found.add(SearchedText(f"message {commit}", name, message.encode("utf-8", "surrogateescape"), commit=short))
    return found


def introduced_by(root: Path, since: str, blob: str) -> str:
    """The first commit of the range that brought a blob."""
    told = git(root, "log", f"--abbrev={_SHORT}", "--format=%h", f"--find-object={blob}", *_range(root, since))
    return (told.split() or ["unknown"])[-1]


def _range(root: Path, since: str) -> list[str]:
    if not since:
        return ["HEAD", "--", "."]
    # What begins with a hyphen would be an option.
    start = git(root, "rev-parse", "--verify", "--end-of-options", f"{since}^{{commit}}", remedy=_AS_HELP).split()[-1]
    return [f"{start}..HEAD", "--", "."]


def _in_index(root: Path) -> Iterator[tuple[str, str]]:
    """Blob and path of each tracked file."""
    for entry in _names(git(root, "ls-files", "--stage", "-z")):
        told, _, name = entry.partition("\t")
        yield told.split(" ")[1], name


def _names(text: str) -> list[str]:
    return [each for each in text.split("\0") if each]


def _blobs(root: Path, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The contents of those that are blobs."""
    told = git_bytes(root, "cat-file", "--batch", feed="".join(f"{each}\n" for each in ids).encode())
    place = 0
    while place < len(told):
        end = told.index(b"\n", place)
        name, kind, size = told[place:end].decode().split(" ")
        place = end + 1 + int(size) + 1
        if kind == "blob":
            yield name, told[end + 1 : place - 1]
