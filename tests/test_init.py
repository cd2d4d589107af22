# SPDX-License-Identifier: MIT
"""The first process: its arguments, the shell it starts, what it does where there is no fork."""
from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Iterator

import copies
import pytest
from kernels import FAIL, PASS, ROOT, SETUP, boot, kernel, make
from prompt import Prompt, machine


@pytest.fixture
def finished() -> Iterator[Prompt]:
    """The finished lab 1, with a shell that is a child of init."""
    kernel("LAB=1", "SOLVED=1")
    with machine(ROOT, "run", "LAB=1", "SOLVED=1") as shell:
        yield shell


@pytest.fixture
def alone() -> Iterator[Prompt]:
    """Lab 0, where nothing forks."""
    kernel()
    with machine(ROOT, "run", "LAB=0", "SOLVED=0") as shell:
        yield shell


def test_the_shell_is_a_child_of_init_and_comes_back(finished: Prompt) -> None:
    assert re.search(r"^Tine \S+ on x86_64\. Type help, or poweroff to leave\.$",
                     finished.greeting, re.MULTILINE)
    finished.type("echo $$ $TINE_LAB $PATH", "^2 1 /bin$")
    finished.type("help", "^  poweroff   ends the machine; so does Ctrl-A X, at once$")
    finished.type("ls / | wc -l; ls -d /init; ls -l /dev/null", r"^\d\n/init\ncrw-rw-rw- .* 1,  3 ")
    finished.type("forktest 5", "^forktest: 5 children one after the other, 8 at once: each as")
    finished.type("memmap", "^data .* its own from the start\n(.*\n)+shared .* the same frame$")
    finished.type("audit; echo $?", "^audit: clean\n0$")
    finished.type("exit 3", "^init: the shell has ended with status 3; here is a new one$")
    finished.type("kill -9 $$", "^init: the shell has ended with status 137; here is a new one$")
    finished.type("(sleep 0.1 &); echo an orphan, which init collects", "^an orphan")
    finished.type("sleep 0.3; pages", r"^\d+ pages of this program have a frame$")


def test_job_control(finished: Prompt) -> None:
    finished.type("sleep 100 | cat &", r"^\[1\] \d+$")
    finished.child.sendline("sleep 200")
    finished.press("z", r"^\[2\] \+ Stopped +sleep 200$")
    finished.type("ps", r"^ +(\d+) +\1 +2 T +sleep\n")
    finished.type("ps", r"^ +(\d+) +\1 +2 S +sh\n +\d+ +\1 +2 S +sleep\n +\d+ +\1 +2 S +cat\n")
    finished.type("bg; jobs", r"^\[2\] \+ Running +sleep 200\n\[1\] - Running +sleep 100 \| cat$")
    finished.child.sendline("fg")
    finished.press("c")
    finished.type("echo $?", "^130$")
    finished.child.sendline("while true; do :; done")
    finished.press("c")
    finished.type("echo $?", "^130$")
    finished.child.sendline("cat")
    finished.child.sendline("typed")
    finished.press("d", r"^typed\ntyped$")
    finished.type("kill %1; wait", "")
    finished.press("d", "^init: the shell has ended with status 0; here is a new one$")


def test_the_finished_system_shows_who_has_which_frame() -> None:
    kernel("LAB=4", "SOLVED=4")
    with machine(ROOT, "demo") as shell:
        shown = shell.type("memmap")
    frame = r" +(0x\w{1,6})"
    rows = re.findall(rf"^(\w+) +0x\w+{frame}{frame}{frame}  (.*)$", shown, re.MULTILINE)
    assert " ".join(row[0] for row in rows) == "code constant data heap stack shared", shown
    for name, own, before, after, words in rows:
        # Before the child looks, it has used its stack.
        same = (own == before or name == "stack", before == after)
        copied = name in ("data", "heap")
        assert same == (True, not copied), shown
        assert words == ("copied when written to" if copied else
                         "its own from the start" if own != before else "the same frame")


def test_what_cannot_be_run_is_explained(finished: Prompt) -> None:
    words = r": programs cannot be run before lab 3 \(execve\) is done\. Built in are the commands"
    finished.type("gcc -o x; echo $?", f"^sh: gcc{words} that help lists\n127$")
    finished.type("/usr/bin/gcc || echo $?", f"^sh: gcc{words} that help lists\n127$")
    finished.type("/bin/ls /etc", "^lab$")     # by the name of what is linked in


def test_a_kernel_without_fork_has_a_shell_all_the_same(alone: Prompt) -> None:
    alone.type("echo $$ $TINE_LAB", "^1 0$")
    alone.type("pages", r"^\d+ pages of this program have a frame$")
    alone.type("ls /etc; cat /etc/lab", "^lab\nLAB=0$")
    alone.type("echo a | cat", r"^sh: cannot make a process: that comes with lab 1 \(fork\)$")
    alone.type("x=$(echo a)", "that comes with lab 1")
    alone.type("gcc; echo $?", r"^sh: gcc: programs cannot be run before lab 3 .*\n127$")
    alone.type("for i in 1 2; do echo $i; done > /tmp/x; wc /tmp/x; cat < /tmp/x",
               "^2 2 4 /tmp/x\n1\n2$")
    assert "called fork" not in alone.child.before


def test_leaving_the_only_shell_ends_the_machine() -> None:
    assert boot("trace=none budget=200 -- -c exit", kernel()).status == PASS
    assert boot("trace=none budget=200 -- -s -c exit", kernel("LAB=1", "SOLVED=1")).status == PASS


@pytest.mark.parametrize("words, status, said", [
    ("-- -c pwd", PASS, ["/"]),
    ("--   /tests/lab0/shell.sh  ", PASS, None),
    ("-- -c exit", PASS, []),
    ("-- -c false", FAIL, []),
    ("-- /no/such/script", FAIL, ["sh: 0: cannot open /no/such/script: No such file or directory"]),
    ("init=/tests/given/exit_status -- a b", FAIL, None),
])
def test_a_script_decides_how_the_machine_ends(words: str, status: int, said: object) -> None:
    for image in (kernel(), kernel("LAB=1", "SOLVED=1")):
        run = boot(f"trace=none budget=500 {words}", image)
        assert run.status == status, run.kernel_text()
        assert said is None or run.console.user == said


def test_arguments_that_do_not_fit_are_refused() -> None:
    run = boot("trace=none -- " + "x " * 400, kernel())
    assert run.status == SETUP
    assert "setup: cannot start init=/init: its arguments are too long" in run.kernel_text()


def test_an_unfinished_lab_still_has_a_shell(tmp_path: Path) -> None:
    """Somebody who has written fork, but not wait, can try it."""
    folder = copies.working_copy(tmp_path / "mine")
    copies.give_built(folder, 1)
    for name in ("mm_copy.c", "task_fork.c"):
        shutil.copy(ROOT / "solutions/1-fork" / name, folder / "labs/1-fork" / name)
    assert make("kernel", "LAB=1", "-j2", folder=folder).returncode == 0
    image = folder / "build/lab1-solvednone/tine.elf"
    assert (folder / "build/lab1-solvednone/etc/lab").read_text() == \
        "LAB=1\nlabs/0-start/pages.c\nlabs/1-fork/exit_wait.c\n"
    run = boot("trace=none budget=500 -- -c echo;pwd", image)
    assert run.status == PASS
    assert run.console.user == ["Not written yet: labs/0-start/pages.c",
                                "Not written yet: labs/1-fork/exit_wait.c", "", "/"]
