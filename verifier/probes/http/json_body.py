"""JSON as somebody sent it, who may have sent anything: no key twice, no depth that ends the reader."""

from __future__ import annotations

import json
from typing import Any


class DoubledKeyError(ValueError):
    """A JSON object gives this key twice; RFC 8259, section 4: what it then means is not to be foreseen."""


def read_json(text: str) -> Any:  # noqa: ANN401 - any JSON
    """The content of a JSON text.

    Raises:
        DoubledKeyError: an object in it gives a key twice.
        ValueError: it is no JSON, or nested deeper than it can be read.
    """
    try:
        return json.loads(text, object_pairs_hook=_object)
    except RecursionError:
        raise ValueError("nested without end") from None


def doubled_key(text: str) -> str:
    """The key that an object of this text gives twice; empty if there is none."""
    try:
        read_json(text)
    except DoubledKeyError as found:
        return str(found)
    except ValueError:
        pass
    return ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise DoubledKeyError(next(name for name in names if names.count(name) > 1))
    return found
