# SPDX-License-Identifier: MIT
"""Failed tests for others to replay: a planted mistake, the test it fails, and where it is."""
from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from gdb_session import PATIENCE_S, Section, run
from kernels import ROOT

from grade import mutants
from grade.build import build
from grade.failed import Keep, Left
from grade.runner import Limits, boot_all, load_specs

LIMITS = Limits(1, 120.0)
NEAR = 1        # lines around what was taken away
# (function, file, line) of each frame, the newest first.
Stack = List[Tuple[str, str, int]]


@dataclass(frozen=True)
class Planted:
    """A mistake: the function it is in, the file's name as the compiler knows it, the lines that
    differ from the right ones (those around what is missing), and what the failed test has left."""

    name: str
    function: str
    file: str
    lines: Tuple[int, int]
    left: Left

    def holds(self, stack: Stack) -> bool:
        """Whether one of the frames is at the mistake."""
        return any(file.endswith(self.file) and self.lines[0] <= line <= self.lines[1]
                   for _, file, line in stack)


def plant(folder: Path, lab: int, name: str) -> Planted:
    """Plants a mutant and lets its test fail.

    Args:
        folder: where the failed test is kept. lab, name: the mutant's.
    """
    path = ROOT / "grade/mutants" / f"lab{lab}" / f"{name}.mutant"
    mutant = mutants.parse(path.read_text(encoding="utf-8"), path)
    overlay = mutants.plant(ROOT, lab, path)
    test = load_specs(ROOT, lab, mutant.killed_by)[0]
    test = replace(test, seed=min(test.seeds, 1))
    keep = Keep(ROOT, folder)
    work = [(build(ROOT, lab, str(lab), overlay), test, "none")]
    (_, score), = boot_all(work, LIMITS, keep)
    assert score.failure, f"{name} survives {test.name}"
    lines = _changed((ROOT / mutant.file).read_text(encoding="utf-8"),
                     (ROOT / overlay / mutant.file).read_text(encoding="utf-8"))
    return Planted(f"{lab}/{name}", mutant.function, mutant.file, lines,
                   keep.find(lab, test.name))


def _changed(right: str, wrong: str) -> Tuple[int, int]:
    """The first and the last line of the second text that the first one does not have."""
    found: List[int] = []
    matcher = difflib.SequenceMatcher(None, right.splitlines(), wrong.splitlines(), False)
    for kind, _, _, start, end in matcher.get_opcodes():
        if kind != "equal":
            found += range(start + 1, end + 1) if end > start else \
                range(start + 1 - NEAR, start + 1 + NEAR)
    return min(found), max(found)


def replay(folder: Path, kept: Path, left: Left, lines: Sequence[str],
           patience_s: float = PATIENCE_S) -> Tuple[Dict[str, Section], str]:
    """Replays a failed test; gives GDB the lines.

    Returns:
        As gdb_session.run() does.
    """
    return run(folder, ["replay", "--test", f"{left.lab}/{left.test}", "--kept", str(kept),
                        *(["--seed", str(left.seed)] if left.seed else [])], lines, patience_s)
