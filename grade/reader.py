# SPDX-License-Identifier: MIT
"""The outside reader: looks at a kernel through its memory, without its help.

Grader, debugger and memory map all use it. What it reads may be corrupt: every walk is bounded,
every pointer is checked, and whatever is wrong becomes a ReaderError.
"""
from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from typing import (Collection, Dict, Iterable, Iterator, List, Optional, Set, Tuple, TypeVar,
                    Union)

from grade.elf import Elf
from grade.errors import GradeError
from grade.events import (EVENT_SIZE, KIND_NAMES, PTE_FRAME, PTE_LARGE, PTE_PRESENT, PTE_PROTNONE,
                          Event, Formats)

PAGE_SIZE = 4096
ROOT_MAGIC = b"TINEROOT"
ROOT_VERSION = 1
ROOT_LAYOUT = struct.Struct("<8sIIQQQQQQQQQII")
FIELD_LAYOUT = struct.Struct("<24sII")
RING_LAYOUT = struct.Struct("<IIQQQQ")
RING_VERSION = 1
EVENT_HEAD = struct.Struct("<QQH")     # ticket + 1, time, type
LIST_LIMIT = 1 << 16        # elements of any list
TABLE_LIMIT = 1 << 14       # tables one walk visits
LEAF_LIMIT = 1 << 20        # entries one walk yields (4 GiB of pages)
FIELD_LIMIT = 256
CPU_LIMIT = 256
VA_MASK = (1 << 48) - 1     # the bits of an address that page tables translate
LOW_HALF_END = 1 << 47      # user addresses are below
Q35_LOW_FULL = 0xB0000000   # memory up to here is all low; beyond, q35 keeps only 2 GiB low
Q35_LOW_CUT = 0x80000000
FOUR_GIB = 1 << 32
T = TypeVar("T")
VMA_FLAGS = {1: "r", 2: "w", 4: "x", 8: "shared", 16: "stack", 32: "heap", 64: "sealed"}


class ReaderError(GradeError):
    """The kernel's memory does not hold what its own tables promise."""


def readable(items: Iterable[T], problems: Optional[List[str]]) -> Iterator[T]:
    """Yields the items until one cannot be read; what is wrong then goes into `problems`.

    `problems`: None: it is raised.
    """
    iterator = iter(items)
    while True:
        try:
            item = next(iterator)
        except StopIteration:
            return
        except ReaderError as error:
            if problems is None:
                raise
            problems.append(str(error))
            return
        yield item


class Memory:
    """The guest's physical memory, mapped from the file that backs it."""

    def __init__(self, source: Union[int, bytes, bytearray], size: int) -> None:
        """`source`: a descriptor of the memory file, or an image (for tests); size in bytes."""
        self.size = size
        self._map = mmap.mmap(source, size, prot=mmap.PROT_READ) \
            if isinstance(source, int) else source
        self._low = size if size < Q35_LOW_FULL else Q35_LOW_CUT

    def _offset(self, pa: int, size: int) -> int:
        """Returns where in the file [pa, pa + size) lies, which must be RAM in one piece."""
        if 0 <= pa and pa + size <= self._low:
            return pa
        if FOUR_GIB <= pa and pa + size <= FOUR_GIB + self.size - self._low:
            return pa - FOUR_GIB + self._low
        raise ReaderError(f"physical address {pa:#x} is not memory")

    def read(self, pa: int, size: int) -> bytes:
        """Returns `size` bytes at physical address `pa`. Raises ReaderError."""
        offset = self._offset(pa, size)
        return bytes(self._map[offset:offset + size])

    def close(self) -> None:
        """Unmaps the memory."""
        if isinstance(self._map, mmap.mmap):
            self._map.close()


def canonical(va: int) -> int:
    """Returns a 48-bit address as the CPU wants it: bit 47 repeated above."""
    return va | (~VA_MASK & (1 << 64) - 1) if va >> 47 else va


@dataclass(frozen=True)
class Leaf:
    """An entry that is not empty and ends a walk: at `va`, of `size` bytes, at `level` 1 to 3."""

    va: int
    pte: int
    level: int

    @property
    def size(self) -> int:
        """Bytes this entry covers."""
        return PAGE_SIZE << 9 * (self.level - 1)

    @property
    def mapped(self) -> bool:
        """Whether a page is there: present, or kept while its protection forbids all access."""
        return bool(self.pte & (PTE_PRESENT | PTE_PROTNONE))


@dataclass(frozen=True)
class Step:
    """One entry on the way from the top-level table to a page; `table` is a physical address."""

    level: int
    table: int
    index: int
    pte: int

    @property
    def last(self) -> bool:
        """Whether the walk ends here."""
        present = self.pte & PTE_PRESENT
        return self.level == 1 or not present or bool(self.level < 4 and self.pte & PTE_LARGE)


@dataclass(frozen=True)
class Task:
    """A task as the kernel describes it; `root` is its top-level table's physical address."""

    address: int
    pid: int
    name: str
    state: int
    mm: int
    root: Optional[int]


@dataclass(frozen=True)
class Vma:
    """One region of an address space: [start, end) and its flags as numbers."""

    start: int
    end: int
    flags: int
    address: int = 0

    def flag_names(self) -> str:
        """Returns the flags as words, such as `r w heap`."""
        return " ".join(name for bit, name in VMA_FLAGS.items() if self.flags & bit)


@dataclass(frozen=True)
class Frame:
    """What the kernel keeps about one frame of physical memory."""

    number: int
    count: int
    kind: str


@dataclass(frozen=True)
class Ring:
    """The trace. `dropped`: events lost because the ring was full; `torn`: half written ones."""

    events: List[Event]
    tickets: List[int]
    dropped: int
    torn: int


class Kernel:
    """A kernel seen from outside. Every method may raise ReaderError."""

    def __init__(self, memory: Memory, elf: Elf, formats: Optional[Formats] = None) -> None:
        self.memory = memory
        self.elf = elf
        self.formats = formats or Formats(elf)
        where = elf.physical(elf.symbol("tine_root"))
        if where is None:
            raise ReaderError("the root structure is in no loaded segment")
        self.kernel_base: int
        self.direct_map: int
        (magic, version, _size, self.kernel_base, self.direct_map, self.kernel_pt,
         self.memory_bytes, self.frames_va, self.frame_total, self.tasks_va, self.trace_va,
         self.cpus_va, self.cpu_count, count) = ROOT_LAYOUT.unpack(
             memory.read(where, ROOT_LAYOUT.size))
        if magic != ROOT_MAGIC:
            raise ReaderError("no root structure in memory: the kernel was never loaded")
        if version != ROOT_VERSION:
            raise ReaderError(f"root structure has version {version}, known is {ROOT_VERSION}")
        if count > FIELD_LIMIT:
            raise ReaderError(f"root structure claims {count} fields")
        raw = memory.read(where + ROOT_LAYOUT.size, count * FIELD_LAYOUT.size)
        self._fields: Dict[str, Tuple[int, int]] = {
            name.rstrip(b"\0").decode("ascii", "replace"): (offset, size)
            for name, offset, size in FIELD_LAYOUT.iter_unpack(raw)}

    # Addresses and fields

    def physical(self, va: int) -> int:
        """Returns the physical address of a kernel address in the direct map or the image."""
        if self.direct_map <= va < self.direct_map + FOUR_GIB + self.memory.size:
            return va - self.direct_map
        if self.elf.physical(va) is None:
            raise ReaderError(f"{va:#x} is not an address of the kernel's data")
        return va - self.kernel_base

    def read(self, va: int, size: int) -> bytes:
        """Returns `size` bytes at the kernel address `va`."""
        return self.memory.read(self.physical(va), size)

    def steps(self, root: int, va: int) -> Iterator[Step]:
        """Yields how the processor translates `va`: the entries it looks at, from the top level on.

        The last one ends the walk: it is not present, or names the page. `root` is a physical
        address.
        """
        table = root & PTE_FRAME
        for level in (4, 3, 2, 1):
            index = (va & VA_MASK) >> 12 + 9 * (level - 1) & 511
            pte = int.from_bytes(self.memory.read(table + 8 * index, 8), "little")
            step = Step(level, table, index, pte)
            yield step
            if step.last:
                return
            table = pte & PTE_FRAME

    def translate(self, root: int, va: int) -> int:
        """Returns the physical address of `va`, which may be any address that is mapped."""
        *_, last = self.steps(root, va)
        if not last.pte & (PTE_PRESENT | (PTE_PROTNONE if last.level == 1 else 0)):
            raise ReaderError(f"nothing is mapped at {va:#x}")
        inside = (PAGE_SIZE << 9 * (last.level - 1)) - 1
        return last.pte & PTE_FRAME & ~inside | va & inside

    def read_mapped(self, root: int, va: int, size: int) -> bytes:
        """Returns `size` bytes at `va` of the address space of the table at `root`."""
        data = b""
        while len(data) < size:
            at = va + len(data)
            part = min(size - len(data), PAGE_SIZE - at % PAGE_SIZE)
            data += self.memory.read(self.translate(root, at), part)
        return data

    def read_string(self, root: int, va: int, limit: int) -> bytes:
        """Returns the C string at `va` of an address space, without its NUL, cut at `limit`."""
        data = b""
        while len(data) < limit:
            at = va + len(data)
            data += self.read_mapped(root, at, min(limit - len(data), PAGE_SIZE - at % PAGE_SIZE))
            if b"\0" in data:
                return data[:data.index(b"\0")]
        return data

    def layout(self, name: str) -> Tuple[int, int]:
        """Returns (offset, size) of a field such as `task.pid`, or (0, stride) of a structure."""
        if name not in self._fields:
            raise ReaderError(f"the kernel does not describe '{name}'")
        return self._fields[name]

    def read_field(self, address: int, name: str) -> int:
        """Returns the number in field `name` of the structure at kernel address `address`."""
        offset, size = self.layout(name)
        if size not in (1, 2, 4, 8):
            raise ReaderError(f"'{name}' of {size} bytes is not a number")
        try:
            return int.from_bytes(self.read(address + offset, size), "little")
        except ReaderError as error:
            raise ReaderError(f"no {name} at {address:#x}: {error}")

    def walk_list(self, head: int, link: str) -> Iterator[int]:
        """Yields the address of each structure on the list at `head`; `link` is its list field."""
        offset, _ = self.layout(link)
        node = self._next(head)
        seen: Set[int] = set()
        while len(seen) < LIST_LIMIT:
            if node == head:
                return
            if node in seen:
                raise ReaderError(f"the list of {link} at {head:#x} does not end: after "
                                  f"{len(seen)} elements it leads back to {node - offset:#x}")
            seen.add(node)
            yield node - offset
            node = self._next(node)
        raise ReaderError(f"the list of {link} at {head:#x} does not end")

    def _next(self, node: int) -> int:
        return int.from_bytes(self.read(node, 8), "little")

    # Tasks and address spaces

    def task(self, address: int) -> Task:
        """Returns the task at a kernel address."""
        offset, size = self.layout("task.name")
        name = self.read(address + offset, size).split(b"\0")[0].decode(errors="replace")
        mm = self.read_field(address, "task.mm")
        return Task(address, self.read_field(address, "task.pid"), name,
                    self.read_field(address, "task.state"), mm,
                    self.read_field(mm, "mm.root") if mm else None)

    def tasks(self, problems: Optional[List[str]] = None) -> List[Task]:
        """Returns every task on the kernel's list.

        `problems`: what cannot be read goes there, and the others are returned; None: raises.
        """
        found: List[Task] = []
        for address in readable(self.walk_list(self.tasks_va, "task.link"), problems):
            found += readable((self.task(one) for one in (address,)), problems)
        return found

    def current(self, cpu: int = 0) -> Optional[Task]:
        """Returns the task that runs on a CPU, or None."""
        if not 0 <= cpu < min(self.cpu_count, CPU_LIMIT):
            raise ReaderError(f"there is no cpu {cpu}")
        address = self.read_field(self.cpus_va + cpu * self.layout("cpu")[1], "cpu.current")
        return self.task(address) if address else None

    def vmas(self, task: Task) -> List[Vma]:
        """Returns the regions of a task's address space, in the kernel's order."""
        return list(self.walk_vmas(task))

    def walk_vmas(self, task: Task) -> Iterator[Vma]:
        """Yields them one by one."""
        if task.mm:
            for vma in self.walk_list(task.mm + self.layout("mm.vmas")[0], "vma.link"):
                yield Vma(self.read_field(vma, "vma.start"), self.read_field(vma, "vma.end"),
                          self.read_field(vma, "vma.flags"), vma)

    def leaves(self, root: int, start: int = 0, end: int = LOW_HALF_END) -> Iterator[Leaf]:
        """Yields the entries that are not empty in [start, end) under the table at `root`.

        The default is the user's half; `root` is a physical address.
        """
        yield from self._walk(root & PTE_FRAME, 4, 0, (start & VA_MASK, (end - 1) & VA_MASK),
                              [TABLE_LIMIT, LEAF_LIMIT], set())

    def _walk(self, table: int, level: int, base: int, span: Tuple[int, int],
              budget: List[int], above: Set[int]) -> Iterator[Leaf]:
        """Yields the leaves of one table that begins at `base` and meet span = (first, last).

        `budget`: tables and leaves still allowed, so that a wild walk ends. `above`: the tables on
        the way here, none of which can come again.
        """
        first, last = span
        shift = 12 + 9 * (level - 1)
        if table in above:
            raise ReaderError("the page tables do not end: they lead back to the table at "
                              f"{table:#x}")
        entries = struct.unpack("<512Q", self.memory.read(table, PAGE_SIZE))
        budget[0] -= 1
        for index in range(max(first - base, 0) >> shift, min((last - base) >> shift, 511) + 1):
            pte = entries[index]
            va = base + (index << shift)
            if level == 1 or (pte & PTE_LARGE and pte & PTE_PRESENT):
                if pte:
                    budget[1] -= 1
                    yield Leaf(canonical(va), pte, level)
            elif pte & PTE_PRESENT:
                yield from self._walk(pte & PTE_FRAME, level - 1, va, span, budget,
                                      above | {table})
            if min(budget) <= 0:
                raise ReaderError("the page tables do not end")

    def pages_mapped(self, task: Task) -> int:
        """Returns how many pages a task's lower half maps, those without any right included."""
        if task.root is None:
            return 0
        return sum(leaf.size // PAGE_SIZE for leaf in self.leaves(task.root) if leaf.mapped)

    # Frames

    def frame_address(self, number: int) -> int:
        """Returns the address of what the kernel keeps about frame `number`. Raises ReaderError."""
        if not self.frames_va or not 0 <= number < self.frame_total:
            raise ReaderError(f"there is no frame {number:#x}")
        address: int = self.frames_va + number * self.layout("frame")[1]
        return address

    def frame(self, number: int) -> Frame:
        """Returns what the kernel keeps about frame `number`."""
        address = self.frame_address(number)
        kind = self.read_field(address, "frame.kind")
        return Frame(number, self.read_field(address, "frame.count"),
                     KIND_NAMES[kind] if kind < len(KIND_NAMES) else str(kind))

    def frames_of_kind(self, *kinds: str) -> int:
        """Returns how many frames are of one of these kinds, such as "user"."""
        stride = self.layout("frame")[1]
        offset, size = self.layout("frame.kind")
        if size != 1 or not self.frames_va or not stride:
            raise ReaderError("there is no table of frames")
        if self.frame_total > self.memory.size // PAGE_SIZE + FOUR_GIB // PAGE_SIZE:
            raise ReaderError(f"the kernel claims {self.frame_total} frames")
        table = self.read(self.frames_va, self.frame_total * stride)
        column = table[offset::stride]
        return sum(column.count(KIND_NAMES.index(kind)) for kind in kinds)

    # The trace

    def ring(self, since: int = 0, names: Optional[Collection[str]] = None) -> Ring:
        """Returns the trace from ticket `since` on, oldest first; empty when CHECKS=0.

        `names`: only events that are called so, which is quicker; None: all.
        """
        if not self.trace_va:
            return Ring([], [], 0, 0)
        version, size, capacity, head, events_va, _classes = RING_LAYOUT.unpack(
            self.read(self.trace_va, RING_LAYOUT.size))
        if version != RING_VERSION or size != EVENT_SIZE:
            raise ReaderError(f"trace ring has version {version} and {size}-byte events")
        if not capacity or capacity & (capacity - 1) or capacity * EVENT_SIZE > self.memory.size:
            raise ReaderError(f"trace ring has an impossible capacity of {capacity} events")
        slots = self.read(events_va, capacity * EVENT_SIZE)
        events: List[Event] = []
        tickets: List[int] = []
        torn = 0
        left_out = set() if names is None else {
            kind for kind, form in enumerate(self.formats.types) if form.name not in names}
        oldest = max(0, head - capacity)
        for ticket in range(max(oldest, since), head):
            at = ticket % capacity * EVENT_SIZE
            mark, _time, kind = EVENT_HEAD.unpack_from(slots, at)
            if mark != ticket + 1:
                torn += 1
            elif kind not in left_out:
                events.append(self.formats.decode(slots[at:at + EVENT_SIZE])[1])
                tickets.append(ticket)
        return Ring(events, tickets, oldest, torn)
