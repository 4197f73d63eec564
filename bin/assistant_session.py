"""Record what an assistant asks and gets: prints docs/mcp-session.md, made with a real client and a real server.

.venv/bin/python bin/assistant_session.py > docs/mcp-session.md
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, StdioServerParameters
from mcp_types import TextContent

ROOT = Path(__file__).resolve().parents[1]
FAULTS = ("rls-off", "machine-cordoned")
SERVER = ("verifier", "mcp", "--target", "sandbox", *(word for fault in FAULTS for word in ("--fault", fault)))
ASKED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Is it healthy, and what is broken?", "definition-of-done", {"action": "start", "wait_seconds": 300}),
    ("What exactly is wrong with the database?", "definition-of-done", {"action": "item", "item": "rls-protects"}),
    ("And with the machines?", "fly-status", {}),
    ("What does the log say of the last minutes?", "fly-logs", {"minutes": 5, "contains": "listening"}),
    ("Why is that a rule?", "definition-of-done", {"action": "why", "item": "machines-started"}),
)
HEAD = """# A session of an assistant

Written by `bin/assistant_session.py`: a client of the package `mcp` starts the server as a process of its own, on the
embedded deployment with two faults. Each answer is as the client got it. [mcp.md](mcp.md) says how to set this up.

```sh
.venv/bin/python -m {server}
```
"""


async def main() -> None:
    """Ask one question after the other, and print both sides."""
    parameters = StdioServerParameters(command=sys.executable, args=["-m", *SERVER], cwd=ROOT)
    sys.stdout.write(HEAD.format(server=" ".join(SERVER)))
    async with Client(parameters, read_timeout_seconds=360) as client:
        tools = [each.name for each in (await client.list_tools()).tools]
        sys.stdout.write(f"\nTools: {', '.join(f'`{each}`' for each in tools)}.\n")
        for question, tool, words in ASKED:
            answer = await client.call_tool(tool, words)
            text = "\n".join(each.text for each in answer.content if isinstance(each, TextContent))
            call = f"{tool} {json.dumps(words)}"
            sys.stdout.write(f"\n## {question}\n\n`{call}`\n\n```\n{text.replace(str(ROOT), '.').rstrip()}\n```\n")


if __name__ == "__main__":
    anyio.run(main)
