"""YAML whose texts know their lines."""

from __future__ import annotations

from typing import Any

import yaml


class Scalar(str):
    """A text of a YAML file, with the line on which it begins."""

    __slots__ = ("line",)
    line: int


class _Loader(yaml.BaseLoader):
    """Everything is text: `on` and `false` stay as they are written."""


def _scalar(loader: yaml.BaseLoader, node: yaml.ScalarNode) -> Scalar:
    made = Scalar(loader.construct_scalar(node))
    made.line = node.start_mark.line + (2 if node.style in ("|", ">") else 1)
    return made


_Loader.add_constructor("tag:yaml.org,2002:str", _scalar)


def read_yaml(text: str) -> Any:  # noqa: ANN401 - what the file says
    """The content, with every scalar as a text.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    return yaml.load(text, _Loader)  # noqa: S506 - it makes nothing but texts
