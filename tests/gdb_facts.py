# SPDX-License-Identifier: MIT
"""What tests ask inside GDB, by the grader's reader, past Tine's commands."""
from __future__ import annotations

import os
import re
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
        """Has a mistake in it: planted NAME"""
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


def stack() -> List[Tuple[str, str, int]]:
    """(function, file, line) of each frame, the newest first."""
    found: List[Tuple[str, str, int]] = []
    frame = gdb.newest_frame()
    while frame is not None and len(found) < 100:
        sal = frame.find_sal()
        found.append((frame.name() or "", sal.symtab.filename if sal.symtab else "", sal.line))
        try:
            frame = frame.older()
        except gdb.error:
            break
    return found


def registers() -> Dict[str, str]:
    """The registers that a program can see, but for those of the FPU, as GDB shows them."""
    names = ("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "rip", "eflags", "cs", "ss",
             *(f"r{number}" for number in range(8, 16)))
    return {name: str(gdb.newest_frame().read_register(name)) for name in names}


def numbered(count: int) -> List[str]:
    """The last events of the trace, each with its number."""
    ring = kernel().ring()
    return [f"{ticket} {event}" for ticket, event in list(zip(ring.tickets, ring.events))[-count:]]


def number(pattern: str) -> int:
    """The number of the last event that matches."""
    ring = kernel().ring()
    return max(ticket for ticket, event in zip(ring.tickets, ring.events)
               if re.search(pattern, str(event)))


def count_address(pattern: str) -> int:
    """Where the count is of the frame that the last matching event maps."""
    seen = kernel()
    event = [str(one) for one in seen.ring().events if re.search(pattern, str(one))][-1]
    found = re.search(r" new=(0x[0-9a-f]+):", event)
    assert found, event
    address: int = seen.frames_va + int(found[1], 16) * seen.layout("frame")[1]
    return address + seen.layout("frame.count")[0]


def position() -> List[Any]:
    """What tells this moment from others: registers, and how many events there have been."""
    return [registers(), len(kernel().ring().events)]


def remember() -> int:
    """How many events there are; `totals` has them all."""
    totals.append(len(kernel().ring().events))
    return totals[-1]


def round_trip(share: float, steps: int) -> Dict[str, Any]:
    """Moves about: to the event at a share of those remembered, so many steps back, forward again,
    and to the last store to the head of the trace. What each move took, and where it led."""
    event = int(share * totals[0])
    found: Dict[str, Any] = {"event": event, "goto": timed(f"goto {event}"), "at": numbered(1),
                             "before": position()}
    found["rewind"] = timed(f"rewind {steps}")
    found["rewound"] = position()
    gdb.execute(f"stepi {steps}", to_string=True)
    found["after"] = position()
    found["last-write"] = timed("last-write &trace_ring.head")
    found["stack"] = stack()[:2]
    return found


totals: List[int] = []
