"""One round of questions, what it brings as lines of the journal, and what must stay the same from round to round."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from verifier.core.deadline import now
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.execution.watch_journal import SignalSample
from verifier.core.probe import Context
from verifier.core.probe import Seen as Kind
from verifier.probes.platform.own_network import OwnNetwork, own_network_now
from verifier.probes.platform.state import PlatformState
from verifier.probes.watch.signal_reading import Found
from verifier.probes.watch.signals import Sampler


def of_this_round(context: Context, platform: PlatformState | None, seconds: float) -> Context:
    """The run's context, in which one round's own view of platform and network counts.

    Args:
        context: of the run.
        platform: as it was seen last.
        seconds: for each question.
    """
    ways: list[OwnNetwork] = []

    def get(name: str, kind: type[Kind], /) -> Kind:
        if name == "own_network" and not ways:
            ways.append(own_network_now(context))
        own: Any = ways[0] if name == "own_network" else platform if name == "platform" else None
        return own if isinstance(own, kind) else context.get(name, kind)

    return replace(context, get=get, deadline=context.deadline.shorter(seconds))


def asked(context: Context, shows: tuple[str, ...], ask: Sampler) -> Found:
    """What a sampler found; where it could not look, that counts for all that it shows."""
    try:
        return ask(context)
    except CouldNotLook as trouble:
        return dict.fromkeys(shows, trouble)
    except Exception as trouble:  # noqa: BLE001 - an hour's watch must not be lost to one answer that nobody foresaw
        what = f"the sampler of {', '.join(shows)} itself failed: {type(trouble).__name__}: {trouble}"
        return dict.fromkeys(shows, CouldNotLook(Cause.INTERNAL, what))


def as_samples(interval: int, found: Found, wanted: Collection[str]) -> Iterator[SignalSample]:
    """What was found as lines of the journal, of the signals that are wanted."""
    at = now()
    for name, seen in ((name, found[name]) for name in found if name in wanted):
        if isinstance(seen, CouldNotLook):
            yield SignalSample(interval=interval, signal=name, at=at, said=seen.what, cause=str(seen.cause))
        else:
            yield SignalSample(
                interval=interval, signal=name, at=at, said=seen.said, figure=seen.figure,
                findings=seen.findings, readings=dict(seen.readings),
            )  # fmt: skip


def pin(platform: PlatformState) -> dict[str, str]:
    """What must stay as it is while a deployment is watched: the release, and what each machine runs."""
    machines = {f"machine {each.id}": f"release {each.release} ({each.instance})" for each in platform.machines}
    return {"release": str(platform.release.version)} | machines


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What is not as it was, in words."""
    changed = [f"{key} {told} → {after[key]}" for key, told in before.items() if after.get(key, told) != told]
    changed += [f"{key} is gone" for key in before if key not in after]
    return changed + [f"{key} is new" for key in after if key not in before]
