"""What checks attach, on its way into the report: without secrets, pictures as WebP, and the same content once."""

from __future__ import annotations

import hashlib
import io
import warnings
from pathlib import Path
from typing import Any

from PIL import Image

from verifier.redaction import REDACTOR
from verifier.reporting.leaks import redacted_bytes


def publish_attachments(raw: Path, published: Path, result: dict[str, Any]) -> None:
    """Copy what a result attaches from `raw` to `published`, and let the result name the copies.

    What cannot be rewritten without a secret is not copied; Allure then shows its title as missing.
    """
    result["attachments"] = [_published(raw, published, each) for each in result.get("attachments", [])]


def write_attachment(folder: Path, title: str, kind: str | None, content: bytes, suffix: str) -> dict[str, Any]:
    """Write redacted content, and return what a result says of it.

    The file is named after its content, title and type, so checks that read the same evidence share one file. Title
    and type take part because Allure keeps one of each for a file.

    Raises:
        OSError: the file cannot be written.
    """
    title = REDACTOR.text(title)
    digest = hashlib.sha256(f"{title}\0{kind}\0".encode() + content).hexdigest()[:32]
    path = folder / f"{digest}-attachment{suffix}"
    if not path.exists():
        path.write_bytes(content)
    return {"name": title, "source": path.name} | ({"type": kind} if kind else {})


def _published(raw: Path, published: Path, attachment: dict[str, Any]) -> dict[str, Any]:
    source, title, kind = raw / attachment["source"], str(attachment["name"]), attachment.get("type")
    content = redacted_bytes(source.read_bytes()) if source.is_file() else None
    if content is None:
        return attachment
    smaller = _as_webp(content) if kind == "image/png" else content
    if len(smaller) < len(content):
        title = title.removesuffix(".png") + (".webp" if title.endswith(".png") else "")
        return write_attachment(published, title, "image/webp", smaller, ".webp")
    return write_attachment(published, title, kind, content, source.suffix)


def _as_webp(png: bytes) -> bytes:
    """The same pixels in about a third of the bytes; the PNG itself if WebP cannot hold it."""
    made = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
                picture.save(made, "WEBP", lossless=True, exact=True)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return png  # damaged, or larger than WebP allows: 16,383 pixels a side
    return made.getvalue()
