# SPDX-License-Identifier: MIT
"""The benchmark ends, finds nothing wrong, and stays within what the project has set itself."""
from __future__ import annotations

import re
from typing import Dict

import pytest

from kernels import ROOT, boot, make

# Medians in instructions, CHECKS=0. Linux's, under the same emulator, in brackets.
LIMITS = {
    "null_syscall": 150,                # [329]
    "fork_call.tiny": 14_000,           # [49,763]
    "fork_exit_wait.tiny": 20_000,      # [92,022]
    "fork_call.256M": 2_000_000,        # [8,262,428]
    "fork_exit_wait.256M": 4_000_000,   # [24,322,383]
    "fork_read_page": 5,                # [4]: no fault
    "cow_write_page": 900,              # [2,977]; the copy alone is 523
    "cow_reuse_page": 350,              # [1,246]
    "anon_write_page": 900,             # [2,367]
    "cow_overhead.tiny KiB": 48,        # [64]: a child that writes nothing
    "exec_call": 18_000,                # [88,768]: to the first instruction
    "fork_exec_wait.tiny": 38_000,      # [175,185]
    "pipe_roundtrip": 4_000,            # [10,848]
    "pipe_64k": 26_000,                 # [41,496]
}
KERNEL = ROOT / "build/lab4-solved4-nochecks/tine.elf"
MILLISECOND = 1_000_000                 # at one instruction a nanosecond: what a fork may take


def measured(*words: str) -> Dict[str, int]:
    """What `make bench WORDS` finds: the medians by name."""
    result = make("bench", *words)
    assert result.returncode == 0, result.stdout + result.stderr
    return {name: int(value.replace(",", ""))
            for name, value in re.findall(r"^(\S+(?: KiB)?) +([\d,]+) +[\d,]+$", result.stdout,
                                          re.MULTILINE)}


def test_figures() -> None:
    figures = measured("LAB=4")
    over = {name: figures[name] for name, limit in LIMITS.items() if figures[name] > limit}
    assert not over
    assert all(figures[f"fork_call.{size}M"] < MILLISECOND for size in (1, 16, 64))
    assert figures["fork_call.live1000"] < 1.02 * figures["fork_call.live1"] + 100
    large = boot("trace=none -- tiny=/large maxmb=1", KERNEL, KERNEL.parent / "bench/initrd.cpio",
                 1024).raw_console
    executed = re.search(rb"BENCH exec_call .* cyc min=\d+ med=(\d+)", large)
    assert executed and int(executed[1]) < 1.3 * figures["exec_call"] < MILLISECOND


@pytest.mark.full
def test_figures_of_copying() -> None:
    """By them handouts/2-cow.md says what copy-on-write is for: a page costs 686 instructions."""
    figures = measured("LAB=1", "MAXMB=16")
    assert figures["fork_call.16M"] <= 3_000_000
    assert 640 < (figures["fork_call.16M"] - figures["fork_call.tiny"]) / (16 * 256) < 760
    assert figures["cow_write_page"] == figures["fork_read_page"] + 1 < 10
