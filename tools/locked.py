#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a command while no other with the same lock runs: locked.py LOCK COMMAND [WORD...]

Builds of several configurations write to common folders, so they take turns. The lock is gone when
the command and all that it has started have ended, however that comes. Where a file cannot be
locked (some network file systems) the command runs without.

Exit status: the command's; 127 it cannot be started.
"""
from __future__ import annotations

import contextlib
import fcntl
import os
import sys
from pathlib import Path


def main() -> int:
    """Takes the lock and becomes the command."""
    lock, command = Path(sys.argv[1]), sys.argv[2:]
    lock.parent.mkdir(exist_ok=True)
    fd = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if sys.stderr.isatty():
            print("another make builds here; waiting for it", file=sys.stderr, flush=True)
        fcntl.flock(fd, fcntl.LOCK_EX)
    except OSError:
        pass
    os.set_inheritable(fd, True)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return 127


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
