# SPDX-License-Identifier: MIT
"""`make bench`: boots the benchmark on Tine, counting, and prints Linux's figures beside.

    python3 -m bench.run KERNEL INITRD REFERENCE [MAXMB]

Under instruction counting one instruction is one nanosecond; the medians are the figures.
Exit status: 0 the benchmark ended and nothing was wrong; 1 otherwise.
"""
from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Dict, List

from grade.errors import GradeError
from grade.host import signals_raise
from grade.machine import Config, Machine, run_all

MEMORY_MIB = 1024   # as for Linux's figures
LIMIT_S = 900.0
FIGURE = re.compile(r"BENCH (\S+) n=\d+ ns .*cyc min=\d+ med=(\d+) ")
MEMORY = re.compile(r"MEM (\S+) .*per_child_kib=(\d+)")


def figures(lines: List[str]) -> Dict[str, int]:
    """The medians in instructions, and KiB a child, by name."""
    found: Dict[str, int] = {}
    for line in lines:
        timed, memory = FIGURE.match(line), MEMORY.match(line)
        if timed:
            found[timed[1]] = int(timed[2])
        elif memory:
            found[memory[1] + " KiB"] = int(memory[2])
    return found


def boot(kernel: Path, initrd: Path, largest: List[str]) -> List[str]:
    """Runs the benchmark, with processes of so many MiB at most; returns the lines it printed."""
    append = " ".join(["trace=none", *(f"-- maxmb={size}" for size in largest)])
    for machine in run_all([Machine(Config(kernel, initrd, append, MEMORY_MIB), LIMIT_S)], 1):
        lines = machine.console().decode(errors="replace").replace("\r", "").splitlines()
        machine.close()
    return lines


def main(arguments: List[str]) -> int:
    """Prints the table; returns the exit status."""
    kernel, initrd, reference = map(Path, arguments[:3])
    with signals_raise():
        lines = boot(kernel, initrd, arguments[3:])
    ours = figures(lines)
    linux = figures(reference.read_text(encoding="utf-8").splitlines())
    print(f"{'instructions, medians':24} {'Tine':>12} {'Linux':>12}")
    for name, value in ours.items():
        other = linux.get(name)
        print(f"{name:24} {value:12,} {'' if other is None else format(other, ','):>12}".rstrip())
    notes = [line for line in lines if line.startswith(("SKIP", "FAIL", "LIMIT"))]
    print("\n".join(notes))
    ended = any("BENCH-END" in line for line in lines)
    if not ended:
        print("the benchmark did not end; its last lines:", *lines[-8:], sep="\n  ")
    return 0 if ended and not any(note.startswith("FAIL") for note in notes) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except GradeError as error:
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(error.status)
