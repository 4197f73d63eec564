"""Reads the files that people write, and names every mistake in them at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from verifier.core.redaction import REDACTOR
from verifier.core.spelling import did_you_mean

Model = TypeVar("Model", bound=BaseModel)


class Written(BaseModel):
    """A part of a file that people write: frozen, and unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Mistakes(Exception):  # noqa: N818 - the plural says that it holds all of them
    """All that is wrong with one file: lines of 'file: key: what is wrong and what would be right'."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


def read_toml(path: Path, name: str) -> dict[str, Any]:
    """The content of a TOML file.

    Args:
        path: where it is.
        name: how messages call it.

    Raises:
        Mistakes: it is not there, cannot be read, or is not UTF-8 or not TOML; says the line.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Mistakes([f"{name}: no such file"]) from None
    except UnicodeDecodeError as trouble:
        raise Mistakes([f"{name}: byte {trouble.start} is not UTF-8; save the file as UTF-8"]) from None
    except ValueError as trouble:  # also for a number of more digits than Python reads
        raise Mistakes([f"{name}: not TOML: {trouble}"]) from None
    except RecursionError:
        raise Mistakes([f"{name}: nested deeper than it can be read"]) from None
    except OSError as trouble:
        raise Mistakes([f"{name}: cannot be read: {trouble.strerror}"]) from None


def validate(model: type[Model], content: Mapping[str, Any], name: str) -> Model:
    """`content` as a `model`.

    Raises:
        Mistakes: one line for each mistake, with the key and what would be right.
    """
    try:
        return model.model_validate(content)
    except ValidationError as invalid:
        errors = invalid.errors()
        told = [each for each in errors if not _only_follows(each, errors)]
        raise Mistakes([REDACTOR.text(_line(model, content, name, each)) for each in told]) from None


def _only_follows(error: Any, errors: list[Any]) -> bool:  # noqa: ANN401 - pydantic's TypedDict is private
    """Whether a list is only called too short because its members, told of elsewhere, were not valid."""
    here = error["loc"]
    return error["type"] == "too_short" and any(
        len(other["loc"]) > len(here) and other["loc"][: len(here)] == here for other in errors
    )


def _line(model: type[BaseModel], content: Mapping[str, Any], name: str, error: Any) -> str:  # noqa: ANN401 - pydantic's TypedDict is private
    where = _key(content, error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{name}: {where}: unknown key; {_known(model, error['loc'])}"
    if error["type"] == "missing":
        return f"{name}: {where}: missing; it must be given"
    message = str(error["msg"]).removeprefix("Value error, ")
    given = "" if isinstance(error["input"], (dict, list)) else f" (found {error['input']!r})"
    return f"{name}: {where}: {message}{given}"


def _key(content: Any, location: tuple[int | str, ...]) -> str:  # noqa: ANN401 - walks raw TOML
    """The location as a person finds it: items of a list by their id, where they have one."""
    words: list[str] = []
    for step in location:
        try:
            content = content[step]
        except (KeyError, IndexError, TypeError):
            content = None
        if isinstance(step, int) and words:
            label = content.get("id", step + 1) if isinstance(content, dict) else step + 1
            words[-1] += f"[{label}]"
        else:
            words.append(str(step))
    return ".".join(words) or "the file"


def _known(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    keys = sorted(_fields_at(model, location[:-1]))
    near = did_you_mean(str(location[-1]), keys)
    return f"{near} Known here: {', '.join(keys)}".lstrip() if keys else "nothing is known here"


def _fields_at(model: type[BaseModel], location: tuple[int | str, ...]) -> set[str]:
    kind: Any = model
    for step in location:
        kind = _inside(kind, step)
    models = [each for each in _alternatives(kind) if isinstance(each, type) and issubclass(each, BaseModel)]
    return {field.alias or name for each in models for name, field in each.model_fields.items()}


def _inside(kind: Any, step: int | str) -> Any:  # noqa: ANN401 - a type expression
    for each in _alternatives(kind):
        if get_origin(each) in (list, tuple, dict):
            return get_args(each)[-1 if get_origin(each) is dict else 0]
        if isinstance(each, type) and issubclass(each, BaseModel) and step in each.model_fields:
            return each.model_fields[str(step)].annotation
    return kind


def _alternatives(kind: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a type expression
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
