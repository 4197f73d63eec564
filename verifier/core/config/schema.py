"""The JSON Schemas of the files that people write, made from the models that read them; editors use them."""

from __future__ import annotations

import re
from typing import Any, Union

from pydantic import BaseModel, create_model
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from verifier.core.config.contract import Contract
from verifier.core.config.target import Section, Target, kinds
from verifier.core.subject import subjects

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_ATTRIBUTES = re.compile(r"\n\nAttributes:\n(.*)\Z", re.DOTALL)
_ATTRIBUTE = re.compile(r"^    (\w[\w, ]*): (.+(?:\n {8}.+)*)", re.MULTILINE)


class _Written(GenerateJsonSchema):
    """Dates and times of TOML are no strings; an editor hands them over as it likes."""

    def date_schema(self, schema: core_schema.DateSchema) -> JsonSchemaValue:  # noqa: ARG002 - they are all alike
        """Anything."""
        return {}

    def time_schema(self, schema: core_schema.TimeSchema) -> JsonSchemaValue:  # noqa: ARG002 - they are all alike
        """Anything."""
        return {}


def target_schema() -> dict[str, Any]:
    """What a target file may say, with the sections of all subjects and the keys of every platform."""
    fields: dict[str, Any] = {
        key: (Union[_alternatives(kind)], None)  # noqa: UP007 - the classes are known when it runs
        for key, kind in kinds().items()
    }
    return _schema(create_model("Target", __base__=Target, **fields), "A target: one deployment")


def _alternatives(kind: type[Section]) -> tuple[type[Section], ...]:
    """Its subclasses that subjects declare, as for each platform; else itself."""
    declared = [each.get() for subject in subjects() for each in subject.platforms.values()]
    return tuple(each for each in declared if issubclass(each, kind)) or (kind,)


def contract_schema() -> dict[str, Any]:
    """What the Definition of Done may say."""
    return _schema(Contract, "The Definition of Done")


def _schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    made = model.model_json_schema(schema_generator=_Written)
    for each in made["$defs"].values():
        _describe(each)
    return {"$schema": _DRAFT, **made, "title": title}


def _describe(schema: dict[str, Any]) -> None:
    """Move what the description says of attributes to these, where an editor shows it."""
    text = schema.get("description", "")
    listed = _ATTRIBUTES.search(text)
    if not listed:
        return
    schema["description"] = text[: listed.start()]
    for names, said in _ATTRIBUTE.findall(listed[1]):
        for name in names.split(", "):
            if name in schema["properties"]:
                schema["properties"][name]["description"] = " ".join(said.split())
