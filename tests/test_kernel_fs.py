# SPDX-License-Identifier: MIT
"""Files on Tine alone: what happens when memory runs out. The rest is compared with Linux."""
from __future__ import annotations

import call_pages
import pytest
from kernels import PASS, boot, kernel

CALLS = ["open", "create", "mkdir", "rmdir", "symlink", "link", "rename", "rename over another",
         "unlink", "pwrite", "dup2", "map", "pipe", "write", "writev", "chdir", "getcwd",
         "read /proc", "read /proc again", "list /proc"]


def test_a_call_that_runs_out_of_memory_has_not_happened() -> None:
    """The program prints a call's name when it has failed at each allocation, and then worked."""
    run = boot(f"init=/tests/given/file_memory {call_pages.TRACE_OPTIONS}", kernel(),
               names=call_pages.NAMES)
    call_pages.check("user/tests/given/file_memory.c", run)
    assert run.status == PASS, run.kernel_text()
    assert run.console.user == CALLS
    assert "audit: clean" in run.kernel_text()


def test_proc_forgets_tasks_that_are_gone() -> None:
    run = boot("init=/tests/given/proc_forgets trace=task", kernel("LAB=1", "SOLVED=1"))
    assert run.status == PASS, run.kernel_text()
    assert run.console.user == ["forgotten: yes"]


def test_a_file_that_is_mapped_is_modified_at_msync_or_munmap() -> None:
    run = boot("init=/tests/given/file_times trace=task", kernel("LAB=2", "SOLVED=2"))
    assert run.status == PASS, run.kernel_text()
    assert run.console.user == [
        "made: modified", "it has 0", "read: the same", "0 is read elsewhere",
        "unmapped there: the same", "written to, another page synced: the same", "synced: modified",
        "synced again: the same", "written to again, and synced: modified",
        "written to, then read-only: modified", "written to, then unmapped: modified",
        "a private mapping written to: the same", "written to by a child that has ended: modified"]


@pytest.mark.parametrize("lab", "012")
def test_mapped_files_inside_the_kernel(lab: str) -> None:
    run = boot("ktest=file_ trace=none", kernel(f"LAB={lab}", f"SOLVED={lab}"))
    assert run.status == PASS, run.kernel_text()
    assert "ktest: 9 passed" in run.kernel_text()
