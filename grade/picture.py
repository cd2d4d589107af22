# SPDX-License-Identifier: MIT
"""Draws what went wrong with copy-on-write: page tables and frame, as they are and should be.

The trace says each store into a page table, each fault, each fork. Played again, it shows the first
moment at which a page is not as copy-on-write would have it. This is for people: it decides no
verdict. What a mapping permits is not in the trace, so only what was done is looked at, not what
was refused.
"""
from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Tuple

from grade.events import PTE_PROTNONE, PTE_WRITE, Event, pte_rights
from grade.outside import frame_of

PAGE_MASK = ~0xFFF
PF_PRESENT, PF_WRITE = 1, 2
INDENT, COLUMN = 12, 30

Row = Tuple[str, str, str]      # who, as it is, as it should be


class Story:
    """Plays a trace again, event by event."""

    def __init__(self) -> None:
        self._tables: Dict[int, Dict[int, int]] = {}    # top-level table -> address -> entry
        self._root_of: Dict[int, int] = {}              # pid -> its top-level table
        self._in_making: Dict[int, int] = {}            # pid -> its next child's table
        self._faults: Dict[int, Tuple[int, int]] = {}   # pid -> (page it writes to, old entry)
        self._objects: Dict[int, None] = {}             # frames that belong to MAP_SHARED memory

    def play(self, event: Event) -> str:
        """Takes one event; returns a picture if something is wrong from here on, else ""."""
        if event.name == "pte-set":
            self._store(event)
            return self._fault_resolved(event)
        if event.name == "trap":
            self._fault_begins(event)
        elif event.name == "task-new":
            return self._fork_done(event)
        return ""

    def _store(self, event: Event) -> None:
        """An entry has changed. Whose it is shows by who changes it: himself, or who makes him."""
        root, entry = event.args["mm"].number, event.args["new"].number
        if entry & PTE_PROTNONE and root not in self._root_of.values():
            self._objects[frame_of(entry)] = None
        elif event.pid and self._root_of.setdefault(event.pid, root) != root:
            self._in_making[event.pid] = root
        table = self._tables.setdefault(root, {})
        table[event.args["va"].number] = entry
        if not entry:
            del table[event.args["va"].number]

    def _sharers(self, frame: int) -> List[Tuple[int, int, int]]:
        """Returns (pid, address, entry) of all who map a frame."""
        return [(pid, va, entry) for pid, root in sorted(self._root_of.items())
                for va, entry in self._tables.get(root, {}).items() if frame_of(entry) == frame]

    def _fork_done(self, event: Event) -> str:
        parent, child = event.pid, event.args["child"].number
        root = self._in_making.pop(parent, None)
        if parent not in self._root_of:
            return ""                   # the kernel itself: it makes pid 1
        if root is None:
            self._root_of[child] = self._root_of[parent]    # a thread
            return ""
        self._root_of = {pid: its for pid, its in self._root_of.items() if its != root}
        self._root_of[child] = root     # the table of somebody who has ended may be used again
        mine, its = (self._tables.get(self._root_of[pid], {}) for pid in (parent, child))
        for va in sorted(mine):
            entry, copy = mine[va], its.get(va, 0)
            frame = frame_of(entry)
            if frame in self._objects:
                continue
            if not copy or frame_of(copy) != frame or (entry | copy) & PTE_WRITE:
                right = f"{frame:#x}  {pte_rights(entry & ~PTE_WRITE)}"
                rows = [(f"pid {pid}", self._entry(one), right)
                        for pid, one in ((parent, entry), (child, copy))]
                return draw(f"page {va:#x}, when pid {parent} had forked pid {child}:",
                            [*rows, self._count(frame, 2)])
        return ""

    def _fault_begins(self, event: Event) -> None:
        page = event.args["addr"].number & PAGE_MASK
        code = event.args["code"].number
        entry = self._tables.get(self._root_of.get(event.pid, 0), {}).get(page, 0)
        if event.args["vec"].text == "PF" and code & PF_PRESENT and code & PF_WRITE and entry:
            self._faults[event.pid] = page, entry

    def _fault_resolved(self, event: Event) -> str:
        """The entry has changed. Once it can be written to, the fault is over."""
        pid = event.pid
        page, before = self._faults.get(pid, (0, 0))
        now, frame = event.args["new"].number, frame_of(before)
        if event.args["va"].number != page or not now & PTE_WRITE or frame in self._objects:
            return ""
        del self._faults[pid]
        own = self._root_of[pid]        # that of other threads, too
        others = [owner for owner in self._sharers(frame)
                  if (self._root_of[owner[0]], owner[1]) != (own, page)]
        if bool(others) != (frame_of(now) == frame):
            return ""
        right = "another frame" if others else f"{frame:#x}"
        rows: List[Row] = [(f"pid {pid}", self._entry(now), f"{right}  {pte_rights(now)}")]
        rows += [(f"pid {other}", self._entry(entry),
                  f"{frame:#x}  {pte_rights(entry & ~PTE_WRITE)}")
                 for other, _, entry in others[:3]]
        why = "" if others else ", and nobody else had it any more"
        return draw(f"page {page:#x}, when pid {pid} had written to it{why}:",
                    [*rows, self._count(frame, len(others) or 1)])

    def _count(self, frame: int, right: int) -> Row:
        return f"frame {frame:#x}", _times(len(self._sharers(frame))), _times(right)

    @staticmethod
    def _entry(entry: int) -> str:
        return f"{frame_of(entry):#x}  {pte_rights(entry)}" if entry else "nothing"


def _times(number: int) -> str:
    return {0: "nobody maps it", 1: "one entry maps it"}.get(number, f"{number} entries map it")


def draw(title: str, rows: List[Row]) -> str:
    """Returns a picture: two columns, as it is and as it should be."""
    width = max(INDENT, *(len(who) + 2 for who, _, _ in rows))
    lines = [title, " " * width + "as it is".ljust(COLUMN) + "as it should be"]
    return "\n".join(lines + [who.ljust(width) + have.ljust(COLUMN) + want
                              for who, have, want in rows])


def picture(events: Iterable[Event]) -> str:
    """Returns the picture of the first page that is not as copy-on-write would have it.

    Args:
        events: of the classes task, trap and pte; without them there is nothing to see.

    Returns:
        Some lines, or "" if there is no such page.
    """
    story = Story()
    found: Optional[str] = next((text for text in map(story.play, events) if text), None)
    return found or ""
