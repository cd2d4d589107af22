#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks of the text of files that no common tool makes: textlint.py FILE...

Line ends are LF, no blanks end a line, C has no tabs and at most 100 columns (clang-format leaves
long comments alone), each source begins with an SPDX line, a C file of the kernel has at most 500
lines and a C function at most 70, and relative links in Markdown lead somewhere. FILEs are relative
to the current folder, the project's root.

Exit status: 0 clean; 1 something was found, each as "file:line: what".
"""

import os
import re
import sys
from pathlib import Path
from typing import Iterator, List, NamedTuple
from urllib.parse import unquote

COLUMNS = 100
FILE_LINES = 500
FUNCTION_LINES = 70
SHORT_FILES = ("kern/", "lib/", "solutions/")
SOURCES = (".c", ".h", ".asm", ".inc", ".S", ".ld", ".py", ".sh", ".mk", ".trace")
BINARIES = (".png", ".cpio", ".elf", ".gz", ".bin")
SPDX = "SPDX-License-Identifier: MIT"
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
# What a brace counter must not see: comments, strings and characters.
NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


class Finding(NamedTuple):
    """One thing to mend; lines count from 1."""

    line: int
    what: str


def check_lines(name: str, text: str) -> Iterator[Finding]:
    """Line ends, blanks, tabs, columns and the file's last line."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.endswith("\r"):
            yield Finding(number, "the line ends in CR LF")
            line = line[:-1]
        if line != line.rstrip(" \t"):
            yield Finding(number, "blanks at the end of the line")
        if "\t" in line and name.endswith((".c", ".h")):
            yield Finding(number, "a tab; indentation is four spaces")
        if len(line) > COLUMNS and name.endswith((".c", ".h")):
            yield Finding(number, f"the line has {len(line)} columns; at most {COLUMNS} are shown")
    if text and not text.endswith("\n"):
        yield Finding(text.count("\n") + 1, "the last line has no end")


def check_licence(name: str, text: str) -> Iterator[Finding]:
    """The SPDX line: the first one, or the second after "#!"."""
    lines = text.split("\n", 2)
    script = lines[0].startswith("#!")
    if not (script or name.endswith(SOURCES) or Path(name).name == "Makefile"):
        return
    line = lines[1] if script and len(lines) > 1 else lines[0]
    if not line.rstrip(" */\r").endswith(SPDX):
        yield Finding(2 if script else 1, f"this line must say {SPDX}")


def check_lengths(name: str, text: str) -> Iterator[Finding]:
    """The lengths of a C file and of its functions."""
    count = text.count("\n")
    if name.startswith(SHORT_FILES) and count > FILE_LINES:
        yield Finding(FILE_LINES, f"the file has {count} lines; at most {FILE_LINES} fit a sitting")
    # Comments and strings become blanks; the lines stay where they are.
    code = NOT_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    depth = start = 0
    head = ""
    for number, line in enumerate(code.split("\n"), 1):
        if depth == 0:
            head = line if line[:1].isalpha() or line[:1] == "_" else head
            start = number if head is line else start
        opened = depth
        depth += line.count("{") - line.count("}")
        if opened > 0 and depth <= 0:
            length = number - start + 1
            if "(" in head and "=" not in head and length > FUNCTION_LINES:
                yield Finding(start, f"the function has {length} lines; at most {FUNCTION_LINES} "
                                     "fit a screen")
            depth, head = 0, ""


def check_links(name: str, text: str) -> Iterator[Finding]:
    """Relative links, outside fenced blocks and code spans."""
    fenced = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        if fenced:
            continue
        for link in LINK.findall(re.sub(r"`[^`]*`", "", line)):
            path = unquote(link.split("#", 1)[0])
            if not path or re.match(r"[a-z][a-z0-9+.-]*:", link):
                continue
            if not os.path.exists(os.path.join(os.path.dirname(name), path)):
                yield Finding(number, f"the link {link} leads nowhere")


def check(name: str) -> List[Finding]:
    """All checks for one file.

    Args:
        name: the file, relative to the current folder.

    Returns:
        What was found.

    Raises:
        OSError: the file cannot be read.
    """
    if name.endswith(BINARIES):
        return []
    try:
        text = Path(name).read_bytes().decode()
    except UnicodeDecodeError:
        return [Finding(1, "the file is not UTF-8")]
    result = [*check_lines(name, text), *check_licence(name, text)]
    if name.endswith((".c", ".h")):
        result += check_lengths(name, text)
    if name.endswith(".md"):
        result += check_links(name, text)
    return result


def main(names: List[str]) -> int:
    """Runs the tool.

    Args:
        names: the files; one that is no longer there is left out.

    Returns:
        The exit status.
    """
    status = 0
    for name in names:
        if not os.path.isfile(name):
            continue
        for finding in check(name):
            print(f"{name}:{finding.line}: {finding.what}")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
