"""Which stages `-m` names, and whether the caller narrowed the run in any other way."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression

from verifier.core.config.contract import Stage

_MANY = 8
"""More names than this that are no stages are taken as absent."""
_COLLECTION_SETTINGS = {
    "addopts",
    "collect_imported_tests",
    "norecursedirs",
    "python_classes",
    "python_files",
    "python_functions",
    "testpaths",
}


def wanted_stages(config: pytest.Config) -> Callable[[Stage], bool]:
    """Whether a stage satisfies `-m`, whatever other names in it mean; all do if there is none.

    Raises:
        pytest.UsageError: the expression cannot be read, names something unknown or fits no stage.
    """
    text = str(config.option.markexpr or "").strip()
    if not text:
        return lambda _: True
    try:
        expression = Expression.compile(text)
    except SyntaxError as trouble:
        raise pytest.UsageError(f"-m {text!r} cannot be read: {trouble}; {_stages()}") from None
    unknown = sorted(_names(text) - _markers(config))
    if unknown:
        raise pytest.UsageError(f"-m {text!r}: unknown: {', '.join(unknown)}; {_stages()}")
    others = sorted(_names(text) - set(Stage))[:_MANY]
    settings = [dict(zip(others, values, strict=True)) for values in product((False, True), repeat=len(others))]
    return lambda stage: any(expression.evaluate(_Meaning({**known, stage.value: True})) for known in settings)


class _Meaning(dict[str, bool]):
    """What the names of an expression mean; those that are not told are false."""

    def __call__(self, name: str, /, **_: str | int | bool | None) -> bool:
        return self.get(name, False)


def narrowed(config: pytest.Config, root: Path) -> list[str]:
    """The words by which the caller narrowed the run; empty if all is to be judged."""
    option = config.option
    words = [f"-m names more than stages: {each}" for each in sorted(_names(option.markexpr or "") - set(Stage))]
    words += ["-k"] if option.keyword else []
    words += [f"--item {each}" for each in option.item]
    words += [f"--deselect {each}" for each in option.deselect or ()]
    words += [f"--ignore {each}" for each in option.ignore or ()]
    words += [f"--ignore-glob {each}" for each in option.ignore_glob or ()]
    words += ["--lf"] if getattr(option, "lf", False) else []
    words += ["--stepwise"] if getattr(option, "stepwise", False) else []
    words += ["-x or --maxfail"] if option.maxfail else []
    words += ["--setup-only or --setup-plan"] if option.setuponly or option.setupplan else []
    words += [f"-o {each}" for each in option.override_ini or () if each.split("=")[0] in _COLLECTION_SETTINGS]
    return words + given_paths(config, root)


def given_paths(config: pytest.Config, root: Path) -> list[str]:
    """The paths by which the caller narrowed the run, as words; empty if all is to be judged."""
    if config.args_source is not config.ArgsSource.ARGS:
        return []
    start = config.invocation_params.dir
    given = {(start / each.split("::")[0]).resolve() if "::" not in each else each for each in config.args}
    whole = {(root / each).resolve() for each in config.getini("testpaths")}
    return [] if given in ({root.resolve()}, whole) else [f"path {each}" for each in config.args]


def _names(expression: str) -> set[str]:
    without_arguments = re.sub(r"\([^()]*=[^()]*\)", "", expression)
    return set(re.findall(r"[^\s()]+", without_arguments)) - {"and", "or", "not"}


def _markers(config: pytest.Config) -> set[str]:
    return {re.split(r"[:(]", line, maxsplit=1)[0].strip() for line in config.getini("markers")}


def _stages() -> str:
    return f"the stages are {', '.join(Stage)}"


def home_of(config: pytest.Config) -> Path:
    """The caller's folder: where targets are, and reports are written."""
    given: Path | None = config.option.home
    return Path(config.invocation_params.dir, given).resolve() if given else config.rootpath
