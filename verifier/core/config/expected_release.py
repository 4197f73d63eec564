"""Which release the caller says it has shipped: from options, or from the line that flyctl prints about it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from verifier.core.config.files import Mistakes
from verifier.core.evidence import Record

_REFERENCE = re.compile(r"(?:(?P<repository>[^@:]+(?::\d+/[^@:]+)?))?(?::(?P<tag>[^@/]+))?(?:@(?P<digest>\w+:\w+))?")
_SHA = re.compile(r"[0-9a-f]{7,64}")


class Image(Record):
    """A container image: `registry/repository:tag@digest`, as far as it is known."""

    repository: str | None = None
    tag: str | None = None
    digest: str | None = None

    def same_as(self, other: Image) -> bool | None:
        """Whether both are the same image: by digest where both have one, else by tag; nothing if that is open."""
        if self.digest and other.digest:
            return self.digest == other.digest
        return self.tag == other.tag if self.tag and other.tag else None

    def __str__(self) -> str:
        digest = f"@{self.digest[:15]}…" if self.digest else ""
        return (f":{self.tag}" if self.tag else "") + digest or "no image told"


class ExpectedRelease(Record):
    """What was shipped, as far as the caller says it.

    Attributes:
        version: the number of the release.
        image: its image.
        sha: the commit from which the image was built.
    """

    version: int | None = None
    image: Image | None = None
    sha: str | None = None

    def __str__(self) -> str:
        told = [f"release {self.version}"] if self.version is not None else []
        told += [f"image {self.image}"] if self.image else []
        return ", ".join(told + ([f"commit {self.sha}"] if self.sha else []))


def read_image(text: str) -> Image:
    """The parts of an image's name; a digest or a tag may stand alone.

    Raises:
        ValueError: it is none.
    """
    text = text.strip()
    if re.fullmatch(r"sha256:[0-9a-f]{64}", text):
        return Image(digest=text)
    if text and not re.search(r"[:/@\s]", text):
        return Image(tag=text)
    found = _REFERENCE.fullmatch(text)
    if not text or found is None or not (found["tag"] or found["digest"]):
        raise ValueError(f"'{text}' is no image: give registry/repository:tag@sha256:…, a tag or a digest")
    return Image(**found.groupdict())


def read_shipped(*, release: str | None, image: str | None, sha: str | None, source: str | None) -> ExpectedRelease:
    """What the options say was shipped; an option of its own wins over flyctl's line.

    Args:
        release: `--expect-release`, with or without a `v`.
        image: `--expect-image`.
        sha: `--expect-sha`, seven digits or more.
        source: `--expect-from`: a file with what flyctl printed under FLY_EMIT_RELEASE_JSON, or `-` for the input.

    Raises:
        Mistakes: one of them cannot be read.
    """
    told = _told(source) if source else {}
    try:
        name = image or told.get("image_ref")
        return ExpectedRelease(
            version=_version(release if release is not None else told.get("version")),
            image=read_image(str(name)) if name else None,
            sha=_commit(sha),
        )
    except ValueError as trouble:
        raise Mistakes([f"--expect-…: {trouble}"]) from None


def _version(text: Any) -> int | None:  # noqa: ANN401 - an option or JSON
    if text is None or text == "":
        return None
    digits = str(text).strip().removeprefix("v")
    if not digits.isdigit():
        raise ValueError(f"'{text}' is no release: give its number, as in 42 or v42")
    return int(digits)


def _commit(text: str | None) -> str | None:
    if text is None:
        return None
    if not _SHA.fullmatch(text.lower()):
        raise ValueError(f"'{text}' is no commit: give seven or more hexadecimal digits")
    return text.lower()


def _told(source: str) -> dict[str, Any]:
    """The last line of flyctl's output that tells of a release."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise Mistakes([f"--expect-from {source}: cannot be read: {trouble}"]) from None
    found = list(_releases(text))
    if not found:
        what = 'no line of the form {"id": …, "version": …, "image_ref": …}'
        raise Mistakes([f"--expect-from {source}: {what}; deploy with FLY_EMIT_RELEASE_JSON=1 and keep its output"])
    return found[-1]


def _releases(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        try:
            content = json.loads(line)
        except ValueError:
            continue
        if isinstance(content, dict) and "version" in content and "image_ref" in content:
            yield content
