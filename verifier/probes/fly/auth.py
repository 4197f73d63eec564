"""How a token of Fly.io is sent."""

from __future__ import annotations

import re

_MACAROONS = {"fm1r", "fm1a", "fm2"}


def bare(token: str) -> str:
    """The token without the scheme words that `fly tokens create` and people put before it, in any case or number."""
    return re.sub(r"^(?:(?:bearer|flyv1)\s+)+", "", token.strip(), flags=re.IGNORECASE)


def authorization(token: str) -> str:
    """The header value for a token, with or without its scheme word.

    Macaroons (fm1r_, fm1a_, fm2_) want `FlyV1`, and of a mixed list they alone; all others `Bearer`: flyctl's rule.
    """
    pieces = [each.strip() for each in bare(token).split(",")]
    macaroons = [each for each in pieces if "_" in each and each.split("_")[0] in _MACAROONS]
    return f"FlyV1 {','.join(macaroons)}" if macaroons else f"Bearer {bare(token)}"
