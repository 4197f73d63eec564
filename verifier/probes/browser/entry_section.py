"""The target's section `[entry]`: how the suite signs in, where `?mock=1` is not enough."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from verifier.core.config.files import Written
from verifier.core.config.target import Section
from verifier.core.config.types import Url

Variable = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
"""The name of a secret: an environment variable, or a file of the vault folder `occ/hotdash/`."""


class Embedded(Written):
    """The app inside a page of another origin, as in Shopify Admin.

    Attributes:
        url: the page that embeds it.
        frame: selects the frame's element in that page.
    """

    url: Url
    frame: str = "iframe"


class BrowserEntry(Section):
    """Headers, session or login of the browser. Credentials are named here, and kept elsewhere.

    Attributes:
        headers: sent with every request to the target's own origin.
        secret_headers: the same; header → name of the secret that holds its value.
        storage_state: a file with cookies and local storage, as Playwright saves them; below the suite's folder.
        storage_secret: name of a secret that holds the same as JSON.
        basic: name of a secret that holds `user:password` for HTTP basic authentication.
        login: a Python file below the suite's folder with `def login(page, url, secret)`.
        embedded: the page of another origin that shows the app.
    """

    always: ClassVar[bool] = True
    headers: dict[str, str] = {}
    secret_headers: dict[str, Variable] = {}
    storage_state: str | None = None
    storage_secret: Variable | None = None
    basic: Variable | None = None
    login: str | None = None
    embedded: Embedded | None = None

    @model_validator(mode="after")
    def _one_session(self) -> Self:
        ways = [name for name in ("storage_state", "storage_secret", "login") if getattr(self, name)]
        if len(ways) > 1:
            raise ValueError(f"{' and '.join(ways)}: a session comes from one of them, not from several")
        return self
