#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which lines of the kernel a run has executed: coverage.py [OPTION...] KERNEL [LOG...]

Each LOG was written by QEMU with `-d in_asm`: the instructions it has translated, which it does
right before it executes them. With --boot the tool runs the machine itself, once for each. A line
counts as executed if one of its instructions was; which line an instruction belongs to is what the
compiler noted (objdump -dl). Lines that made no instructions do not count at all.

  --boot APPEND     boots KERNEL with this command line, and the initrd.cpio beside it
  --initrd FILE     another initial file system; --memory MIB; --cpus N
  --missing TEXT    lists the lines not executed of files whose names contain TEXT
  --skip TEXT       leaves out files whose names contain TEXT; default: ktests

Exit status: 0; 1 a machine did not end well, or a log holds nothing; 64 wrong use.
"""
from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, Set, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from grade.machine import Config, Machine, run_all  # noqa: E402  (after the path to it)

PASS = 33
LIMIT_S = 3600.0
TRANSLATED = re.compile(r"^0x([0-9a-f]{8,16}):", re.MULTILINE)
SOURCE = re.compile(r"(?:^|/)((?:kern|lib|solutions|labs)/\S+):(\d+)(?: \(discriminator \d+\))?$")
INSTRUCTION = re.compile(r"^ *([0-9a-f]+):\t")

Line = Tuple[str, int]  # a source file, relative to the project, and a line of it


def source_lines(kernel: Path) -> Iterator[Tuple[int, Line]]:
    """Yields each instruction's address and the line it was made from.

    Args:
        kernel: the ELF file, with debugging information.
    """
    objdump = os.environ.get("CROSS", "") + "objdump"
    listing = subprocess.run([objdump, "-dl", "--no-show-raw-insn", str(kernel)], check=True,
                             stdout=subprocess.PIPE, text=True).stdout
    line: Line = ("", 0)
    for text in listing.splitlines():
        source = SOURCE.search(text.rsplit("//", 1)[-1])
        instruction = INSTRUCTION.match(text)
        if instruction and line[0]:
            yield int(instruction[1], 16), line
        elif source:
            line = (source[1], int(source[2]))
        elif text.endswith(">:"):
            line = ("", 0)  # another function


def executed(logs: Iterable[Path]) -> Set[int]:
    """Returns the addresses of the instructions that the logs show.

    Args:
        logs: written by QEMU.
    """
    found: Set[int] = set()
    for log in logs:
        found.update(int(address, 16) for address in
                     TRANSLATED.findall(log.read_text(encoding="utf-8", errors="replace")))
    return found


def run(kernel: Path, initrd: Path, append: str, memory_mib: int, cpus: int, log: Path) -> bool:
    """Boots a machine that writes `log`; returns whether it passed, and says so if not.

    Args:
        kernel, initrd, append, memory_mib, cpus: as in grade.machine.Config.
        log: is written anew.
    """
    config = Config(kernel, initrd, append, memory_mib, cpus,
                    options=("-d", "in_asm", "-D", str(log)))
    machine = next(run_all([Machine(config, LIMIT_S)], 1))
    with_end = machine.console().decode(errors="replace").splitlines()
    machine.close()
    if machine.status != PASS:
        print(f"coverage: '{append}' ended with status {machine.status}:", *with_end[-20:],
              sep="\n", file=sys.stderr)
    return machine.status == PASS


def report(lines: Dict[Line, bool], missing: str) -> None:
    """Prints a line for each file, the total, and the lines asked for.

    Args:
        lines: all lines, and whether they were executed.
        missing: part of the names of files whose other lines are listed; empty: none.
    """
    files: Dict[str, List[bool]] = {}
    for (name, _), done in sorted(lines.items()):
        files.setdefault(name, []).append(done)
    for name, marks in files.items():
        print(f"{sum(marks):6} of {len(marks):5}  {100 * sum(marks) // len(marks):3} %  {name}")
    total = sum(lines.values())
    print(f"{total:6} of {len(lines):5}  {100 * total // max(1, len(lines)):3} %  in all")
    for (name, number), done in sorted(lines.items()):
        if missing and missing in name and not done:
            text = Path(name).read_text(encoding="utf-8").splitlines()[number - 1]
            print(f"{name}:{number}: {text.strip()}")


def main(arguments: List[str]) -> int:
    """Runs the tool.

    Args:
        arguments: the command line.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("kernel", type=Path)
    parser.add_argument("logs", type=Path, nargs="*")
    parser.add_argument("--boot", action="append", default=[])
    parser.add_argument("--initrd", type=Path)
    parser.add_argument("--memory", type=int, default=64)
    parser.add_argument("--cpus", type=int, default=1)
    parser.add_argument("--missing", default="")
    parser.add_argument("--skip", default="ktests")
    try:
        options = parser.parse_args(arguments)
    except SystemExit as error:
        return 64 if error.code else 0
    initrd = options.initrd or options.kernel.with_name("initrd.cpio")
    logs = list(options.logs)
    ok = True
    with tempfile.TemporaryDirectory(prefix="tine-coverage-") as folder:
        for number, append in enumerate(options.boot):
            logs.append(Path(folder) / f"{number}.log")
            ok = run(options.kernel, initrd, append, options.memory, options.cpus, logs[-1]) and ok
        addresses = executed(logs)
    lines: Dict[Line, bool] = {}
    for address, line in source_lines(options.kernel):
        if options.skip not in line[0]:
            lines[line] = lines.get(line, False) or address in addresses
    report(lines, options.missing)
    if not any(lines.values()):
        print("coverage: no instruction of this kernel is in the logs", file=sys.stderr)
    return 0 if ok and any(lines.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
