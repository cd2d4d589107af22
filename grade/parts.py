# SPDX-License-Identifier: MIT
"""What a task has beside its memory, seen from outside: registers, open files, names, locks.

As in the reader: every walk is bounded, and whatever is wrong becomes a ReaderError.
"""
from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Dict, Iterator, List, Optional, Set

from grade.elf import ElfError
from grade.reader import PAGE_SIZE, Kernel, ReaderError, Task

# struct trapframe of the x86-64: what entry.asm and the processor store.
REGISTERS = ("r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx",
             "rdx", "rsi", "rdi", "vector", "error", "rip", "cs", "rflags", "rsp", "ss")
TRAP_SYSCALL = 256      # in the place of a vector: a system call, whose number is the error code
ARGUMENTS = ("rdi", "rsi", "rdx", "r10", "r8", "r9")
S_IFMT = 0o170000
FILE_TYPES = {0o010000: "pipe", 0o020000: "device", 0o040000: "directory", 0o100000: "file",
              0o120000: "link"}
NAMES_LIMIT = 1 << 14       # entries of all directories
DEPTH_LIMIT = 64            # functions of a backtrace
SWITCH_REGISTERS = 6        # what context_switch leaves on a stack, r15 first
SAVED_RBP = 4               # which of them is rbp
CPU_LIMIT = 256
HELD_LIMIT = 64
STRING_LIMIT = 256


@dataclass(frozen=True)
class Trapframe:
    """The registers of a program that was interrupted, or made a system call."""

    address: int
    registers: Dict[str, int]

    def __getitem__(self, name: str) -> int:
        return self.registers[name]

    @property
    def from_user(self) -> bool:
        """Whether it was in user mode."""
        return self.registers["cs"] & 3 == 3

    @property
    def is_syscall(self) -> bool:
        """Whether it made a system call."""
        return self.registers["vector"] == TRAP_SYSCALL

    def arguments(self) -> List[int]:
        """The system call's six arguments."""
        return [self.registers[name] for name in ARGUMENTS]


@dataclass(frozen=True)
class OpenFile:
    """A descriptor of a task. `count`: how many descriptors, and calls under way, share the open
    file; `name` as words; `closes`: whether it closes on exec."""

    fd: int
    address: int
    inode: int
    flags: int
    offset: int
    count: int
    readable: bool
    writable: bool
    name: str
    closes: bool


@dataclass(frozen=True)
class HeldLock:
    """A spinlock that a processor holds, or (`wanted`) waits for; then `holder` is who has it."""

    cpu: int
    address: int
    name: str
    wanted: bool
    holder: Optional[int]


def read_trapframe(kernel: Kernel, address: int) -> Trapframe:
    """Returns the trapframe at an address of the kernel, such as one on a kernel stack."""
    size = kernel.layout("trapframe")[1]
    if size != 8 * len(REGISTERS):
        raise ReaderError(f"a trapframe has {size} bytes, known are {8 * len(REGISTERS)}")
    raw = kernel.read_mapped(kernel.kernel_pt, address, size)
    return Trapframe(address, dict(zip(REGISTERS, struct.unpack(f"<{len(REGISTERS)}Q", raw))))


def user_trapframe(kernel: Kernel, task: Task) -> Optional[Trapframe]:
    """Returns a task's registers in user mode, as it left that last; None for a kernel thread."""
    address = kernel.read_field(task.address, "task.trapframe")
    return read_trapframe(kernel, address) if address and task.mm else None


def backtrace(kernel: Kernel, task: Task) -> List[int]:
    """Returns where a task that does not run has left the kernel's code: addresses behind calls,
    the innermost first. A chain that is broken ends there."""
    top = kernel.read_field(task.address, "task.kstack_top")
    sp = kernel.read_field(task.address, "task.sp")
    words = struct.unpack(f"<{SWITCH_REGISTERS + 1}Q", kernel.read_mapped(
        kernel.kernel_pt, sp, 8 * (SWITCH_REGISTERS + 1)))
    found, frame = [words[SWITCH_REGISTERS]], words[SAVED_RBP]
    while len(found) < DEPTH_LIMIT and sp <= frame <= top - 16 and frame % 8 == 0:
        above, pc = struct.unpack("<2Q", kernel.read_mapped(kernel.kernel_pt, frame, 16))
        if not pc:
            break
        found.append(pc)
        if above <= frame:
            break
        frame = above
    return found


# Files

def paths(kernel: Kernel) -> Dict[int, str]:
    """Returns a path of each inode that a directory names, by the inode's address."""
    root = int.from_bytes(kernel.read(kernel.elf.symbol("fs_root"), 8), "little")
    if not root:
        return {}
    found = {root: "/"}
    waiting = [root]
    for directory in waiting:
        above = found[directory].rstrip("/")
        head = directory + kernel.layout("inode.entries")[0]
        for entry in kernel.walk_list(head, "entry.link"):
            inode = kernel.read_field(entry, "entry.inode")
            if inode in found:
                continue
            if len(found) > NAMES_LIMIT:
                raise ReaderError("the directories do not end")
            length = kernel.read_field(entry, "entry.length")
            name = kernel.read(entry + kernel.layout("entry.name")[0], length)
            found[inode] = f"{above}/{name.decode(errors='replace')}"
            if kernel.read_field(inode, "inode.mode") & S_IFMT == 0o040000:
                waiting.append(inode)
    return found


def inode_name(kernel: Kernel, inode: int, names: Dict[int, str]) -> str:
    """Returns a path of an inode, or what it is instead."""
    if inode in names:
        return names[inode]
    mode = kernel.read_field(inode, "inode.mode")
    kind = FILE_TYPES.get(mode & S_IFMT, f"mode {mode:#o}")
    return f"{kind} {kernel.read_field(inode, 'inode.number')}, without a name"


def open_files(kernel: Kernel, task: Task, names: Dict[int, str]) -> Iterator[OpenFile]:
    """Yields what a task has open, by descriptor. `names`: from paths()."""
    files = kernel.read_field(task.address, "task.files")
    if not files:
        return
    offset, size = kernel.layout("files.chunks")
    in_chunk = kernel.layout("files.chunk")[1] // 8
    end = kernel.read_field(files, "files.end")
    if not 0 <= end <= size // 8 * in_chunk:
        raise ReaderError(f"the table of files at {files:#x} claims {end} descriptors")
    where, flag_bytes = kernel.layout("files.close_on_exec")
    flags = int.from_bytes(kernel.read(files + where, flag_bytes), "little")
    for number in range(-(-end // in_chunk)):
        chunk = int.from_bytes(kernel.read(files + offset + 8 * number, 8), "little")
        if not chunk:
            continue
        for index, file in enumerate(struct.unpack(f"<{in_chunk}Q",
                                                   kernel.read(chunk, 8 * in_chunk))):
            if file:
                fd = number * in_chunk + index
                yield _open_file(kernel, fd, file, names, bool(flags >> fd & 1))


def _open_file(kernel: Kernel, fd: int, file: int, names: Dict[int, str],
               closes: bool) -> OpenFile:
    inode = kernel.read_field(file, "file.inode")
    return OpenFile(fd, file, inode, kernel.read_field(file, "file.flags"),
                    kernel.read_field(file, "file.offset"), kernel.read_field(file, "file.count"),
                    bool(kernel.read_field(file, "file.readable")),
                    bool(kernel.read_field(file, "file.writable")),
                    inode_name(kernel, inode, names) if inode else
                    "set aside for an open under way", closes)


# Locks

def string(kernel: Kernel, va: int) -> str:
    """Returns a constant string of the kernel; what cannot be read becomes a question mark."""
    try:
        return kernel.elf.read_string(va) if va else "?"
    except ElfError:
        return "?"


def _cpu_of(kernel: Kernel, address: int) -> Optional[int]:
    distance, stride = address - kernel.cpus_va, kernel.layout("cpu")[1]
    known = 0 <= distance < stride * min(kernel.cpu_count, CPU_LIMIT) and distance % stride == 0
    return distance // stride if known else None


def held_locks(kernel: Kernel) -> Iterator[HeldLock]:
    """Yields the spinlocks that processors hold, in the order in which they were taken, and those
    that they wait for. Which are held is known to checking kernels alone."""
    stride = kernel.layout("held")[1]
    offset, size = kernel.layout("held.locks")
    table = kernel.elf.symbols.get("held_locks")
    for cpu in range(min(kernel.cpu_count, CPU_LIMIT)):
        base = kernel.cpus_va + cpu * kernel.layout("cpu")[1]
        count = kernel.read_field(table + cpu * stride, "held.count") if table else 0
        if count > size // 8 or count > HELD_LIMIT:
            raise ReaderError(f"cpu {cpu} claims to hold {count} locks")
        for index in range(count):
            assert table
            at = table + cpu * stride + offset + 8 * index
            yield _lock(kernel, cpu, int.from_bytes(kernel.read(at, 8), "little"), False)
        wanted = kernel.read_field(base, "cpu.wanted_lock")
        if wanted:
            yield _lock(kernel, cpu, wanted, True)


def _lock(kernel: Kernel, cpu: int, address: int, wanted: bool) -> HeldLock:
    return HeldLock(cpu, address, string(kernel, kernel.read_field(address, "spinlock.name")),
                    wanted, _cpu_of(kernel, kernel.read_field(address, "spinlock.holder")))


@dataclass(frozen=True)
class HeldMutex:
    """A sleeping lock that a task holds, and how many wait for it. `of`: whose it is, as words."""

    name: str
    of: str
    holder: int
    waiters: int


def _mutex(kernel: Kernel, address: int, of: str) -> Iterator[HeldMutex]:
    holder = kernel.read_field(address, "mutex.holder")
    if holder:
        yield HeldMutex(string(kernel, kernel.read_field(address, "mutex.name")), of,
                        kernel.read_field(holder, "task.pid"),
                        kernel.read_field(address, "mutex.waiters"))


def held_mutexes(kernel: Kernel, tasks: List[Task], names: Dict[int, str]) -> Iterator[HeldMutex]:
    """Yields the sleeping locks that are held: of all names, of address spaces, of the files that
    have a name. `names`: from paths()."""
    if "names_lock" in kernel.elf.symbols:
        yield from _mutex(kernel, kernel.elf.symbol("names_lock"), "all directories")
    seen: Set[int] = set()
    for task in tasks:
        if task.mm and task.mm not in seen:
            seen.add(task.mm)
            yield from _mutex(kernel, task.mm + kernel.layout("mm.lock")[0],
                              f"the memory of pid {task.pid} ({task.name})")
    for inode, name in names.items():
        for field in ("inode.mutex", "inode.cache"):
            yield from _mutex(kernel, inode + kernel.layout(field)[0], name)


def read_page(kernel: Kernel, task: Task, va: int) -> Optional[bytes]:
    """Returns the bytes of a page of a task's memory, or None if it has no frame."""
    if task.root is None:
        return None
    try:
        return kernel.memory.read(kernel.translate(task.root, va) & ~(PAGE_SIZE - 1), PAGE_SIZE)
    except ReaderError:
        return None
