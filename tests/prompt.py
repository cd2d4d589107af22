# SPDX-License-Identifier: MIT
"""Somebody who types at a shell and reads what it says."""
from __future__ import annotations

import re
import time
from typing import Any

import pexpect

PROMPT = "tine> "


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
