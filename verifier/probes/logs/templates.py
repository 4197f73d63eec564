"""What repeated log lines have in common: the same text with its numbers, ids, times and paths masked.

Own code, because the library for it (drain3) has had no release since 2022, and learns templates from the stream, so
that the same line could be told under another template in the next run.
"""

from __future__ import annotations

import re

_VARIABLE = re.compile(
    r"(?P<time>\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]*(?:Z|[+-]\d\d:?\d\d)?)"
    r"|(?P<uuid>\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)"
    r"|(?P<url>\b[a-z][a-z0-9+]{1,12}://[^\s\"'`<>)]+)"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[\w.-]+)"
    r"|(?P<path>(?<![\w/])(?:/[\w.@%+~-]+){2,}(?::\d+){0,2})"
    r"|(?P<address>\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b)"
    r"|(?P<hex>\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)[0-9a-f]{6,}\b)"
    r"|(?P<id>\b(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{8,}\b)"
    r"|(?P<number>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)


def template(text: str) -> str:
    """`text` with everything masked that changes from one time to the next: 'reorder <number> of <uuid> failed'."""
    return _VARIABLE.sub(lambda found: f"<{found.lastgroup}>", text)
