"""Faults of an application's deploy files, one for each way in which a deploy may come to apply a migration.

Each lives in a folder of its own, or in workflows of its own, so that one run of the command can see them all at once.
"""

from __future__ import annotations

import json

from tests.support.faults.application_faults import ApplicationFault

ITEM = "no-migrations-in-deploy-files"
HEALTHY = {
    "fly.toml": 'app = "shop"\n[deploy]\nrelease_command = "npx prisma generate"\n',
    "Dockerfile": 'FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm run build\nCMD ["npm", "run", "start"]\n',
    "package.json": json.dumps(
        {
            "scripts": {
                "build": "react-router build",
                "start": "node server.js",
                "db:deploy": "prisma migrate deploy",
            }
        },
        indent=2,
    ),
}
"""An application whose deploy applies nothing, with a script for people that does."""
_APPLY = "npx prisma migrate deploy"
_SHIP = "      - run: flyctl deploy --remote-only\n"


def _red(name: str, place: str, files: dict[str, str]) -> ApplicationFault:
    """A fault whose finding stands at `place`."""
    return ApplicationFault(name, files, red=(ITEM,), stages="predeploy", places=(place,))


def _app(name: str, files: dict[str, str], *, fly: str = "") -> dict[str, str]:
    """An app of its own in a folder of its own."""
    return {f"apps/{name}/fly.toml": f'app = "{name}"\n{fly}', **{f"apps/{name}/{path}": files[path] for path in files}}


def _scripts(**scripts: str) -> str:
    return json.dumps({"scripts": {name.replace("_", "-"): each for name, each in scripts.items()}}, indent=2)


def _image(*lines: str) -> str:
    return "FROM node:20\nWORKDIR /app\nCOPY . .\n" + "\n".join(lines) + "\n"


def _workflow(steps: str, *, name: str = "Ship", on: str = "push") -> str:
    return f"name: {name}\non: {on}\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"


RED = (
    _red("release-command", "apps/a/fly.toml:3", _app("a", {}, fly=f'[deploy]\nrelease_command = "{_APPLY}"\n')),
    _red("process", "apps/b/fly.toml:3", _app("b", {}, fly='[processes]\nweb = "bin/rails db:migrate"\n')),
    _red(
        "script-of-a-script",
        "apps/c/package.json:4",
        _app("c", {"package.json": _scripts(docker_start="npm run setup && node .", setup=_APPLY),
                   "Dockerfile": _image('CMD ["npm", "run", "docker-start"]')}),
    ),
    _red(
        "hook-of-a-script",
        "apps/d/package.json:3",
        _app("d", {"package.json": _scripts(prestart="knex migrate:latest", start="node ."),
                   "Dockerfile": _image('CMD ["npm", "start"]')}),
    ),
    _red("build-of-the-image", "apps/e/Dockerfile:5",
         _app("e", {"Dockerfile": _image("RUN npm ci && \\", f"    {_APPLY}", 'CMD ["node", "."]')})),
    _red("start-of-the-image", "apps/f/Dockerfile:4",
         _app("f", {"Dockerfile": _image("CMD alembic upgrade head && serve")})),
    _red(
        "entrypoint",
        "apps/g/entry.sh:4",
        _app("g", {"Dockerfile": _image('ENTRYPOINT ["./entry.sh"]', 'CMD ["node", "."]'),
                   "entry.sh": '#!/bin/sh\nset -e\nup() {\n  dbmate up\n}\nif [ "$URL" ]; then up; fi\nexec "$@"\n'}),
    ),
    _red("procfile", "apps/h/Procfile:2",
         _app("h", {"Procfile": "web: node .\nrelease: flask db upgrade\n"}, fly='[build]\nbuilder = "a/b:24"\n')),
    _red("sql-by-psql", "apps/i/up.sh:2",
         _app("i", {"up.sh": 'set -e\npsql "$DATABASE_URL" -c "alter table a add column b int"\n'},
              fly='[deploy]\nrelease_command = "sh up.sh"\n')),
    _red("makefile", "apps/j/Makefile:3",
         _app("j", {"Makefile": "release: up\nup:\n\tgoose -dir sql postgres $(DB) up\n"},
              fly='[deploy]\nrelease_command = "make release"\n')),
    _red("step-of-a-workflow", ".github/workflows/ship.yml:7",
         {".github/workflows/ship.yml": _workflow(f"      - run: {_APPLY}\n{_SHIP}")}),
    _red("composite-action", ".github/actions/prepare/action.yml:5",
         {".github/workflows/act.yml": _workflow(f"      - uses: ./.github/actions/prepare\n{_SHIP}", name="With one"),
          ".github/actions/prepare/action.yml":
              "runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: supabase db push\n"}),
    _red("workflow-after-the-deploy", ".github/workflows/after.yml:9",
         {".github/workflows/after.yml":
              _workflow(f"      - run: {_APPLY}\n", name="After", on="\n  workflow_run:\n    workflows: [Ship]")}),
    _red("configuration-that-a-workflow-names", "ops/live.toml:3",
         {".github/workflows/live.yml": _workflow("      - run: fly deploy -c ops/live.toml\n", name="Live"),
          "ops/live.toml": 'app = "live"\n[deploy]\nrelease_command = "sqlx migrate run"\n'}),
)  # fmt: skip
UNVERIFIED = (
    ApplicationFault(
        "command-in-a-variable",
        {"fly.toml": 'app = "a"\n[deploy]\nrelease_command = "sh -c \'$TASK\'"\n'},
        unverified={ITEM: "precondition"},
        stages="predeploy",
    ),
    ApplicationFault("nothing-to-deploy", {"README.md": "an app\n"}, unverified={ITEM: "no-data"}, stages="predeploy"),
)
FAULTS = (*RED, *UNVERIFIED)
