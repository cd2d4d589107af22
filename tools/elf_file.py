# SPDX-License-Identifier: MIT
"""An ELF program as its fields: what tools/elf_files.py makes its files of."""
from __future__ import annotations

import itertools
import struct
from typing import Dict, List, NamedTuple, Tuple

Changes = Dict[str, int]

HEADER = ("<16sHHIQQQIHHHHHH", ("e_ident", "e_type", "e_machine", "e_version", "e_entry", "e_phoff",
                                "e_shoff", "e_flags", "e_ehsize", "e_phentsize", "e_phnum",
                                "e_shentsize", "e_shnum", "e_shstrndx"))
PROGRAM_HEADER = ("<IIQQQQQQ", ("p_type", "p_flags", "p_offset", "p_vaddr", "p_paddr", "p_filesz",
                                "p_memsz", "p_align"))
PT_NULL, PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_PHDR, PT_GNU_STACK = 0, 1, 2, 3, 6, 0x6474E551
X, W, R = 1, 2, 4
PROT = [sum(bits) for bits in itertools.product((0, 1), (0, 2), (0, 4))]  # of p_flags
PAGE, USER_TOP, BASE = 0x1000, 0x7FFF_FFFF_F000, 0x400000
SIZE, CODE_BYTES, DATA_BYTES = 0x2010, 0x10, 0x10
SPARES = 18
SEGMENTS_MAX = 16
EXIT_0 = bytes.fromhex("31ff b83c000000 0f05")  # xor edi, edi; mov eax, 60; syscall


def _segment(page: int, flags: int, file_bytes: int, memory_bytes: int) -> Changes:
    return {"p_type": PT_LOAD, "p_flags": flags, "p_offset": page * PAGE,
            "p_vaddr": BASE + page * PAGE, "p_paddr": 0, "p_filesz": file_bytes,
            "p_memsz": memory_bytes, "p_align": PAGE}


class Plan(NamedTuple):
    """A struct elf_image. A segment: address, memory_bytes, offset, file_bytes, prot."""

    position_independent: bool
    alignment: int
    entry: int
    phdrs: int
    phdr_count: int
    interp_offset: int
    interp_bytes: int
    segments: List[Tuple[int, int, int, int, int]]

    def build(self) -> bytes:
        """Its bytes, as the compiler lays them out."""
        head = struct.pack("<?7xQQQI4xQQI4x", *self[:-1], len(self.segments))
        segments = b"".join(struct.pack("<QQQQI4x", *segment) for segment in self.segments)
        return head + segments.ljust(SEGMENTS_MAX * 40, b"\0")


class File:
    """An ELF file as its fields, to be changed one by one."""

    def __init__(self) -> None:
        count = 4 + SPARES
        head_bytes = 64 + count * 56
        self.size = SIZE
        self.ident = bytearray(b"\x7fELF\x02\x01\x01" + bytes(9))
        self.header: Changes = {
            "e_type": 2, "e_machine": 62, "e_version": 1, "e_entry": BASE + PAGE, "e_phoff": 64,
            "e_shoff": 0, "e_flags": 0, "e_ehsize": 64, "e_phentsize": 56, "e_phnum": count,
            "e_shentsize": 0, "e_shnum": 0, "e_shstrndx": 0}
        self.table = {"head": _segment(0, R, head_bytes, head_bytes),
                      "code": _segment(1, R | X, CODE_BYTES, CODE_BYTES),
                      "data": _segment(2, R | W, DATA_BYTES, 2 * PAGE),
                      "stack": dict.fromkeys(PROGRAM_HEADER[1], 0)}
        self.table["stack"].update(p_type=PT_GNU_STACK, p_flags=R | W)
        for i in range(SPARES):
            self.table[f"spare{i}"] = dict.fromkeys(PROGRAM_HEADER[1], 0)

    def change(self, changes: Changes) -> None:
        """Sets fields: "size", "ident.N", "e_...", or "NAME.p_..."."""
        for key, value in changes.items():
            owner, _, name = key.rpartition(".")
            if key == "size":
                self.size = value
            elif owner == "ident":
                self.ident[int(name)] = value
            else:
                fields = self.table[owner] if owner else self.header
                assert name in fields, key
                fields[name] = value

    def build(self) -> bytes:
        """The file's bytes."""
        header = struct.pack(HEADER[0], bytes(self.ident), *self.header.values())
        table = b"".join(struct.pack(PROGRAM_HEADER[0], *entry.values())
                         for entry in self.table.values())
        data = bytearray(SIZE)
        data[PAGE:PAGE + len(EXIT_0)] = EXIT_0
        data[2 * PAGE:SIZE] = b"/bin/false\0".ljust(DATA_BYTES, b"\0")
        at = 64 if self.header["e_phoff"] > PAGE else self.header["e_phoff"]
        data[at:at + len(table)] = table
        data[:len(header)] = header
        return bytes(data[:self.size].ljust(self.size, b"\0"))

    def plan(self) -> Plan:
        """What elf_check is to make of the file, if it is good."""
        used = [entry for entry in self.table.values() if entry["p_type"] == PT_LOAD
                and entry["p_memsz"] > 0]
        at, count = self.header["e_phoff"], self.header["e_phnum"]
        interp = [entry for entry in self.table.values() if entry["p_type"] == PT_INTERP]
        return Plan(
            self.header["e_type"] == 3, max(PAGE, *(entry["p_align"] for entry in used)),
            self.header["e_entry"],
            next((entry["p_vaddr"] + at - entry["p_offset"] for entry in used
                  if entry["p_offset"] <= at
                  and at + count * 56 <= entry["p_offset"] + entry["p_filesz"]), 0),
            count, *((interp[0]["p_offset"], interp[0]["p_filesz"]) if interp else (0, 0)),
            [(entry["p_vaddr"], entry["p_memsz"], entry["p_offset"], entry["p_filesz"],
              PROT[entry["p_flags"]]) for entry in used])


def spare(number: int, kind: int = PT_LOAD, address: int = 0, flags: int = R, offset: int = 0,
          file_bytes: int = 0, memory_bytes: int = 0, align: int = PAGE) -> Changes:
    """The changes that put an unused program header to use."""
    values = (kind, flags, offset, address, 0, file_bytes, memory_bytes, align)
    return {f"spare{number}.{name}": value for name, value in zip(PROGRAM_HEADER[1], values)}
