# SPDX-License-Identifier: MIT
"""How the kernel ends: each way has its own words and its own exit code."""
from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Dict, List, Tuple

import pytest
from kernels import AUDIT, BACKSTOP_S, FAIL, HANG, MISSING, PANIC, PASS, SETUP, boot, kernel

from grade.host import die_with_parent
from grade.machine import CPU_MODEL, EXIT_PORT, Config, Machine, qemu_program, run_all

# Kernel test (or other options) -> QEMU's exit status, words the kernel must say, in this order.
ENDS: Dict[str, Tuple[int, List[str]]] = {
    "ktest=end_null_pointer":
        (PANIC, [r"panic: page fault in the kernel: write at 0x8, a NULL pointer plus 8",
                 r"rip [0-9a-f]{16}", r"at ktest_end_null_pointer\+0x", r"at ktest_run\+0x",
                 r"the last \d+ events:", r"trap pid=1 cpu=0 vec=14 code=0x2"]),
    "ktest=end_write_to_code":
        (PANIC, [r"panic: .*write at 0xffffffff8.*mapped, but not for this"]),
    "ktest=end_write_to_code_by_direct_map":
        (PANIC, [r"panic: .*write at 0xffff8.*mapped, but not for this"]),
    "ktest=end_execute_data":
        (PANIC, [r"panic: .*instruction fetch at .*mapped, but not for this"]),
    "ktest=end_read_user": (PANIC, [r"panic: .*read at user address 0x1000 outside a user copy"]),
    "ktest=end_execute_user":
        (PANIC, [r"panic: .*instruction fetch at user address 0x1000 outside a user copy"]),
    "ktest=end_stack_overflow": (PANIC, [r"panic: kernel stack overflow: .*guard page",
                                         r"at recurse\+0x"]),
    "ktest=end_double_free": (PANIC, [r"panic: frame 0x[0-9a-f]+ is freed twice"]),
    "ktest=end_use_after_free":
        (PANIC, [r"panic: frame 0x[0-9a-f]+ was written to after it was freed: at offset 0x0"]),
    "ktest=end_heap_use_after_free":
        (PANIC, [r"panic: kernel memory at 0x[0-9a-f]+ was written to after it was freed"]),
    "ktest=end_heap_count_after_free":
        (PANIC, [r"panic: kernel memory at 0x[0-9a-f]+ was written to after it was freed"]),
    "ktest=end_heap_double_free": (PANIC, [r"panic: kernel memory at 0x[0-9a-f]+ is freed twice"]),
    "ktest=end_lock_twice":
        (PANIC, [r'panic: the lock "test" is taken by the CPU that holds it already']),
    "ktest=end_lock_order":
        (PANIC, [r'panic: the lock "test first" is taken inside "test second", and elsewhere']),
    "ktest=end_lock_freed":
        (PANIC, [r"panic: there is no lock at 0x[0-9a-f]+: what it belonged to was freed",
                 r"at mutex_lock\+0x"]),
    "ktest=end_panic_twice":
        (PANIC, [r"panic: the first word",
                 r"  again, while the machine was ending: page fault in the kernel: read at 0x"]),
    "ktest=end_panic_in_a_hang":
        (HANG, [r"hang: the first word", r"  again, while the machine was ending: page fault"]),
    "ktest=end_undefined_behaviour":
        (PANIC, [r"panic: undefined behaviour: an addition overflows \(kern/witness/ktests_end"]),
    "ktest=end_stack_smashed": (PANIC, [r"panic: a function has written beyond an array"]),
    "ktest=end_triple_fault": (0, []),
    "ktest=end_missing": (MISSING, [r"missing: end_missing is not written yet \(kern/"]),
    "ktest=end_interrupts_off budget=3000":
        (HANG, [r"hang: interrupts have been off for a tenth of a second, in the kernel",
                r"at ktest_end_interrupts_off\+0x"]),
    "ktest=end_out_of_budget budget=60":
        (HANG, [r"hang: the budget of 60 million instructions ran out in the kernel",
                r"at ktest_end_out_of_budget\+0x"]),
    "ktest=end_audit_clean": (PASS, []),
    "ktest=end_audit_count":
        (AUDIT, [r"audit: frame 0x[0-9a-f]+ has count 2, but 1 entries map it"]),
    "ktest=end_audit_leak":
        (AUDIT, [r"audit: frame 0x[0-9a-f]+ was never given back: its count is 1, but nothing"]),
    "ktest=end_audit_freed":
        (AUDIT, [r"audit: pid 77 maps 0x1000 to frame 0x[0-9a-f]+, which is not user memory"]),
    "ktest=end_audit_writable":
        (AUDIT, [r"audit: pid 77 can write to frame 0x([0-9a-f]+) at 0x1000, but 2 entries map it",
                 r"audit:   pid 77 \(\) maps it at 0x1000, r--u",
                 r"audit:   pid 77 \(\) maps it at 0x1000, rw-u"]),
    "ktest=end_audit_flushed": (PASS, []),
    "ktest=end_audit_unflushed":
        (AUDIT, [r"audit: pid -?\d+ has taken rights away from 0x1000, and goes back to user"]),
    "ktest=end_audit_stale":
        (AUDIT, [r"audit: pid -?\d+ gives frame 0x[0-9a-f]+ back, but has not flushed 0x1000"]),
    "ktest=end_audit_locked":
        (PASS, [r"audit: pid 77 is changing its memory: frames are not looked at"]),
    "ktest=end_audit_left": (AUDIT, [r"audit: 1 frames of page tables are left"]),
    "ktest=no_such_test": (SETUP, [r"setup: option 'ktest=no_such_test': there is no such test"]),
    "init=/tests/nothing":
        (SETUP, [r"setup: cannot start init=/tests/nothing: there is no such file"]),
    "budget=many": (SETUP, [r"setup: option 'budget=many': not a number"]),
    "trace=nonsense": (SETUP, [r"setup: option 'trace=nonsense': names no class of events"]),
    "trace-events=100": (SETUP, [r"setup: option 'trace-events=100': not a power of two"]),
    "console=paper": (SETUP, [r"setup: option 'console=paper': not one of serial, debugcon"]),
    "foo=1 bar init=/tests/given/exit_status":
        (FAIL, [r"option 'foo=1' is unknown; known: init= ", r"option 'bar' is unknown",
                r"exit: pid 1 exited with status 52", r"audit: clean"]),
}


@pytest.mark.parametrize("options", ENDS)
def test_end(options: str) -> None:
    status, words = ENDS[options]
    run = boot(options, kernel())
    text = run.kernel_text()
    assert run.status == status, text
    at = 0
    for word in words:
        found = re.compile(word).search(text, at)
        assert found, f"{word} is missing in\n{text}"
        at = found.end()


def test_a_lock_that_is_never_given_back_is_named() -> None:
    run = boot("ktest=end_lock_kept budget=2000", kernel(), cpus=2)
    text = run.kernel_text()
    assert run.status == HANG, text
    assert re.search(r"hang: interrupts have been off for a tenth of a second", text)
    # Whichever of the two was noticed first.
    assert re.search(r'waiting for the lock "test kept", which CPU \d holds|at keep\+0x', text)


def test_a_panic_silences_the_others() -> None:
    run = boot("ktest=end_panic_beside_another budget=2000 trace=none seed=3", kernel(), cpus=4)
    text = run.kernel_text()
    assert run.status == PANIC and "panic: the last word" in text
    assert "chatter" in text and "chatter" not in text[text.index("panic:"):]


def test_more_processors_than_there_may_be() -> None:
    run = boot("", kernel(), cpus=9)
    assert run.status == SETUP
    assert "setup: 9 processors are more than Tine supports: give QEMU -smp 8, or fewer" in \
        run.kernel_text()


@pytest.mark.parametrize("cpus", [1, 2, 8])
def test_kernel_tests_pass(cpus: int) -> None:
    run = boot("ktest=all trace=mark budget=10000", kernel(), cpus=cpus)
    assert run.status == PASS, run.kernel_text()
    ok = [event.args["ok"].number for event in run.events if event.name == "ktest"]
    assert len(ok) >= 15 and all(ok)


def test_a_failing_kernel_test_fails_the_boot() -> None:
    run = boot("ktest=end_fails", kernel())
    assert run.status == FAIL
    assert "ktest: failed: 1 + 1 == 3 (kern/witness/ktests_end.c" in run.kernel_text()
    assert "ktest: 0 passed, 1 failed" in run.kernel_text()


def test_no_initial_file_system() -> None:
    run = boot("", kernel(), initrd=None)
    assert run.status == SETUP
    assert "setup: there is no initial file system: give QEMU one with -initrd" in run.kernel_text()


@pytest.mark.parametrize("damage", ["cut", "magic", "not-hex", "endless-name", "endless-file",
                                    "no-init", "program"])
def test_damaged_initial_file_system(damage: str, tmp_path: Path) -> None:
    data = bytearray(kernel().with_name("initrd.cpio").read_bytes())
    words = "setup: the initial file system is not a newc archive, or is damaged, at byte"
    if damage == "cut":
        data = data[:len(data) // 2]
    elif damage == "magic":
        data[0:6] = b"070707"
    elif damage == "not-hex":
        data[6 + 6 * 8:6 + 7 * 8] = b"xyzzy..."
    elif damage == "endless-name":
        data[6 + 11 * 8:6 + 12 * 8] = b"ffffffff"
    elif damage == "endless-file":
        data[6 + 6 * 8:6 + 7 * 8] = b"ffffffff"
    elif damage == "no-init":
        at = data.index(b"00000000init\0")
        data[at + 8:at + 12] = b"exit"
        words = "setup: cannot start init=/init: there is no such file"
    else:
        at = data.index(b"TINEFLAT", data.index(b"init\0"))
        data[at:at + 8] = b"TINEFLUT"
        words = "setup: cannot start init=/init: it is not a flat image"
    archive = tmp_path / "damaged.cpio"
    archive.write_bytes(data)
    run = boot("", kernel(), initrd=archive)
    assert run.status == SETUP and words in run.kernel_text()


@pytest.mark.parametrize("options, memory_mib", [("trace-events=1048576", 16), ("", 5)])
def test_too_little_memory(options: str, memory_mib: int) -> None:
    run = boot(options, kernel(), memory_mib=memory_mib)
    assert run.status == SETUP
    assert re.search(r"setup: too little memory: \d+ KiB more are needed to start; give QEMU more "
                     r"with -m", run.kernel_text())


@pytest.mark.parametrize("memory_mib, with_initrd", [(2, False), (3, True)])
def test_so_little_memory_that_the_kernel_is_not_there(memory_mib: int, with_initrd: bool) -> None:
    image = kernel()
    initrd = image.with_name("initrd.cpio") if with_initrd else None
    machine = next(run_all([Machine(Config(image, initrd, "", memory_mib), BACKSTOP_S)], 1))
    said, status = machine.console(), machine.status
    machine.close()
    assert status == SETUP
    assert said == (b"setup: too little memory: the kernel and the initial file system do not fit; "
                    b"give QEMU more with -m\n")


@pytest.mark.parametrize("options, status, word", [
    ("", SETUP, "setup: there is no serial port: give QEMU -serial stdio, or the kernel console="),
    ("budget=x", SETUP, "setup: option 'budget=x': not a number"),
    ("console=debugcon init=/tests/given/exit_status", FAIL, "pid 1 exited with status 52"),
])
def test_no_serial_port(options: str, status: int, word: str, tmp_path: Path) -> None:
    said = tmp_path / "debugcon"
    line = [qemu_program(), "-M", "q35", "-accel", "tcg", "-m", "64M", "-bios", "qboot.rom",
            "-nodefaults", "-display", "none", "-no-reboot", "-cpu", CPU_MODEL, "-kernel",
            str(kernel()), "-initrd", str(kernel().with_name("initrd.cpio")), "-append", options,
            "-device", f"isa-debug-exit,iobase={EXIT_PORT:#x},iosize=4", "-serial", "none",
            "-debugcon", f"file:{said}"]
    assert subprocess.run(line, stdin=subprocess.DEVNULL, timeout=60, check=False,
                          preexec_fn=die_with_parent()).returncode == status
    assert word in said.read_text(encoding="utf-8")
