# SPDX-License-Identifier: MIT
"""The small shell against the host's /bin/sh: the same script prints the same and ends the same."""
from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Tuple

import pytest
from kernels import ROOT

SCRIPTS = [
    "",
    "echo",
    "echo one  two   three",
    "echo 'a  b' \"c  d\" e'f'g\"h\"",
    "echo 'a;b|c&d' \"(x)\" '#' a#b # not this",
    "# nothing\n\n   \n\t\necho there",
    "true; echo $?; false; echo $?",
    "echo $? '$?' \"$?\"; false; echo x$?y",
    "true && echo yes; false && echo no; true || echo no; false || echo yes",
    "false && echo no || echo yes; true || echo no && echo yes",
    "false ||\necho next && true &&\n\necho line",
    "echo a; echo b;",
    "(echo a; echo b)",
    "(exit 3); echo $?",
    "(cd /; pwd); (cd /usr && pwd); cd /; pwd",
    "cd /nowhere/at/all || echo stays; cd /usr; pwd",
    "(\necho one\n\necho two; (echo three\n)\n)",
    "( (echo deep) )",
    "echo through | cat",
    "echo through | cat | cat | cat",
    "(echo one; echo two) | cat | (cat; echo three)",
    "echo lost | true; echo $?; true | false; echo $?; false | true; echo $?",
    "(exit 4) | (exit 5); echo $?",
    "echo a |\n\ncat",
    "echo one > f; cat f; echo two >> f; echo three >>f; cat <f",
    "echo x >f;cat<f;echo y>f&&cat f",
    "> empty; cat empty; echo $?",
    "echo seen; echo unseen > f; echo seen again",
    "(echo a; echo b > g; echo c) > f; cat f; cat g",
    "echo from f > f; (cat; echo and) < f | cat > g; cat g f g",
    "cat missing; echo $?; cat < missing; echo goes on",
    "echo x > /nowhere/f; echo goes on",
    "echo back & wait; echo front",
    "(echo a; echo b) & wait; (exit 6) & wait; echo $?",
    "echo x > f & wait; cat f",
    "(echo 1 | cat; echo 2 | cat) & wait; echo 3",
    "cat & wait; echo input is not for the one behind",
    "false & echo $?; wait",
    "true & true & true & wait; echo $?",
    "wait; echo $?; wait 29999; echo $?",
    "exit",
    "false; exit",
    "exit 7; echo not reached",
    "(exit 300); echo $?; exit 257",
    "echo last line without its end",
    "echo before; no-such-program-anywhere 2; echo $?",
    "no-such-program-anywhere | cat; echo $?",
    "echo before\n)",
    "echo before\necho a &&",
    "echo before\n| cat",
    "echo before\necho a > ",
    "echo before\n()",
    "echo before\n(echo a",
    "echo before\necho 'not closed",
    "echo before\n; echo",
    "echo before\necho a ;; echo b",
    "echo before\necho a && | cat",
    "echo before\n(echo a) b",
]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shell, compiled for the host."""
    program = tmp_path_factory.mktemp("shell") / "sh"
    subprocess.run([os.environ.get("HOSTCC", "cc"), "-std=gnu17", "-O1", "-g", "-Wall", "-Wextra",
                    "-Werror", "-fsanitize=undefined", "-fno-sanitize-recover", "-o", str(program),
                    str(ROOT / "user/bin/sh.c")], check=True)
    return program


def run(program: str, script: str, folder: Path) -> Tuple[str, int]:
    """Gives the script to a shell as its input; returns what it prints, and its exit status.

    The only program that the shell can find is cat, which is built into ours.
    """
    programs = folder.with_name(folder.name + "-bin")
    programs.mkdir()
    (programs / "cat").symlink_to(shutil.which("cat") or "/bin/cat")
    folder.mkdir()
    result = subprocess.run([program], input=script, cwd=folder, text=True, timeout=20, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                            env={"PATH": str(programs)})
    return result.stdout, result.returncode


@pytest.mark.parametrize("script", SCRIPTS)
def test_like_the_hosts(script: str, shell: Path, tmp_path: Path) -> None:
    ours = run(str(shell), script, tmp_path / "ours")
    assert ours == run("/bin/sh", script, tmp_path / "theirs")


@pytest.mark.parametrize("script", ["cat\necho 1\necho 2\n", "(cat) | cat\necho 1\necho 2\n"])
def test_what_follows_a_line_is_for_the_commands_in_it(script: str, shell: Path,
                                                       tmp_path: Path) -> None:
    """POSIX says so; some shells read ahead."""
    assert run(str(shell), script, tmp_path / "ours") == ("echo 1\necho 2\n", 0)


def test_it_says_what_it_cannot_do(shell: Path) -> None:
    result = subprocess.run([str(shell)], input="ls -l\n", text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, check=False)
    assert result.stdout == "" and result.returncode == 127
    assert result.stderr.startswith("sh: ls: unknown; there are echo cat cd ")
