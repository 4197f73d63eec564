"""One deployment: `targets/NAME.toml`, checked against the contract, frozen."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, field_validator

from verifier.core.config.contract import Contract, Item, Limit, Positive, Reason, Sentence
from verifier.core.config.files import Mistakes, Written, read_toml, validate
from verifier.core.config.types import HealthPath, Pattern, Url
from verifier.probes.browser.entry_section import Entry
from verifier.probes.browser.section import Dashboard, Phases
from verifier.probes.fly.section import Platform, Secrets
from verifier.probes.load.section import Load
from verifier.probes.logs.section import Logs
from verifier.probes.migrations.section import Migrations
from verifier.probes.postgres.backups_section import Backups
from verifier.probes.postgres.section import Database
from verifier.probes.services.section import Agent
from verifier.probes.sse.section import Approvals, Events
from verifier.probes.traffic.section import Health, Metrics, Traffic

DESKTOP_BROWSER = "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
"""Some deployments answer 410 to programs that say they are programs."""


_LACKS = {
    "database": "the target has no [database]",
    "migrations": "the target has no [migrations]",
    "platform": 'the target has platform.machines = "none"',
    "secrets": "the target has no [secrets]",
}
"""What an item's `applies` means of a target, in words."""


class Tls(Written):
    """How the target's certificate is verified, where the system's authorities do not know it."""

    ca_file: str | None = None
    spki: str | None = None


class NewLimit(Limit):
    """A limit of the contract that this target changes, and why."""

    reason: Reason


class Waiver(Written):
    """A failure that is known and accepted for a while: this item, this very failure text, this reason, until then."""

    item: str
    failure: Pattern
    reason: Reason
    expires: date


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
    platform: Platform = Platform()
    health: Health | None = None
    dashboard: Dashboard | None = None
    entry: Entry = Entry()
    events: Events | None = None
    logs: Logs = Logs()
    database: Database | None = None
    backups: Backups | None = None
    chatwoot: HealthPath | None = None
    agent: Agent | None = None
    traffic: Traffic | None = None
    metrics: Metrics = Metrics()
    secrets: Secrets | None = None
    approvals: Approvals | None = None
    load: Load | None = None
    phases: Phases | None = None
    migrations: Migrations | None = None
    limit: dict[str, NewLimit] = {}
    not_applicable: dict[str, Reason] = {}
    waiver: tuple[Waiver, ...] = ()
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")] = "unnamed"
    _file: str = PrivateAttr("")

    @field_validator("app")
    @classmethod
    def _fly_name(cls, app: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", app):
            raise ValueError("must be the name of a Fly app: lower-case letters, digits, hyphens")
        return app

    @property
    def file(self) -> str:
        """The file that describes it, as the caller called it; what messages say."""
        return self._file or f"targets/{self.name}.toml"

    @property
    def is_production(self) -> bool:
        """Whether the file or the app calls itself production; nothing is ever written or stopped there."""
        return "production" in f"{self.name} {self.app}"

    def lacks(self, condition: str) -> bool:
        """Whether the target has nothing of what an item's `applies` names."""
        if condition == "platform":
            return self.platform.machines == "none"
        return getattr(self, condition) is None

    def limit_of(self, item: Item) -> Limit | None:
        """The item's limit, with this target's changes laid over it."""
        change = self.limit.get(item.id)
        if change is None:
            return item.limit
        base = item.limit.given() if item.limit else {}
        return Limit.model_validate({**base, **change.model_dump(exclude_none=True, exclude={"reason"})})


def target_of_files(contract: Contract) -> Target:
    """What stands for the target where files are judged: whatever needs a deployment is not applicable."""
    needs_one = [each.id for each in contract.item if each.judges == "deployment"]
    return Target(
        name="files",
        title="files, no deployment",
        app="files",
        platform=Platform(machines="none"),
        not_applicable=dict.fromkeys(needs_one, "no target was given"),
    )


def find_target(root: Path, name: str) -> Path:
    """The file of the target `name`, or `name` itself if it is a path to a TOML file.

    Raises:
        Mistakes: there is none; names those that there are.
    """
    if name.endswith(".toml"):
        return Path(name) if Path(name).is_absolute() else root / name
    path = root / "targets" / f"{name}.toml"
    if path.is_file():
        return path
    known = sorted(each.stem for each in (root / "targets").glob("*.toml"))
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean «{near[0]}»? " if near else ""
    raise Mistakes([f"--target {name}: no such target; {hint}Known: {', '.join(known) or 'none'}"])


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
    target = validate(Target, {"name": path.stem, **content}, label)
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
    named += [(f"waiver[{number}].item", each.item) for number, each in enumerate(target.waiver, 1)]
    for key, item in named:
        if item not in contract:
            near = difflib.get_close_matches(item, [each.id for each in contract.item], n=1)
            lines.append(f"{key}: the contract has no such item" + (f"; did you mean «{near[0]}»?" if near else ""))
    return lines + _platform(target) + _strictness(target, contract) + _left_out(target, contract)


def _left_out(target: Target, contract: Contract) -> list[str]:
    """Items that are not waivable, and that this target has no right to declare not applicable."""
    lines = []
    for item in (contract[each] for each in target.not_applicable if each in contract):
        if not item.waivable and not (item.applies and target.lacks(item.applies)):
            only = f"only where {_LACKS[item.applies]}" if item.applies else "nowhere"
            lines.append(
                f"not_applicable.{item.id}: it is not waivable, so it may be left out {only}; no reason will do"
            )
    return lines


def _platform(target: Target) -> list[str]:
    lines = []
    host = urlsplit(target.url or "").hostname or ""
    if target.platform.machines == "none" and host.endswith(".fly.dev"):
        lines.append(
            'platform.machines: "none" is for apps without a platform; Fly.io tells of the machines of this one'
        )
    if host.endswith(".fly.dev") and host != f"{target.app}.fly.dev":
        lines.append(f"url: {host} is not the address of the Fly app «{target.app}», which is {target.app}.fly.dev")
    if target.writes == "allowed" and target.is_production:
        lines.append('writes: never in production; must be "forbidden"')
    if target.events and target.events.may_stop_machines and target.is_production:
        lines.append("events.may_stop_machines: never in production; leave it out")
    return lines


def _strictness(target: Target, contract: Contract) -> list[str]:
    lines = []
    for item in (contract[each] for each in target.limit if each in contract):
        new, old = target.limit_of(item), item.limit
        if new and old and not item.waivable and new.looser_than(old):
            lines.append(f"limit.{item.id}: looser than the contract ({old}), and this item is not waivable")
    for number, waiver in enumerate(target.waiver, 1):
        if waiver.item in contract and not contract[waiver.item].waivable:
            lines.append(f"waiver[{number}].item: {waiver.item} is not waivable; mend the deployment instead")
    return lines


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if both else value
    return merged
