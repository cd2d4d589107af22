# SPDX-License-Identifier: MIT
"""Random system calls: whatever programs do, the kernel goes on, and nothing is lost.

The program is user/tests/abuse/fuzz. By one process alone, without what depends on time, the
calls and answers must be those of Linux: there the same program runs, to the byte.
"""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Dict, List, NamedTuple

import archives
import pytest
from kernels import BACKSTOP_S, PASS, ROOT, Run, boot, kernel

LAB = ("LAB=4", "SOLVED=4")
SHORT_CALLS, LONG_CALLS, LONG_LIMIT_S = 6000, 200_000, 1500.0
LEAST_SUCCESS_PERCENT = 20

# Not for random calls.
WITHOUT_GENERATOR = {"probe": "the tests' own"}

# Where both systems refuse, but for different reasons: (call, Tine's answer) -> why.
OTHER_REASON = {
    ("mmap", "-22"): "which of several wrong arguments is complained about",
    ("rename", "-36"): "a name that is too long, where something before it is wrong as well",
    **{(name, "-36"): "as rename" for name in
       ("open", "openat", "symlink", "chmod", "faccessat", "faccessat2", "fchmodat", "fchownat",
        "link", "linkat", "mkdirat", "readlinkat", "renameat", "statfs", "symlinkat", "utimensat")},
    ("open", "-40"): "Linux's fs.protected_regular looks at a link's directory first",
}


class Totals(NamedTuple):
    """What became of the attempts at one call."""

    attempts: int
    done: int
    cannot: str


def fuzz(folder: Path, parameters: str, options: str = "trace=none", memory_mib: int = 64,
         cpus: int = 1, counted: bool = True, limit_s: float = BACKSTOP_S) -> Run:
    """Boots the program; it must come to its end, and so must the machine.

    Args:
        folder: for the initial file system; parameters: for the program, see its run.c.
        options: the kernel's; memory_mib, cpus, counted, limit_s: as in
            boot().
    """
    image = kernel(*LAB)
    original = image.with_name("initrd.cpio").read_bytes()
    changed = folder / f"initrd-{os.getpid()}.cpio"
    changed.write_bytes(archives.add(original, archives.member(b"parameters", parameters.encode())))
    run = boot(f"init=/tests/abuse/fuzz {options}", image, initrd=changed, memory_mib=memory_mib,
               cpus=cpus, counted=counted, limit_s=limit_s)
    assert run.status == PASS, f"{parameters}: " + "\n".join(run.kernel_text().splitlines()[-60:])
    assert run.console.user[-1] == "finished" and "audit: clean" in run.kernel_text()
    return run


def totals(run: Run) -> Dict[str, Totals]:
    """Reads what the program prints about each call."""
    pattern = re.compile(r"(\w+): (\d+) attempts, (\d+) done(?:; cannot: (.*))?$")
    found = [pattern.match(line) for line in run.console.user]
    return {match[1]: Totals(int(match[2]), int(match[3]), match[4] or "")
            for match in found if match}


def check_totals(run: Run) -> None:
    """Each call has been tried, and has worked often enough to matter."""
    seldom = {name: total for name, total in totals(run).items()
              if not total.cannot and total.done * 100 < total.attempts * LEAST_SUCCESS_PERCENT}
    assert not seldom
    assert all(total.attempts > 0 for total in totals(run).values())


def check_no_page_lost(run: Run) -> None:
    """Each time that all has ended and been removed, the same number of pages is free, nearly."""
    pages = [int(match[1]) for match in
             (re.match(r"epoch \d+: (\d+) pages free", line) for line in run.console.user) if match]
    assert len(pages) == 4 and len(set(pages)) == 1


def check_no_call_missing(run: Run) -> None:
    """A new call wants a generator: user/tests/abuse/fuzz."""
    table = (ROOT / "kern/sys/calls.def").read_text(encoding="utf-8")
    there = set(re.findall(r"^(?:CALL\(|FROM_LAB\([013], )\w+, (\w+),", table, re.MULTILINE))
    assert there - set(WITHOUT_GENERATOR) == set(totals(run))


def test_random_calls(tmp_path: Path) -> None:
    run = fuzz(tmp_path, f"seed=1 calls={SHORT_CALLS}", "trace=none budget=9000")
    check_totals(run)
    check_no_page_lost(run)
    check_no_call_missing(run)


def test_random_calls_while_allocations_fail(tmp_path: Path) -> None:
    """And with little memory, so that some of it is used up in earnest."""
    run = fuzz(tmp_path, "seed=2 calls=2500 fail=25 workers=6", "trace=none budget=9000", 16)
    assert run.kernel_text().count("killed:") > 10


def test_two_runs_are_the_same(tmp_path: Path) -> None:
    first, second = (fuzz(tmp_path, "seed=3 calls=400 epochs=1") for _ in range(2))
    assert first.raw_console == second.raw_console


def on_linux(parameters: str, folder: Path) -> List[str]:
    """Runs the program, as it is, on the host: as process 1 in a folder that is all it can see.

    The devices there are the host's: read-only, so that nothing about them can be changed.
    """
    unshare = shutil.which("unshare")
    if not unshare:
        pytest.skip("there is no unshare (util-linux)")
    program = kernel(*LAB).parents[1] / "programs/user/tests/abuse/fuzz.elf"
    script = ('mount -t tmpfs tmpfs "$1" && cd "$1" && mkdir tmp dev && '
              'for d in null zero full; do '
              '  : >dev/$d && mount --bind /dev/$d dev/$d && mount -o remount,bind,ro dev/$d '
              '    || exit 1; '
              'done && cp "$2" init && ulimit -n 1024 && shift 2 && exec chroot . /init "$@"')
    user = [] if os.geteuid() == 0 else ["-Ur"]
    command = ["timeout", "-k", "2", "60", unshare, *user, "-pfm", "--kill-child",
               "sh", "-c", script, "sh", str(folder), str(program), *parameters.split()]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, check=False)
    output = result.stdout.decode(errors="replace")
    if output.startswith("unshare:"):
        pytest.skip(f"this host does not allow private namespaces ({output.strip()})")
    assert result.returncode == 0, output[-2000:]
    return output.splitlines()


def compare(tine: List[str], linux: List[str]) -> None:
    """Compares what one process was answered, up to the bar in each line."""
    assert len(tine) == len(linux)
    for ours, theirs in zip(tine, linux):
        mine, right = (line.split(" | ")[0].split() for line in (ours, theirs))
        if mine == right:
            continue
        refused = len(mine) == 6 and mine[2].startswith("-") and right[2].startswith("-")
        assert refused and mine[3:] == right[3:] and (mine[1], mine[2]) in OTHER_REASON, \
            f"Tine:  {ours}\nLinux: {theirs}"


def test_one_process_is_answered_as_by_linux(tmp_path: Path) -> None:
    parameters = "seed=4 calls=1500 alone=1 epochs=1"
    compare(fuzz(tmp_path, parameters).console.user, on_linux(parameters, tmp_path))


@pytest.mark.full
@pytest.mark.parametrize("seed", range(100, 120))
def test_more_processes_are_answered_as_by_linux(seed: int, tmp_path: Path) -> None:
    parameters = f"seed={seed} calls=4000 alone=1 epochs=1"
    compare(fuzz(tmp_path, parameters).console.user, on_linux(parameters, tmp_path))


@pytest.mark.soak
@pytest.mark.parametrize("cpus", [1, 4])
@pytest.mark.parametrize("seed", range(1, 21))
def test_long_runs_of_random_calls(seed: int, cpus: int, tmp_path: Path) -> None:
    """Every other one with failing allocations, every third one with little memory."""
    fail, memory_mib = (100 if seed % 2 else 0), (64 if seed % 3 else 24)
    begin = time.monotonic()
    run = fuzz(tmp_path, f"seed={seed} calls={LONG_CALLS} fail={fail}", memory_mib=memory_mib,
               cpus=cpus, counted=cpus == 1, limit_s=LONG_LIMIT_S)
    check_totals(run)
    check_no_page_lost(run)
    print(f"{LONG_CALLS / (time.monotonic() - begin):.0f} calls in a second")
