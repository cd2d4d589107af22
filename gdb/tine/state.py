# SPDX-License-Identifier: MIT
"""Commands about the kernel as a whole: trace, locks."""
from __future__ import annotations

from typing import Iterator, List

from tine import machine
from tine.command import UsageError, command
from tine.memory import names_of

from grade.parts import held_locks, held_mutexes
from grade.reader import readable

EVENTS_SHOWN = 20


@command("trace")
def trace(words: List[str]) -> Iterator[str]:
    """Shows the last events of the trace: trace [N]

    The newest come last; each with its number, which `goto` takes, and the machine's time, in
    instructions where it counts those. Without N: 20.

    Example: trace 50"""
    count = machine.number(words[0]) if words else EVENTS_SHOWN
    if not 0 < count < 1 << 32:
        raise UsageError("N is a number of events, at least 1")
    ring = machine.kernel().ring()
    if not ring.events:
        yield "the trace is empty: nothing has happened yet, or the kernel was built with CHECKS=0"
    for ticket, event in list(zip(ring.tickets, ring.events))[-count:]:
        yield f"{ticket:6} {event.time:12} {event}"
    if ring.torn:
        yield f"{ring.torn} events are half written"


@command("locks")
def locks(words: List[str]) -> Iterator[str]:
    """Lists the locks that are held, and who waits for one: locks

    Spinlocks by processor, in the order in which they were taken (known to checking kernels), then
    the sleeping locks of memory and files, by task.

    Example: locks"""
    kernel = machine.kernel()
    problems: List[str] = []
    count = 0
    for lock in readable(held_locks(kernel), problems):
        count += 1
        if lock.wanted:
            who = "nobody" if lock.holder is None else f"cpu {lock.holder}"
            yield f"  cpu {lock.cpu} waits for the spinlock \"{lock.name}\", which {who} holds"
        else:
            yield f"  cpu {lock.cpu} holds the spinlock \"{lock.name}\" at {lock.address:#x}"
    names = names_of(kernel, problems)
    for one in readable(held_mutexes(kernel, kernel.tasks(problems), names), problems):
        count += 1
        more = f"; {one.waiters} wait for it" if one.waiters else ""
        yield f"  pid {one.holder} holds the mutex \"{one.name}\" of {one.of}{more}"
    known = "held_locks" in kernel.elf.symbols
    if not count:
        yield "no lock is held" if known else "no mutex is held"
    if not known:
        yield "which spinlocks are held is not known: the kernel was built with CHECKS=0"
    yield from problems
