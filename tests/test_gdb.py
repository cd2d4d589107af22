# SPDX-License-Identifier: MIT
"""Tine's commands in GDB: on a sound kernel, at a fault, after a panic, on a corrupt kernel."""
from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any, Dict, List

import pexpect
import pytest
from archives import add, member
from gdb_session import PATIENCE_S, Section, check_form, session
from kernels import ROOT, kernel, make

pytestmark = pytest.mark.skipif(
    not (shutil.which("gdb") or shutil.which("gdb-multiarch")),
    reason="needs gdb, which `make doctor` installs")

# What /bin/true is executed for is the stop; all that is printed before it stays true until then.
SCRIPT = b"""#!/bin/sh
sleep 1000 >/tmp/out &
sleep 1000 | cat &
ps
echo "maps of 2"; cat /proc/2/maps; cat /proc/2/statm
/bin/true one 'two words'
echo never
"""
PLAIN = ["ps", "task", "vmas", "pte", "frame-at", "cow", "fds", "trapframe", "sysargs", "trace",
         "locks", "audit", "memmap", "why", "user", "break-fork", "break-fault", "break-exec",
         "entry", "claims", "goto", "rewind", "last-write"]
ALL = ["ps", "task", "task 1", "vmas", "vmas 1", "pte $rsp", "pte 0x400000 1", "cow", "cow 1",
       "fds", "fds 1", "trapframe", "trapframe 1", "sysargs", "sysargs 1", "trace 3", "locks",
       "audit", "memmap", "why", "user", "tine frame 0x400000"]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, Section]:
    """One boot of the finished lab 3, stopped where the script's shell executes /bin/true."""
    folder = tmp_path_factory.mktemp("healthy")
    image = kernel("LAB=3", "SOLVED=3")
    initrd = folder / "initrd.cpio"
    initrd.write_bytes(add(image.with_name("initrd.cpio").read_bytes(),
                           member(b"tests/gdb.sh", SCRIPT)))
    asked = ["ps", "=tasks()", "=console()", "cow 1", "=shared_pages(1)", "memmap", "=frames()",
             "audit", "=findings()", "trace 4", "=events(4)", "vmas 2", "fds 2",
             "fds 6", "sysargs", "sysargs 2", "sysargs 6", "task 2", "task", "trapframe", "locks",
             "why", "complete task 1", "complete fds 2"]
    return session(folder, image, [
        *[f"help {name}" for name in PLAIN], *[f"help tine {name}" for name in PLAIN[:4]],
        "help tine frame", "help frame", "complete tine brea", "complete tine p",
        "#early", *ALL, "#",
        "break-exec", 'condition 1 $_streq((char *) user_path, "/bin/true")', "#stop", "continue",
        *asked, *[f"tine {line}" for line in asked if line[0] != "="],
        "=pte(2, 0x400000)", "pte 0x400000 2", "pte 0x7fffffffe000 2", "pte init_task",
        "=pte(2, 0x7fffffffe000)", "!tine frame {pte(2, 0x400000) & 0xffffffffff000:#x}",
        "!frame-at -n {(pte(2, 0x400000) & 0xffffffffff000) >> 12:#x}", "=through_stub('ps')",
        "=through_stub('memmap')", "#user", "user", "backtrace", "=user_pc()", "print argc",
        "#frames", "frame", "frame 1", "=level()", "frame function syscall_dispatch",
        "info frame", "frame 77",
        "#after", "delete", "break task_exit", "continue", "ps", "backtrace",
        "#gone", "delete", "break wait_select", "continue",
        "#errors", "task 99", "vmas 1 2 3 x", "pte", "pte 0x800000000000", "pte nosuchsymbol",
        "tine frame", "frame-at 0xffffffffff000", "trace 0", "trace x", "trace 1 2", "ps 1",
        "fds 0x7fffffff", "entry", "entry 1",
        "break-fault 1 2", "user 99", "goto 1", "goto", "rewind 1", "rewind x",
        "last-write", "last-write $rsp 9", "user off", "=planted()"],
        append="init=/tests/gdb.sh", initrd=initrd)


def flat(output: str) -> str:
    """Output on one line, with single spaces."""
    return " ".join(output.split())


def test_help(healthy: Dict[str, Section]) -> None:
    start = healthy[""]
    for name in PLAIN:
        text = start[f"help {name}"]
        assert re.search(rf"^Example: .*{name if name != 'frame-at' else 'frame'}", text,
                         re.MULTILINE), text
    assert start["help tine ps"] == start["help ps"]
    assert start["help tine frame"] == start["help frame-at"]
    assert "stack frame" in start["help frame"], "`frame` stays GDB's"
    assert start["complete tine brea"].split("\n")[:3] == [
        "tine break-exec", "tine break-fault", "tine break-fork"]
    assert "tine ps\ntine pte\n" in start["complete tine p"]


def test_before_the_kernel_has_set_itself_up(healthy: Dict[str, Section]) -> None:
    early = healthy["early"]
    assert "none yet" in early["ps"]
    assert "no page tables yet" in early["pte $rsp"]
    assert early["task"].startswith("error: tine: no task runs on this processor")
    assert "the trace is empty" in early["trace 3"]


def test_tasks(healthy: Dict[str, Section]) -> None:
    """`ps` says what the guest's own ps has said, and what the reader counts."""
    stop = healthy["stop"]
    assert '/bin/true", argv={"/bin/true", "one", "two words"}' in flat(stop["continue"])
    rows = {int(row[2:7]): row.split() for row in stop["ps"].splitlines()[1:]}
    guest = re.findall(r"^ +(\d+) +\d+ +\d+ ([RSZ])( +)(\S+)$", stop["=console()"], re.MULTILINE)
    assert {name for *_, name in guest} >= {"sleep", "cat", "ps"}, stop["=console()"]
    above: List[str] = ["0"]
    for pid, state, indent, name in guest:
        depth = (len(indent) - 4) // 2
        above[depth + 1:] = [pid]
        if name != "ps":
            row = rows[int(pid)]
            assert row[-5:-3] == [pid, above[depth]] and row[-1] == name
            assert row[-3] == "sleeping" or state == "R"
    assert stop["complete task 1"] == "task 1\n"
    assert stop["complete fds 2"] == "fds 2\n"
    assert [(pid, row[-1], int(row[-2])) for pid, row in rows.items()] == \
        [tuple(one) for one in stop["=tasks()"]]
    assert [row[0] for row in stop["ps"].splitlines()].count("*") == 1
    assert stop["=through_stub('ps')"] == stop["ps"]
    assert stop["=through_stub('memmap')"] == stop["memmap"]
    for line in ("ps", "vmas 2", "cow 1", "sysargs"):
        assert stop[line] == stop[f"tine {line}"]
    text = flat(stop["task 2"])
    assert "pid 2 (sleep)" in text and "child of pid 1 (" in text
    assert re.search(r"sleeping, in switch_away\+\S+ <.* < syscall_dispatch\+\S+ < syscall_entry",
                     text)
    assert "nanosleep+" in text and "of sleep, by the system call nanosleep" in text
    assert "working directory /" in text and "pending none" in text


def test_memory(healthy: Dict[str, Section]) -> None:
    """`vmas` and `pte` agree with /proc/PID/maps, `cow`, `memmap`, `audit` with the reader."""
    stop = healthy["stop"]
    said = stop["=console()"].partition("maps of 2\n")[2].splitlines()
    maps = [line.split() for line in said if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line)]
    rows = [re.match(r"  0x0*([0-9a-f]+)-0x0*([0-9a-f]+) (\S+) +(\d+) of +(\d+) pages *(.*)", line)
            for line in stop["vmas 2"].splitlines()[1:]]
    assert len(maps) == len(rows) == 3
    resident = 0
    for parts, row in zip(maps, rows):
        assert row
        low, high = (int(part, 16) for part in parts[0].split("-"))
        assert (int(row[1], 16), int(row[2], 16)) == (low, high)
        assert row[3] == parts[1][:3] and int(row[5]) == (high - low) // 4096
        assert row[6] == "stack" if parts[5:] else row[6] == f"/bin/sleep from 0x{parts[2]} on" \
            .replace("0x" + "0" * 8, "0x0").replace("0x0000", "0x")
        resident += int(row[4])
    statm = next(line for line in said if re.fullmatch(r"(\d+ ){6}\d+", line))
    assert resident == int(statm.split()[1])

    for va, word, vma in ((0x400000, "read-only, user, accessed", "r-x"),
                          (0x7fffffffe000, "writable, user, no execute, accessed, dirty", "rw-")):
        text, entry = flat(stop[f"pte {va:#x} 2"]), stop[f"=pte(2, {va:#x})"]
        assert re.search(rf"PT \[ *{va >> 12 & 511}\]", text)
        assert f"{entry:#018x} frame {(entry & 0xffffffffff000) >> 12:#x}: present, {word} " in text
        assert f"the mapping permits {vma}" in text
        assert text.count("present") == 4 and "PML4[" in text and "PDPT[" in text
    address = int(stop["pte init_task"].split()[0], 16)     # in a large page of the direct map
    assert f"frame {(address & (1 << 47) - 1) >> 12:#x}: kernel, count" in stop["pte init_task"]
    page = stop["=pte(2, 0x400000)"] & 0xffffffffff000
    frame = stop["!tine frame {pte(2, 0x400000) & 0xffffffffff000:#x}"]
    assert frame.startswith(f"frame {page >> 12:#x}: file, count ")
    assert "  pid 2 at 0x400000 (r-xu), private" in frame
    assert frame == stop["!frame-at -n {(pte(2, 0x400000) & 0xffffffffff000) >> 12:#x}"]

    found = re.search(r": (\d+) private pages are shared", stop["cow 1"])
    assert found and int(found[1]) >= stop["=shared_pages(1)"] > 10
    assert "can be written to!" not in stop["cow 1"]
    assert f"\n{stop['=frames()']} frames are mapped" in stop["memmap"]
    assert stop["=findings()"] == [] and stop["audit"].startswith("clean")


def test_files_and_calls(healthy: Dict[str, Section]) -> None:
    stop = healthy["stop"]
    assert re.search(r"^ +1 +1 +0 /tmp/out \(write\)$", stop["fds 2"], re.MULTILINE), stop["fds 2"]
    assert re.search(r"^ +2 +\d+ +0 /dev/console \(read, write\)$", stop["fds 2"], re.MULTILINE)
    assert re.search(r"^ +0 +\d+ +0 pipe \d+, without a name \(read\)$",
                     stop["fds 6"], re.MULTILINE), stop["fds 6"]
    assert re.search(r"execve\(path=\"/bin/true\", argv=\{\"/bin/true\", \"one\", \"two words\"\}, "
                     r"envp=0x\w+ \(\d+ strings\)\)", flat(stop["sysargs"])), stop["sysargs"]
    assert "(sleep): nanosleep(time=0x" in stop["sysargs 2"]
    assert re.search(r"\(cat\): read\(fd=0 \(pipe \d+, without a name\), buf=0x", stop["sysargs 6"])
    assert "is in execve(path=" in flat(stop["why"])
    for event, row in zip(stop["=events(4)"], re.sub(r"\n +(?=[a-z])", " ", stop["trace 4"])
                          .splitlines()):
        assert re.fullmatch(r" *\d+ +\d+ (.*)", row), row
        assert flat(row).split(" ", 2)[2] == event


def test_registers(healthy: Dict[str, Section]) -> None:
    """The trapframe, GDB's backtrace and the program's symbols tell the same."""
    user = healthy["user"]
    assert "(gdb.sh) runs sh: its symbols are loaded" in user["user"], user["user"]
    assert re.search(r"#\d+ .*do_execve .*\n(.*\n)*#\d+  <signal handler called>\n(.*\n)*"
                     r"#\d+ .*\bexecve \(path=.*\n(.*\n)*#\d+ .*main \(argc", user["backtrace"])
    rip = re.search(r"rip ([0-9a-f]{16})", healthy["stop"]["trapframe"])
    assert rip and int(rip[1], 16) == user["=user_pc()"]
    assert "user mode, by the system call execve" in healthy["stop"]["trapframe"]
    frames = healthy["frames"]
    assert frames["frame"].startswith("#0 ") and frames["=level()"] == 1
    assert "in syscall_dispatch" in frames["info frame"]
    assert frames["frame 77"] == "error: No frame at level 77."


def test_symbols_follow_exec(healthy: Dict[str, Section]) -> None:
    after = healthy["after"]
    assert re.search(r"\[pid \d+ \(true\) runs true now: its symbols are loaded\]",
                     after["continue"]), after["continue"]
    assert re.search(r"<signal handler called>\n(.*\n)*.*exit", after["backtrace"])
    assert re.search(r"\[pid \d+ is gone; so are its symbols\]|runs a program whose symbols are "
                     r"not", healthy["gone"]["continue"])


def test_wrong_use(healthy: Dict[str, Section]) -> None:
    """One line, which says what is wrong."""
    errors = healthy["errors"]
    for line, text in {
            "task 99": "there is no task 99", "pte": "usage: pte VA", "tine frame": "usage: tine",
            "pte 0x800000000000": "0x800000000000 is not canonical",
            "pte nosuchsymbol": 'No symbol "nosuchsymbol"', "trace 0": "N is a number",
            "trace 1 2": "usage: trace [N]", "ps 1": "usage: ps",
            "frame-at 0xffffffffff000": "there is no frame 0xffffffffff", "trace x": "'x' is not",
            "fds 0x7fffffff": "there is no task", "entry": "usage: entry POINTER",
            "entry 1": "nothing can be read at 0x1", "user 99": "there is no task 99",
            "goto 1": "this machine only goes forward", "goto": "usage: goto EVENT",
            "rewind 1": "this machine only goes forward", "rewind x": "'x' is not a number",
            "last-write": "usage: last-write", "last-write $rsp 9": "BYTES is 1 to 8",
            "break-fault 1 2": "usage: break-fault"}.items():
        assert errors[line].startswith("error: tine: ") and text in errors[line], errors[line]
        assert len(errors[line].splitlines()) == 1
    assert errors["=planted()"] == "error: tine: a mistake in this command: KeyError('planted')"
    assert errors["user off"] == "no program's symbols are loaded\n"


# Faults: what `why` makes of them

FAULTS: List[Any] = [
    # what, and what follows from it
    ("(2, 0, 4)", "read at 0x0 by pid 2", "a NULL pointer was followed"),
    ("(2, 0x10, 2, 0)", "write at 0x10 by pid 2 (memory), by the kernel, at 0x0",
     "the kernel followed a NULL pointer: a panic"),
    ("(2, 0x400000, 2, 0)", "write", "in user copies alone: a panic"),
    ("(2, 0x400000, 2, kernel().elf.symbol('arch_copy_user.bytes'))", "in a user copy, at",
     "the mapping permits r-x, not this"),
    ("(2, 0xffffffff80100000, 5)", "read at 0xffffffff80100000", "the kernel's half"),
    ("(2, 0x400000, 7)", "write at 0x400000", "the mapping permits r-x, not this: the program"),
    ("(2, 0x7fffffffe010, 0x15)", "instruction fetch at 0x7fffffffe010", "permits rw-, not this"),
    ("(2, 0x10000000, 6)", "write at 0x10000000", "nothing is mapped there: the program gets"),
    ("(2, 0x7fffffe00000, 6)", "write at 0x7fffffe00000", "mm_grow_stack"),
    ("(2, 0x7fffff7fe000, 6)", "mapping: none", "nothing is mapped there, and the stack may not"),
    ("(2, 0x7fffffff0000, 6)", "entry: empty", "a fresh one, filled with zeros"),
    ("(2, 0x7fffffffe000, 7)", "count 2; also mapped by pid 1 at 0x7fffffffe000 (r--u)",
     "this is copy-on-write: there are 2 claims"),
]


def test_faults(tmp_path: Path) -> None:
    """A copy-on-write fault from both sides, and what `why` would say about others."""
    explained = [f"=explained{fault}" for fault, *_ in FAULTS]
    seen = session(tmp_path, kernel("LAB=2", "SOLVED=2"), [
        "break-fault 0x7fffff6e0123", "#page", "continue", "delete",
        "break-fork", "#fork", "continue", "#first", "break-fault 0x7fffffffe123", "continue",
        "why", "sysargs", "trapframe", "=user_pc()", "break cow_fault", "#cow", "continue", "why",
        "locks", "claims entry", "entry entry", *explained, "set $e = entry", "#done", "finish",
        "print $", "claims $e", "entry $e", "why", "#second", "continue", "why", "#locks", "delete",
        "break wait_sleep_interruptible", "continue", "print lock->name", "locks"],
        append="init=/tests/lab1/memory")
    assert "[write at 0x7fffff6e0" in seen["page"]["continue"], seen["page"]["continue"]
    assert "[pid 1 (memory): fork()]" in seen["fork"]["continue"]
    first = flat(seen["first"]["why"])
    found = re.search(r"\[(write at 0x7fffffffe\w+ by pid (\d) \(memory\), in user mode at "
                      r"0x\w+, main\+\w+ of memory)", flat(seen["first"]["continue"]))
    assert found and first.startswith(found[1])
    other = 3 - int(found[2])
    assert re.search(r"entry: frame (0x\w+): present, read-only, user, no execute.* mapping: "
                     r"0x7ffffffde000-0x7ffffffff000 permits rw-, private, stack frame: \1: user, "
                     rf"count 2; also mapped by pid {other} at 0x7fffffffe000 \(r--u\) so: this is "
                     r"copy-on-write: there are 2 claims to the frame", first), first
    assert "is in no system call: it has entered the kernel last by exception 14 (PF)" in \
        flat(seen["first"]["sysargs"])
    assert f"rip {seen['first']['=user_pc()']:016x}" in seen["first"]["trapframe"]
    cow = seen["cow"]
    assert flat(cow["why"]) == first
    assert f'  pid {found[2]} holds the mutex "mm" of the memory of pid {found[2]} (memory)\n' \
        in cow["locks"]
    assert re.fullmatch(r"frame 0x\w+, count 2\n", cow["claims entry"])
    assert "readable, not executable, for user mode" in cow["entry entry"]
    for fault, who, so in FAULTS:
        text = cow[f"=explained{fault}"]
        assert who in text and so in text, f"{fault}: {text}"
    assert "COW_HANDLED" in seen["done"]["print $"]
    assert re.fullmatch(r"frame 0x\w+, count 1\n", seen["done"]["claims $e"])
    assert "readable, writable, not executable, for user mode" in seen["done"]["entry $e"]
    assert "the entry permits it now" in flat(seen["done"]["why"])
    second = flat(seen["second"]["why"])
    assert f"by pid {other} (memory)" in second
    assert "count 1 so: this is copy-on-write with a sole owner" in second, second
    locks = seen["locks"]
    name = re.search(r'"(.+)"', locks["print lock->name"])
    assert name and f'cpu 0 holds the spinlock "{name[1]}" at 0x' in locks["locks"], locks


# The end of the machine: what the kernel says (each has its test in test_kernel_end.py), and what
# `why` adds to it.
ENDS = {
    "panic: page fault in the kernel: write at 0x8, a NULL pointer plus 8": "a pointer is NULL",
    "panic: page fault in the kernel: read at user address 0x1000 outside a user copy":
        "the kernel followed a pointer of the program's",
    "panic: page fault in the kernel: write at 0xffffffff80100000, which is mapped, but not for "
    "this": "the kernel wrote to code",
    "panic: frame 0x77 is freed twice": "somebody gave up a claim",
    "panic: kernel stack overflow: the stack has grown into its guard page at 0x7": "endless recu",
    "hang: the budget of 60 million instructions ran out in the kernel": "a loop that does not end",
    "missing: mm_share is not written yet (labs/2-cow/mm_share.c)": "the function is still the",
    "audit: frame 0x77 has count 2, but 1 entries map it": "a claim is missing, or one too many",
}


def test_panic(tmp_path: Path) -> None:
    """GDB stops before the machine ends; `why` says what has happened, also afterwards."""
    seen = session(tmp_path, kernel("LAB=2", "SOLVED=2"), [
        "break page_fault if (tf->cs & 3) == 0", "#copy", "continue", "why", "backtrace",
        "break *cow_fault", "#", "continue", "set $rcx = 0", "delete", "#panic", "continue", "why",
        *ALL, "backtrace", "=console()", *[f"=ending({words!r})" for words in ENDS],
        "#ended", "continue", *ALL, "=tasks()"],
        append="init=/tests/lab2/kernel")
    copy = seen["copy"]
    assert "by the kernel in a user copy, at arch_copy_user" in flat(copy["why"])
    assert "this is copy-on-write" in flat(copy["why"])
    assert copy["backtrace"].count("<signal handler called>") == 2
    panic = seen["panic"]
    assert "the kernel found a broken invariant; `why` says more]" in flat(panic["continue"])
    why = flat(panic["why"])
    said = re.search(r"panic: (.*)", panic["=console()"])
    assert said and f"the machine is at its end: {flat(said[0])}" in why
    assert "usually: the line that is named is wrong" in why
    assert "look at: cow_fault in solutions/2-cow/cow_fault.c, the lab's code on the stack" in why
    assert "this is copy-on-write: there are 2 claims" in why
    assert re.search(r"#\d+ .*machine_exit .*\n(.*\n)*#\d+ .*panic .*\n(.*\n)*#\d+ .*cow_fault",
                     panic["backtrace"])
    assert " running " in panic["ps"]
    for words, text in ENDS.items():
        assert f"the machine is at its end: {words} usually: {text}" in \
            flat(panic[f"=ending({words!r})"]), panic[f"=ending({words!r})"]
    ended = seen["ended"]
    assert "the machine has ended; its memory is as it was then" in ended["why"]
    assert ended["why"].startswith(panic["why"].partition("\nwrite at")[0])
    assert ended["ps"] == panic["ps"] and ended["vmas 1"] == panic["vmas 1"]
    assert len(ended["ps"].splitlines()) == len(ended["=tasks()"]) + 1


def test_the_prompt_says_that_the_machine_has_ended() -> None:
    """GDB itself says no more than that a connection was closed."""
    image = kernel("LAB=2", "SOLVED=2")
    child = pexpect.spawn(sys.executable, [
        "-m", "grade", "boot", "--gdb", "--icount", "--kernel", str(image), "--initrd",
        str(image.with_name("initrd.cpio")), "--append", "init=/tests/lab2/kernel"],
        cwd=str(ROOT), timeout=PATIENCE_S, encoding="utf-8", dimensions=(24, 200))
    try:
        child.expect(r"\(gdb\) ")
        child.sendline("continue")
        child.expect(r"\[the machine has ended: pid 1 exited with status 0; its memory can still "
                     r"be looked at\]\s+[^\n]*\(gdb\) ")
        child.sendline("ps")
        child.expect("PID  PPID")
        child.sendline("quit")
        child.expect(pexpect.EOF)
        assert "the machine has ended" not in child.before
    finally:
        child.close(force=True)


def test_a_lock_taken_twice(tmp_path: Path) -> None:
    seen = session(tmp_path, kernel("LAB=2", "SOLVED=2"), ["continue", "why", "locks"],
                   append="ktest=end_lock_twice")[""]
    assert 'panic: the lock "test" is taken by the CPU that holds it' in flat(seen["why"])
    assert 'cpu 0 holds the spinlock "test" at 0x' in seen["locks"]


# Corrupt kernels. What is planted -> lines that must still say something, and what they say.

PLANTED: Dict[str, List[str]] = {
    # the list of tasks leads back to its second element
    "=corrupt(field(2, 'task.link'), field(2, 'task.link'))":
        ["ps|at \\w+ does not end: after 2 elements it leads back", "ps| 1 .*memory\\n.* 2 ",
         "memmap|does not end", "memmap|pid 1 ", "audit|does not end", "task 1|pid 1 \\(memory\\)"],
    # the list of tasks leads out of memory
    "=corrupt(field(1, 'task.link'), 0xdead000)":
        ["ps|0xdead000 is not an address", "ps| 1 .*memory", "audit|0xdead000"],
    # a wild mm
    "=corrupt(field(2, 'task.mm'), 0x123456789abc)":
        ["ps| 2 +1 \\w+ +\\? memory; its memory cannot be read: no mm.root at 0x123456789abc",
         "ps| 1 .* 49 memory", "memmap|0x123456789\\w+ is not", "memmap|pid 1 ", "cow 1|pid 1 "],
    # a page table entry that names a frame beyond memory
    "=corrupt(entry(1, 0x400000), 0x000ffffffff00025)":
        ["pte 0x400000 1|frame 0xffffffff00: present, read-only", "pte 0x400000 1|there is no fra",
         "audit|there is no frame 0xffffffff00", "memmap|0xffffffff00", "vmas 1|stack"],
    # a page directory entry that names a table beyond memory: torn in two
    "=corrupt(entry(1, 0x400000, 2), 0x00ffff0000000067)":
        ["pte 0x400000 1|physical address 0xfff0000000000 is not memory",
         "ps| 1 +0 \\w+ +\\? memory; its memory cannot be read: physical", "ps| 2 ",
         "vmas 1|cannot be read", "vmas 1|rw- .* stack", "audit|not memory", "memmap|pid 2 "],
    # a page table that leads back to its top
    "=corrupt(entry(1, 0x400000, 3), (task(1).root or 0) | 7)":
        ["ps| 1 .*the page tables do not end", "vmas 1|do not end", "memmap|do not end",
         "cow 1|do not end", "pte 0x400000 1|PML4.*\\n.*PDPT.*\\n.*PD"],
    # vmas in a circle, and one that covers everything
    "=corrupt(kernel().vmas(task(1))[0].address, kernel().vmas(task(1))[0].address)":
        ["vmas 1|the list of vma.link .* does not end", "vmas 1|0x000000400000-", "audit|does not"],
    "=corrupt(kernel().vmas(task(1))[0].address + kernel().layout('vma.end')[0], -1)":
        ["vmas 1|0x000000400000-0xf{16} r-x"],
    # a table of files, and the stack of a sleeping task
    "=corrupt(field(1, 'task.files'), 0x1000)": ["fds 1|no files.end at 0x1000", "task 1|pid 1"],
    "=corrupt(field(1, 'task.sp'), 0xffffc00000000008)": ["task 1|pid 1", "ps| 1 "],
    "=corrupt(field(1, 'task.trapframe'), 0xffffc12345678000)":
        ["trapframe 1|nothing is mapped at 0xffffc12345678000", "ps| 1 "],
    "=corrupt(field(1, 'task.parent'), 0x10)": ["ps| 1 +\\? .*its parent is 0x10, which is no task",
                                                "task 1|child of 0x10, which is no"],
    # the root structure itself, its list of tasks, and the trace
    "=corrupt(kernel().elf.symbol('tine_root'), 0)": ["ps|no root structure in memory",
                                                      "why|no root structure"],
    "=corrupt(kernel().trace_va + 8, 3)": ["trace 3|impossible capacity of 3", "ps| 1 .*memory"],
    "=corrupt(kernel().trace_va + 16, 1 << 62)": ["trace 3|half written", "why|pid 2"],
    "=corrupt(kernel().cpus_va + kernel().layout('cpu.current')[0], 0x666)":
        ["ps| 1 .*memory", "task|0x66a is not an address", "why|0x66a is not an address"],
    "=corrupt(kernel().elf.symbol('held_locks') + kernel().layout('held.count')[0], 99)":
        ["locks|claims to hold 99 locks"],
    "=corrupt(kernel().elf.symbol('fs_root'), 0x1001)": ["fds 1|the directories", "vmas 1|stack"],
}
HANG_S = 15.0       # on a busy host; on an idle one each takes a fraction of a second


def test_corrupt(tmp_path: Path) -> None:
    """Whatever is destroyed: each command ends soon, says so, and shows the rest."""
    lines = ["break-fault 0x7fffffffe123", "break-fork", "continue", "continue", "continue",
             "#1", "thread 1", "ps", "=cpus()", "#2", "thread 2", "ps", "=cpus()", "thread 1"]
    commands = [line for line in ALL if line != "user"]
    for planted in PLANTED:
        lines += [f"#{planted}", planted, *[f"=timed({line!r})" for line in commands],
                  "=restore()"]
    seen = session(tmp_path, kernel("LAB=2", "SOLVED=2"), [*lines, "#after", "ps", "audit"],
                   append="init=/tests/lab1/memory", options=("--cpus", "2"))
    for number in ("1", "2"):       # the processor that GDB looks at has the star
        stars = re.findall(r"^\* +(\d+) ", seen[number]["ps"], re.MULTILINE)
        assert [str(seen[number]["=cpus()"][int(number) - 1])] == (stars or ["0"])
    assert len(seen["1"]["=cpus()"]) == 2
    wrong = []
    for planted, expected in PLANTED.items():
        section = seen[planted]
        for line in commands:
            output, seconds = section[f"=timed({line!r})"]
            check_form(line, output)
            assert seconds < HANG_S, f"{planted}: {line} took {seconds} s"
        for line, pattern in (text.split("|", 1) for text in expected):
            output = section[f"=timed({line!r})"][0]
            joined = re.sub(r"\n {5,}(?=\S)", " ", output)
            if not re.search(pattern, joined, re.MULTILINE):
                wrong.append(f"{planted}: {line}: {pattern}\n{output}")
    assert not wrong, "\n".join(wrong)
    assert "cannot" not in seen["after"]["ps"] and seen["after"]["audit"].startswith("clean")


# The handout

def same_numbers(line: str) -> str:
    """A line without what depends on the compiler: addresses and frames, and spaces."""
    return flat(re.sub(r"0x[0-9a-f]+", "0x", line))


def child_first(line: str) -> str:
    """What the session shows when the child is the first to write, as the page says."""
    for parent, child in (("*     1     0 running", "      1     0 ready"),
                          ("      2     1 ready", "*     2     1 running"),
                          ("by pid 1", "by pid 2"), ("mapped by pid 2", "mapped by pid 1")):
        line = line.replace(parent, child)
    return line


def test_handout() -> None:
    """handouts/gdb.md has every command in its table, and its session shows what it says."""
    page = (ROOT / "handouts/gdb.md").read_text(encoding="utf-8")
    rows = "".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `"))
    assert sorted(re.findall(r"`(?:tine )?([a-z-]+)", rows)) == sorted([*PLAIN, "frame"])
    session = page.partition("## Back in time")[0]      # what is behind it: tests/test_replay.py
    block = {kind: body.splitlines() for kind, body in re.findall(
        r"^```(sh|gdb|text)\n(.*?)^```$", session, re.MULTILINE | re.DOTALL)}
    program, *words = shlex.split(block["sh"][0])
    assert program == "make"
    arguments = "-batch " + " ".join(f"-ex {shlex.quote(line)}" for line in block["gdb"])
    kernel("LAB=2", "SOLVED=2")     # so that nothing has to be built
    result = make(*words, TINE_GDB_ARGS=arguments)
    shown = [same_numbers(line) for line in result.stdout.splitlines()]
    swapped = any("by pid 2 (memory)" in line for line in shown)
    for line in map(child_first, block["text"]) if swapped else block["text"]:
        assert same_numbers(line) in shown, f"{line}\n{result.stdout}{result.stderr}"
    check_form("", result.stdout + result.stderr)
    assert "error" not in result.stderr.lower()
