# SPDX-License-Identifier: MIT
"""What editors are told: files that hold together, flags that are the build's, and a debugger.

No editor runs here. In its place the tests read its files and do what it would do with them: a
debugger is started and spoken to as VS Code's extension does it.
"""
from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List

import jsonschema
import pexpect
import pytest
from editor_files import SCHEMAS, filled_in, load, parse
from kernels import ROOT, kernel, make

PATIENCE_S = 60
TASKS = {task["label"]: task for task in load(".vscode/tasks.json")["tasks"]}
INPUTS = {one["id"]: one for one in load(".vscode/tasks.json")["inputs"]}
LAUNCHES = {one["name"]: one for one in load(".vscode/launch.json")["configurations"]}
ANSWERS = {"lab": "0", "test": "fresh"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_file_is_what_its_editor_takes(name: str) -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMAS[name])
    jsonschema.validate(load(name), SCHEMAS[name])


def test_mistakes_are_seen() -> None:
    """That the schemas and the reader of JSON refuse anything."""
    assert parse('{"a": "// no comment", /* one */ "b": 1} // another') == {
        "a": "// no comment", "b": 1}
    with pytest.raises(ValueError):
        parse('{"a": 1,}')
    wrong: List[Any] = [{}, {"version": "2.0.0"}]
    for key, value in (("comand", "make"), ("command", "rm"), ("isBackground", True)):
        task = {**TASKS["make run"], key: value}
        wrong.append({"version": "2.0.0", "tasks": [task], "inputs": []})
    for file in wrong:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(file, SCHEMAS[".vscode/tasks.json"])
    with pytest.raises(KeyError):
        filled_in("${input:other}", lab="0")


def targets() -> List[str]:
    """The commands of the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$", text, re.MULTILINE)
    assert found
    return found[1].split()


def test_the_tasks_are_commands_of_the_makefile() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    for task in TASKS.values():
        target, *variables = [filled_in(word, **ANSWERS) for word in task["args"]]
        assert target in targets(), task["label"]
        for variable in variables:
            assert re.search(rf"\b{variable.split('=')[0]}\b", text), variable
    labs = {path.name.split("-")[0] for path in (ROOT / "solutions").glob("*-*")}
    assert set(INPUTS["lab"]["options"]) == labs and INPUTS["lab"]["default"] in labs
    assert (ROOT / f"grade/lab{INPUTS['lab']['default']}"
            / f"{INPUTS['test']['default']}.trace").is_file()


def test_the_problem_matchers_read_the_compilers_words(tmp_path: Path) -> None:
    (tmp_path / "x.c").write_text('int f(void) { int y; return z; }\n#include "none.h"\n')
    done = subprocess.run(["gcc", "-Wall", "-c", "x.c"], cwd=tmp_path, stderr=subprocess.PIPE,
                          env={**os.environ, "LC_ALL": "C"}, text=True, check=False)
    matchers = [task["problemMatcher"] for task in TASKS.values() if task["problemMatcher"]]
    assert len(matchers) == 5
    for matcher in matchers:
        assert matcher == {**matchers[0], **matcher}    # but for being in the background
        seen = [found.groups() for found in map(re.compile(matcher["pattern"]["regexp"]).match,
                                                done.stderr.splitlines()) if found]
        assert ("x.c", "2", "10", "error") in [row[:4] for row in seen], done.stderr


def test_the_launches_name_what_is_there() -> None:
    folder = Path("build/debug")    # a debugger is offered what it needs in here
    assert f"GDB_DIR ?= {folder}" in (ROOT / "Makefile").read_text(encoding="utf-8")
    for launch in LAUNCHES.values():
        assert filled_in(launch["program"]) == str(ROOT / folder / "tine.elf")
        assert launch["miDebuggerServerAddress"] == str(folder / "gdb")
        assert filled_in(launch["cwd"]) == str(ROOT)
        assert os.access(filled_in(launch["miDebuggerPath"]), os.X_OK)
        for command in launch["setupCommands"]:
            word, path = filled_in(command["text"]).split(" ", 1)
            assert word == "source" and Path(path).is_file()
        task = launch.get("preLaunchTask")
        assert task is None or TASKS[task]["isBackground"]
    assert {launch.get("preLaunchTask") for launch in LAUNCHES.values()} == {
        None, *(label for label, task in TASKS.items() if task.get("isBackground"))}


def test_the_container_has_the_same_editor() -> None:
    container = load(".devcontainer/devcontainer.json")
    assert container["customizations"]["vscode"]["extensions"] == \
        load(".vscode/extensions.json")["recommendations"]
    folder = ROOT / ".devcontainer"
    assert (folder / container["build"]["dockerfile"]).is_file()
    assert (folder / container["build"]["context"]).resolve() == ROOT
    assert f"\nUSER {container['remoteUser']}\n" in (folder / "Dockerfile").read_text()
    program, target = container["postCreateCommand"].split()
    assert program == "make" and target in targets()


def complaints(database: Path, file: Path) -> List[str]:
    """What clangd has to say about a file. (It also tries its own refactorings: "tweak".)"""
    done = subprocess.run(["clangd", f"--compile-commands-dir={database}", f"--check={file}"],
                          cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    assert "All checks completed" in done.stdout, done.stdout
    assert "Compile command from CDB is" in done.stdout, done.stdout    # not one of its own
    return [line for line in done.stdout.splitlines() if re.match(r"[EW]\[[^]]*\] \[", line)]


def test_the_flags_are_known_for_every_file(tmp_path: Path) -> None:
    target = tmp_path / "compile_commands.json"
    result = make("compile_commands.json", "-j2", f"DATABASE={target}")
    assert result.returncode == 0 and result.stderr == "", result.stderr
    entries = json.loads(target.read_text(encoding="utf-8"))
    listed = {entry["file"]: entry["arguments"] for entry in entries}
    built = {str(path.relative_to(ROOT)) for part in ("kern", "lib", "user", "labs", "solutions")
             for path in (ROOT / part).rglob("*.c")}
    built -= {"user/tests/host/tine.c"}     # for programs of the host
    assert set(listed) == built | {"bench/bench.c", "bench/tiny.c"}
    assert len(entries) == len(listed) and {one["directory"] for one in entries} == {str(ROOT)}
    assert all(arguments[-1] == file for file, arguments in listed.items())

    # The very words of the build, but for make's own.
    lines = make("-n", "-W", "kern/lock.c", "image", "V=1", "SOLVED=none").stdout.splitlines()
    words = shlex.split(next(line for line in lines if line.endswith(" kern/lock.c")))
    own = ["-MMD", "-MP", "-MT", "$(G)/kern/lock.o"]
    assert [word for word in words[words.index("&&") + 1:] if word not in own] == \
        listed["kern/lock.c"]

    for file in ("kern/mm/fault.c", "labs/2-cow/cow_fault.c", "lib/base/string.c",
                 "lib/c/malloc.c", "solutions/4-family/lib/exec_list.c"):
        assert complaints(tmp_path, ROOT / file) == []
    wrong = tmp_path / "wrong.c"
    wrong.write_text((ROOT / "kern/lock.c").read_text(encoding="utf-8")
                     + "int wrong(void) { return none; }\n", encoding="utf-8")
    target.write_text(json.dumps([{"directory": str(ROOT), "file": str(wrong),
                                   "arguments": [*listed["kern/lock.c"][:-1], str(wrong)]}]))
    shutil.copy(ROOT / ".clangd", tmp_path)
    assert any("undeclared" in line for line in complaints(tmp_path, wrong))


def test_flags_that_cannot_be_had_leave_the_file_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "compile_commands.json"
    target.write_text("mine")
    tool = str(ROOT / "tools/compile_commands.py")
    done = subprocess.run([tool, str(target), "none", "--", "false"], stderr=subprocess.PIPE,
                          text=True, check=False)
    assert done.returncode == 1 and "make does not say" in done.stderr
    assert target.read_text() == "mine" and list(tmp_path.iterdir()) == [target]
    assert subprocess.run([tool, str(target)], stderr=subprocess.DEVNULL, check=False
                          ).returncode == 64


class Debugger:
    """GDB, started and spoken to as cpptools does it for a configuration of launch.json."""

    def __init__(self, launch: Dict[str, Any], folder: Path) -> None:
        self.child = pexpect.spawn(
            filled_in(launch["miDebuggerPath"]),
            ["--interpreter=mi", *launch["miDebuggerArgs"].split()],
            cwd="/", encoding="utf-8", echo=False, timeout=PATIENCE_S)
        self.child.expect_exact("(gdb) ")
        try:
            for command in launch["setupCommands"]:
                self.console(filled_in(command["text"]))
            self.console("set pagination off")
            self.ask(f'-environment-cd "{filled_in(launch["cwd"])}"')
            self.ask(f'-file-exec-and-symbols "{folder / "tine.elf"}"')
            self.console("show architecture")
            self.ask("-break-insert main", "error")
            self.ask(f"-target-select remote {os.path.relpath(folder / 'gdb', ROOT)}", "connected")
        except BaseException:
            self.close()
            raise

    def ask(self, command: str, answer: str = "done") -> str:
        """Gives a command of the machine interface; returns what came up to its answer."""
        self.child.sendline(command)
        self.child.expect(r"\^(done|running|connected|error|exit)[^\r\n]*\r\n")
        assert self.child.match[1] == answer, self.child.before + self.child.after
        return str(self.child.before + self.child.after)

    def console(self, command: str) -> str:
        """Gives a command as a person does."""
        return self.ask(f"-interpreter-exec console {json.dumps(command)}")

    def runs_into(self, function: str) -> None:
        """Sets a breakpoint, and goes on until it is met."""
        self.ask(f"-break-insert -f {function}")
        self.ask("-exec-continue", "running")
        self.child.expect(rf'\*stopped,reason="breakpoint-hit".*?func="{function}".*?'
                          r'fullname="([^"]*)"')
        assert Path(self.child.match[1]).is_file()

    def close(self) -> None:
        """Makes sure that it has gone."""
        self.child.close(force=True)


class Offer:
    """A command that offers a machine, as a task does it: with a terminal."""

    def __init__(self, folder: Path, label: str, **inputs: str) -> None:
        self.task, self.folder = TASKS[label], folder
        words = [filled_in(word, **{**ANSWERS, **inputs}) for word in self.task["args"]]
        self.child = pexpect.spawn("make", [*words, "SOLVED=0", f"GDB_DIR={folder}"],
                                   cwd=str(ROOT), encoding="utf-8", echo=False, timeout=PATIENCE_S)

    def await_ready(self) -> None:
        """Waits until a line says that a debugger may come, the same way as the task."""
        background = TASKS["gdbserver: a test"]["problemMatcher"]["background"]
        self.child.expect("(?m)" + background["endsPattern"] + r"target remote (\S+)\r\n")
        assert ROOT / self.child.match[1] == self.folder / "gdb" or \
            os.path.normpath(ROOT / self.child.match[1]) == str(self.folder / "gdb")
        assert (self.folder / "gdb").is_socket() and (self.folder / "tine.elf").is_file()

    def ended(self) -> str:
        """Waits for its end; returns what it had printed since, and the status behind it."""
        self.child.expect(pexpect.EOF)
        self.child.wait()
        assert not self.folder.exists()
        return f"{self.child.before}status {self.child.exitstatus}"


@pytest.fixture
def offers(tmp_path: Path) -> Iterator[List[Offer]]:
    """The offers that a test makes; none is left behind. The kernel is built."""
    kernel("LAB=0", "SOLVED=0")
    made: List[Offer] = []
    yield made
    for offer in made:
        if offer.child.isalive():
            os.killpg(offer.child.pid, signal.SIGTERM)
        offer.child.close(force=True)


@pytest.mark.parametrize("leaves", ["exits", "is killed"])
def test_debug_a_test(offers: List[Offer], tmp_path: Path, leaves: str) -> None:
    launch = LAUNCHES["Debug a test"]
    offers.append(Offer(tmp_path / "debug", launch["preLaunchTask"]))
    offers[0].await_ready()
    debugger = Debugger(launch, tmp_path / "debug")
    try:
        debugger.runs_into("sys_pages_present")
        assert 'func="syscall_dispatch"' in debugger.ask("-stack-list-frames")
        if leaves == "exits":
            debugger.ask("-gdb-exit", "exit")
        else:
            debugger.child.kill(signal.SIGKILL)
        shown = offers[0].ended()
    finally:
        debugger.close()
    assert shown.endswith("status 0") and "starting /tests/lab0/fresh" in shown, shown


def test_a_test_that_ends_under_the_debugger(offers: List[Offer], tmp_path: Path) -> None:
    """What it printed is shown to the end; a second machine is not offered in the same place."""
    launch = LAUNCHES["Debug a test"]
    offers.append(Offer(tmp_path / "debug", launch["preLaunchTask"]))
    offers[0].await_ready()
    offers.append(Offer(tmp_path / "debug", launch["preLaunchTask"]))
    offers[1].child.expect("another machine is offered to a debugger in .*debug; end it first")
    offers[1].child.expect(pexpect.EOF)
    debugger = Debugger(launch, tmp_path / "debug")
    try:
        debugger.ask("-exec-continue", "running")
        shown = offers[0].ended()
    finally:
        debugger.close()
    assert "audit: clean" in shown and shown.endswith("status 0"), shown


def test_debug_the_shell(offers: List[Offer], tmp_path: Path) -> None:
    """The task's terminal is the console; the machine waits for the debugger."""
    launch = LAUNCHES["Debug the shell"]
    offers.append(Offer(tmp_path / "debug", launch["preLaunchTask"]))
    offers[0].await_ready()
    console = offers[0].child
    assert console.expect_exact([pexpect.TIMEOUT, "Tine "], timeout=0.5) == 0
    debugger = Debugger(launch, tmp_path / "debug")
    try:
        debugger.runs_into("kernel_main")
        debugger.ask("-exec-continue", "running")
        console.expect_exact("tine> ")
        console.sendline("echo a  b")
        console.expect_exact("a b")
        console.sendline("poweroff")
        assert "status 0" in offers[0].ended()
    finally:
        debugger.close()


def test_attach(offers: List[Offer], tmp_path: Path) -> None:
    """The machine runs before a debugger comes, goes on when it goes, and takes another."""
    launch = LAUNCHES["Attach"]
    offers.append(Offer(tmp_path / "debug", "make run, open to debuggers"))
    offers[0].await_ready()
    console = offers[0].child
    console.expect_exact("tine> ")
    for _ in range(2):
        debugger = Debugger(launch, tmp_path / "debug")
        try:
            assert "cpus" in debugger.console("print &cpus[0]")
            debugger.ask("-target-detach")
        finally:
            debugger.close()
        console.sendline("pages")
        console.expect("pages of this program have a frame.*tine> ")
    console.sendline("poweroff")
    assert "status 0" in offers[0].ended()


def test_a_folder_that_was_left_behind_is_cleared(offers: List[Offer], tmp_path: Path) -> None:
    """One that was killed leaves its folder; QEMU goes with it."""
    launch = LAUNCHES["Debug a test"]
    offers.append(Offer(tmp_path / "debug", launch["preLaunchTask"]))
    offers[0].await_ready()
    os.killpg(offers[0].child.pid, signal.SIGKILL)
    offers[0].child.wait()
    assert (tmp_path / "debug").exists()
    deadline = time.monotonic() + PATIENCE_S
    while "Connection refused" not in connection(tmp_path / "debug/gdb"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    offers.append(Offer(tmp_path / "debug", launch["preLaunchTask"]))
    offers[1].await_ready()
    os.killpg(offers[1].child.pid, signal.SIGINT)
    offers[1].ended()


def connection(socket: Path) -> str:
    """What becomes of an attempt to connect."""
    done = subprocess.run([str(shutil.which("gdb")), "-nx", "-batch", "-ex",
                           f"target remote {socket}"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout
