#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""ELF files to try elf_check with: hostile ones, and odd ones that are programs all the same.

    elf_files.py DIRECTORY    writes them to DIRECTORY/hostile and DIRECTORY/odd

A hostile file is a good program with one planted fault; NAME.undone is the same without the fault.
The good one really is a program: it does exit(0), on Linux as well. A fault is a set of changes: to
a field of the header ("e_type"), of a program header ("code.p_flags"), or to the file's size
("size"). Some faults want a file that is a little different before they can be planted: `before`
says how; with that alone the file is still good, and, unless it has an interpreter, does exit(0).

An odd file is good, and looks as if it were not. NAME.plan is what elf_check is to make of it: the
bytes of a struct elf_image (kern/labs.h).

In each directory `index` has a line for each file: NAME ERRNO GROUP: WHY. ERRNO is what elf_check
answers, 0 for an odd file; files of a group are neighbours.
"""
from __future__ import annotations

import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Sequence

from elf_file import (BASE, CODE_BYTES, DATA_BYTES, PAGE, PT_DYNAMIC, PT_GNU_STACK, PT_INTERP,
                      PT_PHDR, SEGMENTS_MAX, SIZE, SPARES, USER_TOP, Changes, File, R, W, X, spare)

ENOEXEC, EINVAL = 8, 22
EXIT_0_SHORT = bytes.fromhex("31ff 6a3c 58 0f05")  # xor edi, edi; push 60; pop rax; syscall


class Fault(NamedTuple):
    """One mistake in a file, or one lie.

    `linux_runs`: Linux does not mind, and runs the program to its end; Tine is stricter there. Else
    Linux answers with an error or kills the caller, which has no memory any more by then.
    """

    name: str
    why: str
    plant: Changes
    before: Changes = {}
    answer: int = ENOEXEC
    linux_runs: bool = False

    def undone(self) -> bytes:
        """The file without the fault."""
        file = File()
        file.change(self.before)
        return file.build()

    def build(self) -> bytes:
        """The file with the fault."""
        file = File()
        file.change({**self.before, **self.plant})
        return file.build()


def many(count: int) -> Changes:
    """So many segments more than the good file has, of a page each."""
    result: Changes = {}
    for i in range(count):
        result.update(spare(i, address=BASE + (16 + i) * PAGE, memory_bytes=PAGE))
    return result


def _interp(number: int, offset: int = 2 * PAGE, size: int = 11) -> Changes:
    return spare(number, PT_INTERP, BASE + offset, R, offset, size, size, 1)


END = BASE + 4 * PAGE  # of the good file's memory
LAST = USER_TOP - PAGE
HUGE = 1 << 63
MIB_2 = 1 << 21
PIE = {"e_type": 3}
# Bytes 8 to 15 of a file are nobody's. With the code there no segment needs more than 16 of it.
TINY = {**{f"ident.{8 + i}": byte for i, byte in enumerate(EXIT_0_SHORT)}, "head.p_type": 0,
        "e_entry": BASE + 8, "code.p_offset": 0, "code.p_vaddr": BASE, "data.p_filesz": 0}

IDENTITY = [
    Fault("empty", "There is nothing in the file.", {"size": 0}),
    Fault("one-byte", "The file ends within the magic number.", {"size": 1}),
    Fault("only-magic", "The file ends after the magic number.", {"size": 4}),
    Fault("header-cut", "The file ends one byte before the header does.", {"size": 63}, TINY),
    Fault("magic-0", "The first byte is not 0x7f.", {"ident.0": 0x7E}),
    Fault("magic-3", "The last byte of the magic number is lower-case.", {"ident.3": ord("f")}),
    Fault("class-32", "It calls itself a file for 32 bits.", {"ident.4": 1}, linux_runs=True),
    Fault("class-none", "It does not say for how many bits it is.", {"ident.4": 0},
          linux_runs=True),
    Fault("big-endian", "It calls itself big-endian.", {"ident.5": 2}, linux_runs=True),
    Fault("ident-version", "The format's version in e_ident is one there is not.", {"ident.6": 2},
          linux_runs=True),
    Fault("version", "The format's version in e_version is one there is not.", {"e_version": 0},
          linux_runs=True),
    Fault("other-system", "It is a program for FreeBSD, whose system calls are others.",
          {"ident.7": 9}, linux_runs=True),
    Fault("abi-1", "It is a program for HP-UX: between the two that are allowed.", {"ident.7": 1},
          linux_runs=True),
    Fault("relocatable", "It is an object file, which has not been linked.", {"e_type": 1}),
    Fault("core-dump", "It is a core dump.", {"e_type": 4}),
    Fault("no-type", "It does not say what kind of file it is.", {"e_type": 0}),
    Fault("arm", "It is for another processor: AArch64.", {"e_machine": 183}),
    Fault("i386", "It is for the x86-64's ancestor.", {"e_machine": 3}),
    Fault("header-size", "The header calls itself smaller than it is.", {"e_ehsize": 52},
          linux_runs=True),
]

TABLE = [
    Fault("header-only", "The file ends where the program headers should begin.",
          {"size": 64}, TINY),
    Fault("table-cut", "The file ends within the last program header.",
          {"size": 64 + (4 + SPARES) * 56 - 1}, TINY),
    Fault("entry-size-32", "Program headers have the size of those for 32 bits.",
          {"e_phentsize": 32}),
    Fault("entry-size-0", "Program headers have no size.", {"e_phentsize": 0}),
    Fault("entry-size-large", "Program headers are a little larger than they are.",
          {"e_phentsize": 64}),
    Fault("no-headers", "There are no program headers.", {"e_phnum": 0}),
    Fault("headers-without-end", "There are 65,535 program headers, far more than fit.",
          {"e_phnum": 0xFFFF}),
    Fault("one-header-too-many", "The last program header lies beyond the first 4,096 bytes.",
          {"e_phnum": 73}, {"e_phnum": 72}, linux_runs=True),
    Fault("table-in-header", "The program headers begin within the ELF header.", {"e_phoff": 56},
          linux_runs=True),
    Fault("table-at-0", "The program headers begin where the file does.", {"e_phoff": 0}),
    Fault("table-unaligned", "The program headers are at an odd address.", {"e_phoff": 65},
          linux_runs=True),
    Fault("table-by-4", "The program headers are at a multiple of 4 only.", {"e_phoff": 68},
          linux_runs=True),
    Fault("table-far", "The program headers lie beyond the end of the file.", {"e_phoff": 1 << 20}),
    Fault("table-overflow", "The end of the program headers, computed in 64 bits, is small.",
          {"e_phoff": (1 << 64) - 1024}),
    Fault("table-overflow-signed", "The program headers begin at 2^63: negative, if signed.",
          {"e_phoff": HUGE}),
]

SIZES = [
    Fault("no-segments", "No program header is a segment.",
          {"head.p_type": 0, "code.p_type": 0, "data.p_type": 0}),
    Fault("empty-segments", "The only segment that could be executed has no bytes.",
          {"code.p_filesz": 0, "code.p_memsz": 0}),
    Fault("file-larger", "A segment has more bytes in the file than in memory.",
          {"data.p_memsz": DATA_BYTES - 1}),
    Fault("no-memory", "A segment has bytes in the file and none in memory.", {"data.p_memsz": 0}),
    Fault("offset-beyond", "A segment begins beyond the end of the file.",
          {"data.p_offset": 16 * PAGE}),
    Fault("one-byte-missing", "A segment's last byte is not in the file.", {"size": SIZE - 1},
          linux_runs=True),
    Fault("file-much-larger", "A segment has a gigabyte of a file of 8 KiB.",
          {"data.p_filesz": 1 << 30, "data.p_memsz": 1 << 30}, linux_runs=True),
    Fault("offset-overflow", "Offset and length, added in 64 bits, are small.",
          {"data.p_offset": (1 << 64) - PAGE, "data.p_filesz": PAGE}),
    Fault("offset-negative", "The offset is 2^63: negative, if signed.", {"data.p_offset": HUGE}),
    Fault("memory-overflow", "Address and length, added in 64 bits, are 0.",
          {"data.p_memsz": (1 << 64) - BASE - 2 * PAGE}),
    Fault("memory-all", "A segment is as long as a number can be.",
          {"data.p_memsz": (1 << 64) - 1}),
    Fault("memory-negative", "A segment has 2^63 bytes: a negative number, if signed.",
          {"data.p_memsz": HUGE}),
    Fault("reaches-kernel", "A segment's last byte lies beyond the user half.",
          {"data.p_memsz": USER_TOP - BASE - 2 * PAGE + 1}),
]

ADDRESSES = [
    Fault("kernel-address", "A segment begins in the kernel's half.",
          {"data.p_vaddr": 0xFFFF_FFFF_8000_0000}),
    Fault("direct-map", "A segment begins where the kernel has all memory.",
          {"data.p_vaddr": 0xFFFF_8000_0000_2000}),
    Fault("not-canonical", "A segment begins where no processor can have memory.",
          {"data.p_vaddr": 1 << 48}),
    Fault("user-top", "A segment begins where the user half ends.", {"data.p_vaddr": USER_TOP}),
    Fault("last-page", "A segment's second page lies beyond the user half.",
          {"data.p_vaddr": LAST}),
    Fault("bss-in-kernel", "A segment without bytes in the file begins in the kernel's half.",
          {"spare0.p_vaddr": 0xFFFF_FFFF_8000_0000},
          spare(0, address=END, flags=R | W, memory_bytes=PAGE)),
    Fault("pie-user-top",
          "A segment of a PIE is farther from the base than the user half is large.",
          {"data.p_vaddr": USER_TOP}, PIE),
    Fault("pie-wraps", "A segment of a PIE lies before the base.",
          {"data.p_vaddr": (1 << 64) - 4 * PAGE}, PIE),
    Fault("page-0", "A segment lies at address 0, which would make NULL a good pointer.",
          {"head.p_vaddr": 0}),
    Fault("page-0-end", "A segment begins within the page of address 0.",
          {"head.p_vaddr": 0x800, "head.p_offset": 0x800, "head.p_filesz": 0x10,
           "head.p_memsz": 0x10}),
    Fault("remainder", "Offset and address differ by one modulo the page size.",
          {"data.p_vaddr": BASE + 2 * PAGE + 1}),
    Fault("remainder-half", "Offset and address differ by half a page.",
          {"data.p_vaddr": BASE + 2 * PAGE + 0x800}),
    Fault("remainder-offset", "An offset is not that of a page, where the address is.",
          {"data.p_offset": 2 * PAGE + 8, "data.p_filesz": 8}),
    Fault("remainder-align-1", "Offset and address differ in a page, though in nothing else.",
          {"data.p_vaddr": BASE + 2 * PAGE + 0x10}, {"data.p_align": 1}),
    Fault("align-3", "The alignment is not a power of two.", {"data.p_align": 3}, linux_runs=True),
    Fault("align-all", "The alignment has all its bits.", {"data.p_align": (1 << 64) - 1},
          linux_runs=True),
    Fault("align-huge", "The alignment is larger than the user half: the base would have to be 0.",
          {"data.p_align": HUGE}, linux_runs=True),
]

NEIGHBOURS = [
    Fault("same-twice", "Two segments are the same memory.",
          {"data.p_vaddr": BASE + PAGE}),
    Fault("overlap-byte", "A segment's first byte is the last of the one before.",
          {"spare0.p_vaddr": END - 1},
          spare(0, address=END, flags=R | W, memory_bytes=PAGE), linux_runs=True),
    Fault("overlap-bss", "The zeros after a segment's bytes reach into the next segment.",
          {"head.p_memsz": PAGE + 1}, linux_runs=True),
    Fault("within", "A segment lies within another.",
          {"spare0.p_vaddr": BASE + 2 * PAGE + 0x100},
          spare(0, address=END, flags=R | W, memory_bytes=8), linux_runs=True),
    Fault("not-sorted", "A segment has a lower address than the one before it.",
          {"spare0.p_vaddr": BASE - 16 * PAGE},
          spare(0, address=END, memory_bytes=PAGE), linux_runs=True),
    Fault("one-too-many", "There are 17 segments.",
          spare(13, address=BASE + 64 * PAGE, memory_bytes=PAGE), many(SEGMENTS_MAX - 3),
          linux_runs=True),
    Fault("shared-page", "Code and data lie in one page, which would have to permit both.",
          {"data.p_vaddr": BASE + PAGE + 0x100, "data.p_offset": PAGE + 0x100,
           "data.p_filesz": 0x10}),
    Fault("shared-page-zeros", "The zeros after the code end in the page where data begins.",
          {"code.p_memsz": PAGE + 1},
          {"data.p_vaddr": BASE + 2 * PAGE + 8, "data.p_offset": 2 * PAGE + 8, "data.p_filesz": 8},
          linux_runs=True),
    Fault("shared-page-of-three", "Code and data have one page, and constants lie between them.",
          {"spare2.p_flags": R | W},
          {**spare(0, address=END, flags=R | X, memory_bytes=8),
           **spare(1, address=END + 0x10, memory_bytes=8),
           **spare(2, address=END + 0x20, memory_bytes=8)}, linux_runs=True),
]

RIGHTS = [
    Fault("code-writable", "The code can be written to.", {"code.p_flags": R | W | X},
          linux_runs=True),
    Fault("data-executable", "The data can be executed.", {"data.p_flags": R | W | X},
          linux_runs=True),
    Fault("write-execute", "A segment can be written to and executed, but not read.",
          {"data.p_flags": W | X}, linux_runs=True),
    Fault("stack-executable", "It wants a stack that can be executed.",
          {"stack.p_flags": R | W | X},
          linux_runs=True),
    Fault("stack-execute-only", "It wants a stack that can be executed, and says no more.",
          {"stack.p_flags": X}, linux_runs=True),
    Fault("second-stack", "A second PT_GNU_STACK wants what the first one does not.",
          {"spare0.p_flags": R | W | X}, spare(0, PT_GNU_STACK, flags=R | W), linux_runs=True),
    Fault("entry-0", "The first instruction is at address 0.", {"e_entry": 0}),
    Fault("entry-in-data", "The first instruction is in data.", {"e_entry": BASE + 2 * PAGE}),
    Fault("entry-in-headers", "The first instruction is in the headers.", {"e_entry": BASE + 64}),
    Fault("entry-before", "The first instruction is a byte before the code.",
          {"e_entry": BASE + PAGE - 1}),
    Fault("entry-after", "The first instruction is where the code has just ended.",
          {"e_entry": BASE + PAGE + CODE_BYTES}),
    Fault("entry-in-kernel", "The first instruction is in the kernel's half.",
          {"e_entry": 0xFFFF_FFFF_8000_0000}),
    Fault("entry-not-canonical", "The first instruction is where no processor can have memory.",
          {"e_entry": 1 << 63}),
    Fault("code-not-executable", "The code cannot be executed.", {"code.p_flags": R}),
    Fault("code-not-a-segment", "The code is of a kind that a loader does not load.",
          {"code.p_type": PT_DYNAMIC}),
]

INTERPRETERS = [
    Fault("interp-twice", "There are two interpreters.", _interp(1), _interp(0), EINVAL),
    Fault("interp-empty", "The interpreter's path has no bytes.",
          {"spare0.p_filesz": 0}, _interp(0)),
    Fault("interp-only-nul", "The interpreter's path has no name before its NUL.",
          {"spare0.p_filesz": 1}, _interp(0)),
    Fault("interp-long", "The interpreter's path is longer than any path.",
          {"spare0.p_filesz": 4097}, _interp(0, 0, 4096)),
    Fault("interp-beyond", "The interpreter's path lies beyond the end of the file.",
          {"spare0.p_offset": 16 * PAGE}, _interp(0)),
    Fault("interp-cut", "The interpreter's path ends after the file does.",
          {"spare0.p_offset": SIZE - 10}, _interp(0)),
    Fault("interp-overflow", "The end of the interpreter's path, computed in 64 bits, is 1.",
          {"spare0.p_offset": (1 << 64) - 10}, _interp(0)),
]

GROUPS: Dict[str, List[Fault]] = {
    "identity": IDENTITY, "table": TABLE, "sizes": SIZES, "addresses": ADDRESSES,
    "neighbours": NEIGHBOURS, "rights": RIGHTS, "interpreters": INTERPRETERS}
FAULTS = [fault for group in GROUPS.values() for fault in group]


class Odd(NamedTuple):
    """A good file that looks odd; none of a loader's business."""

    name: str
    why: str
    changes: Changes

    def file(self) -> File:
        """The file."""
        file = File()
        file.change(self.changes)
        return file


ODD = [
    Odd("good", "A program like any other.", {}),
    Odd("pie", "A PIE that begins at 0, with an interpreter, and without headers in memory.",
        {**PIE, "head.p_type": 0, "e_entry": 4, "code.p_vaddr": 0, **_interp(0)}),
    Odd("pie-aligned", "A PIE one of whose segments has an alignment of 2 MiB.",
        {**PIE, "head.p_vaddr": 0, "e_entry": MIB_2 + PAGE, "code.p_vaddr": MIB_2 + PAGE,
         "code.p_align": MIB_2}),
    Odd("pie-headers", "A PIE whose first segment has its headers.",
        {**PIE, "e_entry": PAGE, "head.p_vaddr": 0, "code.p_vaddr": PAGE,
         "data.p_vaddr": 2 * PAGE}),
    Odd("headers-later", "The segment with the program headers begins behind the ELF header.",
        {"head.p_offset": 0x40, "head.p_vaddr": 0x300040, "head.p_filesz": 0x4D0}),
    Odd("headers-cut", "A segment has all program headers but the last byte.",
        {"head.p_filesz": 0x50F}),
    Odd("headers-far", "Address and offset of the segment with the headers differ.",
        {"head.p_vaddr": BASE - PAGE}),
    Odd("no-bytes", "A PT_LOAD of no bytes, with rights that no memory may have.",
        spare(0, address=1, flags=R | W | X)),
    Odd("one-page", "Data, and other data right behind it in the same page.",
        {"data.p_memsz": 0x20, **spare(0, address=BASE + 2 * PAGE + 0x20, memory_bytes=8)}),
    Odd("touching", "A segment begins where the one before it ends.",
        spare(0, address=END, memory_bytes=8)),
    Odd("constants-data", "Constants, and data right behind them in the same page.",
        {**spare(0, address=END, memory_bytes=8),
         **spare(1, address=END + 8, flags=R | W, memory_bytes=8)}),
    Odd("sixteen", "There are 16 segments, as many as there may be.", many(SEGMENTS_MAX - 3)),
    Odd("to-the-top", "A segment's last byte is that of the user half.",
        {"data.p_memsz": USER_TOP - BASE - 2 * PAGE}),
    Odd("gnu", "It says that it is for Linux.", {"ident.7": 3}),
    Odd("ident-rest", "The rest of e_ident is not zero.", {"ident.8": 1, "ident.15": 0xFF}),
    Odd("no-stack", "Nothing is said about the stack.", {"stack.p_type": 0}),
    Odd("flags", "The processor's flags are set.", {"e_flags": 0xFFFF}),
    Odd("sections", "What it says about sections is nonsense.",
        {"e_shoff": (1 << 64) - 1, "e_shnum": 0xFFFF, "e_shstrndx": 0xFFFF}),
    Odd("other-headers", "Program headers of other kinds are full of nonsense.",
        {**spare(0, PT_DYNAMIC, 1 << 63, 7, 1 << 63, 3, 2, 3), **spare(1, PT_PHDR, 5, 7, 9, 9, 1)}),
    Odd("last-instruction", "The first instruction is the code's last byte.",
        {"e_entry": BASE + PAGE + CODE_BYTES - 1}),
    Odd("entry-in-zeros", "The first instruction is in the code's zeros.",
        {"code.p_memsz": 2 * CODE_BYTES, "e_entry": BASE + PAGE + CODE_BYTES}),
    Odd("align-small", "An alignment of nothing, and of one byte.",
        {"head.p_align": 0, "code.p_align": 1, "data.p_align": 0}),
    Odd("whole-file", "A segment has all of the file.",
        {"head.p_type": 0, "data.p_offset": 0, "data.p_filesz": SIZE, "data.p_memsz": SIZE}),
    Odd("zeros-offset", "A segment of zeros has an offset far beyond the file, and an odd one.",
        spare(0, address=END + 3, memory_bytes=8, offset=1 << 62)),
    Odd("execute-only", "The code can be executed, and that is all.", {"code.p_flags": X}),
    Odd("interp-longest", "The interpreter's path is as long as a path may be.",
        _interp(0, 0, 4096)),
    Odd("interp-shortest", "The interpreter's path has one letter.", _interp(0, 2 * PAGE, 2)),
]


def good() -> bytes:
    """The file that all others are made of."""
    return File().build()


def _write_files(directory: Path, files: Dict[str, bytes], index: Sequence[str]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        path = directory / name
        path.write_bytes(data)
        path.chmod(0o755)
    (directory / "index").write_text("".join(line + "\n" for line in index), encoding="utf-8")


def write(directory: Path) -> None:
    """Writes all files, for those who want to look at them or run them, and for the kernel."""
    files = {fault.name: fault.build() for fault in FAULTS}
    files.update((fault.name + ".undone", fault.undone()) for fault in FAULTS)
    _write_files(directory / "hostile", files,
                 [f"{fault.name} {fault.answer} {group}: {fault.why}"
                  for group, faults in GROUPS.items() for fault in faults])
    files = {odd.name: odd.file().build() for odd in ODD}
    files.update((odd.name + ".plan", odd.file().plan().build()) for odd in ODD)
    _write_files(directory / "odd", files, [f"{odd.name} 0 odd: {odd.why}" for odd in ODD])


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
