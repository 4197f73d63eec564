"""Faults of the services that HotDash depends on and does not own."""

from collections.abc import Callable

from starlette.responses import JSONResponse

from sandbox.fault import Fault, Hook, declare, unverified
from sandbox.fault_middleware import Answers
from sandbox.item_groups import POSTDEPLOY_AND_MONITORING

ANSWERS = Answers()
BACKUPS: Hook[Callable[[list[dict[str, object]]], list[dict[str, object]]]] = Hook()
"""Changes to the list of backups."""


def _backups(name: str, summary: str, value: str | None = None) -> Fault:
    return Fault(name, summary, ("backups-verified",), value=value, stages="production")


ANSWERS.at(
    "/chatwoot/api",
    Fault(
        "chatwoot-down",
        "Chatwoot does not answer",
        ("chatwoot-health", "no-server-errors"),
        stages=POSTDEPLOY_AND_MONITORING,
    ),
    lambda: JSONResponse({"error": "service unavailable"}, 503),
)
ANSWERS.at(
    "/analytics/report",
    Fault("ga-failing", "Google Analytics refuses every request", ("ga-api-health",), stages=POSTDEPLOY_AND_MONITORING),
    lambda: JSONResponse({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}, 429),
)
ANSWERS.at(
    "/v1/projects/.*/backups",
    Fault(
        "backups-refused",
        "Supabase's management API answers 401",
        (),
        unverified("unauthorized", "backups-verified"),
        stages="production",
    ),
    lambda: JSONResponse({"message": "Unauthorized"}, 401),
)
BACKUP_OLD = declare(_backups("backup-old", "the newest backup is 30 hours old", "30"))
BACKUPS.add(
    _backups("backups-failed", "no backup is complete"),
    lambda backups: [{**backup, "status": "FAILED"} for backup in backups],
)
BACKUPS.add(_backups("backups-none", "there is no backup"), lambda _backups: [])
