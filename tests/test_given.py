# SPDX-License-Identifier: MIT
"""The given kernel against Linux: the same program prints the same and ends in the same way.

Where Tine differs on purpose, grade/stricter.txt says so; each entry there is checked too.
"""
from __future__ import annotations

import os
import re
from pathlib import Path
from typing import List, Tuple

import call_pages
import pexpect
import pytest
from kernels import PASS, ROOT, Run, boot, kernel

from grade import oracle

# What a program calls that needs lab 1.
FORKS = re.compile(r"\b(v?fork|clone|probe_thread)\(")
EXECUTES = re.compile(r"\bexecve(at)?\b")      # lab 3
# For Tine alone: they say in their first lines why.
OWN = {"absent", "call_memory", "cost", "endless", "file_memory", "file_stops", "file_times",
       "half_lines", "later", "limits_fixed", "lines", "out_of_memory", "own_errors",
       "proc_forgets", "reboot", "starving"}
# In the namespace that Linux gives to somebody else there is only one user.
FOR_ROOT = {"credentials", "group_pointers", "permission_errors"}
# The calls that take no pointer, or none that the kernel follows: mmap and its kind take addresses,
# fcntl's commands numbers. rt_sigreturn finds its frame by the stack pointer: sig_return.
WITHOUT_POINTERS = set("""
    alarm brk clone3 close dup dup2 dup3 exit exit_group fchdir fchmod fchmodat2 fchown fcntl fork
    ftruncate getegid geteuid getgid getpgid getpgrp getpid getppid getsid gettid getuid kill lseek
    madvise mmap mprotect mremap msync munmap pages_present pause probe reboot renameat2 rseq
    rt_sigreturn sched_yield set_robust_list setgid setpgid setresgid setresuid setsid setuid statx
    tgkill tkill umask vfork
    """.split())
# Those that need somebody who types are test_terminal.py's.
PROGRAMS = sorted(path.stem for path in (ROOT / "user/tests/given").glob("*.c")
                  if path.stem not in OWN and not path.stem.startswith("tty_"))


def source_of(name: str) -> str:
    """The text of a given program."""
    return (ROOT / "user/tests/given" / f"{name}.c").read_text(encoding="utf-8")


def on_linux(name: str, folder: Path) -> Tuple[List[str], str]:
    """Runs a program on the host; returns its lines and how it ended, in Tine's words."""
    program = folder / name
    oracle.compile_for_host(ROOT, ROOT / "user/tests/given" / f"{name}.c", program)
    failed, output = oracle.run_on_linux(program, str(folder))
    number = re.search(r"-?\d+", failed)
    end = f"exited with status {number[0] if number else 0}"
    if "signal" in failed and number:
        end = f"was killed by signal {number[0]}"
    return output.splitlines(), end


def on_tine(name: str) -> Tuple[Run, str]:
    """The same on Tine, whose lines are in the result."""
    source = source_of(name)
    lab = 3 if EXECUTES.search(source) else 2 if FORKS.search(source) else 0
    image = kernel(f"LAB={lab}", f"SOLVED={lab}")
    run = boot(f"init=/tests/given/{name} budget=4000 {call_pages.TRACE_OPTIONS}", image,
               names=call_pages.NAMES)
    found = re.search(r"^exit: pid 1 (exited with status \d+|was killed by signal \d+)",
                      run.kernel_text(), re.MULTILINE)
    assert found, run.kernel_text()
    assert "audit: clean" in run.kernel_text()
    return run, found[1]


TYPED = "first\rgone\x15kept\rtypo\x7f\x7f\x7f\x7f\x7f\x7fx\r\r12345678901234567890\r\x04"
CHUNKS = ["[first|]", "[kept|]", "[x|]", "[|]", "[1234567][8901234][567890|]", "end"]


def chunks(screen: str) -> List[str]:
    """What the program `lines` read, one line typed a line."""
    printed = "".join(re.findall(r"\[[^\]]*\]|end", screen))
    return printed.replace("|]", "|]\n").splitlines()


def test_lines_are_edited_and_read_as_on_linux(tmp_path: Path) -> None:
    """A line is read when it is complete, in pieces if need be; ^D at its start ends the input."""
    program = tmp_path / "lines"
    oracle.compile_for_host(ROOT, ROOT / "user/tests/given/lines.c", program)
    kernel()
    on_tine = ["run", "LAB=0", "SOLVED=0", "APPEND=init=/tests/given/lines"]
    for command, arguments in ((str(program), []), ("make", on_tine)):
        child = pexpect.spawn(command, arguments, cwd=str(ROOT), encoding="utf-8", timeout=100)
        try:
            child.expect_exact("ready")
            child.send(TYPED)
            child.expect_exact("end")
            assert chunks(child.before + "end") == CHUNKS
            child.expect(pexpect.EOF)
        finally:
            child.close(force=True)


def test_reboot_needs_its_magic_numbers() -> None:
    run = boot(f"init=/tests/given/reboot {call_pages.TRACE_OPTIONS}", kernel(),
               names=call_pages.NAMES)
    call_pages.check("user/tests/given/reboot.c", run)
    assert run.status == PASS
    assert run.console.user == ["wrong first number: EINVAL", "wrong second number: EINVAL",
                                "unknown command: EINVAL", "now"]
    assert "power off" in run.kernel_text()


@pytest.mark.parametrize("seed", range(1, 4))
def test_what_a_page_was_is_forgotten_on_all_processors(seed: int) -> None:
    run = boot(f"init=/tests/given/shootdown budget=2000 trace=none seed={seed}",
               kernel("LAB=2", "SOLVED=2"), cpus=2)
    assert run.console.user == ["replaced 40 times, seen 40 times",
                                "40 times read-only: 40 faults, 0 changes"]
    assert run.status == PASS


@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("name", ["orphan_groups", "stop", "stop_storm"])
def test_jobs_on_two_processors(name: str, seed: int, tmp_path: Path) -> None:
    run = boot(f"init=/tests/given/{name} budget=8000 trace=none seed={seed}",
               kernel("LAB=2", "SOLVED=2"), cpus=2)
    assert run.console.user == on_linux(name, tmp_path)[0]
    assert run.status == PASS


def test_each_call_that_takes_a_pointer_is_tried_with_bad_ones() -> None:
    """The tables of *pointers.c have a row for each call of calls.def, unless it takes none."""
    programs = (ROOT / "user/tests/given").glob("*pointers.c")
    rows = "".join(path.read_text(encoding="utf-8") for path in programs)
    tried = set(re.findall(r"SYS_(\w+),\s*\{[^}]*\b(?:BAD|ONE|TWO)\b", rows))
    calls = set(re.findall(r"^(?:CALL\(|FROM_LAB\(\d+, )\w+, (\w+),",
                           (ROOT / "kern/sys/calls.def").read_text(encoding="utf-8"), re.MULTILINE))
    assert calls - tried == WITHOUT_POINTERS
    assert tried <= calls


def test_libraries_try_calls_in_silence() -> None:
    run = boot("init=/tests/given/absent", kernel())
    assert run.console.user == ["call: ENOSYS"] * 6
    assert " called " not in run.kernel_text()


def test_limits_that_are_not_kept_cannot_be_set() -> None:
    run = boot("init=/tests/given/limits_fixed", kernel())
    assert run.console.user == ["no core, as it is: ok", "a core: EPERM", "the stack, as it is: ok",
                                "a smaller stack: EPERM", "some address space: EPERM",
                                "too many descriptors: EPERM"]


@pytest.mark.parametrize("name", ["advice", "thread_ids"])
def test_memory_of_others_before_lab_2(name: str, tmp_path: Path) -> None:
    run = boot(f"init=/tests/given/{name} budget=4000", kernel("LAB=1", "SOLVED=1"))
    assert run.console.user == on_linux(name, tmp_path)[0]
    assert run.status == PASS


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_as_linux(name: str, tmp_path: Path) -> None:
    if name in FOR_ROOT and os.geteuid() != 0:
        pytest.skip("becoming somebody else takes root")
    expected, expected_end = on_linux(name, tmp_path)
    run, end = on_tine(name)
    stricter = oracle.read_exceptions(ROOT / "grade/stricter.txt").get(f"given/{name}")
    differences = dict(stricter[1]) if stricter else {}
    translated = [differences.pop(line, line) for line in run.console.user]
    assert translated == expected
    assert end == expected_end
    assert not differences, "grade/stricter.txt lists differences that there are not"
    call_pages.check(f"user/tests/given/{name}.c", run)
