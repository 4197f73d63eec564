"""The section `[alerts]`: which endpoints are watched, and where rules and receivers are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from verifier.core.config.contract import Positive
from verifier.core.config.files import Written
from verifier.core.config.target import Section, Target
from verifier.core.config.types import Name, Path_, Url


class AlertedEndpoint(Written):
    """An endpoint that somebody must be told about when it fails.

    Attributes:
        phase: the phase of the plan that brought it; without one it always counts.
        value: what the label of the metrics says instead of the path, as a router's name of it.
    """

    path: Path_
    phase: Annotated[int, Field(ge=1)] | None = None
    value: str = ""

    @property
    def watched(self) -> str:
        """What the label says."""
        return self.value or self.path


class Alerts(Section):
    """Where alert rules and their receivers are, and how rules name an endpoint.

    Rules come from the first of these that is given: `grafana`, `rules`, `rules_url`, the Prometheus of `[metrics]`.

    Attributes:
        endpoint: what must be watched.
        label: the labels that may name an endpoint; the first that a series has counts.
        whole_app: metrics that count the responses of all endpoints together, so that a rule on them watches each.
        rules: files with alert rules, of Prometheus or of Grafana's provisioning; globs below the checkout.
        rules_url: what answers `/api/v1/rules` as Prometheus does, where that of `[metrics]` does not.
        grafana: a Grafana whose provisioning API tells rules, contact points and notification policies.
        receivers: files with Alertmanager's configuration, or with Grafana's contact points and policies.
        alertmanager: an Alertmanager, which tells its configuration.
        needs_token: whether the Alertmanager answers only to a token.
        app_dir: the checkout, where `--app-dir` is not given.
        per_second: requests a second that each endpoint gets in the samples on which rules are tried.
    """

    endpoint: tuple[AlertedEndpoint, ...] = ()
    label: Annotated[tuple[Name, ...], Field(min_length=1)] = ("route", "path", "handler", "endpoint", "url")
    whole_app: tuple[Name, ...] = ()
    rules: tuple[str, ...] = ()
    rules_url: Url | None = None
    grafana: Url | None = None
    receivers: tuple[str, ...] = ()
    alertmanager: Url | None = None
    needs_token: bool = False
    app_dir: str | None = None
    per_second: Positive = 1.0

    def mistakes(self, target: Target) -> Iterator[str]:
        """Two endpoints of one path, or a phase that the target does not have."""
        paths = [each.path for each in self.endpoint]
        yield from (
            f"alerts.endpoint: {each} stands there twice" for each in sorted(set(paths)) if paths.count(each) > 1
        )
        if target.phases is None:
            yield from (
                f"alerts.endpoint[{each.path}].phase: the target has no [phases]"
                for each in self.endpoint
                if each.phase
            )
