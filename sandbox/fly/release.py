"""Releases, their images, and variants of a rollout."""

import hashlib
import secrets
from dataclasses import dataclass, field

from sandbox.fly.identity import moment, ulid

REGISTRY = "registry.fly.io"
ALL = 1 << 10
GENERATES = ("npx", "prisma", "generate")
MIGRATES = ("npx", "prisma", "migrate", "deploy")


@dataclass(frozen=True)
class ReleaseImage:
    """A container image by repository, tag and digest."""

    repository: str
    tag: str
    digest: str

    @property
    def reference(self) -> str:
        """The full reference."""
        return f"{REGISTRY}/{self.repository}:{self.tag}@{self.digest}"

    def is_named(self, told: str) -> bool:
        """Whether this is a name of it: with or without its digest, or its tag or digest alone."""
        return told in {self.reference, self.reference.partition("@")[0], self.tag, self.digest}

    def as_json(self) -> dict[str, object]:
        """As in a machine's `image_ref`."""
        return {
            "registry": REGISTRY,
            "repository": self.repository,
            "tag": self.tag,
            "digest": self.digest,
            "labels": {"org.opencontainers.image.revision": self.digest[-40:-33]},
        }


@dataclass
class AppRelease:
    """One deploy."""

    version: int
    image: ReleaseImage
    id: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    created_at: str = field(default_factory=moment)
    status: str = "running"
    strategy: str | None = "immediate"

    def as_rest(self) -> dict[str, object]:
        """As in the releases API."""
        return {
            "id": self.id,
            "version": self.version,
            "stable": True,
            "in_progress": self.status == "running",
            "status": self.status,
            "strategy": self.strategy and self.strategy.upper(),
            "user": "deploy@hotdash.example",
            "created_at": self.created_at,
            "image_ref": self.image.reference,
        }

    def as_graphql(self) -> dict[str, object]:
        """As in the GraphQL API."""
        return {
            "id": self.id,
            "version": self.version,
            "description": f"Release v{self.version}",
            "reason": "deploy",
            "status": self.status,
            "imageRef": self.image.reference,
            "deploymentStrategy": self.strategy and self.strategy.upper(),
            "stable": True,
            "createdAt": self.created_at,
            "user": {"id": "user-1", "email": "deploy@hotdash.example", "name": "Deploy"},
        }


def new_release(app: str, version: int) -> AppRelease:
    """The next release of an app, with a new image."""
    tag = f"deployment-{ulid()}"
    digest = "sha256:" + hashlib.sha256(f"{app}:{tag}".encode()).hexdigest()
    return AppRelease(version, ReleaseImage(app, tag, digest))


@dataclass(frozen=True)
class Rollout:
    """One variant of a deploy.

    Attributes:
        command: the release command; empty if none is configured.
        exit_code: of the release command.
        listed: whether the platform still lists its machine afterwards.
        left_behind: the number of machines that keep the previous release.
        status: the final status of the release.
        strategy: what the platform tells of how it was brought to the machines: all at once, as it is done here.
    """

    command: tuple[str, ...] = ()
    exit_code: int = 0
    listed: bool = True
    left_behind: int = 0
    status: str = "complete"
    strategy: str | None = "immediate"
