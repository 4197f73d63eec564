"""What pytest loads by the entry point `definition-of-done`: the options of a run, and what carries it out.

It is installed in an environment where other suites may run, too: without `definition_of_done.toml` in pytest's root
folder it does nothing.
"""

from __future__ import annotations

import os
import sys

import pytest

FILE = "definition_of_done.toml"
PLUGINS = tuple(f"verifier.plugin.{name}" for name in ("fixtures", "check_hooks", "header", "session"))
_SETTINGS = "pytest.ini"


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options of a run, and load what carries it out.

    Raises:
        pytest.UsageError: a path among the options made pytest look for its settings elsewhere.
    """
    config = pluginmanager.get_plugin("pytestconfig")
    if config is None:
        return
    if not (config.rootpath / FILE).is_file():
        _come_back(config)
        return
    from verifier.plugin import options  # noqa: PLC0415 - other suites that run here pay nothing for it

    options.add(parser, config.rootpath)
    if "_ARGCOMPLETE" in os.environ:
        return  # completing words needs no fixtures, which take long to import
    for name in PLUGINS:
        pluginmanager.import_plugin(name)


def _come_back(config: pytest.Config) -> None:
    """Start again with the settings of the suite in which the caller stands, if a path among its options led elsewhere.

    pytest takes its root folder from the words that look like paths before it asks any plugin for its options: the
    value of `--app-dir ../app` is such a word, and the settings of that application would be taken.
    """
    here = config.invocation_params.dir
    words = [os.fspath(each) for each in config.invocation_params.args]
    home = next((each for each in (here, *here.parents) if (each / FILE).is_file()), None)
    if home is None or _chosen(words):
        return
    from verifier.plugin import options  # noqa: PLC0415 - as above

    if options.PATHS.isdisjoint(words):
        return
    first = ["-c", str(home / _SETTINGS)]
    count = len(words)
    if count and sys.orig_argv[-count:] == words:
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:-count], *first, *words])  # noqa: S606 - itself, again
    raise pytest.UsageError(f"a path among the options leads away from {home}; add -c {first[1]}")


def _chosen(words: list[str]) -> bool:
    """Whether the caller says where pytest's settings are."""
    return any(each.startswith(("-c", "--config-file", "--rootdir")) for each in words)
