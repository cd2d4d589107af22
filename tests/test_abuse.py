# SPDX-License-Identifier: MIT
"""Programs that take all there is: they are refused or ended, all comes back, others go on."""
from __future__ import annotations

import re
import sys
from typing import Iterator, List

import pexpect
import pytest
from kernels import PASS, ROOT, Run, boot, kernel

LAB = ("LAB=2", "SOLVED=2")
MEMORY_MIB = 16
# On several processors: other orders of them.
ORDERS = [(1, 0), (4, 1), (4, 2)]

BOMB = ["once was enough: 1", "refused as it should be: 1", "there were many: 1",
        "nobody is left: 1", "others go on: 1"]
ZOMBIES = ["signals for all of them: 1", "a new one: 1", "the last one is collected: 1",
           "there is room for another one: 1", "all are collected: 1", "nobody is left: 1"]
# Who is refused memory by a call may also die of the next write to a page that he shares.
NO_MEMORY = "EAGAIN|ENOMEM|signal 9"
REFUSED = {
    "zombies": NO_MEMORY, "processes": NO_MEMORY, "open files": NO_MEMORY, "a file": "ENOSPC",
    "folders": "ENOSPC", "pipes": NO_MEMORY, "descriptors": "EMFILE", "signals": "EAGAIN",
}
ENDED = ("memory", "shared memory", "page tables")
OTHERS_GO_ON = ("a file", "folders", "descriptors", "signals")


def abuse(program: str, cpus: int, seed: int) -> Run:
    """Boots a program; the machine must come to a good end with nothing lost."""
    run = boot(f"init=/tests/abuse/{program} trace=none seed={seed} budget=20000", kernel(*LAB),
               memory_mib=MEMORY_MIB, cpus=cpus)
    assert run.status == PASS, run.kernel_text()[-3000:]
    assert "audit: clean" in run.kernel_text()
    return run


@pytest.mark.parametrize("cpus, seed", ORDERS)
def test_fork_bomb(cpus: int, seed: int) -> None:
    user = abuse("forkbomb", cpus, seed).console.user
    missing = [int(line.split()[-1]) for line in user if line.startswith("pages missing: ")]
    assert [line for line in user if not line.startswith("pages missing: ")] == BOMB * 6
    assert len(missing) == 6 and not any(missing)


@pytest.mark.parametrize("cpus, seed", ORDERS)
def test_as_many_zombies_as_there_may_be(cpus: int, seed: int) -> None:
    first, *others = abuse("zombies", cpus, seed).console.user
    assert re.fullmatch(r"\d{3} processes, then EAGAIN", first) and others == ZOMBIES


@pytest.mark.parametrize("cpus, seed", ORDERS)
def test_each_thing_is_used_up(cpus: int, seed: int) -> None:
    run = abuse("exhaust", cpus, seed)
    said = "\n".join(run.console.user)
    for what, errors in REFUSED.items():
        assert re.search(f"^{what}: ({errors})$", said, re.MULTILINE), said
    for what in ENDED:
        assert f"{what}: signal 9" in run.console.user, said
    assert re.findall("^(.*): others go on: 1$", said, re.MULTILINE) == list(OTHERS_GO_ON)
    missing = re.findall(r"^(.*): (-?\d+) pages are missing$", said, re.MULTILINE)
    assert [what for what, pages in missing if pages == "0"] == [*REFUSED, *ENDED]
    assert len(re.findall(r"killed: pid \d+ \(exhaust\) by SIGKILL: out of memory: a write at 0x",
                          run.kernel_text())) >= len(ENDED)


class Shell:
    """A shell with little memory, and somebody who types."""

    def __init__(self, cpus: int) -> None:
        image = kernel(*LAB)
        words: List[str] = ["-m", "grade", "boot", "--kernel", str(image), "--initrd",
                            str(image.with_name("initrd.cpio")), "--append", "trace=none",
                            "--memory", str(MEMORY_MIB), "--cpus", str(cpus)]
        self.child = pexpect.spawn(sys.executable, words, cwd=str(ROOT), encoding="utf-8",
                                   echo=False, timeout=60)
        self.child.expect_exact("tine> ")

    def answers(self) -> None:
        """It does; a second try is allowed, for memory may have run out in the shell itself."""
        for _ in range(3):
            self.child.sendline("echo still $((40 + 2))")
            if self.child.expect(["still 42", pexpect.TIMEOUT], timeout=20) == 0:
                return
        raise AssertionError(self.child.before)


@pytest.fixture(params=[1, 4])
def shell(request: pytest.FixtureRequest) -> Iterator[Shell]:
    """On one processor, and on four side by side."""
    shell = Shell(request.param)
    yield shell
    shell.child.close(force=True)


def test_fork_bomb_in_the_shell(shell: Shell) -> None:
    """One beside the shell is killed by its group's number, one before it by Ctrl-C."""
    shell.child.sendline("bomb() { bomb | bomb & }; bomb")
    shell.child.expect(r"\[1\] (\d+)")
    group = shell.child.match[1]
    shell.child.expect("cannot make a process")
    shell.answers()
    shell.child.sendline(f"kill -9 -{group}")
    shell.child.expect_exact("tine> ")
    shell.child.sendline(f"while kill -0 -{group}; do :; done; echo all $((50 + 5)) are gone")
    shell.child.expect_exact("all 55 are gone")
    shell.child.sendline("bomb() { bomb | bomb; }; bomb")
    shell.child.expect("cannot make a process")
    shell.child.sendcontrol("c")
    shell.answers()
    # A title, init, the shell, one for $( ), ps, wc: whoever escapes makes more.
    shell.child.sendline("while test $(ps | wc -l) -gt 6; do :; done; echo no $((60 + 6))")
    shell.child.expect_exact("no 66")
    shell.child.sendline("poweroff")
    shell.child.expect_exact("audit: clean")
