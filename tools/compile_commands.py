#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes down how C files are compiled, for clangd: compile_commands.py FILE SOLVED... -- MAKE...

Asks make what it would do to build everything, once for each SOLVED ("none" takes the labs from
labs/, a number from solutions/), and keeps the compiler's commands. So the flags are those of the
build, whatever the Makefile makes of them. MAKE... is the command that builds, but for SOLVED.
A file that is compiled in several ways, for the kernel and for programs, is listed once: as
make names it first.

Exit status: 0 written; 1 make failed, and FILE is as it was; 64 wrong use.
"""
from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Optional

# What make needs for its own book-keeping, with the number of words that follow.
BOOK_KEEPING = {"-MMD": 0, "-MP": 0, "-MT": 1}


def planned(make: List[str], solved: str) -> str:
    """Asks make what it would do to build everything anew.

    Args:
        make: the command.
        solved: the value of SOLVED.

    Returns:
        The commands, one a line.

    Raises:
        subprocess.CalledProcessError: make failed; its words are on standard error.
    """
    # What an outer make hands down would mix with what is asked here.
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")}
    return subprocess.run([*make, f"SOLVED={solved}", "--dry-run", "--always-make", "V=1"],
                          env=environment, stdout=subprocess.PIPE, check=True,
                          universal_newlines=True).stdout


def arguments_in(line: str) -> Optional[List[str]]:
    """The compiler's command in a line of make's, without what is make's affair.

    Args:
        line: such as "mkdir -p folder && gcc ... -c -o file.o file.c".

    Returns:
        The command's words, or None when the line compiles no C file.
    """
    if " -c -o " not in line:
        return None
    words = shlex.split(line)
    if not words[-1].endswith(".c"):
        return None
    words = words[words.index("&&") + 1:] if "&&" in words else words
    kept, rest = [], iter(words)
    for word in rest:
        if word in BOOK_KEEPING:
            for _ in range(BOOK_KEEPING[word]):
                next(rest)
        else:
            kept.append(word)
    return kept


def entries(plans: Iterator[str], root: Path) -> List[Dict[str, object]]:
    """The database's entries.

    Args:
        plans: what make would do, for each build.
        root: the folder the commands are run in.

    Returns:
        One entry for each file, in the order of their names. Files that the build itself makes
        are not listed.
    """
    found: Dict[str, List[str]] = {}
    for plan in plans:
        for line in plan.splitlines():
            arguments = arguments_in(line)
            if arguments and not arguments[-1].startswith("build/"):
                found.setdefault(arguments[-1], arguments)
    return [{"directory": str(root), "file": file, "arguments": found[file]}
            for file in sorted(found)]


def main(words: List[str]) -> int:
    """Writes the file, or leaves it as it was.

    Args:
        words: the command line.

    Returns:
        The exit status.
    """
    if "--" not in words[2:]:
        print("usage: compile_commands.py FILE SOLVED... -- MAKE...", file=sys.stderr)
        return 64
    target, end = Path(words[0]), words.index("--")
    make = words[end + 1:]
    try:
        listed = entries((planned(make, solved) for solved in words[1:end]), Path.cwd())
    except subprocess.CalledProcessError:
        print("compile_commands.py: make does not say how it would build", file=sys.stderr)
        return 1
    fresh = target.with_name(target.name + "~")
    fresh.write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
    fresh.replace(target)
    print(f"{target}: {len(listed)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
