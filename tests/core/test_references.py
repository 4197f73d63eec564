"""Each thing that a subject declares by the name of its module is there: it is imported only when somebody wants it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module

from verifier.core.subject import Reference, subjects


def references(declared: object) -> Iterator[Reference]:
    """All references that something declared holds, however deep."""
    if isinstance(declared, Reference):
        yield declared
    elif is_dataclass(declared):
        for each in fields(declared):
            yield from references(getattr(declared, each.name))
    elif isinstance(declared, Mapping | tuple):
        for one in declared.values() if isinstance(declared, Mapping) else declared:
            yield from references(one)


def test_every_reference_of_a_subject_leads_to_something() -> None:
    declared = [each for subject in subjects() for each in references(subject)]
    modules = [each for subject in subjects() for each in subject.plugins]

    assert len(declared) > len(subjects())
    for each in declared:
        assert each.get() is not None
    for module in modules:
        import_module(module)
