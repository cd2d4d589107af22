# SPDX-License-Identifier: MIT
"""What the arguments of system calls mean: Linux's calls, as the manual's section 2 has them."""
from __future__ import annotations

import signal
from typing import Callable, Dict, List

from grade.events import signed
from grade.parts import Trapframe, open_files
from grade.reader import Kernel, ReaderError, Task

TEXT_LIMIT = 60         # bytes shown of a string or a buffer
WORDS_LIMIT = 16        # elements shown of argv
INT = 1 << 32

# Call -> its arguments as NAME:FORMAT. A format is a function in FORMATS; `buf` shows as
# many bytes as the argument that follows says.
CALLS: Dict[str, str] = {
    "read": "fd:fd buf:ptr count:u", "write": "fd:fd buf:buf count:u",
    "open": "path:str flags:open mode:oct", "openat": "dirfd:at path:str flags:open mode:oct",
    "creat": "path:str mode:oct", "close": "fd:fd", "stat": "path:str buf:ptr",
    "lstat": "path:str buf:ptr", "fstat": "fd:fd buf:ptr",
    "newfstatat": "dirfd:at path:str buf:ptr flags:x", "poll": "fds:ptr count:u timeout_ms:d",
    "lseek": "fd:fd offset:long whence:whence",
    "mmap": "address:x length:u prot:prot flags:map fd:fd offset:x",
    "mprotect": "address:x length:u prot:prot", "munmap": "address:x length:u", "brk": "address:x",
    "msync": "address:x length:u flags:x", "madvise": "address:x length:u advice:d",
    "rt_sigaction": "signal:sig new:ptr old:ptr size:u",
    "rt_sigprocmask": "how:d set:ptr old:ptr size:u", "rt_sigreturn": "",
    "rt_sigsuspend": "mask:ptr size:u", "sigaltstack": "new:ptr old:ptr",
    "ioctl": "fd:fd request:x argument:x", "pread64": "fd:fd buf:ptr count:u offset:long",
    "pwrite64": "fd:fd buf:buf count:u offset:long", "readv": "fd:fd iov:ptr count:d",
    "writev": "fd:fd iov:ptr count:d", "access": "path:str mode:d", "pipe": "fds:ptr",
    "pipe2": "fds:ptr flags:open", "sched_yield": "", "dup": "fd:fd", "dup2": "old:fd new:d",
    "dup3": "old:fd new:d flags:open", "pause": "", "nanosleep": "time:ptr left:ptr",
    "alarm": "seconds:u", "getpid": "", "getppid": "", "gettid": "", "getpgrp": "", "setsid": "",
    "getuid": "", "geteuid": "", "getgid": "", "getegid": "", "fork": "", "vfork": "",
    "clone": "flags:x stack:ptr parent_tid:ptr child_tid:ptr tls:x",
    "execve": "path:str argv:argv envp:envp",
    "execveat": "dirfd:at path:str argv:argv envp:envp flags:x",
    "exit": "status:d", "exit_group": "status:d", "wait4": "pid:d status:ptr options:x usage:ptr",
    "waitid": "which:d id:d info:ptr options:x usage:ptr", "kill": "pid:d signal:sig",
    "tkill": "tid:d signal:sig", "tgkill": "pid:d tid:d signal:sig", "uname": "buf:ptr",
    "fcntl": "fd:fd command:d argument:x", "truncate": "path:str length:long",
    "ftruncate": "fd:fd length:long", "getcwd": "buf:ptr size:u", "chdir": "path:str",
    "fchdir": "fd:fd", "rename": "old:str new:str", "mkdir": "path:str mode:oct",
    "mkdirat": "dirfd:at path:str mode:oct", "rmdir": "path:str", "link": "old:str new:str",
    "unlink": "path:str", "unlinkat": "dirfd:at path:str flags:x", "symlink": "target:str path:str",
    "readlink": "path:str buf:ptr size:u", "chmod": "path:str mode:oct", "fchmod": "fd:fd mode:oct",
    "umask": "mask:oct", "setpgid": "pid:d group:d", "getpgid": "pid:d", "getsid": "pid:d",
    "getdents64": "fd:fd buf:ptr size:u", "set_tid_address": "tid:ptr",
    "clock_gettime": "clock:d time:ptr", "arch_prctl": "code:x address:x",
    "reboot": "magic1:x magic2:x command:x argument:x", "getrandom": "buf:ptr count:u flags:x",
    "probe": "operation:d a:x b:x c:x", "pages_present": "",
}

OPEN_FLAGS = ((0o100, "O_CREAT"), (0o200, "O_EXCL"), (0o400, "O_NOCTTY"), (0o1000, "O_TRUNC"),
              (0o2000, "O_APPEND"), (0o4000, "O_NONBLOCK"), (0o200000, "O_DIRECTORY"),
              (0o400000, "O_NOFOLLOW"), (0o2000000, "O_CLOEXEC"))
MAP_FLAGS = ((1, "MAP_SHARED"), (2, "MAP_PRIVATE"), (0x10, "MAP_FIXED"), (0x20, "MAP_ANONYMOUS"))
PROT_FLAGS = ((1, "PROT_READ"), (2, "PROT_WRITE"), (4, "PROT_EXEC"))
AT_FDCWD = -100


def _bits(number: int, names: tuple, none: str = "0") -> str:
    words = [name for bit, name in names if number & bit]
    rest = number & ~sum(bit for bit, _ in names)
    return "|".join(words + [hex(rest)] * bool(rest)) or none


def _open_flags(number: int) -> str:
    mode = ("O_RDONLY", "O_WRONLY", "O_RDWR", "3")[number & 3]
    rest = _bits(number & ~3 & INT - 1, OPEN_FLAGS, "")
    return f"{mode}|{rest}" if rest else mode


def _int(number: int) -> str:
    number %= INT
    return str(number if number < INT // 2 else number - INT)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return _int(number)


FORMATS: Dict[str, Callable[[int], str]] = {
    "x": hex, "u": str, "d": _int, "oct": lambda n: f"{n % INT:#o}", "open": _open_flags,
    "long": lambda n: str(signed(n)),
    "ptr": lambda n: hex(n) if n else "NULL", "sig": _signal,
    "prot": lambda n: _bits(n, PROT_FLAGS, "PROT_NONE"), "map": lambda n: _bits(n, MAP_FLAGS),
    "whence": lambda n: {0: "SEEK_SET", 1: "SEEK_CUR", 2: "SEEK_END"}.get(n, str(n)),
}


def quoted(data: bytes, limit: int = TEXT_LIMIT) -> str:
    """Returns bytes as C would write them, cut."""
    text = "".join({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\0": "\\0"}.get(
        chr(byte), chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}") for byte in data[:limit])
    return f'"{text}"' + ("..." if len(data) > limit else "")


class _Describer:
    """Shows the arguments of one call of one task."""

    def __init__(self, kernel: Kernel, task: Task, names: Dict[int, str]) -> None:
        self._kernel, self._task = kernel, task
        self._root = task.root or 0
        try:
            self._files = {one.fd: one.name for one in open_files(kernel, task, names)}
        except ReaderError:
            self._files = {}

    def _string(self, address: int) -> str:
        if not address:
            return "NULL"
        try:
            return quoted(self._kernel.read_string(self._root, address, TEXT_LIMIT + 1))
        except ReaderError:
            return f"{address:#x} (not in memory yet, or a wrong pointer)"

    def _array(self, address: int) -> List[str]:
        """The strings of an argv, as far as they can be read."""
        found: List[str] = []
        for index in range(WORDS_LIMIT + 1):
            try:
                word = int.from_bytes(self._kernel.read_mapped(self._root, address + 8 * index, 8),
                                      "little")
            except ReaderError:
                return found + ["?"]
            if not word:
                return found
            found.append(self._string(word) if index < WORDS_LIMIT else "...")
        return found

    def show(self, form: str, value: int, following: int) -> str:
        """Returns one argument as text; `following` is the one behind it."""
        if form == "str":
            return self._string(value)
        if form in ("fd", "at"):
            number = int(_int(value))
            if form == "at" and number == AT_FDCWD:
                return "AT_FDCWD"
            return f"{number} ({self._files[number]})" if number in self._files else str(number)
        if form == "buf":
            try:
                size = min(following, TEXT_LIMIT + 1)
                return quoted(self._kernel.read_mapped(self._root, value, size))
            except ReaderError:
                return hex(value)
        if form == "argv":
            return "{" + ", ".join(self._array(value)) + "}" if value else "NULL"
        if form == "envp":
            return f"{value:#x} ({len(self._array(value))} strings)" if value else "NULL"
        return FORMATS[form](value)


def describe(kernel: Kernel, task: Task, frame: Trapframe, names: Dict[int, str]) -> str:
    """Returns a system call as C would write it.

    Args:
        frame: with the call's registers. names: of inodes, from grade.parts.paths().
    """
    number = frame["error"]
    name = kernel.formats.syscalls.get(number)
    values = frame.arguments()
    if name is None or name not in CALLS:
        shown = ", ".join(map(hex, values))
        return f"{name or f'system call {number}'}({shown})"
    describer = _Describer(kernel, task, names)
    pairs = [word.split(":") for word in CALLS[name].split()]
    shown = ", ".join(f"{key}={describer.show(form, value, following)}" for
                      (key, form), value, following in zip(pairs, values, values[1:] + [0]))
    return f"{name}({shown})"
