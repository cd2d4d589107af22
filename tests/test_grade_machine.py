# SPDX-License-Identifier: MIT
"""Machines: real QEMUs with a tiny guest, written in assembly below."""
from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator, List, Set, Tuple

import pytest

from grade.elf import Elf
from grade.errors import SetupError
from grade.machine import Config, Machine, check_qemu, command_line, quote, run_all
from grade.reader import Kernel, Memory, ReaderError

ROOT = Path(__file__).resolve().parent.parent
GUEST = """
bits 32
section .note align=4
    dd 4, 4, 18
    db "Xen", 0
    dd start
section .text
say:                        ; esi: text that ends in a zero byte
    lodsb
    test al, al
    jz .done
    mov dx, 0x3f8
    out dx, al
    jmp say
.done:
    ret
leave:                      ; eax: value for the exit port
    mov dx, 0xf4
    out dx, eax
    jmp $
start:
    mov esp, stack
    mov esi, hello
    call say
    %ifdef STOPS
    mov ecx, STOPS
.stop:
    inc dword [stops]
    mov dx, 0x505
    mov al, 1
    out dx, al
    inc dx
    out dx, al
    inc dword [gone_on]
    loop .stop
    %endif
    %ifdef HANG
    cli
    jmp $
    %endif
    %ifdef TRIPLE
    lidt [nothing]
    int3
    %endif
    mov eax, VALUE
    jmp leave
section .data
hello: db "hello", 13, 10, 0
nothing: dw 0
    dd 0
align 8
global stops
stops: dd 0
gone_on: dd 0
section .bss
    resb 4096
stack:
"""
LINK = """
ENTRY(start)
PHDRS { note PT_NOTE; all PT_LOAD; }
SECTIONS {
    . = 0x100000;
    .note : { *(.note) } :note :all
    .text : { *(.text) } :all
    .data : { *(.data) } :all
    .bss : { *(.bss) } :all
}
"""


def assemble(folder: Path, name: str, *defines: str) -> Path:
    """Builds the guest with some macros set; returns its ELF file."""
    (folder / "guest.asm").write_text(GUEST)
    (folder / "guest.ld").write_text(LINK)
    values = list(defines)
    if not any(define.startswith("VALUE=") for define in defines):
        values.append("VALUE=16")
    subprocess.run(["nasm", "-f", "elf64", *[f"-D{value}" for value in values], "-o",
                    folder / f"{name}.o", folder / "guest.asm"], check=True)
    subprocess.run(["ld", "-m", "elf_x86_64", "-n", "-T", folder / "guest.ld", "-o",
                    folder / name, folder / f"{name}.o"], check=True)
    return folder / name


def run(kernel: Path, timeout_s: float = 60.0) -> Machine:
    """Runs one machine to its end."""
    return next(run_all([Machine(Config(kernel, None, memory_mib=32), timeout_s)], 1))


def descendants(pid: int) -> Set[int]:
    """Returns the children of a process, and theirs."""
    found: Set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found |= {int(entry.name)} | descendants(int(entry.name))
    return found


def is_qemu(pid: int) -> bool:
    """Whether a process is a QEMU that still runs."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        return "qemu" in stat and stat.rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_for(condition: object, patience_s: float = 20.0) -> bool:
    """Waits until a condition holds."""
    limit = time.monotonic() + patience_s
    while time.monotonic() < limit:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("value, status", [(16, 33), (17, 35), (18, 37), (22, 45)])
def test_exit_port_becomes_the_status(tmp_path: Path, value: int, status: int) -> None:
    machine = run(assemble(tmp_path, "guest", f"VALUE={value}"))
    assert (machine.status, machine.timed_out) == (status, False)
    assert machine.console() == b"hello\r\n"
    machine.close()
    machine.close()  # twice is fine


def test_triple_fault_ends_with_zero(tmp_path: Path) -> None:
    machine = run(assemble(tmp_path, "guest", "TRIPLE"))
    assert (machine.status, machine.timed_out) == (0, False)
    machine.close()


def test_backstop_ends_a_hang_and_says_so(tmp_path: Path) -> None:
    start = time.monotonic()
    machine = run(assemble(tmp_path, "guest", "HANG"), timeout_s=1.0)
    assert machine.timed_out
    assert machine.console() == b"hello\r\n"
    assert time.monotonic() - start < 30
    machine.close()


def test_a_guest_that_is_no_kernel_is_qemus_complaint(tmp_path: Path) -> None:
    (tmp_path / "guest").write_bytes(b"not a kernel")
    machine = run(tmp_path / "guest")
    assert machine.status == 1
    assert machine.complaint()
    machine.close()


def test_each_stop_calls_the_hook_and_goes_on(tmp_path: Path) -> None:
    kernel = assemble(tmp_path, "guest", "STOPS=5")
    where = Elf(kernel).symbol("stops")
    seen: List[Tuple[int, int]] = []

    def look(machine: Machine) -> None:
        memory = Memory(machine.memory.fd, machine.memory_size)
        time.sleep(0.01)  # a guest that was not held would go on
        seen.append((memory.read(where, 1)[0], memory.read(where + 4, 1)[0]))
        memory.close()

    machine = next(run_all([Machine(Config(kernel, None, memory_mib=32), 60.0, look)], 1))
    assert machine.status == 33
    assert seen == [(1, 0), (2, 1), (3, 2), (4, 3), (5, 4)]
    machine.close()


def test_a_machine_that_is_held_can_be_ended(tmp_path: Path) -> None:
    """Even while the guest waits at the gate, SIGTERM is enough."""
    def interrupt(_: Machine) -> None:
        raise KeyboardInterrupt

    machine = Machine(Config(assemble(tmp_path, "guest", "STOPS=5"), None, memory_mib=32), 60.0,
                      interrupt)
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        next(run_all([machine], 1))
    assert time.monotonic() - start < 2
    assert machine.status is not None and machine.status != -signal.SIGKILL


def test_many_machines_share_one_loop(tmp_path: Path) -> None:
    kernels = [assemble(tmp_path, f"guest{value}", f"VALUE={value}") for value in range(16, 22)]
    machines = [Machine(Config(kernel, None, memory_mib=32)) for kernel in kernels]
    statuses = set()
    for machine in run_all(machines, 3):
        statuses.add(machine.status)
        machine.close()
    assert statuses == {33, 35, 37, 39, 41, 43}


def test_memory_without_a_kernel_is_a_reader_error(tmp_path: Path) -> None:
    kernel = assemble(tmp_path, "guest")
    with pytest.raises(Exception, match="tine_root|trace_formats"):
        Kernel(Memory(bytes(4096), 4096), Elf(kernel))
    assert issubclass(ReaderError, Exception)


def test_commas_are_doubled() -> None:
    line = command_line(Config(Path("k"), Path("a,b")), "/x,y", [], 3)
    assert "a,,b" in line
    assert any("mem-path=/x,,y," in word for word in line)
    assert quote("plain") == "plain"


@pytest.mark.parametrize("answer, message", [
    ("QEMU emulator version 5.2.0", "needed is 6.2"), ("what?", "does not say a version")])
def test_an_old_qemu_is_refused(tmp_path: Path, answer: str, message: str) -> None:
    fake = tmp_path / "qemu"
    fake.write_text(f"#!/bin/sh\necho '{answer}'\n")
    fake.chmod(0o755)
    with pytest.raises(SetupError, match=message):
        check_qemu(str(fake))


def test_a_missing_qemu_is_named() -> None:
    with pytest.raises(SetupError, match="cannot run /nowhere/qemu"):
        check_qemu("/nowhere/qemu")


# A grader of its own process, to be killed

RUN_HANGS = """
import sys
from pathlib import Path
from grade.host import signals_raise
from grade.errors import GradeError
from grade.machine import Config, Machine, run_all
machines = [Machine(Config(Path(sys.argv[1]), None, memory_mib=32)) for _ in range(2)]
try:
    with signals_raise():
        for machine in run_all(machines, 2):
            machine.close()
except GradeError as error:
    sys.exit(error.status)
"""


@pytest.fixture
def hanging_grader(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that waits for two machines which hang."""
    kernel = assemble(tmp_path, "guest", "HANG")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    process = subprocess.Popen([sys.executable, "-c", RUN_HANGS, str(kernel)], cwd=ROOT,
                               env={**os.environ, "TMPDIR": str(temporary)})
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()


@pytest.mark.parametrize("number, status", [
    (signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129),
    (signal.SIGKILL, -signal.SIGKILL)])
def test_a_signal_leaves_neither_qemu_nor_file(
        hanging_grader: "subprocess.Popen[bytes]", tmp_path: Path, number: int,
        status: int) -> None:
    def machines() -> Set[int]:
        return {pid for pid in descendants(hanging_grader.pid) if is_qemu(pid)}

    assert wait_for(lambda: len(machines()) == 2)
    running = machines()
    os.kill(hanging_grader.pid, number)
    assert hanging_grader.wait(20) == status
    assert wait_for(lambda: not any(map(is_qemu, running)))
    assert list((tmp_path / "tmp").iterdir()) == []


# Interactive boots

def boot(kernel: Path, *more: str) -> List[str]:
    """Returns the command that boots a kernel for a person."""
    return [sys.executable, "-m", "grade", "boot", "--kernel", str(kernel), "--memory", "32",
            *more]


@pytest.mark.parametrize("define, status, words", [
    ("VALUE=16", 0, b""), ("VALUE=18", 1, b"panicked"), ("TRIPLE", 1, b"triple fault"),
    ("STOPS=2", 0, b"")])
def test_boot_explains_how_the_machine_ended(tmp_path: Path, define: str, status: int,
                                             words: bytes) -> None:
    kernel = assemble(tmp_path, "guest", define)
    result = subprocess.run(boot(kernel), cwd=ROOT, stdin=subprocess.DEVNULL, timeout=60,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    assert result.returncode == status
    assert b"hello" in result.stdout
    assert words in result.stderr if words else result.stderr == b""


@pytest.mark.parametrize("how", ["keys", "kill-qemu", "SIGTERM"])
def test_boot_gives_the_terminal_back(tmp_path: Path, how: str) -> None:
    import termios
    kernel = assemble(tmp_path, "guest", "HANG")
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    process = subprocess.Popen(boot(kernel), cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs,
                               start_new_session=True)
    try:
        assert wait_for(lambda: any(map(is_qemu, descendants(process.pid))))
        assert wait_for(lambda: termios.tcgetattr(theirs) != before)
        qemu = next(filter(is_qemu, descendants(process.pid)))
        if how == "keys":
            os.write(ours, b"\x01x")
        else:
            os.kill(*((qemu, signal.SIGKILL) if how == "kill-qemu"
                      else (process.pid, signal.SIGTERM)))
        assert process.wait(20) == {"keys": 0, "kill-qemu": 1, "SIGTERM": 143}[how]
        assert termios.tcgetattr(theirs) == before
        assert not is_qemu(qemu)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(ours)
        os.close(theirs)


@pytest.mark.skipif(not (shutil.which("gdb") or shutil.which("gdb-multiarch")),
                    reason="needs gdb, which `make doctor` installs")
@pytest.mark.parametrize("mode", [(), ("--icount",)])
def test_gdb_meets_a_stopped_machine_and_leaves_nothing(tmp_path: Path, mode: tuple) -> None:
    kernel = assemble(tmp_path, "guest")
    temporary = tmp_path / "t"
    temporary.mkdir()
    env = {**os.environ, "TMPDIR": str(temporary),
           "TINE_GDB_ARGS": "-batch -ex 'print/x $cs' -ex 'info symbol start' -ex disconnect"}
    result = subprocess.run(boot(kernel, "--gdb", *mode), cwd=ROOT, env=env, timeout=60,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, check=False)
    assert b"= 0xf000" in result.stdout, result.stdout  # at the reset vector
    assert b"start in section .text" in result.stdout
    assert result.returncode == 0
    assert not [path for path in temporary.iterdir() if path.name.startswith("tine-")]
    assert b"gdb-console.log" in result.stdout


def test_boot_names_a_missing_file(tmp_path: Path) -> None:
    result = subprocess.run(boot(tmp_path / "none"), cwd=ROOT, stderr=subprocess.PIPE, check=False)
    assert result.returncode == 2
    assert b"there is no file" in result.stderr
