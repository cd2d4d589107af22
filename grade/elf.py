# SPDX-License-Identifier: MIT
"""Reads what the grader needs from the kernel's ELF64 file: symbols, segments, line numbers."""
from __future__ import annotations

import bisect
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from grade.errors import HarnessError

PT_LOAD = 1
SHT_SYMTAB = 2
STT_FUNC = 2
STRING_LIMIT = 4096


class ElfError(HarnessError):
    """The file is not the little-endian ELF64 file that was expected."""


@dataclass(frozen=True)
class Segment:
    """One loaded piece: where it is linked, where it lies in memory, what the file holds."""

    va: int
    pa: int
    file_offset: int
    file_size: int
    memory_size: int


class Elf:
    """An ELF64 file that is not position independent. Raises ElfError when it is malformed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._data = path.read_bytes()
        except OSError as error:
            raise ElfError(f"{path}: {error.strerror}")
        try:
            self._parse()
        except (struct.error, IndexError, ValueError, OverflowError) as error:
            raise ElfError(f"{path}: damaged ELF file ({error})")

    def _parse(self) -> None:
        if self._data[:6] != b"\x7fELF\x02\x01":
            raise ElfError(f"{self.path}: not a little-endian ELF64 file")
        phoff, shoff = struct.unpack_from("<QQ", self._data, 32)
        phentsize, phnum, shentsize, shnum = struct.unpack_from("<HHHH", self._data, 54)
        self.segments: List[Segment] = []
        for i in range(phnum):
            kind, _flags, offset, va, pa, file_size, memory_size = struct.unpack_from(
                "<IIQQQQQ", self._data, phoff + i * phentsize)
            if kind == PT_LOAD:
                self.segments.append(Segment(va, pa, offset, file_size, memory_size))
        self.symbols: Dict[str, int] = {}
        self._functions: List[Tuple[int, int, str]] = []  # (va, size, name), by va
        sections = [struct.unpack_from("<IIQQQQIIQQ", self._data, shoff + i * shentsize)
                    for i in range(shnum)]
        for section in sections:
            if section[1] == SHT_SYMTAB:
                self._read_symbols(section[4], section[5], sections[section[6]][4])
        self._functions.sort()

    def _read_symbols(self, offset: int, size: int, names: int) -> None:
        table = self._data[offset:offset + size]
        for name, info, _other, index, value, length in struct.iter_unpack("<IBBHQQ", table):
            if name and index:
                end = self._data.index(b"\0", names + name)
                text = self._data[names + name:end].decode(errors="replace")
                self.symbols[text] = value
                if info & 15 == STT_FUNC:
                    self._functions.append((value, length, text))

    def symbol(self, name: str) -> int:
        """Returns the address of a symbol. Raises ElfError when there is none."""
        if name not in self.symbols:
            raise ElfError(f"{self.path}: has no symbol '{name}'")
        return self.symbols[name]

    def read(self, va: int, size: int) -> bytes:
        """Returns `size` bytes linked at `va`, as the file holds them (bss reads as zero)."""
        for part in self.segments:
            start = va - part.va
            if 0 <= start and start + size <= part.memory_size:
                stop = min(start + size, part.file_size)
                data = self._data[part.file_offset + start:part.file_offset + max(start, stop)]
                return data.ljust(size, b"\0")
        raise ElfError(f"{self.path}: nothing is linked at {va:#x}")

    def read_u64s(self, va: int, count: int) -> Tuple[int, ...]:
        """Returns `count` 64-bit numbers linked at `va`."""
        return struct.unpack(f"<{count}Q", self.read(va, 8 * count))

    def read_string(self, va: int) -> str:
        """Returns the C string linked at `va`. Raises ElfError when it does not end."""
        for part in self.segments:
            start = part.file_offset + va - part.va
            if 0 <= va - part.va < part.file_size:
                end = self._data.find(b"\0", start, start + STRING_LIMIT)
                if end >= 0:
                    return self._data[start:end].decode(errors="replace")
        raise ElfError(f"{self.path}: no string is linked at {va:#x}")

    def physical(self, va: int) -> Optional[int]:
        """Returns the physical address at which `va` is loaded, or None."""
        for part in self.segments:
            if part.va <= va < part.va + part.memory_size:
                return part.pa + va - part.va
        return None

    def function_at(self, va: int) -> Optional[str]:
        """Returns the function that holds the instruction at `va` as NAME+0xOFFSET, or None."""
        i = bisect.bisect_right(self._functions, (va, 1 << 64, "")) - 1
        if i < 0:
            return None
        start, size, name = self._functions[i]
        return f"{name}+{va - start:#x}" if va - start < max(size, 1) else None

    def lines_of(self, addresses: List[int]) -> Dict[int, str]:
        """Returns FILE:LINE for those addresses addr2line knows; without addr2line, nothing."""
        tool = shutil.which("addr2line") or shutil.which("llvm-addr2line")
        if not tool or not addresses:
            return {}
        command = [tool, "-e", str(self.path), *map(hex, addresses)]
        try:
            output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                    timeout=20, check=False).stdout.decode(errors="replace")
        except (OSError, subprocess.TimeoutExpired):
            return {}
        lines = [line.split(" (")[0] for line in output.splitlines()]
        return {address: line for address, line in zip(addresses, lines) if "?" not in line}
