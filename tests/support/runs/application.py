"""A small application with migrations, or with all that is judged before a deploy, judged by the real command."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.runs.repository import Repository
from tests.support.runs.toy import CHECKOUT, Ended, Suite

TARGET = """
title = "An application with migrations"
app = "toy"
url = "http://127.0.0.1:9"

[platform]
machines = "none"

[not_applicable]
tables-exist = "there is no live database here"
rls-protects = "there is no live database here"
schema-matches-migrations = "there is no live database here"
"""

PREDEPLOY = """
title = "An application before its deploy"
app = "toy"
url = "http://127.0.0.1:9"

[source]
[[source.app]]
build = "sh build.sh"
test = "sh test.sh"
scan = "sh scan.sh"
seconds = 60

[window]
zone = "Asia/Kolkata"
period = [{ name = "a sale that is over", first = 2024-11-29, last = 2024-12-02 }]

[phases]
deployed = [1, 3]

[phase_approval]
approvers = ["chief"]
"""
"""A target for which the files of `WELL` end every item well."""
WELL = {
    "package.json": '{"name": "toy", "type": "module"}\n',
    "build.sh": "node --check sum.js && echo built\n",
    "test.sh": "node --test\n",
    "scan.sh": "echo nothing found\n",
    "sum.js": "export const sum = (a, b) => a + b;\n",
    "sum.test.js": """import assert from "node:assert/strict";
import test from "node:test";
import { sum } from "./sum.js";
test("two and two", () => assert.equal(sum(2, 2), 4));
""",
    "fly.toml": """app = "toy"
[deploy]
release_command = "npx prisma generate"
[http_service]
internal_port = 3000
force_https = true
auto_stop_machines = "stop"
min_machines_running = 1
[[http_service.checks]]
path = "/health"
interval = "30s"
timeout = "5s"
""",
    "supabase/migrations/20250101000000_notes.sql": "create table notes (id uuid primary key);\n",
}
"""An application that is fit to be deployed, when its phase is approved."""
APPROVED = '[[approval]]\nphase = 3\nby = "chief"\nat = 2025-01-01T12:00:00Z\ncommit = "{}"\n'


class Application(Repository):
    """A git checkout of an application, and the suite that judges it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.suite = Suite(folder)
        for name in ("conftest.py", "pytest.ini", "definition_of_done.toml"):
            shutil.copy(CHECKOUT / name, folder)
        for name in ("checks", "smoke"):
            shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))

    def approve(self, approvals: str = APPROVED) -> str:
        """Commit everything, and then approvals of that commit; the id of the later commit."""
        self.write({"approvals.toml": approvals.format(self.commit())})
        return self.commit()

    def judged(self, *words: str, target: str = "", mark: str = "migration") -> Ended:
        """Run the command; `target` is added to the stage's own target, or is the whole one with a title."""
        base = "" if "title =" in target else PREDEPLOY if mark == "predeploy" else TARGET
        self.suite.write({"targets/toy.toml": base + target})
        return self.suite.run("--app-dir", str(self.root), *words, mark=mark)
