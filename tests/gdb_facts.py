# SPDX-License-Identifier: MIT
"""What tests ask inside GDB, by the grader's reader, past Tine's commands."""
from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

import gdb
from tine import machine, why
from tine.command import command

from grade.console import Console
from grade.elf import Elf
from grade.outside import audit, frame_of
from grade.reader import Kernel, Memory, Task


def kernel() -> Kernel:
    """The kernel as it is at this stop."""
    fd, size = map(int, os.environ["TINE_MEMORY"].split(":"))
    return Kernel(Memory(fd, size), Elf(Path(gdb.current_progspace().filename)))


def task(pid: int) -> Task:
    """A task by its pid."""
    return next(one for one in kernel().tasks() if one.pid == pid)


def tasks() -> List[Tuple[int, str, int]]:
    """(pid, name, pages) of each task."""
    seen = kernel()
    return [(one.pid, one.name, seen.pages_mapped(one)) for one in seen.tasks()]


def cpus() -> List[int]:
    """The pids that the first two processors run."""
    return [current.pid for cpu in (0, 1) for current in [kernel().current(cpu)] if current]


def console() -> str:
    """What the guest has printed."""
    return Path(os.environ["TINE_CONSOLE"]).read_text(encoding="utf-8").replace("\r", "")


def shared_pages(pid: int) -> int:
    """How many pages a task maps whose frame another page table maps too."""
    seen = kernel()
    roots = {one.root for one in seen.tasks() if one.root}
    maps = Counter(frame_of(leaf.pte) for root in roots for leaf in seen.leaves(root)
                   if leaf.mapped)
    return sum(maps[frame_of(leaf.pte)] > 1 for leaf in seen.leaves(task(pid).root or 0))


def frames() -> int:
    """How many frames tasks map."""
    seen = kernel()
    return len({frame_of(leaf.pte) for one in seen.tasks() if one.root
                for leaf in seen.leaves(one.root) if leaf.mapped})


def findings() -> List[str]:
    """What the grader's own audit finds."""
    return audit(kernel())


def events(count: int) -> List[str]:
    """The last events."""
    return [str(event) for event in kernel().ring().events[-count:]]


def pte(pid: int, va: int) -> int:
    """The entry of a page of a task."""
    *_, last = kernel().steps(task(pid).root or 0, va)
    return last.pte


def entry(pid: int, va: int, level: int = 1) -> int:
    """The kernel's address of an entry on the way to a page of a task."""
    seen = kernel()
    step = next(one for one in seen.steps(task(pid).root or 0, va) if one.level == level)
    return seen.direct_map + step.table + 8 * step.index


def field(pid: int, name: str) -> int:
    """The kernel's address of a field of a task, or of its mm."""
    structure = task(pid).address if name.startswith("task.") else task(pid).mm
    return structure + kernel().layout(name)[0]


def u64(va: int) -> int:
    """The number at an address."""
    return int.from_bytes(bytes(gdb.selected_inferior().read_memory(va, 8)), "little")


_saved: Dict[int, int] = {}


def corrupt(va: int, value: int) -> None:
    """Writes to the kernel's memory; restore() undoes it."""
    _saved.setdefault(va, u64(va))
    gdb.selected_inferior().write_memory(va, (value % (1 << 64)).to_bytes(8, "little"))


def restore() -> None:
    """Undoes what corrupt() has done."""
    for va, value in _saved.items():
        gdb.selected_inferior().write_memory(va, value.to_bytes(8, "little"))
    _saved.clear()


def timed(line: str) -> Tuple[str, float]:
    """What a command prints, or the error it raises, and how many seconds it took."""
    start = time.monotonic()
    try:
        output = gdb.execute(line, to_string=True)
    except gdb.error as error:
        output = f"error: {error}"
    return output, time.monotonic() - start


def through_stub(line: str) -> str:
    """What a command prints when the memory is read through QEMU's GDB stub."""
    memory = list(machine._memory)
    machine._memory[:] = [machine.StubMemory()]
    try:
        return str(gdb.execute(line, to_string=True))
    finally:
        machine._memory[:] = memory


def explained(pid: int, va: int, error: int, pc: Optional[int] = None) -> str:
    """What `why` would say about a fault."""
    fault = why.Fault(task(pid), va, error, 0x400000 if pc is None else pc)
    return " ".join(" ".join(why.explain(kernel(), fault)).split())


def ending(words: str) -> str:
    """What `why` says when this was the kernel's last line."""
    return "\n".join(why.ending(Console([], [words])))


def planted() -> str:
    """What a command prints that has a mistake in it."""
    def body(words: List[str]) -> Iterator[str]:
        raise KeyError(words[0])

    command("planted")(body)
    return timed("planted planted")[0]


def level() -> int:
    """Which frame of the backtrace GDB has selected."""
    return int(gdb.selected_frame().level())


def user_pc() -> Any:
    """Where the backtrace reaches the program; None if it does not."""
    frame = gdb.newest_frame()
    while frame is not None:
        if frame.pc() < 1 << 47:
            return int(frame.pc())
        frame = frame.older()
    return None
