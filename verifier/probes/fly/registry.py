"""Asks Fly.io's registry whether it still has an image (Docker Registry HTTP API V2, 'Existing Manifests')."""

from __future__ import annotations

import base64

import httpx

from verifier.core.config.expected_release import Image, read_image
from verifier.core.evidence import Cause, CouldNotLook
from verifier.core.probe import Context
from verifier.probes.fly.auth import bare
from verifier.probes.fly.client import ANSWER_SECONDS, RETRIED, request_seconds
from verifier.probes.fly.errors import refused
from verifier.probes.fly.section import FlySection
from verifier.probes.http.client import get

_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
"""Without these a registry answers in the first version of the format, or not at all."""
_HOST = "registry.fly.io"
"""What the names of its images begin with."""
_USER = "x"
"""The registry takes the token as a password, with this user name (flyctl, `fly auth docker`)."""


def has_image(context: Context, session: httpx.Client, image: str) -> bool:
    """Whether the registry has the manifest of an image of one of its repositories.

    Raises:
        CouldNotLook: precondition, for an image of another registry or without a name; else as the answer says.
    """
    repository, reference = _place(image)
    url = f"{context.target.section(FlySection).registry}/v2/{repository}/manifests/{reference}"
    what = f"the image {image}"
    deadline = context.deadline.shorter(ANSWER_SECONDS)
    token = base64.b64encode(f"{_USER}:{bare(context.credentials.get('fly'))}".encode()).decode()

    def once() -> bool:
        headers = {"authorization": f"Basic {token}", "accept": ", ".join(_TYPES)}
        reply = get(session, url, headers=headers, timeout=request_seconds(deadline))
        if reply.status == httpx.codes.OK:
            return True
        if reply.status == httpx.codes.NOT_FOUND and _says_unknown(reply.content()):
            return False
        raise refused(context.target, reply, what)

    return deadline.retry(once, causes=RETRIED)


def _place(image: str) -> tuple[str, str]:
    """Repository and reference of an image of this registry; the digest, where there is one."""
    try:
        built = read_image(image)
    except ValueError:
        built = Image()
    host, _, repository = (built.repository or "").partition("/")
    if host != _HOST or not repository:
        raise CouldNotLook(
            Cause.PRECONDITION,
            f"'{image}' is not an image of Fly.io's registry, which alone is asked",
            remedy=f"docker manifest inspect {image}",
        )
    return repository, built.digest or built.tag or "latest"


def _says_unknown(content: object) -> bool:
    """Whether it is the registry that knows no such image, rather than something that knows no such page."""
    errors = content.get("errors") if isinstance(content, dict) else None
    codes = {each.get("code") for each in errors or () if isinstance(each, dict)}
    return bool(codes & {"MANIFEST_UNKNOWN", "NAME_UNKNOWN", "BLOB_UNKNOWN"})
