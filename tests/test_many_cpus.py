# SPDX-License-Identifier: MIT
"""Programs of the labs on several processors: in more orders than are graded, and side by side.

What is marked `full` is deterministic and only takes long; what is marked `soak` is not: QEMU then
runs the processors as threads of the host, and every run is another one.
"""
from __future__ import annotations

import pytest
from kernels import PASS, boot, kernel

# Those whose outcome does not depend on who is quicker.
PROGRAMS = [*(("1", name) for name in (
    "smp", "many", "nested", "once", "orphans", "zombies", "status", "sigchld", "pipe_ends", "fpu",
    "memory", "signals")), *(("2", name) for name in (
        "smp", "threads", "isolation", "tree", "kernel", "protect", "rounds", "shared"))]


def check(lab: str, program: str, options: str, cpus: int, counted: bool) -> None:
    """Boots one program; there must be no panic, no hang, and a clean audit."""
    run = boot(f"init=/tests/lab{lab}/{program} trace=none {options}",
               kernel(f"LAB={lab}", f"SOLVED={lab}"), cpus=cpus, counted=counted)
    assert run.status == PASS, run.kernel_text()
    assert "audit: clean" in run.kernel_text()


@pytest.mark.parametrize("cpus", [2, 4, 8])
def test_several_processors_in_one_order(cpus: int) -> None:
    for lab, program in (("1", "smp"), ("1", "orphans"), ("2", "smp")):
        check(lab, program, f"seed={cpus} budget=5000", cpus, True)


@pytest.mark.full
@pytest.mark.parametrize("lab, program", PROGRAMS)
@pytest.mark.parametrize("cpus", [2, 4, 8])
def test_twenty_orders(lab: str, program: str, cpus: int) -> None:
    for seed in range(1, 21):
        check(lab, program, f"seed={seed} budget=20000", cpus, True)


@pytest.mark.soak
@pytest.mark.parametrize("lab, program", PROGRAMS)
@pytest.mark.parametrize("cpus", [4, 8])
def test_side_by_side(lab: str, program: str, cpus: int) -> None:
    for _ in range(10):
        check(lab, program, "", cpus, False)
