# SPDX-License-Identifier: MIT
"""Draws what went wrong with copy-on-write: page tables and frame, as they are and should be.

The trace says each store into a page table, and each fork. Played again, it shows the first
moment at which a page is not as copy-on-write would have it. This is for people: it decides no
verdict. What a mapping permits is not in the trace, so only what was done is looked at, not what
was refused.
"""
from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Set, Tuple

from grade.events import PTE_PRESENT, PTE_PROTNONE, PTE_WRITE, Event, pte_rights
from grade.outside import frame_of

INDENT, COLUMN = 12, 30

Row = Tuple[str, str, str]      # who, as it is, as it should be


class Story:
    """Plays a trace again, event by event.

    Whose a page table is shows by who changes it: a task changes its own, and that of the child it
    is making. A kernel test makes both, and says by a mark that mm_share or cow_fault has returned.
    """

    def __init__(self) -> None:
        self._tables: Dict[int, Dict[int, int]] = {}    # top-level table -> address -> entry
        self._owner: Dict[int, str] = {}                # top-level table -> whose it is
        self._own: Dict[int, int] = {}                  # pid -> its top-level table
        self._in_making: Dict[int, int] = {}            # pid -> its next child's table
        self._objects: Set[int] = set()     # frames of MAP_SHARED memory, and of files: not drawn

    def play(self, event: Event) -> str:
        """Takes one event; returns a picture if something is wrong from here on, else ""."""
        if event.name == "pte-set":
            return self._store(event)
        if event.name in ("task-new", "mark"):
            return self._fork_done(event)
        if event.name == "file-page":   # a file owns it, whoever else does
            self._objects.add(event.args["frame"].number)
        return ""

    def _store(self, event: Event) -> str:
        """An entry has changed. If it can be written to now, and could not before, look at it."""
        root, va = event.args["mm"].number, event.args["va"].number
        old, new = event.args["old"].number, event.args["new"].number
        if new & PTE_PROTNONE and root not in self._owner:
            self._objects.add(frame_of(new))
        elif event.pid:
            own = self._own.setdefault(event.pid, root)
            self._owner.setdefault(root, f"pid {event.pid}" if own == root else "the child")
            if own != root and self._owner[root] == "the child":
                self._in_making[event.pid] = root
        others = self._who_maps(frame_of(old), (root, va)) if old else []
        table = self._tables.setdefault(root, {})
        table[va] = new
        if not new:
            del table[va]
        if not table:   # its owner has ended: the next one may get the same table
            self._owner.pop(root, None)
            self._own = {pid: its for pid, its in self._own.items() if its != root}
        if old & PTE_PRESENT and not old & PTE_WRITE and new & PTE_WRITE:
            return self._written(root, va, old, others)
        return ""

    def _who_maps(self, frame: int, but: Tuple[int, int] = (0, 0)) -> List[Tuple[str, int]]:
        """Returns (owner, entry) of all who map a frame, but for one (table, address)."""
        return [(owner, entry) for root, owner in self._owner.items()
                for va, entry in self._tables.get(root, {}).items()
                if frame_of(entry) == frame and (root, va) != but]

    def _fork_done(self, event: Event) -> str:
        root = self._in_making.pop(event.pid, None)
        child = event.args.get("child")
        if root is None:
            if child and event.pid in self._own:
                self._own[child.number] = self._own[event.pid]      # a thread
            return ""
        if child:
            self._own[child.number] = root
        self._owner[root] = f"pid {child.number}" if child else "the copy"
        parent = self._own[event.pid] if child else self._likest(root)
        mine, its = self._tables.get(parent, {}), self._tables.get(root, {})
        for va in sorted(mine):
            entry, copy = mine[va], its.get(va, 0)
            frame = frame_of(entry)
            if frame in self._objects:
                continue
            if not copy or frame_of(copy) != frame or (entry | copy) & PTE_WRITE:
                right = f"{frame:#x}  {pte_rights(entry & ~PTE_WRITE)}"
                rows = [(self._owner[one], _entry(what), right)
                        for one, what in ((parent, entry), (root, copy))]
                have = len(self._who_maps(frame))
                want = have + (frame_of(copy) != frame)
                return draw(f"page {va:#x}, when {self._owner[parent]} had made "
                            f"{self._owner[root]}:", [*rows, _frame(frame, have, want)])
        return ""

    def _likest(self, copy: int) -> int:
        """Returns the table that has most addresses in common with this one: its original."""
        its = self._tables.get(copy, {})
        return max((root for root in self._owner if root != copy),
                   key=lambda root: len(its.keys() & self._tables.get(root, {}).keys()))

    def _written(self, root: int, va: int, old: int, others: List[Tuple[str, int]]) -> str:
        now, frame = self._tables[root][va], frame_of(old)
        if frame in self._objects or bool(others) != (frame_of(now) == frame):
            return ""
        right = "another frame" if others else f"{frame:#x}"
        rows: List[Row] = [(self._owner[root], _entry(now), f"{right}  {pte_rights(now)}")]
        rows += [(owner, _entry(entry), f"{frame:#x}  {pte_rights(entry & ~PTE_WRITE)}")
                 for owner, entry in others[:3]]
        why = "" if others else ", and nobody else had it any more"
        return draw(f"page {va:#x}, when {self._owner[root]} had written to it{why}:",
                    [*rows, _frame(frame, len(self._who_maps(frame)), len(others) or 1)])


def _entry(entry: int) -> str:
    return f"{frame_of(entry):#x}  {pte_rights(entry)}" if entry else "nothing"


def _frame(frame: int, have: int, want: int) -> Row:
    return f"frame {frame:#x}", _times(have), _times(want)


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
        events: of the classes task, mark and pte; without them there is nothing to see.

    Returns:
        Some lines, or "" if there is no such page.
    """
    story = Story()
    found: Optional[str] = next((text for text in map(story.play, events) if text), None)
    return found or ""
