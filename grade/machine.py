# SPDX-License-Identifier: MIT
"""One QEMU: its command line, its start, its end; and a loop that drives several at once.

Everything is arranged so that the death of this process at any moment leaves neither a QEMU nor
a file: guest memory and console are files without a name, QMP is a socket pair, and Linux kills
QEMU when its parent dies.
"""
from __future__ import annotations

import functools
import os
import re
import selectors
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Iterable, Iterator, List, Optional, Tuple

from grade.errors import SetupError
from grade.gate import Gate
from grade.host import Scratch, die_with_parent
from grade.qmp import Qmp

MIB = 1 << 20
QEMU_OLDEST = (6, 2)
EXIT_PORT = 0xF4
CPU_MODEL = "qemu64,+smep,+smap,+fsgsbase,+umip,+rdtscp,+xsave,+xsaveopt,enforce"
TERM_GRACE_S = 2.0      # between SIGTERM and SIGKILL
BACKSTOP_S = 60.0       # wall-clock limit for one test on an idle host


@dataclass(frozen=True)
class Config:
    """What to boot. Memory in MiB; `append` is the kernel's command line, `cpus` the number of
    processors.

    `counted`: time is counted in guest instructions, as graded runs need. `options`: QEMU's own.
    `name`: what its process is known by, the kernel's path if empty.
    """

    kernel: Path
    initrd: Optional[Path]
    append: str = ""
    memory_mib: int = 64
    cpus: int = 1
    counted: bool = True
    options: Tuple[str, ...] = ()
    name: str = ""


def qemu_program() -> str:
    """Returns the QEMU to run: $QEMU, or the usual name."""
    return os.environ.get("QEMU") or "qemu-system-x86_64"


@functools.lru_cache(maxsize=None)
def check_qemu(program: str) -> None:
    """Raises SetupError unless `program` is a QEMU that is new enough."""
    oldest = ".".join(map(str, QEMU_OLDEST))
    try:
        text = subprocess.run([program, "--version"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=30, check=False).stdout.decode()
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupError(f"cannot run {program} ({error}); `make doctor` says what to install")
    found = re.search(r"version (\d+)\.(\d+)", text)
    if not found:
        raise SetupError(f"`{program} --version` does not say a version: {text.strip()[:200]}")
    if tuple(map(int, found.groups())) < QEMU_OLDEST:
        raise SetupError(f"{program} is version {found[1]}.{found[2]}; needed is {oldest} or later")


def quote(value: object) -> str:
    """Returns `value` as QEMU's option parser wants it: commas doubled."""
    return str(value).replace(",", ",,")


def command_line(config: Config, memory_path: str, devices: List[str],
                 qmp_fd: int) -> List[str]:
    """Returns QEMU's command line. The machine waits for QMP's `cont` before its first
    instruction, because QMP tells of no event before it has been greeted.

    `memory_path`: the file that becomes guest memory; `devices`: the options that say where the
    serial ports lead, and more; `qmp_fd`: a connected socket QEMU inherits.
    """
    size = f"{config.memory_mib}M"
    line = [
        qemu_program(), "-accel", "tcg", "-M", "q35,memory-backend=ram", "-m", size,
        "-smp", str(config.cpus),
        "-object", f"memory-backend-file,id=ram,size={size},mem-path={quote(memory_path)},share=on",
        "-bios", "qboot.rom", "-nodefaults", "-display", "none", "-no-reboot",
        "-cpu", CPU_MODEL, "-global", "apic-common.vapic=off",
        "-kernel", str(config.kernel), "-name", quote(config.name or config.kernel),
        "-device", f"isa-debug-exit,iobase={EXIT_PORT:#x},iosize=4",
        "-chardev", f"socket,id=qmp,fd={qmp_fd}", "-mon", "chardev=qmp,mode=control", "-S",
    ]
    if config.initrd:
        line += ["-initrd", quote(config.initrd)]
    if config.append:
        line += ["-append", config.append]
    if config.counted:
        line += ["-icount", "shift=0,sleep=off"]
    return line + list(config.options) + devices


def start_qemu(config: Config, memory: Scratch, devices: List[str],
               pass_fds: Tuple[int, ...] = (),
               **options: object) -> Tuple[subprocess.Popen[bytes], Qmp]:
    """Starts QEMU, its machine still stopped; returns the process and its QMP connection.

    `options` go to Popen. Raises SetupError when QEMU is missing, too old or cannot be started.
    """
    check_qemu(qemu_program())
    ours, theirs = socket.socketpair()
    line = command_line(config, memory.path, devices, theirs.fileno())
    try:
        process = subprocess.Popen(  # type: ignore[call-overload]
            line, pass_fds=(memory.fd, theirs.fileno(), *pass_fds),
            preexec_fn=die_with_parent(), **options)
    except OSError as error:
        ours.close()
        raise SetupError(f"cannot start {line[0]}: {error}")
    finally:
        theirs.close()
    return process, Qmp(ours)


def end_qemu(process: subprocess.Popen[bytes]) -> None:
    """Ends the QEMU we started, kindly first, and waits for it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(TERM_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Machine:
    """One graded boot. Use `run_all`, which starts it, watches it and yields it at its end.

    After the end: `status` (QEMU's exit status; negative: killed by that signal), `timed_out`,
    `console()`, `complaint()`, and `memory` with the guest's memory as it was left.
    """

    def __init__(self, config: Config, timeout_s: float = BACKSTOP_S,
                 on_stop: Optional[Callable[[Machine], None]] = None) -> None:
        self.config = config
        self.timeout_s = timeout_s
        self.on_stop = on_stop
        self.status: Optional[int] = None
        self.timed_out = False
        self.deadline = 0.0
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._qmp: Optional[Qmp] = None
        self._gate: Optional[Gate] = None
        self._scratch: List[Scratch] = []

    def start(self) -> None:
        """Starts QEMU. Raises SetupError when that is impossible."""
        self.memory = self._new_scratch("memory", self.memory_size)
        self._console = self._new_scratch("console")
        self._messages = self._new_scratch("messages")
        self._gate = Gate()
        devices = ["-monitor", "none",
                   "-chardev", f"file,id=console,path={quote(self._console.path)}",
                   "-serial", "chardev:console", *self._gate.options()]
        # A session of its own: Ctrl-C must reach this process only, which then ends QEMU.
        self._process, self._qmp = start_qemu(
            self.config, self.memory, devices, (self._console.fd, *self._gate.pass_fds()),
            start_new_session=True, stdin=subprocess.DEVNULL, stdout=self._messages.fd,
            stderr=self._messages.fd)
        self._gate.started()
        self._qmp.send("cont")
        self.deadline = time.monotonic() + self.timeout_s

    def _new_scratch(self, name: str, size: int = 0) -> Scratch:
        self._scratch.append(Scratch(name, size))
        return self._scratch[-1]

    @property
    def memory_size(self) -> int:
        """Bytes of guest memory."""
        return self.config.memory_mib * MIB

    def descriptors(self) -> List[int]:
        """Returns the descriptors that become readable when something happens."""
        assert self._qmp and self._gate
        return [self._qmp.fileno(), self._gate.fileno()]

    def serve(self) -> bool:
        """Handles what the guest or QEMU reported; returns whether QEMU is still there."""
        assert self._qmp and self._gate
        if self._gate.rings():
            if self.on_stop:
                self.on_stop(self)
            self._gate.open()
        self._qmp.receive()
        if self._qmp.greeted:
            for scratch in self._scratch:
                scratch.unlink()
        return not self._qmp.closed

    def expire(self) -> None:
        """The deadline passed: asks QEMU to end, and the next time makes it end."""
        assert self._process
        if self.timed_out:
            self._process.kill()
        else:
            self.timed_out = True
            self._process.terminate()
        self.deadline = time.monotonic() + TERM_GRACE_S

    def finish(self) -> None:
        """Ends QEMU if it still runs and keeps its exit status."""
        if self._gate:
            self._gate.close()
        if self._process:
            try:  # its end of the QMP socket closes a moment before it has exited
                self._process.wait(TERM_GRACE_S if self._qmp and self._qmp.closed else 0)
            except subprocess.TimeoutExpired:
                end_qemu(self._process)
            self.status = self._process.returncode
            self._process = None
        if self._qmp:
            self._qmp.close()

    def console(self) -> bytes:
        """Returns what the guest wrote to its first serial port."""
        return self._console.read()

    def complaint(self) -> str:
        """Returns what QEMU itself had to say."""
        return self._messages.read().decode(errors="replace").strip()

    def close(self) -> None:
        """Ends QEMU if it still runs and frees memory and files. May be called twice."""
        self.finish()
        for scratch in self._scratch:
            scratch.close()


def run_all(machines: Iterable[Machine], limit: int) -> Iterator[Machine]:
    """Runs machines, at most `limit` at once, and yields each one at its end.

    The caller closes each machine it is given. However this ends, no QEMU is left running.
    """
    waiting = iter(machines)
    running: Dict[int, Machine] = {}
    with selectors.DefaultSelector() as selector:
        try:
            while True:
                while len(running) < limit:
                    machine = next(waiting, None)
                    if machine is None:
                        break
                    running[id(machine)] = machine
                    machine.start()
                    for descriptor in machine.descriptors():
                        selector.register(descriptor, selectors.EVENT_READ, machine)
                if not running:
                    return
                for machine in _wait(selector, list(running.values())):
                    for descriptor in machine.descriptors():
                        selector.unregister(descriptor)
                    del running[id(machine)]
                    machine.finish()
                    yield machine
        finally:
            for machine in running.values():
                machine.close()


def _wait(selector: selectors.BaseSelector, running: List[Machine]) -> List[Machine]:
    """Waits for something to happen, handles it, and returns the machines that ended."""
    patience = min(machine.deadline for machine in running) - time.monotonic()
    ready = {id(key.data) for key, _ in selector.select(max(0.0, patience))}
    ended = [machine for machine in running if id(machine) in ready and not machine.serve()]
    for machine in running:
        if machine not in ended and time.monotonic() >= machine.deadline:
            machine.expire()
    return ended
