# SPDX-License-Identifier: MIT
"""Trace events: their formats, which the kernel's ELF file tells, and their text."""
from __future__ import annotations

import errno
import struct
from dataclasses import dataclass
from typing import Callable, Dict, List, Mapping, Optional, Tuple

from grade.elf import Elf, ElfError

EVENT_SIZE = 64
EVENT_LAYOUT = struct.Struct("<QQHBBI5Q")
TABLE_LIMIT = 1024          # no table of formats or names is longer
KIND_NAMES = ("free", "reserved", "kernel", "page-table", "user", "file")
VECTOR_NAMES = {0: "DE", 1: "DB", 2: "NMI", 3: "BP", 4: "OF", 5: "BR", 6: "UD", 7: "NM", 8: "DF",
                10: "TS", 11: "NP", 12: "SS", 13: "GP", 14: "PF", 16: "MF", 17: "AC", 18: "MC",
                19: "XM"}
PTE_PRESENT, PTE_WRITE, PTE_USER, PTE_LARGE = 1 << 0, 1 << 1, 1 << 2, 1 << 7
PTE_PROTNONE, PTE_NX = 1 << 8, 1 << 63
PTE_FRAME = 0x000FFFFFFFFFF000


@dataclass(frozen=True)
class Value:
    """One argument of an event: its number (signed where the format is) and its text."""

    number: int
    text: str


@dataclass(frozen=True)
class Event:
    """One thing the machine did. `time` is in guest instructions; pid 0 is the kernel."""

    name: str
    pid: int
    cpu: int
    time: int
    args: Mapping[str, Value]

    def field(self, key: str) -> Optional[Value]:
        """Returns the argument `key`, where pid, cpu and time count as arguments, or None."""
        if key in self.args:
            return self.args[key]
        if key in ("pid", "cpu", "time"):
            number = int(getattr(self, key))
            return Value(number, str(number))
        return None

    def __str__(self) -> str:
        args = "".join(f" {key}={value.text}" for key, value in self.args.items())
        return f"{self.name} pid={self.pid} cpu={self.cpu}{args}"


@dataclass(frozen=True)
class Format:
    """What one type of event is called, its class, and its arguments as (key, format)."""

    name: str
    klass: str
    args: Tuple[Tuple[str, str], ...]


def signed(number: int) -> int:
    """Returns a 64-bit register's content as a signed number."""
    return number - (1 << 64) if number >> 63 else number


def pte_rights(entry: int) -> str:
    """Returns what an entry allows, such as `r-xu`; `s` in the last place: not to user mode."""
    return "".join((
        "r" if entry & PTE_PRESENT else "-",
        "w" if entry & PTE_WRITE else "-",
        "-" if entry & PTE_NX else "x",
        "u" if entry & PTE_USER else "s"))


def pte_text(entry: int) -> str:
    """Returns a page-table entry as FRAME:RIGHTS, such as `0x1a2:r-xu`; `none` when empty."""
    if entry == 0:
        return "none"
    present = entry & PTE_PRESENT
    text = f"{(entry & PTE_FRAME) >> 12:#x}:{pte_rights(entry)}"
    if not present and entry & PTE_PROTNONE:
        text += ":protnone"
    return text + (":large" if present and entry & PTE_LARGE else "")


def err_text(number: int) -> str:
    """Returns a system call's result: a number, or the error's name such as -ENOMEM."""
    value = signed(number)
    if -4095 <= value < 0:
        return f"-{errno.errorcode.get(-value, str(-value))}"
    return str(value)


def str_text(number: int) -> str:
    """Returns the up to eight characters a number holds."""
    return number.to_bytes(8, "little").rstrip(b"\0").decode("ascii", "replace")


def _kind_text(number: int) -> str:
    return KIND_NAMES[number] if number < len(KIND_NAMES) else str(number)


class Formats:
    """The tables `trace_formats` and `syscall_names` of one kernel. Raises ElfError."""

    def __init__(self, elf: Elf) -> None:
        self.syscalls: Dict[int, str] = {}
        self.types = self._read_types(elf)
        if "syscall_names" in elf.symbols:
            self.syscalls = self._read_syscalls(elf)
        self._renderers: Dict[str, Callable[[int], str]] = {
            "x": hex, "u": str, "d": lambda n: str(signed(n)), "pte": pte_text, "err": err_text,
            "sys": lambda n: self.syscalls.get(n, str(n)),
            "vec": lambda n: VECTOR_NAMES.get(n, str(n)),
            "frame": hex, "kind": _kind_text, "str": str_text}

    @staticmethod
    def _read_types(elf: Elf) -> List[Format]:
        types: List[Format] = []
        address = elf.symbol("trace_formats")
        for i in range(TABLE_LIMIT):
            name, klass, args = elf.read_u64s(address + 24 * i, 3)
            if not name:
                return types
            pairs = [pair.partition(":") for pair in elf.read_string(args).split()] if args else []
            types.append(Format(elf.read_string(name), elf.read_string(klass),
                                tuple((key, kind) for key, _, kind in pairs)))
        raise ElfError(f"{elf.path}: trace_formats has no end")

    @staticmethod
    def _read_syscalls(elf: Elf) -> Dict[int, str]:
        names: Dict[int, str] = {}
        address = elf.symbol("syscall_names")
        for i in range(TABLE_LIMIT):
            number, name = elf.read_u64s(address + 16 * i, 2)
            if number == (1 << 64) - 1:
                return names
            names[number] = elf.read_string(name)
        raise ElfError(f"{elf.path}: syscall_names has no end")

    def value(self, kind: str, number: int) -> Value:
        """Returns an argument of format `kind`; an unknown format is shown in hex."""
        text = self._renderers.get(kind, hex)(number)
        return Value(signed(number) if kind in ("d", "err") else number, text)

    def decode(self, raw: bytes) -> Tuple[int, Event]:
        """Returns (ticket + 1, event) for the 64 bytes of one slot of the ring."""
        mark, time, kind, cpu, _pad, pid, *numbers = EVENT_LAYOUT.unpack(raw)
        if kind >= len(self.types):
            return mark, Event(f"type-{kind}", pid, cpu, time, {})
        form = self.types[kind]
        args = {key: self.value(how, number) for (key, how), number in zip(form.args, numbers)}
        return mark, Event(form.name, pid, cpu, time, args)
