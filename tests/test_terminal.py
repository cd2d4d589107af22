# SPDX-License-Identifier: MIT
"""The terminal against Linux's: the same program, typed at in the same way, leaves the same screen.

A program that prints a line `type: TEXT` gets TEXT typed, in which \\r, \\x7f and the like stand
for what they stand for in C. On Linux it runs on a pseudo-terminal, on Tine on the console.
"""
from __future__ import annotations

import codecs
import re
import sys
from pathlib import Path
from typing import List, Tuple

import pexpect
import pytest
from kernels import ROOT, kernel

from grade import oracle

PROGRAMS = sorted(path.stem for path in (ROOT / "user/tests/given").glob("tty_*.c"))
PATIENCE_S = 60
# A line of the kernel, with the line break before it where it interrupted a program's line.
KERNEL_LINE = re.compile(rb"\r\n\[ *\d+\.\d{6}\+\] [^\n]*\n|(?<![^\n])\[ *\d+\.\d{6}\] [^\n]*\n")


def play(command: str, arguments: List[str]) -> Tuple[bytes, int]:
    """Runs a program on a terminal and types what it asks for; returns screen and status."""
    child = pexpect.spawn(command, arguments, cwd=str(ROOT), timeout=PATIENCE_S)
    child.delaybeforesend = None
    screen = b""
    try:
        while child.expect([rb"type: ([^\r\n]*)\r*\n", pexpect.EOF]) == 0:
            screen += child.before + child.after
            child.send(codecs.escape_decode(child.match[1])[0])
        screen += child.before
        child.close()
        return screen, child.exitstatus if child.exitstatus is not None else -1
    finally:
        child.close(force=True)


def on_linux(name: str, folder: Path) -> Tuple[bytes, int]:
    """The screen on the host, and how the program ended."""
    program = folder / name
    oracle.compile_for_host(ROOT, ROOT / "user/tests/given" / f"{name}.c", program)
    return play(str(program), [])


def on_tine(name: str) -> Tuple[bytes, int]:
    """The same on Tine."""
    image = kernel("LAB=1", "SOLVED=1")
    screen, _ = play(sys.executable, [
        "-m", "grade", "boot", "--kernel", str(image), "--initrd",
        str(image.with_name("initrd.cpio")), "--append", f"init=/tests/given/{name}"])
    end = re.search(rb"exit: pid 1 exited with status (\d+)", screen)
    assert end and b"audit: clean" in screen, screen.decode(errors="replace")
    screen = screen.replace(b"\r\n", b"\n")  # the terminal that QEMU runs on adds the '\r'
    return KERNEL_LINE.sub(b"", screen), int(end[1])


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_as_on_linux(name: str, tmp_path: Path) -> None:
    expected = on_linux(name, tmp_path)
    screen, status = on_tine(name)
    assert screen.splitlines(keepends=True) == expected[0].splitlines(keepends=True)
    assert status == expected[1] == 0
