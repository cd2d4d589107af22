# SPDX-License-Identifier: MIT
"""Programs of lab 1 on several processors: in more orders than are graded, and side by side.

What is marked `full` is deterministic and only takes long; what is marked `soak` is not: QEMU then
runs the processors as threads of the host, and every run is another one.
"""
from __future__ import annotations

import pytest
from kernels import PASS, boot, kernel

# Those whose outcome does not depend on who is quicker.
PROGRAMS = ["smp", "many", "nested", "once", "orphans", "zombies", "status", "sigchld", "pipe_ends",
            "fpu", "memory", "signals"]


def check(program: str, options: str, cpus: int, counted: bool) -> None:
    """Boots one program; there must be no panic, no hang, and a clean audit."""
    run = boot(f"init=/tests/lab1/{program} trace=none {options}", kernel("LAB=1", "SOLVED=1"),
               cpus=cpus, counted=counted)
    assert run.status == PASS, run.kernel_text()
    assert "audit: clean" in run.kernel_text()


@pytest.mark.parametrize("cpus", [2, 4, 8])
def test_several_processors_in_one_order(cpus: int) -> None:
    for program in ("smp", "orphans"):
        check(program, f"seed={cpus} budget=5000", cpus, True)


@pytest.mark.full
@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("cpus", [2, 4, 8])
def test_twenty_orders(program: str, cpus: int) -> None:
    for seed in range(1, 21):
        check(program, f"seed={seed} budget=20000", cpus, True)


@pytest.mark.soak
@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("cpus", [4, 8])
def test_side_by_side(program: str, cpus: int) -> None:
    for _ in range(10):
        check(program, "", cpus, False)
