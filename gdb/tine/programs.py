# SPDX-License-Identifier: MIT
"""Which program a task runs, by its code in memory; and `user`, which gives GDB its symbols."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Tuple

import gdb
from tine import machine
from tine.command import UsageError, command, quoted

from grade.elf import Elf, ElfError
from grade.parts import paths, read_page
from grade.reader import PAGE_SIZE, Kernel, ReaderError, Task

CODE_PAGES = 16         # so many pages of code are compared
VMA_EXEC = 4
ELF_HEADER_BYTES = 64   # differ: they say where the symbols are
TOOLS = "user/bin/all.elf"      # all tools in one image: /init, and what forks from it

_elves: Dict[Tuple[str, float], Optional[Elf]] = {}
_answers: Dict[Tuple[object, ...], Optional[Path]] = {}


def elf_of(path: Path) -> Optional[Elf]:
    """Returns a program's file, or None if it is none."""
    try:
        key = str(path), path.stat().st_mtime
        if key not in _elves:
            _elves[key] = Elf(path)
    except (OSError, ElfError):
        return None
    return _elves[key]


def _folders(kernel: Kernel) -> List[Path]:
    """Returns where programs with symbols are: first those that only this kernel has."""
    own = Path(os.environ.get("TINE_BUILD") or kernel.elf.path.resolve().parent)
    return [folder for folder in (own, own / "programs", *sorted(own.parent.glob("programs*")))
            if folder.is_dir()]


def _candidates(kernel: Kernel, name: str, file: str) -> Iterator[Path]:
    """Yields the files that a task called `name`, which shows `file`, may run; the likeliest
    first."""
    rest: List[Path] = []
    base = name[:-len(".elf")] if name.endswith(".elf") else name
    for folder in _folders(kernel):
        path = file[:-len(".elf")] if file.endswith(".elf") else file
        for where in (f"symbols{path}", f"symbols/exec{path}"):
            if file and (folder / where).is_file():
                yield folder / where
        files = [one for one in sorted(folder.glob("user/**/*.elf"))]
        files += [one for one in sorted((folder / "symbols").rglob("*")) if one.is_file()]
        yield from (one for one in files if one.name in (base, f"{base}.elf"))
        yield folder / TOOLS
        rest += files
    yield from rest


def _code(kernel: Kernel, task: Task) -> Tuple[Dict[int, bytes], int]:
    """Returns the pages of code that are in memory, by address, and the inode they show or 0."""
    pages: Dict[int, bytes] = {}
    inode = 0
    for vma in kernel.walk_vmas(task):
        if not vma.flags & VMA_EXEC:
            continue
        inode = inode or kernel.read_field(vma.address, "vma.inode")
        for va in range(vma.start, min(vma.end, vma.start + (PAGE_SIZE << 8)), PAGE_SIZE):
            page = read_page(kernel, task, va) if len(pages) < CODE_PAGES else None
            if page:
                pages[va] = page
    return pages, inode


def _same(elf: Elf, pages: Dict[int, bytes]) -> bool:
    """Whether the pages are those of the program."""
    for va, page in pages.items():
        held = False
        for part in elf.segments:
            first = part.va + (ELF_HEADER_BYTES if part.file_offset == 0 else 0)
            start, end = max(va, first), min(va + PAGE_SIZE, part.va + part.file_size)
            if start < end:
                held = True
                if elf.read(start, end - start) != page[start - va:end - va]:
                    return False
        if not held:
            return False
    return True


def find(kernel: Kernel, task: Task) -> Optional[Path]:
    """Returns the ELF file, with symbols, of the program that a task runs; None if it is none of
    those that were built. The code in memory decides; if none is there yet, the names do."""
    if not task.mm:
        return None
    pages, inode = _code(kernel, task)
    key = (task.root, task.name, inode, tuple(sorted(pages.items()))[:2])
    if key not in _answers:
        file = ""
        if inode:
            file = paths(kernel).get(inode, "")
        _answers[key] = None
        for path in _candidates(kernel, task.name, file):
            elf = elf_of(path)
            if elf and _same(elf, pages):
                _answers[key] = path
                break
    return _answers[key]


def place(kernel: Kernel, task: Task, pc: int) -> str:
    """Returns an address of a task's program in words: the function, if it is known."""
    try:
        path = find(kernel, task)
    except ReaderError:
        path = None
    elf = elf_of(path) if path else None
    name = elf.function_at(pc) if elf else None
    return f"{pc:#x}, {name} of {path.stem}" if name and path else f"{pc:#x}"


# `user`: the symbols of one task's program

class _Follower:
    """Keeps GDB's symbols those of the program that one task runs."""

    def __init__(self) -> None:
        self.pid: Optional[int] = None
        self.path: Optional[Path] = None
        self._at = 0
        self._connected = False

    def forget(self) -> None:
        """Takes the symbols away."""
        if self.path:
            try:
                gdb.execute(f"remove-symbol-file -a {self._at:#x}", to_string=True)
            except gdb.error:
                pass    # they are gone already
        self.path = None

    def follow(self, pid: Optional[int]) -> None:
        """From now on the task with this pid; None: nobody."""
        self.forget()
        self.pid = pid
        if not self._connected:
            gdb.events.stop.connect(self._stopped)
            self._connected = True

    def update(self) -> Optional[str]:
        """Changes the symbols if the program has changed. Returns a line about it, or None."""
        kernel = machine.kernel()
        task = machine.find_task(kernel, [str(self.pid)])
        path = find(kernel, task)
        if path == self.path:
            return None
        had = self.path
        self.forget()
        if path:
            gdb.execute(f"add-symbol-file {quoted(path)}", to_string=True)
            elf = elf_of(path)
            text = elf.segments[0].va if elf else 0
            self.path, self._at = path, self._text_address(path, text)
        name = f"pid {task.pid} ({task.name})"
        if path is None:
            return f"{name} runs a program whose symbols are not here"
        return f"{name} runs {path.stem}{' now' if had else ''}: its symbols are loaded"

    @staticmethod
    def _text_address(path: Path, first: int) -> int:
        """Returns an address for remove-symbol-file: one of the file's text."""
        elf = elf_of(path)
        return elf.symbols.get("_start", first) if elf else first

    def _stopped(self, event: object) -> None:
        """At each stop: has the task executed another program?"""
        if self.pid is None:
            return
        try:
            line = self.update()
        except UsageError:
            line = f"pid {self.pid} is gone; so are its symbols"
            self.forget()
            self.pid = None
        except (ReaderError, gdb.error):
            return      # nothing can be known at this stop
        if line:
            gdb.write(f"[{line}]\n")


follower = _Follower()


@command("user", complete=machine.pids)
def user(words: List[str]) -> Iterator[str]:
    """Loads the symbols of the program that a task runs: user [PID], user off

    Then a backtrace goes on through the system call into the program, and `break main` means the
    program's. When the task executes another program, the symbols follow at the next stop. They
    are of one program at a time: another's addresses are the same numbers. Without PID: the current
    task.

    Example: user 1"""
    if words == ["off"]:
        follower.follow(None)
        yield "no program's symbols are loaded"
        return
    kernel = machine.kernel()
    task = machine.find_task(kernel, words)
    follower.follow(task.pid)
    yield follower.update() or (f"pid {task.pid} ({task.name}) runs a program whose symbols are "
                                "not here")
