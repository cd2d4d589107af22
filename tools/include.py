#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Keeps the code shown in handouts equal to the code in the tree.

A handout marks a fenced block as an excerpt by a comment on the line before it:

    <!-- include kern/mm/frame.h#frame -->          the passage `//: region frame`
    <!-- include kern/mm/frame.c#function:frame_put -->   a function with the comment above it
    <!-- include grade/lab0/fresh.trace -->         a whole file

    include.py [FILE...]             rewrite blocks that are stale
    include.py --check [FILE...]     only name them
    include.py --commands FILE...    print the shell commands of the ```sh blocks, one a line

Without FILEs: all Markdown files of the root, handouts/ and grade/. Paths after "include" are
relative to the project's root.

Exit status: 0 fine; 1 --check found a stale block; 2 the input is wrong.
"""

import argparse
import re
import sys
import textwrap
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

import marked

INCLUDE = re.compile(r"^ {0,3}<!-- include (?P<path>[^#\s]+)(?:#(?P<part>\S+))? -->\s*$")
FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,})(?P<language>\S*)\s*$")


class Wrong(Exception):
    """A marker or an excerpt is not as it must be; the text is "file:line: what is wrong"."""


class Block(NamedTuple):
    """A fenced block; lines are numbered from 0, the fences are at `start` - 1 and `end`."""

    start: int
    end: int
    language: str
    indent: str
    ticks: str


def blocks(lines: List[str], name: str) -> Iterator[Block]:
    """Finds the fenced blocks of a Markdown text.

    Args:
        lines: its lines.
        name: its name, for messages.

    Yields:
        The blocks, in order.

    Raises:
        Wrong: a fence is not closed.
    """
    opening: Optional[Tuple[int, "re.Match[str]"]] = None
    for number, line in enumerate(lines):
        fence = FENCE.match(line)
        if not fence:
            continue
        if opening is None:
            opening = (number, fence)
        elif not fence["language"] and len(fence["ticks"]) >= len(opening[1]["ticks"]):
            start, first = opening
            yield Block(start + 1, number, first["language"], first["indent"], first["ticks"])
            opening = None
    if opening is not None:
        raise Wrong(f"{name}:{opening[0] + 1}: this fence is not closed")


def function_lines(lines: List[marked.Line], function: str) -> List[marked.Line]:
    """Finds a C function, laid out as this project does: its head begins and its body ends in
    the first column.

    Args:
        lines: the file's lines.
        function: the function's name.

    Returns:
        Its lines with the comment right above it; empty when there is no such definition.
    """
    head = re.compile(r"^[A-Za-z_].*\b" + re.escape(function) + r"\(")
    texts = [line.text for line in lines]
    for start, text in enumerate(texts):
        if not head.match(text) or not lines[start].in_solution:
            continue
        opened = start
        while opened < len(texts) and not re.search(r"[{;]\s*(//.*)?$", texts[opened]):
            opened += 1
        if opened == len(texts) or ";" in texts[opened].split("//")[0].split("{")[0]:
            continue  # a declaration
        end = next((i for i in range(opened, len(texts)) if texts[i].startswith("}")), None)
        if end is None:
            continue
        while start > 0 and re.match(r"//|/\*| \*", texts[start - 1]):
            start -= 1
        return lines[start:end + 1]
    return []


def excerpt(root: Path, path: str, part: Optional[str]) -> List[str]:
    """The text that a marker names.

    Args:
        root: the project's root.
        path: the file, relative to the root.
        part: a region's name, "function:NAME", or None for the whole file.

    Returns:
        Its lines, without directives and without the indentation they have in common.

    Raises:
        Wrong: there is no such file, region or function.
    """
    try:
        text = (root / path).read_text(encoding="utf-8")
        source = marked.parse(text, path)
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{path} cannot be read: {error}") from error
    except marked.Malformed as error:
        raise Wrong(str(error)) from error
    if part is None:
        lines = source.lines
    elif part.startswith("function:"):
        lines = function_lines(source.lines, part[len("function:"):])
        if not lines:
            raise Wrong(f"{path} defines no function {part[len('function:'):]}")
    elif part in source.regions:
        lines = source.regions[part]
    else:
        raise Wrong(f"{path} has no region {part}; it has: {', '.join(source.regions) or 'none'}")
    result = textwrap.dedent("\n".join(marked.solution_text(lines))).split("\n")
    while result and not result[0].strip():
        result.pop(0)
    while result and not result[-1].strip():
        result.pop()
    return result


def updated(root: Path, text: str, name: str) -> Tuple[str, List[str]]:
    """Brings the excerpts of a Markdown text up to date.

    Args:
        root: the project's root.
        text: the Markdown text.
        name: its name, for messages.

    Returns:
        The new text, and a message "file:line: ..." for each block that was stale.

    Raises:
        Wrong: a marker is not followed by a block, or names nothing.
    """
    lines = text.split("\n")
    result: List[str] = []
    stale: List[str] = []
    done = 0
    inside: Set[int] = set()
    starts: Dict[int, Block] = {}
    for block in blocks(lines, name):
        inside.update(range(block.start, block.end))
        starts[block.start - 1] = block
    for number, line in enumerate(lines):
        marker = INCLUDE.match(line)
        if not marker or number in inside:
            continue
        found = starts.get(number + 1)
        if found is None:
            raise Wrong(f"{name}:{number + 1}: no fenced block follows this marker")
        try:
            wanted = excerpt(root, marker["path"], marker["part"])
        except Wrong as error:
            raise Wrong(f"{name}:{number + 1}: {error}") from error
        if any(found.ticks in wanted_line for wanted_line in wanted):
            raise Wrong(f"{name}:{number + 1}: the excerpt holds {found.ticks}; use a longer fence")
        wanted = [found.indent + entry if entry else "" for entry in wanted]
        if lines[found.start:found.end] != wanted:
            what = marker["path"] + (f"#{marker['part']}" if marker["part"] else "")
            stale.append(f"{name}:{number + 1}: the block is not what {what} says now")
        result += lines[done:found.start] + wanted
        done = found.end
    return "\n".join(result + lines[done:]), stale


def commands(text: str, name: str = "text") -> List[Tuple[int, str]]:
    """The shell commands in the ```sh blocks of a Markdown text.

    Args:
        text: the Markdown text.
        name: its name, for messages.

    Returns:
        (line number from 1, command). In a block with "$ " prompts only the lines with a prompt
        are commands; comments are left out; a line that ends in a backslash goes on in the next.

    Raises:
        Wrong: a fence is not closed.
    """
    lines = text.split("\n")
    result: List[Tuple[int, str]] = []
    for block in blocks(lines, name):
        if block.language != "sh":
            continue
        body = [line.strip() for line in lines[block.start:block.end]]
        prompts = any(line.startswith("$ ") for line in body)
        at = 0
        while at < len(body):
            number, command = block.start + at + 1, body[at]
            while command.endswith("\\") and at + 1 < len(body):
                at += 1
                command = command[:-1].rstrip() + " " + body[at]
            at += 1
            if prompts and not command.startswith("$ "):
                continue
            command = command[2:] if prompts else command
            if command and not command.startswith("#"):
                result.append((number, command))
    return result


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs the tool.

    Args:
        arguments: the command line; None takes the process's own.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(description="Keeps the code shown in handouts up to date.")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent,
                        help="the project's root (default: where this tool lies)")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="name stale blocks, change nothing")
    mode.add_argument("--commands", action="store_true", help="print the shell commands shown")
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE")
    options = parser.parse_args(arguments)
    root: Path = options.root
    files = options.files or sorted([*root.glob("*.md"), *root.glob("handouts/**/*.md"),
                                     *root.glob("grade/*.md")])
    status = 0
    try:
        for path in files:
            text = path.read_bytes().decode().replace("\r\n", "\n")
            if options.commands:
                for number, command in commands(text, str(path)):
                    print(f"{path}:{number}: {command}")
                continue
            new, stale = updated(root, text, str(path))
            for message in stale:
                print(message + ("" if options.check else ": rewritten"))
            if stale and options.check:
                status = 1
            elif stale:
                path.write_bytes(new.encode())
    except (Wrong, OSError, UnicodeDecodeError) as error:
        print(f"include: {error}", file=sys.stderr)
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())
