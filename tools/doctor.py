#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Says what this machine has of what Tine needs, and what to do about the rest: `make doctor`.

The programs are those of tools/packages.txt. Nothing is installed or changed.

Exit status: 0 all that running and grading need is there; 1 something of that is not.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parent
TIMEOUT_SECONDS = 20
MIB = 2**20
BUILD_BYTES = 512 * MIB  # one build folder for each configuration, and then some
TEST_BYTES = 64 * MIB  # guest memory of one graded test
SETUP = {"demo": "make demo", "gdb": "make gdb", "test": "make test"}
MARKS = {"ok": "32", "note": "36", "missing": "31", "low": "33"}


class Row(NamedTuple):
    """One line of the report."""

    what: str
    found: str
    needed: str
    verdict: str  # ok; note: no matter; low: will do badly; missing: will not do
    advice: str = ""
    vital: bool = False  # running and grading need it


class Tool(NamedTuple):
    """One line of packages.txt that matters on this host."""

    name: str
    goal: str
    commands: List[Tuple[str, str]]  # name and least version; a name may be "@check"
    why: str


def run(*words: str, **environment: str) -> Optional[str]:
    """Runs a command.

    Args:
        words: the command.
        environment: variables to add.

    Returns:
        What it printed, or None when it is not there, fails or takes too long.
    """
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=TIMEOUT_SECONDS,
                              env={**os.environ, "LC_ALL": "C", **environment})
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None


def version_in(text: str) -> str:
    """The first number with a dot outside parentheses, which is where programs say their version.

    Args:
        text: what `PROGRAM --version` printed.

    Returns:
        Such as "12.2.0", or "" when the text holds none.
    """
    match = re.search(r"(?:^|[\s:v])(\d+\.[\d.]*\d)", re.sub(r"\([^)]*\)", "", text))
    return match[1] if match else ""


def numbers(version: str) -> List[int]:
    """A version as numbers, without zeros at the end: "6.2.0" is "6.2"."""
    result = [int(part) for part in version.split(".") if part]
    while result and result[-1] == 0:
        result.pop()
    return result


def at_least(found: str, needed: str) -> bool:
    """Whether a version is the needed one or a newer one."""
    return numbers(found) >= numbers(needed)


def needed_here(condition: str) -> bool:
    """Whether a tool that only some hosts need ("native", "cross", "linux") is needed here."""
    linux = platform.system() == "Linux"
    native = linux and platform.machine() in ("x86_64", "amd64")
    return {"": True, "native": native, "cross": not native, "linux": linux}[condition]


def tools() -> Iterator[Tool]:
    """Reads packages.txt.

    Yields:
        The tools that this host needs, with CROSS's compiler in place of the usual ones.
    """
    cross = os.environ.get("CROSS", "")
    for line in (TOOLS / "packages.txt").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, goal, commands, _, _, _, _, why = line.split(None, 7)
        goal, _, condition = goal.partition("@")
        if not needed_here(condition):
            continue
        if cross and name == "compiler":
            commands = f"{cross}gcc:10"
        if cross and name == "binutils":
            commands = f"{cross}objcopy"
        choices = [choice.partition(":") for choice in commands.split(",")]
        yield Tool(name, goal, [(command, least) for command, _, least in choices], why)


def firmware() -> str:
    """The path of qboot.rom in the first of QEMU's folders that has it, or ""."""
    for folder in (run("qemu-system-x86_64", "-L", "help") or "").splitlines():
        path = Path(folder) / "qboot.rom"
        if path.exists():
            return os.path.normpath(path)
    return ""


def chosen_python(goal: str) -> str:
    """The Python that python.sh chooses for a goal, or ""."""
    return (run("sh", str(TOOLS / "python.sh"), goal) or "").strip()


def special(check: str) -> str:
    """What one of packages.txt's "@" checks finds.

    Args:
        check: its name without the "@".

    Returns:
        What to show, or "" when nothing was found.
    """
    if check == "qboot":
        return firmware()
    if check == "gdb":
        asked = run("sh", str(TOOLS / "gdb.sh"), "--version")
        return f"GDB {version_in(asked)}" if asked else ""
    if check == "libc":
        return "stdio.h" if Path("/usr/include/stdio.h").exists() else ""
    python = chosen_python("test" if check == "pytest" else "demo")
    if not python:
        return ""
    if check == "pytest":
        asked = run(python, "-c", "import pytest; print(pytest.__version__)") or ""
        return f"{asked.strip()} ({python})"
    return f"{version_in(run(python, '--version') or '')} ({python})"


def tool_row(tool: Tool) -> Row:
    """Looks for a tool: the first of its commands that will do, or else the first that is there."""
    needed = " or ".join(f"{command} {least}".strip() for command, least in tool.commands)
    unfit = ""
    for command, least in tool.commands:
        if command.startswith("@"):
            needed = least
            shown = special(command[1:])
        elif shutil.which(command):
            printed = run(command, "--version") or run(command, "-v")
            version = version_in(printed or "")
            shown = f"{command} {version}".strip()
            if least and not (version and at_least(version, least)):
                unfit = unfit or f"{shown}{'' if version else ' (does not run)'}"
                shown = ""
        else:
            shown = ""
        if shown:
            return Row(tool.name, shown, needed, "ok", "", tool.goal == "demo")
    return Row(tool.name, unfit or "-", needed, "missing",
               f"{tool.why}; `{SETUP[tool.goal]}` installs it", tool.goal == "demo")


def cgroup_cores() -> Optional[float]:
    """How many processors' time this process's control group may use, or None without a limit."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
        group = next(line[len("0::"):] for line in lines if line.startswith("0::"))
    except (OSError, StopIteration):
        return None
    least: Optional[float] = None
    folder = Path("/sys/fs/cgroup") / group.lstrip("/")
    for place in [folder, *folder.parents]:
        try:
            quota, period = (place / "cpu.max").read_text().split()
            share = int(quota) / int(period)
            least = share if least is None else min(least, share)
        except (OSError, ValueError):
            continue
    return least


def cores_row() -> Row:
    """The processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    limit = cgroup_cores()
    found = f"{cores}" + (f", limited to {limit:.1f}" if limit is not None else "")
    return Row("cores", found, "1", "ok", "", True)


def size(amount: int) -> str:
    """A number of bytes in MiB or GiB."""
    return f"{amount / 2**30:.1f} GiB" if amount >= 2**30 else f"{amount // MIB} MiB"


def room_row(what: str, free: Optional[int], needed: int, advice: str, vital: bool) -> Row:
    """A row about an amount of bytes; None says that it could not be found out."""
    if free is None:
        return Row(what, "unknown", size(needed), "note")
    verdict = "ok" if free >= needed else "missing" if vital else "low"
    return Row(what, size(free), size(needed), verdict, "" if verdict == "ok" else advice, vital)


def free_memory() -> Optional[int]:
    """Bytes of memory that a new program can have, or None where the system does not say so."""
    try:
        text = Path("/proc/meminfo").read_text()
    except OSError:
        return None
    match = re.search(r"^MemAvailable:\s+(\d+) kB", text, re.MULTILINE)
    return int(match[1]) * 1024 if match else None


def free_bytes(path: Path) -> Optional[int]:
    """Free bytes on a file system, or None when it is not there."""
    try:
        return shutil.disk_usage(path).free
    except OSError:
        return None


def memfd_row() -> Row:
    """Whether memory can be shared with QEMU without a file's name."""
    works = False
    try:
        handle = os.memfd_create("doctor")
        try:
            os.ftruncate(handle, 4096)
            works = os.path.exists(f"/proc/self/fd/{handle}")
        finally:
            os.close(handle)
    except (AttributeError, OSError):
        pass
    if works:
        return Row("memfd", "works", "", "ok")
    return Row("memfd", "does not work", "", "note",
               f"guest memory will be a file in {tempfile.gettempdir()} instead")


def oracle_row() -> Row:
    """Whether test programs can run on the host with a process tree of their own."""
    own = ["--pid", "--mount", "--fork"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    if run("unshare", *own, "true") is not None:
        return Row("namespaces", "work", "", "ok")
    return Row("namespaces", "do not work", "", "note",
               "`make oracle` needs Linux, and root or unprivileged user namespaces")


def kvm_row() -> Row:
    """KVM, so that nobody wonders whether it matters."""
    there = os.path.exists("/dev/kvm")
    return Row("kvm", "there" if there else "not there", "", "note",
               "not used: time is counted in guest instructions")


def report() -> List[Row]:
    """All rows, in the order in which they are shown."""
    rows = [tool_row(tool) for tool in tools()]
    rows.append(cores_row())
    rows.append(room_row("memory", free_memory(), 4 * TEST_BYTES,
                         "close programs, or grade with fewer jobs", False))
    rows.append(room_row("disk", free_bytes(ROOT), BUILD_BYTES,
                         "make room, or run `make clean`", False))
    if platform.system() == "Linux":
        rows.append(room_row("/dev/shm", free_bytes(Path("/dev/shm")), 4 * TEST_BYTES,
                             "no matter where memfd works", False))
    return rows + [memfd_row(), oracle_row(), kvm_row()]


def layout(rows: List[Row], colour: bool) -> str:
    """The table as text.

    Args:
        rows: the rows.
        colour: whether to colour the verdicts.

    Returns:
        The text, with an end of line after each row.
    """
    heads: Dict[str, int] = {"what": 0, "found": 0, "needed": 0}
    for head in heads:
        heads[head] = max([len(head)] + [len(getattr(row, head)) for row in rows])
    result = "  ".join(head.ljust(width) for head, width in heads.items()) + "  verdict\n"
    for row in rows:
        verdict = row.verdict + (f": {row.advice}" if row.advice else "")
        if colour:
            verdict = f"\x1b[{MARKS[row.verdict]}m{verdict}\x1b[0m"
        cells = [getattr(row, head).ljust(width) for head, width in heads.items()]
        result += "  ".join(cells) + f"  {verdict}\n"
    return result


def main() -> int:
    """Prints the report.

    Returns:
        The exit status.
    """
    rows = report()
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    sys.stdout.write(layout(rows, colour))
    lacking = [row.what for row in rows if row.vital and row.verdict == "missing"]
    if lacking:
        print(f"\nNot ready: {', '.join(lacking)}. `make demo` installs what it can.")
        return 1
    print("\nReady for `make demo` and `make grade`.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
