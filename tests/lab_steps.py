# SPDX-License-Identifier: MIT
"""The labs and their steps: after so many of them a student has those files solved, and the others
are still skeletons."""
from __future__ import annotations

from typing import Dict, List, NamedTuple, Sequence

from grade import runner
from grade.build import OVERLAYS, build, skeleton, write_if_changed
from grade.runner import Limits
from kernels import ROOT


class Lab(NamedTuple):
    """A lab's number and folder, and its files in the order of its steps."""

    number: int
    folder: str
    files: List[str]


LABS = [Lab(1, "1-fork", ["mm_copy.c", "task_fork.c", "exit_wait.c"]),
        Lab(2, "2-cow", ["frame_count.c", "mm_share.c", "cow_fault.c"]),
        Lab(3, "3-exec", ["elf_check.c", "elf_load.c", "stack_build.c", "task_exec.c",
                          "script_parse.c"])]


def verdicts(lab: int, folder: str, files: Sequence[str], done: int) -> Dict[str, List[str]]:
    """Grades a lab of which the first `done` of its `files` are solved.

    Args:
        folder: the lab's, such as 1-fork; files: in the order of its steps.

    Returns:
        Step, as the titles of the tests begin (1a) -> the verdicts of its tests.
    """
    overlay = OVERLAYS / f"test-lab{lab}-step-{done}"
    for number, name in enumerate(files):
        solved = (ROOT / "solutions" / folder / name).read_text(encoding="utf-8")
        text = solved if number < done else skeleton(ROOT, f"labs/{folder}/{name}") or ""
        write_if_changed(ROOT / overlay / "labs" / folder / name, text)
    built = build(ROOT, lab, str(lab - 1), overlay)
    tests = runner.load_specs(ROOT, lab)
    found: Dict[str, List[str]] = {}
    for index, score in runner.boot_all([(built, test, "command") for test in tests], Limits()):
        found.setdefault(tests[index].title[:2], []).append(score.verdict)
    return found
