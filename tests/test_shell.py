# SPDX-License-Identifier: MIT
"""Tine's shell against dash: the same script prints the same and ends the same.

Three builds of it: with the host's C library and sanitizers; with Tine's own library as an ELF
file, which the host runs because the system calls are Linux's; and inside Tine, as a part of /init.
"""
from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import List, Tuple

import pexpect
import pytest
from kernels import PASS, ROOT, boot, kernel
from prompt import PROMPT, Prompt
from shell_scripts import SCRIPTS

from grade.build import programs

DASH = Path(shutil.which("dash") or "/bin/sh")
SECTION = re.compile(r"^# ---- (.*)\n", re.MULTILINE)
TOOLS = ("cat", "wc", "sleep")          # all that the scripts run by name, besides sh
LIMIT_S = 20
# Linked into the shell.
BUILT_IN = ("true", "false", "echo", "printf", "test", "kill")
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover"]


def sections() -> List[Tuple[str, str]]:
    """(file and title, script) of each section of user/tests/shell."""
    found = []
    for path in sorted((ROOT / "user/tests/shell").glob("*.sh")):
        parts = SECTION.split(path.read_text(encoding="utf-8"))
        found += [(f"{path.stem}: {title}", body) for title, body in zip(parts[1::2], parts[2::2])]
    return found


@pytest.fixture(scope="module")
def tools() -> Path:
    """The folder of Tine's programs as ELF files."""
    return programs(ROOT, 1)


@pytest.fixture(scope="module")
def sanitized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shell for the host; it says so when it touches memory it may not, or loses any."""
    program = tmp_path_factory.mktemp("shell") / "sh"
    folder = ROOT / "user/bin"
    sources = [folder / "sh.c", *folder.glob("sh/*.c"), *folder.glob("common/*.c"),
               *(folder / f"{name}.c" for name in BUILT_IN)]
    subprocess.run([os.environ.get("HOSTCC", "cc"), "-std=gnu17", "-O1", "-g", "-Wall", "-Wextra",
                    "-Werror", *SANITIZERS, "-Dsh_main=main", "-o", str(program),
                    *map(str, sources)], check=True)
    return program


def run(shell: Path, script: str, folder: Path, tools: Path,
        as_file: bool = False) -> Tuple[str, int]:
    """Gives the script to a shell, as its input or as a file; returns what it prints, its status.

    All that it can find to run are a few of Tine's programs, and itself.
    """
    path = folder.with_name(folder.name + "-bin")
    path.mkdir()
    for name in TOOLS:
        (path / name).symlink_to(tools / name)
    (path / "sh").symlink_to(shell)
    (path / "script").write_text(script, encoding="utf-8")
    folder.mkdir()
    result = subprocess.run([shell, *([path / "script"] if as_file else [])], cwd=folder,
                            input="" if as_file else script, text=True, timeout=LIMIT_S,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                            env={"PATH": str(path)})
    assert "Sanitizer" not in result.stderr and "runtime error" not in result.stderr, result.stderr
    return result.stdout, result.returncode


@pytest.mark.parametrize("script", SCRIPTS)
def test_like_dash(script: str, sanitized: Path, tools: Path, tmp_path: Path) -> None:
    if "SEGV" in script:
        sanitized = tools / "sh"    # the sanitizer has an opinion of its own on that signal
    ours = run(sanitized, script, tmp_path / "ours", tools)
    assert ours == run(DASH, script, tmp_path / "theirs", tools)


@pytest.mark.parametrize("script", [script for _, script in sections()],
                         ids=[title for title, _ in sections()])
def test_sections_like_dash(script: str, sanitized: Path, tools: Path, tmp_path: Path) -> None:
    theirs = run(DASH, script, tmp_path / "theirs", tools, as_file=True)
    assert run(sanitized, script, tmp_path / "ours", tools, as_file=True) == theirs
    assert run(tools / "sh", script, tmp_path / "own-library", tools, as_file=True) == theirs


@pytest.mark.parametrize("name", ["words", "commands"])
def test_all_sections_in_one_boot_like_dash(name: str, tools: Path, tmp_path: Path) -> None:
    script = (ROOT / f"user/tests/shell/{name}.sh").read_text(encoding="utf-8")
    theirs = run(DASH, script, tmp_path / "theirs", tools, as_file=True)
    ended = boot(f"trace=none budget=5000 -- /tests/shell/{name}.sh", kernel("LAB=1", "SOLVED=1"))
    lines = [line for line in ended.console.user if not line.startswith("/tests/shell/")]
    assert lines == theirs[0].splitlines()
    assert ended.status == PASS and theirs[1] == 0


@pytest.mark.parametrize("script", ["cat\necho 1\necho 2\n", "(cat) | cat\necho 1\necho 2\n"])
def test_what_follows_a_line_is_for_the_commands_in_it(script: str, sanitized: Path, tools: Path,
                                                       tmp_path: Path) -> None:
    """POSIX says so; some shells read ahead."""
    assert run(sanitized, script, tmp_path / "ours", tools) == ("echo 1\necho 2\n", 0)


# ---- Nonsense

SOUP = """if then else elif fi while until for in do done case esac { } ( ) ! < > >> << <<- <& >& <>
    >| 2> 9< 10> ' " ` \\ $ $( $(( )) ${ } ${x:- ${x% ${# ${#x} $x $1 $@ "$@" $? a b x=1 x= f() E
    <<E <<'E' # * [ ] ~ ~/ = 1 23 - -- . : \x01 echo true false $(echo `echo` "$(" in) a) (a)
    | || && ; ;; &""".split() + ["\n", "\n", "\nE\n", " ", "\t", "\\\n", "# c"]
# What could make more than a few processes, or run for ever.
UNSAFE = {"while", "until", "&"}
NESTED = ["(", "{ ", "$(", "${x:-", "$((", "if ", "`", '"$(', "case a in a) ", "! ", "f() { "]


def soup(chance: random.Random, words: List[str]) -> str:
    """A random sequence of what shell scripts are made of."""
    text = "".join(chance.choice(words) + chance.choice(["", " ", " ", "\n"])
                   for _ in range(chance.choice([3, 8, 20, 60, 300])))
    if chance.random() < 0.05:
        text = chance.choice(NESTED) * chance.choice([10, 250, 5000]) + text
    return text


@pytest.mark.parametrize("seed", range(4))
def test_no_input_crashes_the_parser(seed: int, sanitized: Path) -> None:
    chance = random.Random(seed)
    for _ in range(120):
        text = soup(chance, SOUP)
        result = subprocess.run([sanitized, "-n"], input=text, text=True, timeout=LIMIT_S,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        assert result.returncode in (0, 2) and result.stdout == "", (text, result.stderr)


@pytest.mark.parametrize("seed", range(2))
def test_no_input_crashes_the_rest(seed: int, sanitized: Path, tmp_path: Path) -> None:
    chance = random.Random(100 + seed)
    words = [word for word in SOUP if word not in UNSAFE]
    for _ in range(80):
        text = soup(chance, words)
        result = subprocess.run([sanitized], input=text.encode(), timeout=LIMIT_S, cwd=tmp_path,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
                                env={"PATH": "/nonexistent"})
        assert result.returncode in (0, 1, 2, 126, 127), (text, result.stderr)
        assert b"Sanitizer" not in result.stderr, (text, result.stderr)


def test_what_calls_itself_for_ever_ends(sanitized: Path, tools: Path, tmp_path: Path) -> None:
    for number, script in enumerate(["f() { f; }; f; echo no",
                                     "x='eval \"$x\"'; eval \"$x\"; echo no",
                                     "echo '. ./f' > f; . ./f; echo no"]):
        assert run(tools / "sh", script, tmp_path / str(number), tools) == ("", 2)
        assert run(sanitized, script, tmp_path / f"s{number}", tools) == ("", 2)


def test_a_shell_that_runs_long_does_not_grow(tools: Path, tmp_path: Path) -> None:
    """Neither with the commands it has run, nor inside one command that takes long."""
    work = """
        x=$((x + 1)); y="$x and $y"; y=${y%and*}; case $y in *none*) ;; esac; set -- a b $x
        f() { set -- "$@" c; z=$#; }; f 1 2; for i in 1 2 3; do :; done; cat <<E >/dev/null
            $x
E
        [ "$x" -gt 0 ] && echo "$x" * /dev/nul? >/dev/null; true &
    """
    measure = "read size resident rest < /proc/$$/statm; wait\n"
    # The first rounds, which fill what is kept, then ten times as many.

    def loop(rounds: int) -> str:
        return f"n=0; while [ $n -lt {rounds} ]; do n=$((n + 1))\n{work}done\n"
    script = measure.join([work * 50, "echo $size\n" + work * 500, "echo $size; " + loop(50),
                           "echo $size; " + loop(500), "echo $size\n"])
    output, status = run(tools / "sh", script, tmp_path / "folder", tools, as_file=True)
    sizes = [int(line) for line in output.splitlines()]
    assert status == 0 and len(sizes) == 4
    assert sizes[1] <= sizes[0] and sizes[3] <= sizes[2], sizes


# ---- Messages

@pytest.mark.parametrize("script, message", [
    ("echo\necho\nnothing-of-this-name", "script: 3: nothing-of-this-name: not found"),
    ("\n\nif true; then\n\nfi", "script: 5: syntax error: fi is not expected here"),
    ("echo $((\n1 +))", "script: 1: arithmetic: an operand is missing: ''"),
    ("\ncat < /no/such", "script: 2: cannot open /no/such: No such file or directory"),
    ("readonly r\nr=1", "script: 2: r: is read-only"),
    ("x=\n: ${x:?the words}", "script: 2: x: the words"),
    ("echo 'a\nb", "script: 2: syntax error: a quote is not closed"),
    ("cd /no/such", "script: 1: cd: /no/such: No such file or directory"),
])
def test_messages_say_where(script: str, message: str, tools: Path, tmp_path: Path) -> None:
    path = tmp_path / "script"
    path.write_text(script, encoding="utf-8")
    result = subprocess.run([tools / "sh", "script"], stderr=subprocess.PIPE, text=True,
                            stdout=subprocess.DEVNULL, cwd=tmp_path, check=False)
    assert result.stderr.splitlines()[-1] == message


def test_a_script_that_is_not_there(tools: Path) -> None:
    result = subprocess.run([tools / "sh", "/no/such"], stderr=subprocess.PIPE, text=True,
                            check=False)
    assert result.returncode == 127 and "cannot open /no/such" in result.stderr


# ---- Somebody types, on the host's terminal

def typist(tools: Path) -> Prompt:
    """An interactive shell on a terminal of its own."""
    return Prompt(str(tools / "sh"), timeout=LIMIT_S, env={"PATH": str(tools), "PS1": PROMPT})


def test_jobs_of_an_interactive_shell(tools: Path) -> None:
    shell = typist(tools)
    shell.type("sleep 100 | cat &", r"^\[1\] \d+$")
    shell.type("jobs", r"^\[1\] \+ Running +sleep 100 \| cat$")
    shell.child.sendline("sleep 200")
    shell.press("z", r"^\[2\] \+ Stopped +sleep 200$")
    shell.type("echo $?", "^148$")
    shell.type("jobs", r"^\[2\] \+ Stopped +sleep 200\n\[1\] - Running +sleep 100 \| cat$")
    shell.type("bg", r"^\[2\] sleep 200$")
    shell.type("jobs", r"^\[2\] \+ Running +sleep 200$")
    shell.child.sendline("fg %sleep")
    shell.child.expect_exact("sleep 200")
    shell.press("c")
    shell.type("echo $?", "^130$")
    shell.type("kill %1; wait %1; echo $?", "^143$")
    shell.type("jobs; echo none", r"\Anone$")
    shell.type("(sleep 0.1; exit 3) &")
    shell.press_enter_until(r"^\[1\] \+ Done\(3\) +\(sleep 0.1; exit 3\)$")
    shell.type("fg", "no such job")
    shell.child.sendline("exit 5")
    shell.child.expect(pexpect.EOF)
    shell.child.close()
    assert shell.child.exitstatus == 5


def test_interrupting_an_interactive_shell(tools: Path) -> None:
    shell = typist(tools)
    shell.child.send("echo never run")
    shell.press("c")
    shell.type("echo $?", "^130$")
    shell.child.sendline("while true; do :; done; echo never")
    shell.press("c")
    shell.type("echo $?", "^130$")
    shell.child.sendline("sleep 100; echo never")
    assert "never" not in shell.press("c")
    shell.child.sendline("if true")
    shell.child.expect_exact("> ")
    shell.press("c")
    shell.type("x=1; f() { for i in 1 2; do sleep 100; done; }", r"\A$")
    shell.child.sendline("f")
    shell.press("c")
    shell.type("echo still $x", "^still 1$")
    shell.type("fi", "syntax error: fi is not expected here")
    shell.type("echo $?", "^2$")
    shell.child.sendline("echo one \\")
    shell.child.expect_exact("> ")
    shell.type("two", "^one two$")
    shell.child.sendeof()
    shell.child.expect(pexpect.EOF)
    shell.child.close()
    assert shell.child.exitstatus == 0


def test_a_pipeline_can_be_stopped_as_a_whole(tools: Path) -> None:
    shell = typist(tools)
    shell.child.sendline("sleep 100 | sleep 200 | cat")
    shell.press("z", r"Stopped +sleep 100 \| sleep 200 \| cat$")
    shell.type("exit", "there are stopped jobs")
    shell.type("kill -KILL %+; fg; echo $?", "^137$")
    shell.child.sendline("exit")
    shell.child.expect(pexpect.EOF)
    shell.child.close()
    assert shell.child.exitstatus == 0
