"""One deployment: `targets/NAME.toml`, checked against the contract, frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BeforeValidator, Field, PrivateAttr, create_model

from verifier.core.config.contract import Contract, Item, Limit, Positive, Reason, Sentence
from verifier.core.config.files import Mistakes, Written, read_toml, validate
from verifier.core.config.notification import Delivery, Figures, Reports
from verifier.core.config.phases import Phases
from verifier.core.config.types import Url
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.spelling import or_rather
from verifier.core.subject import subjects

Part = TypeVar("Part", bound="Section")
DESKTOP_BROWSER = "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
"""Some deployments answer 410 to programs that say they are programs."""


class Section(Written):
    """A part of the target file that a subject reads."""

    always: ClassVar[bool] = False
    """Whether a target has it with its defaults, where the file says nothing."""
    absence: ClassVar[str] = "the target has no [{key}]"
    """What it means that the target has none, in words."""

    @classmethod
    def chosen(cls, given: object) -> type[Section]:  # noqa: ARG003 - for those who need it
        """The class that reads what the file holds under this key; raises `ValueError` if there is none."""
        return cls

    @property
    def given(self) -> bool:
        """Whether the target has what it describes."""
        return True

    @property
    def unattended(self) -> tuple[str, ...]:
        """Paths that programs ask for by themselves, or whose answers last: they would falsify what visitors get."""
        return ()

    def mistakes(self, target: Target) -> Iterator[str]:  # noqa: ARG002 - for those who need it
        """What of it does not go with the rest of the file."""
        yield from ()


class Tls(Written):
    """How the target's certificate is verified, where the system's authorities do not know it."""

    ca_file: str | None = None
    spki: str | None = None


class NewLimit(Limit):
    """A limit of the contract that this target changes, and why."""

    reason: Reason


def _moved(_: object) -> object:
    """Waivers had a place here once; whoever still writes them here must hear that they waive nothing."""
    raise ValueError("waivers belong to waivers.toml, with target, owner, ticket and made: see docs/waivers.md")


class Target(Written):
    """A deployment and what is known about it."""

    title: Sentence
    app: str
    url: Url | None = None
    start: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    writes: Literal["forbidden", "allowed"] = "forbidden"
    deadline: Positive = 300.0
    keep_reports: Annotated[int, Field(ge=1)] = 20
    user_agent: str = DESKTOP_BROWSER
    tls: Tls = Tls()
    phases: Phases | None = None
    reports: Reports = Reports()
    figures: Figures = Figures()
    escalation: Delivery = Delivery()
    limit: dict[str, NewLimit] = {}
    not_applicable: dict[str, Reason] = {}
    waiver: Annotated[None, BeforeValidator(_moved)] = None
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")] = "unnamed"
    _file: str = PrivateAttr("")

    @property
    def file(self) -> str:
        """The file that describes it, as the caller called it; what messages say."""
        return self._file or f"targets/{self.name}.toml"

    @property
    def is_production(self) -> bool:
        """Whether the file or the app calls itself production; nothing is ever written or stopped there."""
        return "production" in f"{self.name} {self.app}"

    @property
    def sections(self) -> tuple[Section, ...]:
        """What subjects read in the file, and what they have without it."""
        found = (getattr(self, key) for key in kinds())
        return tuple(each for each in found if each is not None)

    def get(self, kind: type[Part]) -> Part | None:
        """The section of this kind, if there is one."""
        found: Part | None = getattr(self, _key(kind))
        return found

    def section(self, kind: type[Part]) -> Part:
        """The section of this kind.

        Raises:
            CouldNotLook: precondition, if the file does not have it.
        """
        found = self.get(kind)
        if found is None:
            raise CouldNotLook(
                Cause.PRECONDITION,
                f"{self.file} has no [{_key(kind)}], so there is nothing to look at",
                remedy=f"add [{_key(kind)}] to the target, or declare the item not applicable with a reason",
            )
        return found

    def has(self, key: str) -> bool:
        """Whether the target has the section `key`, and what that describes."""
        found: Section | None = getattr(self, key)
        return found is not None and found.given

    def limit_of(self, item: Item) -> Limit | None:
        """The item's limit, with this target's changes laid over it."""
        change = self.limit.get(item.id)
        if change is None:
            return item.limit
        base = item.limit.given() if item.limit else {}
        return Limit.model_validate({**base, **change.model_dump(exclude_none=True, exclude={"reason"})})


@cache
def kinds() -> Mapping[str, type[Section]]:
    """Key of the file → the section that is read there."""
    return {key: each.get() for subject in subjects() for key, each in subject.sections.items()}


def _key(kind: type[Section]) -> str:
    return next(key for key, each in kinds().items() if issubclass(kind, each))


def _whole(content: Mapping[str, Any], label: str = "") -> type[Target]:
    """The target with the sections of all subjects, each as `content` means it.

    Raises:
        Mistakes: it means one that there is not.
    """
    chosen = []
    for key, kind in kinds().items():
        try:
            chosen.append((key, kind.chosen(content.get(key)), key in content))
        except ValueError as trouble:
            raise Mistakes([f"{label}: {key}.{trouble}"]) from None
    return _model(tuple(chosen))


@cache
def _model(chosen: tuple[tuple[str, type[Section], bool], ...]) -> type[Target]:
    fields: dict[str, Any] = {
        key: (kind, ... if written else kind()) if kind.always else (kind | None, None) for key, kind, written in chosen
    }
    return create_model("Target", __base__=Target, **fields)


def new_target(**content: Any) -> Target:  # noqa: ANN401 - what a target file may hold
    """A target with this content and no file."""
    return _whole(content).model_validate(content)


FILES = "files"
"""The name of what stands for the target where files are judged."""


def target_of_files(contract: Contract) -> Target:
    """What stands for the target where files are judged: whatever needs more than them is not applicable."""
    needs_one = [each.id for each in contract.item if each.judges != "files"]
    return new_target(
        name=FILES,
        title="files, no deployment",
        app="files",
        not_applicable=dict.fromkeys(needs_one, "no target was given"),
    )


def read_target(
    path: Path, contract: Contract, *, overlay: Mapping[str, Any] | None = None, called: str | None = None
) -> Target:
    """The target in `path`, with `overlay` (what its start command told) laid over it.

    Args:
        path: where the file is.
        contract: what the target may change.
        overlay: what its start command told.
        called: how messages name the file; by default its name and that of its folder.

    Raises:
        Mistakes: all of them, those against the contract included.
    """
    label = called or f"{path.parent.name}/{path.name}"
    content = _merged(read_toml(path, label), overlay or {})
    target = validate(_whole(content, label), {"name": path.stem, **content}, label)
    lines = [f"{label}: {line}" for line in _against(target, contract)]
    if not target.url and not target.start:
        lines.append(f"{label}: url: missing; give the address, or a start command that tells it")
    if lines:
        raise Mistakes(lines)
    target._file = label  # noqa: SLF001 - told here alone; no key of the file
    return target


def _against(target: Target, contract: Contract) -> list[str]:
    lines = []
    named = [(f"limit.{item}", item) for item in target.limit]
    named += [(f"not_applicable.{item}", item) for item in target.not_applicable]
    for key, item in named:
        if item not in contract:
            lines.append(f"{key}: the contract has no such item{or_rather(item, contract.ids)}")
    return lines + _safety(target) + _strictness(target, contract) + _left_out(target, contract)


def _left_out(target: Target, contract: Contract) -> list[str]:
    """Items that are not waivable, and that this target has no right to declare not applicable."""
    lines = []
    for item in (contract[each] for each in target.not_applicable if each in contract):
        if not item.waivable and not (item.applies and not target.has(item.applies)):
            only = f"only where {kinds()[item.applies].absence.format(key=item.applies)}" if item.applies else "nowhere"
            lines.append(
                f"not_applicable.{item.id}: it is not waivable, so it may be left out {only}; no reason will do"
            )
    return lines


def _safety(target: Target) -> list[str]:
    lines = [line for section in target.sections for line in section.mistakes(target)]
    if target.writes == "allowed" and target.is_production:
        lines.append('writes: never in production; must be "forbidden"')
    if target.faults and target.is_production:
        lines.append("faults: never in production; leave it out")
    return lines


def _strictness(target: Target, contract: Contract) -> list[str]:
    lines = []
    for item in (contract[each] for each in target.limit if each in contract):
        new, old = target.limit_of(item), item.limit
        if new and old and not item.waivable and new.looser_than(old):
            lines.append(f"limit.{item.id}: looser than the contract ({old}), and this item is not waivable")
    return lines


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if both else value
    return merged
