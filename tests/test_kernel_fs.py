# SPDX-License-Identifier: MIT
"""Files on Tine alone: what happens when memory runs out. The rest is compared with Linux."""
from __future__ import annotations

from kernels import PASS, boot, kernel

CALLS = ["open", "create", "mkdir", "rmdir", "symlink", "link", "rename", "rename over another",
         "unlink", "pwrite", "dup2", "map", "pipe", "write", "writev", "chdir", "getcwd",
         "read /proc", "read /proc again", "list /proc"]


def test_a_call_that_runs_out_of_memory_has_not_happened() -> None:
    """The program prints a call's name when it has failed at each allocation, and then worked."""
    run = boot("init=/tests/given/file_memory trace=task", kernel())
    assert run.status == PASS, run.kernel_text()
    assert run.console.user == CALLS
    assert "audit: clean" in run.kernel_text()


def test_proc_forgets_tasks_that_are_gone() -> None:
    run = boot("init=/tests/given/proc_forgets trace=task", kernel("LAB=1", "SOLVED=1"))
    assert run.status == PASS, run.kernel_text()
    assert run.console.user == ["forgotten: yes"]
