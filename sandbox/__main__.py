"""The command line of the embedded deployment: `python -m sandbox up` and `python -m sandbox faults`."""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import threading

from sandbox.failure import StartFailed
from sandbox.faults import REGISTRY, UnknownFault, parse

HEARTBEAT_SECONDS = 30.0
GA_SECONDS = 30.0


def _say(text: str) -> None:
    sys.stderr.write(f"sandbox: {text}\n")
    sys.stderr.flush()


def _arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start the deployment, print one JSON line, run until the input ends")
    up.add_argument(
        "--fault", action="append", default=[], metavar="NAME[=VALUE]", help="start with this fault (repeatable)"
    )
    up.add_argument("--heartbeat", type=float, default=HEARTBEAT_SECONDS, metavar="SECONDS")
    up.add_argument("--ga-period", type=float, default=GA_SECONDS, metavar="SECONDS")
    named = "as the platform calls it, to take the place of another target"
    up.add_argument("--app", metavar="NAME", help=f"the dashboard, {named}")
    up.add_argument("--agent-app", metavar="NAME", help=f"the agent service, {named}")
    listing = commands.add_parser("faults", help="list the faults, and what they must turn red or unverified")
    listing.add_argument("--json", action="store_true")
    return parser.parse_args(words)


def _list_faults(*, as_json: bool) -> None:
    known = REGISTRY.values()
    if as_json:
        sys.stdout.write(json.dumps([fault.as_json() for fault in known], indent=2) + "\n")
        return
    width = max(len(fault.name) for fault in known)
    for fault in known:
        sys.stdout.write(f"{fault.name:<{width}}  {fault.summary} · {' · '.join(fault.effects())}\n")


def _end_of_input(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    """Notice when the parent closes its end of the pipe."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        loop.call_soon_threadsafe(ended.set)

    if sys.stdin is None or sys.stdin.isatty():
        _say("runs until Ctrl-C")
        return
    threading.Thread(target=wait, daemon=True).start()


async def _up(arguments: argparse.Namespace) -> int:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    # Imported here: the list of faults does not need it, and a signal during the import is handled already.
    from sandbox.control import ControlApi  # noqa: PLC0415
    from sandbox.deployment import SandboxDeployment  # noqa: PLC0415

    _end_of_input(loop, ended)
    control = ControlApi()
    faults = parse(arguments.fault)
    control.deployment = SandboxDeployment(
        heartbeat=arguments.heartbeat,
        ga_period=arguments.ga_period,
        faults=faults,
        app=arguments.app,
        agent_app=arguments.agent_app,
    )
    try:
        starting = asyncio.create_task(control.deployment.start(control.asgi()))
        waiting = asyncio.create_task(ended.wait())
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            sys.stdout.write(json.dumps(control.deployment.announcement()) + "\n")
            sys.stdout.flush()
            await waiting
        starting.cancel()
    finally:
        await control.deployment.stop()
    return 0


def main() -> int:
    """Run the command; its exit status."""
    arguments = _arguments()
    if arguments.command == "faults":
        # The reader may close the pipe, as `head` does.
        with contextlib.suppress(BrokenPipeError):
            _list_faults(as_json=arguments.json)
            sys.stdout.flush()
            return 0
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    try:
        return asyncio.run(_up(arguments))
    except KeyboardInterrupt:
        _say("interrupted before anything was started")
    except (StartFailed, UnknownFault) as error:
        _say(str(error))
    except OSError as error:
        _say(f"could not start: {error}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
