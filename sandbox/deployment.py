"""The whole deployment: starts every part, applies faults, stops everything."""

import asyncio
import contextlib
import secrets
import shutil
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from starlette.types import ASGIApp

from sandbox.database import server_faults
from sandbox.database.contents import SandboxDatabase
from sandbox.database.server import Postgres
from sandbox.fault import Active, Break, Hook, Thing
from sandbox.faults import REGISTRY
from sandbox.fly.api.server import platform_api
from sandbox.fly.api.server_faults import FaultyApi
from sandbox.fly.app import App
from sandbox.fly.app_faults import DASHBOARD
from sandbox.fly.edge.certificates import Certificates, issue
from sandbox.fly.edge.domain import Domain
from sandbox.fly.edge.domain_faults import DOMAIN
from sandbox.fly.edge.proxy import Edge, HttpsRedirect
from sandbox.fly.edge.proxy_faults import EDGE
from sandbox.fly.forked import load_applications
from sandbox.fly.machine import SandboxMachine
from sandbox.fly.platform import SandboxPlatform
from sandbox.fly.rollout import rollout_of
from sandbox.later_faults import LATER, Deployed
from sandbox.prometheus.api import PrometheusApi
from sandbox.services.agent_faults import AGENT
from sandbox.services.standins import PROJECT, Services
from sandbox.serving import LoopbackServer
from sandbox.serving_faults import CUT
from sandbox.traffic import visit
from verifier.embedded.server import short_folder

APP, AGENT_APP = "hotdash-sandbox", "hotdash-agent-sandbox"
DASHBOARD_SECRETS = (
    "CHATWOOT_TOKEN",
    "DATABASE_URL",
    "GA_CREDENTIALS",
    "SESSION_SECRET",
    "SHOPIFY_API_KEY",
    "SHOPIFY_API_SECRET",
    "SUPABASE_SERVICE_KEY",
)
AGENT_SECRETS = ("CHATWOOT_TOKEN", "GA_CREDENTIALS", "OPENAI_API_KEY", "SUPABASE_DB_URL")


class SandboxDeployment:
    """All parts of one start.

    Args:
        heartbeat: seconds between two heartbeats of an event stream.
        ga_period: seconds between two fetches from Google Analytics.
        faults: the active faults, name → figure.
        app: the platform's name of the dashboard, if not the default.
        agent_app: likewise of the agent service.
    """

    def __init__(
        self,
        *,
        heartbeat: float,
        ga_period: float,
        faults: Active,
        app: str | None = None,
        agent_app: str | None = None,
    ) -> None:
        self.folder = short_folder()
        self.heartbeat, self.ga_period = heartbeat, ga_period
        self.faults: dict[str, str | None] = dict(faults)
        self.token, self.control_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self.postgres = Postgres(self.folder)
        self.database = SandboxDatabase(self.postgres)
        self.services = Services()
        self.dashboard = App(app or APP, "sandbox.hotdash.process", 2, DASHBOARD_SECRETS)
        self.agent = App(agent_app or AGENT_APP, "sandbox.services.agent", 1, AGENT_SECRETS)
        self.platform = SandboxPlatform((self.dashboard, self.agent), self.token)
        self.prometheus = PrometheusApi(self.dashboard)
        self.api = FaultyApi(platform_api(self.platform, self.prometheus.answer), self.dashboard.name)
        self.listeners: dict[str, LoopbackServer] = {}
        self._edges = (Edge(self.dashboard, "https"), Edge(self.agent, "http"))
        self._injected = AsyncExitStack()
        self._later: list[asyncio.Task[None]] = []
        self.certificates: Certificates | None = None
        self.domain: Domain | None = None
        self._changing = asyncio.Lock()

    async def start(self, control: ASGIApp) -> None:
        """Start every part; returns when everything responds."""
        # The applications' code is imported while the database is created.
        load_applications()
        preparing = asyncio.gather(self.dashboard.prepare(), self.agent.prepare())
        await self._listen(issue(self.folder), control)
        await self.postgres.create()
        await self.database.create()
        await preparing
        await self._deploy(self.faults)

    async def _listen(self, certificates: Certificates, control: ASGIApp) -> None:
        self.certificates = certificates
        self.domain = domain = Domain(self._edges[0], certificates.issuer, self.dashboard.name, self.folder)
        self.dashboard.hostnames = domain.records
        await domain.start()
        edge = LoopbackServer(self._edges[0], (certificates.leaf, certificates.key))
        self.listeners = {
            "edge": edge,
            "redirect": LoopbackServer(HttpsRedirect(edge.url)),
            "agent": LoopbackServer(self._edges[1]),
            "platform": LoopbackServer(self.api),
            "services": LoopbackServer(self.services.asgi()),
            "prometheus": LoopbackServer(self.prometheus.asgi()),
            "control": LoopbackServer(control),
            "domain": domain.https,
            "domain in plain": domain.http,
        }
        for listener in self.listeners.values():
            listener.start()

    def _configuration(self, machine: SandboxMachine) -> dict[str, object]:
        return {
            "database": self.database.url("hotdash_app"),
            "services": self.listeners["services"].url,
            "heartbeat": self.heartbeat,
            "ga_period": self.ga_period,
            "faults": self._faults_of(machine),
        }

    def _faults_of(self, machine: SandboxMachine) -> dict[str, str | None]:
        """The faults of this machine; faults of one machine apply to the first."""
        first = machine in {self.dashboard.machines[0], self.agent.machines[0]}
        return {name: value for name, value in self.faults.items() if first or not REGISTRY[name].one_machine}

    async def set_faults(self, faults: Active, *, redeploy: bool) -> None:
        """Apply exactly these faults, with a new release or in place."""
        async with self._changing:
            self._forget_what_comes_later()
            if redeploy:
                await self._deploy(faults)
            else:
                await self._switch(faults)

    async def _surroundings(self, faults: Active) -> None:
        """Apply faults to all but the machines."""
        self.faults = dict(faults)
        self.services.faults = self.platform.faults = self.faults
        self.prometheus.change(self.faults)
        for listener in self.listeners.values():
            listener.cut_off(cut=False)
        await self._injected.aclose()
        await self.database.set_faults(self.faults)
        await self._inject(server_faults.BEFORE_DEPLOY, self.database)

    async def _inject(self, hook: Hook[Break[Thing]], thing: Thing) -> None:
        """Inject the faults of this hook; they are healed at the next change."""
        for breaks, figure in hook.active(self.faults):
            await self._injected.enter_async_context(breaks(thing, figure))

    async def _deploy(self, faults: Active) -> None:
        await self._surroundings(faults)
        rollout = rollout_of(faults)
        await asyncio.gather(
            self.dashboard.deploy(self._configuration, rollout), self.agent.deploy(self._configuration)
        )
        await self._after(faults)

    async def _switch(self, faults: Active) -> None:
        await self._surroundings(faults)
        for machine in (*self.dashboard.machines, *self.agent.machines):
            machine.set_faults(self._faults_of(machine))
        await self._after(faults)

    async def _after(self, faults: Active) -> None:
        """Inject the faults that need a running deployment."""
        await self._inject(server_faults.AFTER_DEPLOY, self.database)
        await self._inject(DASHBOARD, self.dashboard)
        await self._inject(AGENT, self.agent)
        await self._inject(EDGE, self._edges[0])
        if self.domain is not None:
            await self._inject(DOMAIN, self.domain)
        self.api.change(faults)
        await asyncio.gather(self.dashboard.check(), self.agent.check())
        await visit(self.dashboard, faults)
        for name, _ in CUT.active(faults):
            self.listeners[name].cut_off(cut=True)
        self._later = [
            asyncio.create_task(self._act_later(act, float(seconds))) for act, seconds in LATER.active(faults)
        ]

    async def _act_later(self, act: Callable[[Deployed, float], Awaitable[None]], seconds: float) -> None:
        await asyncio.sleep(seconds)
        await act(self, seconds)

    def _forget_what_comes_later(self) -> None:
        for each in self._later:
            each.cancel()

    async def deploy_again(self) -> None:
        """Deploy another release of the dashboard, with the same faults."""
        await self.dashboard.deploy(self._configuration, rollout_of(self.faults))

    def announcement(self) -> dict[str, object]:
        """The addresses and credentials for the caller."""
        if self.certificates is None or self.domain is None:
            raise RuntimeError("not started")
        platform = self.listeners["platform"].url
        return {
            "target": {
                "url": self.listeners["edge"].url,
                "tls": {"ca_file": str(self.certificates.authority), "spki": self.certificates.spki},
                "platform": {"machines_url": platform, "api_url": platform},
                "domain": self.domain.announcement(),
                "agent": {"url": self.listeners["agent"].url},
                "metrics": {"prometheus": self.listeners["prometheus"].url},
                "alerts": {"alertmanager": self.listeners["prometheus"].url},
                "backups": {"project": PROJECT, "api_url": self.listeners["services"].url},
            },
            "credentials": {
                "FLY_API_TOKEN": self.token,
                "DATABASE_URL": self.database.url("hotdash_verifier"),
                "SUPABASE_ACCESS_TOKEN": self.services.supabase_token,
            },
            "control": {"url": self.listeners["control"].url, "token": self.control_token},
        }

    async def stop(self) -> None:
        """Stop every part that was started, and remove the temporary folder."""
        self._forget_what_comes_later()
        parts = (
            self.dashboard.stop(),
            self.agent.stop(),
            *(listener.stop() for listener in self.listeners.values()),
            self.postgres.stop(),
        )
        with contextlib.suppress(Exception):
            await asyncio.gather(*parts, return_exceptions=True)
        if self.domain is not None:
            self.domain.stop()
        for edge in self._edges:
            await edge.close()
        await self.prometheus.samples.close()
        shutil.rmtree(self.folder, ignore_errors=True)
