"""Proposes `[chatwoot]` and `[agent]`, where the app answers for the one and the checkout names the other."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.core.config.proposal import Proposed
from verifier.core.survey import Survey
from verifier.probes.platform.proposal import configured_app
from verifier.probes.traffic.endpoints import observe_endpoints


def propose(survey: Survey) -> Iterator[Proposed]:
    """What the dashboard depends on."""
    chatwoot = survey.once(observe_endpoints).named("chatwoot")
    if chatwoot is None:
        yield Proposed("chatwoot", perhaps={"chatwoot-health": "it does not use Chatwoot"})
    else:
        claims = {"claims": chatwoot.claims} if chatwoot.claims else {}
        yield Proposed("chatwoot", {"path": chatwoot.path, **claims}, seen=(f"{chatwoot.path} says {chatwoot.body}",))
    named = _agent(survey)
    if named is None:
        yield Proposed("agent", perhaps={"agent-service-health": "it has no agent service"})
        return
    file, app = named
    yield Proposed(
        "agent",
        {"app": app},
        seen=(f"{file} names the app {app}",),
        unknown=("its address: url = …", "the secrets that it needs, by name: secrets = […]"),
    )


def _agent(survey: Survey) -> tuple[str, str] | None:
    """The file of an agent service in the checkout, and the app that it names."""
    folders = sorted(survey.checkout.glob("apps/*agent*/")) if survey.checkout else []
    found = ((each.name, configured_app(each)) for each in folders)
    return next(((f"apps/{folder}/{app.file}", app.name) for folder, app in found if app), None)
