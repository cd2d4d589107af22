# SPDX-License-Identifier: MIT
"""What the grader itself sees in memory while the machine stands still at a stop.

It becomes events behind the `stop`, for tests to compare with what the guest reported. And the page
tables in memory are compared with the trace: both are witnesses, and where they contradict each
other, one of them has been gone round.
"""
from __future__ import annotations

from collections import Counter
from typing import Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Set, Tuple

from grade.events import PTE_FRAME, PTE_WRITE, Event, Value, pte_rights, pte_text
from grade.reader import PAGE_SIZE, Kernel, Leaf, Task, readable

PTE_ACCESSED, PTE_DIRTY = 1 << 5, 1 << 6     # set by the processor, not by the kernel
Tables = Dict[Tuple[int, int], int]          # (top-level table, address) -> entry


def frame_of(entry: int) -> int:
    """Returns the number of the frame that an entry names."""
    return (entry & PTE_FRAME) // PAGE_SIZE


def events_at(kernel: Kernel, stop: Event) -> List[Event]:
    """Returns the events `outside` and `page`, made of what the memory says during a stop.

    Args:
        kernel: as it stands still; stop: the event of that. Raises ReaderError.
    """
    current = kernel.current(stop.cpu)
    identity = stop.args.get("id", Value(0, "0"))
    seen = {"present": kernel.pages_mapped(current) if current else 0,
            "frames": kernel.frames_of_kind("user")}
    numbers = {key: Value(number, str(number)) for key, number in seen.items()}
    found = [Event("outside", current.pid if current else 0, stop.cpu, stop.time,
                   {"id": identity, **numbers})]
    mapped = [(task, leaf) for task in kernel.tasks() for leaf in _leaves(kernel, task)]
    entries = {(task.root, leaf.va): leaf.pte for task, leaf in mapped}   # threads share theirs
    maps = Counter(frame_of(entry) for entry in entries.values())
    for task, leaf in mapped:
        found.append(_page_event(kernel, task, leaf, maps[frame_of(leaf.pte)], stop, identity))
    return found


def _leaves(kernel: Kernel, task: Task) -> Iterable[Leaf]:
    """Yields the pages that a task maps."""
    return (leaf for leaf in kernel.leaves(task.root) if leaf.mapped) if task.root else ()


def _page_event(kernel: Kernel, task: Task, leaf: Leaf, maps: int, stop: Event,
                identity: Value) -> Event:
    """Returns the event for one page of one task, whose frame `maps` entries map."""
    frame = kernel.frame(frame_of(leaf.pte))
    return Event("page", task.pid, stop.cpu, stop.time, {
        "id": identity, "va": Value(leaf.va, hex(leaf.va)),
        "frame": Value(frame.number, hex(frame.number)),
        "rights": Value(leaf.pte, pte_rights(leaf.pte)),
        "count": Value(frame.count, str(frame.count)), "maps": Value(maps, str(maps))})


class Owner(NamedTuple):
    """An entry that maps a frame: whose, where, what it allows; is the mapping private?"""

    pid: int
    va: int
    entry: int
    private: bool

    def __str__(self) -> str:
        return f"pid {self.pid} at {self.va:#x} ({pte_rights(self.entry)})"


def mappings(kernel: Kernel, problems: Optional[List[str]] = None) -> Dict[int, List[Owner]]:
    """Returns who maps which frame, by its number; tasks that share memory count once.

    Args:
        kernel: as it stands still. problems: what cannot be read goes there; None: ReaderError.
    """
    owners: Dict[int, List[Owner]] = {}
    seen: Set[int] = set()
    for task in kernel.tasks(problems):
        if task.root is None or task.root in seen:
            continue
        seen.add(task.root)
        for vma in readable(kernel.walk_vmas(task), problems):
            for leaf in readable(kernel.leaves(task.root, vma.start, vma.end), problems):
                if leaf.mapped:
                    owners.setdefault(frame_of(leaf.pte), []).append(
                        Owner(task.pid, leaf.va, leaf.pte, "shared" not in vma.flag_names()))
    return owners


def audit(kernel: Kernel, problems: Optional[List[str]] = None) -> List[str]:
    """Recounts who maps which frame of user memory, from outside.

    Args:
        kernel: as it stands still. problems: what cannot be read goes there; None: ReaderError.

    Returns:
        A line for each finding. A frame that a MAP_SHARED mapping shows has an owner that page
        tables do not tell: its count is not compared. A page of a file belongs to the file as well,
        so nobody who maps it privately may write.
    """
    found: List[str] = []
    for number, its in sorted(mappings(kernel, problems).items()):
        found += readable(_findings(kernel, number, its), problems)
    return found


def _findings(kernel: Kernel, number: int, owners: List[Owner]) -> Iterator[str]:
    """Yields what is wrong with one frame, which `owners` map."""
    frame = kernel.frame(number)
    who = ", ".join(map(str, owners[:4])) + (" ..." if len(owners) > 4 else "")
    if frame.kind not in ("user", "file"):
        yield f"frame {number:#x} is {frame.kind}, but mapped by {who}"
        return
    if not all(owner.private for owner in owners):
        return
    in_file = frame.kind == "file"
    if frame.count != len(owners) + in_file:
        yield (f"frame {number:#x} has count {frame.count}, but is mapped {len(owners)} "
               f"times{' and belongs to a file' if in_file else ''}: by {who}")
    if len(owners) + in_file > 1 and any(owner.entry & PTE_WRITE for owner in owners):
        what = ("belongs to a file, and a private mapping" if in_file else
                "is private, and one of several who map it")
        yield f"frame {number:#x} {what} can write: {who}"


def replay(events: Iterable[Event], tables: Optional[Tables] = None) -> Tables:
    """Returns what the trace says is in the page tables.

    Args:
        events: in order; those of class pte count. tables: what came before; changed in place.
    """
    tables = {} if tables is None else tables
    for event in events:
        if event.name == "pte-set":
            key = event.args["mm"].number, event.args["va"].number
            entry = event.args["new"].number
            tables[key] = entry
            if not entry:
                del tables[key]
    return tables


def contradiction(kernel: Kernel, tables: Mapping[Tuple[int, int], int]) -> str:
    """Compares the page tables in memory with those of the trace; returns the first difference.

    Args:
        kernel: as it stands still; tables: from replay(). Raises ReaderError.

    Returns:
        A sentence, or "" if there is none.
    """
    for task in kernel.tasks():
        if not task.root:
            continue
        memory = {leaf.va: leaf.pte for leaf in _leaves(kernel, task)}
        trace = {va: entry for (root, va), entry in tables.items() if root == task.root}
        for va in sorted(memory.keys() | trace.keys()):
            there, said = memory.get(va, 0), trace.get(va, 0)
            if (there ^ said) & ~(PTE_ACCESSED | PTE_DIRTY):
                return (f"the page table of pid {task.pid} says {pte_text(there)} for {va:#x}, but "
                        f"the last pte_store there stored {pte_text(said)}")
    return ""
