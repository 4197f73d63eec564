"""Print a JSON Schema: of `verdict.json`, of target files, or of the contract. docs/schema/ holds what it prints.

After a change of the models: `python -m verifier schema target > docs/schema/target.schema.json`, likewise `contract`
and `verdict`. Editors complete and check a TOML file whose first line names its schema (docs/targets.md).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import Any

from verifier.core.config.schema import contract_schema, target_schema
from verifier.reporting.model import Report
from verifier.reporting.record.canonical import canonical

_TITLE = "verdict.json: what a run came to, once it has ended"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Of what."""
    parser.add_argument("of", nargs="?", choices=SCHEMAS, default="verdict", help="default: verdict")


def run(asked: argparse.Namespace) -> int:
    """Print it."""
    sys.stdout.write(schema(asked.of))
    return 0


def schema(of: str = "verdict") -> str:
    """The schema as text, made from the model by which each such file is written or read (draft 2020-12)."""
    return canonical(SCHEMAS[of]())


def _verdict() -> dict[str, Any]:
    made = Report.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": _TITLE}


SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "verdict": _verdict,
    "target": target_schema,
    "contract": contract_schema,
}
"""What there is a schema of → what makes it."""
