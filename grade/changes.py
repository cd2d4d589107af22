# SPDX-License-Identifier: MIT
"""Notices that files were saved.

By looking at them again and again: time, size and inode of a few files cost nothing, and this works
wherever a file can be read. Notifications of the system (inotify) do not arrive from bind mounts of
another machine, from network file systems or on WSL, and come in another form on each system.
"""
from __future__ import annotations

from pathlib import Path
from typing import Callable, Dict, Iterable, Optional, Set, Tuple

POLL_S = 0.3
QUIET_S = 0.15          # without a further save
PATIENCE = 8            # looks at a file that is gone or empty before that counts as a save

State = Dict[Path, Optional[Tuple[int, int, int]]]


def look(files: Iterable[Path]) -> State:
    """Returns time, size and inode of each file; None for one that is not there."""
    state: State = {}
    for file in files:
        try:
            status = file.stat()
            state[file] = (status.st_mtime_ns, status.st_size, status.st_ino)
        except OSError:
            state[file] = None
    return state


class Changes:
    """What was saved since it was last told. `files` says which files there are, each time;
    `pause_s` is how long to wait for the next look."""

    def __init__(self, files: Callable[[], Iterable[Path]]) -> None:
        self._files = files
        self._also: Set[Path] = set()
        self._told = self._seen = look(files())
        self._waited = 0
        self.pause_s = POLL_S

    def add(self, files: Iterable[Path]) -> None:
        """Looks at these, too, from now on."""
        new = look(set(files) - set(self._told))
        self._also |= set(new)
        self._told = {**self._told, **new}
        self._seen = {**self._seen, **new}

    def poll(self) -> Set[Path]:
        """Looks; returns the files that were saved, as soon as two looks see the same: several
        saves in quick succession are one. An editor that empties a file first, or puts another in
        its place, is given time to finish."""
        now = look(set(self._files()) | self._also | set(self._told))
        quiet, self._seen = now == self._seen, now
        changed = {file for file, state in now.items() if state != self._told.get(file)}
        self.pause_s = QUIET_S if changed else POLL_S
        if not changed or not quiet:
            self._waited = 0
            return set()
        self._waited += 1
        if self._waited < PATIENCE and any(_unfinished(now[file]) for file in changed):
            return set()
        self._told, self._waited, self.pause_s = now, 0, POLL_S
        return changed


def _unfinished(state: Optional[Tuple[int, int, int]]) -> bool:
    return state is None or state[1] == 0
