# SPDX-License-Identifier: MIT
"""Tine's C library: a wrapper for each system call; what the wrappers and the rest do is compared
with Linux by test_given.py, in the programs lib_*."""
from __future__ import annotations

import re

from kernels import ROOT

# No function of POSIX's is this call.
WITHOUT_WRAPPER = {
    "arch_prctl", "clone", "execveat", "set_tid_address",   # for libraries themselves; syscall(2)
    "set_robust_list",
    "clone3", "mremap", "renameat2", "rseq", "statx",       # not there
    "getrandom", "madvise", "prlimit64", "sched_getaffinity", "setgroups", "statfs", "fstatfs",
    "gettimeofday", "time",     # clock_gettime
    "exit",             # ends a thread; exit_group is _exit
    "getpgrp",          # getpgid(0)
    "rt_sigreturn",     # x86_64/restorer.asm
    "vfork",            # fork, until there is a stack for it
}


def test_each_system_call_has_its_function() -> None:
    calls = set(re.findall(r"^\w+\((?:\d+, )?\w+, (\w+),",
                           (ROOT / "kern/sys/calls.def").read_text(encoding="utf-8"), re.MULTILINE))
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "lib/c").glob("*.c"))
    called = set(re.findall(r"\bSYS_(\w+)", sources))
    assert len(calls) > 80
    assert calls - called - {"probe", "pages_present"} <= WITHOUT_WRAPPER
