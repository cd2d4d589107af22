# SPDX-License-Identifier: MIT
"""The benchmark ends, finds nothing wrong, and stays within what the project has set itself."""
from __future__ import annotations

import re
from typing import Dict

from kernels import make

# Medians in instructions, CHECKS=0. Linux's, under the same emulator, in brackets.
LIMITS = {
    "null_syscall": 150,                # [329]
    "fork_exit_wait.tiny": 60_000,      # [92,022]
    "fork_call.16M": 3_000_000,         # eagerly copied [564,531: copied on write]
    "pipe_roundtrip": 4_000,            # [10,848]
    "pipe_64k": 26_000,                 # [41,496]
}


def test_figures() -> None:
    result = make("bench")
    assert result.returncode == 0, result.stdout + result.stderr
    figures: Dict[str, int] = {
        name: int(value.replace(",", ""))
        for name, value in re.findall(r"^(\S+) +([\d,]+) +[\d,]+$", result.stdout, re.MULTILINE)}
    over = {name: figures[name] for name, limit in LIMITS.items() if figures[name] > limit}
    assert not over
    assert figures["fork_call.live1000"] < 1.02 * figures["fork_call.live1"]
