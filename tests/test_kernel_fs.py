# SPDX-License-Identifier: MIT
"""Files on Tine alone: what happens when memory runs out. The rest is compared with Linux."""
from __future__ import annotations

from kernels import PASS, boot, kernel

CALLS = ["open", "create", "mkdir", "rmdir", "symlink", "link", "rename", "rename over another",
         "unlink", "pwrite", "dup2", "pipe", "write", "writev", "chdir", "getcwd"]


def test_a_call_that_runs_out_of_memory_has_not_happened() -> None:
    """The program prints a call's name when it has failed at each allocation, and then worked."""
    run = boot("init=/tests/given/file_memory trace=task", kernel())
    assert run.status == PASS, run.kernel_text()
    assert run.console.user == CALLS
    assert "audit: clean" in run.kernel_text()
