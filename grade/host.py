# SPDX-License-Identifier: MIT
"""What this computer offers: processors, scratch files without names, obedient children."""
from __future__ import annotations

import contextlib
import ctypes
import math
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Callable, Dict, Iterator, Optional, Tuple

from grade.errors import Interrupted

PR_SET_PDEATHSIG = 1
STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


def cpu_limit(root: Path = Path("/")) -> int:
    """Returns how many processors this process may keep busy, at least 1.

    The smaller of the affinity mask and the quota of its control group (version 1 or 2).
    `root` is where the file systems are looked for (tests give a folder of their own).
    """
    if hasattr(os, "sched_getaffinity"):
        cpus = len(os.sched_getaffinity(0))
    else:
        cpus = os.cpu_count() or 1
    quota = _cgroup_quota(root)
    return max(1, min(cpus, math.ceil(quota)) if quota else cpus)


def _cgroup_quota(root: Path) -> Optional[float]:
    """Returns the tightest quota in processors of this process's control groups, or None."""
    quotas = []
    for controllers, path in _cgroup_paths(root):
        if controllers == "":
            base = root / "sys/fs/cgroup"
        elif "cpu" in controllers.split(","):
            base = root / "sys/fs/cgroup/cpu"
        else:
            continue
        # Inside a container the path may name a folder that is only visible outside of it.
        folder = base / path.lstrip("/")
        for place in [folder, *folder.parents]:
            if base != place and base not in place.parents:
                break
            quota = _quota_of(place)
            if quota:
                quotas.append(quota)
    return min(quotas) if quotas else None


def _cgroup_paths(root: Path) -> Tuple[Tuple[str, str], ...]:
    """Returns (controllers, path) for each control group of this process."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return ()
    parts = [line.split(":", 2) for line in lines]
    return tuple((part[1], part[2]) for part in parts if len(part) == 3)


def _quota_of(folder: Path) -> Optional[float]:
    """Returns the quota one control-group folder sets, in processors, or None."""
    try:
        if (folder / "cpu.max").exists():
            limit, period = (folder / "cpu.max").read_text().split()
        else:
            limit = (folder / "cpu.cfs_quota_us").read_text()
            period = (folder / "cpu.cfs_period_us").read_text()
        if limit == "max" or int(limit) <= 0 or int(period) <= 0:
            return None
        return int(limit) / int(period)
    except (OSError, ValueError):
        return None


def die_with_parent(stop_signal: int = signal.SIGKILL) -> Callable[[], None]:
    """Returns a `preexec_fn` that makes the kernel signal the child when this process dies.

    So a grader ended by SIGKILL leaves nothing running. Linux only; elsewhere it does nothing.
    The grader has a single thread, which is what makes `preexec_fn` safe.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def in_child() -> None:
        libc.prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)
        if os.getppid() != parent:  # the parent died before prctl took effect
            os._exit(1)

    return in_child


@contextlib.contextmanager
def as_it_is(path: Path) -> Iterator[Path]:
    """A path to what a file holds now, also for other programs, whatever takes the file's place
    meanwhile. (Builds replace their files.) Where there is no /proc it is the file's own path."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        link = Path(f"/proc/{os.getpid()}/fd/{fd}")
        yield link if link.exists() else path
    finally:
        os.close(fd)


class Scratch:
    """A file for one QEMU that leaves no trace: nameless on Linux, else unlinked early.

    `fd` is ours; `path` is what QEMU opens (the descriptor must be passed on to it).
    """

    def __init__(self, name: str, size: int = 0) -> None:
        self._folder: Optional[str] = None
        if hasattr(os, "memfd_create") and os.path.exists("/proc/self/fd"):
            self.fd = os.memfd_create(f"tine-{name}", os.MFD_CLOEXEC)
            self.path = f"/proc/self/fd/{self.fd}"
        else:
            self._folder = tempfile.mkdtemp(prefix="tine-")
            self.path = os.path.join(self._folder, name)
            self.fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        if size:
            os.ftruncate(self.fd, size)

    def unlink(self) -> None:
        """Removes the name, if there is one; to be called once QEMU has opened the file."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def read(self) -> bytes:
        """Returns all that the file holds."""
        return os.pread(self.fd, os.fstat(self.fd).st_size, 0)

    def close(self) -> None:
        """Gives the file up. May be called twice."""
        self.unlink()
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


class signals_raise:
    """A context in which SIGINT, SIGTERM and SIGHUP raise Interrupted, so that `finally` runs.

    Raised once only: during the clean-up that follows, further signals are ignored.
    """

    def __enter__(self) -> None:
        self._old: Dict[int, object] = {}
        for name in STOP_SIGNALS:
            number = getattr(signal, name)
            if signal.getsignal(number) != signal.SIG_IGN:  # nohup stays nohup
                self._old[number] = signal.signal(number, self._raise)

    def _raise(self, number: int, _frame: object) -> None:
        for other in self._old:
            signal.signal(other, lambda *_: None)
        raise Interrupted(number)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
