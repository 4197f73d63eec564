"""Control groups in both versions of the kernel's interface: which one a machine has, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.runs.memory import Interface, NoGroups, interface, kills, limited

SECOND = ("memory.max", "memory.swap.max", "memory.events")


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="ascii")
    return folder


def found(root: Path, own: str = "0::/\n") -> Interface:
    (root / "own").write_text(f"5:memory:/elsewhere\n{own}", encoding="ascii")
    return interface(root, root / "own")


def test_version_1_is_taken_where_it_has_the_memory(tmp_path: Path) -> None:
    root = written(tmp_path, {"memory/memory.limit_in_bytes": "", "unified/cgroup.controllers": "hugetlb\n"})
    assert found(root).limit == "memory.limit_in_bytes"


def test_version_2_hands_the_controller_down(tmp_path: Path) -> None:
    root = written(tmp_path, {"cgroup.controllers": "cpu memory\n", "cgroup.subtree_control": "cpu\n"})
    assert found(root) == Interface(root, *SECOND)
    assert (root / "cgroup.subtree_control").read_text(encoding="ascii") == "+memory"


def test_what_is_handed_down_already_is_left_alone(tmp_path: Path) -> None:
    root = written(tmp_path, {"cgroup.controllers": "memory\n", "cgroup.subtree_control": "cpu memory\n"})
    assert found(root) == Interface(root, *SECOND)
    assert (root / "cgroup.subtree_control").read_text(encoding="ascii") == "cpu memory\n"


def test_where_the_root_refuses_the_own_group_is_asked(tmp_path: Path) -> None:
    root = written(tmp_path, {"cgroup.controllers": "memory\n", "user.slice/mine/cgroup.subtree_control": ""})
    (root / "cgroup.subtree_control").mkdir()  # it cannot be written to, even by root
    assert found(root, "0::/user.slice/mine\n").place == root / "user.slice/mine"
    with pytest.raises(NoGroups, match="does not hand the memory controller down"):
        found(root)


def test_a_machine_without_such_groups_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoGroups, match="limits memory"):
        found(tmp_path)
    with pytest.raises(NoGroups, match="can be made"), limited(64, Interface(tmp_path / "nowhere", *SECOND)):
        pass


def test_the_kernel_counts_whom_it_ends(tmp_path: Path) -> None:
    written(tmp_path, {"memory.events": "low 0\nhigh 0\nmax 12\noom 2\noom_kill 2\noom_group_kill 0\n"})
    assert kills(tmp_path, Interface(tmp_path, *SECOND)) == 2
