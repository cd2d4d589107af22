# SPDX-License-Identifier: MIT
"""Where to look: files and lines, as FILE:LINE below the project's root, which terminals and
editors can open."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Iterable, List, Optional

from grade.spec import Spec
from grade.verdict import Score

LAB_LINE = re.compile(r"\blabs/[\w./+-]+\.(?:c|h|asm|S):\d+")
MISSING = re.compile(r"missing: (\w+) is not written yet \(\S*?(labs/[\w./+-]+)\)")
CONTRACTS = ("kern/labs.h", "kern", "lib")


def line_of(text: str, pattern: str) -> Optional[int]:
    """Returns the number of the line in which the first match of a pattern begins, or None."""
    found = re.search(pattern, text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else None


def definition(text: str, function: str) -> Optional[int]:
    """Returns the line in which C source defines a function, or None."""
    return line_of(text, rf"^[A-Za-z_][^;(){{}}#]*\b{function}\s*\([^;{{}}]*\)\s*\{{")


def declaration(text: str, function: str) -> Optional[int]:
    """Returns the line in which a C header declares a function, or None."""
    return line_of(text, rf"^[A-Za-z_][^;(){{}}#]*\b{function}\s*\([^;{{}}]*\)[^;{{}}]*;")


def owner(root: Path, function: str) -> Optional[str]:
    """Returns the file of labs/ that a function belongs to, whatever is in there at the moment."""
    for path in sorted((root / "solutions").glob("*/**/*.c")):
        if definition(_text(path), function):
            return "labs/" + path.relative_to(root / "solutions").as_posix()
    return None


def place_of(root: Path, function: str) -> Optional[str]:
    """Returns where a function of a lab is, the first line of its file if it is there no more."""
    home = owner(root, function)
    files = [root / home] if home else []
    for path in [*files, *sorted((root / "labs").glob("*/**/*.c"))]:
        line = definition(_text(path), function)
        if line:
            return f"{path.relative_to(root).as_posix()}:{line}"
    return f"{home}:1" if home and (root / home).is_file() else None


def contract_of(root: Path, function: str) -> Optional[str]:
    """Returns where it says what a function has to do: the first line of the comment in a header,
    or else in the lab's file."""
    for path in _headers(root):
        text = _text(path)
        line = declaration(text, function)
        if line:
            return f"{path.relative_to(root).as_posix()}:{_first_of_comment(text, line)}"
    file, _, number = (place_of(root, function) or "").partition(":")
    line = _first_of_comment(_text(root / file), int(number)) if file else 0
    return f"{file}:{line}" if file and line < int(number) else None


def to_open(root: Path, test: Spec, score: Score) -> Optional[str]:
    """Returns the place to look at first when a test has failed: the line that the compiler names,
    or the backtrace; where a function says it is not written; else the one the test is about."""
    got = score.failure.got if score.failure else ""
    missing = dict(MISSING.findall(got))
    if missing:
        name = test.function if test.function in missing else next(iter(missing))
        call = rf'^[^/\n]*\blab_(?:missing|unwritten)\("{name}"'
        return f"{missing[name]}:{line_of(_text(root / missing[name]), call) or 1}"
    if score.verdict != "wrong":
        named = LAB_LINE.search(got)
        if named:
            return named[0]
    return place_of(root, test.function) if test.function else None


def compiler_line(words: str) -> Optional[str]:
    """Returns the place of the first error in what a compiler says, or else of the first word."""
    lines = [line for line in words.splitlines() if LAB_LINE.search(line)]
    for line in [line for line in lines if "error:" in line] + lines:
        found = LAB_LINE.search(line)
        if found:
            return found[0]
    return None


def _first_of_comment(text: str, line: int) -> int:
    """Returns the first line of the comment in front of the declarations around a line."""
    lines: List[str] = text.splitlines()
    while line > 1 and lines[line - 2].strip() and not lines[line - 2].startswith("//"):
        line -= 1
    while line > 1 and lines[line - 2].startswith("//"):
        line -= 1
    return line


def _headers(root: Path) -> Iterable[Path]:
    for name in CONTRACTS:
        path = root / name
        yield from sorted(path.rglob("*.h")) if path.is_dir() else [path]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
