# SPDX-License-Identifier: MIT
"""The labs and their steps: after so many of them a student has those files solved, and the others
are still skeletons."""
from __future__ import annotations

from dataclasses import replace
from typing import Dict, List, NamedTuple, Set

from grade import runner
from grade.build import OVERLAYS, build, skeleton, write_if_changed
from grade.places import owner
from grade.runner import Limits
from kernels import ROOT


class Lab(NamedTuple):
    """A lab's number and folder, and its files in the order of its steps."""

    number: int
    folder: str
    files: List[str]


def _read(number: int) -> Lab:
    """A lab as its tests have it: the first one of each step says which file the step is."""
    homes: Dict[str, str] = {}
    for spec in runner.load_specs(ROOT, number):
        home = owner(ROOT, spec.function) if spec.function else None
        if home:        # test_grade_spec.py sees to it that there is one
            homes.setdefault(spec.title[:2], home)
    files = [home.split("/", 2) for _, home in sorted(homes.items())]
    return Lab(number, files[0][1], [names[2] for names in files])


LABS = [_read(number) for number in runner.labs(ROOT) if number]   # lab 0 has one step


def steps(lab: Lab) -> List[str]:
    """How the titles of the tests of each step begin: 1a, 1b, ..."""
    return [f"{lab.number}{letter}" for letter in "abcdefgh"[:len(lab.files)]]


def verdicts(lab: Lab, done: int) -> Dict[str, Set[str]]:
    """Grades a lab of which the first `done` files are solved: the last of these steps, and the
    next one.

    Returns:
        Step -> the verdicts of its tests.
    """
    overlay = OVERLAYS / f"test-lab{lab.number}-step-{done}"
    for number, name in enumerate(lab.files):
        path = f"labs/{lab.folder}/{name}"
        solved = (ROOT / "solutions" / lab.folder / name).read_text(encoding="utf-8")
        text = solved if number < done else skeleton(ROOT, path) or ""
        write_if_changed(ROOT / overlay / path, text)
    built = build(ROOT, lab.number, str(lab.number - 1), overlay)
    near = steps(lab)[max(done - 1, 0):done + 1]
    tests = [replace(spec, seed=min(spec.seeds, 1))     # one order of the processors tells enough
             for spec in runner.load_specs(ROOT, lab.number) if spec.title[:2] in near]
    found: Dict[str, Set[str]] = {step: set() for step in near}
    for index, score in runner.boot_all([(built, test, "command") for test in tests], Limits()):
        found[tests[index].title[:2]].add(score.verdict)
    return found
