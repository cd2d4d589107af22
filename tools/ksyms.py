#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the kernel's table of its own functions, from which a panic names its callers.

    nm -n KERNEL | ksyms.py       from nm's output
    ksyms.py [--nm NM] KERNEL     runs nm itself
    ksyms.py --empty              a table without entries, for the first link

The C source that is printed defines

    const uint32_t ksyms_count;        number of functions
    const uint32_t ksyms_offsets[];    where each begins, from kernel_text_start, rising
    const uint32_t ksyms_names[];      where its name begins in ksyms_strings
    const char ksyms_strings[];        the names, each ended by a zero byte

The kernel is linked twice: with the empty table, then with the one made from the first link. For
the addresses to hold, the table has to lie behind all code.

Exit status: 0 written; 1 the symbols cannot be used; 2 wrong use.
"""

import argparse
import re
import subprocess
import sys
from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple

BASE = "kernel_text_start"
# Marks of the linker script: no function has these names.
MARKS = {BASE, "kernel_text_end", "lab_text_start", "lab_text_end"}
LINE = re.compile(r"(?P<address>[0-9a-fA-F]+) (?P<kind>[tTwW]) (?P<name>\S+)")
LIMIT = 2**32


class Wrong(Exception):
    """The symbols cannot be used; the text says why."""


class Symbol(NamedTuple):
    """A function: its offset from the base in bytes, and its name."""

    offset: int
    name: str


def rank(kind: str, name: str) -> Tuple[int, str]:
    """Orders the names of one address: global, then weak, then local; then by the alphabet."""
    return {"T": 0, "W": 1, "w": 1}.get(kind, 2), name


def symbols(lines: Iterable[str]) -> List[Symbol]:
    """Picks the functions out of what nm prints.

    Args:
        lines: nm's lines, in any order.

    Returns:
        One symbol for each address from kernel_text_start on, by address.

    Raises:
        Wrong: there is no kernel_text_start, or a function lies 4 GiB or more behind it.
    """
    base: Optional[int] = None
    best: Dict[int, Tuple[int, str]] = {}
    for line in lines:
        match = LINE.fullmatch(line.strip())
        if not match:
            continue
        address, name = int(match["address"], 16), match["name"]
        if name == BASE:
            base = address
        if name in MARKS or name.startswith(".L"):
            continue
        candidate = rank(match["kind"], name)
        if address not in best or candidate < best[address]:
            best[address] = candidate
    if base is None:
        raise Wrong(f"there is no symbol {BASE} among the text symbols")
    result = [Symbol(address - base, best[address][1])
              for address in sorted(best) if address >= base]
    if result and result[-1].offset >= LIMIT:
        raise Wrong(f"{result[-1].name} lies more than 4 GiB behind {BASE}")
    return result


def array(declaration: str, values: List[str]) -> str:
    """C text that defines a constant array, one value a line; never empty, as C wants it."""
    body = "".join(f"    {value},\n" for value in values or ["0"])
    return f"extern {declaration}[];\n{declaration}[] = {{\n{body}}};\n"


def source(table: List[Symbol]) -> str:
    """The C source for a table.

    Args:
        table: the functions, by address.

    Returns:
        The text; the same for the same table.
    """
    starts: List[int] = []
    position = 0
    for symbol in table:
        starts.append(position)
        position += len(symbol.name.encode()) + 1
    count = "const uint32_t ksyms_count"
    strings = "const char ksyms_strings"
    names = "".join('\n    "%s\\0"' % symbol.name.replace("\\", "\\\\").replace('"', '\\"')
                    for symbol in table) or ' ""'
    return "\n".join([
        "// SPDX-License-Identifier: MIT",
        "// Written by tools/ksyms.py: the kernel's functions by address.",
        "#include <stdint.h>\n",
        f"extern {count};\n{count} = {len(table)};\n",
        array("const uint32_t ksyms_offsets", [f"0x{symbol.offset:x}" for symbol in table]),
        array("const uint32_t ksyms_names", [str(start) for start in starts]),
        f"extern {strings}[];\n{strings}[] ={names};\n",
    ])


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs the tool.

    Args:
        arguments: the command line; None takes the process's own.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(description="Writes the kernel's table of its functions.")
    parser.add_argument("kernel", nargs="?", metavar="KERNEL", help="default: read nm's output")
    parser.add_argument("--nm", default="nm", help="the nm to run (default: %(default)s)")
    parser.add_argument("--empty", action="store_true", help="write a table without entries")
    options = parser.parse_args(arguments)
    try:
        if options.empty:
            table: List[Symbol] = []
        elif options.kernel:
            done = subprocess.run([options.nm, "-n", options.kernel], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True)
            if done.returncode != 0:
                raise Wrong(f"{options.nm} failed: {done.stderr.strip()}")
            table = symbols(done.stdout.splitlines())
        else:
            table = symbols(sys.stdin)
    except (Wrong, OSError) as error:
        print(f"ksyms: {error}", file=sys.stderr)
        return 1
    sys.stdout.write(source(table))
    return 0


if __name__ == "__main__":
    sys.exit(main())
