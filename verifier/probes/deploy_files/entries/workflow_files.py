"""Workflows and composite actions as files: what they hold, with lines, and what starts them."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from verifier.probes.deploy_files.places import Chain, FilePlace
from verifier.probes.deploy_files.walk import Walk
from verifier.probes.deploy_files.yaml_lines import read_yaml

_FOLDER = ".github/workflows/"


@dataclass(frozen=True)
class Workflow:
    """A workflow or a composite action."""

    file: str
    content: dict[str, Any]

    @property
    def name(self) -> str:
        """What other workflows call it."""
        return str(self.content.get("name") or posixpath.basename(self.file))

    @property
    def triggers(self) -> dict[str, Any]:
        """Event → its filters."""
        on = self.content.get("on")
        if isinstance(on, dict):
            return on
        return dict.fromkeys([on] if isinstance(on, str) else on or [])

    def after(self) -> list[str]:
        """The workflows after whose end it is started."""
        event = self.triggers.get("workflow_run")
        return listed(event.get("workflows")) if isinstance(event, dict) else []


def listed(value: Any) -> list[str]:  # noqa: ANN401 - what the file says
    """One text, or a list of texts."""
    return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []


def mapping(value: Any) -> dict[str, Any]:  # noqa: ANN401 - what the file says
    """A mapping; empty where the file has something else."""
    return value if isinstance(value, dict) else {}


def workflows_of(walk: Walk) -> list[Workflow]:
    """Every workflow of the checkout that can be read."""
    files = [each for each in walk.checkout.files if each.startswith(_FOLDER) and each.endswith((".yml", ".yaml"))]
    read = [load(walk, each, ()) for each in files]
    return [each for each in read if each]


def load(walk: Walk, file: str, chain: Chain) -> Workflow | None:
    """A workflow or action; nothing, and a question, if it is not YAML."""
    try:
        content = read_yaml(walk.checkout.text(file) or "")
    except yaml.YAMLError as trouble:
        walk.ask(f"{file} is not YAML: {str(trouble).splitlines()[0]}", FilePlace(file, 1), chain)
        return None
    return Workflow(file, content) if isinstance(content, dict) else None


def never(part: Mapping[str, Any]) -> bool:
    """Whether a job or step is switched off in its own file."""
    return str(part.get("if", "")).replace("${{", "").replace("}}", "").strip() == "false"
