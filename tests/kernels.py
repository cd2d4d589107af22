# SPDX-License-Identifier: MIT
"""What tests need that boot real kernels: built once, then booted as often as anybody likes."""
from __future__ import annotations

import functools
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Collection, Dict, List, Optional

from grade.console import Console, parse
from grade.elf import Elf
from grade.events import Event, Formats
from grade.machine import Config, Machine, run_all
from grade.reader import Kernel, Memory

ROOT = Path(__file__).resolve().parent.parent
PASS, FAIL, PANIC, MISSING, HANG, AUDIT, SETUP = 33, 35, 37, 39, 41, 43, 45
BACKSTOP_S = 120.0


def make(*words: str, folder: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs make in the project, without what an outer make handed down.

    Args:
        words: targets and variables; variables: further environment.
        folder: the project, or a copy of it.

    Returns:
        The finished process, with its output as text. Status and output are the caller's business.
    """
    env = {key: value for key, value in os.environ.items()
           if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")}
    env.update(variables)
    return subprocess.run(["make", *words], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


@functools.lru_cache(maxsize=None)
def kernel(*variables: str) -> Path:
    """Builds a kernel and returns its path.

    Args:
        variables: for make; default: the finished lab 0, checking.
    """
    words = variables or ("LAB=0", "SOLVED=0")
    result = make("kernel", *words)
    assert result.returncode == 0 and "warning" not in result.stderr, result.stderr
    return ROOT / result.stdout.splitlines()[-1]


@dataclass
class Run:
    """A machine that has ended. `status` is QEMU's; `events` is the trace, oldest first."""

    status: int
    console: Console
    raw_console: bytes
    dropped: int = 0
    events: List[Event] = field(default_factory=list)

    def kernel_text(self) -> str:
        """All kernel lines, for searching."""
        return "\n".join(self.console.kernel)


@functools.lru_cache(maxsize=None)
def _elf(path: Path) -> Elf:
    return Elf(path)


def boot(append: str, image: Path, initrd: object = True, memory_mib: int = 64,
         cpus: int = 1, counted: bool = True, limit_s: float = BACKSTOP_S,
         names: Optional[Collection[str]] = None) -> Run:
    """Boots a kernel as grading does and waits for its end.

    Args:
        append: the kernel's command line.
        image: from kernel().
        initrd: True for the one beside the kernel, a Path, or None for no initial file system.
        memory_mib: guest memory in MiB; cpus: processors; counted: time is counted in guest
            instructions; if not, QEMU runs the processors side by side.
        limit_s: the backstop, in seconds.
        names: only events that are called so get into the result; None: all.
    """
    archive = image.with_name("initrd.cpio") if initrd is True else initrd
    assert archive is None or isinstance(archive, Path)
    machine = Machine(Config(image, archive, append, memory_mib, cpus, counted), limit_s)
    for ended in run_all([machine], 1):
        try:
            assert ended.status is not None and not ended.timed_out, ended.console()[-2000:]
            run = Run(ended.status, parse(ended.console()), ended.console())
            if "-nochecks" not in image.parent.name:
                _read_trace(run, ended, _elf(image), names)
        finally:
            ended.close()
    return run


def _read_trace(run: Run, machine: Machine, elf: Elf, names: Optional[Collection[str]]) -> None:
    memory = Memory(machine.memory.fd, machine.memory_size)
    try:
        ring = Kernel(memory, elf, Formats(elf)).ring(names=names)
        run.events, run.dropped = list(ring.events), ring.dropped
    finally:
        memory.close()


def counts(run: Run) -> Dict[str, int]:
    """How often each event occurs, by name."""
    totals: Dict[str, int] = {}
    for event in run.events:
        totals[event.name] = totals.get(event.name, 0) + 1
    return totals


def qemus(kernel_path: Path) -> List[str]:
    """The processes that run QEMU with this kernel."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"qemu" in words[0] and str(kernel_path).encode() in words:
            found.append(entry.parent.name)
    return found
