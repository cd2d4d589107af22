# SPDX-License-Identifier: MIT
"""Every test that forks, with each of its forks failing at every allocation before it succeeds."""
from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Dict

import pytest
from kernels import ROOT

from grade import runner
from grade.build import build
from grade.machine import BACKSTOP_S
from grade.spec import Spec

# The kernel judges each attempt and panics; what is left to see are figures and the verdict.
LABS = (1, 2)
INJECTING = ("rollback", "starving")
FORKS = 40              # enough for all but `many`, whose forks are all alike
REHEARSED = re.compile(r"rehearse .*points=(\d+) allocations=(\d+)")


def forking_tests() -> Dict[str, Spec]:
    """Returns the labs' programs. Some let allocations fail by themselves, and on several
    processors others would change what is counted."""
    return {f"lab{lab}/{spec.name}": spec for lab in LABS for spec in runner.load_specs(ROOT, lab)
            if not spec.ktest and spec.name not in INJECTING and spec.cpus == 1}


@pytest.mark.parametrize("name", forking_tests())
def test_forks_that_fail_everywhere_change_nothing(name: str, tmp_path: Path) -> None:
    spec = forking_tests()[name]
    # What a failed attempt has stored is forgotten, though not undone: entries stay protected.
    classes = tuple(sorted({*spec.classes, "mark"} - {"pte"}))
    changed = dataclasses.replace(
        spec, classes=classes,
        append=f"fail=fork:{FORKS} budget=100000 trace={','.join(classes)}")
    built = build(ROOT, spec.lab, str(spec.lab))
    (_, score), = runner.boot_all([(built, changed, "none")],
                                  runner.Limits(1, BACKSTOP_S, tmp_path))
    assert score.failure is None, score.failure
    events = (tmp_path / f"{spec.name}.events").read_text(encoding="utf-8")
    rehearsed = [(int(points), int(allocations))
                 for points, allocations in REHEARSED.findall(events)]
    assert rehearsed, "no fork was rehearsed"
    for points, allocations in rehearsed:
        assert points >= allocations > 12
    print(f"{spec.name}: {sum(points for points, _ in rehearsed)} points of failure "
          f"in {len(rehearsed)} forks")
