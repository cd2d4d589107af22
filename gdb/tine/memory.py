# SPDX-License-Identifier: MIT
"""Commands about memory: pte."""
from __future__ import annotations

from typing import Iterator, List

from tine import machine
from tine.command import UsageError, command, tolerant

from grade.events import (PTE_FRAME, PTE_LARGE, PTE_NX, PTE_PRESENT, PTE_PROTNONE, PTE_USER,
                          PTE_WRITE)
from grade.outside import PTE_ACCESSED, PTE_DIRTY, frame_of

TABLES = {4: "PML4", 3: "PDPT", 2: "PD", 1: "PT"}


def entry_words(pte: int) -> str:
    """Returns what an entry says, in words; `entry` of the handouts."""
    if pte == 0:
        return "empty"
    text = f"frame {frame_of(pte):#x}, "
    if not pte & PTE_PRESENT:
        return text + ("present, but nobody may touch it (PROT_NONE)" if pte & PTE_PROTNONE else
                       "not present")
    return text + ", ".join((
        "readable, writable" if pte & PTE_WRITE else "readable",
        "not executable" if pte & PTE_NX else "executable",
        "for user mode" if pte & PTE_USER else "for the kernel only"))


@command("pte", symbols=True)
def pte(words: List[str]) -> Iterator[str]:
    """Shows how the processor translates an address: pte VA [PID]

    The walk level by level: which table, which entry, its bits in words; then the frame and how
    many claims there are to it. Without PID: in the current task's address space.

    Example: pte $rsp"""
    if not 1 <= len(words) <= 2:
        raise UsageError("pte VA [PID]")
    kernel = machine.kernel()
    va = machine.number(words[0])
    task = machine.find_task(kernel, words[1:])
    yield f"{va:#x} for pid {task.pid} ({task.name})"
    problems: List[str] = []
    for step in tolerant(kernel.steps(task.root or kernel.kernel_pt, va), problems):
        yield (f"  {TABLES[step.level]:4} at {step.table:#010x}, entry {step.index:3}: "
               f"{step.pte:#018x}  {entry_words(step.pte)}")
    yield from problems
    assert PTE_FRAME and PTE_LARGE and PTE_ACCESSED and PTE_DIRTY


def _entry_at(words: List[str], usage: str) -> int:
    """Returns the entry that an expression of C points to."""
    if not words:
        raise UsageError(usage)
    return machine.read_u64(machine.number(" ".join(words)))


@command("entry", symbols=True)
def entry(words: List[str]) -> Iterator[str]:
    """Puts a page-table entry into words: entry POINTER

    POINTER is any expression of C that points to an entry.

    Example: entry it.entry"""
    yield entry_words(_entry_at(words, "entry POINTER"))


@command("claims", symbols=True)
def claims(words: List[str]) -> Iterator[str]:
    """Says how many claims there are to the frame that an entry names: claims POINTER

    POINTER is any expression of C that points to a page-table entry.

    Example: claims entry"""
    frame = machine.kernel().frame(frame_of(_entry_at(words, "claims POINTER")))
    yield f"frame {frame.number:#x}, count {frame.count}"
