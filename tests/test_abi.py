# SPDX-License-Identifier: MIT
"""The numbers that the kernel and its programs share are Linux's: the host's headers say so too."""
from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Iterator, Tuple

from kernels import ROOT

HEADERS = ("asm/prctl.h", "errno.h", "fcntl.h", "limits.h", "poll.h", "sched.h", "signal.h",
           "sys/auxv.h", "sys/ioctl.h", "sys/mman.h", "sys/prctl.h", "sys/random.h", "sys/reboot.h",
           "sys/resource.h", "sys/stat.h", "sys/syscall.h", "sys/time.h", "sys/wait.h",
           "termios.h", "time.h", "unistd.h")
# The host's C library shows these otherwise than the kernel means them, or not at all.
LIBRARYS_OWN = {"MINSIGSTKSZ", "NCCS", "O_LARGEFILE", "O_TMPFILE", "RB_MAGIC1", "RB_MAGIC2",
                "SA_RESTORER", "SIGRTMAX", "SIGRTMIN", "SS_AUTODISARM", "SYS_fchmodat2"}
OWN_CALLS = 0x1000      # from here on Tine's


def numbers() -> Iterator[Tuple[str, str]]:
    for header in sorted((ROOT / "lib/abi").glob("*.h")):
        yield from re.findall(r"^#define (\w+) +(\S.*?)(?: *//.*)?$",
                              header.read_text(encoding="utf-8"), re.MULTILINE)
    calls = (ROOT / "kern/sys/calls.def").read_text(encoding="utf-8")
    for number, name in re.findall(r"^\w+\((?:\d, )?(\w+), (\w+),", calls, re.MULTILINE):
        if int(number, 0) < OWN_CALLS:
            yield f"SYS_{name}", number


def test_the_numbers_are_the_hosts(tmp_path: Path) -> None:
    checked = {name: value for name, value in numbers() if name not in LIBRARYS_OWN}
    assert {"EPERM", "SIGSYS", "O_CLOEXEC", "WNOHANG", "SYS_read", "SYS_pipe2"} <= set(checked)
    source = tmp_path / "abi.c"
    source.write_text("#define _GNU_SOURCE\n"
                      + "".join(f"#include <{header}>\n" for header in HEADERS)
                      + "".join(f'_Static_assert(({name}) == ({value}), "{name}");\n'
                                for name, value in checked.items()), encoding="utf-8")
    result = subprocess.run(["cc", "-fsyntax-only", str(source)], stderr=subprocess.PIPE,
                            text=True, check=False)
    assert result.returncode == 0, result.stderr
