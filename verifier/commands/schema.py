"""Print the JSON Schema of `verdict.json`; docs/schema/verdict.schema.json is what it prints.

`python -m verifier schema > docs/schema/verdict.schema.json` after a change of the record.
"""

from __future__ import annotations

import argparse
import sys

from verifier.reporting.model import Report
from verifier.reporting.record.canonical import canonical

_TITLE = "verdict.json: what a run came to, once it has ended"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take no words."""


def run(_asked: argparse.Namespace) -> int:
    """Print it."""
    sys.stdout.write(schema())
    return 0


def schema() -> str:
    """The schema as text, made from the model that every record is written from (JSON Schema, draft 2020-12)."""
    made = Report.model_json_schema(mode="serialization")
    return canonical({"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": _TITLE})
