# SPDX-License-Identifier: MIT
"""Commands about tasks: ps, task, fds, trapframe, sysargs."""
from __future__ import annotations

import signal
from typing import Iterator, List, Optional

from tine import calls, machine, programs
from tine.command import command
from tine.memory import names_of

from grade.events import VECTOR_NAMES
from grade.parts import (TRAP_SYSCALL, Trapframe, backtrace, inode_name, open_files,
                         read_trapframe, user_trapframe)
from grade.reader import Kernel, ReaderError, Task, readable

RUNNING, SLEEPING = 0, 1        # enum task_state
ACCESS_MODES = ("read", "write", "read, write")
FLAGS = ((0o2000, "append"), (0o4000, "nonblock"), (0o200000, "directory"), (0o2000000, "cloexec"))
SHOWN_IN = ("rip rsp rflags", "rax rbx rcx rdx", "rsi rdi rbp r8", "r9 r10 r11 r12", "r13 r14 r15")


def state_words(kernel: Kernel, address: int) -> str:
    """Returns what a task is doing, as one word."""
    if kernel.read_field(address, "task.exited"):
        return "zombie"
    state = kernel.read_field(address, "task.state")
    if state == RUNNING:
        return "running" if cpu_of(kernel, address) is not None else "ready"
    if state == SLEEPING:
        return "sleeping" if kernel.read_field(address, "task.interruptible") else "waiting"
    return f"state {state}?"


def cpu_of(kernel: Kernel, address: int) -> Optional[int]:
    """Returns the processor that runs the task at `address`, or None."""
    stride = kernel.layout("cpu")[1]
    for cpu in range(min(kernel.cpu_count, 256)):
        if kernel.read_field(kernel.cpus_va + cpu * stride, "cpu.current") == address:
            return cpu
    return None


def someone(kernel: Kernel, address: int) -> str:
    """Returns what name_at does, or that there is no task."""
    try:
        return name_at(kernel, address)
    except ReaderError:
        return f"{address:#x}, which is no task"


def name_at(kernel: Kernel, address: int) -> str:
    """Returns `pid 3 (sh)` for the task at an address, even if it has nothing else to read."""
    offset, size = kernel.layout("task.name")
    name = kernel.read(address + offset, size).split(b"\0")[0].decode(errors="replace")
    pid = kernel.read_field(address, "task.pid")
    return f"pid {pid if pid < 1 << 31 else pid - (1 << 32)} ({name})"


@command("ps")
def ps(words: List[str]) -> Iterator[str]:
    """Lists all tasks: ps

    For each: pid, parent, what it does, how many pages have a frame, the program's name. It is
    `running` on a processor (a star: on the one that GDB looks at), `ready` to run, `sleeping`,
    `waiting` (asleep, and signals do not wake it), or a `zombie`.

    Example: ps"""
    kernel = machine.kernel()
    mine = machine.current_address(kernel)
    problems: List[str] = []
    yield "    PID  PPID STATE    PAGES NAME"
    if not kernel.frames_va:
        yield "  none yet: the kernel has not set itself up"
        return
    for address in readable(kernel.walk_list(kernel.tasks_va, "task.link"), problems):
        try:
            yield ("* " if address == mine else "  ") + _row(kernel, address)
        except ReaderError as error:
            yield f"  the task at {address:#x} cannot be read: {error}"
    yield from problems


def _row(kernel: Kernel, address: int) -> str:
    parent = kernel.read_field(address, "task.parent")
    pid = kernel.read_field(address, "task.pid")
    name = name_at(kernel, address).partition(" (")[2][:-1]
    try:
        ppid = str(kernel.read_field(parent, "task.pid")) if parent else "0"
    except ReaderError:
        ppid, name = "?", f"{name}; its parent is {someone(kernel, parent)}"
    try:
        pages = str(kernel.pages_mapped(kernel.task(address)))
    except ReaderError as error:
        pages, name = "?", f"{name}; its memory cannot be read: {error}"
    return f"{pid:5} {ppid:>5} {state_words(kernel, address):8} {pages:>5} {name}"


def _signals(mask: int) -> str:
    names = []
    for number in range(1, 65):
        if mask >> number - 1 & 1:
            try:
                names.append(signal.Signals(number).name)
            except ValueError:
                names.append(f"signal {number}")
    return " ".join(names) or "none"


@command("task", complete=machine.pids)
def task_command(words: List[str]) -> Iterator[str]:
    """Says what there is to know about a task: task [PID]

    Family, state and where it sleeps, memory, files, signals, and where it is in its program.
    Without PID: the current task.

    Example: task 1"""
    kernel = machine.kernel()
    task = machine.find_task(kernel, words)
    at = task.address
    problems: List[str] = []
    parent = kernel.read_field(at, "task.parent")
    yield (f"pid {task.pid} ({task.name}), struct task at {at:#x}, group "
           f"{kernel.read_field(at, 'task.pgid')}, session {kernel.read_field(at, 'task.sid')}")
    children = [someone(kernel, one) for one in readable(_children(kernel, at), problems)]
    yield f"  family: child of {someone(kernel, parent) if parent else 'nobody'}; " + (
        f"parent of {', '.join(children)}" if children else "no children")
    yield from _doing(kernel, task)
    if task.mm and task.root:
        owners = kernel.read_field(task.mm, "mm.owners")
        pages = sum(leaf.mapped for leaf in readable(kernel.leaves(task.root), problems))
        yield (f"  memory: {pages} pages, struct mm at {task.mm:#x} of {owners} "
               f"task{'s' * (owners != 1)}, page table at physical {task.root:#x}")
    names = names_of(kernel, problems)
    fs = kernel.read_field(at, "task.fs")
    files = sum(1 for _ in readable(open_files(kernel, task, names), problems))
    where = inode_name(kernel, kernel.read_field(fs, "fs.cwd"), names) if fs else "nowhere"
    yield f"  files: {files} open, working directory {where}"
    yield (f"  signals: pending {_signals(kernel.read_field(at, 'task.pending'))}, "
           f"blocked {_signals(kernel.read_field(at, 'task.blocked'))}")
    frame = user_trapframe(kernel, task)
    if at == machine.current_address(kernel) and machine.in_user_mode():
        yield f"  program: at {programs.place(kernel, task, machine.register('rip'))}, in user mode"
    elif frame:
        yield (f"  program: at {programs.place(kernel, task, frame['rip'])}, "
               f"{origin(kernel, frame)}")
    yield from problems


def _children(kernel: Kernel, parent: int) -> Iterator[int]:
    """Yields the tasks whose parent is the one at an address."""
    for address in kernel.walk_list(kernel.tasks_va, "task.link"):
        if kernel.read_field(address, "task.parent") == parent:
            yield address


def _doing(kernel: Kernel, task: Task) -> Iterator[str]:
    """The line about a task's state."""
    at = task.address
    state = state_words(kernel, at)
    if state == "zombie":
        killer = kernel.read_field(at, "task.killed_by")
        yield "  state: zombie, " + (f"killed by {_signals(1 << killer - 1)}" if 0 < killer < 65
                                     else f"exit code {kernel.read_field(at, 'task.exit_code')}")
        return
    cpu = cpu_of(kernel, at)
    if cpu is not None:
        yield f"  state: running on cpu {cpu}"
        return
    try:
        calls_in = [machine.function(kernel, pc - 1) for pc in backtrace(kernel, task)]
        yield f"  state: {state}, in {' < '.join(calls_in)}"
    except ReaderError as error:
        yield f"  state: {state}; its kernel stack cannot be read: {error}"


@command("fds", complete=machine.pids)
def fds(words: List[str]) -> Iterator[str]:
    """Lists the descriptors of a task: fds [PID]

    For each: what it is, what it was opened for, whether it closes on exec, the offset, and how
    many descriptors share that open file, of this task and of others. Without PID: the current
    task.

    Example: fds 1"""
    kernel = machine.kernel()
    task = machine.find_task(kernel, words)
    problems: List[str] = []
    names = names_of(kernel, problems)
    yield f"pid {task.pid} ({task.name})"
    yield "   FD SHARED     OFFSET FILE"
    for one in readable(open_files(kernel, task, names), problems):
        mode = ACCESS_MODES[one.readable + 2 * one.writable - 1] if one.readable or one.writable \
            else "no access"
        flags = [name for bit, name in FLAGS if one.flags & bit]
        flags += ["closes on exec"] if one.closes else []
        yield (f"  {one.fd:3} {one.count:6} {one.offset:10} {one.name} "
               f"({', '.join([mode, *flags])})")
    yield from problems


# Registers and calls

def origin(kernel: Kernel, frame: Trapframe) -> str:
    """Returns how a program came into the kernel: by which call, or exception."""
    vector = frame["vector"]
    if vector == TRAP_SYSCALL:
        name = kernel.formats.syscalls.get(frame["error"], f"number {frame['error']}")
        return f"by the system call {name}"
    if vector in VECTOR_NAMES:
        return f"by exception {vector} ({VECTOR_NAMES[vector]}), error code {frame['error']:#x}"
    return f"by interrupt {vector}" if vector < TRAP_SYSCALL else "as it was started"


def newest_trapframe(kernel: Kernel, words: List[str]) -> Optional[Trapframe]:
    """Returns the trapframe of a stop: the innermost; or, for a task, that of its user mode."""
    if not words:
        for address in machine.trapframes(kernel):
            return read_trapframe(kernel, address)
    return user_trapframe(kernel, machine.find_task(kernel, words))


@command("trapframe", complete=machine.pids)
def trapframe(words: List[str]) -> Iterator[str]:
    """Shows the registers of whoever was interrupted: trapframe [PID]

    Without PID: those that the innermost entry into the kernel stored, or, if the processor is in
    user mode, those of the last time. With PID: as that task left user mode.

    Example: trapframe"""
    kernel = machine.kernel()
    frame = newest_trapframe(kernel, words)
    if frame is None:
        yield "there is none: this task has no memory of its own, or has given it back"
        return
    task = machine.find_task(kernel, words)
    where = programs.place(kernel, task, frame["rip"]) if frame.from_user else \
        machine.function(kernel, frame["rip"])
    yield (f"trapframe at {frame.address:#x}: {'user' if frame.from_user else 'kernel'} mode, "
           f"{origin(kernel, frame)}")
    yield f"  at {where}"
    for row in SHOWN_IN:
        yield "  " + "  ".join(f"{name:3} {frame[name]:016x}" for name in row.split())


@command("sysargs", complete=machine.pids)
def sysargs(words: List[str]) -> Iterator[str]:
    """Decodes the system call that is under way: sysargs [PID]

    Name and arguments as the C library knows them: paths and other strings are read from the task's
    memory, flags are words, descriptors say which file. Without PID: the current task.

    Example: sysargs"""
    kernel = machine.kernel()
    task = machine.find_task(kernel, words)
    frame = user_trapframe(kernel, task)
    if frame is None:
        yield f"pid {task.pid} ({task.name}) has no user mode"
        return
    if not frame.is_syscall:
        yield (f"pid {task.pid} ({task.name}) is in no system call: it has entered the kernel last "
               f"{origin(kernel, frame)}")
        return
    late = machine.in_user_mode() and machine.current_address(kernel) == task.address
    problems: List[str] = []
    names = names_of(kernel, problems)
    text = calls.describe(kernel, task, frame, names)
    yield f"pid {task.pid} ({task.name}){' was last in' if late else ':'} {text}"
    yield from problems
