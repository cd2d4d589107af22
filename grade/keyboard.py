# SPDX-License-Identifier: MIT
"""Single keys from a terminal, which is given back as it was: at the end, while the program is
stopped (Ctrl-Z), and while another program has it."""
from __future__ import annotations

import os
import signal
import subprocess
import termios
from pathlib import Path
from typing import Any, Dict, List

from grade.host import die_with_parent

CTRL_C, CTRL_D, CTRL_Z = "\x03", "\x04", "\x1a"
GONE = CTRL_D           # a terminal that has gone says what Ctrl-D says
ESCAPE = "\x1b"


class Keyboard:
    """A context in which keys come one by one, unseen. Ctrl-C is a key like any other. `redraw`:
    the terminal has another size, or another program has written to it."""

    def __init__(self) -> None:
        self._fd = 0
        self._normal: List[Any] = []
        self._handlers: Dict[int, Any] = {}
        self.redraw = False

    def __enter__(self) -> Keyboard:
        self._normal = termios.tcgetattr(self._fd)
        for number, handler in ((signal.SIGCONT, self._go_on), (signal.SIGWINCH, self._resized)):
            self._handlers[number] = signal.signal(number, handler)
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._give_back()

    def fileno(self) -> int:
        """Returns the descriptor to wait for."""
        return self._fd

    def read(self) -> List[str]:
        """Returns the keys that were pressed. What a special key sends is one key."""
        try:
            text = os.read(self._fd, 256).decode(errors="replace")
        except OSError:
            return [GONE]
        if text.startswith(ESCAPE):
            return [ESCAPE]
        if CTRL_Z in text:
            self._stop()
            return []
        return list(text) or [GONE]

    def lend(self, command: List[str], folder: Path, environment: Dict[str, str]) -> int:
        """Runs a program on the terminal, in the foreground, where Ctrl-C concerns it alone;
        returns its exit status. It cannot be stopped: nobody is there to let it go on."""
        self._give_back()
        ours = os.getpgrp()
        obey = die_with_parent()
        old = signal.signal(signal.SIGTTOU, signal.SIG_IGN)

        def in_child() -> None:
            os.setpgid(0, 0)
            os.tcsetpgrp(self._fd, os.getpid())
            signal.signal(signal.SIGTTOU, signal.SIG_DFL)
            obey()

        try:
            with subprocess.Popen(command, cwd=folder, env=environment,
                                  preexec_fn=in_child) as child:
                try:
                    return _status(child)
                finally:
                    if child.returncode is None:
                        os.killpg(child.pid, signal.SIGTERM)
        finally:
            os.tcsetpgrp(self._fd, ours)
            signal.signal(signal.SIGTTOU, old)
            self._take()
            self.redraw = True

    def _take(self) -> None:
        settings = termios.tcgetattr(self._fd)
        settings[3] &= ~(termios.ICANON | termios.ECHO)
        off = bytes([os.fpathconf(self._fd, "PC_VDISABLE") & 0xFF])
        for key in (termios.VINTR, termios.VQUIT, termios.VSUSP):
            settings[6][key] = off
        settings[6][termios.VMIN], settings[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self._fd, termios.TCSADRAIN, settings)

    def _give_back(self) -> None:
        try:
            termios.tcsetattr(self._fd, termios.TCSADRAIN, self._normal)
        except termios.error:
            pass        # the terminal has gone

    def _stop(self) -> None:
        """Ctrl-Z: gives the terminal back, and only then stops, and with us the make that we are
        in. (Were the key a signal, the shell might have the terminal before we can.)"""
        self._give_back()
        os.killpg(os.getpgrp(), signal.SIGTSTP)
        self._go_on()

    def _go_on(self, *_: object) -> None:
        self._take()
        self.redraw = True

    def _resized(self, *_: object) -> None:
        self.redraw = True


def _status(child: subprocess.Popen[bytes]) -> int:
    """Waits for the end of a child in a process group of its own; lets it go on when it stops."""
    while True:
        _, status = os.waitpid(child.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode
        os.killpg(child.pid, signal.SIGCONT)
