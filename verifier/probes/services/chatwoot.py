"""Asks the app how Chatwoot is."""

from __future__ import annotations

from verifier.core.probe import Context
from verifier.probes.services.section import Chatwoot
from verifier.probes.services.service import ServiceState, ask_service


class ChatwootState(ServiceState):
    """Chatwoot, as the app sees it."""


def observe_chatwoot(context: Context) -> ChatwootState:
    """Ask the app how Chatwoot is."""
    endpoint = context.target.section(Chatwoot)
    return ChatwootState(**ask_service(context, context.url, endpoint, "Does Chatwoot answer the app?"))
