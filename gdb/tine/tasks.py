# SPDX-License-Identifier: MIT
"""Commands about tasks: ps, task."""
from __future__ import annotations

from typing import Iterator, List

from tine import machine
from tine.command import command, tolerant

from grade.reader import Kernel, ReaderError

STATES = ("running", "sleeping", "zombie")


def state_words(kernel: Kernel, address: int) -> str:
    """Returns what a task is doing."""
    state = kernel.read_field(address, "task.state")
    if kernel.read_field(address, "task.exited"):
        return "zombie"
    return STATES[state] if state < len(STATES) else f"state {state}?"


@command("ps")
def ps(words: List[str]) -> Iterator[str]:
    """Lists all tasks: ps

    For each: pid, parent, state, the program's name, pages that have a frame. A star marks those
    that a processor runs.

    Example: ps"""
    kernel = machine.kernel()
    yield "   PID  PPID STATE      PAGES NAME"
    problems: List[str] = []
    for address in tolerant(kernel.walk_list(kernel.tasks_va, "task.link"), problems):
        try:
            task = kernel.task(address)
            parent = kernel.read_field(address, "task.parent")
            ppid = kernel.read_field(parent, "task.pid") if parent else 0
            yield (f" {task.pid:5} {ppid:5} {state_words(kernel, address):9} "
                   f"{kernel.pages_mapped(task):6} {task.name}")
        except ReaderError as error:
            yield f"  the task at {address:#x}: {error}"
    yield from problems
