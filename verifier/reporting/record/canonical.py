"""JSON that has the same bytes for the same facts: sorted keys, UTF-8, two spaces, one way to write each number.

RFC 8785 leaves out the line breaks, and a record is read by people and compared by `git diff` too; so the order and
the numbers follow it, the layout does not. What is hashed is the file itself.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_EXACT = 2**53
"""Below it every whole number has a floating-point number of its own (RFC 8785, section 3.2.2.3)."""


def canonical(content: Any) -> str:  # noqa: ANN401 - JSON of any shape
    """The text of `content`, whatever order its mappings have.

    Whole numbers are written without a decimal point, as JavaScript writes them, so that a program that reads and
    writes the record changes nothing. Infinity and NaN, which JSON does not know, become texts.
    """
    return json.dumps(_plain(content), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return _number(value)
    return value


def _number(value: float) -> float | int | str:
    if math.isfinite(value):
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
