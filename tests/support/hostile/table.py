"""The table: every hostile situation, by what is in trouble."""

from __future__ import annotations

from tests.support.hostile import ends, files, midway, runners, secrets, writes
from tests.support.hostile.situation import Situation
from tests.support.hostile.targets import (
    answers,
    databases,
    killed_browsers,
    page_secrets,
    pages,
    platforms,
    servers_in_trouble,
    streams,
)

PARTS: dict[str, tuple[Situation, ...]] = {
    "Apps over HTTP": answers.SITUATIONS,
    "Event streams": streams.SITUATIONS,
    "Databases": (*databases.SITUATIONS, *servers_in_trouble.SITUATIONS),
    "Pages in a browser": (*pages.SITUATIONS, *killed_browsers.SITUATIONS, *page_secrets.SITUATIONS),
    "Platforms and logs": platforms.SITUATIONS,
    "Runners": (*runners.SITUATIONS, *midway.SITUATIONS),
    "Secrets": secrets.SITUATIONS,
    "Writes": (*writes.SITUATIONS, *ends.SITUATIONS),
    "Files that people write": files.SITUATIONS,
}


def quick(*parts: str) -> list[Situation]:
    """Those of these parts that cost less than three seconds."""
    return [each for part in parts for each in PARTS[part] if not each.slow]
