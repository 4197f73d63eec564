"""The performance of the agents: the page with its charts, and the figures that these show."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.hotdash.features.feature_faults import CHART
from sandbox.hotdash.pages.views import PageRoutes
from sandbox.hotdash.site import SHOP, Site

PERIODS = (7, 14, 30)
"""Days."""
_BY_AGENT = """
    select agent, sum(drafts) as drafts, sum(approved) as approved from agent_runs
    where user_id = %s and day > (select max(day) from agent_runs where user_id = %s) - %s::int
    group by agent order by sum(drafts) desc, agent
"""
_BY_DAY = """
    select day, sum(drafts) as drafts from agent_runs
    where user_id = %s and day > (select max(day) from agent_runs where user_id = %s) - %s::int
    group by day order by day
"""


class Performance:
    """The routes of the agents' performance."""

    def __init__(self, site: Site, pages: PageRoutes) -> None:
        self._site = site
        self._pages = pages

    def routes(self) -> list[Route]:
        """The page and its figures."""
        return [Route("/agents", self._page), Route("/api/agents/performance", self._figures)]

    async def _page(self, request: Request) -> Response:
        marks = [mark for mark, _ in CHART.active(self._site.faults)]
        return await self._pages.show(request, "agents.html", periods=PERIODS, marks=marks)

    async def _figures(self, request: Request) -> Response:
        days = request.query_params.get("days", str(PERIODS[0]))
        if days not in map(str, PERIODS):
            return JSONResponse({"error": f"days is one of {', '.join(map(str, PERIODS))}"}, 422)
        of_agents = await self._site.rows(_BY_AGENT, (SHOP, SHOP, days))
        of_days = await self._site.rows(_BY_DAY, (SHOP, SHOP, days))
        agents = [
            {
                "agent": row["agent"],
                "drafts": int(row["drafts"]),
                "approved": int(row["approved"]),
                "approval_rate": round(100 * int(row["approved"]) / int(row["drafts"]), 1) if row["drafts"] else 0.0,
            }
            for row in of_agents
        ]
        by_day = [{"day": row["day"].isoformat(), "drafts": int(row["drafts"])} for row in of_days]
        content = {"days": int(days), "agents": agents, "by_day": by_day}
        return JSONResponse(content, headers={"cache-control": "no-store"})
