# SPDX-License-Identifier: MIT
"""What README and handouts tell a reader to type works, and shows what they say it shows."""
from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import struct
import subprocess
from pathlib import Path
from typing import List, NamedTuple, Set

import copies
import grade.cli
import pexpect
import pytest
from kernels import ROOT, kernel, make
from prompt import machine

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BOOT_PATIENCE_S = 100
SOLVED_2 = ("0-start/pages.c", "1-fork/mm_copy.c", "1-fork/task_fork.c", "1-fork/exit_wait.c",
            "2-cow/frame_count.c", "2-cow/mm_share.c", "2-cow/cow_fault.c")
SOLVED_3 = (*SOLVED_2, "3-exec/elf_check.c", "3-exec/elf_load.c", "3-exec/stack_build.c",
            "3-exec/task_exec.c", "3-exec/script_parse.c")
FAMILY = ("4-family/descriptor_flags.c", "4-family/close_on_exec.c", "4-family/lib/exec_list.c",
          "4-family/lib/exec_path.c")


class Block(NamedTuple):
    """A fenced block: its language, and its lines."""

    language: str
    lines: List[str]


def blocks(path: str) -> List[Block]:
    """The fenced blocks of a page that are commands (sh), output (text) or words for GDB (gdb)."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return [Block(language, body.splitlines()) for language, body in BLOCK.findall(text)
            if language in ("sh", "text", "gdb")]


def typed_at_the_shell(folder: Path, *words: str) -> str:
    """Types at the shell that `make WORDS` boots; returns all that the terminal showed."""
    child = pexpect.spawn("make", list(words), cwd=str(folder), encoding="utf-8", echo=False,
                          timeout=BOOT_PATIENCE_S)
    shown = ""
    try:
        for line in ("help", "echo a  b", "pages", "poweroff"):
            child.expect_exact("tine> ")
            shown += child.before
            child.sendline(line)
        child.expect(pexpect.EOF)
        shown += child.before
        child.wait()
        assert child.exitstatus == 0, shown
    finally:
        child.close(force=True)
    return shown


def said(output: str, expected: Block) -> None:
    """Checks that each line of a text block is a line of the output."""
    lines = [line.rstrip() for line in output.splitlines()]
    for line in expected.lines:
        assert line.rstrip() in lines, f"not shown: {line}\n{output}"


def words(command: str) -> List[str]:
    """The arguments of a `make` command."""
    program, *rest = shlex.split(command)
    assert program == "make", command
    return rest


@pytest.fixture
def working_copy(tmp_path: Path) -> Path:
    """A working copy, made as Start here says; its name has a space."""
    return copies.working_copy(tmp_path / "my tine")


def mutate(folder: Path, old: str, new: str) -> None:
    """Changes lab 0's file in a working copy."""
    path = folder / "labs/0-start/pages.c"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_start_here(working_copy: Path) -> None:
    """Follows handouts/0-start.md from its first command to its last."""
    copies.give_built(working_copy, 0)
    steps = iter(blocks("handouts/0-start.md"))

    def command() -> str:
        block = next(steps)
        assert block.language == "sh" and len(block.lines) == 1
        return block.lines[0]

    assert command() == "make demo"         # test_demo runs it
    assert command() == "make start DIR=../my-tine"

    output = make(*words(command()), folder=working_copy).stdout
    said(output, next(steps))

    shutil.copy(ROOT / "solutions/0-start/pages.c", working_copy / "labs/0-start/pages.c")
    result = make(*words(command()), folder=working_copy)
    assert result.returncode == 0
    said(result.stdout, next(steps))

    assert command() == "make watch LAB=0"  # test_watch.py runs it

    mutate(working_copy, "pte_present(*it.entry))", "pte_user(*it.entry))")
    result = make(*words(command()), folder=working_copy)
    assert result.returncode == 2
    said(result.stdout, next(steps))
    readme = next(block for block in blocks("README.md") if block.language == "text")
    said(result.stdout, readme)
    mutate(working_copy, "pte_user(*it.entry))", "pte_present(*it.entry))")

    debug = command()
    script = next(steps)
    assert script.language == "gdb"
    arguments = "-batch " + " ".join(f"-ex {shlex.quote(line)}" for line in script.lines)
    result = make(*words(debug), folder=working_copy, TINE_GDB_ARGS=arguments)
    assert "sys_pages_present" in result.stdout, result.stdout + result.stderr
    assert "0x400000" in result.stdout
    assert re.search(r"^frame 0x[0-9a-f]+, readable, executable, for user mode$", result.stdout,
                     re.MULTILINE)
    assert "brk_start = " in result.stdout and "Cannot access" not in result.stderr

    shown = typed_at_the_shell(working_copy, *words(command()))
    assert "a  b" in shown and re.search(r"\d+ pages of this program have a frame", shown)
    trace = (working_copy / "build/trace.txt").read_text(encoding="utf-8").splitlines()
    assert any(line.startswith("sys-exit") and "nr=pages_present" in line for line in trace)
    events = " ".join(line.split()[0] for line in trace)
    assert re.search(r"\btrap (frame-alloc )+pte-set\b", events)
    assert next(steps, None) is None


def test_fork(working_copy: Path) -> None:
    """Types every command of handouts/1-fork.md, with the lab solved."""
    copies.give_built(working_copy, 1)
    for name in SOLVED_2[:4]:
        shutil.copy(ROOT / "solutions" / name, working_copy / "labs" / name)
    steps = iter([block for block in blocks("handouts/1-fork.md") if block.language != "text"])

    output = make(*words(next(steps).lines[0]), folder=working_copy).stdout
    before, after = output.split("stop 2")
    assert "pid 2" not in before and "pid 2" in after

    result = make(*words(next(steps).lines[0]), folder=working_copy)
    assert re.search(r"^pass +4/4  mm_isolated", result.stdout, re.MULTILINE), result.stdout

    with machine(working_copy, *words(next(steps).lines[0])) as shell:
        shell.type("(echo one; echo two) | cat", r"^one\ntwo$")

    debug, script = next(steps).lines[0], next(steps)
    arguments = "-batch " + " ".join(f"-ex {shlex.quote(line)}" for line in script.lines)
    result = make(*words(debug), folder=working_copy, TINE_GDB_ARGS=arguments)
    assert "sys_fork" in result.stdout and "No symbol" not in result.stderr, result.stderr
    assert next(steps, None) is None


def test_cow(working_copy: Path) -> None:
    """Types what handouts/2-cow.md says, with the lab solved, but for commands with tests."""
    copies.give_built(working_copy, 2)
    for name in SOLVED_2:
        shutil.copy(ROOT / "solutions" / name, working_copy / "labs" / name)
    page = blocks("handouts/2-cow.md")
    commands = [line for block in page if block.language == "sh" for line in block.lines]
    assert commands[:3] == ["make grade LAB=2",     # the grader's tests
                            "make bench LAB=1", "make bench LAB=2"]     # test_bench.py
    unfreed, starve, debug, run = commands[3:]

    count = working_copy / "labs/2-cow/frame_count.c"
    text = count.read_text(encoding="utf-8")
    count.write_text(text.replace("frame_free(frame);\n    }", "}"), encoding="utf-8")
    shown = make(*words(unfreed), folder=working_copy).stdout
    assert "was never given back: its count is 0, but nothing maps it" in shown, shown
    count.write_text(text, encoding="utf-8")

    shown = make(*words(starve), folder=working_copy).stdout
    killed = r"killed: pid \d+ \(forktest\) by SIGKILL: out of memory: a write at "
    assert re.search(killed, shown), shown
    assert "audit: clean" in shown

    script = next(block for block in page if block.language == "gdb")
    arguments = "-batch " + " ".join(f"-ex {shlex.quote(line)}" for line in script.lines)
    result = make(*words(debug), folder=working_copy, TINE_GDB_ARGS=arguments)
    for seen in (r"^(frame \S+), readable, not executable, for user mode\n\1, count 2$",
                 r"^Value returned is \S+ = COW_HANDLED$",
                 r"^(frame \S+), readable, writable, not executable, for user mode\n\1, count 1$"):
        assert re.search(seen, result.stdout, re.MULTILINE), result.stdout + result.stderr
    assert "No symbol" not in result.stderr

    with machine(working_copy, *words(run)) as shell:
        for line, answer in (
                ("memmap", r"^code .* the same frame\nconstant .* the same frame\n"
                           r"data .* when written to\nheap .* when written to\nstack "),
                ("forktest 300", "^forktest: 300 children one after the other, 8 at once: each as"),
                ("ps", r" R +ps\n"),
                ("x=1; (x=2; (x=3; echo $x); echo $x); echo $x", r"^3\n2\n1$")):
            assert f"`{line}`" in (ROOT / "handouts/2-cow.md").read_text(encoding="utf-8")
            shell.type(line, answer)


def text_block(path: str, line: str) -> List[str]:
    """The lines of the text block of a page in which `line` begins one of them."""
    found = [block.lines for block in blocks(path) if block.language == "text" and
             any(shown.startswith(line) for shown in block.lines)]
    assert len(found) == 1, line
    return found[0]


def test_exec_dump() -> None:
    """The dump in handouts/3-exec.md is all of hello, and the picture has its pages."""
    kernel("LAB=3", "SOLVED=3")
    hello = (ROOT / "build/programs/bytes/hello").read_bytes()
    shown = b""
    for line in text_block("handouts/3-exec.md", "000  7f 45 4c 46"):
        row = re.match(r"([0-9a-f]{3})  ((?:[0-9a-f]{2}\b ?)+)", line)
        assert row and int(row[1], 16) == len(shown), line
        shown += bytes.fromhex(row[2])
    assert shown == hello
    picture = "\n".join(text_block("handouts/3-exec.md", " 0x7ffffffff000"))
    pages: Set[int] = set()
    for at in (0x40, 0x78):
        start, _, file_bytes, memory_bytes = struct.unpack_from("<4Q", hello, at + 16)
        pages.update(-(-end // 4096) * 4096 for end in (start + file_bytes, start + memory_bytes))
        pages.add(start // 4096 * 4096)
    assert {int(word, 16) for word in re.findall(r"0x4\w+", picture)} == pages


def same_trace(line: str) -> str:
    """A line of the trace without the numbers of frames and of files."""
    return re.sub(r"(frame|old|new|mm|inode)=(0x)?[0-9a-f]+", r"\1=", line)


def test_exec(working_copy: Path) -> None:
    """Types what handouts/3-exec.md says, with the lab solved, but for commands with tests."""
    copies.give_built(working_copy, 3)
    for name in SOLVED_3:
        shutil.copy(ROOT / "solutions" / name, working_copy / "labs" / name)
    page = blocks("handouts/3-exec.md")
    commands = [line for block in page if block.language == "sh" for line in block.lines]
    everything, runs, traced, run, debug = commands
    assert everything == "make grade LAB=3"    # the grader's tests

    shown = make(*words(runs), folder=working_copy).stdout
    assert re.search(r"^pass +(\d+)/\1  exec_runs", shown, re.MULTILINE), shown

    shown = make(*words(traced), folder=working_copy).stdout
    assert "hello\n" in shown.replace("\r", "") and "audit: clean" in shown, shown
    trace = (working_copy / "build/trace.txt").read_text(encoding="utf-8").splitlines()
    mine = [same_trace(line) for line in trace if " pid=1 " in line and not re.match(
        r"heap|frame-free|frame-alloc.*kind=(kernel|page-table|file)", line)]
    expected = [same_trace(line) for line in text_block("handouts/3-exec.md", "frame-alloc pid=1")]
    assert mine[:len(expected)] == expected

    script = next(block for block in page if block.language == "gdb")
    arguments = "-batch " + " ".join(f"-ex {shlex.quote(line)}" for line in script.lines)
    result = make(*words(debug), folder=working_copy, TINE_GDB_ARGS=arguments)
    for seen in (r'^0x\w+:\t"/tests/lab3/exec_runs\.elf"$', r'^\$1 = "exec_runs\.elf',
                 r"^\$3 = \(struct mm \*\) (\w+)$(?s:.*)^\$4 = \(struct mm \*\) (?!\1)(\w+)$"
                 r"(?s:.*)^\$6 = \(struct mm \*\) \2$", r"^#1 .* task_exec ",
                 r"^0x7fff\w+:\t0x0+2\t0x"):
        assert re.search(seen, result.stdout, re.MULTILINE), result.stdout + result.stderr
    assert result.stdout.count('"exec_runs"') == 2 and "No symbol" not in result.stderr

    typed_programs(working_copy, run)


def typed_programs(folder: Path, command: str) -> None:
    """Types what handouts/3-exec.md says when programs run."""
    stack = [re.escape(line).replace(r"\?\?", "..").replace(r"\?", ".").replace("\\ ", " ")
             for line in text_block("handouts/3-exec.md", "0x7fffffff")]
    lines = text_block("handouts/3-exec.md", "ls / | wc -l")
    answers = (r"^[6-9]$", r"^hello\nstill here$", r"^\.\n2$", "^0$",
               r"^00400000-004\w+ r-xp (.*\n)+.*\[heap\]", "", "^sh: /tmp: Permission denied$",
               "^hello\ninit: the shell has ended with status 0; here is a new one$")
    leaves = lines.pop(2)
    assert leaves == "exec hello"
    with machine(folder, *words(command)) as shell:
        shell.type("ps", r"^ +1 +1 +1 S +init\n.* sh\n.* ps$")
        shell.type("hello; echo $?", r"^hello\n0$")
        shell.type("stack a bc", "\n".join(stack))
        for line, answer in zip([*lines, leaves], answers):
            shell.type(line, answer)


def test_family(working_copy: Path) -> None:
    """Types what handouts/4-family.md says, with the lab solved, but for commands with tests."""
    copies.give_built(working_copy, 4)
    for name in FAMILY:
        shutil.copy(ROOT / "solutions" / name, working_copy / "labs" / name)
    page = blocks("handouts/4-family.md")
    everything, leak, run, debug = [line for block in page if block.language == "sh"
                                    for line in block.lines]
    assert everything == "make grade LAB=4"    # the grader's tests
    dump = working_copy / "dump"
    shown = make(*words(leak), folder=working_copy).stdout
    assert re.search(r"^pass +(\d+)/\1  leak", shown, re.MULTILINE), shown
    grade.cli.main(["run", "--lab", "4", "--solved", "4", "--test", "leak", "--dump", str(dump)])
    grade.cli.main(["run", "--lab", "4", "--solved", "4", "--test", "two_steps", "--dump",
                    str(dump)])
    for first in ("without the flag", "with O_CLOEXEC", "open, two steps: "):
        output = "".join((dump / f"{name}.console").read_text(encoding="utf-8").replace("\r", "")
                         for name in ("leak", "two_steps"))
        assert "\n".join(text_block("handouts/4-family.md", first)) in output, output

    script = next(block for block in page if block.language == "gdb")
    arguments = "-batch " + " ".join(f"-ex {shlex.quote(line)}" for line in script.lines)
    result = make(*words(debug), folder=working_copy, TINE_GDB_ARGS=arguments)
    flags = [bin(int(value, 16)).count("1")
             for value in re.findall(r"^\$\d = (0x\w+)$", result.stdout, re.MULTILINE)]
    assert flags == [3, 6], result.stdout + result.stderr
    assert result.stdout.count("closes on exec)\n") == 6, result.stdout

    answers = (r"^HOME=/\n(.*\n)*PATH=/bin", "^x=1$", "^hello$",
               "^env: hello: No such file or directory\n127$",
               "^env: /tmp: Permission denied\n126$",
               r"^\./s has 2 arguments\n\./s has 3 arguments$")
    with machine(working_copy, *words(run)) as shell:
        for line, answer in zip(text_block("handouts/4-family.md", "env -i x=1 env"), answers):
            shell.type(line, answer)


@pytest.fixture
def built() -> None:
    """The finished kernel is there, so that a `make` beside other tests has nothing to build."""
    kernel()


@pytest.mark.usefixtures("built")
def test_demo() -> None:
    shown = typed_at_the_shell(ROOT, "demo")
    assert "ends the machine; so does Ctrl-A X" in shown
    assert "power off" in shown and "audit: clean" in shown


@pytest.mark.usefixtures("built")
def test_demo_leaves_by_ctrl_a_x_with_a_sane_terminal() -> None:
    child = pexpect.spawn("sh", ["-c", "make demo; stty -a; echo status $?"], cwd=str(ROOT),
                          encoding="utf-8", timeout=BOOT_PATIENCE_S)
    try:
        child.expect_exact("tine> ")
        child.send("\x01x")
        child.expect(r"status 0")
        for setting in ("echo", "icanon", "isig", "onlcr"):
            assert re.search(rf"(?<!-)\b{setting}\b", child.before), child.before
    finally:
        child.close(force=True)


@pytest.mark.usefixtures("built")
def test_input_from_a_pipe() -> None:
    """What is typed before the kernel listens is not lost."""
    process = subprocess.Popen(["make", "run", "LAB=0", "SOLVED=0"], cwd=ROOT, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output, _ = process.communicate("echo first\necho second\npoweroff\n", BOOT_PATIENCE_S)
    finally:
        if process.poll() is None:  # the whole group: make alone would leave QEMU behind
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    lines = output.splitlines()
    for word in ("first", "second"):
        assert any(re.fullmatch(f"(tine> )?{word}", line) for line in lines), output


def test_readme_names_only_commands_that_tests_run() -> None:
    commands = [line for block in blocks("README.md") if block.language == "sh"
                for line in block.lines]
    assert commands == ["make demo", "make test"]   # test_demo, and whoever runs this


def test_contributing_names_only_commands_that_tests_run() -> None:
    commands = [line for block in blocks("CONTRIBUTING.md") if block.language == "sh"
                for line in block.lines]
    assert commands == ["make doctor", "make demo", "make test", "make lint", "make format",
                        '"$(tools/python.sh test)" -m pytest tests/test_tools_skeletons.py']


def test_bench_names_only_commands_that_tests_run() -> None:
    commands = [line for block in blocks("bench/README.md") if block.language == "sh"
                for line in block.lines]
    assert commands == ["make bench"]   # tests/test_bench.py


def test_your_machine_names_only_commands_that_are_there() -> None:
    page = (ROOT / "handouts/machines.md").read_text(encoding="utf-8")
    commands = [line for block in blocks("handouts/machines.md") if block.language == "sh"
                for line in block.lines]
    assert commands[4:] == ["make compile_commands.json", "make gdbserver LAB=0 TEST=fresh"]
    # tests/test_editors.py runs these, tests/test_container.py the four lines before them.
    phony = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$",
                      (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony
    named = set(re.findall(r"`make ((?:[A-Z]+=\S+ )*)([a-z][a-z_.-]*)", page))
    assert len(named) > 8 and {target for _, target in named} <= set(phony[1].split())
    assert "`TINE_SETUP=check tools/setup.sh gdb`" in page
    assert "`tools/gdb.sh`" in page and (ROOT / "tools/gdb.sh").is_file()
    for source, words in (("tools/python.sh", "python: none of these will do"),
                          ("grade/gdbserver.py", "another machine is offered to a debugger"),
                          ("tools/setup.sh", "qboot.rom in one of QEMU's folders")):
        assert words in page and words in (ROOT / source).read_text(encoding="utf-8")


def test_every_option_of_the_kernel_is_documented() -> None:
    """handouts/options.md and the table in kern/options.c list the same options, in order."""
    table = (ROOT / "kern/options.c").read_text(encoding="utf-8")
    known = re.findall(r'^    \{"([\w-]+)", set_\w+\},$', table, re.MULTILINE)
    page = (ROOT / "handouts/options.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `([\w-]+)=", page, re.MULTILINE)
    assert len(known) >= 7 and documented == known


def test_handouts_of_the_tests_exist() -> None:
    """The place a failure points to is there, down to the anchor."""
    for trace in ROOT.glob("grade/lab*/*.trace"):
        text = trace.read_text(encoding="utf-8")
        found = re.search(r"^handout: (\S+)#(\S+)$", text, re.MULTILINE)
        assert found, trace
        assert f'<a id="{found[2]}"></a>' in (ROOT / found[1]).read_text(encoding="utf-8"), trace


def test_help_is_what_a_bare_make_prints() -> None:
    bare, asked = make(), make("help")
    assert bare.stdout == asked.stdout and bare.returncode == 0
    assert len(bare.stdout.splitlines()) <= 24
    targets = set(re.findall(r"^([a-z-]+)(?=.*:)", (ROOT / "Makefile").read_text(encoding="utf-8"),
                             re.MULTILINE))
    for target in re.findall(r"make ([a-z-]+)", bare.stdout):
        assert target in targets or f" {target} " in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_doctor() -> None:
    result = make("doctor")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "qemu" in result.stdout and os.linesep in result.stdout
