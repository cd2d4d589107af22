# SPDX-License-Identifier: MIT
"""Separates what user programs wrote to the console from what the kernel wrote."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List

KERNEL_LINE = re.compile(r"\[ *\d+\.\d{6}(\+?)\] (.*)")


@dataclass(frozen=True)
class Console:
    """The lines of a console, without line ends; kernel lines also without their time stamp."""

    user: List[str]
    kernel: List[str]

    def kernel_line(self, prefix: str) -> str:
        """Returns the last kernel line that begins with `prefix`, or an empty string."""
        return next((line for line in reversed(self.kernel) if line.startswith(prefix)), "")


def parse(data: bytes) -> Console:
    """Takes a console's bytes apart.

    The kernel's lines are whole. When one interrupted a line of a program, the kernel ended that
    line first and marked its own stamp with `+`; here the program's line is joined again.
    """
    user = ""
    kernel: List[str] = []
    for line in data.decode(errors="replace").split("\n"):
        line = line[:-1] if line.endswith("\r") else line
        found = KERNEL_LINE.fullmatch(line)
        if not found:
            user += line + "\n"
            continue
        if found[1] and user.endswith("\n"):
            user = user[:-1]
        kernel.append(found[2])
    lines = user.split("\n")
    while lines and not lines[-1]:
        lines.pop()
    return Console(lines, kernel)
