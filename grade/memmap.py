# SPDX-License-Identifier: MIT
"""The memory map: which task maps which page to which frame, as seen from outside.

Boots a test program and draws the map each time it stops for the reader (probe_stop). Pages in a
row with the same rights share a line; a frame that several entries map is marked with a star.
"""
from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Iterator, List, Mapping, Optional, Tuple

from grade.build import Built
from grade.elf import Elf
from grade.events import Formats, pte_rights
from grade.machine import BACKSTOP_S, Config, Machine, run_all
from grade.outside import audit, frame_of
from grade.reader import PAGE_SIZE, Kernel, Leaf, Memory, ReaderError, Task, readable
from grade.spec import Spec

FRAMES_SHOWN = 6


def rows(leaves: List[Leaf]) -> Iterator[Tuple[int, str, List[int]]]:
    """Yields (address, rights, frames) of pages that follow each other with the same rights."""
    start, rights, frames = 0, "", []   # type: Tuple[int, str, List[int]]
    for leaf in leaves:
        these = pte_rights(leaf.pte)
        if frames and (these != rights or leaf.va != start + len(frames) * PAGE_SIZE):
            yield start, rights, frames
            frames = []
        if not frames:
            start, rights = leaf.va, these
        frames.append(frame_of(leaf.pte))
    if frames:
        yield start, rights, frames


def draw_task(kernel: Kernel, task: Task, owners: Mapping[int, int],
              problems: Optional[List[str]]) -> List[str]:
    """The lines for one task."""
    lines = [f"pid {task.pid} ({task.name})"]
    for start, rights, frames in rows(mapped(kernel, task, problems)):
        shown = " ".join(f"{frame:#x}" + ("*" if owners[frame] > 1 else "")
                         for frame in frames[:FRAMES_SHOWN])
        more = f" and {len(frames) - FRAMES_SHOWN} more" if len(frames) > FRAMES_SHOWN else ""
        lines.append(f"  {start:#014x} {rights}  {len(frames):4} page{'s' * (len(frames) > 1):1}"
                     f"  frames {shown}{more}")
    return lines


def mapped(kernel: Kernel, task: Task, problems: Optional[List[str]]) -> List[Leaf]:
    """The pages that a task maps."""
    leaves = [] if task.root is None else kernel.leaves(task.root)
    return [leaf for leaf in readable(leaves, problems) if leaf.mapped]


def draw(kernel: Kernel, problems: Optional[List[str]] = None) -> str:
    """The whole map: every task that has memory, and how much of it there is.

    `problems`: what cannot be read goes there; None: ReaderError.
    """
    tasks = [task for task in kernel.tasks(problems) if task.root is not None]
    owners: Counter[int] = Counter(
        frame_of(leaf.pte) for task in tasks
        for leaf in mapped(kernel, task, None if problems is None else []))
    lines = [line for task in tasks for line in draw_task(kernel, task, owners, problems)]
    several = sum(1 for count in owners.values() if count > 1)
    lines.append(f"{len(owners)} frames are mapped, {several} of them more than once (*)")
    return "\n".join(lines)


def show(built: Built, test: Spec) -> int:
    """Boots a test and prints the map at each of its stops. Returns how many there were."""
    elf = Elf(built.kernel)
    formats = Formats(elf)
    stops: List[str] = []

    def look(machine: Machine) -> None:
        memory = Memory(machine.memory.fd, machine.memory_size)
        try:
            kernel = Kernel(memory, elf, formats)
            stops.append("\n".join([draw(kernel), *audit(kernel)]))
        except ReaderError as error:
            stops.append(f"the kernel's memory cannot be read: {error}")
        finally:
            memory.close()

    config = Config(Path(built.kernel), built.initrd, test.kernel_options(), test.memory,
                    test.cpus)
    for machine in run_all([Machine(config, BACKSTOP_S, look)], 1):
        machine.close()
    for number, text in enumerate(stops, 1):
        print(f"stop {number}\n{text}\n")
    return len(stops)
