# SPDX-License-Identifier: MIT
"""A student's work after so many steps of a lab: those files solved, the others still skeletons."""
from __future__ import annotations

from typing import Dict, List, Sequence

from grade import runner
from grade.build import OVERLAYS, build, skeleton, write_if_changed
from grade.runner import Limits
from kernels import ROOT


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
