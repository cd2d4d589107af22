# SPDX-License-Identifier: MIT
"""The outside reader and the decoding of events, on images made by hand, sound and corrupt."""
from __future__ import annotations

from pathlib import Path

import pytest
from grade_image import (BASE, CPUS, DIRECT, EVENTS, LOAD, RING, SIZE, TABLES, TASKS, Image,
                         make_elf)

from grade import reader
from grade.elf import Elf, ElfError
from grade.events import EVENT_LAYOUT, Formats, Value, err_text, pte_text, str_text
from grade.reader import FOUR_GIB, Kernel, Memory, ReaderError


@pytest.fixture
def elf(tmp_path: Path) -> Elf:
    return make_elf(tmp_path / "kernel")


@pytest.fixture
def image() -> Image:
    return Image()


def test_tasks_and_their_regions(image: Image, elf: Elf) -> None:
    kernel = image.kernel(elf)
    assert [(task.pid, task.name, task.root) for task in kernel.tasks()] \
        == [(1, "init", TABLES), (2, "init", None)]
    current = kernel.current()
    assert current and current.pid == 1
    assert [(vma.start, vma.end, vma.flag_names()) for vma in kernel.vmas(current)] \
        == [(0x400000, 0x404000, "r heap")]
    assert kernel.vmas(kernel.tasks()[1]) == []


def test_page_tables(image: Image, elf: Elf) -> None:
    kernel = image.kernel(elf)
    leaves = list(kernel.leaves(TABLES))
    assert [leaf.va for leaf in leaves] == [0x400000, 0x401000, 0x402000, 0x403000, 0x5FF000]
    assert [leaf.mapped for leaf in leaves] == [True, True, True, False, True]
    assert {leaf.level for leaf in leaves} == {1}
    assert [leaf.va for leaf in kernel.leaves(TABLES, 0x401000, 0x403000)] == [0x401000, 0x402000]
    assert [leaf.va for leaf in kernel.leaves(TABLES, 0x401800, 0x401801)] == [0x401000]
    current = kernel.current()
    assert current and kernel.pages_mapped(current) == 4
    assert kernel.pages_mapped(kernel.tasks()[1]) == 0


def test_large_pages_and_the_upper_half(image: Image, elf: Elf) -> None:
    image.u64(TABLES + 8 * 256, TABLES + 0x1000 | 3)
    image.u64(TABLES + 0x1000 + 8, 0x40000083)
    kernel = image.kernel(elf)
    upper = list(kernel.leaves(TABLES, 1 << 47, 1 << 48))
    assert (0xFFFF800040000000, 3, 1 << 30) in [(leaf.va, leaf.level, leaf.size) for leaf in upper]


def test_frames(image: Image, elf: Elf) -> None:
    kernel = image.kernel(elf)
    assert (kernel.frame(5).kind, kernel.frame(5).count) == ("user", 1)
    assert kernel.frame(9).kind == "free"
    assert kernel.frames_of_kind("user") == 2
    assert kernel.frames_of_kind("user", "page-table") == 3
    with pytest.raises(ReaderError, match="no frame"):
        kernel.frame(SIZE // 4096)


def test_the_trace(image: Image, elf: Elf) -> None:
    ring = image.kernel(elf).ring()
    assert list(map(str, ring.events)) == ["mark pid=1 cpu=0 id=1 value=5", "stop pid=1 cpu=0 id=1",
                                           "sys-exit pid=1 cpu=0 nr=pages ret=12"]
    assert (ring.dropped, ring.torn, ring.events[2].time) == (0, 0, 1002)
    assert image.kernel(elf).ring(2).tickets == [2]
    assert image.kernel(elf).ring(names=("mark", "sys-exit")).tickets == [0, 2]
    image.root["trace"] = 0
    assert image.kernel(elf).ring().events == []


def test_a_full_ring_has_dropped_events(image: Image, elf: Elf) -> None:
    image.ring(4, [(2, 1, (n, n)) for n in range(11)])
    ring = image.kernel(elf).ring()
    assert (ring.dropped, ring.tickets, ring.torn) == (7, [7, 8, 9, 10], 0)


def test_a_half_written_event_is_noticed(image: Image, elf: Elf) -> None:
    image.u64(EVENTS + 64, 0)
    ring = image.kernel(elf).ring()
    assert (ring.torn, ring.tickets) == (1, [0, 2])


# Corruption: each ends soon and with a ReaderError

def every_walk(kernel: Kernel) -> None:
    """Uses all there is."""
    for task in kernel.tasks():
        kernel.vmas(task)
        kernel.pages_mapped(task)
    kernel.current()
    kernel.frame(1)
    kernel.frames_of_kind("user")
    kernel.ring()


def test_the_image_is_sound(image: Image, elf: Elf) -> None:
    every_walk(image.kernel(elf))


@pytest.mark.parametrize("at, value", [
    (TASKS, 0), (TASKS, 0xDEAD0000), (TASKS, DIRECT + SIZE - 4), (TASKS, (1 << 64) - 1),
    (TASKS + 0x208, DIRECT + TASKS + 0x208),            # a list that loops past its head
    (TASKS + 0x120, 12345), (TASKS + 0x408, DIRECT - 8),
    (TASKS + 0x500, DIRECT + TASKS + 0x500), (TASKS + 0x400, SIZE),
    (CPUS + 8, 7),
    (TABLES, SIZE | 7), (TABLES + 0x1000, 0x000FFFFFFFFFF007),
    (RING, 2), (RING + 8, 0), (RING + 8, 3), (RING + 8, 1 << 40), (RING + 24, 1),
])
def test_wild_pointers(image: Image, elf: Elf, at: int, value: int) -> None:
    image.u64(at, value)
    with pytest.raises(ReaderError):
        every_walk(image.kernel(elf))


@pytest.mark.parametrize("key, value", [
    ("version", 2), ("fields", 1 << 30), ("frames", 0), ("frames", 3), ("total", 1 << 40),
    ("tasks", 0), ("trace", 5), ("cpus", 0), ("ncpu", 0), ("fields", 0), ("direct", 0)])
def test_a_wild_root(image: Image, elf: Elf, key: str, value: int) -> None:
    image.root[key] = value
    with pytest.raises(ReaderError):
        every_walk(image.kernel(elf))


def test_a_kernel_that_was_never_loaded(image: Image, elf: Elf) -> None:
    image.magic = bytes(8)
    with pytest.raises(ReaderError, match="never loaded"):
        image.kernel(elf)


def test_tables_that_lead_back_to_themselves(image: Image, elf: Elf) -> None:
    for index in range(512):
        image.u64(TABLES + 8 * index, TABLES | 7)
    with pytest.raises(ReaderError, match="do not end"):
        every_walk(image.kernel(elf))


def test_a_head_beyond_all_reason(image: Image, elf: Elf) -> None:
    image.ring(8, [], head=(1 << 64) - 1)
    ring = image.kernel(elf).ring()
    assert (ring.events, ring.torn) == ([], 8)


# Memory

def test_the_hole_of_a_large_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "Q35_LOW_FULL", 0x3000)
    monkeypatch.setattr(reader, "Q35_LOW_CUT", 0x2000)
    memory = Memory(b"a" * 0x2000 + b"b" * 0x2000, 0x4000)
    assert memory.read(0x1FFF, 1) == b"a"
    assert memory.read(FOUR_GIB, 2) == b"bb"
    for where, size in ((0x1FFF, 2), (0x2000, 1), (FOUR_GIB + 0x2000, 1), (-1, 1), (1 << 70, 1)):
        with pytest.raises(ReaderError):
            memory.read(where, size)


# The ELF file

def test_elf(elf: Elf) -> None:
    assert elf.symbol("work") == BASE + 0x100
    assert elf.function_at(BASE + 0x110) == "work+0x10"
    assert elf.function_at(BASE + 0x140) is None
    assert elf.function_at(0) is None
    assert elf.physical(BASE + 0x10) == LOAD + 0x10
    assert elf.read(BASE + 0x4FF8, 8) == bytes(8)  # bss
    with pytest.raises(ElfError, match="no symbol 'nothing'"):
        elf.symbol("nothing")
    with pytest.raises(ElfError, match="nothing is linked"):
        elf.read(0x1000, 8)
    with pytest.raises(ElfError, match="no string"):
        elf.read_string(0)


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"\x7fELF\x02\x01" + b"\xff" * 60,
                                  b"#!/bin/sh" * 20])
def test_no_elf(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(ElfError):
        Elf(tmp_path / "x")


# How arguments are shown

@pytest.mark.parametrize("entry, text", [
    (0, "none"), (0x1A2005, "0x1a2:r-xu"), (0x1A2003 | 1 << 63, "0x1a2:rw-s"),
    (0x5106 | 1 << 63, "0x5:-w-u:protnone"), (0x200083, "0x200:rwxs:large"),
    (0x5004, "0x5:--xu")])
def test_page_table_entries(entry: int, text: str) -> None:
    assert pte_text(entry) == text


def test_other_formats(elf: Elf) -> None:
    formats = Formats(elf)
    minus = (1 << 64) - 14
    assert formats.value("err", minus) == Value(-14, "-EFAULT")
    assert formats.value("err", 4096) == Value(4096, "4096")
    assert formats.value("d", minus) == Value(-14, "-14")
    assert formats.value("vec", 14).text == "PF"
    assert formats.value("vec", 77).text == "77"
    assert formats.value("kind", 3).text == "page-table"
    assert formats.value("kind", 99).text == "99"
    assert formats.value("sys", 0x1001) == Value(0x1001, "pages")
    assert formats.value("sys", 9).text == "9"
    assert formats.value("frame", 26).text == "0x1a"
    assert formats.value("of a later kernel", 26).text == "0x1a"
    assert str_text(int.from_bytes(b"count", "little")) == "count"
    assert err_text((1 << 64) - 4000).startswith("-")
    assert formats.types[6].args == ()


def test_an_unknown_type_of_event(elf: Elf) -> None:
    mark, event = Formats(elf).decode(EVENT_LAYOUT.pack(1, 2, 999, 0, 0, 3, 0, 0, 0, 0, 0))
    assert (mark, event.name, event.pid) == (1, "type-999", 3)
