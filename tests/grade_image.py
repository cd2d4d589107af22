# SPDX-License-Identifier: MIT
"""A small kernel made by hand: an ELF file and guest memory, for the tests of the grader."""
from __future__ import annotations

import struct
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from grade import reader
from grade.elf import Elf
from grade.events import EVENT_LAYOUT
from grade.reader import Kernel, Memory

BASE = 0xFFFFFFFF80000000       # where the image is linked; it is loaded at LOAD
DIRECT = 0xFFFF888000000000
LOAD = 0x100000
SIZE = 4 << 20
FRAMES, TASKS, CPUS, RING, EVENTS, TABLES = (0x200000, 0x240000, 0x250000, 0x260000, 0x270000,
                                             0x300000)
FIELDS: List[Tuple[str, int, int]] = [
    ("frame", 0, 8), ("frame.count", 0, 4), ("frame.kind", 4, 1),
    ("task", 0, 128), ("task.link", 8, 16), ("task.pid", 24, 4), ("task.mm", 32, 8),
    ("task.name", 40, 16), ("task.state", 56, 4), ("task.trapframe", 64, 8),
    ("mm.root", 0, 8), ("mm.vmas", 8, 16), ("vma.link", 0, 16), ("vma.start", 16, 8),
    ("vma.end", 24, 8), ("vma.flags", 32, 4), ("cpu", 0, 64), ("cpu.current", 8, 8)]
ROOT_OFFSET, TYPES_OFFSET, CALLS_OFFSET, STRINGS_OFFSET = 0x1000, 0x2000, 0x2800, 0x3000


ENTRY_OFFSET = 0x800


def make_elf(path: Path, contents: bytes = b"", code: bytes = b"") -> Elf:
    """Writes an ELF64 file with the tables a kernel has, and reads it.

    `contents` is what else is loaded from LOAD on; `code` runs first, in 32-bit mode, at
    LOAD + ENTRY_OFFSET.
    """
    strings = bytearray(b"\0")

    def string(text: str) -> int:
        strings.extend(text.encode() + b"\0")
        return BASE + STRINGS_OFFSET + len(strings) - len(text) - 1

    types = [("sys-exit", "sys", "nr:sys ret:err"),
             ("pte-set", "pte", "va:x old:pte new:pte mm:x"),
             ("mark", "mark", "id:d value:d"), ("trap", "trap", "vec:vec code:x pc:x addr:x"),
             ("audit", "audit", "what:str frame:frame kind:kind count:u"), ("stop", "mark", "id:d"),
             ("plain", "mark", "")]
    table = b"".join(struct.pack("<QQQ", *map(string, row)) for row in types) + bytes(24)
    calls = struct.pack("<QQ", 0, string("read")) + struct.pack("<QQ", 0x1001, string("pages")) \
        + struct.pack("<QQ", (1 << 64) - 1, 0)
    image = bytearray(contents.ljust(0x4000, b"\0"))
    image[ENTRY_OFFSET:ENTRY_OFFSET + len(code)] = code
    image[TYPES_OFFSET:TYPES_OFFSET + len(table)] = table
    image[CALLS_OFFSET:CALLS_OFFSET + len(calls)] = calls
    image[STRINGS_OFFSET:STRINGS_OFFSET + len(strings)] = strings
    names = b"\0tine_root\0trace_formats\0syscall_names\0work\0"
    symbols = bytes(24)
    for name, offset, info, length in (("tine_root", ROOT_OFFSET, 1, 0),
                                       ("trace_formats", TYPES_OFFSET, 1, 0),
                                       ("syscall_names", CALLS_OFFSET, 1, 0),
                                       ("work", 0x100, 2, 0x40)):
        symbols += struct.pack("<IBBHQQ", names.index(name.encode()), info, 0, 1, BASE + offset,
                               length)
    at = 0x1000 + len(image)
    sections = bytes(64) + struct.pack("<IIQQQQIIQQ", 0, 2, 0, 0, at, len(symbols), 2, 0, 8, 24) \
        + struct.pack("<IIQQQQIIQQ", 0, 3, 0, 0, at + len(symbols), len(names), 0, 0, 1, 0)
    head = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack(
        "<HHIQQQIHHHHHH", 2, 62, 1, LOAD + ENTRY_OFFSET, 64, at + len(symbols) + len(names), 0, 64,
        56, 2, 64, 3, 2)
    load = struct.pack("<IIQQQQQQ", 1, 7, 0x1000, BASE, LOAD, len(image), len(image) + 0x1000,
                       0x1000)
    note = struct.pack("<III4sI", 4, 4, 18, b"Xen", LOAD + ENTRY_OFFSET)  # where PVH enters
    load += struct.pack("<IIQQQQQQ", 4, 4, 0x200, 0, 0, len(note), len(note), 4)
    path.write_bytes(((head + load).ljust(0x200, b"\0") + note).ljust(0x1000, b"\0")
                     + image + symbols + names + sections)
    return Elf(path)


class Image:
    """Guest memory with a small, sound kernel in it: two tasks, the first one current."""

    def __init__(self) -> None:
        self.data = bytearray(SIZE)
        self.root: Dict[str, int] = {
            "version": 1, "size": 96, "base": BASE - LOAD, "direct": DIRECT, "pt": TABLES,
            "memory": SIZE, "frames": DIRECT + FRAMES, "total": SIZE // 4096,
            "tasks": DIRECT + TASKS, "trace": DIRECT + RING, "cpus": DIRECT + CPUS, "ncpu": 1,
            "fields": len(FIELDS)}
        self.magic = b"TINEROOT"
        first, second = TASKS + 0x100, TASKS + 0x200
        self.u64(TASKS, DIRECT + first + 8)
        for task, following, pid, mm in ((first, DIRECT + second + 8, 1, TASKS + 0x400),
                                         (second, DIRECT + TASKS, 2, 0)):
            self.u64(task + 8, following)
            self.data[task + 24:task + 28] = struct.pack("<I", pid)
            self.u64(task + 32, DIRECT + mm if mm else 0)
            self.data[task + 40:task + 44] = b"init"
        self.u64(TASKS + 0x400, TABLES)
        vma = TASKS + 0x500
        self.u64(TASKS + 0x408, DIRECT + vma)
        for offset, value in ((0, DIRECT + TASKS + 0x408), (16, 0x400000), (24, 0x404000),
                              (32, 33)):
            self.u64(vma + offset, value)
        self.u64(CPUS + 8, DIRECT + first)
        for number, kind in ((5, 4), (6, 4), (7, 3)):
            self.data[FRAMES + 8 * number:FRAMES + 8 * number + 8] = struct.pack("<IBxxx", 1, kind)
        for level in range(3):  # 0x400000 = index 0, 0, 2, 0
            index = (0, 0, 2)[level]
            self.u64(TABLES + 0x1000 * level + 8 * index, TABLES + 0x1000 * (level + 1) | 7)
        for index, pte in ((0, 0x5007), (1, 0x6105), (2, 0x7100), (3, 0x8000), (511, 0x9005)):
            self.u64(TABLES + 0x3000 + 8 * index, pte)
        self.ring(8, [(2, 1, (1, 5)), (5, 1, (1,)), (0, 1, (0x1001, 12))])

    def u64(self, at: int, value: int) -> None:
        """Stores a number."""
        self.data[at:at + 8] = struct.pack("<Q", value)

    def ring(self, capacity: int, events: List[Tuple[int, int, Tuple[int, ...]]],
             head: Optional[int] = None) -> None:
        """Fills the trace with (type, pid, args)."""
        self.data[RING:RING + 40] = struct.pack("<IIQQQQ", 1, 64, capacity,
                                                len(events) if head is None else head,
                                                DIRECT + EVENTS, 0)
        for ticket, (kind, pid, args) in enumerate(events):
            at = EVENTS + ticket % capacity * 64
            self.data[at:at + 64] = EVENT_LAYOUT.pack(ticket + 1, 1000 + ticket, kind, 0, 0, pid,
                                                      *(args + (0,) * 5)[:5])

    def kernel(self, elf: Elf) -> Kernel:
        """Returns a reader of this memory."""
        self.store_root()
        return Kernel(Memory(self.data, SIZE), elf)

    def store_root(self) -> None:
        """Writes the root structure."""
        head = reader.ROOT_LAYOUT.pack(self.magic, *self.root.values())
        fields = b"".join(struct.pack("<24sII", name.encode(), offset, size)
                          for name, offset, size in FIELDS)
        at = LOAD + ROOT_OFFSET
        self.data[at:at + len(head) + len(fields)] = head + fields
