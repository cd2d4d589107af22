# SPDX-License-Identifier: MIT
"""What tests ask inside GDB, by the grader's reader, past Tine's commands."""
from __future__ import annotations

import os
from pathlib import Path
from typing import List, Tuple

import gdb

from grade.elf import Elf
from grade.reader import Kernel, Memory


def kernel() -> Kernel:
    """The kernel as it is at this stop."""
    fd, size = map(int, os.environ["TINE_MEMORY"].split(":"))
    return Kernel(Memory(fd, size), Elf(Path(gdb.current_progspace().filename)))


def tasks() -> List[Tuple[int, str, int]]:
    """(pid, name, pages) of each task."""
    seen = kernel()
    return [(task.pid, task.name, seen.pages_mapped(task)) for task in seen.tasks()]
