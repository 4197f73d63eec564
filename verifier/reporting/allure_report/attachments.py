"""What checks attach, on its way into the report: without secrets, and pictures as WebP."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

from verifier.reporting.leaks import redacted_bytes

WITHHELD = "Not published: it held a secret of this run, or could not be searched for one.\n"


def publish_attachments(raw: Path, published: Path, result: dict[str, Any]) -> None:
    """Copy what a result attaches from `raw` to `published`, and let the result name the copies.

    Each attachment keeps a file of its own, because Allure shows a file that two results name only in the first. In
    the place of what cannot be rewritten without a secret stands a sentence.

    Raises:
        OSError: a file cannot be read or written.
    """
    result["attachments"] = [_published(raw, published, each) for each in result.get("attachments", [])]


def _published(raw: Path, published: Path, attachment: dict[str, Any]) -> dict[str, Any]:
    source = raw / attachment["source"]
    if not source.is_file():
        return attachment
    content = redacted_bytes(source.read_bytes())
    if content is None:
        name = f"{source.stem}.txt"
        (published / name).write_text(WITHHELD, encoding="utf-8")
        return attachment | {"source": name, "type": "text/plain"}
    smaller = _as_webp(content) if attachment.get("type") == "image/png" else content
    if len(smaller) < len(content):
        title = str(attachment["name"])
        title = f"{title.removesuffix('.png')}.webp" if title.endswith(".png") else title
        content, source = smaller, source.with_suffix(".webp")
        attachment = attachment | {"name": title, "source": source.name, "type": "image/webp"}
    (published / source.name).write_bytes(content)
    return attachment


def _as_webp(png: bytes) -> bytes:
    """The same pixels in about a third of the bytes; the PNG itself if WebP cannot hold it."""
    from PIL import Image  # noqa: PLC0415 - collecting need not load it

    made = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
                picture.save(made, "WEBP", lossless=True, exact=True)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return png  # damaged, or larger than WebP allows: 16,383 pixels a side
    return made.getvalue()
