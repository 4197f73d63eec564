"""Apps and machines in the format of the Machines API."""

from typing import Any

from sandbox.fly.app import CHECK_SECONDS, App
from sandbox.fly.hostname import HostnameRecord
from sandbox.fly.logbook import REGION
from sandbox.fly.machine import SandboxMachine
from sandbox.fly.rollout import Helper

ORGANIZATION = {"name": "HotDash", "slug": "hotdash", "internal_numeric_id": 7}
INTERNAL_PORT = 3000


def app_as_json(app: App) -> dict[str, Any]:
    """An app."""
    return {
        "id": app.name,
        "internal_numeric_id": 1000 + len(app.name),
        "name": app.name,
        "status": app.status,
        "network": "default",
        "organization": ORGANIZATION,
        "machine_count": len(app.machines),
        "volume_count": 0,
    }


def _config(app: App, machine: SandboxMachine) -> dict[str, Any]:
    release = machine.release or app.current
    period = f"{CHECK_SECONDS:.0f}s"
    return {
        "init": {"cmd": ["python", "-m", machine.module]},
        "image": release.image.reference.partition("@")[0],
        "env": {"FLY_PROCESS_GROUP": "app", "PRIMARY_REGION": REGION},
        "metadata": {
            "fly_platform_version": "v2",
            "fly_process_group": "app",
            "fly_release_id": release.id,
            "fly_release_version": str(release.version),
            "fly_flyctl_version": "0.3.190",
        },
        "services": [
            {
                "protocol": "tcp",
                "internal_port": INTERNAL_PORT,
                "autostop": "stop" if app.autostop else False,
                "autostart": True,
                "min_machines_running": 1 if app.autostop else len(app.machines),
                "ports": [
                    {"port": 80, "handlers": ["http"], "force_https": True},
                    {"port": 443, "handlers": ["tls", "http"]},
                ],
                "checks": [
                    {
                        "type": app.check_kind,
                        "interval": period,
                        "timeout": period,
                        "grace_period": "5s",
                        **({"method": "GET", "path": app.check_path} if app.check_kind == "http" else {}),
                    }
                ]
                if app.check_kind
                else [],
                "concurrency": {"type": "requests", "soft_limit": 200, "hard_limit": 250},
            }
        ],
        "guest": {"cpu_kind": "shared", "cpus": 1, "memory_mb": 1024},
        # A dead machine is not restarted, so that it can be seen.
        "restart": {"policy": "no"},
        "mounts": [],
    }


def machine_as_json(app: App, machine: SandboxMachine, *, summary: bool = False) -> dict[str, Any]:
    """A machine, or its summary with the platform's fields."""
    release = machine.release or app.current
    basic = {
        "id": machine.id,
        "name": machine.name,
        "state": machine.said_to_be or machine.state,
        "region": app.region,
        "instance_id": machine.instance_id,
        "version": machine.instance_id,
        "private_ip": machine.private_ip,
        "image_ref": release.image.as_json(),
        "created_at": machine.created_at,
        "updated_at": machine.updated_at,
        "cordoned": machine.cordoned,
    }
    if summary:
        return basic
    return basic | {
        # An unreachable host cannot report the configuration.
        "config": _config(app, machine) if machine.host_status == "ok" else None,
        "incomplete_config": None,
        "host_status": machine.host_status,
        "events": list(machine.events)[:20],
        "checks": machine.checks,
    }


def helper_as_json(helper: Helper) -> dict[str, Any]:
    """The machine of a release command, destroyed by now."""
    release = helper.release
    return {
        "id": helper.id,
        "name": helper.name,
        "state": helper.state,
        "region": REGION,
        "instance_id": helper.instance_id,
        "version": helper.instance_id,
        "private_ip": "",
        "image_ref": release.image.as_json(),
        "created_at": helper.created_at,
        "updated_at": helper.updated_at,
        "config": {
            "init": {"cmd": list(helper.words)},
            "image": release.image.reference.partition("@")[0],
            "env": {"RELEASE_COMMAND": "1", "FLY_PROCESS_GROUP": "fly_app_release_command", "PRIMARY_REGION": REGION},
            "metadata": {
                "fly_platform_version": "v2",
                "fly_process_group": "fly_app_release_command",
                "fly_release_id": release.id,
                "fly_release_version": str(release.version),
            },
            "guest": {"cpu_kind": "shared", "cpus": 2, "memory_mb": 1024},
            "restart": {"policy": "no"},
            "auto_destroy": True,
            "dns": {"skip_registration": True},
        },
        "events": helper.events,
        "host_status": "ok",
    }


def secrets_as_json(app: App, *, values: bool) -> dict[str, Any]:
    """The secrets with digests; with values, if the request asks for them, as on the platform."""
    created = app.created_at
    return {
        "secrets": [
            {
                "name": name,
                "digest": digest,
                "created_at": created,
                "updated_at": app.staged_secrets.get(name, created),
                **({"value": "marked-test-value"} if values else {}),
            }
            for name, digest in sorted(app.secrets.items())
            if name not in app.lost_secrets
        ]
    }


def certificates_as_json(app: App) -> dict[str, Any]:
    """The hostnames of the app that the platform issues certificates for."""
    return {
        "certificates": [_summary(each) for each in app.hostnames.values()],
        "total_count": len(app.hostnames),
    }


def _summary(record: HostnameRecord) -> dict[str, Any]:
    issued, since = record.status == "active", record.created_at.isoformat()
    return {
        "hostname": record.name,
        "status": record.status,
        "dns_provider": "",
        "configured": issued,
        "acme_dns_configured": False,
        "acme_alpn_configured": issued,
        "acme_http_configured": issued,
        "ownership_txt_configured": False,
        "acme_requested": True,
        "has_custom_certificate": False,
        "has_fly_certificate": issued,
        "created_at": since,
        "updated_at": since,
    }


def hostname_as_json(record: HostnameRecord) -> dict[str, Any]:
    """One hostname in detail: its certificate, and the DNS records that it needs."""
    issued, since = record.status == "active", record.created_at.isoformat()
    ends = record.expires_at.isoformat()
    leaf = {"type": "ecdsa", "expires_at": ends, "certificate_authority": "lets_encrypt"}
    more = {"expires_at": ends, "issued": [leaf]} if issued else {"issued": []}
    errors = [{"code": "dns", "message": record.problem, "remediation": "", "timestamp": since}]
    return {
        "hostname": record.name,
        "configured": issued,
        "acme_requested": True,
        "status": record.status,
        "dns_provider": "",
        "rate_limited_until": None,
        "certificates": [{"source": "fly", "status": record.status, "created_at": since, **more}],
        "validation": {
            "dns_configured": issued,
            "alpn_configured": issued,
            "http_configured": issued,
            "ownership_txt_configured": False,
        },
        "dns_requirements": {
            "a": list(record.a),
            "aaaa": list(record.aaaa),
            "cname": record.cname,
            "acme_challenge": {"name": f"_acme-challenge.{record.name}", "target": f"{record.name}.acme.example"},
            "ownership": {"name": f"_fly-ownership.{record.name}", "app_value": "app-1", "org_value": "org-7"},
        },
        "validation_errors": errors if record.problem else [],
    }


def addresses_as_json(app: App) -> dict[str, Any]:
    """The IP addresses of the app: the edge is on loopback."""
    found = dict.fromkeys(each for record in app.hostnames.values() for each in (*record.a, *record.aaaa))
    return {
        "ips": [
            {"ip": each, "region": "global", "service_name": "", "shared": "." in each, "created_at": app.created_at}
            for each in found or {"127.0.0.1": None}
        ]
    }
