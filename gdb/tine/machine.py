# SPDX-License-Identifier: MIT
"""The machine that GDB has stopped: its memory from outside, and its registers.

`make gdb` hands the file that backs the guest's memory down to GDB (TINE_MEMORY). Without it, as
after a plain `target remote`, physical memory is read through QEMU's GDB stub, which is slower.
"""
from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import gdb
from tine.command import UsageError

from grade.elf import Elf
from grade.events import Formats
from grade.reader import Kernel, Memory, ReaderError, Task

STUB_MEMORY_LIMIT = 1 << 40     # bytes; what is not there cannot be read
FRAMES_LIMIT = 256      # of a backtrace
U64 = (1 << 64) - 1


class StubMemory(Memory):
    """The guest's physical memory, read through QEMU's GDB stub."""

    def __init__(self) -> None:
        super().__init__(b"", 0)
        self.size = STUB_MEMORY_LIMIT

    def read(self, pa: int, size: int) -> bytes:
        """Returns `size` bytes at physical address `pa`. Raises ReaderError."""
        try:
            gdb.execute("maintenance packet Qqemu.PhyMemMode:1", to_string=True)
        except gdb.error:
            raise ReaderError("there is no machine to read from: start GDB by `make gdb`, or "
                              "connect it to QEMU's GDB stub")
        try:
            return bytes(gdb.selected_inferior().read_memory(pa, size))
        except (gdb.error, OverflowError, ValueError):
            raise ReaderError(f"physical address {pa:#x} is not memory")
        finally:
            gdb.execute("maintenance packet Qqemu.PhyMemMode:0", to_string=True)


def _open_memory() -> Memory:
    text = os.environ.get("TINE_MEMORY", "")
    try:
        fd, size = map(int, text.split(":"))
        return Memory(fd, size)
    except (ValueError, OSError):
        return StubMemory()


_memory: List[Memory] = []
_known: Dict[Tuple[str, float], Tuple[Elf, Formats]] = {}


def kernel() -> Kernel:
    """Returns the kernel as it is now. Raises ReaderError if there is none to be read."""
    name = gdb.current_progspace().filename
    if not name:
        raise ReaderError("no kernel is known: `file build/.../tine.elf` names it")
    key = name, os.stat(name).st_mtime
    if key not in _known:
        elf = Elf(Path(name))
        _known[key] = elf, Formats(elf)
    if not _memory:
        _memory.append(_open_memory())
    return Kernel(_memory[0], *_known[key])


def console_path() -> Optional[Path]:
    """Returns the file that the guest's console goes to, if it is known."""
    name = os.environ.get("TINE_CONSOLE")
    return Path(name) if name else None


def register(name: str) -> int:
    """Returns a register of the selected processor. Raises gdb.error when there is none."""
    value: int = int(gdb.parse_and_eval(f"${name}").cast(gdb.lookup_type("unsigned long")))
    return value & U64


def running() -> bool:
    """Whether there is a machine, stopped, whose registers can be read."""
    return gdb.selected_thread() is not None


def cpu_number(seen: Kernel) -> int:
    """Returns the number of the processor that GDB has selected; 0 once the machine has ended.

    GS says it, for user mode swaps it away but does not lose it.
    """
    if not running():
        return 0
    stride = seen.layout("cpu")[1]
    for name in ("gs_base", "k_gs_base"):
        try:
            distance: int = register(name) - seen.cpus_va
        except gdb.error:
            continue
        if 0 <= distance < stride * seen.cpu_count and distance % stride == 0:
            return distance // stride
    return int(gdb.selected_thread().num) - 1


def current(seen: Kernel) -> Optional[Task]:
    """Returns the task that the selected processor runs, if any."""
    return seen.current(cpu_number(seen))


def current_address(seen: Kernel) -> int:
    """Returns the address of the current task, or 0; what is there need not be readable."""
    stride = seen.layout("cpu")[1]
    return seen.read_field(seen.cpus_va + cpu_number(seen) * stride, "cpu.current")


def top_table(seen: Kernel) -> int:
    """Returns the physical address of the top-level table that the processor uses, where there is
    no task. Raises ReaderError before there is any."""
    table: int = seen.kernel_pt
    if table:
        return table
    if running() and register("cr0") >> 31:
        return register("cr3")
    raise ReaderError("there are no page tables yet: the machine has just been switched on")


def in_user_mode() -> bool:
    """Whether the selected processor is in user mode; not once the machine has ended."""
    return running() and register("cs") & 3 == 3


def trapframes(seen: Kernel) -> List[int]:
    """Returns the addresses of the trapframes on the selected processor's kernel stack, the newest
    first: where the backtrace leaves the kernel, or an interrupted function in it."""
    found: List[int] = []
    if not running() or in_user_mode():
        return found
    frame = gdb.newest_frame()
    for _ in range(FRAMES_LIMIT):
        try:
            if frame is None:
                break
            if frame.type() == gdb.SIGTRAMP_FRAME and frame.pc() >= seen.kernel_base:
                found.append(int(frame.read_register("rsp")) & U64)
            frame = frame.older()
        except gdb.error:
            break
    return found


def function(seen: Kernel, pc: int) -> str:
    """Returns the kernel's function at an address, as NAME+0xOFFSET, or the address."""
    name = seen.elf.function_at(pc)
    if name is None and pc >= seen.kernel_base:     # assembly: GDB knows where its labels are
        words = gdb.execute(f"info symbol {pc:#x}", to_string=True).split()
        name = re.split(r"[.\[]", words[0])[0] if words[0] != "No" else None
    return name or f"{pc:#x}"


def find_task(seen: Kernel, words: List[str]) -> Task:
    """Returns the task whose pid is the only word; without one, the current task."""
    if not words:
        task = current(seen)
        if task is None:
            raise UsageError("no task runs on this processor; say which: its PID")
        return task
    pid = number(words[0])
    for address in seen.walk_list(seen.tasks_va, "task.link"):
        if seen.read_field(address, "task.pid") == pid:
            return seen.task(address)
    raise UsageError(f"there is no task {pid}; `tine ps` lists them")


def number(text: str) -> int:
    """Returns the value of an expression: a number, a symbol, a register, anything C can say."""
    try:
        value = gdb.parse_and_eval(text)
        if value.type.strip_typedefs().code == gdb.TYPE_CODE_FUNC:
            value = value.address
        result: int = int(value) & U64
    except gdb.error as error:
        raise UsageError(f"'{text}' is not a number: {error}")
    return result


def read_u64(va: int) -> int:
    """Returns the 64-bit number at an address that GDB can read, or, once the machine has ended,
    at one of the kernel's. Raises UsageError."""
    try:
        if not running():
            return int.from_bytes(kernel().read(va, 8), "little")
        return int.from_bytes(bytes(gdb.selected_inferior().read_memory(va, 8)), "little")
    except (gdb.error, OverflowError, ReaderError):
        raise UsageError(f"nothing can be read at {va:#x}")


def pids() -> List[str]:
    """Returns the pids of all tasks, for completion."""
    seen = kernel()
    return [str(seen.read_field(address, "task.pid"))
            for address in seen.walk_list(seen.tasks_va, "task.link")]
