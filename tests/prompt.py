# SPDX-License-Identifier: MIT
"""Somebody who types at a shell and reads what it says."""
from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path
from typing import Any, Iterator

import pexpect

PROMPT = "tine> "
PATIENCE_S = 100


class Prompt:
    """A shell on a terminal, waiting at its prompt."""

    def __init__(self, command: str, words: Any = (), pause_s: float = 0.3,
                 **options: Any) -> None:
        """Starts `command` with `words`. `pause_s`: before each key; `options`: for pexpect."""
        self.child = pexpect.spawn(command, list(words), encoding="utf-8", echo=False, **options)
        self.pause_s = pause_s
        self.child.expect_exact(PROMPT)
        self.greeting = str(self.child.before).replace("\r", "")

    def type(self, line: str, answer: str = "") -> str:
        """Types a line; returns what comes before the next prompt, which `answer` must match."""
        self.child.sendline(line)
        return self.answered(answer)

    def press_enter_until(self, answer: str) -> None:
        """Presses Enter, a moment later and again, until what is said matches `answer`."""
        for _ in range(100):
            time.sleep(self.pause_s)
            if re.search(answer, self.type(""), re.MULTILINE):
                return
        raise AssertionError(f"nobody has said: {answer}")

    def press(self, key: str, answer: str = "") -> str:
        """Presses Ctrl and a key, a moment later."""
        time.sleep(self.pause_s)
        self.child.sendcontrol(key)
        return self.answered(answer)

    def answered(self, answer: str) -> str:
        """Waits for the next prompt; returns what comes before it, which `answer` must match."""
        self.child.expect_exact(PROMPT)
        shown = str(self.child.before).replace("\r", "")
        assert re.search(answer, shown, re.MULTILINE), shown
        return shown

    def power_off(self) -> None:
        """Ends the machine, which must end clean, and its command with it."""
        self.child.sendline("poweroff")
        self.child.expect_exact("power off")
        self.child.expect_exact("audit: clean")
        self.child.expect(pexpect.EOF)
        self.child.wait()
        assert self.child.exitstatus == 0

    def close(self) -> None:
        """Ends what is left of it."""
        self.child.close(force=True)


@contextlib.contextmanager
def machine(folder: Path, *words: str, **options: Any) -> Iterator[Prompt]:
    """A context in which `make` has booted a machine with a shell; it is switched off in the end.

    Args:
        folder: the project, or a copy of it. words: for make. options: for pexpect.
    """
    shell = Prompt("make", words, pause_s=1, cwd=str(folder), timeout=PATIENCE_S, **options)
    try:
        yield shell
        shell.power_off()
    finally:
        shell.close()
